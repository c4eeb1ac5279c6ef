"""How the index is written: batches, progress, segments, and what happens when a question or the disk fails."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from tests.search.indexes import file_digests, index_folder, index_for, segment_count, update_index
from tests.support import make_vault, refreshed, write_files
from vaultcrm.catalog import index_queue
from vaultcrm.errors import ExternalError, InvalidInput
from vaultcrm.search import index as index_module
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault

# ------------------------------------------------------------------------------------- batches


def test_batches_report_their_progress_as_part_of_the_whole(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "_BATCH_NOTES", 2)
    reports: list[tuple[int, int]] = []
    Index(vault, refreshed(vault)).update(lambda done, total: reports.append((done, total)))
    assert reports == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert segment_count(vault) == 2
    assert index_for(vault).documents() == file_digests(vault)


def test_batches_are_limited_by_the_bytes_of_their_notes(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "_BATCH_BYTES", 1)
    assert (update_index(vault), segment_count(vault)) == (4, 4)
    assert index_for(vault).documents() == file_digests(vault)


def test_with_a_worker_each_note_of_this_process_counts_as_two(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "PARALLEL_THRESHOLD", 4)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    reports: list[tuple[int, int]] = []
    Index(vault, refreshed(vault)).update(lambda done, total: reports.append((done, total)))
    assert (reports, segment_count(vault)) == ([(2, 4), (4, 4)], 2)
    assert index_for(vault).documents() == file_digests(vault)


@pytest.mark.parametrize(("threshold", "cores"), [(5, 2), (4, 1), (4, None)])
def test_a_short_queue_or_a_single_core_needs_no_worker(
    threshold: int, cores: int | None, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "PARALLEL_THRESHOLD", threshold)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert (update_index(vault), segment_count(vault)) == (4, 1)


# ------------------------------------------------------------------------------------- segments


@pytest.mark.nightly
def test_eight_small_segments_are_merged_by_the_next_commit(vault: Vault) -> None:
    counts = []
    for number in range(10):
        write_files(Path(vault.root), {f"n{number}.md": "pear"})
        update_index(vault)
        counts.append(segment_count(vault))
    assert counts == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2]


def test_segments_are_merged_only_with_those_of_their_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "_MERGE_COUNT", 3)
    monkeypatch.setattr(index_module, "_MERGE_SIZES", (2, 4))
    vault = make_vault(tmp_path / "vault", {})
    counts = []
    for number, notes in enumerate((4, 2, 2, 1, 1, 1, 1)):
        write_files(tmp_path / "vault", {f"n{number}-{n}.md": "pear" for n in range(notes)})
        update_index(vault)
        counts.append(segment_count(vault))
    # 4 | 4 2 | 4 2 2 | 4 2 2 1 | three below 4 become one: 4 6 | 4 6 1 | 4 6 1 1
    assert counts == [1, 2, 3, 4, 2, 3, 4]
    assert index_for(vault).documents() == file_digests(vault)


@pytest.mark.parametrize(("changed", "segments"), [(5, 2), (6, 1)])
def test_a_segment_of_which_more_than_half_is_deleted_is_merged(changed: int, segments: int, tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"n{n}.md": "pear" for n in range(10)})
    update_index(vault)
    write_files(tmp_path / "vault", {f"n{n}.md": "plum" for n in range(changed)})
    assert (update_index(vault), segment_count(vault)) == (changed, segments)
    assert index_for(vault).documents() == file_digests(vault)


# ------------------------------------------------------------------------------------- notes that change meanwhile


@pytest.mark.parametrize("meanwhile", [None, "other bytes"])
def test_a_note_that_is_not_as_the_catalogue_read_it_stays_queued(meanwhile: str | None, vault: Vault) -> None:
    """The old document of a missing note stays, too. Once the note is back as it was, no refresh would queue it again."""
    update_index(vault)
    path = Path(vault.root, "a.md")
    before = index_for(vault).documents()
    path.write_text("fig")
    catalog = refreshed(vault)
    if meanwhile is None:
        path.unlink()
    else:
        path.write_text(meanwhile)
    index = Index(vault, catalog)
    assert index.update() == 1
    assert index.documents() == (before if meanwhile is None else file_digests(vault))
    assert [note.path for note in index_queue.queued(catalog)] == ["a.md"]
    path.write_text("fig")
    assert (index.update(), index.documents()) == (1, file_digests(vault))
    assert index_queue.queued(catalog) == []
    catalog.close()


def test_notes_that_stay_queued_do_not_hold_up_the_others(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "_BATCH_NOTES", 2)
    catalog = refreshed(vault)
    for name in ("a.md", "c/b.md"):
        Path(vault.root, name).unlink()
    index = Index(vault, catalog)
    index.update()
    assert index.documents() == file_digests(vault)
    assert [note.path for note in index_queue.queued(catalog)] == ["a.md", "c/b.md"]
    catalog.close()


# ------------------------------------------------------------------------------------- failures


class Question:
    """A question that fails for the first few times it is asked."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.count = 0

    def __call__(self, reader: Any) -> int:  # Any: Whoosh has no types
        self.count += 1
        if self.errors:
            raise self.errors.pop(0)
        return int(reader.doc_count())


