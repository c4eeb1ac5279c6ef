"""Undo and redo of moved and removed files and folders."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import write_files
from tests.vault.journals import AT, INITIAL, put, tree, words_of
from vaultcrm.errors import Conflict, NotFound
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import writing


def test_undo_and_redo_move_folders_with_everything_in_them(vault: Vault) -> None:
    write_files(Path(vault.root), {"clients/Acme/photo.jpg": b"\x00photo", "clients/Acme/deep/n.md": "n"})
    first = tree(vault)
    with writing(vault, "move much", AT) as writer:
        writer.move("clients/Acme", "past/2026/New")
        writer.move("past/2026/New/Acme.md", "past/2026/New/New.md")
        writer.move("a.md", "b.md")
        writer.edit("past/2026/New/New.md", lambda data: data + b" edited")
        writer.edit("b.md", lambda _: b"b")
        writer.remove("past/2026/New/deep/n.md", b"n")
        writer.create("past", "new", "new")
    after = {
        "past/2026/New/New.md": INITIAL["clients/Acme/Acme.md"] + b" edited",
        "past/2026/New/photo.jpg": b"\x00photo",
        "past/new.md": b"new",
        "b.md": b"b",
    }
    assert tree(vault) == after
    assert (writer.removed, writer.changed, writer.created) == (
        ["past/2026/New/deep/n.md"],
        ["past/2026/New/New.md", "b.md"],
        ["past/new.md"],
    )
    entry = Journal(vault.root).undo()
    assert tree(vault) == first
    assert sorted(os.listdir(vault.root)) == ["a.md", "clients"]
    assert [one[:2] for one in entry.moves] == [
        ("clients/Acme", "past/2026/New"),
        ("past/2026/New/Acme.md", "past/2026/New/New.md"),
        ("a.md", "b.md"),
    ]
    Journal(vault.root).redo()
    assert tree(vault) == after
    assert os.path.isdir(os.path.join(vault.root, "past/2026/New/deep"))  # the command left it, empty
    moves, writes = Journal(vault.root).change()
    assert len(moves) == 3
    assert [(one.path, one.after) for one in writes if one.after is None] == [("past/2026/New/deep/n.md", None)]


def test_undoing_a_move_keeps_an_empty_folder_that_existed_before(vault: Vault) -> None:
    os.mkdir(os.path.join(vault.root, "empty"))
    with writing(vault, "move", AT) as writer:
        writer.move("a.md", "empty/below/a.md")
    Journal(vault.root).undo()
    assert os.listdir(os.path.join(vault.root, "empty")) == []
    assert tree(vault) == INITIAL


@pytest.mark.parametrize(("old", "new"), [("a.md", "clients/Acme/Acme.md"), ("clients/Acme", "there"), ("a.md", "there"), ("a.md", "a.md")])
def test_a_move_never_overwrites(old: str, new: str, vault: Vault) -> None:
    os.mkdir(os.path.join(vault.root, "there"))  # a plain rename of a folder would replace it
    with pytest.raises(Conflict, match="already exists"), writing(vault, "move", AT) as writer:
        writer.move(old, new)
    assert tree(vault) == INITIAL
    assert words_of(vault) == []


def test_a_missing_file_can_be_neither_moved_nor_removed(vault: Vault) -> None:
    with pytest.raises(NotFound, match="no longer exists"), writing(vault, "move", AT) as writer:
        writer.move("no.md", "deep/b.md")
    with pytest.raises(NotFound, match="no longer exists"), writing(vault, "remove", AT) as writer:
        writer.remove("no.md", b"")
    assert sorted(os.listdir(vault.root)) == ["a.md", "clients"]
    assert words_of(vault) == []


def test_a_file_that_has_changed_is_not_removed(vault: Vault) -> None:
    with pytest.raises(Conflict, match=r"a\.md was changed"), writing(vault, "remove", AT) as writer:
        writer.remove("a.md", b"what it was")
    assert tree(vault) == INITIAL
    assert words_of(vault) == []


def test_a_command_that_fails_after_its_moves_leaves_nothing_half_done(vault: Vault) -> None:
    with pytest.raises(ZeroDivisionError), writing(vault, "fails", AT) as writer:
        writer.move("clients/Acme", "New")
        writer.edit("New/Acme.md", lambda _: b"half")
        writer.remove("a.md", INITIAL["a.md"])
        raise ZeroDivisionError
    assert tree(vault) == INITIAL
    assert words_of(vault) == []
    assert sorted(os.listdir(vault.root)) == ["a.md", "clients"]


def test_undo_refuses_if_a_moved_file_has_been_moved_again(vault: Vault) -> None:
    with writing(vault, "move", AT) as writer:
        writer.move("a.md", "b.md")
    os.rename(os.path.join(vault.root, "b.md"), os.path.join(vault.root, "c.md"))
    with pytest.raises(Conflict, match=r"b\.md no longer exists"):
        Journal(vault.root).undo()
    os.rename(os.path.join(vault.root, "c.md"), os.path.join(vault.root, "a.md"))  # moved back by hand
    Journal(vault.root).undo()
    assert tree(vault) == INITIAL


def test_undo_refuses_if_the_old_name_is_taken(vault: Vault) -> None:
    with writing(vault, "move", AT) as writer:
        writer.move("a.md", "b.md")
        writer.edit("b.md", lambda _: b"new")
    write_files(Path(vault.root), {"a.md": "theirs"})
    unchanged = tree(vault)
    with pytest.raises(Conflict, match=r"a\.md exists again"):
        Journal(vault.root).undo()
    assert tree(vault) == unchanged


def test_undo_does_not_restore_a_file_over_another_one(vault: Vault) -> None:
    with writing(vault, "remove", AT) as writer:
        writer.remove("a.md", INITIAL["a.md"])
    write_files(Path(vault.root), {"a.md": "theirs"})
    with pytest.raises(Conflict, match=r"a\.md"):
        Journal(vault.root).undo()
    assert tree(vault)["a.md"] == b"theirs"


MOVING = """if True:
    import os, signal, sys
    from vaultcrm.disk import renames
    from vaultcrm.vault.vault import Vault
    from vaultcrm.vault.writer import writing
    with writing(Vault(sys.argv[1]), "dies", "now") as writer:
        writer.move("a.md", "deep/b.md")
        renames._renameat2 = lambda: None  # as on other systems than Linux
        os.unlink = lambda path: os.kill(os.getpid(), signal.SIGKILL)  # after the new name is made, before the old one is removed
        writer.move("clients/Acme/Acme.md", "new/New.md")
"""


def test_a_move_interrupted_halfway_is_reverted(vault: Vault) -> None:
    assert subprocess.run([sys.executable, "-c", MOVING, vault.root]).returncode == -signal.SIGKILL
    assert tree(vault)["new/New.md"] == tree(vault)["clients/Acme/Acme.md"]
    put(vault, "next", {"c.md": "c"})
    assert tree(vault) == {"clients/Acme/Acme.md": INITIAL["clients/Acme/Acme.md"], "deep/b.md": INITIAL["a.md"], "c.md": b"c"}
    assert not os.path.exists(os.path.join(vault.root, "new"))
    Journal(vault.root).undo()
    assert [one[:2] for one in Journal(vault.root).undo().moves] == [("a.md", "deep/b.md")]
    assert tree(vault) == INITIAL
