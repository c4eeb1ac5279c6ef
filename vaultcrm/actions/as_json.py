"""Each record as JSON. Keys may be added, but are never renamed or removed; a missing value is null."""

from datetime import date
from typing import TYPE_CHECKING, Any

from vaultcrm.actions.clients import ClientSummary, StaleClient
from vaultcrm.actions.crm import WriteResult
from vaultcrm.markdown.values import as_text
from vaultcrm.model.handles import handle
from vaultcrm.model.records import Decision, FollowUp, Interaction, Person, Point, Problem, Project

if TYPE_CHECKING:  # Whoosh is loaded only to search, and Git is asked only to sync
    from vaultcrm.actions.agenda import Agenda
    from vaultcrm.actions.brief.brief import Brief
    from vaultcrm.actions.coverage.coverage import Coverage
    from vaultcrm.actions.coverage.sources import Source
    from vaultcrm.actions.coverage.trust import Trust
    from vaultcrm.actions.day import Day
    from vaultcrm.actions.history.changes import Change
    from vaultcrm.actions.history.last_seen import SinceSeen
    from vaultcrm.actions.imports.report import ImportReport
    from vaultcrm.actions.people import Contact
    from vaultcrm.actions.search import Hit
    from vaultcrm.actions.show import NoteDetails
    from vaultcrm.actions.sync import SyncResult
    from vaultcrm.actions.sync_status import SyncStatus

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
        "recurrence_anchor": item.recurrence_anchor,
        "since": _day(item.since),
        "completed": _day(item.completed),
        "blocked": item.is_blocked,
        "source": {"kind": item.kind, "path": item.path, "line": item.line},
        "days": item.days(today),
    }


def client_json(summary: ClientSummary) -> JsonObject:
    client = summary.client
    return {
        "name": client.name,
        "path": client.path,
        "status": client.status,
        "stage": client.stage,
        "tags": list(client.tags),
        "aliases": list(client.aliases),
        "last_contact": _day(summary.last_contact),
        "silent_days": summary.silent_days,
        "usual_days": summary.usual_days,
        "cadence_days": client.cadence.days if client.cadence else None,
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
        "until": _day(person.until),
    }


def contact_json(contact: "Contact") -> JsonObject:
    return {**person_json(contact.person), "client": contact.client, "last_talk": _day(contact.last_talk)}


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
        "valid_until": _day(project.valid_until),
        "tags": list(project.tags),
    }


