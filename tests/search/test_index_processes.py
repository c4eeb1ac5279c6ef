"""The index answers correctly while several processes write and read it, and after one of them was killed."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.search.indexes import file_digests, index_folder, index_for, run_index, segment_count, update_index
from tests.search.searches import found_titles
from tests.support import make_vault, write_files
from vaultcrm.search.query import Text
from vaultcrm.search.searcher import Searcher
from vaultcrm.vault.vault import Vault


def command(vault: Vault, *words: str) -> subprocess.Popen[str]:
    """A running `vaultcrm` process."""
    program = [sys.executable, "-m", "vaultcrm", "--vault", vault.root, "--today", "2026-11-16", *words]
    return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_processes_that_search_at_once_all_find_everything(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"n{n}.md": f"pear {n}" for n in range(300)})
    for _ in range(2):
        running = [command(vault, "--json", "search", "-n", "1000", "pear") for _ in range(3)]
        for process in running:
            out, errors = process.communicate()
            assert (process.returncode, errors) == (0, "")
            assert {hit["path"] for hit in json.loads(out)} == set(file_digests(vault))
        assert index_for(vault).documents() == file_digests(vault)
        write_files(tmp_path / "vault", {f"m{n}.md": f"pear {n}" for n in range(300)})


@pytest.mark.nightly
def test_an_index_whose_update_was_killed_is_completed(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"n{n}.md": f"pear {n}" for n in range(200)})
    rng = random.Random(1)
    start = time.monotonic()
    assert command(vault, "index", "--rebuild").wait() == 0
    duration = time.monotonic() - start
    for n in range(10):
        write_files(tmp_path / "vault", {f"n{i}.md": f"plum {n} {i}" for i in range(n, 200, 2)})
        (tmp_path / f"vault/n{n}.md").unlink(missing_ok=True)
        process = command(vault, "index", *(["--rebuild"] if n % 3 == 0 else []))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(rng.uniform(duration / 3, duration))  # the assertions hold wherever it is killed
        process.send_signal(signal.SIGKILL)
        process.communicate()
        update_index(vault)
        assert index_for(vault).documents() == file_digests(vault)
    assert found_titles(vault, "plum")
    assert os.listdir(index_folder(vault))
    assert run_index(vault, verify=True).differing == []


@pytest.mark.nightly
def test_a_search_during_a_rebuild_finds_everything(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"n{n}.md": f"pear {n}" for n in range(20)})
    for _ in range(3):
        running = [command(vault, *words) for words in (("index", "--rebuild"), ("search", "--files", "-n", "99", "pear")) * 2]
        for process in running:
            out, errors = process.communicate()
            assert (process.returncode, errors) == (0, "")
            assert out.startswith("20 notes indexed") or set(out.split()) == set(file_digests(vault))


def test_an_open_reader_is_not_disturbed_by_a_writer(vault: Vault) -> None:
    update_index(vault)
    readers: list[Any] = []

    def question(reader: Any) -> list[str]:  # Any: Whoosh has no types
        if not readers:
            write_files(Path(vault.root), dict.fromkeys(file_digests(vault), "fig"))
            assert update_index(vault) == 4
        readers.append(reader)
        searcher = Searcher(reader, [])
        return sorted(searcher.path(number) for number in searcher.search(Text(("fig",))))

    assert index_for(vault).query(question) in ([], sorted(file_digests(vault)))
    assert index_for(vault).documents() == file_digests(vault)


MANY = 1_600


@pytest.mark.nightly
@pytest.mark.parametrize("program", [None, "/bin/false", "/bin/true", "/no/such/program"])
def test_a_long_queue_is_indexed_by_two_processes_or_by_one_if_the_worker_fails(
    program: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "a rather long name, so that the list of them is longer than the buffer of a pipe"
    vault = make_vault(tmp_path / "vault", {f"{name} {n}.md": f"pear {n}" for n in range(MANY)})
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    if program:
        monkeypatch.setattr(sys, "executable", program)
    assert (update_index(vault), update_index(vault)) == (MANY, 0)
    assert index_for(vault).documents() == file_digests(vault)
    assert len(found_titles(vault, "pear")) == MANY
    assert found_titles(vault, "pear 1599 ") == {f"{name} 1599"}
    assert segment_count(vault) == (1 if program else 2)
