"""Which notes hold which links, for `check` and for renaming."""

from collections.abc import Iterable
from typing import NamedTuple

from vaultcrm.catalog.catalog import Catalog


class LinkRow(NamedTuple):
    """One link of a note: the line it is on, its kind ("wiki", "path", or "more" for too many to keep), its property, its target."""

    path: str
    line: int
    kind: str
    key: str | None
    target: str


def all_links(catalog: Catalog) -> list[LinkRow]:
    """Every link of every note."""
    return [LinkRow(*row) for row in catalog.rows("SELECT path, line, kind, key, target FROM links")]


def notes_that_may_link_to(catalog: Catalog, titles: Iterable[str]) -> set[str]:
    """The paths of the notes that may hold a link to one of these titles (folded).

    Notes whose links are not all known are among them: those with too many links, and those that can't be read.
    """
    found = {path for (path,) in catalog.rows("SELECT path FROM links WHERE name = '' AND kind = 'more'")}
    found |= {path for (path,) in catalog.rows("SELECT path FROM files WHERE digest = x''")}
    for title in titles:
        found |= {path for (path,) in catalog.rows("SELECT path FROM links WHERE name = ?", title)}
    return found


def notes_that_name_a_client(catalog: Catalog) -> set[str]:
    """The paths of the notes that have a property `client`."""
    return {path for (path,) in catalog.rows("SELECT path FROM notes WHERE client IS NOT NULL")}
