"""What sync refuses: the vault and the repository stay unchanged, and the hint says what to do."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.actions.clones import ACME, NOTE, NOW, Pair, change, sync_in
from tests.repositories import git
from tests.support import contents, file_states, write_files
from vaultcrm.actions.commit import MAX_FILE_SIZE
from vaultcrm.actions.init import init
from vaultcrm.errors import Refused, VaultcrmError

pytestmark = pytest.mark.usefixtures("known")


def unmerged(side: Path) -> None:
    git(side, "checkout", "--quiet", "-b", "other")
    change(side, "logo.png", b"\0\3")
    git(side, "commit", "--quiet", "-am", "theirs")
    git(side, "checkout", "--quiet", "main")
    change(side, "logo.png", b"\0\4")
    git(side, "commit", "--quiet", "-am", "ours")
    subprocess.run(["git", "merge", "other"], cwd=side, capture_output=True, check=False)


def squashed(side: Path) -> None:
    unmerged(side)
    (side / ".git/MERGE_HEAD").unlink()


def left_in(name: str) -> Callable[[Path], None]:
    def leave(side: Path) -> None:
        write_files(side, {f".git/{name}": git(side, "rev-parse", "HEAD")})

    return leave


def marked(side: Path) -> None:
    change(side, ACME, NOTE + "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> other\n")


def large(side: Path) -> None:
    with (side / "film.mov").open("wb") as file:
        file.truncate(MAX_FILE_SIZE + 1)


def in_the_cloud(side: Path) -> None:
    (side / ACME).rename(side / "clients/Acme/.Acme.md.icloud")


@pytest.mark.parametrize(
    ("spoil", "code", "message", "hint"),
    [
        (unmerged, 4, "A merge is not finished here.", "git merge --abort"),
        (squashed, 4, "logo.png has an unresolved merge conflict.", "git add"),
        (left_in("rebase-merge/head-name"), 4, "A rebase is not finished here.", "git rebase --abort"),
        (left_in("rebase-apply/applying"), 4, "A git am is not finished here.", "git am --abort"),
        (left_in("CHERRY_PICK_HEAD"), 4, "A cherry-pick is not finished here.", "git cherry-pick --abort"),
        (left_in("REVERT_HEAD"), 4, "A revert is not finished here.", "git revert --abort"),
        (left_in("BISECT_LOG"), 4, "A bisect is not finished here.", "git bisect reset"),
        (left_in("index.lock"), 5, "Another Git command is running here", "delete"),
        (lambda side: git(side, "checkout", "--quiet", "--detach"), 4, "No branch is checked out.", "git checkout main"),
        (marked, 4, f"{ACME} contains conflict markers", "git add"),
        (large, 4, "film.mov is 26 MB in size", "Add it to .gitignore, or commit it yourself: git add film.mov; git commit"),
        (in_the_cloud, 4, f"{ACME} is in iCloud but not on this disk.", "Open it"),
    ],
)
def test_a_vault_that_is_not_ready_is_refused_and_nothing_is_touched(
    spoil: Callable[[Path], None], code: int, message: str, hint: str, pair: Pair
) -> None:
    change(pair.a, "new.md", "1")
    spoil(pair.a)
    before = file_states(pair.a)
    with pytest.raises(VaultcrmError) as found:
        sync_in(pair.a)
    assert (found.value.exit_code, message in found.value.message, hint in found.value.hint) == (code, True, True), str(found.value)
    assert file_states(pair.a) == before


def test_unrelated_histories_are_never_merged(pair: Pair, tmp_path: Path) -> None:
    write_files(tmp_path / "c", {"c.md": "1"})
    init(str(tmp_path / "c"), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    git(tmp_path / "c", "remote", "add", "origin", "../origin.git")
    before = contents(tmp_path / "origin.git")
    with pytest.raises(Refused, match="have no common history") as found:
        sync_in(tmp_path / "c")
    assert "git merge --allow-unrelated-histories origin/main" in found.value.hint
    assert contents(tmp_path / "origin.git") == before


def test_sync_is_refused_when_git_does_not_know_the_user(pair: Pair, known: Path) -> None:
    known.unlink()
    change(pair.a, "new.md", "1")
    with pytest.raises(Refused, match="Git doesn't know your name and email address"):
        sync_in(pair.a)


def test_an_ignored_file_is_not_overwritten(pair: Pair) -> None:
    change(pair.a, ".obsidian/workspace.json", "mine")
    change(pair.b, ".obsidian/workspace.json", "theirs")
    git(pair.b, "add", "--force", ".obsidian/workspace.json")
    sync_in(pair.b)
    with pytest.raises(Refused, match=r"\.obsidian/workspace\.json is ignored by Git here"):
        sync_in(pair.a)
    assert (pair.a / ".obsidian/workspace.json").read_text() == "mine"
    change(pair.a, ".obsidian/workspace.json", None)
    sync_in(pair.a)
    assert (pair.a / ".obsidian/workspace.json").read_text() == "theirs"
