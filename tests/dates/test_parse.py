"""Dates as people type them. Today is Wednesday, 11 November 2026. The calendar around it:

Mo Tu We Th Fr Sa Su
 2  3  4  5  6  7  8
 9 10 11 12 13 14 15
16 17 18 19 20 21 22
23 24 25 26 27 28 29
30  1  2  3  4  5  6
"""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.dates.parse import parse_datetime, parse_day
from vaultcrm.errors import InvalidInput

TODAY = date(2026, 11, 11)
NOW = datetime(2026, 11, 11, 9, 8, 7, 6)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", "2026-11-11"), ("now", "2026-11-11"), ("tomorrow", "2026-11-12"), ("tom", "2026-11-12"), ("yesterday", "2026-11-10"),
        ("day after tomorrow", "2026-11-13"), ("day before yesterday", "2026-11-09"), ("  ToMorrow ", "2026-11-12"),
        # weekdays: the next one, never today
        ("fri", "2026-11-13"), ("Friday", "2026-11-13"), ("on friday", "2026-11-13"), ("this fri", "2026-11-13"), ("thurs", "2026-11-12"),
        ("mon", "2026-11-16"), ("tues", "2026-11-17"), ("wed", "2026-11-18"), ("this wed", "2026-11-11"), ("sun.", "2026-11-15"),
        ("next fri", "2026-11-20"), ("next mon", "2026-11-16"), ("next wed", "2026-11-18"), ("last fri", "2026-11-06"),
        ("last wed", "2026-11-04"), ("last mon", "2026-11-09"), ("weekend", "2026-11-14"), ("this weekend", "2026-11-14"),
        ("next weekend", "2026-11-21"), ("last weekend", "2026-11-07"),
        # a week later than a day
        ("friday week", "2026-11-20"), ("fri week", "2026-11-20"), ("wed week", "2026-11-25"), ("tomorrow week", "2026-11-19"),
        ("a week on friday", "2026-11-20"), ("a week from fri", "2026-11-20"), ("2 weeks on fri", "2026-11-27"),
        ("a week today", "2026-11-18"),
        ("a week tomorrow", "2026-11-19"), ("3 days after 9 dec", "2026-12-12"), ("two weeks before 9 dec", "2026-11-25"),
        ("2 days before the end of the month", "2026-11-28"), ("a month from tomorrow", "2026-12-12"),
        # prepositions
        ("by fri", "2026-11-13"), ("until friday", "2026-11-13"), ("till 9 dec", "2026-12-09"), ("by the end of the month", "2026-11-30"),
        ("on the 15th", "2026-11-15"), ("by tomorrow", "2026-11-12"),
        # a time of day is left out
        ("tomorrow 3pm", "2026-11-12"), ("by tomorrow at 3pm", "2026-11-12"), ("3pm tomorrow", "2026-11-12"), ("3pm", "2026-11-11"),
        ("by 3pm", "2026-11-11"), ("noon", "2026-11-11"), ("9:30 fri", "2026-11-13"), ("2026-12-09T14:30", "2026-12-09"),
        ("2026-12-09 14:30", "2026-12-09"), ("9.12. 14.30", "2026-12-09"), ("fri 27.11", "2026-11-27"), ("9.12 10.11", "2026-12-09"),
        # offsets
        ("+3d", "2026-11-14"), ("3d", "2026-11-14"), ("in 3 days", "2026-11-14"), ("-3d", "2026-11-08"), ("3 days ago", "2026-11-08"),
        ("-3 days ago", "2026-11-08"),
        ("2w", "2026-11-25"), ("in two weeks", "2026-11-25"), ("a week from now", "2026-11-18"), ("a fortnight", "2026-11-25"),
        ("1m", "2026-12-11"), ("2 mo", "2027-01-11"), ("1 mon", "2026-12-11"), ("2 yrs", "2028-11-11"), ("2 quarters", "2027-05-11"),
        ("in a month", "2026-12-11"), ("3 months ago", "2026-08-11"), ("a quarter", "2027-02-11"), ("1y", "2027-11-11"),
        ("in a year", "2027-11-11"), ("a year ago", "2025-11-11"), ("0d", "2026-11-11"), ("couple of days", "2026-11-13"),
        ("twelve weeks", "2027-02-03"),
        # starts and ends
        ("next week", "2026-11-16"), ("last week", "2026-11-02"), ("next month", "2026-12-01"), ("last month", "2026-10-01"),
        ("next quarter", "2027-01-01"), ("last quarter", "2026-07-01"), ("next year", "2027-01-01"), ("last year", "2025-01-01"),
        ("end of week", "2026-11-13"), ("eow", "2026-11-13"), ("end of the month", "2026-11-30"), ("eom", "2026-11-30"),
        ("eoq", "2026-12-31"), ("end of year", "2026-12-31"), ("eoy", "2026-12-31"), ("end of next month", "2026-12-31"),
        ("end of next week", "2026-11-20"), ("start of next month", "2026-12-01"), ("beginning of the year", "2026-01-01"),
        ("at the end of the quarter", "2026-12-31"), ("eod", "2026-11-11"), ("end of november", "2026-11-30"), ("end of nov", "2026-11-30"),
        ("end november", "2026-11-30"), ("the end of september", "2027-09-30"), ("end of feb 2028", "2028-02-29"),
        ("mid december", "2026-12-15"),
        ("middle of december", "2026-12-15"), ("start of december", "2026-12-01"), ("middle of next month", "2026-12-15"),
        ("end of last month", "2026-10-31"), ("end of next quarter", "2027-03-31"),
        # dates
        ("2026-11-09", "2026-11-09"), ("1900-01-01", "1900-01-01"), ("2200-12-31", "2200-12-31"), ("2026-11-9", "2026-11-09"),
        ("2026/11/09", "2026-11-09"), ("2026.11.09", "2026-11-09"), ("9 oct", "2027-10-09"), ("11 nov", "2026-11-11"),
        ("12 nov", "2026-11-12"), ("nov 12", "2026-11-12"), ("nov. 12th", "2026-11-12"), ("12th of november", "2026-11-12"),
        ("the 12th of nov 2028", "2028-11-12"), ("12. november", "2026-11-12"), ("Nov 12, 2028", "2028-11-12"), ("1 sept", "2027-09-01"),
        ("3 may", "2027-05-03"), ("27.11.", "2026-11-27"), ("27.11", "2026-11-27"), ("3.4.2027", "2027-04-03"),
        ("27. 11. 2027", "2027-11-27"), ("13/04", "2027-04-13"), ("04/13", "2027-04-13"), ("4/4", "2027-04-04"), ("12-31", "2026-12-31"),
        ("13/04/2028", "2028-04-13"), ("the 15th", "2026-11-15"), ("15th", "2026-11-15"), ("11th", "2026-11-11"),
        ("the 1st", "2026-12-01"), ("on the 31st", "2026-12-31"), ("29 feb", "2028-02-29"), ("fri 27 nov", "2026-11-27"),
        ("Friday, 27 November 2026", "2026-11-27"), ("fri 2026-11-27", "2026-11-27"),
    ],
)  # fmt: skip
def test_words_are_parsed_as_a_date(words: str, day: str) -> None:
    assert parse_day(words, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("fri", "2026-11-06"), ("mon", "2026-11-09"), ("wed", "2026-11-04"), ("this mon", "2026-11-16"), ("9 nov", "2026-11-09"),
        ("12 nov", "2025-11-12"), ("11 nov", "2026-11-11"), ("27.11.", "2025-11-27"), ("the 10th", "2026-11-10"),
        ("the 12th", "2026-10-12"), ("31st", "2026-10-31"), ("29 feb", "2024-02-29"), ("12 nov 2026", "2026-11-12"),
        ("tomorrow", "2026-11-12"), ("2026-12-24", "2026-12-24"), ("+3d", "2026-11-14"),
        # a length of time without a direction
        ("2 days", "2026-11-09"), ("3 weeks", "2026-10-21"), ("2w", "2026-10-28"), ("a month", "2026-10-11"), ("in 3 days", "2026-11-14"),
        ("3 days from now", "2026-11-14"), ("3 days ago", "2026-11-08"), ("since 3 weeks", "2026-10-21"),
        ("2 days before fri", "2026-11-04"),
        ("end of october", "2026-10-31"), ("end of november", "2025-11-30"), ("mid october", "2026-10-15"), ("weekend", "2026-11-07"),
    ],
)  # fmt: skip
def test_past_dates_can_be_preferred(words: str, day: str) -> None:
    assert parse_day(words, TODAY, prefer_past=True) == date.fromisoformat(day)


