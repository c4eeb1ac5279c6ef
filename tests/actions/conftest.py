"""What the tests of actions share."""

from pathlib import Path

import pytest

from tests.actions.clones import ACME, NOTE, NOW, Pair, sync_in
from tests.repositories import copy_of, git
from tests.support import write_files
from vaultcrm.actions.init import init


@pytest.fixture
def pair(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    copy_of("two clones", _make_clones, tmp_path, tmp_path_factory)
    return Pair(tmp_path / "a", tmp_path / "b")


def _make_clones(folder: Path) -> None:
    write_files(
        folder / "a", {ACME: NOTE, "clients/Acme/follow-ups/Call.md": "---\ntype: follow-up\nstatus: open\n---\n", "logo.png": b"\0\1"}
    )
    init(str(folder / "a"), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    git(folder, "init", "--quiet", "--bare", "-b", "main", "origin.git")
    git(folder / "a", "remote", "add", "origin", "../origin.git")
    sync_in(folder / "a")
    git(folder, "clone", "--quiet", "origin.git", "b")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "vault"
