"""The catalogue's file may be damaged, locked by another process, or missing: it is only a cache."""

import os
import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import catalog_rows, make_vault, rebuilt_catalog, refreshed, write_files
from vaultcrm.catalog import database
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.database import UnusableCache
from vaultcrm.catalog.schema import SCHEMA
from vaultcrm.errors import Conflict
from vaultcrm.vault.vault import Vault

FOLLOW_UP = "---\ntype: follow-up\ndue: 2026-11-09\n---\n"
DAMAGE: list[Callable[[Path], object]] = [
    lambda path: path.write_bytes(bytes(range(256)) * 100),
    lambda path: path.write_bytes(b""),
    lambda path: os.truncate(path, 100),
    lambda path: os.truncate(path, 5_000),
    lambda path: path.write_bytes(b"SQLite format 3\x00" + b"x" * 10_000),
    lambda path: path.unlink(),
    lambda path: Path(f"{path}-wal").write_bytes(b"x" * 10_000),
    lambda path: path.write_bytes(path.read_bytes()[:4096] + b"x" * (path.stat().st_size - 4096)),
]


@pytest.fixture
def read_vault(tmp_path: Path) -> Vault:
    """A vault whose cache is on the disk and in no process's use."""
    vault = make_vault(tmp_path / "vault", {f"c{n}/{n}.md": FOLLOW_UP + "text " * n for n in range(100)})
    refreshed(vault).connection.close()
    return vault


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_cache_is_rebuilt_silently(damage: Callable[[Path], object], read_vault: Vault) -> None:
    damage(Path(Catalog(read_vault.root).file))
    catalog = refreshed(read_vault)
    assert len(catalog.follow_ups()) == 100
    assert catalog_rows(catalog) == catalog_rows(rebuilt_catalog(read_vault))


def test_a_cache_that_is_damaged_in_the_middle_is_rebuilt(read_vault: Vault) -> None:
    path = Path(Catalog(read_vault.root).file)
    data = bytearray(path.read_bytes())
    with sqlite3.connect(path) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'follow_ups'").fetchone()
    data[(page - 1) * 4096 : page * 4096] = b"x" * 4096
    path.write_bytes(data)
    assert len(refreshed(read_vault).follow_ups()) == 100


def test_another_database_in_place_of_the_cache_is_replaced(read_vault: Vault) -> None:
    path = Path(Catalog(read_vault.root).file)
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA}")
        database.execute("CREATE TABLE songs (title TEXT)")
    assert len(refreshed(read_vault).follow_ups()) == 100


def test_a_refresh_waits_for_a_locked_cache_and_then_fails_with_a_message(read_vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_LOCK_TIMEOUT", 0.05)
    write_files(Path(read_vault.root), {"new.md": ""})
    other = sqlite3.connect(Catalog(read_vault.root).file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Conflict, match="Another vaultcrm"):
        refreshed(read_vault)
    other.close()
    assert len(refreshed(read_vault).notes()) == 101


def is_answered_from_memory(vault: Vault) -> str:
    """The reason why the cache is in memory, from where it answers as from the disk."""
    catalog = refreshed(vault)
    assert catalog.is_in_memory
    assert len(catalog.follow_ups()) == 100
    write_files(Path(vault.root), {"new.md": FOLLOW_UP})
    assert len(refreshed(vault, catalog).follow_ups()) == 101
    (Path(vault.root) / "new.md").unlink()
    return catalog.why_in_memory


def test_without_a_cache_folder_the_cache_is_in_memory(read_vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/x")
    assert is_answered_from_memory(read_vault).startswith("The folder /dev/null/x/vaultcrm can't be created: Not a directory.")


@pytest.mark.parametrize("is_empty", [True, False])
def test_in_a_read_only_cache_folder_the_cache_is_in_memory(is_empty: bool, unprivileged: Path) -> None:
    vault = make_vault(unprivileged / "vault", {f"c{n}/{n}.md": FOLLOW_UP + "text " * n for n in range(100)})
    folder = Path(Catalog(vault.root).file).parent
    if not is_empty:
        refreshed(vault).close()
    folder.chmod(0o500)
    assert is_answered_from_memory(vault) == (
        f"The folder {folder} can't be written. Make it writable, or set XDG_CACHE_HOME and XDG_STATE_HOME to folders that are."
    )


@pytest.mark.parametrize("is_empty", [True, False])
def test_on_a_full_disk_the_cache_is_in_memory(is_empty: bool, read_vault: Vault) -> None:
    if is_empty:
        Catalog(read_vault.root).delete()
    else:
        write_files(Path(read_vault.root), {"c5/5.md": FOLLOW_UP + "more"})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))  # no file of this process can grow beyond, as if the disk were full
    try:
        assert "can't be used" in is_answered_from_memory(read_vault)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(refreshed(read_vault).follow_ups()) == 100


