"""The English of the Obsidian Tasks plug-in: "every 2 weeks on Monday" as it reads it.

It reads with npm rrule, word by word from the left, and stops without a complaint at the first word that
it does not know. So "every weekend" is "every week", and "every month on 15" is "every month".
"""

import re
from datetime import date, timedelta
from typing import NamedTuple

from vaultcrm.dates.parse import MONTHS, WEEKDAYS
from vaultcrm.markdown.tasks.rrule import RecurrenceRule, Weekday

_UNITS = ("day", "weekday", "week", "hour", "minute", "month", "year")
_FREQUENCY = {
    "day": "DAILY", "weekday": "WEEKLY", "week": "WEEKLY", "hour": "HOURLY", "minute": "MINUTELY", "month": "MONTHLY", "year": "YEARLY",
}  # fmt: skip
_WORKING_DAYS: tuple[Weekday, ...] = tuple((day, 0) for day in range(5))
_HIGHEST = 10**15  # a number that is longer is taken for this one: it never comes either

_SHORT_DAYS = ("mo mon", "tu tue tues", "we wed wedn", "th thu thur", "fr fri", "sa sat", "su sun")
_WORDS = {
    **{word: (word, 0) for word in ("every", "at", "the", "for", "until", "last")},
    **{"on": ("on", 0), "in": ("on", 0), "til": ("until", 0)},
    **{"first": ("first", 1), "second": ("nth", 2), "third": ("nth", 3)},
    **{word: (unit, 0) for unit in _UNITS for word in (unit, unit + "s")},
    **{word: ("name of day", day) for day, short in enumerate(_SHORT_DAYS) for word in (*short.split(), WEEKDAYS[day])},
    **{word: ("name of month", number) for number, month in enumerate(MONTHS, 1) for word in (month[:3], month)},
    "sept": ("name of month", 9),
    # known as words, and used nowhere: "every two weeks" is not understood
    **dict.fromkeys(("one", "two", "three", "time", "times"), ("number in words", 0)),
}
_TOKEN = re.compile(
    r" *(?:(?P<nth>[1-9][0-9]*(?:th|nd|rd|st))|(?P<number>[1-9][0-9]*)|(?P<comma>(?:, *|(?:and|or) *)+)"
    rf"|(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))}))",
    re.IGNORECASE | re.ASCII,
)


class _Token(NamedTuple):
    kind: str
    value: int
    end: int  # where it ends in the text


