"""Which notes hold which links, for `check` and `rename`."""

from collections.abc import Iterable
from typing import NamedTuple

from vaultcrm.catalog.catalog import Catalog


class LinkRow(NamedTuple):
    """One link of a note, on a 1-based line of its file; `key` is the property that holds it, None for a link in the body.

    `kind` is "wiki", "path", or "more": the note has too many links to keep, and those after this line are not stored.
    """

    path: str
    line: int
    kind: str
    key: str | None
    target: str


def all_links(catalog: Catalog) -> list[LinkRow]:
    """Every link of every note."""
    return [LinkRow(*row) for row in catalog.rows("SELECT path, line, kind, key, target FROM links")]


def notes_that_may_link_to(catalog: Catalog, titles: Iterable[str]) -> set[str]:
    """The paths of the notes that may hold a link to one of these folded titles.

    They include the notes whose links are not all known: those with too many links, and those that can't be
    read, or can't any more: what is known of their links may be out of date.
    """
    paths = {path for (path,) in catalog.rows("SELECT path FROM links WHERE name = '' AND kind = 'more'")}
    paths |= {path for (path,) in catalog.rows("SELECT path FROM files WHERE digest = x''")}
    paths |= {path for (path,) in catalog.rows("SELECT path FROM problems WHERE code IN ('front-matter', 'encoding', 'binary')")}
    for title in titles:
        paths |= {path for (path,) in catalog.rows("SELECT path FROM links WHERE name = ?", title)}
    return paths


def notes_that_name_a_client(catalog: Catalog) -> set[str]:
    """The paths of the notes that have a `client` property."""
    return {path for (path,) in catalog.rows("SELECT path FROM notes WHERE client IS NOT NULL")}
