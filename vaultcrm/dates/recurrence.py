"""Recurrences in words: "every 2 weeks" becomes an RRULE, and an RRULE "every 2 weeks on Friday"."""

import calendar
import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from vaultcrm.dates.duration import Duration
from vaultcrm.dates.iso import compact_day
from vaultcrm.dates.parse import parse_day
from vaultcrm.dates.rrule import (
    EXAMPLES,
    check_rule,
    first_date,
    join_parts,
    last_day,
    month_day_parts,
    names_its_days,
    split_rule,
    with_days_of,
)
from vaultcrm.dates.vocabulary import MONTHS, NUMBERS, RHYTHMS, WEEKDAY_CODES, WEEKDAYS, month_number, ordinal, weekday_number
from vaultcrm.errors import InvalidInput
from vaultcrm.plural import counted, listed
from vaultcrm.quoting import quoted

_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_FREQUENCIES = {unit: frequency for frequency, unit in _UNITS.items()}
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}
_WORKING_DAYS = "MO,TU,WE,TH,FR"
_WHEN_DONE = re.compile(r" ?\(?(?:when done|after (?:completion|it is done|done))\)?(?=,? until | ?,? (?:for )?\d+ times?|$)")
_END = re.compile(r",? until (.+)$|,? (?:for )?(\d{1,4}) times?(?: in all)?$")
_OR_LAST_DAY = " or last day"


class Recurrence(NamedTuple):
    """An RRULE, and its anchor: "scheduled" if it counts from the day that was due, "completion" from the day it is done."""

    rule: str
    anchor: str


def parse_rule(words: str, due: date | None, today: date, date_order: str = "") -> Recurrence:
    """The recurrence that a person means, of a follow-up that is first due on `due`. Raises InvalidInput.

    A rule in words that counts from the due day names the weekday or the day of the month itself: that of
    `due`, unless the words name another. In a month that is too short it falls on the last day. An RRULE
    stays as it is.
    """
    text = " ".join(words.lower().split())
    text, completions = _WHEN_DONE.subn("", text)
    anchor = "completion" if completions else "scheduled"
    if "=" in text:
        rule = re.sub(r" ?([=;,:]) ?", r"\1", text.upper()).removeprefix("RRULE:")
        check_rule(rule)
        return Recurrence(rule, anchor)
    end_parts = ""
    if match := _END.search(text):
        text = text[: match.start()]
        until = parse_day(match[1], today, date_order) if match[1] else None
        end_parts = f";UNTIL={compact_day(until)}" if until else f";COUNT={match[2]}"
    rule_without_end = _rule_of_words(text)
    if rule_without_end is None:
        raise InvalidInput(f"{quoted(words)} is not a recurrence I understand.", EXAMPLES)
    rule = rule_without_end + end_parts
    check_rule(rule)
    return Recurrence(with_days_of(rule, due) if due and anchor == "scheduled" else rule, anchor)


def first_due(rule: str, today: date) -> date:
    """The day on which a follow-up with this rule is first due if nobody says. Raises InvalidInput if the rule doesn't say either."""
    parts, _ = split_rule(rule)
    is_every_day = parts["FREQ"] == "DAILY" and "INTERVAL" not in parts
    every_time = join_parts({name: value for name, value in parts.items() if name != "INTERVAL"})
    if (is_every_day or names_its_days(rule)) and (day := first_date(every_time, today)):
        return day
    raise InvalidInput("A recurring follow-up needs a first date.", "Add one with --due.")


