"""What Obsidian keeps beside the notes, and its links: types of properties, whether it knows a vault."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from vaultcrm.errors import InvalidInput
from vaultcrm.model.schema import PROPERTIES, PropertyType

TYPES_FILE = ".obsidian/types.json"
TEMPLATES_FILE = ".obsidian/templates.json"

_LISTS = ("aliases", "tags", "multitext")  # one and the same to a note
_NAMES = {"multitext": "a list", "datetime": "a date and time", "date": "a date", "number": "a number", "text": "text"}
_BLANK = re.compile(r"[ \t\r\n]*")


def property_types() -> dict[str, str]:
    """The type of each property as Obsidian names it, by property. A name has one type in the whole vault."""
    found = {"type": "text"}
    for properties in PROPERTIES.values():
        for key, kind in properties.items():
            found[key] = key if key in ("tags", "aliases") else _type_of(kind)
    return dict(sorted(found.items()))


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
    """Where the members of a JSON object stand: each value's begin and end by key, and the closing brace."""

    values: dict[str, tuple[int, int]]
    close: int


def new_types_json(types: Mapping[str, str]) -> str:
    """A new `types.json`."""
    import json  # late: only when a vault is made

    return json.dumps({"types": types}, indent=2) + "\n"


def add_types(text: str, types: Mapping[str, str]) -> str:
    """The text of a `types.json` with those properties added that it does not name; nothing else in it changes.

    Names that are there keep their type; Obsidian knows no difference of case between them.
    Raises NotUnderstood for what is not such a file.
    """
    import json  # late: as above

    had = _types_in(text)
    there = {name.lower() for name in had}
    added = {name: kind for name, kind in types.items() if name.lower() not in there}
    if not added:
        return text
    root = _skip_blanks(text, 0)
    outer = _members(text, root)
    margin = text[root + 1 : _skip_blanks(text, root + 1)] if outer.values else "\n  "
    deeper = margin + (margin.lstrip("\r\n") if "\n" in margin else "")
    items = {name: json.dumps(kind) for name, kind in added.items()}
    if "types" in outer.values:
        new = _append_members(text, outer.values["types"][0], items, deeper, margin)
    else:
        new = _append_members(
            text, root, {"types": _append_members("{}", 0, items, deeper, margin)}, margin, "\n" if "\n" in margin else ""
        )
    whole = json.loads(text)
    if json.loads(new) != {**whole, "types": {**had, **added}}:
        raise InvalidInput("It is not written as Obsidian writes it.")
    return new


def type_conflicts(text: str) -> list[tuple[int, str, str, str]]:
    """The properties to which a `types.json` gives another type than ours: line, name, its type and ours in words.

    Raises NotUnderstood for what is not such a file.
    """
    had = _types_in(text)
    if not had:
        return []
    ours = property_types()
    values = _members(text, _members(text, _skip_blanks(text, 0)).values["types"][0]).values
    return [
        (1 + text.count("\n", 0, values[name][0]), name, _NAMES.get(kind, kind), _NAMES.get(ours[name], "a list"))
        for name, kind in had.items()
        if name in ours and kind != ours[name] and not (kind in _LISTS and ours[name] in _LISTS)
    ]


def _types_in(text: str) -> dict[str, str]:
    import json  # late: as above

    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"It is not JSON: {error}.") from error
    types = whole.get("types", {}) if isinstance(whole, dict) else None
    if not isinstance(types, dict) or not all(isinstance(kind, str) for kind in types.values()):
        raise InvalidInput("It holds no types of properties.")
    return types


def _skip_blanks(text: str, here: int) -> int:
    """The next place that is not blank."""
    found = _BLANK.match(text, here)
    return found.end() if found else here


def _members(text: str, begin: int) -> _Members:
    """The members of the object that begins at `begin`, in a text that is known to be JSON."""
    import json  # late: as above

    read = json.JSONDecoder().raw_decode
    values: dict[str, tuple[int, int]] = {}
    here = _skip_blanks(text, begin + 1)
    while text[here] != "}":
        key, here = read(text, here)
        start = _skip_blanks(text, _skip_blanks(text, here) + 1)
        _, end = read(text, start)
        values[key] = (start, end)
        here = _skip_blanks(text, end)
        if text[here] == ",":
            here = _skip_blanks(text, here + 1)
    return _Members(values, here)


def _append_members(text: str, begin: int, items: Mapping[str, str], margin: str, last: str) -> str:
    """The object at `begin` with more members at its end, laid out as its first one.

    One without members is laid out with `margin` before each of them and `last` before its brace.
    """
    import json  # late: as above

    values, close = _members(text, begin)
    if not values:
        return f"{text[: begin + 1]}{margin}{_format_members(items, margin, ': ')}{last}{text[close:]}"
    first = _skip_blanks(text, begin + 1)
    behind_name = json.JSONDecoder().raw_decode(text, first)[1]
    colon = text[behind_name : min(start for start, _ in values.values())]
    end = max(end for _, end in values.values())
    margin = text[begin + 1 : first] or (" " if colon.endswith(" ") else "")  # on one line only the comma's blank shows the style
    return f"{text[:end]},{margin}{_format_members(items, margin, colon)}{text[end:]}"


def _format_members(items: Mapping[str, str], margin: str, colon: str) -> str:
    import json  # late: as above

    return f",{margin}".join(f"{json.dumps(key)}{colon}{value}" for key, value in items.items())
