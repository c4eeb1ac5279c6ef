"""The Whoosh index of a vault, in the user's cache: it follows the catalogue, and is made anew when it is not right.

Never in the vault: an index is made of pickles, and opening a stranger's runs a stranger's code.
"""

import contextlib
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

with warnings.catch_warnings():  # 2.7.4 has a few strings that newer Pythons warn about, once, when they compile it
    warnings.simplefilter("ignore")
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import LockError
    from whoosh.reading import SegmentReader, TermNotFound

from vaultcrm import pending, places
from vaultcrm.catalog import Catalog
from vaultcrm.errors import Changed, OutsideFailed, Unreadable
from vaultcrm.model import Note
from vaultcrm.page import split
from vaultcrm.pending import Change
from vaultcrm.search.documents import SCHEMA, Document, as_fields, document, schema
from vaultcrm.vault import Vault

T = TypeVar("T")
Progress = Callable[[int, int], None]  # how many notes have been indexed, of how many

_NAME = "MAIN"
_BATCH = 5_000  # notes in one commit: what is not committed is in memory
# `compound=False`: of a compound file every reader copies all postings, 600 MB for 100,000 notes
WRITER = {"compound": False, "limitmb": 256}
_LOCK_SECONDS = 120.0
_MOST_SEGMENTS = 8  # each costs every search a look of its own
_SMALL = 2_000  # notes: a segment that is merged in less than the time of a breath
_WORTH_TWO = 1_500  # notes that a second process pays off for


