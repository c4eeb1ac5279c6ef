"""Counted nouns and lists of words: "1 note", "3 people", "a, b and c"."""

from collections.abc import Iterable

_IRREGULAR = {"person": "people", "conflict copy": "conflict copies", "summary": "summaries"}


def plural(noun: str) -> str:
    """A noun in the plural: "notes", "people"."""
    return _IRREGULAR.get(noun, noun + "s")


def counted(number: int, noun: str) -> str:
    """A number and its noun: "1 note", "0 notes"."""
    return f"{number} {noun if number == 1 else plural(noun)}"


def listed(words: Iterable[str], conjunction: str = "and") -> str:
    """One or more words as a list: "a, b and c"."""
    *front, last = words
    return f"{', '.join(front)} {conjunction} {last}" if front else last
