"""Conflict copies found, and merged with their originals one at a time."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from typing import NamedTuple

from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.errors import NotFound, Refused, Unreadable
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import Value
from vaultcrm.merge.note import merge_notes
from vaultcrm.merge.properties import take_property
from vaultcrm.model.read_note import read_note
from vaultcrm.model.records import Problem
from vaultcrm.vault.conflict_copies import are_similar, find_original, parse_conflict_copy, possible_original

_LARGE = 250_000  # pairs of lines; more would be compared for seconds, and stand one text behind the other


class CopyPair(NamedTuple):
    """A note that is a copy of another one; `is_certain` when its name says so, and not only its text."""

    copy: str
    original: str
    program: str
    is_certain: bool


class PropertyDifference(NamedTuple):
    """A property that the two notes have with different values."""

    key: str
    original: Value
    copy: Value


class MergeProposal(NamedTuple):
    """What would become of an original: its bytes now, the copy's, and those of both; its own values where they differ.

    `is_sure` when neither says anything that the other one contradicts. `twice` are things to do
    that would then stand there twice.
    """

    pair: CopyPair
    before: bytes
    theirs: bytes
    after: bytes
    differences: tuple[PropertyDifference, ...]
    is_sure: bool
    duplicated: tuple[str, ...]


def find_pairs(crm: Crm, below: str | None = None) -> list[CopyPair]:
    """The copies among the notes whose originals are there, by path."""
    crm.refresh()
    beside: dict[str, list[str]] = {}
    for path in crm.catalog.file_paths():
        beside.setdefault(path.rpartition("/")[0], []).append(path.rpartition("/")[2])
    known = [f"{folder}/{name}" if folder else name for folder, names in beside.items() for name in names]
    found = [
        pair
        for path in known
        if (not below or path.startswith(below + "/")) and (pair := _pair(crm, path, beside[path.rpartition("/")[0]]))
    ]
    # a copy of a copy comes before the copy that it is one of
    return sorted(
        found, key=lambda pair: (pair.original, -len(pair.copy)) if parse_conflict_copy(pair.original) is None else ("", -len(pair.copy))
    )


def _pair(crm: Crm, path: str, beside: list[str]) -> CopyPair | None:
    """A note as a copy of one beside it."""
    if copy := parse_conflict_copy(path):
        original = find_original(copy, beside)
        return CopyPair(path, original, copy.program, True) if original else None
    original = possible_original(path)
    if original is not None and original.rpartition("/")[2] in beside:
        try:
            if are_similar(crm.vault.read(path).data, crm.vault.read(original).data):
                return CopyPair(path, original, "a program that syncs", False)
        except (FileNotFoundError, Unreadable):
            return None
    return None


def copy_problems(crm: Crm, files: Iterable[str], below: str | None = None) -> Iterator[Problem]:
    """What `check` says of copies beyond those that the notes' names tell: likely ones, and among all `files` those that are no notes."""
    for pair in find_pairs(crm, below):
        if not pair.is_certain:
            way = "merge it with vaultcrm check --fix, or give it another name with vaultcrm rename"
            yield Problem(pair.copy, 1, "possible-copy", f"It has most lines of {pair.original!r}, and may be a copy of it; {way}.")
    beside: dict[str, list[str]] = {}
    for path in sorted(files):
        beside.setdefault(path.rpartition("/")[0], []).append(path.rpartition("/")[2])
    for folder, names in beside.items():
        for path in (f"{folder}/{name}" if folder else name for name in names if not name.lower().endswith(".md")):
            copy = parse_conflict_copy(path) if not below or path.startswith(below + "/") else None
            if copy is not None and (original := find_original(copy, names)):
                yield Problem(path, 1, "conflict-copy", f"A conflict copy of {original!r}; compare the two, and delete one.")


