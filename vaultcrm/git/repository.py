"""The Git repository of a vault: whether it is safe and ready, where its remote is, and how to create one."""

import contextlib
import os
import re
import shlex
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from vaultcrm.errors import ExternalError, Locked, NotFound, Refused
from vaultcrm.git import checkout, config_policy, location
from vaultcrm.git.client import SAFE_OPTIONS, Git, merge_driver_command

LOCK_SECONDS = 3.0  # how long to wait for another Git process

# Files in the Git directory that show an unfinished operation, with its name and the command that cancels it.
_UNFINISHED = {
    "MERGE_HEAD": ("merge", "git merge --abort"),
    "rebase-merge": ("rebase", "git rebase --abort"),
    "rebase-apply/applying": ("git am", "git am --abort"),
    "rebase-apply": ("rebase", "git rebase --abort"),
    "CHERRY_PICK_HEAD": ("cherry-pick", "git cherry-pick --abort"),
    "REVERT_HEAD": ("revert", "git revert --abort"),
    "BISECT_LOG": ("bisect", "git bisect reset"),
}


class Repository(NamedTuple):
    """A vault's repository. `remote` is "" if there is none; `remote_branch` is the branch's name at the remote.

    `settings` are those that count here, the user's own included, as they were when the repository was opened.
    """

    git: Git
    git_dir: str
    branch: str
    remote: str
    remote_branch: str
    settings: Mapping[str, str] = MappingProxyType({})

    @property
    def tracking_ref(self) -> str:
        """The local ref that tracks the remote's branch."""
        return f"refs/remotes/{self.remote}/{self.remote_branch}"

    @property
    def head(self) -> str:
        return self.git.resolve_commit("HEAD")

    def ahead_behind(self) -> tuple[int, int]:
        """The number of commits that only the local branch has, and that only the remote's has as of the last fetch."""
        if self.remote:
            result = self.git.run("rev-list", "--left-right", "--count", f"HEAD...{self.tracking_ref}", "--", writes=False)
            if result.exit_code == 0:
                ahead, behind = result.stdout.split()
                return int(ahead), int(behind)
        # one of the two doesn't exist yet
        local, remote = self.head, self.git.resolve_commit(self.tracking_ref) if self.remote else ""
        if local and remote:
            raise self.git.failure("git rev-list failed", result)
        count = self.git.check_output("rev-list", "--count", local or remote) if local or remote else b"0"
        return (int(count), 0) if local else (0, int(count))


def open_git(root: str, accept_any_driver: bool = False, has_work_tree: bool = True) -> tuple[Git, str]:
    """Git in a vault that is a repository of its own and is safe to use, and its Git directory.

    The repository's settings are checked before any command runs that could obey them. Raises
    NotFound, Refused or ExternalError. `accept_any_driver` accepts a foreign merge driver for
    notes, for a caller that is about to replace it. Without `has_work_tree`, Git may only be run in the Git directory.
    """
    git = Git(root)
    where = location.locate(root)
    git_dir, common_dir, points_back = where
    location.check_files(root, where, has_work_tree)
    settings: list[tuple[str, str]] = []
    for file in (os.path.join(common_dir, "config"), os.path.join(git_dir, "config.worktree")):
        if os.path.lexists(file):
            settings += config_policy.parse_config_list(git.check_output("config", "--file", file, "--no-includes", "--list", "-z"))
    effective = dict(settings)  # of repeated keys, the last one counts
    worktree = effective.get("core.worktree")
    is_submodule = not points_back and worktree is not None and os.path.realpath(os.path.join(git_dir, worktree)) == root
    if not points_back and not is_submodule:
        raise Refused(
            "The .git of this vault points to a repository that belongs to another folder.",
            "Clone the repository again, or start a new one: remove the file .git, then run: vaultcrm init --git",
        )
    allowed = [("core.worktree", worktree or "")] if is_submodule else []
    driver = effective.get("merge.vaultcrm.driver", merge_driver_command()) if accept_any_driver else merge_driver_command()
    if unsafe := config_policy.unsafe_keys(settings, driver, allowed):
        hint = f"If you need them, set them with git config --global, and remove them here: git config --local --unset-all {unsafe[0]}"
        raise Refused(
            f"This repository's own Git settings could run a program or send your notes elsewhere: {', '.join(unsafe)}.",
            "Install the merge driver again: vaultcrm init --git" if unsafe == ["merge.vaultcrm.driver"] else hint,
        )
    for remote in config_policy.promisor_remotes(settings):  # Git fetches missing files from it whenever it needs them
        transport_options(Repository(git, git_dir, "", remote, ""), "upload-pack")
    result = git.run("rev-parse", "--absolute-git-dir", "--git-common-dir", "--show-toplevel", writes=False)
    if result.exit_code != 0:
        raise ExternalError(f"Git can't use the repository {root}: {result.reason}.", "For details, see: git status")
    used = (
        ["", "", ""]
        if "\n" in root
        else [os.path.realpath(os.path.join(root, path)) for path in os.fsdecode(result.stdout).removesuffix("\n").split("\n")]
    )
    if any(used) and used != [os.path.realpath(path) for path in (git_dir, common_dir, root)]:
        raise Refused("Git takes the .git of this vault for another repository than it is.", "Clone the repository again.")
    return git, git_dir


