"""Where vaultcrm keeps its own files, outside the vault: cache, journal and settings.

These are the XDG folders on Linux and their counterparts on macOS and Windows. platformdirs
follows the same three rules, but importing it takes a third as long as importing all of click.
"""

import os
import sys

from vaultcrm.disk.blake2 import blake2b
from vaultcrm.errors import ExternalError

_XDG = {"cache": ("XDG_CACHE_HOME", ".cache"), "state": ("XDG_STATE_HOME", ".local/state"), "config": ("XDG_CONFIG_HOME", ".config")}
_MAC = {"cache": "Library/Caches", "state": "Library/Application Support", "config": "Library/Application Support"}


def user_dir(kind: str) -> str:
    """The user's folder for "cache" (may be deleted at any time), "state" (the journal) or "config".

    Raises ExternalError where the user has no home.
    """
    variable, below_home = _XDG[kind]
    if sys.platform == "win32" and not os.path.isabs(os.environ.get(variable, "")):
        local = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local")
        return os.path.join(local, "vaultcrm", kind)
    return os.path.join(base_dir(variable, _MAC[kind] if sys.platform == "darwin" else below_home), "vaultcrm")


def base_dir(variable: str, below_home: str) -> str:
    """A folder of the XDG Base Directory Specification: the variable's, or the default in the user's home.

    A relative path in the variable is ignored, as the specification says. Raises ExternalError where the user has no home.
    """
    folder = os.environ.get(variable, "")
    if os.path.isabs(folder):
        return folder
    home = os.path.expanduser("~")
    if not os.path.isabs(home):  # no HOME, and no entry for the user in the system's list
        raise ExternalError("You have no home folder, so vaultcrm has no place for its own files.", f"Set HOME, or set {variable}.")
    return os.path.join(home, below_home)


def make_private(path: str, replace: bool = False) -> str:
    """Create the folder, which only the user can enter, and return its path. With `replace`, a file in its place is deleted.

    Raises ExternalError if it can't be created or written, and if other users could have written into it: their
    files must not be opened.
    """
    hint = "Make it writable, or set XDG_CACHE_HOME and XDG_STATE_HOME to folders that are."
    try:
        try:
            os.makedirs(path, mode=0o700, exist_ok=True)
        except FileExistsError:
            if not replace:
                raise
            os.unlink(path)
            os.makedirs(path, mode=0o700, exist_ok=True)
        status = os.stat(path)
    except OSError as error:
        raise ExternalError(f"The folder {path} can't be created: {error.strerror}.", hint) from error
    if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
        raise ExternalError(f"The folder {path} isn't used, because other users may write to it.", "Delete it, or move it away.")
    if not os.access(path, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise ExternalError(f"The folder {path} can't be written.", hint)
    return path


def vault_path(kind: str, root: str) -> str:
    """The path of one vault's folder within the user's cache or state folder. Raises ExternalError where the user has no home."""
    name = root.replace("%", "%25").replace("/", "%2F").replace("\\", "%5C").replace(":", "%3A")
    if len(os.fsencode(name)) > 200:
        name = blake2b(os.fsencode(root), digest_size=16).hexdigest()
    return os.path.join(user_dir(kind), name)


def vault_dir(kind: str, root: str) -> str:
    """One vault's folder within the user's cache or state folder; created if it doesn't exist. Raises ExternalError."""
    path = vault_path(kind, root)
    make_private(os.path.dirname(path))
    return make_private(path, replace=kind == "cache")


_temporary_dirs: list[str] = []


def temporary_dir() -> str:
    """A folder that only this process uses, where there is no cache. `remove_temporary_dirs` deletes it. Raises ExternalError."""
    import tempfile  # late: only without a cache

    try:
        _temporary_dirs.append(tempfile.mkdtemp(prefix="vaultcrm-"))
    except OSError as error:
        raise ExternalError("There is neither a cache nor a temporary folder.", "Set XDG_CACHE_HOME or TMPDIR.") from error
    return _temporary_dirs[-1]


def remove_temporary_dirs() -> None:
    """Delete the temporary folders of this process."""
    while _temporary_dirs:
        delete_any(_temporary_dirs.pop())


def delete_any(path: str) -> None:
    """Delete a file, or a folder with everything in it, if it exists. Raises OSError."""
    if os.path.isdir(path) and not os.path.islink(path):
        import shutil  # late: something is wrong in the cache

        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.unlink(path)
