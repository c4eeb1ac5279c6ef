"""What was written can be taken back, all of it or nothing, whatever happened in between."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import contents, make_vault, write_files
from vaultcrm.errors import Changed, NotFound, OutsideFailed, VaultcrmError
from vaultcrm.markdown.page import split
from vaultcrm.markdown.properties import properties_of, root_of
from vaultcrm.vault import journal
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import Writer, writing

AT = "2026-11-09T14:30:00"
FIRST = {"a.md": b"a\r\n", "clients/Acme/Acme.md": b"\xef\xbb\xbfacme \xc3\xa9"}


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return make_vault(tmp_path / "vault", FIRST)


def put(vault: Vault, words: str, files: dict[str, str]) -> None:
    """One command that replaces or creates files."""
    with writing(vault, words, AT) as writer:
        for path, text in files.items():
            if not writer.create_file(path, text.encode()):
                writer.edit(path, lambda _, text=text: text.encode())  # type: ignore[misc]  # a lambda's default has no type


def tree(vault: Vault) -> dict[str, bytes]:
    return contents(Path(vault.root))


def words_of(vault: Vault) -> list[tuple[str, str]]:
    return [(entry.words, entry.state) for entry in Journal(vault.root).entries()]


# ------------------------------------------------------------------------------- undo and redo


def test_undo_puts_back_what_was_there_before_byte_for_byte(vault: Vault) -> None:
    put(vault, "change much", {"a.md": "new", "clients/Acme/Acme.md": "new", "clients/New/notes/n.md": "n", "b.md": "b"})
    assert len(tree(vault)) == 4
    entry = Journal(vault.root).undo()
    assert tree(vault) == FIRST
    assert not os.path.exists(os.path.join(vault.root, "clients/New"))  # nor the folders that were made for it
    assert (entry.words, entry.at, entry.state) == ("change much", AT, "undone")
    assert sorted(entry.paths) == ["a.md", "b.md", "clients/Acme/Acme.md", "clients/New/notes/n.md"]


def test_redo_does_again_what_undo_took_back(vault: Vault) -> None:
    put(vault, "change much", {"a.md": "new", "clients/New/notes/n.md": "n"})
    after = tree(vault)
    Journal(vault.root).undo()
    assert Journal(vault.root).redo().words == "change much"
    assert tree(vault) == after
    assert words_of(vault) == [("change much", "done")]


def test_undo_goes_back_and_redo_forth_one_command_at_a_time(vault: Vault) -> None:
    states = [tree(vault)]
    for n in "123":
        put(vault, f"put {n}", {"a.md": n, f"{n}.md": n})
        states.append(tree(vault))
    for state in states[2::-1]:
        Journal(vault.root).undo()
        assert tree(vault) == state
    with pytest.raises(NotFound, match="nothing to undo"):
        Journal(vault.root).undo()
    for state in states[1:]:
        Journal(vault.root).redo()
        assert tree(vault) == state
    with pytest.raises(NotFound, match="nothing to do again"):
        Journal(vault.root).redo()


def test_after_something_new_what_was_undone_cannot_be_done_again(vault: Vault) -> None:
    put(vault, "put 1", {"a.md": "1"})
    Journal(vault.root).undo()
    put(vault, "put 2", {"a.md": "2"})
    with pytest.raises(NotFound):
        Journal(vault.root).redo()
    assert tree(vault)["a.md"] == b"2"


def test_redo_follows_the_last_undo_and_not_an_older_one(vault: Vault) -> None:
    put(vault, "put 1", {"a.md": "1"})
    Journal(vault.root).undo()
    put(vault, "put 2", {"a.md": "2"})
    Journal(vault.root).undo()
    assert Journal(vault.root).redo().words == "put 2"


def test_a_file_that_was_written_twice_goes_back_to_what_the_command_found(vault: Vault) -> None:
    with writing(vault, "twice", AT) as writer:
        writer.edit("a.md", lambda _: b"one")
        writer.edit("a.md", lambda _: b"two")
        path = writer.create("", "new", "one")
        writer.edit(path, lambda _: b"two")
    Journal(vault.root).undo()
    assert tree(vault) == FIRST


def test_a_command_that_fails_leaves_nothing_half_done(vault: Vault) -> None:
    with pytest.raises(ZeroDivisionError), writing(vault, "fails", AT) as writer:
        writer.edit("a.md", lambda _: b"half")
        writer.create("new/folder", "note", "half")
        raise ZeroDivisionError
    assert words_of(vault) == []
    assert tree(vault) == FIRST
    assert not os.path.exists(os.path.join(vault.root, "new"))


def test_what_a_failed_command_cannot_take_back_stays_in_the_journal(vault: Vault) -> None:
    with pytest.raises(ZeroDivisionError), writing(vault, "fails", AT) as writer:
        writer.edit("a.md", lambda _: b"half")
        write_files(Path(vault.root), {"a.md": "somebody else"})
        raise ZeroDivisionError
    assert words_of(vault) == [("fails", "done")]
    assert tree(vault)["a.md"] == b"somebody else"


def test_a_command_that_writes_nothing_leaves_no_line(vault: Vault) -> None:
    with writing(vault, "reads only", AT) as writer:
        assert not writer.edit("a.md", lambda data: data)
    assert words_of(vault) == []


def test_entries_tell_the_newest_commands_first(vault: Vault) -> None:
    for n in "123":
        put(vault, f"put {n}", {"a.md": n, f"{n}.md": n})
    entries = Journal(vault.root).entries(2)
    assert [(entry.words, entry.state, entry.at, entry.paths) for entry in entries] == [
        ("put 3", "done", AT, ("a.md", "3.md")),
        ("put 2", "done", AT, ("a.md", "2.md")),
    ]
    assert entries[0].id > entries[1].id
    assert Journal(vault.root).undo().id == entries[0].id


def test_only_so_many_commands_are_kept(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT", 3)
    for n in "12345":
        put(vault, f"put {n}", {"a.md": n})
    assert [words for words, _ in words_of(vault)] == ["put 5", "put 4", "put 3"]
    for _ in range(3):
        Journal(vault.root).undo()
    assert tree(vault)["a.md"] == b"2"
    with pytest.raises(NotFound):
        Journal(vault.root).undo()


# ---------------------------------------------------------------------- beside somebody else


def test_undo_never_takes_away_what_somebody_wrote_since(vault: Vault) -> None:
    put(vault, "change", {"a.md": "new", "b.md": "b", "clients/Acme/Acme.md": "new"})
    for path in ("b.md", "a.md", "clients/Acme/Acme.md"):
        ours = (Path(vault.root) / path).read_bytes()
        (Path(vault.root) / path).write_text("theirs")
        there = tree(vault)
        with pytest.raises(Changed, match=path):
            Journal(vault.root).undo()
        assert tree(vault) == there  # and nothing half-done
        assert words_of(vault) == [("change", "done")]
        (Path(vault.root) / path).write_bytes(ours)
    Journal(vault.root).undo()
    assert tree(vault) == FIRST


def test_redo_never_takes_away_what_somebody_wrote_since(vault: Vault) -> None:
    put(vault, "change", {"a.md": "new", "b.md": "b"})
    Journal(vault.root).undo()
    (Path(vault.root) / "b.md").write_text("theirs")
    there = tree(vault)
    with pytest.raises(Changed, match=r"b\.md"):
        Journal(vault.root).redo()
    assert tree(vault) == there


def test_undo_does_not_bring_back_what_somebody_deleted(vault: Vault) -> None:
    put(vault, "change", {"a.md": "new", "clients/Acme/Acme.md": "new"})
    os.unlink(os.path.join(vault.root, "a.md"))
    there = tree(vault)
    with pytest.raises(Changed, match=r"a\.md"):
        Journal(vault.root).undo()
    assert tree(vault) == there


def test_undo_keeps_a_folder_that_somebody_has_put_something_into(vault: Vault) -> None:
    put(vault, "create", {"clients/New/n.md": "n"})
    (Path(vault.root) / "clients/New/photo.jpg").write_bytes(b"theirs")
    Journal(vault.root).undo()
    assert tree(vault) == {**FIRST, "clients/New/photo.jpg": b"theirs"}


def test_undo_keeps_the_vault_itself_when_nothing_is_left_in_it(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "empty", {})
    put(vault, "create", {"new/n.md": "n", "a.md": "a"})
    Journal(vault.root).undo()
    assert os.listdir(vault.root) == []


def test_an_undo_that_was_cut_short_is_finished_by_the_next(vault: Vault) -> None:
    put(vault, "change", {"a.md": "new", "b.md": "b", "clients/Acme/Acme.md": "new"})
    os.unlink(os.path.join(vault.root, "b.md"))  # as an undo does it, before it is killed
    (Path(vault.root) / "clients/Acme/Acme.md").write_bytes(FIRST["clients/Acme/Acme.md"])
    Journal(vault.root).undo()
    assert tree(vault) == FIRST


def test_undo_does_all_or_nothing_also_when_a_file_cannot_be_written(vault: Vault) -> None:
    put(vault, "change", {"a.md": "new", "b.md": "new"})
    os.link(os.path.join(vault.root, "a.md"), os.path.join(vault.root, "twin"))
    there = tree(vault)
    with pytest.raises(VaultcrmError):
        Journal(vault.root).undo()
    assert tree(vault) == there


def test_another_writer_waits_and_then_gives_up(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LOCK_SECONDS", 0.05)
    with writing(vault, "first", AT) as writer:
        writer.edit("a.md", lambda _: b"first")
        with pytest.raises(Changed, match="Another vaultcrm is writing"):
            put(vault, "second", {"a.md": "second"})
        with pytest.raises(Changed, match="Another vaultcrm is writing"):
            Journal(vault.root).undo()
    assert tree(vault)["a.md"] == b"first"
    put(vault, "third", {"a.md": "third"})


def test_two_vaults_do_not_wait_for_each_other(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LOCK_SECONDS", 0.05)
    other = make_vault(tmp_path / "other", {})
    with writing(vault, "first", AT):
        put(other, "second", {"b.md": "b"})
    assert (words_of(vault), words_of(other)) == ([], [("second", "done")])


EDITING = """if True:
    import sys
    from vaultcrm.markdown.page import split
    from vaultcrm.markdown.edit import append_item
    from vaultcrm.vault.vault import Vault
    from vaultcrm.vault.writer import writing
    root, me = sys.argv[1:]
    sys.stdin.readline()
    for n in range(25):
        with writing(Vault(root), f"{me} {n}", "now") as writer:
            writer.edit("note.md", lambda data: append_item(split(data), "log", f"{me}-{n}").join())
