"""The index follows the notes: only what has changed is indexed again."""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.search.indexes import file_digests, index_folder, index_for, run_index, segment_count, trust_files, update_index
from tests.search.searches import found_titles
from tests.support import make_vault, refreshed, write_files
from vaultcrm.actions.index import IndexResult
from vaultcrm.catalog import index_queue
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault

# ------------------------------------------------------------------------------ updating


def test_only_changed_notes_are_indexed_again(vault: Vault) -> None:
    assert (update_index(vault), update_index(vault)) == (4, 0)
    write_files(Path(vault.root), {"a.md": "fig", "new.md": "fig"})
    (Path(vault.root) / "d.md").unlink()
    assert (update_index(vault), update_index(vault)) == (3, 0)
    assert index_for(vault).documents() == file_digests(vault)
    os.utime(Path(vault.root) / "a.md")
    assert update_index(vault) == 0  # a new timestamp, the same bytes


def test_progress_is_reported_up_to_the_last_note(vault: Vault) -> None:
    seen: list[tuple[int, int]] = []
    Index(vault, refreshed(vault)).update(lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_index_is_in_the_cache_and_only_the_user_can_open_its_folder(vault: Vault, home: Path) -> None:
    before = sorted(Path(vault.root).rglob("*"))
    assert found_titles(vault, "pear") == {"a", "b"}
    folder = index_folder(vault)
    assert folder.is_relative_to(home / "cache")
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent)} == {0o700}
    assert sorted(Path(vault.root).rglob("*")) == before


def test_an_empty_vault_can_be_indexed_and_searched(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {})
    assert (update_index(vault), update_index(vault), found_titles(vault, "pear"), found_titles(vault, "-pear")) == (0, 0, set(), set())
    assert index_for(vault).documents() == {}
    write_files(tmp_path / "vault", {"a.md": "pear"})
    assert found_titles(vault, "pear") == {"a"}


def test_files_that_are_not_notes_are_not_indexed(tmp_path: Path) -> None:
    notes = {"a.md": "pear", ".hidden/b.md": "pear", "templates/c.md": "pear", "old/d.md": "pear", "e.txt": "pear"}
    vault = make_vault(tmp_path / "vault", {**notes, "vaultcrm.toml": 'ignore = ["old"]'})
    (tmp_path / "vault/linked.md").symlink_to(tmp_path / "vault/a.md")
    assert found_titles(vault, "pear") == {"a"}


@pytest.mark.nightly
def test_many_small_segments_are_merged(vault: Vault) -> None:
    most_segments = 0
    for n in range(30):
        write_files(Path(vault.root), {f"n{n}.md": f"pear number {n}", "a.md": f"pear {n}"})
        assert update_index(vault) == (5 if n == 0 else 2)
        most_segments = max(most_segments, segment_count(vault))
    assert most_segments <= 9
    assert index_for(vault).documents() == file_digests(vault)
    assert found_titles(vault, "pear") == {"a", "b", *(f"n{n}" for n in range(30))}


# ------------------------------------------------------------------------------------------- verify


def test_verify_finds_nothing_in_an_intact_index(vault: Vault) -> None:
    assert run_index(vault, verify=True) == IndexResult(4, 4, [])
    assert run_index(vault, verify=True) == IndexResult(4, 0, [])
    assert run_index(vault, rebuild=True) == IndexResult(4, 4, [])


def test_verify_finds_a_digest_in_the_catalogue_that_is_not_the_file_s(vault: Vault) -> None:
    run_index(vault)
    with contextlib.closing(sqlite3.connect(Catalog(vault.root).file)) as database, database:
        database.execute("UPDATE files SET digest = ? WHERE path = 'a.md'", (bytes(16),))
    trust_files(vault)
    assert run_index(vault, verify=True).differing == ["a.md"]
    assert run_index(vault, verify=True).differing == []
    assert index_for(vault).documents() == file_digests(vault)


def test_verify_finds_and_indexes_a_change_that_left_no_trace(vault: Vault) -> None:
    """As after a change that restored the timestamps and the size: the catalogue takes the file for the one it has read."""
    run_index(vault)
    write_files(Path(vault.root), {"a.md": "fig!!!and plum"})
    trust_files(vault)
    assert (found_titles(vault, "pear"), found_titles(vault, "fig")) == ({"a", "b"}, set())
    assert run_index(vault, verify=True).differing == ["a.md"]
    assert (found_titles(vault, "pear"), found_titles(vault, "fig")) == ({"b"}, {"a"})
    assert run_index(vault, verify=True).differing == []


def test_verify_finds_a_document_that_the_index_has_lost(vault: Vault, tmp_path: Path) -> None:
    write_files(tmp_path, {"smaller/a.md": "pear and plum"})
    run_index(vault)
    smaller = Vault(str(tmp_path / "smaller"))
    run_index(smaller)
    shutil.rmtree(index_folder(vault))
    shutil.copytree(index_folder(smaller), index_folder(vault))
    trust_files(vault)
    assert run_index(vault, verify=True).differing == ["c/b.md", "c/c.md", "d.md"]
    assert index_for(vault).documents() == file_digests(vault)


def test_notes_that_stay_queued_take_no_room_in_the_next_batch(vault: Vault) -> None:
    """Notes that weren't as the catalogue knows them stay queued."""
    catalog = refreshed(vault)
    queue = index_queue.queued(catalog)
    assert index_queue.queued(catalog, byte_limit=1, exclude={queue[0]}) == [queue[1]]
    catalog.close()
