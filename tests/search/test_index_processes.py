"""The index is right, whichever processes make, read or leave it at once."""

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

from tests.search.indexes import digests, folder_of, followed, found, index_of, indexed, segments
from tests.support import make_vault, write_files
from vaultcrm.search.query import Text
from vaultcrm.search.searcher import Searcher
from vaultcrm.vault.vault import Vault


def command(vault: Vault, *words: str) -> subprocess.Popen[str]:
    """`vaultcrm` as a process of its own."""
    program = [sys.executable, "-m", "vaultcrm", "--vault", vault.root, "--today", "2026-11-16", *words]
    return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_processes_that_search_at_once_are_all_right(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"n{n}.md": f"pear {n}" for n in range(300)})
    for _ in range(2):
        running = [command(vault, "--json", "search", "-n", "1000", "pear") for _ in range(3)]
        for process in running:
            out, errors = process.communicate(timeout=60)
            assert (process.returncode, errors) == (0, "")
            assert {hit["path"] for hit in json.loads(out)} == set(digests(vault))
        assert index_of(vault).documents() == digests(vault)
        write_files(tmp_path / "vault", {f"m{n}.md": f"pear {n}" for n in range(300)})


def test_an_index_whose_making_was_killed_is_completed(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"n{n}.md": f"pear {n}" for n in range(200)})
    chance = random.Random(1)
    begin = time.monotonic()
    assert command(vault, "index", "--rebuild").wait() == 0
    length = time.monotonic() - begin
    for n in range(10):
        write_files(tmp_path / "vault", {f"n{i}.md": f"plum {n} {i}" for i in range(n, 200, 2)})
        (tmp_path / f"vault/n{n}.md").unlink(missing_ok=True)
        process = command(vault, "index", *(["--rebuild"] if n % 3 == 0 else []))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(length / 3, length))  # how far it comes does not matter to what is asserted
        process.send_signal(signal.SIGKILL)
        process.communicate()
        followed(vault)
        assert index_of(vault).documents() == digests(vault)
    assert found(vault, "plum")
    assert os.listdir(folder_of(vault))
    assert indexed(vault, verify=True).differing == []


def test_an_index_is_made_anew_while_others_search(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"n{n}.md": f"pear {n}" for n in range(20)})
    for _ in range(3):
        running = [command(vault, *words) for words in (("index", "--rebuild"), ("search", "--files", "-n", "99", "pear")) * 2]
        for process in running:
            out, errors = process.communicate(timeout=60)
            assert (process.returncode, errors) == (0, "")
            assert out.startswith("20 notes indexed") or set(out.split()) == set(digests(vault))


def test_who_has_begun_to_read_is_not_disturbed_by_who_writes(vault: Vault) -> None:
    followed(vault)
    asked: list[Any] = []

    def question(reader: Any) -> list[str]:  # Any: Whoosh has no types
        if not asked:
            write_files(Path(vault.root), dict.fromkeys(digests(vault), "fig"))
            assert followed(vault) == 4
        asked.append(reader)
        finder = Searcher(reader, [])
        return sorted(finder.path(number) for number in finder.search(Text(("fig",))))

    assert index_of(vault).query(question) in ([], sorted(digests(vault)))
    assert index_of(vault).documents() == digests(vault)


MANY = 1_600


@pytest.mark.parametrize("program", [None, "/bin/false", "/bin/true", "/no/such/program"])
def test_a_long_list_is_indexed_by_two_processes_and_by_one_if_need_be(
    program: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "a rather long name, so that the list of them does not fit into a pipe"
    vault = make_vault(tmp_path / "vault", {f"{name} {n}.md": f"pear {n}" for n in range(MANY)})
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    if program:
        monkeypatch.setattr(sys, "executable", program)
    assert (followed(vault), followed(vault)) == (MANY, 0)
    assert index_of(vault).documents() == digests(vault)
    assert len(found(vault, "pear")) == MANY
    assert found(vault, "pear 1599 ") == {f"{name} 1599"}
    assert segments(vault) == (1 if program else 2)
