"""Which files a commit takes, in a real repository."""

from pathlib import Path

import pytest

from tests.actions.clones import Pair, change, crm
from tests.repositories import git
from vaultcrm.actions.commit import MAX_FILE_SIZE, commit, is_temp_file
from vaultcrm.git.client import Git

pytestmark = pytest.mark.usefixtures("known")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".merge_file_a1B2c3", True), ("sub/.merge_file_a1B2c3", False), (".merge_file_a1", False),
        (".vaultcrm-12-ab.tmp", True), ("clients/.vaultcrm-12-ab.tmp", True), ("a.tmp", False), (".vaultcrm-12-ab.md", False),
    ],
)  # fmt: skip
def test_temp_files(path: str, expected: bool) -> None:
    assert is_temp_file(path) is expected


def resize(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def test_a_file_of_the_allowed_size_is_committed_and_may_grow(pair: Pair) -> None:
    repository = Git(str(pair.a))
    resize(pair.a / "film.mov", MAX_FILE_SIZE)
    assert commit(crm(pair.a), repository) == ["Vault: file added"]
    resize(pair.a / "film.mov", MAX_FILE_SIZE + 1)
    assert commit(crm(pair.a), repository) == ["Vault: file changed"]


def test_nothing_is_committed_when_nothing_has_changed(pair: Pair) -> None:
    head = git(pair.a, "rev-parse", "HEAD")
    assert commit(crm(pair.a), Git(str(pair.a))) == []
    assert git(pair.a, "rev-parse", "HEAD") == head


def test_a_file_that_is_staged_and_changed_back_is_not_committed(pair: Pair) -> None:
    before = (pair.a / "logo.png").read_bytes()
    change(pair.a, "logo.png", b"\0\2")
    git(pair.a, "add", "logo.png")
    change(pair.a, "logo.png", before)
    assert commit(crm(pair.a), Git(str(pair.a))) == []
    assert git(pair.a, "status", "--porcelain") == ""


def test_the_first_commit_counts_the_notes(pair: Pair) -> None:
    git(pair.a, "update-ref", "-d", "HEAD")
    assert commit(crm(pair.a), Git(str(pair.a))) == ["Initial commit: 2 notes"]
