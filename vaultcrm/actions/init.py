"""A vault made, furnished and remembered."""

import os
from datetime import datetime
from typing import NamedTuple

from vaultcrm.actions.commit import commit
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.default_vault import settings_file
from vaultcrm.disk import files
from vaultcrm.errors import AlreadyExists, ExternalError
from vaultcrm.git import repository
from vaultcrm.git.attributes import GITATTRIBUTES, IGNORE_PATTERNS, MERGE_ATTRIBUTE, with_missing_lines
from vaultcrm.obsidian import install
from vaultcrm.vault.settings import SETTINGS_FILE
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import Writer, writing

SETTINGS_TEMPLATE = """\
# This file marks the vault and holds its settings.

# Folders and files that are not read as notes:
# ignore = ["archive", "*.draft.md"]

# What 03/04 means: "dmy" is 3 April, "mdy" is March 4. Without it such dates are refused.
# date_order = "dmy"

# The languages whose words search knows in all their forms; English without it:
# languages = ["english", "german"]

# Which checkbox lines are follow-ups, and what else stands in a box; without it as the plug-in Tasks has it:
# [tasks]
# filter = "#task"
# statuses = { "!" = "todo", ">" = "cancelled" }

# Every command commits what it wrote, in a vault that is a git repository:
# [git]
# autocommit = true

# A saved search, run by its name: vaultcrm search unpaid
# [search.unpaid]
# query = "tag:invoice -status:done"
"""


class InitResult(NamedTuple):
    """A vault made or added to: the paths created and changed, whether it is the default now, and what was left as it is.

    `commit` says what was committed first, and is empty when nothing was; `is_shared` is a repository with a remote.
    """

    root: str
    created: list[str]
    changed: list[str]
    is_default: bool
    left: list[str]
    commit: str = ""
    is_shared: bool = False


def init(folder: str, words: str, at: str, for_obsidian: bool | None = None, with_git: bool = False) -> InitResult:
    """Make a folder a vault. A folder that holds notes already keeps them as they are; nothing is overwritten.

    A new vault gets views, templates and types for Obsidian unless `for_obsidian` is False; a
    vault that is there gets them only where it is True. `with_git` makes either a git repository.
    Raises Changed when there is nothing to do.
    """
    root = os.path.realpath(os.path.expanduser(folder))
    is_new = not os.path.exists(os.path.join(root, SETTINGS_FILE))
    if not is_new and not for_obsidian and not with_git:
        raise AlreadyExists(
            f"{root} is a vault already.", "Nothing was changed. To add to it: vaultcrm init --obsidian, or vaultcrm init --git"
        )
    if with_git:
        repository.check_can_init(root)
    if is_new:
        _make_folders(root)
    with writing(Vault(root), words, at) as writer:
        if is_new:
            writer.create_file(SETTINGS_FILE, SETTINGS_TEMPLATE.encode())
        left = install.install_files(writer) if for_obsidian or (is_new and for_obsidian is None) else []
        if with_git:
            write_git_files(writer)
    made = InitResult(root, writer.created, writer.changed, is_new and _make_default(root), left)
    if not with_git:
        return made
    git = repository.init_repository(root)
    told = commit(Crm(root, datetime.fromisoformat(at), [words]), git) if not git.resolve_commit("HEAD") else []
    return made._replace(commit="; ".join(told), is_shared=bool(git.first_line("remote")))


def _make_folders(root: str) -> None:
    try:
        for below in ("clients", "inbox", "templates"):
            os.makedirs(os.path.join(root, below), exist_ok=True)
    except OSError as error:
        raise ExternalError(f"{error.filename} cannot be made: {error.strerror}.") from error


def _make_default(root: str) -> bool:
    """Make a vault the default where there are no settings yet."""
    path = settings_file()
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        quoted = root.replace("\\", "\\\\").replace('"', '\\"')
        files.create(path, f'# The vault that is used outside of every vault:\nvault = "{quoted}"\n'.encode())
    except OSError:  # there are settings already, or none can be written: both are no reason to fail
        return False
    return True


def write_git_files(writer: Writer) -> None:
    """What git leaves out, and how it merges: `.gitignore` and `.gitattributes`, or the lines that they lack."""
    for path, text, wanted in (
        (".gitignore", "".join(f"{name}\n" for name in IGNORE_PATTERNS), IGNORE_PATTERNS),
        (".gitattributes", GITATTRIBUTES, (MERGE_ATTRIBUTE,)),
    ):
        if not writer.create_file(path, text.encode()):
            writer.edit(path, lambda data, wanted=wanted: with_missing_lines(data, wanted))  # type: ignore[misc]  # a lambda's default has no type
