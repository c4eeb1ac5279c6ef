"""Where the repository of a vault can be."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.git.repositories import NOW, crm, git
from tests.support import write_files
from vaultcrm.actions.init import init
from vaultcrm.actions.sync import sync
from vaultcrm.errors import NotFound, Refused

pytestmark = pytest.mark.usefixtures("known")


def symlink(vault: Path, tmp_path: Path) -> None:
    (vault / ".git").rename(tmp_path / "kept")
    (vault / ".git").symlink_to(tmp_path / "kept")


def git_file(vault: Path, tmp_path: Path) -> None:
    (vault / ".git").rename(tmp_path / "kept")
    (vault / ".git").write_text(f"gitdir: {tmp_path / 'kept'}\n")


def missing(vault: Path, tmp_path: Path) -> None:
    git_file(vault, tmp_path)
    (vault / ".git").write_text("gitdir: ../none\n")


def common_dir(vault: Path, tmp_path: Path) -> None:
    (vault / ".git/commondir").write_text("../../kept\n")


@pytest.mark.parametrize("redirect", [symlink, git_file, missing, common_dir])
def test_a_git_directory_elsewhere_is_refused(redirect: Callable[[Path, Path], None], vault: Path, tmp_path: Path) -> None:
    redirect(vault, tmp_path)
    with pytest.raises(Refused, match=r"The \.git of this vault"):
        sync(crm(vault))


def test_a_worktree_and_a_submodule_are_accepted(vault: Path, tmp_path: Path) -> None:
    git(vault, "worktree", "add", "--quiet", "-b", "second", "../second")
    write_files(tmp_path / "second", {"new.md": b"1"})
    assert sync(crm(tmp_path / "second")).committed == ["Vault: note added"]
    git(vault, "config", "core.sshCommand", "x")  # a worktree shares the settings of its repository
    with pytest.raises(Refused, match=r"core\.sshcommand"):
        sync(crm(tmp_path / "second"))
    git(vault, "config", "--unset", "core.sshCommand")
    sync(crm(vault))
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "--quiet")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../origin.git", "inner")
    git(outer / "inner", "checkout", "--quiet", "main")
    write_files(outer / "inner", {"new.md": b"1"})
    assert sync(crm(outer / "inner"), push=False).committed == ["Vault: note added"]


def test_a_vault_in_a_larger_repository_or_in_none_is_refused(vault: Path, tmp_path: Path) -> None:
    write_files(tmp_path / "none", {"a.md": b"1"})
    with pytest.raises(NotFound, match="is not in a Git repository") as raised:
        sync(crm(tmp_path / "none"))
    assert raised.value.hint == "Create one with: vaultcrm init --git. Connect it to a remote with: git remote add origin URL"
    with pytest.raises(Refused, match="only a part of the repository"):
        sync(crm(vault / "clients"))
    with pytest.raises(Refused, match="only a part of the repository"):
        init(str(vault / "clients"), "init", NOW.isoformat(), with_git=True)
    assert not (vault / "clients/vaultcrm.toml").exists()
