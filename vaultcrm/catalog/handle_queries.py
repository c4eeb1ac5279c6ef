"""Find records by a prefix of their handle, and list handles and titles for shell completion."""

from typing import Literal

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.model.handles import handle

Table = Literal["follow_ups", "decisions", "points"]


def records_with_handle(catalog: Catalog, table: Table, prefix: str) -> list[tuple[str, str, str]]:
    """The handle, path and text of each record whose handle begins with `prefix`."""
    prefix = prefix.lower()
    after = prefix + "g"  # handles are hexadecimal, so every one with this prefix sorts before it
    return catalog.rows(f"SELECT id, path, text FROM {table} WHERE id >= ? AND id < ?", prefix, after)


def notes_with_handle(catalog: Catalog, prefix: str) -> set[str]:
    """The paths of the notes whose handle begins with `prefix`, and of those that hold a record whose handle does."""
    tables: tuple[Table, ...] = ("follow_ups", "decisions", "points")
    with_record = {path for table in tables for _, path, _ in records_with_handle(catalog, table, prefix)}
    return with_record | {path for (path,) in catalog.rows("SELECT path FROM notes") if handle(path).startswith(prefix.lower())}


def follow_up_handles(catalog: Catalog, open_only: bool = False) -> list[str]:
    """The handles of all follow-ups, or of those that are open or waiting."""
    where = "WHERE status IN ('open', 'waiting')" if open_only else ""
    return [key for (key,) in catalog.rows(f"SELECT id FROM follow_ups {where}")]


def titles(catalog: Catalog, *types: str) -> list[str]:
    """The titles of all notes of these types."""
    placeholders = ", ".join("?" * len(types))
    return [title_of_path(path) for (path,) in catalog.rows(f"SELECT path FROM notes WHERE type IN ({placeholders})", *types)]
