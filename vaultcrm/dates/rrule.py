"""RRULEs of RFC 5545: their parts, whether they are valid, and the days that they name.

They are evaluated by python-dateutil, within bounds: only rules of whole days, and no unbounded search
for the next day.
"""

import calendar
import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from vaultcrm.dates.iso import compact_day, parse_iso_day
from vaultcrm.dates.vocabulary import WEEKDAY_CODES
from vaultcrm.errors import InvalidInput
from vaultcrm.quoting import quoted

if TYPE_CHECKING:  # importing dateutil takes a quarter as long as importing click
    from dateutil.rrule import rrule

EXAMPLES = 'Write "week", "2 weeks", "monday", "month on the 15th", "quarter", "year" or an RRULE like FREQ=WEEKLY;INTERVAL=2.'
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_NUMBERS = {"BYMONTHDAY": 31, "BYMONTH": 12, "BYSETPOS": 366, "BYYEARDAY": 366, "BYWEEKNO": 53}  # and the highest of each
_PARTS = frozenset(["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST", *_NUMBERS])
_DAY_PARTS = frozenset(["BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"])  # with any of these, a rule says on which days
# How far ahead to search for the next date: 29 February comes every 4 or 8 years, and no promise to a client reaches further.
_HORIZON = timedelta(days=366 * 30)
_MAX_LENGTH = 500
_OF_THE_START = ("BYHOUR", "BYMINUTE", "BYSECOND")  # parts that only repeat what the start says, in rules of whole days
_MAX_OCCURRENCES = 50_000  # 137 years of days


def split_rule(rule: str, also: Collection[str] = ()) -> tuple[dict[str, str], date | None]:
    """The parts of a rule by name, and its DTSTART, which TaskNotes writes in front of it. Raises InvalidInput.

    `also` are names of parts that are allowed in addition, whatever their values.
    """
    if len(rule) > _MAX_LENGTH:
        raise InvalidInput(f"A rule of {len(rule)} characters is too long.", f"Use at most {_MAX_LENGTH} characters.")
    lines = rule.upper().split()
    if max(" ".join(lines).count(name) for name in ("FREQ=", "RRULE:")) > 1:
        raise InvalidInput(
            f"{quoted(' '.join(lines))} is more than one rule.", "Keep one of them: a second one needs a follow-up of its own."
        )
    start = None
    parts: dict[str, str] = {}
    for part in re.sub(r" ?[; ] ?(?:RRULE:)?", ";", " ".join(lines).removeprefix("RRULE:")).split(";"):
        name, _, value = part.partition("=" if "=" in part else ":")
        if name == "DTSTART":
            start = parse_iso_day(re.sub(r"^(\d{4})(\d{2})(\d{2}).*", r"\1-\2-\3", value))
        elif (name not in _PARTS and name not in also) or not value or name in parts:
            raise InvalidInput(f"{quoted(rule)} is not a recurrence I understand.", EXAMPLES)
        else:
            parts[name] = value
    _check_parts(rule, parts)
    return parts, start


def _check_parts(rule: str, parts: dict[str, str]) -> None:
    """Raises InvalidInput for a part with a value that it can't have."""
    if parts.get("FREQ") not in _FREQUENCIES:
        raise InvalidInput(f"The rule {quoted(rule[:80])} doesn't repeat by days, weeks, months or years.", EXAMPLES)
    if parts["FREQ"] == "DAILY" and "BYSETPOS" in parts:  # a day has no second day, and dateutil would search for it for long
        raise InvalidInput(f"The rule {quoted(rule[:80])} can't have BYSETPOS, because it repeats by days.", "Leave BYSETPOS out.")
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (re.fullmatch(r"\d{1,4}", parts[name], re.ASCII) and 1 <= int(parts[name]) <= 1000):
            raise InvalidInput(f"{name}={parts[name]} is not a number from 1 to 1000.", f"Write it like {name}=2.")
    for name, highest in _NUMBERS.items():
        numbers = parts[name].split(",") if name in parts else []
        if not all(re.fullmatch(r"[+-]?\d{1,3}", number, re.ASCII) and 1 <= abs(int(number)) <= highest for number in numbers):
            raise InvalidInput(f"{name}={parts[name]} has a number that is not from 1 to {highest}.", EXAMPLES)
    if "BYMONTH" in parts and "-" in parts["BYMONTH"]:
        raise InvalidInput(f"BYMONTH={parts['BYMONTH']} has a number that is not from 1 to 12.", EXAMPLES)
    weekday = rf"([+-]?[1-9]\d?)?({'|'.join(WEEKDAY_CODES)})"
    if "BYDAY" in parts and not all(re.fullmatch(weekday, day) for day in parts["BYDAY"].split(",")):
        raise InvalidInput(f"BYDAY={parts['BYDAY']} is not a list of weekdays.", "Write it like BYDAY=MO,FR.")
    ordinals = [int(day[:-2]) for day in parts.get("BYDAY", "").split(",") if day[:-2]]
    highest = 53 if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else 5
    if any(abs(ordinal) > highest for ordinal in ordinals):  # dateutil fails at it
        raise InvalidInput(f"BYDAY={parts['BYDAY']} has a number that is not from 1 to {highest}.", EXAMPLES)
    if "UNTIL" in parts and last_day(parts) is None:
        raise InvalidInput(f"UNTIL={parts['UNTIL']} is not a date I understand.", "Write it like UNTIL=20261109.")


