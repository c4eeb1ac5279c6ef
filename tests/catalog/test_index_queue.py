"""The queue of notes that the search index has yet to read."""

import os
from pathlib import Path

import pytest

from tests.support import make_vault, refreshed, write_files
from vaultcrm.catalog import index_queue
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.index_queue import QueuedNote
from vaultcrm.disk.files import MAX_NOTE_BYTES, digest
from vaultcrm.vault.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return make_vault(tmp_path / "vault", {"a.md": "one", "b.md": "two", "c/d.md": "three"})


def note(path: str, text: str) -> QueuedNote:
    return QueuedNote(path, digest(text.encode()))


def make_unreadable(vault: Vault, path: str) -> None:
    """Make the file of a note larger than vaultcrm reads."""
    os.truncate(os.path.join(vault.root, path), MAX_NOTE_BYTES + 1)


def test_a_new_note_and_a_changed_note_are_queued_with_their_digests(vault: Vault) -> None:
    catalog = refreshed(vault)
    assert index_queue.index_state(catalog) == ""
    assert index_queue.queued(catalog) == [note("a.md", "one"), note("b.md", "two"), note("c/d.md", "three")]
    assert index_queue.count(catalog) == 3
    index_queue.mark_indexed(catalog, index_queue.queued(catalog), "state 1")
    assert (index_queue.queued(catalog), index_queue.count(catalog), index_queue.index_state(catalog)) == ([], 0, "state 1")
    write_files(Path(vault.root), {"b.md": "another"})
    assert index_queue.queued(refreshed(vault, catalog)) == [note("b.md", "another")]


def test_a_deleted_note_is_queued_with_an_empty_digest(vault: Vault) -> None:
    catalog = refreshed(vault)
    index_queue.mark_indexed(catalog, index_queue.queued(catalog), "state 1")
    Path(vault.root, "a.md").unlink()
    assert index_queue.queued(refreshed(vault, catalog)) == [QueuedNote("a.md", b"")]


def test_a_note_that_has_changed_since_it_was_indexed_stays_queued(vault: Vault) -> None:
    catalog = refreshed(vault)
    indexed = index_queue.queued(catalog)
    write_files(Path(vault.root), {"b.md": "another"})
    refreshed(vault, catalog)
    index_queue.mark_indexed(catalog, indexed, "state 1")
    assert index_queue.queued(catalog) == [note("b.md", "another")]
    assert index_queue.index_state(catalog) == "state 1"


def test_a_note_whose_file_can_no_longer_be_read_leaves_the_queue(vault: Vault) -> None:
    """Its document stays in the index, as its records stay in the catalogue."""
    catalog = refreshed(vault)
    make_unreadable(vault, "a.md")
    assert index_queue.queued(refreshed(vault, catalog)) == [note("b.md", "two"), note("c/d.md", "three")]


def test_a_note_whose_properties_cannot_be_read_is_queued(vault: Vault) -> None:
    catalog = refreshed(vault)
    write_files(Path(vault.root), {"a.md": "---\na: [\n---\n"})
    assert index_queue.queued(refreshed(vault, catalog))[0] == note("a.md", "---\na: [\n---\n")


def test_the_queue_is_read_up_to_a_number_of_notes_or_bytes(vault: Vault) -> None:
    catalog = refreshed(vault)
    with catalog.transaction() as execute:  # sizes as if the files had been settled for long
        execute("UPDATE files SET size = length(path)")
    a, b, d = index_queue.queued(catalog)
    assert index_queue.queued(catalog, 2) == [a, b]
    assert index_queue.queued(catalog, byte_limit=4) == [a]
    assert index_queue.queued(catalog, byte_limit=5) == [a, b]
    assert index_queue.queued(catalog, byte_limit=100) == [a, b, d]
    assert index_queue.queued(catalog, byte_limit=4, exclude={a}) == [b]
    assert index_queue.queued(catalog, 1, exclude={a}) == []  # `limit` counts rows, also excluded ones


def test_a_note_of_unknown_size_counts_as_4000_bytes(vault: Vault) -> None:
    catalog = refreshed(vault)
    with catalog.transaction() as execute:
        execute("UPDATE files SET size = -1")
        execute("DELETE FROM files WHERE path = 'b.md'")
    a, b, d = index_queue.queued(catalog)
    assert index_queue.queued(catalog, byte_limit=4_000) == [a]
    assert index_queue.queued(catalog, byte_limit=4_001) == [a, b]
    assert index_queue.queued(catalog, byte_limit=8_001) == [a, b, d]


def test_a_rebuilt_queue_holds_the_differences_from_the_index(vault: Vault) -> None:
    write_files(Path(vault.root), {"unreadable.md": "once readable"})
    catalog: Catalog = refreshed(vault)
    make_unreadable(vault, "unreadable.md")
    refreshed(vault, catalog)
    indexed = {"a.md": digest(b"one"), "b.md": digest(b"old"), "gone.md": digest(b"x"), "unreadable.md": digest(b"once readable")}
    index_queue.rebuild(catalog, indexed, "state 2")
    assert index_queue.queued(catalog) == [note("b.md", "two"), note("c/d.md", "three"), QueuedNote("gone.md", b"")]
    assert index_queue.index_state(catalog) == "state 2"
