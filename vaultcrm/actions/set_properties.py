"""Set, extend or remove properties of a note."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.dates.duration import parse_duration
from vaultcrm.dates.iso import is_timestamp, move_to_day, move_to_moment, parse_iso_datetime, parse_iso_day
from vaultcrm.dates.parse import parse_datetime, parse_day, parse_day_and_time
from vaultcrm.dates.recurrence import Recurrence, parse_rule
from vaultcrm.dates.rrule import check_rule
from vaultcrm.dates.timezone import check_timezone
from vaultcrm.errors import InvalidInput, UsageError
from vaultcrm.markdown.edit import add_item, remove_property, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import read_properties, spelled
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.markdown.wikilinks import link_title, make_wikilink
from vaultcrm.markdown.yaml_nodes import Timestamp, Writable
from vaultcrm.model.read_note import read_back
from vaultcrm.model.records import Note
from vaultcrm.model.schema import CHANNELS, PROPERTIES, PropertyType
from vaultcrm.model.validate import value_problem
from vaultcrm.normalize import fold
from vaultcrm.quoting import quoted

_PAST_KEYS = frozenset(("completedDate", "follow_up_done"))  # dates of what has happened: "fri" is last Friday


class Assignment(NamedTuple):
    """`key=value`; `key+=value`, which appends an item; `key-=value`, which removes one; or a key to remove, with the value None."""

    key: str
    value: str | None
    appends: bool = False
    removes: bool = False


def parse_assignment(text: str) -> Assignment:
    """Parse KEY=VALUE, KEY+=VALUE or KEY-=VALUE. Raises UsageError for anything else."""
    match = re.fullmatch(r"\s*([^=+\s][^=]*?)\s*([+-]?)=(.*)", text, re.DOTALL)
    if match is None:
        raise UsageError(f"{quoted(text)} is not KEY=VALUE.", "Write it like: vaultcrm set acme status=active")
    key, sign, value = match[1], match[2], match[3].strip()
    if not value:
        raise UsageError(f"There is no value after {key}=.", f"To remove the property: vaultcrm set NOTE --remove {key}")
    return Assignment(key, value, sign == "+", sign == "-")


def set_properties(crm: Crm, name: str, assignments: Sequence[Assignment]) -> WriteResult[Note]:
    """Set, extend or remove properties of a note in one edit. The record is the note after the edit.

    A property that the note's type defines must have a valid value; dates and recurrence rules may be in
    words. Raises InvalidInput for a value that isn't valid, UsageError for an item added to a property
    that takes one value.
    """
    path = lookup.note(crm, name)
    note = lookup.note_record(crm, path)
    assignments = [assignment._replace(key=spelled(assignment.key)) for assignment in assignments]
    values = [(assignment, parse_value(crm, note, assignment)) for assignment in assignments]
    if (anchor := _new_anchor(crm, note, assignments)) is not None:
        values.append((Assignment("recurrence_anchor", anchor), anchor))

    def apply(data: bytes) -> bytes:
        page = split_page(data)
        for assignment, value in values:
            page = _apply(page, assignment, value)
        return page.join()

    with crm.writing() as writer:
        data = writer.edit(path, apply)
    return WriteResult(writer.created, writer.changed, read_back(path, data).note if data is not None else note)


def _apply(page: Page, assignment: Assignment, value: Writable) -> Page:
    key = assignment.key
    if assignment.value is None:
        return remove_property(page, key)
    items = read_properties(page).get(key)
    if assignment.removes:
        return _remove_item(page, key, as_list(items), assignment.value)
    if not assignment.appends:
        return set_property(page, key, value)
    if str(value) in as_list(items):
        return page
    return add_item(page, key, value if isinstance(value, date) else str(value))


def _remove_item(page: Page, key: str, items: Sequence[str], text: str) -> Page:
    """The page without one item of a list, and without the property if nothing is left. Raises InvalidInput if the item isn't there."""
    item = next((item for item in items if fold(link_title(item) or item) == fold(link_title(text) or text)), None)
    if item is None:
        shown = f"It holds {', '.join(items)}." if items else "It is empty."
        raise InvalidInput(f"The property {quoted(key)} doesn't hold {quoted(text)}.", shown)
    remaining = [other for other in items if other is not item]
    return set_property(page, key, remaining) if remaining else remove_property(page, key)


