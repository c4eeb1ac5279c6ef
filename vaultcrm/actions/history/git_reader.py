"""Read from a commit what answers about one client need, which is a small part of a large vault."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.link_queries import notes_linked_to_client
from vaultcrm.catalog.past.snapshot_update import attach, read_snapshot
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Unreadable
from vaultcrm.git.history import Search, name_pattern
from vaultcrm.links.ownership import ClientRef, client_above
from vaultcrm.markdown.values import as_list
from vaultcrm.markdown.wikilinks import parse_wikilink
from vaultcrm.normalize import fold
from vaultcrm.vault.snapshot import Snapshot

# Lines of notes that are read, as regular expressions: of the notes of clients, however the properties are quoted, …
_CLIENT_TYPE = "type.*client"
PATTERNS_OF_PROJECTS = (_CLIENT_TYPE, "type.*project")
PATTERNS_OF_DECISIONS = (_CLIENT_TYPE, "decision")  # a type, a property, a callout


def patterns_of_client(now: Crm, client: ClientRef | None) -> list[str]:
    """The notes of clients, and those that hold a name that a client or one of its people has now."""
    return [_CLIENT_TYPE, *(name_pattern(name) for name in (names_of(now.catalog, client) if client else ()))]


def names_of(catalog: Catalog, client: ClientRef) -> list[str]:
    """The names and aliases of a client and its people."""
    notes = [note for note in (catalog.note(client.path), *catalog.client_notes("person", client)) if note]
    return [name for note in notes for name in (note.title, *as_list(note.properties.get("aliases")))]


class GitReader:
    """A commit of a vault, and the catalogue of what has been read of it so far. `now` is the vault as it is now, up to date.

    In a large vault Git searches for as long as everything else takes together, so it does so meanwhile: `git.history.Search`.
    """

    def __init__(self, now: Crm, snapshot: Snapshot) -> None:
        self.now = now
        self.snapshot = snapshot
        self.notes = set(snapshot.notes)
        self.catalog = Catalog(snapshot.root, in_memory=True)
        self._has_known = now.vault.task_settings == snapshot.task_settings and attach(self.catalog, now.catalog)
        self._searched: set[str] = set()

    def read(self, paths: Iterable[str]) -> None:
        """Read some more notes; those that weren't there are left out."""
        read_snapshot(self.snapshot, self.catalog, self.notes.intersection(paths), self._has_known)

    def read_all(self) -> None:
        self.read(self.notes)

    def read_known(self, client: ClientRef | None) -> None:
        """Read the notes of all clients of now, and those in the folder that a client has now."""
        paths = set(self.now.catalog.client_names())
        if client is not None and client.folder:
            paths |= {path for path in self.notes if path.startswith(client.folder + "/")}
        self.read(paths)

    def read_found(self, search: Search) -> None:
        """Read the notes that were found in the meantime."""
        self._searched |= search.patterns
        self.read(search.result())

    def client_then(self, client: ClientRef) -> str | None:
        """The path that the note of a client of now had then, under whatever name; None if the client wasn't there.

        Where it isn't the same path, a client that has most files with the contents or names of its files now is
        the same, or else one whose name is among its aliases now.
        """
        clients = self.catalog.client_names()
        if client.path in clients or not clients:
            return client.path if clients else None
        paths = [note.path for note in self.now.catalog.notes(below=client.folder)] if client.folder else [client.path]
        blobs = set(filter(None, map(self._blob, paths)))
        names = {path.rpartition("/")[2] for path in paths}
        votes: Counter[str] = Counter()
        for path in self.notes:
            if self.snapshot.blob(path) in blobs or path.rpartition("/")[2] in names:
                owner = client_above(self.catalog.client_folders, path.rpartition("/")[0])
                votes.update([owner.path] if owner and owner.path not in self.now.catalog.client_names() else [])
        if votes:
            return votes.most_common(1)[0][0]
        aliases = self.now.catalog.client_names().get(client.path, [])
        return next((path for path, (name, *_) in clients.items() if name in aliases), None)

    def _blob(self, path: str) -> str:
        """The id that Git gives to a file as it is now; "" if it can't be read."""
        try:
            data = self.now.vault.read(path).data
        except (OSError, Unreadable):
            return ""
        is_sha1 = len(self.snapshot.blob(next(iter(self.notes)))) == 40
        return hashlib.new("sha1" if is_sha1 else "sha256", b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

    def read_client(self, client: ClientRef, now: ClientRef | None) -> None:
        """Read all that answers about a client need: its folder, and each note elsewhere that names it, its people or what it refers to.

        `now` is the client as it is now. A note that belongs to it by its property may write its name in another way.
        """
        if not client.folder:  # a client in the root owns all notes that nobody else owns
            self.read_all()
            return
        self.read(path for path in self.notes if path.startswith(client.folder + "/"))
        if now is not None:
            self.read(notes_linked_to_client(self.now.catalog, now))
        for _ in range(3):  # a person may be found in a note elsewhere, and be named in yet another one
            if not (patterns := {name_pattern(name) for name in names_of(self.catalog, client)} - self._searched):
                break
            self.read(self._files_with(*patterns))
        self.read_superseded(client)
        self._read_dependencies(client)

    def read_links_to_projects(self, client: ClientRef, words: str) -> None:
        """Read the notes that may link to those projects of a client that have these words in a name."""
        notes = self.catalog.client_notes("project", client)
        all_names = [(note.title, *as_list(note.properties.get("aliases"))) for note in notes]
        names = [name for names in all_names if any(fold(words) in fold(name) for name in names) for name in names]
        self.read(self._files_with(*map(name_pattern, names)))

    def _files_with(self, *patterns: str) -> set[str]:
        self._searched.update(patterns)
        return self.snapshot.history.files_with(self.snapshot.tree, patterns)

    def read_superseded(self, client: ClientRef | None = None) -> None:
        """Read the notes, in whatever folder, that the decisions of a client or of all may say they replace."""
        links = {link for decision in self.catalog.decisions(client) for link in decision.supersedes}
        targets = {link.target if (link := parse_wikilink(text)) else text for text in links}
        if titles := {fold(title_of_path(target)) for target in targets}:
            self.read(path for path in self.notes if fold(title_of_path(path)) in titles)

    def _read_dependencies(self, client: ClientRef) -> None:
        """Read the notes with tasks on which the client's tasks depend."""
        keys = {key for item in self.catalog.follow_ups(client=client) for key in item.depends}
        if keys:
            self.read(self._files_with(*map(name_pattern, sorted(keys))))
