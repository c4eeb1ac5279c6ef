"""Turn words like "fri", "in 2w" or "9 nov" into dates, and "yesterday 3pm" into a date and time."""

import calendar
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from vaultcrm.dates.steps import EXAMPLES, add_units, checked_date, end_of, start_of
from vaultcrm.dates.time_of_day import times_of_day
from vaultcrm.dates.vocabulary import NUMBERS, UNITS, WEEKDAYS, month_number, weekday_number
from vaultcrm.errors import InvalidInput
from vaultcrm.quoting import quoted

_PREPOSITION = re.compile(r"^(?:by|on|until|till?|since|from) (?=.)")
_AMOUNT = r"(?:(\d{1,4}) ?|([a-z]+) (?:of )?)([a-z]+)"
_JUST_PASSED = timedelta(31)  # how long after "29 jan" it is as likely as not that the last one is meant


def parse_day(words: str, today: date, date_order: str = "", prefer_past: bool = False) -> date:
    """The date that a person means by `words`, such as "fri", "+3d" or "9 nov". Raises InvalidInput.

    `date_order` is "dmy" or "mdy"; without it, a date like 03/04 is refused because it is ambiguous.
    If `prefer_past`, words that fit a date before and a date after today mean the one before: "fri"
    is last Friday, and "2 weeks" is two weeks ago. A time of day is left out.
    """
    return parse_day_and_time(words, today, date_order, prefer_past)[0]


def parse_datetime(words: str, now: datetime, date_order: str = "") -> datetime:
    """The date and time at which something happened. Raises InvalidInput.

    Without a time of day, it is the current time for today and noon for another day.
    """
    if not words.strip():
        return now.replace(microsecond=0)
    today = now.date()
    day, time_of_day = parse_day_and_time(words, today, date_order, prefer_past=True)
    if day < today - timedelta(300) and today < (coming := parse_day(words, today, date_order)) <= today + _JUST_PASSED:
        raise InvalidInput(f"{quoted(words)} could be {day} or {coming}.", f"Write the year: {day} or {coming}.")
    if time_of_day is None:
        return now.replace(microsecond=0) if day == now.date() else datetime.combine(day, time(12))
    return datetime.combine(day, time_of_day)


def parse_day_and_time(words: str, today: date, date_order: str = "", prefer_past: bool = False) -> tuple[date, time | None]:
    """The date that `parse_day` returns, and the time of day if the words name one. Raises InvalidInput."""
    text = " ".join(words.lower().replace(",", " ").split())
    text = _PREPOSITION.sub("", text)
    for found in times_of_day(text):
        if found.may_be_day and (day := _find_day(text, today, date_order, prefer_past)):
            return day, None
        day = _find_day(_PREPOSITION.sub("", found.rest), today, date_order, prefer_past) if found.rest else today
        if day is not None and found.time is None:
            raise InvalidInput(f"{quoted(words)} is not a time I understand.", 'Write a time like 14:30, 3pm or "yesterday 3pm".')
        if day is not None:
            return day, found.time
    if (day := _find_day(text, today, date_order, prefer_past)) is None:
        raise InvalidInput(f"{quoted(words)} is not a date I understand.", EXAMPLES)
    return day, None


def _find_day(text: str, today: date, date_order: str, prefer_past: bool) -> date | None:
    """The date that a text in lower case means; None if it isn't understood. Raises InvalidInput for a date that doesn't exist."""
    day = _relative_date(text, today, prefer_past) or _calendar_date(text, today, date_order, prefer_past)
    if day is None and (match := re.fullmatch(r"([a-z]+)\.? (.+)", text)) and (weekday := weekday_number(match[1])) is not None:
        day = _calendar_date(match[2], today, date_order, prefer_past)  # "fri 27 nov"
        if day is not None and day.weekday() != weekday:
            raise InvalidInput(f"{day:%Y-%m-%d} is a {day:%A}, not a {WEEKDAYS[weekday].title()}.", EXAMPLES)
    return day or _offset_from_day(text, today, date_order, prefer_past)


# -------------------------------------------------------------------------- counted from today


