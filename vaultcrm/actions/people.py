"""The people at clients, and when you last talked to each of them."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.clients import interactions
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.name_matching import folded_names
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.convert import to_person
from vaultcrm.model.records import Interaction, Note, Person
from vaultcrm.normalize import fold


class Contact(NamedTuple):
    """A person, the name of the client, and the day of the last talk with both."""

    person: Person
    client: str | None
    last_talk: date | None


def list_people(crm: Crm, client_name: str | None = None) -> list[Contact]:
    """The people of one client or of all: by client, the one whom you talked to last first. Raises NotFound."""
    crm.refresh()
    if client_name is not None:
        return _contacts(crm, lookup.client(crm, client_name))
    owners: dict[str, ClientRef] = {}
    without_client = []
    for note in crm.catalog.notes("person"):
        owner = crm.catalog.owner_of(note.path, crm.catalog.client_link(note.path))
        if owner is None:
            without_client.append(Contact(to_person(note), None, None))
        else:
            owners[owner.path] = owner
    clients = sorted(owners.values(), key=lambda owner: fold(owner.name))
    return [contact for owner in clients for contact in _contacts(crm, owner)] + without_client


def _contacts(crm: Crm, owner: ClientRef) -> list[Contact]:
    talks = past_talks(crm, owner)
    contacts = []
    for note in crm.catalog.client_notes("person", owner):
        with_person = talks_with(talks, note)
        contacts.append(Contact(to_person(note), owner.name, next((talk.at.date() for talk in with_person if talk.at), None)))
    return sorted(contacts, key=lambda contact: (-(contact.last_talk or date.min).toordinal(), fold(contact.person.name)))


def past_talks(crm: Crm, owner: ClientRef) -> list[Interaction]:
    """A client's talks until now, newest first."""
    return [talk for talk in interactions(crm, owner) if talk.is_past(crm.now)]


def talks_with(talks: Iterable[Interaction], person: Note) -> list[Interaction]:
    """Those of the talks in which a person took part, under the title or an alias of their note."""
    names = set(folded_names(person))
    return [talk for talk in talks if not names.isdisjoint(map(fold, talk.people))]
