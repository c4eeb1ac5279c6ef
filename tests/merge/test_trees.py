"""Trees merged as pure values: a letter stands for the contents of a file, and "x+y" for both versions merged."""

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.git.client import TreeEntry
from vaultcrm.merge.trees import (
    FileConflict,
    MergedBlob,
    MergeTrees,
    Tree,
    TreeMerge,
    lost_blobs,
    merge_trees,
    renamed_folders,
    renames_with_folders,
)

Files = dict[str, str]


def tree(files: Files) -> Tree:
    return {path: TreeEntry("100644", text) for path, text in files.items()}


def merge_blobs(path: str, base: TreeEntry | None, ours: TreeEntry, theirs: TreeEntry) -> MergedBlob | None:
    """Versions in capital letters can be merged."""
    is_clean = ours.blob.isupper() and theirs.blob.isupper()
    return MergedBlob(f"{ours.blob}+{theirs.blob}", True) if is_clean else None


def copy_name(path: str, taken: Collection[str]) -> str:
    return next(name for name in (f"{path}~{number}" for number in range(9)) if name.lower() not in taken)


def trees_of(base: Files, ours: Files, theirs: Files, ours_renamed: Files | None = None, theirs_renamed: Files | None = None) -> MergeTrees:
    return MergeTrees(tree(base), tree(ours), tree(theirs), ours_renamed or {}, theirs_renamed or {})


def merged(trees: MergeTrees) -> tuple[Files, list[FileConflict]]:
    result = merge_trees(trees, merge_blobs, copy_name)
    assert lost_blobs(trees, result) == set()
    return {path: entry.blob for path, entry in sorted(result.tree.items())}, result.conflicts


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ("a", "a", "a", "a"),
        ("a", "b", "a", "b"),
        ("a", "a", "b", "b"),
        ("a", "b", "b", "b"),
        ("a", "B", "C", "B+C"),
        ("a", None, "a", None),
        ("a", "a", None, None),
        ("a", None, None, None),
        (None, "a", None, "a"),
        (None, None, "a", "a"),
        (None, "a", "a", "a"),
        (None, "B", "C", "B+C"),
    ],
)
def test_one_file_without_a_conflict(base: str | None, ours: str | None, theirs: str | None, expected: str | None) -> None:
    sides = [{} if text is None else {"f": text} for text in (base, ours, theirs)]
    assert merged(trees_of(sides[0], sides[1], sides[2])) == ({} if expected is None else {"f": expected}, [])


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "files", "conflict"),
    [
        ("a", "b", "c", {"f": "b", "f~0": "c"}, FileConflict("f", "f~0", "changed on both sides")),
        (None, "b", "c", {"f": "b", "f~0": "c"}, FileConflict("f", "f~0", "added on both sides")),
        ("a", None, "c", {"f": "c"}, FileConflict("f", None, "deleted here, changed there")),
        ("a", "b", None, {"f": "b"}, FileConflict("f", None, "deleted there, changed here")),
    ],
)
def test_one_file_with_a_conflict(base: str | None, ours: str | None, theirs: str | None, files: Files, conflict: FileConflict) -> None:
    sides = [{} if text is None else {"f": text} for text in (base, ours, theirs)]
    assert merged(trees_of(sides[0], sides[1], sides[2])) == (files, [conflict])


FOLDER = {"A/A.md": "note", "A/x/1.md": "one", "A/x/2.md": "two"}
MOVED = {"B/B.md": "renamed note", "B/x/1.md": "one", "B/x/2.md": "two"}
RENAMES = {"A/A.md": "B/B.md", "A/x/1.md": "B/x/1.md", "A/x/2.md": "B/x/2.md"}


@pytest.mark.parametrize(
    ("theirs", "theirs_renamed", "expected"),
    [
        ({**FOLDER, "A/new.md": "n"}, {}, {**MOVED, "B/new.md": "n"}),
        ({**FOLDER, "A/x/new.md": "n"}, {}, {**MOVED, "B/x/new.md": "n"}),
        ({**FOLDER, "A/y/z/new.md": "n"}, {}, {**MOVED, "B/y/z/new.md": "n"}),
        ({**FOLDER, "C/new.md": "n"}, {}, {**MOVED, "C/new.md": "n"}),
        ({**FOLDER, "A/x/1.md": "changed"}, {}, {**MOVED, "B/x/1.md": "changed"}),
        ({**FOLDER, "A/A.md": "CHANGED"}, {}, {**MOVED, "B/B.md": "RENAMED+CHANGED"}),
        ({"A/A.md": "note", "A/x/1.md": "one", "A/x/3.md": "two"}, {"A/x/2.md": "A/x/3.md"}, {**MOVED, "B/x/2.md": "", "B/x/3.md": "two"}),
        ({"A/A.md": "note", "A/x/1.md": "one", "A/y/2.md": "two"}, {"A/x/2.md": "A/y/2.md"}, {**MOVED, "B/x/2.md": "", "B/y/2.md": "two"}),
    ],
)
@pytest.mark.parametrize("is_ours", [True, False])
def test_what_one_side_did_in_a_folder_goes_along_with_the_other_sides_rename(
    theirs: Files, theirs_renamed: Files, expected: Files, is_ours: bool
) -> None:
    moved = {**MOVED, "B/B.md": "RENAMED"} if "CHANGED" in theirs.values() else MOVED
    sides = ((moved, RENAMES), (theirs, theirs_renamed))
    (ours, ours_renamed), (other, other_renamed) = sides if is_ours else sides[::-1]
    files, conflicts = merged(trees_of(FOLDER, ours, other, ours_renamed, other_renamed))
    wanted = {path: text for path, text in expected.items() if text}
    if not is_ours:
        wanted = {path: "+".join(reversed(text.split("+"))) for path, text in wanted.items()}
    assert (files, conflicts) == (dict(sorted(wanted.items())), [])


