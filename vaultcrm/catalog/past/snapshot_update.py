"""Read notes of a commit into a catalogue in memory. What the vault's own catalogue knows of the same bytes is copied."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.update import NOTE_TABLES, Update
from vaultcrm.model.records import UNREAD_CODES
from vaultcrm.vault.snapshot import Snapshot

_KNOWN = "vault_now"
_AT_ONCE = 500  # notes that are copied by one statement
# what was last readable may be other than what these bytes say, and a conflict copy is one only beside its original
_UNUSABLE = ", ".join(f"'{code}'" for code in (*UNREAD_CODES, "conflict-copy"))


def attach(catalog: Catalog, known: Catalog) -> bool:
    """Let `read_snapshot` copy from the vault's own catalogue; returns whether that is possible: a catalogue in memory can't be seen."""
    if known.is_in_memory:
        return False
    with contextlib.suppress(sqlite3.DatabaseError):
        catalog.rows(f"ATTACH DATABASE ? AS {_KNOWN}", known.file)
        return True
    return False


def read_snapshot(snapshot: Snapshot, catalog: Catalog, paths: Iterable[str], has_known: bool) -> None:
    """Read some more notes of a snapshot. `has_known`: another catalogue is attached, in which tasks are read by the same settings."""
    folders = snapshot.select(paths)
    with catalog.transaction() as execute:
        update = _SnapshotUpdate(snapshot, execute, has_known)
        update.run(folders, set(), deep=False)
        update.copy_all()
    catalog.invalidate()


class _SnapshotUpdate(Update):
    def __init__(self, snapshot: Snapshot, execute: Callable[..., sqlite3.Cursor], has_known: bool) -> None:
        super().__init__(snapshot, execute, None)
        self.has_known = has_known
        self._to_copy: list[str] = []

    def copy_known(self, path: str, digest: bytes) -> bool:
        if not self.has_known:
            return False
        is_usable = f"NOT EXISTS (SELECT 1 FROM {_KNOWN}.problems WHERE path = ? AND code IN ({_UNUSABLE}))"
        if not self.execute(f"SELECT 1 FROM {_KNOWN}.files WHERE path = ? AND digest = ? AND {is_usable}", (path, digest, path)).fetchone():
            return False
        self._to_copy.append(path)
        return True

    def copy_all(self) -> None:
        """Store what the other catalogue knows of the notes that were found in it."""
        for start in range(0, len(self._to_copy), _AT_ONCE):
            paths = self._to_copy[start : start + _AT_ONCE]
            among = f"path IN ({', '.join('?' * len(paths))})"
            for table in ("notes", *NOTE_TABLES):
                self.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {_KNOWN}.{table} WHERE {among}", paths)
