"""What is owed, by whom, and when."""

from datetime import date, timedelta
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.model.records import FollowUp
from vaultcrm.model.schema import PRIORITIES

_RANKS = {priority: rank for rank, priority in enumerate(PRIORITIES)}


class Due(NamedTuple):
    """Open follow-ups: overdue, due today, and due within the requested days. `waiting` are those that clients owe.

    Each list is sorted by urgency. `later` and `undated` are filled only if everything was requested;
    `hidden` counts the follow-ups that are in no list, `unread` the notes whose text can't be read now.
    """

    late: list[FollowUp]
    today: list[FollowUp]
    soon: list[FollowUp]
    waiting: list[FollowUp]
    later: list[FollowUp]
    undated: list[FollowUp]
    hidden: int
    unread: int = 0

    def all(self) -> list[FollowUp]:
        return [*self.late, *self.today, *self.soon, *self.waiting, *self.later, *self.undated]


def due(crm: Crm, within: int = 7, client: str | None = None, waiting_only: bool = False, everything: bool = False) -> Due:
    """Open and waiting follow-ups that are due within some days. One that is scheduled for a later day is hidden until then.

    One without a due date is due on the day for which it is scheduled.

    `waiting_only` returns all that clients owe, whenever it is due; `everything` returns all follow-ups.
    """
    crm.refresh()
    client_ref = lookup.client(crm, client) if client else None
    items = crm.catalog.follow_ups(("waiting",) if waiting_only else ("open", "waiting"), client_ref)
    today = crm.today
    last_day = today + min(timedelta(within), date.max - today)
    groups = Due([], [], [], [], [], [], 0)
    hidden = 0
    for item in sorted(items, key=urgency):
        is_scheduled_later = item.scheduled is not None and item.scheduled > today
        is_due = item.day is not None and item.day <= last_day and not is_scheduled_later
        if item.status == "waiting" and (everything or waiting_only or is_due):
            groups.waiting.append(item)
        elif item.status == "open" and is_due and item.day is not None:
            (groups.late if item.day < today else groups.today if item.day == today else groups.soon).append(item)
        elif everything and item.status == "open":
            (groups.undated if item.day is None else groups.later).append(item)
        else:
            hidden += 1
    return groups._replace(hidden=hidden, unread=crm.catalog.count_unread(client_ref.folder if client_ref else ""))


def urgency(item: FollowUp) -> tuple[date, int, str]:
    """A sort key: by day, then by priority."""
    return item.day or date.max, _RANKS[item.priority or "medium"], item.text
