"""Create a vault, or add Obsidian files or a Git repository to one."""

import os
from datetime import datetime
from functools import partial
from typing import NamedTuple

from vaultcrm.actions.commit import commit
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.default_vault import set_default_vault, settings_file
from vaultcrm.errors import AlreadyExists, ExternalError, VaultcrmError
from vaultcrm.git import repository
from vaultcrm.git.attributes import GITATTRIBUTES, IGNORE_PATTERNS, MERGE_ATTRIBUTE, with_missing_lines
from vaultcrm.obsidian import install
from vaultcrm.vault.journal_folder import id_line
from vaultcrm.vault.settings import SETTINGS_FILE, find_vault
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import Writer, writing

SETTINGS_TEMPLATE = """\
# This file marks the vault and holds its settings.

# By this ID, undo finds its history when the vault's folder is moved:
NEW_ID

# New notes link to their client in the property client, so that Obsidian's graph is connected:
client_links = true

# Folders and files that are not read as notes:
# ignore = ["archive", "*.draft.md"]

# What 03/04 means: "dmy" is 3 April, "mdy" is March 4. Without this setting such dates are refused.
# date_order = "dmy"

# The languages in which search finds other forms of a word (default: English):
# languages = ["english", "german"]

# Which checkbox lines are follow-ups, and your own status characters (default: the settings of the Tasks plugin):
# [tasks]
# filter = "#task"
# statuses = { "!" = "todo", ">" = "cancelled" }

# Commit what each command wrote, if the vault is a Git repository:
# [git]
# autocommit = true

# A saved search, which you run by its name: vaultcrm search unpaid
# [search.unpaid]
# query = "tag:invoice -status:done"
"""


class InitResult(NamedTuple):
    """The paths created and changed, whether the vault is now the default, and warnings about files that could not be added to.

    `commit_summary` describes the first commit; it is empty if nothing was committed. `has_remote`: the
    repository has a remote.
    """

    root: str
    created: list[str]
    changed: list[str]
    is_default: bool
    warnings: list[str]
    commit_summary: str = ""
    has_remote: bool = False


def init(
    folder: str, command: str, at: str, for_obsidian: bool | None = None, with_git: bool = False, as_default: bool = False
) -> InitResult:
    """Make a folder a vault. Existing notes stay as they are; nothing is overwritten.

    A new vault gets views, templates and property types for Obsidian unless `for_obsidian` is False;
    an existing vault gets them only if it is True. `with_git` makes the vault a Git repository, `as_default` the
    user's default.
    `command` and `at`, the local time in ISO form, are kept for undo. Raises AlreadyExists if there is
    nothing to do.
    """
    root = os.path.realpath(os.path.expanduser(folder))
    is_new = not os.path.exists(os.path.join(root, SETTINGS_FILE))
    # a clone, or a vault inside another one, is seldom the one that is meant everywhere
    may_be_default = is_new and not os.path.lexists(os.path.join(root, ".git")) and find_vault(root) is None
    if not is_new and as_default and not for_obsidian and not with_git:
        set_default_vault(root)
        return InitResult(root, [], [], True, [])
    if not is_new and not for_obsidian and not with_git:
        raise AlreadyExists(
            f"{root} is already a vault.", "Nothing was changed. To add to it: vaultcrm init --obsidian, or vaultcrm init --git"
        )
    if with_git:
        repository.check_can_init(root)
    if is_new:
        _create_folders(root)
    with writing(Vault(root), command, at) as writer:
        if is_new:
            writer.create_file(SETTINGS_FILE, SETTINGS_TEMPLATE.encode().replace(b"NEW_ID\n", id_line() + b"\n", 1))
        warnings = install.install_files(writer) if for_obsidian or (is_new and for_obsidian is None) else []
        if with_git:
            write_git_files(writer)
    if as_default:
        set_default_vault(root)
    result = InitResult(root, writer.created, writer.changed, as_default or (may_be_default and _make_default(root)), warnings)
    if not with_git:
        return result
    git = repository.init_repository(root)
    lines = commit(Crm(root, datetime.fromisoformat(at), [command]), git) if not git.resolve_commit("HEAD") else []
    return result._replace(commit_summary="; ".join(lines), has_remote=bool(git.first_line("remote")))


def _create_folders(root: str) -> None:
    try:
        for name in ("clients", "inbox", "templates"):
            os.makedirs(os.path.join(root, name), exist_ok=True)
    except OSError as error:
        raise ExternalError(f"Can't create {error.filename}: {error.strerror}.") from error


def _make_default(root: str) -> bool:
    """Make a vault the default if the user has no settings yet. Returns whether it is."""
    try:
        if os.path.exists(settings_file()):
            return False
        set_default_vault(root)
    except VaultcrmError:  # the settings can't be written; init succeeds all the same
        return False
    return True


def write_git_files(writer: Writer) -> None:
    """Create `.gitignore` and `.gitattributes`, or add our lines that are missing from them."""
    for path, text, required_lines in (
        (".gitignore", "".join(f"{name}\n" for name in IGNORE_PATTERNS), IGNORE_PATTERNS),
        (".gitattributes", GITATTRIBUTES, (MERGE_ATTRIBUTE,)),
    ):
        if not writer.create_file(path, text.encode()):
            writer.edit(path, partial(with_missing_lines, lines=required_lines))
