"""Recurring follow-ups: words like "every 2 weeks" become an RRULE, and a rule has a next date.

Rules follow RFC 5545 and are evaluated by python-dateutil, within bounds: only rules of whole days,
and no unbounded search for the next date.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.dates.vocabulary import MONTHS, WEEKDAYS
from vaultcrm.errors import InvalidInput

if TYPE_CHECKING:  # importing dateutil takes a quarter as long as importing click
    from dateutil.rrule import rrule

_FREQUENCIES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_PARTS = frozenset(["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYYEARDAY", "BYWEEKNO", "WKST"])
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # in a leap year
# How far ahead to search for the next date: 29 February comes every 4 or 8 years, and no promise to a client reaches further.
_HORIZON = timedelta(days=366 * 30)
_MAX_RULE_LENGTH = 500
_EXAMPLES = 'Write "week", "2 weeks", "monday", "month on the 15th", "quarter", "year" or an RRULE like FREQ=WEEKLY;INTERVAL=2.'


def parse_rule(words: str, due: date) -> tuple[str, str]:
    """An RRULE for what a person typed, and its anchor: "scheduled" or "completion". Raises InvalidInput.

    In a month that is shorter than the day of `due`, the rule falls on the last day. RFC 5545
    alone would skip that month.
    """
    text = " ".join(words.lower().split())
    text, completion = re.subn(r" ?\(?(?:when done|after (?:completion|it is done|done))\)?$", "", text)
    anchor = "completion" if completion else "scheduled"
    if "=" in text:
        rule = text.upper().replace(" ", "").removeprefix("RRULE:")
        check_rule(rule)
        return rule, anchor
    text = text.removeprefix("every ").removeprefix("each ")
    simple = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year", "annually": "year"}
    simple |= {"fortnight": "2 weeks", "fortnightly": "2 weeks", "other week": "2 weeks", "other month": "2 months", "other day": "2 days"}
    text = simple.get(text, text)
    if text in ("weekday", "workday", "business day"):
        return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", anchor
    if days := _weekdays(text):
        return f"FREQ=WEEKLY;BYDAY={days}", anchor
    match = re.fullmatch(r"(?:(\d{1,3}) )?(day|week|month|quarter|year)s?(?: on (?:the )?(.+))?", text)
    if match is None or (number := int(match[1] or 1)) < 1:
        raise InvalidInput(f"{words!r} is not a recurrence I understand.", _EXAMPLES)
    unit, number = ("month", number * 3) if match[2] == "quarter" else (match[2], number)
    rule = f"FREQ={_FREQUENCIES[unit]}" + (f";INTERVAL={number}" if number > 1 else "")
    by_parts = _by_parts(unit, match[3]) if match[3] else _month_end_parts(unit, due) if anchor == "scheduled" else ""
    if by_parts is None:
        raise InvalidInput(f"{words!r} is not a recurrence I understand.", _EXAMPLES)
    return rule + by_parts, anchor


def _weekdays(text: str) -> str:
    """ "mon and thu" as "MO,TH"; "" if the text contains anything but weekdays."""
    words = [word for word in re.split(r"[ ,]+", text) if word not in ("and", "")]
    matches = [[day for day in WEEKDAYS if len(word) >= 3 and day.startswith(word.removesuffix("s"))] for word in words]
    return ",".join(days[0][:2].upper() for days in matches) if matches and all(len(days) == 1 for days in matches) else ""


def _month_end_parts(unit: str, due: date) -> str:
    """The parts that choose the last day of a month that is shorter than the day of `due`; "" if none can be."""
    if unit == "year" and (due.month, due.day) == (2, 29):
        return ";BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"
    if unit != "month" or due.day < 29:
        return ""
    return f";BYMONTHDAY={','.join(str(day) for day in range(28, due.day + 1))};BYSETPOS=-1"


def _by_parts(unit: str, text: str) -> str | None:
    """The BY parts of a rule for what follows "on": ";BYMONTHDAY=15" for "15th". None if it can't be understood."""
    if unit == "week":
        return f";BYDAY={days}" if (days := _weekdays(text)) else None
    if unit == "month":
        if text in ("last day", "last"):
            return ";BYMONTHDAY=-1"
        if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", text):
            return f";BYMONTHDAY={int(match[1])}" if 1 <= int(match[1]) <= 31 else None
        ordinal, _, day = text.partition(" ")
        if ordinal in _ORDINALS and day in ("weekday", "workday"):
            return f";BYDAY=MO,TU,WE,TH,FR;BYSETPOS={_ORDINALS[ordinal]}"
        if ordinal in _ORDINALS and (codes := _weekdays(day)):
            return ";BYDAY=" + ",".join(f"{_ORDINALS[ordinal]}{code}" for code in codes.split(","))
        return None
    if unit == "year" and (match := re.fullmatch(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]+)", text)):
        name, number = match[1] or match[4], int(match[2] or match[3])
        months = [n for n, month in enumerate(MONTHS, 1) if len(name) >= 3 and month.startswith(name)]
        return f";BYMONTH={months[0]};BYMONTHDAY={number}" if months and 1 <= number <= _DAYS_IN_MONTH[months[0] - 1] else None
    return None


