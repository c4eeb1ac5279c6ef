"""Follow-ups that come again: words like "every 2 weeks" become an RRULE, and rules give their next day.

RFC 5545 by way of python-dateutil, bounded: only rules of whole days, and never a search without end.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.dates.parse import MONTHS, WEEKDAYS
from vaultcrm.errors import InvalidInput

if TYPE_CHECKING:  # dateutil takes as long to load as a quarter of click
    from dateutil.rrule import rrule

_FREQUENCIES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_PARTS = frozenset(["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYYEARDAY", "BYWEEKNO", "WKST"])
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}
# A rule is searched this far: 29 February comes every 4 or 8 years, and no promise to a client reaches further.
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HORIZON = timedelta(days=366 * 30)
_EXAMPLES = 'Write "week", "2 weeks", "monday", "month on the 15th", "quarter", "year" or an RRULE like FREQ=WEEKLY;INTERVAL=2.'


def parse_rule(words: str, due: date) -> tuple[str, str]:
    """An RRULE, and its anchor ("scheduled" or "completion"), from what a person types. Raises NotUnderstood.

    A month too short for the day of `due` gets its last day: RFC 5545 would skip the month.
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
    found = re.fullmatch(r"(?:(\d{1,3}) )?(day|week|month|quarter|year)s?(?: on (?:the )?(.+))?", text)
    if found is None or (number := int(found[1] or 1)) < 1:
        raise InvalidInput(f"{words!r} is not a rhythm that I understand.", _EXAMPLES)
    unit, number = ("month", number * 3) if found[2] == "quarter" else (found[2], number)
    rule = f"FREQ={_FREQUENCIES[unit]}" + (f";INTERVAL={number}" if number > 1 else "")
    detail = _detail(unit, found[3]) if found[3] else _month_end(unit, due) if anchor == "scheduled" else ""
    if detail is None:
        raise InvalidInput(f"{words!r} is not a rhythm that I understand.", _EXAMPLES)
    return rule + detail, anchor


def _weekdays(text: str) -> str:
    """ "mon and thu" as "MO,TH", "" when there is anything else in it."""
    words = [word for word in re.split(r"[ ,]+", text) if word not in ("and", "")]
    found = [[day for day in WEEKDAYS if len(word) >= 3 and day.startswith(word.removesuffix("s"))] for word in words]
    return ",".join(day[0][:2].upper() for day in found) if found and all(len(days) == 1 for days in found) else ""


def _month_end(unit: str, due: date) -> str:
    if unit == "year" and (due.month, due.day) == (2, 29):
        return ";BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"
    if unit != "month" or due.day < 29:
        return ""
    return f";BYMONTHDAY={','.join(str(day) for day in range(28, due.day + 1))};BYSETPOS=-1"


def _detail(unit: str, text: str) -> str | None:
    if unit == "week":
        return f";BYDAY={days}" if (days := _weekdays(text)) else None
    if unit == "month":
        if text in ("last day", "last"):
            return ";BYMONTHDAY=-1"
        if found := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", text):
            return f";BYMONTHDAY={int(found[1])}" if 1 <= int(found[1]) <= 31 else None
        which, _, day = text.partition(" ")
        if which in _ORDINALS and day in ("weekday", "workday"):
            return f";BYDAY=MO,TU,WE,TH,FR;BYSETPOS={_ORDINALS[which]}"
        if which in _ORDINALS and (codes := _weekdays(day)):
            return ";BYDAY=" + ",".join(f"{_ORDINALS[which]}{code}" for code in codes.split(","))
        return None
    if unit == "year" and (found := re.fullmatch(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]+)", text)):
        name, number = found[1] or found[4], int(found[2] or found[3])
        months = [n for n, month in enumerate(MONTHS, 1) if len(name) >= 3 and month.startswith(name)]
        return f";BYMONTH={months[0]};BYMONTHDAY={number}" if months and 1 <= number <= _LONGEST[months[0] - 1] else None
    return None


