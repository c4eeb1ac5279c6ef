"""Which vault a command works on."""

import os

from vaultcrm.disk import user_dirs
from vaultcrm.errors import InvalidInput, NotFound
from vaultcrm.vault.settings import find_vault


def choose_vault(named: str | None, here: str) -> str:
    """The vault to work on: the one named, else the one around `here`, else the user's default. Raises NotFound."""
    if named:
        root = os.path.realpath(os.path.expanduser(named))
        if not os.path.isdir(root):
            raise NotFound(f"There is no folder {named!r}.", "Make a vault there with: vaultcrm init DIR")
        return root
    if around := find_vault(here):
        return around
    if default := default_vault():
        if not os.path.isdir(default):
            raise NotFound(f"Your default vault {default} is not there.", f"Mount it, or change {settings_file()}.")
        return default
    raise NotFound("There is no vault here.", "Make one with: vaultcrm init my-vault, or look around with: vaultcrm demo")


def settings_file() -> str:
    """The user's settings: the default vault."""
    return os.path.join(user_dirs.user_dir("config"), "config.toml")


def default_vault() -> str | None:
    """The vault that the user's settings name. Raises NotUnderstood when they cannot be read."""
    try:
        with open(settings_file(), "rb") as file:
            text = file.read()
    except OSError:
        return None
    import tomllib  # late: only outside of every vault

    try:
        named = tomllib.loads(text.decode("utf-8")).get("vault")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{settings_file()} is not TOML: {error}.", "Mend it in your editor.") from error
    return os.path.expanduser(named) if isinstance(named, str) else None
