"""The tables of the journal, what one command wrote, and how an older journal is converted."""

from typing import NamedTuple

from vaultcrm.disk.moves import Move

VERSION = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS commands (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, words TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'undone')), turned INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE new_writes (
    id INTEGER PRIMARY KEY, command INTEGER NOT NULL REFERENCES commands ON DELETE CASCADE,
    path TEXT NOT NULL, before BLOB, after BLOB
);
CREATE TABLE moves (
    id INTEGER PRIMARY KEY, command INTEGER NOT NULL REFERENCES commands ON DELETE CASCADE,
    old TEXT NOT NULL, new TEXT NOT NULL, made TEXT NOT NULL
);
CREATE INDEX moves_command ON moves (command)
"""
# The first journals recorded no removed files: their `after` could not be NULL.
_COPY_OLD_WRITES = """
INSERT INTO new_writes SELECT id, command, path, before, after FROM writes;
DROP TABLE writes
"""
_RENAME_NEW_WRITES = """
ALTER TABLE new_writes RENAME TO writes;
CREATE INDEX writes_command ON writes (command)
"""


class JournalWrite(NamedTuple):
    """One change to a file: its bytes before and after; None means no file."""

    path: str
    before: bytes | None
    after: bytes | None


class JournalEntry(NamedTuple):
    """One command that wrote something."""

    id: int
    at: str  # the local time in ISO format
    words: str  # the command as the user typed it
    state: str  # done or undone
    paths: tuple[str, ...]
    moves: tuple[Move, ...] = ()


def schema_statements(is_older: bool) -> list[str]:
    """The statements that create the tables of a new journal, or convert an older one."""
    return ";".join([_TABLES, *([_COPY_OLD_WRITES] if is_older else []), _RENAME_NEW_WRITES]).split(";")
