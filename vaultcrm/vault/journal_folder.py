"""The folder of a vault's journal, which is found again after the vault's folder has been moved.

It is named after the vault's path. A file in it holds the ID from the vault's settings, so that a vault at a
new path takes its history along, and another vault at the old path doesn't get it. A copy of a vault has the
same ID; while the original is there, the copy has a history of its own.
"""

import contextlib
import os
import re

from vaultcrm.disk import files, user_dirs
from vaultcrm.errors import VaultcrmError
from vaultcrm.vault.settings import SETTINGS_FILE

EXAMPLE_ID = "0000000000000000"
_OWNER_FILE = "vault"  # two lines: the vault's ID and its path
_ID_LINE = rb'^id[ \t]*=[ \t]*"([0-9A-Za-z-]{8,64})"[ \t]*\r?$'


def journal_folder(root: str) -> str:
    """The folder of the journal of the vault at `root`; created, or taken over from its old path. Raises ExternalError."""
    path = user_dirs.vault_path("state", root)
    if vault_id := read_id(root):
        with contextlib.suppress(OSError):
            owner = _owner(path)[0]
            if owner not in ("", vault_id):  # another vault was here, which has been moved
                os.rename(path, f"{path} {owner}")
            if not os.path.exists(path) and (old := _find(root, vault_id, os.path.dirname(path))):
                os.rename(old, path)
                remember_vault(path, root)
    return user_dirs.vault_dir("state", root)


def remember_vault(folder: str, root: str) -> None:
    """Note down whose journal is in the folder."""
    vault_id = read_id(root)
    if vault_id and _owner(folder) != (vault_id, root):
        with contextlib.suppress(OSError), open(os.path.join(folder, _OWNER_FILE), "wb") as file:
            file.write(os.fsencode(f"{vault_id}\n{root}"))


def read_id(root: str) -> str:
    """The ID in a vault's settings, "" if there is none. Settings that aren't valid otherwise are no obstacle to undo."""
    try:
        data = files.read(os.path.join(root, SETTINGS_FILE), follow_symlinks=True).data
    except (OSError, VaultcrmError):
        return ""
    match = re.search(_ID_LINE, (b"\n" + data).partition(b"\n[")[0], re.MULTILINE)
    return match[1].decode() if match else ""


def with_id(settings: bytes) -> bytes:
    """The text of a settings file with a new ID as its first line; unchanged if it has a key of this name already, in whatever form."""
    import tomllib  # late: once in the life of a vault

    ending = b"\r\n" if b"\r\n" in settings else b"\n"
    text = id_line() + ending + settings
    try:
        tomllib.loads(text.decode())
    except ValueError:
        return settings
    return text


def id_line() -> bytes:
    """A setting with a new ID."""
    return b'id = "%s"' % os.urandom(8).hex().encode()


def _owner(folder: str) -> tuple[str, str]:
    """The ID and the path of the vault whose journal is in a folder; empty if unknown."""
    try:
        with open(os.path.join(folder, _OWNER_FILE), "rb") as file:
            vault_id, _, root = os.fsdecode(file.read()).partition("\n")
    except OSError:
        return "", ""
    return vault_id, root


def _find(root: str, vault_id: str, state_folder: str) -> str:
    """The folder that holds the journal of a vault which is no longer where it was; "" if there is none."""
    if vault_id == EXAMPLE_ID:  # shared by all copies of it
        return ""
    for entry in os.scandir(state_folder):
        owner, old_root = _owner(entry.path)
        if owner == vault_id and (old_root == root or read_id(old_root) != vault_id):
            return entry.path
    return ""