"""


def test_of_four_processes_that_edit_one_note_no_edit_is_lost(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"note.md": "---\nlog:\n  - first\n---\nbody\n"})
    children = [subprocess.Popen([sys.executable, "-c", EDITING, vault.root, f"p{n}"], stdin=subprocess.PIPE) for n in range(4)]
    for child in children:  # all at once
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.close()
    assert [child.wait() for child in children] == [0, 0, 0, 0]
    page = split((tmp_path / "vault/note.md").read_bytes())
    log = properties_of(root_of(page), page.text)["log"]
    assert isinstance(log, list)
    assert sorted(log) == sorted(["first", *(f"p{process}-{n}" for process in range(4) for n in range(25))])
    assert page.body == "body\n"
    assert len(Journal(vault.root).entries(1_000)) == 100


# ------------------------------------------------------------------------- moved, removed


def test_undo_moves_back_what_was_moved_with_all_that_is_in_it(vault: Vault) -> None:
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
        "past/2026/New/New.md": FIRST["clients/Acme/Acme.md"] + b" edited",
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
    assert os.path.isdir(os.path.join(vault.root, "past/2026/New/deep"))  # the command had left it, empty
    moves, writes = Journal(vault.root).last_change()
    assert len(moves) == 3
    assert [(one.path, one.after) for one in writes if one.after is None] == [("past/2026/New/deep/n.md", None)]


def test_an_empty_folder_that_was_there_before_stays_when_a_move_is_taken_back(vault: Vault) -> None:
    os.mkdir(os.path.join(vault.root, "empty"))
    with writing(vault, "move", AT) as writer:
        writer.move("a.md", "empty/below/a.md")
    Journal(vault.root).undo()
    assert os.listdir(os.path.join(vault.root, "empty")) == []
    assert tree(vault) == FIRST


@pytest.mark.parametrize(("old", "new"), [("a.md", "clients/Acme/Acme.md"), ("clients/Acme", "there"), ("a.md", "there"), ("a.md", "a.md")])
def test_nothing_is_moved_over_something_else(old: str, new: str, vault: Vault) -> None:
    os.mkdir(os.path.join(vault.root, "there"))  # which a plain rename of a folder would replace
    with pytest.raises(Changed, match="there already"), writing(vault, "move", AT) as writer:
        writer.move(old, new)
    assert tree(vault) == FIRST
    assert words_of(vault) == []


def test_what_is_not_there_is_neither_moved_nor_removed(vault: Vault) -> None:
    with pytest.raises(NotFound, match="not there any more"), writing(vault, "move", AT) as writer:
        writer.move("no.md", "deep/b.md")
    with pytest.raises(NotFound, match="not there any more"), writing(vault, "remove", AT) as writer:
        writer.remove("no.md", b"")
    assert sorted(os.listdir(vault.root)) == ["a.md", "clients"]
    assert words_of(vault) == []


def test_what_has_changed_is_not_removed(vault: Vault) -> None:
    with pytest.raises(Changed, match=r"a\.md was changed"), writing(vault, "remove", AT) as writer:
        writer.remove("a.md", b"what it was")
    assert tree(vault) == FIRST
    assert words_of(vault) == []


def test_a_command_that_fails_behind_its_moves_leaves_nothing_half_done(vault: Vault) -> None:
    with pytest.raises(ZeroDivisionError), writing(vault, "fails", AT) as writer:
        writer.move("clients/Acme", "New")
        writer.edit("New/Acme.md", lambda _: b"half")
        writer.remove("a.md", FIRST["a.md"])
        raise ZeroDivisionError
    assert tree(vault) == FIRST
    assert words_of(vault) == []
    assert sorted(os.listdir(vault.root)) == ["a.md", "clients"]


def test_undo_refuses_when_what_was_moved_is_gone_or_moved_on(vault: Vault) -> None:
    with writing(vault, "move", AT) as writer:
        writer.move("a.md", "b.md")
    os.rename(os.path.join(vault.root, "b.md"), os.path.join(vault.root, "c.md"))
    with pytest.raises(Changed, match=r"b\.md is not there any more"):
        Journal(vault.root).undo()
    os.rename(os.path.join(vault.root, "c.md"), os.path.join(vault.root, "a.md"))  # moved back by hand
    Journal(vault.root).undo()
    assert tree(vault) == FIRST


def test_undo_refuses_when_the_old_name_is_taken(vault: Vault) -> None:
    with writing(vault, "move", AT) as writer:
        writer.move("a.md", "b.md")
        writer.edit("b.md", lambda _: b"new")
    write_files(Path(vault.root), {"a.md": "theirs"})
    there = tree(vault)
    with pytest.raises(Changed, match=r"a\.md is there again"):
        Journal(vault.root).undo()
    assert tree(vault) == there


def test_undo_does_not_bring_back_a_file_over_another_one(vault: Vault) -> None:
    with writing(vault, "remove", AT) as writer:
        writer.remove("a.md", FIRST["a.md"])
    write_files(Path(vault.root), {"a.md": "theirs"})
    with pytest.raises(Changed, match=r"a\.md"):
        Journal(vault.root).undo()
    assert tree(vault)["a.md"] == b"theirs"


MOVING = """if True:
    import os, signal, sys
    from vaultcrm.vault.vault import Vault
    from vaultcrm.vault.writer import writing
    with writing(Vault(sys.argv[1]), "dies", "now") as writer:
        writer.move("a.md", "deep/b.md")
        os.unlink = lambda path: os.kill(os.getpid(), signal.SIGKILL)  # between the new name and the end of the old one
        writer.move("clients/Acme/Acme.md", "new/New.md")
