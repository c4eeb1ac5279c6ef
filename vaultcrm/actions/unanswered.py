"""Who waits for whom: messages that nobody has answered, by thread. All of it is computed from the talks, nothing is stored."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from vaultcrm.actions.clients import note_at
from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.activity import has_follow_up, messages_with_handle, turns
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.prose.subjects import without_reply_marks
from vaultcrm.markdown.values import as_text
from vaultcrm.model.convert import client_link, to_choice, to_client, to_interaction, without_date
from vaultcrm.model.handles import handle
from vaultcrm.model.records import FollowUp, Note, Turn
from vaultcrm.model.schema import FOLLOW_UP_STATUSES
from vaultcrm.normalize import fold

HORIZON = 60  # days: an older message that nobody has answered by now won't be

_MEETS = ("call", "meeting")


class Unanswered(NamedTuple):
    """A message without an answer, which is the last in its thread. `direction` "in": they wait for us; "out": we wait for them.

    `id` is the handle of its note. `at` is the day from which on somebody waits, `days` how long ago that is: of several
    messages of theirs the first that calls for an answer, of ours the last. `person` wrote it, or was written to; it may be "".
    """

    id: str
    path: str
    client: str
    person: str
    subject: str
    at: date
    days: int
    direction: str


def unanswered(crm: Crm, client: ClientRef | None = None) -> list[Unanswered]:
    """The messages that wait for an answer for as long as the settings say, those that wait longest first.

    What they wrote comes before what we wrote. Messages of clients who are past or paused don't count, nor do those that
    are older than HORIZON.
    """
    if not any(days_until_shown(crm).values()):
        return []
    crm.refresh()
    return _search(crm, client, crm.today - timedelta(HORIZON))


def count_older(crm: Crm, client: ClientRef | None = None) -> int:
    """The number of messages that nobody has answered, and that are too old to be listed. Reads all messages of the vault."""
    crm.refresh()
    horizon = crm.today - timedelta(HORIZON)
    return sum(item.at < horizon for item in _search(crm, client, date.min))


def follow_ups(crm: Crm, client: ClientRef | None = None) -> list[FollowUp]:
    """The same messages as follow-ups: open if they wait, waiting if we do. Their `due` is the day from which they are listed."""
    days = days_until_shown(crm)
    found = []
    for item in unanswered(crm, client):
        note = note_at(crm, item.path)
        found.append(_follow_up(note, item.client)._replace(due=item.at + timedelta(days[item.direction]), since=item.at))
    return found


def follow_ups_with_handle(crm: Crm, prefix: str) -> list[FollowUp]:
    """The messages whose notes have a handle with this prefix, as follow-ups; for one that has a follow-up of its own, that one."""
    found = []
    for note in messages_with_handle(crm.catalog, prefix):
        own = next((item for item in crm.catalog.follow_ups(path=note.path) if item.kind == "interaction"), None)
        owner = crm.catalog.owner_of(note.path, client_link(note))
        found.append(own or _follow_up(note, owner.name if owner else None))
    return found


def _follow_up(note: Note, client: str | None) -> FollowUp:
    """What is to be done about a message that has no follow-up of its own."""
    get = note.properties.get
    talk = to_interaction(note, client)
    person = next(iter(talk.people), None) or client or "them"
    subject = _subject(note)
    done = parse_iso_day(as_text(get("follow_up_done")))
    status = "done" if done else to_choice(get("follow_up_status"), FOLLOW_UP_STATUSES) or "open"
    return FollowUp(
        id=handle(note.path),
        path=note.path,
        line=1,
        kind="unanswered",
        text=f"Answer {'from ' if talk.direction == 'out' else ''}{person}: {without_reply_marks(subject) or subject}",
        status="waiting" if status == "open" and talk.direction == "out" else status,
        due=None,
        scheduled=None,
        priority=None,
        recurrence=None,
        project=talk.project,
        since=talk.at.date() if talk.at else None,
        completed=done,
        client=client,
    )


def _subject(note: Note) -> str:
    return as_text(note.properties.get("summary")) or without_date(note.title)


def days_until_shown(crm: Crm) -> dict[str, int]:
    """For "in" and "out", the number of days after which a message counts as unanswered; 0 for never."""
    settings = crm.vault.settings
    return {"in": settings.unanswered_days, "out": settings.waiting_days}


def _search(crm: Crm, client: ClientRef | None, first: date) -> list[Unanswered]:
    minimum = days_until_shown(crm)
    latest = {direction: crm.today - timedelta(days) for direction, days in minimum.items() if days}
    found = []
    for owner, all_turns in turns(crm.catalog, first, crm.today, client).items():
        # a call that is planned for later today has answered nothing
        past = [turn for turn in all_turns if turn.at <= crm.now or turn.channel not in _MEETS]
        waiting = [(turn, start) for turn, start in _waiting(past, lambda path: has_follow_up(crm.catalog, path))]
        shown = [(turn, start) for turn, start in waiting if turn.direction in latest and start.at.date() <= latest[turn.direction]]
        if shown and _is_current(crm, owner):
            found += [_unanswered(crm, owner, turn, start) for turn, start in shown]
    return sorted(found, key=lambda item: (item.direction, item.at, item.path))


def _is_current(crm: Crm, client: ClientRef) -> bool:
    return to_client(note_at(crm, client.path)).status not in ("past", "paused")


def _unanswered(crm: Crm, client: ClientRef, turn: Turn, start: Turn) -> Unanswered:
    subject, day = _subject(note_at(crm, turn.path)), start.at.date()
    return Unanswered(
        handle(turn.path), turn.path, client.name, next(iter(turn.people), ""), subject, day, (crm.today - day).days, turn.direction
    )


# ------------------------------------------------------------------ whose turn it is, among the turns of one client


def _waiting(all_turns: Sequence[Turn], is_tracked: Callable[[str], bool]) -> Iterator[tuple[Turn, Turn]]:
    """The last message of each thread in which somebody waits, and the message since which they wait.

    `is_tracked` tells of the path of a message whether there is a follow-up for it.
    """
    threads = _threads(all_turns)
    answers = _Answers(all_turns, threads)
    runs: dict[int, list[Turn]] = {}  # by thread: the last messages, all of one side, for which nothing has been done
    for turn in all_turns:
        if turn.path not in threads:
            continue
        run = runs.setdefault(threads[turn.path], [])
        if turn.direction == "both" or turn.is_settled:
            run.clear()
        elif run and run[0].direction != turn.direction:
            run[:] = [turn]
        else:
            run.append(turn)
    for run in runs.values():
        waiting = [turn for turn in run if turn.wants != "none" and not answers.has(turn)]
        if waiting:
            tracked = max((i for i, turn in enumerate(run) if is_tracked(turn.path)), default=-1)
            waiting = [turn for turn in waiting if turn in run[tracked + 1 :]]
        if waiting:
            yield run[-1], waiting[0] if run[-1].direction == "in" else waiting[-1]


def _threads(all_turns: Sequence[Turn]) -> dict[str, int]:
    """The number of each message's thread, by its path. Mails with one subject are one thread: some programs lose its ID."""
    numbers: dict[str, int] = {}
    found = {}
    for turn in all_turns:
        if turn.thread is not None:
            subject = f"subject:{turn.subject}"
            number = numbers.get(turn.thread, numbers.get(subject, len(numbers)) if turn.subject else len(numbers))
            numbers[turn.thread] = found[turn.path] = number
            if turn.subject:
                numbers.setdefault(subject, number)
    return found


