"""Undo and redo of what commands wrote: all of it, or nothing."""

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from tests.support import write_files
from tests.vault.journals import AT, INITIAL, put, tree, words_of
from vaultcrm.disk.moves import Move
from vaultcrm.errors import Conflict, ExternalError, NotFound
from vaultcrm.vault import journal
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.journal_schema import JournalEntry, JournalWrite
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import writing


def test_undo_restores_every_byte(vault: Vault) -> None:
    put(vault, "change much", {"a.md": "new", "clients/Acme/Acme.md": "new", "clients/New/notes/n.md": "n", "b.md": "b"})
    assert len(tree(vault)) == 4
    entry = Journal(vault.root).undo()
    assert tree(vault) == INITIAL
    assert not os.path.exists(os.path.join(vault.root, "clients/New"))  # nor the folders that were created for it
    assert (entry.words, entry.at, entry.state) == ("change much", AT, "undone")
    assert sorted(entry.paths) == ["a.md", "b.md", "clients/Acme/Acme.md", "clients/New/notes/n.md"]


def test_redo_reverses_undo(vault: Vault) -> None:
    put(vault, "change much", {"a.md": "new", "clients/New/notes/n.md": "n"})
    after = tree(vault)
    Journal(vault.root).undo()
    assert Journal(vault.root).redo().words == "change much"
    assert tree(vault) == after
    assert words_of(vault) == [("change much", "done")]


def test_undo_and_redo_take_one_command_at_a_time(vault: Vault) -> None:
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
    with pytest.raises(NotFound, match="nothing to redo"):
        Journal(vault.root).redo()


def test_an_undone_command_cannot_be_redone_after_another_write(vault: Vault) -> None:
    put(vault, "put 1", {"a.md": "1"})
    Journal(vault.root).undo()
    put(vault, "put 2", {"a.md": "2"})
    with pytest.raises(NotFound):
        Journal(vault.root).redo()
    assert tree(vault)["a.md"] == b"2"


def test_redo_takes_the_command_that_was_undone_last(vault: Vault) -> None:
    put(vault, "put 1", {"a.md": "1"})
    Journal(vault.root).undo()
    put(vault, "put 2", {"a.md": "2"})
    Journal(vault.root).undo()
    assert Journal(vault.root).redo().words == "put 2"


def test_undo_of_a_file_written_twice_restores_the_first_contents(vault: Vault) -> None:
    with writing(vault, "twice", AT) as writer:
        writer.edit("a.md", lambda _: b"one")
        writer.edit("a.md", lambda _: b"two")
        path = writer.create("", "new", "one")
        writer.edit(path, lambda _: b"two")
    Journal(vault.root).undo()
    assert tree(vault) == INITIAL


def test_a_command_that_fails_leaves_nothing_half_done(vault: Vault) -> None:
    with pytest.raises(ZeroDivisionError), writing(vault, "fails", AT) as writer:
        writer.edit("a.md", lambda _: b"half")
        writer.create("new/folder", "note", "half")
        raise ZeroDivisionError
    assert words_of(vault) == []
    assert tree(vault) == INITIAL
    assert not os.path.exists(os.path.join(vault.root, "new"))


def test_what_a_failed_command_cannot_undo_stays_in_the_journal(vault: Vault) -> None:
    with pytest.raises(ExternalError) as raised, writing(vault, "fails", AT) as writer:
        writer.edit("a.md", lambda _: b"half")
        write_files(Path(vault.root), {"a.md": "somebody else"})
        raise NotFound("No client is called 'acmee'.", "Did you mean 'Acme'?")
    assert raised.value.message == "No client is called 'acmee'."
    assert raised.value.hint == "Part of what the command wrote is still there. Fix that, then take it back with: vaultcrm undo"
    assert words_of(vault) == [("fails", "done")]
    assert tree(vault)["a.md"] == b"somebody else"


def test_a_command_that_writes_nothing_is_not_recorded(vault: Vault) -> None:
    with writing(vault, "reads only", AT) as writer:
        assert not writer.edit("a.md", lambda data: data)
    assert words_of(vault) == []


def test_entries_list_the_newest_commands_first(vault: Vault) -> None:
    for n in "123":
        put(vault, f"put {n}", {"a.md": n, f"{n}.md": n})
    entries = Journal(vault.root).entries(2)
    assert [(entry.words, entry.state, entry.at, entry.paths) for entry in entries] == [
        ("put 3", "done", AT, ("a.md", "3.md")),
        ("put 2", "done", AT, ("a.md", "2.md")),
    ]
    assert entries[0].id > entries[1].id
    assert Journal(vault.root).undo().id == entries[0].id


