"""Obsidian's file of property types, `.obsidian/types.json`: complete it with ours, and find the types that differ."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from vaultcrm.errors import InvalidInput
from vaultcrm.markdown.properties import spelled
from vaultcrm.model.schema import PROPERTIES, PropertyType

TYPES_FILE = ".obsidian/types.json"
TEMPLATES_FILE = ".obsidian/templates.json"

_LIST_TYPES = ("aliases", "tags", "multitext")  # all three are written as a list
_TYPE_LABELS = {"multitext": "a list", "datetime": "a date and time", "date": "a date", "number": "a number", "text": "text"}
_WHITESPACE = re.compile(r"[ \t\r\n]*")


class TypeConflict(NamedTuple):
    """A property to which `types.json` gives another type than ours, with its 1-based line; the types are in words."""

    line: int
    name: str
    obsidian_type: str
    our_type: str


def property_types() -> dict[str, str]:
    """Obsidian's name for the type of each of our properties, by property. In Obsidian a name has one type in the whole vault."""
    types = {"type": "text"}
    for properties in PROPERTIES.values():
        for key, kind in properties.items():
            types[key] = key if key in ("tags", "aliases") else _type_of(kind)
    return dict(sorted(types.items()))


def _type_of(kind: PropertyType) -> str:
    if isinstance(kind, tuple):
        return "text"
    return {
        "list": "multitext",
        "links": "multitext",
        "dates": "multitext",
        "number": "number",
        "date": "date",
        "datetime": "datetime",
    }.get(kind, "text")


# ------------------------------------------------------------------------------------- types.json


class _Members(NamedTuple):
    """The positions of an object's members in a JSON text: each value's start and end by key, and the closing brace."""

    values: dict[str, tuple[int, int]]
    closing_brace: int


def new_types_json(types: Mapping[str, str]) -> str:
    """The text of a new `types.json`."""
    import json  # late: needed only to create or check a vault

    return json.dumps({"types": types}, indent=2) + "\n"


def add_types(text: str, types: Mapping[str, str]) -> str:
    """The text of a `types.json` with the properties added that it lacks, in its own style; nothing else in it changes.

    A property that has a type keeps it; Obsidian ignores case in property names. Raises InvalidInput
    if the text is not a valid `types.json`.
    """
    import json  # late: as above

    old_types = _read_types(text)
    existing = {name.lower() for name in old_types}
    added = {name: type_ for name, type_ in types.items() if name.lower() not in existing}
    if not added:
        return text
    root = _skip_whitespace(text, 0)
    outer = _members(text, root)
    margin = text[root + 1 : _skip_whitespace(text, root + 1)] if outer.values else "\n  "
    inner_margin = margin + (margin.lstrip("\r\n") if "\n" in margin else "")
    members = {name: json.dumps(type_) for name, type_ in added.items()}
    if "types" in outer.values:
        new = _append_members(text, outer.values["types"][0], members, inner_margin, margin)
    else:
        new_object = _append_members("{}", 0, members, inner_margin, margin)
        new = _append_members(text, root, {"types": new_object}, margin, "\n" if "\n" in margin else "")
    if json.loads(new) != {**json.loads(text), "types": {**old_types, **added}}:
        raise InvalidInput("It could not be changed without touching anything else.")
    return new


def find_type_conflicts(text: str) -> list[TypeConflict]:
    """The properties to which a `types.json` gives another type than ours. Raises InvalidInput if it is not a valid one."""
    types = _read_types(text)
    if not types:
        return []
    ours = property_types()
    values = _members(text, _members(text, _skip_whitespace(text, 0)).values["types"][0]).values
    return [
        TypeConflict(
            line=1 + text.count("\n", 0, values[name][0]),
            name=name,
            obsidian_type=_TYPE_LABELS.get(type_, type_),
            our_type=_TYPE_LABELS.get(our_type, "a list"),
        )
        for name, type_ in types.items()
        if (our_type := ours.get(spelled(name), type_)) != type_ and not (type_ in _LIST_TYPES and our_type in _LIST_TYPES)
    ]


def _read_types(text: str) -> dict[str, str]:
    """The types in a `types.json`, by property. Raises InvalidInput."""
    import json  # late: as above

    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"It is not valid JSON: {error}.") from error
    types = document.get("types", {}) if isinstance(document, dict) else None
    if not isinstance(types, dict) or not all(isinstance(type_, str) for type_ in types.values()):
        raise InvalidInput("It does not hold property types.")
    return types


def _skip_whitespace(text: str, position: int) -> int:
    match = _WHITESPACE.match(text, position)
    return match.end() if match else position


def _members(text: str, start: int) -> _Members:
    """The members of the object that starts at `start`, in a text that is known to be JSON."""
    import json  # late: as above

    decode = json.JSONDecoder().raw_decode
    values: dict[str, tuple[int, int]] = {}
    position = _skip_whitespace(text, start + 1)
    while text[position] != "}":
        key, position = decode(text, position)
        value_start = _skip_whitespace(text, _skip_whitespace(text, position) + 1)
        _, value_end = decode(text, value_start)
        values[key] = (value_start, value_end)
        position = _skip_whitespace(text, value_end)
        if text[position] == ",":
            position = _skip_whitespace(text, position + 1)
    return _Members(values, position)


def _append_members(text: str, start: int, members: Mapping[str, str], margin: str, last_margin: str) -> str:
    """The text with more members at the end of the object at `start`, laid out like its first member.

    In an empty object, `margin` precedes each member and `last_margin` the closing brace.
    """
    import json  # late: as above

    values, closing_brace = _members(text, start)
    if not values:
        return f"{text[: start + 1]}{margin}{_format_members(members, margin, ': ')}{last_margin}{text[closing_brace:]}"
    first = _skip_whitespace(text, start + 1)
    end_of_key = json.JSONDecoder().raw_decode(text, first)[1]
    colon = text[end_of_key : min(value_start for value_start, _ in values.values())]
    end = max(value_end for _, value_end in values.values())
    # an object on one line has no margin: a space after its colon means a space after its commas
    margin = text[start + 1 : first] or (" " if colon.endswith(" ") else "")
    return f"{text[:end]},{margin}{_format_members(members, margin, colon)}{text[end:]}"


def _format_members(members: Mapping[str, str], margin: str, colon: str) -> str:
    import json  # late: as above

    return f",{margin}".join(f"{json.dumps(key)}{colon}{value}" for key, value in members.items())
