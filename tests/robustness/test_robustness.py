"""The programs of `tests.robustness` with small numbers: kills, concurrent writers, reading commands and hostile files."""

import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.robustness import hostile_files, hostile_input, kills, reading, sandbox


def in_parallel(check: Callable[[str], list[str]], names: Iterable[str]) -> dict[str, list[str]]:
    """The faults by name. Threads are enough, because each check spends its time in child processes."""
    with ThreadPoolExecutor(sandbox.PARALLEL) as pool:
        return dict(zip(names, pool.map(check, names), strict=True))


def test_a_killed_command_tears_and_loses_nothing() -> None:
    assert in_parallel(lambda seed: kills.kills(13, int(seed)).faults, ("1", "2")) == {"1": [], "2": []}  # 13 kills: every verb


@pytest.mark.skipif(shutil.which("strace") is None, reason="killing at a chosen moment needs strace")
def test_a_kill_while_the_journal_is_created_leaves_a_working_one() -> None:
    assert kills.first_kills() == []


def test_concurrent_writers_of_one_list_lose_nothing() -> None:
    done = kills.write_concurrently(4, 8)
    assert (done.items, done.faults) == (32, [])


def test_reading_commands_leave_the_vault_as_it_is() -> None:
    assert reading.check_reading(sandbox.EXAMPLE).faults == []


# ------------------------------------------------------------------------------------- hostile


@pytest.fixture(scope="module")
def file_faults() -> dict[str, list[str]]:
    return in_parallel(hostile_files.check_alone, hostile_files.HOSTILE_FILES)


@pytest.fixture(scope="module")
def trap_faults() -> dict[str, list[str]]:
    return in_parallel(hostile_input.check_trap, hostile_input.TRAPS)


@pytest.mark.parametrize("name", hostile_files.HOSTILE_FILES)
def test_a_hostile_file_is_reported_and_does_no_harm(name: str, file_faults: dict[str, list[str]]) -> None:
    assert file_faults[name] == []


@pytest.mark.parametrize("name", hostile_input.TRAPS)
def test_a_trap_ends_in_time_and_does_no_harm(name: str, trap_faults: dict[str, list[str]]) -> None:
    assert trap_faults[name] == []


def test_all_hostile_files_together_do_no_harm(file_faults: dict[str, list[str]]) -> None:
    assert hostile_files.check_together([name for name, faults in file_faults.items() if not faults], max_clients=1) == []


def test_hostile_arguments_make_complete_notes_with_legal_names() -> None:
    assert in_parallel(lambda part: hostile_input.check_commands(int(part), 2, max_undone=5), ("0", "1")) == {"0": [], "1": []}


# ---------------------------------------------------------------- a fault would be noticed


def test_a_torn_note_would_be_noticed() -> None:
    assert sandbox.is_complete_note(b"---\ntype: client\n---\n\nText.\n")
    assert not sandbox.is_complete_note(b"---\ntype: client\n---\n\nTe")
    assert not sandbox.is_complete_note(b"---\ntype: cl")
    assert not sandbox.is_complete_note(b"")
    assert kills._damaged_files({"a": b"1", "b": b"1"}, {"a": b"2", "b": b"1"}, {"a": b""})[:2] == ["torn: a (0 bytes)", "lost: b"]


def test_a_write_to_a_folder_would_be_noticed(tmp_path: Path) -> None:
    note = tmp_path / "folder" / "a.md"
    sandbox.write_files(tmp_path, {"folder/a.md": b"1"})
    before = sandbox.file_states(tmp_path)
    assert sandbox.changed_paths(before, sandbox.file_states(tmp_path)) == []
    note.write_bytes(b"1")
    assert sandbox.changed_paths(before, sandbox.file_states(tmp_path)) == ["folder/a.md"]
    note.with_name(".tmp").touch()
    note.with_name(".tmp").unlink()
    assert sandbox.changed_paths(before, sandbox.file_states(tmp_path)) == ["folder", "folder/a.md"]


def test_control_characters_would_be_noticed() -> None:
    def faults(out: str, err: str = "", *words: str) -> int:
        return len(sandbox.run_faults(sandbox.Run(words, 0, out, err, 0.1, 0.1, 20), (0,)))

    assert faults("Größe\n", "", "due") == 0
    assert faults("\x1b[31mred\x1b[0m\n", "", "due", "--color") == 0
    assert faults("\x1b[31mred\x1b[0m\n", "", "due") == 1
    assert faults("\x1b]52;c;ZXZpbA==\x07", "", "due", "--color") == 1
    assert faults("\u202egnp", "\x9b2J", "due") == 2
    assert faults('["\\u001b"]', "", "due", "--json") == 0
    assert faults("[", "", "due", "--json") == 1
    assert faults("", "Traceback (most recent call last):\n", "due") == 1
