"""The history of a client: conversations, decisions, callouts, closed follow-ups and projects."""

from datetime import date, datetime, time
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.clients import interactions, projects
from vaultcrm.actions.crm import Crm
from vaultcrm.model.records import Decision, FollowUp, Interaction, Point
from vaultcrm.normalize import fold


class Event(NamedTuple):
    """Something that happened. `kind` is an interaction's channel ("conversation" without one), or another kind: see `timeline`.

    Without `has_time` only the date of `at` is known.
    """

    at: datetime
    kind: str
    text: str
    path: str
    line: int
    project: str | None
    has_time: bool
    is_planned: bool = False  # an interaction on a day to come


def timeline(crm: Crm, name: str, since: date | None = None, kinds: tuple[str, ...] = (), project: str | None = None) -> list[Event]:
    """A client's history until today, newest first, and before it the interactions that are planned.

    `kinds` limits it to some channels and to "decision", "feedback", "preference", "question", "done" or
    "project". Decisions and feedback in an interaction's properties are part of that interaction's event;
    callouts are events of their own.
    """
    crm.refresh()
    client_ref = lookup.client(crm, name)
    project_title = lookup.client_note(crm, "project", project, client_ref).title if project else None
    events = [_interaction_event(interaction, crm.today) for interaction in interactions(crm, client_ref) if interaction.at is not None]
    events += [
        _event(decision.on, "decision", decision.text + ("" if decision.status == "in force" else f" ({decision.status})"), decision)
        for decision in crm.catalog.decisions(client_ref)
        if decision.on and decision.kind != "interaction"
    ]
    events += [
        _event(point.on, point.kind, point.text, point) for point in crm.catalog.points(client_ref) if point.on and point.form == "callout"
    ]
    events += [_event(item.completed, "done", item.text, item) for item in crm.catalog.follow_ups(("done",), client_ref) if item.completed]
    for started in projects(crm, client_ref):
        if started.start:
            at = datetime.combine(started.start, time())
            events.append(Event(at, "project", f"{started.name} begins", started.path, 1, started.name, has_time=False))
    return sorted(
        (
            event
            for event in events
            if (event.is_planned or event.at.date() <= crm.today)
            and (since is None or event.at.date() >= since)
            and (not kinds or event.kind in kinds)
            and (project_title is None or fold(event.project or "") == fold(project_title))
        ),
        key=lambda event: (event.at, event.path),
        reverse=True,
    )


def _interaction_event(interaction: Interaction, today: date) -> Event:
    assert interaction.at is not None
    return Event(
        interaction.at,
        interaction.channel or "conversation",
        interaction.summary or interaction.title,
        interaction.path,
        1,
        interaction.project,
        interaction.at.time() != time(),
        interaction.is_planned(today),
    )


def _event(day: date | None, kind: str, text: str, record: Decision | FollowUp | Point) -> Event:
    assert day is not None
    project = None if isinstance(record, Point) else record.project
    return Event(datetime.combine(day, time()), kind, text, record.path, record.line, project, False)
