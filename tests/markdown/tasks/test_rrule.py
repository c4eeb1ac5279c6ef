"""Recurrence rules in parts: written, parsed, and their next date."""

from datetime import date

import pytest

from vaultcrm.markdown.tasks.rrule import RecurrenceRule, format_rrule, next_date, parse_rrule


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (RecurrenceRule("DAILY"), "FREQ=DAILY"),
        (RecurrenceRule("WEEKLY", 2, weekdays=((0, 0), (4, 0))), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR"),
        (RecurrenceRule("MONTHLY", month_days=(15, -1)), "FREQ=MONTHLY;BYMONTHDAY=15,-1"),
        (RecurrenceRule("MONTHLY", weekdays=((1, 2), (6, -1))), "FREQ=MONTHLY;BYDAY=2TU,-1SU"),
        (RecurrenceRule("YEARLY", months=(1, 7), weeks=(20, 21)), "FREQ=YEARLY;BYMONTH=1,7;BYWEEKNO=20,21"),
        (RecurrenceRule("DAILY", times=3, hours=(9, 17)), "FREQ=DAILY;COUNT=3;BYHOUR=9,17"),
        (RecurrenceRule("DAILY", until=date(987, 1, 2)), "FREQ=DAILY;UNTIL=09870102"),
    ],
)
def test_a_rule_is_written_and_parsed(rule: RecurrenceRule, text: str) -> None:
    assert format_rrule(rule) == text
    assert parse_rrule(text) == rule


@pytest.mark.parametrize(
    ("rrule", "start", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=3", "2026-02-27", "2026-03-02"),
        # the weekday, the day of the month and the month of the start, if the rule names none
        ("FREQ=WEEKLY", "2026-11-11", "2026-11-18"),
        ("FREQ=MONTHLY", "2026-01-31", "2026-03-31"),
        ("FREQ=YEARLY", "2028-02-29", "2032-02-29"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "2026-02-01", "2026-02-27"),
        ("FREQ=MONTHLY;BYDAY=5FR", "2026-01-30", "2026-05-29"),
        ("FREQ=YEARLY;BYDAY=53MO", "2026-11-11", "2029-12-31"),
        ("FREQ=YEARLY;BYMONTH=1;BYDAY=1MO", "2026-11-11", "2027-01-04"),
        # an hour of 25 is on the next day
        ("FREQ=DAILY;BYHOUR=25", "2026-11-11", "2026-11-12"),
        ("FREQ=WEEKLY;BYDAY=WE;BYHOUR=25", "2026-11-11", "2026-11-12"),
        ("FREQ=HOURLY;INTERVAL=5", "2026-11-11", "2026-11-12"),
        ("FREQ=HOURLY;INTERVAL=5;BYDAY=SA", "2026-11-11", "2026-11-14"),
        # the start counts as the first time
        ("FREQ=DAILY;COUNT=2", "2026-11-11", "2026-11-12"),
        ("FREQ=DAILY;COUNT=1", "2026-11-11", None),
        ("FREQ=DAILY;UNTIL=20261112", "2026-11-11", "2026-11-12"),
        ("FREQ=DAILY;UNTIL=20261111", "2026-11-11", None),
        # UNTIL is a midnight
        ("FREQ=DAILY;BYHOUR=9;UNTIL=20261112", "2026-11-11", None),
        # unlike in RFC 5545, a day must match both kinds of weekday
        ("FREQ=MONTHLY;BYDAY=MO,1FR", "2026-11-11", None),
        # no such day
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-11-11", None),
        ("FREQ=MONTHLY;BYDAY=6MO", "2026-11-11", None),
        ("FREQ=WEEKLY;BYWEEKNO=54", "2026-11-11", None),
        # the edges of the calendar
        ("FREQ=DAILY", "9999-12-31", None),
        ("FREQ=YEARLY", "9999-06-01", None),
        ("FREQ=WEEKLY", "0001-01-03", "0001-01-10"),
    ],
)
def test_the_next_date(rrule: str, start: str, expected: str | None) -> None:
    following = next_date(parse_rrule(rrule), date.fromisoformat(start))
    assert (following.isoformat() if following else None) == expected
