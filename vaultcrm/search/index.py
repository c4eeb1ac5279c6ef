"""The Whoosh index of a vault: it follows the catalogue, and is rebuilt when it is broken.

It lies in the user's cache, never in the vault: a Whoosh index contains pickles, so opening
a stranger's index would run a stranger's code.
"""

import contextlib
import errno
import gc
import os
import shutil
from collections.abc import Callable, Iterator
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

_NAME = "MAIN"  # Whoosh's default, part of its file names
# The most notes, and bytes of notes, in one commit: until then they are held in memory, at forty times their size
_BATCH_NOTES, _BATCH_BYTES = 10_000, 12_000_000
# compound=False: a reader of a compound file copies all postings, 600 MB for 100,000 notes
WRITER_OPTIONS = {"compound": False, "limitmb": 256, "codec": Codec()}
_LOCK_SECONDS = 120.0
_DISK_HINT = "Make sure that the disk isn't full and the folder isn't read-only."
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO)
# Every search looks into each segment. So once there are this many below one of these sizes, in notes, they are merged.
_MERGE_COUNT, _MERGE_SIZES = 8, (100, 2_000)
PARALLEL_THRESHOLD = 1_500  # notes; from here on a second process saves time


class _BrokenIndex(Exception):
    """Whoosh failed to read or write the index."""


