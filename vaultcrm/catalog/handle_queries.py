"""Find records by a prefix of their handle, and list handles and titles for shell completion."""

from typing import Literal, NamedTuple

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.model.handles import handle

Table = Literal["follow_ups", "decisions", "points"]
_ITEM_KINDS: dict[Table, str] = {"follow_ups": "kind", "decisions": "kind", "points": "form"}  # the column that says where it is written


def records_with_handle(catalog: Catalog, table: Table, prefix: str) -> list[tuple[str, str, str]]:
    """The handle, path and text of each record whose handle begins with `prefix`."""
    prefix = prefix.lower()
    after = prefix + "g"  # handles are hexadecimal, so every one with this prefix sorts before it
    return catalog.rows(f"SELECT id, path, text FROM {table} WHERE id >= ? AND id < ?", prefix, after)


class Item(NamedTuple):
    """Something inside a note that has a handle of its own. `kind` says where it is written, such as "task" or "callout"."""

    table: Table
    kind: str
    id: str
    path: str
    line: int
    text: str


def notes_with_handle(catalog: Catalog, prefix: str) -> list[str]:
    """The paths of the notes whose own handle begins with `prefix`, in order."""
    return [path for (path,) in catalog.rows("SELECT path FROM notes ORDER BY path") if handle(path).startswith(prefix.lower())]


def items_with_handle(catalog: Catalog, prefix: str) -> list[Item]:
    """What has a handle that begins with `prefix` and is not a whole note: checkbox lines, callouts, items of properties."""
    items = []
    prefix = prefix.lower()
    for table, kind in _ITEM_KINDS.items():
        statement = f"SELECT {kind}, id, path, line, text FROM {table} WHERE id >= ? AND id < ? AND {kind} != 'note' ORDER BY path, line"
        items += [Item(table, *row) for row in catalog.rows(statement, prefix, prefix + "g")]
    return items


def follow_up_handles(catalog: Catalog) -> list[str]:
    """The handles of all follow-ups."""
    return [key for (key,) in catalog.rows("SELECT id FROM follow_ups")]


def titles(catalog: Catalog, *types: str) -> list[str]:
    """The titles of all notes of these types."""
    placeholders = ", ".join("?" * len(types))
    return [title_of_path(path) for (path,) in catalog.rows(f"SELECT path FROM notes WHERE type IN ({placeholders})", *types)]
