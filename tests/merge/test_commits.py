"""Commits merged into a tree: where both sides changed the same thing, our version stays, and theirs is kept in a copy."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.merge.notes import note
from tests.repositories import git
from tests.support import contents, write_files
from vaultcrm.disk.files import MAX_NOTE_BYTES
from vaultcrm.errors import ExternalError
from vaultcrm.git.client import Git, GitResult
from vaultcrm.merge.commits import merge_commits
from vaultcrm.merge.trees import FileConflict, PropertyConflict

pytestmark = pytest.mark.usefixtures("known")

DAY = date(2026, 11, 16)
Change = dict[str, str | bytes | None]  # None deletes a file
LONG = note("type: client", "rate: 60") + "A line that stays.\n" * 20


class Merge:
    """Two branches, and their merge."""

    def __init__(self, root: Path, base: Change, ours: Change, theirs: Change) -> None:
        self.root = root
        self.git("init", "--quiet")
        self.commit({"README": "", **base})
        self.git("branch", "other")
        self.git("checkout", "--quiet", "other")
        self.other = self.commit(theirs)
        self.git("checkout", "--quiet", "main")
        self.head = self.commit(ours)
        self.tree = ""

    def git(self, *words: str) -> str:
        return git(self.root, *words)

    def commit(self, change: Change) -> str:
        for path, data in change.items():
            if data is None:
                (self.root / path).unlink()
        write_files(self.root, {path: data for path, data in change.items() if data is not None})
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "-m", "a change")
        return self.git("rev-parse", "HEAD").strip()

    def resolve(self) -> list[FileConflict]:
        """Merge the branches, and return the conflicts. Neither the index nor the disk is touched."""
        before = contents(self.root)
        self.tree, conflicts = merge_commits(Git(str(self.root)), self.head, self.other, DAY)
        assert {path: data for path, data in contents(self.root).items() if not path.startswith(".git/objects/")} == {
            path: data for path, data in before.items() if not path.startswith(".git/objects/")
        }
        return conflicts

    def files(self) -> dict[str, str]:
        """The files of the merged tree except for README."""
        git = Git(str(self.root))
        entries = git.list_tree(self.tree)
        data = git.read_blobs(entry.blob for entry in entries.values())
        return {path: data[entry.blob].decode() for path, entry in entries.items() if path != "README"}

    def copy(self, path: str) -> str:
        """The name of their version of a file."""
        stem, ending = os.path.splitext(path)
        return f"{stem} (conflict 2026-11-16 {self.other[:7]}){ending}"


Start = Callable[[Change, Change, Change], Merge]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    (tmp_path / "repo").mkdir()
    return lambda base, ours, theirs: Merge(tmp_path / "repo", base, ours, theirs)


def test_a_note_is_merged_and_a_property_that_both_changed_keeps_their_note(start: Start) -> None:
    base, ours = note("rate: 60", "status: lead"), note("rate: 80", "status: lead")
    theirs = note("rate: 85", "status: active")
    merge = start({"a.md": base}, {"a.md": ours}, {"a.md": theirs})
    assert merge.resolve() == [FileConflict("a.md", merge.copy("a.md"), "changed on both sides", (PropertyConflict("rate", "80", "85"),))]
    assert merge.files() == {"a.md": note("rate: 80", "status: active"), merge.copy("a.md"): theirs}


def test_comments_and_the_body_are_named(start: Start) -> None:
    ours, theirs = note("rate: 85") + "ours\n", note("rate: 80  # per hour") + "theirs\n"
    merge = start({"a.md": note("rate: 80") + "x\n"}, {"a.md": ours}, {"a.md": theirs})
    assert merge.resolve()[0].clashes == (PropertyConflict("properties", None, None), PropertyConflict("text"))
    assert merge.files() == {"a.md": ours, merge.copy("a.md"): theirs}


def test_a_list_is_named_with_its_items(start: Start) -> None:
    merge = start({"a.md": note("k: 1")}, {"a.md": note("k: [a, b]")}, {"a.md": note("k: {a: 1}")})
    assert merge.resolve()[0].clashes == (PropertyConflict("k", "a, b", "{a: 1}"),)


def test_a_name_for_the_copy_that_is_taken_is_not_used(start: Start) -> None:
    """One is taken by a committed file, one by a file that Git ignores, and both in other case."""
    versions: list[Change] = [{"a.bin": text} for text in ("base", "ours", "theirs")]
    merge = start(*versions)
    tracked, ignored = merge.copy("A.BIN"), merge.copy("a.bin").replace(merge.other[:7], merge.other[:8])
    merge.head = merge.commit({tracked: "mine", ".gitignore": f"{ignored}\n"})
    write_files(merge.root, {ignored: "also mine"})
    copy = merge.copy("a.bin").replace(merge.other[:7], merge.other[:9])
    assert merge.resolve() == [FileConflict("a.bin", copy, "changed on both sides")]
    del (files := merge.files())[".gitignore"]
    assert files == {"a.bin": "ours", copy: "theirs", tracked: "mine"}


def test_a_note_that_is_too_large_to_merge_is_kept_twice(start: Start) -> None:
    base = note("a: 1") + "x" * MAX_NOTE_BYTES
    merge = start({"a.md": base}, {"a.md": base.replace("a: 1", "a: 2")}, {"a.md": base.replace("a: 1", "a: 3")})
    assert merge.resolve() == [FileConflict("a.md", merge.copy("a.md"), "changed on both sides")]


@pytest.mark.parametrize("ours_is_deleted", [True, False])
def test_a_file_that_one_side_deleted_and_the_other_changed_is_kept(ours_is_deleted: bool, start: Start) -> None:
    deleted: Change = {"a.md": None}
    changed: Change = {"a.md": "changed\n"}
    merge = start({"a.md": "base\n"}, *((deleted, changed) if ours_is_deleted else (changed, deleted)))
    what = "deleted here, changed there" if ours_is_deleted else "deleted there, changed here"
    assert merge.resolve() == [FileConflict("a.md", None, what)]
    assert merge.files() == {"a.md": "changed\n"}


def test_a_note_that_both_sides_renamed_gets_our_name(start: Start) -> None:
    ours, theirs = LONG.replace("60", "80"), LONG + "Their line.\n"
    merge = start({"a.md": LONG}, {"a.md": None, "ours.md": ours}, {"a.md": None, "theirs.md": theirs})
    what = "a.md was renamed on both sides, there to theirs.md"
    assert merge.resolve() == [FileConflict("ours.md", merge.copy("ours.md"), what)]
    assert merge.files() == {"ours.md": ours + "Their line.\n", merge.copy("ours.md"): theirs}


def test_a_note_that_both_sides_renamed_alike_is_no_conflict_of_names(start: Start) -> None:
    merge = start({"a.md": LONG}, {"a.md": None, "b.md": LONG.replace("60", "80")}, {"a.md": None, "b.md": LONG.replace("60", "85")})
    assert merge.resolve() == [FileConflict("b.md", merge.copy("b.md"), "changed on both sides", (PropertyConflict("rate", "80", "85"),))]
    assert merge.files() == {"b.md": LONG.replace("60", "80"), merge.copy("b.md"): LONG.replace("60", "85")}


def test_a_file_renamed_here_to_the_name_of_a_new_file_there(start: Start) -> None:
    """The renamed file was changed on both sides, so there are three versions for one name."""
    renamed: Change = {"a.md": None, "b.md": LONG.replace("60", "80")}
    merge = start({"a.md": LONG}, renamed, {"a.md": LONG.replace("60", "85"), "b.md": "A new note.\n"})
    first, second = merge.copy("b.md"), merge.copy("b.md").replace(merge.other[:7], merge.other[:8])
    assert merge.resolve() == [
        FileConflict("b.md", first, "changed on both sides", (PropertyConflict("rate", "80", "85"),)),
        FileConflict("b.md", second, "added on both sides"),
    ]
    assert merge.files() == {"b.md": LONG.replace("60", "80"), first: LONG.replace("60", "85"), second: "A new note.\n"}


def test_a_file_renamed_there_to_the_name_of_a_new_file_here_keeps_its_name(start: Start) -> None:
    renamed: Change = {"a.md": None, "b.md": LONG.replace("60", "80")}
    merge = start({"a.md": LONG}, {"a.md": LONG.replace("60", "85"), "b.md": "A new note.\n"}, renamed)
    assert merge.resolve() == [FileConflict("a.md", merge.copy("a.md"), "changed on both sides", (PropertyConflict("rate", "85", "80"),))]
    assert merge.files() == {"a.md": LONG.replace("60", "85"), merge.copy("a.md"): LONG.replace("60", "80"), "b.md": "A new note.\n"}


@pytest.mark.parametrize("ours_is_file", [True, False])
def test_a_file_whose_name_is_a_folder_on_the_other_side_becomes_a_copy(ours_is_file: bool, start: Start) -> None:
    as_file: Change = {"x.md": "A file.\n"}
    as_folder: Change = {"x.md/inside.md": "In a folder.\n"}
    merge = start({}, *((as_file, as_folder) if ours_is_file else (as_folder, as_file)))
    assert merge.resolve() == [FileConflict("x.md", merge.copy("x.md"), "a file on one side, a folder on the other")]
    assert merge.files() == {merge.copy("x.md"): "A file.\n", "x.md/inside.md": "In a folder.\n"}


def test_each_version_keeps_its_mode(start: Start) -> None:
    merge = start({"run": "base"}, {"run": "ours"}, {"run": "theirs"})
    (merge.root / "run").chmod(0o755)
    merge.head = merge.commit({})
    assert [conflict.path for conflict in merge.resolve()] == ["run"]
    entries = Git(str(merge.root)).list_tree(merge.tree)
    assert [entries[path].mode for path in ("run", merge.copy("run"))] == ["100755", "100644"]


@pytest.mark.parametrize("code", [1, 128, -9])
def test_nothing_is_merged_when_git_finds_no_common_commit(code: int, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, a note that one side deleted would look like one that the other side added, and come back."""
    merge = start({"a.md": "1\n"}, {"a.md": None}, {"b.md": "2\n"})
    run = Git.run

    def run_without_merge_base(git: Git, *args: str, **options: Any) -> GitResult:  # Any: passed on
        return GitResult(code, b"", "") if args[0] == "merge-base" else run(git, *args, **options)

    with monkeypatch.context() as patch, pytest.raises(ExternalError):
        patch.setattr(Git, "run", run_without_merge_base)
        merge.resolve()
    assert merge.resolve() == []
    assert merge.files() == {"b.md": "2\n"}
