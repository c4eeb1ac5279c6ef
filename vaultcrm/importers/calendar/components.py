"""An iCalendar file as components: the events in it, each with the calendar that it's in.

icalendar reads almost everything, and raises for the rest when a value is asked for. Its time zones live as long as
the process, and those of a file may mean endless work; both are dealt with before it gets to see the text.
"""

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from icalendar import Calendar, Component
from icalendar.timezone import tzp

from vaultcrm.importers.archive import describe
from vaultcrm.importers.encoding import decode
from vaultcrm.importers.message import Notice, Refused
from vaultcrm.plural import counted, listed

MAX_BYTES = 64 * 2**20
_MAX_LINE = 64 * 2**10  # characters; what's longer is a picture
_MAX_EVENTS = 50_000
_MAX_DEPTH = 50
_MAX_ZONE_LINES = 2_000
# Rules of a time zone that change it once a year or so; a rule of every second would never end
_ZONE_RULE = re.compile(
    r"RRULE:(?:(?:FREQ=YEARLY|(?:INTERVAL|COUNT|UNTIL|WKST|BYMONTH|BYDAY|BYMONTHDAY)=[\w+,-]{1,40})(?:;|$))+", re.IGNORECASE
)
_SPACE_BEFORE_DATE = re.compile(r"((?:DTSTART|DTEND|DTSTAMP|DURATION|RECURRENCE-ID|RDATE|EXDATE|RRULE)\b[^:]{0,100}:)\s+", re.IGNORECASE)
_HEADER = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//vaultcrm//EN")
_NAMES = {"VTODO": "to-do", "VJOURNAL": "journal entry", "VFREEBUSY": "free-busy time"}
# What icalendar and dateutil raise for values that aren't what they should be
FAILURES = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError, AssertionError, NotImplementedError,
    OSError,  # for the name of a time zone that is too long for a file
)  # fmt: skip


class Found(NamedTuple):
    """A VEVENT, and the calendar that it's in."""

    where: str
    event: Component
    calendar: Component


def find_events(data: bytes, where: str) -> Iterator[Found | Refused | Notice]:
    """The events of a file, in their order. A part that can't be read doesn't keep the others from being read."""
    lines = list(_lines(decode(data)))
    events = sum(line.strip().upper() == "BEGIN:VEVENT" for line in lines)
    if events > _MAX_EVENTS or _depth(lines) > _MAX_DEPTH:
        yield Refused(where, f"It has more than {_MAX_EVENTS:,} events." if events > _MAX_EVENTS else "It's nested too deeply.")
        return
    if not any(line.strip().upper() in ("BEGIN:VCALENDAR", "BEGIN:VEVENT") for line in lines):
        yield Refused(where, "It contains no calendar.")
        return
    try:
        components = [(component, calendar) for calendar in _parse(lines) for component in _walk(calendar)]
    except FAILURES as error:
        if not events:
            yield Refused(where, describe(error))
            return
        components = []
    if sum(component.name == "VEVENT" for component, _ in components) < events:
        yield from _one_by_one(lines, where, events)
        return
    left_out: Counter[str] = Counter()
    number = 0
    for component, calendar in components:
        if component.name == "VEVENT":
            number += 1
            yield Found(f"{where}, event {number}", component, calendar)
        elif component.name in _NAMES:
            left_out[_NAMES[component.name]] += 1
    if left_out:
        yield Notice(where, f"Left out {listed(counted(count, noun) for noun, count in left_out.items())}.")


def _lines(text: str) -> Iterator[str]:
    """The lines of a file, unfolded, without pictures and without time zones that could take forever."""
    in_zone = 0
    for line in _unfolded(text):
        if len(line) > _MAX_LINE or not line.strip():
            continue
        if spaced := _SPACE_BEFORE_DATE.match(line):
            line = spaced[1] + line[spaced.end() :]
        if in_zone:
            in_zone += 1
            is_rule = re.match(r"(RRULE|EXRULE)\b", line, re.IGNORECASE)
            if re.match("END:VTIMEZONE", line, re.IGNORECASE):
                in_zone = 0
            elif (is_rule and not _ZONE_RULE.fullmatch(line.strip())) or in_zone > _MAX_ZONE_LINES:
                continue
        elif re.match("BEGIN:VTIMEZONE", line, re.IGNORECASE):
            in_zone = 1
        yield line


def _depth(lines: list[str]) -> int:
    """How many components are open at once, at most."""
    depth = deepest = 0
    for line in lines:
        start = line[:6].upper()
        depth += 1 if start == "BEGIN:" else -1 if start.startswith("END:") else 0
        deepest = max(deepest, depth)
    return deepest


def _unfolded(text: str) -> Iterator[str]:
    """The lines of a file, each joined with those below it that begin with a space."""
    parts: list[str] = []
    for line in re.split(r"[\r\n]+", text):
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
        else:
            yield "".join(parts)
            parts = [line]
    yield "".join(parts)


def _parse(lines: list[str], forget_zones: bool = True) -> list[Component]:
    if forget_zones:  # those of other files, which may have the same names
        tzp.use_default()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about time zones whose names had to be guessed
        return list(Calendar.from_ical("\r\n".join([*lines, ""]).encode(), multiple=True))


def _one_by_one(lines: list[str], where: str, events: int) -> Iterator[Found | Refused | Notice]:
    """The events of a calendar that isn't readable as a whole."""
    header = [line for line in lines if re.match("(METHOD|X-WR-TIMEZONE):", line, re.IGNORECASE)][:2]
    try:
        _parse([*_HEADER, *(line for block in _blocks(lines, "VTIMEZONE") for line in block), "END:VCALENDAR"])  # which are remembered
    except FAILURES:
        tzp.use_default()
    number = 0
    for number, block in enumerate(_blocks(lines, "VEVENT"), 1):
        try:
            (calendar,) = _parse([*_HEADER, *header, *block, "END:VCALENDAR"], forget_zones=False)
            (event,) = [component for component in _walk(calendar) if component.name == "VEVENT"]
        except FAILURES as error:
            yield Refused(f"{where}, event {number}", describe(error))
        else:
            yield Found(f"{where}, event {number}", event, calendar)
    yield from (Refused(f"{where}, event {missing}", "It's cut off.") for missing in range(number + 1, events + 1))
    yield Notice(where, "The file isn't a valid calendar, so its events were read one by one.")


def _blocks(lines: list[str], name: str) -> Iterator[list[str]]:
    block: list[str] | None = None
    for line in lines:
        if line.strip().upper() == f"BEGIN:{name}":
            block = []
        if block is not None:
            block.append(line)
            if line.strip().upper() == f"END:{name}":
                yield block
                block = None


def _walk(component: Component, depth: int = 0) -> Iterator[Component]:
    yield component
    if depth < _MAX_DEPTH:
        for inner in component.subcomponents:
            yield from _walk(inner, depth + 1)
