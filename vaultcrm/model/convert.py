"""A note's properties as a client, a person, a project, an interaction."""

import re
from datetime import date

from vaultcrm.dates.iso import day_in, moment_in
from vaultcrm.dates.parse import parse_span
from vaultcrm.errors import NotUnderstood
from vaultcrm.markdown.values import Value, items, words
from vaultcrm.markdown.wikilinks import title_of
from vaultcrm.model.records import Client, Interaction, Note, Person, Project
from vaultcrm.model.schema import PROPERTIES, Kind


def link_of(note: Note) -> str | None:
    """The client that a note names itself, if it does."""
    return words(note.properties.get("client"))


# A note's day, as far as it has one: when it was, is due, ended, began, was written.
_DAYS = ("date", "due", "completedDate", "start", "dateCreated")


def day_of(note: Note) -> date | None:
    """The day that a note is about: the first of its dates, or the one that its title begins with."""
    found = (day_in(words(note.properties.get(key))) for key in _DAYS)
    return next((day for day in found if day), None) or day_in(note.title[:10])


def one_of(value: Value, allowed: tuple[str, ...]) -> str | None:
    """A choice as the table spells it; None when it is something else."""
    text = (words(value) or "").strip().lower()
    return text if text in allowed else None


def client_of(note: Note) -> Client:
    """A note of type client as a Client."""
    get = note.properties.get
    try:
        cadence = parse_span(words(get("cadence")) or "")
    except NotUnderstood:
        cadence = None
    from_table = PROPERTIES["client"]
    return Client(
        name=note.title,
        path=note.path,
        status=one_of(get("status"), choices(from_table["status"])),
        stage=one_of(get("stage"), choices(from_table["stage"])),
        tags=items(get("tags")),
        aliases=items(get("aliases")),
        cadence_days=cadence,
        note=note,
    )


def person_of(note: Note) -> Person:
    get = note.properties.get
    return Person(note.title, note.path, words(get("role")), items(get("email")), items(get("phone")), items(get("aliases")))


def project_of(note: Note, client: str | None) -> Project:
    get = note.properties.get
    table = PROPERTIES["project"]
    return Project(
        name=note.title,
        path=note.path,
        client=client,
        status=one_of(get("status"), choices(table["status"])),
        stage=one_of(get("stage"), choices(table["stage"])),
        start=day_in(words(get("start"))),
        deadline=day_in(words(get("deadline"))),
        value=words(get("value")),
        currency=words(get("currency")),
        tags=items(get("tags")),
        excerpt=note.excerpt,
    )


def interaction_of(note: Note, client: str | None) -> Interaction:
    """A conversation. Without a `date` the file's name tells the day, if it begins with one."""
    get = note.properties.get
    named = re.match(r"(\d{4}-\d{2}-\d{2})(?: (\d{2})(\d{2}))?(?!\d)", note.title)
    at = moment_in(words(get("date")))
    if at is None and named:
        at = moment_in(f"{named[1]}T{named[2] or '00'}:{named[3] or '00'}") or moment_in(named[1])
    return Interaction(
        title=note.title[named.end() :].strip() if named and named.end() < len(note.title) else note.title,
        path=note.path,
        client=client,
        at=at,
        channel=one_of(get("channel"), choices(PROPERTIES["interaction"]["channel"])),
        direction=one_of(get("direction"), ("in", "out")),
        people=tuple(title_of(person) or person for person in items(get("people"))),
        project=title_of(words(get("project"))),
        summary=words(get("summary")) or note.excerpt,
        tags=items(get("tags")),
    )


def choices(kind: Kind) -> tuple[str, ...]:
    return kind if isinstance(kind, tuple) else ()