def test_an_ambiguous_date_is_refused_unless_an_order_is_set() -> None:
    for words in ("03/04", "3/4", "03/04/2027", "3-4"):
        with pytest.raises(InvalidInput, match="could be two different dates") as raised:
            parse_day(words, TODAY)
        assert "date_order" in raised.value.hint
        assert parse_day(words, TODAY, date_order="dmy") == date(2027, 4, 3)
        assert parse_day(words, TODAY, date_order="mdy") == date(2027, 3, 4)
    with pytest.raises(InvalidInput, match="could be two different dates"):
        parse_day("11/12", TODAY)
    with pytest.raises(InvalidInput, match="could be two different dates"):
        parse_day("12/11", TODAY)
    assert parse_day("13/04", TODAY, date_order="mdy") == parse_day("04/13", TODAY, date_order="dmy") == date(2027, 4, 13)


def test_the_nearest_leap_day_can_be_years_away() -> None:
    assert parse_day("29 feb", date(2024, 4, 1)) == date(2028, 2, 29)
    assert parse_day("29 feb", date(2028, 2, 28), prefer_past=True) == date(2024, 2, 29)
    assert parse_day("29 feb", date(2027, 3, 1)) == date(2028, 2, 29)
    assert parse_day("29 feb", date(2027, 3, 1), prefer_past=True) == date(2024, 2, 29)


