"""Merge two commits into one tree, so that nothing of either side is lost. Git stores the tree; the working tree isn't touched."""

import os
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from vaultcrm.disk.files import MAX_NOTE_BYTES
from vaultcrm.errors import ExternalError, Refused, Unreadable
from vaultcrm.git.client import Git, TreeEntry, merge_file
from vaultcrm.git.trees import is_merged_as_text, write_tree
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import Value, as_list
from vaultcrm.merge.note import MergedNote, merge_notes
from vaultcrm.merge.trees import (
    FileConflict,
    MergedBlob,
    MergeTrees,
    PropertyConflict,
    Tree,
    folder_notes,
    lost_blobs,
    merge_trees,
    renames_with_folders,
)
from vaultcrm.normalize import fold
from vaultcrm.vault.conflict_copies import conflict_copy_names

_NOTHING_CHANGED = "Nothing was changed. Try again; if it stays, see: git status"


class CommitMerge(NamedTuple):
    """The id of a merged tree, which contains the copies, and the conflicts."""

    tree: str
    conflicts: list[FileConflict]


def merge_commits(git: Git, head: str, other: str, today: date) -> CommitMerge:
    """Merge the commit `other` into the commit `head`.

    Raises ExternalError if Git fails or if the tree that it stored isn't the merged one, and Refused if there
    is no free name for a copy.
    """
    base = _merge_base(git, head, other, today)
    trees = _read_trees(git, base, head, other)
    merger = _Merger(git, other, today)
    merge = merge_trees(trees, merger.merge_blobs, merger.copy_name)
    tree = write_tree(git, merge.tree)
    if lost_blobs(trees, merge) or git.list_tree(tree) != merge.tree:
        raise ExternalError("The merge lost a file.", _NOTHING_CHANGED)
    return CommitMerge(tree, merge.conflicts)


def _merge_base(git: Git, head: str, other: str, today: date) -> str:
    """The tree that both commits come from. If there are several, they are merged first, as Git does.

    Raises ExternalError if there is none: without it, everything that one side deleted would come back.
    """
    bases = _common_commits(git, "--all", head, other)
    if not bases:
        raise ExternalError("Git found no commit that both sides come from.", _NOTHING_CHANGED)
    tree = bases[0]
    for base in bases[1:]:
        trees = _read_trees(git, (_common_commits(git, bases[0], base) or bases)[0], tree, base)
        merger = _Merger(git, base, today)
        tree = write_tree(git, merge_trees(trees, merger.merge_blobs, merger.copy_name).tree)
    return tree


def _common_commits(git: Git, *args: str) -> list[str]:
    """What `git merge-base` lists: nothing if the commits have no history in common. Raises ExternalError if it fails."""
    result = git.run("merge-base", *args, writes=False)
    if result.exit_code not in (0, 1):
        raise git.failure("git merge-base failed", result)
    return result.stdout.decode().split()


def _read_trees(git: Git, base: str, ours: str, theirs: str) -> MergeTrees:
    trees = [git.list_tree(name) for name in (base, ours, theirs)]
    renames = []
    for name, tree in ((ours, trees[1]), (theirs, trees[2])):
        renamed = {old_path: diff.path for diff, old_path in git.diff_trees(base, name, renames=True) if old_path}
        renamed |= _renamed_clients(git, trees[0], tree, renamed)
        renames.append(renames_with_folders(trees[0], tree, renamed))
    return MergeTrees(trees[0], trees[1], trees[2], *renames)


def _renamed_clients(git: Git, base: Tree, tree: Tree, renamed: dict[str, str]) -> dict[str, str]:
    """Notes that were renamed together with their folder, and have their old name among their aliases.

    Git compares only the text, in which the new alias may be half of a short note.
    """
    old, new = folder_notes(base), folder_notes(tree)
    gone = {folder: path for folder, path in old.items() if folder not in new and path not in renamed}
    added = {path for folder, path in new.items() if folder not in old} - set(renamed.values())
    if not gone or not added:
        return {}
    contents = git.read_blobs(tree[path].blob for path in added)
    found = {}
    for path in sorted(added):
        aliases = {fold(alias) for alias in as_list(_properties(contents.get(tree[path].blob, b"")).get("aliases"))}
        matches = [old_path for folder, old_path in gone.items() if fold(folder[:-1].rpartition("/")[2]) in aliases]
        if len(matches) == 1 and matches[0] not in found:
            found[matches[0]] = path
    return found


class _Merger:
    """What a merge of trees needs from Git and from the disk."""

    def __init__(self, git: Git, other: str, today: date) -> None:
        self.git, self.other, self.today = git, other, today

    def merge_blobs(self, path: str, base: TreeEntry | None, ours: TreeEntry, theirs: TreeEntry) -> MergedBlob | None:
        """Both versions of a file in one; None if it is too large, binary, or not a text that Git may merge."""
        is_note = path.lower().endswith(".md")
        if not is_note and (base is None or not base.is_file or not is_merged_as_text(self.git, path)):
            return None
        entries = [entry for entry in (base, ours, theirs) if entry is not None and entry.is_file]
        contents = self.git.read_blobs(entry.blob for entry in entries)
        if any(entry.blob not in contents for entry in entries):
            raise ExternalError(f"A version of {path} is missing in the repository.", _NOTHING_CHANGED)
        if max(map(len, contents.values())) > MAX_NOTE_BYTES:
            return None
        base_data = contents[base.blob] if base is not None and base.is_file else None
        if is_note:
            merged = merge_notes(base_data, contents[ours.blob], contents[theirs.blob])
            clashes = () if merged.is_clean else _property_conflicts(merged, contents[ours.blob], contents[theirs.blob])
            return MergedBlob(self.git.write_blob(merged.data), merged.is_clean, clashes)
        if base_data is None or any(b"\0" in data for data in contents.values()):
            return None
        data, is_clean = merge_file(contents[ours.blob], base_data, contents[theirs.blob])
        return MergedBlob(self.git.write_blob(data), True) if is_clean else None

    def copy_name(self, path: str, taken: Collection[str]) -> str:
        for name in conflict_copy_names(path, self.today, self.other):
            if name.lower() not in taken and not os.path.lexists(os.path.join(self.git.root, name)):
                return name
        raise Refused(f"There are already too many conflict copies of {path}.", "Merge them with: vaultcrm check --fix")


def _property_conflicts(merged: MergedNote, ours: bytes, theirs: bytes) -> tuple[PropertyConflict, ...]:
    here, there = _properties(ours), _properties(theirs)
    conflicts = [PropertyConflict(key or "properties", _text(here.get(key)), _text(there.get(key))) for key in merged.keys]
    return tuple(conflicts + [PropertyConflict("text")] * (not merged.is_body_clean))


def _properties(data: bytes) -> dict[str, Value]:
    try:
        return read_properties(split_page(data))
    except Unreadable:
        return {}


def _text(value: Value) -> str | None:
    return ", ".join(value) if isinstance(value, list) else value
