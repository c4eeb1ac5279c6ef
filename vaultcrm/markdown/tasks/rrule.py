"""A recurrence rule as its parts, and its first day behind the day that it is counted from.

Reckoned as npm rrule does, by which the Obsidian Tasks plug-in goes on; where that is not RFC 5545, a comment
says so. (`recurrence` asks dateutil, which knows no hour 25, and is too slow for the many days that
`rules` may have to try.)
"""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MINUTES = {"HOURLY": 60, "MINUTELY": 1}
# A rule that never comes is given up after so many steps. The calendar repeats every 400 years.
_STEPS = {"YEARLY": 400, "MONTHLY": 4800, "WEEKLY": 5200, "DAILY": 5000, "HOURLY": 10_000, "MINUTELY": 10_000}
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Weekday = tuple[int, int]  # Monday is 0; which one of the month or year, from its end when below 0, or 0 for each


class RecurrenceRule(NamedTuple):
    """The parts of an RRULE. `days`, `months`, `hours` and so on keep the order in which they were said."""

    frequency: str
    interval: int = 1
    times: int | None = None
    until: date | None = None
    months: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    days: tuple[Weekday, ...] = ()
    hours: tuple[int, ...] = ()


def format_rrule(rhythm: RecurrenceRule) -> str:
    """The rhythm as RFC 5545 writes it: "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"."""
    parts = {
        "FREQ": rhythm.frequency,
        "INTERVAL": str(rhythm.interval) if rhythm.interval != 1 else "",
        "COUNT": str(rhythm.times or ""),
        "UNTIL": f"{rhythm.until.year:04}{rhythm.until:%m%d}" if rhythm.until else "",
        "BYMONTH": _listed(rhythm.months),
        "BYWEEKNO": _listed(rhythm.weeks),
        "BYMONTHDAY": _listed(rhythm.month_days),
        "BYDAY": ",".join(f"{nth or ''}{_CODES[day]}" for day, nth in rhythm.days),
        "BYHOUR": _listed(rhythm.hours),
    }
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def parse_rrule(rrule: str) -> RecurrenceRule:
    """What `rrule_of` wrote, as parts again."""
    parts = dict(part.split("=") for part in rrule.split(";"))
    return RecurrenceRule(
        parts["FREQ"],
        int(parts.get("INTERVAL", "1")),
        int(parts["COUNT"]) if "COUNT" in parts else None,
        date.fromisoformat(parts["UNTIL"]) if "UNTIL" in parts else None,
        _numbers(parts.get("BYMONTH")),
        _numbers(parts.get("BYWEEKNO")),
        _numbers(parts.get("BYMONTHDAY")),
        tuple((_CODES.index(code[-2:]), int(code[:-2] or "0")) for code in parts["BYDAY"].split(",")) if "BYDAY" in parts else (),
        _numbers(parts.get("BYHOUR")),
    )


def _listed(numbers: tuple[int, ...]) -> str:
    return ",".join(str(number) for number in numbers)


def _numbers(text: str | None) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",")) if text else ()


def next_date(rhythm: RecurrenceRule, start: date) -> date | None:
    """The first day of the rhythm, counted from `start`, that is later than `start`. None when it never comes."""
    if not _can_occur(rhythm):
        return None
    left = rhythm.times
    end = datetime.combine(rhythm.until, time()) if rhythm.until else datetime.max
    try:
        for moment in _occurrences(_with_defaults(rhythm, start), start):
            if moment > end:
                return None
            if moment.date() > start:
                return moment.date()
            if left is not None and (left := left - 1) < 1:
                return None
    except OverflowError:  # behind the year 9999
        pass
    return None


def _can_occur(rhythm: RecurrenceRule) -> bool:
    """Whether some day could have each of its numbers; to find that there is none takes long."""
    longest = max((_LONGEST[month - 1] for month in rhythm.months), default=31)
    most = 53 if rhythm.frequency == "YEARLY" and not rhythm.months else 5
    counted = _numbered_weekdays(rhythm)
    return (
        (not rhythm.month_days or any(abs(number) <= longest for number in rhythm.month_days))
        and (not rhythm.weeks or any(number <= 53 for number in rhythm.weeks))
        and (not counted or any(abs(nth) <= most for _, nth in counted))
    )


def _numbered_weekdays(rhythm: RecurrenceRule) -> list[Weekday]:
    """The weekdays of which not each is meant; in a week there is only one of each, whatever was said."""
    return [each for each in rhythm.days if each[1]] if rhythm.frequency in ("YEARLY", "MONTHLY") else []


