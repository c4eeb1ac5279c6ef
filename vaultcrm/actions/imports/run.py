"""Import talks: mails, chats and transcripts become interactions of the clients that they belong to."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Literal, NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.attachments import keep_attachments
from vaultcrm.actions.imports.ledger import fingerprint, imported, record
from vaultcrm.actions.imports.routing import Route, Router
from vaultcrm.actions.imports.talk_notes import TalkNotes, parties_of
from vaultcrm.actions.log import INBOX
from vaultcrm.errors import UsageError
from vaultcrm.importers.detect import TALK_KINDS, detect, read
from vaultcrm.importers.message import Message, Notice, Refused
from vaultcrm.importers.talks import Talk, make_talk, talks
from vaultcrm.quoting import quoted
from vaultcrm.vault.writer import NewNote, Writer

GROUP = 100  # notes that are written together
_ONE_BY_ONE = ("mail", "transcript")  # kinds of which each message is a talk of its own

Outcome = Literal["created", "known", "parked", "left_out", "refused"]
OUTCOMES: tuple[Outcome, ...] = ("created", "known", "parked", "left_out", "refused")


class Source(NamedTuple):
    """A file or folder by its path, or bytes; `name` is what a person calls it."""

    data: Path | bytes
    name: str


class ImportOptions(NamedTuple):
    """How to import. `kind` overrules what sources look like, `client` whose they are; `again`: also what was deleted since."""

    kind: str | None = None
    client: str | None = None
    me: tuple[str, ...] = ()
    mail_by: str | None = None  # "message" or "thread-day"; None for what the settings say
    with_bulk: bool = False
    again: bool = False
    date_order: str | None = None


class ImportItem(NamedTuple):
    """What became of one message. `path` is the note that it is in, `reason` says why it isn't with a client."""

    source: str
    outcome: Outcome
    path: str | None = None
    reason: str = ""


class ImportReport(NamedTuple):
    """What an import has done: one item for each message that was read. `notes` are the notes that were created."""

    items: list[ImportItem]
    notes: list[str]
    notices: list[str]
    is_interrupted: bool = False

    def count(self, outcome: Outcome) -> int:
        return sum(item.outcome == outcome for item in self.items)

    def counts(self) -> dict[str, int]:
        """The number of messages by what became of them."""
        return {outcome: self.count(outcome) for outcome in OUTCOMES}


def import_talks(crm: Crm, sources: Sequence[Source], options: ImportOptions, zone: tzinfo, is_dry_run: bool = False) -> ImportReport:
    """Import everything in the sources that isn't in the vault, and was never imported before.

    `zone` is the user's time zone. What was written is one step for undo. Ctrl-C ends the import after whole notes.
    """
    crm.refresh()
    run = _Run(crm, options, zone)
    kinds = [_kind_of(source, options.kind) for source in sources]  # before anything is written
    if is_dry_run:
        run.read(sources, kinds, None)
    else:
        with crm.writing() as writer:
            run.read(sources, kinds, writer)
            record(writer, run.sources)
    return ImportReport(run.items, run.notes, run.notices, run.is_interrupted)


def _kind_of(source: Source, named: str | None) -> str:
    kind = named or detect(source.data, source.name)
    if kind not in TALK_KINDS:
        raise UsageError(f"{quoted(kind)} holds no talks, and can't be imported yet.", "Give mails, chats or transcripts.")
    return kind


class _Run:
    """One import while it is going on."""

    def __init__(self, crm: Crm, options: ImportOptions, zone: tzinfo) -> None:
        settings = crm.vault.settings
        self.crm = crm
        self.options = options
        self.zone = zone
        self.by_thread = (options.mail_by or settings.mail_by) == "thread-day"
        self.note_sources = {fingerprint(source) for source in crm.catalog.sources()}
        self.recorded = imported(crm)
        self.known = self.note_sources | (set() if options.again else self.recorded)
        self.router = Router(crm, (*settings.me, *options.me), settings.senders)
        self.client = lookup.client(crm, options.client) if options.client else None
        self.talk_notes = TalkNotes(crm, self.router)
        self.items: list[ImportItem] = []
        self.notes: list[str] = []
        self.notices: list[str] = []
        self.sources: list[str] = []  # for the ledger
        self.is_interrupted = False
        self._group: list[tuple[Talk, Route, NewNote]] = []

    def read(self, sources: Sequence[Source], kinds: Sequence[str], writer: Writer | None) -> None:
        """Read all sources and write what is new in them; without a writer, only find out what would be written."""
        try:
            for source, kind in zip(sources, kinds, strict=True):
                for talk in self._talks(source, kind):
                    self._add(talk, writer)
            self._write(writer)
        except KeyboardInterrupt:
            self.is_interrupted = True
            self._write(writer)

    def _talks(self, source: Source, kind: str) -> Iterator[Talk]:
        """The talks in a source, without the messages that are known, bulk mail, and what can't be read."""
        values = {"order": self.options.date_order} if self.options.date_order else {}
        messages = self._new_messages(read(kind, source.data, source.name, values))
        for item in messages if kind in _ONE_BY_ONE and not self.by_thread else talks(messages, self.zone):
            if isinstance(item, Talk):  # the same day of a chat in a later export has more messages, and another digest
                yield item._replace(source=f"{item.source}:{item.digest}")
            elif item.at is None:
                self.items.append(ImportItem(item.source, "refused", None, "It has no date."))
            else:
                yield make_talk(item.source, [item], self.zone)

    def _new_messages(self, found: Iterable[Message | Refused | Notice]) -> Iterator[Message]:
        for item in found:
            if isinstance(item, Notice):
                self.notices.append(f"{item.where}: {item.text}")
            elif isinstance(item, Refused):
                self.items.append(ImportItem(item.where, "refused", None, item.reason))
            elif (key := fingerprint(item.source)) in self.known:
                self.items.append(ImportItem(item.source, "known"))
                if key not in self.recorded:  # a run that was killed has written it
                    self.sources.append(item.source)
            elif item.bulk and not self.options.with_bulk:
                self.items.append(ImportItem(item.source, "left_out", None, item.bulk))
            else:
                self.known.add(key)
                yield item

    def _add(self, talk: Talk, writer: Writer | None) -> None:
        if fingerprint(talk.source) in self.note_sources:  # written by a run that was killed before its end
            self._report(talk, "known", None, "")
            return
        route = Route(self.client) if self.client else self.router.route(parties_of(talk), talk.messages[0].conversation)
        if route.ignored:
            self._report(talk, "left_out", None, f"the settings ignore {route.ignored}")
            return
        links: list[str] = []
        if writer is not None:
            folder = f"{route.client.folder if route.client else INBOX}/files"
            attachments = (file for message in talk.messages for file in message.attachments)
            links, notices = keep_attachments(writer, folder, talk.at.date(), attachments)
            self.notices += notices
        self._group.append((talk, route, self.talk_notes.make(talk, route, links)))
        if len(self._group) >= GROUP:
            self._write(writer)

    def _write(self, writer: Writer | None) -> None:
        group, self._group = self._group, []
        paths = writer.create_all([note for _, _, note in group]) if writer and group else [f"{n.folder}/{n.title}.md" for _, _, n in group]
        for (talk, route, _), path in zip(group, paths, strict=True):
            self.notes.append(path)
            self._report(talk, "created" if route.client else "parked", path, route.reason)

    def _report(self, talk: Talk, outcome: Outcome, path: str | None, reason: str) -> None:
        for message in talk.messages:
            self.items.append(ImportItem(message.source, outcome, path, message.remark or reason))
            if outcome != "left_out":
                self.sources.append(message.source)
