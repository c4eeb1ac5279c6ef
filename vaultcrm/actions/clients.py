"""Clients, their people, projects and interactions, and how long clients have been out of touch."""

from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.activity import contact_days, interactions_after, open_follow_ups
from vaultcrm.dates.duration import Duration
from vaultcrm.dates.humanize import humanize_duration
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.convert import client_link, to_client, to_interaction, to_person, to_project
from vaultcrm.model.records import Client, Interaction, Note, Person, Project
from vaultcrm.normalize import fold


class ClientSummary(NamedTuple):
    """A client, the days since the last contact, and the number of open and waiting follow-ups.

    A contact is an interaction on any channel except "note", which holds the user's own notes.
    `usual_days` is the median number of days between contacts, None if there are fewer than four contacts. Only one gap
    in ten is longer than `rare_days`, None if there are fewer than ten gaps.
    """

    client: Client
    last_contact: date | None
    silent_days: int | None
    usual_days: int | None
    next_due: date | None
    open: int
    waiting: int
    rare_days: int | None = None

    @property
    def is_silent_too_long(self) -> bool:
        """Whether the silence exceeds the agreed cadence; if there is none, twice the usual gap, a week, and what is rare.

        Mail comes in bursts: between two of them, most gaps say nothing about how long a silence is.
        """
        if self.silent_days is None or self.last_contact is None:
            return False
        if self.client.cadence:
            return self.silent_days > self.client.cadence.days_from(self.last_contact)
        return self.usual_days is not None and self.silent_days > max(2 * self.usual_days, 7, self.rare_days or 0)


def note_at(crm: Crm, path: str) -> Note:
    """The note at a path that the catalogue is known to have."""
    note = crm.catalog.note(path)
    assert note is not None, path
    return note


def client(crm: Crm, path: str) -> Client:
    """The client whose note is at `path`."""
    return to_client(note_at(crm, path))


def clients(crm: Crm) -> list[ClientSummary]:
    """Summaries of all clients, sorted by name."""
    crm.refresh()
    all_clients = [to_client(note) for note in crm.catalog.notes("client") if crm.catalog.is_client(note.path)]
    return summaries(crm, sorted(all_clients, key=lambda client: fold(client.name)))


def people(crm: Crm, client_ref: ClientRef) -> list[Person]:
    """The people at a client, by path."""
    return [to_person(note) for note in crm.catalog.client_notes("person", client_ref)]


def interactions(crm: Crm, client_ref: ClientRef) -> list[Interaction]:
    """A client's interactions, newest first; those without a date come last."""
    talks = crm.catalog.talks
    if client_ref not in talks:
        unsorted = [to_interaction(note, client_ref.name) for note in crm.catalog.client_notes("interaction", client_ref)]
        talks[client_ref] = sorted(unsorted, key=lambda interaction: (interaction.at or datetime.min, interaction.path), reverse=True)
    return [*talks[client_ref]]


def projects(crm: Crm, client_ref: ClientRef | None = None) -> list[Project]:
    """The projects of one client or of all clients: running ones first, then by deadline and name."""
    crm.refresh()
    if client_ref is not None:
        found = [to_project(note, client_ref.name) for note in crm.catalog.client_notes("project", client_ref)]
    else:
        found = []
        for note in crm.catalog.notes("project"):
            owner = crm.catalog.owner_of(note.path, client_link(note))
            found.append(to_project(note, owner.name if owner else None))
    return sorted(found, key=lambda project: (not project.is_running, project.deadline or date.max, fold(project.name)))


