"""Versions of a calendar's meeting, as the ledger keeps them: which is newer, and what an import has written of each."""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from vaultcrm.actions.imports.meetings.meeting_notes import Facts
from vaultcrm.importers.message import Meeting

_TEXT = re.compile(r"(\d{9}):(-|\d{8}T\d{6}):([0-9a-f]{8}|gone):([xo]):([0-9a-f.]*)")


class Version(NamedTuple):
    """One version. `order` grows with its age; `contents` is a digest of what the calendar says, "gone" for an occurrence
    that its series no longer has; `written` are the digests of what the note then said (see `Facts.digests`).
    """

    order: tuple[str, str]
    contents: str
    is_cancelled: bool
    written: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ":".join((*self.order, self.contents, "x" if self.is_cancelled else "o", ".".join(self.written)))


def version_of(meeting: Meeting, facts: Facts | None = None, is_off: bool = False) -> Version:
    """The version that a meeting is; `facts` is what a note of it says. `is_off`: it's cancelled, or the user has declined."""
    said = (
        meeting.instant or meeting.start, _length(meeting),
        meeting.summary, meeting.description, meeting.location, meeting.url, meeting.organizer, meeting.attendees, is_off,
    )  # fmt: skip
    contents = hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()[:8]
    return Version(order_of(meeting), contents, is_off, facts.digests() if facts else ())


def _length(meeting: Meeting) -> timedelta | None:
    start, end = meeting.start, meeting.end
    if isinstance(start, datetime) and isinstance(end, datetime):
        return end - start
    return None if end is None or isinstance(start, datetime) or isinstance(end, datetime) else end - start


def order_of(meeting: Meeting) -> tuple[str, str]:
    """What tells which of two versions is newer (RFC 5545, 3.8.7.4): the SEQUENCE, and then when it was written."""
    return f"{min(meeting.sequence, 999_999_999):09}", f"{meeting.stamp:%Y%m%dT%H%M%S}" if meeting.stamp else "-"


def parse_versions(texts: Iterable[str]) -> list[Version]:
    """Versions from the ledger, oldest first."""
    found = (_TEXT.fullmatch(text) for text in texts)
    return sorted(
        Version((match[1], match[2]), match[3], match[4] == "x", tuple(match[5].split("."))) for match in found if match
    )  # fmt: skip
