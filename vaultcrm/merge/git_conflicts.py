"""Resolve what Git could not merge: our version stays, and theirs is kept complete in a copy beside it.

Everything is decided in Git's index first; then the files that change are written.
"""

import os
import re
from datetime import date
from typing import NamedTuple

from vaultcrm.disk.files import MAX_NOTE_BYTES
from vaultcrm.errors import Refused, Unreadable
from vaultcrm.git.client import Git, TreeEntry
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import Value
from vaultcrm.merge.note import MergedNote, merge_notes
from vaultcrm.vault.conflict_copies import conflict_copy_names

# The suffix that Git appends to a file when a folder takes its name
_MOVED_ASIDE = re.compile(r"~(HEAD|[0-9a-f]{40,64})(_\d+)?$")


class PropertyConflict(NamedTuple):
    """A property that both sides changed: its text on our side (`here`) and on theirs (`there`), None where it is missing.

    The key "text" stands for the note's body, and "properties" for the front matter itself, such as its comments.
    """

    key: str
    here: str | None = None
    there: str | None = None


class FileConflict(NamedTuple):
    """A file that both sides changed. `copy` is the path at which theirs is kept, None if there is nothing to keep beside `path`.

    `what` says in words what the sides did, `clashes` names the properties.
    """

    path: str
    copy: str | None
    what: str
    clashes: tuple[PropertyConflict, ...] = ()


class MergeTrees(NamedTuple):
    """The three trees of a merge, and the files that each side renamed: new paths by old paths."""

    base: dict[str, TreeEntry]
    ours: dict[str, TreeEntry]
    theirs: dict[str, TreeEntry]
    ours_renamed: dict[str, str]
    theirs_renamed: dict[str, str]


def has_conflict_markers(data: bytes) -> bool:
    """Whether a text holds the three marker lines of a conflict, `<<<<<<< `, `=======` and `>>>>>>> `, in this order."""
    markers_seen = 0
    for line in data.split(b"\n") if b"<<<<<<< " in data else ():
        if markers_seen == 0:
            markers_seen += line.startswith(b"<<<<<<< ")
        elif markers_seen == 1:
            markers_seen += line.removesuffix(b"\r") == b"======="
        elif line.startswith(b">>>>>>> "):
            return True
    return False


def resolve_conflicts(git: Git, head: str, other: str, today: date) -> list[FileConflict]:
    """Resolve every conflict that a merge of `other` into `head` has left. Afterwards neither the index nor the disk holds one.

    Raises Refused when no name is free for a copy.
    """
    return ConflictResolver(git, head, other, today).run()


