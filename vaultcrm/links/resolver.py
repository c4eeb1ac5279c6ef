"""Where links lead: in the vault as it is, or as it will be once files have been moved.

Obsidian finds notes by file name. Where several files share a name, vaultcrm prefers the client
folder and then the folder that the link stands in; `obsidian_targets` says what Obsidian would choose.
"""

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from vaultcrm.disk.filenames import title_of_path
from vaultcrm.disk.moves import Move, path_after
from vaultcrm.links.ownership import ClientRef, client_above, client_folders
from vaultcrm.normalize import fold, fold_case

_Query = tuple[str, str, str, bool]  # the folder that a link stands in, its kind, its target, whether it names a client


class NoteRow(NamedTuple):
    """A note: its path, its title folded for comparison, its type."""

    path: str
    name: str
    type: str | None


class Resolution(NamedTuple):
    """What a link leads to; `path` is None when it leads nowhere.

    `is_certain` is False when several files have the name and nothing decides between them;
    `candidates` are then all of them. `is_exact_path`: the file is where the link says it is, and was
    not found by its name alone.
    """

    path: str | None
    is_certain: bool = True
    candidates: tuple[str, ...] = ()
    is_exact_path: bool = False


# ------------------------------------------------------------------------------- the choice


def with_title(paths: Sequence[str], title: str) -> list[str]:
    """The notes that a title, or the end of a path, names. All `paths` have the title's last part, folded.

    Where some spell it exactly, accents included, only those: "Resume" and "Résumé" are two notes to
    whoever has both.
    """
    found = list(paths)
    if "/" in title:
        end = "/" + fold(title.removeprefix("/"))
        found = [path for path in found if ("/" + fold(path.removesuffix(".md"))).endswith(end)]
    if len(found) > 1:
        spelled = fold_case(title.rpartition("/")[2])
        found = [path for path in found if fold_case(title_of_path(path)) == spelled] or found
    return found


def nearest(paths: Sequence[str], title: str, folder: str, client: ClientRef | None) -> Resolution:
    """The candidate nearest to a link in `folder`, whose notes belong to `client`.

    A full path comes first, then the client's folder, then the same folder, then the shortest path.
    """
    if len(paths) < 2:
        return Resolution(paths[0] if paths else None)
    full_path = fold(title.removeprefix("/")) if "/" in title else None
    below_client = None if client is None else client.folder + "/" if client.folder else ""

    def distance(path: str) -> tuple[bool, bool, bool]:
        is_full_path = full_path is not None and fold(path.removesuffix(".md")) == full_path
        is_of_client = below_client is not None and path.startswith(below_client)
        return not is_full_path, not is_of_client, path.rpartition("/")[0] != folder

    chosen = min(paths, key=lambda path: (distance(path), len(path), path))
    equally_near = [path for path in paths if distance(path) == distance(chosen)]
    return Resolution(chosen, len(equally_near) == 1, tuple(sorted(paths)))


# --------------------------------------------------------------------------- a whole vault


