"""The recurrence rules of the Obsidian Tasks plug-in, row by row.

The expected values are those of the plug-in, and of npm rrule with the plug-in's own steps around it
(`tests/robustness/task_rules.py`, which compares many more); the numbers are those of the facts that were seen by running it.
"""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.dates.iso import day_in
from vaultcrm.markdown.tasks.recurrence import Days, TaskRule, next_day, next_days, parse
from vaultcrm.markdown.tasks.rrule import rhythm_of, rrule_of

TODAY = date(2026, 11, 11)  # a Wednesday


def rule_of(words: str) -> TaskRule:
    rule = parse(words)
    assert rule is not None
    return rule


def days_in(text: str) -> Days:
    """ "2026-11-01 - 2026-11-11" as a start and a due date."""
    start, scheduled, due = map(day_in, text.split())
    return Days(start, scheduled, due)


def said(days: Days | None) -> str:
    return " ".join(day.isoformat() if day else "-" for day in days) if days else "never"


@pytest.mark.parametrize(
    ("words", "due", "expected"),
    [
        # 33 to 37: the step after its own date, on whatever day it was done
        ("every day", "2026-01-31", "2026-02-01 2026-02-02 2026-02-03 2026-02-04"),
        ("every 3 days", "2026-02-27", "2026-03-02 2026-03-05 2026-03-08 2026-03-11"),
        ("every 10 days", "2026-12-25", "2027-01-04 2027-01-14 2027-01-24 2027-02-03"),
        ("every week", "2026-11-11", "2026-11-18 2026-11-25 2026-12-02 2026-12-09"),
        ("every 2 weeks", "2026-12-24", "2027-01-07 2027-01-21 2027-02-04 2027-02-18"),
        ("every 4 weeks", "2026-01-01", "2026-01-29 2026-02-26 2026-03-26 2026-04-23"),
        ("every 6 weeks", "2026-10-30", "2026-12-11 2027-01-22 2027-03-05 2027-04-16"),
        ("every month", "2026-01-15", "2026-02-15 2026-03-15 2026-04-15 2026-05-15"),
        ("every 3 months", "2026-01-15", "2026-04-15 2026-07-15 2026-10-15 2027-01-15"),
        ("every 6 months", "2026-03-01", "2026-09-01 2027-03-01 2027-09-01 2028-03-01"),
        ("every year", "2026-07-04", "2027-07-04 2028-07-04 2029-07-04 2030-07-04"),
        ("every 2 years", "2026-07-04", "2028-07-04 2030-07-04 2032-07-04 2034-07-04"),
        ("every 400 days", "2026-01-01", "2027-02-05 2028-03-11 2029-04-15 2030-05-20"),
        # 38: a day that is missing gives the last that exists; the day is then forgotten
        ("every month", "2026-01-31", "2026-02-28 2026-03-28 2026-04-28 2026-05-28"),
        ("every month", "2028-01-31", "2028-02-29 2028-03-29 2028-04-29 2028-05-29"),
        ("every month", "2026-01-30", "2026-02-28 2026-03-28 2026-04-28 2026-05-28"),
        ("every month", "2026-01-29", "2026-02-28 2026-03-28 2026-04-28 2026-05-28"),
        ("every month", "2026-03-31", "2026-04-30 2026-05-30 2026-06-30 2026-07-30"),
        ("every month", "2026-08-31", "2026-09-30 2026-10-30 2026-11-30 2026-12-30"),
        ("every 2 months", "2026-12-31", "2027-02-28 2027-04-28 2027-06-28 2027-08-28"),
        ("every 2 months", "2026-08-31", "2026-10-31 2026-12-31 2027-02-28 2027-04-28"),
        ("every 3 months", "2026-11-30", "2027-02-28 2027-05-28 2027-08-28 2027-11-28"),
        ("every 3 months", "2026-05-31", "2026-08-31 2026-11-30 2027-02-28 2027-05-28"),
        ("every 6 months", "2026-08-31", "2027-02-28 2027-08-28 2028-02-28 2028-08-28"),
        ("every 12 months", "2028-02-29", "2029-02-28 2030-02-28 2031-02-28 2032-02-28"),
        ("every 18 months", "2026-08-31", "2028-02-29 2029-08-29 2031-02-28 2032-08-28"),
        ("every year", "2028-02-29", "2029-02-28 2030-02-28 2031-02-28 2032-02-28"),
        ("every 2 years", "2028-02-29", "2030-02-28 2032-02-28 2034-02-28 2036-02-28"),
        ("every 4 years", "2028-02-29", "2032-02-29 2036-02-29 2040-02-29 2044-02-29"),
        ("every 3 years", "2028-02-29", "2031-02-28 2034-02-28 2037-02-28 2040-02-28"),
        # 39: with " on " nothing is shortened
        ("every month on the 31st", "2026-01-31", "2026-03-31 2026-05-31 2026-07-31 2026-08-31"),
        ("every month on the 30th", "2026-01-30", "2026-03-30 2026-04-30 2026-05-30 2026-06-30"),
        ("every month on the 29th", "2026-01-29", "2026-03-29 2026-04-29 2026-05-29 2026-06-29"),
        ("every month on the 5th Friday", "2026-01-30", "2026-05-29 2026-07-31 2026-10-30 2027-01-29"),
        ("every 2 months on the 31st", "2026-02-28", "2026-08-31 2026-10-31 2026-12-31 2027-08-31"),
        ("every 2 months on the 31st", "2026-01-31", "2026-03-31 2026-05-31 2026-07-31 2027-01-31"),
        ("every 3 months on the 31st", "2026-01-31", "2026-07-31 2026-10-31 2027-01-31 2027-07-31"),
        ("every month on the 5th Monday", "2026-03-30", "2026-06-29 2026-08-31 2026-11-30 2027-03-29"),
        ("every month on the 32nd", "2026-01-31", "never"),
        ("every 2 months on the 30th", "2026-12-30", "2027-04-30 2027-06-30 2027-08-30 2027-10-30"),
        # 40: the last day, and the words lost behind it
        ("every month on the last", "2026-01-31", "2026-02-28 2026-03-31 2026-04-30 2026-05-31"),
        ("every month on the last day", "2026-01-31", "2026-02-28 2026-03-31 2026-04-30 2026-05-31"),
        ("every month on the last weekday", "2026-01-30", "2026-01-31 2026-02-28 2026-03-31 2026-04-30"),
        ("every month on the last", "2026-02-10", "2026-02-28 2026-03-31 2026-04-30 2026-05-31"),
        ("every 2 months on the last day", "2026-12-31", "2027-02-28 2027-04-30 2027-06-30 2027-08-31"),
        ("every month on the last Friday", "2026-01-30", "2026-02-27 2026-03-27 2026-04-24 2026-05-29"),
        ("every month on the 2nd last Friday", "2026-01-30", "2026-02-20 2026-03-20 2026-04-17 2026-05-22"),
        ("every month on the second last day", "2026-01-30", "2026-02-27 2026-03-30 2026-04-29 2026-05-30"),
        ("every month on the third last Monday", "2026-01-12", "2026-02-09 2026-03-16 2026-04-13 2026-05-11"),
        ("every year on the last", "2026-01-31", "2026-02-28 2026-03-31 2026-04-30 2026-05-31"),
        # 41: a step may stay in the same month or week
        ("every month on the 15th", "2026-01-10", "2026-01-15 2026-02-15 2026-03-15 2026-04-15"),
        ("every month on the 15th", "2026-01-15", "2026-02-15 2026-03-15 2026-04-15 2026-05-15"),
        ("every month on the 15th", "2026-01-20", "2026-02-15 2026-03-15 2026-04-15 2026-05-15"),
        ("every week on Friday", "2026-11-11", "2026-11-13 2026-11-20 2026-11-27 2026-12-04"),
        ("every week on Wednesday", "2026-11-11", "2026-11-18 2026-11-25 2026-12-02 2026-12-09"),
        ("every week on Tuesday", "2026-11-11", "2026-11-17 2026-11-24 2026-12-01 2026-12-08"),
        ("every month on the 1st", "2026-11-11", "2026-12-01 2027-01-01 2027-02-01 2027-03-01"),
        ("every month on the first Monday", "2026-11-01", "2026-11-02 2026-12-07 2027-01-04 2027-02-01"),
        ("every month on the 1st, 15th", "2026-11-11", "2026-11-15 2026-12-01 2026-12-15 2027-01-01"),
        ("every month on the 1st and 15th", "2026-11-11", "2026-11-15 2026-12-01 2026-12-15 2027-01-01"),
        ("every month on the second Tuesday", "2026-11-01", "2026-11-10 2026-12-08 2027-01-12 2027-02-09"),
        ("every month on the third Thursday", "2026-11-01", "2026-11-19 2026-12-17 2027-01-21 2027-02-18"),
        ("every month on the 4th Wednesday", "2026-11-01", "2026-11-25 2026-12-23 2027-01-27 2027-02-24"),
        ("every month on Monday", "2026-11-11", "2026-11-16 2026-11-23 2026-11-30 2026-12-07"),
        ("every month on weekdays", "2026-11-12", "2026-11-13 2026-11-16 2026-11-17 2026-11-18"),
        ("every week on Tuesday, Friday", "2026-11-11", "2026-11-13 2026-11-17 2026-11-20 2026-11-24"),
        ("every week on Tuesday and Friday", "2026-11-11", "2026-11-13 2026-11-17 2026-11-20 2026-11-24"),
        ("every week on the 2nd Monday", "2026-11-11", "2026-11-16 2026-11-23 2026-11-30 2026-12-07"),
        ("every year on Monday", "2026-12-27", "2026-12-28 2027-01-04 2027-01-11 2027-01-18"),
        ("every 6 months on the 15th", "2026-01-10", "2026-01-15 2026-07-15 2027-01-15 2027-07-15"),
        # 42: weeks begin on Monday and are counted from the week of the reference date
        ("every 2 weeks on Wednesday", "2026-01-31", "2026-02-11 2026-02-25 2026-03-11 2026-03-25"),
        ("every 2 weeks on Monday", "2026-02-01", "2026-02-09 2026-02-23 2026-03-09 2026-03-23"),
        ("every 2 weeks on Sunday", "2026-01-28", "2026-02-01 2026-02-15 2026-03-01 2026-03-15"),
        ("every 2 weeks on Saturday", "2026-01-31", "2026-02-14 2026-02-28 2026-03-14 2026-03-28"),
        ("every 3 weeks on Monday, Friday", "2026-01-28", "2026-01-30 2026-02-16 2026-02-20 2026-03-09"),
        ("every 2 Mondays", "2026-01-31", "2026-02-09 2026-02-23 2026-03-09 2026-03-23"),
        ("every 4 weeks on Thursday", "2026-12-25", "2027-01-21 2027-02-18 2027-03-18 2027-04-15"),
        # 43: every weekday
        ("every weekday", "2026-11-12", "2026-11-13 2026-11-16 2026-11-17 2026-11-18"),
        ("every weekday", "2026-11-14", "2026-11-16 2026-11-17 2026-11-18 2026-11-19"),
        ("every weekdays", "2026-11-13", "2026-11-16 2026-11-17 2026-11-18 2026-11-19"),
        ("every 2 weekdays", "2026-11-12", "2026-11-13 2026-11-23 2026-11-24 2026-11-25"),
        ("every 2 weeks on weekdays", "2026-11-13", "2026-11-23 2026-11-24 2026-11-25 2026-11-26"),
        ("every week on weekdays", "2026-11-13", "2026-11-16 2026-11-17 2026-11-18 2026-11-19"),
        # 44: a month keeps the day of the reference date
        ("every January", "2026-01-31", "2027-01-31 2028-01-31 2029-01-31 2030-01-31"),
        ("every January", "2026-11-11", "2027-01-11 2028-01-11 2029-01-11 2030-01-11"),
        ("every June", "2026-05-31", "never"),
        ("every June", "2026-05-30", "2026-06-30 2027-06-30 2028-06-30 2029-06-30"),
        ("every February", "2026-01-29", "2028-02-29 2032-02-29 2036-02-29 2040-02-29"),
        ("every February", "2026-01-30", "never"),
        ("every January, July", "2026-01-31", "2026-07-31 2027-01-31 2027-07-31 2028-01-31"),
        ("every April, May", "2026-03-31", "2026-05-31 2027-05-31 2028-05-31 2029-05-31"),
        ("every year on January 31", "2026-01-15", "2027-01-15 2028-01-15 2029-01-15 2030-01-15"),
        ("every January on the 15th", "2026-01-10", "2026-01-15 2027-01-15 2028-01-15 2029-01-15"),
        ("every January on the last Friday", "2026-01-10", "2026-01-30 2027-01-29 2028-01-28 2029-01-26"),
        ("every December on the 24th", "2026-11-11", "2026-12-24 2027-12-24 2028-12-24 2029-12-24"),
        ("every month in January", "2026-11-11", "2027-01-11 2028-01-11 2029-01-11 2030-01-11"),
        ("every year in June", "2026-11-11", "2027-06-11 2028-06-11 2029-06-11 2030-06-11"),
        # 45: years
        ("every year on the last Friday", "2026-01-10", "2026-12-25 2027-12-31 2028-12-29 2029-12-28"),
        ("every year on the first Monday", "2026-01-10", "2027-01-04 2028-01-03 2029-01-01 2030-01-07"),
        ("every year on the 15th", "2026-01-10", "2026-01-15 2026-02-15 2026-03-15 2026-04-15"),
        ("every year on the 31st", "2026-01-31", "2026-03-31 2026-05-31 2026-07-31 2026-08-31"),
        ("every year on January the 15th", "2026-11-11", "2027-01-15 2028-01-15 2029-01-15 2030-01-15"),
        ("every year on January the 31st", "2026-11-11", "2027-01-31 2028-01-31 2029-01-31 2030-01-31"),
        ("every 2 years on the last Friday", "2026-01-10", "2026-12-25 2028-12-29 2030-12-27 2032-12-31"),
        ("every year on week 20", "2026-11-11", "2027-05-17 2027-05-18 2027-05-19 2027-05-20"),
        ("every year on the 366th", "2026-11-11", "never"),
        # 47: words behind what is understood are passed over
        ("every month on 15", "2026-01-31", "2026-02-28 2026-03-28 2026-04-28 2026-05-28"),
        ("every month on the 31", "2026-01-31", "2026-02-28 2026-03-28 2026-04-28 2026-05-28"),
        ("every month on 15th", "2026-01-31", "2026-02-15 2026-03-15 2026-04-15 2026-05-15"),
        ("every month on the 3th", "2026-01-31", "2026-02-03 2026-03-03 2026-04-03 2026-05-03"),
        ("every weekend", "2026-11-11", "2026-11-18 2026-11-25 2026-12-02 2026-12-09"),
        ("every day on Monday", "2026-11-11", "2026-11-12 2026-11-13 2026-11-14 2026-11-15"),
        ("every week then bill", "2026-11-11", "2026-11-18 2026-11-25 2026-12-02 2026-12-09"),
        ("every month on the fourth Friday", "2026-11-11", "2026-12-11 2027-01-11 2027-02-11 2027-03-11"),
        ("every 2 weeks or so", "2026-11-11", "2026-11-25 2026-12-09 2026-12-23 2027-01-06"),
        ("every month on Monday on the first Friday", "2026-11-11", "2026-11-16 2026-11-23 2026-11-30 2026-12-07"),
        ("every month on the 1st on the 15th", "2026-11-11", "2026-12-01 2027-01-01 2027-02-01 2027-03-01"),
        ("every Monday on the 13th", "2026-11-11", "2027-09-13 2027-12-13 2028-03-13 2028-11-13"),
        # 48: case, short names of days, and words without blanks
        ("EVERY MONTH", "2026-01-31", "2026-02-28 2026-03-28 2026-04-28 2026-05-28"),
        ("Every Week On MON", "2026-11-11", "2026-11-16 2026-11-23 2026-11-30 2026-12-07"),
        ("every mon", "2026-11-11", "2026-11-16 2026-11-23 2026-11-30 2026-12-07"),
        ("every tues", "2026-11-11", "2026-11-17 2026-11-24 2026-12-01 2026-12-08"),
        ("every sa, su", "2026-11-11", "2026-11-14 2026-11-15 2026-11-21 2026-11-22"),
        ("every thurs", "2026-11-11", "2026-11-12 2026-11-19 2026-11-26 2026-12-03"),
        ("every2weeks", "2026-11-11", "2026-11-25 2026-12-09 2026-12-23 2027-01-06"),
        ("every Monday, Wednesday and Friday", "2026-11-11", "2026-11-13 2026-11-16 2026-11-18 2026-11-20"),
        ("every jan", "2026-11-11", "2027-01-11 2028-01-11 2029-01-11 2030-01-11"),
        ("every sept", "2026-09-01", "2027-09-01 2028-09-01 2029-09-01 2030-09-01"),
        # 49: other blanks before "when done", and the rule does not count from then
        ("every week when  done", "2026-11-11", "2026-11-18 2026-11-25 2026-12-02 2026-12-09"),
        ("every week  when done then bill", "2026-11-11", "2026-11-18 2026-11-25 2026-12-02 2026-12-09"),
        # 50: an end is not counted down, and comes at once for 1 time
        ("every day for 3 times", "2026-11-11", "2026-11-12 2026-11-13 2026-11-14 2026-11-15"),
        ("every week for 2 times", "2026-11-11", "2026-11-18 2026-11-25 2026-12-02 2026-12-09"),
        ("every week for 1 time", "2026-11-11", "never"),
        ("every month on the 15th for 1 time", "2026-11-11", "2026-11-15 never"),
        ("every month until January 1, 2027", "2026-11-01", "2026-12-01 2027-01-01 never"),
        ("every month until January 1, 2027", "2026-11-11", "2026-12-11 never"),
        ("every week until 31 December 2026", "2026-12-17", "2026-12-24 2026-12-31 never"),
        ("every year until 2030", "2027-01-01", "2028-01-01 2029-01-01 2030-01-01 never"),
        ("every day at 9 until November 13, 2026", "2026-11-11", "2026-11-12 never"),
        # 51: hours and minutes are the next day
        ("every hour", "2026-11-11", "2026-11-12 2026-11-13 2026-11-14 2026-11-15"),
        ("every 5 minutes", "2026-11-11", "2026-11-12 2026-11-13 2026-11-14 2026-11-15"),
        ("every 24 hours", "2026-11-11", "2026-11-12 2026-11-13 2026-11-14 2026-11-15"),
        ("every 36 hours", "2026-11-11", "2026-11-12 2026-11-13 2026-11-14 2026-11-15"),
        ("every 48 hours", "2026-11-11", "2026-11-13 2026-11-15 2026-11-17 2026-11-19"),
        ("every 3000 minutes", "2026-11-11", "2026-11-13 2026-11-15 2026-11-17 2026-11-19"),
        ("every hour on Monday", "2026-11-11", "2026-11-16 2026-11-23 2026-11-30 2026-12-07"),
        ("every hour for 3 times", "2026-11-11", "never"),
        ("every day at 9", "2026-11-11", "2026-11-12 2026-11-13 2026-11-14 2026-11-15"),
        ("every week on Monday at 9, 17", "2026-11-11", "2026-11-16 2026-11-23 2026-11-30 2026-12-07"),
        # what never comes, where the plug-in writes "Invalid date"
        ("every February on the 30th", "2026-11-11", "never"),
        ("every 2 months in January", "2026-02-11", "never"),
        ("every 9000 years", "2026-11-11", "never"),
        ("every 99999999999999999999 days", "2026-11-11", "never"),
        ("every week on week 60", "2026-11-11", "never"),
    ],
)
def test_the_days_that_follow_each_other(words: str, due: str, expected: str) -> None:
    """Each task is done on a day that plays no part, and the next one begins with the day that the last one got."""
    rule, day, found = rule_of(words), date.fromisoformat(due), list[str]()
    for _ in range(4):
        following = next_day(rule, day, TODAY)
        found.append(following.isoformat() if following else "never")
        if following is None:
            break
        day = following
    assert " ".join(found) == expected


