"""ISO dates and date-times, as notes contain them."""

from datetime import date, datetime

import pytest

from vaultcrm.dates.iso import parse_iso_datetime, parse_iso_day


@pytest.mark.parametrize("text", ["2026-11-09", "2026-11-09T14:30:00", "2026-11-09 14:30", "2026-11-09T14:30:00+02:00", "2026-11-09T"])
def test_the_date_of_a_date_or_date_time(text: str) -> None:
    assert parse_iso_day(text) == date(2026, 11, 9)


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
        "2026-11-09t14:30",
        "2026-11-09T１４:30",
        "x2026-11-09",
        "２０２６-11-09",
    ],
)
def test_anything_but_an_existing_date_is_none(text: str) -> None:
    assert parse_iso_day(text) is None
    assert parse_iso_datetime(text) is None


@pytest.mark.parametrize("value", [None, 20261109, ["2026-11-09"]])
def test_a_value_that_is_not_text_is_none(value: object) -> None:
    assert parse_iso_day(value) is None
    assert parse_iso_datetime(value) is None


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
def test_a_date_time_is_wall_time_in_any_time_zone(text: str, moment: datetime | None) -> None:
    assert parse_iso_datetime(text) == moment
