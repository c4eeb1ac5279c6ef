"""File notes of the inbox with a client, in one step: the notes, what came with them, and the links to both."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from vaultcrm.actions.add import check_person_is_new, new_client_folder, write_client, write_person
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.imports.import_settings import SenderRule, keep_rule, settings_now
from vaultcrm.actions.imports.routing import Router
from vaultcrm.actions.imports.talk_notes import TalkNotes
from vaultcrm.actions.inbox.parked import (
    InboxResolver,
    Parked,
    Sender,
    files_of_notes,
    files_of_only,
    parked_notes,
    sender_in,
    subject_of,
)
from vaultcrm.actions.inbox.waiting import FILES, INBOX, origin_of
from vaultcrm.actions.link_updates import rewritten_files
from vaultcrm.actions.name_matching import folded_names
from vaultcrm.actions.new_note import NoteLocation, note_location
from vaultcrm.actions.rename_plan import plan_copies
from vaultcrm.disk.filenames import file_name, numbered
from vaultcrm.disk.moves import Move, path_mapper
from vaultcrm.errors import InvalidInput, NotFound, UsageError
from vaultcrm.links.ownership import ClientRef
from vaultcrm.links.rewriter import LinkRewriter, SkippedLink
from vaultcrm.markdown.edit import add_item, remove_property, set_property
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import as_list
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.convert import is_talk, talk_time
from vaultcrm.model.records import Note
from vaultcrm.normalize import fold
from vaultcrm.quoting import quoted
from vaultcrm.vault.conflict_copies import parse_conflict_copy
from vaultcrm.vault.writer import Writer

# Where the notes of each type lie in a client's folder
_SUBFOLDERS = {"interaction": "interactions", "follow-up": "follow-ups", "decision": "decisions", "project": "projects", "person": ""}


class Target(NamedTuple):
    """Where to file: with a client that is there, or a new one of a name. `person` is the name of a new person there: the sender."""

    client: ClientRef | None = None
    new_client: str = ""
    person: str = ""


def new_client(parked: Parked, name: str = "") -> Target:
    """A new client of who wrote a note, by the sender's name; with another name, the sender is a person there. Raises UsageError."""
    sender_name = parked.sender.party.name if parked.sender else ""
    if not name and not sender_name:
        raise UsageError(f"{parked.path} doesn't say what the client is called.", "Give the name as well.")
    is_person = bool(name and sender_name) and fold(name) != fold(sender_name)
    return Target(new_client=name or sender_name, person=sender_name if is_person else "")


def person_of(parked: Parked, client: ClientRef, name: str = "") -> Target:
    """The sender of a note as a person at a client. Raises UsageError where the note names nobody."""
    if parked.sender is None:
        raise UsageError(f"{parked.path} doesn't say who wrote it.", "Add somebody with: vaultcrm person add CLIENT NAME")
    if not name and not parked.sender.party.name:
        raise UsageError(f"{parked.path} doesn't say what {parked.sender.key} is called.", "Give the name as well.")
    return Target(client, person=name or parked.sender.party.name)


class Filed(NamedTuple):
    """What was filed. `notes` are the new paths of the notes that were asked for, `moved` is all that moved, with what went along."""

    client: ClientRef
    notes: list[str]
    moved: list[tuple[str, str]]
    skipped_links: list[SkippedLink]
    person: str | None = None  # the path of a new person
    rules: tuple[SenderRule, ...] = ()


def file_notes(crm: Crm, notes: Sequence[Parked], target: Target, rules_for: Sequence[str] = ()) -> WriteResult[Filed]:
    """Move notes from the inbox to a client, with their attachments and follow-ups; keep a rule for each sender in `rules_for`.

    Their people and project are linked as an import would have linked them. Raises NotFound for a note that has left the
    inbox, AlreadyExists for a new client or person that is there already.
    """
    with crm.writing() as writer:
        waiting = {parked.path: parked for parked in parked_notes(crm)}
        if gone := next((parked.path for parked in notes if parked.path not in waiting), None):
            raise NotFound(f"{gone} isn't in the inbox any more.", "List what is there with: vaultcrm inbox list")
        filing = _Filing(crm, [waiting[parked.path] for parked in notes], target)
        rule_name = filing.rule_name() if rules_for else ""
        filing.move(writer)
        rules = tuple(keep_rule(crm, writer, sender, rule_name) for sender in dict.fromkeys(rules_for))
    moved = [(move.old, move.new) for move in filing.moves]
    filed = Filed(filing.client, filing.new_paths, moved, filing.skipped_links, filing.person_path, rules)
    return WriteResult(writer.created, writer.changed, filed)


