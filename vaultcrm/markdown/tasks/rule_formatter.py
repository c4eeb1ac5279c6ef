"""Recurrence rules in the English of the Obsidian Tasks plugin, as it spells them when it saves a task.

Not every part of a rule has a spelling: "every 2 weekdays at 9" is saved as "every 2 weeks on weekdays".
"""

from collections.abc import Callable

from vaultcrm.dates.vocabulary import MONTHS, WEEKDAYS
from vaultcrm.markdown.tasks.rrule import RecurrenceRule
from vaultcrm.plural import listed


def format_rule(rule: RecurrenceRule) -> str:
    """The rule in words, like "every 2 weeks on Monday, Friday until January 1, 2027"."""
    words = ["every", *_FORMATTERS[rule.frequency](rule)]
    if rule.until:
        words.append(f"until {MONTHS[rule.until.month - 1].title()} {rule.until.day}, {rule.until.year}")
    elif rule.times:
        words.append(f"for {rule.times} {_plural('time', rule.times)}")
    return " ".join(words)


def _plural(unit: str, number: int) -> str:
    return unit if number % 100 == 1 else unit + "s"  # npm's rrule writes "101 day"


def _unit(rule: RecurrenceRule, unit: str) -> list[str]:
    return ([str(rule.interval)] if rule.interval != 1 else []) + [_plural(unit, rule.interval)]


def _minutely(rule: RecurrenceRule) -> list[str]:
    return _unit(rule, "minute")


def _hourly(rule: RecurrenceRule) -> list[str]:
    return _unit(rule, "hour")


def _daily(rule: RecurrenceRule) -> list[str]:
    return _unit(rule, "day") + _at_hours(rule)


def _weekly(rule: RecurrenceRule) -> list[str]:
    words = _unit(rule, "week")
    if _is_on_working_days(rule):
        return ["weekday"] if rule.interval == 1 else [*words, "on weekdays"]
    if len({day for day, _ in rule.weekdays}) == 7:
        return ["day"] if rule.interval == 1 else [*words, _plural("day", rule.interval)]
    if rule.months:
        words.append(f"in {_month_names(rule)}")
    return words + (_on_month_days(rule) or _on_weekdays(rule)) + _at_hours(rule)


def _monthly(rule: RecurrenceRule) -> list[str]:
    words = _unit(rule, "month")
    if rule.months:
        words = [] if rule.interval == 1 else [str(rule.interval), "months", *(["in"] if rule.interval % 100 != 1 else [])]
        words.append(_month_names(rule))
    if rule.month_days:
        return words + _on_month_days(rule)
    return words + (["on weekdays"] if _is_on_working_days(rule) else _on_weekdays(rule))


def _yearly(rule: RecurrenceRule) -> list[str]:
    words = _unit(rule, "year")
    if rule.months:
        words = ([] if rule.interval == 1 else [str(rule.interval), "years"]) + [_month_names(rule)]
    words += _on_month_days(rule) or _on_weekdays(rule)
    if rule.weeks:
        words.append(f"in {_plural('week', len(rule.weeks))} {listed(map(str, rule.weeks))}")
    return words


_FORMATTERS: dict[str, Callable[[RecurrenceRule], list[str]]] = {
    "MINUTELY": _minutely,
    "HOURLY": _hourly,
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
    "YEARLY": _yearly,
}


def _is_on_working_days(rule: RecurrenceRule) -> bool:
    return {day for day, _ in rule.weekdays} == set(range(5))


def _month_names(rule: RecurrenceRule) -> str:
    return listed(MONTHS[month - 1].title() for month in rule.months)


def _at_hours(rule: RecurrenceRule) -> list[str]:
    return [f"at {listed(map(str, rule.hours))}"] if rule.hours else []


def _on_month_days(rule: RecurrenceRule) -> list[str]:
    numbers = [_ordinal(n) for n in sorted(rule.month_days, key=lambda n: (n < 0, abs(n)))]
    if not numbers:
        return []
    if names := [WEEKDAYS[day].title() for day, nth in sorted(rule.weekdays) if not nth]:
        return [f"on {listed(names, 'or')} the {listed(numbers, 'or')}"]
    return [f"on the {listed(numbers)}"]


def _on_weekdays(rule: RecurrenceRule) -> list[str]:
    in_order = sorted(rule.weekdays, key=lambda weekday: weekday[0])
    plain = [WEEKDAYS[day].title() for day, nth in in_order if not nth]
    numbered = [f"{_ordinal(nth)} {WEEKDAYS[day].title()}" for day, nth in in_order if nth]
    words = [f"on {', '.join(plain)}"] if plain and not _is_on_working_days(rule) else []
    if numbered:
        words += (["and"] if plain else []) + [f"on the {listed(numbered)}"]
    return words


def _ordinal(nth: int) -> str:
    """An ordinal as npm's rrule writes it: "1st", "22nd", "3rd last", "last", but "32th"."""
    if nth == -1:
        return "last"
    number = abs(nth)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number in (1, 2, 3, 21, 22, 23, 31) else "th"
    return f"{number}{ending}" + (" last" if nth < 0 else "")
