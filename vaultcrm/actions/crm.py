"""What every action works on: a vault, what is known of it, and the time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.refresh import refresh, refresh_names
from vaultcrm.catalog.update import Progress
from vaultcrm.disk import watch_lease
from vaultcrm.errors import Ambiguous, VaultcrmError
from vaultcrm.links.resolver import LinkResolver
from vaultcrm.vault.journal_folder import read_id, with_id
from vaultcrm.vault.settings import SETTINGS_FILE
from vaultcrm.vault.vault import Vault

if TYPE_CHECKING:  # the journal is loaded when something is written
    from vaultcrm.vault.writer import Writer

T = TypeVar("T")


class WriteResult(NamedTuple, Generic[T]):
    """What a writing action returns: the paths created and changed, and the record, as the vault now has it."""

    created: list[str]
    changed: list[str]
    record: T


class Crm:
    """A vault at a moment. `words` are the command as it was typed; the journal keeps them.

    Whoever reads the catalogue calls one of the `refresh` methods first. `after_writing`, when it is
    set, is called with the paths that a command has written. `choose`, when it is set, asks the user which
    of several things is meant, and returns what to type for it.
    """

    def __init__(self, root: str, now: datetime, words: Sequence[str] = (), progress: Progress | None = None) -> None:
        self.vault = Vault(root)
        self.catalog = Catalog(self.vault.root)
        self.now = now
        self.words = words
        self.progress = progress
        self.after_writing: Callable[[Sequence[str]], None] | None = None
        self.choose: Callable[[Ambiguous], str] | None = None
        self.notices: list[str] = []  # for the user; no action returns them
        self._is_complete = False  # whether the catalogue knows the whole vault as it is now
        self._knows_names = False

    @property
    def today(self) -> date:
        return self.now.date()

    def refresh(self) -> None:
        """Bring the catalogue up to date with the whole vault, unless a running watcher has just done so."""
        if not self._is_complete and not self._is_fresh():
            refresh(self.vault, self.catalog, progress=self.progress)
        self._is_complete = True

    def _is_fresh(self) -> bool:
        self.catalog.refill = lambda: refresh(self.vault, self.catalog)
        return watch_lease.is_fresh(self.vault.root, self.catalog.file) and self.catalog.is_filled

    def refresh_folders(self, folders: Iterable[str]) -> None:
        """Bring the catalogue up to date with the notes that lie directly in some folders."""
        if self._is_complete:
            return
        self._is_complete = self._is_fresh()
        if not self._is_complete:
            refresh(self.vault, self.catalog, folders, self.progress)

    def refresh_names(self) -> None:
        """Bring the catalogue up to date with the names of clients, people and projects. Other notes may be out of date."""
        if self._knows_names or self._is_complete:
            return
        self._is_complete = self._is_fresh()
        if not self._is_complete:
            refresh_names(self.vault, self.catalog, self.progress)
        self._knows_names = True

    def retry_after_refresh(self, find: Callable[[], T]) -> T:
        """What `find` returns. If it fails on what is known so far, it runs again on the whole vault."""
        try:
            return find()
        except VaultcrmError:
            if self._is_complete:
                raise
        self.refresh()
        return find()

    def link_resolver(self) -> LinkResolver:
        """Where links lead among all notes and files. The catalogue must be up to date."""
        return LinkResolver(self.catalog.note_rows(), self.catalog.client_names(), self.vault.list_files)

    def invalidate(self) -> None:
        """Refresh again before the next answer."""
        self._is_complete = self._knows_names = False

    def invalidate_after_write(self) -> None:
        """The same after another program, such as an editor or Git, has written for this command."""
        watch_lease.record_write(self.vault.root)
        self.invalidate()

    @contextmanager
    def writing(self) -> "Iterator[Writer]":
        """Hold the vault's lock to write it: `with crm.writing() as writer: …`. The catalogue is out of date afterwards."""
        import shlex  # late: only when something is written

        from vaultcrm.vault.visits import record_writes  # late: as above
        from vaultcrm.vault.writer import writing  # late: as above

        self.invalidate()
        with writing(self.vault, shlex.join(self.words), self.now.isoformat(timespec="seconds")) as writer:
            yield writer
            self._give_id(writer)
            record_writes(writer.journal.folder, self.now, writer.writes, writer.moved)
        self.invalidate()
        if self.after_writing is not None and writer.paths:
            self.after_writing(writer.paths)

    def _give_id(self, writer: "Writer") -> None:
        """Give an older vault its ID, as part of the first command that writes to it."""
        if not writer.paths or read_id(self.vault.root):
            return
        with suppress(VaultcrmError):  # a vault without settings, or with settings that can't be written, does without
            if writer.edit(SETTINGS_FILE, with_id) is not None:
                self.notices.append(f"{SETTINGS_FILE} got an ID, by which undo finds its history when the vault's folder is moved.")
