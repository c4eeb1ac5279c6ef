"""Dates as notes hold them, and as people read them."""

from datetime import date, datetime

import pytest

from vaultcrm.dates.humanize import say_day, say_days, say_span
from vaultcrm.dates.iso import day_in, moment_in


@pytest.mark.parametrize("text", ["2026-11-09", "2026-11-09T14:30:00", "2026-11-09 14:30", "2026-11-09T14:30:00+02:00", "2026-11-09T"])
def test_a_property_holds_the_day_that_it_begins_with(text: str) -> None:
    assert day_in(text) == date(2026, 11, 9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026",
        "2026-11",
        "2026-1-5",
        "2026-02-30",
        "2026-13-01",
        "20261109",
        "09.11.2026",
        "2026-11-09x",
        "x2026-11-09",
        "２０２６-11-09",
    ],
)
def test_what_is_no_day_or_does_not_exist_is_none(text: str) -> None:
    assert day_in(text) is None
    assert moment_in(text) is None


@pytest.mark.parametrize("value", [None, 20261109, ["2026-11-09"]])
def test_what_is_no_text_holds_no_day(value: object) -> None:
    assert day_in(value) is None
    assert moment_in(value) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-09T14:30:05", datetime(2026, 11, 9, 14, 30, 5)),
        ("2026-11-09 14:30", datetime(2026, 11, 9, 14, 30)),
        ("2026-11-09", datetime(2026, 11, 9)),
        ("2026-11-09T14:30:00Z", datetime(2026, 11, 9, 14, 30)),
        ("2026-11-09T14:30:00.5+02:00", datetime(2026, 11, 9, 14, 30)),
        ("2026-11-09T25:00", None),
        ("2026-11-09T14:60", None),
    ],
)
def test_a_moment_is_wall_time_whatever_its_zone(text: str, moment: datetime | None) -> None:
    assert moment_in(text) == moment


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"), (1, "tomorrow"), (-1, "yesterday"), (2, "in 2 days"), (-20, "20 days ago"), (27, "in 27 days"), (28, "in 4 weeks"),
        (-35, "5 weeks ago"), (89, "in 13 weeks"), (90, "in 3 months"), (-200, "7 months ago"), (729, "in 24 months"), (730, "in 2 years"),
        (-1095, "3 years ago"),
    ],
)  # fmt: skip
def test_a_distance_is_said_in_the_unit_that_people_would_use(days: int, words: str) -> None:
    assert say_days(days) == words


def test_a_span_and_a_day_are_said() -> None:
    assert [say_span(days) for days in (0, 1, 20, 35, 200)] == ["0 days", "1 day", "20 days", "5 weeks", "7 months"]
    assert say_day(date(2026, 11, 27)) == "Fri 2026-11-27"
