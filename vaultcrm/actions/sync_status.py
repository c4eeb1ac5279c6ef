"""What a sync would commit, and how far the vault is from its remote."""

import os
from typing import NamedTuple

from vaultcrm.actions import commit_message
from vaultcrm.actions.commit import all_files, conflict_copies, file_changes, is_temporary
from vaultcrm.actions.crm import Crm
from vaultcrm.git import repository


class SyncStatus(NamedTuple):
    """How things stand, without asking the network. `unfinished` says what keeps a sync from working, and `way` the way out."""

    branch: str
    remote: str
    to_commit: list[str]
    ahead: int
    behind: int
    unfinished: str
    way: str
    copies: list[str]


def sync_status(crm: Crm) -> SyncStatus:
    """What a sync would commit, and how far the vault is from its remote, as of the last fetch. Writes nothing."""
    git, directory = repository.open_git(crm.vault.root)
    place = repository.current_branch(git, directory)
    what, way = repository.unfinished_operation(git, directory)
    if not what and os.path.lexists(os.path.join(directory, "index.lock")):
        what, way = "Another git is at work here, or one was killed.", "Wait for it."
    differing = [one for one in git.uncommitted() if not is_temporary(one.path)]
    crm.refresh()
    changes = file_changes(crm, git, differing)
    copies = sorted(conflict_copies(git, differing, all_files(git)))
    return SyncStatus(
        place.branch,
        place.remote,
        commit_message.describe(commit_message.detect_renames(changes), crm.vault.task_settings),
        *place.ahead_behind(),
        what,
        way,
        copies,
    )
