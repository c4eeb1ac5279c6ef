"""What is owed, by whom and when."""

from datetime import date, timedelta
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.model.records import FollowUp
from vaultcrm.model.schema import PRIORITIES


class Due(NamedTuple):
    """What needs doing, worst first: late, today, within the days asked for; what clients owe apart.

    `later` and `undated` are filled only when all was asked for; `hidden` counts what is left out.
    """

    late: list[FollowUp]
    today: list[FollowUp]
    soon: list[FollowUp]
    waiting: list[FollowUp]
    later: list[FollowUp]
    undated: list[FollowUp]
    hidden: int

    def all(self) -> list[FollowUp]:
        return [*self.late, *self.today, *self.soon, *self.waiting, *self.later, *self.undated]


def due(crm: Crm, within: int = 7, client: str | None = None, waiting_only: bool = False, everything: bool = False) -> Due:
    """Open and waiting follow-ups. What is scheduled for a later day is hidden until then."""
    crm.refresh()
    client_ref = lookup.client(crm, client) if client else None
    found = crm.catalog.follow_ups(("waiting",) if waiting_only else ("open", "waiting"), client_ref)
    today = crm.today
    end = today + min(timedelta(within), date.max - today)
    groups = Due([], [], [], [], [], [], 0)
    hidden = 0
    for item in sorted(found, key=urgency):
        is_hidden = item.scheduled is not None and item.scheduled > today
        if item.status == "waiting" and (everything or waiting_only or (item.due is not None and item.due <= end and not is_hidden)):
            groups.waiting.append(item)
        elif item.status == "open" and not is_hidden and item.due is not None and item.due <= end:
            (groups.late if item.due < today else groups.today if item.due == today else groups.soon).append(item)
        elif everything and item.status == "open":
            (groups.undated if item.due is None else groups.later).append(item)
        else:
            hidden += 1
    return groups._replace(hidden=hidden)


def urgency(item: FollowUp) -> tuple[date, int, str]:
    """The order in which follow-ups are shown: due first, then the more important."""
    return item.due or date.max, _RANKS[item.priority or "medium"], item.text


_RANKS = {priority: rank for rank, priority in enumerate(PRIORITIES)}
