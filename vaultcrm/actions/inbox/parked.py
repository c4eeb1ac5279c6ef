"""The notes in the inbox: who wrote them, why they are there, whose they may be."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_settings import settings_now
from vaultcrm.actions.imports.routing import Route, Router, comparable, comparable_keys, is_one_of
from vaultcrm.actions.inbox.waiting import FILES, INBOX, origin_of, waiting_notes
from vaultcrm.actions.name_matching import best_matches, unique_match
from vaultcrm.catalog.link_queries import links_below
from vaultcrm.errors import NotFound, UsageError
from vaultcrm.importers.message import Party
from vaultcrm.importers.routing import domain_of, is_freemail
from vaultcrm.links.ownership import ClientRef
from vaultcrm.links.resolver import LinkResolver, Resolution
from vaultcrm.markdown.values import as_list, as_text
from vaultcrm.markdown.wikilinks import parse_wikilink
from vaultcrm.model.convert import to_interaction, without_date
from vaultcrm.model.handles import handle
from vaultcrm.model.records import Interaction, Note
from vaultcrm.normalize import fold
from vaultcrm.quoting import quoted, shell_word

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
_ACCOUNT = re.compile(r"[a-z]+:\S+")
_PHONE = re.compile(r"\+?[\d\s()./\-\u2010\u2011]{7,}")


class Sender(NamedTuple):
    """Who wrote a talk; of one that the user wrote, to whom. `text` is how the note names them."""

    party: Party
    text: str

    @property
    def key(self) -> str:
        """What a rule about them says: their address, number or account; the name of somebody who has none."""
        return self.party.email or self.party.phone or self.party.account or self.party.name

    @property
    def name(self) -> str:
        return self.party.name or self.key


class Parked(NamedTuple):
    """A note in the inbox. `chat` is the ID of the chat that it is a day of; `reason` is why an import left it here."""

    note: Note
    talk: Interaction
    sender: Sender | None
    chat: str
    reason: str

    @property
    def path(self) -> str:
        return self.note.path

    @property
    def id(self) -> str:
        return handle(self.note.path)

    @property
    def subject(self) -> str:
        return subject_of(self.note)


def subject_of(note: Note) -> str:
    """What a note is about: its summary, else its title without the day."""
    return as_text(note.properties.get("summary")) or without_date(note.title)


def parked_notes(crm: Crm) -> list[Parked]:
    """The notes that wait in the inbox, newest first."""
    crm.refresh()
    mine = comparable_keys(settings_now(crm).me)
    found = (_parked(note, mine) for note in waiting_notes(crm.catalog))
    return sorted(found, key=lambda parked: (str(parked.talk.at or ""), parked.path), reverse=True)


def _parked(note: Note, mine: AbstractSet[str]) -> Parked:
    senders = map(sender_in, as_list(note.properties.get("people")))
    sender = next((sender for sender in senders if sender and not is_one_of(mine, sender.party)), None)
    reason = as_text(note.properties.get("unfiled")) or ""
    return Parked(note, to_interaction(note, None), sender, _chat_of(note), reason)


def sender_in(text: str) -> Sender | None:
    """Who an item of `people` names, as imports write it: "Dana Roe (dana@x.example)". None for a link to a person's note."""
    if parse_wikilink(text) or not text.strip():
        return None
    both = re.fullmatch(r"(.+?)\s*\(([^()]+|[^()]*\([^()]*\)[^()]*)\)", text.strip())
    if both and (party := _party_of(both[2], both[1])):
        return Sender(party, text)
    return Sender(_party_of(text.strip(), "") or Party(name=text.strip()), text)


def _party_of(address: str, name: str) -> Party | None:
    if _ADDRESS.fullmatch(address):
        return Party(name, email=address)
    if _ACCOUNT.fullmatch(address):
        return Party(name, account=address)
    return Party(name, phone=address) if _PHONE.fullmatch(address) else None


def _chat_of(note: Note) -> str:
    """What the notes of one chat have in common: the beginning of their `source`, without the day."""
    source = as_text(note.properties.get("source")) or ""
    day = re.search(r":\d{4}-\d{2}-\d{2}(?::\d+)?(?::[0-9a-f]{16})?$", source)
    return source[: day.start()] if day and not source.startswith("ics:") else ""


def find_parked(crm: Crm, name: str) -> Parked:
    """A note in the inbox by its handle, path, title, or a part of it. Raises NotFound, Ambiguous, UsageError for a note elsewhere."""
    listed = {parked.path: parked for parked in parked_notes(crm)}
    with_handle = {path: [parked.id] for path, parked in listed.items() if len(name) >= 4 and parked.id.startswith(name.lower())}
    names = with_handle or {path: [fold(parked.note.title), fold(parked.subject)] for path, parked in listed.items()}
    if best_matches(name, names):
        return listed[lookup.find_or_ask(crm, lambda: unique_match(name, names, "note", "", " in the inbox"))]
    nothing = NotFound(f"Nothing in the inbox is called {quoted(name)}.", "List what is there with: vaultcrm inbox list")
    try:
        path = lookup.note(crm, name)
    except NotFound as error:
        raise nothing from error
    if path in listed:
        return listed[path]
    if path != name and not path.startswith(INBOX + "/"):
        raise nothing
    origin = origin_of(crm.catalog, lookup.note_record(crm, path))
    if origin in listed:
        raise UsageError(f"{path} goes where {origin} goes.", f"File that one: vaultcrm inbox file {listed[origin].id[:6]} CLIENT")
    raise UsageError(f"{path} isn't waiting in the inbox.", f"To move any note: vaultcrm rename {shell_word(path)} FOLDER/")


