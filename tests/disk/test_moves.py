"""Moves of files and folders: they never overwrite, and an interrupted move is recognized and reverted."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import contents, write_files
from vaultcrm.disk.moves import (
    Move,
    count_applied,
    has_exact_name,
    is_taken,
    move,
    path_after,
    path_before,
    path_mapper,
    repair_interrupted,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    write_files(folder, {"a.md": "a", "old/b.md": "b"})
    return folder


# -------------------------------------------------------------------------------------- paths


@pytest.mark.parametrize(
    ("before", "after"),
    [("old", "new/x"), ("old/b.md", "new/x/b.md"), ("old/deep/c.md", "new/x/deep/c.md"), ("older/b.md", "older/b.md"), ("a.md", "a.md")],
)
def test_a_move_applies_to_the_path_and_everything_below_it(before: str, after: str) -> None:
    step = Move("old", "new/x")
    assert step.apply(before) == after
    assert step.revert(after) == before


def test_several_moves_apply_in_order_and_revert_in_reverse_order() -> None:
    steps = [Move("a", "b"), Move("b/x.md", "b/y.md"), Move("b", "c")]
    assert path_after("a/x.md", steps) == "c/y.md"
    assert path_before("c/y.md", steps) == "a/x.md"
    assert path_after("a/x.md", []) == path_before("a/x.md", []) == "a/x.md"


PATHS = st.lists(st.sampled_from("ab"), min_size=1, max_size=3).map("/".join)


@given(st.lists(st.builds(Move, PATHS, PATHS), max_size=6), PATHS)
def test_a_mapper_gives_the_path_after_all_moves(moves: list[Move], path: str) -> None:
    assert path_mapper(moves)(path) == path_after(path, moves)


# --------------------------------------------------------------------------------------- move


def test_a_file_and_a_folder_are_moved(root: Path) -> None:
    move(str(root / "a.md"), str(root / "old/c.md"))
    move(str(root / "old"), str(root / "new"))
    assert contents(root) == {"new/b.md": b"b", "new/c.md": b"a"}
    assert (root / "new/c.md").stat().st_nlink == 1


def test_a_symbolic_link_is_moved_itself(root: Path) -> None:
    (root / "link").symlink_to("a.md")
    move(str(root / "link"), str(root / "moved"))
    assert os.readlink(root / "moved") == "a.md"
    assert not os.path.lexists(root / "link")
    assert contents(root) == {"a.md": b"a", "old/b.md": b"b"}


@pytest.mark.parametrize("source", ["a.md", "old"])
@pytest.mark.parametrize(
    "occupy", [lambda path: path.write_bytes(b"theirs"), lambda path: path.mkdir(), lambda path: path.symlink_to("nowhere")]
)
def test_a_move_never_overwrites(source: str, occupy: Callable[[Path], None], root: Path) -> None:
    occupy(root / "new")
    before = os.lstat(root / "new")
    with pytest.raises(FileExistsError, match="/new already exists"):
        move(str(root / source), str(root / "new"))
    assert os.lstat(root / "new") == before
    assert (root / "a.md").read_bytes() == b"a"
    assert (root / "old/b.md").read_bytes() == b"b"


def test_a_file_is_moved_where_there_are_no_hard_links(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on exFAT, which the tests can't mount."""

    def link(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    move(str(root / "a.md"), str(root / "c.md"))
    assert contents(root) == {"c.md": b"a", "old/b.md": b"b"}


def test_both_folders_of_a_move_are_synced(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced, fsync = [], os.fsync

    def record(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    move(str(root / "a.md"), str(root / "old/a.md"))
    assert sorted(synced) == sorted([root.stat().st_ino, (root / "old").stat().st_ino])


# -------------------------------------------------------------------------------------- names


def test_a_name_is_taken_by_anything_but_another_spelling_of_the_same_file(root: Path) -> None:
    write_files(root, {"A.md": "another"})
    assert not is_taken(str(root / "a.md"), str(root / "new.md"))
    assert is_taken(str(root / "a.md"), str(root / "old"))
    assert is_taken(str(root / "a.md"), str(root / "A.md"))
    assert is_taken(str(root / "a.md"), str(root / "a.md"))
    # Like "Acme" for "acme" on a case-insensitive disk: the disk finds the folder by this name, but doesn't list it.
    assert not is_taken(f"{root}/old", f"{root}/old/.")


def test_a_name_is_exact_only_in_its_own_case_and_in_any_unicode_form(root: Path) -> None:
    write_files(root, {"Zoe\u0308.md": "", "Zo\u00e9.md": ""})
    assert has_exact_name(str(root / "a.md"))
    assert not has_exact_name(str(root / "A.md"))
    assert has_exact_name(str(root / "Zo\u00eb.md"))
    assert has_exact_name(str(root / "Zoe\u0301.md"))
    assert not has_exact_name(str(root / "zo\u00eb.md"))
    assert not has_exact_name(str(root / "missing/a.md"))


# -------------------------------------------------------------------------- interrupted moves

STEPS = [Move("a.md", "1.md"), Move("old", "2"), Move("2/b.md", "2/3.md")]


def test_the_applied_moves_are_counted(root: Path) -> None:
    counts = [count_applied(str(root), STEPS, forward=forward) for forward in (True, False)]
    for step in STEPS:
        move(str(root / step.old), str(root / step.new))
        counts += [count_applied(str(root), STEPS, forward=forward) for forward in (True, False)]
    assert counts == [0, 0, 1, 1, 2, 2, 3, 3]


def test_an_interrupted_move_is_not_counted_and_is_reverted(root: Path) -> None:
    os.link(root / "a.md", root / "1.md")
    assert count_applied(str(root), STEPS[:1], forward=True) == count_applied(str(root), STEPS[:1], forward=False) == 0
    repair_interrupted(str(root), STEPS)
    assert contents(root) == {"a.md": b"a", "old/b.md": b"b"}


def test_a_file_that_another_program_created_under_a_moved_name_is_kept(root: Path) -> None:
    """It has the new name if the move was not applied yet, and the old name if it was."""
    write_files(root, {"1.md": "theirs"})
    assert count_applied(str(root), STEPS[:1], forward=True) == 0
    assert count_applied(str(root), STEPS[:1], forward=False) == 1
    (root / "2").mkdir()
    assert count_applied(str(root), STEPS[:2], forward=False) == 2
    repair_interrupted(str(root), STEPS)
    assert contents(root) == {"1.md": b"theirs", "a.md": b"a", "old/b.md": b"b"}
    assert (root / "2").is_dir()


def test_a_link_to_a_moved_folder_does_not_make_the_move_look_interrupted(root: Path) -> None:
    move(str(root / "old"), str(root / "2"))
    (root / "old").symlink_to("2")
    assert count_applied(str(root), STEPS[1:2], forward=False) == 1
    repair_interrupted(str(root), STEPS[1:2])
    assert (root / "2/b.md").read_bytes() == b"b"


def test_a_link_between_the_names_of_a_move_does_not_make_it_look_interrupted(root: Path) -> None:
    """Somebody may link the old name to the new one after a move: deleting the new one would delete the note."""
    move(str(root / "a.md"), str(root / "1.md"))
    (root / "a.md").symlink_to("1.md")
    assert count_applied(str(root), STEPS[:1], forward=False) == 1
    repair_interrupted(str(root), STEPS[:1])
    assert (root / "1.md").read_bytes() == b"a"
