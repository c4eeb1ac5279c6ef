"""Turn words like "fri", "in 2w" or "9 nov" into dates, times, durations and periods."""

import calendar
import re
from datetime import date, datetime, time, timedelta

from vaultcrm.errors import InvalidInput

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_NUMBER_WORDS = {word: n for n, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}
_NUMBER_WORDS |= {"a": 1, "an": 1, "couple": 2}
_UNIT_DAYS = {"d": 1, "day": 1, "days": 1, "w": 7, "wk": 7, "wks": 7, "week": 7, "weeks": 7, "fortnight": 14, "fortnights": 14}
_UNIT_MONTHS = {"m": 1, "mo": 1, "mon": 1, "month": 1, "months": 1, "quarter": 3, "quarters": 3}
_UNIT_MONTHS |= {"y": 12, "yr": 12, "yrs": 12, "year": 12, "years": 12}

_TIME_OF_DAY = (
    r"(?:^|[\s,]+|(?<=\d)t)(?:at\s+)?(?:(\d{1,2})[:.h](\d{2})(?::\d{2})?\s*([ap]\.?m\.?)?|(\d{1,2})\s*([ap]\.?m\.?)|(noon|midnight))$"
)
_EXAMPLES = "Write a date like 2026-11-09, today, fri, +3d, 2w, next month or 9 nov."
_FIRST_YEAR, _LAST_YEAR = 1900, 2200  # a year outside this range is probably a typo


def parse_day(words: str, today: date, date_order: str = "", prefer_past: bool = False) -> date:
    """The date that a person means by `words`, such as "fri", "+3d" or "9 nov". Raises InvalidInput.

    `date_order` is "dmy" or "mdy"; without it, a date like 03/04 is refused because it is ambiguous.
    If `prefer_past`, words that fit a date before and a date after today mean the one before: "fri"
    is last Friday.
    """
    text = " ".join(words.lower().replace(",", " ").split())
    day = _relative_date(text, today, prefer_past) or _calendar_date(text, today, date_order, prefer_past)
    if day is None and (match := re.fullmatch(r"([a-z]+)\.? (.+)", text)) and (weekday := _weekday(match[1])) is not None:
        day = _calendar_date(match[2], today, date_order, prefer_past)  # "fri 27 nov"
        if day is not None and day.weekday() != weekday:
            raise InvalidInput(f"{day:%Y-%m-%d} is a {day:%A}, not a {WEEKDAYS[weekday].title()}.", _EXAMPLES)
    if day is None:
        raise InvalidInput(f"{words!r} is not a date I understand.", _EXAMPLES)
    return day


def parse_datetime(words: str, now: datetime, date_order: str = "") -> datetime:
    """The date and time at which something happened. Raises InvalidInput.

    Without a time of day, it is the current time for today and noon for another day.
    """
    text = " ".join(words.lower().split())
    match = re.search(_TIME_OF_DAY, text)
    rest = text[: match.start()].strip(" ,") if match else text
    day = now.date() if rest in ("", "now") else parse_day(rest, now.date(), date_order, prefer_past=True)
    if match is None:
        return now.replace(microsecond=0) if day == now.date() else datetime.combine(day, time(12))
    try:
        return datetime.combine(day, _parse_time(*match.groups()))
    except ValueError as error:
        raise InvalidInput(f"{words!r} is not a time I understand.", 'Write a time like 14:30, 3pm or "yesterday 3pm".') from error


def _parse_time(
    hour: str | None, minute: str | None, suffix: str | None, bare_hour: str | None, bare_suffix: str | None, word: str | None
) -> time:
    """The time of day that the groups of `_TIME_OF_DAY` mean. Raises ValueError for one that doesn't exist."""
    if word:
        return time(12 if word == "noon" else 0)
    number, am_or_pm = int(hour or bare_hour or 0), suffix or bare_suffix or ""
    if am_or_pm and not 1 <= number <= 12:
        raise ValueError(number)
    if am_or_pm:
        number = number % 12 + (12 if am_or_pm.startswith("p") else 0)
    return time(number, int(minute or 0))


def _relative_date(text: str, today: date, prefer_past: bool) -> date | None:
    """A date that is counted from today: "tomorrow", "fri", "next month", "eow", "3 days ago"."""
    offsets = {"today": 0, "tod": 0, "now": 0, "tomorrow": 1, "tom": 1, "tmr": 1, "tmrw": 1, "yesterday": -1}
    offsets |= {"day after tomorrow": 2, "the day after tomorrow": 2, "day before yesterday": -2}
    if text in offsets:
        return today + timedelta(offsets[text])
    if (weekday := _weekday(text.removeprefix("this ").removeprefix("on "))) is not None:
        days = (weekday - today.weekday()) % 7
        if text.startswith("this "):
            return today + timedelta(days)
        return today + timedelta(days - 7 if prefer_past else days or 7)
    if match := re.fullmatch(r"(next|last) ([a-z]+)", text):
        return _next_or_last(match[1], match[2], today)
    if match := re.fullmatch(
        r"(?:at )?(?:the )?(end|start|beginning) of (?:the |this )?(next )?(week|month|quarter|year)|eo([wmqy])", text
    ):
        unit = match[3] or {"w": "week", "m": "month", "q": "quarter", "y": "year"}[match[4]]
        start = _start_of(unit, today)
        if match[2]:
            start = _start_of(unit, start, 1)
        if match[1] in ("start", "beginning"):
            return start
        return start + timedelta(4) if unit == "week" else _start_of(unit, start, 1) - timedelta(1)
    if text in ("weekend", "the weekend", "this weekend"):
        return today + timedelta((5 - today.weekday()) % 7)
    return _offset_date(text, today)


