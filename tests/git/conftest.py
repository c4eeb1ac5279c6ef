"""Fixtures of the Git tests."""

from pathlib import Path

import pytest

from tests.git.repositories import NOTE, NOW, git
from tests.support import write_files
from vaultcrm.actions.init import init


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A vault that is a repository; its remote is a bare repository next to it."""
    root = tmp_path / "vault"
    write_files(root, {"clients/Acme/Acme.md": NOTE, "Ä note.md": b"An idea.\n"})
    init(str(root), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    git(tmp_path, "init", "--quiet", "--bare", "-b", "main", "origin.git")
    git(root, "remote", "add", "origin", "../origin.git")
    return root
