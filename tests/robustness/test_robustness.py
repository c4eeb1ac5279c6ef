"""Kills, many hands, strangers' folders and what means harm, by real processes: what `tests.robustness` does, with small numbers."""

import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.robustness import desk, hostile_files, hostile_input, kills, reading


def all_at_once(test: Callable[[str], list[str]], names: Iterable[str]) -> dict[str, list[str]]:
    """The faults of each name; some at a time, since each spends its time in processes of its own."""
    with ThreadPoolExecutor(desk.HANDS) as pool:
        return dict(zip(names, pool.map(test, names), strict=True))


def test_a_kill_tears_nothing_and_loses_nothing() -> None:
    assert all_at_once(lambda seed: kills.kills(13, int(seed)).faults, ("1", "2")) == {"1": [], "2": []}  # 13: each verb


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace kills at a chosen moment, and is not there")
def test_a_kill_while_the_journal_is_made_leaves_one_that_works() -> None:
    assert kills.first_kills() == []


def test_many_hands_on_one_list_lose_nothing() -> None:
    done = kills.hands(4, 8)
    assert (done.items, done.faults) == (32, [])


def test_reading_leaves_the_vault_as_it_is() -> None:
    assert reading.reading(desk.EXAMPLE).faults == []


# ------------------------------------------------------------------------------------- hostile


@pytest.fixture(scope="module")
def of_things() -> dict[str, list[str]]:
    return all_at_once(hostile_files.alone, hostile_files.THINGS)


@pytest.fixture(scope="module")
def of_traps() -> dict[str, list[str]]:
    return all_at_once(hostile_input.with_trap, hostile_input.TRAPS)


@pytest.mark.parametrize("name", hostile_files.THINGS)
def test_what_is_hostile_is_told_of_and_harms_nothing(name: str, of_things: dict[str, list[str]]) -> None:
    assert of_things[name] == []


@pytest.mark.parametrize("name", hostile_input.TRAPS)
def test_a_trap_ends_soon_and_leads_nowhere(name: str, of_traps: dict[str, list[str]]) -> None:
    assert of_traps[name] == []


def test_what_is_hostile_together_harms_nothing(of_things: dict[str, list[str]]) -> None:
    assert hostile_files.together([name for name, faults in of_things.items() if not faults], most=1) == []


def test_whatever_is_typed_makes_whole_notes_with_legal_names() -> None:
    assert all_at_once(lambda part: hostile_input.typed(int(part), 2, back=5), ("0", "1")) == {"0": [], "1": []}


# ------------------------------------------------------------- the measuring is measured, too


def test_a_torn_note_would_be_seen() -> None:
    assert desk.is_whole(b"---\ntype: client\n---\n\nText.\n")
    assert not desk.is_whole(b"---\ntype: client\n---\n\nTe")
    assert not desk.is_whole(b"---\ntype: cl")
    assert not desk.is_whole(b"")
    assert kills._damage({"a": b"1", "b": b"1"}, {"a": b"2", "b": b"1"}, {"a": b""})[:2] == ["torn: a (0 bytes)", "lost: b"]


def test_a_written_folder_would_be_seen(tmp_path: Path) -> None:
    note = tmp_path / "folder" / "a.md"
    desk.put(tmp_path, {"folder/a.md": b"1"})
    before = desk.looks(tmp_path)
    assert desk.differing(before, desk.looks(tmp_path)) == []
    note.write_bytes(b"1")
    assert desk.differing(before, desk.looks(tmp_path)) == ["folder/a.md"]
    note.with_name(".tmp").touch()
    note.with_name(".tmp").unlink()
    assert desk.differing(before, desk.looks(tmp_path)) == ["folder", "folder/a.md"]


def test_what_a_terminal_obeys_would_be_seen() -> None:
    def faults(out: str, err: str = "", *words: str) -> int:
        return len(desk.faults_of(desk.Run(words, 0, out, err, 0.1, 0.1, 20), (0,)))

    assert faults("Größe\n", "", "due") == 0
    assert faults("\x1b[31mred\x1b[0m\n", "", "due", "--color") == 0
    assert faults("\x1b[31mred\x1b[0m\n", "", "due") == 1
    assert faults("\x1b]52;c;ZXZpbA==\x07", "", "due", "--color") == 1
    assert faults("\u202egnp", "\x9b2J", "due") == 2
    assert faults('["\\u001b"]', "", "due", "--json") == 0
    assert faults("[", "", "due", "--json") == 1
    assert faults("", "Traceback (most recent call last):\n", "due") == 1