def test_a_folder_in_place_of_the_cache_is_replaced(read_vault: Vault) -> None:
    path = Path(Catalog(read_vault.root).file)
    path.unlink()
    (path / "odd").mkdir(parents=True)
    catalog = refreshed(read_vault)
    assert (len(catalog.follow_ups()), catalog.is_in_memory, path.is_file()) == (100, False, True)


def test_a_full_disk_is_reported_when_the_cache_is_to_be_emptied(read_vault: Vault) -> None:
    catalog = refreshed(read_vault)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
    try:
        with pytest.raises(UnusableCache, match="can't be used") as raised:
            catalog.clear()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert raised.value.hint == "Make sure that the disk isn't full and the folder isn't read-only."


CHILD = """if True:
    import sys
    from vaultcrm.catalog.catalog import Catalog
    from vaultcrm.catalog.refresh import refresh
    from vaultcrm.vault.vault import Vault
    vault = Vault(sys.argv[1])
    print(flush=True)
    sys.stdin.readline()
    catalog = Catalog(vault.root)
    refresh(vault, catalog)
    print(len(catalog.notes()), len(catalog.follow_ups()))
"""


def waiting_child(vault: Vault) -> "subprocess.Popen[str]":
    """A process that is ready to refresh the catalogue, and does so once `start` is called."""
    child = subprocess.Popen([sys.executable, "-c", CHILD, vault.root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None and child.stdout is not None
    child.stdout.readline()
    return child


def start(child: "subprocess.Popen[str]") -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def refresh_at_once(vault: Vault, count: int) -> list[str]:
    """The output of `count` processes that start to refresh at the same moment."""
    children = [waiting_child(vault) for _ in range(count)]
    for child in children:
        start(child)
    return [child.communicate()[0] for child in children]


@pytest.mark.nightly
def test_processes_that_refresh_at_once_all_see_the_same(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {})
    refreshed(vault)
    for round_ in range(1, 4):
        write_files(tmp_path / "vault", {f"c{n % 7}/{round_} {n}.md": FOLLOW_UP for n in range(50)})
        assert refresh_at_once(vault, 3) == [f"{50 * round_} {50 * round_}\n"] * 3
        assert catalog_rows(refreshed(vault)) == catalog_rows(rebuilt_catalog(vault))


def test_a_refresh_waits_for_a_process_that_is_creating_the_cache(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": FOLLOW_UP})
    other = sqlite3.connect(Catalog(vault.root).file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.2, other.close).start()
    assert len(refreshed(vault).follow_ups()) == 1


@pytest.mark.nightly
def test_a_refresh_that_is_killed_leaves_a_usable_cache(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"c{n % 7}/{n}.md": FOLLOW_UP for n in range(200)})
    unfinished = 0
    for round_ in range(6):
        child = waiting_child(vault)
        start(child)
        sum(range(round_ * 200_000))  # a delay, to kill it at a different place in each round
        child.kill()
        unfinished += child.communicate()[0] == ""
        assert catalog_rows(refreshed(vault)) == catalog_rows(rebuilt_catalog(vault))
        write_files(tmp_path / "vault", {f"c1/{round_}-{n}.md": FOLLOW_UP for n in range(50)})
    assert unfinished > 0  # otherwise all kills came too late and this has tested nothing
