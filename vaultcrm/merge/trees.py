"""Merge the trees of two commits: which files the result has, and which version of each. Nothing is read or written."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from vaultcrm.git.client import TreeEntry

Tree = dict[str, TreeEntry]  # the files of a commit, by path
_SUBMODULE = "160000"


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

    base: Tree
    ours: Tree
    theirs: Tree
    ours_renamed: dict[str, str]
    theirs_renamed: dict[str, str]


class MergedBlob(NamedTuple):
    """Two versions of a file in one blob. If it isn't clean, it holds our version of what both sides changed."""

    blob: str
    is_clean: bool
    clashes: tuple[PropertyConflict, ...] = ()


class TreeMerge(NamedTuple):
    """A merged tree with the copies in it, and the conflicts. `combined` are blobs that went into others."""

    tree: Tree
    conflicts: list[FileConflict]
    combined: set[str]


# Merges base, ours and theirs of the file at a path; None if files of its kind aren't merged.
MergeBlobs = Callable[[str, TreeEntry | None, TreeEntry, TreeEntry], MergedBlob | None]
# A name for a copy of the file at a path; the collection holds the names that are taken, in lower case.
CopyName = Callable[[str, Collection[str]], str]


class _File(NamedTuple):
    """One file in the three trees. A path is None where the file doesn't exist."""

    base_path: str | None
    our_path: str | None
    their_path: str | None


class _Version(NamedTuple):
    """What becomes of a file. `their_version` is to be kept in a copy; `what` is "" without a conflict."""

    path: str
    entry: TreeEntry
    their_version: TreeEntry | None = None
    what: str = ""
    clashes: tuple[PropertyConflict, ...] = ()


def merge_trees(trees: MergeTrees, merge_blobs: MergeBlobs, copy_name: CopyName) -> TreeMerge:
    """Merge two trees.

    A file gets the name that one side gave it, and a file that one side added to a folder goes along if the other
    side renamed the folder. Where both sides changed a file and `merge_blobs` finds no clean result, our version
    stays and theirs becomes a copy beside it. A file that one side deleted and the other changed or renamed is kept.
    """
    return _TreeMerger(trees, merge_blobs, copy_name).run()


