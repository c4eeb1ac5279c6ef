"""Words like "fri", "in 2w" or "9 nov" become dates."""

import calendar
import re
from datetime import date, datetime, time, timedelta

from vaultcrm.errors import InvalidInput

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_NUMBERS = {word: n for n, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}
_NUMBERS |= {"a": 1, "an": 1, "couple": 2}
_UNITS = {"d": 1, "day": 1, "days": 1, "w": 7, "wk": 7, "wks": 7, "week": 7, "weeks": 7, "fortnight": 14, "fortnights": 14}
_MONTH_UNITS = {"m": 1, "mo": 1, "mon": 1, "month": 1, "months": 1, "quarter": 3, "quarters": 3}
_MONTH_UNITS |= {"y": 12, "yr": 12, "yrs": 12, "year": 12, "years": 12}

_CLOCK = r"(?:^|[\s,]+|(?<=\d)t)(?:at\s+)?(?:(\d{1,2})[:.h](\d{2})(?::\d{2})?\s*([ap]\.?m\.?)?|(\d{1,2})\s*([ap]\.?m\.?)|(noon|midnight))$"
_EXAMPLES = "Write 2026-11-09, today, fri, +3d, 2w, next month or 9 nov."


def parse_day(words: str, today: date, date_order: str = "", prefer_past: bool = False) -> date:
    """The day that somebody means. Raises NotUnderstood.

    `order` is "dmy" or "mdy" for dates like 03/04, which are refused without it. With `past`, words
    that fit days on both sides mean the one before today: "fri" is the last Friday.
    """
    text = " ".join(words.lower().replace(",", " ").split())
    day = _relative_date(text, today, prefer_past) or _calendar_date(text, today, date_order, prefer_past)
    if day is None and (found := re.fullmatch(r"([a-z]+)\.? (.+)", text)) and (weekday := _weekday(found[1])) is not None:
        day = _calendar_date(found[2], today, date_order, prefer_past)  # "fri 27 nov"
        if day is not None and day.weekday() != weekday:
            raise InvalidInput(f"{day:%Y-%m-%d} is not a {WEEKDAYS[weekday].title()} but a {day:%A}.", _EXAMPLES)
    if day is None:
        raise InvalidInput(f"{words!r} is not a date that I understand.", _EXAMPLES)
    return day


def parse_datetime(words: str, now: datetime, date_order: str = "") -> datetime:
    """The date and time of something that has happened. Without a time it is now for today, else noon."""
    text = " ".join(words.lower().split())
    found = re.search(_CLOCK, text)
    rest = text[: found.start()].strip(" ,") if found else text
    day = now.date() if rest in ("", "now") else parse_day(rest, now.date(), date_order, prefer_past=True)
    if found is None:
        return now.replace(microsecond=0) if day == now.date() else datetime.combine(day, time(12))
    try:
        return datetime.combine(day, _clock(*found.groups()))
    except ValueError as error:
        raise InvalidInput(f"{words!r} names no time of day.", 'Write it like "14:30" or "yesterday 3pm".') from error


def _clock(hour: str | None, minute: str | None, half: str | None, hour12: str | None, half12: str | None, word: str | None) -> time:
    if word:
        return time(12 if word == "noon" else 0)
    number, suffix = int(hour or hour12 or 0), half or half12 or ""
    if suffix and not 1 <= number <= 12:
        raise ValueError(number)
    if suffix:
        number = number % 12 + (12 if suffix.startswith("p") else 0)
    return time(number, int(minute or 0))


def _relative_date(text: str, today: date, past: bool) -> date | None:
    near = {"today": 0, "tod": 0, "now": 0, "tomorrow": 1, "tom": 1, "tmr": 1, "tmrw": 1, "yesterday": -1}
    near |= {"day after tomorrow": 2, "the day after tomorrow": 2, "day before yesterday": -2}
    if text in near:
        return today + timedelta(near[text])
    if (weekday := _weekday(text.removeprefix("this ").removeprefix("on "))) is not None:
        ahead = (weekday - today.weekday()) % 7
        if text.startswith("this "):
            return today + timedelta(ahead)
        return today + timedelta(ahead - 7 if past else ahead or 7)
    if found := re.fullmatch(r"(next|last) ([a-z]+)", text):
        return _next_or_last(found[1], found[2], today)
    if found := re.fullmatch(
        r"(?:at )?(?:the )?(end|start|beginning) of (?:the |this )?(next )?(week|month|quarter|year)|eo([wmqy])", text
    ):
        unit = found[3] or {"w": "week", "m": "month", "q": "quarter", "y": "year"}[found[4]]
        start = _start_of(unit, today)
        if found[2]:
            start = _start_of(unit, start, 1)
        if found[1] in ("start", "beginning"):
            return start
        return start + timedelta(4) if unit == "week" else _start_of(unit, start, 1) - timedelta(1)
    if text in ("weekend", "the weekend", "this weekend"):
        return today + timedelta((5 - today.weekday()) % 7)
    return _distance(text, today)