@pytest.fixture
def marker(vault: Vault) -> Path:
    """A file in the folder of an index; a rebuild deletes it."""
    update_index(vault)
    path = index_folder(vault) / "marker"
    path.touch()
    return path


def test_a_question_that_fails_once_is_asked_again(vault: Vault, marker: Path) -> None:
    question = Question(KeyError())
    assert (index_for(vault).query(question), question.count, marker.exists()) == (4, 2, True)


@pytest.mark.parametrize("error", [KeyError(), OSError("Whoosh's own"), MemoryError()])
def test_a_question_that_fails_twice_is_asked_again_after_a_rebuild(error: Exception, vault: Vault, marker: Path) -> None:
    question = Question(error, error)
    assert (index_for(vault).query(question), question.count, marker.exists()) == (4, 3, False)


def test_an_index_that_was_replaced_meanwhile_is_not_rebuilt(vault: Vault, marker: Path) -> None:
    def question(reader: Any) -> int:  # Any: Whoosh has no types
        if reader.doc_count() == 4:
            (Path(vault.root) / "new.md").write_text("pear")
            update_index(vault)
            raise KeyError
        return int(reader.doc_count())

    failures = Question(KeyError())
    assert index_for(vault).query(lambda reader: failures(reader) and question(reader)) == 5
    assert marker.exists()


def test_a_bug_is_raised_after_the_rebuild(vault: Vault, marker: Path) -> None:
    question = Question(*[ZeroDivisionError("a bug")] * 9)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        index_for(vault).query(question)
    assert (question.count, marker.exists()) == (3, False)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO])
def test_what_the_disk_refuses_is_an_error_at_once(code: int, vault: Vault, marker: Path) -> None:
    question = Question(OSError(code, os.strerror(code)))
    with pytest.raises(ExternalError) as error:
        index_for(vault).query(question)
    assert error.value.message == f"Can't use the search index in {index_folder(vault)}: {os.strerror(code)}."
    assert error.value.hint == "Make sure that the disk isn't full and the folder isn't read-only."
    assert (question.count, marker.exists()) == (1, True)


def test_an_error_of_vaultcrm_is_raised_at_once(vault: Vault, marker: Path) -> None:
    question = Question(InvalidInput("No."))
    with pytest.raises(InvalidInput):
        index_for(vault).query(question)
    assert (question.count, marker.exists()) == (1, True)


def test_a_rebuild_deletes_the_indexes_of_other_versions(vault: Vault) -> None:
    update_index(vault)
    older = index_folder(vault).parent / "search-0"
    older.mkdir()
    calls: list[str] = []
    assert index_for(vault).rebuild(lambda: calls.append("catalogue")) == 4
    assert (calls, older.exists(), index_for(vault).documents()) == (["catalogue"], False, file_digests(vault))