def _next_or_last(which: str, unit: str, today: date) -> date | None:
    """ "next month" is its first day, as in most task lists; "next fri" is the Friday of next week."""
    step = 1 if which == "next" else -1
    if unit in ("week", "month", "quarter", "year"):
        return _start_of(unit, today, step)
    if (weekday := _weekday(unit)) is None:
        return None
    if which == "last":
        return today - timedelta((today.weekday() - weekday) % 7 or 7)
    return _start_of("week", today, 1) + timedelta(weekday)


def _start_of(unit: str, day: date, step: int = 0) -> date:
    """The first day of the week, month, quarter or year that contains `day`, or of the one `step` units later."""
    if unit == "week":
        return day + timedelta(7 * step - day.weekday())
    size = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = day.year * 12 + (day.month - 1) // size * size + step * size
    return _checked_date(month // 12, month % 12 + 1, 1)


def _offset_date(text: str, today: date) -> date | None:
    """A date that is a number of units away: "in 3 days", "-2w", "a week from now", "3 months ago"."""
    match = re.fullmatch(r"(in )?([+-]?)(?:(\d{1,4}) ?|([a-z]+) (?:of )?)([a-z]+)( ago| from now| from today)?", text)
    if not match or (number := int(match[3]) if match[3] else _NUMBER_WORDS.get(match[4])) is None:
        return None
    if (match[2] == "-") != (match[6] == " ago"):
        number = -number
    if match[5] in _UNIT_DAYS:
        return _add_days(today, number * _UNIT_DAYS[match[5]])
    return add_months(today, number * _UNIT_MONTHS[match[5]]) if match[5] in _UNIT_MONTHS else None


def _add_days(day: date, days: int) -> date:
    try:
        result = day + timedelta(days)
    except OverflowError as error:
        raise InvalidInput("That date is too far away.", _EXAMPLES) from error
    return _checked_date(result.year, result.month, result.day)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` months later, or the last day if that month is shorter. Raises InvalidInput."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    last = calendar.monthrange(year, month)[1] if 1 <= year <= 9999 else 1
    return _checked_date(year, month, min(day.day, last))


def _calendar_date(text: str, today: date, date_order: str, prefer_past: bool) -> date | None:
    """A date with a day of the month: "2026-11-09", "27.11.", "13/04", "the 15th", "9 nov 2026"."""
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text, re.ASCII):
        return _checked_date(*(int(part) for part in match.groups()))
    if match := re.fullmatch(r"(\d{1,2})\.(?: ?(\d{1,2})\.?)(?: ?(\d{4}))?", text, re.ASCII):  # with dots, the day comes first
        return _nearest_year(match[3], int(match[2]), int(match[1]), today, prefer_past)
    if match := re.fullmatch(r"(\d{1,2})[-/](\d{1,2})(?:[-/](\d{4}))?", text, re.ASCII):
        first, second = int(match[1]), int(match[2])
        if first <= 12 and second <= 12 and first != second and not date_order:
            raise InvalidInput(
                f"{text!r} could be two different dates.",
                'Write 2026-11-09 or 9 nov, or set date_order = "dmy" (or "mdy") in vaultcrm.toml.',
            )
        is_day_first = first > 12 or (second <= 12 and date_order != "mdy")
        return _nearest_year(match[3], *((second, first) if is_day_first else (first, second)), today, prefer_past)
    if match := re.fullmatch(r"(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)", text, re.ASCII):
        return _nearest_month(int(match[1]), today, prefer_past)
    day = r"(?:the )?(\d{1,2})(?:st|nd|rd|th|\.)?"
    if match := re.fullmatch(rf"{day} (?:of )?([a-z]+)\.?(?: (\d{{4}}))?", text, re.ASCII):
        number, name, year = match[1], match[2], match[3]
    elif match := re.fullmatch(rf"([a-z]+)\.? {day}(?: (\d{{4}}))?", text, re.ASCII):
        number, name, year = match[2], match[1], match[3]
    else:
        return None
    months = [n for n, month in enumerate(MONTHS, 1) if len(name) >= 3 and month.startswith(name)]
    return _nearest_year(year, months[0], int(number), today, prefer_past) if len(months) == 1 else None


def _nearest_year(year: str | None, month: int, day: int, today: date, prefer_past: bool) -> date:
    """The date in the given year, or without one the nearest date from today on (or up to today, if `prefer_past`)."""
    if year:
        return _checked_date(int(year), month, day)
    steps = (0, -1, -2, -3, -4) if prefer_past else (0, 1, 2, 3, 4)  # the nearest 29 February can be years away
    for step in steps:
        if not (month == 2 and day == 29) or calendar.isleap(today.year + step):
            candidate = _checked_date(today.year + step, month, day)
            if (candidate <= today) if prefer_past else (candidate >= today):
                return candidate
    return _checked_date(today.year, month, day)


def _nearest_month(day: int, today: date, prefer_past: bool) -> date:
    """The nearest date with this day of the month, from today on (or up to today, if `prefer_past`)."""
    month = today.replace(day=1)
    for _ in range(13):
        if 1 <= day <= calendar.monthrange(month.year, month.month)[1]:
            candidate = month.replace(day=day)
            if (candidate <= today) if prefer_past else (candidate >= today):
                return candidate
        month = _start_of("month", month, -1 if prefer_past else 1)
    raise InvalidInput(f"No month has a day {day}.", _EXAMPLES)


def _checked_date(year: int, month: int, day: int) -> date:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise InvalidInput(f"The year {year} is too far away.", f"Write a date from {_FIRST_YEAR} to {_LAST_YEAR}, like 2026-11-09.")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise InvalidInput(f"The date {year}-{month:02}-{day:02} doesn't exist.", _EXAMPLES) from error


def _weekday(word: str) -> int | None:
    """The number of a weekday, Monday is 0, or None. At least three characters of its name are required."""
    matches = [n for n, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith(word.removesuffix("."))]
    return matches[0] if len(matches) == 1 else None


def parse_duration(words: str) -> int:
    """A length of time in days: "3 weeks" is 21, "2w" is 14, "1 month" is 30, "a year" is 365. Raises InvalidInput."""
    text = " ".join(words.lower().removeprefix("every ").split())
    match = re.fullmatch(r"(?:(\d{1,4}) ?|([a-z]+) )?([a-z]+)", text)
    number = (int(match[1]) if match[1] else _NUMBER_WORDS.get(match[2] or "one")) if match else None
    if match and number:
        if match[3] in _UNIT_DAYS:
            return number * _UNIT_DAYS[match[3]]
        if match[3] in _UNIT_MONTHS:
            months = number * _UNIT_MONTHS[match[3]]
            return months // 12 * 365 + months % 12 * 30
    raise InvalidInput(f"{words!r} is not a length of time I understand.", 'Write something like "3 weeks", "10 days" or "2 months".')


def parse_period(words: str, today: date, date_order: str = "") -> tuple[date | None, date | None]:
    """The first and last day of a period; None for an open end. Raises InvalidInput.

    A period is 2026, 2026-03, 2026-q1, 2026-01..2026-03, 2026-03.., last month, this week, 7d (from
    seven days ago until today), or a day. Hyphens can replace the spaces: last-month.
    """
    text = " ".join(words.lower().split())
    if ".." in text:
        first, _, last = text.partition("..")
        start = parse_period(first, today, date_order)[0] if first.strip(" .") else None
        return start, parse_period(last.strip(" ."), today, date_order)[1] if last.strip(" .") else None
    if match := re.fullmatch(r"(\d{4})(?:-(\d{2})|-?q([1-4]))?", text, re.ASCII):
        year, month = int(match[1]), int(match[2] or 3 * int(match[3] or 1) - 2)
        unit = "month" if match[2] else "quarter" if match[3] else "year"
        return _whole_period(unit, _checked_date(year, month, 1))
    if re.search("[a-z]", text):
        text = text.replace("-", " ")
    if match := re.fullmatch(r"(this|last|next) ?(week|month|quarter|year)", text):
        return _whole_period(match[2], _start_of(match[2], today, {"this": 0, "last": -1, "next": 1}[match[1]]))
    if match := re.fullmatch(r"(?:(?:last|past) )?(\d{1,4}) ?([a-z]+)", text, re.ASCII):
        if match[2] in _UNIT_DAYS:
            return _add_days(today, -int(match[1]) * _UNIT_DAYS[match[2]]), today
        if match[2] in _UNIT_MONTHS:
            return add_months(today, -int(match[1]) * _UNIT_MONTHS[match[2]]), today
    if (months := [n for n, month in enumerate(MONTHS, 1) if len(text) >= 3 and month.startswith(text)]) and len(months) == 1:
        return _whole_period("month", _checked_date(today.year - (months[0] > today.month), months[0], 1))
    day = parse_day(text, today, date_order, prefer_past=True)
    return day, day


def _whole_period(unit: str, day: date) -> tuple[date, date]:
    """The first and last day of the unit that starts on `day`."""
    return day, _start_of(unit, day, 1) - timedelta(1)
