"""Periods as people type them, on Wednesday, 11 November 2026."""

from datetime import date

import pytest

from vaultcrm.dates.period import parse_period
from vaultcrm.errors import InvalidInput

TODAY = date(2026, 11, 11)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"), ("2028-02", "2028-02-01", "2028-02-29"), ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-q1", "2026-01-01", "2026-03-31"), ("2026q4", "2026-10-01", "2026-12-31"), ("2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-01..2026-03", "2026-01-01", "2026-03-31"), ("2025 .. 2026-q1", "2025-01-01", "2026-03-31"),
        ("2026-03..", "2026-03-01", None), ("..2026-03", None, "2026-03-31"), ("..", None, None),
        ("2026-11-02...fri", "2026-11-02", "2026-11-06"),
        ("last month", "2026-10-01", "2026-10-31"), ("last-month", "2026-10-01", "2026-10-31"), ("lastmonth", "2026-10-01", "2026-10-31"),
        ("this week", "2026-11-09", "2026-11-15"), ("next quarter", "2027-01-01", "2027-03-31"), ("this year", "2026-01-01", "2026-12-31"),
        # so many days, today included
        ("7d", "2026-11-05", "2026-11-11"), ("1d", "2026-11-11", "2026-11-11"), ("last 2 weeks", "2026-10-29", "2026-11-11"),
        ("past 3 months", "2026-08-12", "2026-11-11"), ("a week", "2026-11-05", "2026-11-11"), ("next 7 days", "2026-11-11", "2026-11-17"),
        ("weekend", "2026-11-07", "2026-11-08"), ("last weekend", "2026-11-07", "2026-11-08"), ("this-weekend", "2026-11-14", "2026-11-15"),
        ("next weekend", "2026-11-21", "2026-11-22"), ("3 weeks ago", "2026-10-21", "2026-10-21"), ("-7d", "2026-11-04", "2026-11-04"),
        ("november", "2026-11-01", "2026-11-30"), ("oct", "2026-10-01", "2026-10-31"), ("dec", "2025-12-01", "2025-12-31"),
        ("2026-11-09", "2026-11-09", "2026-11-09"), ("fri", "2026-11-06", "2026-11-06"), ("9-nov", "2026-11-09", "2026-11-09"),
        ("today", "2026-11-11", "2026-11-11"),
    ],
)  # fmt: skip
def test_words_are_parsed_as_a_period(words: str, first: str | None, last: str | None) -> None:
    assert parse_period(words, TODAY) == (first and date.fromisoformat(first), last and date.fromisoformat(last))


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("7d", "2026-11-11", "2026-11-17"), ("2 months", "2026-11-11", "2027-01-10"), ("last 7 days", "2026-11-05", "2026-11-11"),
        ("fri", "2026-11-13", "2026-11-13"), ("dec", "2026-12-01", "2026-12-31"), ("november", "2026-11-01", "2026-11-30"),
        ("oct", "2027-10-01", "2027-10-31"), ("weekend", "2026-11-14", "2026-11-15"), ("..fri", None, "2026-11-13"),
        ("last month", "2026-10-01", "2026-10-31"),
    ],
)  # fmt: skip
def test_a_period_can_lie_ahead(words: str, first: str | None, last: str | None) -> None:
    expected = (first and date.fromisoformat(first), last and date.fromisoformat(last))
    assert parse_period(words, TODAY, prefer_past=False) == expected


def test_a_weekend_is_meant_while_it_lasts() -> None:
    for prefer_past in (True, False):
        assert parse_period("weekend", date(2026, 11, 15), prefer_past=prefer_past) == (date(2026, 11, 14), date(2026, 11, 15))


def test_the_dates_of_a_period_follow_the_date_order() -> None:
    assert parse_period("03/04..", TODAY, "dmy") == (date(2026, 4, 3), None)
    assert parse_period("..03/04", TODAY, "mdy") == (None, date(2026, 3, 4))
    with pytest.raises(InvalidInput, match="November 2026 has 30 days"):
        parse_period("2026-11-01..2026-11-31", TODAY)
    with pytest.raises(InvalidInput, match="'03/04' could be two different dates"):
        parse_period("03/04..2027", TODAY)


@pytest.mark.parametrize("words", ["", "soon", "2026-13", "2026-q5", "1899", "last fortnight", "3 fridays", "2026..soon", "ju", "m"])
def test_an_invalid_period_is_refused(words: str) -> None:
    with pytest.raises(InvalidInput):
        parse_period(words, TODAY)
