"""Lengths of time: "3 weeks", "a month", "monthly"."""

import re
from datetime import date
from typing import NamedTuple

from vaultcrm.dates.steps import add_units
from vaultcrm.dates.vocabulary import NUMBERS, RHYTHMS, UNITS
from vaultcrm.errors import InvalidInput
from vaultcrm.plural import counted
from vaultcrm.quoting import quoted

_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


class Duration(NamedTuple):
    """A length of time as it was agreed: "1 month" is a month, and not 30 days. `unit` is day, week, month or year."""

    number: int
    unit: str

    def __str__(self) -> str:
        return counted(self.number, self.unit)

    @property
    def days(self) -> int:
        """About how many days it is."""
        if self.unit == "month":
            return self.number // 12 * 365 + self.number % 12 * 30
        return self.number * _DAYS[self.unit]

    def days_from(self, day: date) -> int:
        """How many days it is from this day on; a day that a shorter month lacks is its last one."""
        try:
            return (add_units(day, self.number, self.unit) - day).days
        except InvalidInput:  # centuries away
            return self.days

    def as_rhythm(self) -> str:
        """ "every month", "every 3 weeks"."""
        return f"every {self.unit}" if self.number == 1 else f"every {self}"


def parse_duration(words: str) -> Duration:
    """The length of time that a person means by "3 weeks", "2w", "a month" or "monthly". Raises InvalidInput."""
    text = re.sub("^(every|each|once every|once an?|once per|per) ", "", " ".join(words.lower().split()))
    match = re.fullmatch(r"(?:(\d{1,4}) ?|([a-z]+) (?:of )?)?([a-z]+)", RHYTHMS.get(text, text), re.ASCII)
    number = (int(match[1]) if match[1] else NUMBERS.get(match[2] or "one")) if match else None
    if not match or not number or match[3] not in UNITS:
        raise InvalidInput(
            f"{quoted(words)} is not a length of time I understand.", 'Write something like "3 weeks", "10 days", "2 months" or "monthly".'
        )
    size, unit = UNITS[match[3]]
    return Duration(number * size, unit)