def _relative_date(text: str, today: date, prefer_past: bool) -> date | None:
    """A date that is counted from today: "tomorrow", "fri", "next month", "eow", "3 days ago"."""
    offsets = {"today": 0, "tod": 0, "now": 0, "eod": 0, "end of day": 0, "end of the day": 0}
    offsets |= {"tomorrow": 1, "tom": 1, "tmr": 1, "tmrw": 1, "yesterday": -1}
    offsets |= {"day after tomorrow": 2, "the day after tomorrow": 2, "day before yesterday": -2, "the day before yesterday": -2}
    if text in offsets:
        return today + timedelta(offsets[text])
    if (weekday := weekday_number(text.removeprefix("this "))) is not None:
        days = (weekday - today.weekday()) % 7
        if text.startswith("this "):
            return today + timedelta(days)
        return today + timedelta(days - 7 if prefer_past else days or 7)
    if match := re.fullmatch(r"(next|last) ([a-z]+)", text):
        return _next_or_last(match[1], match[2], today)
    if text in ("weekend", "the weekend", "this weekend"):
        return _weekend(today, prefer_past and not text.startswith("this "))
    return _boundary(text, today, prefer_past) or _offset_date(text, today, prefer_past)


def _next_or_last(which: str, unit: str, today: date) -> date | None:
    """ "next month" is its first day, as in most task lists; "next fri" is the Friday of next week."""
    step = 1 if which == "next" else -1
    if unit in ("week", "month", "quarter", "year"):
        return start_of(unit, today, step)
    if unit == "weekend":
        return start_of("week", today, step) + timedelta(5)
    if (weekday := weekday_number(unit)) is None:
        return None
    if which == "last":
        return today - timedelta((today.weekday() - weekday) % 7 or 7)
    return start_of("week", today, 1) + timedelta(weekday)


def _weekend(today: date, prefer_past: bool) -> date:
    """The Saturday of the coming or the last weekend; during a weekend, today."""
    if today.weekday() >= 5:
        return today
    return start_of("week", today, -1 if prefer_past else 0) + timedelta(5)


def _boundary(text: str, today: date, prefer_past: bool) -> date | None:
    """The beginning, middle or end of a week, month, quarter or year: "eow", "end of next month", "mid november"."""
    match = re.fullmatch(
        r"(?:at )?(?:the )?(end|start|beginning|mid|middle) (?:of )?(?:the |this )?(next |last )?([a-z]+)(?: (\d{4}))?|eo([wmqy])", text
    )
    if match is None:
        return None
    part, unit = match[1] or "end", match[3] or {"w": "week", "m": "month", "q": "quarter", "y": "year"}[match[5]]
    if unit in ("week", "month", "quarter", "year") and not match[4]:
        step = {"next ": 1, "last ": -1}.get(match[2] or "", 0)
        if part in ("mid", "middle"):
            return start_of("month", today, step).replace(day=15) if unit == "month" else None
        if part != "end":
            return start_of(unit, today, step)
        if unit == "week":  # its last working day; on a weekend, that of the coming week
            coming = 1 if today.weekday() >= 5 and not match[2] and not prefer_past else 0
            return start_of("week", today, step + coming) + timedelta(4)
        return end_of(unit, today, step)
    if (month := month_number(unit)) is None or match[2]:
        return None
    if part != "end":
        return _nearest_year(match[4], month, 15 if part.startswith("mid") else 1, today, prefer_past)
    if match[4]:
        return end_of("month", checked_date(int(match[4]), month, 1))
    return _nearest((end_of("month", date(year, month, 1)) for year in range(today.year - 1, today.year + 2)), today, prefer_past)


def _offset_date(text: str, today: date, prefer_past: bool) -> date | None:
    """A date that is a number of units away: "in 3 days", "-2w", "a week from now", "3 months ago", "3 days"."""
    match = re.fullmatch(rf"(in )?([+-]?){_AMOUNT}( ago| from now| from today)?", text)
    if not match or (amount := _amount(*match.groups()[2:5])) is None:
        return None
    directions = {part for part in (match[1], match[2], match[6]) if part}
    is_past, is_future = bool(directions & {"-", " ago"}), bool(directions - {"-", " ago"})
    if is_past and is_future:
        raise InvalidInput(f"{quoted(text)} points to the past and to the future.", EXAMPLES)
    number, unit = amount
    return add_units(today, -number if is_past or (prefer_past and not is_future) else number, unit)


def _offset_from_day(text: str, today: date, date_order: str, prefer_past: bool) -> date | None:
    """A date that is counted from another one: "friday week", "a week on fri", "3 days before 9 dec"."""
    if match := re.fullmatch(r"(.+) week", text):
        day = _relative_date(match[1], today, False) if match[1] in ("today", "tomorrow") or weekday_number(match[1]) is not None else None
        return day + timedelta(7) if day else None
    match = re.fullmatch(rf"{_AMOUNT}(?: (on|from|after|before) (.+)| (today|tomorrow))", text)
    if not match or (amount := _amount(*match.groups()[:3])) is None or (match[4] in ("on", None) and amount[1] != "week"):
        return None
    day = _relative_date(match[5] or match[6], today, prefer_past and match[4] == "before")
    day = day or _calendar_date(match[5] or match[6], today, date_order, prefer_past)
    return add_units(day, -amount[0] if match[4] == "before" else amount[0], amount[1]) if day else None


