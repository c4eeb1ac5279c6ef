"""What search has yet to see: the notes that have changed, or gone, since they were indexed.

`catch_up` writes it down in the same transaction as the change; the index takes it off when it has
committed. `stamp` names the state of the index that the list belongs to: with any other index
in its place, everything is compared anew.
"""

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from vaultcrm.catalog.catalog import Catalog

_UNKNOWN = 4_000  # bytes of a note that has just been written, and is not known by its stamp yet


class Change(NamedTuple):
    """A note to index; with an empty digest it is gone."""

    path: str
    digest: bytes


def changes(catalog: Catalog, limit: int = -1, size: int | None = None, without: Container[Change] = ()) -> list[Change]:
    """The changes that are not indexed, by path, `without` some; of the first so many, or of notes of about so many bytes."""
    found = catalog.rows("SELECT path, pending.digest, size FROM pending LEFT JOIN files USING (path) ORDER BY path LIMIT ?", limit)
    total, chosen = 0, []
    for path, digest, taken in found:
        if (change := Change(path, digest)) in without:
            continue
        chosen.append(change)
        total += _UNKNOWN if taken is None or taken < 0 else taken
        if size is not None and total >= size:
            break
    return chosen


def count(catalog: Catalog) -> int:
    return int(catalog.rows("SELECT count(*) FROM pending")[0][0])


def stamp(catalog: Catalog) -> str:
    """The index that the changes are counted from; "" for none."""
    return next((found for (found,) in catalog.rows("SELECT stamp FROM searched")), "")


def settle(catalog: Catalog, done: Iterable[Change], stamp: str) -> None:
    """Take changes off that the index, now at `stamp`, has. What has changed again since stays on."""
    with catalog.transaction() as run:
        for change in done:
            run("DELETE FROM pending WHERE path = ? AND digest = ?", change)
        run("INSERT OR REPLACE INTO searched VALUES (1, ?)", (stamp,))


def compare(catalog: Catalog, indexed: Mapping[str, bytes], stamp: str) -> None:
    """Begin again from what an index really holds: digests by path."""
    with catalog.transaction() as run:
        known = dict(run("SELECT path, digest FROM files WHERE digest != x''").fetchall())
        # a file that could be read once and cannot now: its document stays, as its records do
        kept = {path for (path,) in run("SELECT path FROM files WHERE digest = x''")}
        wanted = [(path, digest) for path, digest in known.items() if indexed.get(path) != digest]
        wanted += [(path, b"") for path in indexed if path not in known and path not in kept]
        run("DELETE FROM pending")
        for row in wanted:
            run("INSERT INTO pending VALUES (?, ?)", row)
        run("INSERT OR REPLACE INTO searched VALUES (1, ?)", (stamp,))
