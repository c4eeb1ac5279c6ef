"""Import calendars: meetings become interactions, and follow what the calendar says of them later."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.imports.import_run import ImportRun, Source
from vaultcrm.actions.imports.meetings.meeting_notes import MeetingNotes
from vaultcrm.actions.imports.meetings.meeting_update import MeetingUpdate
from vaultcrm.actions.imports.meetings.meeting_versions import Version, order_of, parse_versions, version_of
from vaultcrm.actions.imports.report import Outcome
from vaultcrm.actions.imports.routing import Route
from vaultcrm.actions.imports.talk_notes import TalkNotes
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.errors import Refused as EditRefused
from vaultcrm.errors import Unreadable
from vaultcrm.importers.detect import read
from vaultcrm.importers.message import LeftOut, Meeting, Notice, Party, Refused
from vaultcrm.model.records import Note
from vaultcrm.vault.writer import NewNote

PAST, AHEAD = timedelta(366), timedelta(8 * 7)  # how far a series is expanded; also the meetings that may be parked
GROUP = 100  # notes that are written together
_MAX_PEOPLE = 10


class _New(NamedTuple):
    """A meeting that gets a note."""

    meeting: Meeting
    route: Route
    version: Version
    note: NewNote


class MeetingImport:
    """Imports meetings. The catalogue must be up to date. Raises NotFound for a client that doesn't exist."""

    def __init__(self, run: ImportRun, talk_notes: TalkNotes) -> None:
        crm = run.crm
        self.run = run
        self.first, self.last = crm.today - min(PAST, crm.today - date.min), crm.today + min(AHEAD, date.max - crm.today)
        self.router = talk_notes.router
        self.notes = MeetingNotes(talk_notes)
        self.client = lookup.client(crm, run.options.client) if run.options.client else None
        self._meetings: dict[str, Meeting] = {}
        self._series: dict[str, tuple[str, str]] = {}  # the newest version that was read to its end, by UID

    def read(self, source: Source, kind: str = "calendar") -> None:
        """Read what is in a source. It's written by `finish`, which knows all versions that were read."""
        found = []
        for item in self._read(source, kind):
            if isinstance(item, Notice):
                self.run.notices.append(f"{item.where}: {item.text}")
            elif isinstance(item, Refused):
                self._report(item.where, "refused", None, item.reason)
            elif isinstance(item, LeftOut):
                self._report(item.where, "left_out", None, item.reason)
            else:
                self._reach(item)
                self._add(item)
                found.append(item)
        self._complete(found)

    def read_invitation(self, source: Source) -> bool:
        """Read the meetings in an invitation. Returns False if nothing in it can be understood."""
        found = list(self._read(source, "calendar"))
        meetings = [item for item in found if isinstance(item, Meeting)]
        for meeting in meetings:
            self._add(meeting)
        self._complete(meetings)
        return any(not isinstance(item, Refused) for item in found)  # an answer to an invitation has no meeting

    def _read(self, source: Source, kind: str) -> Iterator[Meeting | LeftOut | Refused | Notice]:
        return read(kind, source.data, source.name, {"zone": self.run.zone, "first": self.first, "last": self.last})

    def _add(self, meeting: Meeting) -> None:
        other = self._meetings.get(meeting.source)
        if other is not None:
            self._report(meeting.source, "known")
        if other is None or order_of(meeting) >= order_of(other):
            self._meetings[meeting.source] = meeting

    def _complete(self, meetings: Sequence[Meeting]) -> None:
        """Keep which series were read to their end, so that it's known which occurrences they don't have."""
        for meeting in meetings:
            if not meeting.is_exception:
                self._series[meeting.uid] = max(order_of(meeting), self._series.get(meeting.uid, order_of(meeting)))

    def _is_outdated(self, meeting: Meeting) -> bool:
        """Whether it's an occurrence of an older version of its series, and the newest has none there."""
        return not meeting.is_exception and order_of(meeting) < self._series.get(meeting.uid, order_of(meeting))

    def _reach(self, meeting: Meeting) -> None:
        """Keep up to which day the calendar tells of meetings: a series says nothing about that."""
        written = meeting.stamp.astimezone(self.run.zone).date() if meeting.stamp else date.min
        day = written if meeting.occurrence else max(written, _day(meeting.start))
        if day > date.min:
            self.run.ledger.reach("calendar", min(day, self.run.crm.today))

    def finish(self) -> None:
        """Write what is new, and change what has changed."""
        read_meetings, self._meetings = self._meetings, {}
        if not read_meetings:
            return
        meetings = {source: meeting for source, meeting in read_meetings.items() if not self._is_outdated(meeting)}
        for source in read_meetings.keys() - meetings.keys():
            self._report(source, "known")
        paths = self.run.crm.catalog.paths_by_source("ics:")
        new = []
        for meeting in meetings.values():
            versions = parse_versions(self.run.ledger.versions(meeting.source))
            path = paths.get(meeting.source)
            if path is not None:
                self._update(meeting, path, versions)
            elif (meeting.source in self.run.ledger) and not self.run.options.again:
                self._known(meeting, versions)
            elif made := self._make(meeting):
                new.append(made)
        for start in range(0, len(new), GROUP):
            self._create(new[start : start + GROUP])
        self._cancel_missing(meetings, paths)
        if not self.run.own_names and any(made.route.client is None for made in new):
            self.run.notices.append("Say who you are with --me ADDRESS, so that you aren't taken for somebody unknown.")

    def _report(self, source: str, outcome: Outcome, path: str | None = None, reason: str = "") -> None:
        self.run.report(source, outcome, path, reason, "meeting")

    # ------------------------------------------------------------------------------ new ones

    def _make(self, meeting: Meeting) -> _New | None:
        """The note of a meeting; None, and reported, for one that's left out."""
        others = self._others(meeting)
        reason, route = self._why_off(meeting), Route(self.client)
        if not reason and self.client is None:
            route = self._route(meeting, others)
            reason = self._why_left_out(meeting, route, others)
        if reason:
            self._report(meeting.source, "left_out", None, reason)
            return None
        facts = self.notes.facts(meeting, others, route)
        return _New(meeting, route, version_of(meeting, facts), self.notes.make(meeting, facts, route))

    def _others(self, meeting: Meeting) -> list[Party]:
        """Who takes part besides the user: the organizer first, nobody who has declined."""
        declined = {attendee.party for attendee in meeting.attendees if attendee.status == "declined"}
        parties = dict.fromkeys([meeting.organizer, *(attendee.party for attendee in meeting.attendees)])
        by_address: dict[str, Party] = {}
        for party in parties:
            if party != Party() and party not in declined and not self.router.is_me(party):
                by_address.setdefault(party.email.lower() or party.name, party)
        return list(by_address.values())[:_MAX_PEOPLE]

    def _why_off(self, meeting: Meeting) -> str:
        """Why a meeting doesn't take place, or not with the user."""
        if meeting.is_cancelled:
            return "It was cancelled."
        mine = [attendee.status for attendee in meeting.attendees if self.router.is_me(attendee.party)]
        return "You declined it." if mine and set(mine) == {"declined"} else ""

    def _route(self, meeting: Meeting, others: Sequence[Party]) -> Route:
        """Whose meeting it is: by those who take part, else by the title, if the user has written that."""
        is_own = meeting.organizer == Party() or self.router.is_me(meeting.organizer)
        found = self.router.route(others) if others else Route(None)
        if found.client is None and not found.ignored and is_own:
            named = self.router.named_in(meeting.summary)
            return named if named.client or not others else found
        return found

    def _why_left_out(self, meeting: Meeting, route: Route, others: Sequence[Party]) -> str:
        if route.ignored:
            return f"The settings ignore {route.ignored}."
        if route.client is None and not others and not route.reason:
            return "Nobody you know takes part."
        is_old = _day(meeting.start) < self.first
        return "It's older than a year, and nobody you know takes part." if route.client is None and is_old else ""

    def _create(self, group: Sequence[_New]) -> None:
        for new, path in zip(group, self.run.create([new.note for new in group]), strict=True):
            self._report(new.meeting.source, "created" if new.route.client else "parked", path, new.route.reason)
            self.run.ledger.add(new.meeting.source, str(new.version))

    # -------------------------------------------------------------------------- known ones

    def _known(self, meeting: Meeting, versions: Sequence[Version]) -> None:
        """Of a note that was deleted, only remember that a newer version was seen."""
        self._report(meeting.source, "known")
        version = version_of(meeting, is_off=bool(self._why_off(meeting)))
        if versions and version.order > versions[-1].order and version.contents != versions[-1].contents:
            self.run.ledger.add(meeting.source, str(version))

    def _update(self, meeting: Meeting, path: str, versions: Sequence[Version]) -> None:
        off = self._why_off(meeting)
        version = version_of(meeting, is_off=bool(off))
        seen = {(known.order, known.contents) for known in versions}
        is_old = bool(versions) and version.order < versions[-1].order
        if is_old or (version.order, version.contents) in seen or (versions and version.contents == versions[-1].contents):
            self._report(meeting.source, "known", path)
            return
        note = self._note(path)
        if note is None:
            self._report(meeting.source, "known", path, "Its note can't be read, so it wasn't changed.")
            return
        client = self.client or self.run.crm.catalog.owner_of(path, self.run.crm.catalog.client_link(path))
        facts = self.notes.facts(meeting, self._others(meeting), Route(client))
        update = MeetingUpdate(facts, versions, off, self.run.crm.now)
        told = self._edit(path, update)
        self._report(meeting.source, "known", path, told)
        self.run.ledger.add(meeting.source, str(version_of(meeting, facts, bool(off))))

    def _cancel_missing(self, meetings: dict[str, Meeting], paths: dict[str, str]) -> None:
        """Cancel the occurrences that their series no longer has."""
        for source, path in paths.items():
            uid, _, text = source.removeprefix("ics:").rpartition(":")
            day = parse_iso_day(text) if len(text) == 10 else None
            if uid not in self._series or source in meetings or day is None or not self.first <= day <= self.last:
                continue
            versions = parse_versions(self.run.ledger.versions(source))
            gone = Version(self._series[uid], "gone", True)
            if versions and (gone.order < versions[-1].order or versions[-1].contents == "gone"):
                continue
            told = self._edit(path, MeetingUpdate(None, versions, "It's gone from the calendar.", self.run.crm.now))
            if told:
                self.run.notices.append(f"{path}: {told}")
            self.run.ledger.add(source, str(gone))

    def _note(self, path: str) -> Note | None:
        return self.run.crm.catalog.note(path)

    def _edit(self, path: str, update: MeetingUpdate) -> str:
        """Apply an update to a note, and return what a person should know about it."""
        try:
            self.run.edit(path, update.apply)
        except (EditRefused, Unreadable) as error:
            return f"The calendar says something else now, and the note can't be changed: {error.message}"
        return " ".join(update.told)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
