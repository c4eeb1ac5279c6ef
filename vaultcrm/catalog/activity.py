"""When each client was contacted, who spoke last, what is open, and how due it is: totals and pages of the catalogue's tables."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.rows import LIST_SEPARATOR, below_condition, note_from_row
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.records import FollowUp, Note, Turn
from vaultcrm.model.schema import PRIORITIES
from vaultcrm.normalize import fold

STATES = ("late", "today", "soon", "later", "hidden", "undated")
_DAY = "coalesce(due, scheduled)"
# A promise that is late stays late, whatever day it is put off to by `scheduled`
_STATE = f"""CASE WHEN due < ? THEN 'late' WHEN scheduled > ? THEN 'hidden' WHEN {_DAY} IS NULL THEN 'undated'
    WHEN {_DAY} < ? THEN 'late' WHEN {_DAY} = ? THEN 'today' WHEN {_DAY} <= ? THEN 'soon' ELSE 'later' END"""
_RANKS = " ".join(f"WHEN '{priority}' THEN {rank}" for rank, priority in enumerate(PRIORITIES))
_RANK = f"CASE priority {_RANKS} ELSE {PRIORITIES.index('medium')} END"
_ORDER = f"{_DAY} IS NULL, {_DAY}, {_RANK}, text, path, line"
_TURN = ", ".join(Turn._fields)
_MOST_VALUES = 500  # of one statement: older versions of SQLite allow 999


class Owners:
    """The clients of talks, worked out once for each folder, type and link."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[tuple[str, str | None, str | None], ClientRef | None] = {}

    def find(self, path: str, note_type: str | None, link: str | None) -> ClientRef | None:
        """The client of a talk, given its path, its type and the link in its `client` property."""
        key = (path.rpartition("/")[0], note_type, link)
        if key not in self._known:
            self._known[key] = self._catalog.owner_of_talk(path, note_type, link)
        return self._known[key]


def bounds(first: date, last: date) -> tuple[str, str]:
    """The days from `first` to `last` as the ends of a range of times: the second one doesn't belong to it."""
    return first.isoformat(), last.isoformat() + "U"  # which comes after the "T" before the time


def contact_days(catalog: Catalog, now: datetime, client: ClientRef | None = None) -> dict[str, list[date]]:
    """The days on which each client was contacted until now, oldest first, by the path of the client's note.

    `model.convert.contact_time` decides which conversations count. With `client`, only that client's days are complete.
    """
    source, values = catalog.client_notes_subquery(client)
    # the plus sign keeps SQLite from using the index on `contact`, which is slower when the rows are one client's
    where = f"{'+' * (client is not None)}contact IS NOT NULL AND contact <= ?"
    statement = f"SELECT folder, client, type, group_concat(DISTINCT contact) FROM {source} WHERE {where} GROUP BY 1, 2, 3"
    days_by_client: dict[str, set[date]] = {}
    for folder, link, note_type, text in catalog.rows(statement, *values, now.isoformat()):
        if owner := catalog.owner_of_talk(folder + "/-", note_type, link):  # "-" stands for any note in the folder
            days = (parse_iso_day(day) for day in text.split(","))
            days_by_client.setdefault(owner.path, set()).update(filter(None, days))
    return {path: sorted(days) for path, days in days_by_client.items()}


def dated_notes(catalog: Catalog) -> list[str]:
    """The paths of the notes without a type that count as a client's conversations."""
    rows = catalog.rows("SELECT path, type, client FROM notes WHERE talk = 1 AND type IS NOT 'interaction' ORDER BY path")
    return [path for path, note_type, link in rows if catalog.owner_of_talk(path, note_type, link)]


def open_follow_ups(catalog: Catalog, client: ClientRef | None = None) -> Iterator[tuple[str, str, date | None, int]]:
    """Counts of open and waiting follow-ups: the path of the client's note, the status, the earliest day, the count.

    A client and status may come several times, so add the counts up. With `client`, only that client's are complete.
    """
    where, values = catalog.client_filter(client)
    folder_column = "rtrim(path, replace(path, '/', ''))"
    totals = f"SELECT {folder_column}, client, links, status, min(coalesce(due, scheduled)), count(*) FROM follow_ups"
    rows = catalog.rows(f"{totals} WHERE status IN ('open', 'waiting') {where} GROUP BY 1, 2, 3, 4", *values)
    for folder, link, links, status, due, count in rows:
        if owner := catalog.owner_of_item(folder + "-", link, links):
            yield owner.path, status, parse_iso_day(due), count


def talks_without_summary(catalog: Catalog, client: ClientRef | None = None) -> Iterator[tuple[Note, ClientRef]]:
    """The conversations of one client, or of all, whose property `summary` is missing or empty, with their clients."""
    source, values = catalog.client_notes_subquery(client)
    is_missing = "coalesce(json_extract(properties, '$.summary'), '') = ''"
    statement = f"SELECT path, type, properties, excerpt, client FROM {source} WHERE +talk = 1 AND {is_missing} ORDER BY path"
    for row in catalog.rows(statement, *values):
        owner = catalog.owner_of_talk(row[0], row[1], row[4])
        if owner is not None and (client is None or owner.path == client.path):
            yield note_from_row(row[:4]), owner


