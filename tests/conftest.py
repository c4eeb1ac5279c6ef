"""Every test has a home of its own; and the ways to make a small vault and to look at all of it."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.refresh import catch_up
from vaultcrm.vault.vault import Vault

# The front-matter law takes the number of examples as it is; laws that write whole vaults take a share of it.
settings.register_profile("ci", max_examples=500, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
EXAMPLES = settings().max_examples

NOBODY = 65534


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a cache, a journal or settings; it lies beside the vaults that tests make in `tmp_path`."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("VAULTCRM_")]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    for kind in ("CACHE", "STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
    return folder


@pytest.fixture
def known(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which git knows who commits; gives the file of its settings."""
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (home / ".gitconfig").write_text("[user]\n\tname = Nora\n\temail = nora@example.com\n[init]\n\tdefaultBranch = main\n")
    return home / ".gitconfig"


@pytest.fixture
def unprivileged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which permissions count, also for root: it becomes nobody until the test is over."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(os.path.realpath(name))
        for kind in ("CACHE", "STATE", "CONFIG"):
            monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
            for path, _, _ in os.walk(folder):
                os.chmod(path, 0o700)


def write_files(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Files below a folder, byte for byte; a name may hold bytes that are no text, as os.fsdecode gives them."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def make_vault(root: Path, files: Mapping[str, str | bytes]) -> Vault:
    root.mkdir(parents=True, exist_ok=True)
    write_files(root, files)
    return Vault(str(root))


def caught_up(vault: Vault, catalog: Catalog | None = None) -> Catalog:
    """The vault's catalogue, once it has caught up with the disk."""
    catalog = catalog or Catalog(vault.root)
    catch_up(vault, catalog)
    return catalog


def told(catalog: Catalog) -> dict[str, list[Any]]:  # Any: rows of SQLite
    """All that a catalogue knows of the notes themselves; what is kept of unreadable notes is left out."""
    apart = {"files", "folders", "whole", "pending", "searched", "habits"}
    tables = {name for (name,) in catalog.rows("SELECT name FROM sqlite_master WHERE type = 'table'")} - apart
    assert {"notes", "follow_ups", "decisions", "points", "problems"} <= tables
    rows = {table: sorted(catalog.rows(f"SELECT * FROM {table}"), key=repr) for table in tables}
    codes = ("front-matter", "encoding", "binary", "symlink", "not-a-file", "too-large", "unreadable")
    unreadable = {path for path, _, code, _ in rows["problems"] if code in codes}
    for table in tables - {"problems"}:
        place = [name for _, name, *_ in catalog.rows(f"PRAGMA table_info({table})")].index("path")
        rows[table] = [row for row in rows[table] if row[place] not in unreadable]
    return rows


def rebuilt(vault: Vault) -> Catalog:
    """A catalogue of the vault that has never seen it before."""
    catalog = Catalog(vault.root)
    catalog.file += f".{os.urandom(8).hex()}"
    return caught_up(vault, catalog)


def contents(root: Path) -> dict[str, bytes]:
    """Every regular file below a folder, with its bytes."""
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()}


def looks(root: Path) -> dict[str, tuple[int, int, int, int]]:
    """Every file and folder below one as it looks from outside; unequal as soon as somebody has written."""
    found = {}
    for path in [root, *root.rglob("*")]:
        status = path.lstat()
        found[str(path.relative_to(root))] = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_mode)
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="Rewrite the stories that differ.")
