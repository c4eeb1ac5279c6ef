"""Undo what the last command wrote, or redo what was undone."""

import os
import shlex
from contextlib import closing
from datetime import datetime

from vaultcrm.disk.filenames import title_of_path
from vaultcrm.disk.files import digest
from vaultcrm.disk.moves import Move
from vaultcrm.model.convert import without_date
from vaultcrm.plural import counted
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.journal_schema import JournalEntry, JournalWrite
from vaultcrm.vault.visits import NoteWrite, record_writes

_MAX_TITLES = 3  # in a summary
_GROUPS = ("client", "person", "project", "follow-up", "inbox")  # commands with a second word
_FOLDERS = ("interactions", "follow-ups", "decisions", "projects", "files", "clients", "")  # that are no client's


def undo(root: str, number: int | None = None, at: datetime | None = None) -> JournalEntry:
    """Undo all that a command wrote and moved, or nothing; by default the last one. Raises NotFound, Conflict.

    With `at`, the time now, what was undone is no news to the brief.
    """
    with closing(Journal(os.path.realpath(root))) as journal:
        entry = journal.undo(number)
        if at is not None:
            moves, writes = journal.change(entry.id, "undone")
            record_writes(journal.folder, at, [_digests(write.path, write.after, write.before) for write in writes], [])
            record_writes(journal.folder, at, [], [Move(move.new, move.old) for move in reversed(moves)])
    return entry


def redo(root: str, number: int | None = None, at: datetime | None = None) -> JournalEntry:
    """Redo what was undone last, or an undone command. `at` as above. Raises NotFound, Conflict."""
    with closing(Journal(os.path.realpath(root))) as journal:
        entry = journal.redo(number)
        if at is not None:
            moves, writes = journal.change(entry.id)
            record_writes(journal.folder, at, [_digests(write.path, write.before, write.after) for write in writes], moves)
    return entry


def _digests(path: str, before: bytes | None, after: bytes | None) -> NoteWrite:
    return NoteWrite(path, None if before is None else digest(before), None if after is None else digest(after))


def history(root: str, limit: int = 20) -> list[JournalEntry]:
    """The last commands that wrote, newest first."""
    with closing(Journal(os.path.realpath(root))) as journal:
        return journal.entries(limit)


def change(root: str, number: int | None = None) -> tuple[list[Move], list[JournalWrite]]:
    """What `undo` would undo: the moves of a command, and its writes with the contents before and after."""
    with closing(Journal(os.path.realpath(root))) as journal:
        return journal.change(number)


def summary(entry: JournalEntry) -> str:
    """What a command did, in the user's words: "done: Send the quote (Acme)", "rename: Acme → Acme Architects"."""
    titles = [_renaming(move) for move in entry.moves] or [_title(path) for path in entry.paths]
    titles = list(dict.fromkeys(titles))
    shown = titles if len(titles) <= _MAX_TITLES else [*titles[: _MAX_TITLES - 1], f"{counted(len(titles) - _MAX_TITLES + 1, 'more file')}"]
    return f"{_command_name(entry.words)}: {', '.join(shown)}"


def _title(path: str) -> str:
    """A note's title, and the client whose folder it is in: "Send the quote (Acme)"."""
    title, owner = _short_title(path), path.split("/")[:-1]
    while owner and owner[-1] in _FOLDERS:
        owner.pop()
    return f"{title} ({owner[-1]})" if owner and owner[-1] != title else title


def _renaming(move: Move) -> str:
    """The titles before and after, or the new folder if the title stays."""
    old, new = _short_title(move.old), _short_title(move.new)
    return f"{old} → {new if new != old else os.path.dirname(move.new) + '/'}"


def _short_title(path: str) -> str:
    """A note's title, without the day and time with which a conversation's begins."""
    return without_date(title_of_path(path))


def _command_name(words: str) -> str:
    """The name of a command among its words: "client add" of "client add Acme"."""
    try:
        parts = shlex.split(words)
    except ValueError:
        parts = words.split()
    return " ".join(parts[: 2 if parts[:1] and parts[0] in _GROUPS else 1])
