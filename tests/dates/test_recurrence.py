"""Recurrences as people type them, and as they are told back. The first day is Wednesday, 11 November 2026."""

import calendar
import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dates.test_rrule import next_days
from vaultcrm.dates.recurrence import Recurrence, describe_rule, first_due, parse_rule
from vaultcrm.dates.rrule import next_date
from vaultcrm.errors import InvalidInput

DUE = date(2026, 11, 11)
MONTH_END = ";BYMONTHDAY=28,29,30,31;BYSETPOS=-1"


def rule_of(words: str, due: date = DUE) -> str:
    return parse_rule(words, due, due).rule


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("day", "FREQ=DAILY"), ("daily", "FREQ=DAILY"), ("every day", "FREQ=DAILY"), ("3 days", "FREQ=DAILY;INTERVAL=3"),
        ("other day", "FREQ=DAILY;INTERVAL=2"),
        # the day is that of the first one
        ("week", "FREQ=WEEKLY;BYDAY=WE"), ("Each  Week", "FREQ=WEEKLY;BYDAY=WE"), ("weekly", "FREQ=WEEKLY;BYDAY=WE"),
        ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"), ("fortnightly", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"),
        ("every two weeks", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"), ("every other week", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"),
        ("every second week", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"), ("every 2nd week", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"),
        ("month", "FREQ=MONTHLY;BYMONTHDAY=11"), ("monthly", "FREQ=MONTHLY;BYMONTHDAY=11"),
        ("2 months", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=11"),
        ("quarter", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=11"), ("2 quarters", "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=11"),
        ("half year", "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=11"), ("year", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=11"),
        ("annually", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=11"),
        # the words name it
        ("monday", "FREQ=WEEKLY;BYDAY=MO"), ("every friday", "FREQ=WEEKLY;BYDAY=FR"), ("every mon and thu", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("mondays, fridays", "FREQ=WEEKLY;BYDAY=MO,FR"), ("on tues", "FREQ=WEEKLY;BYDAY=TU"),
        ("weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), ("week on tue", "FREQ=WEEKLY;BYDAY=TU"),
        ("2 weeks on mon", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"), ("2 weeks on weekdays", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR"),
        ("month on the 15th", "FREQ=MONTHLY;BYMONTHDAY=15"), ("month on 1", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("the 15th", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("15th of the month", "FREQ=MONTHLY;BYMONTHDAY=15"), ("month on the 1st and 15th", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
        ("month on the 31st", "FREQ=MONTHLY" + MONTH_END), ("month on the 30th", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
        ("month on the 29th", "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1"), ("month on the 28th", "FREQ=MONTHLY;BYMONTHDAY=28"),
        ("2 months on the 31st", "FREQ=MONTHLY;INTERVAL=2" + MONTH_END),
        ("month on the last day", "FREQ=MONTHLY;BYMONTHDAY=-1"), ("last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("end of every month", "FREQ=MONTHLY;BYMONTHDAY=-1"), ("month on the last friday", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("last friday of each month", "FREQ=MONTHLY;BYDAY=-1FR"), ("month on the 2nd tue", "FREQ=MONTHLY;BYDAY=2TU"),
        ("month on the last weekday", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
        ("year on 24 dec", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"), ("year on december 24th", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"),
        ("24 december", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"), ("year on 29 feb", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
        # ends
        ("week until 2026-12-31", "FREQ=WEEKLY;UNTIL=20261231;BYDAY=WE"), ("friday until 18 dec", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261218"),
        ("day for 3 times", "FREQ=DAILY;COUNT=3"), ("day, 3 times", "FREQ=DAILY;COUNT=3"), ("day, 1 time in all", "FREQ=DAILY;COUNT=1"),
        # RRULEs stay as they are
        ("FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2"), ("rrule:freq=daily", "FREQ=DAILY"),
        ("  FREQ = WEEKLY; BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO"),
    ],
)  # fmt: skip
def test_words_are_parsed_as_a_rule(words: str, rule: str) -> None:
    assert parse_rule(words, DUE, DUE) == Recurrence(rule, "scheduled")


@pytest.mark.parametrize("ending", [" when done", " after completion", " (when done)", " after it is done"])
def test_a_recurrence_that_counts_from_completion_names_no_day(ending: str) -> None:
    assert parse_rule("2 weeks" + ending, DUE, DUE) == Recurrence("FREQ=WEEKLY;INTERVAL=2", "completion")
    assert parse_rule("FREQ=DAILY" + ending, DUE, DUE) == Recurrence("FREQ=DAILY", "completion")
    assert parse_rule(f"2 weeks{ending}, 3 times", DUE, DUE) == Recurrence("FREQ=WEEKLY;INTERVAL=2;COUNT=3", "completion")


@pytest.mark.parametrize(
    "words",
    [
        "", "soon", "0 weeks", "zero weeks", "hour", "3 hours", "fri 13", "month on the 32nd", "month on the 0th", "day on monday",
        "week on the 15th", "year on foo 3", "a lot of weeks", "last week", "week until", "week until soon", "day 0 times", "when done",
        "month on the 1st and friday", "fifth friday of the month", "FREQ=HOURLY", "FREQ=SECONDLY", "INTERVAL=2", "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;INTERVAL=-1", "FREQ=DAILY;COUNT=x", "FREQ=DAILY;COUNT=100000", "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;UNTIL=soon", "FREQ=DAILY;BYHOUR=1", "FREQ=DAILY;EXDATE=20260101", "FREQ=DAILY;",
        "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 300), "FREQ=DAILY;BYEASTER=0", "FREQ=WEEKLY;WKST=XX", "FREQ=DAILY;INTERVAL=２",
        "RRULE:FREQ=WEEKLY RRULE:FREQ=DAILY",
    ],
)  # fmt: skip
def test_an_invalid_recurrence_is_refused(words: str) -> None:
    with pytest.raises(InvalidInput):
        parse_rule(words, DUE, DUE)


def test_an_ordinal_applies_to_each_weekday() -> None:
    rule = rule_of("month on the first mon and thu")
    assert rule == "FREQ=MONTHLY;BYDAY=1MO,1TH"
    assert next_days(rule, "2026-11-30", 3) == ["2026-12-03", "2026-12-07", "2027-01-04"]


@pytest.mark.parametrize("month", range(1, 13))
def test_a_day_that_never_occurs_is_refused(month: int) -> None:
    name, last = calendar.month_name[month], calendar.monthrange(2026, month)[1]
    assert rule_of(f"year on {name} {last}") == f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={last}"
    with pytest.raises(InvalidInput):
        rule_of(f"year on {name} {calendar.monthrange(2028, month)[1] + 1}")


@pytest.mark.parametrize(
    ("word", "number"), [("first", 1), ("1st", 1), ("second", 2), ("third", 3), ("3rd", 3), ("fourth", 4), ("4th", 4), ("last", -1)]
)
def test_ordinals_count_the_weekdays_of_a_month(word: str, number: int) -> None:
    assert rule_of(f"month on the {word} friday") == f"FREQ=MONTHLY;BYDAY={number}FR"


@pytest.mark.parametrize(
    ("due", "rule"),
    [
        (28, "FREQ=MONTHLY;BYMONTHDAY=28"),
        (29, "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1"),
        (30, "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
        (31, "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
    ],
)
def test_a_shorter_month_uses_its_last_day(due: int, rule: str) -> None:
    assert parse_rule("month", date(2027, 1, due), DUE) == Recurrence(rule, "scheduled")
    assert parse_rule("month when done", date(2027, 1, due), DUE) == Recurrence("FREQ=MONTHLY", "completion")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("friday", "2026-11-13"), ("wed", "2026-11-11"), ("weekday", "2026-11-11"), ("day", "2026-11-11"), ("mon and thu", "2026-11-12"),
        ("month on the 1st", "2026-12-01"), ("month on the last day", "2026-11-30"), ("24 dec", "2026-12-24"),
        ("2 weeks on mon", "2026-11-16"),
        ("friday when done", "2026-11-13"),
    ],
)  # fmt: skip
def test_the_first_day_of_a_rule_that_names_its_days(words: str, day: str) -> None:
    assert first_due(parse_rule(words, None, DUE).rule, DUE) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "words", ["week", "2 weeks", "month", "year", "3 days", "FREQ=WEEKLY", "month when done", "friday until 1 sep 2026"]
)
def test_another_rule_needs_a_first_day(words: str) -> None:
    with pytest.raises(InvalidInput, match="needs a first date"):
        first_due(parse_rule(words, None, DUE).rule, DUE)


def test_a_leap_day_follow_up_recurs_every_year() -> None:
    rule = rule_of("year", date(2028, 2, 29))
    assert next_days(rule, "2028-02-29", 4) == ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


RECURRENCES = [
    "day", "3 days", "week", "2 weeks", "mon and thu", "weekday", "2 weeks on weekdays", "month", "2 months", "month on the 31st",
    "month on the last day",
    "month on the last friday", "month on the first mon and thu", "month on the last weekday", "month on the 1st and 15th", "quarter",
    "year",
    "year on 29 feb", "24 dec",
]  # fmt: skip
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@given(st.sampled_from(RECURRENCES), DAYS, st.integers(0, 400))
def test_every_recurrence_has_a_later_next_date(words: str, due: date, late: int) -> None:
    rule = rule_of(words, due)
    after = due + timedelta(late)
    following = next_date(rule, due, after, 1)
    assert following is not None
    # the longest step is a year
    assert after < following <= after + timedelta(366)
    if "month" in words and "on" not in words.split():
        assert following.day == due.day or (due.day > 28 and (following + timedelta(1)).day == 1)


@given(st.sampled_from(RECURRENCES), DAYS, st.sampled_from(["", " when done"]), st.sampled_from(["", ", 3 times", " until 2026-12-31"]))
def test_what_is_told_back_can_be_typed(words: str, due: date, anchor: str, end: str) -> None:
    first = parse_rule(words + anchor + end, due, due)
    told = describe_rule(first.rule, first.anchor, due)
    again = parse_rule(told, due, due)
    assert (sorted(again.rule.split(";")), again.anchor) == (sorted(first.rule.split(";")), first.anchor)


# ------------------------------------------------------------------------------ rules to words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day"), ("FREQ=DAILY;INTERVAL=3", "every 3 days"), ("FREQ=DAILY;COUNT=3", "every day, 3 times in all"),
        ("FREQ=DAILY;COUNT=1", "every day, 1 time in all"), ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every 2 weeks on Friday"),
        ("FREQ=WEEKLY;BYDAY=TH,MO", "every week on Monday and Thursday"),
        ("FREQ=WEEKLY;BYDAY=FR,TU,MO", "every week on Monday, Tuesday and Friday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"), ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR", "every 2 weeks on weekdays"),
        ("FREQ=WEEKLY;BYDAY=MO;WKST=SU", "every week on Monday"), ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
        ("FREQ=MONTHLY" + MONTH_END, "every month on the 31st or last day"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=28,29;BYSETPOS=-1", "every 2 months on the 29th or last day"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "every month on the 31st (shorter months are left out)"),
        ("FREQ=MONTHLY;BYMONTHDAY=22", "every month on the 22nd"), ("FREQ=MONTHLY;BYMONTHDAY=15,1", "every month on the 1st and 15th"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
        ("FREQ=MONTHLY;BYDAY=1TH,1MO", "every month on the first Monday and Thursday"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "every month on the last weekday"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=11", "every 3 months on the 11th"),
        ("FREQ=MONTHLY;BYMONTHDAY=1;UNTIL=2026-12-31", "every month on the 1st, until 2026-12-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=1;UNTIL=20261231T235959Z", "every month on the 1st, until 2026-12-31"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "every year on 24 December"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", "every year on 29 February"),
        ("DTSTART:20261102T090000Z;FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every 2 weeks on Friday"),
        # a day that follows from the first one
        ("FREQ=WEEKLY", "every week on Wednesday"), ("RRULE:FREQ=WEEKLY;INTERVAL=2", "every 2 weeks on Wednesday"),
        ("DTSTART:20261102;FREQ=WEEKLY", "every week on Monday"), ("FREQ=MONTHLY", "every month on the 11th"),
        ("DTSTART:20261031;FREQ=MONTHLY", "every month on the 31st (shorter months are left out)"),
        ("FREQ=YEARLY", "every year on 11 November"),
        # what the words can't say is not left out
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "every month (BYDAY=MO,TU;BYSETPOS=-1)"),
        ("FREQ=YEARLY;BYYEARDAY=100", "every year (BYYEARDAY=100)"),
        ("FREQ=DAILY;BYDAY=MO", "every day (BYDAY=MO)"), ("FREQ=WEEKLY;BYMONTH=1;COUNT=3", "every week (BYMONTH=1), 3 times in all"),
        ("FREQ=MONTHLY;BYDAY=5FR", "every month (BYDAY=5FR)"), ("FREQ=YEARLY;BYDAY=20MO", "every year (BYDAY=20MO)"),
        # what is not a rule
        ("whatever", "whatever"), ("FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=XX"), ("FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYMONTH=13"),
        ("RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY RRULE:FREQ=WEEKLY"),
    ],
)  # fmt: skip
def test_a_rule_is_described_in_words(rule: str, words: str) -> None:
    assert describe_rule(rule, "scheduled", DUE) == words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=MONTHLY", "every month when done"), ("FREQ=MONTHLY;INTERVAL=3", "every 3 months when done"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=5", "every 2 weeks when done, 5 times in all"),
        ("FREQ=WEEKLY;BYDAY=FR", "every week on Friday when done"),
    ],
)  # fmt: skip
def test_a_rule_that_counts_from_completion_says_so(rule: str, words: str) -> None:
    assert describe_rule(rule, "completion", DUE) == words


@given(
    st.lists(
        st.sampled_from(
            "FREQ= DAILY WEEKLY MONTHLY YEARLY ; INTERVAL= 3 0 BYDAY= MO -1FR , BYMONTHDAY= BYMONTH= BYSETPOS= -1 31 COUNT= UNTIL= "
            "20261231 x \0 \n RRULE: DTSTART: 20261102 every week on the 15th month until times".split(" ")
        )
    )
)
def test_any_text_is_described_and_parsed_or_refused(parts: list[str]) -> None:
    text = "".join(parts)
    assert isinstance(describe_rule(text, "scheduled", DUE), str)
    with contextlib.suppress(InvalidInput):
        parse_rule(" ".join(parts), DUE, DUE)
