"""The clients and people of a vault, and those that an import is about to add; and which of them a card is of.

Nothing is guessed: two that fit are told, and a name alone decides only if nothing contradicts it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.contacts.card_names import are_same_person, begin_alike, organisation_key
from vaultcrm.actions.imports.contacts.entry import Entry, address_key
from vaultcrm.actions.imports.routing import IGNORE, comparable, comparable_keys
from vaultcrm.disk.filenames import MAX_NAME_BYTES, file_name
from vaultcrm.importers.contacts.contact import clean_email
from vaultcrm.importers.message import Contact, Party
from vaultcrm.importers.routing import and_above, domain_of, is_freemail, phone_key, rule_keys
from vaultcrm.markdown.values import as_list, as_text
from vaultcrm.model.convert import client_link
from vaultcrm.normalize import fold
from vaultcrm.plural import listed
from vaultcrm.quoting import quoted

# What stands before the @ of an address that several people read
_SHARED = frozenset(
    """accounting accounts admin billing bonjour booking buchhaltung buero contact contacto contatti enquiries events finance hallo hello
    help hi hola hr info inquiries invoices jobs kontakt kundenservice mail marketing media office orders post presse press reception
    sales service studio support team verkauf welcome""".split()
)

# Sites at which many have a page
_SHARED_SITES = frozenset(
    """about.me behance.net bsky.app calendly.com dribbble.com facebook.com github.com instagram.com linkedin.com linktr.ee medium.com
    sites.google.com t.me twitter.com vimeo.com x.com xing.com youtube.com""".split()
)
_MOST_ALIKE = 50  # notes with the same address, number or name that are looked at
_Index = dict[str, dict[Entry, None]]  # in the order in which they were added


class Doubt(Exception):
    """A card may be of several. `args[0]` says so as a sentence."""


class Directory:
    """Finds whose card it is. `own` are the user's addresses, numbers and names. The catalogue must be up to date."""

    def __init__(self, crm: Crm, own: Sequence[str]) -> None:
        self.entries: list[Entry] = []
        self._by: dict[str, _Index] = {kind: defaultdict(dict) for kind in ("id", "email", "phone", "name")}
        self._clients: dict[str, _Index] = {kind: defaultdict(dict) for kind in ("domain", "organisation")}
        self._own, self._own_domains = comparable_keys(own), {domain_of(address) for address in own}
        self._clients_by_path: dict[str, Entry] = {}
        for note in crm.catalog.notes("client"):
            if crm.catalog.is_client(note.path):
                self.add(Entry("client", note.path, None, note.properties))
        for note in crm.catalog.notes("person"):
            owner = crm.catalog.owner_of(note.path, client_link(note))
            self.add(Entry("person", note.path, self._clients_by_path.get(owner.path) if owner else None, note.properties))
        self._rules = {comparable(key): value for key, value in crm.vault.settings.senders}

    def add(self, entry: Entry) -> None:
        """Add somebody whose note exists, or is to be written."""
        self.entries.append(entry)
        if entry.is_client:
            self._clients_by_path[entry.path] = entry
            folder = entry.path.rpartition("/")[0].rpartition("/")[2]
            for name in {*entry.names, fold(folder)} - {""}:
                self._put(self._clients["organisation"], organisation_key(name), entry)
        for name in entry.names:
            self._put(self._by["name"], name, entry)
        self.add_id(entry, as_text(entry.properties.get("source")) or "")
        for text in as_list(entry.properties.get("email")):
            for email in filter(None, map(clean_email, re.split(r"[,;\s]+", text))):
                self.add_address(entry, "email", email)
        for text in as_list(entry.properties.get("phone")):
            for phone in re.split(r"[,;]", text):
                self.add_address(entry, "phone", phone)
        for site in as_list(entry.properties.get("website")):
            self.add_address(entry, "website", site)

    def add_id(self, entry: Entry, card_id: str) -> None:
        """Know somebody by the ID of a card."""
        self._put(self._by["id"], card_id, entry)

    def add_address(self, entry: Entry, key: str, value: str) -> None:
        """Know somebody by one more address, number or site (`key` is "email", "phone" or "website")."""
        if key == "website":
            if entry.is_client:
                self._add_domain(entry, re.sub(r"^(?:https?://)?(?:www\.)?", "", value.lower()).partition("/")[0])
            return
        entry.addresses.add(address_key(key, value) or value.strip())  # a number that is too short needn't be added twice
        self._put(self._by[key], address_key(key, value), entry)
        if key == "email":
            self._add_domain(entry.client, domain_of(value))

    def _add_domain(self, client: Entry | None, domain: str) -> None:
        if client and not is_freemail(domain) and domain not in self._own_domains | _SHARED_SITES:
            self._put(self._clients["domain"], domain, client)

    @staticmethod
    def _put(index: _Index, key: str, entry: Entry) -> None:
        if key:
            index[key][entry] = None

    def is_own(self, contact: Contact) -> bool:
        """Whether a card is the user's own."""
        return not self._own.isdisjoint(comparable_keys((contact.name, *contact.emails, *contact.phones)))

    def ignored_address(self, contact: Contact) -> str | None:
        """What the settings ignore of a card: an address, a domain that begins with "@", a number or a name."""
        key = self._rule_key(contact)
        return key if key and self._rules[key] == IGNORE else None

    def _rule_key(self, contact: Contact) -> str | None:
        """What a card has that the settings have a rule for: what is theirs alone comes before a domain."""
        parties = [*(Party(contact.name, email) for email in contact.emails), *(Party(phone=phone) for phone in contact.phones)]
        keys = [key for party in parties or [Party(contact.name)] for key in rule_keys(party)]
        return next((key for key in sorted(keys, key=lambda key: key.startswith("@")) if key in self._rules), None)

    def client_at(self, path: str) -> Entry:
        """The client whose note is at a path."""
        return self._clients_by_path[path]

    def is_name(self, name: str) -> bool:
        """Whether a client or a person has exactly this name or alias."""
        return bool(self._by["name"].get(fold(name)))

    def people_called(self, name: str) -> list[Entry]:
        """The people with exactly this name or alias."""
        return [entry for entry in self._by["name"].get(fold(name), ()) if not entry.is_client]

    # ------------------------------------------------------------------------ whose card it is

    def find(self, contact: Contact, home: Entry | None = None) -> Entry | None:
        """Whose card it is: by its ID, its addresses, its numbers, then its name. Raises Doubt if it may be of several.

        `home` is the client at which the card's person is said to be.
        """
        if home is not None and not contact.organisation:
            contact = contact._replace(organisation=home.title)
        home = home or _only(self._named(contact.organisation))
        names = [contact.name, file_name(contact.name, "") if len(contact.name.encode()) <= MAX_NAME_BYTES else ""]
        for by, values in (("id", [contact.source]), ("email", contact.emails), ("phone", contact.phones), ("name", names)):
            found = {entry: value for value in values for entry in self._with(by, value, contact.is_company)}
            best = _narrowed([entry for entry, value in found.items() if self._may_be(entry, contact, by, value, home)], contact, home)
            if len(best) > 1:
                what = {"id": "this card's ID", "email": "the address", "phone": "the number", "name": "the name"}[by]
                shown = "" if by == "id" else f" {found[best[0]]}"
                raise Doubt(f"{len(best)} notes have {what}{shown}: {listed(sorted(entry.shown for entry in best)[:5])}.")
            if best:
                return best[0]
        return None

    def _with(self, by: str, value: str, is_company: bool = False) -> list[Entry]:
        """Those with an ID, address, number or name; none if so many have it that it says nothing."""
        if is_company and by == "name":
            return self._named(value)
        found = self._by[by].get(address_key(by, value), {})
        if len(found) > _MOST_ALIKE and by == "name":
            raise Doubt(f"{len(found)} notes have the name {value}.")
        return [*found] if len(found) <= _MOST_ALIKE else []

    def _may_be(self, entry: Entry, contact: Contact, by: str, value: str, home: Entry | None) -> bool:
        """Whether a card may be of somebody who has the same `value`."""
        if contact.is_company:
            return entry.is_client and (by in ("email", "name") or any(begin_alike(contact.name, name) for name in entry.names))
        if by == "name":
            return not self._is_contradicted(entry, contact, home)
        same = (name == fold(contact.name) or are_same_person(contact.name, name) for name in entry.names)
        if not contact.name or any(same):
            return True
        if by == "id":  # some programs give all cards the same one
            return any(email.lower() in entry.addresses for email in contact.emails if not _is_shared(email))
        # a client's address may be that of somebody who works there, and a number that of an office or a family
        return by == "email" and not entry.is_client and not _is_shared(value)

    def _is_contradicted(self, entry: Entry, contact: Contact, home: Entry | None) -> bool:
        """Whether somebody of the same name is somebody else: at another client, with other addresses."""
        if not contact.organisation or entry.client is None or entry.client is home or entry.is_at(contact.organisation):
            return False
        addresses = _addresses(contact)
        return home is not None or bool(addresses and entry.addresses and addresses.isdisjoint(entry.addresses))

    # ------------------------------------------------------------------------ at which client

    def _named(self, organisation: str) -> list[Entry]:
        """The clients that an organisation may be: by name, alias or folder, whatever its legal form. Exact ones come first."""
        found = self._clients["organisation"].get(organisation_key(organisation), {}) if organisation else {}
        titled = [entry for entry in found if fold(organisation) == fold(entry.title)]
        return titled or [entry for entry in found if fold(organisation) in entry.names] or [*found]

    def client_named(self, organisation: str) -> Entry | None:
        """The client that an organisation is. Raises Doubt if it may be several."""
        found = self._named(organisation)
        if len(found) > 1:
            raise Doubt(f"{quoted(organisation)} may be one of {len(found)} clients: {listed(sorted(entry.title for entry in found)[:5])}.")
        return _only(found)

    def client_of(self, contact: Contact) -> Entry | None:
        """The client at which somebody is who isn't known yet: by a rule, the organisation, a shared address or number, the domain."""
        if (key := self._rule_key(contact)) and (ruled := self._named(self._rules[key])):
            return ruled[0]
        if named := self.client_named(contact.organisation):
            return named
        emails = [email.lower() for email in contact.emails]
        domains = [domain for email in emails if not is_freemail(domain_of(email)) for domain in and_above(domain_of(email))]
        by_address = [entry.client for email in emails for entry in self._with("email", email) if entry.client]
        by_phone = [entry for phone in contact.phones for entry in self._with("phone", phone) if entry.is_client]
        by_domain = [entry for domain in domains for entry in self._clients["domain"].get(domain, ())]
        return _only(by_address) or _only(by_domain) or _only(by_phone)

    def company_at_domain(self, contact: Contact) -> Entry | None:
        """The client with the domain of a company's card, if their names begin alike: a domain may be a group's."""
        found = [entry for email in contact.emails for entry in self._clients["domain"].get(domain_of(email), ())]
        client = _only(found)
        return client if client and any(begin_alike(contact.name, name) for name in client.names) else None


def _is_shared(email: str) -> bool:
    return email.partition("@")[0].lower() in _SHARED


def _addresses(contact: Contact) -> set[str]:
    return {key for key in (*map(str.lower, contact.emails), *map(phone_key, contact.phones)) if key}


def _narrowed(entries: Sequence[Entry], contact: Contact, home: Entry | None) -> list[Entry]:
    """Those that fit best: people before the client they belong to, the same name, the same client."""
    best = [*entries]
    if not contact.is_company:
        owners = [entry.client for entry in best if not entry.is_client]
        best = [entry for entry in best if not (entry.is_client and entry in owners)]
    for preferred in (
        [entry for entry in best if fold(contact.name) in entry.names],
        [entry for entry in best if home and entry.client is home],
    ):
        best = [entry for entry in best if entry in preferred] or best
    return best


def _only(entries: Iterable[Entry]) -> Entry | None:
    found = set(entries)
    return found.pop() if len(found) == 1 else None
