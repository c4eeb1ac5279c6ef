"""Which vault a command works on, and the user's settings, which name the default one."""

import os
import re
from typing import Any

from vaultcrm.disk import files, user_dirs
from vaultcrm.errors import ExternalError, NotFound, UsageError
from vaultcrm.quoting import quoted
from vaultcrm.vault.settings import find_vault, parse_toml


def choose_vault(named: str | None, folder: str) -> str:
    """The vault that was named, else the one that encloses `folder`, else the user's default. Raises NotFound, UsageError."""
    if named == "":
        raise UsageError("--vault names no folder.", "Name one, or leave the option out.")
    if named:
        root = os.path.realpath(os.path.expanduser(named))
        if not os.path.isdir(root):
            raise NotFound(f"There is no folder {quoted(named)}.", "Create a vault there with: vaultcrm init DIR")
        return root
    if enclosing := find_vault(folder):
        return enclosing
    if default := default_vault():
        if not os.path.isdir(default):
            raise NotFound(f"Your default vault {default} doesn't exist.", f"Mount its disk, or change the vault in {settings_file()}.")
        return default
    raise NotFound("There is no vault here.", "Create one with: vaultcrm init my-vault. Or look around with: vaultcrm demo")


def has_vault(named: str | None, folder: str) -> bool:
    """Whether `choose_vault` has something to choose: a vault is named, encloses `folder`, or is in the user's settings."""
    return named is not None or find_vault(folder) is not None or default_vault() is not None


def settings_file() -> str:
    """The path of the user's settings, which hold the default vault. Raises ExternalError where the user has no home."""
    return os.path.join(user_dirs.user_dir("config"), "config.toml")


def default_vault() -> str | None:
    """The vault in the user's settings, None if they name none. Raises InvalidInput if they aren't valid TOML."""
    named = user_settings().get("vault")
    return os.path.expanduser(named) if isinstance(named, str) else None


def user_settings() -> dict[str, Any]:  # Any: what TOML holds
    """The user's settings on this computer. Raises InvalidInput if they aren't valid TOML."""
    try:
        with open(settings_file(), "rb") as file:
            text = file.read()
    except (OSError, ExternalError):  # the user has no settings, or no home
        return {}
    return parse_toml(settings_file(), text)


def set_default_vault(root: str) -> None:
    """Make a vault the user's default; what else the settings say stays. Raises InvalidInput, ExternalError."""
    path, line = settings_file(), f'vault = "{_escaped(root)}"\n'
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            files.create(path, f"# The vault that commands use outside of any vault:\n{line}".encode())
        except FileExistsError:
            default_vault()  # raises InvalidInput if it can't be edited
            before = files.read(path, follow_symlinks=True)
            text = before.data.decode()
            edited = re.sub(r"^vault[ \t]*=.*\n?", lambda _: line, text, count=1, flags=re.MULTILINE)
            files.swap(os.path.realpath(path), (edited if edited != text or line in text else line + text).encode(), before.digest)
    except OSError as error:
        raise ExternalError(f"{path} can't be written: {error.strerror}.", "Make it writable, then try again.") from error


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