def test_an_entry_lists_every_write_of_a_file_and_undo_each_file_once(vault: Vault) -> None:
    with writing(vault, "twice", AT) as writer:
        writer.move("clients/Acme", "clients/Beta")
        writer.edit("a.md", lambda _: b"one")
        writer.edit("a.md", lambda _: b"two")
        writer.create("", "new", "new")
    move = Move("clients/Acme", "clients/Beta")
    (entry,) = Journal(vault.root).entries()
    assert entry == JournalEntry(entry.id, AT, "twice", "done", ("a.md", "a.md", "new.md"), (move,))
    assert Journal(vault.root).change() == (
        [move], [JournalWrite("a.md", b"a\r\n", b"two"), JournalWrite("new.md", None, b"new")]
    )  # fmt: skip
    assert Journal(vault.root).undo() == entry._replace(state="undone", paths=("new.md", "a.md"))
    with pytest.raises(NotFound, match="nothing to undo"):
        Journal(vault.root).change()
    assert Journal(vault.root).redo() == entry._replace(paths=("a.md", "new.md"))


def test_a_command_whose_new_files_are_all_gone_cannot_be_undone_and_gives_way(vault: Vault) -> None:
    put(vault, "edit", {"a.md": "new"})
    put(vault, "create b c", {"b.md": "b", "c.md": "c"})
    for name in ("b.md", "c.md"):
        os.unlink(os.path.join(vault.root, name))
    with pytest.raises(Conflict, match=r"c\.md no longer exists: it has been moved or deleted") as error:
        Journal(vault.root).undo()
    assert error.value.hint == "`vaultcrm create b c` can't be undone any more. Run `vaultcrm undo` again to undo the command before it."
    assert Journal(vault.root).undo().words == "edit"
    assert tree(vault) == INITIAL


def test_a_move_can_be_undone_though_a_new_file_of_its_command_is_gone(vault: Vault) -> None:
    with writing(vault, "move and create", AT) as writer:
        writer.move("a.md", "z.md")
        writer.create("", "new", "new")
    os.unlink(os.path.join(vault.root, "new.md"))
    assert Journal(vault.root).undo().words == "move and create"  # the move is still there to be undone
    assert tree(vault) == INITIAL


def test_a_removal_can_be_redone_after_its_file_has_been_deleted_by_hand(vault: Vault) -> None:
    with writing(vault, "remove", AT) as writer:
        writer.remove("a.md", INITIAL["a.md"])
    Journal(vault.root).undo()
    os.unlink(os.path.join(vault.root, "a.md"))
    assert Journal(vault.root).redo().words == "remove"
    assert words_of(vault) == [("remove", "done")]


def test_only_the_last_commands_are_kept(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_COMMANDS", 3)
    for n in "12345":
        put(vault, f"put {n}", {"a.md": n})
    assert [words for words, _ in words_of(vault)] == ["put 5", "put 4", "put 3"]
    for _ in range(3):
        Journal(vault.root).undo()
    assert tree(vault)["a.md"] == b"2"
    with pytest.raises(NotFound):
        Journal(vault.root).undo()


def test_a_journal_is_closed_when_the_command_ends_and_opens_again_when_it_is_used(vault: Vault) -> None:
    with writing(vault, "write", AT) as writer:
        writer.edit("a.md", lambda _: b"new")
        log = Path(writer.journal.folder) / "journal.sqlite-wal"  # SQLite removes it when the last connection is closed
        assert log.exists()
    assert not log.exists()
    assert [entry.words for entry in writer.journal.entries()] == ["write"]
    writer.journal.close()
    writer.journal.close()
    assert not log.exists()


OLD_JOURNAL = """
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


def test_an_older_journal_is_converted_with_all_its_commands(vault: Vault) -> None:
    with contextlib.closing(sqlite3.connect(Path(Journal(vault.root).folder) / "journal.sqlite")) as older:
        older.executescript(OLD_JOURNAL)
    with writing(vault, "remove", AT) as writer:
        writer.remove("a.md", INITIAL["a.md"])
    assert words_of(vault) == [("remove", "done"), ("set a", "done")]
    Journal(vault.root).undo()
    assert tree(vault) == INITIAL
    assert Journal(vault.root).undo().at == "2026-11-01T10:00:00"
    assert tree(vault)["a.md"] == b"old"


def test_a_command_is_undone_by_its_id_unless_its_files_have_changed_since(vault: Vault) -> None:
    put(vault, "first", {"b.md": "b"})
    put(vault, "second", {"a.md": "new"})
    put(vault, "third", {"a.md": "newest"})
    ids = {entry.words: entry.id for entry in Journal(vault.root).entries()}
    with pytest.raises(Conflict, match=r"a\.md has been changed since"):
        Journal(vault.root).undo(ids["second"])
    assert Journal(vault.root).undo(ids["first"]).words == "first"
    assert tree(vault) == {**INITIAL, "a.md": b"newest"}
    with pytest.raises(NotFound) as raised:
        Journal(vault.root).undo(ids["first"])
    assert (raised.value.message, raised.value.hint) == (f"There is no command {ids['first']} to undo.", "See: vaultcrm undo --list")
    assert Journal(vault.root).redo(ids["first"]).words == "first"
    assert tree(vault) == {**INITIAL, "a.md": b"newest", "b.md": b"b"}
