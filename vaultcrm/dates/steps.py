"""Steps in the calendar: days, weeks, months, quarters and years from a day, limited to plausible years."""

import calendar
from datetime import date, timedelta

from vaultcrm.dates.vocabulary import MONTHS
from vaultcrm.errors import InvalidInput

EXAMPLES = "Write a date like 2026-11-09, today, fri, +3d, 2w, next month or 9 nov."
_FIRST_YEAR, _LAST_YEAR = 1900, 2200  # a year outside this range is probably a typo


def checked_date(year: int, month: int, day: int) -> date:
    """The date. Raises InvalidInput for one that doesn't exist or is centuries away."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise InvalidInput(f"The year {year} is too far away.", f"Write a date from {_FIRST_YEAR} to {_LAST_YEAR}, like 2026-11-09.")
    if not 1 <= month <= 12:
        raise InvalidInput(f"{year}-{month:02}-{day:02} is not a date: there is no month {month}.", EXAMPLES)
    length = calendar.monthrange(year, month)[1]
    if not 1 <= day <= length:
        reason = f"{MONTHS[month - 1].title()} {year} has {length} days"
        raise InvalidInput(f"{year}-{month:02}-{day:02} is not a date: {reason}.", EXAMPLES)
    return date(year, month, day)


def add_units(day: date, number: int, unit: str) -> date:
    """The day so many days, weeks, months or years later. Raises InvalidInput."""
    if unit in ("day", "week"):
        try:
            result = day + timedelta(number * (7 if unit == "week" else 1))
        except OverflowError as error:
            raise InvalidInput("That date is too far away.", EXAMPLES) from error
        return checked_date(result.year, result.month, result.day)
    return add_months(day, number * (12 if unit == "year" else 1))


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` months later, or the last day if that month is shorter. Raises InvalidInput."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    last = calendar.monthrange(year, month)[1] if 1 <= year <= 9999 else 1
    return checked_date(year, month, min(day.day, last))


def start_of(unit: str, day: date, step: int = 0) -> date:
    """The first day of the week, month, quarter or year that contains `day`, or of the one `step` units later."""
    if unit == "week":
        return day + timedelta(7 * step - day.weekday())
    size = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = day.year * 12 + (day.month - 1) // size * size + step * size
    return checked_date(month // 12, month % 12 + 1, 1)


def end_of(unit: str, day: date, step: int = 0) -> date:
    """The last day of the period whose first day `start_of` returns."""
    return start_of(unit, day, step + 1) - timedelta(1)
