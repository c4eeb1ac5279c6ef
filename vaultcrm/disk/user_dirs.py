"""Where vaultcrm keeps its own files, outside the vault: cache, journal and settings.

These are the XDG folders on Linux and their counterparts on macOS and Windows. platformdirs
follows the same three rules, but importing it takes a third as long as importing all of click.
"""

import os
import sys

_XDG = {"cache": ("XDG_CACHE_HOME", ".cache"), "state": ("XDG_STATE_HOME", ".local/state"), "config": ("XDG_CONFIG_HOME", ".config")}
_MAC = {"cache": "Library/Caches", "state": "Library/Application Support", "config": "Library/Application Support"}


def user_dir(kind: str) -> str:
    """The user's folder for "cache" (may be deleted at any time), "state" (the journal) or "config"."""
    variable, below_home = _XDG[kind]
    if xdg_folder := os.environ.get(variable):
        return os.path.join(xdg_folder, "vaultcrm")
    if sys.platform == "darwin":
        below_home = _MAC[kind]
    elif sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local")
        return os.path.join(local, "vaultcrm", kind)
    return os.path.join(os.path.expanduser("~"), below_home, "vaultcrm")


def make_private(path: str) -> str:
    """Create the folder, which only the user can enter, and return its path."""
    os.makedirs(path, mode=0o700, exist_ok=True)
    return path


def vault_dir(kind: str, root: str) -> str:
    """One vault's folder within the user's cache or state folder; created if it doesn't exist."""
    name = root.replace("%", "%25").replace("/", "%2F").replace("\\", "%5C").replace(":", "%3A")
    if len(os.fsencode(name)) > 200:
        import hashlib  # late: few vaults have a path this long

        name = hashlib.blake2b(os.fsencode(root), digest_size=16).hexdigest()
    return make_private(os.path.join(make_private(user_dir(kind)), name))
