"""The Whoosh index of a vault, in the user's cache: it follows the catalogue, and is made anew when it is not right.

Never in the vault: an index is made of pickles, and opening a stranger's runs a stranger's code.
"""

import contextlib
import errno
import gc
import os
import shutil
from collections.abc import Callable
from typing import Any, TypeVar

from vaultcrm.catalog import index_queue
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.index_queue import QueuedNote
from vaultcrm.catalog.update import Progress
from vaultcrm.disk import user_dirs
from vaultcrm.disk.lock import hold_lock
from vaultcrm.errors import ExternalError, Unreadable, VaultcrmError
from vaultcrm.markdown.page import split_page
from vaultcrm.model.records import Note
from vaultcrm.search.documents import SCHEMA, Codec, Document, document_fields, make_document, schema
from vaultcrm.search.whoosh_api import FileStorage, SegmentReader, TermNotFound
from vaultcrm.vault.vault import Vault

T = TypeVar("T")

_NAME = "MAIN"
# Notes, and bytes of them, in one commit: what is not committed is in memory, forty times as large
_BATCH, _BATCH_BYTES = 10_000, 12_000_000
# `compound=False`: of a compound file every reader copies all postings, 600 MB for 100,000 notes
WRITER = {"compound": False, "limitmb": 256, "codec": Codec()}
_LOCK_SECONDS = 120.0
_DISK_SAYS_NO = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO)
# Each segment costs every search a look of its own: so many of less than one of these sizes, in notes, become one.
_MOST_SEGMENTS, _SIZES = 8, (100, 2_000)
PARALLEL_THRESHOLD = 1_500  # notes that a second process pays off for


