"""The one way into the catalogue: look at the disk, read what differs, in one transaction.

No command tells the catalogue anything. Whoever changed a file, and however, the disk says so.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from vaultcrm.catalog.catalog import Catalog, is_broken
from vaultcrm.catalog.rows import BETWEEN, cells
from vaultcrm.catalog.scan import Seen, survey
from vaultcrm.dates.iso import day_in
from vaultcrm.disk import files
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Changed, OutsideFailed, Unreadable
from vaultcrm.model.records import Problem
from vaultcrm.normalize import fold
from vaultcrm.vault.conflict_copies import Copy, copy_of, original_among
from vaultcrm.vault.vault import AWAY, Folder, Vault

if TYPE_CHECKING:  # the readers of YAML are loaded only when there is something to read
    from vaultcrm.model.read_note import Reading

Progress = Callable[[int, int], None]  # how many notes have been looked at, of how many


def catch_up(vault: Vault, catalog: Catalog, folders: Iterable[str] | None = None, progress: Progress | None = None) -> None:
    """Make the catalogue tell what is on the disk now: all of it, or only what lies directly in some folders.

    Notes that cannot be read become problems, and what was known of them stays. A broken cache is
    built anew. Raises Changed when another process does not let go of the cache.
    """
    catalog.refill = lambda: _catch_up(vault, catalog, None, progress)
    try:
        try:
            _catch_up(vault, catalog, folders, progress)
        except sqlite3.DatabaseError as error:
            if not is_broken(error):
                raise
            catalog.throw_away()  # it is only a cache
            _catch_up(vault, catalog, None, progress)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Changed("Another vaultcrm is reading this vault, and does not end.", "Wait for it, or end it.") from error
        raise OutsideFailed(f"The cache {catalog.file} cannot be used: {error}.", "Is the disk full, or the folder read-only?") from error


def _catch_up(vault: Vault, catalog: Catalog, folders: Iterable[str] | None, progress: Progress | None) -> None:
    if catalog.rows("SELECT stamp FROM habits") != [(stamp := vault.habits_stamp(),)]:
        folders = None
        _begin_anew(catalog, stamp)
    if folders is not None and catalog.rows("SELECT 1 FROM folders WHERE path = ''"):
        differing, gone = _changes_in(vault, catalog, list(dict.fromkeys(folders)))
        whole = b""
    else:
        folders, seen = None, survey(vault)
        whole = b"" if any(fault for _, _, fault in seen) else _together([fingerprint for _, fingerprint, _ in seen])
        if whole and catalog.rows("SELECT 1 FROM whole WHERE fingerprint = ?", whole):
            return
        differing, gone = _changes(catalog, seen)
    if differing or gone:
        with catalog.transaction() as run_sql:
            _Update(vault, run_sql, progress).run(differing, gone, deep=folders is not None)
        catalog.forget()
    elif whole:  # all that we saw is what is known: the next look need not ask folder by folder
        catalog.connection.execute("INSERT OR REPLACE INTO whole VALUES (1, ?)", (whole,))


def _begin_anew(catalog: Catalog, stamp: str) -> None:
    """Tasks are written in another way since: every note has to be read again. What cannot be read stays as it was known."""
    with catalog.transaction() as run_sql:
        run_sql("DELETE FROM whole")
        run_sql("UPDATE folders SET fingerprint = x''")
        run_sql("UPDATE files SET size = ?, digest = x''", (files.UNSETTLED.size,))
        run_sql("INSERT OR REPLACE INTO habits VALUES (1, ?)", (stamp,))


def _together(fingerprints: list[bytes]) -> bytes:
    """One value that is equal when all fingerprints are."""
    if sum(map(len, fingerprints)) < 1 << 20:
        return b"".join(fingerprints)  # 10,000 notes: as fast as a digest, which would have to be imported
    import hashlib  # late: only for large vaults

    digest = hashlib.blake2b()
    for fingerprint in fingerprints:
        digest.update(fingerprint)
    return digest.digest()


def _changes(catalog: Catalog, seen: list[Seen]) -> tuple[list[str], set[str]]:
    """The folders that are not as the catalogue knows them, and those that are no more."""
    known = {path: (fingerprint, fault) for path, fingerprint, fault in catalog.rows("SELECT * FROM folders")}
    differing = [path for path, fingerprint, fault in seen if known.get(_sayable(path)) != (fingerprint, fault)]
    gone = set(known) - {_sayable(path) for path, _, _ in seen}
    # a folder that cannot be read says nothing about what is below it
    closed = tuple(path + "/" for path, _, fault in seen if fault)
    return differing, {path for path in gone if not path.startswith(closed)} if closed else gone


def _changes_in(vault: Vault, catalog: Catalog, chosen: list[str]) -> tuple[list[str], set[str]]:
    """The same for some folders only, and what is new directly in them."""
    marks = ", ".join("?" * len(chosen))
    known = {
        path: (fingerprint, fault) for path, fingerprint, fault in catalog.rows(f"SELECT * FROM folders WHERE path IN ({marks})", *chosen)
    }
    everywhere = {path for (path,) in catalog.rows("SELECT path FROM folders")}
    looks = [look for path in vault.walked(chosen) for look in vault.walk(path, deep=False)]
    differing = [look.path for look in looks if known.get(look.path) != (look.fingerprint, look.fault)]
    new = [path for look in looks for path in look.folders if path not in everywhere]
    return list(dict.fromkeys(differing + new)), known.keys() - {look.path for look in looks}


class _Update:
    """One transaction's work."""

    def __init__(self, vault: Vault, run_sql: Callable[..., sqlite3.Cursor], progress: Progress | None) -> None:
        self.vault = vault
        self.habits = vault.habits
        self.known: dict[str, dict[str, set[str]]] = {}  # by code and folder, the notes that had a problem before
        self.run_sql = run_sql
        self.progress = progress
        self.done = self.total = 0

    def run(self, differing: list[str], gone: set[str], deep: bool) -> None:
        self.run_sql("DELETE FROM whole")
        # Look again now that nobody else writes the cache: what we saw before may be older than what it holds.
        looks = [look for path in differing for look in self.vault.walk(path, deep=False)]
        if deep:  # a folder that is new to us brings its own folders
            known = {path for (path,) in self.run_sql("SELECT path FROM folders")}
            looks += [below for look in looks if look.path not in known for child in look.folders for below in self.vault.walk(child)]
        gone |= set(differing) - {look.path for look in looks}
        self.total = sum(len(look.names) for look in looks)
        for look in looks:
            self.folder(look)
        for path in gone:
            for (note,) in self.run_sql("SELECT path FROM files WHERE folder = ?", (path,)).fetchall():
                self.forget(note)
            self.run_sql("DELETE FROM folders WHERE path = ?", (path,))

    def folder(self, look: Folder) -> None:
        if look.fault:
            self.run_sql("INSERT INTO folders VALUES (?, ?, ?) ON CONFLICT (path) DO UPDATE SET fault = excluded.fault, fingerprint = x''",
                         (_sayable(look.path), b"", look.fault))  # fmt: skip
            return
        old = {
            row[0]: row[1:]
            for row in self.run_sql(
                "SELECT path, mtime_ns, ctime_ns, size, inode, digest FROM files WHERE folder = ?", (_sayable(look.path),)
            )
        }
        settled = True
        there = set()
        copies, told = self.copies(look), self.told("conflict-copy", look.path)
        for name, stamp in zip(look.names, map(files.Stamp._make, look.stamps), strict=True):
            path = f"{look.path}/{name}" if look.path else name
            key = _sayable(path)
            there.add(key)
            before = old.get(key)
            has_turned = (key in copies) != (key in told)  # into a copy, or back into a note of its own
            if stamp == AWAY:
                self.away(key)
            elif before is None or before[:4] != stamp or has_turned:
                digest = None if before is None else b"" if has_turned else before[4]
                settled &= self.note(path, key, look, stamp, digest, copies.get(key)) == stamp
            self.done += 1
            if self.progress is not None and (self.done % 50 == 0 or self.done == self.total):
                self.progress(self.done, self.total)
        for key in (old.keys() | self.told("not-downloaded", look.path)) - there:
            self.forget(key)
        self.run_sql("INSERT OR REPLACE INTO folders VALUES (?, ?, '')", (_sayable(look.path), look.fingerprint if settled else b""))

    def told(self, code: str, folder: str) -> set[str]:
        """The notes in a folder that have a problem of this code; of one that was never downloaded nothing else is known."""
        if code not in self.known:  # asked once, since each folder changes its own only
            self.known[code] = {}
            for (path,) in self.run_sql("SELECT path FROM problems WHERE code = ?", (code,)):
                self.known[code].setdefault(path.rpartition("/")[0], set()).add(path)
        return self.known[code].get(_sayable(folder), set())

    def copies(self, look: Folder) -> dict[str, Copy]:
        """The conflict copies in a folder whose originals are in it, too."""
        found = {f"{look.path}/{name}" if look.path else name: copy for name in look.names if (copy := copy_of(name))}
        return {_sayable(path): copy for path, copy in found.items() if original_among(copy, look.names)}

    def away(self, key: str) -> None:
        """A note that is not downloaded: what was known of it stays, and it is read again when it comes back."""
        message = "It is not downloaded; what was known of it stays."
        self.run_sql("DELETE FROM problems WHERE path = ? AND code = 'not-downloaded'", (key,))
        self.run_sql("INSERT INTO problems VALUES (?, 1, 'not-downloaded', ?)", (key, message))
        self.run_sql("UPDATE files SET size = ? WHERE path = ?", (files.UNSETTLED.size, key))

    def note(
        self, path: str, key: str, look: Folder, stamp: files.Stamp, digest: bytes | None, copy: Copy | None
    ) -> files.Stamp:  # fmt: skip
        """Read one note; gives the stamp under which it is now known."""
        from vaultcrm.model.read_note import read_note  # late: PyYAML and python-frontmatter, when something has changed

        new_digest = b""
        try:
            if key != path:
                raise Unreadable("Its name is not UTF-8.", code="encoding")
            content = self.vault.read(path)
            stamp, new_digest = content.stamp, content.digest
            if new_digest != digest:
                reading = read_note(path, content.data, self.habits)
                self.keep(_as_conflict_copy(reading, copy) if copy else reading, is_known=digest is not None)
            else:
                self.run_sql("DELETE FROM problems WHERE path = ? AND code = 'not-downloaded'", (key,))
        except FileNotFoundError:
            self.forget(key)
            return files.UNSETTLED
        except Unreadable as error:
            self.run_sql("DELETE FROM problems WHERE path = ?", (key,))
            self.run_sql("INSERT INTO problems VALUES (?, ?, ?, ?)", (key, error.line, error.code, error.message))
            if not new_digest and max(stamp.mtime_ns, stamp.ctime_ns) >= time.time_ns() - files.RACY_NS:
                stamp = files.UNSETTLED
        self.run_sql("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", (key, _sayable(look.path), *stamp, new_digest))
        if not new_digest:  # its document stays as it is, as its records do
            self.run_sql("DELETE FROM pending WHERE path = ?", (key,))
        elif new_digest != digest:
            self.run_sql("INSERT OR REPLACE INTO pending VALUES (?, ?)", (key, new_digest))
        return stamp

    def keep(self, reading: "Reading", is_known: bool) -> None:
        """Put what a note says into the tables; of a note that is not known nothing but a problem can be there."""
        import json  # late: only when something has changed

        from vaultcrm.markdown.values import items, words
        from vaultcrm.model.convert import link_of

        note = reading.note
        for table in ("problems", "follow_ups", "decisions", "points", "links") if is_known else ("problems",):
            self.run_sql(f"DELETE FROM {table} WHERE path = ?", (note.path,))
        get = note.properties.get
        aliases = BETWEEN.join(map(fold, items(get("aliases"))))
        named = day_in(note.title[:10]) if note.type == "interaction" else None  # its date, where it has no other
        at = words(get("date")) or (named.isoformat() if named else None)
        links = (link_of(note), at, words(get("channel")), aliases)
        row = (note.path, note.folder, fold(note.title), note.type, *links, json.dumps(note.properties, ensure_ascii=False), note.excerpt)
        self.run_sql(f"INSERT OR REPLACE INTO notes VALUES ({', '.join('?' * len(row))})", row)
        for table, records in zip(("follow_ups", "decisions", "points", "problems"), reading[1:5], strict=True):
            for record in records:
                values = list(record) if table == "problems" else cells(record, links[0])
                self.run_sql(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
        if reading.links:
            rows = [value for n, link in enumerate(reading.links) for value in (note.path, n, *link, fold(title_of_path(link.target)))]
            self.run_sql(f"INSERT INTO links VALUES {', '.join(['(?, ?, ?, ?, ?, ?, ?)'] * len(reading.links))}", rows)

    def forget(self, key: str) -> None:
        for table in ("files", "notes", "follow_ups", "decisions", "points", "problems", "links"):
            self.run_sql(f"DELETE FROM {table} WHERE path = ?", (key,))
        self.run_sql("INSERT OR REPLACE INTO pending VALUES (?, x'')", (key,))


def _as_conflict_copy(found: "Reading", copy: Copy) -> "Reading":
    """A conflict copy is found by a search, and counts for nothing else: no second client, nothing due twice."""
    original = copy.original.rpartition("/")[2]
    message = f"A conflict copy of {original!r}, as {copy.program} makes them; merge it with: vaultcrm check --fix"
    problem = Problem(found.note.path, 1, "conflict-copy", message)
    return found._replace(note=found.note._replace(type=None), follow_ups=(), decisions=(), points=(), problems=(problem,))


def _sayable(path: str) -> str:
    """A path as SQLite can hold it; bytes that are not UTF-8 are spelled out."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    return path
