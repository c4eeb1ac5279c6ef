"""Recurrence rules that the Obsidian Tasks plugin does and does not understand."""

from datetime import date

import pytest

from tests.markdown.tasks.rules import TODAY, rule_of
from vaultcrm.markdown.tasks.recurrence import TaskRule, next_reference_date, parse_task_rule


@pytest.mark.parametrize(
    ("words", "when_done"),
    [
        ("every week when done", True), ("Every Week WHEN DONE", True), ("every week then bill when done", True),
        (" every week when done ", True), ("every week when  done", False), ("every week  when done then bill", False),
        ("every weekwhen done", False), ("every week whendone", False), ("every week when done!", False),
    ],
)  # fmt: skip
def test_when_done_must_be_the_last_words(words: str, when_done: bool) -> None:
    assert parse_task_rule(words) == TaskRule("every week", "FREQ=WEEKLY", when_done)


@pytest.mark.parametrize(
    "words",
    [
        # words that people write and the plugin does not understand
        "daily", "weekly", "monthly", "every other week", "every second week", "every fortnight", "every quarter", "every last Friday",
        "every 15th", "every 0 days", "every two weeks", "every three months",
        # something is missing
        "", "   ", "every", "every 2", "week", "on Monday", "when done", "every when done", "every until January 1, 2027",
        "every Monday,", "every Monday, soon", "every January or 3", "every week on week", "every month on the 367th", "every week at noon",
        # an invalid end
        "every week for", "every week for 0 times", "every week for many times", "every week for 3rd", "every week until",
        "every week until 2026-12-31", "every week until soon", "every week until January 1st, 2027",
        "every week until January 1, 2027 then bill", "every month on the 15th until January 32, 2027",
        # other characters
        "every week (then bill)", "every week.", "every week\tthen", "every week\n", "évery week", "every wee\u212a", "every ２ weeks",
        "every week when done.", "every week\x00",
    ],
)  # fmt: skip
def test_rules_that_the_plugin_does_not_understand(words: str) -> None:
    assert parse_task_rule(words) is None


def test_very_long_numbers_are_read() -> None:
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
        assert next_reference_date(rule, TODAY, TODAY) in (None, date(2026, 11, 12))
    assert parse_task_rule(f"every month on the {digits}th") is None
    assert parse_task_rule(f"every week until {digits}") is None


@pytest.mark.parametrize(
    ("words", "rrule"),
    [
        # years of two digits
        ("every week until January 1, 49", "FREQ=WEEKLY;UNTIL=20490101"),
        ("every week until January 1, 50", "FREQ=WEEKLY;UNTIL=19500101"),
        # the name of a time zone may follow
        ("every week until January 1, 2027 GMT", "FREQ=WEEKLY;UNTIL=20270101"),
        # words before the first number are ignored
        ("every week until about January 1, 2027", "FREQ=WEEKLY;UNTIL=20270101"),
        # "weekdays" adds nothing to a named day
        ("every month on Monday, weekdays", "FREQ=MONTHLY;BYDAY=MO"),
    ],
)
def test_rules_that_the_plugin_understands(words: str, rrule: str) -> None:
    assert rule_of(words).rrule == rrule


@pytest.mark.parametrize("end", ["January 1, 1970", "about1 January 2027"])
def test_an_end_that_javascript_does_not_read_as_a_date(end: str) -> None:
    assert parse_task_rule(f"every week until {end}") is None
