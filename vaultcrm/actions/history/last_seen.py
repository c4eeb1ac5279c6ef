"""What has changed with a client since the user was last here: since its brief was shown, or a command wrote for it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.history.changes import Change, compare
from vaultcrm.actions.history.client_state import ClientState, Item, client_state, state_from_json, state_json
from vaultcrm.actions.history.matching import match_notes
from vaultcrm.dates.iso import parse_iso_datetime
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.disk.moves import Move
from vaultcrm.errors import Unreadable, VaultcrmError
from vaultcrm.links.ownership import ClientRef
from vaultcrm.vault.journal_folder import journal_folder
from vaultcrm.vault.visits import NoteWrite, Visits, WriteRecord, hex_or_none, record_writes

VISIT = timedelta(minutes=30)  # looks within this time are one visit, and show the same changes
_CLOCK_ERROR = timedelta(days=1)  # a look that is further ahead than this was at another day than its own


class SinceSeen(NamedTuple):
    """What has changed since a moment: when the user was last here, or with `is_chosen` a day that the user has named.

    What a command of the user wrote after the last visit isn't among it.
    """

    at: datetime
    changes: list[Change]
    is_chosen: bool = False


class _Seen(NamedTuple):
    """The state of a client at a moment when it was shown."""

    at: datetime
    state: ClientState


class _Visit(NamedTuple):
    """The visit that is going on, or the last one: when it began, what was last shown before it, and in it."""

    began: datetime
    before: _Seen | None
    last: _Seen


def look(crm: Crm, client: ClientRef) -> SinceSeen | None:
    """What has changed with a client since the user was last here; None if that isn't known. The catalogue must be up to date.

    This is a look at the client, so the next one counts from now, unless it comes within half an hour. Where the state
    folder can't be used, nothing is known and nothing is kept.
    """
    visits, now = Visits(crm.vault.root), crm.now.replace(microsecond=0, tzinfo=None)
    state = client_state(crm, client)
    path, visit = _last_visit(crm, visits, client, state)
    shown = _Seen(now, state)
    new: _Visit | None = None
    before: _Seen | None = None
    if visit is None:
        new = _Visit(now, None, shown)
    elif now < visit.last.at:  # the last look was at another day than its own, or the clock was wrong: go by the one before
        before = visit.before if visit.before and visit.before.at <= now else None
        new = _Visit(now, before, shown) if now < visit.last.at - _CLOCK_ERROR else None  # else this is another time zone
    elif now - visit.began < VISIT:
        new, before = visit._replace(last=shown) if state != visit.last.state else None, visit.before
    else:
        new, before = _Visit(now, visit.last, shown), visit.last
    if new is not None:
        visits.save(client.path, _visit_json(new), path)
    if before is None:
        return None
    began = new.began if new else visit.began if visit else now
    own = own_writes(before.state, state, visits.writes_since(before.at))
    last_write = max((at for at in (*own.times.values(), *own.moves) if at < began), default=before.at)
    changes = compare(own.state, state, {path: at.date() for path, at in own.times.items()})
    return SinceSeen(max(before.at, last_write), changes)


def _last_visit(crm: Crm, visits: Visits, client: ClientRef, state: ClientState) -> tuple[str, _Visit | None]:
    """The last visit to a client, and the path that its note had then. A client that was renamed since has most of its notes still."""
    if visit := _parse_visit(visits.load(client.path)):
        return client.path, visit
    digests = {note.digest for note in state.notes.values()}
    for path, value in visits.earlier(lambda path: crm.catalog.note(path) is None):
        if visit := _parse_visit(value):
            known = [note.digest for note in visit.last.state.notes.values()]
            is_alias = title_of_path(path) in next((item.get("aliases") for item in state.items if item.kind == "client"), "").split(", ")
            if is_alias or 2 * sum(digest in digests for digest in known) > len(known):
                return path, visit
    return "", None


# ----------------------------------------------------------------------------- own writes


@contextmanager
def own_edit(crm: Crm, path: str) -> Iterator[None]:
    """Let the user change a note in an editor that a command has opened: that is no news, like what commands write."""
    before = _digest_on_disk(crm, path)
    yield
    after = _digest_on_disk(crm, path)
    if before != after:
        with suppress(VaultcrmError):  # without a state folder, nothing is kept
            record_writes(journal_folder(crm.vault.root), crm.now, [NoteWrite(path, before, after)], [])


def _digest_on_disk(crm: Crm, path: str) -> bytes | None:
    try:
        return crm.vault.read(path).digest
    except (FileNotFoundError, Unreadable):
        return None


class OwnWrites(NamedTuple):
    """An older state with all that commands have written since, and nothing that others have.

    `times`: when a command last wrote each note whose changes are all by commands, by path. `moves`: when commands
    moved notes of the client.
    """

    state: ClientState
    times: dict[str, datetime]
    moves: list[datetime]


def own_writes(old: ClientState, new: ClientState, records: Iterable[WriteRecord]) -> OwnWrites:
    """Take the notes that only commands have changed since the older state over from the newer one.

    A note counts if its bytes were those of the older state before a command first wrote it, those that a command had
    written before each further one, and those that the last one wrote now. If anybody else wrote in between, all that
    has changed in it is told.
    """
    chains: dict[str, list[tuple[datetime, bytes | None, bytes | None]]] = {}
    moves = []
    for record in records:
        for move in record.moves:
            earlier, old = old, _moved(old, move)
            moves += [record.at] if earlier != old else []
            chains = {move.apply(path): chain for path, chain in chains.items()}
        for write in record.writes:
            chains.setdefault(write.path, []).append((record.at, write.before, write.after))
    old_paths = {new_path: path for path, new_path in match_notes(old.notes, new.notes).items()}
    times: dict[str, datetime] = {}
    for path, chain in chains.items():
        known = old.notes.get(old_paths.get(path, path))
        digest, last = known.digest if known else None, None
        for at, before_bytes, after_bytes in chain:
            if hex_or_none(before_bytes) == digest:
                digest, last = hex_or_none(after_bytes), at
        now = new.notes[path].digest if path in new.notes else None
        if last is not None and digest == now and (known or now):
            times[path] = last
    taken = {old_paths.get(path, path) for path in times}
    items = [item for item in old.items if item.path not in taken] + [item for item in new.items if item.path in times]
    notes = {path: note for path, note in old.notes.items() if path not in taken}
    notes |= {path: new.notes[path] for path in times if path in new.notes}
    return OwnWrites(old._replace(items=tuple(_replaced(items, new, times)), notes=notes), times, moves)


def _replaced(items: list[Item], new: ClientState, times: Mapping[str, datetime]) -> list[Item]:
    """The items, with the decisions as replaced that a decision from a command replaces."""
    from_commands = {item.id for item in new.items if item.kind == "decision" and item.path in times}
    replaced = {item.id: item for item in new.items if item.get("replaced_by") in from_commands}
    return [item._replace(fields=replaced[item.id].fields) if item.id in replaced else item for item in items]


def _moved(state: ClientState, move: Move) -> ClientState:
    """The state after a file or folder was moved."""

    def moved(item: Item) -> Item:
        path = move.apply(item.path)
        if path == item.path:
            return item
        is_title = item.is_note and item.text == title_of_path(item.path)
        text = title_of_path(path) if is_title else item.text
        return item._replace(path=path, id=path if item.id == item.path else item.id, text=text)

    notes = {move.apply(path): note for path, note in state.notes.items()}
    return state._replace(items=tuple(map(moved, state.items)), notes=notes)


# ------------------------------------------------------------------------------------- JSON


def _visit_json(visit: _Visit) -> dict[str, object]:
    before = visit.before and [visit.before.at.isoformat(), state_json(visit.before.state)]
    return {"began": visit.began.isoformat(), "before": before, "last": [visit.last.at.isoformat(), state_json(visit.last.state)]}


def _parse_visit(value: Any) -> _Visit | None:  # Any: what JSON holds
    if not isinstance(value, dict):
        return None
    began, before, last = parse_iso_datetime(value.get("began")), _parse_seen(value.get("before")), _parse_seen(value.get("last"))
    return _Visit(began, before, last) if began and last else None


def _parse_seen(value: Any) -> _Seen | None:  # Any: as above
    if not isinstance(value, list) or len(value) != 2:
        return None
    at, state = parse_iso_datetime(value[0]), state_from_json(value[1])
    return _Seen(at, state) if at and state else None
