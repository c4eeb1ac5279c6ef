"""Import talks: mails, chats and transcripts become interactions of the clients that they belong to."""

from collections.abc import Iterable, Iterator
from datetime import date

from vaultcrm.actions import lookup
from vaultcrm.actions.imports.attachments import keep_attachments
from vaultcrm.actions.imports.import_run import ImportRun, Source
from vaultcrm.actions.imports.ledger import fingerprint
from vaultcrm.actions.imports.meetings.invitations import is_only_an_invitation, take_invitations
from vaultcrm.actions.imports.meetings.meeting_import import MeetingImport
from vaultcrm.actions.imports.report import Outcome
from vaultcrm.actions.imports.routing import Route
from vaultcrm.actions.imports.talk_notes import TalkNotes, parties_of
from vaultcrm.actions.inbox.waiting import FILES
from vaultcrm.actions.new_note import note_location
from vaultcrm.importers.detect import read
from vaultcrm.importers.message import Message, Notice, Refused
from vaultcrm.importers.talks import Talk, conversation_of, local_time, make_talk, talks
from vaultcrm.vault.writer import NewNote

GROUP = 100  # notes that are written together
_ONE_BY_ONE = ("mail", "text", "transcript")  # kinds of which each message is a talk of its own


class TalkImport:
    """Imports talks. The catalogue must be up to date. Raises NotFound for a client that doesn't exist.

    `meetings` imports the invitations in mails.
    """

    def __init__(self, run: ImportRun, talk_notes: TalkNotes, meetings: MeetingImport) -> None:
        crm, options = run.crm, run.options
        self.run = run
        self.meetings = meetings
        self.by_thread = (options.mail_by or crm.vault.settings.mail_by) == "thread-day"
        self.sources_of_notes = {fingerprint(source) for source in crm.catalog.sources()}
        self.read_now: set[str] = set()
        self.router = talk_notes.router
        self.client = lookup.client(crm, options.client) if options.client else None
        self.talk_notes = talk_notes
        self._group: list[tuple[Talk, Route, NewNote]] = []

    def read(self, source: Source, kind: str) -> None:
        """Import what is new in a source. Without a writer, only find out what would be written."""
        for talk in self._talks(source, kind):
            self._add(talk)
        if source.is_up_to_date:
            self.run.ledger.confirm(kind, self.run.crm.today)

    def finish(self) -> None:
        """Write what hasn't been written yet."""
        group, self._group = self._group, []
        for (talk, route, _), path in zip(group, self.run.create([note for _, _, note in group]), strict=True):
            self._report(talk, "created" if route.client else "parked", path, route.reason)

    def _talks(self, source: Source, kind: str) -> Iterator[Talk]:
        """The talks in a source, without the messages that are known, bulk mail, and what can't be read."""
        run = self.run
        values: dict[str, object] = {
            "wanted": source.wanted, "on_read": run.on_read, "keep_raw": run.options.keep_raw, "now": run.crm.now,
            "is_known": lambda source: self._is_known(source) and source in run.ledger,
        }  # fmt: skip
        if order := run.options.date_order or (run.crm.vault.settings.date_order if kind == "text" else ""):
            values["order"] = order
        messages = self._new_messages(read(kind, source.data, source.name, values), kind)
        for item in messages if kind in _ONE_BY_ONE and not self.by_thread else talks(messages, self.run.zone):
            if isinstance(item, Talk):  # the same day of a chat in a later export has more messages, and another digest
                yield item._replace(source=f"{item.source}:{item.digest}")
            elif item.at is None:
                self.run.report(item.source, "left_out", None, "It has no date.")
            else:
                yield make_talk(item.source, [item], self.run.zone)

    def _new_messages(self, found: Iterable[Message | Refused | Notice], kind: str) -> Iterator[Message]:
        run = self.run
        conversation, first = "", date.max
        for item in found:
            if isinstance(item, Notice):
                run.notices.append(f"{item.where}: {item.text}")
                if item.is_cut and conversation:
                    run.ledger.cut(conversation, first)
                continue
            if isinstance(item, Refused):
                run.report(item.where, "refused", None, item.reason)
                run.unread.update(filter(None, [item.path]))
                continue
            if item.at is not None and kind != "text":  # which tells of one moment only
                day = min(local_time(item.at, run.zone).date(), run.crm.today)
                run.ledger.reach(kind, day)
                first = day if conversation_of(item) != conversation else min(day, first)
                conversation = conversation_of(item)
            if self._is_known(item.source):
                run.report(item.source, "known")
                if item.source not in run.ledger:  # a run that was killed may have written its note only
                    run.ledger.add(item.source)
                    take_invitations(item, self.meetings)
            elif item.bulk and not run.options.with_bulk:
                run.report(item.source, "left_out", None, item.bulk)
            else:
                self.read_now.add(fingerprint(item.source))
                message = take_invitations(item, self.meetings) if item.attachments else item
                if message is not item and is_only_an_invitation(message):
                    run.report(item.source, "left_out", None, "It only invites to a meeting, which is imported itself.")
                else:
                    yield message

    def _is_known(self, source: str) -> bool:
        key = fingerprint(source)
        return key in self.sources_of_notes or key in self.read_now or (source in self.run.ledger and not self.run.options.again)

    def _add(self, talk: Talk) -> None:
        run = self.run
        if fingerprint(talk.source) in self.sources_of_notes:  # written by a run that was killed before its end
            self._report(talk, "known", None, "")
            return
        route = Route(self.client) if self.client else self.router.route(parties_of(talk), talk.messages[0].conversation)
        if route.ignored:
            self._report(talk, "left_out", None, f"the settings ignore {route.ignored}")
            return
        links: list[str] = []
        attachments = [file for message in talk.messages for file in message.attachments]
        if run.writer is not None and attachments:
            folder = note_location(run.crm, route.client, "files").folder if route.client else FILES
            links, notices = keep_attachments(run.writer, folder, talk.at.date(), attachments)
            run.notices += notices
        new_note = self.talk_notes.make(talk, route, links)
        messages = tuple(message._replace(text="", attachments=()) for message in talk.messages)  # which may be large
        self._group.append((talk._replace(messages=messages, text=""), route, new_note))
        if len(self._group) >= GROUP:
            self.finish()

    def _report(self, talk: Talk, outcome: Outcome, path: str | None, reason: str) -> None:
        for message in talk.messages:
            self.run.report(message.source, outcome, path, message.remark or reason, cut_lines=message.cut_lines)
            if outcome != "left_out":
                self.run.ledger.add(message.source)
