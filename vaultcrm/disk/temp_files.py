"""Temporary files beside the files that they are to become, and their removal after a kill."""

import contextlib
import functools
import itertools
import os
import time
from collections.abc import Iterator

from vaultcrm.disk import user_dirs
from vaultcrm.disk.blake2 import blake2b
from vaultcrm.errors import ExternalError

TEMP_PREFIX, TEMP_SUFFIX = ".vaultcrm-", ".tmp"
_numbers = itertools.count()  # several threads may ask at the same moment


def remove_temp_files(folder: str) -> bool:
    """Remove the temporary files of killed commands. Call it only while holding the vault's lock. Returns whether none is left.

    Those of another computer, which has a lock of its own, stay for a day: it may be writing just now.
    """
    own, is_clean = f"{TEMP_PREFIX}{_computer()}-", True
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if is_temp_name(entry.name):
                try:
                    if entry.name.startswith(own) or entry.stat(follow_symlinks=False).st_mtime_ns < time.time_ns() - 86_400_000_000_000:
                        os.unlink(entry.path)
                except OSError:
                    is_clean = False
    return is_clean


def is_temp_name(name: str) -> bool:
    """Whether a file name is that of a temporary file of ours."""
    return name.startswith(TEMP_PREFIX) and name.endswith(TEMP_SUFFIX)


def _computer() -> str:
    """Identifies this computer and its state folder, whose lock protects our temporary files."""
    try:
        return _computer_with(user_dirs.user_dir("state"))
    except ExternalError:  # the user has no home
        return _computer_with(None)


@functools.cache
def _computer_with(state_folder: str | None) -> str:
    parts = [os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")]
    with contextlib.suppress(OSError, ValueError), open("/etc/machine-id", encoding="ascii") as file:
        parts.append(file.read(64))
    parts += [state_folder] if state_folder is not None else []
    return blake2b(os.fsencode("\n".join(parts)), digest_size=4).hexdigest()


@contextlib.contextmanager
def temp_name(folder: str) -> Iterator[str]:
    """The path of a temporary file that doesn't exist yet. If it exists in the end, it is removed, now or by the next command."""
    path = os.path.join(folder, f"{TEMP_PREFIX}{_computer()}-{os.getpid()}-{time.monotonic_ns():x}-{next(_numbers)}{TEMP_SUFFIX}")
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)


@contextlib.contextmanager
def temp_file(folder: str, data: bytes, mode: int, like: str | None = None, owner: tuple[int, int] | None = None) -> Iterator[str]:
    """The path of a hidden, fsynced temporary file with `data`; deleted at the end unless it was renamed.

    `like` is a file whose extended attributes are copied.
    """
    with temp_name(folder) as path:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
            if owner is not None and hasattr(os, "fchown") and owner != (os.getuid(), os.getgid()):
                with contextlib.suppress(OSError):  # only root may change a file's owner
                    os.fchown(file.fileno(), *owner)
            if like is not None and hasattr(os, "listxattr"):
                with contextlib.suppress(OSError):  # not every file system has extended attributes
                    for name in os.listxattr(like):
                        os.setxattr(file.fileno(), name, os.getxattr(like, name))
            os.fsync(file.fileno())
        yield path
