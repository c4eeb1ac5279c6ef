"""The next dates of the recurrence rules of the Obsidian Tasks plugin.

The expected values come from the plugin, and from npm's rrule with the plugin's own steps around it
(`tests/robustness/task_rules.py` compares many more). A comment names the rule that its cases show.
"""

from datetime import date

import pytest

from tests.markdown.tasks.rules import TODAY, rule_of
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.markdown.tasks.recurrence import TaskDates, next_dates, next_reference_date


def days_in(text: str) -> TaskDates:
    """ "2026-11-01 - 2026-11-11" as a start and a due date."""
    start, scheduled, due = map(parse_iso_day, text.split())
    return TaskDates(start, scheduled, due)


def as_words(days: TaskDates | None) -> str:
    return " ".join(day.isoformat() if day else "-" for day in days) if days else "never"


@pytest.mark.parametrize(
    ("words", "due", "expected"),
    [
        # the next date counts from the last one, whenever the task was done
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
        # in a shorter month it is the last day; the original day is then forgotten
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
        # with " on " nothing is shortened
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
        # the last day; words after it are lost
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
        # a step may stay in the same month or week
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
        # weeks begin on Monday and are counted from the week of the reference date
        ("every 2 weeks on Wednesday", "2026-01-31", "2026-02-11 2026-02-25 2026-03-11 2026-03-25"),
        ("every 2 weeks on Monday", "2026-02-01", "2026-02-09 2026-02-23 2026-03-09 2026-03-23"),
        ("every 2 weeks on Sunday", "2026-01-28", "2026-02-01 2026-02-15 2026-03-01 2026-03-15"),
        ("every 2 weeks on Saturday", "2026-01-31", "2026-02-14 2026-02-28 2026-03-14 2026-03-28"),
        ("every 3 weeks on Monday, Friday", "2026-01-28", "2026-01-30 2026-02-16 2026-02-20 2026-03-09"),
        ("every 2 Mondays", "2026-01-31", "2026-02-09 2026-02-23 2026-03-09 2026-03-23"),
        ("every 4 weeks on Thursday", "2026-12-25", "2027-01-21 2027-02-18 2027-03-18 2027-04-15"),
        # every weekday
        ("every weekday", "2026-11-12", "2026-11-13 2026-11-16 2026-11-17 2026-11-18"),
        ("every weekday", "2026-11-14", "2026-11-16 2026-11-17 2026-11-18 2026-11-19"),
        ("every weekdays", "2026-11-13", "2026-11-16 2026-11-17 2026-11-18 2026-11-19"),
        ("every 2 weekdays", "2026-11-12", "2026-11-13 2026-11-23 2026-11-24 2026-11-25"),
        ("every 2 weeks on weekdays", "2026-11-13", "2026-11-23 2026-11-24 2026-11-25 2026-11-26"),
        ("every week on weekdays", "2026-11-13", "2026-11-16 2026-11-17 2026-11-18 2026-11-19"),
        # a month keeps the day of the reference date
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
        # years
        ("every year on the last Friday", "2026-01-10", "2026-12-25 2027-12-31 2028-12-29 2029-12-28"),
        ("every year on the first Monday", "2026-01-10", "2027-01-04 2028-01-03 2029-01-01 2030-01-07"),
        ("every year on the 15th", "2026-01-10", "2026-01-15 2026-02-15 2026-03-15 2026-04-15"),
        ("every year on the 31st", "2026-01-31", "2026-03-31 2026-05-31 2026-07-31 2026-08-31"),
        ("every year on January the 15th", "2026-11-11", "2027-01-15 2028-01-15 2029-01-15 2030-01-15"),
        ("every year on January the 31st", "2026-11-11", "2027-01-31 2028-01-31 2029-01-31 2030-01-31"),
        ("every 2 years on the last Friday", "2026-01-10", "2026-12-25 2028-12-29 2030-12-27 2032-12-31"),
        ("every year on week 20", "2026-11-11", "2027-05-17 2027-05-18 2027-05-19 2027-05-20"),
        ("every year on the 366th", "2026-11-11", "never"),
        # words after the part that is understood are ignored
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
        # case, short names of days, and words without spaces
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
        # with other spaces before "when done" the rule does not count from completion
        ("every week when  done", "2026-11-11", "2026-11-18 2026-11-25 2026-12-02 2026-12-09"),
        ("every week  when done then bill", "2026-11-11", "2026-11-18 2026-11-25 2026-12-02 2026-12-09"),
        # a number of times is not counted down; 1 time never recurs
        ("every day for 3 times", "2026-11-11", "2026-11-12 2026-11-13 2026-11-14 2026-11-15"),
        ("every week for 2 times", "2026-11-11", "2026-11-18 2026-11-25 2026-12-02 2026-12-09"),
        ("every week for 1 time", "2026-11-11", "never"),
        ("every month on the 15th for 1 time", "2026-11-11", "2026-11-15 never"),
        ("every month until January 1, 2027", "2026-11-01", "2026-12-01 2027-01-01 never"),
        ("every month until January 1, 2027", "2026-11-11", "2026-12-11 never"),
        ("every week until 31 December 2026", "2026-12-17", "2026-12-24 2026-12-31 never"),
        ("every year until 2030", "2027-01-01", "2028-01-01 2029-01-01 2030-01-01 never"),
        ("every day at 9 until November 13, 2026", "2026-11-11", "2026-11-12 never"),
        # hours and minutes lead to the next day
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
        # no next date, where the plugin writes "Invalid date"
        ("every February on the 30th", "2026-11-11", "never"),
        ("every 2 months in January", "2026-02-11", "never"),
        ("every 9000 years", "2026-11-11", "never"),
        ("every 99999999999999999999 days", "2026-11-11", "never"),
        ("every week on week 60", "2026-11-11", "never"),
    ],
)
def test_consecutive_occurrences(words: str, due: str, expected: str) -> None:
    """Each occurrence has the date that follows from the one before; the day on which it is done does not matter."""
    rule, day, dates = rule_of(words), date.fromisoformat(due), list[str]()
    for _ in range(4):
        following = next_reference_date(rule, day, TODAY)
        dates.append(following.isoformat() if following else "never")
        if following is None:
            break
        day = following
    assert " ".join(dates) == expected


