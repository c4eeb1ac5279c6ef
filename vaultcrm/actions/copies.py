"""Conflict copies found, and merged with their originals one at a time."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from typing import NamedTuple

from vaultcrm.actions.crm import Crm, Written
from vaultcrm.copies import are_alike, copy_of, may_be_copy_of
from vaultcrm.errors import NotFound, Refused, Unreadable
from vaultcrm.graft import take
from vaultcrm.merge import merge
from vaultcrm.model import Problem, Value
from vaultcrm.page import split
from vaultcrm.splice import properties_of, root_of


class Pair(NamedTuple):
    """A note that is a copy of another one; `is_certain` when its name says so, and not only its text."""

    copy: str
    original: str
    program: str
    is_certain: bool


class Differs(NamedTuple):
    """A property that the two notes have with different values."""

    key: str
    original: Value
    copy: Value


class Proposal(NamedTuple):
    """What would become of an original: its bytes now, the copy's, and those of both; its own values where they differ."""

    pair: Pair
    before: bytes
    theirs: bytes
    after: bytes
    differs: tuple[Differs, ...]


def pairs(crm: Crm, below: str | None = None) -> list[Pair]:
    """The copies among the notes whose originals are there, by path."""
    crm.catch_up()
    known = {path for (path,) in crm.catalog.rows("SELECT path FROM files ORDER BY path")}
    return [pair for path in sorted(known) if not below or path.startswith(below + "/") if (pair := _pair(crm, path, known))]


def _pair(crm: Crm, path: str, known: set[str]) -> Pair | None:
    if found := copy_of(path):
        return Pair(path, found.original, found.program, True) if found.original in known else None
    original = may_be_copy_of(path)
    if original in known and original is not None:
        try:
            if are_alike(crm.vault.read(path).data, crm.vault.read(original).data):
                return Pair(path, original, "a program that syncs", False)
        except (FileNotFoundError, Unreadable):
            return None
    return None


def copy_problems(crm: Crm, below: str | None = None) -> Iterator[Problem]:
    """What `check` says of copies beyond those that the notes' names tell: likely ones, and files that are no notes."""
    for pair in pairs(crm, below):
        if not pair.is_certain:
            said = f"It has most lines of {pair.original!r}, and may be a copy of it; merge it with: vaultcrm check --fix"
            yield Problem(pair.copy, 1, "possible-copy", said)
    for path in crm.vault.listing():
        if not path.lower().endswith(".md") and (found := copy_of(path)) and (not below or path.startswith(below + "/")):
            name = found.original.rpartition("/")[2]
            yield Problem(path, 1, "conflict-copy", f"A conflict copy of {name!r}; compare the two, and delete one.")


def proposal(crm: Crm, pair: Pair) -> Proposal:
    """What merging a copy with its original would give. Raises Refused where their properties cannot be merged."""
    try:
        before, theirs = crm.vault.read(pair.original).data, crm.vault.read(pair.copy).data
    except FileNotFoundError as error:
        raise NotFound(f"{pair.copy} or its original is not there any more.") from error
    except Unreadable as error:
        raise Refused(f"{pair.copy} cannot be merged: {error.message}", "Compare the two in your editor.") from error
    after, keys = _merged(pair, before, theirs, ())
    ours, their = _values(before), _values(theirs)
    return Proposal(pair, before, theirs, after, tuple(Differs(key, ours.get(key), their.get(key)) for key in keys))


def accept(crm: Crm, one: Proposal, from_copy: Collection[str] = ()) -> Written:
    """Merge a copy into its original, and delete it. `from_copy` names the properties that are as the copy has them."""
    with crm.writing() as writer:
        writer.edit(one.pair.original, lambda data: _merged(one.pair, data, one.theirs, from_copy)[0])
        writer.remove(one.pair.copy, one.theirs)
    return Written(writer.created, [*writer.changed, *writer.removed])


def _values(data: bytes) -> dict[str, Value]:
    page = split(data)
    return properties_of(root_of(page), page.text)


def _merged(pair: Pair, ours: bytes, theirs: bytes, from_copy: Collection[str]) -> tuple[bytes, tuple[str, ...]]:
    """Both notes in one, and the properties that differ. The body has the lines of both, ours first."""
    made = merge(None, ours, theirs)
    if "" in made.keys:
        raise Refused(f"The properties of {pair.copy} and its original cannot be merged.", "Compare the two in your editor.")
    page, other = split(made.data), split(theirs)
    for key in from_copy:
        page = take(page, key, other)
    if not made.is_body_clean:
        head = page.after[: page.body_start]
        page = replace(page, after=head + _both(page.after[page.body_start :], other.after[other.body_start :]))
    return page.join(), made.keys


def _both(ours: bytes, theirs: bytes) -> bytes:
    """All lines of two texts: those in common once, the others where they stood, ours before theirs."""
    ending = b"\r" if b"\r\n" in ours else b""
    lines, others = ours.split(b"\n"), [line.rstrip(b"\r") for line in theirs.split(b"\n")]
    made: list[bytes] = []
    for what, at, to, their_at, their_to in SequenceMatcher(None, [line.rstrip(b"\r") for line in lines], others, False).get_opcodes():
        made += lines[at:to]
        if what in ("insert", "replace"):
            made += [line + ending for line in others[their_at:their_to]]
    return b"\n".join(made)
