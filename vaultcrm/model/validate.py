"""What in a note's properties is not what their table says."""

import re

from vaultcrm.dates.iso import parse_iso_datetime, parse_iso_day
from vaultcrm.dates.parse import parse_duration
from vaultcrm.dates.recurrence import check_rule
from vaultcrm.errors import InvalidInput
from vaultcrm.markdown.page import Page
from vaultcrm.markdown.properties import duplicate_keys, key_lines
from vaultcrm.markdown.values import Value, as_list
from vaultcrm.markdown.wikilinks import parse_wikilink as parse_link
from vaultcrm.model.records import Note, Problem
from vaultcrm.model.schema import PROPERTIES, TYPES, PropertyType

# What other tools write for the same thing: TaskNotes and the Tasks plug-in, and American spelling.
STATUS_SYNONYMS = {
    "todo": "open", "to do": "open", "in-progress": "open", "in progress": "open", "none": "open",
    "completed": "done", "complete": "done", "canceled": "cancelled", "dropped": "cancelled",
}  # fmt: skip
PRIORITY_SYNONYMS = {"normal": "medium", "none": None, "urgent": "highest"}


def property_problems(note: Note, page: Page) -> list[Problem]:
    """What in the properties is not what their table says. Only the keys that vaultcrm knows are judged."""
    found = [
        Problem(
            note.path, line, "duplicate-key", f"The property {key!r} is given twice; the last one counts here, and Obsidian reads none."
        )
        for key, line in (duplicate_keys(page) if _may_repeat(page) else {}).items()
    ]
    table = PROPERTIES.get(note.type or "", {})
    known = {key: value for key, value in note.properties.items() if value is not None and value != "" and key in table}
    faults = {key: fault for key, value in known.items() if (fault := value_problem(note.type or "", key, value))}
    lines = key_lines(page) if faults else {}
    found += [Problem(note.path, lines.get(key, 1), *fault) for key, fault in faults.items()]
    meant = (note.type or "").replace("_", "-").replace(" ", "-")
    if note.type != meant and meant in TYPES:
        found.append(Problem(note.path, key_lines(page)["type"], "bad-type", f"The type {note.type!r} is written {meant!r}."))
    return found


def _may_repeat(page: Page) -> bool:
    """A cheap look whether a key could stand twice, so that most notes are composed only once."""
    keys = [key.strip(b"\"' ") for key in re.findall(rb"^([^\s:#\-][^:\n]*):", page.block, re.MULTILINE)]
    return len(set(keys)) != len(keys)


def value_problem(note_type: str, key: str, value: Value) -> tuple[str, str] | None:
    """Why a value cannot be the property `key` of a note of type `kind`: a problem's code and sentence."""
    wanted = PROPERTIES[note_type][key]
    if wanted in ("list", "links"):
        return None
    if wanted == "dates":
        wrong = next((item for item in as_list(value) if parse_iso_day(item) is None), None)
        return ("bad-date", f"{wrong!r} in {key!r} is not a day like 2026-11-09.") if wrong else None
    if isinstance(value, list):
        return None if wanted == "link" else ("bad-list", f"The property {key!r} takes one value, and has a list.")
    return None if value is None else _text_problem(note_type, key, value, wanted)


def _text_problem(kind: str, key: str, text: str, wanted: PropertyType) -> tuple[str, str] | None:
    if isinstance(wanted, tuple):
        known = text.strip().lower()
        elsewhere = {"status": set(STATUS_SYNONYMS), "priority": set(PRIORITY_SYNONYMS)}.get(key, set()) if kind == "follow-up" else set()
        if known in wanted or known in elsewhere:
            return None
        return "bad-choice", f"The {key} {text!r} is none of: {', '.join(wanted)}."
    if (wanted == "date" and parse_iso_day(text) is None) or (wanted == "datetime" and parse_iso_datetime(text) is None):
        return "bad-date", f"{text!r} in {key!r} is not a date like 2026-11-09."
    if wanted == "number" and not re.fullmatch(r"[-+]?\d+(\.\d+)?", text.strip(), re.ASCII):
        return "bad-number", f"{text!r} in {key!r} is not a number."
    if wanted == "link" and "[[" in text and parse_link(text) is None:
        return "bad-link", f"{text!r} in {key!r} is not a link like [[Title]]."
    try:
        if wanted == "duration":
            parse_duration(text)
        elif wanted == "rrule":
            check_rule(text)
    except InvalidInput as error:
        return "bad-recurrence" if wanted == "rrule" else "bad-span", error.message
    return None
