"""Parse the English of the Obsidian Tasks plugin: "every 2 weeks on Monday", as the plugin reads it.

It uses npm's rrule, which reads word by word from the left and silently stops at the first word that
it doesn't know. So "every weekend" is "every week", and "every month on 15" is "every month".
"""

import re
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from vaultcrm.dates.vocabulary import MONTHS, WEEKDAYS
from vaultcrm.markdown.tasks.rrule import RecurrenceRule, Weekday

_UNITS = ("day", "weekday", "week", "hour", "minute", "month", "year")
_FREQUENCY = {
    "day": "DAILY", "weekday": "WEEKLY", "week": "WEEKLY", "hour": "HOURLY", "minute": "MINUTELY", "month": "MONTHLY", "year": "YEARLY",
}  # fmt: skip
_WORKING_DAYS: tuple[Weekday, ...] = tuple((day, 0) for day in range(5))
_MAX_NUMBER = 10**15  # stands for every higher number too: none of them has a next date

_SHORT_DAYS = ("mo mon", "tu tue tues", "we wed wedn", "th thu thur", "fr fri", "sa sat", "su sun")
_WORDS = {
    **{word: (word, 0) for word in ("every", "at", "the", "for", "until", "last")},
    **{"on": ("on", 0), "in": ("on", 0), "til": ("until", 0)},
    **{"first": ("first", 1), "second": ("nth", 2), "third": ("nth", 3)},
    **{word: (unit, 0) for unit in _UNITS for word in (unit, unit + "s")},
    **{word: ("day name", day) for day, short in enumerate(_SHORT_DAYS) for word in (*short.split(), WEEKDAYS[day])},
    **{word: ("month name", number) for number, month in enumerate(MONTHS, 1) for word in (month[:3], month)},
    "sept": ("month name", 9),
    # known words that no rule uses: "every two weeks" is not understood
    **dict.fromkeys(("one", "two", "three", "time", "times"), ("number word", 0)),
}


@cache
def _token_pattern() -> re.Pattern[str]:
    """A token of a rule; compiled for the first rule, because it takes as long as importing ten modules."""
    return re.compile(
        r" *(?:(?P<nth>[1-9][0-9]*(?:th|nd|rd|st))|(?P<number>[1-9][0-9]*)|(?P<comma>(?:, *|(?:and|or) *)+)"
        rf"|(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))}))",
        re.IGNORECASE | re.ASCII,
    )


class _Token(NamedTuple):
    kind: str
    value: int
    end: int  # its end in the text


class _TokenStream:
    """The tokens of a rule up to the first unknown word, and the current one. After the last one, `kind` is ""."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens: list[_Token] = []
        while match := _token_pattern().match(text, self._tokens[-1].end if self._tokens else 0):
            kind, value = _WORDS[match["word"].lower()] if match["word"] else (str(match.lastgroup), _number(match[0].strip()))
            self._tokens.append(_Token(kind, value, match.end()))
        self._index = 0

    @property
    def kind(self) -> str:
        return self._tokens[self._index].kind if self._index < len(self._tokens) else ""

    @property
    def rest(self) -> str:
        """The text after the current token."""
        return self.text[self._tokens[self._index].end :]

    def advance(self) -> int:
        """Move to the next token; returns the value of the one left."""
        self._index += 1
        return self._tokens[self._index - 1].value if self._index <= len(self._tokens) else 0

    def accept(self, kind: str) -> bool:
        """Move on if the current token is of this kind; returns whether it was."""
        if self.kind == kind:
            self.advance()
            return True
        return False

    def expect(self, kind: str) -> int:
        """Move on; returns the value of the current token. Raises ValueError if it is of another kind."""
        if self.kind != kind:
            raise ValueError(f"{kind} expected")
        return self.advance()


def _number(text: str) -> int:
    """The number that a text starts with, 0 if it doesn't start with one."""
    digits = text[: len(text) - len(text.lstrip("0123456789"))]
    return min(int(digits[:16] or "0"), _MAX_NUMBER)


class _RuleBuilder:
    """The parts of a rule that have been read so far."""

    def __init__(self) -> None:
        self.interval = 1
        self.times: int | None = None
        self.until: date | None = None
        self.months: list[int] = []
        self.weeks: list[int] = []
        self.month_days: list[int] = []
        self.weekdays: list[Weekday] = []
        self.hours: list[int] = []

    def build(self, frequency: str) -> RecurrenceRule:
        lists = (tuple(self.months), tuple(self.weeks), tuple(self.month_days), tuple(self.weekdays), tuple(self.hours))
        return RecurrenceRule(frequency, self.interval, self.times, self.until, *lists)


def parse_rule_text(text: str) -> RecurrenceRule | None:
    """The rule that the plugin reads in a text without "when done"; None if it doesn't understand the text."""
    try:
        return _parse_rule(_TokenStream(text))
    except ValueError:
        return None