class Index:
    """The index of one vault. Let it `follow` first; then `ask`."""

    def __init__(self, vault: Vault, catalog: Catalog) -> None:
        self.vault = vault
        self.catalog = catalog
        self.cache = user_dirs.vault_dir("cache", vault.root)
        self.folder = os.path.join(self.cache, f"search-{SCHEMA}")

    # ---------------------------------------------------------------------------- asking

    def query(self, question: Callable[[Any], T]) -> T:  # Any: Whoosh has no types
        """What a question finds in a Whoosh reader; a broken index is made anew, and asked once more.

        Whoosh opens some files only when they are needed. Another process may have written the index
        anew by then; so whoever fails asks a fresh reader first, and only then is it the index's fault.
        """
        stamp = ""
        for _ in range(2):
            stamp = self._state()
            try:
                with contextlib.closing(open_index(self.folder).reader()) as reader:
                    return question(reader)
            except VaultcrmError:
                raise
            except Exception as error:  # a broken file of pickles can raise anything
                self._raise_disk_error(error)
        self._rebuild_if_unchanged(stamp, None)
        with contextlib.closing(open_index(self.folder).reader()) as reader:
            return question(reader)

    def count(self) -> int:
        """How many notes are indexed."""
        return int(self.query(lambda reader: reader.doc_count()))

    def documents(self) -> dict[str, bytes]:
        """What is indexed: the digest of each note's bytes, by path."""
        return self.query(_documents)

    # ---------------------------------------------------------------------------- keeping it

    def update(self, progress: Progress | None = None) -> int:
        """Index what has changed since; gives how many notes that was.

        A broken index is made anew. Raises Changed when another process does not let go of it.
        """
        stamp = self._state()
        if not index_queue.queued(self.catalog, 1) and stamp == index_queue.index_state(self.catalog) != "":
            return 0
        try:
            with self._locked():
                return self._update(progress)
        except VaultcrmError:
            raise
        except Exception as error:  # as above
            self._raise_disk_error(error)
        return self._rebuild_if_unchanged(self._state(), progress)

    def rebuild(self, refill: Callable[[], None], progress: Progress | None = None) -> int:
        """Throw the index away and make it anew; gives the number of notes. `refill` makes the catalogue anew before."""
        with self._locked():
            refill()
            self._throw_away()
            return self._update(progress)

    def _rebuild_if_unchanged(self, stamp: str, progress: Progress | None) -> int:
        """Make the index anew, unless somebody else has touched it since it had this stamp."""
        try:
            with self._locked():
                if self._state() == stamp:
                    self._throw_away()
                return self._update(progress)
        except OSError as error:
            self._raise_disk_error(error)
            raise

    def _throw_away(self) -> None:
        """Delete the index, and those of other versions."""
        for name in os.listdir(self.cache):
            if name.startswith("search-"):
                shutil.rmtree(os.path.join(self.cache, name), ignore_errors=True)

    def _locked(self) -> contextlib.AbstractContextManager[None]:
        return hold_lock(
            os.path.join(self.cache, "search.lock"), _LOCK_SECONDS, "Another vaultcrm is indexing this vault, and does not end."
        )

    def _raise_disk_error(self, error: Exception) -> None:
        """Raises OutsideFailed for what the disk says, and no new index would mend. Whoosh raises OSErrors of its own."""
        if isinstance(error, OSError) and error.errno in _DISK_SAYS_NO:
            hint = "Is the disk full, or the folder read-only?"
            raise ExternalError(f"The search index {self.folder} cannot be used: {error.strerror}.", hint) from error

    def _state(self) -> str:
        """What tells this state of the index from any other: its generation, and when that was written."""
        try:
            found = max((name for name in os.listdir(self.folder) if name.endswith(".toc")), key=_generation)
            status = os.stat(os.path.join(self.folder, found))
        except (OSError, ValueError):
            return ""
        return f"{found} {status.st_mtime_ns} {status.st_ino}"

    # ---------------------------------------------------------------------------- following

    def _update(self, progress: Progress | None) -> int:
        """Commit one batch of changes after the other. Only under the lock."""
        done = 0
        missed: set[QueuedNote] = set()
        while True:
            index = open_index(self.folder, make=True)
            if self._state() != index_queue.index_state(self.catalog):
                with contextlib.closing(index.reader()) as reader:
                    index_queue.rebuild(self.catalog, _documents(reader), self._state())
            batch = index_queue.queued(self.catalog, _BATCH + len(missed), _BATCH_BYTES, missed)
            if not batch:
                return done
            total = done + index_queue.count(self.catalog)
            writer = index.writer(**WRITER)
            try:
                now = self._write(writer, batch, None if progress is None else _partial_progress(progress, done, total))
            finally:
                if not writer.is_closed:
                    writer.cancel()
            # What was not as the catalogue knows it stays on the list: it may come back as it was, and nobody would notice.
            missed |= now
            index_queue.mark_indexed(self.catalog, [change for change in batch if change not in now], self._state())
            done += len(batch)
            gc.collect()  # Whoosh's writers and readers know each other; the command line has switched the collector off

    def _write(self, writer: Any, batch: list[QueuedNote], progress: Progress | None) -> set[QueuedNote]:  # Any: Whoosh has no types
        """Write a batch of changes and commit it; gives those that were not as the catalogue knows them."""
        from vaultcrm.search.worker import IndexWorker  # late: only a long list is worth a second process

        away = self._delete(writer, batch)
        wanted = [change for change in batch if change.digest and change not in away]
        half = wanted[1::2] if len(wanted) >= PARALLEL_THRESHOLD and (os.cpu_count() or 1) > 1 else []
        second = IndexWorker(self.folder, self.vault.root, half) if half else None
        mine = wanted[::2] if second else wanted
        try:
            _, missed = self.add_documents(writer, mine, _partial_progress(progress, 0, len(batch), 2) if progress and second else progress)
            made = second.segment() if second else None
            if second and made is None:  # it died, or was never born: a lost half is made here
                missed += self.add_documents(writer, half, progress)[1]
        finally:
            if second:
                second.stop()
        segments = [made[0]] if made else []
        writer.commit(mergetype=lambda writer, before: [*_merged(writer, before), *segments])
        return {*away, *missed, *(made[1] if made else ())}

    def _delete(self, writer: Any, batch: list[QueuedNote]) -> set[QueuedNote]:  # Any: Whoosh has no types
        """Delete the documents of changed notes; gives those that are away just now, though the catalogue knows them: theirs stay."""
        away = {change for change in batch if change.digest and not os.path.lexists(f"{self.vault.root}/{change.path}")}
        with contextlib.closing(writer.reader()) as reader:
            for change in batch if reader.doc_count() else ():
                if change in away:
                    continue
                with contextlib.suppress(TermNotFound):
                    for number in list(reader.postings("path", change.path).all_ids()):
                        writer.delete_document(number)
        return away

    def add_documents(
        self, writer: Any, changes: list[QueuedNote], progress: Progress | None
    ) -> tuple[int, list[QueuedNote]]:  # Any: Whoosh has no types
        """Add a document for each note that is there; gives how many there were, and which were not as the catalogue knows them."""
        added, missed = 0, []
        for number, change in enumerate(changes, 1):
            found = self.read_document(change.path)
            if found is None or found.digest != change.digest:
                missed.append(change)
            if found is not None:
                writer.add_document(**document_fields(found))
                added += 1
            if progress is not None:
                progress(number, len(changes))
        return added, missed

    def read_document(self, path: str) -> Document | None:
        """A note as a document: its properties as the catalogue knows them, its text as it is on the disk now."""
        try:
            content = self.vault.read(path)
        except (FileNotFoundError, Unreadable):
            return None  # gone, or no file any more; catching up will say so
        note = self.catalog.note(path) or Note(path, None, {}, "")
        page = split_page(content.data)
        return make_document(note, content.digest, page.after[page.body_start :].decode("utf-8", "replace"))


def open_index(folder: str, make: bool = False) -> Any:  # Any: Whoosh has no types
    """The Whoosh index in a folder; made if need be, by who holds the lock."""
    storage = FileStorage(user_dirs.make_private(folder))
    if make and not storage.index_exists(_NAME):
        return storage.create_index(schema(), _NAME)
    return storage.open_index(_NAME, schema=schema())


def _documents(reader: Any) -> dict[str, bytes]:  # Any: Whoosh has no types
    return {stored["path"]: stored["digest"] for stored in reader.all_stored_fields()}


def _merged(writer: Any, segments: list[Any]) -> list[Any]:  # Any: Whoosh has no types
    """The segments that stay; those that are mostly deleted, and too many small ones, are written anew."""
    chosen = [one for one in segments if one.deleted_count() * 2 > one.doc_count_all()]
    for size in _SIZES:
        small = [one for one in segments if one.doc_count() < size and one not in chosen]
        if len(small) >= _MOST_SEGMENTS:
            chosen += small
            break
    for one in chosen:
        with contextlib.closing(SegmentReader(writer.storage, writer.schema, one)) as reader:
            writer.add_reader(reader)
    return [one for one in segments if one not in chosen]


def _generation(name: str) -> int:
    """The number in `_MAIN_12.toc`."""
    return int(name.removesuffix(".toc").rpartition("_")[2])


def _partial_progress(progress: Progress, before: int, total: int, times: int = 1) -> Progress:
    """Progress within a part, told as progress in the whole."""
    return lambda done, _: progress(before + done * times, total)
