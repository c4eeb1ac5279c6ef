"""Where every file of the vault lies, and where links lead: now, or once files have been moved."""

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.disk.moves import Move, carried
from vaultcrm.links.ownership import homes
from vaultcrm.normalize import caseless, fold

_Place = tuple[str, str, str, bool]  # the folder that a link stands in, its kind, its target, whether it names a client


class Row(NamedTuple):
    """A note: its path, its title folded for comparison, its type."""

    path: str
    name: str
    type: str | None


class Lead(NamedTuple):
    """Where a link leads. Not sure: several files have the name, and nothing decides; `others` are all of them.

    `is_there`: the file lies just where the link says, and need not be looked for by its name.
    """

    path: str | None
    is_sure: bool = True
    others: tuple[str, ...] = ()
    is_there: bool = False


class Whereabouts:
    """The notes as the catalogue knows them, and the files that `listing` gives when it is first asked for."""

    def __init__(self, rows: Iterable[Row], names: Mapping[str, list[str]], listing: Callable[[], Iterable[str]]) -> None:
        self.notes = {row.path: row for row in rows}
        self.client_names = names
        self._listing = listing
        self._files: dict[str, list[str]] | None = None
        self._all: set[str] = set()
        self._alike: dict[str, str] = {}  # a path without case, and how it is spelled
        self._named: dict[str, list[str]] = {}
        for row in self.notes.values():
            self._named.setdefault(row.name, []).append(row.path)
        self._homes = homes(sorted(path for path, row in self.notes.items() if row.type == "client"))
        self._near: dict[str, str] = {}
        self._leads: dict[_Place, Lead] = {}
        self._theirs: dict[_Place, tuple[str | None, str | None]] = {}

    @classmethod
    def of(cls, catalog: Catalog, listing: Callable[[], Iterable[str]]) -> "Whereabouts":
        rows = [Row(*row) for row in catalog.rows("SELECT path, name, type FROM notes ORDER BY path")]
        return cls(rows, catalog.client_names(), listing)

    def after(self, moves: Iterable[Move], names: Mapping[str, list[str]]) -> "Whereabouts":
        """The same once files have been moved, and clients answer to other names."""
        ways = list(moves)
        rows = []
        for row in self.notes.values():
            path = carried(row.path, ways)
            rows.append(row if path == row.path else Row(path, fold(title_of_path(path)), row.type))
        return Whereabouts(rows, names, lambda: [carried(path, ways) for path in self.paths])

    @property
    def files(self) -> dict[str, list[str]]:
        """All files by their name, folded as Obsidian does it: without case."""
        if self._files is None:
            self._files = {}
            for path in sorted({*self._listing(), *self.notes}):
                self._files.setdefault(caseless(path.rpartition("/")[2]), []).append(path)
                self._alike.setdefault(caseless(path), path)
            self._all.update(path for paths in self._files.values() for path in paths)
        return self._files

    @property
    def paths(self) -> set[str]:
        """All files."""
        if self._files is None:
            self.files  # noqa: B018  # listed when first asked for
        return self._all

    def lead(self, kind: str, target: str, key: str | None, source: str) -> Lead:
        """Where a link in the note `source` leads, as `Catalog.resolve` finds it, and whether that is sure.

        What leads to no note may lead to another file. A path is taken from the note's own folder
        first, then from the root.
        """
        folder = source.rpartition("/")[0]
        place = (folder, kind, target, key == "client")
        if place not in self._leads:
            self._leads[place] = self._lead(*place)
        return self._leads[place]

    def theirs(self, kind: str, target: str, source: str) -> tuple[str | None, str | None]:
        """Where Obsidian may take a link to: the shortest path of that name, or the one nearest to the note."""
        folder = source.rpartition("/")[0]
        place = (folder, kind, target, False)
        if place not in self._theirs:
            self._theirs[place] = self._obsidians(folder, kind, target)
        return self._theirs[place]

    def is_unique(self, path: str) -> bool:
        """Whether no other file has this name."""
        name = path.rpartition("/")[2]
        return len(self.files.get(caseless(name), ())) == 1 and len(self._named.get(fold(title_of_path(path)), (path,))) == 1

    # ------------------------------------------------------------------------------ as we find it

    def _lead(self, folder: str, kind: str, target: str, is_client: bool) -> Lead:
        if kind == "path" or target.startswith(("./", "../")):
            if path := self._at(folder, target):
                return Lead(path, is_there=True)
            if target.startswith(("./", "../", "/")):
                return Lead(None)
        title = target.removesuffix(".md")
        found = self._titled(title)
        if is_client:
            clients = [path for path in found if self.notes[path].type == "client"]
            if not clients:
                clients = [path for path, names in self.client_names.items() if fold(title.rpartition("/")[2]) in names]
            found = clients or found
        return self._nearest(found or self._called(target), title, folder)

    def _titled(self, title: str) -> list[str]:
        """The notes of a title, or of the end of a path; those that spell it so, accents included, before others."""
        whole = "/" + fold(title.removeprefix("/"))
        found = self._named.get(fold(title.rpartition("/")[2]), [])
        if "/" in title:
            found = [path for path in found if ("/" + fold(_stem(path))).endswith(whole)]
        if len(found) > 1:
            spelled = caseless(title.rpartition("/")[2])
            found = [path for path in found if caseless(title_of_path(path)) == spelled] or found
        return found

    def _called(self, target: str) -> list[str]:
        """The files, notes or not, of a name or of the end of a path."""
        whole = "/" + caseless(target.removeprefix("/"))
        names = dict.fromkeys((whole, whole if whole.endswith(".md") else whole + ".md"))
        return [
            path for name in names for path in self.files.get(name.rpartition("/")[2], ()) if ("/" + caseless(path)).endswith(name)
        ]  # fmt: skip

    def _nearest(self, found: list[str], title: str, folder: str) -> Lead:
        if len(found) < 2:
            return Lead(found[0] if found else None)
        whole = fold(title.removeprefix("/"))
        near = self._home(folder)

        def distance(path: str) -> tuple[bool, bool, bool]:
            is_named_in_full = "/" in title and fold(_stem(path)) == whole
            return not is_named_in_full, not path.startswith(near), path.rpartition("/")[0] != folder

        chosen = min(found, key=lambda path: (distance(path), len(path), path))
        same = [path for path in found if distance(path) == distance(chosen)]
        return Lead(chosen, len(same) == 1, tuple(sorted(found)))

    def _at(self, folder: str, target: str) -> str | None:
        """The file at a path, from the folder or from the root; the ending .md may be left out."""
        ways = [] if target.startswith("/") else [posixpath.normpath(posixpath.join(folder, target))]
        if not target.startswith(("./", "../")):
            ways.append(posixpath.normpath(target.lstrip("/")))
        for path in ways:
            for spelled in (path, path + ".md"):
                if spelled in self.notes or spelled in self.paths:
                    return spelled
                if (found := self._alike.get(caseless(spelled))) is not None:
                    return found
        return None

    def _home(self, folder: str) -> str:
        """The client folder around a folder, as a beginning of paths; what no path begins with for none."""
        if folder not in self._near:
            at, found = folder, self._homes.get(folder)
            while at and found is None:
                at = at.rpartition("/")[0]
                found = self._homes.get(at)
            self._near[folder] = "\0" if found is None else found.folder + "/" if found.folder else ""
        return self._near[folder]

    # ------------------------------------------------------------------------ as Obsidian finds it

    def _obsidians(self, folder: str, kind: str, target: str) -> tuple[str | None, str | None]:
        if kind == "path" or target.startswith(("./", "../")):
            found = self._at(folder, target)
            if found or target.startswith(("./", "../", "/")):
                return found, found
        paths = self._called(target)
        stem = caseless(target.removeprefix("/"))
        exact = next((path for path in paths if caseless(path) in (stem, stem + ".md")), None) if "/" in target else None
        if exact or not paths:
            return exact, exact
        own = folder + "/" if folder else ""
        return min(paths, key=lambda path: (len(path), path)), min(paths, key=lambda path: (not path.startswith(own), len(path), path))


def told(paths: Sequence[str]) -> str:
    """The paths that a link may mean, at most three of them."""
    return ", ".join(paths[:3]) + f" or {len(paths) - 3} more" if len(paths) > 3 else ", ".join(paths[:-1]) + f" or {paths[-1]}"


def _stem(path: str) -> str:
    return path.removesuffix(".md")
