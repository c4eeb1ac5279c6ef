"""The JSON of each record: keys are added, never renamed or removed, and null is spelled out."""

from datetime import date
from typing import TYPE_CHECKING, Any

from vaultcrm.actions.clients import ClientSummary, StaleClient
from vaultcrm.actions.crm import WriteResult
from vaultcrm.model.records import Decision, FollowUp, Interaction, Person, Point, Problem, Project

if TYPE_CHECKING:  # Whoosh is loaded when something is searched, git asked when something is synced
    from vaultcrm.actions.brief import Brief
    from vaultcrm.actions.search import Hit
    from vaultcrm.actions.sync import SyncResult

JsonObject = dict[str, object]


def follow_up_json(item: FollowUp, today: date) -> JsonObject:
    return {
        "id": item.id,
        "text": item.text,
        "client": item.client,
        "project": item.project,
        "due": _day(item.due),
        "scheduled": _day(item.scheduled),
        "status": item.status,
        "priority": item.priority,
        "recurrence": item.recurrence,
        "since": _day(item.since),
        "completed": _day(item.completed),
        "blocked": item.is_blocked,
        "source": {"kind": item.kind, "path": item.path, "line": item.line},
        "days": item.days(today),
    }


def client_json(summary: ClientSummary) -> JsonObject:
    one = summary.client
    return {
        "name": one.name,
        "path": one.path,
        "status": one.status,
        "stage": one.stage,
        "tags": list(one.tags),
        "aliases": list(one.aliases),
        "last_contact": _day(summary.last_contact),
        "silent_days": summary.silent_days,
        "usual_days": summary.usual_days,
        "cadence_days": one.cadence_days,
        "next_due": _day(summary.next_due),
        "open": summary.open,
        "waiting": summary.waiting,
    }


def stale_json(item: StaleClient) -> JsonObject:
    return {**client_json(item.summary), "reasons": item.reasons}


def person_json(person: Person) -> JsonObject:
    return {
        "name": person.name,
        "path": person.path,
        "role": person.role,
        "email": list(person.email),
        "phone": list(person.phone),
        "aliases": list(person.aliases),
    }


def project_json(project: Project) -> JsonObject:
    return {
        "name": project.name,
        "path": project.path,
        "client": project.client,
        "status": project.status,
        "stage": project.stage,
        "start": _day(project.start),
        "deadline": _day(project.deadline),
        "value": project.value,
        "currency": project.currency,
        "tags": list(project.tags),
    }


def interaction_json(interaction: Interaction) -> JsonObject:
    return {
        "title": interaction.title,
        "path": interaction.path,
        "client": interaction.client,
        "date": interaction.at.isoformat() if interaction.at else None,
        "channel": interaction.channel,
        "direction": interaction.direction,
        "people": list(interaction.people),
        "project": interaction.project,
        "summary": interaction.summary or None,
        "tags": list(interaction.tags),
    }


def decision_json(decision: Decision) -> JsonObject:
    return {
        "id": decision.id,
        "text": decision.text,
        "client": decision.client,
        "project": decision.project,
        "date": _day(decision.on),
        "status": decision.status,
        "topic": decision.topic,
        "by": decision.by,
        "via": decision.via,
        "source": {"path": decision.path, "line": decision.line},
    }


def point_json(point: Point) -> JsonObject:
    return {
        "id": point.id,
        "kind": point.kind,
        "text": point.text,
        "date": _day(point.on),
        "source": {"path": point.path, "line": point.line},
    }


def brief_json(brief: "Brief", today: date) -> JsonObject:
    """The whole brief; the key "talks" holds its interactions."""
    return {
        "client": client_json(brief.summary),
        "people": [person_json(person) for person in brief.people],
        "projects": [project_json(project) for project in brief.projects],
        "owed_by_me": [follow_up_json(item, today) for item in brief.owed_by_me],
        "owed_by_them": [follow_up_json(item, today) for item in brief.owed_by_them],
        "decisions": [decision_json(decision) for decision in brief.decisions],
        "feedback": [point_json(point) for point in brief.feedback],
        "preferences": [point_json(point) for point in brief.preferences],
        "questions": [point_json(point) for point in brief.questions],
        "talks": [interaction_json(interaction) for interaction in brief.interactions],
        "problems": [problem_json(problem) for problem in brief.problems],
        "missing": brief.missing(),
    }


def hit_json(hit: "Hit") -> JsonObject:
    return {
        "path": hit.path,
        "line": hit.snippet.line,
        "client": hit.client,
        "type": hit.type,
        "title": hit.title,
        "date": _day(hit.date),
        "score": hit.score,
        "snippet": hit.snippet.text,
    }


def problem_json(problem: Problem) -> JsonObject:
    return dict(problem._asdict())


def sync_json(done: "SyncResult") -> JsonObject:
    """`committed` and `received` are in words, a line for each client; `pushed`, `ahead` and `behind` count commits."""
    conflicts = [{**one._asdict(), "clashes": [clash._asdict() for clash in one.clashes]} for one in done.conflicts]
    return {**done._asdict(), "conflicts": conflicts}


def write_json(written: WriteResult[Any], **record: object) -> JsonObject:
    """What a writing command did: the paths, and the record it is about under its name."""
    return {"created": written.created, "changed": written.changed, **record}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