def _rule_of_words(text: str) -> str | None:
    """An RRULE for words without "when done" and without an end; None if they can't be understood."""
    text = re.sub("^(every|each|on) ", "", text)
    text = RHYTHMS.get(text, text)
    if text in ("weekday", "weekdays", "workday", "working day", "business day"):
        return f"FREQ=WEEKLY;BYDAY={_WORKING_DAYS}"
    if days := _weekdays(text):
        return f"FREQ=WEEKLY;BYDAY={days}"
    if match := re.fullmatch(r"(?:the )?(.+?) (?:of )?(?:the|each|every|a) (month|quarter)", text):  # "last friday of the month"
        text = f"{match[2]} on the {match[1]}"
    elif re.fullmatch(r"(?:the )?\d{1,2}(?:st|nd|rd|th)", text):
        text = f"month on {text}"
    elif by_parts := _by_parts("year", text):  # "24 december"
        return f"FREQ=YEARLY{by_parts}"
    match = re.fullmatch(r"(?:(?:(\d{1,3})(?:st|nd|rd|th)?|([a-z]+)) )?(day|week|month|quarter|year)s?(?:,? on (?:the )?(.+))?", text)
    if match is None or not (number := _number(match[1] or match[2] or "1")):
        return None
    unit, number = ("month", number * 3) if match[3] == "quarter" else (match[3], number)
    by_parts = _by_parts(unit, match[4]) if match[4] else ""
    return None if by_parts is None else f"FREQ={_FREQUENCIES[unit]}" + (f";INTERVAL={number}" if number > 1 else "") + by_parts


def _number(word: str) -> int:
    """ "3", "three", "other" or "third" as a number; 0 for anything else."""
    return int(word) if word.isdigit() else {"other": 2, **NUMBERS}.get(word, 0) or max(_ORDINALS.get(word, 0), 0)


def _weekdays(text: str) -> str:
    """ "mon and thu" as "MO,TH"; "" if the text contains anything but weekdays."""
    words = re.split(r",? and |, ?| ", text)
    numbers = [weekday_number(word.removesuffix("s")) for word in words]
    return ",".join(WEEKDAY_CODES[number] for number in numbers if number is not None) if None not in numbers else ""


def _by_parts(unit: str, text: str) -> str | None:
    """The BY parts of a rule for what follows "on": ";BYMONTHDAY=15" for "15th". None if it can't be understood."""
    if unit == "week":
        days = _WORKING_DAYS if text in ("weekdays", "working days") else _weekdays(text)
        return f";BYDAY={days}" if days else None
    if unit == "month":
        return _month_parts(text)
    if unit == "year" and (match := re.fullmatch(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]+)", text)):
        month, number = month_number(match[1] or match[4]), int(match[2] or match[3])
        if month and 1 <= number <= calendar.monthrange(2028, month)[1]:  # a leap year
            return f";BYMONTH={month};{join_parts(month_day_parts(number, month))}"
    return None


