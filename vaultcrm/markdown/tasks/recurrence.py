"""The dates of a task's next occurrence, as the Obsidian Tasks plugin computes them from its rule text.

What the plugin understands, and what it makes of it, was observed by running version 8.3.0.
"""

import re
from datetime import date
from typing import NamedTuple

from vaultcrm.dates.vocabulary import MONTHS, WEEKDAYS, ordinal
from vaultcrm.markdown.tasks.rrule import RecurrenceRule, format_rrule, next_date, parse_rrule
from vaultcrm.markdown.tasks.rule_formatter import format_rule
from vaultcrm.markdown.tasks.rule_parser import parse_rule_text

_MAX_STEPS = 500  # occurrences that a task is moved beyond: ten years of weeks
_MAX_DAYS_BACK = 1000  # earlier days that are tried for a rule that skips months or years; sensible rules need 3


class TaskRule(NamedTuple):
    """A rule that the plugin understands.

    `text` is spelled as the plugin saves it, without "when done". It may say less than `rrule`; the
    plugin then loses the difference after the next occurrence. With `when_done` the rule counts from
    the day on which the task is done. `rrule` is RFC 5545, except for numbers that don't exist in a
    calendar, like BYHOUR=25.
    """

    text: str
    rrule: str
    when_done: bool


class TaskDates(NamedTuple):
    """The dates of a task that move when it recurs."""

    start: date | None
    scheduled: date | None
    due: date | None


def parse_task_rule(text: str) -> TaskRule | None:
    """The rule in the text after 🔁, with or without spaces around it; None if the plugin doesn't understand it."""
    match = re.fullmatch(r"([a-zA-Z0-9, !]+?)( when done)?", text.strip(" "), re.IGNORECASE | re.ASCII)
    rrule = parse_rule_text(match[1].strip(" ")) if match else None
    return TaskRule(format_rule(rrule), format_rrule(rrule), bool(match[2])) if match and rrule else None


def next_reference_date(rule: TaskRule, reference: date, today: date) -> date | None:
    """The reference date of the next occurrence: the first one after `reference`, or after `today` for a rule with "when done".

    In a month that is too short for the rule's day it is the last of the month, unless the rule names
    the day. None if there is no next date, as for "every June" from the 31st, where the plugin writes
    "Invalid date". None also where the plugin, which tries earlier days so as not to skip a month or a
    year, ends up before `reference`, as for "every year on the 53rd Monday".
    """
    start, rrule = today if rule.when_done else reference, parse_rrule(rule.rrule)
    following = next_date(rrule, start)
    if re.match(r"every( \d+)? months?", rule.text) and " on " not in rule.text:
        return _without_skipping(rrule, start, following, 1)
    return _without_skipping(rrule, start, following, 12) if re.match(r"every( \d+)? years?", rule.text) else following


def rule_after_moving(rule: TaskRule, day: date, new_day: date) -> str | None:
    """The text of a rule that keeps its rhythm when its task is moved from one reference date to another.

    "every week" becomes "every week on Friday". None if the rule stays as it is: it keeps its rhythm, counts
    from completion, or the plugin knows no words for the day ("every 3 weeks" from another week).
    """
    match = re.fullmatch(r"every(?: \d+)? (week|month|year)s?", rule.text)
    if match is None or rule.when_done:
        return None
    planned = next_reference_date(rule, day, day)
    for _ in range(_MAX_STEPS):
        if planned is None or planned > new_day:
            break
        planned = next_reference_date(rule, planned, planned)
    if planned is None or next_reference_date(rule, new_day, new_day) == planned:
        return None
    texts = {
        "week": [f"{rule.text} on {WEEKDAYS[day.weekday()]}"],
        "month": [f"{rule.text} on the {ordinal(day.day)}", f"{rule.text} on the last"],
        "year": [f"every {MONTHS[day.month - 1]} on the {ordinal(day.day)}"],
    }[match[1]]
    rules = [named for text in texts if (named := parse_task_rule(text))]
    return next((named.text for named in rules if next_reference_date(named, new_day, new_day) == planned), None)


def _without_skipping(rrule: RecurrenceRule, start: date, following: date | None, months: int) -> date | None:
    """`following`, unless it skips a period of so many `months` (1 or 12): then the rule is counted from a day earlier.

    "Every month" from 31 January leads to 31 March, and so it does from 30 and 29 January; from 28
    January it leads to 28 February.
    """
    first_period, day = _month(start) // months, start
    for _ in range(_MAX_DAYS_BACK):
        next_period = _month(day) // months + rrule.interval
        if following is None or next_period < first_period:  # any date from here on is before `start`
            return None
        if _month(following) // months <= next_period:
            return following if following > start else None
        if day == date.min:
            return None
        day = date.fromordinal(day.toordinal() - 1)
        following = next_date(rrule, day)
    return None


def _month(day: date) -> int:
    """The number of the month, counted from the year 0."""
    return day.year * 12 + day.month - 1


def next_dates(rule: TaskRule, dates: TaskDates, today: date, drops_scheduled: bool = False) -> TaskDates | None:
    """The dates of the next occurrence, each as many days from the reference date as before. None if there is none.

    The reference date is the due date, else the scheduled date, else the start date. `drops_scheduled` is
    the plugin's setting removeScheduledDateOnRecurrence: the scheduled date is dropped unless it is the
    only one, and is the last choice for the reference date. A task without dates stays without.
    """
    by_precedence = (dates.due, dates.start, dates.scheduled) if drops_scheduled else (dates.due, dates.scheduled, dates.start)
    reference = next((day for day in by_precedence if day), None)
    if reference is None:
        return dates
    if (following := next_reference_date(rule, reference, today)) is None:
        return None
    step = following - reference
    if drops_scheduled and (dates.due or dates.start):
        dates = dates._replace(scheduled=None)
    try:
        return TaskDates(*(day + step if day else None for day in dates))
    except OverflowError:  # outside the years 1 to 9999
        return None
