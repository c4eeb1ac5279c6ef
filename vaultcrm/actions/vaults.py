"""A vault made and remembered; the last command taken back."""

import os

from vaultcrm import files
from vaultcrm.actions.choose import settings_file
from vaultcrm.errors import Changed, OutsideFailed
from vaultcrm.journal import Entry, Journal, Write
from vaultcrm.moves import Move
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

# A saved search, run by its name: vaultcrm search unpaid
# [search.unpaid]
# query = "tag:invoice -status:done"
"""


def init(folder: str, words: str, at: str) -> tuple[str, list[str], bool]:
    """Make a folder a vault; gives its root, the paths created, and whether it has become the default vault.

    A folder that holds notes already keeps them as they are; nothing is overwritten.
    """
    root = os.path.realpath(os.path.expanduser(folder))
    if os.path.exists(os.path.join(root, MARK)):
        raise Changed(f"{root} is a vault already.", "Nothing was changed.")
    try:
        for below in ("clients", "inbox", "templates"):
            os.makedirs(os.path.join(root, below), exist_ok=True)
    except OSError as error:
        raise OutsideFailed(f"{error.filename} cannot be made: {error.strerror}.") from error
    with Vault(root).writing(words, at) as writer:
        writer.create_file(MARK, SETTINGS.encode())
    return root, writer.created, _remember(root)


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


def last_change(root: str) -> tuple[list[Move], list[Write]]:
    """What `undo` would take back: what the last command moved, and the bytes before it and after it."""
    return Journal(os.path.realpath(root)).last_change()
