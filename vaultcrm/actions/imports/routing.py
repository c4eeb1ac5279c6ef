"""Whose client somebody is: by address, domain, phone number or name, as the vault's notes and settings know them."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.errors import NotFound
from vaultcrm.importers.message import Party
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.values import as_list
from vaultcrm.model.convert import client_link
from vaultcrm.normalize import fold
from vaultcrm.quoting import quoted

IGNORE = "ignore"  # what a rule says of senders whose messages are left out
_MIN_DIGITS, _COMPARED_DIGITS = 7, 9  # of a phone number: prefixes are written in many ways
# Domains of providers where everybody can have an address, so that they say nothing of a company
_FREEMAIL = re.compile(
    r"(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|aol|icloud|me|mac|gmx|web|t-online|freenet|mail|proton|protonmail|pm|posteo|mailbox"
    r"|fastmail|zoho|yandex|qq|163|126|naver|orange|wanadoo|laposte|free|sfr|libero|virgilio|tiscali|sapo|uol|bol|terra|btinternet|sky|comcast|att"
    r"|verizon|bluewin|hey|tutanota|tuta|duck|seznam|wp|o2|interia|rambler|bk|list|inbox)\.(?:[a-z]{2,3}|[a-z]{2,3}\.[a-z]{2}|info|email|org)"
)


class Route(NamedTuple):
    """Where a talk belongs. Without a client, `reason` says why; `ignored` is the rule by which it is left out."""

    client: ClientRef | None
    reason: str = ""
    ignored: str = ""


class _Known(NamedTuple):
    client: ClientRef
    person: str | None  # the title of the person's note


class Router:
    """What the vault knows of addresses, numbers and names. The catalogue must be up to date.

    `me` are the user's own addresses and names. `rules` say of an address, or of a domain that begins with "@",
    whose client it is. Raises NotFound for a rule that names no client.
    """

    def __init__(self, crm: Crm, me: Iterable[str], rules: Iterable[tuple[str, str]]) -> None:
        self._mine = {_key(text) for text in me}
        self._rules = {key.lower(): value for key, value in rules}
        names = crm.catalog.client_names()
        self._clients = {path: ClientRef.at(path) for path in names}
        self._client_by_name = {name: path for path, all_names in reversed(names.items()) for name in all_names}
        for value in self._rules.values():
            if value != IGNORE and fold(value) not in self._client_by_name:
                raise NotFound(f"No client is called {quoted(value)}, as [import.senders] says.", "Correct it in vaultcrm.toml.")
        self._emails: dict[str, set[_Known]] = {}
        self._domains: dict[str, set[_Known]] = {}
        self._phones: dict[str, set[_Known]] = {}
        self._names: dict[str, set[_Known]] = {}
        for note in (*crm.catalog.notes("client"), *crm.catalog.notes("person")):
            owner = self._clients.get(note.path) if note.type == "client" else crm.catalog.owner_of(note.path, client_link(note))
            if owner is None:
                continue
            known = _Known(owner, note.title if note.type == "person" else None)
            get = note.properties.get
            for email in as_list(get("email")):
                self._emails.setdefault(email.strip().lower(), set()).add(known)
                domain = email.strip().lower().rpartition("@")[2]
                if domain and not _FREEMAIL.fullmatch(domain):
                    self._domains.setdefault(domain, set()).add(_Known(owner, None))
            for phone in as_list(get("phone")):
                if digits := _digits(phone):
                    self._phones.setdefault(digits, set()).add(known)
            for name in (note.title, *as_list(get("aliases"))):
                self._names.setdefault(fold(name), set()).add(known)

    def is_me(self, party: Party) -> bool:
        """Whether this is the user."""
        keys = {_key(text) for text in (party.email, party.phone, party.account, party.name) if text}
        return not keys.isdisjoint(self._mine)

    def route(self, parties: Sequence[Party], conversation: str = "") -> Route:
        """Whose talk it is in which these took part, or which has this name; the surest way of telling that tells counts."""
        others = [party for party in parties if not self.is_me(party)]
        for party in others:
            rule = self._rules.get(party.email.lower()) or self._rules.get("@" + party.email.lower().rpartition("@")[2])
            if rule == IGNORE:
                return Route(None, ignored=party.email)
            if rule:
                return Route(self._clients[self._client_by_name[fold(rule)]])
        for find in (self._by_email, self._by_domain, self._by_phone, self._by_name):
            clients = {known.client for party in others for known in find(party)}
            if len(clients) == 1:
                return Route(clients.pop())
            if clients:
                return Route(None, f"it may belong to {' or '.join(sorted(quoted(client.name) for client in clients))}")
        if path := self._client_by_name.get(fold(conversation)):
            return Route(self._clients[path])
        names = [party.email or party.phone or party.name or party.account for party in others]
        shown = ", ".join(dict.fromkeys(filter(None, names[:3])))
        return Route(None, f"no client has {shown}" if shown else "it doesn't say who wrote it")

    def person(self, party: Party, client: ClientRef) -> str | None:
        """The title of a person's note at a client; None for somebody who has none."""
        for find in (self._by_email, self._by_phone, self._by_name):
            titles = {known.person for known in find(party) if known.client == client and known.person}
            if len(titles) == 1:
                return titles.pop()
        return None

    def _by_email(self, party: Party) -> set[_Known]:
        return self._emails.get(party.email.lower(), set()) if party.email else set()

    def _by_domain(self, party: Party) -> set[_Known]:
        domain = party.email.lower().rpartition("@")[2]
        while domain.count(".") >= 1:  # mail.acme.example belongs to acme.example
            if found := self._domains.get(domain):
                return found
            domain = domain.partition(".")[2]
        return set()

    def _by_phone(self, party: Party) -> set[_Known]:
        digits = _digits(party.phone)
        return self._phones.get(digits, set()) if digits else set()

    def _by_name(self, party: Party) -> set[_Known]:
        return self._names.get(fold(party.name), set()) if party.name else set()


def _key(text: str) -> str:
    return _digits(text) if re.fullmatch(r"[+\d\s()/.-]{7,}", text.strip()) else fold(text)


def _digits(phone: str) -> str:
    """What tells a phone number however it is written: its last nine digits; "" for what is too short to be one."""
    digits = re.sub(r"\D", "", phone).lstrip("0")
    return digits[-_COMPARED_DIGITS:] if len(digits) >= _MIN_DIGITS else ""