def propose_merge(crm: Crm, pair: CopyPair) -> MergeProposal:
    """What merging a copy with its original would give. Raises Refused where their properties cannot be merged."""
    try:
        before, theirs = crm.vault.read(pair.original).data, crm.vault.read(pair.copy).data
    except FileNotFoundError as error:
        raise NotFound(f"{pair.copy} or its original is not there any more.") from error
    except Unreadable as error:
        raise Refused(f"{pair.copy} cannot be merged: {error.message}", "Compare the two in your editor.") from error
    made = merge_notes(None, before, theirs)
    after = _merged(pair, before, theirs, ())
    ours, their = _values(before), _values(theirs)
    differs = tuple(PropertyDifference(key, ours.get(key), their.get(key)) for key in made.keys)
    to_do = [
        Counter(item.text for item in read_note(pair.original, data, crm.vault.task_settings).follow_ups)
        for data in (before, theirs, after)
    ]
    twice = tuple(text for text, count in to_do[2].items() if count > max(to_do[0][text], to_do[1][text]))
    return MergeProposal(pair, before, theirs, after, differs, pair.is_certain and made.is_clean and not twice, twice)


def accept_merge(crm: Crm, one: MergeProposal, from_copy: Collection[str] = ()) -> WriteResult[None]:
    """Merge a copy into its original, and delete it. `from_copy` names the properties that are as the copy has them.

    Raises Changed when one of the two is not any more what was proposed.
    """

    def apply(data: bytes) -> bytes:
        if data != one.before:
            raise Refused("it has been changed since that was shown.", "Look at it again: vaultcrm check --fix")
        return _merged(one.pair, data, one.theirs, from_copy)

    with crm.writing() as writer:
        writer.edit(one.pair.original, apply)
        writer.remove(one.pair.copy, one.theirs)
    return WriteResult(writer.created, [*writer.changed, *writer.removed], None)


def _values(data: bytes) -> dict[str, Value]:
    page = split_page(data)
    return read_properties(page)


def _merged(pair: CopyPair, ours: bytes, theirs: bytes, from_copy: Collection[str]) -> bytes:
    """Both notes in one. The body has the lines of both, ours first."""
    made = merge_notes(None, ours, theirs)
    if "" in made.keys:
        raise Refused(f"The properties of {pair.copy} and its original cannot be merged.", "Compare the two in your editor.")
    page, other = split_page(made.data), split_page(theirs)
    for key in from_copy:
        page = take_property(page, key, other)
    if not made.is_body_clean:
        head = page.after[: page.body_start]
        page = replace(page, after=head + _both(page.after[page.body_start :], other.after[other.body_start :]))
    return page.join()


def _both(ours: bytes, theirs: bytes) -> bytes:
    """All lines of two texts: those in common once, the others where they stood, ours before theirs."""
    ending = b"\r" if b"\r\n" in ours else b""
    last = b"\n" if ours.endswith(b"\n") or theirs.endswith(b"\n") else b""
    lines = ours.removesuffix(b"\n").split(b"\n") if ours else []
    others = [line.rstrip(b"\r") for line in theirs.removesuffix(b"\n").split(b"\n")]
    start = _common(lines, others)
    stop = _common(lines[start:][::-1], others[start:][::-1])
    head, tail = lines[:start], lines[len(lines) - stop :]
    lines, others = lines[start : len(lines) - stop], others[start : len(others) - stop]
    made = list(head)
    if len(lines) * len(others) > _LARGE:
        return b"\n".join([*made, *lines, *(line + ending for line in others), *tail]) + last
    for what, at, to, their_at, their_to in SequenceMatcher(None, [line.rstrip(b"\r") for line in lines], others, False).get_opcodes():
        made += lines[at:to]
        if what in ("insert", "replace"):
            made += [line + ending for line in others[their_at:their_to]]
    return b"\n".join([*made, *tail]) + last


def _common(lines: list[bytes], others: list[bytes]) -> int:
    """How many lines are the same at the beginning."""
    pairs = enumerate(zip(lines, others, strict=False))
    return next((at for at, (line, other) in pairs if line.rstrip(b"\r") != other), min(len(lines), len(others)))
