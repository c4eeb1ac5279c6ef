"""What is owed, by whom, and when."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.activity import STATES, DueQuery, has_messages
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.records import FollowUp
from vaultcrm.model.schema import PRIORITIES

_RANKS = {priority: rank for rank, priority in enumerate(PRIORITIES)}
GROUPS = ("late", "today", "soon", "waiting", "later", "undated")  # of Due


class Due(NamedTuple):
    """Open follow-ups: overdue, due today, and due within the requested days. `waiting` are those that clients owe.

    `unanswered` are messages of clients that nobody has answered, `awaited` those that wait for a client's answer.

    Each list is sorted by urgency. `later` and `undated` are filled only if everything was requested;
    `hidden` counts the follow-ups that are in no list, `unread` the notes whose text can't be read now.
    `totals` count what belongs to each of GROUPS, of which a list holds only the first where a `limit` was given.
    `late_elsewhere` counts what is late and outside of the period that was requested.
    """

    late: list[FollowUp]
    today: list[FollowUp]
    soon: list[FollowUp]
    waiting: list[FollowUp]
    later: list[FollowUp]
    undated: list[FollowUp]
    hidden: int
    unread: int = 0
    totals: dict[str, int] = {}  # noqa: RUF012  # never changed: a named tuple's default
    late_elsewhere: int = 0
    unanswered: Sequence[FollowUp] = ()
    awaited: Sequence[FollowUp] = ()

    def all(self) -> list[FollowUp]:
        follow_ups = (self.late, self.today, self.soon, self.waiting, self.later, self.undated)
        return [item for group in (*follow_ups, self.unanswered, self.awaited) for item in group]


def due(
    crm: Crm, within: int = 7, client: str | None = None, waiting_only: bool = False, everything: bool = False, late_only: bool = False,
    period: tuple[date, date] | None = None, limit: int | None = None,
) -> Due:  # fmt: skip
    """Open and waiting follow-ups that are due within some days, or whose day lies in a period. Raises NotFound, Ambiguous.

    One that is scheduled for a later day is hidden until then, unless it is late: a promise that is broken already can't be
    put away. One without a due date is due on the day for which it is scheduled.

    `waiting_only` returns all that clients owe, whenever it is due; `late_only` what is late; `everything` returns all
    follow-ups. With a `limit`, each list holds the most urgent ones only.
    """
    crm.refresh()
    client_ref = lookup.client(crm, client) if client else None
    last_day = crm.today + min(timedelta(within), date.max - crm.today)
    query = DueQuery(crm.catalog, crm.today, last_day, client_ref, period)
    visible: Sequence[str] = ("late",) if late_only else ("late", "today", "soon")
    if period is not None and not late_only:
        visible = ("late", "today", "soon", "later", "hidden")  # one that is asked for by its day is shown
    is_open, is_all = not waiting_only, everything and not late_only and period is None
    wanted = {
        "late": ("open", ("late",) if is_open else ()),
        "today": ("open", ("today",) if is_open and "today" in visible else ()),
        "soon": ("open", tuple(state for state in visible if state not in ("late", "today")) if is_open else ()),
        "waiting": ("waiting", STATES if (is_all or waiting_only) and not late_only and period is None else tuple(visible)),
        "later": ("open", ("later", "hidden") if is_open and is_all else ()),
        "undated": ("open", ("undated",) if is_open and is_all else ()),
    }
    lists, totals = {}, {}
    for name, (status, states) in wanted.items():
        totals[name] = sum(query.count(status, state) for state in states)
        lists[name] = query.follow_ups(status, states, limit) if totals[name] else []
    shown = sum(totals.values())
    messages = unanswered_messages(crm, client_ref) if not late_only and period is None else []
    for name, status in (("unanswered", "open"), ("awaited", "waiting")):
        lists[name] = [item for item in messages if item.status == status and (status == "waiting" or is_open)]
    statuses = ("waiting",) if waiting_only else ("open", "waiting")
    all_of_them = sum(query.count(status, state) for status in statuses for state in STATES)
    return Due(
        **lists,
        hidden=all_of_them - shown,
        unread=crm.catalog.count_unread(client_ref.folder if client_ref else ""),
        totals=totals,
        late_elsewhere=_count_late(DueQuery(crm.catalog, crm.today, last_day, client_ref)) - _count_late(query) if period else 0,
    )


def unanswered_messages(crm: Crm, client: ClientRef | None) -> list[FollowUp]:
    """The messages that nobody has answered, as follow-ups."""
    if not has_messages(crm.catalog):
        return []
    from vaultcrm.actions.unanswered import follow_ups  # late: only where mails and chats are imported

    return follow_ups(crm, client)


def _count_late(query: DueQuery) -> int:
    return query.count("open", "late") + query.count("waiting", "late")


def urgency(item: FollowUp) -> tuple[date, int, str]:
    """A sort key: by day, then by priority."""
    return item.day or date.max, _RANKS[item.priority or "medium"], item.text