def summaries(crm: Crm, selected: list[Client]) -> list[ClientSummary]:
    """Summaries of the selected clients, in their order. The catalogue must be up to date."""
    only_client = ClientRef.at(selected[0].path) if len(selected) == 1 else None
    contacts = contact_days(crm.catalog, crm.now, only_client)
    next_due: dict[str, date] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for path, status, due, number in open_follow_ups(crm.catalog, only_client):
        counts[path, status] += number
        if due and (path not in next_due or due < next_due[path]):
            next_due[path] = due
    return [
        _summary(
            crm.today,
            client,
            contacts.get(client.path, []),
            next_due.get(client.path),
            counts[client.path, "open"],
            counts[client.path, "waiting"],
        )
        for client in selected
    ]


def _summary(
    today: date, client: Client, contacts: list[date], next_due: date | None, open_count: int, waiting_count: int
) -> ClientSummary:
    """The summary of one client. `contacts` are the days of its contacts: ascending, none twice."""
    last_contact = contacts[-1] if contacts else None
    gaps = sorted((later - earlier).days for earlier, later in pairwise(contacts))
    return ClientSummary(
        client=client,
        last_contact=last_contact,
        silent_days=(today - last_contact).days if last_contact else None,
        usual_days=gaps[len(gaps) // 2] if len(gaps) >= 3 else None,
        next_due=next_due,
        open=open_count,
        waiting=waiting_count,
        rare_days=gaps[len(gaps) * 9 // 10] if len(gaps) >= 10 else None,
    )


class StaleClient(NamedTuple):
    """A client that needs attention. `reasons` say why; they have no full stop."""

    summary: ClientSummary
    reasons: list[str]


def stale(crm: Crm) -> list[StaleClient]:
    """Clients who are silent for too long (see `is_silent_too_long`), were never contacted, or have no next step, such as a meeting.

    Paused and past clients are left out. The longest silence relative to the agreed or usual gap comes first.
    """
    found = clients(crm)
    planned = _clients_with_plans(crm)
    stale_clients = [
        StaleClient(summary, reasons) for summary in found if summary.client.is_current and (reasons := _stale_reasons(summary, planned))
    ]
    return sorted(stale_clients, key=lambda item: _relative_silence(item.summary), reverse=True)


def format_rhythm(summary: ClientSummary) -> str:
    """How often to be in touch: "agreed: every 2 weeks", or "usually every 5 days"."""
    return f"agreed: {summary.client.cadence.as_rhythm()}" if summary.client.cadence else format_usual(summary)


def format_usual(summary: ClientSummary) -> str:
    """How often there was contact: "usually every 2 weeks", or "usually every day, rarely over 25 days" where it comes in bursts."""
    usual, rare = summary.usual_days or 0, summary.rare_days or 0
    rhythm = Duration(*((usual // 7, "week") if usual and usual % 7 == 0 else (usual, "day"))).as_rhythm()
    return f"usually {rhythm}" + (f", rarely over {humanize_duration(rare)}" if rare > max(2 * usual, 7) else "")


def _clients_with_plans(crm: Crm) -> set[str]:
    """The paths of the clients with whom a talk is planned."""
    notes = [note for note in interactions_after(crm.catalog, crm.now) if to_interaction(note, None).is_planned(crm.now)]
    owners = (crm.catalog.owner_of(note.path, client_link(note)) for note in notes)
    return {owner.path for owner in owners if owner is not None}


def _stale_reasons(summary: ClientSummary, planned: set[str]) -> list[str]:
    reasons = []
    if summary.silent_days is None:
        reasons.append("no conversation logged yet")
    elif summary.is_silent_too_long:
        reasons.append(f"no contact for {summary.silent_days} days ({format_rhythm(summary)})")
    if not summary.open and not summary.waiting and summary.client.path not in planned:
        reasons.append("no next step")
    return reasons


def _relative_silence(summary: ClientSummary) -> float:
    """The silence as a multiple of what is allowed: the cadence, else twice the usual gap, else 30 days.

    A client who was never contacted counts as silent for ten years.
    """
    allowed = summary.client.cadence.days if summary.client.cadence else 2 * (summary.usual_days or 15)
    return (summary.silent_days if summary.silent_days is not None else 3650) / allowed
