"""Whose client somebody is, as the vault's notes and settings know them."""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import NotFound
from vaultcrm.importers import routing
from vaultcrm.importers.inert import inert_line
from vaultcrm.importers.message import Party
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.values import as_list
from vaultcrm.model.convert import client_link
from vaultcrm.model.records import Note
from vaultcrm.normalize import fold
from vaultcrm.plural import listed
from vaultcrm.quoting import quoted

IGNORE = "ignore"  # what a rule says of senders whose messages are left out


class Route(NamedTuple):
    """Where a talk belongs. Without a client, `reason` says why; `ignored` is the address by whose rule it is left out.

    `candidates` are the clients that it may belong to.
    """

    client: ClientRef | None
    reason: str = ""
    ignored: str = ""
    candidates: tuple[ClientRef, ...] = ()


class Router:
    """Finds the client of a talk. The catalogue must be up to date.

    `me` are the user's own addresses and names. `rules` say of an address, or of a domain that begins with "@",
    whose client it is, or IGNORE. `planned` are those whom a dry run would have added before. Raises NotFound for a rule
    that names no client.
    """

    def __init__(self, crm: Crm, me: Iterable[str], rules: Iterable[tuple[str, str]], planned: Iterable[routing.Known] = ()) -> None:
        own = [*me]
        self._mine = comparable_keys(own)
        self._rules = {comparable(key): value for key, value in rules}
        self._client_by_name = {name: path for path, names in reversed(crm.catalog.client_names().items()) for name in names}
        known = [*planned, *(routing.Known(self._ruled(value), keys=(key,)) for key, value in rules if value != IGNORE)]
        for note in (*crm.catalog.notes("client"), *crm.catalog.notes("person")):
            owner = note.path if note.type == "client" else _owner(crm, note)
            if owner is not None and (note.type == "person" or crm.catalog.is_client(note.path)):
                get = note.properties.get
                person = note.path if note.type == "person" else ""
                names = (note.title, *as_list(get("aliases")))
                known.append(routing.Known(owner, person, names, as_list(get("email")), as_list(get("phone"))))
        self._directory = routing.Directory(known, own)
        self._names: dict[str, set[str]] = {}
        for entry in known:
            for name in filter(lambda words: len(words) > 2, map(_words, entry.names)):
                self._names.setdefault(name, set()).add(entry.client)

    def _ruled(self, name: str) -> str:
        if path := self._client_by_name.get(fold(name)):
            return path
        raise NotFound(f"No client is called {quoted(name)}, as [import.senders] says.", "Correct it in vaultcrm.toml.")

    def is_me(self, party: Party) -> bool:
        """Whether this is the user."""
        return is_one_of(self._mine, party)

    def route(self, parties: Sequence[Party], conversation: str = "") -> Route:
        """Whose talk it is in which these took part, or which has this name."""
        others = [party for party in parties if party != Party() and not self.is_me(party)]
        if not others and conversation:  # a day of a chat on which only the user wrote
            others = [Party(name=conversation)]
        for party in others[:1]:  # who wrote it
            key = next((key for key in routing.rule_keys(party) if key in self._rules), "")
            if self._rules.get(key) == IGNORE:
                return Route(None, ignored=party.email.lower() or party.account or party.phone or party.name)
        found = routing.route(others, self._directory)
        if isinstance(found, routing.Route):
            return Route(ClientRef.at(found.client))
        if not found.candidates and (path := self._client_by_name.get(fold(conversation))):
            return Route(ClientRef.at(path))
        may_be = f" It may belong to {_titles(found.candidates, 'or')}." if found.candidates else ""
        return Route(None, inert_line(found.reason + may_be), candidates=tuple(map(ClientRef.at, found.candidates)))

    def named_in(self, text: str) -> Route:
        """Whose name, or whose person's name, is in a text of the user's own. Without a client, `reason` is empty if there is none."""
        words = f" {_words(text)} "
        paths = sorted({path for name, paths in self._names.items() if f" {name} " in words for path in paths})
        if len(paths) == 1:
            return Route(ClientRef.at(paths[0]))
        return Route(None, f"Its title names {_titles(paths, 'and')}." if paths else "")

    def person(self, party: Party, client: ClientRef) -> str | None:
        """The title of a person's note at a client; None for somebody who has none."""
        found = self._directory.find(party)
        if isinstance(found, routing.Route) and found.client == client.path and len(found.people) == 1:
            return title_of_path(found.people[0])
        return None


def _owner(crm: Crm, note: Note) -> str | None:
    owner = crm.catalog.owner_of(note.path, client_link(note))
    return owner.path if owner else None


def _titles(paths: Iterable[str], conjunction: str) -> str:
    return listed([quoted(title_of_path(path)) for path in paths], conjunction)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def is_one_of(keys: AbstractSet[str], party: Party) -> bool:
    """Whether somebody has one of some names, addresses and numbers, as `comparable_keys` gives them."""
    return not keys.isdisjoint(comparable_keys((party.email, party.phone, party.account, party.name)))


def comparable_keys(texts: Iterable[str]) -> set[str]:
    """Names, addresses and numbers as they are compared."""
    return {key for text in texts if (key := comparable(text))}


def comparable(text: str) -> str:
    """A name, an address or a number as it is compared."""
    return fold(routing.comparable_key(text))
