"""Find the folders in which a name may have come to mean something else, without looking at every note.

Adding, renaming, moving or deleting a note changes the times of its folder, and an edit in place
changes the times of the note. So a command that looks up a name asks the disk about every folder, and
about the notes of clients and people: about a tenth of what a full scan asks for. For the projects of one
client that were edited in place, `lookup` looks at their folders.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterable
from operator import attrgetter

from vaultcrm.catalog.catalog import UNREAD_NOTES, Catalog
from vaultcrm.catalog.update import folder_stamp, to_storable
from vaultcrm.errors import Unreadable
from vaultcrm.vault.vault import NOT_DOWNLOADED, FolderScan, Vault

NAMED_TYPES = ("client", "person", "project")  # notes that commands look up by name
_MAX_NOTES_TO_READ = 20  # with more changed notes than that, the next command is faster if they are read for good

_folder_times = attrgetter("st_mtime_ns", "st_ctime_ns", "st_ino")
_file_stamp = attrgetter("st_mtime_ns", "st_ctime_ns", "st_size", "st_ino")
_STAMP = "files.mtime_ns, files.ctime_ns, files.size, files.inode"
# a note that could never be read may turn out to be a client when it is repaired
_NAMED_NOTES = f"""
SELECT files.path, files.folder, {_STAMP} FROM notes JOIN files ON files.path = notes.path
    WHERE notes.type IN ('client', 'person') UNION ALL
SELECT files.path, files.folder, {_STAMP} FROM files
    WHERE path IN ({UNREAD_NOTES})
"""


def folders_with_changed_names(vault: Vault, catalog: Catalog) -> list[str]:
    """The folders to refresh so that the catalogue knows the clients, people and projects of the disk as it is now.

    Other notes that have changed are not read, and their folders are not in the list.
    """
    return _NameCheck(vault, catalog).run()


class _NameCheck:
    def __init__(self, vault: Vault, catalog: Catalog) -> None:
        self.vault = vault
        self.catalog = catalog
        self.known = {row[0]: row[1:] for row in catalog.rows("SELECT path, mtime_ns, ctime_ns, inode FROM folders")}
        self.notes_read = 0

    def run(self) -> list[str]:
        started_ns = time.time_ns()
        touched = self._touched_folders()
        reachable = set(self.vault.reachable_folders(touched)) if touched else set()
        changed, settled = [], []
        for folder in touched:
            scanned = next(self.vault.walk(folder, recursive=False), None) if folder in reachable else None
            if self._has_changed_names(folder, scanned):
                changed.append(folder)
            elif scanned is not None and self._is_as_known(scanned) and any(stamp := folder_stamp(self.vault, folder, started_ns)):
                settled.append((*stamp, folder))  # only the times of files that aren't notes have changed
            if self.notes_read > _MAX_NOTES_TO_READ:
                return touched
        self._store_stamps(settled)
        return changed

    def _touched_folders(self) -> list[str]:
        """The known folders that have other times than when they were read, or hold the note of a client that has."""
        prefix, lstat = self.vault.root + "/", os.lstat
        touched = {}
        for path, times in self.known.items():
            try:
                if _folder_times(lstat(prefix + path)) != times:
                    touched[path] = True
            except PermissionError:  # then the folder around it has other times
                pass
            except OSError:
                touched[path] = True
        for path, folder, *stamp in self.catalog.rows(_NAMED_NOTES):
            try:
                if _file_stamp(lstat(prefix + path)) != tuple(stamp):
                    touched[folder] = True
            except OSError:
                touched[folder] = True
        return list(touched)

    def _is_as_known(self, scanned: FolderScan) -> bool:
        """Whether a folder holds the same notes and folders as when it was read."""
        rows = self.catalog.rows("SELECT fingerprint FROM folders WHERE path = ?", scanned.path)
        return rows == [(scanned.fingerprint,)] and not self._new_folders(scanned)

    def _new_folders(self, scanned: FolderScan) -> list[str]:
        return [path for path in scanned.folders if to_storable(path) not in self.known]

    def _has_changed_names(self, folder: str, scanned: FolderScan | None) -> bool:
        """Whether a named note has come, gone or changed in a folder, or in a new folder below it. `scanned` is None if it is gone."""
        if scanned is not None and scanned.error:
            return True
        rows = self.catalog.rows(
            f"SELECT files.path, type, {_STAMP} FROM files LEFT JOIN notes USING (path) WHERE files.folder = ?", folder
        )
        before = {path: (note_type, tuple(stamp)) for path, note_type, *stamp in rows}
        if scanned is not None:
            for name, stamp in zip(scanned.names, scanned.stamps, strict=True):
                path = f"{folder}/{name}" if folder else name
                old_type, old_stamp = before.pop(to_storable(path), (None, None))
                is_new = stamp not in (old_stamp, NOT_DOWNLOADED)
                if is_new and (old_type in NAMED_TYPES or self._is_named(path)):
                    return True
        if any(note_type in NAMED_TYPES for note_type, _ in before.values()):  # these are gone
            return True
        return scanned is not None and any(self._has_changed_names(below.path, below) for below in self._scans(self._new_folders(scanned)))

    def _scans(self, folders: Iterable[str]) -> Iterable[FolderScan]:
        return (scanned for folder in folders for scanned in self.vault.walk(folder, recursive=False))

    def _is_named(self, path: str) -> bool:
        """Whether a note that isn't known yet, or has changed, has to be read into the catalogue: for its type, or its problem."""
        from vaultcrm.model.read_note import read_type  # late: loads PyYAML, needed only for a changed note

        self.notes_read += 1
        if self.notes_read > _MAX_NOTES_TO_READ or to_storable(path) != path:
            return True
        try:
            return read_type(self.vault.read(path).data) in NAMED_TYPES
        except FileNotFoundError:
            return False
        except Unreadable:
            return True

    def _store_stamps(self, rows: list[tuple[int, int, int, str]]) -> None:
        """Remember the times of folders in which nothing of ours has changed, unless another process is writing the cache."""
        if not rows:
            return
        with contextlib.suppress(sqlite3.OperationalError), self.catalog.transaction(waits=False) as execute:
            for row in rows:
                execute("UPDATE folders SET mtime_ns = ?, ctime_ns = ?, inode = ? WHERE path = ?", row)
