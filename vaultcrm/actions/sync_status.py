"""What a sync would commit, and how many commits the vault is ahead of or behind its remote."""

import os
from typing import NamedTuple

from vaultcrm.actions import commit_message
from vaultcrm.actions.commit import file_changes, find_conflict_copies, is_temp_file, list_files
from vaultcrm.actions.crm import Crm
from vaultcrm.git import repository


class SyncStatus(NamedTuple):
    """The state of the vault's repository, as far as it is known without the network.

    `to_commit` has one line for each client. `unfinished` says what prevents a sync and `way` what to do about it; both
    are empty if nothing does. `copies` are the paths of conflict copies.
    """

    branch: str
    remote: str
    to_commit: list[str]
    ahead: int
    behind: int
    unfinished: str
    way: str
    copies: list[str]


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
    return SyncStatus(
        branch=repo.branch,
        remote=repo.remote,
        to_commit=commit_message.describe(changes, crm.vault.task_settings),
        ahead=ahead,
        behind=behind,
        unfinished=unfinished,
        way=way,
        copies=sorted(find_conflict_copies(git, diffs, list_files(git))),
    )
