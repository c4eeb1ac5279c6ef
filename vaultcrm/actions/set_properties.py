"""One property of a note set, added to or taken away."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.clients import note_at
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.dates.iso import parse_iso_datetime, parse_iso_day
from vaultcrm.dates.parse import parse_datetime, parse_day, parse_duration
from vaultcrm.dates.recurrence import check_rule, parse_rule
from vaultcrm.errors import InvalidInput, UsageError
from vaultcrm.markdown.edit import append_item, remove_property, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import Value
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.read_note import read_back
from vaultcrm.model.records import Note
from vaultcrm.model.schema import PROPERTIES, PropertyType
from vaultcrm.model.validate import value_problem
from vaultcrm.normalize import fold


class Assignment(NamedTuple):
    """`key=value`, `key+=value` (one more item), or a key to remove (value None)."""

    key: str
    value: str | None
    is_added: bool = False


def parse_assignment(text: str) -> Assignment:
    """Raises WrongUse for what is not KEY=VALUE or KEY+=VALUE."""
    found = re.fullmatch(r"\s*([^=+\s][^=]*?)\s*(\+?)=(.*)", text, re.DOTALL)
    if found is None:
        raise UsageError(f"{text!r} is not KEY=VALUE.", "Write it like: vaultcrm set acme status=active")
    key, plus, value = found[1], found[2], found[3].strip()
    if not value:
        raise UsageError(f"There is no value behind {key}=.", f"To take the property away: vaultcrm set NOTE --remove {key}")
    return Assignment(key, value, bool(plus))


def set_properties(crm: Crm, name: str, assignments: Sequence[Assignment]) -> WriteResult[Note]:
    """Set, extend or remove properties of one note, in one edit. The record is the Note as it is afterwards.

    What the note's type has a table for must fit it; dates and rules may be words. Raises
    NotUnderstood for a value that the property cannot have.
    """
    path = lookup.note(crm, name)
    note = note_at(crm, path)
    kind = note.type
    values = [(one, _value(crm, kind, note, one)) for one in assignments]

    def apply(data: bytes) -> bytes:
        page = split_page(data)
        for one, value in values:
            page = _edited(page, one, value)
        return page.join()

    with crm.writing() as writer:
        data = writer.edit(path, apply)
    return WriteResult(writer.created, writer.changed, read_back(path, data).note if data is not None else note)


def _edited(page: Page, one: Assignment, value: Writable) -> Page:
    if one.value is None:
        return remove_property(page, one.key)
    if one.is_added:
        there = read_properties(page).get(one.key)
        return (
            page
            if isinstance(there, list) and str(value) in there
            else append_item(page, one.key, value if isinstance(value, date) else str(value))
        )
    return set_property(page, one.key, value)


def _value(crm: Crm, kind: str | None, note: Note | None, one: Assignment) -> Writable:
    """The text of an assignment as the property's type has it."""
    if one.value is None:
        return None
    wanted = PROPERTIES.get(kind or "", {}).get(one.key)
    if one.key == "type":
        known = fold(one.value).replace(" ", "-")
        return known if known in PROPERTIES else one.value
    if wanted is None:
        return one.value if one.is_added else _guess_type(one.value)
    if one.is_added and wanted not in ("list", "links", "dates"):
        raise UsageError(f"The property {one.key!r} takes one value.", f"Set it with {one.key}=VALUE.")
    return _parse_value(crm, kind or "", note, one, wanted)


def _parse_value(crm: Crm, kind: str, note: Note | None, one: Assignment, wanted: PropertyType) -> Writable:
    text = one.value or ""
    order = crm.vault.settings.date_order
    if wanted in ("date", "dates"):
        day = parse_iso_day(text) or parse_day(text, crm.today, order)
        return day if wanted == "date" or one.is_added else [day]
    if wanted == "datetime":
        return parse_iso_datetime(text) or parse_datetime(text, crm.now, order)
    if wanted == "duration":
        parse_duration(text)
    if wanted == "rrule":
        return _rule(crm, note, text)
    if isinstance(wanted, tuple):
        text = next((choice for choice in wanted if fold(choice) == fold(text).replace("_", " ")), text)
    if wanted in ("link", "links") and "[[" not in text:
        text = make_wikilink(text)
    if (wanted == "number") and (value_problem(kind, one.key, text) is None):
        return float(text) if "." in text else int(text)
    if fault := value_problem(kind, one.key, text):
        raise InvalidInput(fault[1])
    return [text] if wanted in ("list", "links") and not one.is_added else text


def _rule(crm: Crm, note: Note | None, text: str) -> str:
    if "=" in text:
        check_rule(text)
        return text
    due = parse_iso_day(note.properties.get("due")) if note else None
    return parse_rule(text, due or crm.today)[0]


def _guess_type(text: str) -> Writable:
    """An unknown property's value: numbers, dates and checkboxes as such, as Obsidian would take them."""
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
