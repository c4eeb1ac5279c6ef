"""A recurrence rule in parts, and its first date after a given one.

The dates are those of npm's rrule, which the Obsidian Tasks plugin uses; a comment says where that is
not RFC 5545. (`dates.rrule` uses dateutil, which rejects an hour of 25, and is too slow for the
many days that `tasks.recurrence` may have to try.)
"""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from vaultcrm.dates.iso import compact_day
from vaultcrm.dates.vocabulary import WEEKDAY_CODES

_MINUTES = {"HOURLY": 60, "MINUTELY": 1}
# After this many steps a rule has no next date. The calendar repeats every 400 years.
_MAX_STEPS = {"YEARLY": 400, "MONTHLY": 4800, "WEEKLY": 5200, "DAILY": 5000, "HOURLY": 10_000, "MINUTELY": 10_000}
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Monday is 0; then the ordinal within the month or year, counted from its end if negative, 0 for every one
Weekday = tuple[int, int]


class RecurrenceRule(NamedTuple):
    """The parts of an RRULE. The lists keep the order in which the rule names their values."""

    frequency: str
    interval: int = 1
    times: int | None = None
    until: date | None = None
    months: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[Weekday, ...] = ()
    hours: tuple[int, ...] = ()


def format_rrule(rule: RecurrenceRule) -> str:
    """The rule as RFC 5545 writes it: "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"."""
    parts = {
        "FREQ": rule.frequency,
        "INTERVAL": str(rule.interval) if rule.interval != 1 else "",
        "COUNT": str(rule.times or ""),
        "UNTIL": compact_day(rule.until) if rule.until else "",
        "BYMONTH": _join(rule.months),
        "BYWEEKNO": _join(rule.weeks),
        "BYMONTHDAY": _join(rule.month_days),
        "BYDAY": ",".join(f"{nth or ''}{WEEKDAY_CODES[day]}" for day, nth in rule.weekdays),
        "BYHOUR": _join(rule.hours),
    }
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def parse_rrule(text: str) -> RecurrenceRule:
    """The rule that `format_rrule` wrote."""
    parts = dict(part.split("=") for part in text.split(";"))
    return RecurrenceRule(
        parts["FREQ"],
        int(parts.get("INTERVAL", "1")),
        int(parts["COUNT"]) if "COUNT" in parts else None,
        date.fromisoformat(parts["UNTIL"]) if "UNTIL" in parts else None,
        _split(parts.get("BYMONTH")),
        _split(parts.get("BYWEEKNO")),
        _split(parts.get("BYMONTHDAY")),
        tuple((WEEKDAY_CODES.index(code[-2:]), int(code[:-2] or "0")) for code in parts["BYDAY"].split(",")) if "BYDAY" in parts else (),
        _split(parts.get("BYHOUR")),
    )


def _join(numbers: tuple[int, ...]) -> str:
    return ",".join(str(number) for number in numbers)


def _split(text: str | None) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",")) if text else ()


def next_date(rule: RecurrenceRule, start: date) -> date | None:
    """The first date after `start` of the rule counted from `start`, None if there is none."""
    if not _can_occur(rule):
        return None
    remaining = rule.times
    end = datetime.combine(rule.until, time()) if rule.until else datetime.max
    try:
        for moment in _occurrences(_with_defaults(rule, start), start):
            if moment > end:
                return None
            if moment.date() > start:
                return moment.date()
            if remaining is not None and (remaining := remaining - 1) < 1:
                return None
    except OverflowError:  # after the year 9999
        pass
    return None


def _can_occur(rule: RecurrenceRule) -> bool:
    """Whether each of its numbers exists in some month or year. Without this check, a search in vain takes long."""
    longest_month = max((_DAYS_IN_MONTH[month - 1] for month in rule.months), default=31)
    highest_ordinal = 53 if rule.frequency == "YEARLY" and not rule.months else 5
    numbered = _numbered_weekdays(rule)
    return (
        (not rule.month_days or any(abs(number) <= longest_month for number in rule.month_days))
        and (not rule.weeks or any(number <= 53 for number in rule.weeks))
        and (not numbered or any(abs(nth) <= highest_ordinal for _, nth in numbered))
    )


def _numbered_weekdays(rule: RecurrenceRule) -> list[Weekday]:
    """The weekdays with an ordinal, like the 2nd Monday. A weekly rule has none: its ordinals have no effect."""
    return [weekday for weekday in rule.weekdays if weekday[1]] if rule.frequency in ("YEARLY", "MONTHLY") else []


