"""What catalogue and index hold, and how that differs from what a rebuild would make."""

import json
import os
import shutil
import subprocess
from typing import Any

from tests import ROOT
from tests.robustness.desk import Desk, part

_TABLES = ("notes", "follow_ups", "decisions", "points", "problems")
Known = dict[str, Any]  # Any: rows of SQLite, as JSON gives them


def known(root: str, anew: bool) -> Known:
    """What catalogue and index hold, as they are or, `anew`, once they have read it all."""
    from vaultcrm.catalog.catalog import Catalog
    from vaultcrm.catalog.refresh import refresh
    from vaultcrm.search.index import Index
    from vaultcrm.vault.vault import Vault

    vault, catalog = Vault(root), Catalog(os.path.realpath(root))
    index = Index(vault, catalog)
    if anew:
        refresh(vault, catalog)
        index.update()
    found = {table: sorted(map(list, catalog.rows(f"SELECT * FROM {table}")), key=repr) for table in _TABLES}
    found["files"] = sorted([path, digest.hex()] for path, digest in catalog.rows("SELECT path, digest FROM files"))
    found["index"] = sorted([path, digest.hex()] for path, digest in index.documents().items())
    found["pending"] = [] if anew else [[path, digest.hex()] for path, digest in catalog.rows("SELECT * FROM index_queue")]
    return found


def asked(on: Desk, anew: bool = False) -> Known:
    """The same, asked in a process of its own; `anew` with a cache of its own, too."""
    cache = on.home / "cache anew"
    shutil.rmtree(cache, ignore_errors=True)
    env = on.env | ({"XDG_CACHE_HOME": str(cache)} if anew else {})
    done = subprocess.run(part("known", str(on.vault), "anew" if anew else ""), env=env, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        return {"error": [done.stderr.strip().splitlines()[-1:]]}
    found: Known = json.loads(done.stdout)
    return found


def differences(found: Known, wanted: Known) -> list[str]:
    """What is missing from what is known, and what should not be there."""
    told = []
    for table in sorted(found.keys() | wanted.keys()):
        has, wants = (list(map(repr, kept.get(table, []))) for kept in (found, wanted))
        for sign, rows in (("-", [row for row in wants if row not in has]), ("+", [row for row in has if row not in wants])):
            told += [f"{table} {sign} {row[:200]}" for row in rows[:5]]
        if len(has) != len(wants):
            told.append(f"{table}: {len(has)} rows instead of {len(wants)}")
    return told