def from_same_sender(parked: Parked, others: Iterable[Parked], whole_domain: bool = False) -> list[Parked]:
    """Those of the others that a rule about the sender of a note, or their whole domain, applies to, and the other days of its chat."""
    return [other for other in others if other.path != parked.path and _is_from_same(parked, other, whole_domain)]


def with_followers(crm: Crm, notes: Sequence[Parked], whole_domain: bool = False) -> list[Parked]:
    """The notes, and all others in the inbox that a rule about their senders, or their senders' whole domains, applies to."""
    listed = parked_notes(crm)
    followers = [other for parked in notes for other in from_same_sender(parked, listed, whole_domain)]
    return [*{parked.path: parked for parked in [*notes, *followers]}.values()]


def rule_keys(crm: Crm, notes: Iterable[Parked], whole_domain: bool = False) -> list[str]:
    """What rules about the senders of notes name: each sender, or their whole domain. Raises UsageError where there can be no rule."""
    keys = []
    for parked in notes:
        if parked.sender is None:
            raise UsageError(
                f"{parked.path} doesn't say who wrote it, so there can be no rule for the sender.", "File it alone, or delete it."
            )
        domain = company_domain(crm, parked.sender)
        if whole_domain and not domain:
            why = "is your own or a mail provider's" if domain_of(parked.sender.key) else "has no domain"
            raise UsageError(f"{parked.sender.key} {why}, so there can be no rule for a domain.", "Make one for this sender alone.")
        keys.append(f"@{domain}" if whole_domain else parked.sender.key)
    return [*dict.fromkeys(keys)]


def _is_from_same(one: Parked, other: Parked, whole_domain: bool) -> bool:
    if one.chat and one.chat == other.chat:
        return True
    if one.sender is None or other.sender is None:
        return False
    if whole_domain:
        domain, wanted = domain_of(other.sender.key), domain_of(one.sender.key)
        return bool(wanted) and (domain == wanted or domain.endswith(f".{wanted}"))
    return comparable(one.sender.key) == comparable(other.sender.key)


def company_domain(crm: Crm, sender: Sender | None) -> str:
    """The domain of a sender's address, if everybody who has it is of one company: no mail provider's, and not the user's own. Else ""."""
    domain = domain_of(sender.party.email) if sender else ""
    own = {domain_of(address) for address in settings_now(crm).me}
    return "" if not domain or is_freemail(domain) or domain in own else domain


def likely_clients(router: Router, parked: Parked) -> tuple[ClientRef, ...]:
    """Whose a note may be: with whom an import would file it now, after all that was added since; else the clients it would name."""
    route = route_now(router, parked)
    return (route.client,) if route.client else route.candidates


def route_now(router: Router, parked: Parked) -> Route:
    """With whom an import would file a note now."""
    people = [sender.party for text in as_list(parked.note.properties.get("people")) if (sender := sender_in(text))]
    return router.route(people, parked.subject if parked.chat else "")


def known_by_now(crm: Crm) -> dict[ClientRef, list[Parked]]:
    """The notes that an import would file by now, after all that was added since, by client."""
    notes = parked_notes(crm)
    if not notes:
        return {}
    settings = settings_now(crm)
    router = Router(crm, settings.me, settings.senders)
    found: dict[ClientRef, list[Parked]] = {}
    for parked in notes:
        if client := route_now(router, parked).client:
            found.setdefault(client, []).append(parked)
    return dict(sorted(found.items()))


class InboxResolver(LinkResolver):
    """Where links lead, when in the inbox a name means what is there: imports link a file by its name, which a client's may have, too."""

    @classmethod
    def of(cls, crm: Crm) -> "InboxResolver":
        return cls(crm.catalog.note_rows(), crm.catalog.client_names(), crm.vault.list_files)

    def resolve(self, kind: str, target: str, key: str | None, source: str) -> Resolution:
        found = super().resolve(kind, target, key, source)
        own = [path for path in found.candidates if path.startswith(INBOX + "/")]
        return Resolution(own[0]) if not found.is_certain and len(own) == 1 and source.startswith(INBOX + "/") else found


def files_of_notes(crm: Crm, resolver: LinkResolver) -> dict[str, set[str]]:
    """The files in the inbox to which each note in it links, by the note's path."""
    files: dict[str, set[str]] = {}
    for link in links_below(crm.catalog, INBOX):
        target = resolver.resolve(link.kind, link.target, link.key, link.path).path if link.kind != "more" else None
        if target and target.startswith(FILES + "/"):
            files.setdefault(link.path, set()).add(target)
    return files


def files_of_only(files: Mapping[str, set[str]], paths: Collection[str]) -> set[str]:
    """The files to which notes at some paths link, and no other note in the inbox."""
    of_others = {file for path, linked in files.items() if path not in paths for file in linked}
    return {file for path in paths for file in files.get(path, ())} - of_others