def _with_defaults(rule: RecurrenceRule, start: date) -> RecurrenceRule:
    """The rule with the weekday, the day of the month or the day of the year of `start`, if it names none."""
    if rule.weeks or rule.month_days or rule.weekdays:
        return rule
    if rule.frequency == "YEARLY":
        return rule._replace(months=rule.months or (start.month,), month_days=(start.day,))
    if rule.frequency == "MONTHLY":
        return rule._replace(month_days=(start.day,))
    return rule._replace(weekdays=((start.weekday(), 0),)) if rule.frequency == "WEEKLY" else rule


def _occurrences(rule: RecurrenceRule, start: date) -> Iterator[datetime]:
    """The occurrences of the rule from midnight of `start` on. Raises OverflowError after the year 9999."""
    if rule.frequency in _MINUTES:
        yield from _hourly_occurrences(rule, datetime.combine(start, time()))
        return
    for day in _occurrence_days(rule, start):
        for hour in rule.hours or (0,):  # an hour of 25 is 1:00 on the next day
            yield datetime.combine(day, time()) + timedelta(hours=hour)


def _hourly_occurrences(rule: RecurrenceRule, start: datetime) -> Iterator[datetime]:
    step, minute = rule.interval * _MINUTES[rule.frequency], 0
    for _ in range(_MAX_STEPS[rule.frequency]):
        moment = start + timedelta(minutes=minute)
        if _matches(rule, moment.date()):
            yield moment
            minute += step
        else:  # the first step at or after the next midnight
            minute = -(-(minute // 1440 + 1) * 1440 // step) * step


def _occurrence_days(rule: RecurrenceRule, start: date) -> Iterator[date]:
    steps = range(0, _MAX_STEPS[rule.frequency] * rule.interval, rule.interval)
    if rule.frequency == "DAILY":
        yield from (start + timedelta(step) for step in steps)
    elif rule.frequency == "WEEKLY":
        monday = start - timedelta(start.weekday()) if start.toordinal() > 7 else start
        for step in steps:
            week = (monday + timedelta(7 * step + n) for n in range(7))
            yield from (day for day in week if day >= start and _matches(rule, day))
    else:
        for year, month in _months(rule, start, steps):
            yield from (day for day in _days_of_month(rule._replace(interval=1), year, month) if day >= start)


def _months(rule: RecurrenceRule, start: date, steps: range) -> Iterator[tuple[int, int]]:
    for step in steps:
        month = start.year * 12 + start.month - 1 + step
        year = start.year + step if rule.frequency == "YEARLY" else month // 12
        if year > date.max.year:
            return
        for number in range(1, 13) if rule.frequency == "YEARLY" else (month % 12 + 1,):
            if not rule.months or number in rule.months:
                yield year, number


@lru_cache(1024)  # the same months recur when a rule is tried from one day after another
def _days_of_month(rule: RecurrenceRule, year: int, month: int) -> tuple[date, ...]:
    length = calendar.monthrange(year, month)[1]
    numbers = {n if n > 0 else length + 1 + n for n in rule.month_days} if rule.month_days else range(1, length + 1)
    days = (date(year, month, number) for number in sorted(numbers) if 1 <= number <= length)
    return tuple(day for day in days if _matches(rule, day))


def _matches(rule: RecurrenceRule, day: date) -> bool:
    """Whether a day meets every condition of the rule.

    If a rule has weekdays with and without ordinals, the day must match one of each, unlike in RFC
    5545: BYDAY=MO,1FR never occurs.
    """
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days and not {day.day, day.day - calendar.monthrange(day.year, day.month)[1] - 1} & {*rule.month_days}:
        return False
    if rule.weeks and day.isocalendar().week not in rule.weeks:
        return False
    numbered = _numbered_weekdays(rule)
    plain = [weekday for weekday, nth in rule.weekdays if (weekday, nth) not in numbered]
    if plain and day.weekday() not in plain:
        return False
    return not numbered or any(weekday == day.weekday() and nth in _ordinals(rule, day) for weekday, nth in numbered)


def _ordinals(rule: RecurrenceRule, day: date) -> tuple[int, int]:
    """The ordinal of a day among its weekdays in the year or month, from the start (1, 2, …) and from the end (-1, -2, …)."""
    if rule.frequency == "YEARLY" and not rule.months:
        number, length = day.timetuple().tm_yday, 365 + calendar.isleap(day.year)
    else:
        number, length = day.day, calendar.monthrange(day.year, day.month)[1]
    return (number - 1) // 7 + 1, -((length - number) // 7) - 1
