"""One transaction that brings the catalogue's tables up to date with some folders."""

import os
import sqlite3
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from vaultcrm.catalog.rows import BETWEEN, cells, column_list, stored_fields
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.disk import files
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Unreadable
from vaultcrm.model.records import Decision, FollowUp, Point, Problem
from vaultcrm.normalize import fold
from vaultcrm.vault.conflict_copies import ConflictCopy, find_original, parse_conflict_copy
from vaultcrm.vault.vault import NOT_DOWNLOADED, FolderScan, Vault

if TYPE_CHECKING:  # the readers of YAML are loaded only when there is something to read
    from vaultcrm.model.read_note import NoteContents

Progress = Callable[[int, int], None]  # how many notes have been processed, of how many

_NOTE_TABLES = ("follow_ups", "decisions", "points", "problems", "links")  # hold what one note says


class Update:
    """Reads the notes of changed folders and puts what they say into the tables."""

    def __init__(self, vault: Vault, run_sql: Callable[..., sqlite3.Cursor], progress: Progress | None) -> None:
        self.vault = vault
        self.task_settings = vault.task_settings
        self.run_sql = run_sql
        self.progress = progress
        self._known_problems: dict[str, dict[str, set[str]]] = {}  # by code and folder: the notes that had the problem before
        self._done = self._total = 0

    def run(self, differing: list[str], gone: set[str], deep: bool) -> None:
        """Update the folders that differ and drop those that are gone; `deep` also reads the folders in new ones."""
        self.run_sql("DELETE FROM scan_state")
        # Scan again now that nobody else writes the cache: what we saw before may be older than what it holds.
        scanned = [folder for path in differing for folder in self.vault.walk(path, deep=False)]
        if deep:  # a folder that is new to us brings its own folders
            known = {path for (path,) in self.run_sql("SELECT path FROM folders")}
            new = [folder for folder in scanned if folder.path not in known]
            scanned += [below for folder in new for child in folder.folders for below in self.vault.walk(child)]
        gone |= set(differing) - {folder.path for folder in scanned}
        self._total = sum(len(folder.names) for folder in scanned)
        for folder in scanned:
            self._update_folder(folder)
        for path in gone:
            for (note,) in self.run_sql("SELECT path FROM files WHERE folder = ?", (path,)).fetchall():
                self._drop_note(note)
            self.run_sql("DELETE FROM folders WHERE path = ?", (path,))

    def _update_folder(self, folder: FolderScan) -> None:
        folder_key = storable(folder.path)
        if folder.error:
            self.run_sql(
                "INSERT INTO folders VALUES (?, x'', ?) ON CONFLICT (path) DO UPDATE SET error = excluded.error, fingerprint = x''",
                (folder_key, folder.error),
            )
            return
        columns = "path, mtime_ns, ctime_ns, size, inode, digest"
        old = {row[0]: row[1:] for row in self.run_sql(f"SELECT {columns} FROM files WHERE folder = ?", (folder_key,))}
        is_settled = True
        found = set()
        copies, known_copies = self._copies(folder), self._with_problem("conflict-copy", folder.path)
        for name, stamp in zip(folder.names, map(files.Stamp._make, folder.stamps), strict=True):
            path = f"{folder.path}/{name}" if folder.path else name
            key = storable(path)
            found.add(key)
            before = old.get(key)
            copy_changed = (key in copies) != (key in known_copies)  # it became a copy, or a note of its own again
            if stamp == NOT_DOWNLOADED:
                self._mark_not_downloaded(key)
            elif before is None or before[:4] != stamp or copy_changed:
                digest = None if before is None else b"" if copy_changed else before[4]
                is_settled &= self._update_note(path, folder, stamp, digest, copies.get(key)) == stamp
            self._done += 1
            if self.progress is not None and (self._done % 50 == 0 or self._done == self._total):
                self.progress(self._done, self._total)
        for key in (old.keys() | self._with_problem("not-downloaded", folder.path)) - found:
            self._drop_note(key)
        self.run_sql("INSERT OR REPLACE INTO folders VALUES (?, ?, '')", (folder_key, folder.fingerprint if is_settled else b""))

    def _with_problem(self, code: str, folder: str) -> set[str]:
        """The notes in a folder that had a problem of this code before. A note that was never downloaded has no other row."""
        if code not in self._known_problems:  # asked once, because each folder changes only its own
            self._known_problems[code] = {}
            for (path,) in self.run_sql("SELECT path FROM problems WHERE code = ?", (code,)):
                self._known_problems[code].setdefault(path.rpartition("/")[0], set()).add(path)
        return self._known_problems[code].get(storable(folder), set())

    def _copies(self, folder: FolderScan) -> dict[str, ConflictCopy]:
        """The conflict copies in a folder that also holds their originals."""
        found = {f"{folder.path}/{name}" if folder.path else name: copy for name in folder.names if (copy := parse_conflict_copy(name))}
        return {storable(path): copy for path, copy in found.items() if find_original(copy, folder.names)}

    def _mark_not_downloaded(self, key: str) -> None:
        """Keep what is known of a note that is not downloaded, and read it again when it comes back."""
        self.run_sql("DELETE FROM problems WHERE path = ? AND code = 'not-downloaded'", (key,))
        message = "It is not downloaded; what was known of it stays."
        self.run_sql("INSERT INTO problems VALUES (?, 1, 'not-downloaded', ?)", (key, message))
        self.run_sql("UPDATE files SET size = ? WHERE path = ?", (files.UNSETTLED.size, key))

    def _update_note(
        self, path: str, folder: FolderScan, stamp: files.Stamp, digest: bytes | None, copy: ConflictCopy | None
    ) -> files.Stamp:
        """Read one note; returns the stamp under which it is now known. `digest` is that of the bytes read last, None for a new note."""
        from vaultcrm.model.read_note import read_note  # late: PyYAML and python-frontmatter, when something has changed

        key = storable(path)
        new_digest = b""
        try:
            if key != path:
                raise Unreadable("Its name is not UTF-8.", code="encoding")
            content = self.vault.read(path)
            stamp, new_digest = content.stamp, content.digest
            if new_digest != digest:
                note = read_note(path, content.data, self.task_settings)
                self._store_note(_as_conflict_copy(note, copy) if copy else note, is_known=digest is not None)
            else:
                self.run_sql("DELETE FROM problems WHERE path = ? AND code = 'not-downloaded'", (key,))
        except FileNotFoundError:
            self._drop_note(key)
            return files.UNSETTLED
        except Unreadable as error:
            self.run_sql("DELETE FROM problems WHERE path = ?", (key,))
            self.run_sql("INSERT INTO problems VALUES (?, ?, ?, ?)", (key, error.line, error.code, error.message))
            if not new_digest and max(stamp.mtime_ns, stamp.ctime_ns) >= time.time_ns() - files.RACY_NS:
                stamp = files.UNSETTLED
        self.run_sql("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", (key, storable(folder.path), *stamp, new_digest))
        if not new_digest:  # its document stays in the search index, as its records do here
            self.run_sql("DELETE FROM index_queue WHERE path = ?", (key,))
        elif new_digest != digest:
            self.run_sql("INSERT OR REPLACE INTO index_queue VALUES (?, ?)", (key, new_digest))
        return stamp

    def _store_note(self, contents: "NoteContents", is_known: bool) -> None:
        """Put what a note says into the tables. Of a note that is not known yet, only a problem can be there."""
        import json  # late: only when something has changed

        from vaultcrm.markdown.values import as_list, as_text
        from vaultcrm.model.convert import client_link

        note, link = contents.note, client_link(contents.note)
        for table in _NOTE_TABLES if is_known else ("problems",):
            self.run_sql(f"DELETE FROM {table} WHERE path = ?", (note.path,))
        get = note.properties.get
        aliases = BETWEEN.join(map(fold, as_list(get("aliases"))))
        named_day = parse_iso_day(note.title[:10]) if note.type == "interaction" else None  # its date, where it has no other
        at = as_text(get("date")) or (named_day.isoformat() if named_day else None)
        properties = json.dumps(note.properties, ensure_ascii=False)
        title = fold(note.title)
        row = (note.path, note.folder, title, note.type, link, at, as_text(get("channel")), aliases, properties, note.excerpt)
        self.run_sql(f"INSERT OR REPLACE INTO notes VALUES ({', '.join('?' * len(row))})", row)
        for table, record_type, records in (
            ("follow_ups", FollowUp, contents.follow_ups),
            ("decisions", Decision, contents.decisions),
            ("points", Point, contents.points),
        ):
            names = column_list([*stored_fields(record_type), "client"])
            for record in records:
                values = [*cells(record), link]
                self.run_sql(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", values)
        for problem in contents.problems:
            self.run_sql("INSERT INTO problems VALUES (?, ?, ?, ?)", problem)
        if contents.links:
            rows = [value for n, one in enumerate(contents.links) for value in (note.path, n, *one, fold(title_of_path(one.target)))]
            self.run_sql(f"INSERT INTO links VALUES {', '.join(['(?, ?, ?, ?, ?, ?, ?)'] * len(contents.links))}", rows)

    def _drop_note(self, key: str) -> None:
        for table in ("files", "notes", *_NOTE_TABLES):
            self.run_sql(f"DELETE FROM {table} WHERE path = ?", (key,))
        self.run_sql("INSERT OR REPLACE INTO index_queue VALUES (?, x'')", (key,))


def _as_conflict_copy(contents: "NoteContents", copy: ConflictCopy) -> "NoteContents":
    """What counts of a conflict copy: search finds its text, but it is no second client, and nothing in it is due."""
    original = copy.original.rpartition("/")[2]
    message = f"A conflict copy of {original!r}, made by {copy.program}. Merge it with: vaultcrm check --fix"
    problem = Problem(contents.note.path, 1, "conflict-copy", message)
    return contents._replace(note=contents.note._replace(type=None), follow_ups=(), decisions=(), points=(), problems=(problem,))


def storable(path: str) -> str:
    """A path as SQLite can hold it; bytes that are not UTF-8 are escaped."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    return path
