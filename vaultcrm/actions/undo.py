"""Undo what the last command wrote, or redo what was undone."""

import os
from contextlib import closing

from vaultcrm.disk.moves import Move
from vaultcrm.vault.journal import Journal, JournalEntry, JournalWrite


def undo(root: str) -> JournalEntry:
    """Undo all that the last command wrote and moved, or nothing. Raises NotFound, Conflict."""
    with closing(Journal(os.path.realpath(root))) as journal:
        return journal.undo()


def redo(root: str) -> JournalEntry:
    """Redo what was undone last. Raises NotFound, Conflict."""
    with closing(Journal(os.path.realpath(root))) as journal:
        return journal.redo()


def history(root: str, limit: int = 20) -> list[JournalEntry]:
    """The last commands that wrote, newest first."""
    with closing(Journal(os.path.realpath(root))) as journal:
        return journal.entries(limit)


def last_change(root: str) -> tuple[list[Move], list[JournalWrite]]:
    """What `undo` would undo: the moves of the last command, and its writes with the contents before and after."""
    with closing(Journal(os.path.realpath(root))) as journal:
        return journal.last_change()
