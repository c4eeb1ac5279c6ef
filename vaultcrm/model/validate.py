"""What in a note's properties is not what their table says."""

import re

from vaultcrm.dates.iso import day_in, moment_in
from vaultcrm.dates.parse import parse_span
from vaultcrm.dates.recurrence import check_rule
from vaultcrm.errors import NotUnderstood
from vaultcrm.markdown.page import Page
from vaultcrm.markdown.properties import keys_given_twice, lines_of
from vaultcrm.markdown.values import Value, items
from vaultcrm.markdown.wikilinks import parse as parse_link
from vaultcrm.model.records import Note, Problem
from vaultcrm.model.schema import PROPERTIES, TYPES, Kind

# What other tools write for the same thing: TaskNotes and the Tasks plug-in, and American spelling.
SAME_STATUS = {
    "todo": "open", "to do": "open", "in-progress": "open", "in progress": "open", "none": "open",
    "completed": "done", "complete": "done", "canceled": "cancelled", "dropped": "cancelled",
}  # fmt: skip
SAME_PRIORITY = {"normal": "medium", "none": None, "urgent": "highest"}


def problems_of(note: Note, page: Page) -> list[Problem]:
    """What in the properties is not what their table says. Only the keys that vaultcrm knows are judged."""
    found = [
        Problem(
            note.path, line, "duplicate-key", f"The property {key!r} is given twice; the last one counts here, and Obsidian reads none."
        )
        for key, line in (keys_given_twice(page) if _may_repeat(page) else {}).items()
    ]
    table = PROPERTIES.get(note.type or "", {})
    known = {key: value for key, value in note.properties.items() if value is not None and value != "" and key in table}
    faults = {key: fault for key, value in known.items() if (fault := fault_in(note.type or "", key, value))}
    lines = lines_of(page) if faults else {}
    found += [Problem(note.path, lines.get(key, 1), *fault) for key, fault in faults.items()]
    meant = (note.type or "").replace("_", "-").replace(" ", "-")
    if note.type != meant and meant in TYPES:
        found.append(Problem(note.path, lines_of(page)["type"], "bad-type", f"The type {note.type!r} is written {meant!r}."))
    return found


def _may_repeat(page: Page) -> bool:
    """A cheap look whether a key could stand twice, so that most notes are composed only once."""
    keys = [key.strip(b"\"' ") for key in re.findall(rb"^([^\s:#\-][^:\n]*):", page.block, re.MULTILINE)]
    return len(set(keys)) != len(keys)


def fault_in(kind: str, key: str, value: Value) -> tuple[str, str] | None:
    """Why a value cannot be the property `key` of a note of type `kind`: a problem's code and sentence."""
    wanted = PROPERTIES[kind][key]
    if wanted in ("list", "links"):
        return None
    if wanted == "days":
        wrong = next((item for item in items(value) if day_in(item) is None), None)
        return ("bad-date", f"{wrong!r} in {key!r} is not a day like 2026-11-09.") if wrong else None
    if isinstance(value, list):
        return None if wanted == "link" else ("bad-list", f"The property {key!r} takes one value, and has a list.")
    return None if value is None else _fault_in_text(kind, key, value, wanted)


def _fault_in_text(kind: str, key: str, text: str, wanted: Kind) -> tuple[str, str] | None:
    if isinstance(wanted, tuple):
        known = text.strip().lower()
        elsewhere = {"status": set(SAME_STATUS), "priority": set(SAME_PRIORITY)}.get(key, set()) if kind == "follow-up" else set()
        if known in wanted or known in elsewhere:
            return None
        return "bad-choice", f"The {key} {text!r} is none of: {', '.join(wanted)}."
    if (wanted == "date" and day_in(text) is None) or (wanted == "moment" and moment_in(text) is None):
        return "bad-date", f"{text!r} in {key!r} is not a date like 2026-11-09."
    if wanted == "number" and not re.fullmatch(r"[-+]?\d+(\.\d+)?", text.strip(), re.ASCII):
        return "bad-number", f"{text!r} in {key!r} is not a number."
    if wanted == "link" and "[[" in text and parse_link(text) is None:
        return "bad-link", f"{text!r} in {key!r} is not a link like [[Title]]."
    try:
        if wanted == "span":
            parse_span(text)
        elif wanted == "rule":
            check_rule(text)
    except NotUnderstood as error:
        return "bad-recurrence" if wanted == "rule" else "bad-span", error.message
    return None
