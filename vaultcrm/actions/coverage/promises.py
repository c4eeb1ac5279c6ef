"""What was promised in talks, and isn't written down as a follow-up: offered, never added by itself."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.activity import turns
from vaultcrm.catalog.evidence import spoken as catalog_spoken
from vaultcrm.catalog.evidence.spoken import SpokenPart
from vaultcrm.dates.parse import parse_day
from vaultcrm.errors import InvalidInput, Unreadable
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.promises.record import Said
from vaultcrm.model.records import FollowUp, Turn
from vaultcrm.normalize import fold

_BEFORE = timedelta(7)  # a promise that is made again in a talk may have been written down before
_MIN_LETTERS = 4  # shorter words say too little
_STEM = 5  # letters that words of one stem share
# What promises say besides what they are about
_USUAL = frozenset(
    "about after again also back before been check call come could each everything file first from give have here into itself know like "
    "look make "
    "might more next once please possible prepare report send sent share shortly sign some something soon that them then there these "
    "they thing "
    "things this those today tomorrow tonight until update upload will with within would write your yours week weeks month morning evening "
    "monday tuesday wednesday thursday friday saturday sunday forward quick quickly later take touch keep posted reply answer finish "
    "aber alles auch bald bescheid bitte dann dass diese dieser dieses dies eine einen einer euch gerne gleich heute ihnen ihre kann "
    "melde melden mich montag dienstag mittwoch donnerstag freitag samstag sonntag morgen nach nachste noch schicke schicken sende senden "
    "sich spatestens uber werde werden woche zusenden schreibe prufe mache erhalten bekommen "
    "avec cette dans demain envoie enverrai envoyer faire parvenir lundi mardi mercredi jeudi vendredi nous pour prochaine semaine vais "
    "vers vous "
    "reviens votre vos sera recevrez occupe fait ferai ensuite avant "
    "para como este esta manana lunes martes miercoles jueves viernes semana proxima envio enviare mando mandare voy enviar mandar paso "
    "domani lunedi martedi mercoledi giovedi venerdi settimana prossima invio mando invieremo inviero questa questo della entro "
    "morgen maandag dinsdag woensdag donderdag vrijdag volgende stuur sturen laat weten deze naar voor wordt zullen "
    "amanha segunda terca quarta quinta sexta feira enviar envio mandar vou confirmarei proxima pela".split()
)


class Promise(NamedTuple):
    """Something that was promised and that no follow-up says. `is_mine`: the user promised it. `speaker` is whoever else did, or "".

    `day` is when it was promised, `due` the day that it names.
    """

    client: ClientRef
    path: str
    day: date
    is_mine: bool
    speaker: str
    text: str
    due: date | None


def open_promises(crm: Crm, parts: Sequence[SpokenPart], first: date) -> list[Promise]:
    """The promises since `first` that are neither written down nor kept, as far as later talks tell; the newest first.

    `parts` are what the talks since then say. A promise that is repeated counts once, as it was made last.
    """
    me = {fold(name) for name in crm.vault.settings.me}
    by_client: dict[ClientRef, list[SpokenPart]] = {}
    for part in parts:
        by_client.setdefault(part.client, []).append(part)
    clients = [owner for owner, said in by_client.items() if any(part.said.kind != "done" for part in said)]
    if not clients:
        return []
    only = clients[0] if len(clients) == 1 else None
    all_turns = turns(crm.catalog, first, crm.today, only)
    found: list[Promise] = []
    for owner in clients:
        follow_ups = crm.catalog.follow_ups((), owner)
        evidence_of = _Evidence(by_client[owner], all_turns.get(owner, []), follow_ups, fold(owner.name), me)
        found += _without_repetitions(evidence_of.open())
    return sorted(found, key=lambda promise: (-promise.day.toordinal(), promise.path))


def spoken(crm: Crm, first: date, client: ClientRef | None = None) -> list[SpokenPart]:
    """What the talks since `first` promise, and what they say is done. The catalogue must be up to date.

    What isn't known yet is read from the notes, and kept in the cache.
    """
    return [part for part in _all_spoken(crm, first) if client is None or part.client.path == client.path]


def _all_spoken(crm: Crm, first: date) -> list[SpokenPart]:
    parts, unread = catalog_spoken.spoken(crm.catalog, first, crm.today, {})
    if not unread:
        return parts
    by_path: dict[str, list[Said]] = {}
    by_digest: dict[bytes, list[Said]] = {}
    for number, talk in enumerate(unread, 1):
        by_path[talk.path] = by_digest[talk.digest] = _read(crm, talk.path, of_others=not talk.is_imported)
        if crm.progress is not None and (number % 50 == 0 or number == len(unread)):
            crm.progress(number, len(unread))
    catalog_spoken.keep_said(crm.catalog, by_digest)
    return catalog_spoken.spoken(crm.catalog, first, crm.today, by_path)[0]


def _read(crm: Crm, path: str, of_others: bool) -> list[Said]:
    from vaultcrm.markdown.promises.said import find_said  # late: the phrases are needed only for talks that aren't known yet

    try:
        return find_said(split_page(crm.vault.read(path).data).body, of_others)
    except (Unreadable, FileNotFoundError, UnicodeDecodeError):
        return []


class _Evidence:
    """What is known of one client, to tell which promises are open."""

    def __init__(
        self, parts: Sequence[SpokenPart], all_turns: Sequence[Turn], follow_ups: Sequence[FollowUp], client: str, me: set[str]
    ) -> None:
        self.parts = parts
        self.turns = all_turns
        self.client_words = set(re.findall(r"\w+", client))
        self.me = me
        self.follow_ups = [(item, self.words(item.text)) for item in follow_ups]
        self.done = [part for part in parts if part.said.kind == "done"]

    def open(self) -> Iterator[Promise]:
        for part in self.parts:
            if part.said.kind != "done":
                words = self.words(part.said.text)
                if not self._is_written_down(part, words) and not self._is_kept(part, words):
                    is_mine = self.is_mine(part)
                    speaker = "" if is_mine else part.said.speaker or next(iter(self._people(part)), "")
                    yield Promise(part.client, part.path, part.at.date(), is_mine, speaker, part.said.text, _due(part))

    def words(self, text: str) -> set[str]:
        """The words of a text that tell what it is about."""
        return {word for word in re.findall(r"\w+", fold(text)) if len(word) >= _MIN_LETTERS} - _USUAL - self.client_words

    def is_mine(self, part: SpokenPart) -> bool:
        """Whether the user promised it: in a chat by the name, else by who wrote; what was written down by hand is the user's own words."""
        if part.said.is_third_person:
            return False
        if part.said.speaker and part.direction == "both":
            return fold(part.said.speaker) in self.me
        return part.direction == "out" if part.direction != "both" else not part.is_imported

    def _people(self, part: SpokenPart) -> tuple[str, ...]:
        return next((turn.people for turn in self.turns if turn.path == part.path), ())

    def _is_written_down(self, part: SpokenPart, words: set[str]) -> bool:
        """Whether a follow-up says it: one with a word in common, or the talk's own if the promise says little."""
        day = part.at.date()
        for item, known in self.follow_ups:
            is_recent = item.is_open or item.since is None or item.since >= day - _BEFORE or (item.completed or date.min) >= day
            if is_recent and words and _have_common(words, known):
                return True
            is_of_talk = item.path == part.path or (item.since is not None and abs((item.since - day).days) <= 1)
            if is_of_talk and not words:
                return True
        return part.is_settled and not words

    def _is_kept(self, part: SpokenPart, words: set[str]) -> bool:
        """Whether a later talk shows that it was kept."""
        mine = self.is_mine(part)
        for turn in self.turns:
            if turn.at <= part.at or turn.path == part.path:
                continue
            is_same_side = turn.direction == "both" or (turn.direction == "out") == mine
            is_same_thread = turn.thread is not None and turn.thread == part.thread
            if (
                part.said.kind == "reply"
                and is_same_side
                and (is_same_thread or (turn.direction == "both" and turn.channel in ("call", "meeting")))
            ):
                return True
            if part.said.kind == "call" and turn.channel in ("call", "meeting"):
                return True
            if turn.direction != "both" and not is_same_side and is_same_thread and "thank" in fold(turn.subject):
                return True
        return any(self._is_delivery(done, part, words, mine) for done in self.done)

    def _is_delivery(self, done: SpokenPart, part: SpokenPart, words: set[str], mine: bool) -> bool:
        """Whether what is done, in the same thread or about the same thing, is what was promised."""
        is_later = done.at > part.at or (done.path == part.path and done.said.line > part.said.line)
        if not is_later or ((done.direction != "both" or done.said.speaker) and self.is_mine(done) != mine):
            return False
        if not words or (done.thread is not None and done.thread == part.thread):
            return True
        return _have_common(words, self.words(f"{done.subject} {done.said.text} {_title(done.path)}"))


def _title(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")


def _have_common(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two sets of words share one, or two of one stem: "invoice" and "invoices", "Angebot" and "Angebotsentwurf"."""
    known = set(others)
    stems = {word[:_STEM] for word in known if len(word) >= _STEM}
    return any(word in known or (len(word) >= _STEM and word[:_STEM] in stems) for word in some)


def _due(part: SpokenPart) -> date | None:
    """The day that a promise names, counted from the day of the talk."""
    if not part.said.when:
        return None
    try:
        return parse_day(part.said.when, part.at.date())
    except InvalidInput:
        return None


def _without_repetitions(promises: Iterable[Promise]) -> list[Promise]:
    """Each promise once, as it was made last: what the same side says in the same words."""
    latest: Mapping[tuple[bool, str], Promise] = {(promise.is_mine, fold(promise.text)): promise for promise in promises}
    return list(latest.values())