def last_day(parts: dict[str, str]) -> date | None:
    """The day after which a rule has ended by its UNTIL; None without one."""
    return parse_iso_day(re.sub(r"^(\d{4})-?(\d{2})-?(\d{2}).*", r"\1-\2-\3", parts.get("UNTIL", "")))


def join_parts(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def names_its_days(rule: str) -> bool:
    """Whether a rule says on which days it falls, so that it needs no first day to tell. Raises InvalidInput."""
    return bool(_DAY_PARTS & split_rule(rule)[0].keys())


def depends_on_start(rule: str) -> bool:
    """Whether the days of a rule without DTSTART depend on the day that it is counted from. Raises InvalidInput."""
    parts, start = split_rule(rule)
    return start is None and (int(parts.get("INTERVAL", "1")) > 1 or (parts["FREQ"] != "DAILY" and not names_its_days(rule)))


def with_start(rule: str, start: date) -> str:
    """The rule, counted from a day that it names itself, as TaskNotes writes it. Raises InvalidInput."""
    return f"DTSTART:{compact_day(start)};{join_parts(split_rule(rule)[0])}"


def with_days_of(rule: str, day: date) -> str:
    """The rule with the days named that it has by being counted from `day`, and without DTSTART. Raises InvalidInput.

    In a month that is too short for the day it falls on the last one, where RFC 5545 would leave the
    month out. A rule that names its days keeps them.
    """
    parts, _ = split_rule(rule)
    if parts["FREQ"] == "DAILY" or _DAY_PARTS & parts.keys():
        return join_parts(parts)
    if parts["FREQ"] == "WEEKLY":
        return join_parts({**parts, "BYDAY": WEEKDAY_CODES[day.weekday()]})
    if parts["FREQ"] == "MONTHLY":
        return join_parts(parts | month_day_parts(day.day))
    parts.setdefault("BYMONTH", str(day.month))
    months = [int(month) for month in parts["BYMONTH"].split(",")]
    # BYSETPOS would choose one of the days of all months
    return join_parts(parts | (month_day_parts(day.day, months[0]) if len(months) == 1 else {"BYMONTHDAY": str(day.day)}))


def month_day_parts(day: int, month: int | None = None) -> dict[str, str]:
    """The parts that choose this day of a month, and the last day of a month that is shorter. `month` is the only one, if given."""
    shortest = 28 if month is None else calendar.monthrange(2026, month)[1]
    if day <= shortest:
        return {"BYMONTHDAY": str(day)}
    return {"BYMONTHDAY": ",".join(str(number) for number in range(28, day + 1)), "BYSETPOS": "-1"}


def check_rule(rule: str) -> None:
    """Raises InvalidInput for a rule that `next_date` couldn't evaluate.

    Doesn't search for a date, because a rule from an untrusted note may have none.
    """
    parts, start = split_rule(rule)
    _build_rrule(rule, parts, start or date(2026, 1, 1), date(2026, 1, 1))


def is_rule(rule: str) -> bool:
    """Whether `check_rule` accepts it."""
    try:
        check_rule(rule)
    except InvalidInput:
        return False
    return True


def first_date(rule: str, since: date) -> date | None:
    """The first date of a rule that names its days, from `since` on. Raises InvalidInput."""
    return next_date(rule, since, since - timedelta(1), 0)


def next_date(rule: str, start: date, after: date, completed_count: int) -> date | None:
    """The first date of the rule after `after`; None if it has none within 30 years.

    The rule starts on its DTSTART, or else on `start`. `completed_count` is the number of
    completions, which ends a rule with COUNT. Raises InvalidInput for an invalid rule.
    """
    parts, own_start = split_rule(rule)
    if "COUNT" in parts and completed_count >= int(parts["COUNT"]):
        return None
    start = own_start or start
    if after - start > _HORIZON * 4:  # dateutil steps through every date since the start
        raise InvalidInput(f"The rule {quoted(rule[:80])} starts too long ago.", "Give it a later start date (DTSTART).")
    end = last_day(parts) or date.max
    return _search(rule, parts, start, after, min(after + min(_HORIZON, date.max - after), end), forward=True)


def last_date(rule: str, until: date) -> date | None:
    """The last date of a rule that doesn't depend on its start, up to `until`; None if it has none in eight years. Raises InvalidInput."""
    parts, _ = split_rule(rule)
    start = until - min(timedelta(366 * 8 + 1), until - date.min)
    return _search(rule, parts, start, until, until, forward=False)


def _search(rule: str, parts: dict[str, str], start: date, day: date, last: date, forward: bool) -> date | None:
    """The first date after `day`, or the last one up to it, of a rule that starts on `start` and ends on `last`.

    The search is shifted because dateutil doesn't end it: see `_years_to_the_end`.
    """
    shift = max((9999 - 31 - max(start, day).year) // 400 * 400, 0)
    dates = _build_rrule(rule, parts, _add_years(start, shift), _add_years(last, shift))
    moment = datetime.combine(_add_years(day, shift), time())
    try:
        found = dates.after(moment) if forward else dates.before(moment, inc=True)
    except (ValueError, TypeError, IndexError, OverflowError) as error:  # of dateutil, for a day that can't be
        raise InvalidInput(f"The rule {quoted(rule[:80])} has no date that can be found.", EXAMPLES) from error
    return _add_years(found.date(), -shift) if found else None


def occurrences(rule: str, start: datetime, first: datetime, last: datetime, zone: tzinfo | None) -> list[datetime]:
    """The moments of a calendar's rule from `first` to `last`, both included, in wall times of `zone`.

    The rule counts from `start`. Its UNTIL may be in UTC. Raises InvalidInput for a rule that repeats within a day, that
    makes no sense, or that starts so long ago that stepping through it would take too long.
    """
    parts, _ = split_rule(rule, _OF_THE_START)
    times = {name: value for name in _OF_THE_START if (value := parts.pop(name, ""))}
    if any("," in value for value in times.values()):
        raise InvalidInput(f"The rule {quoted(rule[:80])} repeats several times a day.")
    for name, value in times.items():  # a time of day, as some programs write it, is that of the start
        if not value.isdecimal() or int(value) != getattr(start, name.removeprefix("BY").lower()):
            raise InvalidInput(f"The rule {quoted(rule[:80])} has another time of day than its start.")
    last = min(last, _until(parts.pop("UNTIL", ""), zone) or last)
    if max(start, first) > last:
        return []
    if first - start > _HORIZON * 4:
        raise InvalidInput(f"The rule {quoted(rule[:80])} starts too long ago.")
    shift = _years_to_the_end(start.year, last.year)
    found = []
    try:
        for number, moment in enumerate(_rrule(rule, join_parts(parts), start.replace(year=start.year + shift))):
            moment = moment.replace(year=moment.year - shift)
            if moment > last or number > _MAX_OCCURRENCES:
                break
            if moment >= first:
                found.append(moment)
    except (ValueError, TypeError, IndexError, OverflowError) as error:  # of dateutil, for a day that can't be
        raise InvalidInput(f"The rule {quoted(rule[:80])} has no date that can be found.", EXAMPLES) from error
    return found


def _years_to_the_end(first: int, last: int) -> int:
    """By how many years to shift the years from `first` to `last` so that they end near 9999 and are the same years.

    For a rule that matches no date, dateutil searches up to the year 9999. Every 28 years have the same weekdays and
    leap years unless a century without a leap year is among them, and every 400 years do in any case.
    """
    if 1901 <= first <= last <= 2099 and last - first <= 60:
        for year in range(9970, 9998):
            if year % 4 == last % 4 and date(year, 1, 1).weekday() == date(last, 1, 1).weekday():
                return year - last
    return max((9999 - 31 - max(first, last)) // 400 * 400, 0)


def _until(text: str, zone: tzinfo | None) -> datetime | None:
    """The last moment that an UNTIL allows, as a wall time of `zone`."""
    match = re.match(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", text, re.ASCII)
    if match is None:
        return None
    day = date(int(match[1]), int(match[2]), int(match[3]))  # checked in split_rule
    if match[4] is None:
        return datetime.combine(day, time.max)
    try:
        moment = datetime.combine(day, time(int(match[4]), int(match[5]), int(match[6])))
        return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if match[7] and zone else moment
    except (ValueError, OverflowError):
        return datetime.combine(day, time.max)


def _add_years(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def _build_rrule(rule: str, parts: dict[str, str], start: date, last: date) -> "rrule":
    """The parts as an object of dateutil, from `start` to `last` and without COUNT. Raises InvalidInput."""
    # UNTIL is replaced because dateutil requires it in the time zone of the start
    text = join_parts({**{name: value for name, value in parts.items() if name != "COUNT"}, "UNTIL": compact_day(last)})
    return _rrule(rule, text, datetime.combine(start, time()))


def _rrule(rule: str, text: str, start: datetime) -> "rrule":
    """The text of a rule as an object of dateutil. Raises InvalidInput; `rule` is what the message shows."""
    from dateutil.rrule import rrule, rrulestr  # late: most follow-ups do not recur

    try:
        result = rrulestr(text, dtstart=start)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError) as error:  # dateutil raises all of these
        raise InvalidInput(f"{quoted(rule)} is not a recurrence I understand.", EXAMPLES) from error
    assert isinstance(result, rrule), "one line contains one rule"
    return result
