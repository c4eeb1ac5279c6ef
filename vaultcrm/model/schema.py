"""The table of properties: which note types have which, and what each may hold."""

from typing import Literal

TYPES = ("client", "person", "project", "interaction", "follow-up", "decision")


CHANNELS = ("call", "meeting", "email", "chat", "message", "note")


STAGES = ("contact", "discovery", "execution", "delivery", "follow-up")


CLIENT_STATUSES = ("lead", "active", "paused", "past")


PROJECT_STATUSES = ("planned", "active", "on hold", "done", "cancelled")


FOLLOW_UP_STATUSES = ("open", "waiting", "done", "cancelled")


DECISION_STATUSES = ("in force", "superseded", "withdrawn")


PRIORITIES = ("highest", "high", "medium", "low", "lowest")


# "words" are one line of text; "link" and "links" point to other notes; a tuple lists what is allowed
PropertyKind = Literal["words", "list", "link", "links", "number", "date", "moment", "days", "span", "rule"] | tuple[str, ...]


PROPERTIES: dict[str, dict[str, PropertyKind]] = {
    "client": {
        "aliases": "list", "status": CLIENT_STATUSES, "stage": STAGES, "email": "list", "phone": "list", "channel": CHANNELS,
        "timezone": "words", "language": "words", "rate": "number", "currency": "words", "cadence": "span", "tags": "list",
    },
    "person": {"client": "link", "role": "words", "email": "list", "phone": "list", "aliases": "list", "tags": "list"},
    "project": {
        "client": "link", "status": PROJECT_STATUSES, "stage": STAGES, "start": "date", "deadline": "date", "value": "number",
        "currency": "words", "aliases": "list", "tags": "list",
    },
    "interaction": {
        "client": "link", "date": "moment", "channel": CHANNELS, "direction": ("in", "out"), "people": "links", "project": "link",
        "summary": "words", "decisions": "list", "feedback": "list", "next_step": "words", "follow_up": "date",
        "follow_up_done": "date", "follow_up_status": FOLLOW_UP_STATUSES, "source": "words", "tags": "list",
    },
    "follow-up": {
        "title": "words", "client": "link", "status": FOLLOW_UP_STATUSES, "due": "date", "scheduled": "date", "priority": PRIORITIES,
        "recurrence": "rule", "recurrence_anchor": ("scheduled", "completion"), "complete_instances": "days", "skipped_instances": "days",
        "completedDate": "date", "dateCreated": "moment", "project": "link", "person": "link", "from": "link", "tags": "list",
    },
    "decision": {
        "title": "words", "client": "link", "date": "moment", "status": DECISION_STATUSES, "topic": "words", "by": "link", "via": CHANNELS,
        "project": "link", "from": "link", "supersedes": "link", "tags": "list",
    },
}  # fmt: skip
