"""Dates and durations in words."""

from datetime import date

from vaultcrm.plural import counted


def humanize_days(days: int) -> str:
    """A distance from today in words: "today", "in 3 days", "2 weeks ago"."""
    if days in (0, 1, -1):
        return ("today", "tomorrow", "yesterday")[days]
    return f"in {humanize_duration(days)}" if days > 0 else f"{humanize_duration(-days)} ago"


def humanize_duration(days: int) -> str:
    """A duration in the unit that a person would use: 20 is "20 days", 35 is "5 weeks", 200 is "7 months"."""
    for size, unit, minimum in ((365, "year", 730), (30, "month", 90), (7, "week", 28), (1, "day", 0)):
        if days >= minimum:
            number = round(days / size)
            return counted(number, unit)
    raise AssertionError("days must not be negative")


def format_day(day: date) -> str:
    """A date for a person: "Fri 2026-11-27"."""
    return f"{day:%a %Y-%m-%d}"


def short_day(day: date, today: date) -> str:
    """A day as briefly as a person would write it: "4 Nov"; with its year if that isn't today's."""
    return f"{day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")
