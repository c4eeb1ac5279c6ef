"""Create a small vault, refresh its catalogue, and compare all that either holds."""

import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hypothesis import settings

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.refresh import refresh
from vaultcrm.vault.vault import Vault

EXAMPLES = settings().max_examples  # of the profile that conftest.py has chosen


MOST_SECONDS = 30  # of processor time, which doesn't depend on what else the computer does


@contextlib.contextmanager
def bounded_work() -> Iterator[None]:
    """Fail if the block takes more processor time than anything here may need on any machine."""
    start = time.process_time()
    yield
    assert time.process_time() - start < MOST_SECONDS


def run_python(program: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, because it may crash it or never end: it is killed after MOST_SECONDS of work."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))

    return subprocess.run([sys.executable, "-c", program, *arguments], input=stdin, capture_output=True, text=True, preexec_fn=limit)


def write_files(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a folder, byte for byte. A name may hold bytes that aren't UTF-8, decoded by os.fsdecode."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def make_vault(root: Path, files: Mapping[str, str | bytes]) -> Vault:
    root.mkdir(parents=True, exist_ok=True)
    write_files(root, files)
    return Vault(str(root))


def refreshed(vault: Vault, catalog: Catalog | None = None) -> Catalog:
    """The vault's catalogue, brought up to date with the disk."""
    catalog = catalog or Catalog(vault.root)
    refresh(vault, catalog)
    return catalog


def catalog_rows(catalog: Catalog) -> dict[str, list[Any]]:  # Any: rows of SQLite
    """All rows of the tables that hold what notes say, sorted; of a note that can't be read only its problems."""
    bookkeeping = {"files", "folders", "scan_state", "index_queue", "index_state", "task_settings_state", "said", "ledger_days"}
    tables = {name for (name,) in catalog.rows("SELECT name FROM sqlite_master WHERE type = 'table'")} - bookkeeping
    assert {"notes", "follow_ups", "decisions", "points", "problems"} <= tables
    rows = {table: sorted(catalog.rows(f"SELECT * FROM {table}"), key=repr) for table in tables}
    codes = ("front-matter", "encoding", "binary", "symlink", "not-a-file", "too-large", "unreadable")
    unreadable = {path for path, _, code, _ in rows["problems"] if code in codes}
    for table in tables - {"problems"}:
        column = [name for _, name, *_ in catalog.rows(f"PRAGMA table_info({table})")].index("path")
        rows[table] = [row for row in rows[table] if row[column] not in unreadable]
    return rows


def rebuilt_catalog(vault: Vault) -> Catalog:
    """A new catalogue of the vault, in a file of its own."""
    catalog = Catalog(vault.root)
    catalog.file += f".{os.urandom(8).hex()}"
    return refreshed(vault, catalog)


def contents(root: Path) -> dict[str, bytes]:
    """Every regular file below a folder, with its bytes."""
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()}


def file_states(root: Path) -> dict[str, tuple[int, int, int, int]]:
    """The times, size and mode of a folder and everything below it: they differ once anything was written."""
    states = {}
    for path in [root, *root.rglob("*")]:
        status = path.lstat()
        states[str(path.relative_to(root))] = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_mode)
    return states
