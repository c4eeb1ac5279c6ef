"""Days and moments as notes hold them."""

from datetime import date, datetime

import pytest

from vaultcrm.dates.iso import parse_iso_datetime, parse_iso_day


@pytest.mark.parametrize("text", ["2026-11-09", "2026-11-09T14:30:00", "2026-11-09 14:30", "2026-11-09T14:30:00+02:00", "2026-11-09T"])
def test_a_property_holds_the_day_that_it_begins_with(text: str) -> None:
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
        "x2026-11-09",
        "２０２６-11-09",
    ],
)
def test_what_is_no_day_or_does_not_exist_is_none(text: str) -> None:
    assert parse_iso_day(text) is None
    assert parse_iso_datetime(text) is None


@pytest.mark.parametrize("value", [None, 20261109, ["2026-11-09"]])
def test_what_is_no_text_holds_no_day(value: object) -> None:
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
def test_a_moment_is_wall_time_whatever_its_zone(text: str, moment: datetime | None) -> None:
    assert parse_iso_datetime(text) == moment
