"""Undo what the last command wrote, or redo what was undone."""

import os

from vaultcrm.disk.moves import Move
from vaultcrm.vault.journal import Journal, JournalEntry, JournalWrite


def undo(root: str) -> JournalEntry:
    """Undo all that the last command wrote and moved, or nothing. Raises NotFound, Conflict."""
    return Journal(os.path.realpath(root)).undo()


def redo(root: str) -> JournalEntry:
    """Redo what was undone last. Raises NotFound, Conflict."""
    return Journal(os.path.realpath(root)).redo()


def history(root: str, limit: int = 20) -> list[JournalEntry]:
    """The last commands that wrote, newest first."""
    return Journal(os.path.realpath(root)).entries(limit)


def last_change(root: str) -> tuple[list[Move], list[JournalWrite]]:
    """What `undo` would undo: the moves of the last command, and its writes with the contents before and after."""
    return Journal(os.path.realpath(root)).last_change()
