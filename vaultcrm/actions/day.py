"""What matters on a day: talks that are planned, what is due, who owes what, who has been silent for too long."""

from collections.abc import Sequence
from datetime import time
from typing import NamedTuple

from vaultcrm.actions.clients import ClientSummary, clients
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.due import due
from vaultcrm.actions.inbox.waiting import waiting_notes
from vaultcrm.catalog.activity import STATES, DueQuery, interactions_on
from vaultcrm.model.convert import client_link, to_interaction
from vaultcrm.model.records import FollowUp, Interaction


class Day(NamedTuple):
    """A day. `late` and `today` are what the user owes, `waiting` what clients owe that was due by today; most urgent first.
    `unanswered` are messages without an answer, those of clients before those to clients.

    With a `limit`, those three hold no more than so many; the counts tell how many there are. `all_waiting` counts whatever
    clients owe, whenever it is due. `silent` are leads and active clients who have been silent for too long, the longest first.
    """

    planned: list[Interaction]
    late: list[FollowUp]
    today: list[FollowUp]
    waiting: list[FollowUp]
    unanswered: Sequence[FollowUp]
    silent: list[ClientSummary]
    count_late: int
    count_today: int
    count_waiting: int
    all_waiting: int
    unread: int
    has_clients: bool
    inbox: int  # notes that wait there


def day(crm: Crm, limit: int | None = None) -> Day:
    """The day that it is."""
    crm.refresh()
    found = due(crm, within=0, limit=limit)
    query = DueQuery(crm.catalog, crm.today, crm.today, None)
    summaries = clients(crm)
    silent = [item for item in summaries if item.is_silent_too_long and item.client.is_current]
    return Day(
        planned=_planned(crm),
        late=found.late,
        today=found.today,
        waiting=found.waiting,
        unanswered=[*found.unanswered, *found.awaited],
        silent=sorted(silent, key=lambda item: -(item.silent_days or 0)),
        count_late=found.totals["late"],
        count_today=found.totals["today"],
        count_waiting=found.totals["waiting"],
        all_waiting=sum(query.count("waiting", state) for state in STATES),
        unread=found.unread,
        has_clients=bool(summaries),
        inbox=len(waiting_notes(crm.catalog)),
    )


def _planned(crm: Crm) -> list[Interaction]:
    """The talks of today that lie ahead, or that have no time, in order."""
    talks = []
    for note in interactions_on(crm.catalog, crm.today):
        owner = crm.catalog.owner_of(note.path, client_link(note))
        talk = to_interaction(note, owner.name if owner else None)
        if talk.at is not None and not talk.is_cancelled and (talk.at > crm.now or talk.at.time() == time()):
            talks.append(talk)
    return sorted(talks, key=lambda talk: (talk.at is None, talk.at, talk.path))
