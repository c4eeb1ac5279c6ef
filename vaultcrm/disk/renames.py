"""Renames that Python's `os` doesn't offer: exchange two names, and never overwrite (renameat2 of Linux)."""

import errno
import functools
import os
import sys
from collections.abc import Callable

_NOREPLACE, _EXCHANGE = 1, 2  # <linux/fs.h>
_AT_FDCWD = -100
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM)


def exchange(first: str, second: str) -> bool:
    """Let two existing files swap their names in one step. Returns False where the system or the file system can't."""
    return _rename(first, second, _EXCHANGE)


def rename_to_free_name(old: str, new: str) -> None:
    """Rename a file or folder. Raises FileExistsError if the new name is taken."""
    if not _rename(old, new, _NOREPLACE):
        _rename_by_link(old, new)


def _rename_by_link(old: str, new: str) -> None:
    """The same in two steps; where there are neither links nor such renames, and for folders, the caller has to look before."""
    if os.path.isdir(old):
        os.rename(old, new)
        return
    try:
        os.link(old, new, follow_symlinks=False)  # unlike a rename, a link fails if the name is taken
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # this file system has no hard links: exFAT, some network drives
        os.rename(old, new)
    else:
        os.unlink(old)


def _rename(old: str, new: str, flags: int) -> bool:
    call = _renameat2()
    if call is None:
        return False
    code = call(os.fsencode(old), os.fsencode(new), flags)
    if code in _UNSUPPORTED:
        return False
    if code:
        raise OSError(code, os.strerror(code), old, None, new)
    return True


@functools.cache
def _renameat2() -> Callable[[bytes, bytes, int], int] | None:
    """The system call, which returns an error number or 0; None if there is none."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes  # late: takes 5 ms, and most commands replace no file

    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):  # an older C library
        return None
    function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]

    def call(old: bytes, new: bytes, flags: int) -> int:
        return 0 if function(_AT_FDCWD, old, _AT_FDCWD, new, flags) == 0 else ctypes.get_errno()

    return call
