"""What the catalogue and the search index hold, and how that differs from a rebuild."""

import json
import os
import shutil
import subprocess
from typing import Any

from tests import ROOT
from tests.robustness.sandbox import Sandbox, child_command

_TABLES = ("notes", "follow_ups", "decisions", "points", "problems")
CacheDump = dict[str, Any]  # Any: rows of SQLite as JSON


def dump(root: str, is_rebuilt: bool) -> CacheDump:
    """What the catalogue and the index hold: as they are, or after they have read everything."""
    from vaultcrm.catalog.catalog import Catalog
    from vaultcrm.catalog.refresh import refresh
    from vaultcrm.search.index import Index
    from vaultcrm.vault.vault import Vault

    vault, catalog = Vault(root), Catalog(os.path.realpath(root))
    index = Index(vault, catalog)
    if is_rebuilt:
        refresh(vault, catalog)
        index.update()
    rows = {table: sorted(map(list, catalog.rows(f"SELECT * FROM {table}")), key=repr) for table in _TABLES}
    rows["files"] = sorted([path, digest.hex()] for path, digest in catalog.rows("SELECT path, digest FROM files"))
    rows["index"] = sorted([path, digest.hex()] for path, digest in index.documents().items())
    rows["queued"] = [] if is_rebuilt else [[path, digest.hex()] for path, digest in catalog.rows("SELECT * FROM index_queue")]
    return rows


def dump_in_process(box: Sandbox, is_rebuilt: bool = False) -> CacheDump:
    """`dump` in a child process; `is_rebuilt` gives it an empty cache folder to fill."""
    cache = box.home / "rebuilt cache"
    shutil.rmtree(cache, ignore_errors=True)
    env = box.env | ({"XDG_CACHE_HOME": str(cache)} if is_rebuilt else {})
    command = child_command("dump", str(box.vault), "rebuilt" if is_rebuilt else "")
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        return {"error": [done.stderr.strip().splitlines()[-1:]]}
    result: CacheDump = json.loads(done.stdout)
    return result


def differences(actual: CacheDump, expected: CacheDump) -> list[str]:
    """The rows that are missing from a dump ("-") and those that should not be in it ("+"), at most five of each table."""
    lines = []
    for table in sorted(actual.keys() | expected.keys()):
        has, should = (list(map(repr, rows.get(table, []))) for rows in (actual, expected))
        for sign, rows in (("-", [row for row in should if row not in has]), ("+", [row for row in has if row not in should])):
            lines += [f"{table} {sign} {row[:200]}" for row in rows[:5]]
        if len(has) != len(should):
            lines.append(f"{table}: {len(has)} rows instead of {len(should)}")
    return lines