class _Filing:
    """One step while it is going on. It is planned under the vault's lock, and moves files before it writes any."""

    def __init__(self, crm: Crm, notes: Sequence[Parked], target: Target) -> None:
        self.crm = crm
        self.target = target
        self.sender = next((parked.sender for parked in notes if parked.sender), None)
        self.talk_notes = TalkNotes(crm, Router(crm, settings_now(crm).me, ()))
        self.new_folder = "" if target.client else new_client_folder(crm, target.new_client, self._contact())
        self.client = target.client or ClientRef.at(f"{self.new_folder}/{file_name(target.new_client)}.md")
        self.known_person = self._find_person()
        if target.person and self.known_person is None:
            check_person_is_new(crm, self.client, self._location("").folder, target.person)
        self.person_path: str | None = None
        self.skipped_links: list[SkippedLink] = []
        self.resolver = InboxResolver.of(crm)
        self._taken: dict[str, set[str]] = {}
        self.notes = [*(parked.note for parked in notes), *self._companions({parked.path for parked in notes})]
        self.moves = [*self._plan(self.notes)]
        self.new_paths = [*map(path_mapper(self.moves), (parked.path for parked in notes))]

    def _contact(self) -> dict[str, list[str]]:
        """The properties by which the sender is known again."""
        party = self.sender.party if self.sender else None
        if party is None:
            return {}
        name = self.target.person or self.target.new_client
        has_other_name = not party.email and not party.phone and party.name and fold(party.name) != fold(name)
        return {
            "aliases": [party.name] if has_other_name else [],
            "email": [party.email] if party.email else [],
            "phone": [party.phone] if party.phone else [],
        }

    def _find_person(self) -> Note | None:
        """The person of the client who has the name that was given: who wrote from an address that isn't known yet."""
        people = self.crm.catalog.client_notes("person", self.client) if self.target.client and self.target.person else []
        return next((note for note in people if fold(self.target.person) in folded_names(note)), None)

    def _location(self, subfolder: str) -> NoteLocation:
        if self.target.client:
            return note_location(self.crm, self.target.client, subfolder)
        folder = "/".join(part for part in (self.new_folder, subfolder) if part)
        wants_link = self.crm.vault.settings.client_links
        return NoteLocation(folder, {"client": make_wikilink(self.client.name)} if wants_link else {})

    def _location_of(self, note: Note) -> NoteLocation:
        default = "interactions" if is_talk(note) else ""
        return self._location(_SUBFOLDERS.get(note.type or "", default))

    def _companions(self, paths: Collection[str]) -> Iterator[Note]:
        """The follow-ups and decisions in the inbox that came out of these notes."""
        for note in self.crm.catalog.notes(below=INBOX):
            if note.path not in paths and origin_of(self.crm.catalog, note) in paths:
                yield note

    def _plan(self, notes: Sequence[Note]) -> Iterator[Move]:
        """The moves: each note, its conflict copies, and what is attached to it alone."""
        has_copies = {folder for folder in {note.folder for note in notes} if any(map(parse_conflict_copy, self._names_in(folder)))}
        for note in notes:
            name = note.path.rpartition("/")[2]
            move = Move(note.path, self._free_path(self._location_of(note).folder, name))
            yield move
            if note.folder in has_copies:
                yield from plan_copies(self.crm, note, [move])
        files = files_of_notes(self.crm, self.resolver)
        for path in sorted(files_of_only(files, {note.path for note in notes})):
            yield Move(path, self._free_path(self._location("files").folder, path.removeprefix(FILES + "/").replace("/", " ")))

    def _free_path(self, folder: str, name: str) -> str:
        """A path in a folder that no other file has, nor will have: with a number if the name is taken."""
        if folder not in self._taken:
            self._taken[folder] = {taken.lower() for taken in self._names_in(folder)}
        stem, dot, ending = name.rpartition(".")
        stem, ending = (stem, dot + ending) if stem else (name, "")
        free = next(name for name in numbered(stem, ending) if name.lower() not in self._taken[folder])
        self._taken[folder].add(free.lower())
        return f"{folder}/{free}" if folder else free

    def _names_in(self, folder: str) -> list[str]:
        try:
            return os.listdir(self.crm.vault.path(folder))
        except OSError:  # there is no such folder yet
            return []

    def move(self, writer: Writer) -> None:
        """Make the moves, rewrite links, set properties, and create what is new."""
        names = dict(self.resolver.client_names) | ({} if self.target.client else {self.client.path: [fold(self.client.name)]})
        new_path = path_mapper(self.moves)
        rewriter = LinkRewriter(self.resolver, self.resolver.after_moves(self.moves, names), new_path)
        updates = [(path, file) for path, _, file in rewritten_files(self.crm, self.moves, rewriter) if file.changed or file.skipped]
        for move in self.moves:
            writer.move(move.old, move.new)
        for path, file in updates:
            if file.changed:
                writer.edit(new_path(path), partial(_rewrite, rewriter, path))
        self.skipped_links = sorted(link for _, file in updates for link in file.skipped)
        for note in self.notes:
            writer.edit(new_path(note.path), partial(_with_properties, self._properties(note), self._people(note)))
        self._create(writer)

    def _properties(self, note: Note) -> dict[str, Writable]:
        """What a note gets and, with None, loses."""
        properties: dict[str, Writable] = {"unfiled": None}
        location = self._location_of(note).properties
        if location or "client" in note.properties:
            properties["client"] = location.get("client")
        if note.type == "interaction" and not note.properties.get("project") and self.target.client:
            day = talk_time(note)
            if day and (link := self.talk_notes.project(self.client, subject_of(note), day.date())):
                properties["project"] = link
        return properties

    def _people(self, note: Note) -> dict[str, str]:
        """The names and addresses in `people` that become links: of people of the client, and of a new one."""
        links = {}
        for sender in _senders(note):
            is_named = self.target.person and self.sender and sender.key == self.sender.key
            title = self.known_person.title if self.known_person else file_name(self.target.person)
            link = make_wikilink(title) if is_named else self.talk_notes.person_link(sender.party, self.client)
            if link:
                links[sender.text] = link
        return links

    def _create(self, writer: Writer) -> None:
        if not self.target.client:
            contact = {} if self.target.person else self._contact()
            write_client(self.crm, writer, self.new_folder, self.target.new_client, contact)
        if self.known_person:
            self.person_path = self.known_person.path
            writer.edit(self.person_path, partial(_with_items, self._contact()))
        elif self.target.person:
            self.person_path = write_person(self.crm, writer, self._location(""), self.target.person, self._contact()).note.path

    def rule_name(self) -> str:
        """The client's name for a rule. Raises InvalidInput if it is another client's too."""
        named = self.crm.catalog.clients_named(fold(self.client.name))
        if [path for path in named if path != self.client.path]:
            raise InvalidInput(f"Several clients are called {quoted(self.client.name)}, so no rule can name one of them.", "Rename one.")
        return self.client.name


def _senders(note: Note) -> list[Sender]:
    return [sender for text in as_list(note.properties.get("people")) if (sender := sender_in(text))]


def _with_items(lists: Mapping[str, list[str]], data: bytes) -> bytes:
    """A note with more items in some lists."""
    page = split_page(data)
    for key, items in lists.items():
        for item in items:
            if fold(item) not in map(fold, as_list(read_properties(page).get(key))):
                page = add_item(page, key, item)
    return page.join()


def _rewrite(rewriter: LinkRewriter, path: str, data: bytes) -> bytes:
    return rewriter.rewrite(path, data).data


def _with_properties(properties: Mapping[str, Writable], people: Mapping[str, str], data: bytes) -> bytes:
    """A note with other properties, and links in place of some of its people."""
    page = split_page(data)
    present = read_properties(page)
    for key, value in properties.items():
        page = set_property(page, key, value) if value is not None else remove_property(page, key)
    texts = as_list(present.get("people"))
    if any(text in people for text in texts):
        linked: Writable = [*dict.fromkeys(people.get(text, text) for text in texts)]
        page = set_property(page, "people", linked)
    return page.join()
