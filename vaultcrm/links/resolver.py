"""Which file a link points to, in the vault as it is or as it will be after files are moved.

Obsidian finds notes by file name. If several files have the name, vaultcrm prefers one in the client
folder, then one in the folder that contains the link. `LinkResolver.obsidian_targets` returns what
Obsidian would choose.
"""

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from vaultcrm.disk.filenames import title_of_path, without_extension
from vaultcrm.disk.moves import Move, path_mapper
from vaultcrm.links.ownership import ClientRef, client_above, client_folders
from vaultcrm.normalize import fold, fold_case
from vaultcrm.plural import listed

_Query = tuple[str, str, str, bool]  # the folder that contains the link, its kind, its target, whether its property is `client`


class NoteRow(NamedTuple):
    """What the catalogue knows about a note."""

    path: str
    name: str  # the title, folded for comparison
    type: str | None


class Resolution(NamedTuple):
    """The file that a link points to; `path` is None if there is none.

    `candidates` are all files that have the name if there are several. `is_certain` is False if
    nothing decides between them.
    """

    path: str | None
    is_certain: bool = True
    candidates: tuple[str, ...] = ()


def filter_by_title(paths: Sequence[str], title: str) -> list[str]:
    """The notes with a title. The title may be the end of a path; then all of it has to fit.

    `paths` are the notes whose folded titles fit. If some have the same accents as well, only those
    count: a user who has both "Resume" and "Résumé" means two notes.
    """
    matches = list(paths)
    if "/" in title:
        end = "/" + fold(title.removeprefix("/"))
        matches = [path for path in matches if ("/" + fold(without_extension(path))).endswith(end)]
    if len(matches) > 1:
        with_accents = fold_case(title.rpartition("/")[2])
        matches = [path for path in matches if fold_case(title_of_path(path)) == with_accents] or matches
    return matches


class NotesByName(Protocol):
    """The notes and clients of a vault, found by their names, folded for comparison."""

    def notes_named(self, name: str) -> Sequence[NoteRow]:
        """The notes with a title."""

    def clients_named(self, name: str) -> Sequence[str]:
        """The paths of the clients that have a name or an alias."""


def matching_notes(target: str, folder: str, is_client: bool, notes: NotesByName) -> list[str]:
    """The notes that a wikilink in `folder` may mean, by path; one with ./ or ../ means only the one at that path.

    A property `client` means a client: by its title, else by an alias. It means other notes only where
    no client fits.
    """
    title = without_extension(target)
    is_relative = title.startswith(("./", "../"))
    title = posixpath.normpath(posixpath.join(folder, title)) if is_relative else title
    name = fold(title.rpartition("/")[2])
    rows = notes.notes_named(name)
    if is_relative:
        at_path = sorted(row.path for row in rows if fold_case(without_extension(row.path)) == fold_case(title))
        matches = [path for path in at_path if without_extension(path) == title] or at_path
    else:
        matches = filter_by_title([row.path for row in rows], title)
    if is_client:
        clients = {row.path for row in rows if row.type == "client"}
        of_clients = [path for path in matches if path in clients]
        if not of_clients and not is_relative:  # only now, because it looks at every client's aliases
            of_clients = list(notes.clients_named(name))
        matches = of_clients or matches
    return matches[:1] if is_relative else matches


def choose_nearest(paths: Sequence[str], title: str, folder: str, client: ClientRef | None) -> Resolution:
    """The path that a link in `folder` means; notes in that folder belong to `client`.

    A file whose full path the link gives comes first, then one in the client's folder, then one in the
    same folder, then the one with the shortest path. The last rule alone makes no choice certain.
    """
    if len(paths) < 2:
        return Resolution(paths[0] if paths else None)
    full_path = fold(title.removeprefix("/")) if "/" in title else None
    client_prefix = None if client is None else client.folder + "/" if client.folder else ""

    def distance(path: str) -> tuple[bool, bool, bool]:
        is_full_path = full_path is not None and fold(without_extension(path)) == full_path
        is_in_client_folder = client_prefix is not None and path.startswith(client_prefix)
        return not is_full_path, not is_in_client_folder, path.rpartition("/")[0] != folder

    best = min(paths, key=lambda path: (distance(path), len(path), path))
    equally_near = [path for path in paths if distance(path) == distance(best)]
    return Resolution(best, len(equally_near) == 1, tuple(sorted(paths)))