def _month_parts(text: str) -> str | None:
    """The days of a month: "15th", "1st and 15th", "last day", "2nd tue", "last weekday"."""
    if text in ("last day", "last", "end"):
        return ";BYMONTHDAY=-1"
    text = text.removesuffix(_OR_LAST_DAY)
    if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", text):
        return f";{join_parts(month_day_parts(int(match[1])))}" if 1 <= int(match[1]) <= 31 else None
    numbers = [re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", word) for word in re.split(r",? and (?:the )?|, ?", text)]
    if all(match and 1 <= int(match[1]) <= 31 for match in numbers):
        return ";BYMONTHDAY=" + ",".join(match[1] for match in numbers if match)
    ordinal, _, day = text.partition(" ")
    if ordinal in _ORDINALS and day in ("weekday", "workday", "working day"):
        return f";BYDAY={_WORKING_DAYS};BYSETPOS={_ORDINALS[ordinal]}"
    if ordinal in _ORDINALS and (codes := _weekdays(day)):
        return ";BYDAY=" + ",".join(f"{_ORDINALS[ordinal]}{code}" for code in codes.split(","))
    return None


# ------------------------------------------------------------------------------ rules to words


def describe_rule(rule: str, anchor: str | None = None, due: date | None = None) -> str:
    """A recurrence in words that `parse_rule` understands: "every month on the 31st or last day", "every 3 months when done".

    With `due`, a rule that names no day is told with the day that it has by being counted from its DTSTART
    or else from `due`. What the words can't say follows as the rule itself. Text that is not a rule is
    returned as it is.
    """
    try:
        parts, start = split_rule(rule)
    except InvalidInput:
        return " ".join(rule.split())
    is_scheduled = anchor != "completion"
    day = (start or due) if due and is_scheduled and not names_its_days(rule) else None
    number, unit = int(parts.get("INTERVAL", "1")), _UNITS[parts["FREQ"]]
    words = Duration(number, unit).as_rhythm()
    days = _days_in_words(parts, day)
    if days == "weekdays" and number == 1:
        words, days = "every weekday", ""
    elif days is None:
        days = f"({join_parts({name: value for name, value in parts.items() if name.startswith('BY')})})"
    else:
        days = days and f"on {days}"
    end = (
        f", until {last_day(parts)}" if "UNTIL" in parts else f", {counted(int(parts['COUNT']), 'time')} in all" if "COUNT" in parts else ""
    )
    return " ".join(filter(None, (words, days, "" if is_scheduled else "when done"))) + end


def _days_in_words(parts: dict[str, str], start: date | None) -> str | None:
    """The days of a rule: "Monday and Friday", "the 15th", "24 December"; None if there are no words for them.

    "" if the rule names none and `start`, from which it is counted, is not known.
    """
    by = {name: parts[name].split(",") for name in parts if name.startswith("BY")}
    frequency, named = parts["FREQ"], frozenset(by)
    if not named:
        return _implied_day(frequency, start) if start else ""
    if named == {"BYDAY"} and frequency == "WEEKLY" and all(day in WEEKDAY_CODES for day in by["BYDAY"]):
        return "weekdays" if set(by["BYDAY"]) == set(_WORKING_DAYS.split(",")) else listed(_weekday_names(by["BYDAY"]))
    if frequency == "MONTHLY":
        return _month_days_in_words(by)
    if frequency == "YEARLY" and named - {"BYSETPOS"} == {"BYMONTH", "BYMONTHDAY"} and len(by["BYMONTH"]) == 1:
        month, number = int(by["BYMONTH"][0]), int(by["BYMONTHDAY"][-1])
        is_one_day = number > 0 and {name: parts[name] for name in named - {"BYMONTH"}} == month_day_parts(number, month)
        return f"{number} {MONTHS[month - 1].title()}" if is_one_day else None
    return None


def _implied_day(frequency: str, start: date) -> str:
    """The day that a rule without BY parts has by being counted from `start`. A month without it is left out (RFC 5545)."""
    if frequency == "WEEKLY":
        return WEEKDAYS[start.weekday()].title()
    left_out = " (shorter months are left out)" if start.day > 28 else ""
    return {
        "DAILY": "",
        "MONTHLY": f"the {ordinal(start.day)}{left_out}",
        "YEARLY": f"{start.day} {MONTHS[start.month - 1].title()}",
    }[frequency]


def _month_days_in_words(by: dict[str, list[str]]) -> str | None:
    named = frozenset(by)
    if named == {"BYMONTHDAY"} and by["BYMONTHDAY"] == ["-1"]:
        return "the last day"
    if named == {"BYMONTHDAY"} and all(int(number) > 0 for number in by["BYMONTHDAY"]):
        numbers = sorted(int(number) for number in by["BYMONTHDAY"])
        return "the " + listed(ordinal(number) for number in numbers) + (" (shorter months are left out)" if numbers[0] > 28 else "")
    if named == {"BYMONTHDAY", "BYSETPOS"}:
        number = int(by["BYMONTHDAY"][-1])
        is_last_valid = {name: ",".join(values) for name, values in by.items()} == month_day_parts(number)
        return f"the {ordinal(number)}{_OR_LAST_DAY}" if is_last_valid else None
    ordinals = {number: word for word, number in _ORDINALS.items() if not word[0].isdigit()}
    if named == {"BYDAY", "BYSETPOS"} and ",".join(by["BYDAY"]) == _WORKING_DAYS and len(by["BYSETPOS"]) == 1:
        word = ordinals.get(int(by["BYSETPOS"][0]))
        return f"the {word} weekday" if word else None
    if named == {"BYDAY"}:
        positions = {day[:-2] for day in by["BYDAY"]}
        word = ordinals.get(int(positions.pop() or "0")) if len(positions) == 1 else None
        return f"the {word} {listed(_weekday_names([day[-2:] for day in by['BYDAY']]))}" if word else None
    return None


def _weekday_names(codes: Iterable[str]) -> list[str]:
    return [WEEKDAYS[number].title() for number in sorted(WEEKDAY_CODES.index(code) for code in codes)]
