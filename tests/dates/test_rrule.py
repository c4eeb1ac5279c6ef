"""RRULEs: their parts, and the days that they name."""

import contextlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from tests.support import run_python
from vaultcrm.dates.rrule import (
    check_rule,
    depends_on_start,
    first_date,
    last_date,
    names_its_days,
    next_date,
    occurrences,
    split_rule,
    with_days_of,
    with_start,
)
from vaultcrm.errors import InvalidInput

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
    "rule",
    [
        "RRULE:FREQ=WEEKLY;BYDAY=MO\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1", "FREQ=WEEKLY\nFREQ=DAILY", "FREQ=WEEKLY FREQ=DAILY",
        "RRULE:FREQ=WEEKLY\nRRULE:COUNT=3", "RRULE:FREQ=WEEKLY;RRULE:FREQ=DAILY",
    ],
)  # fmt: skip
def test_two_rules_are_no_rule(rule: str) -> None:
    with pytest.raises(InvalidInput, match="more than one rule"):
        check_rule(rule)


@pytest.mark.parametrize("rule", ["DTSTART:20261102T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO", "DTSTART:20261102 ;\n FREQ=WEEKLY;BYDAY=MO\n"])
def test_a_rule_may_be_on_two_lines(rule: str) -> None:
    assert split_rule(rule) == ({"FREQ": "WEEKLY", "BYDAY": "MO"}, date(2026, 11, 2))


@pytest.mark.parametrize(
    "part",
    [
        "BYMONTH=13", "BYMONTH=0", "BYMONTH=-1", "BYMONTHDAY=32", "BYMONTHDAY=0", "BYMONTHDAY=", "BYMONTHDAY=1,", "BYSETPOS=0",
        "BYSETPOS=367",
        "BYYEARDAY=367", "BYWEEKNO=54", "BYDAY=0MO", "BYDAY=MO,", "BYDAY=100MO", "BYDAY=54MO", "BYDAY=6MO;BYMONTH=2",
        "BYDAY=mo;BYDAY=TU", "UNTIL=20261131",
        "COUNT=" + "9" * 400,
    ],
)  # fmt: skip
def test_a_part_has_only_the_values_of_the_rfc(part: str) -> None:
    with pytest.raises(InvalidInput):
        check_rule(f"FREQ=YEARLY;{part}")


# ---------------------------------------------------------------------------------- days named


@pytest.mark.parametrize(
    ("rule", "day", "named"),
    [
        ("FREQ=DAILY;INTERVAL=3", "2026-11-11", "FREQ=DAILY;INTERVAL=3"), ("FREQ=WEEKLY", "2026-11-11", "FREQ=WEEKLY;BYDAY=WE"),
        ("FREQ=WEEKLY;BYDAY=FR", "2026-11-11", "FREQ=WEEKLY;BYDAY=FR"), ("FREQ=MONTHLY", "2026-11-11", "FREQ=MONTHLY;BYMONTHDAY=11"),
        ("FREQ=MONTHLY;INTERVAL=3", "2026-11-30", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
        ("FREQ=YEARLY", "2026-11-30", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30"),
        ("FREQ=YEARLY", "2026-12-31", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"),
        ("FREQ=YEARLY", "2028-02-29", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
        ("FREQ=YEARLY;BYMONTH=4", "2026-01-31", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
        ("FREQ=YEARLY;BYMONTH=1,7", "2026-01-31", "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=31"),
        ("DTSTART:20261102;FREQ=WEEKLY", "2026-11-11", "FREQ=WEEKLY;BYDAY=WE"),
    ],
)  # fmt: skip
def test_a_rule_with_the_days_that_it_has_by_its_start(rule: str, day: str, named: str) -> None:
    assert with_days_of(rule, date.fromisoformat(day)) == named
    assert names_its_days(named) or named.startswith("FREQ=DAILY")


@pytest.mark.parametrize(
    ("rule", "depends"),
    [
        ("FREQ=DAILY", False), ("FREQ=DAILY;INTERVAL=2", True), ("FREQ=WEEKLY", True), ("FREQ=WEEKLY;BYDAY=FR", False),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", True), ("DTSTART:20261102;FREQ=WEEKLY;INTERVAL=2", False), ("FREQ=YEARLY;BYMONTH=4", True),
    ],
)  # fmt: skip
def test_whether_a_rule_depends_on_the_day_that_it_is_counted_from(rule: str, depends: bool) -> None:
    assert depends_on_start(rule) is depends
    assert not depends_on_start(with_start(rule, date(2026, 11, 2)))


def test_the_first_date_may_be_the_same_day() -> None:
    assert first_date("FREQ=WEEKLY;BYDAY=WE", date(2026, 11, 11)) == date(2026, 11, 11)
    assert first_date("FREQ=WEEKLY;BYDAY=TU", date(2026, 11, 11)) == date(2026, 11, 17)


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("FREQ=WEEKLY;BYDAY=FR", "2026-11-20"),
        ("FREQ=WEEKLY;BYDAY=MO", "2026-11-23"),
        ("FREQ=DAILY", "2026-11-23"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2024-02-29"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", None),
    ],
)
def test_the_last_date_of_a_rule(rule: str, last: str | None) -> None:
    assert last_date(rule, date(2026, 11, 23)) == (last and date.fromisoformat(last))


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


# ------------------------------------------------------------------------------- hostile rules


@pytest.mark.parametrize("frequency", ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
def test_a_rule_that_matches_no_date_is_given_up_soon(frequency: str) -> None:
    """In a separate process, so that it can be killed."""
    program = """if True:
        import datetime, sys
        from vaultcrm.dates.rrule import next_date
        day = datetime.date(2026, 1, 1)
        print(next_date(sys.argv[1], day, day, 0))
    """
    rule = f"FREQ={frequency};BYMONTHDAY=31;BYMONTH=2,4,6,9,11"
    assert run_python(program, rule).stdout == "None\n"


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
    st.sampled_from(
        (
            "FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR",
            "FREQ=MONTHLY",
            "FREQ=MONTHLY;BYDAY=-1FR",
            "FREQ=YEARLY",
            "FREQ=YEARLY;BYWEEKNO=53",
            "FREQ=YEARLY;BYYEARDAY=366",
            "FREQ=MONTHLY;BYMONTHDAY=29;INTERVAL=5",
            "FREQ=YEARLY;COUNT=7",
        )
    ),
    st.datetimes(datetime(1890, 1, 1), datetime(2110, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.integers(0, 6_000),
    st.integers(0, 600),
)
def test_the_occurrences_of_a_calendar_are_those_of_dateutil(rule: str, start: datetime, wait: int, days: int) -> None:
    first = start + timedelta(wait)
    last = first + timedelta(days)
    assert occurrences(rule, start, first, last, None) == rrulestr(rule, dtstart=start).between(first, last, inc=True)


def test_the_end_of_a_series_may_be_in_utc() -> None:
    start, last = datetime(2026, 3, 1, 20), datetime(2026, 12, 31)
    rule = "FREQ=DAILY;UNTIL=20260303T010000Z"  # the evening before in New York
    assert occurrences(rule, start, start, last, ZoneInfo("America/New_York")) == [start, datetime(2026, 3, 2, 20)]
    assert occurrences(rule, start, start, last, None) == [start, datetime(2026, 3, 2, 20)]
    assert occurrences("FREQ=DAILY;UNTIL=20260303", start, start, last, None)[-1] == datetime(2026, 3, 3, 20)
    assert occurrences("FREQ=DAILY;UNTIL=20260227", start, start, last, None) == []


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
