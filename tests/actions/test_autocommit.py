"""Autocommit: each command commits what it wrote, and nothing else."""

from pathlib import Path

import pytest

from tests.actions.clones import ACME, NOTE, Pair, change, run, sync_in
from tests.repositories import git
from tests.support import write_files

pytestmark = pytest.mark.usefixtures("known")


@pytest.fixture
def auto(pair: Pair) -> Path:
    """A vault with autocommit, one staged file and one file changed by hand."""
    change(pair.a, "vaultcrm.toml", 'id = "0123456789abcdef"\n[git]\nautocommit = true\n')
    sync_in(pair.a)
    change(pair.a, "staged.md", "staged")
    git(pair.a, "add", "staged.md")
    change(pair.a, ACME, NOTE + "By hand.\n")
    return pair.a


def test_a_command_commits_what_it_wrote_and_nothing_else(auto: Path) -> None:
    run(auto, "log", "acme", "Dana wants two options", "-c", "call", "--next", "Send it")
    assert git(auto, "show", "--name-only", "--format=%s").splitlines() == [
        "Acme: call logged, follow-up added",
        "",
        "clients/Acme/follow-ups/Send it.md",
        "clients/Acme/interactions/2026-11-16 0930 Dana wants two options.md",
    ]
    assert git(auto, "status", "--porcelain").splitlines() == [" M clients/Acme/Acme.md", "A  staged.md"]
    run(auto, "undo")
    assert git(auto, "log", "-1", "--format=%s") == "Acme: call deleted, follow-up deleted\n"
    run(auto, "undo", "--redo")
    assert git(auto, "log", "-1", "--format=%s") == "Acme: call logged, follow-up added\n"
    assert git(auto, "status", "--porcelain").splitlines() == [" M clients/Acme/Acme.md", "A  staged.md"]


def test_a_renamed_client_is_committed_with_its_folder(auto: Path) -> None:
    run(auto, "rename", "acme", "Acme Studio")
    assert git(auto, "status", "--porcelain").splitlines() == ["A  staged.md"]
    assert (auto / "clients/Acme Studio/Acme Studio.md").is_file()


@pytest.mark.parametrize("why", ["no repository", "a merge", "a setting"])
def test_when_git_refuses_the_change_is_saved_with_a_warning(why: str, auto: Path) -> None:
    if why == "no repository":
        (auto / ".git").rename(auto.parent / "away")
    elif why == "a merge":
        write_files(auto, {".git/MERGE_HEAD": git(auto, "rev-parse", "HEAD")})
    else:
        git(auto, "config", "core.fsmonitor", f"touch {auto.parent / 'ran'}")
    output = run(auto, "set", "Acme", "rate=99", "-q")
    assert "Your change was saved but not committed: " in output
    assert "rate: 99" in (auto / ACME).read_text()
    assert not (auto.parent / "ran").exists()


def test_autocommit_must_be_true_or_false(tmp_path: Path) -> None:
    write_files(tmp_path / "v", {"vaultcrm.toml": '[git]\nautocommit = "yes"\n'})
    assert "autocommit in [git] must be true or false." in run(tmp_path / "v", "due", code=4)
    write_files(tmp_path / "v", {"vaultcrm.toml": "git = 1\n"})
    assert "git must be a table." in run(tmp_path / "v", "due", code=4)


def test_nothing_is_committed_without_the_setting(pair: Pair) -> None:
    head = git(pair.a, "rev-parse", "HEAD")
    run(pair.a, "set", "Acme", "rate=99")
    assert git(pair.a, "rev-parse", "HEAD") == head