@pytest.mark.parametrize(
    "words",
    [
        "", " ", "soon", "12", "31", "5", "asap", "fr", "ju 5", "30 feb", "31 nov", "2026-02-30", "2026-13-01", "0000-01-01", "32nd",
        "12 foo", "mon tue", "next", "next fortnight day", "in", "+d", "3 fridays", "1e3d", "99999d", "2026-11", "13/13", "1899-12-31",
        "2201-01-01", "mon 27 nov", "5 d 3", "fri next week", "²d", "9 nov 26", "tomorrow tomorrow", "\0", "9999 years", "nov", "q1",
        "in 3 days ago", "+3 days ago", "-3 days from now", "in -3 days", "next week week", "3 days on fri", "by",
        "tomorrow 25:00",
    ],
)  # fmt: skip
def test_an_invalid_date_is_refused_with_an_example(words: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_day(words, TODAY)
    assert "2026-11-09" in raised.value.hint or "14:30" in raised.value.hint


def test_a_day_of_the_month_skips_months_without_it() -> None:
    assert parse_day("30th", date(2027, 1, 31)) == date(2027, 3, 30)
    assert parse_day("31st", date(2027, 2, 1), prefer_past=True) == date(2027, 1, 31)


def test_the_weekend_starts_on_a_saturday() -> None:
    assert [parse_day("weekend", date(2026, 11, day)) for day in (13, 14, 15, 16)] == [
        date(2026, 11, 14), date(2026, 11, 14), date(2026, 11, 15), date(2026, 11, 21),
    ]  # fmt: skip
    assert parse_day("next weekend", date(2026, 11, 15)) == date(2026, 11, 21)
    assert parse_day("last weekend", date(2026, 11, 15)) == date(2026, 11, 7)


@pytest.mark.parametrize(("day", "friday"), [(12, 13), (13, 13), (14, 20), (15, 20), (16, 20)])
def test_the_end_of_the_week_is_never_over(day: int, friday: int) -> None:
    for words in ("eow", "end of week", "end of the week", "by the end of this week"):
        assert parse_day(words, date(2026, 11, day)) == date(2026, 11, friday)


@pytest.mark.parametrize(
    ("words", "today", "last", "coming"),
    [
        ("29 jan", "2027-01-31", "2027-01-29", "2028-01-29"), ("29.1.", "2027-01-31", "2027-01-29", "2028-01-29"),
        ("jan 29", "2027-02-28", "2027-01-29", "2028-01-29"), ("01-30", "2027-01-31", "2027-01-30", "2028-01-30"),
        ("29 dec", "2027-01-02", "2026-12-29", "2027-12-29"), ("29 feb", "2028-03-01", "2028-02-29", "2032-02-29"),
        ("start of november", "2026-11-11", "2026-11-01", "2027-11-01"), ("end of october", "2026-11-11", "2026-10-31", "2027-10-31"),
    ],
)  # fmt: skip
def test_a_date_that_has_just_passed_needs_a_year(words: str, today: str, last: str, coming: str) -> None:
    with pytest.raises(InvalidInput, match="has just passed") as raised:
        parse_day(words, date.fromisoformat(today))
    assert (raised.value.message, raised.value.hint) == (
        f"{last} has just passed, so the date needs a year.", f"Write {last} or {coming}.",
    )  # fmt: skip
    assert parse_day(words, date.fromisoformat(today), prefer_past=True) == date.fromisoformat(last)


@pytest.mark.parametrize(("words", "last", "coming"), [("1 dec 10:00", "2025-12-01", "2026-12-01"), ("12.11.", "2025-11-12", "2026-11-12")])
def test_a_conversation_on_a_day_soon_needs_a_year(words: str, last: str, coming: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_datetime(words, NOW)
    assert (raised.value.message, raised.value.hint) == (
        f"{words!r} could be {last} or {coming}.", f"Write the year: {last} or {coming}.",
    )  # fmt: skip
    assert parse_datetime("31 dec", NOW) == datetime(2025, 12, 31, 12)
    assert parse_datetime("1 dec 2025", NOW) == datetime(2025, 12, 1, 12)
    assert parse_datetime("11 months ago", NOW) == datetime(2025, 12, 11, 12)


def test_a_date_passed_long_ago_is_the_next_one() -> None:
    assert parse_day("29 jan", date(2027, 3, 2)) == date(2028, 1, 29)
    assert parse_day("29 jan 2027", date(2027, 1, 31)) == date(2027, 1, 29)


def test_the_wrong_weekday_for_a_date_is_refused_with_the_right_one() -> None:
    with pytest.raises(InvalidInput, match="2026-11-27 is a Friday, not a Monday"):
        parse_day("mon 27 nov", TODAY)


def test_no_month_has_a_day_0() -> None:
    with pytest.raises(InvalidInput, match="No month has a day 0"):
        parse_day("0th", TODAY)


def test_weeks_lead_no_further_than_years() -> None:
    with pytest.raises(InvalidInput, match="too far away"):
        parse_day("9999w", TODAY)


@given(
    st.one_of(
        st.text(max_size=20),
        st.lists(st.sampled_from("next last fri 3 d of the end month 9 nov . / - + 31 ago in week".split())).map(" ".join),
    )
)
def test_any_text_is_parsed_or_refused(words: str) -> None:
    for past in (False, True):
        try:
            assert isinstance(parse_day(words, TODAY, prefer_past=past), date)
        except InvalidInput as error:
            assert error.message
        try:
            assert isinstance(parse_datetime(words, NOW), datetime)
        except InvalidInput as error:
            assert error.message


# ------------------------------------------------------------------ times, durations, periods


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("now", "2026-11-11T09:08:07"), ("today", "2026-11-11T09:08:07"), ("", "2026-11-11T09:08:07"),
        ("yesterday", "2026-11-10T12:00:00"), ("14:30", "2026-11-11T14:30:00"), ("at 14:30", "2026-11-11T14:30:00"),
        ("14.30", "2026-11-11T14:30:00"),
        # with a dot, what can be a day of a month is one, as in --due
        ("15.10", "2026-10-15T12:00:00"), ("9.05", "2026-05-09T12:00:00"), ("at 15.11", "2026-11-11T15:11:00"),
        ("15.10 14.30", "2026-10-15T14:30:00"), ("15.10. 9.05", "2026-10-15T09:05:00"), ("yesterday 15.11", "2026-11-10T15:11:00"),
        ("15.11 yesterday", "2026-11-10T15:11:00"), ("sun 8.11", "2026-11-08T12:00:00"), ("fri 9.30", "2026-11-06T09:30:00"),
        ("3pm yesterday", "2026-11-10T15:00:00"), ("10am 9 nov", "2026-11-09T10:00:00"), ("2 days", "2026-11-09T12:00:00"),
        ("a week", "2026-11-04T12:00:00"), ("tomorrow 10:00", "2026-11-12T10:00:00"), ("in 2 weeks", "2026-11-25T12:00:00"),
        ("14h30", "2026-11-11T14:30:00"), ("3pm", "2026-11-11T15:00:00"), ("1pm", "2026-11-11T13:00:00"),
        ("3 p.m.", "2026-11-11T15:00:00"), ("12am", "2026-11-11T00:00:00"), ("12pm", "2026-11-11T12:00:00"),
        ("noon", "2026-11-11T12:00:00"), ("midnight", "2026-11-11T00:00:00"), ("9:05 pm", "2026-11-11T21:05:00"),
        ("today 8:00", "2026-11-11T08:00:00"), ("yesterday 3pm", "2026-11-10T15:00:00"), ("yesterday at 14:30", "2026-11-10T14:30:00"),
        ("fri, 9:00", "2026-11-06T09:00:00"), ("9 nov 10:15", "2026-11-09T10:15:00"), ("2026-11-09T14:30", "2026-11-09T14:30:00"),
        ("2026-11-09 14:30:59", "2026-11-09T14:30:00"), ("2026-11-09", "2026-11-09T12:00:00"),
        ("3 days ago at noon", "2026-11-08T12:00:00"),
    ],
)  # fmt: skip
def test_words_are_parsed_as_a_date_and_time(words: str, moment: str) -> None:
    assert parse_datetime(words, NOW) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "words", ["25:00", "14:60", "13pm", "0am", "24:00", "yesterday 99:99", "soon", "14:30 yesterday maybe", "03/04 10:00"]
)
def test_an_invalid_time_is_refused(words: str) -> None:
    with pytest.raises(InvalidInput):
        parse_datetime(words, NOW)


@pytest.mark.parametrize(
    ("words", "moment"),
    [("sat 14:30", "2026-11-07T14:30:00"), ("last sat 3pm", "2026-11-07T15:00:00"), ("aug 1st 14:30", "2026-08-01T14:30:00")],
)
def test_a_t_before_the_time_belongs_to_the_day(words: str, moment: str) -> None:
    assert parse_datetime(words, NOW) == datetime.fromisoformat(moment)