"""


def test_a_move_that_was_cut_in_two_is_none(vault: Vault) -> None:
    assert subprocess.run([sys.executable, "-c", MOVING, vault.root]).returncode == -signal.SIGKILL
    assert tree(vault)["new/New.md"] == tree(vault)["clients/Acme/Acme.md"]
    put(vault, "next", {"c.md": "c"})
    assert tree(vault) == {"clients/Acme/Acme.md": FIRST["clients/Acme/Acme.md"], "deep/b.md": FIRST["a.md"], "c.md": b"c"}
    assert not os.path.exists(os.path.join(vault.root, "new"))
    Journal(vault.root).undo()
    assert [one[:2] for one in Journal(vault.root).undo().moves] == [("a.md", "deep/b.md")]
    assert tree(vault) == FIRST


FORMER = """
CREATE TABLE commands (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, words TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'undone')), turned INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE writes (
    id INTEGER PRIMARY KEY, command INTEGER NOT NULL REFERENCES commands ON DELETE CASCADE,
    path TEXT NOT NULL, before BLOB, after BLOB NOT NULL
);
CREATE INDEX writes_command ON writes (command);
INSERT INTO commands VALUES (7, '2026-11-01T10:00:00', 'set a', 'done', 3);
INSERT INTO writes VALUES (11, 7, 'a.md', x'6f6c64', x'610d0a');
"""


def test_an_older_journal_is_taken_over_with_all_that_it_knows(vault: Vault) -> None:
    with contextlib.closing(sqlite3.connect(Path(Journal(vault.root).folder) / "journal.sqlite")) as older:
        older.executescript(FORMER)
    with writing(vault, "remove", AT) as writer:
        writer.remove("a.md", FIRST["a.md"])
    assert words_of(vault) == [("remove", "done"), ("set a", "done")]
    Journal(vault.root).undo()
    assert tree(vault) == FIRST
    assert Journal(vault.root).undo().at == "2026-11-01T10:00:00"
    assert tree(vault)["a.md"] == b"old"


# ---------------------------------------------------------------------------- killed, damaged

DYING = """if True:
    import os, signal, sys
    from vaultcrm.vault.vault import Vault
    from vaultcrm.vault.writer import writing
    with writing(Vault(sys.argv[1]), "dies", "now") as writer:
        writer.edit("clients/Acme/Acme.md", lambda _: b"half")
        open(sys.argv[1] + "/clients/Acme/.vaultcrm-1-a.tmp", "w").close()  # what a kill in mid-swap leaves
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_a_kill_the_next_command_sweeps_and_what_was_written_can_be_undone(vault: Vault) -> None:
    assert subprocess.run([sys.executable, "-c", DYING, vault.root]).returncode == -signal.SIGKILL
    assert "clients/Acme/.vaultcrm-1-a.tmp" in tree(vault)
    put(vault, "next", {"b.md": "b"})
    assert tree(vault) == {**FIRST, "clients/Acme/Acme.md": b"half", "b.md": b"b"}
    assert words_of(vault) == [("next", "done"), ("dies", "done")]
    Journal(vault.root).undo()
    Journal(vault.root).undo()
    assert tree(vault) == FIRST


