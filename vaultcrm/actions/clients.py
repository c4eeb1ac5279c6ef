"""Clients, people and projects, and how things stand with them."""

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.activity import contact_days, open_follow_ups
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.convert import client_link, to_client, to_person, to_project
from vaultcrm.model.records import Client, Note, Person, Project
from vaultcrm.normalize import fold


class ClientSummary(NamedTuple):
    """A client and how things stand: silence in days, the client's usual days between talks, what is open.

    `usual_days` is the median gap between talks, None for fewer than four; a talk is an interaction
    over any channel but one's own notes.
    """

    client: Client
    last_contact: date | None
    silent_days: int | None
    usual_days: int | None
    next_due: date | None
    open: int
    waiting: int

    @property
    def is_silent_too_long(self) -> bool:
        """Silent for longer than agreed; where nothing is agreed, for twice what is usual and a week at least."""
        allowed = self.client.cadence_days or (max(2 * self.usual_days, 7) if self.usual_days else None)
        return self.silent_days is not None and allowed is not None and self.silent_days > allowed


def note_at(crm: Crm, path: str) -> Note:
    note = crm.catalog.note(path)
    assert note is not None, path
    return note


def client(crm: Crm, path: str) -> Client:
    """The client whose note is at `path`."""
    return to_client(note_at(crm, path))


def clients(crm: Crm) -> list[ClientSummary]:
    """All clients and how things stand with them, by name."""
    crm.refresh()
    found = [to_client(note) for note in crm.catalog.notes("client") if crm.catalog.is_client(note.path)]
    return summaries(crm, sorted(found, key=lambda c: fold(c.name)))


def people(crm: Crm, client_ref: ClientRef) -> list[Person]:
    return [to_person(note) for note in crm.catalog.client_notes("person", client_ref)]


def projects(crm: Crm, client_ref: ClientRef | None = None) -> list[Project]:
    """Projects of one client or of all: running ones first, by deadline."""
    crm.refresh()
    if client_ref is not None:
        found = [to_project(note, client_ref.name) for note in crm.catalog.client_notes("project", client_ref)]
    else:
        found = []
        for note in crm.catalog.notes("project"):
            owner = crm.catalog.owner_of(note.path, client_link(note))
            found.append(to_project(note, owner.name if owner else None))
    return sorted(found, key=lambda p: (not p.is_running, p.deadline or date.max, fold(p.name)))


def summaries(crm: Crm, chosen: list[Client]) -> list[ClientSummary]:
    """How things stand with some clients. The catalogue must be complete."""
    only = ClientRef.at(chosen[0].path) if len(chosen) == 1 else None
    talks = contact_days(crm.catalog, crm.today, only)
    next_due: dict[str, date] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for owner, status, due, number in open_follow_ups(crm.catalog, only):
        counts[owner, status] += number
        if due and (owner not in next_due or due < next_due[owner]):
            next_due[owner] = due
    return [
        _summary(crm, one, talks.get(one.path, []), next_due.get(one.path), counts[one.path, "open"], counts[one.path, "waiting"])
        for one in chosen
    ]


def _summary(crm: Crm, one: Client, talks: list[date], next_due: date | None, is_open: int, waiting: int) -> ClientSummary:
    last = talks[-1] if talks else None
    gaps = sorted((b - a).days for a, b in pairwise(talks))
    return ClientSummary(
        client=one,
        last_contact=last,
        silent_days=(crm.today - last).days if last else None,
        usual_days=max(gaps[len(gaps) // 2], 1) if len(gaps) >= 3 else None,
        next_due=next_due,
        open=is_open,
        waiting=waiting,
    )


class StaleClient(NamedTuple):
    """A client that is being neglected, and why: `reasons` are sentences without a full stop."""

    summary: ClientSummary
    reasons: list[str]


def stale(crm: Crm) -> list[StaleClient]:
    """Leads and active clients silent for longer than their cadence or twice their rhythm, or with no next step.

    The longest silence beyond what is agreed or usual comes first.
    """
    found = []
    for standing in clients(crm):
        one, silent, usual = standing.client, standing.silent_days, standing.usual_days
        if one.status in ("past", "paused"):
            continue
        reasons = []
        if silent is None:
            reasons.append("no talk is written down")
        elif standing.is_silent_too_long:
            reasons.append(
                f"silent for {silent} days, " + (f"agreed were {one.cadence_days}" if one.cadence_days else f"usual are {usual}")
            )
        if not standing.open and not standing.waiting:
            reasons.append("no next step")
        if reasons:
            found.append(StaleClient(standing, reasons))

    def neglect(item: StaleClient) -> float:
        standing = item.summary
        allowed = standing.client.cadence_days or 2 * (standing.usual_days or 15)
        return -(standing.silent_days if standing.silent_days is not None else 3650) / allowed

    return sorted(found, key=neglect)