class ConflictResolver:
    """The conflicts of one merge. `resolved` is what the index is to hold for each path; None removes the path."""

    def __init__(self, git: Git, head: str, other: str, today: date) -> None:
        self.git, self.head, self.other, self.today = git, head, other, today
        self.unmerged = git.unmerged()  # for each path its stages: base (1), ours (2), theirs (3)
        self.disk_states = {path: self._disk_state(path) for path in self.unmerged}  # as the merge left them
        self.trees = _merge_trees(git, head, other)
        self.resolved: dict[str, TreeEntry | None] = {}
        self.conflicts: list[FileConflict] = []
        self.taken_names = {name.lower() for name in os.fsdecode(git.check_output("ls-files", "-z")).split("\0")}

    def run(self) -> list[FileConflict]:
        for path in sorted(self.unmerged):
            if path not in self.resolved and set(self.unmerged[path]) == {1}:
                self._resolve_renamed_on_both_sides(path)
        for path in sorted(self.unmerged):
            if path not in self.resolved:
                self._resolve_path(path, self.unmerged[path])
        self._write()
        return self.conflicts

    def _resolve_renamed_on_both_sides(self, path: str) -> None:
        """A path that is gone on both sides. If each side gave the file another name, our name stays, with their changes merged in."""
        self.resolved[path] = None
        our_path, their_path = self.trees.ours_renamed.get(path), self.trees.theirs_renamed.get(path)
        if our_path is None or their_path is None or our_path == their_path:
            return
        if set(self.unmerged.get(our_path, ())) != {2} or set(self.unmerged.get(their_path, ())) != {3}:
            return  # another file has one of the names as well: each path is resolved by itself
        ours, theirs = self.trees.ours[our_path], self.trees.theirs[their_path]
        merged = self._merge(our_path, self.trees.base.get(path), ours, theirs)
        self.resolved[our_path] = TreeEntry(ours.mode, self.git.write_blob(merged.data)) if merged else ours
        self.resolved[their_path] = None
        what = f"{path} was renamed on both sides, there to {their_path}"
        self._add_conflict(our_path, what, merged, ours, theirs)

    def _resolve_path(self, path: str, stages: dict[int, TreeEntry]) -> None:
        ours, theirs = stages.get(2), stages.get(3)
        if ours and theirs:
            self._resolve_both_sides(path, stages.get(1), ours, theirs)
        elif not ours and not theirs:
            self.resolved[path] = None
        else:
            self._resolve_one_side(path, ours or theirs, is_ours=ours is not None, has_base=1 in stages)
        self._resolve_name_collision(path, stages)

    def _resolve_both_sides(self, path: str, base: TreeEntry | None, ours: TreeEntry, theirs: TreeEntry) -> None:
        """A path that both sides changed or added."""
        self.resolved[path] = ours
        if ours.blob == theirs.blob and ours.is_file == theirs.is_file:  # they differ only in the executable bit
            return
        merged = self._merge(path, base, ours, theirs)
        if merged:
            self.resolved[path] = TreeEntry(ours.mode, self.git.write_blob(merged.data))
        if merged and merged.is_clean:
            return
        what = "changed on both sides" if base else "added on both sides"
        if theirs.mode == "160000":  # a submodule: its files are in a repository of its own, so there is nothing to copy
            self.conflicts.append(FileConflict(path, None, f"{what}; ours was kept"))
            return
        self._add_conflict(path, what, merged, ours, theirs)

    def _resolve_one_side(self, path: str, entry: TreeEntry | None, is_ours: bool, has_base: bool) -> None:
        """A path that only one side has: a changed file stays, although the other side deleted it."""
        tree = self.trees.ours if is_ours else self.trees.theirs
        original = _MOVED_ASIDE.sub("", path)
        if entry is not None and original != path and path not in tree and original in tree:  # a folder has its name now
            self.resolved[path] = None
            copy = self._keep_copy(original, entry)
            self.conflicts.append(FileConflict(original, copy, "a file on one side, a folder on the other"))
            return
        self.resolved[path] = entry
        if has_base:
            self.conflicts.append(FileConflict(path, None, "deleted there, changed here" if is_ours else "deleted here, changed there"))

    def _resolve_name_collision(self, path: str, stages: dict[int, TreeEntry]) -> None:
        """Keep their version of a file that was renamed to the name of another file.

        Git first merges such a file with the other side's version of it. If that is a conflict, only
        its result is among the stages, and not their version.
        """
        trees = self.trees
        ours, theirs = (trees.ours, trees.ours_renamed), (trees.theirs, trees.theirs_renamed)
        for stage, (tree, renamed), (other_tree, other_renamed) in ((2, ours, theirs), (3, theirs, ours)):
            old_path = next((old for old, new in renamed.items() if new == path), None)
            other_version = other_tree.get(other_renamed.get(old_path, old_path)) if old_path else None
            if old_path is None or stage not in stages or path not in tree or other_version is None:
                continue
            if other_version == stages.get(5 - stage):  # it is the other stage of this path, and resolved with it
                continue
            our_version, their_version = (tree[path], other_version) if stage == 2 else (other_version, tree[path])
            base = trees.base[old_path]
            if base.blob in (our_version.blob, their_version.blob) or not their_version.is_file:
                continue
            if their_version in self.resolved.values():
                continue
            merged = self._merge(path, base, our_version, their_version)
            if merged is None or not merged.is_clean:
                self._add_conflict(path, f"renamed from {old_path}", merged, our_version, their_version)

    # ------------------------------------------------------------------------------ the parts

    def _merge(self, path: str, base: TreeEntry | None, ours: TreeEntry, theirs: TreeEntry) -> MergedNote | None:
        """Both versions of a note merged; None if the path is not a note, or a version is too large."""
        if not (path.lower().endswith(".md") and ours.is_file and theirs.is_file and (base is None or base.is_file)):
            return None
        data = self.git.read_blobs([ours.blob, theirs.blob, *([base.blob] if base else [])])
        if max(map(len, data.values())) > MAX_NOTE_BYTES:
            return None
        return merge_notes(data[base.blob] if base else None, data[ours.blob], data[theirs.blob])

    def _add_conflict(self, path: str, what: str, merged: MergedNote | None, ours: TreeEntry, theirs: TreeEntry) -> None:
        copy = self._keep_copy(path, theirs)
        self.conflicts.append(FileConflict(path, copy, what, self._property_conflicts(merged, ours, theirs)))

    def _property_conflicts(self, merged: MergedNote | None, ours: TreeEntry, theirs: TreeEntry) -> tuple[PropertyConflict, ...]:
        if merged is None:
            return ()
        data = self.git.read_blobs([ours.blob, theirs.blob])
        here, there = (_properties(data[entry.blob]) for entry in (ours, theirs))
        conflicts = [PropertyConflict(key or "properties", _text(here.get(key)), _text(there.get(key))) for key in merged.keys]
        return tuple(conflicts + [PropertyConflict("text")] * (not merged.is_body_clean))

    def _keep_copy(self, path: str, theirs: TreeEntry) -> str:
        """Keep their version under a name that is free; returns the name."""
        for name in conflict_copy_names(path, self.today, self.other):
            if name.lower() not in self.taken_names and not os.path.lexists(os.path.join(self.git.root, name)):
                self.taken_names.add(name.lower())
                self.resolved[name] = theirs
                return name
        raise Refused(f"There are already too many conflict copies of {path}.", "Merge them with: vaultcrm check --fix")

    def _write(self) -> None:
        """Write the resolved entries to the index, then to the disk."""
        lines = []
        for path in {*self.unmerged, *self.resolved}:
            lines.append(b"0 " + b"0" * len(self.head) + b"\t" + os.fsencode(path) + b"\0")  # removes all stages
        for path, entry in self.resolved.items():
            if entry is not None:
                lines.append(f"{entry.mode} {entry.blob} 0\t".encode() + os.fsencode(path) + b"\0")
        self.git.check_output("update-index", "-z", "--index-info", stdin=b"".join(lines), writes=True)
        # a file that somebody has written since the merge stays as it is, as an uncommitted change
        paths = [path for path in self.resolved if path not in self.disk_states or self.disk_states[path] == self._disk_state(path)]
        for path in paths:
            full_path = os.path.join(self.git.root, path)
            if self.resolved[path] is None and os.path.lexists(full_path) and not os.path.isdir(full_path):
                os.unlink(full_path)
        written = [path for path in paths if (entry := self.resolved[path]) is not None and entry.mode != "160000"]
        stdin = b"".join(os.fsencode(path) + b"\0" for path in written)
        self.git.check_output("checkout-index", "--force", "--quiet", "-u", "-z", "--stdin", stdin=stdin, writes=True)

    def _disk_state(self, path: str) -> tuple[int, int, int] | None:
        """A file's modification time, size and inode; None if it doesn't exist."""
        try:
            status = os.lstat(os.path.join(self.git.root, path))
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


def _merge_trees(git: Git, head: str, other: str) -> MergeTrees:
    base = git.first_line("merge-base", head, other)
    renamed = []
    for side in (head, other):
        renamed.append({old_path: diff.path for diff, old_path in git.diff_trees(base, side, renames=True) if old_path})
    return MergeTrees(git.list_tree(base), git.list_tree(head), git.list_tree(other), *renamed)


def _properties(data: bytes) -> dict[str, Value]:
    try:
        page = split_page(data)
        return read_properties(page)
    except Unreadable:
        return {}


def _text(value: Value) -> str | None:
    return ", ".join(value) if isinstance(value, list) else value
