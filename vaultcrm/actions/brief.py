"""All that one needs before a call, and all that has happened: the brief and the timeline of a client."""

from datetime import date, datetime, time
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.clients import ClientSummary, client, people, projects, summaries
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.due import urgency
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.convert import to_interaction
from vaultcrm.model.records import Decision, FollowUp, Interaction, Person, Point, Problem, Project
from vaultcrm.normalize import fold


class Brief(NamedTuple):
    """Where things stand with one client. Lists hold what matters most first; `talks` the newest first."""

    summary: ClientSummary
    people: list[Person]
    projects: list[Project]
    owed_by_me: list[FollowUp]
    owed_by_them: list[FollowUp]
    decisions: list[Decision]
    feedback: list[Point]
    preferences: list[Point]
    questions: list[Point]
    interactions: list[Interaction]
    problems: list[Problem]


def brief(crm: Crm, name: str) -> Brief:
    """Everything for one screen about a client."""
    crm.refresh()
    client_ref = lookup.client(crm, name)
    items = sorted(crm.catalog.follow_ups(("open", "waiting"), client_ref), key=urgency)
    points = crm.catalog.points(client_ref)
    return Brief(
        summary=summaries(crm, [client(crm, client_ref.path)])[0],
        people=people(crm, client_ref),
        projects=[project for project in projects(crm, client_ref) if project.is_running],
        owed_by_me=[item for item in items if item.status == "open"],
        owed_by_them=[item for item in items if item.status == "waiting"],
        decisions=[decision for decision in crm.catalog.decisions(client_ref) if decision.status == "in force"],
        feedback=[point for point in points if point.kind == "feedback"],
        preferences=[point for point in points if point.kind == "preference"],
        questions=[point for point in points if point.kind == "question"],
        interactions=[talk for talk in interactions(crm, client_ref) if talk.at is None or talk.at.date() <= crm.today],
        problems=crm.catalog.problems(client_ref.folder),
    )


def interactions(crm: Crm, client_ref: ClientRef) -> list[Interaction]:
    """A client's interactions, newest first; one without a date comes last."""
    found = [to_interaction(note, client_ref.name) for note in crm.catalog.belonging("interaction", client_ref)]
    return sorted(found, key=lambda talk: (talk.at or datetime.min, talk.path), reverse=True)


class Event(NamedTuple):
    """Something that happened, or is to happen: `kind` is a channel, or says what else it was."""

    at: datetime
    kind: str
    text: str
    path: str
    line: int
    project: str | None
    has_time: bool


def timeline(crm: Crm, name: str, since: date | None = None, kinds: tuple[str, ...] = (), project: str | None = None) -> list[Event]:
    """A client's history until today, newest first. `kinds` are channels, "decision", "done", "project", or a point's.

    What an interaction lists among its properties is part of that talk; what stands in a callout has a line of its own.
    """
    crm.refresh()
    client_ref = lookup.client(crm, name)
    wanted = lookup.client_note(crm, "project", project, client_ref).title if project else None
    events = [_interaction_event(talk) for talk in interactions(crm, client_ref) if talk.at is not None]
    events += [
        _event(d.on, "decision", f"{d.text}{'' if d.status == 'in force' else f' ({d.status})'}", d)
        for d in crm.catalog.decisions(client_ref)
        if d.on and d.kind != "interaction"
    ]
    events += [_event(p.on, p.kind, p.text, p) for p in crm.catalog.points(client_ref) if p.on and p.form == "callout"]
    events += [_event(f.completed, "done", f.text, f) for f in crm.catalog.follow_ups(("done",), client_ref) if f.completed]
    for work in projects(crm, client_ref):
        if work.start:
            events.append(Event(datetime.combine(work.start, time()), "project", f"{work.name} begins", work.path, 1, work.name, False))
    return sorted(
        (
            event
            for event in events
            if event.at.date() <= crm.today
            and (since is None or event.at.date() >= since)
            and (not kinds or event.kind in kinds)
            and (wanted is None or fold(event.project or "") == fold(wanted))
        ),
        key=lambda event: (event.at, event.path),
        reverse=True,
    )


def _interaction_event(talk: Interaction) -> Event:
    assert talk.at is not None
    return Event(talk.at, talk.channel or "talk", talk.summary or talk.title, talk.path, 1, talk.project, talk.at.time() != time())


def _event(day: date | None, kind: str, text: str, record: Decision | FollowUp | Point) -> Event:
    assert day is not None
    project = None if isinstance(record, Point) else record.project
    return Event(datetime.combine(day, time()), kind, text, record.path, record.line, project, False)