class Index:
    """The index of one vault. Ask `follow` first; `reader` answers from what it has indexed."""

    def __init__(self, vault: Vault, catalog: Catalog) -> None:
        self.vault = vault
        self.catalog = catalog
        self.cache = places.of_vault("cache", vault.root)
        self.folder = os.path.join(self.cache, f"search-{SCHEMA}")

    # ---------------------------------------------------------------------------- keeping it

    def follow(self, progress: Progress | None = None) -> int:
        """Index what has changed since; gives how many notes that was.

        A broken index is made anew. Raises Changed when another process does not let go of it.
        """
        if not pending.changes(self.catalog, 1) and self._stamp() == pending.stamp(self.catalog) != "":
            return 0
        return self._mended(lambda: self._follow(progress))

    def rebuild(self, progress: Progress | None = None) -> int:
        """Throw the index away and make it anew; gives the number of notes."""
        self.throw_away()
        return self.follow(progress)

    def reader(self) -> Any:  # Any: Whoosh has no types
        """A Whoosh reader of what is indexed; close it."""
        return self._mended(lambda: opened(self.folder).reader())

    def documents(self) -> dict[str, bytes]:
        """What is indexed: the digest of each note's bytes, by path."""
        with contextlib.closing(opened(self.folder).reader()) as reader:
            return {stored["path"]: stored["digest"] for stored in reader.all_stored_fields()}

    def throw_away(self) -> None:
        """Delete the index, and those of other versions; the next `follow` makes it anew."""
        for name in os.listdir(self.cache):
            if name.startswith("search-"):
                shutil.rmtree(os.path.join(self.cache, name), ignore_errors=True)

    def _mended(self, work: Callable[[], T]) -> T:
        """Do something with the index; when it turns out to be broken, make it anew and do it once more."""
        try:
            return work()
        except (Changed, KeyboardInterrupt):
            raise
        except Exception as error:  # a broken file of pickles can raise anything
            if isinstance(error, OSError) and error.errno is not None and not isinstance(error, FileNotFoundError):
                raise self._no_disk(error) from error
        self.throw_away()
        try:
            self._follow(None)
            return work()
        except OSError as error:
            raise self._no_disk(error) from error

    def _no_disk(self, error: OSError) -> OutsideFailed:
        return OutsideFailed(f"The search index {self.folder} cannot be used: {error}.", "Is the disk full, or the folder read-only?")

    def _stamp(self) -> str:
        """What tells this state of the index from any other: its generation, and when that was written."""
        try:
            found = max((name for name in os.listdir(self.folder) if name.endswith(".toc")), key=_generation)
            status = os.stat(os.path.join(self.folder, found))
        except (OSError, ValueError):
            return ""
        return f"{found} {status.st_mtime_ns} {status.st_ino}"

    # ---------------------------------------------------------------------------- following

    def _follow(self, progress: Progress | None) -> int:
        done = 0
        while True:
            with self._writing() as writer:
                if self._stamp() != pending.stamp(self.catalog):
                    pending.compare(self.catalog, self.documents(), self._stamp())
                total = done + pending.count(self.catalog)
                batch = pending.changes(self.catalog, _BATCH)
                if batch:
                    told = None if progress is None else _shifted(progress, done, total)
                    self._write(writer, batch, told)
                else:
                    writer.cancel()
            if not batch:
                return done
            pending.settle(self.catalog, batch, self._stamp())
            done += len(batch)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Any]:  # Any: Whoosh has no types
        """Hold the index; what is not committed is taken back."""
        try:
            writer = opened(self.folder).writer(timeout=_LOCK_SECONDS, delay=0.05, **WRITER)
        except LockError as error:
            raise Changed("Another vaultcrm is indexing this vault, and does not end.", "Wait for it, or end it.") from error
        try:
            yield writer
        finally:
            if not writer.is_closed:
                writer.cancel()

    def _write(self, writer: Any, batch: list[Change], progress: Progress | None) -> None:  # Any: Whoosh has no types
        """Write a batch of changes and commit it."""
        from vaultcrm.search.second import Second  # late: only a long list is worth a second process

        self._delete(writer, batch)
        wanted = [change for change in batch if change.digest]
        half = wanted[1::2] if len(wanted) >= _WORTH_TWO and (os.cpu_count() or 1) > 1 else []
        second = Second(self.folder, self.vault.root, half) if half else None
        mine = wanted[::2] if second else wanted
        try:
            self.add(writer, mine, _shifted(progress, 0, len(batch), 2) if progress and second else progress)
            segment = second.segment() if second else None
            if second and segment is None:  # it died, or was never born: a lost half is made here
                self.add(writer, half, progress)
        finally:
            if second:
                second.end()

        def keep(writer: Any, segments: list[Any]) -> list[Any]:  # Any: Whoosh has no types
            return [*_merged(writer, segments), *([segment] if segment is not None else [])]

        writer.commit(mergetype=keep)

    @staticmethod
    def _delete(writer: Any, batch: list[Change]) -> None:  # Any: Whoosh has no types
        with contextlib.closing(writer.reader()) as reader:
            if not reader.doc_count():
                return
            for change in batch:
                with contextlib.suppress(TermNotFound):
                    for number in list(reader.postings("path", change.path).all_ids()):
                        writer.delete_document(number)

    def add(self, writer: Any, changes: list[Change], progress: Progress | None) -> int:  # Any: Whoosh has no types
        """Add a document for each note that is there; gives how many there were."""
        added = 0
        for number, change in enumerate(changes, 1):
            if (found := self.read(change.path)) is not None:
                writer.add_document(**as_fields(found))
                added += 1
            if progress is not None:
                progress(number, len(changes))
        return added

    def read(self, path: str) -> Document | None:
        """A note as a document: its properties as the catalogue knows them, its text as it is on the disk now."""
        try:
            content = self.vault.read(path)
        except (FileNotFoundError, Unreadable):
            return None  # gone, or no file any more; catching up will say so
        note = self.catalog.note(path) or Note(path, None, {}, "")
        page = split(content.data)
        return document(note, content.digest, page.after[page.body_start :].decode("utf-8", "replace"))


def opened(folder: str) -> Any:  # Any: Whoosh has no types
    """The Whoosh index in a folder, made if need be."""
    storage = FileStorage(places.private(folder))
    if storage.index_exists(_NAME):
        return storage.open_index(_NAME, schema=schema())
    return storage.create_index(schema(), _NAME)


def _merged(writer: Any, segments: list[Any]) -> list[Any]:  # Any: Whoosh has no types
    """The segments that stay; those that are mostly deleted, and too many small ones, are written anew."""
    small = [one for one in segments if one.doc_count() < _SMALL]
    worn = [one for one in segments if one.deleted_count() * 2 > one.doc_count_all()]
    chosen = worn + ([one for one in small if one not in worn] if len(segments) >= _MOST_SEGMENTS else [])
    for one in chosen:
        with contextlib.closing(SegmentReader(writer.storage, writer.schema, one)) as reader:
            writer.add_reader(reader)
    return [one for one in segments if one not in chosen]


def _generation(name: str) -> int:
    """The number in `_MAIN_12.toc`."""
    return int(name.removesuffix(".toc").rpartition("_")[2])


def _shifted(progress: Progress, before: int, total: int, times: int = 1) -> Progress:
    """Progress within a part, told as progress in the whole."""
    return lambda done, _: progress(before + done * times, total)
