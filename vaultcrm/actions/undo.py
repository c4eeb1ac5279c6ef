"""What the last commands wrote, taken back and done again."""

import os

from vaultcrm.disk.moves import Move
from vaultcrm.vault.journal import Journal, JournalEntry, JournalWrite


def undo(root: str) -> JournalEntry:
    """Take back the last command's writes, all or none."""
    return Journal(os.path.realpath(root)).undo()


def redo(root: str) -> JournalEntry:
    """Do again what was taken back last."""
    return Journal(os.path.realpath(root)).redo()


def history(root: str, limit: int = 20) -> list[JournalEntry]:
    """The last commands that wrote, newest first."""
    return Journal(os.path.realpath(root)).entries(limit)


def last_change(root: str) -> tuple[list[Move], list[JournalWrite]]:
    """What `undo` would take back: what the last command moved, and the bytes before it and after it."""
    return Journal(os.path.realpath(root)).last_change()
