"""Find records by a prefix of their handle and notes by parts of their names, and list handles and titles for shell completion."""

from bisect import bisect_left
from collections.abc import Collection
from typing import Literal, NamedTuple

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.links.resolver import NoteRow
from vaultcrm.normalize import fold

Table = Literal["follow_ups", "decisions", "points"]
_TABLES = ("notes", "follow_ups", "decisions", "points")  # what has a handle
_FEW = 60  # handles, of which looking up each one is faster than reading all
_WITH_PREFIX = " UNION ".join(f"SELECT id FROM {table} WHERE id >= ? AND id < ?" for table in _TABLES)
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


def notes_with_handle(catalog: Catalog, prefix: str) -> list[tuple[str, str]]:
    """The handles and paths of the notes whose own handle begins with `prefix`, by path."""
    prefix = prefix.lower()
    return catalog.rows("SELECT id, path FROM notes WHERE id >= ? AND id < ? ORDER BY path", prefix, prefix + "g")


def items_with_handle(catalog: Catalog, prefix: str) -> list[Item]:
    """What has a handle that begins with `prefix` and is not a whole note: checkbox lines, callouts, items of properties."""
    items = []
    prefix = prefix.lower()
    for table, kind in _ITEM_KINDS.items():
        statement = f"SELECT {kind}, id, path, line, text FROM {table} WHERE id >= ? AND id < ? AND {kind} != 'note' ORDER BY path, line"
        items += [Item(table, *row) for row in catalog.rows(statement, prefix, prefix + "g")]
    return items


def short_handles(catalog: Catalog, ids: Collection[str]) -> dict[str, str]:
    """Each handle, cut after at least four digits to where no other handle in the vault begins alike."""
    if len(ids) <= _FEW:
        return {whole: next((whole[:n] for n in range(4, 12) if _is_unique(catalog, whole[:n])), whole) for whole in ids}
    all_ids = [key for (key,) in catalog.rows(" UNION ".join(f"SELECT id FROM {table}" for table in _TABLES) + " ORDER BY 1")]
    short = {}
    for whole in ids:
        i = bisect_left(all_ids, whole)
        neighbours = [*all_ids[max(i - 1, 0) : i], *all_ids[i + 1 : i + 2]]
        short[whole] = next((whole[:n] for n in range(4, 12) if not any(other.startswith(whole[:n]) for other in neighbours)), whole)
    return short


def _is_unique(catalog: Catalog, prefix: str) -> bool:
    return len(catalog.rows(_WITH_PREFIX, *(prefix, prefix + "g") * len(_TABLES))) < 2


def titles(catalog: Catalog, *types: str) -> list[str]:
    """The titles of all notes of these types."""
    placeholders = ", ".join("?" * len(types))
    return [title_of_path(path) for (path,) in catalog.rows(f"SELECT path FROM notes WHERE type IN ({placeholders})", *types)]


def notes_with_name_part(catalog: Catalog, part: str) -> list[NoteRow]:
    """The notes whose folded title contains a folded text, by path."""
    rows = catalog.rows("SELECT path, name, type FROM notes INDEXED BY notes_name WHERE instr(name, ?) ORDER BY path", part)
    return [NoteRow(*row) for row in rows]


def notes_in_folders_named(catalog: Catalog, folded: str) -> list[NoteRow]:
    """The notes that lie directly in folders with a folded path."""
    select = "SELECT notes.path, name, type FROM files JOIN notes ON notes.path = files.path WHERE files.folder = ? ORDER BY 1"
    folders = [path for (path,) in catalog.rows("SELECT path FROM folders ORDER BY path") if fold(path) == folded]
    return [NoteRow(*row) for folder in folders for row in catalog.rows(select, folder)]