def test_undo_right_after_a_kill_takes_back_what_the_killed_command_wrote(vault: Vault) -> None:
    subprocess.run([sys.executable, "-c", DYING, vault.root])
    assert Journal(vault.root).undo().words == "dies"
    assert tree(vault) == FIRST


def test_the_journal_lies_outside_the_vault_where_only_the_user_looks(vault: Vault, home: Path) -> None:
    put(vault, "change", {"b.md": "b"})
    assert tree(vault) == {**FIRST, "b.md": b"b"}
    folder = Path(Journal(vault.root).folder)
    assert folder.is_relative_to(home / "state")
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name",
    [
        "journal.sqlite",
        "lock.sqlite",
    ],
)
def test_without_a_usable_journal_nothing_is_written(name: str, vault: Vault) -> None:
    (Path(Journal(vault.root).folder) / name).write_bytes(b"no database " * 500)
    with pytest.raises(OutsideFailed):
        put(vault, "change", {"a.md": "new", "b.md": "b"})
    assert tree(vault) == FIRST


def test_without_a_place_for_the_lock_nothing_is_written(vault: Vault) -> None:
    (Path(Journal(vault.root).folder) / "lock.sqlite").mkdir()
    with pytest.raises(OutsideFailed):
        put(vault, "change", {"a.md": "new"})


