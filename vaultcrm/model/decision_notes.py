"""Decisions that are written twice: as an item of a conversation or in a callout, and in a note of their own."""

from collections.abc import Iterable

from vaultcrm.disk.filenames import title_of_path
from vaultcrm.model.records import Decision
from vaultcrm.normalize import fold


def noted_twice(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """The note of each decision that stands elsewhere as well, by the handle of the latter: an item of a conversation, a callout.

    The two are one decision if they have the same client and the same words, and the same day, or if the note is from there.
    """
    notes: dict[tuple[str | None, str], list[Decision]] = {}
    others = []
    for decision in decisions:
        if decision.kind == "note":
            notes.setdefault((decision.client, fold(decision.text).rstrip(" .")), []).append(decision)
        else:
            others.append(decision)
    found = {}
    for other in others if notes else ():
        for note in notes.get((other.client, fold(other.text).rstrip(" .")), ()):
            is_from_there = note.origin is not None and fold(note.origin) == fold(title_of_path(other.path))
            if is_from_there or (note.on is not None and note.on == other.on):
                found[other.id] = note
    return found