def unfinished_operation(git: Git, git_dir: str) -> tuple[str, str]:
    """A message about an operation that someone began here and didn't finish, and a hint; both "" if there is none."""
    if checkout.is_interrupted(git_dir):
        return checkout.INTERRUPTED
    message, hint = unfinished_clone(git, git_dir)
    if message:
        return message, hint
    for name, (operation, cancel) in _UNFINISHED.items():
        if os.path.lexists(os.path.join(git_dir, name)):
            return f"A {operation} is not finished here.", f"Finish it, or cancel it: {cancel}"
    if unmerged := list(git.unmerged()):
        return (
            f"{unmerged[0]} has an unresolved merge conflict.",
            "Resolve it in your editor, then mark it as resolved with: git add",
        )
    return "", ""


def unfinished_clone(git: Git, git_dir: str) -> tuple[str, str]:
    """A message about a clone of which no file was checked out, and a hint; both "" if there is none.

    To commit here would delete every file, or begin a history that has nothing in common with the remote's.
    """
    if git.resolve_commit("HEAD"):
        if os.path.lexists(os.path.join(git_dir, "index")) or not git.check_output("ls-tree", "HEAD"):
            return "", ""
        return (
            "The files of this clone were never checked out, or not all of them.",
            "Check out what is missing; your own changes stay: git reset; git checkout-index --all",
        )
    refs = os.fsdecode(git.check_output("for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes")).split("\n")
    branches = [name for name in refs if name and name != "HEAD"]
    if not branches or not git.first_line("symbolic-ref", "--quiet", "HEAD"):
        return "", ""
    branch = next((name for name in ("main", "master") if name in branches), branches[0])
    return "This vault has no commits yet, but its remote has.", f"Check them out: git checkout {shlex.quote(branch)}"


def open_for_commit(root: str, mend: bool = False) -> Repository:
    """The repository of a vault that can be committed to now. Raises NotFound, Refused, Locked or ExternalError.

    With `mend`, a checkout that was interrupted is taken back first. The caller then holds the vault's lock.
    """
    git, git_dir = open_git(root)
    must_mend = mend and checkout.is_interrupted(git_dir)
    if not must_mend:
        _check_finished(git, git_dir)
    lock, deadline = os.path.join(git_dir, "index.lock"), time.monotonic() + LOCK_SECONDS
    while os.path.lexists(lock):
        if time.monotonic() > deadline:
            raise Locked(
                "Another Git command is running here, or one was killed.", f"Wait until it has finished; if none is running, delete {lock}"
            )
        time.sleep(0.05)
    if mend and checkout.recover(git, git_dir):
        _check_finished(git, git_dir)
    repository = current_branch(git, git_dir)
    if not repository.branch:
        raise Refused("No branch is checked out.", "Check out your branch, for example: git checkout main")
    return repository


def _check_finished(git: Git, git_dir: str) -> None:
    message, hint = unfinished_operation(git, git_dir)
    if message:
        raise Refused(message, hint)


def transport_options(repository: Repository, service: str) -> tuple[str, ...]:
    """The options with which Git runs "upload-pack" or "receive-pack" at the remote.

    A remote on this disk is served by a Git process on this computer, which would obey the remote's
    hooks and settings, and the remote may come from the same untrusted source as the vault. Raises
    Refused if its settings could run a program.
    """
    push_option = ("--push",) if service == "receive-pack" else ()
    output = repository.git.run("remote", "get-url", "--all", *push_option, repository.remote, writes=False).stdout
    urls = os.fsdecode(output).split("\n")[:-1] or [repository.remote]  # without a URL, Git takes the name for one
    local = [url for url in urls if _is_local(url)]
    if not local:
        return ()
    if len(local) < len(urls):  # Git would use the same options for all of them
        raise Refused(
            f"{repository.remote} is both on this disk and elsewhere: {', '.join(urls)}.",
            "Split it into two remotes: git config --local --edit",
        )
    for url in local:
        _check_local_remote(repository, url)
    return (f"--{service}=git {' '.join(shlex.quote(word) for word in SAFE_OPTIONS)} {service}",)


