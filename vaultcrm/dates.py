"""Dates as notes hold them, in ISO form, and as people read them."""

import re
from datetime import date, datetime, time


def day_in(text: object) -> date | None:
    """The day of a property's ISO date or date-time; None when it is something else or does not exist."""
    if not isinstance(text, str) or text[4:5] != "-" or text[7:8] != "-" or text[10:11] not in ("", "T", " ") or not text.isascii():
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def moment_in(text: object) -> datetime | None:
    """A property's date-time as local time; a plain date is its midnight. A zone is left out: wall time counts."""
    if (day := day_in(text)) is None or not isinstance(text, str):
        return None
    clock = re.match(r"[T ](\d{2}):(\d{2})(?::(\d{2}))?", text[10:], re.ASCII)
    try:
        return datetime.combine(day, time(int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else time())
    except ValueError:
        return None


def say_days(days: int) -> str:
    """A distance from today in words: "today", "in 3 days", "2 weeks ago"."""
    if days in (0, 1, -1):
        return ("today", "tomorrow", "yesterday")[days]
    return f"in {say_span(days)}" if days > 0 else f"{say_span(-days)} ago"


def say_span(days: int) -> str:
    """A length of time in words that one can speak: 20 is "20 days", 35 "5 weeks", 200 "7 months"."""
    for size, unit, least in ((365, "year", 730), (30, "month", 90), (7, "week", 28), (1, "day", 0)):
        if days >= least:
            number = round(days / size)
            return f"{number} {unit}{'s' * (number != 1)}"
    raise AssertionError("the last unit takes every number of days")


def say_day(day: date) -> str:
    """A date for a person: "Fri 2026-11-27"."""
    return f"{day:%a %Y-%m-%d}"
