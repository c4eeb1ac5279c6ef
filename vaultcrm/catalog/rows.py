"""Records as rows of the catalogue's tables, and back."""

from collections.abc import Callable
from datetime import date
from typing import Any

from vaultcrm.model.records import Note

_DAYS = frozenset(("due", "scheduled", "since", "completed", "on"))
_LISTS = frozenset(("supersedes", "depends"))
_WORKED_OUT = frozenset(("client", "is_blocked"))  # from other notes, and so in no table
BETWEEN = "\x1f"  # between the texts of a list in one cell


def note_of(row: Any) -> Note:  # Any: a row of SQLite
    import json  # late: `due` needs no properties

    return Note(row[0], row[1], json.loads(row[2]), row[3])


def cells(record: Any, client: str | None) -> list[object]:  # Any: one of the model's named tuples
    """A record as a row: days as ISO text, several texts in one cell; last the client that its note names itself."""
    row: list[object] = []
    for name, value in zip(record._fields, record, strict=True):
        if name not in _WORKED_OUT:
            row.append(value.isoformat() if isinstance(value, date) else BETWEEN.join(value) if isinstance(value, tuple) else value)
    return [*row, client]


def maker(kind: Any) -> Callable[[Any, str | None], Any]:  # Any: a record of the given kind, from a row
    """What makes records of a kind from rows, given whose they are."""
    days = [i for i, name in enumerate(kind._fields) if name in _DAYS]
    lists = [i for i, name in enumerate(kind._fields) if name in _LISTS]
    has_client = "client" in kind._fields

    def make(row: Any, client: str | None) -> Any:
        cells = list(row)
        for i in days:
            if cells[i]:
                cells[i] = date.fromisoformat(cells[i])
        for i in lists:
            cells[i] = tuple(cells[i].split(BETWEEN)) if cells[i] else ()
        return kind(*cells, client=client) if has_client else kind(*cells)

    return make
