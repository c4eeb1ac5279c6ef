"""What a sync would commit, how far the vault is from its remote, and which notes Git leaves out."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vaultcrm.actions import commit_message
from vaultcrm.actions.commit import file_changes, find_conflict_copies, is_temp_file, list_files
from vaultcrm.actions.crm import Crm
from vaultcrm.git import repository
from vaultcrm.git.client import Git

IGNORED_BY_VAULT = "ignored by .gitignore"
IGNORED_BY_USER = "ignored by .git/info/exclude or by your global Git settings"


class LeftOut(NamedTuple):
    """A note that Git leaves out, or a folder with such notes, and the reason in words."""

    path: str
    why: str


class SyncStatus(NamedTuple):
    """The state of the vault's repository, as far as it is known without the network.

    `to_commit` has one line for each client. `unfinished` says what prevents a sync and `way` what to do about it; both
    are empty if nothing does. `copies` are the paths of conflict copies, `left_out` notes that Git doesn't have.
    """

    branch: str
    remote: str
    to_commit: list[str]
    ahead: int
    behind: int
    unfinished: str
    way: str
    copies: list[str]
    left_out: list[LeftOut]


def sync_status(crm: Crm) -> SyncStatus:
    """The status as of the last fetch. Writes nothing and doesn't use the network."""
    git, git_dir = repository.open_git(crm.vault.root)
    repo = repository.current_branch(git, git_dir)
    unfinished, way = repository.unfinished_operation(git, git_dir)
    if not unfinished and os.path.lexists(os.path.join(git_dir, "index.lock")):
        unfinished, way = "Another Git command is running here, or one was killed.", "Wait until it has finished."
    diffs = [diff for diff in git.uncommitted() if not is_temp_file(diff.path)]
    crm.refresh()
    changes = commit_message.detect_renames(file_changes(crm, git, diffs))
    ahead, behind = repo.ahead_behind()
    files = list_files(git)
    return SyncStatus(
        branch=repo.branch,
        remote=repo.remote,
        to_commit=commit_message.describe(changes, crm.vault.task_settings),
        ahead=ahead,
        behind=behind,
        unfinished=unfinished,
        way=way,
        left_out=find_left_out(crm, git, files),
        copies=sorted(find_conflict_copies(git, diffs, files)),
    )


def find_left_out(crm: Crm, git: Git, files: Iterable[str]) -> list[LeftOut]:
    """The notes that Git leaves out, sorted by path. `files` are those that it sees."""
    crm.refresh()
    known = set(files)
    missing = [path for path in crm.catalog.file_paths() if path not in known and os.path.lexists(os.path.join(git.root, path))]
    return sorted(set(_reasons(git, missing))) if missing else []


def _reasons(git: Git, paths: list[str]) -> Iterator[LeftOut]:
    others = []
    for path in paths:
        folders = path.split("/")[:-1]
        above = ["/".join(folders[: count + 1]) for count in range(len(folders))]
        inner = next((folder for folder in above if os.path.lexists(os.path.join(git.root, folder, ".git"))), "")
        if inner:
            yield LeftOut(inner, "a Git repository of its own")
        else:
            others.append(path)
    ignored = git.check_output("ls-files", "--others", "--ignored", "--exclude-per-directory=.gitignore", "-z") if others else b""
    by_vault = set(os.fsdecode(ignored).split("\0"))
    for path in others:
        yield LeftOut(path, IGNORED_BY_VAULT if path in by_vault else IGNORED_BY_USER)
