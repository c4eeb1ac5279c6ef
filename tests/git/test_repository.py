"""Where the repository of a vault can be."""

import os
import shlex
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.git.repositories import NOTE, NOW, crm
from tests.repositories import git
from tests.support import write_files
from vaultcrm.actions.init import init
from vaultcrm.actions.sync import sync
from vaultcrm.errors import ExternalError, Locked, NotFound, Refused
from vaultcrm.git import repository
from vaultcrm.git.client import SAFE_OPTIONS, Git, merge_driver_command

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


def odd_git_file(text: str, *copies: str) -> Callable[[Path, Path], None]:
    """A .git file that Git reads as another path than its first line; at that path is a repository of its own."""

    def write(vault: Path, tmp_path: Path) -> None:
        (vault / ".git").rename(vault / "g")
        (vault / "g/gitdir").write_text("../.git\n")
        for copy in copies:
            shutil.copytree(vault / "g", vault / copy)
        (vault / ".git").write_text(text)

    return write


def pipe(vault: Path, tmp_path: Path) -> None:
    shutil.rmtree(vault / ".git")
    os.mkfifo(vault / ".git")


def odd_common_dir(vault: Path, tmp_path: Path) -> None:
    """A worktree whose settings Git reads from another repository than that of the first line."""
    git(vault, "worktree", "add", "--quiet", "-b", "second", "../second")
    (vault / ".git").rename(tmp_path / "kept")
    shutil.copytree(tmp_path / "kept", tmp_path / "kept\nx")
    (tmp_path / "kept/worktrees/second/commondir").write_text("../..\nx")
    (tmp_path / "kept/worktrees/second/gitdir").write_text(f"{vault}/.git\n")
    (vault / ".git").write_text(f"gitdir: {tmp_path}/kept/worktrees/second\n")


@pytest.mark.parametrize(
    "redirect",
    [
        symlink, git_file, missing, common_dir, pipe, odd_common_dir,
        odd_git_file("gitdir: g\nx", "g\nx"),
        odd_git_file("gitdir: g\n\n"),
        odd_git_file("gitdir:  g", " g"),
        odd_git_file("gitdir: g ", "g "),
        odd_git_file("gitdir: g\tx", "g\tx"),
        odd_git_file("gitdir:g"),
        odd_git_file("gitdir: "),
        odd_git_file(""),
        odd_git_file("gitdir: g" + "/." * 3000),
    ],
)  # fmt: skip
def test_a_git_directory_elsewhere_is_refused(redirect: Callable[[Path, Path], None], vault: Path, tmp_path: Path) -> None:
    redirect(vault, tmp_path)
    with pytest.raises(Refused, match=r"The \.git of this vault|\.git doesn't hold the path|commondir doesn't hold the path"):
        sync(crm(vault))