def _parts(rule: str) -> tuple[dict[str, str], date | None]:
    """The parts of a rule and its DTSTART, which TaskNotes writes in front of it. Raises NotUnderstood."""
    start = None
    parts: dict[str, str] = {}
    for part in rule.strip().removeprefix("RRULE:").split(";"):
        name, _, value = (
            (half.strip().upper() for half in re.split("([=:])", part, maxsplit=1)) if re.search("[=:]", part) else (part, "", "")
        )
        if name == "DTSTART":
            start = parse_iso_day(re.sub(r"^(\d{4})(\d{2})(\d{2}).*", r"\1-\2-\3", value))
        elif name not in _PARTS or not value or name in parts:
            raise InvalidInput(f"{rule!r} is not a recurrence rule.", _EXAMPLES)
        else:
            parts[name] = value
    if parts.get("FREQ") not in _FREQUENCIES.values() or len(rule) > 500:
        raise InvalidInput(f"The rule {rule[:80]!r} does not recur by days, weeks, months or years.", _EXAMPLES)
    if parts["FREQ"] == "DAILY" and "BYSETPOS" in parts:  # of one day there is no second one, and dateutil searches long for it
        raise InvalidInput(f"The rule {rule[:80]!r} chooses among the days of a day.", _EXAMPLES)
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isascii() and parts[name].isdigit() and 1 <= int(parts[name]) <= 1000):
            raise InvalidInput(f"{name}={parts[name]} is not a number from 1 to 1000.", _EXAMPLES)
    return parts, start


def check_rule(rule: str) -> None:
    """Raises NotUnderstood for a rule that `next_day` could not follow. Looks for no day: a stranger's rule may have none."""
    parts, start = _parts(rule)
    _until(parts)
    _build_rrule(rule, parts, start or date(2026, 1, 1), date(2026, 1, 1))


def next_date(rule: str, start: date, after: date, completed_count: int) -> date | None:
    """The first day of the rule behind `after`, counted from `start` unless the rule has a DTSTART.

    `completed` is how often it has been done: a rule with COUNT ends by it. None when the rule has
    no next day within 30 years. Raises NotUnderstood for what is not a rule.
    """
    parts, own_start = _parts(rule)
    if (count := parts.pop("COUNT", None)) and completed_count >= int(count):
        return None
    start = own_start or start
    if after - start > _HORIZON * 4:  # dateutil walks through all of it
        raise InvalidInput(f"The rule {rule[:80]!r} begins too long ago.", "Give it a later DTSTART.")
    last = after + min(_HORIZON, date.max - after)
    if (end := _until(parts)) is not None:
        last = min(last, end)
    # The calendar repeats every 400 years. For a rule that no day fits dateutil searches up to the
    # year 9999, so the search is moved near to it.
    shift = max((9999 - 31 - max(start, after).year) // 400 * 400, 0)
    found = _build_rrule(rule, parts, _years_later(start, shift), _years_later(last, shift)).after(
        datetime.combine(_years_later(after, shift), time())
    )
    return _years_later(found.date(), -shift) if found else None


def _years_later(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def _until(parts: dict[str, str]) -> date | None:
    """The last day of a rule, taken out of its parts: dateutil wants it in the zone that the start has."""
    until = parts.pop("UNTIL", None)
    end = parse_iso_day(re.sub(r"^(\d{4})-?(\d{2})-?(\d{2}).*", r"\1-\2-\3", until)) if until else None
    if until and end is None:
        raise InvalidInput(f"UNTIL={until} is not a date.", _EXAMPLES)
    return end


def _build_rrule(rule: str, parts: dict[str, str], start: date, last: date) -> "rrule":
    from dateutil.rrule import rrule, rrulestr  # late: most follow-ups do not recur

    text = ";".join(f"{name}={value}" for name, value in parts.items() if name != "COUNT") + f";UNTIL={last.year:04}{last:%m%d}"
    try:
        made = rrulestr(text, dtstart=datetime.combine(start, time()))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError) as error:  # dateutil raises all of these
        raise InvalidInput(f"{rule!r} is not a recurrence rule.", _EXAMPLES) from error
    assert isinstance(made, rrule), "one rule in one line"
    return made


_UNIT_WORDS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}


def describe_rule(rule: str) -> str:
    """A rule in words, as far as they are short: "every 2 weeks", "every month"; else the rule."""
    try:
        parts, _ = _parts(rule)
    except InvalidInput:
        return rule
    number, unit = int(parts.get("INTERVAL", "1")), _UNIT_WORDS[parts["FREQ"]]
    if (number, unit) == (3, "month"):
        return "every quarter"
    return f"every {number} {unit}s" if number > 1 else f"every {unit}"
