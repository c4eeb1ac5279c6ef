"""What git could not merge, settled so that nothing is lost: ours stays, and theirs is kept whole beside it.

Everything happens in git's index first; then the files that have changed are written.
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

# The label that git puts behind a file whose place a folder takes
_ASIDE = re.compile(r"~(HEAD|[0-9a-f]{40,64})(_\d+)?$")


class PropertyConflict(NamedTuple):
    """A property that both sides have changed: its text here and there; None where it is not.

    "text" is the note's body, "properties" what is around all properties.
    """

    key: str
    here: str | None = None
    there: str | None = None


class FileConflict(NamedTuple):
    """A file that both sides have changed; `copy` is where theirs is kept, None where nothing of it is missing."""

    path: str
    copy: str | None
    what: str
    clashes: tuple[PropertyConflict, ...] = ()


class MergeTrees(NamedTuple):
    """The three trees of a merge, and what each side has renamed: new paths by old ones."""

    base: dict[str, TreeEntry]
    ours: dict[str, TreeEntry]
    theirs: dict[str, TreeEntry]
    ours_renamed: dict[str, str]
    theirs_renamed: dict[str, str]


def has_conflict_markers(data: bytes) -> bool:
    """Whether a text holds the marks of a conflict: lines that begin it, part it and end it, in this order."""
    wanted = 0
    for line in data.split(b"\n") if b"<<<<<<< " in data else ():
        if wanted == 0:
            wanted += line.startswith(b"<<<<<<< ")
        elif wanted == 1:
            wanted += line.removesuffix(b"\r") == b"======="
        elif line.startswith(b">>>>>>> "):
            return True
    return False


def resolve_conflicts(git: Git, head: str, other: str, today: date) -> list[FileConflict]:
    """Settle all that a merge of `other` into `head` has left open. Afterwards nothing is unmerged, on the disk as in the index."""
    return ConflictResolver(git, head, other, today).run()


class ConflictResolver:
    """One merge's open ends. `wanted` is what the index is to hold; None: the path is to go."""

    def __init__(self, git: Git, head: str, other: str, today: date) -> None:
        self.git, self.head, self.other, self.today = git, head, other, today
        self.open = git.unmerged()
        self.left = {path: self.look(path) for path in self.open}  # how git has left them on the disk
        self.sides = _sides(git, head, other)
        self.wanted: dict[str, TreeEntry | None] = {}
        self.found: list[FileConflict] = []
        self.kept = {name.lower() for name in os.fsdecode(git.check_output("ls-files", "-z")).split("\0")}

    def run(self) -> list[FileConflict]:
        for path in sorted(self.open):
            if path not in self.wanted and set(self.open[path]) == {1}:
                self.renamed_apart(path)
        for path in sorted(self.open):
            if path not in self.wanted:
                self.settle(path, self.open[path])
        self.write()
        return self.found

    def renamed_apart(self, path: str) -> None:
        """Gone on both sides; when each has given it another name, ours stays and holds what theirs has changed."""
        self.wanted[path] = None
        here, there = self.sides.ours_renamed.get(path), self.sides.theirs_renamed.get(path)
        if here is None or there is None or here == there:
            return
        if set(self.open.get(here, ())) != {2} or set(self.open.get(there, ())) != {3}:
            return  # a name that is also taken by another file: each is settled by itself
        ours, theirs = self.sides.ours[here], self.sides.theirs[there]
        merged = self.merged(here, self.sides.base.get(path), ours, theirs)
        self.wanted[here] = TreeEntry(ours.mode, self.git.write_blob(merged.data)) if merged else ours
        self.wanted[there] = None
        copy = self.beside(here, theirs)
        self.found.append(FileConflict(here, copy, f"{path} has another name there: {there}", self.clashes(merged, ours, theirs)))

    def settle(self, path: str, stages: dict[int, TreeEntry]) -> None:
        ours, theirs = stages.get(2), stages.get(3)
        if ours and theirs:
            self.both(path, stages.get(1), ours, theirs)
        elif not ours and not theirs:
            self.wanted[path] = None
        else:
            self.one(path, ours or theirs, is_ours=ours is not None, was_there=1 in stages)
        self.before_the_names_met(path, stages)

    def both(self, path: str, base: TreeEntry | None, ours: TreeEntry, theirs: TreeEntry) -> None:
        """Changed, or made, on both sides."""
        self.wanted[path] = ours
        if ours.blob == theirs.blob and ours.is_file == theirs.is_file:  # they differ in who may run it
            return
        merged = self.merged(path, base, ours, theirs)
        if merged:
            self.wanted[path] = TreeEntry(ours.mode, self.git.write_blob(merged.data))
        if merged and merged.is_clean:
            return
        what = "changed on both sides" if base else "made on both sides"
        if theirs.mode == "160000":  # a repository of its own: what it holds is not kept here
            self.found.append(FileConflict(path, None, f"{what}; ours stays"))
            return
        self.found.append(FileConflict(path, self.beside(path, theirs), what, self.clashes(merged, ours, theirs)))

    def one(self, path: str, entry: TreeEntry | None, is_ours: bool, was_there: bool) -> None:
        """There on one side only: what has been changed stays, whoever has deleted it."""
        known = self.sides.ours if is_ours else self.sides.theirs
        plain = _ASIDE.sub("", path)
        if entry is not None and plain != path and path not in known and plain in known:  # a folder has its name now
            self.wanted[path] = None
            copy = self.beside(plain, entry)
            self.found.append(FileConflict(plain, copy, "a file on one side, a folder on the other"))
            return
        self.wanted[path] = entry
        if was_there:
            self.found.append(FileConflict(path, None, "deleted there, changed here" if is_ours else "deleted here, changed there"))

    def before_the_names_met(self, path: str, stages: dict[int, TreeEntry]) -> None:
        """Two files that have got one name: git has merged each with its other side before.

        Where that was a conflict, only its result is among the stages, and their version is kept too.
        """
        for stage, is_ours in ((2, True), (3, False)):
            known, renamed = (self.sides.ours, self.sides.ours_renamed) if is_ours else (self.sides.theirs, self.sides.theirs_renamed)
            other, moved = (self.sides.theirs, self.sides.theirs_renamed) if is_ours else (self.sides.ours, self.sides.ours_renamed)
            old = next((old for old, new in renamed.items() if new == path), None)
            elsewhere = other.get(moved.get(old, old)) if old else None
            if old is None or stage not in stages or path not in known or elsewhere is None:
                continue
            if elsewhere == stages.get(5 - stage):  # it is the other side of this very path, and settled as such
                continue
            here, there = (known[path], elsewhere) if is_ours else (elsewhere, known[path])
            base = self.sides.base[old]
            if base.blob in (here.blob, there.blob) or not there.is_file or there in self.wanted.values():
                continue
            merged = self.merged(path, base, here, there)
            if merged is None or not merged.is_clean:
                self.found.append(FileConflict(path, self.beside(path, there), f"was {old}", self.clashes(merged, here, there)))

    # ------------------------------------------------------------------------------ the parts

    def merged(self, path: str, base: TreeEntry | None, ours: TreeEntry, theirs: TreeEntry) -> MergedNote | None:
        """Two versions of a note as one; None for what is no note."""
        if not (path.lower().endswith(".md") and ours.is_file and theirs.is_file and (base is None or base.is_file)):
            return None
        known = self.git.read_blobs([ours.blob, theirs.blob, *([base.blob] if base else [])])
        if max(map(len, known.values())) > MAX_NOTE_BYTES:
            return None
        return merge_notes(known[base.blob] if base else None, known[ours.blob], known[theirs.blob])

    def clashes(self, merged: MergedNote | None, ours: TreeEntry, theirs: TreeEntry) -> tuple[PropertyConflict, ...]:
        """What stands where both sides have changed the same."""
        if merged is None:
            return ()
        known = self.git.read_blobs([ours.blob, theirs.blob])
        here, there = (_properties(known[entry.blob]) for entry in (ours, theirs))
        found = [PropertyConflict(key or "properties", _text(here.get(key)), _text(there.get(key))) for key in merged.keys]
        return tuple(found + [PropertyConflict("text")] * (not merged.is_body_clean))

    def beside(self, path: str, theirs: TreeEntry) -> str:
        """Keep their version under a name that nobody has; gives it."""
        for name in conflict_copy_names(path, self.today, self.other):
            if name.lower() not in self.kept and not os.path.lexists(os.path.join(self.git.root, name)):
                self.kept.add(name.lower())
                self.wanted[name] = theirs
                return name
        raise Refused(f"There are too many copies of {path} already.", "Bring them together: vaultcrm check --fix")

    def write(self) -> None:
        """Make the index hold what is wanted, then the disk."""
        lines = []
        for path in {*self.open, *self.wanted}:
            lines.append(b"0 " + b"0" * len(self.head) + b"\t" + os.fsencode(path) + b"\0")  # takes away all stages
        for path, entry in self.wanted.items():
            if entry is not None:
                lines.append(f"{entry.mode} {entry.blob} 0\t".encode() + os.fsencode(path) + b"\0")
        self.git.check_output("update-index", "-z", "--index-info", stdin=b"".join(lines), writes=True)
        # whoever has written one of them meanwhile keeps it, as a change that is not committed yet
        ours = [path for path in self.wanted if path not in self.left or self.left[path] == self.look(path)]
        for path in ours:
            full = os.path.join(self.git.root, path)
            if self.wanted[path] is None and os.path.lexists(full) and not os.path.isdir(full):
                os.unlink(full)
        there = [path for path in ours if (entry := self.wanted[path]) is not None and entry.mode != "160000"]
        stdin = b"".join(os.fsencode(path) + b"\0" for path in there)
        self.git.check_output("checkout-index", "--force", "--quiet", "-u", "-z", "--stdin", stdin=stdin, writes=True)

    def look(self, path: str) -> tuple[int, int, int] | None:
        """A file as it looks from outside; None when it is not there."""
        try:
            found = os.lstat(os.path.join(self.git.root, path))
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def _sides(git: Git, head: str, other: str) -> MergeTrees:
    base = git.first_line("merge-base", head, other)
    renamed = []
    for side in (head, other):
        renamed.append({old: differing.path for differing, old in git.diff_trees(base, side, renames=True) if old})
    return MergeTrees(git.list_tree(base), git.list_tree(head), git.list_tree(other), *renamed)


def _properties(data: bytes) -> dict[str, Value]:
    try:
        page = split_page(data)
        return read_properties(page)
    except Unreadable:
        return {}


def _text(value: Value) -> str | None:
    return ", ".join(value) if isinstance(value, list) else value
