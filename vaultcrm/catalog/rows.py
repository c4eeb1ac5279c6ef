"""Convert records to rows of the catalogue's tables, and back."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from vaultcrm.model.records import Note

LIST_SEPARATOR = "\x1f"  # between the texts of a list in one cell
_DATES = frozenset(("due", "scheduled", "since", "completed", "on", "valid_until"))
_LISTS = frozenset(("supersedes", "depends"))
_DERIVED = frozenset(("client", "is_blocked"))  # depend on other notes, so no table stores them


def note_from_row(row: Any) -> Note:  # Any: a row of SQLite
    """A note from its columns `path`, `type`, `properties` and `excerpt`."""
    import json  # late: `due` reads no properties

    return Note(row[0], row[1], json.loads(row[2]), row[3])


def stored_fields(record_type: Any) -> list[str]:  # Any: one of the model's named tuples
    """The fields of a record that its table stores, each in a column of the same name."""
    return [name for name in record_type._fields if name not in _DERIVED]


def column_list(names: list[str]) -> str:
    """Column names for a statement, quoted because some are SQL keywords."""
    return ", ".join(f'"{name}"' for name in names)


def cells(values: Iterable[object]) -> list[object]:
    """The values of stored fields as SQLite stores them: a date as ISO text, a list in one cell."""
    return [
        value.isoformat() if isinstance(value, date) else LIST_SEPARATOR.join(value) if isinstance(value, tuple) else value
        for value in values
    ]


def record_maker(record_type: Any) -> Callable[[Any, str | None], Any]:  # Any: a record of this type, from a row
    """A function that makes a record from a row of its stored fields and the name of its client."""
    names = stored_fields(record_type)
    dates = [i for i, name in enumerate(names) if name in _DATES]
    lists = [i for i, name in enumerate(names) if name in _LISTS]
    has_client = "client" in record_type._fields

    def make(row: Any, client: str | None) -> Any:
        values = list(row)
        for i in dates:
            if values[i]:
                values[i] = date.fromisoformat(values[i])
        for i in lists:
            values[i] = tuple(values[i].split(LIST_SEPARATOR)) if values[i] else ()
        return record_type(*values, client=client) if has_client else record_type(*values)

    return make


def below_condition(folder: str | None) -> tuple[str, tuple[str, ...]]:
    """An SQL condition with its values: the path is below a folder. Without a folder, every path matches."""
    if not folder:
        return "1", ()
    return "(path >= ? AND path < ?)", (folder + "/", folder + "0")  # "0" is the byte after "/"
