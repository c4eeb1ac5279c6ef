"""The git repository that a vault is: whether it can be worked with, where it is shared, and how one is made."""

import contextlib
import os
import re
import shlex
import time
from typing import NamedTuple

from vaultcrm.errors import ExternalError, Locked, NotFound, Refused
from vaultcrm.git import config_policy
from vaultcrm.git.client import SAFE_OPTIONS, Git, merge_driver_command

LOCK_SECONDS = 3.0  # how long another git may be at work before we give up


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
    """A vault's repository. `remote` is empty where there is none; `there` is the branch's name at the remote."""

    git: Git
    git_dir: str
    branch: str
    remote: str
    remote_branch: str

    @property
    def tracking_ref(self) -> str:
        """Where the remote's branch is known here."""
        return f"refs/remotes/{self.remote}/{self.remote_branch}"

    @property
    def head(self) -> str:
        return self.git.resolve_commit("HEAD")

    def ahead_behind(self) -> tuple[int, int]:
        """How many commits are here only and there only, as far as known here."""
        here, there = self.head, self.git.resolve_commit(self.tracking_ref) if self.remote else ""
        if here and there:
            ahead, behind = self.git.first_line("rev-list", "--left-right", "--count", f"{here}...{there}").split()
            return int(ahead), int(behind)
        count = self.git.first_line("rev-list", "--count", here or there) if here or there else "0"
        return (int(count), 0) if here else (0, int(count))


def open_git(root: str, accept_any_driver: bool = False) -> tuple[Git, str]:
    """git in a vault that is a repository of its own and can be trusted, and the folder in which git keeps it.

    Nothing that the repository's settings name is run before they have been read here. Raises
    NotFound, Refused or OutsideFailed. `mends_driver` is for who will write our merge driver anew.
    """
    git = Git(root)
    git_dir, common, back = _locate_git_dir(root)
    settings: list[tuple[str, str]] = []
    for file in (os.path.join(common, "config"), os.path.join(git_dir, "config.worktree")):
        if os.path.lexists(file):
            settings += config_policy.parse_config_list(git.check_output("config", "--file", file, "--no-includes", "--list", "-z"))
    known = dict(settings)  # of a key that is given twice the last one counts
    tree = known.get("core.worktree")
    is_submodule = not back and tree is not None and os.path.realpath(os.path.join(git_dir, tree)) == root
    if not back and not is_submodule:
        raise Refused(
            "The .git of this vault leads to a repository that does not know of it.",
            "Clone the repository anew, or make the vault one of its own: remove the file .git, then vaultcrm init --git",
        )
    allowed = [("core.worktree", tree or "")] if is_submodule else []
    ours = known.get("merge.vaultcrm.driver", merge_driver_command()) if accept_any_driver else merge_driver_command()
    if found := config_policy.unsafe_keys(settings, ours, allowed):
        way = f"To have them, put them into your own with git config --global; then here: git config --local --unset-all {found[0]}"
        raise Refused(
            f"This repository's own settings could run a program or send your notes elsewhere: {', '.join(found)}.",
            "Install the driver anew with: vaultcrm init --git" if found == ["merge.vaultcrm.driver"] else way,
        )
    done = git.run("rev-parse", "--show-toplevel", writes=False)
    if done.exit_code != 0:
        raise ExternalError(f"git cannot use the repository {root}: {done.reason}.", "See: git status")
    return git, git_dir


def _locate_git_dir(root: str) -> tuple[str, str, bool]:
    """Where git keeps a vault's repository, where that keeps its settings, and whether it surely belongs to the vault."""
    dot = os.path.join(root, ".git")
    if not os.path.lexists(dot):
        above = os.path.dirname(root)
        while not os.path.lexists(os.path.join(above, ".git")):
            above, below = os.path.dirname(above), above
            if above == below:
                raise NotFound(
                    f"{root} is in no git repository.", "vaultcrm init --git makes it one; share it with: git remote add origin URL"
                )
        raise Refused(
            f"This vault is only a part of the repository {above}.",
            "Commit it there with git, or move the vault out and: vaultcrm init --git",
        )
    if os.path.islink(dot):
        raise Refused("The .git of this vault is a symbolic link.", "Clone the repository anew, or put the folder itself here.")
    if os.path.isdir(dot):
        if os.path.lexists(os.path.join(dot, "commondir")):
            raise Refused("The .git of this vault leads to another repository.", "Clone it anew.")
        return dot, dot, True
    directory = os.path.realpath(os.path.join(root, _first_line(dot).removeprefix("gitdir:").strip()))
    if not os.path.isdir(directory):
        raise Refused("The .git of this vault leads nowhere.", "See: git status")
    common = os.path.realpath(os.path.join(directory, _first_line(os.path.join(directory, "commondir")) or "."))
    there = _first_line(os.path.join(directory, "gitdir"))  # of a worktree
    return directory, common, bool(there) and os.path.realpath(os.path.join(directory, there)) == dot


def _first_line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline(4096).rstrip("\n")
    except OSError:
        return ""


def unfinished_operation(git: Git, git_dir: str) -> tuple[str, str]:
    """What somebody has begun here and not ended, and the way out; empty when nothing."""
    for name, (what, way) in _UNFINISHED.items():
        if os.path.lexists(os.path.join(git_dir, name)):
            return f"A {what} is not finished here.", f"Finish it, or: {way}"
    if left := list(git.unmerged()):
        return f"{left[0]} is in a conflict that nobody has ended.", "Mend it, then: git add it"
    return "", ""


