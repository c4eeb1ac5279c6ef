"""Find what in an older state of a client is the same thing in a newer one, though it was renamed, moved or reworded."""

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from vaultcrm.actions.history.client_state import ClientState, Item, NoteState
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.normalize import fold

_SIMILAR = 0.6  # of the letters two texts have in common: then one is the other, reworded


class Matches(NamedTuple):
    """Items of both states that are the same, and those that only one of them has. `new_paths` are those of the older one's notes."""

    pairs: list[tuple[Item, Item]]
    gone: list[Item]
    new: list[Item]
    new_paths: dict[str, str]


def match(old: ClientState, new: ClientState) -> Matches:
    """Match the items of two states, by the best evidence first: their handle, their note and text, their text, their note."""
    new_paths = match_notes(old.notes, new.notes)

    def here(item: Item) -> str:
        return new_paths.get(item.path, item.path)

    pairs: list[tuple[Item, Item]] = []
    gone, added = list(old.items), list(new.items)
    keys: tuple[tuple[Callable[[Item], Hashable], Callable[[Item], Hashable]], ...] = (
        (lambda item: (item.kind, item.id), lambda item: (item.kind, item.id)),
        (lambda item: (item.kind, here(item), fold(item.text)), lambda item: (item.kind, item.path, fold(item.text))),
        (_text_key, _text_key),
        (lambda item: _note_key(item, here(item)), lambda item: _note_key(item, item.path)),
    )
    for old_key, new_key in keys:
        gone, added = _pair_by(gone, added, old_key, new_key, pairs)
    gone, added = _pair_reworded(gone, added, here, pairs)
    return Matches(pairs, gone, added, new_paths)


def match_notes(old: dict[str, NoteState], new: dict[str, NoteState]) -> dict[str, str]:
    """The path that each note of the older state has in the newer one, as far as it is still there."""
    paths = {path: path for path in old if path in new}
    gone, added = [path for path in old if path not in new], [path for path in new if path not in old]
    for key in (
        lambda path, note: note.digest or None,
        lambda path, note: (title_of_path(path), note.type),
        lambda path, note: (note.type, note.body, note.rest) if note.body else None,
    ):
        before: dict[Hashable, list[str]] = {}
        for path in gone:
            before.setdefault(key(path, old[path]), []).append(path)
        for path in added:
            value = key(path, new[path])
            if value is not None and before.get(value):
                paths[before[value].pop(0)] = path
        taken = set(paths.values())
        gone, added = [path for path in gone if path not in paths], [path for path in added if path not in taken]
    return paths


def _text_key(item: Item) -> Hashable:
    """A talk is known by its day as well, because many have the same words."""
    return (item.kind, fold(item.text), item.get("at")[:10])


def _note_key(item: Item, path: str) -> Hashable:
    """The note that an item is the whole of. There is only one client."""
    is_whole = item.is_note or item.kind == "talk"
    return (item.kind, "" if item.kind == "client" else path) if is_whole else (item.kind, item.path, item.line, id(item))


def _pair_by(
    gone: Sequence[Item], added: Sequence[Item], old_key: Callable[[Item], Hashable], new_key: Callable[[Item], Hashable],
    pairs: list[tuple[Item, Item]],
) -> tuple[list[Item], list[Item]]:  # fmt: skip
    """Pair what has the same key, one by one, and return what is left of both."""
    waiting: dict[Hashable, list[Item]] = {}
    for item in gone:
        waiting.setdefault(old_key(item), []).append(item)
    left_new = []
    for item in added:
        if same := waiting.get(new_key(item)):
            pairs.append((same.pop(0), item))
        else:
            left_new.append(item)
    return [item for items in waiting.values() for item in items], left_new


def _pair_reworded(
    gone: list[Item], added: list[Item], here: Callable[[Item], str], pairs: list[tuple[Item, Item]]
) -> tuple[list[Item], list[Item]]:  # fmt: skip
    """Pair what stands in the same note and has similar words."""
    left_old = []
    for item in gone:
        candidates = [other for other in added if other.kind == item.kind and other.path == here(item)]
        best = max(candidates, key=lambda other: _likeness(item.text, other.text), default=None)
        if best is not None and _likeness(item.text, best.text) >= _SIMILAR:
            pairs.append((item, best))
            added = [other for other in added if other is not best]
        else:
            left_old.append(item)
    return left_old, added


def _likeness(first: str, second: str) -> float:
    from difflib import SequenceMatcher  # late: only for what was reworded

    return SequenceMatcher(None, fold(first), fold(second), autojunk=False).ratio()