@pytest.mark.parametrize(
    ("words", "dates", "done_on", "expected"),
    [
        # 34: due, else scheduled, else start; the others keep their distance
        ("every week", "2026-11-01 2026-11-05 2026-11-11", "2026-11-11", "2026-11-08 2026-11-12 2026-11-18"),
        ("every week", "2026-11-01 2026-11-05 -", "2026-11-11", "2026-11-08 2026-11-12 -"),
        ("every week", "2026-11-01 - -", "2026-11-11", "2026-11-08 - -"),
        ("every week", "- 2026-11-05 -", "2026-11-11", "- 2026-11-12 -"),
        ("every week", "- - 2026-11-11", "2026-11-20", "- - 2026-11-18"),
        ("every month", "2026-01-25 2026-01-29 2026-01-31", "2026-02-20", "2026-02-22 2026-02-26 2026-02-28"),
        ("every month", "2026-02-03 - 2026-01-31", "2026-02-20", "2026-03-03 - 2026-02-28"),
        ("every month on the last", "2026-01-24 - 2026-01-31", "2026-01-31", "2026-02-21 - 2026-02-28"),
        ("every month", "2026-01-31 2026-03-31 -", "2026-01-31", "2026-03-02 2026-04-30 -"),
        ("every 2 weeks on Monday", "2026-11-04 2026-11-09 2026-11-11", "2026-11-11", "2026-11-16 2026-11-21 2026-11-23"),
        # 36: without "when done" today plays no part
        ("every week", "- - 2026-09-23", "2026-11-11", "- - 2026-09-30"),
        ("every month", "- - 2026-05-31", "2026-11-11", "- - 2026-06-30"),
        ("every week", "- - 2026-12-24", "2026-11-11", "- - 2026-12-31"),
        ("every weekday", "- - 2026-10-02", "2026-11-11", "- - 2026-10-05"),
        ("every month on the 15th", "- 2026-08-10 -", "2026-11-11", "- 2026-08-15 -"),
        # 37: "when done" counts from the day of completion, and comes strictly later
        ("every week when done", "- - 2026-09-23", "2026-11-11", "- - 2026-11-18"),
        ("every week when done", "- - 2026-12-24", "2026-11-11", "- - 2026-11-18"),
        ("every day when done", "- - 2026-11-11", "2026-11-11", "- - 2026-11-12"),
        ("every 2 weeks on Monday when done", "- - 2026-09-23", "2026-11-14", "- - 2026-11-23"),
        ("every week on Wednesday when done", "- - 2026-09-23", "2026-11-11", "- - 2026-11-18"),
        ("every month when done", "- - 2026-01-15", "2026-01-31", "- - 2026-02-28"),
        ("every month when done", "- - 2026-01-15", "2028-01-31", "- - 2028-02-29"),
        ("every month on the 15th when done", "- - 2026-01-15", "2026-02-15", "- - 2026-03-15"),
        ("every month on the 31st when done", "- - 2026-01-31", "2026-02-28", "- - 2026-03-31"),
        ("every 3 months when done", "2026-01-01 - 2026-01-15", "2026-11-30", "2027-02-14 - 2027-02-28"),
        ("every year when done", "- - 2026-01-15", "2028-02-29", "- - 2029-02-28"),
        ("EVERY WEEK WHEN DONE", "- - 2026-09-23", "2026-11-11", "- - 2026-11-18"),
        ("every weekday when done", "2026-09-20 2026-09-21 2026-09-23", "2026-11-13", "2026-11-13 2026-11-14 2026-11-16"),
        ("every June when done", "- - 2026-06-01", "2026-11-30", "- - 2027-06-30"),
        ("every June when done", "- - 2026-06-01", "2026-10-31", "never"),
        ("every week when done", "2026-09-16 - 2026-09-23", "2026-11-11", "2026-11-11 - 2026-11-18"),
        ("every January when done", "- 2026-01-31 -", "2026-02-28", "- 2027-01-28 -"),
        ("every 2 months when done", "- - 2026-12-01", "2026-12-31", "- - 2027-02-28"),
        ("every week when done when done", "- - 2026-09-23", "2026-11-11", "- - 2026-11-18"),
        ("every week for 3 times when done", "- - 2026-09-23", "2026-11-11", "- - 2026-11-18"),
        ("every hour when done", "- - 2026-09-23", "2026-11-11", "- - 2026-11-12"),
        # 35: without a date there is none next time either, even where the rule never comes
        ("every week", "- - -", "2026-11-11", "- - -"),
        ("every week when done", "- - -", "2026-11-11", "- - -"),
        ("every week for 1 time", "- - -", "2026-11-11", "- - -"),
        # beyond the calendar
        ("every day", "- - 9999-12-31", "2026-11-11", "never"),
        ("every week", "- 9999-12-30 9999-12-20", "2026-11-11", "never"),
    ],
)
def test_all_dates_move_with_the_reference_date(words: str, dates: str, done_on: str, expected: str) -> None:
    assert said(next_days(rule_of(words), days_in(dates), date.fromisoformat(done_on))) == expected