class LinkResolver:
    """Resolves the links of a vault to its notes and its other files.

    `client_names` are the folded names and aliases of each client, by the path of its note. `list_files`
    returns every file of the vault; it is called the first time a link fits no note.
    """

    def __init__(self, notes: Iterable[NoteRow], client_names: Mapping[str, list[str]], list_files: Callable[[], Iterable[str]]) -> None:
        self.notes = {note.path: note for note in notes}
        self.client_names = client_names
        self._list_files = list_files
        self._by_file_name: dict[str, list[str]] | None = None
        self._paths: set[str] = set()
        self._by_caseless_path: dict[str, str] = {}
        self._by_name: dict[str, list[NoteRow]] = {}
        for note in self.notes.values():
            self._by_name.setdefault(note.name, []).append(note)
        self._client_folders = client_folders(sorted(path for path, note in self.notes.items() if note.type == "client"))
        self._clients: dict[str, ClientRef | None] = {}
        self._resolutions: dict[_Query, Resolution] = {}
        self._obsidian_targets: dict[_Query, tuple[str | None, str | None]] = {}

    def after_moves(self, moves: Iterable[Move], client_names: Mapping[str, list[str]]) -> "LinkResolver":
        """A resolver for the vault as it will be after `moves`, when clients have these names."""
        new_path, notes = path_mapper([*moves]), []
        for note in self.notes.values():
            path = new_path(note.path)
            notes.append(note if path == note.path else NoteRow(path, fold(title_of_path(path)), note.type))
        return LinkResolver(notes, client_names, lambda: [new_path(path) for path in self.paths])

    @property
    def files(self) -> dict[str, list[str]]:
        """All files by file name, which Obsidian compares without case."""
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
            self.files  # noqa: B018  # which lists them
        return self._paths

    def resolve(self, kind: str, target: str, key: str | None, source: str) -> Resolution:
        """What a link in the note `source` points to: a note, or else another file.

        `kind` is "wiki" or "path", and `key` the property that contains the link. A path counts from the
        folder of `source` first, then from the vault's root; it means nothing but the file there.
        """
        folder = source.rpartition("/")[0]
        query = (folder, kind, target, key == "client")
        if query not in self._resolutions:
            self._resolutions[query] = self._resolve(*query)
        return self._resolutions[query]

    def obsidian_targets(self, kind: str, target: str, source: str) -> tuple[str | None, str | None]:
        """The two files that Obsidian may open for a link: the one with the shortest path, and the one nearest to `source`.

        Obsidian's documentation does not say which of the two it chooses.
        """
        folder = source.rpartition("/")[0]
        query = (folder, kind, target, False)
        if query not in self._obsidian_targets:
            self._obsidian_targets[query] = self._resolve_as_obsidian(folder, kind, target)
        return self._obsidian_targets[query]

    def has_unique_name(self, path: str) -> bool:
        """Whether no other file has this file name, and no other note this title when folded."""
        file_name, title = path.rpartition("/")[2], fold(title_of_path(path))
        return len(self.files.get(fold_case(file_name), ())) == 1 and len(self.notes_named(title)) <= 1

    def notes_named(self, name: str) -> list[NoteRow]:
        return self._by_name.get(name, [])

    def clients_named(self, name: str) -> list[str]:
        return [path for path, names in self.client_names.items() if name in names]

    def _resolve(self, folder: str, kind: str, target: str, is_client: bool) -> Resolution:
        if kind == "path":
            return Resolution(self._at_path(folder, target))
        matches = matching_notes(target, folder, is_client, self)
        if not matches and target.startswith(("./", "../")):
            return Resolution(self._at_path(folder, target))
        return choose_nearest(matches or self._files_named(target), without_extension(target), folder, self._client_of(folder))

    def _files_named(self, target: str) -> list[str]:
        """The files, notes or not, whose path ends in `target`; the extension .md may be missing."""
        end = "/" + fold_case(target.removeprefix("/"))
        ends = dict.fromkeys((end, without_extension(end) + ".md"))
        return [
            path for name in ends for path in self.files.get(name.rpartition("/")[2], ()) if ("/" + fold_case(path)).endswith(name)
        ]  # fmt: skip

    def _at_path(self, folder: str, target: str) -> str | None:
        """The file at a path that counts from the folder or from the root; the extension .md may be missing."""
        paths = [] if target.startswith("/") else [posixpath.normpath(posixpath.join(folder, target))]
        if not target.startswith(("./", "../")):
            paths.append(posixpath.normpath(target.lstrip("/")))
        for path in paths:
            for candidate in (path, path + ".md"):
                if candidate in self.notes or candidate in self.paths:
                    return candidate
                if (match := self._by_caseless_path.get(fold_case(candidate))) is not None:
                    return match
        return None

    def _client_of(self, folder: str) -> ClientRef | None:
        if folder not in self._clients:
            self._clients[folder] = client_above(self._client_folders, folder)
        return self._clients[folder]

    def _resolve_as_obsidian(self, folder: str, kind: str, target: str) -> tuple[str | None, str | None]:
        if kind == "path" or target.startswith(("./", "../")):
            path = self._at_path(folder, target)
            if path or target.startswith(("./", "../", "/")):
                return path, path
        paths = self._files_named(target)
        full_path = fold_case(target.removeprefix("/"))
        exact = next((path for path in paths if fold_case(path) in (full_path, full_path + ".md")), None) if "/" in target else None
        if exact or not paths:
            return exact, exact
        prefix = folder + "/" if folder else ""
        shortest = min(paths, key=lambda path: (len(path), path))
        nearest = min(paths, key=lambda path: (not path.startswith(prefix), len(path), path))
        return shortest, nearest


def candidate_list(paths: Sequence[str]) -> str:
    """The paths that an ambiguous link could mean, as words; after three, only how many more: "a.md, b.md or c.md"."""
    return ", ".join(paths[:3]) + f" or {len(paths) - 3} more" if len(paths) > 3 else listed(paths, "or")
