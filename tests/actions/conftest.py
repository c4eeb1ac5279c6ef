"""What the tests of actions share."""

from pathlib import Path

import pytest

from tests.actions.clones import ACME, NOTE, NOW, Pair, git, sync_in
from tests.support import write_files
from vaultcrm.actions.init import init


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    write_files(
        tmp_path / "a", {ACME: NOTE, "clients/Acme/follow-ups/Call.md": "---\ntype: follow-up\nstatus: open\n---\n", "logo.png": b"\0\1"}
    )
    init(str(tmp_path / "a"), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    git(tmp_path, "init", "--quiet", "--bare", "-b", "main", "origin.git")
    git(tmp_path / "a", "remote", "add", "origin", "../origin.git")
    sync_in(tmp_path / "a")
    git(tmp_path, "clone", "--quiet", "origin.git", "b")
    return Pair(tmp_path / "a", tmp_path / "b")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "vault"
