"""Lengths of time as people type them."""

from datetime import date

import pytest

from vaultcrm.dates.duration import parse_duration
from vaultcrm.errors import InvalidInput


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("3 weeks", 21), ("3w", 21), ("a week", 7), ("week", 7), ("every 2 weeks", 14), ("10 days", 10), ("day", 1), ("1 month", 30),
        ("two months", 60), ("quarter", 90), ("18 months", 545), ("a year", 365), ("2 years", 730), ("fortnight", 14),
        ("Couple weeks", 14), ("couple of weeks", 14), ("daily", 1), ("weekly", 7), ("Fortnightly", 14), ("biweekly", 14), ("monthly", 30),
        ("quarterly", 90), ("yearly", 365), ("annually", 365), ("every other week", 14), ("other month", 60), ("every month", 30),
        ("once a week", 7), ("once every 3 weeks", 21), ("half year", 180),
    ],
)  # fmt: skip
def test_a_duration_is_parsed_as_days(words: str, days: int) -> None:
    assert parse_duration(words).days == days


@pytest.mark.parametrize("words", ["", "soon", "0 weeks", "3", "-3 days", "3 weeks ago", "fri", "weeks 3", "1.5 weeks", "99999 days"])
def test_an_invalid_duration_is_refused(words: str) -> None:
    with pytest.raises(InvalidInput, match="not a length of time"):
        parse_duration(words)


@pytest.mark.parametrize(
    ("words", "length", "rhythm"),
    [
        ("1 month", "1 month", "every month"), ("monthly", "1 month", "every month"), ("4 weeks", "4 weeks", "every 4 weeks"),
        ("quarter", "3 months", "every 3 months"), ("2w", "2 weeks", "every 2 weeks"), ("a fortnight", "2 weeks", "every 2 weeks"),
        ("12 months", "12 months", "every 12 months"), ("daily", "1 day", "every day"), ("30 days", "30 days", "every 30 days"),
    ],
)  # fmt: skip
def test_a_duration_is_told_in_its_own_unit(words: str, length: str, rhythm: str) -> None:
    duration = parse_duration(words)
    assert (str(duration), duration.as_rhythm()) == (length, rhythm)
    assert parse_duration(length) == parse_duration(rhythm) == duration


@pytest.mark.parametrize(
    ("words", "day", "days"),
    [
        ("1 month", "2026-11-16", 30), ("1 month", "2026-12-16", 31), ("1 month", "2027-01-31", 28), ("3 months", "2026-11-30", 90),
        ("1 year", "2028-02-29", 365), ("2 weeks", "2026-11-16", 14), ("9999 years", "2026-11-16", 9999 * 365),
    ],
)  # fmt: skip
def test_a_month_is_as_long_as_the_calendar_says(words: str, day: str, days: int) -> None:
    assert parse_duration(words).days_from(date.fromisoformat(day)) == days