class LinkResolver:
    """Resolves any number of links among the notes of a vault, and its other files.

    `list_files` gives every file of the vault; it is called when a link leads to no note.
    """

    def __init__(self, notes: Iterable[NoteRow], client_names: Mapping[str, list[str]], list_files: Callable[[], Iterable[str]]) -> None:
        self.notes = {note.path: note for note in notes}
        self.client_names = client_names
        self._list_files = list_files
        self._by_file_name: dict[str, list[str]] | None = None
        self._paths: set[str] = set()
        self._by_caseless_path: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = {}
        for note in self.notes.values():
            self._by_name.setdefault(note.name, []).append(note.path)
        self._client_folders = client_folders(sorted(path for path, note in self.notes.items() if note.type == "client"))
        self._clients: dict[str, ClientRef | None] = {}
        self._resolutions: dict[_Query, Resolution] = {}
        self._obsidian_targets: dict[_Query, tuple[str | None, str | None]] = {}

    def after_moves(self, moves: Iterable[Move], client_names: Mapping[str, list[str]]) -> "LinkResolver":
        """A resolver for the vault as it will be after some moves, when clients have these names."""
        moves = list(moves)
        notes = []
        for note in self.notes.values():
            path = path_after(note.path, moves)
            notes.append(note if path == note.path else NoteRow(path, fold(title_of_path(path)), note.type))
        return LinkResolver(notes, client_names, lambda: [path_after(path, moves) for path in self.paths])

    @property
    def files(self) -> dict[str, list[str]]:
        """All files by name, compared as Obsidian does: without case."""
        if self._by_file_name is None:
            self._by_file_name = {}
            for path in sorted({*self._list_files(), *self.notes}):
                self._by_file_name.setdefault(fold_case(path.rpartition("/")[2]), []).append(path)
                self._by_caseless_path.setdefault(fold_case(path), path)
            self._paths.update(path for paths in self._by_file_name.values() for path in paths)
        return self._by_file_name

    @property
    def paths(self) -> set[str]:
        """The paths of all files."""
        if self._by_file_name is None:
            self.files  # noqa: B018  # listed when first asked for
        return self._paths

    def resolve(self, kind: str, target: str, key: str | None, source: str) -> Resolution:
        """Where a link in the note `source` leads: to a note, or else to another file.

        `kind` is "wiki" or "path", `key` the property that holds the link. A path is taken from the
        folder of `source` first, then from the vault's root.
        """
        folder = source.rpartition("/")[0]
        query = (folder, kind, target, key == "client")
        if query not in self._resolutions:
            self._resolutions[query] = self._resolve(*query)
        return self._resolutions[query]

    def obsidian_targets(self, kind: str, target: str, source: str) -> tuple[str | None, str | None]:
        """What Obsidian may open for a link: the file with the shortest path, and the one nearest to `source`.

        Obsidian's documentation does not say which of the two it chooses.
        """
        folder = source.rpartition("/")[0]
        query = (folder, kind, target, False)
        if query not in self._obsidian_targets:
            self._obsidian_targets[query] = self._resolve_as_obsidian(folder, kind, target)
        return self._obsidian_targets[query]

    def has_unique_name(self, path: str) -> bool:
        """Whether no other file, and no other note, has this name."""
        file_name, title = path.rpartition("/")[2], fold(title_of_path(path))
        return len(self.files.get(fold_case(file_name), ())) == 1 and len(self._by_name.get(title, (path,))) == 1

    def _resolve(self, folder: str, kind: str, target: str, is_client: bool) -> Resolution:
        if kind == "path" or target.startswith(("./", "../")):
            if path := self._at_path(folder, target):
                return Resolution(path, is_exact_path=True)
            if target.startswith(("./", "../", "/")):
                return Resolution(None)
        title = target.removesuffix(".md")
        name = fold(title.rpartition("/")[2])
        found = with_title(self._by_name.get(name, ()), title)
        if is_client:
            clients = [path for path in found if self.notes[path].type == "client"]
            found = clients or [path for path, names in self.client_names.items() if name in names] or found
        return nearest(found or self._files_named(target), title, folder, self._client_of(folder))

    def _files_named(self, target: str) -> list[str]:
        """The files, notes or not, with a name or the end of a path; the ending .md may be missing."""
        end = "/" + fold_case(target.removeprefix("/"))
        ends = dict.fromkeys((end, end if end.endswith(".md") else end + ".md"))
        return [
            path for name in ends for path in self.files.get(name.rpartition("/")[2], ()) if ("/" + fold_case(path)).endswith(name)
        ]  # fmt: skip

    def _at_path(self, folder: str, target: str) -> str | None:
        """The file at a path, from the folder or from the root; the ending .md may be missing."""
        paths = [] if target.startswith("/") else [posixpath.normpath(posixpath.join(folder, target))]
        if not target.startswith(("./", "../")):
            paths.append(posixpath.normpath(target.lstrip("/")))
        for path in paths:
            for spelled in (path, path + ".md"):
                if spelled in self.notes or spelled in self.paths:
                    return spelled
                if (found := self._by_caseless_path.get(fold_case(spelled))) is not None:
                    return found
        return None

    def _client_of(self, folder: str) -> ClientRef | None:
        if folder not in self._clients:
            self._clients[folder] = client_above(self._client_folders, folder)
        return self._clients[folder]

    def _resolve_as_obsidian(self, folder: str, kind: str, target: str) -> tuple[str | None, str | None]:
        if kind == "path" or target.startswith(("./", "../")):
            found = self._at_path(folder, target)
            if found or target.startswith(("./", "../", "/")):
                return found, found
        paths = self._files_named(target)
        stem = fold_case(target.removeprefix("/"))
        exact = next((path for path in paths if fold_case(path) in (stem, stem + ".md")), None) if "/" in target else None
        if exact or not paths:
            return exact, exact
        own = folder + "/" if folder else ""
        return min(paths, key=lambda path: (len(path), path)), min(paths, key=lambda path: (not path.startswith(own), len(path), path))


def listed(paths: Sequence[str]) -> str:
    """The paths that a link may mean, at most three of them: "a.md, b.md or c.md"."""
    return ", ".join(paths[:3]) + f" or {len(paths) - 3} more" if len(paths) > 3 else ", ".join(paths[:-1]) + f" or {paths[-1]}"
