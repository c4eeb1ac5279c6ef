"""Find conflict copies, and merge them with their originals one at a time."""

import contextlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from typing import NamedTuple

from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.errors import NotFound, Refused, Unreadable, VaultcrmError
from vaultcrm.git.client import Git
from vaultcrm.git.repository import open_git
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import Value
from vaultcrm.merge.lines import merge_lines
from vaultcrm.merge.note import merge_notes
from vaultcrm.merge.properties import copy_property
from vaultcrm.model.read_note import read_note
from vaultcrm.model.records import Problem
from vaultcrm.quoting import quoted
from vaultcrm.vault.conflict_copies import are_similar, find_original, merged_commit, parse_conflict_copy, possible_original

# Pairs of lines. Comparing more would take seconds, so larger texts are put one after the other.
_MAX_COMPARED = 250_000


class CopyPair(NamedTuple):
    """A copy of a note and its original. `is_certain`: the copy's name says so, and not only its text."""

    copy: str
    original: str
    program: str
    is_certain: bool


class PropertyDifference(NamedTuple):
    """A property that has different values in the original and in the copy."""

    key: str
    original: Value
    copy: Value


class MergeProposal(NamedTuple):
    """What merging a copy into its original would give: the contents before and after, and the properties that differ.

    `merged_data` has the original's values for those properties. `is_safe`: the two contradict each
    other nowhere. `duplicate_tasks` are the texts of follow-ups that the merged note would hold twice. `base_data` is
    the version that both come from, None if it isn't known.
    """

    pair: CopyPair
    original_data: bytes
    copy_data: bytes
    merged_data: bytes
    differences: tuple[PropertyDifference, ...]
    is_safe: bool
    duplicate_tasks: tuple[str, ...]
    base_data: bytes | None = None


def find_pairs(crm: Crm, below: str | None = None, files: Iterable[str] | None = None) -> list[CopyPair]:
    """The copies of notes, in the folder `below` or everywhere, whose originals exist. A copy of a copy comes first.

    `files` are all files of the vault, for a caller that knows them.
    Also copies whose names don't end in .md, such as "note.md.conflict1": they are files, but not notes.
    """
    crm.refresh()
    notes = crm.catalog.file_paths()
    files = crm.vault.list_files() if files is None else files
    others = {path for path in files if (copy := parse_conflict_copy(path)) and _is_note_name(copy.original)}
    names_by_folder = _names_by_folder(sorted(others.union(notes)))
    pairs = [
        pair
        for folder, names in names_by_folder.items()
        for path in (f"{folder}/{name}" if folder else name for name in names)
        if (not below or path.startswith(below + "/")) and (pair := _find_pair(crm, path, names))
    ]
    return sorted(
        pairs, key=lambda pair: (pair.original, -len(pair.copy)) if parse_conflict_copy(pair.original) is None else ("", -len(pair.copy))
    )


