"""The last commit before a moment, and the files in it."""

import os
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.actions.history.commits import commit, git
from tests.support import write_files
from vaultcrm.errors import Refused
from vaultcrm.git.history import History, name_pattern, open_history

LATIN = os.fsdecode(b"caf\xe9.md")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    vault = tmp_path / "repository/my vault"
    write_files(
        vault, {"a.md": "Zoë’s studio\n", "b/c d.md": "TYPE: 'Client'\n", "b/e.bin": b"\0client type\0type client", LATIN: "Nothing\n"}
    )
    git(vault.parent, "init", "--quiet", ".")
    commit(vault.parent, datetime(2026, 10, 2, 23, 59, 59))
    write_files(vault, {"a.md": "Other\n"})
    commit(vault.parent, datetime(2026, 10, 4, 0, 0))
    return vault


def opened(root: Path) -> History:
    history = open_history(str(root))
    assert history is not None
    return history


def test_a_commit_counts_until_the_end_of_its_day(root: Path) -> None:
    history = opened(root)
    first, second = git(root, "rev-list", "--reverse", "HEAD").split()

    def found(day: int) -> tuple[str, date] | None:
        return history.commit_before(datetime(2026, 10, day, 23, 59, 59))

    assert [found(day) for day in (1, 2, 3, 4, 30)] == [
        None, (first, date(2026, 10, 2)), (first, date(2026, 10, 2)), (second, date(2026, 10, 4)), (second, date(2026, 10, 4)),
    ]  # fmt: skip
    assert history.first_commit() == (first, date(2026, 10, 2))
    assert not history.is_shallow


def test_what_was_merged_counts_from_the_day_of_the_merge(root: Path) -> None:
    git(root, "checkout", "--quiet", "-b", "side", "HEAD~1")
    commit(root, datetime(2026, 10, 3, 12))
    side = git(root, "rev-parse", "HEAD").strip()
    git(root, "checkout", "--quiet", "-")
    git(root, "merge", "--quiet", "--no-ff", "-m", "Merge", "side", at=datetime(2026, 10, 6, 12))
    found = opened(root).commit_before(datetime(2026, 10, 3, 23, 59))
    assert found is not None
    assert found.id != side


def test_files_are_those_of_the_vault_and_found_by_what_they_hold(root: Path) -> None:
    history = opened(root)
    assert history.folder == "my vault"
    commit_id = history.commit_before(datetime(2026, 10, 3))
    assert commit_id is not None
    tree = history.tree(commit_id.id)
    files = history.files(tree)
    assert sorted(files) == ["a.md", "b/c d.md", "b/e.bin", LATIN]
    assert history.git.read_blobs([files["a.md"].blob]) == {files["a.md"].blob: "Zoë’s studio\n".encode()}
    assert history.files_with(tree, ["type.*client"]) == {"b/c d.md", "b/e.bin"}
    assert history.files_with(tree, [name_pattern("Zoe's Studio"), name_pattern("Zoë’s  studio")]) == {"a.md"}
    assert history.files_with(tree, ["nobody"]) == set()
    assert history.files_with(tree, []) == set()


def test_a_folder_that_a_commit_does_not_have_has_no_tree(root: Path) -> None:
    other = root.parent / "other"
    other.mkdir()
    assert opened(other).tree("HEAD") == ""


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("Acme Studio", "Acme.*Studio"), ("O'Neil & Co.", "O.*Neil.*Co"), ("東京 (本社)", r"東京 \(本社\)"), ("Größe", "Gr.*e")],
)
def test_a_pattern_of_a_name_has_what_is_written_alike_everywhere(name: str, pattern: str) -> None:
    assert name_pattern(name) == pattern


def test_a_vault_outside_of_git_has_no_history(tmp_path: Path) -> None:
    assert open_history(str(tmp_path)) is None


def test_the_working_tree_is_not_read(root: Path) -> None:
    """A pipe that Git would read there, and wait for ever, is no obstacle: only what is stored counts."""
    os.mkfifo(root / ".gitattributes")
    assert opened(root).files_with("HEAD:my vault", ["other"]) == {"a.md"}
    os.mkfifo(root.parent / ".git/info/attributes")
    with pytest.raises(Refused, match="wait for it for ever"):
        open_history(str(root))
