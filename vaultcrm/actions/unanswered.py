"""Who waits for whom: messages that nobody has answered, by thread. All of it is computed from the talks, nothing is stored."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.activity import client_statuses, old_threads, turns, turns_with_handle, with_follow_up
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.values import as_text
from vaultcrm.model.handles import handle
from vaultcrm.model.records import NOT_CURRENT, FollowUp, Turn
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
    project: str | None = None


def unanswered(crm: Crm, client: ClientRef | None = None) -> list[Unanswered]:
    """The messages that wait for an answer for as long as the settings say, those that wait longest first.

    What they wrote comes before what we wrote. Messages of clients who are past or paused don't count, nor do those that
    are older than HORIZON.
    """
    crm.refresh()
    return _search(crm, client, _days_before(crm.today, HORIZON))


def count_older(crm: Crm, client: ClientRef | None = None) -> int:
    """The number of threads that end with a message which calls for an answer, and that are too old to be listed.

    Whether it was answered in another way isn't looked at.
    """
    crm.refresh()
    days = days_until_shown(crm)
    owners = [
        owner
        for owner, direction in old_threads(crm.catalog, _days_before(crm.today, HORIZON))
        if days[direction] and (client is None or owner.path == client.path)
    ]
    statuses = client_statuses(crm.catalog, {owner.path for owner in owners})
    return sum(statuses.get(owner.path) not in NOT_CURRENT for owner in owners)


def follow_ups(crm: Crm, client: ClientRef | None = None) -> list[FollowUp]:
    """The same messages as follow-ups: open if they wait, waiting if we do. Their `due` is the day from which they are listed."""
    days = days_until_shown(crm)
    return [
        _follow_up(item.path, item.person, item.subject, item.direction, item.client, item.project)._replace(
            due=item.at + min(timedelta(days[item.direction]), date.max - item.at), since=item.at
        )
        for item in unanswered(crm, client)
    ]


def follow_ups_with_handle(crm: Crm, prefix: str) -> list[FollowUp]:
    """The messages whose notes have a handle with this prefix, as follow-ups; for one that has a follow-up of its own, that one."""
    found = []
    for turn, owner in turns_with_handle(crm.catalog, prefix):
        own = next((item for item in crm.catalog.follow_ups(path=turn.path) if item.kind == "interaction"), None)
        found.append(own or _with_state(crm, turn, owner))
    return found


def days_until_shown(crm: Crm) -> dict[str, int]:
    """For "in" and "out", the number of days after which a message counts as unanswered; 0 for never."""
    settings = crm.vault.settings
    return {"in": settings.unanswered_days, "out": settings.waiting_days}


def _days_before(day: date, days: int) -> date:
    return day - min(timedelta(days), day - date.min)


def _with_state(crm: Crm, turn: Turn, owner: ClientRef | None) -> FollowUp:
    """A message as a follow-up, done or cancelled if its note says so."""
    item = _follow_up(turn.path, _person(turn), _subject(turn), turn.direction, owner.name if owner else None, turn.project)
    note = crm.catalog.note(turn.path)
    done, status = (as_text(note.properties.get(key)) if note else None for key in ("follow_up_done", "follow_up_status"))
    closed = "done" if done else status if status in ("done", "cancelled") else item.status
    return item._replace(status=closed, since=turn.at.date(), completed=parse_iso_day(done))


def _follow_up(path: str, person: str, subject: str, direction: str, client: str | None, project: str | None) -> FollowUp:
    """What is to be done about a message that has no follow-up of its own."""
    who = person or client or "them"
    return FollowUp(
        id=handle(path), path=path, line=1, kind="unanswered", text=f"Answer {'from ' * (direction == 'out')}{who}: {subject}",
        status="open" if direction == "in" else "waiting", due=None, scheduled=None, priority=None, recurrence=None, project=project,
        since=None, completed=None, client=client,
    )  # fmt: skip


def _person(turn: Turn) -> str:
    return next(iter(turn.people), "")


def _subject(turn: Turn) -> str:
    return turn.subject or title_of_path(turn.path)


class _Candidate(NamedTuple):
    """A thread whose last messages, all of one side, call for an answer; `waiting` are those that do."""

    client: ClientRef
    messages: list[Turn]
    waiting: list[Turn]

    @property
    def direction(self) -> str:
        return self.messages[0].direction

    @property
    def start(self) -> date:
        """The day from which on somebody waits."""
        return (self.waiting[0] if self.direction == "in" else self.waiting[-1]).at.date()


def _search(crm: Crm, client: ClientRef | None, first: date) -> list[Unanswered]:
    latest = {direction: _days_before(crm.today, days) for direction, days in days_until_shown(crm).items() if days}
    if not latest:
        return []
    candidates: list[_Candidate] = []
    for owner, all_turns in turns(crm.catalog, first, crm.today, client).items():
        # a call that is planned for later today has answered nothing
        past = [turn for turn in all_turns if turn.at <= crm.now or turn.channel not in _MEETS]
        candidates += [item for item in _candidates(owner, past) if item.direction in latest and item.start <= latest[item.direction]]
    if not candidates:
        return []
    tracked = with_follow_up(crm.catalog, {turn.path for item in candidates for turn in item.messages})
    statuses = client_statuses(crm.catalog, {item.client.path for item in candidates})
    found = []
    for item in candidates:
        known = max((i for i, turn in enumerate(item.messages) if turn.path in tracked), default=-1)
        if known >= 0:
            item = item._replace(waiting=[turn for turn in item.waiting if turn in item.messages[known + 1 :]])
        if item.waiting and item.start <= latest[item.direction] and statuses.get(item.client.path) not in NOT_CURRENT:
            last, day = item.messages[-1], item.start
            found.append(
                Unanswered(
                    handle(last.path), last.path, item.client.name, _person(last), _subject(last), day, (crm.today - day).days,
                    last.direction, last.project,
                )
            )  # fmt: skip
    return sorted(found, key=lambda item: (item.direction, item.at, item.path))


# ------------------------------------------------------------------ whose turn it is, among the turns of one client


def _candidates(client: ClientRef, all_turns: Sequence[Turn]) -> Iterator[_Candidate]:
    threads = _threads(all_turns)
    runs: dict[int, list[Turn]] = {}  # by thread: the last messages, all of one side, for which nothing has been done
    for turn in all_turns:
        if (thread := threads.get(turn.path)) is None:
            continue
        run = runs.setdefault(thread, [])
        if turn.direction == "both" or turn.is_settled:
            run.clear()
        elif run and run[0].direction != turn.direction:
            run[:] = [turn]
        else:
            run.append(turn)
    answers: _Answers | None = None
    for run in runs.values():
        if wanting := [turn for turn in run if turn.wants != "none"]:
            answers = answers or _Answers(all_turns)
            if waiting := [turn for turn in wanting if not answers.has(turn)]:
                yield _Candidate(client, run, waiting)


def _threads(all_turns: Sequence[Turn]) -> dict[str, int]:
    """The number of each message's thread, by its path. Mails with one subject are one thread: some programs lose its ID."""
    by_thread: dict[str, int] = {}
    by_subject: dict[str, int] = {}
    found: dict[str, int] = {}
    for turn in all_turns:
        if turn.thread is None:
            continue
        number = by_thread.get(turn.thread)
        if number is None:
            number = len(by_thread)
            if turn.channel == "email":
                number = by_subject.setdefault(fold(turn.subject), number)
            by_thread[turn.thread] = number
        found[turn.path] = number
    return found