@pytest.mark.parametrize(
    "path", [".gitignore", "clients/.gitattributes", "clients/Acme/.GITIGNORE", ".gitmodules", ".obsidian/.gitignore", ".git/info/exclude",
             ".git/info/attributes", ".git/HEAD", ".git/index", ".git/config", ".git/objects/ab/cd", ".git/refs/heads/x"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["pipe", "link to a pipe", "device"])
def test_a_pipe_or_a_device_that_git_would_read_is_refused(path: str, kind: str, vault: Path, tmp_path: Path) -> None:
    file = vault / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    if kind == "device":
        file.symlink_to("/dev/zero")
    else:
        os.mkfifo(tmp_path / "pipe" if kind == "link to a pipe" else file)
        if kind == "link to a pipe":
            file.symlink_to(tmp_path / "pipe")
    with pytest.raises(Refused) as raised:
        sync(crm(vault))
    assert raised.value.message == f"{file} is neither a file nor a folder, and Git would wait for it for ever."
    assert raised.value.hint == f"Delete it: rm {file}"


def test_other_pipes_and_sockets_do_no_harm(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("pipe", "pipe.md", "clients/Acme/x.gitignore"):
        os.mkfifo(vault / path)
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(vault / ".git")  # the path of a socket is limited
        server.bind("fsmonitor--daemon.ipc")
        write_files(vault, {"new.md": b"1"})
        assert sync(crm(vault)).committed == ["Vault: note added"]


@pytest.mark.parametrize("replace", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
def test_a_note_that_became_a_pipe_is_not_taken_for_deleted(replace: Callable[[Path], None], vault: Path) -> None:
    sync(crm(vault))
    note = vault / "clients/Acme/Acme.md"
    note.unlink()
    replace(note)
    if note.is_fifo():
        with pytest.raises(Refused, match=r"^clients/Acme/Acme\.md is neither a file nor a folder\.$"):
            sync(crm(vault))
        return
    assert sync(crm(vault)).committed == ["Acme: client deleted" if note.is_dir() else "Acme: note changed"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_settings_of_another_user_are_refused(vault: Path) -> None:
    os.chown(vault / ".git/config", 12345, -1)
    with pytest.raises(Refused, match=r"/\.git/config belongs to another user") as raised:
        sync(crm(vault))
    assert raised.value.hint == f"Look at it, then make it yours: sudo chown $(id -u) {vault}/.git/config"


def test_a_clone_without_its_files_is_refused_until_they_are_checked_out(vault: Path, tmp_path: Path) -> None:
    sync(crm(vault))
    git(tmp_path, "clone", "--quiet", "--no-checkout", "origin.git", "other")
    write_files(tmp_path / "other", {"Ä note.md": b"My own.\n", "new.md": b"1"})
    for refused in (lambda: sync(crm(tmp_path / "other")), lambda: init(str(tmp_path / "other"), "init", NOW.isoformat(), with_git=True)):
        with pytest.raises(Refused, match="The files of this clone were never checked out, or not all of them") as raised:
            refused()
    assert not (tmp_path / "other/vaultcrm.toml").exists()
    subprocess.run(raised.value.hint.rpartition(": ")[2], shell=True, cwd=tmp_path / "other", check=False, capture_output=True)
    assert sync(crm(tmp_path / "other")).committed == ["Vault: note added, note changed"]


def test_a_clone_of_another_branch_than_the_remotes_begins_no_history_of_its_own(vault: Path, tmp_path: Path) -> None:
    sync(crm(vault))
    git(tmp_path / "origin.git", "symbolic-ref", "HEAD", "refs/heads/none")
    subprocess.run(["git", "clone", "--quiet", "origin.git", "other"], cwd=tmp_path, capture_output=True, check=True)
    write_files(tmp_path / "other", {"new.md": b"1"})
    with pytest.raises(Refused, match="This vault has no commits yet, but its remote has") as raised:
        init(str(tmp_path / "other"), "init", NOW.isoformat(), with_git=True)
    git(tmp_path / "other", *raised.value.hint.removeprefix("Check them out: git ").split())
    assert sync(crm(tmp_path / "other")).committed == ["Vault: note added"]
    write_files(tmp_path / "third", {"new.md": b"1"})
    git(tmp_path / "third", "init", "--quiet", "-b", "main")
    git(tmp_path / "third", "remote", "add", "origin", "../origin.git")
    with pytest.raises(Refused, match="This vault has no commits yet, but its remote has"):
        sync(crm(tmp_path / "third"))
    assert Git(str(tmp_path / "third")).resolve_commit("HEAD") == ""


def test_a_partial_clone_is_used_like_any_other(vault: Path, tmp_path: Path) -> None:
    write_files(vault, {"old.md": b"old\n"})
    sync(crm(vault))
    git(tmp_path / "origin.git", "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{tmp_path}/origin.git", "other")
    write_files(vault, {"old.md": b"new\n", "clients/Acme/Acme.md": NOTE.replace(b"60", b"80")})
    sync(crm(vault))
    write_files(tmp_path / "other", {"clients/Acme/Acme.md": NOTE + b"Text.\n"})
    assert sync(crm(tmp_path / "other")).received == ["Acme: client changed", "Vault: note changed"]
    assert (tmp_path / "other/clients/Acme/Acme.md").read_bytes() == NOTE.replace(b"60", b"80") + b"Text.\n"
    git(tmp_path / "origin.git", "config", "core.alternateRefsCommand", "x")
    with pytest.raises(Refused, match=r"could run a program on this computer: core\.alternaterefscommand"):
        repository.open_git(str(tmp_path / "other"))


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


# ------------------------------------------------------------------------------ its functions


def test_a_repository_is_opened_with_its_git_directory(vault: Path, tmp_path: Path) -> None:
    opened, git_dir = repository.open_git(str(vault))
    assert (opened.root, git_dir) == (str(vault), str(vault / ".git"))
    git(vault, "worktree", "add", "--quiet", "-b", "second", "../second")
    assert repository.open_git(str(tmp_path / "second"))[1] == str(vault / ".git/worktrees/second")
    git(vault, "config", "merge.vaultcrm.driver", "/another/python -m vaultcrm")
    with pytest.raises(Refused) as raised:
        repository.open_git(str(vault))
    assert raised.value.message == (
        "This repository's own Git settings could run a program or send your notes elsewhere: merge.vaultcrm.driver."
    )
    assert raised.value.hint == "Install the merge driver again: vaultcrm init --git"
    assert repository.open_git(str(vault), accept_any_driver=True)[1] == str(vault / ".git")
    git(vault, "config", "core.editor", "x")
    with pytest.raises(Refused, match=r"elsewhere: core\.editor\.$") as raised:
        repository.open_git(str(vault), accept_any_driver=True)
    assert raised.value.hint.endswith("remove them here: git config --local --unset-all core.editor")


def test_the_settings_of_a_worktree_are_checked(vault: Path) -> None:
    git(vault, "config", "extensions.worktreeConfig", "true")
    git(vault, "config", "--worktree", "core.editor", "x")
    with pytest.raises(Refused, match=r"elsewhere: core\.editor\.$"):
        repository.open_git(str(vault))


def test_a_repository_that_git_cannot_read_is_an_error(vault: Path) -> None:
    (vault / ".git/HEAD").unlink()
    with pytest.raises(ExternalError, match=rf"^Git can't use the repository {vault}: not a git repository"):
        repository.open_git(str(vault))


def test_commits_ahead_and_behind(vault: Path, tmp_path: Path) -> None:
    def ahead_behind(root: Path) -> tuple[int, int]:
        return repository.open_for_commit(str(root)).ahead_behind()

    def commit(root: Path, message: str) -> None:  # equal messages would make equal commits
        git(root, "commit", "--quiet", "--allow-empty", "-m", message)

    assert ahead_behind(vault) == (1, 0)  # nothing was pushed yet
    git(vault, "push", "--quiet", "-u", "origin", "main")
    assert ahead_behind(vault) == (0, 0)
    git(tmp_path, "clone", "--quiet", "origin.git", "other")
    commit(tmp_path / "other", "theirs 1")
    commit(tmp_path / "other", "theirs 2")
    git(tmp_path / "other", "push", "--quiet")
    commit(vault, "ours")
    assert ahead_behind(vault) == (1, 0)  # as of the last fetch
    git(vault, "fetch", "--quiet")
    assert ahead_behind(vault) == (1, 2)
    empty = tmp_path / "empty"
    write_files(empty, {"a.md": b""})
    git(empty, "init", "--quiet", "-b", "main")
    assert ahead_behind(empty) == (0, 0)
    git(empty, "remote", "add", "origin", "../origin.git")
    git(empty, "fetch", "--quiet")
    assert repository.current_branch(Git(str(empty)), str(empty / ".git")).ahead_behind() == (0, 3)
    with pytest.raises(Refused, match="This vault has no commits yet, but its remote has") as raised:
        ahead_behind(empty)
    assert raised.value.hint == "Check them out: git checkout main"
    git(empty, "remote", "remove", "origin")
    assert ahead_behind(empty) == (0, 0)


def test_the_branch_and_its_remote(vault: Path) -> None:
    def current() -> tuple[str, str, str, str]:
        found = repository.current_branch(*repository.open_git(str(vault)))
        return found.branch, found.remote, found.remote_branch, found.tracking_ref

    assert current() == ("main", "origin", "main", "refs/remotes/origin/main")
    git(vault, "remote", "add", "backup", "../backup.git")
    assert current() == ("main", "origin", "main", "refs/remotes/origin/main")
    git(vault, "config", "branch.main.remote", "backup")
    git(vault, "config", "branch.main.merge", "refs/heads/trunk")
    assert current() == ("main", "backup", "trunk", "refs/remotes/backup/trunk")
    git(vault, "config", "branch.main.merge", "refs/pull/1")  # not a branch
    assert current() == ("main", "backup", "main", "refs/remotes/backup/main")
    git(vault, "config", "branch.main.remote", "gone")
    assert current()[1] == "origin"
    git(vault, "remote", "rename", "origin", "first")
    git(vault, "config", "branch.main.remote", "gone")
    assert current()[1] == ""  # it could be either
    git(vault, "remote", "remove", "first")
    assert current()[1] == "backup"
    git(vault, "checkout", "--quiet", "--detach")
    assert current()[:2] == ("", "backup")


def test_an_unfinished_operation_has_a_message_and_a_hint(vault: Path) -> None:
    opened, git_dir = repository.open_git(str(vault))
    assert repository.unfinished_operation(opened, git_dir) == ("", "")
    write_files(vault, {".git/rebase-apply/applying": b""})
    assert repository.unfinished_operation(opened, git_dir) == ("A git am is not finished here.", "Finish it, or cancel it: git am --abort")
    (vault / ".git/rebase-apply/applying").unlink()
    assert repository.unfinished_operation(opened, git_dir) == (
        "A rebase is not finished here.",
        "Finish it, or cancel it: git rebase --abort",
    )


def test_another_git_command_is_waited_for(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = vault / ".git/index.lock"
    lock.write_bytes(b"")
    other = threading.Timer(0.3, lock.unlink)
    other.start()
    assert repository.open_for_commit(str(vault)).branch == "main"
    other.join()
    lock.write_bytes(b"")
    monkeypatch.setattr(repository, "LOCK_SECONDS", 0.1)
    with pytest.raises(Locked, match="Another Git command is running here, or one was killed") as raised:
        repository.open_for_commit(str(vault))
    assert raised.value.hint == f"Wait until it has finished; if none is running, delete {lock}"


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("https://example.com/vault.git", False),
        ("ssh://example.com/vault.git", False),
        ("git@example.com:nora/vault.git", False),
        ("example.com:vault.git", False),
        ("c:vault.git", False),
        ("../origin.git", True),
        ("./example.com:vault.git", True),
        ("/somewhere/origin.git", True),
        ("file:///somewhere/origin.git", True),
        ("origin.git", True),
    ],
)
@pytest.mark.parametrize("service", ["upload-pack", "receive-pack"])
def test_only_a_remote_on_this_disk_is_served_with_safe_options(url: str, is_local: bool, service: str, vault: Path) -> None:
    git(vault, "remote", "set-url", "origin", url)
    options = repository.transport_options(repository.open_for_commit(str(vault)), service)
    assert options == ((f"--{service}=git {' '.join(map(shlex.quote, SAFE_OPTIONS))} {service}",) if is_local else ())


def test_the_worktree_settings_of_a_remote_on_this_disk_are_checked(vault: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"origin.git/config.worktree": "[core]\n\tpager = x\n"})
    with pytest.raises(Refused) as raised:
        repository.transport_options(repository.open_for_commit(str(vault)), "upload-pack")
    assert raised.value.message == "The Git settings of ../origin.git could run a program on this computer: core.pager."
    assert raised.value.hint == (
        f"If you need them, set them with git config --global, and remove them from {vault}/../origin.git/config.worktree."
    )


def test_the_push_url_counts_only_for_a_push(vault: Path) -> None:
    git(vault, "remote", "set-url", "--push", "origin", "https://example.com/vault.git")
    opened = repository.open_for_commit(str(vault))
    assert repository.transport_options(opened, "receive-pack") == ()
    assert len(repository.transport_options(opened, "upload-pack")) == 1


def test_both_names_must_be_known(vault: Path, known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.check_identity(Git(str(vault)))
    known.unlink()
    for name in ("AUTHOR", "COMMITTER"):
        with pytest.raises(Refused, match="Git doesn't know your name and email address") as raised:
            repository.check_identity(Git(str(vault)))
        monkeypatch.setenv(f"GIT_{name}_NAME", "Nora")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "nora@example.com")
    assert raised.value.hint == ('Set them: git config --global user.name "Your Name"; git config --global user.email you@example.com')
    repository.check_identity(Git(str(vault)))


def test_a_guessed_identity_is_not_enough(vault: Path, known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git would take the email address from $EMAIL and the name from the user's account."""
    known.unlink()
    monkeypatch.setenv("EMAIL", "nora@example.com")
    with pytest.raises(Refused, match="Git doesn't know your name and email address"):
        repository.check_identity(Git(str(vault)))


def test_a_new_repository_has_the_merge_driver(tmp_path: Path) -> None:
    root = tmp_path / "new/vault"
    repository.check_can_init(str(root))
    assert list(root.iterdir()) == []
    for _ in range(2):
        assert repository.init_repository(str(root)).root == str(root)
        assert git(root, "symbolic-ref", "HEAD") == "refs/heads/main\n"
        assert git(root, "config", "--local", "--get-regexp", r"merge\..*") == (
            f"merge.vaultcrm.name vaultcrm, property by property\nmerge.vaultcrm.driver {merge_driver_command()}\n"
        )
    repository.check_can_init(str(root))
    with pytest.raises(Refused, match="only a part of the repository"):
        repository.check_can_init(str(root / "below"))
