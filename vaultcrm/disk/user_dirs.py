"""Where vaultcrm keeps what is not the vault: cache, journal, settings.

The XDG folders on Linux, their counterparts on macOS and Windows. (platformdirs knows the same
three rules, and takes a third as long to import as the whole of click.)
"""

import os
import sys

_XDG = {"cache": ("XDG_CACHE_HOME", ".cache"), "state": ("XDG_STATE_HOME", ".local/state"), "config": ("XDG_CONFIG_HOME", ".config")}
_MAC = {"cache": "Library/Caches", "state": "Library/Application Support", "config": "Library/Application Support"}


def user_dir(kind: str) -> str:
    """The user's folder for `kind`: "cache" (may vanish at any time), "state" (the journal) or "config"."""
    variable, below_home = _XDG[kind]
    if chosen := os.environ.get(variable):
        return os.path.join(chosen, "vaultcrm")
    if sys.platform == "darwin":
        below_home = _MAC[kind]
    elif sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local")
        return os.path.join(local, "vaultcrm", kind)
    return os.path.join(os.path.expanduser("~"), below_home, "vaultcrm")


def make_private(path: str) -> str:
    """Make a folder that only the user may enter, and give it back."""
    os.makedirs(path, mode=0o700, exist_ok=True)
    return path


def vault_dir(kind: str, root: str) -> str:
    """The folder of one vault within the user's cache or state folder, made if need be."""
    name = root.replace("%", "%25").replace("/", "%2F").replace("\\", "%5C").replace(":", "%3A")
    if len(os.fsencode(name)) > 200:
        import hashlib  # late: few vaults lie that deep

        name = hashlib.blake2b(os.fsencode(root), digest_size=16).hexdigest()
    return make_private(os.path.join(make_private(user_dir(kind)), name))
