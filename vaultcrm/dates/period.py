"""Periods in words: "2026-q1", "last month", "7d", "2026-01..2026-03"."""

import re
from datetime import date, timedelta

from vaultcrm.dates.parse import parse_day
from vaultcrm.dates.steps import add_units, checked_date, end_of, start_of
from vaultcrm.dates.vocabulary import MONTHS, NUMBERS, UNITS

_STEPS = {"this": 0, "last": -1, "past": -1, "next": 1}


def parse_period(words: str, today: date, date_order: str = "", prefer_past: bool = True) -> tuple[date | None, date | None]:
    """The first and last day of a period; None for an open end. Raises InvalidInput.

    A period is 2026, 2026-03, 2026-q1, 2026-01..2026-03, 2026-03.., last month, this week, 7d (the
    seven days up to today, or from today on unless `prefer_past`), or a day. Hyphens can replace the
    spaces: last-month.
    """
    text = " ".join(words.lower().split())
    if ".." in text:
        first, _, last = text.partition("..")
        start = parse_period(first, today, date_order, prefer_past)[0] if first.strip(" .") else None
        return start, parse_period(last.strip(" ."), today, date_order, prefer_past)[1] if last.strip(" .") else None
    if match := re.fullmatch(r"(\d{4})(?:-(\d{2})|-?q([1-4]))?", text, re.ASCII):
        year, month = int(match[1]), int(match[2] or 3 * int(match[3] or 1) - 2)
        unit = "month" if match[2] else "quarter" if match[3] else "year"
        start = checked_date(year, month, 1)
        return start, end_of(unit, start)
    if re.search("[a-z]", text):
        text = re.sub("(?<=.)-", " ", text)
    if period := _named_period(text, today, prefer_past) or _length(text, today, prefer_past):
        return period
    day = parse_day(text, today, date_order, prefer_past)
    return day, day


def _named_period(text: str, today: date, prefer_past: bool) -> tuple[date, date] | None:
    """ "last month", "this week", "weekend", "november"."""
    if match := re.fullmatch(r"(this|last|next) ?(week|month|quarter|year)", text):
        start = start_of(match[2], today, _STEPS[match[1]])
        return start, end_of(match[2], start)
    if match := re.fullmatch(r"(?:(this|last|next|the) ?)?weekend", text):
        is_last = match[1] != "this" and prefer_past and today.weekday() < 5
        monday = start_of("week", today, _STEPS.get(match[1] or "", -1 if is_last else 0))
        return monday + timedelta(5), monday + timedelta(6)
    months = [n for n, month in enumerate(MONTHS, 1) if len(text) >= 3 and month.startswith(text)]
    if not months:
        return None
    step = -(months[0] > today.month) if prefer_past else months[0] < today.month
    start = checked_date(today.year + step, months[0], 1)
    return start, end_of("month", start)


def _length(text: str, today: date, prefer_past: bool) -> tuple[date, date] | None:
    """So many days, weeks or months up to today or from today on; today is one of them."""
    match = re.fullmatch(r"(?:(last|past|next) )?(?:(\d{1,4}) ?|([a-z]+) )([a-z]+)", text, re.ASCII)
    number = (int(match[2]) if match[2] else NUMBERS.get(match[3])) if match else None
    if not match or not number or match[4] not in UNITS:
        return None
    size, unit = UNITS[match[4]]
    if match[1] == "next" or (not match[1] and not prefer_past):
        return today, add_units(today, number * size, unit) - timedelta(1)
    return add_units(today, -number * size, unit) + timedelta(1), today
