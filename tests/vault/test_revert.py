"""Undo and redo on disk: all of it, or nothing."""

import os
from pathlib import Path

import pytest

from tests.support import contents, write_files
from vaultcrm.disk.moves import Move
from vaultcrm.errors import Conflict, ExternalError
from vaultcrm.vault.revert import FileChanges, are_all_gone, read_bytes, redo_changes, remove_empty_folders, undo_changes

BACK: FileChanges = {"b.md": (b"new b", None), "z/a.md": (b"new a", b"old a"), "gone.md": (None, b"gone")}
FORTH: FileChanges = {path: (after, before) for path, (before, after) in reversed(BACK.items())}
MOVES = [Move("x", "y/deep", "y"), Move("a.md", "z/a.md", "z")]
BEFORE = {"a.md": b"old a", "gone.md": b"gone", "x/note.md": b"note"}
AFTER = {"b.md": b"new b", "y/deep/note.md": b"note", "z/a.md": b"new a"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "vault").mkdir()
    return tmp_path / "vault"


def test_undo_writes_then_moves_back_and_redo_moves_then_writes(root: Path) -> None:
    write_files(root, AFTER)
    undo_changes(str(root), BACK, MOVES)
    assert contents(root) == BEFORE
    assert sorted(os.listdir(root)) == ["a.md", "gone.md", "x"]
    redo_changes(str(root), FORTH, MOVES)
    assert contents(root) == AFTER
    assert sorted(os.listdir(root)) == ["b.md", "y", "z"]


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("b.md", "theirs", "b.md has been changed since"),
        ("z/a.md", "theirs", "z/a.md has been changed since"),
        ("gone.md", "theirs", "gone.md has been changed since"),
        ("a.md", "theirs", "a.md exists again, and would be overwritten"),
        ("x/other.md", "theirs", "x exists again, and would be overwritten"),
    ],
)
def test_undo_does_nothing_if_a_file_has_been_changed_or_created_since(path: str, text: str, message: str, root: Path) -> None:
    write_files(root, {**AFTER, path: text})
    unchanged = contents(root)
    with pytest.raises(Conflict, match=message):
        undo_changes(str(root), BACK, MOVES)
    assert contents(root) == unchanged


@pytest.mark.parametrize(
    ("path", "message"),
    [("a.md", "a.md has been changed since"), ("b.md", "b.md has been changed since"), ("z/a.md", "z/a.md exists again")],
)
def test_redo_does_nothing_if_a_file_has_been_changed_or_created_since(path: str, message: str, root: Path) -> None:
    write_files(root, {**BEFORE, path: "theirs"})
    unchanged = contents(root)
    with pytest.raises(Conflict, match=message):
        redo_changes(str(root), FORTH, MOVES)
    assert contents(root) == unchanged
    assert not (root / "y").exists()


def test_moves_whose_file_is_gone_are_refused(root: Path) -> None:
    write_files(root, {"b.md": "new b", "y/deep/note.md": "note"})
    with pytest.raises(Conflict, match=r"z/a\.md no longer exists"):
        undo_changes(str(root), {}, MOVES)
    assert contents(root) == {"b.md": b"new b", "y/deep/note.md": b"note"}


def test_an_interrupted_undo_and_redo_are_finished_by_the_next(root: Path) -> None:
    write_files(root, {"y/deep/note.md": b"note", "a.md": b"old a", "gone.md": b"gone"})  # the last move is reverted, the first is not
    undo_changes(str(root), BACK, MOVES)
    assert contents(root) == BEFORE
    (root / "y").mkdir()
    (root / "x").rename(root / "y/deep")
    redo_changes(str(root), FORTH, MOVES)
    assert contents(root) == AFTER


def test_undo_does_nothing_if_the_disk_refuses_a_move_or_a_write(unprivileged: Path) -> None:
    root = unprivileged / "vault"
    write_files(root, AFTER)
    (root / "y").chmod(0o500)
    with pytest.raises(ExternalError, match="y/deep can't be moved: Permission denied"):
        undo_changes(str(root), BACK, MOVES)
    assert contents(root) == AFTER
    (root / "y").chmod(0o700)
    (root / "z").chmod(0o500)
    with pytest.raises(ExternalError, match="can't be written: Permission denied"):
        undo_changes(str(root), BACK, MOVES)
    assert contents(root) == AFTER


def test_a_command_that_only_created_files_is_gone_once_all_of_them_are(root: Path) -> None:
    changes: FileChanges = {"a.md": (b"a", None), "b.md": (b"b", None)}
    assert are_all_gone(str(root), changes)
    assert not are_all_gone(str(root), {**changes, "c.md": (None, b"c")})
    assert not are_all_gone(str(root), {})
    write_files(root, {"b.md": "changed"})
    assert not are_all_gone(str(root), changes)


def test_empty_folders_are_removed_up_to_the_top_and_never_the_vault(root: Path) -> None:
    (root / "a/b/c/d").mkdir(parents=True)
    remove_empty_folders(str(root), "a/b/c/d", "a/b/c")
    assert (root / "a/b").is_dir()
    assert not (root / "a/b/c").exists()
    write_files(root, {"a/note.md": ""})
    remove_empty_folders(str(root), "a/b")
    assert os.listdir(root / "a") == ["note.md"]
    (root / "a/note.md").unlink()
    remove_empty_folders(str(root), "a")
    assert os.listdir(root) == []


def test_the_bytes_of_a_missing_file_are_none(root: Path) -> None:
    write_files(root, {"a.md": b"\xff"})
    assert read_bytes(str(root), "a.md") == b"\xff"
    assert read_bytes(str(root), "b.md") is None
    assert read_bytes(str(root), "no/b.md") is None
