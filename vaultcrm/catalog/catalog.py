"""Queries over what has been read from the vault: clients, notes, follow-ups, decisions, problems.

Each table holds only what the notes themselves say, and nothing that depends on other notes: which
client a note belongs to is worked out by the query, and the column `client` holds the link in the
note's own properties. So the order in which notes are read doesn't matter. Conflict copies are the
one exception: a note is a conflict copy only while its original is in the same folder.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from vaultcrm.catalog.database import Database
from vaultcrm.catalog.rows import LIST_SEPARATOR, below_condition, column_list, note_from_row, record_maker, stored_fields
from vaultcrm.disk.filenames import without_extension
from vaultcrm.links.ownership import ClientRef, client_above, client_folders
from vaultcrm.links.resolver import NoteRow, choose_nearest, matching_notes
from vaultcrm.markdown.wikilinks import displayable, link_targets, parse_wikilink
from vaultcrm.model.decision_notes import noted_twice
from vaultcrm.model.records import UNREAD_CODES, Decision, FollowUp, Interaction, Note, Point, Problem
from vaultcrm.model.schema import TYPES
from vaultcrm.normalize import fold

UNREAD_NOTES = "SELECT path FROM problems WHERE path NOT IN (SELECT path FROM notes)"


class Catalog(Database):
    """The catalogue of one vault. It answers from what `refresh` has read, so call that first."""

    def __init__(self, root: str, in_memory: bool = False) -> None:
        super().__init__(root, in_memory)
        self._client_folders: dict[str, ClientRef | None] | None = None
        self.talks: dict[ClientRef, list[Interaction]] = {}  # of the clients that a command has asked for

    def invalidate(self) -> None:
        self._client_folders = None
        self.talks = {}

    @property
    def is_filled(self) -> bool:
        """Whether the whole vault has been read at least once."""
        return bool(self.rows("SELECT 1 FROM folders WHERE path = ''"))

    @property
    def is_settled(self) -> bool:
        """Whether the stamps of all files can be trusted.

        A file that changed just before it was read may change again without changing its stamp.
        """
        return not self.rows("SELECT 1 FROM files WHERE size < 0 LIMIT 1")  # files.UNSETTLED has a negative size

    # ---------------------------------------------------------------------------- files

    def file_paths(self) -> list[str]:
        """The paths of all notes, readable or not, in order."""
        return [path for (path,) in self.rows("SELECT path FROM files ORDER BY path")]

    def known_files(self, paths: Iterable[str]) -> list[str]:
        """Those of the paths at which there is a note, readable or not, in the order given."""
        return [path for path in paths if self.rows("SELECT 1 FROM files WHERE path = ?", path)]

    def unread_notes(self) -> list[str]:
        """The paths of the notes that could never be read, in order: nothing is known of them except for their problem."""
        return [path for (path,) in self.rows(f"SELECT DISTINCT path FROM ({UNREAD_NOTES}) ORDER BY path")]

    def count_unread(self, below: str = "") -> int:
        """The number of notes, in a folder or everywhere, of which nothing is known or only what they once said."""
        inside, values = below_condition(below)
        codes = ", ".join(f"'{code}'" for code in UNREAD_CODES)
        return len(set(self.rows(f"SELECT path FROM problems WHERE code IN ({codes}) AND {inside}", *values)))

    def digests(self) -> dict[str, bytes]:
        """The digest of each note's bytes when it was last read, by path, except for notes whose file can't be read."""
        return dict(self.rows("SELECT path, digest FROM files WHERE digest != x''"))

    def counts(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """The number of notes, decisions and points by table; of notes by type; of follow-ups by status."""
        tables = {table: self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ("notes", "decisions", "points")}
        types = dict(self.rows("SELECT type, count(*) FROM notes GROUP BY type"))
        return tables, types, dict(self.rows("SELECT status, count(*) FROM follow_ups GROUP BY status"))

    # ------------------------------------------------------------------------ ownership

    @property
    def client_folders(self) -> dict[str, ClientRef | None]:
        """Each client folder with its client; None if several client notes share the folder and none has its name."""
        if self._client_folders is None:
            self._client_folders = client_folders(
                path for (path,) in self.rows("SELECT path FROM notes WHERE type = 'client' ORDER BY path")
            )
        return self._client_folders

    def owner_of(self, path: str, link: str | None = None) -> ClientRef | None:
        """The client that a note belongs to: the one that its `client` property (`link`) names, else the nearest one above."""
        if link:
            found = self.resolve(link, path, "client")
            return ClientRef.at(found) if found else None
        return client_above(self.client_folders, path.rpartition("/")[0])

    def owner_of_talk(self, path: str, note_type: str | None, link: str | None) -> ClientRef | None:
        """The client that a conversation is with. A dated note without a type is nobody's if only a client at the root owns it."""
        owner = self.owner_of(path, link)
        return owner if owner is None or owner.folder or link or note_type == "interaction" else None

    def owner_of_item(self, path: str, link: str | None, links: str | None) -> ClientRef | None:
        """The client of something in a note. Outside every client folder, the wikilinks in its text decide.

        `link` is the note's `client` property, `links` are the targets in the item's text: a client, else one of its notes.
        """
        owner = self.owner_of(path, link)
        if not links or link or (owner is not None and owner.folder):
            return owner
        targets = links.split(LIST_SEPARATOR)
        if found := next((found for target in targets if (found := self.resolve(target, path, "client"))), None):
            return ClientRef.at(found)
        owners = [self.owner_of(found, self.client_link(found)) for target in targets if (found := self.resolve(target, path))]
        return next((linked for linked in owners if linked and linked.folder), owner)

    def owner_of_text(self, path: str, text: str) -> ClientRef | None:
        """The same for an item whose text is known."""
        return self.owner_of_item(path, self.client_link(path), LIST_SEPARATOR.join(link_targets(text)))

    def resolve(self, text: str, source: str, note_type: str | None = None) -> str | None:
        """The path of the note that a link in the note `source` leads to; with `note_type`, only among notes of that type.

        A path counts from the vault's root, or matches the end of a longer one; with ./ or ../ it counts
        from the folder of `source`. With note_type "client", an alias names the client as well.
        """
        link = parse_wikilink(text)
        target = (link.target if link else text).strip()
        if link and not target:  # [[#Heading]] points into the note itself
            return source
        folder = source.rpartition("/")[0]
        paths = matching_notes(target, folder, note_type == "client", self)
        if note_type:
            paths = [path for path in paths if self.rows("SELECT 1 FROM notes WHERE path = ? AND type = ?", path, note_type)]
        client = client_above(self.client_folders, folder) if len(paths) > 1 else None
        return choose_nearest(paths, without_extension(target), folder, client).path

    def notes_named(self, name: str) -> list[NoteRow]:
        return [NoteRow(path, name, type_) for path, type_ in self.rows("SELECT path, type FROM notes WHERE name = ?", name)]

    def clients_named(self, name: str) -> list[str]:
        return [path for path, names in self.client_names().items() if name in names]

    def people_named(self, name: str) -> list[str]:
        """The paths of the people with this whole name or alias, folded for comparison."""
        rows = self.rows("SELECT path, name, aliases FROM notes WHERE type = 'person' ORDER BY path")
        return [path for path, title, aliases in rows if name == title or name in aliases.split(LIST_SEPARATOR)]

    def folders_with_title(self, title: str, except_types: Sequence[str] = ()) -> set[str]:
        """The folders of the notes with a title, except for notes of some types."""
        rows = self.rows("SELECT folder, type FROM notes WHERE name = ?", fold(title))
        return {folder for folder, note_type in rows if note_type not in except_types}

    def client_link(self, path: str) -> str | None:
        """The `client` property of a note; None if it has none."""
        rows = self.rows("SELECT client FROM notes WHERE path = ?", path)
        return rows[0][0] if rows else None

    def client_names(self) -> dict[str, list[str]]:
        """Each client's title and then its aliases, folded for comparison, by the path of its note."""
        rows = self.rows("SELECT path, name, aliases FROM notes WHERE type = 'client' ORDER BY path")
        return {path: [name, *filter(None, aliases.split(LIST_SEPARATOR))] for path, name, aliases in rows if self.is_client(path)}

    def is_client(self, path: str) -> bool:
        """Whether a note of type client stands for a client: not if another client note has the name of their folder."""
        client = self.client_folders.get(path.rpartition("/")[0])
        return client is None or client.path == path or client.name != client.folder.rpartition("/")[2]

    def has_other_notes(self, client: ClientRef) -> bool:
        """Whether notes of no known type are directly in a client's folder, and it has none of the subfolders that vaultcrm makes."""
        types = ", ".join(f"'{note_type}'" for note_type in TYPES)
        others = f"SELECT 1 FROM notes WHERE folder = ? AND path != ? AND (type IS NULL OR type NOT IN ({types})) LIMIT 1"
        prefix = client.folder + "/" if client.folder else ""
        made = [prefix + name for name in ("interactions", "follow-ups", "projects", "decisions")]
        has_subfolder = self.rows(f"SELECT 1 FROM folders WHERE path IN ({', '.join('?' * len(made))})", *made)
        return bool(self.rows(others, client.folder, client.path)) and not has_subfolder

    def explicit_owners(self) -> list[tuple[str, ClientRef | None]]:
        """The notes that have a `client` property, each with the client that it names; None if it names none."""
        owners: dict[tuple[str, str], ClientRef | None] = {}
        result = []
        for path, link in self.rows("SELECT path, client FROM notes WHERE client IS NOT NULL"):
            key = (path.rpartition("/")[0], link)
            if key not in owners:
                owners[key] = self.owner_of(path, link)
            result.append((path, owners[key]))
        return result

    # --------------------------------------------------------------------------- records

    def note_rows(self) -> list[NoteRow]:
        """Path, folded title and type of every note, by path."""
        return [NoteRow(*row) for row in self.rows("SELECT path, name, type FROM notes ORDER BY path")]

    def notes(self, note_type: str | None = None, below: str | None = None) -> list[Note]:
        """Notes by path: of one type or all, below one folder (its path) or anywhere."""
        inside, values = below_condition(below)
        where = f"type = ? AND {inside}" if note_type else inside
        statement = f"SELECT path, type, properties, excerpt FROM notes WHERE {where} ORDER BY path"
        return [note_from_row(row) for row in self.rows(statement, *([note_type] if note_type else []), *values)]

    def note(self, path: str) -> Note | None:
        rows = self.rows("SELECT path, type, properties, excerpt FROM notes WHERE path = ?", path)
        return note_from_row(rows[0]) if rows else None

    def sources(self) -> list[str]:
        """What interactions were imported from: their property `source`."""
        has_source = "type = 'interaction' AND properties LIKE '%\"source\"%'"
        rows = self.rows(f"SELECT json_extract(properties, '$.source') FROM notes WHERE {has_source}")
        return [source for (source,) in rows if isinstance(source, str)]

    def paths_by_source(self, prefix: str) -> dict[str, str]:
        """The paths of the interactions that were imported from something whose ID begins with a prefix, by that ID."""
        source = "json_extract(properties, '$.source')"
        has_source = f"type = 'interaction' AND properties LIKE '%\"source\"%' AND substr({source}, 1, ?) = ?"
        rows = self.rows(f"SELECT {source}, path FROM notes WHERE {has_source} ORDER BY path DESC", len(prefix), prefix)
        return {key: path for key, path in rows if isinstance(key, str)}

    def excerpts(self, paths: Iterable[str]) -> dict[str, str]:
        """What the bodies of some notes say, by path; without those that say nothing."""
        wanted = list(paths)
        statement = f"SELECT path, excerpt FROM notes WHERE excerpt != '' AND path IN ({', '.join('?' * len(wanted))})"
        return dict(self.rows(statement, *wanted))

    @staticmethod
    def client_filter(client: ClientRef | None) -> tuple[str, tuple[str, ...]]:
        """An SQL prefilter with its values: all items of a client match it, and few others do."""
        if client is None or not client.folder:  # a client note in the root owns all notes that no other client owns
            return "", ()
        inside, values = below_condition(client.folder)
        return f"AND (client IS NOT NULL OR links IS NOT NULL OR {inside})", values

    @staticmethod
    def client_notes_subquery(client: ClientRef | None) -> tuple[str, tuple[str, ...]]:
        """The same prefilter as a table of notes to select from. With the OR above, SQLite would scan every note."""
        if client is None or not client.folder:
            return "notes", ()
        inside, values = below_condition(client.folder)
        linked = f"SELECT * FROM notes INDEXED BY notes_client WHERE client IS NOT NULL AND NOT {inside}"
        return f"(SELECT * FROM notes WHERE {inside} UNION ALL {linked})", values + values

    def client_notes(self, note_type: str, client: ClientRef) -> list[Note]:
        """A client's notes of one type: those in its folder, and those elsewhere that name it.

        With "interaction", also the notes without a type that count as conversations.
        """
        source, values = self.client_notes_subquery(client)
        where = "+talk = 1" if note_type == "interaction" else f"+type = '{note_type}'"
        rows = self.rows(f"SELECT path, type, properties, excerpt, client FROM {source} WHERE {where} ORDER BY path", *values)
        owner_of = self.owner_of_talk if note_type == "interaction" else lambda path, _, link: self.owner_of(path, link)
        owners = ((row, owner_of(row[0], row[1], row[4])) for row in rows)
        return [note_from_row(row[:4]) for row, owner in owners if owner is not None and owner.path == client.path]

    def belongs_to(self, client: ClientRef, path: str, link: str | None) -> bool:
        """Whether a note is a client's, given the link in its `client` property."""
        owner = self.owner_of(path, link)
        return owner is not None and owner.path == client.path

    def follow_ups(self, statuses: Iterable[str] = (), client: ClientRef | None = None, path: str | None = None) -> list[FollowUp]:
        """Follow-ups by day, those without one last.

        With `statuses`, only those with one of them; with `client`, only that client's; with `path`, only those in that note.
        """
        values = tuple(statuses)
        where = [f"status IN ({', '.join('?' * len(values))})"] if values else []
        if path is not None:
            where.append("path = ?")
            values += (path,)
        return self.follow_ups_where(where, values, client, "coalesce(due, scheduled) IS NULL, coalesce(due, scheduled), path, line")

    def follow_ups_where(self, where: list[str], values: tuple[object, ...], client: ClientRef | None, order: str) -> list[FollowUp]:
        """The follow-ups for which all conditions hold, with a limit behind the `order` no more than so many."""
        items = self._records(FollowUp, "follow_ups", where, values, client, order)
        if any(item.depends for item in items):
            open_keys = {key for (key,) in self.rows("SELECT key FROM follow_ups WHERE key IS NOT NULL AND status IN ('open', 'waiting')")}
            items = [item._replace(is_blocked=item.is_open and not open_keys.isdisjoint(item.depends)) for item in items]
        return items

    def decisions(self, client: ClientRef | None = None, repeated: bool = False) -> list[Decision]:
        """Decisions of one client or of all, newest first. One that another decision replaces has the status "superseded".

        A decision with a note of its own is given as that note; with `repeated`, also where else it stands, with the note's status.
        """
        records = self._records(Decision, "decisions", [], (), client, '"on" DESC, path DESC, rowid')
        replaced = self._replacements(records)
        notes = noted_twice(records)
        replaced_notes = {note.id for decision in records if decision.id in replaced and (note := notes.get(decision.id))}
        current = {
            d.id: d._replace(status="superseded") if d.status == "in force" and (d.id in replaced or d.id in replaced_notes) else d
            for d in records
        }
        if not repeated:
            return [d for d in current.values() if d.id not in notes]
        return [d._replace(status=current[notes[d.id].id].status) if d.id in notes else d for d in current.values()]

    def replacements(self, client: ClientRef | None = None) -> dict[str, Decision]:
        """The decision that replaces each superseded one, of one client or of all, by the handle of the latter."""
        return self._replacements(self._records(Decision, "decisions", [], (), client, '"on" DESC, path DESC, rowid'))

    def _replacements(self, decisions: list[Decision]) -> dict[str, Decision]:
        links = [(link, decision) for decision in decisions for link in decision.supersedes]
        replacing = {key: decision for link, decision in links if (key := self._superseded_decision(link, decision.path))}
        keys = ((decision, ((decision.path, None), (decision.path, fold(displayable(decision.text))))) for decision in decisions)
        return {decision.id: replacing[key] for decision, names in keys if replacing for key in names if key in replacing}

    def has_decision(self, path: str, line: int) -> bool:
        """Whether a note is a decision, or has one on a line."""
        return bool(self.rows("SELECT 1 FROM decisions WHERE path = ? AND (kind = 'note' OR line = ?) LIMIT 1", path, line))

    def _superseded_decision(self, link: str, source: str) -> tuple[str, str | None] | None:
        """The decision that a `supersedes` link names: its path and, for an item of an interaction, the folded text that the link shows."""
        path = self.resolve(link, source)
        if path is None:
            return None
        parsed = parse_wikilink(link)
        is_note = bool(self.rows("SELECT 1 FROM notes WHERE path = ? AND type = 'decision'", path))
        return path, None if is_note else fold(parsed.display if parsed else "")

    def points(self, client: ClientRef | None = None) -> list[Point]:
        """Feedback, preferences and questions, newest first; those of one note in the note's order."""
        return self._records(Point, "points", [], (), client, '"on" DESC, path DESC, rowid')

    def problems(self, below: str | None = None) -> list[Problem]:
        """What can't be read or understood, by path and line; below one folder (its path) or everywhere."""
        notes = "SELECT path, line, code, message FROM problems"
        folders = "SELECT path, 1, 'unreadable', error FROM folders WHERE error != ''"
        problems = [Problem(*row) for row in self.rows(f"{notes} UNION ALL {folders} ORDER BY 1, 2, 3, 4")]
        return [problem for problem in problems if not below or problem.path.startswith(below + "/")]

    def _records(
        self, record_type: Any, table: str, where: list[str], values: tuple[object, ...], client: ClientRef | None, order: str
    ) -> list[Any]:  # Any: records of the type
        client_where, client_values = self.client_filter(client)
        make = record_maker(record_type)
        owners: dict[tuple[str, str | None, str | None], ClientRef | None] = {}
        records = []
        columns = column_list([*stored_fields(record_type), "path", "client", "links"])
        statement = f"SELECT {columns} FROM {table} WHERE {' AND '.join(['1', *where])} {client_where} ORDER BY {order}"
        for *row, path, link, links in self.rows(statement, *values, *client_values):
            key = (path.rpartition("/")[0], link, links)
            if key not in owners:
                owners[key] = self.owner_of_item(path, link, links)
            owner = owners[key]
            if client is None or (owner is not None and owner.path == client.path):
                records.append(make(row, owner.name if owner else None))
        return records