class _TreeMerger:
    """One merge. `copies` hold the path that each is a copy of; they get their names when all others are taken."""

    def __init__(self, trees: MergeTrees, merge_blobs: MergeBlobs, copy_name: CopyName) -> None:
        self.trees, self.merge_blobs, self.copy_name = trees, merge_blobs, copy_name
        self.tree: Tree = {}
        self.conflicts: list[FileConflict] = []
        self.copies: list[tuple[str, TreeEntry, str, tuple[PropertyConflict, ...]]] = []
        self.combined: set[str] = set()
        self.our_folders = renamed_folders(trees.ours, trees.ours_renamed)
        self.their_folders = renamed_folders(trees.theirs, trees.theirs_renamed)
        for folder in self.our_folders.keys() & self.their_folders.keys():  # both renamed it: it has our name
            self.our_folders.setdefault(self.their_folders[folder], self.our_folders[folder])

    def run(self) -> TreeMerge:
        targets = [(*self._target(file), file) for file in self._files()]
        # those that have their final name on our side come first
        for path, is_renamed_twice, file in sorted(targets, key=lambda target: (target[0] != target[2].our_path, target[0])):
            if version := self._resolve(path, is_renamed_twice, file):
                self._place(version, file)
        folders = {folder for path in self.tree for folder in _folders_above(path)}
        for path in sorted(folders & self.tree.keys()):
            self.copies.append((path, self.tree.pop(path), "a file on one side, a folder on the other", ()))
        taken = {path.lower() for path in (*self.tree, *self.trees.ours, *self.trees.theirs)}
        for path, entry, what, clashes in self.copies:
            if entry.mode == _SUBMODULE:  # its files are in a repository of its own, so there is nothing to copy
                self.conflicts.append(FileConflict(path, None, f"{what}; ours was kept"))
                continue
            copy = self.copy_name(path, taken)
            taken.add(copy.lower())
            self.tree[copy] = entry
            self.conflicts.append(FileConflict(path, copy, what, clashes))
        return TreeMerge(self.tree, sorted(self.conflicts, key=lambda conflict: (conflict.path, conflict.copy or "")), self.combined)

    def _files(self) -> Iterator[_File]:
        """Every file of the three trees, once."""
        base, ours, theirs, ours_renamed, theirs_renamed = self.trees
        for path in base:
            our_path, their_path = path if path in ours else ours_renamed.get(path), path if path in theirs else theirs_renamed.get(path)
            yield _File(path, our_path, their_path)
        our_new = ours.keys() - base.keys() - set(ours_renamed.values())
        their_new = theirs.keys() - base.keys() - set(theirs_renamed.values())
        for path in our_new | their_new:
            yield _File(None, path if path in our_new else None, path if path in their_new else None)

    def _target(self, file: _File) -> tuple[str, bool]:
        """The path of the file in the result, if it is in it, and whether both sides gave it other names."""
        base_path, our_path, their_path = file
        if our_path is None or their_path is None:
            return _moved(our_path or their_path or "", self.our_folders if our_path is None else self.their_folders), False
        if base_path is None or our_path == their_path:
            return our_path, False
        ours_is_moved_at_most = our_path == _moved(base_path, self.our_folders)  # it went along with its folder
        theirs_is_moved_at_most = their_path == _moved(base_path, self.their_folders)
        if ours_is_moved_at_most and theirs_is_moved_at_most and base_path not in (our_path, their_path):
            return our_path, True
        if ours_is_moved_at_most:
            return _moved(their_path, self.our_folders), False
        if theirs_is_moved_at_most:
            return _moved(our_path, self.their_folders), False
        parts = list(zip(*map(_split, (base_path, our_path, their_path)), strict=True))  # the folder and the name, each on all sides
        if any(len(set(part)) == 3 for part in parts):
            return our_path, True
        return "".join(theirs if ours == base else ours for base, ours, theirs in parts), False

    def _resolve(self, path: str, is_renamed_twice: bool, file: _File) -> _Version | None:
        """What becomes of a file; None if it is deleted."""
        trees = (self.trees.base, self.trees.ours, self.trees.theirs)
        base, ours, theirs = (None if path is None else tree[path] for path, tree in zip(file, trees, strict=True))
        if ours is None or theirs is None:
            entry = ours or theirs
            if entry is None or (base == entry and file.base_path in (file.our_path, file.their_path)):
                return None
            what = "" if base is None else "deleted there, changed here" if ours else "deleted here, changed there"
            return _Version(path, entry, what=what)
        what = "changed on both sides" if base else "added on both sides"
        is_clean, clashes = True, tuple[PropertyConflict, ...]()
        if ours.is_file and theirs.is_file:
            mode = theirs.mode if base is not None and ours.mode == base.mode else ours.mode
            merged = self._merge_contents(path, base, ours, theirs)
            entry, is_clean, clashes = TreeEntry(mode, merged.blob), merged.is_clean, merged.clashes
        else:
            entry, is_clean = (theirs, True) if ours == base else (ours, theirs in (ours, base))
        if is_renamed_twice:
            what = f"{file.base_path} was renamed on both sides, there to {file.their_path}"
            return _Version(path, entry, theirs if theirs != ours else None, what, clashes)
        return _Version(path, entry) if is_clean else _Version(path, entry, theirs, what, clashes)

    def _merge_contents(self, path: str, base: TreeEntry | None, ours: TreeEntry, theirs: TreeEntry) -> MergedBlob:
        """Two versions of a regular file in one blob."""
        if base is not None and base.blob in (ours.blob, theirs.blob):
            self.combined.add(base.blob)
            return MergedBlob(theirs.blob if ours.blob == base.blob else ours.blob, True)
        if theirs.blob == ours.blob:
            return MergedBlob(ours.blob, True)
        merged = self.merge_blobs(path, base, ours, theirs) or MergedBlob(ours.blob, False)
        self.combined |= {ours.blob, theirs.blob} if merged.is_clean else {ours.blob}
        return merged

    def _place(self, version: _Version, file: _File) -> None:
        path = version.path
        if path in self.tree and file.our_path is not None:
            path = file.our_path  # the name that they gave it is another file's here
        if path in self.tree:
            self.copies.append((path, version.entry, f"renamed from {file.base_path}" if file.base_path else "added on both sides", ()))
        else:
            self.tree[path] = version.entry
        if version.their_version is not None:
            self.copies.append((path, version.their_version, version.what, version.clashes))
        elif version.what:
            self.conflicts.append(FileConflict(path, None, version.what))


