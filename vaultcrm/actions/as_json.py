"""The JSON of each record: keys are added, never renamed or removed, and null is spelled out."""

from datetime import date
from typing import TYPE_CHECKING

from vaultcrm.actions.clients import Stale, Standing
from vaultcrm.actions.crm import WriteResult
from vaultcrm.model.records import Decision, FollowUp, Interaction, Person, Point, Problem, Project

if TYPE_CHECKING:  # Whoosh is loaded when something is searched, git asked when something is synced
    from vaultcrm.actions.search import Hit
    from vaultcrm.actions.sync import Synced

Shape = dict[str, object]


def of_follow_up(item: FollowUp, today: date) -> Shape:
    return {
        "id": item.id, "text": item.text, "client": item.client, "project": item.project, "due": _day(item.due),
        "scheduled": _day(item.scheduled), "status": item.status, "priority": item.priority, "recurrence": item.recurrence,
        "since": _day(item.since), "completed": _day(item.completed), "blocked": item.is_blocked,
        "source": {"kind": item.kind, "path": item.path, "line": item.line}, "days": item.days(today),
    }  # fmt: skip


def of_standing(standing: Standing) -> Shape:
    one = standing.client
    return {
        "name": one.name, "path": one.path, "status": one.status, "stage": one.stage, "tags": list(one.tags), "aliases": list(one.aliases),
        "last_contact": _day(standing.last_contact), "silent_days": standing.silent_days, "usual_days": standing.usual_days,
        "cadence_days": one.cadence_days, "next_due": _day(standing.next_due), "open": standing.open, "waiting": standing.waiting,
    }  # fmt: skip


def of_stale(item: Stale) -> Shape:
    return {**of_standing(item.standing), "reasons": item.reasons}


def of_person(person: Person) -> Shape:
    return {
        "name": person.name, "path": person.path, "role": person.role, "email": list(person.email), "phone": list(person.phone),
        "aliases": list(person.aliases),
    }  # fmt: skip


def of_project(project: Project) -> Shape:
    return {
        "name": project.name, "path": project.path, "client": project.client, "status": project.status, "stage": project.stage,
        "start": _day(project.start), "deadline": _day(project.deadline), "value": project.value, "currency": project.currency,
        "tags": list(project.tags),
    }  # fmt: skip


def of_interaction(talk: Interaction) -> Shape:
    return {
        "title": talk.title, "path": talk.path, "client": talk.client, "date": talk.at.isoformat() if talk.at else None,
        "channel": talk.channel, "direction": talk.direction, "people": list(talk.people), "project": talk.project,
        "summary": talk.summary or None, "tags": list(talk.tags),
    }  # fmt: skip


def of_decision(decision: Decision) -> Shape:
    return {
        "id": decision.id, "text": decision.text, "client": decision.client, "project": decision.project, "date": _day(decision.on),
        "status": decision.status, "topic": decision.topic, "by": decision.by, "via": decision.via,
        "source": {"path": decision.path, "line": decision.line},
    }  # fmt: skip


def of_point(point: Point) -> Shape:
    return {
        "id": point.id,
        "kind": point.kind,
        "text": point.text,
        "date": _day(point.on),
        "source": {"path": point.path, "line": point.line},
    }


def of_hit(hit: "Hit") -> Shape:
    return {
        "path": hit.path, "line": hit.snippet.line, "client": hit.client, "type": hit.type, "title": hit.title, "date": _day(hit.date),
        "score": hit.score, "snippet": hit.snippet.text,
    }  # fmt: skip


def of_problem(problem: Problem) -> Shape:
    return dict(problem._asdict())


def of_synced(done: "Synced") -> Shape:
    """`committed` and `received` are in words, a line for each client; `pushed`, `ahead` and `behind` count commits."""
    conflicts = [{**one._asdict(), "clashes": [clash._asdict() for clash in one.clashes]} for one in done.conflicts]
    return {**done._asdict(), "conflicts": conflicts}


def of_written(written: WriteResult, **record: object) -> Shape:
    """What a writing command did: the paths, and the record it is about under its name."""
    return {"created": written.created, "changed": written.changed, **record}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