class _Answers:
    """Whether a message was answered outside of its thread, by any of one client's turns."""

    def __init__(self, all_turns: Sequence[Turn], threads: dict[str, int]) -> None:
        self._threads = threads
        self._talks = sorted((_end(turn), turn.path, turn) for turn in all_turns if turn.direction == "both")
        self._sides = {
            side: sorted((_end(turn), turn.path, turn) for turn in all_turns if turn.direction == side) for side in ("in", "out")
        }  # fmt: skip

    def has(self, turn: Turn) -> bool:
        """A later talk, or a later word from the other side, with one of the same people, if both name any.

        A mail that asks for something isn't answered by another mail about something else, but by a chat.
        """
        opposite = "out" if turn.direction == "in" else "in"
        is_mail = turn.channel == "email" and turn.wants == "answer"
        return any(_share_people(turn, other) for other in self._later(self._talks, turn)) or any(
            _share_people(turn, other) and not (is_mail and other.channel == "email") for other in self._later(self._sides[opposite], turn)
        )

    def _later(self, others: Sequence[tuple[datetime, str, Turn]], turn: Turn) -> Iterator[Turn]:
        for i in range(bisect_right(others, turn.at, key=lambda other: other[0]), len(others)):
            yield others[i][2]


def _end(turn: Turn) -> datetime:
    """When a turn is over at the latest: one whose time isn't known may have been at any time of its day."""
    return datetime.combine(turn.at.date(), time.max) if turn.at.time() == time() else turn.at


def _share_people(one: Turn, other: Turn) -> bool:
    """Whether two turns may be with the same person. "Dana" and "Dana Roe" may be one."""
    if not one.people or not other.people:
        return True
    theirs = [set(fold(name).split()) for name in other.people]
    return any(words <= names or names <= words for name in one.people if (words := set(fold(name).split())) for names in theirs)
