"""What has been read from the vault so far, in SQLite: a cache that can be thrown away at any time.

Each table holds what the notes themselves say and nothing that follows from other notes: which
client a note belongs to is worked out when it is asked for; `client` is the link in the note
itself. So the order in which notes are read cannot matter. Only whether a note is a conflict copy
depends on its neighbours: on whether its original lies beside it.
"""

import contextlib
import os
import posixpath
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from vaultcrm.catalog.rows import BETWEEN, maker, note_of
from vaultcrm.catalog.schema import SCHEMA, TABLES
from vaultcrm.disk import user_dirs
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Changed, OutsideFailed
from vaultcrm.links.ownership import Home, homes
from vaultcrm.markdown.wikilinks import parse as parse_link
from vaultcrm.markdown.wikilinks import showable
from vaultcrm.model.records import Decision, FollowUp, Note, Point, Problem
from vaultcrm.normalize import caseless, fold

_LOCK_SECONDS = 60.0


class Catalog:
    """The cache of one vault. It answers from what `catch_up` has read; ask that first."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.file = os.path.join(user_dirs.of_vault("cache", root), f"catalog-{SCHEMA}.sqlite")
        self.refill: Callable[[], None] | None = None  # how `catch_up` fills it
        self._connection: sqlite3.Connection | None = None
        self._homes: dict[str, Home | None] | None = None

    # ---------------------------------------------------------------------------- the file

    @property
    def connection(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        for attempt in range(2):
            connection = None
            try:
                connection = sqlite3.connect(self.file, timeout=_LOCK_SECONDS, isolation_level=None)
                if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
                    self._make_tables(connection)
                connection.execute("PRAGMA synchronous = NORMAL")
                return connection
            except sqlite3.OperationalError as error:
                if connection is not None:
                    connection.close()
                if "locked" in str(error):
                    raise Changed("Another vaultcrm is reading this vault for the first time, and does not end.", "Wait for it.") from error
                if attempt:
                    raise OutsideFailed(
                        f"The cache {self.file} cannot be used: {error}.", "Is the disk full, or the folder read-only?"
                    ) from error
            except sqlite3.DatabaseError:
                if connection is not None:
                    connection.close()
            self.throw_away()
        raise OutsideFailed(f"The cache {self.file} cannot be used.", "Delete it; nothing is lost by that.")

    @staticmethod
    def _make_tables(connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:  # another process may have been faster
            for statement in TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
        # does not wait for a lock; whoever holds it makes the file what it is to be
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")

    def close(self) -> None:
        """Let go of the file. Left open, the next process would have to read SQLite's log again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def throw_away(self) -> None:
        """Delete the cache; the next look at it builds it anew."""
        self.close()
        self.forget()
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(self.file + ending):
                os.unlink(self.file + ending)

    def clear(self) -> None:
        """Empty the tables, also under the hands of others; the next look at the vault fills them anew."""
        with self.transaction() as run:
            for (table,) in run("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                run(f"DELETE FROM {table}")
        self.forget()

    def forget(self) -> None:
        """Forget what was worked out from the tables, since they have changed."""
        self._homes = None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """Change the tables, all together or not at all; gives what runs a statement."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection.execute
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def rows(self, statement: str, *values: object) -> list[Any]:  # Any: whatever the columns hold
        """The rows of a question; a cache that turns out to be broken is built anew and asked once more."""
        try:
            return self.connection.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            if self.refill is None or not is_broken(error):
                raise
        self.throw_away()
        self.refill()
        return self.connection.execute(statement, values).fetchall()

    # ------------------------------------------------------------------------ whose it is

    @property
    def homes(self) -> dict[str, Home | None]:
        """The client folders. None: more than one client note lies in it, and none has its name."""
        if self._homes is None:
            self._homes = homes(path for (path,) in self.rows("SELECT path FROM notes WHERE type = 'client' ORDER BY path"))
        return self._homes

    def home_of(self, path: str, link: str | None = None) -> Home | None:
        """The client that a note belongs to: the one that its `client` names, else the nearest folder above."""
        if link:
            found = self.resolve(link, path, "client")
            return Home.at(found) if found else None
        folder, homes = path, self.homes
        while folder:
            folder = folder.rpartition("/")[0]
            if (home := homes.get(folder)) is not None:
                return home
        return None

    def resolve(self, text: str, source: str, kind: str | None = None) -> str | None:
        """The path of the note that a link in the note `source` points to, the way Obsidian finds it.

        A path is taken from the vault's root, or as the end of one; a title may lie anywhere: in the
        same client folder first, then in the same folder, then at the shortest path. What is no
        title is looked for among the aliases of clients. `kind` asks for notes of one type.
        """
        link = parse_link(text)
        target = (link.target if link else text).strip().removesuffix(".md")
        name = fold(target.rpartition("/")[2])
        if link and not target:  # [[#Heading]] points into the note itself
            return source
        found = [path for path, type_ in self.rows("SELECT path, type FROM notes WHERE name = ?", name) if kind in (None, type_)]
        if is_relative := target.startswith(("./", "../")):
            target = posixpath.normpath(posixpath.join(source.rpartition("/")[0], target))
        whole = fold(target.removeprefix("/"))
        if is_relative:
            found = [path for path in found if fold(path.removesuffix(".md")) == whole]
        elif "/" in target:
            found = [path for path in found if ("/" + fold(path.removesuffix(".md"))).endswith("/" + whole)]
        if len(found) > 1:  # "Resume" and "Résumé" are two notes to those who have both
            spelled = caseless(target.rpartition("/")[2])
            found = [path for path in found if caseless(title_of_path(path)) == spelled] or found
        if not found and kind == "client" and not is_relative:
            found = [path for path, names in self.client_names().items() if name in names]
        home = self.home_of(source) if len(found) > 1 else None
        near = "\0" if home is None else home.folder + "/" if home.folder else ""
        here = source.rpartition("/")[0]

        def distance(path: str) -> tuple[bool, bool, bool, int, str]:
            is_named_in_full = "/" in target and fold(path.removesuffix(".md")) == whole
            return not is_named_in_full, not path.startswith(near), path.rpartition("/")[0] != here, len(path), path

        return min(found, key=distance, default=None)

    def client_names(self) -> dict[str, list[str]]:
        """What each client may be called, folded for comparison: its title, then its aliases; by the path of its note."""
        found = self.rows("SELECT path, name, aliases FROM notes WHERE type = 'client' ORDER BY path")
        return {path: [name, *filter(None, aliases.split(BETWEEN))] for path, name, aliases in found if self.is_client(path)}

    def is_client(self, path: str) -> bool:
        """Whether a note of type client stands for one: not beside another that has the name of their folder."""
        home = self.homes.get(path.rpartition("/")[0])
        return home is None or home.path == path or home.name != home.folder.rpartition("/")[2]

    def linked(self) -> list[tuple[str, Home | None]]:
        """The notes that name a client themselves, wherever they lie, each with the client that it names."""
        owners: dict[tuple[str, str], Home | None] = {}
        found = []
        for path, link in self.rows("SELECT path, client FROM notes WHERE client IS NOT NULL"):
            place = (path.rpartition("/")[0], link)
            if place not in owners:
                owners[place] = self.home_of(path, link)
            found.append((path, owners[place]))
        return found

    # --------------------------------------------------------------------------- records

    def notes(self, kind: str | None = None, below: str | None = None) -> list[Note]:
        """Notes of one type, or all; those below a folder (its path), or all; by path."""
        inside, values = _below(below)
        found = f"SELECT path, type, properties, excerpt FROM notes WHERE (? IS NULL OR type = ?) AND {inside} ORDER BY path"
        return [note_of(row) for row in self.rows(found, kind, kind, *values)]

    def note(self, path: str) -> Note | None:
        rows = self.rows("SELECT path, type, properties, excerpt FROM notes WHERE path = ?", path)
        return note_of(rows[0]) if rows else None

    @staticmethod
    def near(home: Home | None) -> tuple[str, tuple[str, ...]]:
        """A condition that all of a client's rows meet, and few others; and its values."""
        if home is None or not home.folder:  # a client note in the root owns what no other client does
            return "", ()
        inside, values = _below(home.folder)
        return f"AND (client IS NOT NULL OR {inside})", values

    @staticmethod
    def notes_near(home: Home | None) -> tuple[str, tuple[str, ...]]:
        """The same as a table of notes, to be written behind FROM: SQLite would look at every note for such an OR."""
        if home is None or not home.folder:
            return "notes", ()
        inside, values = _below(home.folder)
        linked = f"SELECT * FROM notes INDEXED BY notes_client WHERE client IS NOT NULL AND NOT {inside}"
        return f"(SELECT * FROM notes WHERE {inside} UNION ALL {linked})", values + values

    def belonging(self, kind: str, home: Home) -> list[Note]:
        """A client's notes of one type: in its folder, and elsewhere when they name it."""
        source, values = self.notes_near(home)
        rows = self.rows(f"SELECT path, type, properties, excerpt, client FROM {source} WHERE +type = ? ORDER BY path", *values, kind)
        return [note_of(row[:4]) for row in rows if self._is_home(row[0], row[4], home)]

    def _is_home(self, path: str, link: str | None, home: Home) -> bool:
        found = self.home_of(path, link)
        return found is not None and found.path == home.path

    def follow_ups(self, statuses: Iterable[str] = (), home: Home | None = None, path: str | None = None) -> list[FollowUp]:
        """Follow-ups with one of these statuses (all without any), of one client, of one note, or all; by due day, none last."""
        chosen = tuple(statuses)
        where = [f"status IN ({', '.join('?' * len(chosen))})"] if chosen else []
        if path is not None:
            where.append("path = ?")
            chosen += (path,)
        found = self._records(FollowUp, "follow_ups", where, chosen, home, "due IS NULL, due, path, line")
        if any(item.depends for item in found):
            waited_for = {key for (key,) in self.rows("SELECT key FROM follow_ups WHERE key IS NOT NULL AND status IN ('open', 'waiting')")}
            found = [item._replace(is_blocked=item.is_open and not waited_for.isdisjoint(item.depends)) for item in found]
        return found

    def decisions(self, home: Home | None = None) -> list[Decision]:
        """Decisions of one client or all, newest first. One that another one replaces has status superseded."""
        found = self._records(Decision, "decisions", [], (), home, '"on" DESC, path DESC, rowid')
        replaced = {key for decision in found for link in decision.supersedes if (key := self._decision_meant(link, decision.path))}
        return [
            d._replace(status="superseded")
            if d.status == "in force" and ((d.path, None) in replaced or (d.path, fold(showable(d.text))) in replaced)
            else d
            for d in found
        ]

    def _decision_meant(self, link: str, source: str) -> tuple[str, str | None] | None:
        """The decision that `supersedes` points to; of an interaction the item is what the link shows."""
        path = self.resolve(link, source)
        parsed = parse_link(link)
        if path is None:
            return None
        is_note = bool(self.rows("SELECT 1 FROM notes WHERE path = ? AND type = 'decision'", path))
        return path, None if is_note else fold(parsed.shown if parsed else "")

    def points(self, home: Home | None = None) -> list[Point]:
        """Feedback, preferences and questions, newest first, each kind in the order of its note."""
        return self._records(Point, "points", [], (), home, '"on" DESC, path DESC, rowid')

    def problems(self, below: str | None = None) -> list[Problem]:
        """What cannot be understood, by path and line; below a folder, or everywhere."""
        folders = "SELECT path, 1, 'unreadable', fault FROM folders WHERE fault != ''"
        found = [Problem(*row) for row in self.rows(f"SELECT * FROM problems UNION ALL {folders} ORDER BY 1, 2, 3, 4")]
        return [problem for problem in found if not below or problem.path.startswith(below + "/")]

    def _records(self, kind: Any, table: str, where: list[str], values: tuple[object, ...], home: Home | None, order: str) -> list[Any]:
        near, near_values = self.near(home)
        make = maker(kind)
        owners: dict[tuple[str, str | None], Home | None] = {}
        found = []
        statement = f"SELECT * FROM {table} WHERE {' AND '.join(['1', *where])} {near} ORDER BY {order}"
        for row in self.rows(statement, *values, *near_values):
            place = (row[1].rpartition("/")[0], row[-1])
            if place not in owners:
                owners[place] = self.home_of(row[1], row[-1])
            owner = owners[place]
            if home is None or (owner is not None and owner.path == home.path):
                found.append(make(row[:-1], owner.name if owner else None))
        return found


def is_broken(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is no catalogue of ours; not when it is held by another, or the disk says no."""
    return not isinstance(error, sqlite3.OperationalError) or "no such" in str(error)


def _below(folder: str | None) -> tuple[str, tuple[str, ...]]:
    """A condition on paths below a folder, without one on all; and its values."""
    if not folder:
        return "1", ()
    return "(path >= ? AND path < ?)", (folder + "/", folder + "0")  # "/" is followed by "0" in the order of bytes