class NoteDigests(NamedTuple):
    """The digest of a note's file when it was last read, and that of its body: see `model.body_digest`. Both may be empty."""

    file: bytes
    body: bytes


_DIGESTS = "coalesce((SELECT digest FROM files WHERE files.path = noted.path), x''), noted.body_digest"


def note_digests(catalog: Catalog, client: ClientRef) -> Iterator[tuple[Note, NoteDigests]]:
    """Every note of a client with its digests, by path."""
    source, values = catalog.client_notes_subquery(client)
    columns = "path, type, properties, excerpt, client"
    for row in catalog.rows(f"SELECT {columns}, {_DIGESTS} FROM {source} AS noted ORDER BY path", *values):
        if catalog.belongs_to(client, row[0], row[4]):
            yield note_from_row(row[:4]), NoteDigests(*row[5:])


def digests_of(catalog: Catalog, path: str) -> NoteDigests:
    """The digests of one note, empty if it isn't known."""
    rows = catalog.rows(f"SELECT {_DIGESTS} FROM notes AS noted WHERE path = ?", path)
    return NoteDigests(*rows[0]) if rows else NoteDigests(b"", b"")


def interactions_on(catalog: Catalog, day: date) -> list[Note]:
    """The interactions of one day, of all clients, by path."""
    return interactions_between(catalog, day, day)


def interactions_between(catalog: Catalog, first: date, last: date) -> list[Note]:
    """The interactions from one day to another, of all clients, by path."""
    statement = "SELECT path, type, properties, excerpt FROM notes WHERE type = 'interaction' AND at >= ? AND at < ? ORDER BY path"
    return [note_from_row(row) for row in catalog.rows(statement, *bounds(first, last))]


def bare_meetings(catalog: Catalog, first: date, last: date) -> list[Note]:
    """The meetings of a calendar on the days from `first` to `last` of which nobody has written anything, by time."""
    statement = "SELECT path, notes.type, properties, excerpt FROM turns INDEXED BY turns_bare JOIN notes USING (path)"
    where = "is_bare AND turns.at >= ? AND turns.at < ?"
    rows = catalog.rows(f"{statement} WHERE {where} ORDER BY turns.at, path", *bounds(first, last))
    return [note_from_row(row) for row in rows]


def turns(catalog: Catalog, first: date, last: date, client: ClientRef | None = None) -> dict[ClientRef, list[Turn]]:
    """The turns of the days from `first` to `last`, the oldest first, by client: of one or of all. Those of no client are left out."""
    owners = Owners(catalog)
    found: dict[ClientRef, list[Turn]] = {}
    inside, values = below_condition(client.folder if client else None)
    statement = f"SELECT {_TURN}, type, client FROM turns WHERE at >= ? AND at < ? AND (client IS NOT NULL OR {inside}) ORDER BY at, path"
    for row in catalog.rows(statement, *bounds(first, last), *values):
        owner = owners.find(row[0], row[-2], row[-1])
        if owner is not None and (client is None or owner.path == client.path):
            found.setdefault(owner, []).append(_turn(row))
    return found


def turns_with_handle(catalog: Catalog, prefix: str) -> list[tuple[Turn, ClientRef | None]]:
    """The messages that may be answered and whose notes have a handle that begins with a prefix, with their clients, by path."""
    columns = ", ".join(f"turns.{name}" for name in Turn._fields)
    where = "notes.id >= ? AND notes.id < ? AND thread IS NOT NULL AND direction != 'both'"
    statement = f"SELECT {columns}, turns.client FROM notes JOIN turns USING (path) WHERE {where} ORDER BY 1"
    rows = catalog.rows(statement, prefix.lower(), prefix.lower() + "g")
    return [(_turn(row), catalog.owner_of(row[0], link)) for *row, link in rows]


def _turn(row: Any) -> Turn:  # Any: a row of SQLite
    path, at, channel, direction, people, thread, subject, wants, is_settled, project, is_bare, *_ = row
    names = tuple(people.split(LIST_SEPARATOR)) if people else ()
    moment = datetime.fromisoformat(at)
    return Turn(path, moment, channel, direction, names, thread, subject, wants, bool(is_settled), project, bool(is_bare))


def old_threads(catalog: Catalog, before: date) -> Iterator[tuple[ClientRef, str]]:
    """The client and the direction of the last message of each thread that ended before a day with a call for an answer."""
    last = "SELECT path, client, direction, wants, is_settled, max(at) AS at FROM turns WHERE thread IS NOT NULL GROUP BY thread"
    calls = "at < ? AND direction != 'both' AND wants != 'none' AND NOT is_settled"
    rows = catalog.rows(f"SELECT rtrim(path, replace(path, '/', '')), client, direction FROM ({last}) WHERE {calls}", before.isoformat())
    owners = {key: catalog.owner_of(f"{key[0]}-", key[1]) for key in {(folder, link) for folder, link, _ in rows}}
    for folder, link, direction in rows:
        if owner := owners[folder, link]:
            yield owner, direction


