"""Check a note's properties against the table in `model.schema`."""

import re
from collections.abc import Iterable
from functools import cache

from vaultcrm.dates.duration import parse_duration
from vaultcrm.dates.iso import parse_iso_datetime, parse_iso_day
from vaultcrm.dates.rrule import check_rule
from vaultcrm.dates.timezone import check_timezone
from vaultcrm.errors import InvalidInput
from vaultcrm.markdown.page import Page
from vaultcrm.markdown.properties import duplicate_keys, key_lines, lines_obsidian_rejects, root_node
from vaultcrm.markdown.values import Value, as_list
from vaultcrm.markdown.wikilinks import parse_wikilink
from vaultcrm.model.records import Note, Problem
from vaultcrm.model.schema import PROPERTIES, TYPES, PropertyType
from vaultcrm.quoting import quoted

# What other tools write for the same value: the TaskNotes and Tasks plugins, and American spelling.
STATUS_SYNONYMS = {
    "todo": "open", "to do": "open", "in-progress": "open", "in progress": "open", "none": "open",
    "completed": "done", "complete": "done", "canceled": "cancelled", "dropped": "cancelled",
}  # fmt: skip
PRIORITY_SYNONYMS = {"normal": "medium", "none": None, "urgent": "highest"}


def property_problems(note: Note, page: Page) -> list[Problem]:
    """The properties that do not fit the table, and keys and a type that look like misspelled ones. Other keys are the user's."""
    problems = [
        Problem(note.path, line, "duplicate-key", f"The property {quoted(key)} is given more than once{_effect(page, key)}")
        for key, line in (duplicate_keys(page) if _may_have_duplicates(page) else {}).items()
    ]
    message = "Obsidian reads none of the note's properties: this line continues a text in quotes or brackets. Indent it."
    problems += [Problem(note.path, line, "obsidian-yaml", message) for line in lines_obsidian_rejects(page)[:1]]
    table = PROPERTIES.get(note.type or "", {})
    known = {key: value for key, value in note.properties.items() if value is not None and value != "" and key in table}
    invalid = {key: problem for key, value in known.items() if (problem := value_problem(note.type or "", key, value))}
    for key in note.properties:
        if (meant := similar_key(note.type or "", key)) and meant not in note.properties:
            invalid[key] = "similar-key", f"vaultcrm doesn't know the property {quoted(key)}. Did you mean {quoted(meant)}?"
    if note.type and (meant := similar_type(note.type)):
        invalid["type"] = "bad-type", f"Write the type {quoted(note.type)} as {quoted(meant)}."
    lines = key_lines(page) if invalid else {}
    problems += [Problem(note.path, lines.get(key, 1), *problem) for key, problem in invalid.items()]
    return problems


def _effect(page: Page, key: str) -> str:
    """What two properties with one name mean, as the rest of a sentence: parsers of YAML refuse two that are written alike."""
    root = root_node(page)
    spellings = [name.text for name, _ in root.pairs if name.text.lower() == key.lower()] if root else []
    if len(set(spellings)) == len(spellings):
        return f", as {' and '.join(spellings)}. vaultcrm uses the last one. Keep one of them."
    return ". vaultcrm uses the last one; Obsidian reads none of the note's properties."


@cache
def similar_key(note_type: str, key: str) -> str | None:
    """The property of a note of this type that a key which isn't one looks like. None for a key of fewer than five letters."""
    table = PROPERTIES.get(note_type, {})
    if len(key) < 5 or key in table or key in ("type", "client", "alias", "cssclasses"):
        return None
    return _most_similar(key, table)


@cache
def similar_type(note_type: str) -> str | None:
    """The known type that an unknown one looks like."""
    return None if note_type in TYPES else _most_similar(note_type.replace("_", "-").replace(" ", "-"), TYPES)


def _most_similar(word: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # late: most notes have nothing but known words

    return next(iter(get_close_matches(word, known, 1, 0.82)), None)


def _may_have_duplicates(page: Page) -> bool:
    """A cheap check whether a key could stand there twice. It lets most notes be composed only once."""
    keys = [key.strip(b"\"' ").lower() for key in re.findall(rb"^([^\s:#\-][^:\n]*):", page.block, re.MULTILINE)]
    return len(set(keys)) != len(keys)


def value_problem(note_type: str, key: str, value: Value) -> tuple[str, str] | None:
    """Why a property of a note of type `note_type` cannot have this value: a problem's code and message. None if it can.

    Raises KeyError if the table has no such property for this type.
    """
    property_type = PROPERTIES[note_type][key]
    if property_type in ("list", "links"):
        return None
    if property_type == "dates":
        wrong = next((item for item in as_list(value) if parse_iso_day(item) is None), None)
        return ("bad-date", f"{quoted(wrong)} in {quoted(key)} is not a date like 2026-11-09.") if wrong else None
    if isinstance(value, list):
        return None if property_type == "link" else ("bad-list", f"The property {quoted(key)} takes one value, not a list.")
    return None if value is None else _text_problem(note_type, key, value, property_type)


def _text_problem(note_type: str, key: str, text: str, property_type: PropertyType) -> tuple[str, str] | None:
    if isinstance(property_type, tuple):
        choice = text.strip().lower()
        synonyms: set[str] = set()
        if note_type == "follow-up":
            synonyms = {"status": set(STATUS_SYNONYMS), "priority": set(PRIORITY_SYNONYMS)}.get(key, set())
        if choice in property_type or choice in synonyms:
            return None
        return "bad-choice", f"The {key} {quoted(text)} is not one of: {', '.join(property_type)}."
    if (property_type == "date" and parse_iso_day(text) is None) or (property_type == "datetime" and parse_iso_datetime(text) is None):
        return "bad-date", f"{quoted(text)} in {quoted(key)} is not a date like 2026-11-09."
    if property_type == "number" and not re.fullmatch(r"[-+]?\d+(\.\d+)?", text.strip(), re.ASCII):
        return "bad-number", f"{quoted(text)} in {quoted(key)} is not a number."
    if property_type == "link" and "[[" in text and parse_wikilink(text) is None:
        return "bad-link", f"{quoted(text)} in {quoted(key)} is not a link like [[Title]]."
    try:
        if property_type == "duration":
            parse_duration(text)
        elif property_type == "rrule":
            check_rule(text)
        elif property_type == "timezone":
            check_timezone(text)
            return None
    except InvalidInput as error:
        if property_type == "timezone":
            return "bad-timezone", f"{error.message} {error.hint}"
        return "bad-recurrence" if property_type == "rrule" else "bad-span", error.message
    return None
