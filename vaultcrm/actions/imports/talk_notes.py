"""An imported talk as a note: its properties are ours, and what strangers wrote is made harmless."""

from collections.abc import Sequence
from datetime import date

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.routing import Route, Router
from vaultcrm.actions.inbox.waiting import INBOX
from vaultcrm.actions.new_note import NoteLocation, cut_at_word, note_location
from vaultcrm.disk.filenames import file_name
from vaultcrm.importers.inert import inert, inert_line
from vaultcrm.importers.message import Party
from vaultcrm.importers.talks import Talk, conversation_of
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.convert import to_project
from vaultcrm.model.records import Project
from vaultcrm.normalize import fold
from vaultcrm.rendering.new_note import note_text
from vaultcrm.vault.writer import NewNote


class TalkNotes:
    """Makes notes of talks; `router` knows whose they are."""

    def __init__(self, crm: Crm, router: Router) -> None:
        self.crm = crm
        self.router = router
        self._locations: dict[str, NoteLocation] = {}
        self._projects: dict[str, list[Project]] = {}
        self._own_conversations: set[str] = set()  # in which the user has written

    def make(self, talk: Talk, route: Route, attachment_links: Sequence[str]) -> NewNote:
        """The note of a talk: with its client, or in the inbox with the reason why it is there."""
        first = talk.messages[0]
        location = self.location(route.client)
        subject = inert_line(_subject(talk))
        others = _others(talk, self.router)
        people = [self.person(party, route.client) for party in others]
        if not others and first.conversation:  # a day of a chat on which only the user wrote
            partner = Party(name=first.conversation)
            people = [self.person_link(partner, route.client) or ("" if route.client else self.person(partner, None))]
        properties: dict[str, Writable] = {
            **location.properties,
            "date": talk.at.replace(microsecond=0),
            "channel": first.channel,
            "direction": self._direction(talk),
            "people": [*dict.fromkeys(filter(None, people))],
            "project": self.project(route.client, subject, talk.at.date()),
            "summary": subject if first.subject else None,
            "source": talk.source,
            "thread": first.thread if first.thread and first.thread != talk.source else None,
            "unfiled": route.reason or None,
        }
        short = cut_at_word(subject)
        title = f"{talk.at:%Y-%m-%d %H%M} {short if short == subject else short.rstrip(' .,;:')}"
        body = inert(first.text if len(talk.messages) == 1 else talk.text)
        body = "\n\n".join(filter(None, (body, "\n".join(attachment_links))))
        text = note_text(self.crm.vault.root, "interaction", title, properties, body)
        return NewNote(location.folder, file_name(title), text)

    def location(self, client: ClientRef | None) -> NoteLocation:
        """Where a client's talks go; without a client, the inbox."""
        if client is None:
            return NoteLocation(INBOX, {})
        if client.path not in self._locations:
            is_planned = client.folder not in self.crm.catalog.client_folders  # in a dry run
            location = NoteLocation(f"{client.folder}/interactions", {}) if is_planned else note_location(self.crm, client, "interactions")
            self._locations[client.path] = location
        return self._locations[client.path]

    def _direction(self, talk: Talk) -> str | None:
        """Who wrote; None if both did, or if nobody of them is known to be the user."""
        senders = {self.router.is_me(message.sender) for message in talk.messages}
        conversation = conversation_of(talk.messages[0])
        if True in senders:
            self._own_conversations.add(conversation)
        if senders == {True}:
            return "out"
        knows_me = any(self.router.is_me(party) for message in talk.messages for party in message.recipients)
        knows_me = knows_me or conversation in self._own_conversations  # a chat names no recipients
        return "in" if senders == {False} and knows_me else None

    def person_link(self, party: Party, client: ClientRef | None) -> str | None:
        """A link to a person's note at a client; None for somebody who has none."""
        title = self.router.person(party, client) if client else None
        return make_wikilink(title) if title else None

    def person(self, party: Party, client: ClientRef | None) -> str:
        """A link to a person's note; else the name, with the address in the inbox: names are easily made up."""
        if link := self.person_link(party, client):
            return link
        address = party.email or party.phone or party.account
        name = f"{party.name[:100]} ({address})" if party.name and address and client is None else party.name or address
        return inert_line(name, 200)

    def project(self, client: ClientRef | None, subject: str, day: date) -> str | None:
        """The running project that the subject names, else the only one if it had begun by then."""
        if client is None:
            return None
        if client.path not in self._projects:
            notes = self.crm.catalog.client_notes("project", client)
            self._projects[client.path] = [project for note in notes if (project := to_project(note, client.name)).is_running]
        projects = self._projects[client.path]
        named = [project.name for project in projects if fold(project.name) in fold(subject)]
        begun = [project.name for project in projects if project.start is None or project.start <= day]
        chosen = named if len(named) == 1 else begun if len(projects) == 1 else []
        return make_wikilink(chosen[0]) if len(chosen) == 1 else None


def parties_of(talk: Talk) -> list[Party]:
    """Everybody who took part in a talk, those who wrote first."""
    senders = [message.sender for message in talk.messages]
    return list(dict.fromkeys([*senders, *(party for message in talk.messages for party in message.recipients)]))


def _others(talk: Talk, router: Router) -> list[Party]:
    return [party for party in parties_of(talk) if party != Party() and not router.is_me(party)][:10]


def _subject(talk: Talk) -> str:
    first = talk.messages[0]
    return first.subject or first.conversation or next(iter(first.text.strip().splitlines()), "") or first.channel.capitalize()