def has_messages(catalog: Catalog) -> bool:
    """Whether there is any message that somebody might answer."""
    return bool(catalog.rows("SELECT 1 FROM turns WHERE thread IS NOT NULL LIMIT 1"))


def with_follow_up(catalog: Catalog, paths: Iterable[str]) -> set[str]:
    """Those of some notes that contain a follow-up, open or not, or that one came out of."""
    found = set()
    for group in _groups(paths):
        among = ", ".join("?" * len(group))
        found |= {path for (path,) in catalog.rows(f"SELECT path FROM follow_ups WHERE path IN ({among})", *group)}
        names = {fold(title_of_path(path)): path for path in group}
        from_them = catalog.rows(
            f"SELECT name FROM links WHERE name IN ({among}) AND key = 'from'", *names, *[""] * (len(group) - len(names))
        )
        found |= {names[name] for (name,) in from_them}
    return found


def client_statuses(catalog: Catalog, paths: Iterable[str]) -> dict[str, str]:
    """The `status` of each client, by the path of its note; without those that have none."""
    found: dict[str, str] = {}
    for group in _groups(paths):
        statement = f"SELECT path, json_extract(properties, '$.status') FROM notes WHERE path IN ({', '.join('?' * len(group))})"
        found |= {path: str(status).strip().lower() for path, status in catalog.rows(statement, *group) if status is not None}
    return found


def _groups(values: Iterable[str]) -> Iterator[list[str]]:
    """The values in lists that fit into one statement."""
    remaining = list(values)
    for start in range(0, len(remaining), _MOST_VALUES):
        yield remaining[start : start + _MOST_VALUES]


def interactions_after(catalog: Catalog, moment: datetime) -> Iterator[Note]:
    """The interactions after a moment, of all clients, the first one first."""
    statement = "SELECT path, type, properties, excerpt FROM notes WHERE type = 'interaction' AND at > ? ORDER BY at, path"
    return map(note_from_row, catalog.rows(statement, moment.isoformat()))


def past_talks(catalog: Catalog, now: datetime, client: ClientRef) -> Iterator[Note]:
    """The conversations that were a contact with a client, newest first, each read when it's asked for."""
    source, values = catalog.client_notes_subquery(client)
    where = "+contact IS NOT NULL AND contact <= ?"
    rows = catalog.rows(f"SELECT path, type, client FROM {source} WHERE {where} ORDER BY at DESC, path", *values, now.isoformat())
    for path, note_type, link in rows:
        owner = catalog.owner_of_talk(path, note_type, link)
        if owner is not None and owner.path == client.path and (note := catalog.note(path)):
            yield note


class DueQuery:
    """The open and waiting follow-ups on a day, of one client or of all, by state: one of STATES.

    "soon" is up to `last`; "hidden" is scheduled for a later day and not late. With a `period`, only those count whose
    day lies in it.
    """

    def __init__(
        self, catalog: Catalog, today: date, last: date, client: ClientRef | None, period: tuple[date, date] | None = None
    ) -> None:
        self.catalog = catalog
        self.client = client
        self._days = (today.isoformat(),) * 4 + (last.isoformat(),)
        self._period = f"{_DAY} BETWEEN ? AND ?" if period else "1"
        self._period_days = tuple(day.isoformat() for day in period or ())
        self._counts: Counter[tuple[str, str]] | None = None

    def count(self, status: str, state: str) -> int:
        """The number of follow-ups with a status, "open" or "waiting", that are in a state."""
        if self._counts is None:
            self._counts = self._count_all()
        return self._counts[status, state]

    def _count_all(self) -> Counter[tuple[str, str]]:
        client_where, values = self.catalog.client_filter(self.client)
        whose = "rtrim(path, replace(path, '/', '')), client, links" if self.client else "'', NULL, NULL"
        where = f"status IN ('open', 'waiting') AND {self._period} {client_where}"
        statement = f"SELECT {whose}, status, {_STATE}, count(*) FROM follow_ups WHERE {where} GROUP BY 1, 2, 3, 4, 5"
        counts: Counter[tuple[str, str]] = Counter()
        for folder, link, links, status, state, number in self.catalog.rows(statement, *self._days, *self._period_days, *values):
            owner = self.catalog.owner_of_item(folder + "-", link, links) if self.client else None
            if self.client is None or (owner is not None and owner.path == self.client.path):
                counts[status, state] += number
        return counts

    def follow_ups(self, status: str, states: Iterable[str], limit: int | None) -> list[FollowUp]:
        """The follow-ups with a status that are in one of the states, most urgent first, and no more than `limit`."""
        names = ", ".join(f"'{state}'" for state in states)
        where = [f"status = '{status}'", f"{_STATE} IN ({names})", self._period]
        order = _ORDER if limit is None else f"{_ORDER} LIMIT {limit}"
        return self.catalog.follow_ups_where(where, (*self._days, *self._period_days), self.client, order)
