"""The history of a client: conversations, what was agreed and said in them, follow-ups done or dropped, projects."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.clients import interactions
from vaultcrm.actions.crm import Crm
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.values import as_list, as_text
from vaultcrm.model.convert import to_project
from vaultcrm.model.handles import handle
from vaultcrm.model.records import Decision, FollowUp, Interaction, Point
from vaultcrm.model.schema import CHANNELS
from vaultcrm.normalize import fold

CONVERSATION = "conversation"  # the kind of an interaction without a channel
KINDS = ("talk", "decision", "feedback", "preference", "question", "done", "dropped", "project")  # "talk" is an interaction on any channel


class Event(NamedTuple):
    """Something that happened. `kind` is an interaction's channel ("conversation" without one), or another kind: see `timeline`.

    Without `has_time` only the date of `at` is known; what stands in an interaction's note has the time of the interaction,
    so that it can be sorted with it. `id` is the handle.
    """

    at: datetime
    kind: str
    text: str
    path: str
    line: int
    project: str | None
    has_time: bool
    is_planned: bool = False  # an interaction that lies ahead
    id: str = ""


def timeline(crm: Crm, name: str, since: date | None = None, kinds: tuple[str, ...] = (), project: str | None = None) -> list[Event]:
    """A client's history until today, newest first, and before it the interactions that are planned.

    `kinds` limits it to some channels and some of KINDS. Within a day, conversations come first, the last one before
    those before it, each followed by what was agreed and said in it; then what has no time.
    """
    crm.refresh()
    client_ref = lookup.client(crm, name)
    project_title = lookup.client_note(crm, "project", project, client_ref).title if project else None
    talks = {talk.path: talk for talk in interactions(crm, client_ref) if talk.at is not None}
    events = [
        *(_interaction_event(talk, crm.now) for talk in talks.values()),
        *_agreed_and_said(crm, client_ref, talks),
        *_closed_follow_ups(crm, client_ref),
        *_projects(crm, client_ref),
    ]
    shown = [
        event
        for event in events
        if (event.is_planned or event.at.date() <= crm.today)
        and (since is None or event.at.date() >= since)
        and _is_of_kind(event, kinds)
        and (project_title is None or fold(event.project or "") == fold(project_title))
    ]

    def order(event: Event) -> tuple[int, int, str, int, int, str]:
        talk = talks.get(event.path)
        seconds = event.at.hour * 3600 + event.at.minute * 60 + event.at.second if talk else -1
        is_talk = talk is not None and _is_talk(event)
        return -event.at.toordinal(), -seconds, event.path if talk else "", not is_talk, _rank(event.kind), f"{event.line:07}{event.path}"

    return sorted(shown, key=order)


def _is_talk(event: Event) -> bool:
    return event.kind in CHANNELS or event.kind == CONVERSATION


def _is_of_kind(event: Event, kinds: Iterable[str]) -> bool:
    return not kinds or event.kind in kinds or ("talk" in kinds and _is_talk(event))


def _rank(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else 0


def _interaction_event(talk: Interaction, now: datetime) -> Event:
    assert talk.at is not None
    has_time = talk.at.time() != time()
    kind = talk.channel or CONVERSATION
    text = (talk.summary or talk.title) + (" (cancelled)" if talk.is_cancelled else "")
    return Event(talk.at, kind, text, talk.path, 1, talk.project, has_time, talk.is_planned(now), handle(talk.path))


def _agreed_and_said(crm: Crm, client_ref: ClientRef, talks: dict[str, Interaction]) -> Iterator[Event]:
    """Decisions, feedback, preferences and questions that have a day."""
    for decision in crm.catalog.decisions(client_ref):
        if decision.on:
            remark = "" if decision.status == "in force" else f" ({decision.status})"
            yield _event(decision.on, "decision", decision.text + remark, decision, talks)
    for point in crm.catalog.points(client_ref):
        if point.on:
            yield _event(point.on, point.kind, point.text, point, talks)


def _closed_follow_ups(crm: Crm, client_ref: ClientRef) -> Iterator[Event]:
    """Follow-ups done or cancelled on a known day, and each occurrence of a recurring one that is done."""
    for item in crm.catalog.follow_ups((), client_ref):
        occurrences: set[date] = set()
        if item.recurrence and item.kind == "note" and (note := crm.catalog.note(item.path)):
            occurrences = {day for text in as_list(note.properties.get("complete_instances")) if (day := parse_iso_day(text))}
            yield from (_event(day, "done", item.text, item) for day in occurrences)
        is_dropped = item.status == "cancelled"
        # the last occurrence closes the note as well
        if item.completed and not item.is_open and (is_dropped or not occurrences):
            yield _event(item.completed, "dropped" if is_dropped else "done", item.text, item)


def _projects(crm: Crm, client_ref: ClientRef) -> Iterator[Event]:
    """The first and the last day of projects. One that has ended without a day of its own ended by its deadline."""
    for note in crm.catalog.client_notes("project", client_ref):
        project = to_project(note, client_ref.name)
        days = [(project.start, "begins")]
        if not project.is_running:
            completed = parse_iso_day(as_text(note.properties.get("completedDate")))
            verb = f"is {project.status}"
            days.append((completed, verb) if completed else (project.deadline, f"{verb}, by its deadline"))
        for day, verb in days:
            if day:
                at = datetime.combine(day, time())
                yield Event(at, "project", f"{project.name} {verb}", project.path, 1, project.name, False, id=handle(project.path))


def _event(
    day: date | None, kind: str, text: str, record: Decision | FollowUp | Point, talks: dict[str, Interaction] | None = None
) -> Event:
    assert day is not None
    talk = (talks or {}).get(record.path)
    project = record.project if not isinstance(record, Point) else talk.project if talk else None
    at = talk.at if talk and talk.at and talk.at.date() == day else datetime.combine(day, time())
    return Event(at, kind, text, record.path, record.line, project, False, id=record.id)
