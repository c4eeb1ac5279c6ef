"""The agenda of some days: the meetings with their clients, what to know before each, and what is due."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.due import due, urgency
from vaultcrm.actions.meetings import body_of, is_over
from vaultcrm.catalog.activity import interactions_after, interactions_between, past_talks
from vaultcrm.dates.period import parse_period
from vaultcrm.errors import InvalidInput
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.calendar_text import calendar_text, is_without_notes
from vaultcrm.model.convert import client_link, is_from_calendar, to_interaction
from vaultcrm.model.handles import handle
from vaultcrm.model.records import FollowUp, Interaction, Note

MOST_DAYS = 92
_LONGEST = timedelta(31)  # of a meeting that began before the first day
_SAID_BY_HAND = (None, "call", "meeting")  # channels of what is planned with a day and no time


class ToKnow(NamedTuple):
    """What to know before a meeting. `kind` is you_owe, they_owe, question or last_talk; `day` is when it's due, or was said."""

    kind: str
    text: str
    day: date | None
    id: str
    path: str
    line: int


class AgendaMeeting(NamedTuple):
    """A meeting. `to_know` is what matters most about its client, unless that stands with an earlier meeting of the day.

    `lacks_notes`: it's over, it's from a calendar, and nobody has written down what was said.
    """

    talk: Interaction
    place: str
    link: str
    lacks_notes: bool
    to_know: list[ToKnow]


class AgendaDay(NamedTuple):
    """One day: its meetings by time, and what is due on it, most urgent first; today also what is late."""

    day: date
    meetings: list[AgendaMeeting]
    due: list[FollowUp]


class Agenda(NamedTuple):
    """The days from `first` to `last` that have something; `next` is the first meeting after them."""

    first: date
    last: date
    days: list[AgendaDay]
    next: Interaction | None

    @property
    def has_meetings(self) -> bool:
        return any(day.meetings for day in self.days)


def parse_agenda_days(words: str, today: date, date_order: str) -> tuple[date, date]:
    """The days that are meant: "week" is seven days from today on. Raises InvalidInput."""
    first, last = parse_period({"": "today", "week": "7d"}.get(words.strip().lower(), words), today, date_order, prefer_past=False)
    if first is None or last is None or last - first > timedelta(MOST_DAYS):
        raise InvalidInput("An agenda has a first and a last day, at most three months apart.", "Try: vaultcrm agenda week")
    return first, last


def agenda(crm: Crm, first: date, last: date) -> Agenda:
    """The agenda from one day to another."""
    crm.refresh()
    meetings = [*_meetings(crm, first, last)]
    items = _due(crm, first, last)
    days = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(offset)
        of_day = _with_what_to_know(crm, [found for found in meetings if _is_on(found.talk, day)])
        due_items = sorted((item for item in items if _day_of(item, first, crm.today) == day), key=urgency)
        if of_day or due_items:
            days.append(AgendaDay(day, of_day, due_items))
    return Agenda(first, last, days, _next(crm, last))


class _Found(NamedTuple):
    owner: ClientRef | None
    note: Note
    talk: Interaction
    body: str


def _meetings(crm: Crm, first: date, last: date) -> Iterator[_Found]:
    """The meetings of the days, by time."""
    begin = first - min(_LONGEST, first - date.min)
    found = []
    for note in interactions_between(crm.catalog, begin, last):
        owner = crm.catalog.owner_of(note.path, client_link(note))
        talk = to_interaction(note, owner.name if owner else None)
        has_ended = talk.at is not None and talk.at.date() < first and not _is_on(talk, first)
        if _is_appointment(crm, note, talk) and not has_ended:
            found.append(_Found(owner, note, talk, (body_of(crm, note.path) or "") if is_from_calendar(note) else ""))
    yield from sorted(found, key=lambda one: (one.talk.at or datetime.min, one.talk.path))


def _is_appointment(crm: Crm, note: Note, talk: Interaction) -> bool:
    """Whether an interaction is one that was arranged: it's from a calendar, has an end, or lies ahead."""
    if talk.at is None:
        return False
    is_today = talk.at == datetime.combine(crm.today, time()) and talk.channel in _SAID_BY_HAND
    return is_from_calendar(note) or talk.end is not None or talk.at > crm.now or is_today


def _is_on(talk: Interaction, day: date) -> bool:
    """Whether a meeting takes place on a day, or goes on."""
    if talk.at is None:
        return False
    return talk.at.date() == day or (talk.at.date() < day and talk.end is not None and talk.end > datetime.combine(day, time()))


def _with_what_to_know(crm: Crm, found: Sequence[_Found]) -> list[AgendaMeeting]:
    told: set[str] = set()
    meetings = []
    for owner, note, talk, body in found:
        is_new = owner is not None and owner.path not in told and not talk.is_cancelled
        to_know = _to_know(crm, owner) if owner is not None and is_new else []
        told |= {owner.path} if owner is not None and is_new else set()
        text = calendar_text(body)
        lacks_notes = bool(body) and is_over(talk, crm.now) and is_without_notes(note, body)
        meetings.append(AgendaMeeting(talk, text.place, text.link, lacks_notes, to_know))
    return meetings


def _to_know(crm: Crm, owner: ClientRef) -> list[ToKnow]:
    """What matters most about a client: what is owed by either side, then what they asked last, else the last talk."""
    items = sorted(crm.catalog.follow_ups(("open", "waiting"), owner), key=urgency)
    lines = []
    for status, kind in (("open", "you_owe"), ("waiting", "they_owe")):
        item = next((item for item in items if item.status == status and not _is_hidden(item, crm.today)), None)
        if item is not None:
            lines.append(ToKnow(kind, item.text, item.day, item.id, item.path, item.line))
    question = next((point for point in crm.catalog.points(owner) if point.kind == "question"), None)
    if question is not None:
        return [*lines, ToKnow("question", question.text, question.on, question.id, question.path, question.line)]
    last = next((note for note in past_talks(crm.catalog, crm.now, owner) if note.excerpt or not is_from_calendar(note)), None)
    if last is None:
        return lines
    said = to_interaction(last, owner.name)
    day = said.at.date() if said.at else None
    return [*lines, ToKnow("last_talk", said.summary or said.title, day, handle(last.path), last.path, 1)]


def _is_hidden(item: FollowUp, today: date) -> bool:
    return item.scheduled is not None and item.scheduled > today and (item.due is None or item.due >= today)


def _due(crm: Crm, first: date, last: date) -> list[FollowUp]:
    found = due(crm, period=(first, last)).all()
    if first <= crm.today <= last:
        known = {item.id for item in found}
        today = due(crm, within=0)
        found += [item for item in (*today.late, *today.today, *today.waiting) if item.id not in known]
    return found


def _day_of(item: FollowUp, first: date, today: date) -> date:
    """The day on whose agenda a follow-up is; what was due before the first day is on today's."""
    return item.day if item.day and item.day >= first else today


def _next(crm: Crm, last: date) -> Interaction | None:
    for note in interactions_after(crm.catalog, max(datetime.combine(last, time.max), crm.now)):
        owner = crm.catalog.owner_of(note.path, client_link(note))
        talk = to_interaction(note, owner.name if owner else None)
        if not talk.is_cancelled:
            return talk
    return None
