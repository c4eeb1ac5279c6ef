"""Import contacts: cards become clients and people. Whoever the vault knows gets what is missing; what differs is told."""

from collections.abc import Iterable
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.imports.contacts.card_memory import CardMemory, Recalled
from vaultcrm.actions.imports.contacts.card_names import shown_name
from vaultcrm.actions.imports.contacts.card_notes import adding, cleaned, describe, new_note
from vaultcrm.actions.imports.contacts.directory import Directory, Doubt
from vaultcrm.actions.imports.contacts.entry import Entry
from vaultcrm.actions.imports.contacts.places import Places
from vaultcrm.actions.imports.import_run import ImportRun, Source
from vaultcrm.actions.imports.report import Outcome
from vaultcrm.errors import AlreadyExists, Conflict, InvalidInput, NotFound, Unreadable
from vaultcrm.errors import Refused as EditRefused
from vaultcrm.importers.detect import read
from vaultcrm.importers.message import Contact, Notice, Refused
from vaultcrm.importers.routing import Known
from vaultcrm.normalize import fold
from vaultcrm.plural import listed
from vaultcrm.quoting import quoted

GROUP = 500  # notes that are written together
_SECOND: dict[Outcome, Outcome] = {"created": "known"}  # what becomes of a second copy of a card
_NOTHING = Recalled(False, False, frozenset())


class _Result(NamedTuple):
    contact: Contact
    outcome: Outcome
    entry: Entry | None = None
    reason: str = ""


