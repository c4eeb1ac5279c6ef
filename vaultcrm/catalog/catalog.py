"""What has been read from the vault so far: clients, notes, follow-ups, decisions, problems.

Each table holds only what the notes themselves say, and nothing that follows from other notes:
which client a note belongs to is worked out when it is asked for; the column `client` is the link
in the note itself. So the order in which notes are read doesn't matter. The one exception is
conflict copies: a note is one only while its original lies beside it.
"""

import posixpath
from collections.abc import Iterable
from typing import Any

from vaultcrm.catalog.database import Database
from vaultcrm.catalog.rows import BETWEEN, column_list, note_from, record_maker, stored_fields
from vaultcrm.links.ownership import ClientRef, client_above, client_folders
from vaultcrm.links.resolver import NoteRow, nearest, with_title
from vaultcrm.markdown.wikilinks import displayable
from vaultcrm.markdown.wikilinks import parse_wikilink as parse_link
from vaultcrm.model.records import Decision, FollowUp, Note, Point, Problem
from vaultcrm.normalize import fold


class Catalog(Database):
    """Answers from what `refresh` has read; run that first."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self._client_folders: dict[str, ClientRef | None] | None = None

    def invalidate(self) -> None:
        self._client_folders = None

    @property
    def is_filled(self) -> bool:
        """Whether the vault has ever been read as a whole."""
        return bool(self.rows("SELECT 1 FROM folders WHERE path = ''"))

    @property
    def is_settled(self) -> bool:
        """Whether no file was changed so shortly before it was read that another change may hide behind its stamp."""
        return not self.rows("SELECT 1 FROM files WHERE size < 0 LIMIT 1")  # the size of files.UNSETTLED

    # ---------------------------------------------------------------------------- files

    def file_paths(self) -> list[str]:
        """The paths of all notes, readable or not, in order."""
        return [path for (path,) in self.rows("SELECT path FROM files ORDER BY path")]

    def digests(self) -> dict[str, bytes]:
        """The digest of each note's bytes as they were read, by path; without notes that can't be read."""
        return dict(self.rows("SELECT path, digest FROM files WHERE digest != x''"))

    def counts(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """How many notes, decisions and points there are by table; notes by type; follow-ups by status."""
        tables = {table: self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ("notes", "decisions", "points")}
        types = dict(self.rows("SELECT type, count(*) FROM notes GROUP BY type"))
        return tables, types, dict(self.rows("SELECT status, count(*) FROM follow_ups GROUP BY status"))

    # ------------------------------------------------------------------------ ownership

    @property
    def client_folders(self) -> dict[str, ClientRef | None]:
        """The client folders; None where several client notes share a folder and none has its name."""
        if self._client_folders is None:
            self._client_folders = client_folders(
                path for (path,) in self.rows("SELECT path FROM notes WHERE type = 'client' ORDER BY path")
            )
        return self._client_folders

    def owner_of(self, path: str, link: str | None = None) -> ClientRef | None:
        """The client that a note belongs to: the one that its property `client` names, else the nearest folder above."""
        if link:
            found = self.resolve(link, path, "client")
            return ClientRef.at(found) if found else None
        return client_above(self.client_folders, path.rpartition("/")[0])

    def resolve(self, text: str, source: str, note_type: str | None = None) -> str | None:
        """The path of the note that a link in the note `source` leads to; only notes of one type where it is given.

        A path is taken from the vault's root, or as the end of one; one with ./ or ../ from the folder
        of `source`. A client may also be named by one of its aliases.
        """
        link = parse_link(text)
        title = (link.target if link else text).strip().removesuffix(".md")
        if link and not title:  # [[#Heading]] points into the note itself
            return source
        folder, name = source.rpartition("/")[0], fold(title.rpartition("/")[2])
        found = [path for path, type_ in self.rows("SELECT path, type FROM notes WHERE name = ?", name) if note_type in (None, type_)]
        if title.startswith(("./", "../")):
            title = posixpath.normpath(posixpath.join(folder, title))
            found = [path for path in found if fold(path.removesuffix(".md")) == fold(title)]
            found = with_title(found, title.rpartition("/")[2])
        else:
            found = with_title(found, title)
            if not found and note_type == "client":
                found = [path for path, names in self.client_names().items() if name in names]
        return nearest(found, title, folder, self.owner_of(source) if len(found) > 1 else None).path

    def client_note_folders(self) -> set[str]:
        """The folders that hold client notes."""
        return {path.rpartition("/")[0] for (path,) in self.rows("SELECT path FROM notes WHERE type = 'client'")}

    def client_link(self, path: str) -> str | None:
        """The property `client` of a note, None without one."""
        rows = self.rows("SELECT client FROM notes WHERE path = ?", path)
        return rows[0][0] if rows else None

    def client_names(self) -> dict[str, list[str]]:
        """What each client may be called, folded for comparison: its title, then its aliases; by the path of its note."""
        found = self.rows("SELECT path, name, aliases FROM notes WHERE type = 'client' ORDER BY path")
        return {path: [name, *filter(None, aliases.split(BETWEEN))] for path, name, aliases in found if self.is_client(path)}

    def is_client(self, path: str) -> bool:
        """Whether a note of type client stands for one: not beside another that has the name of their folder."""
        client = self.client_folders.get(path.rpartition("/")[0])
        return client is None or client.path == path or client.name != client.folder.rpartition("/")[2]

    def linked(self) -> list[tuple[str, ClientRef | None]]:
        """The notes that name a client themselves, wherever they lie, each with the client that it names."""
        owners: dict[tuple[str, str], ClientRef | None] = {}
        found = []
        for path, link in self.rows("SELECT path, client FROM notes WHERE client IS NOT NULL"):
            place = (path.rpartition("/")[0], link)
            if place not in owners:
                owners[place] = self.owner_of(path, link)
            found.append((path, owners[place]))
        return found

    # --------------------------------------------------------------------------- records

    def note_rows(self) -> list[NoteRow]:
        """Path, folded title and type of every note, by path."""
        return [NoteRow(*row) for row in self.rows("SELECT path, name, type FROM notes ORDER BY path")]

    def notes(self, kind: str | None = None, below: str | None = None) -> list[Note]:
        """Notes of one type, or all; those below a folder (its path), or all; by path."""
        inside, values = _below(below)
        found = f"SELECT path, type, properties, excerpt FROM notes WHERE (? IS NULL OR type = ?) AND {inside} ORDER BY path"
        return [note_from(row) for row in self.rows(found, kind, kind, *values)]

    def note(self, path: str) -> Note | None:
        rows = self.rows("SELECT path, type, properties, excerpt FROM notes WHERE path = ?", path)
        return note_from(rows[0]) if rows else None

    @staticmethod
    def near(client: ClientRef | None) -> tuple[str, tuple[str, ...]]:
        """A condition that all of a client's rows meet, and few others; and its values."""
        if client is None or not client.folder:  # a client note in the root owns what no other client does
            return "", ()
        inside, values = _below(client.folder)
        return f"AND (client IS NOT NULL OR {inside})", values

    @staticmethod
    def notes_near(client: ClientRef | None) -> tuple[str, tuple[str, ...]]:
        """The same as a table of notes, to be written behind FROM: SQLite would look at every note for such an OR."""
        if client is None or not client.folder:
            return "notes", ()
        inside, values = _below(client.folder)
        linked = f"SELECT * FROM notes INDEXED BY notes_client WHERE client IS NOT NULL AND NOT {inside}"
        return f"(SELECT * FROM notes WHERE {inside} UNION ALL {linked})", values + values

    def belonging(self, kind: str, client: ClientRef) -> list[Note]:
        """A client's notes of one type: in its folder, and elsewhere when they name it."""
        source, values = self.notes_near(client)
        rows = self.rows(f"SELECT path, type, properties, excerpt, client FROM {source} WHERE +type = ? ORDER BY path", *values, kind)
        return [note_from(row[:4]) for row in rows if self._is_owner(row[0], row[4], client)]

    def _is_owner(self, path: str, link: str | None, client: ClientRef) -> bool:
        found = self.owner_of(path, link)
        return found is not None and found.path == client.path

    def follow_ups(self, statuses: Iterable[str] = (), client: ClientRef | None = None, path: str | None = None) -> list[FollowUp]:
        """Follow-ups with one of these statuses (all without any), of one client, of one note, or all; by due day, none last."""
        chosen = tuple(statuses)
        where = [f"status IN ({', '.join('?' * len(chosen))})"] if chosen else []
        if path is not None:
            where.append("path = ?")
            chosen += (path,)
        found = self._records(FollowUp, "follow_ups", where, chosen, client, "due IS NULL, due, path, line")
        if any(item.depends for item in found):
            waited_for = {key for (key,) in self.rows("SELECT key FROM follow_ups WHERE key IS NOT NULL AND status IN ('open', 'waiting')")}
            found = [item._replace(is_blocked=item.is_open and not waited_for.isdisjoint(item.depends)) for item in found]
        return found

    def decisions(self, client: ClientRef | None = None) -> list[Decision]:
        """Decisions of one client or all, newest first. One that another one replaces has status superseded."""
        found = self._records(Decision, "decisions", [], (), client, '"on" DESC, path DESC, rowid')
        replaced = {key for decision in found for link in decision.supersedes if (key := self._decision_meant(link, decision.path))}
        return [
            d._replace(status="superseded")
            if d.status == "in force" and ((d.path, None) in replaced or (d.path, fold(displayable(d.text))) in replaced)
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
        return path, None if is_note else fold(parsed.display if parsed else "")

    def points(self, client: ClientRef | None = None) -> list[Point]:
        """Feedback, preferences and questions, newest first, each kind in the order of its note."""
        return self._records(Point, "points", [], (), client, '"on" DESC, path DESC, rowid')

    def problems(self, below: str | None = None) -> list[Problem]:
        """What cannot be understood, by path and line; below a folder, or everywhere."""
        folders = "SELECT path, 1, 'unreadable', error FROM folders WHERE error != ''"
        found = [
            Problem(*row) for row in self.rows(f"SELECT path, line, code, message FROM problems UNION ALL {folders} ORDER BY 1, 2, 3, 4")
        ]
        return [problem for problem in found if not below or problem.path.startswith(below + "/")]

    def _records(
        self, record_type: Any, table: str, where: list[str], values: tuple[object, ...], client: ClientRef | None, order: str
    ) -> list[Any]:  # Any: records of the type
        near, near_values = self.near(client)
        make = record_maker(record_type)
        owners: dict[tuple[str, str | None], ClientRef | None] = {}
        found = []
        columns = column_list([*stored_fields(record_type), "path", "client"])
        statement = f"SELECT {columns} FROM {table} WHERE {' AND '.join(['1', *where])} {near} ORDER BY {order}"
        for *row, path, link in self.rows(statement, *values, *near_values):
            key = (path.rpartition("/")[0], link)
            if key not in owners:
                owners[key] = self.owner_of(path, link)
            owner = owners[key]
            if client is None or (owner is not None and owner.path == client.path):
                found.append(make(row, owner.name if owner else None))
        return found


def _below(folder: str | None) -> tuple[str, tuple[str, ...]]:
    """A condition on paths below a folder, without one on all; and its values."""
    if not folder:
        return "1", ()
    return "(path >= ? AND path < ?)", (folder + "/", folder + "0")  # "/" is followed by "0" in the order of bytes