@pytest.mark.parametrize(
    ("words", "dates", "done_on", "expected"),
    [
        # due, else scheduled, else start; the others keep their distance
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
        # without "when done", today does not matter
        ("every week", "- - 2026-09-23", "2026-11-11", "- - 2026-09-30"),
        ("every month", "- - 2026-05-31", "2026-11-11", "- - 2026-06-30"),
        ("every week", "- - 2026-12-24", "2026-11-11", "- - 2026-12-31"),
        ("every weekday", "- - 2026-10-02", "2026-11-11", "- - 2026-10-05"),
        ("every month on the 15th", "- 2026-08-10 -", "2026-11-11", "- 2026-08-15 -"),
        # "when done" counts from the day of completion, and is strictly later
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
        # without a date there is none next time either, even if the rule has no next date
        ("every week", "- - -", "2026-11-11", "- - -"),
        ("every week when done", "- - -", "2026-11-11", "- - -"),
        ("every week for 1 time", "- - -", "2026-11-11", "- - -"),
        # beyond the calendar
        ("every day", "- - 9999-12-31", "2026-11-11", "never"),
        ("every week", "- 9999-12-30 9999-12-20", "2026-11-11", "never"),
    ],
)
def test_all_dates_move_with_the_reference_date(words: str, dates: str, done_on: str, expected: str) -> None:
    assert as_words(next_dates(rule_of(words), days_in(dates), date.fromisoformat(done_on))) == expected


@pytest.mark.parametrize(
    ("words", "dates", "done_on", "expected"),
    [
        # with removeScheduledDateOnRecurrence: due, start, scheduled; scheduled is dropped if there is another date
        ("every week", "2026-11-01 2026-11-05 2026-11-11", "2026-11-11", "2026-11-08 - 2026-11-18"),
        ("every week", "2026-11-01 2026-11-05 -", "2026-11-11", "2026-11-08 - -"),
        ("every week", "- 2026-11-05 -", "2026-11-11", "- 2026-11-12 -"),
        ("every week", "- 2026-11-05 2026-11-11", "2026-11-11", "- - 2026-11-18"),
        ("every month", "2026-01-31 2026-01-15 -", "2026-11-11", "2026-02-28 - -"),
        ("every week when done", "2026-11-01 2026-11-05 -", "2026-11-11", "2026-11-18 - -"),
    ],
)
def test_the_scheduled_date_can_be_dropped(words: str, dates: str, done_on: str, expected: str) -> None:
    assert as_words(next_dates(rule_of(words), days_in(dates), date.fromisoformat(done_on), drops_scheduled=True)) == expected


def test_the_next_date_is_never_before_the_reference_date() -> None:
    """Here the plugin, which tries earlier days so as not to skip a year, ends up at 30 December 2024."""
    assert next_reference_date(rule_of("every year on the 53rd Monday"), date(2026, 11, 11), TODAY) is None


def test_the_next_date_is_never_the_reference_date_itself() -> None:
    """Counted from Saturday, the Sunday of week 20 is the next date; so it would follow itself."""
    assert next_reference_date(rule_of("every month on week 20"), date(2026, 5, 16), TODAY) == date(2026, 5, 17)
    assert next_reference_date(rule_of("every month on week 20"), date(2026, 5, 17), TODAY) is None
