"""A note's properties as a client, a person, a project, an interaction."""

import re
from datetime import date

from vaultcrm.dates.iso import parse_iso_datetime, parse_iso_day
from vaultcrm.dates.parse import parse_duration
from vaultcrm.errors import InvalidInput
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.markdown.wikilinks import link_title
from vaultcrm.model.records import Client, Interaction, Note, Person, Project
from vaultcrm.model.schema import PROPERTIES, PropertyType


def client_link(note: Note) -> str | None:
    """The client that a note names itself, if it does."""
    return as_text(note.properties.get("client"))


# A note's day, as far as it has one: when it was, is due, ended, began, was written.
_DAYS = ("date", "due", "completedDate", "start", "dateCreated")


def note_day(note: Note) -> date | None:
    """The day that a note is about: the first of its dates, or the one that its title begins with."""
    found = (parse_iso_day(as_text(note.properties.get(key))) for key in _DAYS)
    return next((day for day in found if day), None) or parse_iso_day(note.title[:10])


def to_choice(value: Value, allowed: tuple[str, ...]) -> str | None:
    """A choice as the table spells it; None when it is something else."""
    text = (as_text(value) or "").strip().lower()
    return text if text in allowed else None


def to_client(note: Note) -> Client:
    """A note of type client as a Client."""
    get = note.properties.get
    try:
        cadence = parse_duration(as_text(get("cadence")) or "")
    except InvalidInput:
        cadence = None
    from_table = PROPERTIES["client"]
    return Client(
        name=note.title,
        path=note.path,
        status=to_choice(get("status"), allowed_choices(from_table["status"])),
        stage=to_choice(get("stage"), allowed_choices(from_table["stage"])),
        tags=as_list(get("tags")),
        aliases=as_list(get("aliases")),
        cadence_days=cadence,
        note=note,
    )


def to_person(note: Note) -> Person:
    get = note.properties.get
    return Person(note.title, note.path, as_text(get("role")), as_list(get("email")), as_list(get("phone")), as_list(get("aliases")))


def to_project(note: Note, client: str | None) -> Project:
    get = note.properties.get
    table = PROPERTIES["project"]
    return Project(
        name=note.title,
        path=note.path,
        client=client,
        status=to_choice(get("status"), allowed_choices(table["status"])),
        stage=to_choice(get("stage"), allowed_choices(table["stage"])),
        start=parse_iso_day(as_text(get("start"))),
        deadline=parse_iso_day(as_text(get("deadline"))),
        value=as_text(get("value")),
        currency=as_text(get("currency")),
        tags=as_list(get("tags")),
        excerpt=note.excerpt,
    )


def to_interaction(note: Note, client: str | None) -> Interaction:
    """A conversation. Without a `date` the file's name tells the day, if it begins with one."""
    get = note.properties.get
    named = re.match(r"(\d{4}-\d{2}-\d{2})(?: (\d{2})(\d{2}))?(?!\d)", note.title)
    at = parse_iso_datetime(as_text(get("date")))
    if at is None and named:
        at = parse_iso_datetime(f"{named[1]}T{named[2] or '00'}:{named[3] or '00'}") or parse_iso_datetime(named[1])
    return Interaction(
        title=note.title[named.end() :].strip() if named and named.end() < len(note.title) else note.title,
        path=note.path,
        client=client,
        at=at,
        channel=to_choice(get("channel"), allowed_choices(PROPERTIES["interaction"]["channel"])),
        direction=to_choice(get("direction"), ("in", "out")),
        people=tuple(link_title(person) or person for person in as_list(get("people"))),
        project=link_title(as_text(get("project"))),
        summary=as_text(get("summary")) or note.excerpt,
        tags=as_list(get("tags")),
    )


def allowed_choices(property_type: PropertyType) -> tuple[str, ...]:
    return property_type if isinstance(property_type, tuple) else ()
