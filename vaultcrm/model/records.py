"""The records that notes contain: Note, Client, Person, Project, Interaction, Turn, FollowUp, Decision, Point and Problem.

They are named tuples because frozen dataclasses would make every command start more slowly:
defining ten named tuples takes 2 ms, ten dataclasses 13 ms.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from vaultcrm.disk.filenames import title_of_path
from vaultcrm.markdown.values import Value

if TYPE_CHECKING:  # `due` reads no cadence
    from vaultcrm.dates.duration import Duration


class Note(NamedTuple):
    """One Markdown file. `path` is relative to the vault, with forward slashes; `title` is the file name without its extension.

    `properties` maps each key to text, a list of text or None; `excerpt` is what the body
    says, on one line (see `markdown.excerpt`).
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


NOT_CURRENT = ("past", "paused")  # statuses of clients with whom nothing is going on


class Client(NamedTuple):
    """A client. `cadence`: be in touch at least this often."""

    name: str
    path: str
    status: str | None
    stage: str | None
    tags: tuple[str, ...]
    aliases: tuple[str, ...]
    cadence: "Duration | None"
    note: Note

    @property
    def is_current(self) -> bool:
        """Whether anything is expected of the client or from it."""
        return self.status not in NOT_CURRENT

    @property
    def folder(self) -> str:
        """The client folder: everything below it belongs to the client."""
        return self.path.rpartition("/")[0]


class Person(NamedTuple):
    """A person who works for a client. `excerpt` is what their note says, "" without a text."""

    name: str
    path: str
    role: str | None
    email: tuple[str, ...]
    phone: tuple[str, ...]
    aliases: tuple[str, ...]
    until: date | None = None  # the last day
    excerpt: str = ""

    def has_left(self, today: date) -> bool:
        """Whether the last day is over; without one, whether the role says so: "left in May", "formerly accounts"."""
        if self.until is not None or not self.role:
            return self.until is not None and self.until < today
        from vaultcrm.model.departure import says_left  # late: few commands read people

        return says_left(self.role, today)


class Project(NamedTuple):
    """A piece of work for a client."""

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
    valid_until: date | None = None

    @property
    def is_running(self) -> bool:
        return self.status not in ("done", "cancelled")


class Interaction(NamedTuple):
    """One conversation. `at` and `end` are local times, None if the note doesn't say. Without a `summary`, the body's excerpt is used."""

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
    has_summary: bool = True  # whether `summary` is the note's own
    end: datetime | None = None
    is_cancelled: bool = False  # it doesn't take place, or didn't
    source: str | None = None  # what it was imported from
    thread: str | None = None  # the `source` of the first mail of its thread

    def is_planned(self, now: datetime) -> bool:
        """Whether it lies ahead: an appointment, which has an `end`, until it begins; any other until its day."""
        return self._is_ahead(now) and not self.is_cancelled

    def is_past(self, now: datetime) -> bool:
        """Whether it took place. One without a date did."""
        return not self._is_ahead(now) and not self.is_cancelled

    def _is_ahead(self, now: datetime) -> bool:
        return self.at is not None and (self.at > now if self.end else self.at.date() > now.date())


class Turn(NamedTuple):
    """What a conversation means for who waits for whom: see `model.turns`.

    `direction` is "in", "out" or "both". `thread` is None if nobody waits for an answer to it, as after a call. `subject`
    is what it is about, without Re:. `wants` says what it waits for: an "answer", "any" word from the other side, or "none".
    """

    path: str
    at: datetime
    channel: str
    direction: str
    people: tuple[str, ...]
    thread: str | None
    subject: str
    wants: str
    is_settled: bool  # whether it has a follow-up of its own, or had one
    project: str | None
    is_bare: bool = False  # a meeting of a calendar, of which nobody has written what was said


class FollowUp(NamedTuple):
    """What happens next, who owes it and when: written as a note, in an interaction or on a checkbox line.

    `status` is one of FOLLOW_UP_STATUSES. "waiting" means that the client owes it, and `due` is then
    the day to chase. `since` is the day it was written down.
    `recurrence` is an RRULE; `recurrence_anchor` is "completion" if it counts from the day it is done, else
    "scheduled".
    `key` is an ID that other follow-ups may depend on, and `depends` the IDs that this one depends on;
    it is blocked as long as one of those is not done.
    """

    id: str
    path: str
    line: int
    kind: str  # where it is written: note, interaction or task; "unanswered" for a message that nobody has answered
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
    recurrence_anchor: str | None = None  # None without a recurrence
    client: str | None = None
    is_blocked: bool = False

    @property
    def is_open(self) -> bool:
        return self.status in ("open", "waiting")

    @property
    def day(self) -> date | None:
        """The day on which it is due; without one, the day until which it is hidden."""
        return self.due or self.scheduled

    def days(self, today: date) -> int | None:
        """Days until its day, negative if it is late; None without one."""
        return (self.day - today).days if self.day else None


class Decision(NamedTuple):
    """Something agreed with a client. `supersedes` holds links to the decisions that it replaces."""

    id: str
    path: str
    line: int
    text: str
    on: date | None  # the day it was agreed
    status: str
    topic: str | None
    by: str | None
    via: str | None
    project: str | None
    supersedes: tuple[str, ...]
    kind: str = "note"  # where it is written: note, interaction or callout
    valid_until: date | None = None  # of an offer: the last day on which it holds
    origin: str | None = None  # the title of the note that it came out of
    client: str | None = None


class Point(NamedTuple):
    """A sentence that the brief shows: feedback, a preference or a question."""

    id: str
    path: str
    line: int
    kind: str  # feedback, preference or question
    text: str
    on: date | None
    form: str = "property"  # where it is written: property, section or callout


class Problem(NamedTuple):
    """Something in the vault that cannot be understood. `line` counts from 1; a `code` never changes its meaning."""

    path: str
    line: int
    code: str
    message: str


# Problems of a whole file, whose text counts for nothing or as it was when it could last be read
UNREAD_CODES = ("front-matter", "encoding", "binary", "too-large", "unreadable", "changing", "not-downloaded")