def parse_value(crm: Crm, note: Note, assignment: Assignment) -> Writable:
    """The value to write; for a property that the note's type doesn't define, its type is guessed. Raises InvalidInput, UsageError."""
    key, text = assignment.key, assignment.value
    if text is None or assignment.removes:
        return text
    if key == "type":
        note_type = fold(text).replace(" ", "-")
        return note_type if note_type in PROPERTIES else text
    property_type = PROPERTIES.get(note.type or "", {}).get(key)
    if property_type is None:
        return text if assignment.appends else _guess_type(text)
    if assignment.appends and property_type not in ("list", "links", "dates"):
        raise UsageError(f"The property {quoted(key)} takes one value.", f"Set it with {key}=VALUE.")
    return _parse_known_value(crm, note, assignment, text, property_type)


def _parse_known_value(crm: Crm, note: Note, assignment: Assignment, text: str, property_type: PropertyType) -> Writable:
    date_order = crm.vault.settings.date_order
    if property_type == "dates":
        day = parse_iso_day(text) or parse_day(text, crm.today, date_order, prefer_past=True)
        return day if assignment.appends else [day]
    if property_type in ("date", "datetime"):
        return _parse_date(crm, assignment.key, text, property_type, as_text(note.properties.get(assignment.key)))
    if property_type == "duration":
        parse_duration(text)
    if property_type == "timezone":
        check_timezone(text)
    if property_type == "rrule":
        return _parse_rule(crm, note, text)
    if property_type == CHANNELS:
        text = lookup.channel(crm, text)
    if isinstance(property_type, tuple):
        text = next((choice for choice in property_type if fold(choice) == fold(text).replace("_", " ")), text)
    if property_type in ("link", "links") and "[[" not in text:
        text = make_wikilink(text)
    problem = value_problem(note.type or "", assignment.key, text)
    if property_type == "number" and problem is None:
        return float(text) if "." in text else int(text)
    if problem:
        raise InvalidInput(problem[1])
    return [text] if property_type in ("list", "links") and not assignment.appends else text


def _parse_date(crm: Crm, key: str, text: str, property_type: PropertyType, old: str | None) -> Writable:
    """A date or a date and time, in words or as ISO. What the words don't say stays: the time of day, the time zone."""
    if is_timestamp(text):
        return Timestamp(text)
    day, time_of_day = parse_iso_day(text), None
    if day is None:
        is_past = property_type == "datetime" or key in _PAST_KEYS
        day, time_of_day = parse_day_and_time(text, crm.today, crm.vault.settings.date_order, is_past)
    if time_of_day is not None and property_type == "datetime":
        return Timestamp(move_to_moment(old, datetime.combine(day, time_of_day)))
    if len(moved := move_to_day(old, day)) > 10:
        return Timestamp(moved)
    if property_type == "date":
        return day
    return parse_iso_datetime(text) or parse_datetime(text, crm.now, crm.vault.settings.date_order)


def _parse_rule(crm: Crm, note: Note, text: str) -> str:
    """An RRULE, as it was typed, or from words like "every month"; then the due date decides the day of the month."""
    if _is_rrule(text):
        check_rule(text)
        return text
    return _recurrence(crm, note, text).rule


def _is_rrule(text: str) -> bool:
    return "=" in text and " " not in text


def _recurrence(crm: Crm, note: Note, words: str) -> Recurrence:
    due = parse_iso_day(note.properties.get("due"))
    return parse_rule(words, due, crm.today, crm.vault.settings.date_order)


def _new_anchor(crm: Crm, note: Note, assignments: Sequence[Assignment]) -> str | None:
    """The recurrence_anchor that goes with a recurrence set in words, "2 weeks when done"; None if it stays or is set itself."""
    words = [assignment.value for assignment in assignments if assignment.key == "recurrence" and assignment.value]
    is_given = any(assignment.key == "recurrence_anchor" for assignment in assignments)
    if note.type != "follow-up" or not words or is_given or _is_rrule(words[-1]):
        return None
    anchor = _recurrence(crm, note, words[-1]).anchor
    return anchor if anchor != (as_text(note.properties.get("recurrence_anchor")) or "scheduled") else None


def _guess_type(text: str) -> Writable:
    """A checkbox, number, date or text, as Obsidian would read the text."""
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})\.\d{1,9}", text, re.ASCII) and not text.endswith("0"):
        return float(text)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) and (day := parse_iso_day(text)):
        return day
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", text, re.ASCII) and (moment := parse_iso_datetime(text)):
        return moment
    return text


def format_value(value: Value) -> str:
    """A property's value on one line."""
    return ", ".join(value) if isinstance(value, list) else value or ""