def _names_by_folder(paths: Iterable[str]) -> dict[str, list[str]]:
    """The file names in each folder."""
    result: dict[str, list[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        result.setdefault(folder, []).append(name)
    return result


def _is_note_name(path: str) -> bool:
    return path.lower().endswith(".md")


def _find_pair(crm: Crm, path: str, names: list[str]) -> CopyPair | None:
    """The pair of a copy and its original among the `names` in its folder; None if the note isn't a copy."""
    if copy := parse_conflict_copy(path):
        original = find_original(copy, names)
        return CopyPair(path, original, copy.program, True) if original and copy.is_mergeable else None
    original = possible_original(path)
    if original is not None and original.rpartition("/")[2] in names:
        try:
            if are_similar(crm.vault.read(path).data, crm.vault.read(original).data):
                return CopyPair(path, original, "a program that syncs", False)
        except (FileNotFoundError, Unreadable):
            return None
    return None


def copy_problems(crm: Crm, files: Collection[str], below: str | None = None) -> Iterator[Problem]:
    """Problems for notes that look like copies, and for conflict copies among those `files` that aren't notes.

    Notes whose name says that they are copies become problems when they are read.
    """
    for pair in find_pairs(crm, below, files):
        if not pair.is_certain:
            advice = "Merge it with vaultcrm check --fix, or rename it with vaultcrm rename."
            yield Problem(pair.copy, 1, "possible-copy", f"Looks like a copy of {quoted(pair.original)}. {advice}")
    for folder, names in _names_by_folder(sorted(files)).items():
        for path in (f"{folder}/{name}" if folder else name for name in names if not _is_note_name(name)):
            copy = parse_conflict_copy(path) if not below or path.startswith(below + "/") else None
            if copy is not None and (original := find_original(copy, names)):
                is_mergeable = copy.is_mergeable and _is_note_name(original)
                advice = "Merge it with vaultcrm check --fix." if is_mergeable else "Compare the two and delete one."
                yield Problem(path, 1, "conflict-copy", f"A conflict copy of {quoted(original)}. {advice}")


def propose_merge(crm: Crm, pair: CopyPair) -> MergeProposal:
    """What merging a copy into its original would give. Raises Refused if their properties can't be merged."""
    try:
        original_data, copy_data = crm.vault.read(pair.original).data, crm.vault.read(pair.copy).data
    except FileNotFoundError as error:
        raise NotFound(f"{pair.copy} or its original doesn't exist any more.") from error
    except Unreadable as error:
        raise Refused(f"{pair.copy} can't be merged: {error.message}", "Compare the two in your editor.") from error
    base_data = _find_base(crm, pair)
    merged = merge_notes(base_data, original_data, copy_data)
    merged_data = _merge(pair, base_data, original_data, copy_data, ())
    original_values, copy_values = _properties(original_data), _properties(copy_data)
    differences = tuple(PropertyDifference(key, original_values.get(key), copy_values.get(key)) for key in merged.keys)
    in_original, in_copy, in_merged = (
        Counter(item.text for item in read_note(pair.original, data, crm.vault.task_settings).follow_ups)
        for data in (original_data, copy_data, merged_data)
    )
    duplicates = tuple(text for text, count in in_merged.items() if count > max(in_original[text], in_copy[text]))
    is_safe = pair.is_certain and merged.is_clean and not duplicates
    return MergeProposal(pair, original_data, copy_data, merged_data, differences, is_safe, duplicates, base_data)


def accept_merge(crm: Crm, proposal: MergeProposal, keys_from_copy: Collection[str] = ()) -> WriteResult[None]:
    """Merge a copy into its original and delete it. The properties in `keys_from_copy` get the copy's values.

    Raises Refused if the original has changed since the proposal, Conflict if the copy has.
    """

    def apply(data: bytes) -> bytes:
        if data != proposal.original_data:
            raise Refused("It has changed since it was shown.", "Look at it again: vaultcrm check --fix")
        return _merge(proposal.pair, proposal.base_data, data, proposal.copy_data, keys_from_copy)

    with crm.writing() as writer:
        writer.edit(proposal.pair.original, apply)
        writer.remove(proposal.pair.copy, proposal.copy_data)
    return WriteResult(writer.created, [*writer.changed, *writer.removed], None)


def _properties(data: bytes) -> Mapping[str, Value]:
    return read_properties(split_page(data))


def _find_base(crm: Crm, pair: CopyPair) -> bytes | None:
    """The version that a copy made by `sync` and its original both come from; None if Git doesn't know it."""
    commit = merged_commit(pair.copy)
    if commit is None:
        return None
    with contextlib.suppress(VaultcrmError):  # no repository, or one that must not be used
        git, _ = open_git(crm.vault.root)
        other = git.resolve_commit(commit)
        for line in git.check_output("rev-list", "--merges", "--parents", "HEAD").decode().splitlines() if other else ():
            merge, head, *others = line.split()
            if other in others:
                return _read_base(git, merge, head, other, pair)
    return None


def _read_base(git: Git, merge: str, head: str, other: str, pair: CopyPair) -> bytes | None:
    """The version before a merge that kept a copy. Both files may have been moved or renamed since, and the original before."""
    name, commit = pair.copy.rpartition("/")[2], merged_commit(pair.copy)
    copied = [path for path in git.list_tree(merge) if merged_commit(path) == commit]
    paths = [path for path in copied if path.rpartition("/")[2] == name] or copied
    copies = [copy for path in paths if (copy := parse_conflict_copy(path))]
    base = git.first_line("merge-base", head, other)
    if len(copies) != 1 or not base:
        return None
    path, files = copies[0].original, git.list_tree(base)
    if path not in files:
        path = next((old_path for diff, old_path in git.diff_trees(base, head, renames=True) if old_path and diff.path == path), "")
    return git.read_blobs([files[path].blob]).get(files[path].blob) if path in files else None


def _merge(pair: CopyPair, base: bytes | None, original: bytes, copy: bytes, keys_from_copy: Collection[str]) -> bytes:
    """Both notes merged. Where both changed the same lines of the body, the original's come before the copy's.

    Without a base, nobody knows which lines were added and which deleted, and all are kept.
    """
    merged = merge_notes(base, original, copy)
    if "" in merged.keys:
        raise Refused(f"The properties of {pair.copy} and its original can't be merged.", "Compare the two in your editor.")
    page, copy_page = split_page(merged.data), split_page(copy)
    for key in keys_from_copy:
        page = copy_property(page, key, copy_page)
    if not merged.is_body_clean:
        if base is None:
            body = _union(page.body_bytes, copy_page.body_bytes)
        else:
            body, _ = merge_lines(split_page(base).body_bytes, split_page(original).body_bytes, copy_page.body_bytes, keep_both=True)
        page = replace(page, after=page.after[: page.body_start] + body)
    return page.join()


def _union(ours: bytes, theirs: bytes) -> bytes:
    """All lines of two texts in order: common lines once, and where the texts differ our lines before theirs.

    Their lines get our line ending.
    """
    ending = b"\r" if b"\r\n" in ours else b""
    last_ending = b"\n" if ours.endswith(b"\n") or theirs.endswith(b"\n") else b""
    our_lines = ours.removesuffix(b"\n").split(b"\n") if ours else []
    their_lines = [line.rstrip(b"\r") for line in theirs.removesuffix(b"\n").split(b"\n")]
    start = _common_prefix(our_lines, their_lines)
    end = _common_prefix(our_lines[start:][::-1], their_lines[start:][::-1])
    head, tail = our_lines[:start], our_lines[len(our_lines) - end :]
    our_lines, their_lines = our_lines[start : len(our_lines) - end], their_lines[start : len(their_lines) - end]
    union = list(head)
    if len(our_lines) * len(their_lines) > _MAX_COMPARED:
        return b"\n".join([*union, *our_lines, *(line + ending for line in their_lines), *tail]) + last_ending
    matcher = SequenceMatcher(None, [line.rstrip(b"\r") for line in our_lines], their_lines, autojunk=False)
    for operation, our_start, our_end, their_start, their_end in matcher.get_opcodes():
        union += our_lines[our_start:our_end]
        if operation in ("insert", "replace"):
            union += [line + ending for line in their_lines[their_start:their_end]]
    return b"\n".join([*union, *tail]) + last_ending


def _common_prefix(our_lines: list[bytes], their_lines: list[bytes]) -> int:
    """The number of equal lines at the start; their lines have no carriage returns.

    After the head of both texts it is used on the reversed rest, for the tail.
    """
    pairs = enumerate(zip(our_lines, their_lines, strict=False))
    return next((number for number, (ours, theirs) in pairs if ours.rstrip(b"\r") != theirs), min(len(our_lines), len(their_lines)))