class Index:
    """The index of one vault. Call `update` before `query`."""

    def __init__(self, vault: Vault, catalog: Catalog) -> None:
        self.vault = vault
        self.catalog = catalog
        try:
            self.cache = user_dirs.vault_dir("cache", vault.root)
        except ExternalError:  # the index is made again by each command, which says so
            self.cache = user_dirs.temporary_dir()
        self.folder = os.path.join(self.cache, f"search-{SCHEMA}")

    # ---------------------------------------------------------------------------- reading

    def query(self, question: Callable[[Any], T]) -> T:  # Any: Whoosh has no types
        """Call `question` with a Whoosh reader and return its result; a broken index is rebuilt first.

        Whoosh opens some files only when it needs them, and another process may have rebuilt the index by
        then. So a question that fails is asked again with a fresh reader before the index counts as broken.
        """
        state = ""
        for _ in range(2):
            state = self._state()
            with contextlib.suppress(_BrokenIndex), self._detect_damage():
                return self._ask(question)
        self._rebuild_if_unchanged(state, None)
        return self._ask(question)

    def _ask(self, question: Callable[[Any], T]) -> T:  # Any: Whoosh has no types
        with contextlib.closing(open_index(self.folder).reader()) as reader:
            return question(reader)

    def count(self) -> int:
        """The number of indexed notes."""
        return int(self.query(lambda reader: reader.doc_count()))

    def documents(self) -> dict[str, bytes]:
        """The indexed notes: the digest of each note's bytes, by path."""
        return self.query(_documents)

    # ---------------------------------------------------------------------------- updating and rebuilding

    def update(self, progress: Progress | None = None) -> int:
        """Index the queued notes; returns how many there were.

        A broken index is rebuilt. Raises Locked when another process holds the index for too long.
        """
        if not index_queue.queued(self.catalog, 1) and self._is_known():
            return 0
        with contextlib.suppress(_BrokenIndex), self._detect_damage(), self._lock():
            return self._update_locked(progress)
        return self._rebuild_if_unchanged(self._state(), progress)

    def rebuild(self, rebuild_catalog: Callable[[], None], progress: Progress | None = None) -> int:
        """Delete the index and make a new one; returns the number of notes. `rebuild_catalog` is called under the same lock."""
        with self._lock():
            rebuild_catalog()
            self._delete_files()
            return self._update_locked(progress)

    def _rebuild_if_unchanged(self, state: str, progress: Progress | None) -> int:
        """Rebuild the index, or only update it if another process has replaced it since it was in this state."""
        try:
            with self._lock():
                if self._state() == state:
                    self._delete_files()
                return self._update_locked(progress)
        except OSError as error:
            self._raise_disk_error(error)
            raise

    def _delete_files(self) -> None:
        """Delete this index, and those of other versions of vaultcrm."""
        for name in os.listdir(self.cache):
            if name.startswith("search-"):
                shutil.rmtree(os.path.join(self.cache, name), ignore_errors=True)

    def _lock(self) -> contextlib.AbstractContextManager[None]:
        path = os.path.join(self.cache, "search.lock")
        if os.path.isdir(path):
            user_dirs.delete_any(path)
        return hold_lock(path, _LOCK_SECONDS, "Another vaultcrm process is still indexing this vault.")

    @contextlib.contextmanager
    def _detect_damage(self) -> Iterator[None]:
        """Turn any failure of Whoosh into _BrokenIndex; vaultcrm's own errors and those of the disk pass.

        The catch is broad because Whoosh unpickles and unpacks its files unchecked, so a damaged file can
        raise anything. A bug in vaultcrm ends up here too, and is not hidden: both callers run the same
        code once more after the rebuild, without this context manager.
        """
        try:
            yield
        except VaultcrmError:
            raise
        except Exception as error:
            self._raise_disk_error(error)
            raise _BrokenIndex from error

    def _raise_disk_error(self, error: Exception) -> None:
        """Raise ExternalError if the disk refused, since a rebuild wouldn't help. Whoosh's own OSErrors have no such code."""
        if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
            raise ExternalError(f"Can't use the search index in {self.folder}: {error.strerror}.", _DISK_HINT) from error

    def _state(self) -> str:
        """Identifies this version of the index: its latest generation, and when and as which file that was written. "" for none."""
        try:
            toc = max((name for name in os.listdir(self.folder) if name.endswith(".toc")), key=_generation)
            status = os.stat(os.path.join(self.folder, toc))
        except (OSError, ValueError):
            return ""
        return f"{toc} {status.st_mtime_ns} {status.st_ino}"

    def _state_with_files(self) -> str:
        """The same, and all files of this version, which no longer change. The caller holds the lock."""
        names = sorted(name for name in os.listdir(self.folder) if name.startswith(f"{_NAME}_") and not name.endswith(".toc"))
        return "\n".join([self._state(), *(self._file_state(name) for name in names)])

    def _file_state(self, name: str) -> str:
        try:
            status = os.stat(os.path.join(self.folder, name))
        except OSError:
            return f"{name} is gone"
        return f"{name} {status.st_size} {status.st_mtime_ns}"

    @staticmethod
    def _version_of(state_with_files: str) -> str:
        return state_with_files.partition("\n")[0]

    def _is_known(self) -> bool:
        """Whether there is an index, the catalogue's queue belongs to this version of it, and none of its files is gone or changed."""
        known = index_queue.index_state(self.catalog)
        return self._version_of(known) == self._state() != "" and all(
            self._file_state(line.split(" ")[0]) == line for line in known.split("\n")[1:]
        )

    # ---------------------------------------------------------------------------- writing

    def _update_locked(self, progress: Progress | None) -> int:
        """Index the queue, one commit per batch. The caller holds the lock."""
        done = 0
        mismatched: set[QueuedNote] = set()
        while True:
            index = open_index(self.folder, create=True)
            if not self._is_known():
                if self._version_of(index_queue.index_state(self.catalog)) == self._state():
                    raise _BrokenIndex  # the same version, but some of its files are gone or have changed
                with contextlib.closing(index.reader()) as reader:
                    index_queue.rebuild(self.catalog, _documents(reader), self._state_with_files())
            batch = index_queue.queued(self.catalog, _BATCH_NOTES + len(mismatched), _BATCH_BYTES, mismatched)
            if not batch:
                return done
            total = done + index_queue.count(self.catalog)
            writer = index.writer(**WRITER_OPTIONS)
            try:
                skipped = self._write_batch(writer, batch, None if progress is None else _partial_progress(progress, done, total))
            finally:
                if not writer.is_closed:
                    writer.cancel()
            # A note that wasn't as the catalogue knows it stays queued. Once it is back as it was, no refresh would queue it.
            mismatched |= skipped
            index_queue.mark_indexed(self.catalog, [note for note in batch if note not in skipped], self._state_with_files())
            done += len(batch)
            gc.collect()  # Whoosh's writers and readers refer to each other, and the command line disables the collector

    def _write_batch(self, writer: Any, batch: list[QueuedNote], progress: Progress | None) -> set[QueuedNote]:  # Any: Whoosh has no types
        """Write a batch of changes and commit it; returns the notes that weren't as the catalogue knows them."""
        from vaultcrm.search.worker import IndexWorker  # late: only a long queue is worth a second process

        missing = self._delete_documents(writer, batch)
        to_add = [note for note in batch if note.digest and note not in missing]
        is_long = len(to_add) >= PARALLEL_THRESHOLD and (os.cpu_count() or 1) > 1
        # the worker reads the catalogue's file
        worker_share = to_add[1::2] if is_long and not self.catalog.is_in_memory else []
        worker = IndexWorker(self.folder, self.vault.root, worker_share) if worker_share else None
        own_share = to_add[::2] if worker else to_add
        own_progress = _partial_progress(progress, 0, len(batch), 2) if progress and worker else progress
        try:
            _, mismatched = self.add_documents(writer, own_share, own_progress)
            result = worker.result() if worker else None
            if worker and result is None:  # the process died or never started: its share is indexed here
                mismatched += self.add_documents(writer, worker_share, progress)[1]
        finally:
            if worker:
                worker.stop()
        worker_segments = [result[0]] if result else []
        writer.commit(mergetype=lambda writer, segments: [*_merge_segments(writer, segments), *worker_segments])
        return {*missing, *mismatched, *(result[1] if result else ())}

    def _delete_documents(self, writer: Any, batch: list[QueuedNote]) -> set[QueuedNote]:  # Any: Whoosh has no types
        """Delete the old documents of a batch, except those of notes whose file is missing though the catalogue has it; returns these."""
        missing = {note for note in batch if note.digest and not os.path.lexists(f"{self.vault.root}/{note.path}")}
        with contextlib.closing(writer.reader()) as reader:
            for note in batch if reader.doc_count() else ():
                if note in missing:
                    continue
                with contextlib.suppress(TermNotFound):
                    for number in list(reader.postings("path", note.path).all_ids()):
                        writer.delete_document(number)
        return missing

    def add_documents(
        self, writer: Any, notes: list[QueuedNote], progress: Progress | None
    ) -> tuple[int, list[QueuedNote]]:  # Any: Whoosh has no types
        """Add a document for each note that can be read; returns their number, and the notes that weren't as the catalogue knows them."""
        added, mismatched = 0, []
        for number, note in enumerate(notes, 1):
            document = self.read_document(note.path)
            if document is None or document.digest != note.digest:
                mismatched.append(note)
            if document is not None:
                writer.add_document(**document_fields(document))
                added += 1
            if progress is not None:
                progress(number, len(notes))
        return added, mismatched

    def read_document(self, path: str) -> Document | None:
        """A note as a document, with its properties from the catalogue and its text from the disk; None if it can't be read."""
        try:
            content = self.vault.read(path)
        except (FileNotFoundError, Unreadable):
            return None  # the next refresh finds out
        note = self.catalog.note(path) or Note(path, None, {}, "")
        page = split_page(content.data)
        return make_document(note, content.digest, page.body_bytes.decode("utf-8", "replace"))


