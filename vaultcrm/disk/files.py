"""Bytes on disk: read with a stamp, created without overwriting, swapped only for what was read."""

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterator
from typing import NamedTuple

from vaultcrm.errors import Conflict, ExternalError, Unreadable

TEMP_PREFIX, TEMP_SUFFIX = ".vaultcrm-", ".tmp"
MAX_NOTE_BYTES = 8 * 1024 * 1024  # bytes; what is larger is no note
# The coarsest clock that a file system keeps (FAT: 2 s), and some more: a file that was changed
# this shortly before it was read may change again without its times showing it.
RACY_NS = 2_500_000_000


class Stamp(NamedTuple):
    """How a file looked from outside. Any difference means: read it again."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int


UNSETTLED = Stamp(0, 0, -1, 0)  # no file has it


class Content(NamedTuple):
    """A file as it was read, and how to know it again."""

    data: bytes
    stamp: Stamp

    @property
    def digest(self) -> bytes:
        return digest(self.data)


def stamp_of(status: os.stat_result) -> Stamp:
    return Stamp(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def check_is_text(data: bytes) -> None:
    """Raises Unreadable, with the line, for bytes that are no note: not UTF-8, or binary."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        what = "It is UTF-16 text; save it as UTF-8." if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "It is not UTF-8 text."
        raise Unreadable(what, 1 + data[: error.start].count(b"\n"), "encoding") from error
    if b"\0" in data:
        raise Unreadable("It holds binary data.", 1 + data[: data.index(b"\0")].count(b"\n"), "binary")


def digest(data: bytes) -> bytes:
    import hashlib  # late: a command that reads and writes no note needs no digest

    return hashlib.blake2b(data, digest_size=16).digest()


def read(path: str, follow_symlinks: bool = False) -> Content:
    """A regular file's bytes. Raises Unreadable for anything else, and OSError for what the system says.

    A symbolic link is nothing to read, unless `follow` says so.

    The stamp is UNSETTLED when the file was changed so recently that another change could hide
    behind the same times.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not follow_symlinks:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unreadable("It is a symbolic link; only files in the vault itself are read.", code="symlink") from error
        raise
    try:
        for _ in range(5):
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise Unreadable("It is not a regular file.", code="not-a-file")
            if before.st_size > MAX_NOTE_BYTES:
                raise Unreadable(
                    f"It is {before.st_size // 1_000_000} MB large; notes of up to {MAX_NOTE_BYTES // 1_000_000} MB are read.",
                    code="too-large",
                )
            now = time.time_ns()
            os.lseek(descriptor, 0, os.SEEK_SET)
            data = b"".join(iter(lambda: os.read(descriptor, 1 << 20), b""))
            stamp = stamp_of(os.fstat(descriptor))
            if stamp == stamp_of(before):
                settled = max(stamp.mtime_ns, stamp.ctime_ns) < now - RACY_NS
                return Content(data, stamp if settled else UNSETTLED)
        raise Conflict(f"{path} is being written all the time.", "Try again when the other program has finished.")
    finally:
        os.close(descriptor)


def create(path: str, data: bytes) -> None:
    """Write a new file, whole or not at all. Raises FileExistsError rather than overwrite."""
    folder = os.path.dirname(path)
    mask = os.umask(0)
    os.umask(mask)
    with _temporary(folder, data, 0o666 & ~mask) as temporary:
        try:
            os.link(temporary, path)  # fails if the name is taken, as rename would not
        except FileExistsError:
            raise
        except OSError:  # no hard links here: exFAT, some network drives
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            os.replace(temporary, path)
    fsync_folder(folder)


def swap(path: str, data: bytes, expected_digest: bytes) -> None:
    """Replace a file whose digest is still `seen`. Raises Changed when somebody else was faster.

    Mode, owner and extended attributes stay. An editor does not take our lock: between the last
    look and the rename about 0.1 ms are left to it, and the journal holds what it wrote before.
    """
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        raise Conflict(f"{path} is no regular file any more.")
    if status.st_nlink > 1:
        raise ExternalError(f"{path} has a second hard link, which a safe edit would cut.", "Make it a file of its own first.")
    folder = os.path.dirname(path)
    with _temporary(folder, data, stat.S_IMODE(status.st_mode), like=path, owner=(status.st_uid, status.st_gid)) as temporary:
        if read(path).digest != expected_digest:
            raise Conflict(f"{path} was changed by another program meanwhile.")
        os.replace(temporary, path)
    fsync_folder(folder)


def remove(path: str, expected_digest: bytes) -> None:
    """Delete a file whose digest is still `seen`. Raises Changed otherwise."""
    if read(path).digest != expected_digest:
        raise Conflict(f"{path} was changed by another program meanwhile.")
    os.unlink(path)
    fsync_folder(os.path.dirname(path))


def remove_temp_files(folder: str) -> None:
    """Remove what a killed command left behind. Call it under the vault's lock only."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(TEMP_PREFIX) and entry.name.endswith(TEMP_SUFFIX):
                os.unlink(entry.path)


@contextlib.contextmanager
def _temporary(folder: str, data: bytes, mode: int, like: str | None = None, owner: tuple[int, int] | None = None) -> Iterator[str]:
    """A hidden, synced file with `data` beside its target; gone again when it was not renamed."""
    path = os.path.join(folder, f"{TEMP_PREFIX}{os.getpid()}-{time.monotonic_ns():x}{TEMP_SUFFIX}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
            if owner is not None and hasattr(os, "fchown") and owner != (os.getuid(), os.getgid()):
                with contextlib.suppress(OSError):  # only root may give a file away
                    os.fchown(file.fileno(), *owner)
            if like is not None and hasattr(os, "listxattr"):
                with contextlib.suppress(OSError):  # not on every file system
                    for name in os.listxattr(like):
                        os.setxattr(file.fileno(), name, os.getxattr(like, name))
            os.fsync(file.fileno())
        yield path
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def fsync_folder(folder: str) -> None:
    """Make a new name durable; Windows has no such call, and some file systems refuse it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF):
            raise
    finally:
        os.close(descriptor)
