"""Dates as notes hold them, in ISO form, and as people read them."""

import re
from datetime import date, datetime, time


def parse_iso_day(text: object) -> date | None:
    """The day of a property's ISO date or date-time; None when it is something else or does not exist."""
    if not isinstance(text, str) or text[4:5] != "-" or text[7:8] != "-" or text[10:11] not in ("", "T", " ") or not text.isascii():
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def parse_iso_datetime(text: object) -> datetime | None:
    """A property's date-time as local time; a plain date is its midnight. A zone is left out: wall time counts."""
    if (day := parse_iso_day(text)) is None or not isinstance(text, str):
        return None
    clock = re.match(r"[T ](\d{2}):(\d{2})(?::(\d{2}))?", text[10:], re.ASCII)
    try:
        return datetime.combine(day, time(int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else time())
    except ValueError:
        return None
