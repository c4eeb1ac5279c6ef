"""Clients, people and projects: made, listed, and how things stand with them."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from vaultcrm.actions import find
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.writes import Written, make, place
from vaultcrm.catalog import Home
from vaultcrm.errors import Changed, NotUnderstood
from vaultcrm.model import Client, FollowUp, Note, Person, Project
from vaultcrm.names import file_name, fold
from vaultcrm.properties import Writable
from vaultcrm.reading import client_of, person_of, project_of
from vaultcrm.when import day_in


class Standing(NamedTuple):
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


def add_client(crm: Crm, name: str, properties: Mapping[str, Writable], text: str = "") -> Written:
    """A new client: its folder and its note."""
    title = _title(name, "client")
    crm.catch_up_on_clients()
    for path, known in crm.catalog.client_names().items():
        if fold(title) in known:
            raise Changed(f"There is a client {name!r} already: {path}.", f'See it with: vaultcrm client show "{name}"')
    with crm.writing() as writer:
        path = make(crm, writer, "client", f"clients/{title}", title, properties, text)
    crm.catch_up_on_clients()
    return Written(writer.created, writer.changed, client(crm, path))


def add_person(crm: Crm, client_name: str, name: str, properties: Mapping[str, Writable]) -> Written:
    """A new person at a client, in the client's folder."""
    home = find.client(crm, client_name)
    _title(name, "person")
    folder, belongs = place(crm, home)
    with crm.writing() as writer:
        path = make(crm, writer, "person", folder, name, {**belongs, **properties})
    crm.catch_up_on([folder])
    return Written(writer.created, writer.changed, person_of(_note(crm, path)))


def add_project(crm: Crm, client_name: str, name: str, properties: Mapping[str, Writable], text: str = "") -> Written:
    """A new project of a client."""
    home = find.client(crm, client_name)
    _title(name, "project")
    folder, belongs = place(crm, home, "projects")
    with crm.writing() as writer:
        path = make(crm, writer, "project", folder, name, {**belongs, **properties}, text)
    crm.catch_up_on([folder])
    return Written(writer.created, writer.changed, project_of(_note(crm, path), home.name))


def _title(name: str, what: str) -> str:
    if not any(char.isalnum() for char in name):
        raise NotUnderstood(f"{name!r} is no name for a {what}.", "Give it a name with letters in it.")
    return file_name(name)


def _note(crm: Crm, path: str) -> Note:
    note = crm.catalog.note(path)
    assert note is not None, path
    return note


def client(crm: Crm, path: str) -> Client:
    """The client whose note is at `path`."""
    return client_of(_note(crm, path))


def clients(crm: Crm) -> list[Standing]:
    """All clients and how things stand with them, by name."""
    crm.catch_up()
    found = [client_of(note) for note in crm.catalog.notes("client")]
    return standings(crm, sorted(found, key=lambda c: fold(c.name)))


def people(crm: Crm, home: Home) -> list[Person]:
    return [person_of(note) for note in crm.catalog.belonging("person", home)]


def projects(crm: Crm, home: Home | None = None) -> list[Project]:
    """Projects of one client or of all: running ones first, by deadline."""
    crm.catch_up()
    if home is not None:
        found = [project_of(note, home.name) for note in crm.catalog.belonging("project", home)]
    else:
        found = []
        for note in crm.catalog.notes("project"):
            owner = crm.catalog.home_of(note.path, link_of(note))
            found.append(project_of(note, owner.name if owner else None))
    return sorted(found, key=lambda p: (not p.is_running, p.deadline or date.max, fold(p.name)))


def link_of(note: Note) -> str | None:
    """The client that a note names itself, if it does."""
    named = note.properties.get("client")
    return named if isinstance(named, str) else None


def standings(crm: Crm, chosen: list[Client]) -> list[Standing]:
    """How things stand with some clients. The catalogue must be complete."""
    talks = _talks(crm)
    open_items: dict[str, list[FollowUp]] = {}
    for item in crm.catalog.follow_ups(("open", "waiting")):
        open_items.setdefault(item.client or "", []).append(item)
    return [_standing(crm, one, talks.get(one.path, []), open_items.get(one.name, [])) for one in chosen]


def _talks(crm: Crm) -> dict[str, list[date]]:
    """The days of each client's talks until today, by the path of the client's note; oldest first."""
    found: dict[str, list[date]] = {}
    owners: dict[tuple[str, str | None], Home | None] = {}
    talks = "SELECT DISTINCT folder, client, substr(at, 1, 10) FROM notes WHERE type = 'interaction' AND channel IS NOT 'note' ORDER BY 3"
    for folder, link, at in crm.catalog.rows(talks):
        if (folder, link) not in owners:
            owners[folder, link] = crm.catalog.home_of(folder + "/-", link)
        owner, day = owners[folder, link], day_in(at)
        if owner is not None and day is not None and day <= crm.today:
            found.setdefault(owner.path, []).append(day)
    return found


def _standing(crm: Crm, one: Client, talks: list[date], items: list[FollowUp]) -> Standing:
    last = talks[-1] if talks else None
    gaps = sorted((b - a).days for a, b in pairwise(talks))
    return Standing(
        client=one,
        last_contact=last,
        silent_days=(crm.today - last).days if last else None,
        usual_days=max(gaps[len(gaps) // 2], 1) if len(gaps) >= 3 else None,
        next_due=min((item.due for item in items if item.due), default=None),
        open=sum(item.status == "open" for item in items),
        waiting=sum(item.status == "waiting" for item in items),
    )


class Stale(NamedTuple):
    """A client that is being neglected, and why: `reasons` are sentences without a full stop."""

    standing: Standing
    reasons: list[str]


def stale(crm: Crm) -> list[Stale]:
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
        elif one.cadence_days and silent > one.cadence_days:
            reasons.append(f"silent for {silent} days, agreed were {one.cadence_days}")
        elif not one.cadence_days and usual and silent > max(2 * usual, 7):
            reasons.append(f"silent for {silent} days, usual are {usual}")
        if not standing.open and not standing.waiting:
            reasons.append("no next step")
        if reasons:
            found.append(Stale(standing, reasons))

    def neglect(item: Stale) -> float:
        standing = item.standing
        allowed = standing.client.cadence_days or 2 * (standing.usual_days or 15)
        return -(standing.silent_days if standing.silent_days is not None else 3650) / allowed

    return sorted(found, key=neglect)
