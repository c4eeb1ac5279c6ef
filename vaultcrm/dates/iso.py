"""ISO dates and date-times, as notes contain them."""

import re
from datetime import date, datetime, time

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)( ?(?:Z|[+-]\d\d(?::?\d\d)?))?", re.ASCII)


def compact_day(day: date) -> str:
    """A day as RFC 5545 writes it: "20261109"."""
    return day.isoformat().replace("-", "")


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


def is_timestamp(text: str) -> bool:
    """Whether a text is an ISO date with a time of day, with or without a time zone, and nothing else."""
    return _TIMESTAMP.fullmatch(text) is not None and parse_iso_day(text) is not None


def move_to_day(text: str | None, day: date) -> str:
    """The day with the time of day and the time zone of `text`, as they are written there; the day alone if it has none."""
    match = _TIMESTAMP.fullmatch(text or "")
    return day.isoformat() + (f"{match[1]}{match[2] or ''}" if match else "")


def move_to_moment(text: str | None, moment: datetime) -> str:
    """The date and time with the time zone of `text`, as it is written there."""
    match = _TIMESTAMP.fullmatch(text or "")
    return moment.isoformat(timespec="seconds") + (match[2] or "" if match else "")