def _next_or_last(which: str, unit: str, today: date) -> date | None:
    """ "next month" begins it, as in most task lists; "next fri" is the Friday of next week."""
    step = 1 if which == "next" else -1
    if unit in ("week", "month", "quarter", "year"):
        return _start_of(unit, today, step)
    if (weekday := _weekday(unit)) is None:
        return None
    if which == "last":
        return today - timedelta((today.weekday() - weekday) % 7 or 7)
    return _start_of("week", today, 1) + timedelta(weekday)


def _start_of(unit: str, day: date, step: int = 0) -> date:
    """The first day of the week, month, quarter or year of `day`, or of the one `step` later."""
    if unit == "week":
        return day + timedelta(7 * step - day.weekday())
    size = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = day.year * 12 + (day.month - 1) // size * size + step * size
    return _checked_date(month // 12, month % 12 + 1, 1)


def _distance(text: str, today: date) -> date | None:
    found = re.fullmatch(r"(in )?([+-]?)(?:(\d{1,4}) ?|([a-z]+) (?:of )?)([a-z]+)( ago| from now| from today)?", text)
    if not found or (number := int(found[3]) if found[3] else _NUMBERS.get(found[4])) is None:
        return None
    if (found[2] == "-") != (found[6] == " ago"):
        number = -number
    if found[5] in _UNITS:
        return _days_later(today, number * _UNITS[found[5]])
    return add_months(today, number * _MONTH_UNITS[found[5]]) if found[5] in _MONTH_UNITS else None


def _days_later(day: date, days: int) -> date:
    try:
        found = day + timedelta(days)
    except OverflowError as error:
        raise InvalidInput("That is too far away to be a date.", _EXAMPLES) from error
    return _checked_date(found.year, found.month, found.day)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; where the month is too short, its last day."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    last = calendar.monthrange(year, month)[1] if 1 <= year <= 9999 else 1
    return _checked_date(year, month, min(day.day, last))


def _calendar_date(text: str, today: date, order: str, past: bool) -> date | None:
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text, re.ASCII):
        return _checked_date(*(int(part) for part in found.groups()))
    if found := re.fullmatch(r"(\d{1,2})\.(?: ?(\d{1,2})\.?)(?: ?(\d{4}))?", text, re.ASCII):  # dots: the day is first
        return _in_year(found[3], int(found[2]), int(found[1]), today, past)
    if found := re.fullmatch(r"(\d{1,2})[-/](\d{1,2})(?:[-/](\d{4}))?", text, re.ASCII):
        first, second = int(found[1]), int(found[2])
        if first <= 12 and second <= 12 and first != second and not order:
            raise InvalidInput(
                f"{text!r} can mean two days.", 'Write 2026-11-09 or 9 nov, or put date_order = "dmy" (or "mdy") into vaultcrm.toml.'
            )
        day_first = first > 12 or (second <= 12 and order != "mdy")
        return _in_year(found[3], *((second, first) if day_first else (first, second)), today, past)
    if found := re.fullmatch(r"(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)", text, re.ASCII):
        return _day_of_month(int(found[1]), today, past)
    day = r"(?:the )?(\d{1,2})(?:st|nd|rd|th|\.)?"
    if found := re.fullmatch(rf"{day} (?:of )?([a-z]+)\.?(?: (\d{{4}}))?", text, re.ASCII):
        number, name, year = found[1], found[2], found[3]
    elif found := re.fullmatch(rf"([a-z]+)\.? {day}(?: (\d{{4}}))?", text, re.ASCII):
        number, name, year = found[2], found[1], found[3]
    else:
        return None
    months = [n for n, month in enumerate(MONTHS, 1) if len(name) >= 3 and month.startswith(name)] or [9] * (name == "sept")
    return _in_year(year, months[0], int(number), today, past) if len(months) == 1 else None