def test_what_a_killed_undo_left_behind_is_swept_by_the_next_command(vault: Vault) -> None:
    put(vault, "change", {"clients/Acme/Acme.md": "new"})
    left = Path(vault.root) / "clients/Acme/.vaultcrm-1-2.tmp"
    left.write_text("half")
    put(vault, "next", {"a.md": "next"})
    assert not left.exists()


def test_what_was_written_before_an_interrupt_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk may say no, or a hand interrupt, behind the rename: then the write is made, and has to be known."""
    from vaultcrm.disk import files, moves

    vault = make_vault(tmp_path / "v", {"a.md": "one\n", "b.md": "b\n"})
    before = contents(tmp_path / "v")

    def interrupted(folder: str) -> None:
        monkeypatch.undo()  # once
        raise KeyboardInterrupt

    changes: list[Callable[[Writer], object]] = [
        lambda writer: writer.edit("a.md", lambda _: b"two\n"),
        lambda writer: writer.create("", "New", "text\n"),
        lambda writer: writer.remove("a.md", b"one\n"),
        lambda writer: writer.move("a.md", "c.md"),
    ]
    homes = {name: os.environ[name] for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    for change in changes:
        for name, folder in homes.items():  # which `undo` has taken back, too
            monkeypatch.setenv(name, folder)
        for module in (files, moves):
            monkeypatch.setattr(module, "sync_folder", interrupted)
        with pytest.raises(KeyboardInterrupt), writing(vault, "test", "2026-11-16") as writer:
            change(writer)
        assert contents(tmp_path / "v") == before
        assert words_of(vault) == []