class _TokenStream:
    """The words of a rule, and the one that is read now; `kind` is "" behind the last one that is known."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens: list[_Token] = []
        while found := _TOKEN.match(text, self._tokens[-1].end if self._tokens else 0):
            kind, value = _WORDS[found["word"].lower()] if found["word"] else (str(found.lastgroup), _number(found[0].strip()))
            self._tokens.append(_Token(kind, value, found.end()))
        self._at = 0

    @property
    def kind(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    @property
    def rest(self) -> str:
        return self.text[self._tokens[self._at].end :]

    def advance(self) -> int:
        """Goes on to the next word and gives the value of this one."""
        self._at += 1
        return self._tokens[self._at - 1].value if self._at <= len(self._tokens) else 0

    def accept(self, kind: str) -> bool:
        """Goes on if the word is of that kind."""
        if self.kind == kind:
            self.advance()
            return True
        return False

    def expect(self, kind: str) -> int:
        """The value of a word that must be of that kind. Raises ValueError."""
        if self.kind != kind:
            raise ValueError(f"{kind} expected")
        return self.advance()


def _number(text: str) -> int:
    """The number that a text begins with, 0 for none."""
    digits = text[: len(text) - len(text.lstrip("0123456789"))]
    return min(int(digits[:16] or "0"), _HIGHEST)


class _RuleBuilder:
    """What has been said of the days of a rule so far."""

    def __init__(self) -> None:
        self.interval = 1
        self.times: int | None = None
        self.until: date | None = None
        self.months: list[int] = []
        self.weeks: list[int] = []
        self.month_days: list[int] = []
        self.days: list[Weekday] = []
        self.hours: list[int] = []

    def build(self, frequency: str) -> RecurrenceRule:
        lists = (tuple(self.months), tuple(self.weeks), tuple(self.month_days), tuple(self.days), tuple(self.hours))
        return RecurrenceRule(frequency, self.interval, self.times, self.until, *lists)


def parse_rule_text(text: str) -> RecurrenceRule | None:
    """The rhythm that the plug-in reads in a text without "when done"; None when it understands none."""
    try:
        return _read(_TokenStream(text))
    except ValueError:
        return None


def _read(words: _TokenStream) -> RecurrenceRule:
    said = _RuleBuilder()
    words.expect("every")
    if words.kind == "number":
        said.interval = words.advance()
    kind = words.kind
    if kind in _UNITS:
        words.advance()
        if kind == "weekday":
            said.days = [*_WORKING_DAYS]
        elif kind != "day":
            _read_on(words, said)
        if kind in ("day", "weekday", "week"):
            _read_at(words, said)
        _read_end(words, said)
        return said.build(_FREQUENCY[kind])
    if kind == "name of day":
        said.days = [(day, 0) for day in _names(words, kind)]
        _read_at(words, said)
        _read_month_days(words, said)
        _read_end(words, said)
        return said.build("WEEKLY")
    said.months = _names(words, "name of month")
    _read_on(words, said)
    _read_end(words, said)
    return said.build("YEARLY")


def _names(words: _TokenStream, kind: str) -> list[int]:
    found = [words.expect(kind)]
    while words.accept("comma"):
        found.append(words.expect(kind))
    return found


def _read_on(words: _TokenStream, said: _RuleBuilder) -> None:
    """ "on the 15th", "on the last Friday", "on Monday, Friday", "in January", "on week 20", one behind the other."""
    first, second = words.accept("on"), words.accept("the")
    more = first or second
    while more:
        if nth := _nth(words):
            if words.kind == "name of day":
                said.days.append((words.advance(), nth))
            else:
                said.month_days.append(nth)
                words.accept("day")
        elif words.kind == "name of day":
            said.days.append((words.advance(), 0))
        elif words.accept("weekday"):
            said.days = said.days or [*_WORKING_DAYS]
        elif words.accept("week"):
            said.weeks = _names(words, "number")
        elif words.kind == "name of month":
            said.months.append(words.advance())
        else:
            return
        more = words.accept("comma") or words.accept("the") or words.accept("on")


def _read_at(words: _TokenStream, said: _RuleBuilder) -> None:
    """ "at 9, 17": it moves no day, unless there are more than 23 hours."""
    more = words.accept("at")
    while more:
        said.hours = _names(words, "number")
        more = words.accept("comma") or words.accept("at")


def _nth(words: _TokenStream) -> int:
    """A place like "2nd", "last" or "third last"; 0 when there is none."""
    if words.accept("last"):
        return -1
    if words.accept("first"):
        return 1
    if words.kind != "nth":
        return 0
    if (nth := words.advance()) > 366:
        raise ValueError("no year is so long")
    return -nth if words.accept("last") else nth


def _read_month_days(words: _TokenStream, said: _RuleBuilder) -> None:
    """ "every Monday on the 13th". The word behind each number is passed over, whatever it is."""
    words.accept("on")
    words.accept("the")
    if nth := _nth(words):
        said.month_days = [nth]
        words.advance()
        while words.accept("comma"):
            if not (nth := _nth(words)):
                raise ValueError("a day of the month expected")
            said.month_days.append(nth)
            words.advance()


def _read_end(words: _TokenStream, said: _RuleBuilder) -> None:
    if words.kind == "until":
        said.until = _last_day(words.rest)
    elif words.accept("for"):
        said.times = words.expect("number")


# Names that JavaScript takes for a zone of time; all begin their day within the same day of UTC.
_ZONES = frozenset("ut utc z gmt est edt cst cdt mst mdt pst pdt".split())


def _last_day(text: str) -> date:
    """The day of "January 1, 2027" as the dates of JavaScript in Chromium are read, in UTC. Raises ValueError.

    Without a named month the order is month, day, year, or year, month, day; words before the first number do not matter.
    """
    month, numbers = 0, list[int]()
    for found in re.finditer("[0-9]+|[a-z]+", text.lower()):
        word = found[0]
        named = [n for n, name in enumerate(MONTHS, 1) if name[:3] == word[:3]]
        if word.isdigit():
            numbers.append(int(word.lstrip("0")[:9] or "0"))
        elif named:
            month = named[0]
        elif (numbers and word not in _ZONES) or text[found.end() : found.end() + 1].isdigit():
            raise ValueError("a word behind a number")
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
        raise ValueError("no day")
    found_day = date(year, month, 1) + timedelta(day - 1)  # 30 February is 2 March
    if found_day == date(1970, 1, 1):
        raise ValueError("the day 0 of JavaScript counts as none")
    return found_day
