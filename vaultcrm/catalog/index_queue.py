"""The notes that have changed or disappeared since the search index last read them.

`refresh` adds a note to the queue in the same transaction as the change itself; the index takes it
off once it has committed it. The queue belongs to one state of the index, `index_state`: if the
index is in any other state, the queue is rebuilt by comparing all digests.
"""

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from vaultcrm.catalog.catalog import Catalog

_ASSUMED_SIZE = 4_000  # bytes, for a note that was written so recently that its stamp, and so its size, is not stored yet


class QueuedNote(NamedTuple):
    """A note to index, or with an empty digest a note to remove from the index."""

    path: str
    digest: bytes


def queued(catalog: Catalog, limit: int = -1, byte_limit: int | None = None, exclude: Container[QueuedNote] = ()) -> list[QueuedNote]:
    """The queued notes by path, except for those in `exclude`.

    The queue is read up to `limit` rows (-1 for all), or until the notes add up to `byte_limit` bytes.
    """
    rows = catalog.rows("SELECT path, index_queue.digest, size FROM index_queue LEFT JOIN files USING (path) ORDER BY path LIMIT ?", limit)
    total, notes = 0, []
    for path, digest, size in rows:
        if (note := QueuedNote(path, digest)) in exclude:
            continue
        notes.append(note)
        total += _ASSUMED_SIZE if size is None or size < 0 else size
        if byte_limit is not None and total >= byte_limit:
            break
    return notes


def count(catalog: Catalog) -> int:
    """The number of queued notes."""
    return int(catalog.rows("SELECT count(*) FROM index_queue")[0][0])


def index_state(catalog: Catalog) -> str:
    """The state of the index that the queue belongs to; "" before there is one."""
    return next((state for (state,) in catalog.rows("SELECT state FROM index_state")), "")


def mark_indexed(catalog: Catalog, notes: Iterable[QueuedNote], state: str) -> None:
    """Take notes off the queue, because the index, now in `state`, holds them.

    A note that has changed again in the meantime stays queued.
    """
    with catalog.transaction() as execute:
        for note in notes:
            execute("DELETE FROM index_queue WHERE path = ? AND digest = ?", note)
        execute("INSERT OR REPLACE INTO index_state VALUES (1, ?)", (state,))


def rebuild(catalog: Catalog, indexed: Mapping[str, bytes], state: str) -> None:
    """Fill the queue with the differences from an index in `state`, which holds the digests `indexed` by path."""
    with catalog.transaction() as execute:
        known = dict(execute("SELECT path, digest FROM files WHERE digest != x''").fetchall())
        # a note whose file can no longer be read keeps its document, as it keeps its records
        unreadable = {path for (path,) in execute("SELECT path FROM files WHERE digest = x''")}
        changed = [(path, digest) for path, digest in known.items() if indexed.get(path) != digest]
        gone = [(path, b"") for path in indexed if path not in known and path not in unreadable]
        execute("DELETE FROM index_queue")
        for row in changed + gone:
            execute("INSERT INTO index_queue VALUES (?, ?)", row)
        execute("INSERT OR REPLACE INTO index_state VALUES (1, ?)", (state,))
