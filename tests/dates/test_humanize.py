"""Dates and durations in words."""

from datetime import date

import pytest

from vaultcrm.dates.humanize import format_day, humanize_days, humanize_duration


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"), (1, "tomorrow"), (-1, "yesterday"), (2, "in 2 days"), (-20, "20 days ago"), (27, "in 27 days"), (28, "in 4 weeks"),
        (-35, "5 weeks ago"), (89, "in 13 weeks"), (90, "in 3 months"), (-200, "7 months ago"), (729, "in 24 months"), (730, "in 2 years"),
        (-1095, "3 years ago"),
    ],
)  # fmt: skip
def test_a_distance_is_written_in_the_unit_that_people_would_use(days: int, words: str) -> None:
    assert humanize_days(days) == words


def test_durations_and_days_in_words() -> None:
    assert [humanize_duration(days) for days in (0, 1, 20, 35, 200)] == ["0 days", "1 day", "20 days", "5 weeks", "7 months"]
    assert format_day(date(2026, 11, 27)) == "Fri 2026-11-27"
