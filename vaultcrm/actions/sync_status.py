"""What a sync would commit, and how far the vault is from its remote."""

import os
from typing import NamedTuple

from vaultcrm.actions import commit_message
from vaultcrm.actions.commit import _all_files, _changes, _copies, _is_temporary
from vaultcrm.actions.crm import Crm
from vaultcrm.git import repository


class Standing(NamedTuple):
    """How things stand, without asking the network. `unfinished` says what keeps a sync from working, and `way` the way out."""

    branch: str
    remote: str
    to_commit: list[str]
    ahead: int
    behind: int
    unfinished: str
    way: str
    copies: list[str]


def standing(crm: Crm) -> Standing:
    """What a sync would commit, and how far the vault is from its remote, as of the last fetch. Writes nothing."""
    git, directory = repository.opened(crm.vault.root)
    place = repository.located(git, directory)
    what, way = repository.unfinished(git, directory)
    if not what and os.path.lexists(os.path.join(directory, "index.lock")):
        what, way = "Another git is at work here, or one was killed.", "Wait for it."
    differing = [one for one in git.on_disk() if not _is_temporary(one.path)]
    crm.refresh()
    changes = _changes(crm, git, differing)
    copies = sorted(_copies(git, differing, _all_files(git)))
    return Standing(
        place.branch,
        place.remote,
        commit_message.lines(commit_message.paired(changes), crm.vault.task_settings),
        *place.distance(),
        what,
        way,
        copies,
    )
