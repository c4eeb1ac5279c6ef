"""Tasks that come again, as the Obsidian Tasks plug-in has them: its rule text, and the dates of the next task.

What the plug-in understands, and what it makes of it, was seen by running version 8.3.0.
"""

import re
from datetime import date
from typing import NamedTuple

from vaultcrm.markdown.tasks.rrule import RecurrenceRule, format_rrule, next_date, parse_rrule
from vaultcrm.markdown.tasks.rule_formatter import format_rule
from vaultcrm.markdown.tasks.rule_parser import parse_rule_text

_DAYS_BACK = 1000  # so far back a rule is tried that leaves months or years out; 3 days do for all that has a sense


class TaskRule(NamedTuple):
    """A rule that the plug-in understands.

    `text` is spelled as the plug-in would, without "when done". It may say less than `rrule`, and what is
    lost so is lost to the task after the next. With `when_done` the rule counts from the day on which the
    task is done. `rrule` is RFC 5545, but for numbers that no calendar has, like BYHOUR=25.
    """

    text: str
    rrule: str
    when_done: bool


class TaskDates(NamedTuple):
    """The dates of a task that move when it comes again."""

    start: date | None
    scheduled: date | None
    due: date | None


def parse_task_rule(words: str) -> TaskRule | None:
    """The rule in the text behind 🔁; None when the plug-in understands none. Blanks around it do not matter."""
    found = re.fullmatch(r"([a-zA-Z0-9, !]+?)( when done)?", words.strip(" "), re.IGNORECASE | re.ASCII)
    rhythm = parse_rule_text(found[1].strip(" ")) if found else None
    return TaskRule(format_rule(rhythm), format_rrule(rhythm), bool(found[2])) if found and rhythm else None


def next_reference_date(rule: TaskRule, reference: date, today: date) -> date | None:
    """The day of the next task, which is later than `reference`, or than `today` for a rule that counts from then.

    None when it never comes, as "every June" from the 31st, and the plug-in would write "Invalid date".
    A month that is too short for its day gives its last one, unless the rule names the day.
    None also where the plug-in, in search of a month or a year that it need not leave out, comes out
    before `reference`: it does with "every year on the 53rd Monday".
    """
    start, rhythm = today if rule.when_done else reference, parse_rrule(rule.rrule)
    found = next_date(rhythm, start)
    if re.match(r"every( \d+)? months?", rule.text) and " on " not in rule.text:
        return _without_skipping(rhythm, start, found, 1)
    return _without_skipping(rhythm, start, found, 12) if re.match(r"every( \d+)? years?", rule.text) else found


def _without_skipping(rhythm: RecurrenceRule, start: date, found: date | None, months: int) -> date | None:
    """`found`, unless it leaves out a month or year (of so many `months`): then the rule is counted from a day earlier.

    From 31 January "every month" finds 31 March; so it does from 30 January, and from 29; from 28 it finds 28 February.
    """
    first, day = _month(start) // months, start
    for _ in range(_DAYS_BACK):
        reach = _month(day) // months + rhythm.interval
        if found is None or reach < first:  # what comes now is earlier than the start
            return None
        if _month(found) // months <= reach:
            return found if found > start else None
        if day == date.min:
            return None
        day = date.fromordinal(day.toordinal() - 1)
        found = next_date(rhythm, day)
    return None


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def next_dates(rule: TaskRule, days: TaskDates, today: date, drops_scheduled: bool = False) -> TaskDates | None:
    """The dates of the next task: each as many days from the reference date as it was. None when there is no next task.

    The reference date is the due date, else the scheduled date, else the start date. `drops_scheduled` is the
    plug-in's setting removeScheduledDateOnRecurrence: the scheduled date goes unless it is the only
    one, and comes last as a reference date. A task without dates stays without.
    """
    in_order = (days.due, days.start, days.scheduled) if drops_scheduled else (days.due, days.scheduled, days.start)
    reference = next((day for day in in_order if day), None)
    if reference is None:
        return days
    if (following := next_reference_date(rule, reference, today)) is None:
        return None
    step = following - reference
    if drops_scheduled and (days.due or days.start):
        days = days._replace(scheduled=None)
    try:
        return TaskDates(*(day + step if day else None for day in days))
    except OverflowError:  # beyond the years 1 to 9999
        return None