@pytest.mark.parametrize(
    ("words", "dates", "done_on", "expected"),
    [
        # 34, with removeScheduledDateOnRecurrence: due, start, scheduled; scheduled goes if another date is there
        ("every week", "2026-11-01 2026-11-05 2026-11-11", "2026-11-11", "2026-11-08 - 2026-11-18"),
        ("every week", "2026-11-01 2026-11-05 -", "2026-11-11", "2026-11-08 - -"),
        ("every week", "- 2026-11-05 -", "2026-11-11", "- 2026-11-12 -"),
        ("every week", "- 2026-11-05 2026-11-11", "2026-11-11", "- - 2026-11-18"),
        ("every month", "2026-01-31 2026-01-15 -", "2026-11-11", "2026-02-28 - -"),
        ("every week when done", "2026-11-01 2026-11-05 -", "2026-11-11", "2026-11-18 - -"),
    ],
)
def test_the_scheduled_date_can_be_dropped(words: str, dates: str, done_on: str, expected: str) -> None:
    assert said(next_days(rule_of(words), days_in(dates), date.fromisoformat(done_on), drops_scheduled=True)) == expected


@pytest.mark.parametrize(
    ("words", "text", "rrule"),
    [
        ("every day", "every day", "FREQ=DAILY"),
        ("every 1 day", "every day", "FREQ=DAILY"),
        ("every days", "every day", "FREQ=DAILY"),
        ("every 2 day", "every 2 days", "FREQ=DAILY;INTERVAL=2"),
        ("EVERY 2 WEEKS ON MON", "every 2 weeks on Monday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ("every week on friday, monday", "every week on Monday, Friday", "FREQ=WEEKLY;BYDAY=FR,MO"),
        ("every week on sunday, tuesday and monday", "every week on Monday, Tuesday, Sunday", "FREQ=WEEKLY;BYDAY=SU,TU,MO"),
        ("every mon, wed", "every week on Monday, Wednesday", "FREQ=WEEKLY;BYDAY=MO,WE"),
        ("every weekday", "every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every 2 weekdays", "every 2 weeks on weekdays", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR"),
        ("every weekend", "every week", "FREQ=WEEKLY"),
        ("every day on Monday", "every day", "FREQ=DAILY"),
        ("every monday, tuesday, wednesday, thursday, friday, saturday, sunday", "every day", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"),
        ("every month on the 15th", "every month on the 15th", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("every month on 15th", "every month on the 15th", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("every month on the 3th", "every month on the 3rd", "FREQ=MONTHLY;BYMONTHDAY=3"),
        ("every month on 15", "every month", "FREQ=MONTHLY"),
        ("every month on the 31", "every month", "FREQ=MONTHLY"),
        ("every month on the last", "every month on the last", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("every month on the last day", "every month on the last", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("every month on the last weekday", "every month on the last", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("every month on the last friday", "every month on the last Friday", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("every month on the second last fri", "every month on the 2nd last Friday", "FREQ=MONTHLY;BYDAY=-2FR"),
        ("every month on the 1st and 15th", "every month on the 1st and 15th", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
        ("every month on the 15th, last and 1st", "every month on the 1st, 15th and last", "FREQ=MONTHLY;BYMONTHDAY=15,-1,1"),
        ("every month on the fourth Friday", "every month", "FREQ=MONTHLY"),
        ("every month on monday on the 13th", "every month on Monday", "FREQ=MONTHLY;BYDAY=MO"),
        ("every month on weekdays", "every month on weekdays", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every 3 months", "every 3 months", "FREQ=MONTHLY;INTERVAL=3"),
        ("every 101 days", "every 101 day", "FREQ=DAILY;INTERVAL=101"),
        ("every january", "every January", "FREQ=YEARLY;BYMONTH=1"),
        ("every jan, jul", "every January and July", "FREQ=YEARLY;BYMONTH=1,7"),
        ("every year on January 31", "every January", "FREQ=YEARLY;BYMONTH=1"),
        ("every year on January the 31st", "every January on the 31st", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31"),
        ("every year on the last Friday", "every year on the last Friday", "FREQ=YEARLY;BYDAY=-1FR"),
        ("every 2 years in June", "every 2 years June", "FREQ=YEARLY;INTERVAL=2;BYMONTH=6"),
        ("every 2 months in January", "every 2 months in January", "FREQ=MONTHLY;INTERVAL=2;BYMONTH=1"),
        ("every month in January", "every January", "FREQ=MONTHLY;BYMONTH=1"),
        ("every year on week 20", "every year in week 20", "FREQ=YEARLY;BYWEEKNO=20"),
        ("every year on week 20, 21", "every year in weeks 20 and 21", "FREQ=YEARLY;BYWEEKNO=20,21"),
        ("every month on week 20", "every month", "FREQ=MONTHLY;BYWEEKNO=20"),
        ("every hour", "every hour", "FREQ=HOURLY"),
        ("every 3 hours on monday", "every 3 hours", "FREQ=HOURLY;INTERVAL=3;BYDAY=MO"),
        ("every 5 minutes", "every 5 minutes", "FREQ=MINUTELY;INTERVAL=5"),
        ("every day at 9", "every day at 9", "FREQ=DAILY;BYHOUR=9"),
        ("every week on monday at 9, 17", "every week on Monday at 9 and 17", "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9,17"),
        ("every week for 3 times", "every week for 3 times", "FREQ=WEEKLY;COUNT=3"),
        ("every week for 1 time", "every week for 1 time", "FREQ=WEEKLY;COUNT=1"),
        ("every week until January 1, 2027", "every week until January 1, 2027", "FREQ=WEEKLY;UNTIL=20270101"),
        ("every week til 31 dec 26", "every week until December 31, 2026", "FREQ=WEEKLY;UNTIL=20261231"),
        ("every week until 1", "every week until January 1, 2001", "FREQ=WEEKLY;UNTIL=20010101"),
        ("every week then bill", "every week", "FREQ=WEEKLY"),
        ("every week!", "every week", "FREQ=WEEKLY"),
        ("every 2 weeks when  done", "every 2 weeks", "FREQ=WEEKLY;INTERVAL=2"),
        ("every Monday on the 13th", "every week on Monday the 13th", "FREQ=WEEKLY;BYMONTHDAY=13;BYDAY=MO"),
        ("every month on the 22nd", "every month on the 22nd", "FREQ=MONTHLY;BYMONTHDAY=22"),
        ("every month on the 32nd", "every month on the 32th", "FREQ=MONTHLY;BYMONTHDAY=32"),
        ("every January on the 2nd Tuesday", "every January on the 2nd Tuesday", "FREQ=YEARLY;BYMONTH=1;BYDAY=2TU"),
    ],
)
def test_a_rule_is_spelled_as_the_plug_in_saves_it(words: str, text: str, rrule: str) -> None:
    assert parse(words) == TaskRule(text, rrule, when_done=False)
    assert rrule_of(rhythm_of(rrule)) == rrule


@pytest.mark.parametrize(
    ("words", "when_done"),
    [
        ("every week when done", True), ("Every Week WHEN DONE", True), ("every week then bill when done", True),
        (" every week when done ", True), ("every week when  done", False), ("every week  when done then bill", False),
        ("every weekwhen done", False), ("every week whendone", False), ("every week when done!", False),
    ],
)  # fmt: skip
def test_when_done_must_be_the_last_words(words: str, when_done: bool) -> None:
    assert parse(words) == TaskRule("every week", "FREQ=WEEKLY", when_done)


@pytest.mark.parametrize(
    "words",
    [
        # 46: words that people write and the plug-in does not understand
        "daily", "weekly", "monthly", "every other week", "every second week", "every fortnight", "every quarter", "every last Friday",
        "every 15th", "every 0 days", "every two weeks", "every three months",
        # something is missing
        "", "   ", "every", "every 2", "week", "on Monday", "when done", "every when done", "every until January 1, 2027",
        "every Monday,", "every Monday, soon", "every January or 3", "every week on week", "every month on the 367th", "every week at noon",
        # an end that is none
        "every week for", "every week for 0 times", "every week for many times", "every week for 3rd", "every week until",
        "every week until 2026-12-31", "every week until soon", "every week until January 1st, 2027",
        "every week until January 1, 2027 then bill", "every month on the 15th until January 32, 2027",
        # 17: other signs
        "every week (then bill)", "every week.", "every week\tthen", "every week\n", "évery week", "every wee\u212a", "every ２ weeks",
        "every week when done.", "every week\x00",
    ],
)  # fmt: skip
def test_what_the_plug_in_does_not_understand(words: str) -> None:
    assert parse(words) is None


def test_no_number_is_too_long() -> None:
    digits = "9" * 10_000
    for words in (
        "every {} days",
        "every {} years",
        "every {} minutes",
        "every day at {}",
        "every week on week {}",
        "every day for {} times",
    ):
        rule = rule_of(words.format(digits))
        assert next_day(rule, TODAY, TODAY) in (None, date(2026, 11, 12))
    assert parse(f"every month on the {digits}th") is None
    assert parse(f"every week until {digits}") is None


def test_a_day_is_never_found_before_the_one_that_it_follows() -> None:
    """Here the plug-in, on its way back in search of a year that need not be left out, comes out at 30 December 2024."""
    assert next_day(rule_of("every year on the 53rd Monday"), date(2026, 11, 11), TODAY) is None


NAMES = "Monday tues sa January sept 1st 2nd 3rd 5th 15th 31st 53rd last first second third 2 9 25 100 1000".split()
UNITS = "day days week weeks weekday weekdays month months year years hour hours minute minutes".split()
GLUE = "on the in at and or , for times until until every when done then ! 0 2027".split()
IN_ORDER = st.builds(
    lambda many, unit, more, end: " ".join(["every", *many, unit, *more, *end]),
    st.lists(st.sampled_from(["1", "2", "3", "7", "40", "900"]), max_size=1),
    st.sampled_from([*UNITS, *NAMES[:5]]),
    st.lists(st.sampled_from([*NAMES, *GLUE[:8], "on the", "on the"]), max_size=6),
    st.sampled_from([[], [], ["when", "done"], ["for", "3", "times"], ["until", "January", "1,", "2030"]]),
)
OUT_OF_ORDER = st.lists(st.sampled_from([*NAMES, *UNITS, *GLUE]), max_size=8).map(" ".join)
DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(words=IN_ORDER | OUT_OF_ORDER.map("every {}".format), reference=DATES, today=DATES)
def test_the_next_day_is_later(words: str, reference: date, today: date) -> None:
    if (rule := parse(words)) is None:
        return
    following = next_day(rule, reference, today)
    assert following is None or following > (today if rule.when_done else reference)
    assert rule.when_done == bool(re.search("[^ ] when done$", words, re.IGNORECASE))


@given(
    words=st.text() | st.text("every day week month on the 123 last January until for at,").map("every {}".format),
    day=st.dates(),
    today=st.dates(),
)
def test_no_text_and_no_day_raises(words: str, day: date, today: date) -> None:
    if rule := parse(words):
        next_days(rule, Days(day, None, today), today)
