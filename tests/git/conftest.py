"""Fixtures of the Git tests."""

from pathlib import Path

import pytest

from tests.git.repositories import NOTE, NOW
from tests.repositories import copy_of, git
from tests.support import write_files
from vaultcrm.actions.init import init


@pytest.fixture
def vault(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault that is a repository; its remote is a bare repository next to it."""
    copy_of("a vault and its remote", _make_vault_and_remote, tmp_path, tmp_path_factory)
    return tmp_path / "vault"


def _make_vault_and_remote(folder: Path) -> None:
    root = folder / "vault"
    write_files(root, {"clients/Acme/Acme.md": NOTE, "Ä note.md": b"An idea.\n"})
    init(str(root), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    git(folder, "init", "--quiet", "--bare", "-b", "main", "origin.git")
    git(root, "remote", "add", "origin", "../origin.git")
