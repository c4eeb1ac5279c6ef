"""The meetings that follow from the events of calendars: the newest version of each, and a series one by one."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path

from vaultcrm.dates.rrule import occurrences
from vaultcrm.errors import InvalidInput
from vaultcrm.importers.archive import files_of
from vaultcrm.importers.calendar.components import MAX_BYTES
from vaultcrm.importers.calendar.events import Event, Moment, read_events
from vaultcrm.importers.message import LeftOut, Meeting, Notice, Refused

_MAX_RULES = 5  # of one event; one is usual
_MAX_STEPS = 600_000
_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_DAYS_OF_A_SEARCH = 3 * 28 * 365  # 28 years, see `dates.rrule`; a day that is left out costs more than one that isn't
_ENDINGS = (".ics", ".ical", ".icalendar")


def read_calendar(source: Path | bytes, name: str, zone: tzinfo, first: date, last: date) -> Iterator[Meeting | LeftOut | Refused | Notice]:
    """The meetings of an `.ics` file, by its path or as bytes, or of a folder or archive of them.

    `zone` is the person's: times are given as their clock shows them, without a zone. A series is given from
    `first` to `last`, everything else whenever it is. Of several versions of an event, the newest counts: the one with
    the highest SEQUENCE, and of those the one written last.
    """
    events: list[Event] = []
    for where, data in files_of(source, name, _ENDINGS, MAX_BYTES):
        for found in read_events(data, where) if isinstance(data, bytes) else [data]:
            if isinstance(found, Event):
                events.append(found)
            else:
                yield found
    budget = _Budget()
    for series in _by_uid(events).values():
        yield from _meetings(series, zone, first, last, budget)


def _by_uid(events: Iterable[Event]) -> dict[str, list[Event]]:
    """The newest version of each event and of each occurrence that was changed, by UID in the order of the files."""
    newest: dict[tuple[str, Moment | None], Event] = {}
    for event in events:
        key = (event.uid, event.occurrence)
        if key not in newest or _version(event) >= _version(newest[key]):
            newest[key] = event
    by_uid: dict[str, list[Event]] = {}
    for event in newest.values():
        by_uid.setdefault(event.uid, []).append(event)
    return by_uid


def _version(event: Event) -> tuple[int, float]:
    return event.sequence, event.stamp.timestamp() if event.stamp else 0


class _Budget:
    """How much work the series of one import may still make, in steps of dateutil (about 3 microseconds each)."""

    def __init__(self) -> None:
        self._steps = _MAX_STEPS

    def spend(self, event: Event, start: datetime, end: datetime, found: int) -> None:
        """Takes off what a series has cost: its periods up to `end`, or up to the end of time if it has found no other day."""
        days = max((end - start).days, 0) + (0 if found else _DAYS_OF_A_SEARCH)
        self._steps -= sum(days // _DAYS.get(rule.partition("FREQ=")[2].partition(";")[0], 1) for rule in event.rules) + 4 * found

    def check(self) -> None:
        """Raises InvalidInput when nothing is left."""
        if self._steps < 0:
            raise InvalidInput("The calendar has too many meetings that repeat. Export a shorter time, or fewer calendars at once.")


def _meetings(events: list[Event], zone: tzinfo, first: date, last: date, budget: _Budget) -> Iterator[Meeting | LeftOut | Refused]:
    """The meetings of the events with one UID: a series and the occurrences that were changed, or a single event."""
    changed = {event.occurrence: event for event in events if event.occurrence is not None}
    for event in events:
        if event.occurrence is not None:
            yield from _meeting(event, event.start, event.occurrence, zone, is_series=True)
        elif event.rules or event.more:
            try:
                starts = _starts(event, first, last, budget)
            except InvalidInput as error:
                yield Refused(event.where, error.message)
                continue
            if not starts:
                yield LeftOut(event.where, f"It repeats, but not between {first} and {last}.")
            for start in starts:
                if start not in changed:
                    yield from _meeting(event, start, start, zone, is_series=True)
        else:
            yield from _meeting(event, event.start, event.start, zone, is_series=False)


def _starts(event: Event, first: date, last: date, budget: _Budget) -> list[Moment]:
    """When the occurrences of a series begin that fall into the days from `first` to `last`. Raises InvalidInput."""
    if len(event.rules) > _MAX_RULES:
        raise InvalidInput(f"It has more than {_MAX_RULES} rules.")
    budget.check()
    start = event.start if isinstance(event.start, datetime) else datetime.combine(event.start, time())
    begin, end = datetime.combine(first, time()), datetime.combine(last, time.max)
    found = {start} if begin <= start <= end else set()  # DTSTART is the first occurrence, even if the rule skips it
    by_rule = {moment for rule in event.rules for moment in occurrences(rule, start, begin, end, event.zone)}
    budget.spend(event, start, end, len(by_rule - found))
    found |= by_rule
    found |= {moment for more in event.more if begin <= (moment := _at(more, start)) <= end}
    without = {_at(fewer, start) for fewer in event.fewer}
    ordered = sorted(found - without)
    return list(ordered) if isinstance(event.start, datetime) else [moment.date() for moment in ordered]


def _at(moment: Moment, start: datetime) -> datetime:
    """A moment as a date and time; a day is the occurrence on that day."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, start.time())


def _meeting(event: Event, start: Moment, occurrence: Moment, zone: tzinfo, is_series: bool) -> Iterator[Meeting | Refused]:
    """`start` and `occurrence` are wall times of the event's zone; `occurrence` is where the series had it."""
    try:
        end = start + event.length if event.length else None
        day = occurrence.date() if isinstance(occurrence, datetime) else occurrence
        yield Meeting(
            source=f"ics:{event.uid}:{day.isoformat()}" if is_series else f"ics:{event.uid}",
            sequence=event.sequence,
            stamp=event.stamp,
            start=_local(start, event.zone, zone),
            end=None if end is None else _local(end, event.zone, zone),
            summary=event.summary,
            description=event.description,
            location=event.location,
            url=event.url,
            organizer=event.organizer,
            attendees=event.attendees,
            is_cancelled=event.is_cancelled,
            uid=event.uid,
            occurrence=day if is_series else None,
            is_exception=event.occurrence is not None,
            instant=start.replace(tzinfo=event.zone).astimezone(UTC) if isinstance(start, datetime) and event.zone else None,
        )
    except (OverflowError, ValueError):  # at the ends of the calendar
        yield Refused(event.where, "Its time is out of range.")


def _local(moment: Moment, event_zone: tzinfo | None, zone: tzinfo) -> Moment:
    if not isinstance(moment, datetime) or event_zone is None:
        return moment
    return moment.replace(tzinfo=event_zone).astimezone(zone).replace(tzinfo=None)
