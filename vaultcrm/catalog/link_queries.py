"""Which notes hold which links, for `check`, `rename` and `show`."""

import posixpath
from collections.abc import Iterable
from typing import NamedTuple

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.rows import below_condition
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.wikilinks import link_title
from vaultcrm.normalize import fold, fold_case


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


def links_below(catalog: Catalog, folder: str) -> list[LinkRow]:
    """Every link of the notes below a folder."""
    inside, values = below_condition(folder)
    return [LinkRow(*row) for row in catalog.rows(f"SELECT path, line, kind, key, target FROM links WHERE {inside}", *values)]


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


class Backlink(NamedTuple):
    """A link that leads to a note from another one, whose type is `type`; `line` and `key` as in LinkRow."""

    path: str
    line: int
    key: str | None
    type: str | None


def backlinks(catalog: Catalog, path: str) -> list[Backlink]:
    """The links that lead to a note from other notes, one a line: from the newest talks first, then from notes without a date by path.

    Property `client` is left out: it says whose note it is.
    """
    statement = """
        SELECT links.path, min(line), kind, key, target, type FROM links JOIN notes ON notes.path = links.path
        WHERE links.name = ? AND key IS NOT 'client' AND links.path != ? GROUP BY links.path, line, kind, key, target
        ORDER BY at IS NULL, at DESC, links.path, line
    """
    leads_here: dict[tuple[str, str, str], bool] = {}
    found: dict[tuple[str, int], Backlink] = {}
    for source, line, kind, key, target, note_type in catalog.rows(statement, fold(title_of_path(path)), path):
        query = (source.rpartition("/")[0], kind, target)
        if query not in leads_here:
            leads_here[query] = (_at_path(catalog, query[0], target) if kind == "path" else catalog.resolve(target, source)) == path
        if leads_here[query]:
            found.setdefault((source, line), Backlink(source, line, key, note_type))
    return [*found.values()]


def _at_path(catalog: Catalog, folder: str, target: str) -> str | None:
    """The note that a Markdown link in a folder leads to: its path counts from that folder, else from the vault's root."""
    paths = [] if target.startswith("/") else [posixpath.normpath(posixpath.join(folder, target))]
    if not target.startswith(("./", "../")):
        paths.append(posixpath.normpath(target.lstrip("/")))
    name = fold(title_of_path(target))
    by_case = {fold_case(row.path): row.path for row in reversed(catalog.notes_named(name))}
    spellings = [spelling for path in paths for spelling in (path, path + ".md")]
    return next((by_case[fold_case(spelling)] for spelling in spellings if fold_case(spelling) in by_case), None)


def notes_linked_to_client(catalog: Catalog, client: ClientRef) -> set[str]:
    """The paths of the notes outside of a client's folder that its name or an alias in their property `client` makes its own."""
    names = set(catalog.client_names().get(client.path, ()))
    prefix = client.folder + "/"
    rows = catalog.rows("SELECT path, client FROM notes WHERE client IS NOT NULL")
    return {path for path, link in rows if not path.startswith(prefix) and fold(link_title(link) or "") in names}
