"""The properties of each note type, and the type of value each may hold."""

from typing import Literal

TYPES = ("client", "person", "project", "interaction", "follow-up", "decision")

CHANNELS = ("call", "meeting", "email", "chat", "message", "note")
# What people call them. The command line takes these too, and those of the vault's settings
CHANNEL_SYNONYMS = {
    **dict.fromkeys(("phone", "telephone", "phone call", "video", "video call", "facetime"), "call"),
    **dict.fromkeys(("zoom", "teams", "meet", "google meet", "webex", "visit", "in person", "workshop"), "meeting"),
    **dict.fromkeys(("mail", "e-mail", "gmail", "outlook", "letter"), "email"),
    **dict.fromkeys(("slack", "discord", "mattermost"), "chat"),
    **dict.fromkeys(("whatsapp", "signal", "telegram", "sms", "text", "imessage", "messenger", "dm", "threema"), "message"),
}
STAGES = ("contact", "discovery", "execution", "delivery", "follow-up")
CLIENT_STATUSES = ("lead", "active", "paused", "past")
PROJECT_STATUSES = ("planned", "active", "on hold", "done", "cancelled")
FOLLOW_UP_STATUSES = ("open", "waiting", "done", "cancelled")
DECISION_STATUSES = ("in force", "superseded", "withdrawn")
PRIORITIES = ("highest", "high", "medium", "low", "lowest")

# "text" is one line; "list" holds several; "link" and "links" name other notes; a tuple lists the allowed values
PropertyType = (
    Literal["text", "list", "link", "links", "number", "date", "datetime", "dates", "duration", "rrule", "timezone"] | tuple[str, ...]
)

PROPERTIES: dict[str, dict[str, PropertyType]] = {
    "client": {
        "aliases": "list", "status": CLIENT_STATUSES, "stage": STAGES, "email": "list", "phone": "list", "channel": CHANNELS,
        "timezone": "timezone", "language": "text", "rate": "number", "currency": "text", "cadence": "duration", "source": "text",
        "tags": "list",
    },
    "person": {
        "client": "link", "role": "text", "email": "list", "phone": "list", "until": "date", "aliases": "list", "source": "text",
        "tags": "list",
    },
    "project": {
        "client": "link", "status": PROJECT_STATUSES, "stage": STAGES, "start": "date", "deadline": "date", "value": "number",
        "currency": "text", "valid_until": "date", "completedDate": "date", "aliases": "list", "tags": "list",
    },
    "interaction": {
        "client": "link", "date": "datetime", "end": "datetime", "status": "text", "channel": CHANNELS, "direction": ("in", "out"),
        "people": "links", "project": "link", "summary": "text", "decisions": "list", "feedback": "list", "next_step": "text",
        "follow_up": "date", "follow_up_done": "date", "follow_up_status": FOLLOW_UP_STATUSES, "source": "text", "thread": "text",
        "unfiled": "text", "tags": "list",
    },
    "follow-up": {
        "title": "text", "client": "link", "status": FOLLOW_UP_STATUSES, "due": "date", "scheduled": "date", "priority": PRIORITIES,
        "recurrence": "rrule", "recurrence_anchor": ("scheduled", "completion"), "complete_instances": "dates",
        "skipped_instances": "dates", "completedDate": "date", "dateCreated": "datetime", "project": "link", "person": "link",
        "from": "link", "tags": "list",
    },
    "decision": {
        "title": "text", "client": "link", "date": "datetime", "status": DECISION_STATUSES, "valid_until": "date", "topic": "text",
        "by": "link", "via": CHANNELS, "project": "link", "from": "link", "supersedes": "link", "tags": "list",
    },
}  # fmt: skip