def _parse_rule(tokens: _TokenStream) -> RecurrenceRule:
    rule = _RuleBuilder()
    tokens.expect("every")
    if tokens.kind == "number":
        rule.interval = tokens.advance()
    kind = tokens.kind
    if kind in _UNITS:
        tokens.advance()
        if kind == "weekday":
            rule.weekdays = [*_WORKING_DAYS]
        elif kind != "day":
            _parse_on(tokens, rule)
        if kind in ("day", "weekday", "week"):
            _parse_at(tokens, rule)
        _parse_end(tokens, rule)
        return rule.build(_FREQUENCY[kind])
    if kind == "day name":
        rule.weekdays = [(day, 0) for day in _parse_list(tokens, kind)]
        _parse_at(tokens, rule)
        _parse_month_days(tokens, rule)
        _parse_end(tokens, rule)
        return rule.build("WEEKLY")
    rule.months = _parse_list(tokens, "month name")
    _parse_on(tokens, rule)
    _parse_end(tokens, rule)
    return rule.build("YEARLY")


def _parse_list(tokens: _TokenStream, kind: str) -> list[int]:
    values = [tokens.expect(kind)]
    while tokens.accept("comma"):
        values.append(tokens.expect(kind))
    return values


def _parse_on(tokens: _TokenStream, rule: _RuleBuilder) -> None:
    """One or more of "on the 15th", "on the last Friday", "on Monday, Friday", "in January", "on week 20"."""
    has_on, has_the = tokens.accept("on"), tokens.accept("the")
    has_more = has_on or has_the
    while has_more:
        if nth := _parse_ordinal(tokens):
            if tokens.kind == "day name":
                rule.weekdays.append((tokens.advance(), nth))
            else:
                rule.month_days.append(nth)
                tokens.accept("day")
        elif tokens.kind == "day name":
            rule.weekdays.append((tokens.advance(), 0))
        elif tokens.accept("weekday"):
            rule.weekdays = rule.weekdays or [*_WORKING_DAYS]
        elif tokens.accept("week"):
            rule.weeks = _parse_list(tokens, "number")
        elif tokens.kind == "month name":
            rule.months.append(tokens.advance())
        else:
            return
        has_more = tokens.accept("comma") or tokens.accept("the") or tokens.accept("on")


def _parse_at(tokens: _TokenStream, rule: _RuleBuilder) -> None:
    """ "at 9, 17": this moves no date, unless an hour is over 23."""
    has_more = tokens.accept("at")
    while has_more:
        rule.hours = _parse_list(tokens, "number")
        has_more = tokens.accept("comma") or tokens.accept("at")


def _parse_ordinal(tokens: _TokenStream) -> int:
    """An ordinal like "2nd", "last" (-1) or "third last" (-3); 0 if there is none."""
    if tokens.accept("last"):
        return -1
    if tokens.accept("first"):
        return 1
    if tokens.kind != "nth":
        return 0
    if (nth := tokens.advance()) > 366:
        raise ValueError("no year is that long")
    return -nth if tokens.accept("last") else nth


def _parse_month_days(tokens: _TokenStream, rule: _RuleBuilder) -> None:
    """ "every Monday on the 13th". The word after each number is skipped, whatever it is."""
    tokens.accept("on")
    tokens.accept("the")
    if nth := _parse_ordinal(tokens):
        rule.month_days = [nth]
        tokens.advance()
        while tokens.accept("comma"):
            if not (nth := _parse_ordinal(tokens)):
                raise ValueError("a day of the month expected")
            rule.month_days.append(nth)
            tokens.advance()


def _parse_end(tokens: _TokenStream, rule: _RuleBuilder) -> None:
    if tokens.kind == "until":
        rule.until = _parse_until(tokens.rest)
    elif tokens.accept("for"):
        rule.times = tokens.expect("number")


# Names that JavaScript takes for a time zone; in all of them midnight is on the same day in UTC.
_TIME_ZONES = frozenset("ut utc z gmt est edt cst cdt mst mdt pst pdt".split())


def _parse_until(text: str) -> date:
    """The date of "January 1, 2027" as JavaScript in Chromium reads it, in UTC. Raises ValueError.

    Without a month name the order is month, day, year, or year, month, day. Words before the first number are ignored.
    """
    month, numbers = 0, list[int]()
    for match in re.finditer("[0-9]+|[a-z]+", text.lower()):
        word = match[0]
        months = [n for n, name in enumerate(MONTHS, 1) if name[:3] == word[:3]]
        if word.isdigit():
            numbers.append(int(word.lstrip("0")[:9] or "0"))
        elif months:
            month = months[0]
        elif (numbers and word not in _TIME_ZONES) or text[match.end() : match.end() + 1].isdigit():
            raise ValueError("a word after a number")
    if not 1 <= len(numbers) <= 3:
        raise ValueError("no date")
    first, second, third = (*numbers, 1, 1)[:3]
    is_day = 1 <= first <= 31
    if month:
        day, year = (first, second) if is_day else (second, first)
    else:
        year, month, day = (third, first, second) if is_day else (first, second, third)
    year += 2000 if year < 50 else 1900 if year < 100 else 0
    if not 1 <= day <= 31 or year > 9999:
        raise ValueError("no such day")
    until = date(year, month, 1) + timedelta(day - 1)  # 30 February is 2 March
    if until == date(1970, 1, 1):
        raise ValueError("JavaScript's day 0 counts as no date")
    return until
