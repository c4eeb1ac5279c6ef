"""ISO dates and date-times, as notes contain them."""

import re
from datetime import date, datetime, time


def parse_iso_day(text: object) -> date | None:
    """The date of an ISO date or date-time; None for any other value and for a date that doesn't exist."""
    if not isinstance(text, str) or text[4:5] != "-" or text[7:8] != "-" or text[10:11] not in ("", "T", " ") or not text.isascii():
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def parse_iso_datetime(text: object) -> datetime | None:
    """An ISO date-time as local time; a date is its midnight. A time zone is ignored: the wall time counts.

    None for any other value.
    """
    if (day := parse_iso_day(text)) is None or not isinstance(text, str):
        return None
    match = re.match(r"[T ](\d{2}):(\d{2})(?::(\d{2}))?", text[10:], re.ASCII)
    try:
        return datetime.combine(day, time(int(match[1]), int(match[2]), int(match[3] or 0)) if match else time())
    except ValueError:
        return None
