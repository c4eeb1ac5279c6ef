"""Convert a note's properties to a Client, Person, Project or Interaction."""

import re
from datetime import date, datetime

from vaultcrm.dates.duration import parse_duration
from vaultcrm.dates.iso import parse_iso_datetime, parse_iso_day
from vaultcrm.errors import InvalidInput
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.markdown.wikilinks import link_title
from vaultcrm.model.records import Client, Interaction, Note, Person, Project
from vaultcrm.model.schema import CHANNEL_SYNONYMS, CHANNELS, PROPERTIES, TYPES, PropertyType


def client_link(note: Note) -> str | None:
    """The note's `client` property: which client it belongs to, whatever folder it is in. None without one."""
    return as_text(note.properties.get("client"))


# The properties that may hold a note's date, in the order in which they are tried:
# when it happened, was completed, started, was written down. The day on which something is due says nothing about its note.
_DATE_KEYS = ("date", "completedDate", "start", "dateCreated")


def note_day(note: Note) -> date | None:
    """The day that a note is about: the first date among its properties, else the date that its title begins with."""
    days = (parse_iso_day(as_text(note.properties.get(key))) for key in _DATE_KEYS)
    return next((day for day in days if day), None) or parse_iso_day(note.title[:10])


def body_day(note: Note) -> date | None:
    """The day on which a note's body was written, if known: its `date`, else the date that its title begins with."""
    return parse_iso_day(as_text(note.properties.get("date"))) or parse_iso_day(note.title[:10])


def body_project(note: Note) -> str | None:
    """The project that a note's body is about: the note itself if it is a project, else its `project` property."""
    return note.title if note.type == "project" else link_title(as_text(note.properties.get("project")))


def to_choice(value: Value, allowed: tuple[str, ...]) -> str | None:
    """The allowed value that a property holds, ignoring case and surrounding spaces; None if it holds anything else."""
    text = (as_text(value) or "").strip().lower()
    return text if text in allowed else None


def to_client(note: Note) -> Client:
    """Convert a note of type client. A cadence that is not a duration counts as none."""
    get = note.properties.get
    try:
        cadence = parse_duration(as_text(get("cadence")) or "")
    except InvalidInput:
        cadence = None
    table = PROPERTIES["client"]
    return Client(
        name=note.title,
        path=note.path,
        status=to_choice(get("status"), allowed_choices(table["status"])),
        stage=to_choice(get("stage"), allowed_choices(table["stage"])),
        tags=as_list(get("tags")),
        aliases=as_list(get("aliases")),
        cadence=cadence,
        note=note,
    )


def to_person(note: Note) -> Person:
    get = note.properties.get
    return Person(
        name=note.title,
        path=note.path,
        role=as_text(get("role")),
        email=as_list(get("email")),
        phone=as_list(get("phone")),
        aliases=as_list(get("aliases")),
        until=parse_iso_day(as_text(get("until"))),
        excerpt=note.excerpt,
    )


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
        valid_until=parse_iso_day(as_text(get("valid_until"))),
    )


def without_date(title: str) -> str:
    """A title without the date, or date and time, that it starts with. A title that is nothing else stays whole."""
    return re.sub(r"^\d{4}-\d{2}-\d{2}(?: \d{4}(?!\d))?+ +(?=\S)", "", title)


def talk_time(note: Note) -> datetime | None:
    """When a conversation was: its `date`; without a valid one, the date and time at the start of the file name."""
    if at := parse_iso_datetime(as_text(note.properties.get("date"))):
        return at
    name = re.match(r"(\d{4}-\d{2}-\d{2})(?: (\d{2})(\d{2}))?(?!\d)", note.title)
    return (parse_iso_datetime(f"{name[1]}T{name[2] or '00'}:{name[3] or '00'}") or parse_iso_datetime(name[1])) if name else None


def to_interaction(note: Note, client: str | None) -> Interaction:
    """Convert a conversation: see `is_talk`."""
    get = note.properties.get
    return Interaction(
        title=without_date(note.title),
        path=note.path,
        client=client,
        at=talk_time(note),
        channel=talk_channel(note),
        direction=to_choice(get("direction"), ("in", "out")),
        people=tuple(link_title(person) or person for person in as_list(get("people"))),
        project=link_title(as_text(get("project"))),
        summary=as_text(get("summary")) or note.excerpt,
        tags=as_list(get("tags")),
        has_summary=bool(as_text(get("summary"))),
        end=parse_iso_datetime(as_text(get("end"))),
        is_cancelled=is_cancelled(note),
        source=as_text(get("source")),
        thread=as_text(get("thread")),
    )


# Folders whose notes are no talks, whatever date they have
_OTHER_FOLDERS = frozenset(("files", "templates", "follow-ups", "decisions"))


def is_talk(note: Note) -> bool:
    """Whether a note is a conversation, if it belongs to a client: an interaction, or a note with a date and without a type.

    A type that is the name of a channel, such as `meeting`, is as good as none.
    """
    if note.type == "interaction":
        return True
    is_untyped = note.type is None or _channel_of_type(note) is not None
    return is_untyped and body_day(note) is not None and _OTHER_FOLDERS.isdisjoint(note.folder.lower().split("/"))


def talk_channel(note: Note) -> str | None:
    """The channel of a conversation. For a note without a type it is "note", unless its properties say more."""
    channel = to_choice(note.properties.get("channel"), CHANNELS)
    return channel if note.type == "interaction" else channel or _channel_of_type(note) or "note"


_SETTLING = ("next_step", "follow_up", "follow_up_done", "follow_up_status")


def is_settled(note: Note) -> bool:
    """Whether a conversation has a follow-up of its own, or had one: then nobody waits without it being known."""
    return any(as_text(note.properties.get(key)) for key in _SETTLING)


def contact_time(note: Note, at: datetime | None) -> date | None:
    """When a conversation is a contact with the client: from that day on, or from that time on if it's an appointment,
    which has an `end`. None on the channel "note", cancelled, or without a date.

    `at` is its time. A dated note without a type is nearly always about a talk, so it counts unless its
    own `channel` is "note".
    """
    if to_choice(note.properties.get("channel"), CHANNELS) == "note" or is_cancelled(note):
        return None
    if at is None or parse_iso_datetime(as_text(note.properties.get("end"))):
        return at
    return at.date()


def is_cancelled(note: Note) -> bool:
    """Whether a conversation was called off: its `status` says so. Whatever else that says belongs to the user."""
    return to_choice(note.properties.get("status"), ("cancelled", "canceled")) is not None


def is_from_calendar(note: Note) -> bool:
    """Whether a conversation is a meeting that a calendar told of."""
    return (as_text(note.properties.get("source")) or "").startswith("ics:")


def _channel_of_type(note: Note) -> str | None:
    """The channel that a type which the schema doesn't know is the name of: `meeting`, `phone call`, `Zoom`."""
    if note.type is None or note.type in TYPES:
        return None
    name = note.type.replace("-", " ").replace("_", " ")
    return name if name in CHANNELS else CHANNEL_SYNONYMS.get(name)


def allowed_choices(property_type: PropertyType) -> tuple[str, ...]:
    """The values that a property may hold; () if its type is not a list of choices."""
    return property_type if isinstance(property_type, tuple) else ()
