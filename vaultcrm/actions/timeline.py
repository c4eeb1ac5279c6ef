"""What happened with a client, in order of time."""

from datetime import date, datetime, time
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.brief import interactions
from vaultcrm.actions.clients import projects
from vaultcrm.actions.crm import Crm
from vaultcrm.model.records import Decision, FollowUp, Interaction, Point
from vaultcrm.normalize import fold


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

    What an interaction lists among its properties is part of it; what stands in a callout has a line of its own.
    """
    crm.refresh()
    client_ref = lookup.client(crm, name)
    wanted = lookup.client_note(crm, "project", project, client_ref).title if project else None
    events = [_interaction_event(interaction) for interaction in interactions(crm, client_ref) if interaction.at is not None]
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


def _interaction_event(interaction: Interaction) -> Event:
    assert interaction.at is not None
    return Event(
        interaction.at,
        interaction.channel or "talk",
        interaction.summary or interaction.title,
        interaction.path,
        1,
        interaction.project,
        interaction.at.time() != time(),
    )


def _event(day: date | None, kind: str, text: str, record: Decision | FollowUp | Point) -> Event:
    assert day is not None
    project = None if isinstance(record, Point) else record.project
    return Event(datetime.combine(day, time()), kind, text, record.path, record.line, project, False)
