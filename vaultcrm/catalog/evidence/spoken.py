"""What was promised in talks: kept by the digest of a note's bytes, once somebody has read the note for it."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import NamedTuple

from vaultcrm.catalog.activity import Owners, bounds
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.database import UnusableCache
from vaultcrm.catalog.evidence.talks import IS_IMPORTED
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.promises.record import Said

_READ = "read"  # the row that says that a note was read


class SpokenPart(NamedTuple):
    """A promise, or what says that something is done, in the talk at `path`. `is_imported`: nobody wrote it down by hand."""

    client: ClientRef
    path: str
    at: datetime
    channel: str
    direction: str
    thread: str | None
    subject: str
    is_imported: bool
    is_settled: bool
    said: Said


class UnreadTalk(NamedTuple):
    """A talk whose promises aren't known."""

    path: str
    digest: bytes
    is_imported: bool


def spoken(catalog: Catalog, first: date, last: date, read: Mapping[str, Sequence[Said]]) -> tuple[list[SpokenPart], list[UnreadTalk]]:
    """What the talks of some days promise, and what they say is done, in order of time; and the talks of which that isn't known.

    `read` is what was just read in such talks, by path.
    """
    rows = catalog.rows(
        f"""SELECT path, turns.at, turns.channel, direction, thread, subject, {IS_IMPORTED}, is_settled, turns.type, turns.client, digest,
            said.kind, line, speaker, is_third_person, text, "when"
        FROM turns CROSS JOIN files USING (path) LEFT JOIN said USING (digest) CROSS JOIN notes USING (path)
        WHERE turns.at >= ? AND turns.at < ? AND said.kind IS NOT '{_READ}' AND digest != x'' """,
        *bounds(first, last),
    )
    owners = Owners(catalog)
    found: list[SpokenPart] = []
    unread: list[UnreadTalk] = []
    for (
        path,
        at,
        channel,
        direction,
        thread,
        subject,
        imported,
        settled,
        note_type,
        link,
        digest,
        kind,
        line,
        speaker,
        third,
        text,
        when,
    ) in rows:
        owner = owners.find(path, note_type, link)
        if owner is None:
            continue
        if kind is None and path not in read:
            unread.append(UnreadTalk(path, digest, bool(imported)))
        for said in read.get(path, ()) if kind is None else [Said(kind, line, speaker, bool(third), text, when)]:
            moment = datetime.fromisoformat(at)
            found.append(SpokenPart(owner, path, moment, channel, direction, thread, subject, bool(imported), bool(settled), said))
    return sorted(found, key=lambda part: (part.at, part.path, part.said.line)), unread


def keep_said(catalog: Catalog, said: Mapping[bytes, Sequence[Said]]) -> None:
    """Keep what notes with these digests promise, and forget what no note says any more. If the cache can't be written, do nothing."""
    with suppress(sqlite3.OperationalError, UnusableCache), catalog.transaction(waits=False) as execute:
        execute("DELETE FROM said WHERE digest NOT IN (SELECT digest FROM files)")
        for digest, found in said.items():
            execute("INSERT OR REPLACE INTO said (digest, number, kind) VALUES (?, 0, ?)", (digest, _READ))
            for number, one in enumerate(found, 1):
                execute("INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (digest, number, *one))
