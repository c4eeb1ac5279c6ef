"""Counted nouns: "1 note", "2 notes", "3 people"."""

_IRREGULAR = {"person": "people", "conflict copy": "conflict copies"}


def plural(noun: str) -> str:
    """A noun in the plural: "notes", "people"."""
    return _IRREGULAR.get(noun, noun + "s")


def counted(number: int, noun: str) -> str:
    """A number and its noun: "1 note", "0 notes"."""
    return f"{number} {noun if number == 1 else plural(noun)}"