def split_rule(rule: str) -> tuple[dict[str, str], date | None]:
    """The parts of a rule by name, and its DTSTART, which TaskNotes writes in front of it. Raises InvalidInput."""
    start = None
    parts: dict[str, str] = {}
    for part in rule.strip().removeprefix("RRULE:").split(";"):
        name, _, value = (
            (piece.strip().upper() for piece in re.split("([=:])", part, maxsplit=1)) if re.search("[=:]", part) else (part, "", "")
        )
        if name == "DTSTART":
            start = parse_iso_day(re.sub(r"^(\d{4})(\d{2})(\d{2}).*", r"\1-\2-\3", value))
        elif name not in _PARTS or not value or name in parts:
            raise InvalidInput(f"{rule!r} is not a recurrence I understand.", _EXAMPLES)
        else:
            parts[name] = value
    if parts.get("FREQ") not in _FREQUENCIES.values():
        raise InvalidInput(f"The rule {rule[:80]!r} doesn't repeat by days, weeks, months or years.", _EXAMPLES)
    if len(rule) > _MAX_RULE_LENGTH:
        raise InvalidInput(f"A rule of {len(rule)} characters is too long.", f"Use at most {_MAX_RULE_LENGTH} characters.")
    if parts["FREQ"] == "DAILY" and "BYSETPOS" in parts:  # a day has no second day, and dateutil would search for it for long
        raise InvalidInput(f"The rule {rule[:80]!r} can't have BYSETPOS, because it repeats by days.", "Leave BYSETPOS out.")
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isascii() and parts[name].isdigit() and 1 <= int(parts[name]) <= 1000):
            raise InvalidInput(f"{name}={parts[name]} is not a number from 1 to 1000.", f"Write it like {name}=2.")
    return parts, start


def check_rule(rule: str) -> None:
    """Raises InvalidInput for a rule that `next_date` couldn't evaluate.

    Doesn't search for a date, because a rule from an untrusted note may have none.
    """
    parts, start = split_rule(rule)
    _pop_until(parts)
    _build_rrule(rule, parts, start or date(2026, 1, 1), date(2026, 1, 1))


def next_date(rule: str, start: date, after: date, completed_count: int) -> date | None:
    """The first date of the rule after `after`; None if it has none within 30 years.

    The rule starts on its DTSTART, or else on `start`. `completed_count` is the number of
    completions, which ends a rule with COUNT. Raises InvalidInput for an invalid rule.
    """
    parts, own_start = split_rule(rule)
    if (count := parts.pop("COUNT", None)) and completed_count >= int(count):
        return None
    start = own_start or start
    if after - start > _HORIZON * 4:  # dateutil steps through every date since the start
        raise InvalidInput(f"The rule {rule[:80]!r} starts too long ago.", "Give it a later start date (DTSTART).")
    last = after + min(_HORIZON, date.max - after)
    if (end := _pop_until(parts)) is not None:
        last = min(last, end)
    # For a rule that matches no date, dateutil searches up to the year 9999. Since the calendar
    # repeats every 400 years, shifting the search close to that year bounds it.
    shift = max((9999 - 31 - max(start, after).year) // 400 * 400, 0)
    result = _build_rrule(rule, parts, _add_years(start, shift), _add_years(last, shift)).after(
        datetime.combine(_add_years(after, shift), time())
    )
    return _add_years(result.date(), -shift) if result else None


def _add_years(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def _pop_until(parts: dict[str, str]) -> date | None:
    """The last day of a rule, removed from its parts because dateutil requires it in the time zone of the start."""
    until = parts.pop("UNTIL", None)
    end = parse_iso_day(re.sub(r"^(\d{4})-?(\d{2})-?(\d{2}).*", r"\1-\2-\3", until)) if until else None
    if until and end is None:
        raise InvalidInput(f"UNTIL={until} is not a date I understand.", "Write it like UNTIL=20261109.")
    return end


def _build_rrule(rule: str, parts: dict[str, str], start: date, last: date) -> "rrule":
    """The parts as an object of dateutil, from `start` to `last` and without COUNT. Raises InvalidInput."""
    from dateutil.rrule import rrule, rrulestr  # late: most follow-ups do not recur

    text = ";".join(f"{name}={value}" for name, value in parts.items() if name != "COUNT") + f";UNTIL={last.year:04}{last:%m%d}"
    try:
        result = rrulestr(text, dtstart=datetime.combine(start, time()))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError) as error:  # dateutil raises all of these
        raise InvalidInput(f"{rule!r} is not a recurrence I understand.", _EXAMPLES) from error
    assert isinstance(result, rrule), "one line contains one rule"
    return result
