"""Files on disk: read with a stamp, created without overwriting, replaced only if unchanged since they were read."""

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterator
from typing import NamedTuple

from vaultcrm.errors import Conflict, ExternalError, Unreadable

TEMP_PREFIX, TEMP_SUFFIX = ".vaultcrm-", ".tmp"
MAX_NOTE_BYTES = 8 * 1024 * 1024  # larger files are not read as notes
# Slightly more than the coarsest timestamps of any file system (FAT: 2 s). A file that was changed
# this recently before it was read can change again without its timestamps changing.
RACY_NS = 2_500_000_000


class Stamp(NamedTuple):
    """A file's metadata when it was read. If any of it differs now, the file must be read again."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int


UNSETTLED = Stamp(0, 0, -1, 0)  # equals no real file's stamp


class Content(NamedTuple):
    """The bytes of a file, and its stamp when they were read."""

    data: bytes
    stamp: Stamp

    @property
    def digest(self) -> bytes:
        return digest(self.data)


def stamp_of(status: os.stat_result) -> Stamp:
    return Stamp(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def check_is_text(data: bytes) -> None:
    """Raises Unreadable, with the line number, when the bytes are not UTF-8 text or contain NUL."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        is_utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        message = f"It is {'UTF-16' if is_utf16 else 'not UTF-8'} text; save it as UTF-8."
        raise Unreadable(message, 1 + data[: error.start].count(b"\n"), "encoding") from error
    if b"\0" in data:
        raise Unreadable("It contains binary data.", 1 + data[: data.index(b"\0")].count(b"\n"), "binary")


def digest(data: bytes) -> bytes:
    import hashlib  # late: a command that neither reads nor writes notes needs no digest

    return hashlib.blake2b(data, digest_size=16).digest()


def read(path: str, follow_symlinks: bool = False) -> Content:
    """The bytes of a regular file, with its stamp.

    The stamp is UNSETTLED when the file was changed so recently that a later change might not
    alter its timestamps. Raises Unreadable when the path is not a regular file, is a symbolic
    link (unless `follow_symlinks`) or is larger than MAX_NOTE_BYTES; Conflict when the file keeps
    changing while it is read; OSError when the system can't read it.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not follow_symlinks:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unreadable("It is a symbolic link; vaultcrm only reads files that are in the vault itself.", code="symlink") from error
        raise
    try:
        for _ in range(5):
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise Unreadable("It is not a regular file.", code="not-a-file")
            if before.st_size > MAX_NOTE_BYTES:
                raise Unreadable(
                    f"It is {before.st_size // 1_000_000} MB; vaultcrm reads notes of up to {MAX_NOTE_BYTES // 1_000_000} MB.",
                    code="too-large",
                )
            now = time.time_ns()
            os.lseek(descriptor, 0, os.SEEK_SET)
            data = b"".join(iter(lambda: os.read(descriptor, 1 << 20), b""))
            stamp = stamp_of(os.fstat(descriptor))
            if stamp == stamp_of(before):
                settled = max(stamp.mtime_ns, stamp.ctime_ns) < now - RACY_NS
                return Content(data, stamp if settled else UNSETTLED)
        raise Conflict(f"{path} keeps changing while it is read.", "Try again when the other program has finished.")
    finally:
        os.close(descriptor)


def create(path: str, data: bytes) -> None:
    """Write a new file atomically. Raises FileExistsError if the name is taken; never overwrites."""
    folder = os.path.dirname(path)
    mask = os.umask(0)
    os.umask(mask)
    with _temp_file(folder, data, 0o666 & ~mask) as temp_path:
        try:
            os.link(temp_path, path)  # unlike a rename, a link fails if the name is taken
        except FileExistsError:
            raise
        except OSError:  # this file system has no hard links: exFAT, some network drives
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            os.replace(temp_path, path)
    fsync_folder(folder)


def swap(path: str, data: bytes, expected_digest: bytes) -> None:
    """Replace the file's bytes if their digest is still `expected_digest`. Raises Conflict if another program changed them.

    Mode, owner and extended attributes stay. Editors don't take vaultcrm's lock, so an editor can
    still write in the 0.1 ms between the last check and the rename; the journal keeps the bytes
    that the file had at the check.
    """
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        raise Conflict(f"{path} is no longer a regular file.")
    if status.st_nlink > 1:
        raise ExternalError(
            f"{path} has more than one hard link, and a safe edit would break the link.", "Replace it with a copy of its own first."
        )
    folder = os.path.dirname(path)
    with _temp_file(folder, data, stat.S_IMODE(status.st_mode), like=path, owner=(status.st_uid, status.st_gid)) as temp_path:
        if read(path).digest != expected_digest:
            raise Conflict(f"{path} was changed by another program in the meantime.")
        os.replace(temp_path, path)
    fsync_folder(folder)


def remove(path: str, expected_digest: bytes) -> None:
    """Delete the file if its digest is still `expected_digest`. Raises Conflict otherwise."""
    if read(path).digest != expected_digest:
        raise Conflict(f"{path} was changed by another program in the meantime.")
    os.unlink(path)
    fsync_folder(os.path.dirname(path))


def remove_temp_files(folder: str) -> None:
    """Remove the temporary files of a killed command. Call it only while holding the vault's lock."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(TEMP_PREFIX) and entry.name.endswith(TEMP_SUFFIX):
                os.unlink(entry.path)


@contextlib.contextmanager
def _temp_file(folder: str, data: bytes, mode: int, like: str | None = None, owner: tuple[int, int] | None = None) -> Iterator[str]:
    """The path of a hidden, fsynced temporary file with `data`; deleted at the end unless it was renamed.

    `like` is a file whose extended attributes are copied.
    """
    path = os.path.join(folder, f"{TEMP_PREFIX}{os.getpid()}-{time.monotonic_ns():x}{TEMP_SUFFIX}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
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
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def fsync_folder(folder: str) -> None:
    """Make new names in the folder durable. Windows has no such call, and some file systems refuse it."""
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