def _with_defaults(rhythm: RecurrenceRule, start: date) -> RecurrenceRule:
    """With the day of week, of month or of year that a rule without one takes from its start."""
    if rhythm.weeks or rhythm.month_days or rhythm.days:
        return rhythm
    if rhythm.frequency == "YEARLY":
        return rhythm._replace(months=rhythm.months or (start.month,), month_days=(start.day,))
    if rhythm.frequency == "MONTHLY":
        return rhythm._replace(month_days=(start.day,))
    return rhythm._replace(days=((start.weekday(), 0),)) if rhythm.frequency == "WEEKLY" else rhythm


def _occurrences(rhythm: RecurrenceRule, start: date) -> Iterator[datetime]:
    """The moments of the rhythm from midnight of `start` on. Raises OverflowError behind the year 9999."""
    if rhythm.frequency in _MINUTES:
        yield from _hourly_occurrences(rhythm, datetime.combine(start, time()))
        return
    for day in _occurrence_days(rhythm, start):
        for hour in rhythm.hours or (0,):  # an hour of 25 is the next day's first
            yield datetime.combine(day, time()) + timedelta(hours=hour)


def _hourly_occurrences(rhythm: RecurrenceRule, start: datetime) -> Iterator[datetime]:
    step, minute = rhythm.interval * _MINUTES[rhythm.frequency], 0
    for _ in range(_STEPS[rhythm.frequency]):
        moment = start + timedelta(minutes=minute)
        if _matches(rhythm, moment.date()):
            yield moment
            minute += step
        else:  # the first time behind the next midnight
            minute = -(-(minute // 1440 + 1) * 1440 // step) * step


def _occurrence_days(rhythm: RecurrenceRule, start: date) -> Iterator[date]:
    steps = range(0, _STEPS[rhythm.frequency] * rhythm.interval, rhythm.interval)
    if rhythm.frequency == "DAILY":
        yield from (start + timedelta(step) for step in steps)
    elif rhythm.frequency == "WEEKLY":
        monday = start - timedelta(start.weekday()) if start.toordinal() > 7 else start
        for step in steps:
            week = (monday + timedelta(7 * step + n) for n in range(7))
            yield from (day for day in week if day >= start and _matches(rhythm, day))
    else:
        for year, month in _months(rhythm, start, steps):
            yield from (day for day in _days_of_month(rhythm._replace(interval=1), year, month) if day >= start)


def _months(rhythm: RecurrenceRule, start: date, steps: range) -> Iterator[tuple[int, int]]:
    for step in steps:
        month = start.year * 12 + start.month - 1 + step
        year = start.year + step if rhythm.frequency == "YEARLY" else month // 12
        if year > date.max.year:
            return
        for number in range(1, 13) if rhythm.frequency == "YEARLY" else (month % 12 + 1,):
            if not rhythm.months or number in rhythm.months:
                yield year, number


@lru_cache(1024)  # the same months are asked for again and again when a rule is tried from one day after another
def _days_of_month(rhythm: RecurrenceRule, year: int, month: int) -> tuple[date, ...]:
    length = calendar.monthrange(year, month)[1]
    numbers = {n if n > 0 else length + 1 + n for n in rhythm.month_days} if rhythm.month_days else range(1, length + 1)
    days = (date(year, month, number) for number in sorted(numbers) if 1 <= number <= length)
    return tuple(day for day in days if _matches(rhythm, day))


def _matches(rhythm: RecurrenceRule, day: date) -> bool:
    """Whether a day passes all that the rhythm says of its days.

    Unlike in RFC 5545, a day must be both among the plain weekdays and among the counted ones, where
    there are any: BYDAY=MO,1FR never comes.
    """
    if rhythm.months and day.month not in rhythm.months:
        return False
    if rhythm.month_days and not {day.day, day.day - calendar.monthrange(day.year, day.month)[1] - 1} & {*rhythm.month_days}:
        return False
    if rhythm.weeks and day.isocalendar().week not in rhythm.weeks:
        return False
    counted = _numbered_weekdays(rhythm)
    plain = [weekday for weekday, nth in rhythm.days if (weekday, nth) not in counted]
    if plain and day.weekday() not in plain:
        return False
    return not counted or any(weekday == day.weekday() and nth in _ordinals(rhythm, day) for weekday, nth in counted)


def _ordinals(rhythm: RecurrenceRule, day: date) -> tuple[int, int]:
    """Which one of its weekday a day is, from the front and from the end: of its year, or of its month."""
    if rhythm.frequency == "YEARLY" and not rhythm.months:
        number, length = day.timetuple().tm_yday, 365 + calendar.isleap(day.year)
    else:
        number, length = day.day, calendar.monthrange(day.year, day.month)[1]
    return (number - 1) // 7 + 1, -((length - number) // 7) - 1
