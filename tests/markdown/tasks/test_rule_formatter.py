"""Recurrence rules as the Obsidian Tasks plugin saves them, and as an RRULE."""

import pytest

from vaultcrm.markdown.tasks.recurrence import TaskRule, parse_task_rule
from vaultcrm.markdown.tasks.rrule import format_rrule, parse_rrule
from vaultcrm.markdown.tasks.rule_formatter import describe_rrule


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
        ("every week in January", "every week in January", "FREQ=WEEKLY;BYMONTH=1"),
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
def test_a_rule_is_spelled_as_the_plugin_saves_it(words: str, text: str, rrule: str) -> None:
    assert parse_task_rule(words) == TaskRule(text, rrule, when_done=False)
    assert format_rrule(parse_rrule(rrule)) == rrule


@pytest.mark.parametrize(
    ("rrule", "words"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;COUNT=3", "every day for 3 times"),
        ("FREQ=WEEKLY;INTERVAL=2", "every 2 weeks"),
        ("FREQ=WEEKLY;BYDAY=TH,MO", "every week on Monday, Thursday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
        ("FREQ=WEEKLY;BYDAY=MO;WKST=SU", "every week on Monday"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "every month"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=28,29;BYSETPOS=-1", "every 2 months"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "every month on the 15th"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
        ("FREQ=MONTHLY;INTERVAL=3", "every quarter"),
        ("FREQ=MONTHLY;UNTIL=2026-12-31", "every month until December 31, 2026"),
        ("FREQ=MONTHLY;UNTIL=20261231T235959Z", "every month until December 31, 2026"),
        ("RRULE:FREQ=YEARLY", "every year"),
        ("whatever", "whatever"),
        # what the words can't say is not left out
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "every month on Monday, Tuesday (FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1)"),
        ("FREQ=YEARLY;BYYEARDAY=100", "every year (FREQ=YEARLY;BYYEARDAY=100)"),
        ("FREQ=DAILY;BYDAY=MO", "every day (FREQ=DAILY;BYDAY=MO)"),
        ("FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=XX"),
    ],
)
def test_a_rule_is_described_in_words(rrule: str, words: str) -> None:
    assert describe_rrule(rrule) == words