def _check_local_remote(repository: Repository, url: str) -> None:
    """Raises Refused if the settings of a remote on this disk could run a program or can't be found."""
    hint = f"Use the path of its folder: git remote set-url {repository.remote} FOLDER"
    path = url.removeprefix("file://")
    if path != url and ("%" in path or not re.match(r"/|[A-Za-z]:", path)):
        raise Refused(f"It isn't clear which folder {url} means.", hint)
    if path.startswith("~"):  # the home folder, or a folder of that name
        raise Refused(f"It isn't clear which folder {url} means.", hint)
    folder = os.path.join(repository.git.root, path).rstrip("/")
    folder_exists = has_settings = False
    for candidate in (folder + ending for ending in ("/.git", "", ".git/.git", ".git")):  # where Git looks for the repository
        if (location.read_small_file(candidate) or b"").startswith(b"gitdir:") or os.path.lexists(os.path.join(candidate, "commondir")):
            raise Refused(
                f"The repository {url} points to another one.", f"Use the URL of that one: git remote set-url {repository.remote} URL"
            )
        folder_exists = folder_exists or os.path.isdir(candidate)
        for file in (os.path.join(candidate, name) for name in ("config", "config.worktree")):
            if not os.path.lexists(file):
                continue
            has_settings = True
            output = repository.git.check_output("config", "--file", file, "--no-includes", "--list", "-z")
            if unsafe := config_policy.unsafe_keys(config_policy.parse_config_list(output), merge_driver_command()):
                raise Refused(
                    f"The Git settings of {url} could run a program on this computer: {', '.join(unsafe)}.",
                    f"If you need them, set them with git config --global, and remove them from {file}.",
                )
    if folder_exists and not has_settings:
        raise Refused(f"{url} is not a Git repository: it has no config file.", hint)


def _is_local(url: str) -> bool:
    """Whether Git takes the URL for a path: there is no host before the first colon."""
    if "://" in url:
        return url.startswith("file://")
    host, colon, _ = url.partition(":")
    return not colon or "/" in host or (len(host) == 1 and os.name == "nt")


def current_branch(git: Git, git_dir: str) -> Repository:
    """The repository with its current branch, which is "" if none is checked out, and with its remote."""
    branch = git.first_line("symbolic-ref", "--quiet", "--short", "HEAD")
    settings = dict(config_policy.parse_config_list(git.check_output("config", "--list", "-z")))  # of repeated keys, the last one counts
    remotes = {name for key in settings if key.startswith("remote.") and (name := key.partition(".")[2].rpartition(".")[0])}
    remote = settings.get(f"branch.{branch}.remote", "")
    if remote not in remotes:
        remote = next(iter(remotes)) if len(remotes) == 1 else "origin" if "origin" in remotes else ""
    merge_ref = settings.get(f"branch.{branch}.merge", "")
    remote_branch = merge_ref.removeprefix("refs/heads/") if merge_ref.startswith("refs/heads/") else branch
    return Repository(git, git_dir, branch, remote, remote_branch, settings)


def check_identity(git: Git, settings: Mapping[str, str] = MappingProxyType({})) -> None:
    """Raises Refused if the user's name and email are not configured, which Git would have to guess.

    Git is asked unless the `settings` hold both.
    """
    if settings.get("user.name") and settings.get("user.email"):
        return
    for variable in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        if git.run("-c", "user.useConfigOnly=true", "var", variable, writes=False).exit_code != 0:
            raise Refused(
                "Git doesn't know your name and email address.",
                'Set them: git config --global user.name "Your Name"; git config --global user.email you@example.com',
            )


# ------------------------------------------------------------------------------ creating one


def check_can_init(root: str) -> None:
    """Raises an error if the folder can't become a repository, before anything is written to it.

    Creates the folder if it doesn't exist. Raises Refused or ExternalError.
    """
    try:
        os.makedirs(root, exist_ok=True)
    except OSError as error:
        raise ExternalError(f"{error.filename} can't be created: {error.strerror}.") from error
    with contextlib.suppress(NotFound):
        git, git_dir = open_git(root, accept_any_driver=True)
        message, hint = unfinished_clone(git, git_dir)
        if message:
            raise Refused(message, hint)
    check_identity(Git(root))


def init_repository(root: str) -> Git:
    """Create the vault's repository if it has none, and install vaultcrm's merge driver for the user's own merges."""
    git = Git(root)
    if not os.path.lexists(os.path.join(root, ".git")):
        git.check_output("init", "--quiet", "--initial-branch=main", writes=True)
    for key, value in (("name", "vaultcrm, property by property"), ("driver", merge_driver_command())):
        git.check_output("config", "--local", f"merge.vaultcrm.{key}", value, writes=True)
    return git