def interaction_json(interaction: Interaction) -> JsonObject:
    return {
        "title": interaction.title,
        "path": interaction.path,
        "client": interaction.client,
        "date": interaction.at.isoformat() if interaction.at else None,
        "end": interaction.end.isoformat() if interaction.end else None,
        "cancelled": interaction.is_cancelled,
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
        "valid_until": _day(decision.valid_until),
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


def brief_json(brief: "Brief", today: date, since: "SinceSeen | None" = None, trust: "Trust | None" = None) -> JsonObject:
    """The whole brief, what has changed since an earlier day, and how far it can be trusted. Its interactions are under the key "talks"."""

    def person(person: Person) -> JsonObject:
        return {**person_json(person), **_place(person.path), "last_talk": _day(brief.last_talks.get(person.path))}

    def waiting(item: FollowUp) -> JsonObject:
        answer = brief.answers.get(item.id)
        found: JsonObject | None = None
        if isinstance(answer, Interaction):
            found = {**interaction_json(answer), **_place(answer.path)}
        elif answer is not None:
            found = {"path": answer.path, "line": 1, "date": _day(answer.day)}
        return {**follow_up_json(item, today), "maybe_answered": found}

    return {
        "client": {**client_json(brief.summary), **_place(brief.summary.client.path)},
        "people": [person(one) for one in brief.people],
        "mentions": [{"name": one.name, "last_talk": _day(one.day), "path": one.path, "line": 1} for one in brief.mentions],
        "projects": [{**project_json(project), **_place(project.path)} for project in brief.projects],
        "owed_by_me": [follow_up_json(item, today) for item in brief.owed_by_me],
        "owed_by_them": [waiting(item) for item in brief.owed_by_them],
        "decisions": [decision_json(decision) for decision in brief.decisions],
        "feedback": [point_json(point) for point in brief.feedback],
        "preferences": [point_json(point) for point in brief.preferences],
        "questions": [point_json(point) for point in brief.questions],
        "talks": [{**interaction_json(talk), **_place(talk.path)} for talk in brief.interactions],
        "planned": [{**interaction_json(talk), **_place(talk.path)} for talk in brief.planned],
        "problems": [problem_json(problem) for problem in brief.problems],
        "missing": brief.missing(),
        "since": {"at": since.at.isoformat(), "changes": [change_json(change) for change in since.changes]} if since else None,
        "trust": _trust_json(trust, today) if trust else None,
    }


def _trust_json(trust: "Trust", today: date) -> JsonObject:
    return {
        "text": trust.words(today) or None,
        "sources": [source_json(source) for source in trust.sources],
        "meetings_without_note": trust.meetings_without_note,
    }


def source_json(source: "Source") -> JsonObject:
    return {"kind": source.kind, "client": source.client, "until": _day(source.until), "days": source.days, "is_old": source.is_old}


def coverage_json(found: "Coverage", today: date) -> JsonObject:
    """What is missing, the worst first, and until when the sources are complete. `days` count from the day of a gap to today."""
    return {
        "since": _day(found.since),
        "sources": [source_json(source) for source in found.sources],
        "counts": dict(found.counts()),
        "gaps": [
            {
                "kind": gap.kind,
                "client": gap.client,
                "date": _day(gap.day),
                "days": (today - gap.day).days if gap.day else None,
                "text": gap.text,
                "path": gap.path,
                "number": gap.number,
                "command": gap.command,
            }
            for gap in found.gaps
        ],
    }


def note_details_json(details: "NoteDetails", today: date) -> JsonObject:
    """A note with what belongs to it; of a client, project or person also the keys of that record."""
    note, record = details.note, details.record
    keys: JsonObject = {}
    if isinstance(record, ClientSummary):
        keys = client_json(record)
    elif isinstance(record, Project):
        keys = project_json(record)
    elif isinstance(record, Person):
        keys = {**person_json(record), "last_talk": _day(next((talk.at.date() for talk in details.talks if talk.at), None))}
    return {
        **keys,
        "path": note.path,
        "line": details.place.line if details.place else 1,
        "id": details.place.item.id if details.place else handle(note.path),
        "type": note.type,
        "title": as_text(note.properties.get("title")) or note.title,
        "client": details.client.name if details.client else None,
        "properties": note.properties,
        "body": details.body,
        "item": _item_json(details.place.record, today) if details.place else None,
        "follow_ups": [follow_up_json(item, today) for item in details.follow_ups],
        "decisions": [decision_json(decision) for decision in details.decisions],
        "talks": [interaction_json(talk) for talk in details.talks],
        "people": [person_json(person) for person in details.people],
        "projects": [project_json(project) for project in details.projects],
        "linked_from": [dict(link._asdict()) for link in details.links],
        "problems": [problem_json(problem) for problem in details.problems],
    }


def _item_json(record: FollowUp | Decision | Point, today: date) -> JsonObject:
    if isinstance(record, FollowUp):
        return follow_up_json(record, today)
    return decision_json(record) if isinstance(record, Decision) else point_json(record)


def change_json(change: "Change") -> JsonObject:
    return {**change._asdict(), "day": _day(change.day)}


def _place(path: str) -> JsonObject:
    """The handle and the line of a whole note."""
    return {"id": handle(path), "line": 1}


def day_json(day: "Day", today: date) -> JsonObject:
    return {
        "date": today.isoformat(),
        "planned": [interaction_json(talk) for talk in day.planned],
        "late": [follow_up_json(item, today) for item in day.late],
        "today": [follow_up_json(item, today) for item in day.today],
        "waiting": [follow_up_json(item, today) for item in day.waiting],
        "unanswered": [follow_up_json(item, today) for item in day.unanswered],
        "silent": [client_json(summary) for summary in day.silent],
        "unread": day.unread,
        "inbox": day.inbox,
    }


def agenda_json(agenda: "Agenda", today: date) -> JsonObject:
    """The meetings and what is due of all days, each with its day; `to_know` is what matters before a meeting."""
    meetings = []
    for day in agenda.days:
        for meeting in day.meetings:
            to_know = [
                {
                    "kind": line.kind,
                    "text": line.text,
                    "date": _day(line.day),
                    "id": line.id,
                    "source": {"path": line.path, "line": line.line},
                }
                for line in meeting.to_know
            ]
            place = {"place": meeting.place or None, "link": meeting.link or None, "lacks_notes": meeting.lacks_notes}
            meetings.append(
                {"day": _day(day.day), **interaction_json(meeting.talk), **_place(meeting.talk.path), **place, "to_know": to_know}
            )
    due = [{"day": _day(day.day), **follow_up_json(item, today)} for day in agenda.days for item in day.due]
    upcoming = interaction_json(agenda.next) if agenda.next else None
    return {"first": _day(agenda.first), "last": _day(agenda.last), "meetings": meetings, "due": due, "next": upcoming}


def hit_json(hit: "Hit", corrected: str | None = None) -> JsonObject:
    """A hit; `corrected` is the query that was searched for in place of the one that finds nothing."""
    return {
        "path": hit.path,
        "line": hit.snippet.line,
        "client": hit.client,
        "type": hit.type,
        "title": hit.title,
        "date": _day(hit.date),
        "score": hit.score,
        "snippet": hit.snippet.text,
        "status": hit.status,
        "due": _day(hit.due),
        "missing": list(hit.missing),
        "corrected": corrected,
    }


def problem_json(problem: Problem) -> JsonObject:
    return dict(problem._asdict())


def sync_json(result: "SyncResult") -> JsonObject:
    """`committed` and `received` are descriptions, one line for each client; `pushed`, `ahead` and `behind` count commits."""
    conflicts = [{**conflict._asdict(), "clashes": [clash._asdict() for clash in conflict.clashes]} for conflict in result.conflicts]
    return {**result._asdict(), "conflicts": conflicts, "left_out": [note._asdict() for note in result.left_out]}


def sync_status_json(status: "SyncStatus") -> JsonObject:
    return {**status._asdict(), "left_out": [note._asdict() for note in status.left_out]}


def import_json(report: "ImportReport") -> JsonObject:
    """`read` is the sum of the other numbers, which count messages, meetings and contacts."""
    items = [item._asdict() for item in report.items]
    failures = [{"message": failure.message, "hint": failure.hint} for failure in report.failures]
    lists = {"notes": report.notes, "changed": report.changed, "notices": report.notices, "failures": failures, "items": items}
    return {"read": len(report.items), **report.counts(), **lists}


def write_json(result: WriteResult[Any], **record: object) -> JsonObject:
    """The result of a writing command: the paths, and the record under the name that is given as keyword."""
    return {"created": result.created, "changed": result.changed, **record}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