def _amount(digits: str | None, word: str | None, unit: str) -> tuple[int, str] | None:
    """ "3 weeks" as (3, "week"); None for what is no amount of time."""
    number = int(digits) if digits else NUMBERS.get(word or "")
    return (number * UNITS[unit][0], UNITS[unit][1]) if number is not None and unit in UNITS else None


# ------------------------------------------------------------------------------ calendar dates


def _calendar_date(text: str, today: date, date_order: str, prefer_past: bool) -> date | None:
    """A date with a day of the month: "2026-11-09", "27.11.", "13/04", "the 15th", "9 nov 2026"."""
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text, re.ASCII):
        return checked_date(*(int(part) for part in match.groups()))
    if match := re.fullmatch(r"(\d{1,2})\.(?: ?(\d{1,2})\.?)(?: ?(\d{4}))?", text, re.ASCII):  # with dots, the day comes first
        return _nearest_year(match[3], int(match[2]), int(match[1]), today, prefer_past)
    if match := re.fullmatch(r"(\d{1,2})[-/](\d{1,2})(?:[-/](\d{4}))?", text, re.ASCII):
        first, second = int(match[1]), int(match[2])
        if first <= 12 and second <= 12 and first != second and not date_order:
            raise InvalidInput(
                f"{quoted(text)} could be two different dates.",
                'Write 2026-11-09 or 9 nov, or set date_order = "dmy" (or "mdy") in vaultcrm.toml.',
            )
        is_day_first = first > 12 or (second <= 12 and date_order != "mdy")
        return _nearest_year(match[3], *((second, first) if is_day_first else (first, second)), today, prefer_past)
    if match := re.fullmatch(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)", text, re.ASCII):
        return _nearest_month(int(match[1]), today, prefer_past)
    day = r"(?:the )?(\d{1,2})(?:st|nd|rd|th|\.)?"
    if match := re.fullmatch(rf"{day} (?:of )?([a-z]+)\.?(?: (\d{{4}}))?", text, re.ASCII):
        number, name, year = match[1], match[2], match[3]
    elif match := re.fullmatch(rf"([a-z]+)\.? {day}(?: (\d{{4}}))?", text, re.ASCII):
        number, name, year = match[2], match[1], match[3]
    else:
        return None
    month = month_number(name)
    return _nearest_year(year, month, int(number), today, prefer_past) if month else None


def _nearest_year(year: str | None, month: int, day: int, today: date, prefer_past: bool) -> date:
    """The date in the given year, or without one the nearest one. Raises InvalidInput."""
    if year:
        return checked_date(int(year), month, day)
    if month != 2 or day != 29:
        checked_date(today.year, month, day)
    years = range(today.year - 8, today.year + 9)  # the nearest 29 February can be eight years away
    return _nearest(
        (date(number, month, day) for number in years if (month, day) != (2, 29) or calendar.isleap(number)), today, prefer_past
    )


def _nearest(dates: Iterable[date], today: date, prefer_past: bool) -> date:
    """The nearest of the dates from today on (or up to today, if `prefer_past`). There must be dates on either side.

    Raises InvalidInput when the date from today on is months away, because the last one has only just passed.
    """
    candidates = list(dates)
    last = max(candidate for candidate in candidates if candidate <= today)
    coming = min(candidate for candidate in candidates if candidate >= today)
    if not prefer_past and coming > today and today - last <= _JUST_PASSED:
        raise InvalidInput(f"{last} has just passed, so the date needs a year.", f"Write {last} or {coming}.")
    return last if prefer_past else coming


def _nearest_month(day: int, today: date, prefer_past: bool) -> date:
    """The nearest date with this day of the month, from today on (or up to today, if `prefer_past`)."""
    month = today.replace(day=1)
    for _ in range(13):
        if 1 <= day <= calendar.monthrange(month.year, month.month)[1]:
            candidate = month.replace(day=day)
            if (candidate <= today) if prefer_past else (candidate >= today):
                return candidate
        month = start_of("month", month, -1 if prefer_past else 1)
    raise InvalidInput(f"No month has a day {day}.", EXAMPLES)
