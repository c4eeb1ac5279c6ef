"""Clients, projects, follow-ups and the rest: what the properties of a note mean.

The records are named tuples: frozen like dataclasses, and a sixth of their price at each start
of the program (ten of them take 2 ms to define, where ten dataclasses take 13).
"""

from datetime import date, datetime
from typing import NamedTuple

from vaultcrm.disk.filenames import title_of_path
from vaultcrm.markdown.values import Value


class Note(NamedTuple):
    """One Markdown file. `path` is relative to the vault with forward slashes; `title` its name without ending.

    `properties` hold text, lists of text or None by key; `excerpt` is the first paragraph of the body.
    """

    path: str
    type: str | None
    properties: dict[str, Value]
    excerpt: str

    @property
    def title(self) -> str:
        return title_of_path(self.path)

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]


class Client(NamedTuple):
    """Whom the work is for. `cadence_days`: be in touch at least this often."""

    name: str
    path: str
    status: str | None
    stage: str | None
    tags: tuple[str, ...]
    aliases: tuple[str, ...]
    cadence_days: int | None
    note: Note

    @property
    def folder(self) -> str:
        """The client folder: all below it belongs to the client."""
        return self.path.rpartition("/")[0]


class Person(NamedTuple):
    """Somebody at a client."""

    name: str
    path: str
    role: str | None
    email: tuple[str, ...]
    phone: tuple[str, ...]
    aliases: tuple[str, ...]


class Project(NamedTuple):
    """A piece of work that the talks are about."""

    name: str
    path: str
    client: str | None
    status: str | None
    stage: str | None
    start: date | None
    deadline: date | None
    value: str | None
    currency: str | None
    tags: tuple[str, ...]
    excerpt: str

    @property
    def is_running(self) -> bool:
        return self.status not in ("done", "cancelled")


class Interaction(NamedTuple):
    """One conversation. `at` is local time, None where the note gives no date; `summary` falls back on the body."""

    title: str
    path: str
    client: str | None
    at: datetime | None
    channel: str | None
    direction: str | None
    people: tuple[str, ...]
    project: str | None
    summary: str
    tags: tuple[str, ...]


class FollowUp(NamedTuple):
    """What happens next, who owes it and when; written as a note, in an interaction, or on a line.

    `status` is one of FOLLOW_UP_STATUSES; waiting means that the client owes it, and `due` is then
    the day to chase. `kind` says how it is written. `since` is the day it was written down.
    `key` is a name that others may wait for, and `depends` are the keys that it waits for itself;
    `is_blocked` when one of those is not done.
    """

    id: str
    path: str
    line: int
    kind: str  # note, interaction or task
    text: str
    status: str
    due: date | None
    scheduled: date | None
    priority: str | None
    recurrence: str | None
    project: str | None
    since: date | None
    completed: date | None
    key: str | None = None
    depends: tuple[str, ...] = ()
    client: str | None = None
    is_blocked: bool = False

    @property
    def is_open(self) -> bool:
        return self.status in ("open", "waiting")

    def days(self, today: date) -> int | None:
        """Days until it is due; below 0 it is late."""
        return (self.due - today).days if self.due else None


class Decision(NamedTuple):
    """Something agreed. `supersedes` holds links to what it replaces; an item of an interaction has a line of its own."""

    id: str
    path: str
    line: int
    text: str
    on: date | None
    status: str
    topic: str | None
    by: str | None
    via: str | None
    project: str | None
    supersedes: tuple[str, ...]
    kind: str = "note"  # or "interaction", or "callout"
    client: str | None = None


class Point(NamedTuple):
    """A sentence worth keeping in sight: `kind` is feedback, preference or question; `form` says how it is written."""

    id: str
    path: str
    line: int
    kind: str
    text: str
    on: date | None
    form: str = "property"  # or "section", or "callout"


class Problem(NamedTuple):
    """Something in the vault that cannot be understood. `line` counts from 1; `code` never changes its meaning."""

    path: str
    line: int
    code: str
    message: str