def _in_year(year: str | None, month: int, day: int, today: date, past: bool) -> date:
    """A day of a month; without a year the nearest one ahead (today counts), with `past` behind."""
    if year:
        return _checked_date(int(year), month, day)
    steps = (0, -1, -2, -3, -4) if past else (0, 1, 2, 3, 4)  # 29 February may be years away
    for step in steps:
        if not (month == 2 and day == 29) or calendar.isleap(today.year + step):
            found = _checked_date(today.year + step, month, day)
            if (found <= today) if past else (found >= today):
                return found
    return _checked_date(today.year, month, day)


def _day_of_month(day: int, today: date, past: bool) -> date:
    month = today.replace(day=1)
    for _ in range(13):
        if 1 <= day <= calendar.monthrange(month.year, month.month)[1]:
            found = month.replace(day=day)
            if (found <= today) if past else (found >= today):
                return found
        month = _start_of("month", month, -1 if past else 1)
    raise InvalidInput(f"No month has a day {day}.", _EXAMPLES)


def _checked_date(year: int, month: int, day: int) -> date:
    if not 1900 <= year <= 2200:
        raise InvalidInput(f"The year {year} is too far away to be meant.", _EXAMPLES)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise InvalidInput(f"There is no day {year}-{month:02}-{day:02}.", _EXAMPLES) from error


def _weekday(word: str) -> int | None:
    found = [n for n, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith(word.removesuffix("."))]
    return found[0] if len(found) == 1 else None


def parse_duration(words: str) -> int:
    """A length of time in days: "3 weeks" is 21, "2w" 14, "1 month" 30, "a year" 365. Raises NotUnderstood."""
    text = " ".join(words.lower().removeprefix("every ").split())
    found = re.fullmatch(r"(?:(\d{1,4}) ?|([a-z]+) )?([a-z]+)", text)
    number = (int(found[1]) if found[1] else _NUMBERS.get(found[2] or "one")) if found else None
    if found and number:
        if found[3] in _UNITS:
            return number * _UNITS[found[3]]
        if found[3] in _MONTH_UNITS:
            months = number * _MONTH_UNITS[found[3]]
            return months // 12 * 365 + months % 12 * 30
    raise InvalidInput(f"{words!r} is not a length of time that I understand.", 'Write it like "3 weeks", "10 days" or "2 months".')


def parse_period(words: str, today: date, date_order: str = "") -> tuple[date | None, date | None]:
    """The first and last day of a time that somebody means; None where it is open. Raises NotUnderstood.

    2026, 2026-03, 2026-q1, 2026-01..2026-03, 2026-03.., last month, this week, 7d (the last seven days), or a day.
    Hyphens may stand for the blanks: last-month.
    """
    text = " ".join(words.lower().split())
    if ".." in text:
        first, _, last = text.partition("..")
        begins = parse_period(first, today, date_order)[0] if first.strip(" .") else None
        return begins, parse_period(last.strip(" ."), today, date_order)[1] if last.strip(" .") else None
    if found := re.fullmatch(r"(\d{4})(?:-(\d{2})|-?q([1-4]))?", text, re.ASCII):
        year, month = int(found[1]), int(found[2] or 3 * int(found[3] or 1) - 2)
        return _whole_period("year" if not found[2] and not found[3] else "quarter" if found[3] else "month", _checked_date(year, month, 1))
    if re.search("[a-z]", text):
        text = text.replace("-", " ")
    if found := re.fullmatch(r"(this|last|next) ?(week|month|quarter|year)", text):
        return _whole_period(found[2], _start_of(found[2], today, {"this": 0, "last": -1, "next": 1}[found[1]]))
    if found := re.fullmatch(r"(?:(?:last|past) )?(\d{1,4}) ?([a-z]+)", text, re.ASCII):
        if found[2] in _UNITS:
            return _days_later(today, -int(found[1]) * _UNITS[found[2]]), today
        if found[2] in _MONTH_UNITS:
            return add_months(today, -int(found[1]) * _MONTH_UNITS[found[2]]), today
    if (months := [n for n, month in enumerate(MONTHS, 1) if len(text) >= 3 and month.startswith(text)]) and len(months) == 1:
        return _whole_period("month", _checked_date(today.year - (months[0] > today.month), months[0], 1))
    day = parse_day(text, today, date_order, prefer_past=True)
    return day, day


def _whole_period(unit: str, day: date) -> tuple[date, date]:
    return day, _start_of(unit, day, 1) - timedelta(1)
