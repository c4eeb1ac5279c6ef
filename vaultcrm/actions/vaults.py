"""A vault made and remembered; the last command taken back."""

import os
from datetime import datetime
from typing import NamedTuple

from vaultcrm import files
from vaultcrm.actions import repository
from vaultcrm.actions.choose import settings_file
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.sync import commit
from vaultcrm.errors import Changed, OutsideFailed
from vaultcrm.journal import Entry, Journal
from vaultcrm.settings import MARK
from vaultcrm.vault import Vault

SETTINGS = """\
# This file marks the vault and holds its settings.

# Folders and files that are not read as notes:
# ignore = ["archive", "*.draft.md"]

# What 03/04 means: "dmy" is 3 April, "mdy" is March 4. Without it such dates are refused.
# date_order = "dmy"

# The languages whose words search knows in all their forms; English without it:
# languages = ["english", "german"]

# Every command commits what it wrote, in a vault that is a git repository:
# [git]
# autocommit = true

# A saved search, run by its name: vaultcrm search unpaid
# [search.unpaid]
# query = "tag:invoice -status:done"
"""


class Made(NamedTuple):
    """A vault that was made, or has become a git repository. `commit` says what was committed first; empty when nothing was."""

    root: str
    created: list[str]
    changed: list[str]
    is_default: bool
    commit: str = ""
    is_shared: bool = False


def init(folder: str, words: str, at: str, with_git: bool = False) -> Made:
    """Make a folder a vault, and a git repository too if that is wanted; a vault that is there may become one later.

    A folder that holds notes already keeps them as they are; nothing is overwritten.
    """
    root = os.path.realpath(os.path.expanduser(folder))
    is_vault = os.path.exists(os.path.join(root, MARK))
    if is_vault and not with_git:
        raise Changed(f"{root} is a vault already.", "Nothing was changed. A git repository it becomes with: vaultcrm init --git")
    if with_git:
        repository.may_begin(root)
    try:
        for below in () if is_vault else ("clients", "inbox", "templates"):
            os.makedirs(os.path.join(root, below), exist_ok=True)
    except OSError as error:
        raise OutsideFailed(f"{error.filename} cannot be made: {error.strerror}.") from error
    vault = Vault(root)
    with vault.writing(words, at) as writer:
        if not is_vault:
            writer.create_file(MARK, SETTINGS.encode())
        if with_git:
            repository.write_rules(writer)
    made = Made(root, writer.created, writer.changed, not is_vault and _remember(root))
    if not with_git:
        return made
    git = repository.begin(root)
    told = commit(Crm(root, datetime.fromisoformat(at), [words]), git) if not git.commit("HEAD") else []
    return made._replace(commit="; ".join(told), is_shared=bool(git.line("remote")))


def _remember(root: str) -> bool:
    """Make a vault the default where there are no settings yet."""
    path = settings_file()
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        quoted = root.replace("\\", "\\\\").replace('"', '\\"')
        files.create(path, f'# The vault that is used outside of every vault:\nvault = "{quoted}"\n'.encode())
    except OSError:  # there are settings already, or none can be written: both are no reason to fail
        return False
    return True


def undo(root: str) -> Entry:
    """Take back the last command's writes, all or none."""
    return Journal(os.path.realpath(root)).undo()


def redo(root: str) -> Entry:
    """Do again what was taken back last."""
    return Journal(os.path.realpath(root)).redo()


def history(root: str, limit: int = 20) -> list[Entry]:
    """The last commands that wrote, newest first."""
    return Journal(os.path.realpath(root)).entries(limit)


def last_change(root: str) -> list[tuple[str, bytes | None, bytes | None]]:
    """What `undo` would take back: path, bytes before the last command and after it; None where there is no file."""
    return Journal(os.path.realpath(root)).last_change()
