"""What was imported of a card before: kept in the ledger, so that nothing comes back that a person has removed since."""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from vaultcrm.actions.imports.ledger import Ledger
from vaultcrm.importers.contacts.contact import CONTENT_SOURCE
from vaultcrm.importers.message import Contact
from vaultcrm.importers.routing import phone_key
from vaultcrm.normalize import fold

_PRINT = 6  # hexadecimal digits that a value is remembered by
_PRINTS_PER_LINE = 14  # of the ledger, whose versions have at most 100 characters


class Recalled(NamedTuple):
    """What the ledger says of a card. `is_same`: it was imported as it is now; `was_imported`: it was, perhaps with other details."""

    is_same: bool
    was_imported: bool
    prints: frozenset[str]

    def knows(self, key: str, value: str) -> bool:
        """Whether this value of a property was imported from the card before."""
        return _print(key, value) in self.prints


class CardMemory:
    """A card is known by its ID, and by its name and organisation. The ledger holds a digest of it, and one of each of its values."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def recall(self, contact: Contact) -> Recalled:
        """What was imported of a card before this run."""
        by_name, *by_id = (self._ledger.versions(key) for key in _keys(contact))
        versions = [version.partition(".") for found in (by_name, *by_id) for version in found]
        prints = frozenset(line[start : start + _PRINT] for _, _, line in versions for start in range(0, len(line), _PRINT))
        addresses = {_print(key, value) for key, value in _values(contact) if key in ("email", "phone")}
        # another person of the same name and organisation has other addresses; and some programs give all cards the same ID
        is_theirs = not addresses or not prints.isdisjoint(addresses)
        is_same_id = any(by_id) and (is_theirs or _print("name", contact.name) in prints)
        is_same = _digest(contact) in {digest for digest, _, _ in versions}
        return Recalled(is_same, is_same_id or bool(by_name and is_theirs), prints)

    def keep(self, contact: Contact) -> None:
        """Keep that a card is imported with all of its values."""
        digest = _digest(contact)
        prints = [_print(key, value) for key, value in _values(contact)]
        for start in range(0, max(1, len(prints)), _PRINTS_PER_LINE):
            version = f"{digest}.{''.join(prints[start : start + _PRINTS_PER_LINE])}"
            for key in _keys(contact):
                self._ledger.add(key, version)


def _keys(contact: Contact) -> list[str]:
    """What the ledger knows a card by: its name and organisation, and its ID if the address book gave it one."""
    name = fold(contact.name) or next(iter((*contact.emails, *contact.phones)), "").lower()
    key = f"card:{name}:{fold(contact.organisation)}"
    return [key] if contact.source.startswith(CONTENT_SOURCE) else [key, contact.source]


def _values(contact: Contact) -> Iterator[tuple[str, str]]:
    """What is remembered of a card: the property and the value."""
    yield "name", contact.name
    yield from (("email", email) for email in contact.emails)
    yield from (("phone", phone) for phone in contact.phones)
    yield from (("aliases", nickname) for nickname in contact.nicknames)
    yield from ((key, value) for key, value in (("role", contact.role), ("birthday", contact.birthday)) if value)


def _print(key: str, value: str) -> str:
    comparable = (phone_key(value) or value) if key == "phone" else fold(value)
    return hashlib.sha256(f"{key}:{comparable}".encode("utf-8", "replace")).hexdigest()[:_PRINT]


def _digest(contact: Contact) -> str:
    return hashlib.sha256(repr(contact[1:]).encode("utf-8", "replace")).hexdigest()[:12]
