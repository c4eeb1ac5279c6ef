"""The transaction that brings the catalogue's tables up to date with changed folders."""

import os
import sqlite3
import time
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING

from vaultcrm.catalog.rows import LIST_SEPARATOR, cells, column_list, stored_fields
from vaultcrm.disk import files
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Unreadable
from vaultcrm.markdown.wikilinks import link_targets
from vaultcrm.model.handles import handle
from vaultcrm.model.records import Decision, FollowUp, Point, Problem
from vaultcrm.normalize import fold
from vaultcrm.quoting import quoted
from vaultcrm.vault.conflict_copies import ConflictCopy, find_original, parse_conflict_copy
from vaultcrm.vault.vault import NOT_DOWNLOADED, FolderScan, Vault

if TYPE_CHECKING:  # the YAML libraries are loaded only when there is a note to read
    from vaultcrm.model.read_note import NoteContents

Progress = Callable[[int, int], None]  # called with the number of notes processed so far, and the total

NOTE_TABLES = ("follow_ups", "decisions", "points", "problems", "links", "turns")  # their rows belong to one note each


class Update:
    """Reads the notes of changed folders and stores what they say. `execute` runs a statement in the open transaction."""

    def __init__(self, vault: Vault, execute: Callable[..., sqlite3.Cursor], progress: Progress | None) -> None:
        self.vault = vault
        self.task_settings = vault.task_settings
        self.execute = execute
        self.progress = progress
        self._earlier_problems: dict[str, dict[str, set[str]]] = {}  # by code and folder: the notes that had the problem before
        self._processed = self._total = 0
        self._started_ns = time.time_ns()

    def copy_known(self, path: str, digest: bytes) -> bool:
        """Store what another catalogue knows of a note with these bytes; returns whether there was one. `catalog.past` has one."""
        return False

    def run(self, differing: list[str], gone: set[str], deep: bool) -> None:
        """Update the folders that differ and remove those that are gone; with `deep`, also read the folders below new ones."""
        self.execute("DELETE FROM scan_state")
        # Scan again now that no other process writes the cache: the first scan may be older than what the cache holds.
        scanned = [folder for path in differing for folder in self.vault.walk(path, recursive=False)]
        if deep:
            known = {path for (path,) in self.execute("SELECT path FROM folders")}
            new = [folder for folder in scanned if to_storable(folder.path) not in known]
            scanned += [below for folder in new for child in folder.folders for below in self.vault.walk(child)]
        gone |= {to_storable(path) for path in set(differing) - {folder.path for folder in scanned}}
        self._total = sum(len(folder.names) for folder in scanned)
        for folder in scanned:
            self._update_folder(folder)
        for path in gone:
            for (note,) in self.execute("SELECT path FROM files WHERE folder = ?", (path,)).fetchall():
                self._drop_note(note)
            self.execute("DELETE FROM folders WHERE path = ?", (path,))

    def _update_folder(self, folder: FolderScan) -> None:
        folder_key = to_storable(folder.path)
        if folder.error:
            self.execute(
                "INSERT INTO folders VALUES (?, x'', ?, 0, 0, 0) "
                "ON CONFLICT (path) DO UPDATE SET error = excluded.error, fingerprint = x''",
                (folder_key, folder.error),
            )
            return
        columns = "path, mtime_ns, ctime_ns, size, inode, digest"
        old = {row[0]: row[1:] for row in self.execute(f"SELECT {columns} FROM files WHERE folder = ?", (folder_key,))}
        is_settled = True
        present = set()
        copies, known_copies = self._copies(folder), self._with_problem("conflict-copy", folder.path)
        for name, stamp in zip(folder.names, map(files.Stamp._make, folder.stamps), strict=True):
            path = f"{folder.path}/{name}" if folder.path else name
            key = to_storable(path)
            present.add(key)
            before = old.get(key)
            copy_changed = (key in copies) != (key in known_copies)  # it became a conflict copy, or is no longer one
            if stamp == NOT_DOWNLOADED:
                self._mark_not_downloaded(key)
            elif before is None or before[:4] != stamp or copy_changed:
                digest = None if before is None else b"" if copy_changed else before[4]
                is_settled &= self._update_note(path, folder, stamp, digest, copies.get(key)) == stamp
            self._processed += 1
            if self.progress is not None and (self._processed % 50 == 0 or self._processed == self._total):
                self.progress(self._processed, self._total)
        for key in (old.keys() | self._with_problem("not-downloaded", folder.path)) - present:
            self._drop_note(key)
        times = folder_stamp(self.vault, folder.path, self._started_ns)
        row = (folder_key, folder.fingerprint if is_settled and any(times) else b"", *times)
        self.execute("INSERT OR REPLACE INTO folders VALUES (?, ?, '', ?, ?, ?)", row)

    def _with_problem(self, code: str, folder: str) -> set[str]:
        """The notes in a folder that had this problem before the update. A note that was never downloaded has no other row."""
        if code not in self._earlier_problems:  # one query for all folders: updating a folder changes only its own problems
            self._earlier_problems[code] = {}
            for (path,) in self.execute("SELECT path FROM problems WHERE code = ?", (code,)):
                self._earlier_problems[code].setdefault(path.rpartition("/")[0], set()).add(path)
        return self._earlier_problems[code].get(to_storable(folder), set())

    def _copies(self, folder: FolderScan) -> dict[str, ConflictCopy]:
        """The conflict copies in a folder, by key, whose originals are in it too."""
        copies = {f"{folder.path}/{name}" if folder.path else name: copy for name in folder.names if (copy := parse_conflict_copy(name))}
        return {to_storable(path): copy for path, copy in copies.items() if find_original(copy, folder.names)}

    def _mark_not_downloaded(self, key: str) -> None:
        """Keep what is known of a note that isn't downloaded, and have it read again once it is."""
        self.execute("DELETE FROM problems WHERE path = ? AND code = 'not-downloaded'", (key,))
        message = "It isn't downloaded. vaultcrm shows what it last read of it."
        self.execute("INSERT INTO problems VALUES (?, 1, 'not-downloaded', ?)", (key, message))
        self.execute("UPDATE files SET size = ? WHERE path = ?", (files.UNSETTLED.size, key))

    def _update_note(
        self, path: str, folder: FolderScan, stamp: files.Stamp, digest: bytes | None, copy: ConflictCopy | None
    ) -> files.Stamp:
        """Read one note; returns the stamp that is stored for it.

        `digest` is the digest of the bytes that were last read, None for a new note, b"" to store the note in any case.
        """
        key = to_storable(path)
        new_digest = b""
        try:
            if key != path:
                raise Unreadable("Its name is not UTF-8.", code="encoding")
            content = self.vault.read(path)
            stamp, new_digest = content.stamp, content.digest
            if new_digest != digest:
                if digest is not None or copy is not None or not self.copy_known(path, new_digest):
                    self._read_note(path, content.data, copy, is_known=digest is not None)
            else:
                self.execute("DELETE FROM problems WHERE path = ? AND code = 'not-downloaded'", (key,))
        except FileNotFoundError:
            self._drop_note(key)
            return files.UNSETTLED
        except Unreadable as error:
            self.execute("DELETE FROM problems WHERE path = ?", (key,))
            self.execute("INSERT INTO problems VALUES (?, ?, ?, ?)", (key, error.line, error.code, error.message))
            # the disk may give the file out the next time, though nothing about it changes
            may_pass = error.code in ("unreadable", "changing")
            if may_pass or (not new_digest and not files.is_settled(stamp, time.time_ns())):
                stamp = files.UNSETTLED
        self.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", (key, to_storable(folder.path), *stamp, new_digest))
        if not new_digest:  # the note's document stays in the search index, as its records stay here
            self.execute("DELETE FROM index_queue WHERE path = ?", (key,))
        elif new_digest != digest:
            self.execute("INSERT OR REPLACE INTO index_queue VALUES (?, ?)", (key, new_digest))
        return stamp

    def _read_note(self, path: str, data: bytes, copy: ConflictCopy | None, is_known: bool) -> None:
        from vaultcrm.model.read_note import read_note  # late: loads PyYAML and python-frontmatter, needed only for a changed note

        contents = read_note(path, data, self.task_settings)
        self._store_note(_as_conflict_copy(contents, copy) if copy else contents, is_known)

    def _store_note(self, contents: "NoteContents", is_known: bool) -> None:
        """Store what a note says. A note that isn't known yet can have no earlier rows except for a problem."""
        import json  # late: needed only for a changed note

        from vaultcrm.markdown.values import as_list
        from vaultcrm.model.convert import client_link, contact_time, talk_time

        note, link = contents.note, client_link(contents.note)
        for table in NOTE_TABLES if is_known else ("problems",):
            self.execute(f"DELETE FROM {table} WHERE path = ?", (note.path,))
        get = note.properties.get
        aliases = LIST_SEPARATOR.join(map(fold, as_list(get("aliases"))))
        at = talk_time(note) if contents.is_talk else None
        contact = contact_time(note, at)
        properties = json.dumps(note.properties, ensure_ascii=False)
        title = fold(note.title)
        row = (
            note.path, note.folder, title, note.type, link, at and at.isoformat(), aliases, properties, note.excerpt, contents.body_digest,
            handle(note.path), contents.is_talk, contact and contact.isoformat(),
        )  # fmt: skip
        self.execute(f"INSERT OR REPLACE INTO notes VALUES ({', '.join('?' * len(row))})", row)
        for table, record_type, records in (
            ("follow_ups", FollowUp, contents.follow_ups),
            ("decisions", Decision, contents.decisions),
            ("points", Point, contents.points),
        ):
            if not records:
                continue
            fields = stored_fields(record_type)
            columns, placeholders = column_list([*fields, "client", "links"]), ", ".join("?" * (len(fields) + 2))
            values_of = attrgetter(*fields)
            for record in records:
                self.execute(
                    f"INSERT INTO {table} ({columns}) VALUES ({placeholders})",
                    [*cells(values_of(record)), link, LIST_SEPARATOR.join(link_targets(record.text)) or None],
                )
        if contents.turn is not None:
            self.execute(f"INSERT INTO turns VALUES ({', '.join('?' * 13)})", (*cells(contents.turn), note.type, link))
        for problem in contents.problems:
            self.execute("INSERT INTO problems VALUES (?, ?, ?, ?)", problem)
        if contents.links:
            rows = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(contents.links))
            values = [value for n, one in enumerate(contents.links) for value in (note.path, n, *one, fold(title_of_path(one.target)))]
            self.execute(f"INSERT INTO links VALUES {rows}", values)

    def _drop_note(self, key: str) -> None:
        for table in ("files", "notes", *NOTE_TABLES):
            self.execute(f"DELETE FROM {table} WHERE path = ?", (key,))
        self.execute("INSERT OR REPLACE INTO index_queue VALUES (?, x'')", (key,))


def _as_conflict_copy(contents: "NoteContents", copy: ConflictCopy) -> "NoteContents":
    """A conflict copy without its type and records: search finds its text, but it isn't a second client and nothing in it is due."""
    original = copy.original.rpartition("/")[2]
    message = f"A conflict copy of {quoted(original)}, made by {copy.program}. Merge it with: vaultcrm check --fix"
    problem = Problem(contents.note.path, 1, "conflict-copy", message)
    note = contents.note._replace(type=None)
    return contents._replace(note=note, follow_ups=(), decisions=(), points=(), problems=(problem,), is_talk=False, turn=None)


def folder_stamp(vault: Vault, path: str, scanned_ns: int) -> tuple[int, int, int]:
    """The times and inode of a folder that was scanned after `scanned_ns`; zeros if it may have changed since."""
    try:
        status = os.lstat(os.path.join(vault.root, path))
    except OSError:
        return 0, 0, 0
    is_settled = max(status.st_mtime_ns, status.st_ctime_ns) < scanned_ns - files.RACY_NS
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_ino) if is_settled else (0, 0, 0)


def to_storable(path: str) -> str:
    """A path that SQLite can store: bytes that aren't UTF-8 are escaped."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    return path