def open_for_commit(root: str) -> Repository:
    """The repository of a vault, when it can be committed to now. Raises NotFound, Refused, Changed or OutsideFailed."""
    git, git_dir = open_git(root)
    what, way = unfinished_operation(git, git_dir)
    if what:
        raise Refused(what, way)
    lock, end = os.path.join(git_dir, "index.lock"), time.monotonic() + LOCK_SECONDS
    while os.path.lexists(lock):
        if time.monotonic() > end:
            raise Locked("Another git is at work here, or one was killed.", f"Wait for it; if none runs, delete {lock}")
        time.sleep(0.05)
    found = current_branch(git, git_dir)
    if not found.branch:
        raise Refused("The repository is on no branch.", "Go back to yours, like: git checkout main")
    return found


def transport_options(repository: Repository, service: str) -> tuple[str, ...]:
    """The words with which git asks a remote for "upload-pack" or "receive-pack".

    A remote on this disk is served by a git of ours, which would run its hooks and settings: it may
    have come together with the vault. Raises Refused when its settings could run a program.
    """
    how = ("--push",) if service == "receive-pack" else ()
    listed = repository.git.run("remote", "get-url", "--all", *how, repository.remote, writes=False).stdout
    urls = os.fsdecode(listed).split("\n")[:-1] or [repository.remote]  # without a URL git takes the name for one
    local = [url for url in urls if _is_local(url)]
    if not local:
        return ()
    if len(local) < len(urls):  # git asks all of them by the same words
        raise Refused(
            f"{repository.remote} is on this disk and elsewhere at once: {', '.join(urls)}.",
            "Make two remotes of it: git config --local --edit",
        )
    for url in local:
        _check_local_remote(repository, url)
    return (f"--{service}=git {' '.join(shlex.quote(word) for word in SAFE_OPTIONS)} {service}",)


def _check_local_remote(place: Repository, url: str) -> None:
    """Raises Refused when the settings of a remote on this disk could run a program, or cannot be found."""
    way = f"Name the folder itself: git remote set-url {place.remote} FOLDER"
    path = url.removeprefix("file://")
    if path != url and ("%" in path or not re.match(r"/|[A-Za-z]:", path)):
        raise Refused(f"It is not sure which folder {url} is.", way)
    if path.startswith("~"):  # git's own home, or a folder of that name
        raise Refused(f"It is not sure which folder {url} is.", way)
    folder = os.path.join(place.git.root, path).rstrip("/")
    is_there = is_known = False
    for there in (folder + ending for ending in ("/.git", "", ".git/.git", ".git")):  # where git looks for it
        if _first_line(there).startswith("gitdir:") or os.path.lexists(os.path.join(there, "commondir")):
            raise Refused(f"The repository {url} leads to another one.", f"Name that one itself: git remote set-url {place.remote} URL")
        is_there = is_there or os.path.isdir(there)
        for file in (os.path.join(there, name) for name in ("config", "config.worktree")):
            if not os.path.lexists(file):
                continue
            is_known = True
            listed = place.git.check_output("config", "--file", file, "--no-includes", "--list", "-z")
            if found := config_policy.unsafe_keys(config_policy.parse_config_list(listed), merge_driver_command()):
                raise Refused(
                    f"The settings of {url} could run a program here: {', '.join(found)}.",
                    f"To have them, put them into your own with git config --global, and take them out of {file}.",
                )
    if is_there and not is_known:
        raise Refused(f"{url} has no settings of a repository.", way)


def _is_local(url: str) -> bool:
    """Whether git takes a URL for a path: no host stands before its first colon."""
    if "://" in url:
        return url.startswith("file://")
    host, colon, _ = url.partition(":")
    return not colon or "/" in host or (len(host) == 1 and os.name == "nt")


def current_branch(git: Git, git_dir: str) -> Repository:
    """On which branch a repository is, and where that is shared."""
    branch = git.first_line("symbolic-ref", "--quiet", "--short", "HEAD")
    remotes = os.fsdecode(git.check_output("remote")).split()
    wanted = git.first_line("config", "--get", f"branch.{branch}.remote") if branch else ""
    if wanted not in remotes:
        wanted = remotes[0] if len(remotes) == 1 else "origin" if "origin" in remotes else ""
    merged = git.first_line("config", "--get", f"branch.{branch}.merge") if branch else ""
    there = merged.removeprefix("refs/heads/") if merged.startswith("refs/heads/") else branch
    return Repository(git, git_dir, branch, wanted, there)


def check_identity(git: Git) -> None:
    """Raises Refused when git does not know who commits, and would guess."""
    for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        if git.run("-c", "user.useConfigOnly=true", "var", who, writes=False).exit_code != 0:
            raise Refused(
                "git does not know who you are.",
                'Tell it: git config --global user.name "Your Name"; git config --global user.email you@example.com',
            )


# ------------------------------------------------------------------------------- one is made


def check_can_init(root: str) -> None:
    """Raises what keeps a folder from being made a repository, before anything is written."""
    try:
        os.makedirs(root, exist_ok=True)
    except OSError as error:
        raise ExternalError(f"{error.filename} cannot be made: {error.strerror}.") from error
    with contextlib.suppress(NotFound):
        open_git(root, accept_any_driver=True)
    check_identity(Git(root))


def init_repository(root: str) -> Git:
    """git in a vault that is a repository now, with our merge of notes installed for the user's own merges."""
    git = Git(root)
    if not os.path.lexists(os.path.join(root, ".git")):
        git.check_output("init", "--quiet", "--initial-branch=main", writes=True)
    for key, value in (("name", "vaultcrm, property by property"), ("driver", merge_driver_command())):
        git.check_output("config", "--local", f"merge.vaultcrm.{key}", value, writes=True)
    return git