def open_index(folder: str, create: bool = False) -> Any:  # Any: Whoosh has no types
    """The Whoosh index in a folder. Whoever creates it must hold the lock."""
    storage = FileStorage(user_dirs.make_private(folder, replace=True))
    if create and not storage.index_exists(_NAME):
        return storage.create_index(schema(), _NAME)
    return storage.open_index(_NAME, schema=schema())


def _documents(reader: Any) -> dict[str, bytes]:  # Any: Whoosh has no types
    return {stored["path"]: stored["digest"] for stored in reader.all_stored_fields()}


def _merge_segments(writer: Any, segments: list[Any]) -> list[Any]:  # Any: Whoosh has no types
    """Copy segments that are mostly deleted, or small and many, into the writer's new one; returns the others."""
    to_merge = [segment for segment in segments if segment.deleted_count() * 2 > segment.doc_count_all()]
    for size in _MERGE_SIZES:
        small = [segment for segment in segments if segment.doc_count() < size and segment not in to_merge]
        if len(small) >= _MERGE_COUNT:
            to_merge += small
            break
    for segment in to_merge:
        with contextlib.closing(SegmentReader(writer.storage, writer.schema, segment)) as reader:
            writer.add_reader(reader)
    return [segment for segment in segments if segment not in to_merge]


def _generation(name: str) -> int:
    """The number in `_MAIN_12.toc`."""
    return int(name.removesuffix(".toc").rpartition("_")[2])


def _partial_progress(progress: Progress, before: int, total: int, step: int = 1) -> Progress:
    """Reports progress within a part as progress in the whole; `before` notes were done already, and each counts as `step`."""
    return lambda done, _: progress(before + done * step, total)
