"""Where talks came from and when, and what they wait for: counted, not read."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from vaultcrm.catalog.activity import Owners, bounds
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.links.ownership import ClientRef

SOURCE = "json_extract(properties, '$.source')"
IS_IMPORTED = f"typeof({SOURCE}) = 'text'"
_WINDOW = "turns JOIN notes USING (path) WHERE turns.at >= ? AND turns.at < ?"
LONG = 300  # characters: a shorter text is its own summary


class TalkCount(NamedTuple):
    """The talks of one client on one day that came from one kind of source ("mail", "ics", "" for a hand), about one project.

    `unsummarised` are those without a summary whose text is longer than `LONG`.
    """

    client: ClientRef
    day: date
    source: str
    project: str | None
    number: int
    unsummarised: int


def count_talks(catalog: Catalog, first: date, last: date) -> Iterator[TalkCount]:
    """The talks of the days from `first` to `last`, in no order. Those of no client are left out."""
    kind = f"CASE WHEN {IS_IMPORTED} THEN substr({SOURCE}, 1, instr({SOURCE}, ':') - 1) ELSE '' END"
    project = "json_extract(properties, '$.project')"
    unsummarised = f"length(excerpt) > {LONG} AND json_extract(properties, '$.summary') IS NULL"
    statement = f"""SELECT folder, turns.type, turns.client, substr(turns.at, 1, 10), {kind}, {project}, count(*), sum({unsummarised})
        FROM {_WINDOW} GROUP BY 1, 2, 3, 4, 5, 6"""
    owners = Owners(catalog)
    for folder, note_type, link, day, source, project_link, number, without in catalog.rows(statement, *bounds(first, last)):
        if owner := owners.find(f"{folder}/-", note_type, link):
            text = project_link if isinstance(project_link, str) and not project_link.startswith('["') else None
            yield TalkCount(owner, date.fromisoformat(day), source, text, number, without)


def waits_for(catalog: Catalog, path: str) -> tuple[bool, bool, bool]:
    """Whether a message asks for an answer, whether it begins its thread, and whether it is a mail."""
    statement = f"SELECT wants = 'answer', thread = {SOURCE}, turns.channel = 'email' FROM turns JOIN notes USING (path) WHERE path = ?"
    wants, opens, is_mail = catalog.rows(statement, path)[0]
    return bool(wants), bool(opens), bool(is_mail)


def chats_begun(catalog: Catalog, conversation: str) -> Iterator[tuple[ClientRef, date]]:
    """The clients with whom there was a chat, and the day of the first talk of it."""
    statement = (
        "SELECT path, type, client, min(substr(at, 1, 10)) FROM turns WHERE thread = ? GROUP BY rtrim(path, replace(path, '/', '')), 2, 3"
    )
    owners = Owners(catalog)
    days: dict[ClientRef, date] = {}
    for path, note_type, link, text in catalog.rows(statement, conversation):
        if owner := owners.find(path, note_type, link):
            days[owner] = min(date.fromisoformat(text), days.get(owner, date.max))
    yield from sorted(days.items())
