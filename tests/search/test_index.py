"""The index tells what is in the notes, and only what has changed is indexed anew."""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

from tests.search.indexes import believed, digests, folder_of, followed, found, index_of, indexed, segments
from tests.support import make_vault, refreshed, write_files
from vaultcrm.actions.index import IndexResult
from vaultcrm.catalog import index_queue
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault

# ------------------------------------------------------------------------------ following the notes


def test_only_what_has_changed_is_indexed(vault: Vault) -> None:
    assert (followed(vault), followed(vault)) == (4, 0)
    write_files(Path(vault.root), {"a.md": "fig", "new.md": "fig"})
    (Path(vault.root) / "d.md").unlink()
    assert (followed(vault), followed(vault)) == (3, 0)
    assert index_of(vault).documents() == digests(vault)
    os.utime(Path(vault.root) / "a.md")
    assert followed(vault) == 0  # touched, not changed


def test_progress_is_told_up_to_the_end(vault: Vault) -> None:
    seen: list[tuple[int, int]] = []
    Index(vault, refreshed(vault)).update(lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_index_lies_in_the_cache_where_only_the_user_may_enter(vault: Vault, home: Path) -> None:
    before = sorted(Path(vault.root).rglob("*"))
    assert found(vault, "pear") == {"a", "b"}
    folder = folder_of(vault)
    assert folder.is_relative_to(home / "cache")
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent)} == {0o700}
    assert sorted(Path(vault.root).rglob("*")) == before


def test_an_empty_vault_has_an_index_too(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {})
    assert (followed(vault), followed(vault), found(vault, "pear"), found(vault, "-pear")) == (0, 0, set(), set())
    assert index_of(vault).documents() == {}
    write_files(tmp_path / "vault", {"a.md": "pear"})
    assert found(vault, "pear") == {"a"}


def test_what_is_no_note_is_not_indexed(tmp_path: Path) -> None:
    notes = {"a.md": "pear", ".hidden/b.md": "pear", "templates/c.md": "pear", "old/d.md": "pear", "e.txt": "pear"}
    vault = make_vault(tmp_path / "vault", {**notes, "vaultcrm.toml": 'ignore = ["old"]'})
    (tmp_path / "vault/linked.md").symlink_to(tmp_path / "vault/a.md")
    assert found(vault, "pear") == {"a"}


def test_many_small_segments_are_merged(vault: Vault) -> None:
    most = 0
    for n in range(30):
        write_files(Path(vault.root), {f"n{n}.md": f"pear number {n}", "a.md": f"pear {n}"})
        assert followed(vault) == (5 if n == 0 else 2)
        most = max(most, segments(vault))
    assert most <= 9
    assert index_of(vault).documents() == digests(vault)
    assert found(vault, "pear") == {"a", "b", *(f"n{n}" for n in range(30))}


# ------------------------------------------------------------------------------------------- verify


def test_verify_finds_nothing_where_all_is_well(vault: Vault) -> None:
    assert indexed(vault, verify=True) == IndexResult(4, 4, [])
    assert indexed(vault, verify=True) == IndexResult(4, 0, [])
    assert indexed(vault, rebuild=True) == IndexResult(4, 4, [])


def test_verify_finds_a_digest_that_is_not_the_files(vault: Vault) -> None:
    indexed(vault)
    with contextlib.closing(sqlite3.connect(Catalog(vault.root).file)) as database, database:
        database.execute("UPDATE files SET digest = ? WHERE path = 'a.md'", (bytes(16),))
    believed(vault)
    assert indexed(vault, verify=True).differing == ["a.md"]
    assert indexed(vault, verify=True).differing == []
    assert index_of(vault).documents() == digests(vault)


def test_verify_finds_a_change_that_left_no_trace_and_puts_it_right(vault: Vault) -> None:
    """As after a change with all times and the size restored: the catalogue takes the file for the one it knows."""
    indexed(vault)
    write_files(Path(vault.root), {"a.md": "fig!!!and plum"})
    believed(vault)
    assert (found(vault, "pear"), found(vault, "fig")) == ({"a", "b"}, set())
    assert indexed(vault, verify=True).differing == ["a.md"]
    assert (found(vault, "pear"), found(vault, "fig")) == ({"b"}, {"a"})
    assert indexed(vault, verify=True).differing == []


def test_verify_finds_a_document_that_the_index_has_lost(vault: Vault, tmp_path: Path) -> None:
    write_files(tmp_path, {"less/a.md": "pear and plum"})
    indexed(vault)
    less = Vault(str(tmp_path / "less"))
    indexed(less)
    shutil.rmtree(folder_of(vault))
    shutil.copytree(folder_of(less), folder_of(vault))
    believed(vault)
    assert indexed(vault, verify=True).differing == ["c/b.md", "c/c.md", "d.md"]
    assert index_of(vault).documents() == digests(vault)


def test_what_is_left_on_the_list_does_not_hide_the_rest(vault: Vault) -> None:
    """Notes that were not as the catalogue knows them take none of a batch's room."""
    catalog = refreshed(vault)
    every = index_queue.queued(catalog)
    assert index_queue.queued(catalog, byte_limit=1, exclude={every[0]}) == [every[1]]
    catalog.close()
