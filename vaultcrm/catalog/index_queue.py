"""The notes that have changed, or are gone, since the search index last saw them.

`refresh` adds to the queue in the same transaction as the change itself; the index takes notes off it
once it has committed them. `index_state` is the state of the index that the queue belongs to: with
any other index in its place, everything is compared again.
"""

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from vaultcrm.catalog.catalog import Catalog

_UNKNOWN_SIZE = 4_000  # bytes, assumed for a note that has just been written and has no settled stamp yet


class QueuedNote(NamedTuple):
    """A note to index; with an empty digest, one to remove from the index."""

    path: str
    digest: bytes


def queued(catalog: Catalog, limit: int = -1, size: int | None = None, without: Container[QueuedNote] = ()) -> list[QueuedNote]:
    """The queued notes by path, `without` some: at most `limit`, or until they add up to `size` bytes."""
    rows = catalog.rows("SELECT path, index_queue.digest, size FROM index_queue LEFT JOIN files USING (path) ORDER BY path LIMIT ?", limit)
    total, chosen = 0, []
    for path, digest, known_size in rows:
        if (note := QueuedNote(path, digest)) in without:
            continue
        chosen.append(note)
        total += _UNKNOWN_SIZE if known_size is None or known_size < 0 else known_size
        if size is not None and total >= size:
            break
    return chosen


def count(catalog: Catalog) -> int:
    """The number of queued notes."""
    return int(catalog.rows("SELECT count(*) FROM index_queue")[0][0])


def index_state(catalog: Catalog) -> str:
    """The state of the index that the queue belongs to; "" for none."""
    return next((state for (state,) in catalog.rows("SELECT state FROM index_state")), "")


def mark_indexed(catalog: Catalog, notes: Iterable[QueuedNote], state: str) -> None:
    """Take notes off the queue that the index, now in `state`, holds. A note that has changed again since stays queued."""
    with catalog.transaction() as run:
        for note in notes:
            run("DELETE FROM index_queue WHERE path = ? AND digest = ?", note)
        run("INSERT OR REPLACE INTO index_state VALUES (1, ?)", (state,))


def rebuild(catalog: Catalog, indexed: Mapping[str, bytes], state: str) -> None:
    """Fill the queue from what an index in `state` really holds: digests by path."""
    with catalog.transaction() as run:
        known = dict(run("SELECT path, digest FROM files WHERE digest != x''").fetchall())
        # a file that could be read once and cannot be read now: its document stays, as its records do
        unreadable = {path for (path,) in run("SELECT path FROM files WHERE digest = x''")}
        changed = [(path, digest) for path, digest in known.items() if indexed.get(path) != digest]
        gone = [(path, b"") for path in indexed if path not in known and path not in unreadable]
        run("DELETE FROM index_queue")
        for row in changed + gone:
            run("INSERT INTO index_queue VALUES (?, ?)", row)
        run("INSERT OR REPLACE INTO index_state VALUES (1, ?)", (state,))