def renamed_folders(tree: Tree, renamed: dict[str, str]) -> dict[str, str]:
    """The folders that a side renamed: new paths by old paths, both with a slash at the end.

    A folder counts as renamed if nothing of it is left and most of the files that were renamed out of it went to one other folder.
    """
    votes: dict[str, Counter[str]] = {}
    for old_path, new_path in renamed.items():
        old, new = _split(old_path)[0], _split(new_path)[0]
        while old and old != new:
            votes.setdefault(old, Counter())[new] += 1
            (old, old_name), (new, new_name) = _split(old[:-1]), _split(new[:-1])
            if old_name != new_name:
                break
    left = {folder for path in tree for folder in _folders_above(path)}
    winners = {old: counter.most_common(2) for old, counter in votes.items() if old[:-1] not in left}
    return {old: best[0][0] for old, best in winners.items() if len(best) == 1 or best[0][1] > best[1][1]}


def renames_with_folders(base: Tree, tree: Tree, renamed: dict[str, str]) -> dict[str, str]:
    """The files that a side renamed, with those that moved along with their folder although much of their text changed.

    A note with the name of its folder, such as a client's, may have been given the new name.
    """
    folders, found, taken = renamed_folders(tree, renamed), dict(renamed), {*renamed.values(), *base}
    for path in base.keys() - tree.keys() - renamed.keys():
        new_path = _moved(path, folders)
        folder, name = _split(new_path)
        is_folder_note = _split(path)[0].endswith("/" + name.removesuffix(".md") + "/")
        names = [new_path, f"{folder}{_split(folder[:-1])[1]}.md"] if is_folder_note else [new_path]
        if new := next((new for new in names if new_path != path and new in tree and new not in taken), None):
            found[path] = new
            taken.add(new)
    return found


def folder_notes(tree: Tree) -> dict[str, str]:
    """The notes that have the name of their folder, by the folder: "clients/Acme/": "clients/Acme/Acme.md"."""
    return {folder: path for path in tree for folder, name in [_split(path)] if folder and f"{_split(folder[:-1])[1]}.md" == name}


def lost_blobs(trees: MergeTrees, merge: TreeMerge) -> set[str]:
    """The blobs that a side added or changed and that are neither in the merged tree nor combined with the other side's.

    A merge that is right has none. The check doesn't depend on how the merge was made.
    """
    kept = {entry.blob for entry in merge.tree.values()} | merge.combined
    sides = (trees.ours, trees.theirs)
    new = {entry.blob for side in sides for path, entry in side.items() if trees.base.get(path) != entry and entry.mode != _SUBMODULE}
    return new - kept


def _moved(path: str, folders: dict[str, str]) -> str:
    """The path after the nearest folder above it that was renamed has its new name."""
    for folder in reversed(_folders_above(path)):
        if folder + "/" in folders:
            return folders[folder + "/"] + path[len(folder) + 1 :]
    return path


def _folders_above(path: str) -> list[str]:
    """The folders above a path, from the top."""
    return [path[:index] for index, char in enumerate(path) if char == "/"]


def _split(path: str) -> tuple[str, str]:
    """A path's folder with its slash, "" at the root, and its name."""
    folder, slash, name = path.rpartition("/")
    return folder + slash, name