class ContactImport:
    """Imports contacts. The catalogue must be up to date. Raises NotFound for a client that doesn't exist."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self._memory = CardMemory(run.ledger)
        self._directory = Directory(run.crm, run.own_names)
        self._places = Places(run.crm)
        client = run.options.client
        self._home = self._directory.client_at(lookup.client(run.crm, client).path) if client else None
        self._cards: list[Contact] = []
        self._results: list[_Result] = []

    def read(self, source: Source, kind: str) -> None:
        """Read the cards of a source. What becomes of them is decided at the end, so that their order doesn't matter."""
        options = {"mapping": dict(self.run.options.columns)}
        for item in read(kind, source.data, source.name, options):
            if isinstance(item, Notice):
                self.run.notices.append(f"{item.where}: {item.text}")
            elif isinstance(item, Refused):
                self.run.report(item.where, "refused", None, item.reason, "contact")
            else:
                self._cards.append(cleaned(item))

    def finish(self) -> None:
        """Write and report everything. Companies come first, since they tell where people are, and cards that are only a name last."""
        cards, self._cards = self._cards, []
        decided: dict[Contact, _Result] = {}
        for contact in sorted(cards, key=_rank):
            again = decided.get(contact)  # the very same card, as exports of overlapping groups have it
            result = self._decide(contact) if again is None else again._replace(outcome=_SECOND.get(again.outcome, again.outcome))
            decided.setdefault(contact, result)
            self._results.append(result)
        failed = self._write_new() | self._write_additions()
        for contact, outcome, entry, reason in self._results:
            error = failed.get(id(entry))
            if error and outcome == "created":
                outcome, entry, reason = "refused", None, error
            elif error:
                reason = error
            elif outcome in ("created", "known") and contact in decided:
                del decided[contact]
                self._memory.keep(contact)
            self.run.report(contact.source, outcome, entry.path if entry else None, reason, "contact")

    def planned(self) -> list[Known]:
        """Everybody who is new or has a new address, for the talks of a dry run."""
        new = [(entry, entry.client) for entry in self._directory.entries if entry.is_new or entry.additions]
        return [
            Known(client.path, "" if entry is client else entry.path, tuple(entry.names), *map(entry.new_items, ("email", "phone")))
            for entry, client in new
            if client
        ]

    # ------------------------------------------------------------------------ what becomes of a card

    def _decide(self, contact: Contact) -> _Result:
        directory = self._directory
        if directory.is_own(contact):
            return _Result(contact, "left_out", None, "It's your own card.")
        if ignored := directory.ignored_address(contact):
            return _Result(contact, "left_out", None, f"the settings ignore {ignored}")
        if not shown_name(contact):
            return _Result(contact, "refused", None, "Its name has no letters, and it has no address or number.")
        recalled = _NOTHING if self.run.options.again else self._memory.recall(contact)
        try:
            entry = directory.find(contact, self._home) or (directory.company_at_domain(contact) if contact.is_company else None)
            if recalled.is_same:
                return _Result(contact, "known", entry)
            if entry is not None:
                return _Result(contact, "known", entry, self._merge(entry, contact, recalled))
            if recalled.was_imported:
                return _Result(contact, "known", None, "It was imported before, and no note fits it now. --again makes one.")
            return _Result(contact, "created", self._add(contact))
        except Doubt as doubt:
            return _Result(contact, "known" if recalled.is_same else "left_out", None, "" if recalled.is_same else str(doubt))
        except (AlreadyExists, InvalidInput) as error:  # InvalidInput: a folder is a link that leads out of the vault
            return _Result(contact, "left_out", None, error.message)

    def _add(self, contact: Contact) -> Entry:
        """Plan a new note: of a person at a client, or of a client. Raises AlreadyExists."""
        name, organisation = shown_name(contact), contact.organisation
        client = self._home
        if client is None and not contact.is_company:
            client = self._directory.client_of(contact)
            if client is None and organisation:
                client = self._new_client(organisation)
        if client is None:
            entry = self._new_client(name)
        else:
            path, location = self._places.person(client, name)
            entry = self._new("person", path, client, name)
            entry.values |= location.properties
            if others := [other for other in self._directory.people_called(name) if other is not entry]:
                self.run.notices.append(f"Two people are called {quoted(name)}: {others[0].shown} and {entry.shown}.")
        self._describe(entry, contact)
        return entry

    def _new_client(self, name: str) -> Entry:
        return self._new("client", self._places.client(name), None, name)

    def _new(self, note_type: str, path: str, client: Entry | None, name: str) -> Entry:
        entry = Entry(note_type, path, client, {}, is_new=True)
        if entry.title != name:  # no file can have it, or another note has
            entry.values["aliases"] = [name]
            entry.names.add(fold(name))
        self._directory.add(entry)
        return entry

    def _describe(self, entry: Entry, contact: Contact) -> None:
        """Put a card's contents into a note that is still to be written."""
        organisation = "" if entry.is_at(contact.organisation) else contact.organisation
        describe(entry, contact, self._new_nicknames(entry, contact), organisation)
        self._directory.add_id(entry, contact.source)
        for key, values in (("email", contact.emails), ("phone", contact.phones), ("website", contact.urls)):
            for value in values:
                self._directory.add_address(entry, key, value)

    def _new_nicknames(self, entry: Entry, contact: Contact) -> list[str]:
        """The nicknames that nobody else has: a second one would make the name of the other ambiguous."""
        return [name for name in contact.nicknames if fold(name) not in entry.names and not self._directory.is_name(name)]

    # ------------------------------------------------------------------------ merging

    def _merge(self, entry: Entry, contact: Contact, recalled: Recalled) -> str:
        """Add what a note lacks and the card was never imported with, and tell what differs. Returns what is added, as a sentence."""
        self._tell_differences(entry, contact)
        added: dict[str, list[str]] = {}
        for key, values in (("email", contact.emails), ("phone", contact.phones)):
            new = [value for value in values if not entry.holds(key, value) and (entry.is_new or not recalled.knows(key, value))]
            if new:
                added[key] = new
        if not entry.holds("aliases") and (nicknames := self._new_nicknames(entry, contact)):
            added["aliases"] = [name for name in nicknames if not recalled.knows("aliases", name)]
        for key, text in _single(entry, contact):
            if text and not entry.holds(key) and (entry.is_new or not recalled.knows(key, text)):
                added[key] = [text]
        if entry.is_new:
            self._describe(entry, contact)
        else:
            for key, items in added.items():
                entry.add(key, items if key in ("email", "phone", "aliases") else items[0])
                for item in items if key in ("email", "phone") else ():
                    self._directory.add_address(entry, key, item)
        shown = [f"{_SHOWN[key]} {item}" for key, items in added.items() for item in items]
        return f"added {listed(shown)}" if shown else ""

    def _tell_differences(self, entry: Entry, contact: Contact) -> None:
        notices = self.run.notices
        if contact.name and fold(contact.name) not in entry.names:
            notices.append(f"{entry.title}: the contact is called {quoted(contact.name)}.")
        for key, text in _single(entry, contact):
            if text and (old := entry.text(key)) and fold(old) != fold(text):
                notices.append(f"{entry.title}: the contact says {quoted(text)}, the note {quoted(old)}.")
        if contact.organisation and not contact.is_company and entry.client and not entry.is_at(contact.organisation):
            notices.append(f"{entry.title}: the contact says {quoted(contact.organisation)}, the note is at {quoted(entry.client.title)}.")

    # ------------------------------------------------------------------------ writing

    def _write_new(self) -> dict[int, str]:
        """Write the new notes, the clients before their people. Returns why some can't be written, by entry."""
        failed: dict[int, str] = {}
        for note_type in ("client", "person"):
            of_type = [entry for entry in self._directory.entries if entry.is_new and entry.type == note_type]
            of_type.sort(key=lambda entry: entry.path.rpartition("/")[0])  # a folder is waited for once
            for start in range(0, len(of_type), GROUP):
                notes = []
                for entry in of_type[start : start + GROUP]:
                    try:
                        notes.append((entry, new_note(self.run.crm.vault.root, entry)))
                    except (EditRefused, Unreadable) as error:
                        failed[id(entry)] = error.message
                for (entry, _), path in zip(notes, self.run.create([note for _, note in notes]), strict=True):
                    entry.path = path
        return failed

    def _write_additions(self) -> dict[int, str]:
        """Add to the notes that exist what they lack. Returns why some can't be changed, by entry."""
        failed: dict[int, str] = {}
        for entry in self._directory.entries:
            if entry.additions:
                try:
                    self.run.edit(entry.path, adding(entry.additions))
                except (EditRefused, Unreadable, NotFound, Conflict) as error:
                    failed[id(entry)] = error.message
                    self.run.notices.append(f"{entry.title} doesn't get what is new. {error.message}")
        return failed


_SHOWN = {"email": "address", "phone": "number", "aliases": "alias", "role": "role", "birthday": "birthday"}


def _single(entry: Entry, contact: Contact) -> Iterable[tuple[str, str]]:
    """The values of which a note has one; a client has no role."""
    yield "birthday", contact.birthday
    if not entry.is_client:
        yield "role", contact.role


def _rank(contact: Contact) -> int:
    """When a card is looked at, whatever their order in the source. A name with a website is likely a company's."""
    has_address = bool(contact.emails or contact.phones)
    ranks = (contact.is_company, bool(contact.organisation), bool(contact.urls) and not has_address, has_address, True)
    return ranks.index(True)
