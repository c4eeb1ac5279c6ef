"""Which vault a command works on."""

import os

from vaultcrm.disk import user_dirs
from vaultcrm.errors import ExternalError, NotFound
from vaultcrm.vault.settings import find_vault, parse_toml


def choose_vault(named: str | None, folder: str) -> str:
    """The vault that was named, else the one that encloses `folder`, else the user's default. Raises NotFound."""
    if named:
        root = os.path.realpath(os.path.expanduser(named))
        if not os.path.isdir(root):
            raise NotFound(f"There is no folder {named!r}.", "Create a vault there with: vaultcrm init DIR")
        return root
    if enclosing := find_vault(folder):
        return enclosing
    if default := default_vault():
        if not os.path.isdir(default):
            raise NotFound(f"Your default vault {default} doesn't exist.", f"Mount its disk, or change the vault in {settings_file()}.")
        return default
    raise NotFound("There is no vault here.", "Create one with: vaultcrm init my-vault. Or look around with: vaultcrm demo")


def settings_file() -> str:
    """The path of the user's settings, which hold the default vault. Raises ExternalError where the user has no home."""
    return os.path.join(user_dirs.user_dir("config"), "config.toml")


def default_vault() -> str | None:
    """The vault in the user's settings, None if they name none. Raises InvalidInput if they aren't valid TOML."""
    try:
        with open(settings_file(), "rb") as file:
            text = file.read()
    except (OSError, ExternalError):  # the user has no settings, or no home
        return None
    named = parse_toml(settings_file(), text).get("vault")
    return os.path.expanduser(named) if isinstance(named, str) else None