def test_a_folder_that_both_sides_renamed_gets_our_name_and_all_new_files() -> None:
    there = {path.replace("B", "C"): text for path, text in MOVED.items()} | {"C/new.md": "n"}
    renamed = {old: new.replace("B", "C") for old, new in RENAMES.items()}
    files, conflicts = merged(trees_of(FOLDER, MOVED, there, RENAMES, renamed))
    assert files == {**MOVED, "B/new.md": "n"}
    assert {conflict.what for conflict in conflicts} == {f"{old} was renamed on both sides, there to {new}" for old, new in renamed.items()}


@pytest.mark.parametrize(
    ("left", "renamed", "expected"),
    [
        ({}, {"A/1": "B/1", "A/2": "B/2"}, {"A/": "B/"}),
        ({"A/3": ""}, {"A/1": "B/1"}, {}),
        ({}, {"A/1": "B/1", "A/2": "C/2"}, {}),
        ({}, {"A/1": "B/1", "A/2": "B/2", "A/3": "C/3"}, {"A/": "B/"}),
        ({}, {"c/A/x/1": "c/B/x/1"}, {"c/A/x/": "c/B/x/", "c/A/": "c/B/"}),
        ({}, {"c/A/x/1": "d/A/x/1"}, {"c/A/x/": "d/A/x/", "c/A/": "d/A/", "c/": "d/"}),
        ({}, {"1": "A/1"}, {}),
        ({}, {"A/1": "1"}, {"A/": ""}),
    ],
)
def test_a_folder_is_renamed_if_nothing_is_left_and_most_files_went_to_one_place(left: Files, renamed: Files, expected: Files) -> None:
    assert renamed_folders(tree({**dict.fromkeys(renamed.values(), ""), **left}), renamed) == expected


def test_files_of_a_renamed_folder_are_renamed_whatever_became_of_their_text() -> None:
    base = {"c/A/A.md": "", "c/A/1.md": "", "c/A/2.md": "", "c/A/3.md": ""}
    side = {"c/B/B.md": "quite another text", "c/B/1.md": "", "c/B/2.md": "quite another text"}
    assert renames_with_folders(tree(base), tree(side), {"c/A/1.md": "c/B/1.md"}) == {
        "c/A/1.md": "c/B/1.md", "c/A/2.md": "c/B/2.md", "c/A/A.md": "c/B/B.md",
    }  # fmt: skip


def test_a_lost_version_is_noticed() -> None:
    trees = trees_of({"f": "a"}, {"f": "b"}, {"f": "c"})
    assert lost_blobs(trees, TreeMerge(tree({"f": "b"}), [], set())) == {"c"}
    assert lost_blobs(trees, TreeMerge(tree({"f": "c"}), [], set())) == {"b"}
    assert lost_blobs(trees, TreeMerge(tree({"f": "d"}), [], {"b", "c"})) == set()


PATHS = st.sampled_from(["a", "b", "c", "d/a", "d/b", "e/a", "e/d/a"])
TEXTS = st.sampled_from("abcABC")


@given(*[st.dictionaries(PATHS, TEXTS, max_size=5) for _ in range(3)], st.data())
def test_no_version_is_lost_whatever_is_renamed(base: Files, ours: Files, theirs: Files, data: st.DataObject) -> None:
    renames = []
    for side in (ours, theirs):
        old, new = sorted(base.keys() - side.keys()), sorted(side.keys() - base.keys())
        renames.append(dict(zip(data.draw(st.permutations(old)), new, strict=False)))
    trees = trees_of(base, ours, theirs, *renames)
    merge = merge_trees(trees, merge_blobs, copy_name)
    assert lost_blobs(trees, merge) == set()
    assert merge.tree.keys().isdisjoint({path[: path.index("/")] for path in merge.tree if "/" in path})
    unchanged = {path for path in base if base[path] == ours.get(path) == theirs.get(path)}
    assert {path: merge.tree[path].blob for path in unchanged if path in merge.tree} == {
        path: base[path] for path in unchanged if path in merge.tree
    }
    swapped = MergeTrees(trees.base, trees.theirs, trees.ours, renames[1], renames[0])
    assert lost_blobs(trees, merge_trees(swapped, merge_blobs, copy_name)) == set()
