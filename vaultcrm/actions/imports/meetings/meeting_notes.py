"""A meeting of a calendar as a note: what the calendar says, and what of it is still as an import wrote it.

What the calendar tells about a meeting besides its properties stands in a callout of the kind `calendar`, on top of the
note. Everything below it is the person's.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from vaultcrm.actions.imports.routing import Route
from vaultcrm.actions.imports.talk_notes import TalkNotes
from vaultcrm.actions.new_note import cut_at_word
from vaultcrm.dates.iso import parse_iso_datetime
from vaultcrm.disk.filenames import file_name
from vaultcrm.importers.inert import inert, inert_line
from vaultcrm.importers.message import Meeting, Party
from vaultcrm.markdown.callouts import CALENDAR
from vaultcrm.markdown.values import as_list, as_text
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.calendar_text import calendar_text
from vaultcrm.model.records import Note
from vaultcrm.rendering.new_note import note_text
from vaultcrm.vault.writer import NewNote

_MAX_DESCRIPTION = 20_000  # characters; a newsletter that somebody pasted


class Facts(NamedTuple):
    """What a calendar says of a meeting, as its note has it. `callout` is the whole callout; "" if the note has none."""

    start: datetime | None
    end: datetime | None
    people: tuple[str, ...]
    title: str
    callout: str

    def digests(self) -> tuple[str, ...]:
        """A few hexadecimal digits each for the time, the people, the title and the callout."""
        return tuple(map(_digest, ((self.start, self.end), self.people, self.title, self.callout.replace("\r\n", "\n"))))


def _digest(part: object) -> str:
    return hashlib.sha256(repr(part).encode("utf-8", "replace")).hexdigest()[:8]


class MeetingNotes:
    """Makes notes of meetings, with what `talk_notes` knows of clients, people and projects."""

    def __init__(self, talk_notes: TalkNotes) -> None:
        self.talk_notes = talk_notes

    def facts(self, meeting: Meeting, others: Sequence[Party], route: Route) -> Facts:
        """What a meeting's note says, if it is a new one. `others` are those who take part besides the user."""
        people = (self.talk_notes.person(party, route.client) for party in others)
        title = inert_line(meeting.summary) or "Meeting"
        return Facts(
            _moment(meeting.start), _moment(meeting.end), tuple(dict.fromkeys(filter(None, people))), title, _callout(meeting, title)
        )

    def make(self, meeting: Meeting, facts: Facts, route: Route) -> NewNote:
        """The note of a meeting: with its client, or in the inbox with the reason why it is there."""
        location = self.talk_notes.location(route.client)
        assert facts.start is not None, "each meeting has a start"
        properties: dict[str, Writable] = {
            **location.properties,
            "date": facts.start,
            "end": facts.end,
            "channel": "meeting",
            "people": [*facts.people],
            "project": self.talk_notes.project(route.client, facts.title, facts.start.date()),
            "summary": facts.title,
            "source": meeting.source,
            "unfiled": route.reason or None,
        }
        when = f"{facts.start:%Y-%m-%d %H%M}" if isinstance(meeting.start, datetime) else f"{facts.start:%Y-%m-%d}"
        title = file_name(f"{when} {cut_at_word(facts.title)}")
        return NewNote(location.folder, title, note_text(self.talk_notes.crm.vault.root, "interaction", title, properties, facts.callout))


def _moment(moment: date | None) -> datetime | None:
    """A time without its fraction of a second; a day as its midnight."""
    if moment is None or isinstance(moment, datetime):
        return moment and moment.replace(microsecond=0)
    return datetime.combine(moment, time())


def _callout(meeting: Meeting, title: str) -> str:
    """What the calendar says as a callout, in which nothing is live."""
    facts = [f"Place: {inert_line(meeting.location)}" if meeting.location else "", f"Link: {meeting.url}" if meeting.url else ""]
    description = meeting.description[:_MAX_DESCRIPTION] + (" …" if len(meeting.description) > _MAX_DESCRIPTION else "")
    parts = ["\n".join(filter(None, facts)), description]
    text = inert("\n\n".join(filter(None, parts)))
    lines = [f"[!{CALENDAR}] {inert(title)}", *(text.split("\n") if text else ())]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def facts_of(note: Note, body: str) -> Facts:
    """What a meeting's note says now of what an import wrote."""
    get = note.properties.get
    moments = (parse_iso_datetime(as_text(get(key))) for key in ("date", "end"))
    start, end = moments
    return Facts(start, end, tuple(as_list(get("people"))), as_text(get("summary")) or "", calendar_text(body).callout)
