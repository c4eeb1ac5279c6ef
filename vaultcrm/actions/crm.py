"""What every action works on: a vault, what is known of it, and the time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.refresh import Progress, catch_up
from vaultcrm.disk import watch_lease
from vaultcrm.errors import VaultcrmError
from vaultcrm.vault.vault import Vault

if TYPE_CHECKING:  # the journal is loaded when something is written
    from vaultcrm.vault.writer import Writer

T = TypeVar("T")


class Written(NamedTuple):
    """What a writing action gives back: the paths created and changed, and the record, as the vault now has it."""

    created: list[str]
    changed: list[str]
    record: object = None


class Crm:
    """A vault at a moment. `words` are the command as it was typed, which the journal keeps."""

    def __init__(self, root: str, now: datetime, words: Sequence[str] = (), progress: Progress | None = None) -> None:
        self.vault = Vault(root)
        self.catalog = Catalog(self.vault.root)
        self.now = now
        self.words = words
        self.progress = progress
        self.is_complete = False
        self._knows_clients = False
        self.after_writing: Callable[[Sequence[str]], None] | None = None  # is told the paths that a command has written

    @property
    def today(self) -> date:
        return self.now.date()

    def catch_up(self) -> None:
        """Know the whole vault as it is now: by looking, or because a watcher has looked."""
        if not self.is_complete and not self._is_vouched_for():
            catch_up(self.vault, self.catalog, progress=self.progress)
        self.is_complete = True

    def _is_vouched_for(self) -> bool:
        self.catalog.refill = lambda: catch_up(self.vault, self.catalog)
        return watch_lease.vouches(self.vault.root, self.catalog.file) and bool(self.catalog.rows("SELECT 1 FROM folders WHERE path = ''"))

    def catch_up_on(self, folders: Iterable[str]) -> None:
        """Know as they are now the notes that lie directly in some folders."""
        if self.is_complete:
            return
        self.is_complete = self._is_vouched_for()
        if not self.is_complete:
            catch_up(self.vault, self.catalog, folders, self.progress)

    def catch_up_on_clients(self) -> None:
        """Know who the clients are now: their folders, and the folders around those.

        A client note in a place where there was none before is not seen by this; whoever does not
        find a client looks at the whole vault.
        """
        if self._knows_clients:
            return
        self._knows_clients = True
        folders = {path.rpartition("/")[0] for (path,) in self.catalog.rows("SELECT path FROM notes WHERE type = 'client'")}
        self.catch_up_on(sorted(folders | {folder.rpartition("/")[0] for folder in folders}))

    def look(self, find: Callable[[], T]) -> T:
        """What `find` gives; when it finds nothing in what is known, catch up with the whole vault and try again."""
        try:
            return find()
        except VaultcrmError:
            if self.is_complete:
                raise
        self.catch_up()
        return find()

    def has_written(self) -> None:
        """What was known is old: somebody has written for us."""
        watch_lease.tell_write(self.vault.root)
        self.forget()

    def forget(self) -> None:
        """Look again before the next answer."""
        self.is_complete = self._knows_clients = False

    @contextmanager
    def writing(self) -> "Iterator[Writer]":
        """Hold the vault to write it: `with crm.writing() as writer: …`. Afterwards what was known is old."""
        import shlex  # late: only when something is written

        from vaultcrm.vault.writer import writing  # late: as above

        self.forget()
        with writing(self.vault, shlex.join(self.words), self.now.isoformat(timespec="seconds")) as writer:
            yield writer
        if self.after_writing is not None and writer.paths:
            self.after_writing(writer.paths)