class _Answers:
    """Whether a message was answered outside of its thread, by any of one client's turns."""

    def __init__(self, all_turns: Sequence[Turn]) -> None:
        self._by_kind: dict[tuple[str, bool], list[tuple[datetime, str, Turn]]] = {}
        for turn in all_turns:
            self._by_kind.setdefault((turn.direction, turn.channel == "email"), []).append((_end(turn), turn.path, turn))
        for others in self._by_kind.values():
            others.sort()
        self._shared: dict[tuple[tuple[str, ...], tuple[str, ...]], bool] = {}

    def has(self, turn: Turn) -> bool:
        """Whether a later talk, or a later word from the other side, was with one of the same people, if both name any.

        A mail that asks for something isn't answered by another mail about something else, but by a chat.
        """
        opposite = "out" if turn.direction == "in" else "in"
        kinds = [("both", False), ("both", True), (opposite, False)]
        if turn.channel != "email" or turn.wants != "answer":
            kinds.append((opposite, True))
        return any(self._has_later(self._by_kind.get(kind, ()), turn) for kind in kinds)

    def _has_later(self, others: Sequence[tuple[datetime, str, Turn]], turn: Turn) -> bool:
        start = bisect_right(others, turn.at, key=lambda other: other[0])
        return any(self._share_people(turn, others[i][2]) for i in range(start, len(others)))

    def _share_people(self, one: Turn, other: Turn) -> bool:
        if not one.people or not other.people:
            return True
        key = one.people, other.people
        if (shared := self._shared.get(key)) is None:
            shared = self._shared[key] = _may_share(*key)
        return shared


def _end(turn: Turn) -> datetime:
    """When a turn is over at the latest: one whose time isn't known may have been at any time of its day."""
    at = turn.at
    return at if at.hour or at.minute or at.second else datetime.combine(at, time.max)


def _may_share(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one of some people may be one of others: "Dana" may be "Dana Roe"."""
    others = [set(fold(name).split()) for name in theirs]
    return any(words <= other or other <= words for name in ours if (words := set(fold(name).split())) for other in others)
