"""Recurrences as people type them, and the dates of their rules."""

import calendar
import contextlib
import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.dates.recurrence import check_rule, next_date, parse_rule
from vaultcrm.errors import InvalidInput

DUE = date(2026, 11, 11)  # a Wednesday
MONTH_END = ";BYMONTHDAY=28,29,30,31;BYSETPOS=-1"


def next_days(rule: str, start: str, count: int) -> list[str]:
    """The next `count` dates of a follow-up that is completed each time on its date."""
    day, days = date.fromisoformat(start), []
    for done in range(1, count + 1):
        following = next_date(rule, date.fromisoformat(start), day, done)
        if following is None:
            break
        day = following
        days.append(day.isoformat())
    return days


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("day", "FREQ=DAILY"), ("daily", "FREQ=DAILY"), ("every day", "FREQ=DAILY"), ("3 days", "FREQ=DAILY;INTERVAL=3"),
        ("other day", "FREQ=DAILY;INTERVAL=2"), ("week", "FREQ=WEEKLY"), ("Each  Week", "FREQ=WEEKLY"),
        ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2"), ("fortnightly", "FREQ=WEEKLY;INTERVAL=2"), ("monday", "FREQ=WEEKLY;BYDAY=MO"),
        ("every mon and thu", "FREQ=WEEKLY;BYDAY=MO,TH"), ("mondays, fridays", "FREQ=WEEKLY;BYDAY=MO,FR"),
        ("weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), ("week on tue", "FREQ=WEEKLY;BYDAY=TU"),
        ("2 weeks on mon", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"), ("month", "FREQ=MONTHLY"), ("monthly", "FREQ=MONTHLY"),
        ("month on the 15th", "FREQ=MONTHLY;BYMONTHDAY=15"), ("month on 1", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("month on the last day", "FREQ=MONTHLY;BYMONTHDAY=-1"), ("month on the last friday", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("month on the 2nd tue", "FREQ=MONTHLY;BYDAY=2TU"), ("month on the last weekday", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
        ("quarter", "FREQ=MONTHLY;INTERVAL=3"), ("2 quarters", "FREQ=MONTHLY;INTERVAL=6"), ("year", "FREQ=YEARLY"),
        ("annually", "FREQ=YEARLY"), ("year on 24 dec", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"),
        ("year on december 24th", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"), ("FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2"),
        ("rrule:freq=daily", "FREQ=DAILY"),
    ],
)  # fmt: skip
def test_words_are_parsed_as_a_rule(words: str, rule: str) -> None:
    assert parse_rule(words, DUE) == (rule, "scheduled")
    check_rule(rule)


@pytest.mark.parametrize("ending", [" when done", " after completion", " (when done)", " after it is done"])
def test_a_recurrence_can_count_from_completion(ending: str) -> None:
    assert parse_rule("2 weeks" + ending, DUE) == ("FREQ=WEEKLY;INTERVAL=2", "completion")
    assert parse_rule("FREQ=DAILY" + ending, DUE) == ("FREQ=DAILY", "completion")


@pytest.mark.parametrize(
    "words",
    [
        "", "soon", "0 weeks", "hour", "3 hours", "fri 13", "month on the 32nd", "month on the 0th", "day on monday", "week on the 15th",
        "year on foo 3", "FREQ=HOURLY", "FREQ=SECONDLY", "INTERVAL=2", "FREQ=WEEKLY;FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=-1", "FREQ=DAILY;COUNT=x", "FREQ=DAILY;COUNT=100000", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;UNTIL=soon",
        "FREQ=DAILY;BYHOUR=1", "FREQ=DAILY;EXDATE=20260101", "FREQ=DAILY;", "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 300),
        "FREQ=DAILY;BYEASTER=0", "FREQ=WEEKLY;WKST=XX", "FREQ=DAILY;INTERVAL=２",
    ],
)  # fmt: skip
def test_an_invalid_recurrence_is_refused(words: str) -> None:
    with pytest.raises(InvalidInput):
        parse_rule(words, DUE)


def test_spaces_before_a_rule_are_ignored() -> None:
    assert parse_rule("  FREQ=WEEKLY", DUE) == ("FREQ=WEEKLY", "scheduled")


def test_an_ordinal_applies_to_each_weekday() -> None:
    rule, _ = parse_rule("month on the first mon and thu", DUE)
    assert rule == "FREQ=MONTHLY;BYDAY=1MO,1TH"
    assert next_days(rule, "2026-11-30", 3) == ["2026-12-03", "2026-12-07", "2027-01-04"]


@pytest.mark.parametrize("month", range(1, 13))
def test_a_day_that_never_occurs_is_refused(month: int) -> None:
    name, last = calendar.month_name[month], calendar.monthrange(2028, month)[1]  # a leap year
    assert parse_rule(f"year on {name} {last}", DUE)[0] == f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={last}"
    with pytest.raises(InvalidInput):
        parse_rule(f"year on {name} {last + 1}", DUE)


@pytest.mark.parametrize(
    ("word", "number"), [("first", 1), ("1st", 1), ("second", 2), ("third", 3), ("3rd", 3), ("fourth", 4), ("4th", 4), ("last", -1)]
)
def test_ordinals_count_the_weekdays_of_a_month(word: str, number: int) -> None:
    assert parse_rule(f"month on the {word} friday", DUE)[0] == f"FREQ=MONTHLY;BYDAY={number}FR"


@pytest.mark.parametrize("name", ["INTERVAL", "COUNT"])
def test_a_number_in_a_rule_is_from_1_to_1000(name: str) -> None:
    check_rule(f"FREQ=DAILY;{name}=1000")
    with pytest.raises(InvalidInput) as raised:
        check_rule(f"FREQ=DAILY;{name}=1001")
    assert (raised.value.message, raised.value.hint) == (f"{name}=1001 is not a number from 1 to 1000.", f"Write it like {name}=2.")


def test_an_invalid_until_is_refused_with_an_example() -> None:
    with pytest.raises(InvalidInput) as raised:
        check_rule("FREQ=DAILY;UNTIL=soon")
    assert (raised.value.message, raised.value.hint) == ("UNTIL=SOON is not a date I understand.", "Write it like UNTIL=20261109.")


def test_a_rule_has_at_most_500_characters() -> None:
    rule = "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["10"] * 158) + ",11"
    assert len(rule) == 500
    check_rule(rule)
    with pytest.raises(InvalidInput):
        check_rule("RRULE:" + rule)


@pytest.mark.parametrize(
    ("due", "rule"),
    [
        (28, "FREQ=MONTHLY"),
        (29, "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1"),
        (30, "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
        (31, "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
    ],
)
def test_a_shorter_month_uses_its_last_day(due: int, rule: str) -> None:
    assert parse_rule("month", date(2027, 1, due)) == (rule, "scheduled")
    assert parse_rule("month when done", date(2027, 1, due)) == ("FREQ=MONTHLY", "completion")


# ---------------------------------------------------------------------------------- next_date


@pytest.mark.parametrize(
    ("rule", "start", "days"),
    [
        ("FREQ=DAILY", "2026-12-30", ["2026-12-31", "2027-01-01"]),
        ("FREQ=WEEKLY;INTERVAL=2", "2026-11-11", ["2026-11-25", "2026-12-09"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-11", ["2026-11-12", "2026-11-16", "2026-11-19"]),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-13", ["2026-11-16", "2026-11-17"]),
        ("FREQ=MONTHLY", "2026-11-11", ["2026-12-11", "2027-01-11"]),
        ("FREQ=MONTHLY" + MONTH_END, "2027-01-31", ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        ("FREQ=MONTHLY;INTERVAL=3" + MONTH_END, "2026-11-30", ["2027-02-28", "2027-05-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2028-01-31", ["2028-02-29", "2028-03-31"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-27", ["2026-12-25", "2027-01-29"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-11-30", ["2026-12-31", "2027-01-29"]),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "2026-11-11", ["2026-12-24", "2027-12-24"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-11-11", ["2028-02-29", "2032-02-29"]),
        ("RRULE:FREQ=DAILY;INTERVAL=10", "2026-11-11", ["2026-11-21", "2026-12-01"]),
        ("DTSTART:20261102;FREQ=WEEKLY;INTERVAL=2", "2026-11-11", ["2026-11-16", "2026-11-30"]),  # as TaskNotes writes it
        ("DTSTART=2026-11-02T090000Z;FREQ=WEEKLY", "2026-11-11", ["2026-11-16", "2026-11-23"]),
    ],
)
def test_the_next_dates_of_a_rule(rule: str, start: str, days: list[str]) -> None:
    assert next_days(rule, start, len(days)) == days


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;COUNT=3", ["2026-11-12", "2026-11-13"]),
        ("FREQ=DAILY;COUNT=1", []),
        ("FREQ=DAILY;UNTIL=20261113", ["2026-11-12", "2026-11-13"]),
        ("FREQ=DAILY;UNTIL=2026-11-13", ["2026-11-12", "2026-11-13"]),
        ("FREQ=DAILY;UNTIL=20261113T235959Z", ["2026-11-12", "2026-11-13"]),
        ("FREQ=DAILY;UNTIL=20261111", []),
        ("FREQ=DAILY;COUNT=9;UNTIL=20261112", ["2026-11-12"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", []),
    ],
)
def test_a_rule_ends_after_its_count_or_its_last_day(rule: str, days: list[str]) -> None:
    assert next_days(rule, "2026-11-11", 5) == days


def test_the_next_date_is_after_the_given_day_however_late_it_is() -> None:
    start = date(2026, 11, 11)
    assert next_date("FREQ=WEEKLY", start, date(2026, 11, 30), 1) == date(2026, 12, 2)
    assert next_date("FREQ=WEEKLY", start, date(2026, 12, 2), 1) == date(2026, 12, 9)
    assert next_date("FREQ=WEEKLY", start, date(2026, 11, 1), 1) == start


def test_the_next_date_is_at_most_30_years_away() -> None:
    day = date(2026, 1, 1)
    assert next_date("FREQ=YEARLY;INTERVAL=30;UNTIL=20991231", day, day, 0) == date(2056, 1, 1)
    assert next_date("FREQ=YEARLY;INTERVAL=31;UNTIL=20991231", day, day, 0) is None


def test_a_leap_day_follow_up_recurs_every_year() -> None:
    rule, _ = parse_rule("year", date(2028, 2, 29))
    assert next_days(rule, "2028-02-29", 4) == ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


RECURRENCES = [
    "day",
    "3 days",
    "week",
    "2 weeks",
    "mon and thu",
    "weekday",
    "month",
    "2 months",
    "month on the 31st",
    "month on the last friday",
    "quarter",
    "year",
]


@given(st.sampled_from(RECURRENCES), st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_every_recurrence_has_a_later_next_date(words: str, due: date, late: int) -> None:
    rule, _ = parse_rule(words, due)
    after = due + timedelta(late)
    following = next_date(rule, due, after, 1)
    assert following is not None
    # the longest step is a year
    assert after < following <= after + timedelta(366)
    if "month" in words and "on" not in words.split():
        assert following.day == due.day or (due.day > 28 and (following + timedelta(1)).day == 1)


# ------------------------------------------------------------------------------- hostile rules


@pytest.mark.parametrize("frequency", ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
def test_a_rule_that_matches_no_date_is_given_up_soon(frequency: str) -> None:
    """In a separate process, so that it can be killed."""
    program = """if True:
        import datetime, sys
        from vaultcrm.dates.recurrence import next_date
        day = datetime.date(2026, 1, 1)
        print(next_date(sys.argv[1], day, day, 0))
    """
    rule = f"FREQ={frequency};BYMONTHDAY=31;BYMONTH=2,4,6,9,11"
    assert subprocess.run([sys.executable, "-c", program, rule], timeout=10, capture_output=True).stdout == b"None\n"


def test_a_rule_that_started_too_long_ago_is_refused() -> None:
    start = date(1900, 1, 1)
    limit = start + timedelta(days=4 * 30 * 366)
    assert next_date("FREQ=YEARLY", start, limit, 0) == date(2021, 1, 1)
    with pytest.raises(InvalidInput, match="starts too long ago") as raised:
        next_date("FREQ=YEARLY", start, limit + timedelta(1), 0)
    assert raised.value.hint == "Give it a later start date (DTSTART)."
    with pytest.raises(InvalidInput, match="starts too long ago"):
        next_date("DTSTART:18500101;FREQ=DAILY", date(2026, 1, 1), date(2026, 1, 1), 0)


def test_bysetpos_in_a_daily_rule_is_refused() -> None:
    with pytest.raises(InvalidInput, match="can't have BYSETPOS"):
        check_rule("FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2,4,6,9,11;BYSETPOS=1,2,3,4")


def test_the_last_date_of_the_calendar_has_no_next_date() -> None:
    assert next_date("FREQ=DAILY", date(9999, 12, 31), date(9999, 12, 31), 0) is None


@given(
    st.lists(
        st.sampled_from(
            "FREQ= DAILY WEEKLY MONTHLY ; INTERVAL= 3 BYDAY= MO -1FR , BYMONTHDAY= -1 31 COUNT= UNTIL= 20261231 x \0 DTSTART:".split(" ")
        )
    )
)
def test_any_rule_is_accepted_or_refused(parts: list[str]) -> None:
    rule = "".join(parts)
    with contextlib.suppress(InvalidInput):
        check_rule(rule)
