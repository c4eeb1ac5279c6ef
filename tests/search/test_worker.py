"""The worker process: it indexes its share of the queue into a segment, or reports nothing at all."""

import base64
import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from tests.search.indexes import file_digests, index_for
from tests.support import make_vault, refreshed, write_files
from vaultcrm.catalog import index_queue
from vaultcrm.catalog.index_queue import QueuedNote
from vaultcrm.search.index import open_index
from vaultcrm.search.worker import IndexWorker
from vaultcrm.vault.vault import Vault


def queue_and_folder(vault: Vault) -> tuple[list[QueuedNote], str]:
    """The queued notes, and the folder of an empty index."""
    catalog = refreshed(vault)
    notes = index_queue.queued(catalog)
    catalog.close()
    folder = index_for(vault).folder
    open_index(folder, create=True)
    return notes, folder


def test_the_result_is_a_segment_with_every_note(vault: Vault) -> None:
    notes, folder = queue_and_folder(vault)
    worker = IndexWorker(folder, vault.root, notes)
    result = worker.result()
    worker.stop()
    assert result is not None
    assert (result[0].doc_count(), result[1]) == (4, [])
    assert index_for(vault).documents() == {}  # the parent adds the segment when it commits


def test_notes_that_have_changed_or_gone_since_are_reported(vault: Vault) -> None:
    notes, folder = queue_and_folder(vault)
    write_files(Path(vault.root), {"a.md": "changed"})
    (Path(vault.root) / "c/b.md").unlink()
    worker = IndexWorker(folder, vault.root, notes)
    result = worker.result()
    worker.stop()
    assert result is not None
    assert result[0].doc_count() == 3
    assert [note.path for note in result[1]] == ["a.md", "c/b.md"]


def test_a_worker_that_fails_has_no_result(vault: Vault) -> None:
    worker = IndexWorker("/no/such/folder", vault.root, [])
    assert worker.result() is None
    worker.stop()


def test_a_stopped_worker_is_gone_and_has_no_result(vault: Vault) -> None:
    notes, folder = queue_and_folder(vault)
    worker = IndexWorker(folder, vault.root, notes)
    process = worker._process
    assert process is not None
    worker.stop()
    worker.stop()
    assert (worker.result(), process.returncode) == (None, -9)


@pytest.mark.parametrize("end", ["exit 0", "echo .; echo .; exit 1", "echo .; echo .; kill -9 $$"])
def test_a_process_that_ends_too_early_has_no_result(end: str, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ncat > /dev/null\n{end}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    worker = IndexWorker("/no/such/folder", vault.root, [])
    assert worker.result() is None
    worker.stop()


def test_a_package_vaultcrm_in_the_current_folder_is_not_imported(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder may be a stranger's vault."""
    write_files(tmp_path / "stranger", {"vaultcrm/__init__.py": "open('imported', 'w')"})
    monkeypatch.chdir(tmp_path / "stranger")
    notes, folder = queue_and_folder(vault)
    worker = IndexWorker(folder, vault.root, notes)
    result = worker.result()
    worker.stop()
    assert result is not None
    assert not Path("imported").exists()


@pytest.mark.parametrize("program", ["/bin/false", "/bin/true", "/no/such/program"])
def test_a_process_that_writes_nothing_or_does_not_start_has_no_result(program: str, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", program)
    worker = IndexWorker("/no/such/folder", vault.root, [])
    assert worker.result() is None
    worker.stop()


def test_the_process_reports_that_it_lives_after_every_fifty_notes(tmp_path: Path) -> None:
    """So it ends soon after its parent: writing to a pipe that nobody reads fails."""
    vault = make_vault(tmp_path / "vault", {f"n{n:03}.md": "pear" for n in range(120)})
    notes, folder = queue_and_folder(vault)
    task = {"folder": folder, "root": vault.root, "notes": [[path, digest.hex()] for path, digest in notes]}
    code = "from vaultcrm.search.worker_main import main; main()"
    output = subprocess.run([sys.executable, "-c", code], input=json.dumps(task).encode(), capture_output=True, check=True).stdout
    *heartbeats, result, end = output.split(b"\n")
    assert (heartbeats, end) == ([b".", b"."], b"")
    segment, mismatched = pickle.loads(base64.b64decode(result))
    assert (segment.doc_count(), mismatched) == (120, [])
    assert len(file_digests(vault)) == 120
