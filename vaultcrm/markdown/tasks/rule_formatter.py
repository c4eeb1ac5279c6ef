"""The English of the Obsidian Tasks plug-in: a rhythm as it is spelled when a task is saved.

Not all of a rhythm has a spelling: "every 2 weekdays at 9" is saved as "every 2 weeks on weekdays".
"""

from collections.abc import Callable, Iterable

from vaultcrm.dates.parse import MONTHS, WEEKDAYS
from vaultcrm.markdown.tasks.rrule import RecurrenceRule


def format_rule(rhythm: RecurrenceRule) -> str:
    """ "every 2 weeks on Monday, Friday until January 1, 2027"."""
    words = ["every", *_SPELLERS[rhythm.frequency](rhythm)]
    if rhythm.until:
        words.append(f"until {MONTHS[rhythm.until.month - 1].title()} {rhythm.until.day}, {rhythm.until.year}")
    elif rhythm.times:
        words.append(f"for {rhythm.times} {_plural('time', rhythm.times)}")
    return " ".join(words)


def _plural(unit: str, number: int) -> str:
    return unit if number % 100 == 1 else unit + "s"  # so 101 are "101 day"


def _unit(rhythm: RecurrenceRule, unit: str) -> list[str]:
    return ([str(rhythm.interval)] if rhythm.interval != 1 else []) + [_plural(unit, rhythm.interval)]


def _spell_minutes(rhythm: RecurrenceRule) -> list[str]:
    return _unit(rhythm, "minute")


def _spell_hours(rhythm: RecurrenceRule) -> list[str]:
    return _unit(rhythm, "hour")


def _spell_days(rhythm: RecurrenceRule) -> list[str]:
    return _unit(rhythm, "day") + _at(rhythm)


def _spell_weeks(rhythm: RecurrenceRule) -> list[str]:
    words = _unit(rhythm, "week")
    if _are_working_days(rhythm):
        return ["weekday"] if rhythm.interval == 1 else [*words, "on weekdays"]
    if len({day for day, _ in rhythm.days}) == 7:
        return ["day"] if rhythm.interval == 1 else [*words, _plural("day", rhythm.interval)]
    if rhythm.months:
        words.append(f"in {_names_of_months(rhythm)}")
    return words + (_on_month_days(rhythm) or _on_days(rhythm)) + _at(rhythm)


def _spell_months(rhythm: RecurrenceRule) -> list[str]:
    words = _unit(rhythm, "month")
    if rhythm.months:
        words = [] if rhythm.interval == 1 else [str(rhythm.interval), "months", *(["in"] if rhythm.interval % 100 != 1 else [])]
        words.append(_names_of_months(rhythm))
    if rhythm.month_days:
        return words + _on_month_days(rhythm)
    return words + (["on weekdays"] if _are_working_days(rhythm) else _on_days(rhythm))


def _spell_years(rhythm: RecurrenceRule) -> list[str]:
    words = _unit(rhythm, "year")
    if rhythm.months:
        words = ([] if rhythm.interval == 1 else [str(rhythm.interval), "years"]) + [_names_of_months(rhythm)]
    words += _on_month_days(rhythm) or _on_days(rhythm)
    if rhythm.weeks:
        words.append(f"in {_plural('week', len(rhythm.weeks))} {_joined(map(str, rhythm.weeks), 'and')}")
    return words


_SPELLERS: dict[str, Callable[[RecurrenceRule], list[str]]] = {
    "MINUTELY": _spell_minutes,
    "HOURLY": _spell_hours,
    "DAILY": _spell_days,
    "WEEKLY": _spell_weeks,
    "MONTHLY": _spell_months,
    "YEARLY": _spell_years,
}


def _are_working_days(rhythm: RecurrenceRule) -> bool:
    return {day for day, _ in rhythm.days} == set(range(5))


def _joined(words: Iterable[str], last: str) -> str:
    *front, end = words
    return f"{', '.join(front)} {last} {end}" if front else end


def _names_of_months(rhythm: RecurrenceRule) -> str:
    return _joined((MONTHS[month - 1].title() for month in rhythm.months), "and")


def _at(rhythm: RecurrenceRule) -> list[str]:
    return [f"at {_joined(map(str, rhythm.hours), 'and')}"] if rhythm.hours else []


def _on_month_days(rhythm: RecurrenceRule) -> list[str]:
    numbers = [_ordinal(n) for n in sorted(rhythm.month_days, key=lambda n: (n < 0, abs(n)))]
    if not numbers:
        return []
    if each := [WEEKDAYS[day].title() for day, nth in sorted(rhythm.days) if not nth]:
        return [f"on {_joined(each, 'or')} the {_joined(numbers, 'or')}"]
    return [f"on the {_joined(numbers, 'and')}"]


def _on_days(rhythm: RecurrenceRule) -> list[str]:
    in_order = sorted(rhythm.days, key=lambda each: each[0])
    each = [WEEKDAYS[day].title() for day, nth in in_order if not nth]
    some = [f"{_ordinal(nth)} {WEEKDAYS[day].title()}" for day, nth in in_order if nth]
    words = [f"on {', '.join(each)}"] if each and not _are_working_days(rhythm) else []
    if some:
        words += (["and"] if each else []) + [f"on the {_joined(some, 'and')}"]
    return words


def _ordinal(nth: int) -> str:
    """ "1st", "22nd", "3rd last", "last"; but 32 is "32th"."""
    if nth == -1:
        return "last"
    number = abs(nth)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number in (1, 2, 3, 21, 22, 23, 31) else "th"
    return f"{number}{ending}" + (" last" if nth < 0 else "")
