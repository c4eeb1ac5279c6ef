"""Files on disk: read with a stamp, created without overwriting, replaced only if unchanged since they were read."""

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vaultcrm.disk.blake2 import blake2b
from vaultcrm.disk.renames import exchange, rename_to_free_name
from vaultcrm.disk.temp_files import is_temp_name, temp_file, temp_name
from vaultcrm.errors import Conflict, ExternalError, Unreadable

MAX_NOTE_BYTES = 8 * 1024 * 1024  # larger files are not read as notes
# Slightly more than the coarsest timestamps of any file system (FAT: 2 s). A file that was changed
# this recently before it was read can change again without its timestamps changing.
RACY_NS = 2_500_000_000
_PARALLEL_WRITES = 8
_COARSE_RACY_NS = 3_600_000_000_000  # an hour


class Stamp(NamedTuple):
    """A file's metadata when it was read. If any of it differs now, the file must be read again."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int


UNSETTLED = Stamp(0, 0, -1, 0)  # equals no real file's stamp


def is_settled(stamp: Stamp, now: int) -> bool:
    """Whether a change after `now`, in nanoseconds since 1970, would alter the stamp.

    Whole seconds are a sign of a disk with coarse times, such as FAT or a network drive. Its clock may be behind
    ours, so what seems older may have been written just now.
    """
    is_coarse = stamp.ctime_ns % 1_000_000_000 == 0
    return max(stamp.mtime_ns, stamp.ctime_ns) < now - (_COARSE_RACY_NS if is_coarse else RACY_NS)


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
    return blake2b(data, digest_size=16).digest()


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
            check_size(before.st_size)
            now = time.time_ns()
            os.lseek(descriptor, 0, os.SEEK_SET)
            data = b"".join(iter(lambda: os.read(descriptor, 1 << 20), b""))
            stamp = stamp_of(os.fstat(descriptor))
            if stamp == stamp_of(before):
                return Content(data, stamp if is_settled(stamp, now) else UNSETTLED)
        raise Conflict(f"{path} keeps changing while it is read.", "Try again when the other program has finished.")
    finally:
        os.close(descriptor)


def check_size(size: int) -> None:
    """Raises Unreadable for a file of more bytes than a note may have."""
    if size > MAX_NOTE_BYTES:
        message = f"It is {size // 1_000_000} MB; vaultcrm reads notes of up to {MAX_NOTE_BYTES // 1_000_000} MB."
        raise Unreadable(message, code="too-large")


def create(path: str, data: bytes) -> None:
    """Write a new file atomically. Raises FileExistsError if the name is taken; never overwrites."""
    _create(path, data, _new_file_mode())
    fsync_folder(os.path.dirname(path))


def overwrite(path: str, data: bytes) -> None:
    """Write a file, new or not, so that another process sees the old one or the new one. For files that may be lost: it isn't synced."""
    with temp_name(os.path.dirname(path)) as temporary:
        with open(temporary, "xb") as file:
            file.write(data)
        os.replace(temporary, path)


def create_all(new_files: Sequence[tuple[str, bytes]]) -> list[str]:
    """Write new files as `create` does, and return the paths of those that existed already.

    Several files wait for the disk at the same time, and a folder is synced once for all of its files. Raises the
    first error of the system; by then the other files are written.
    """
    from concurrent.futures import ThreadPoolExecutor, wait  # late: only imports write many files

    with ThreadPoolExecutor(_PARALLEL_WRITES) as pool:
        mode = _new_file_mode()
        outcomes = [pool.submit(_create, path, data, mode) for path, data in new_files]
        wait(outcomes)
        for _ in pool.map(fsync_folder, {os.path.dirname(path) for path, _ in new_files}):
            pass
    taken = [path for (path, _), outcome in zip(new_files, outcomes, strict=True) if isinstance(outcome.exception(), FileExistsError)]
    for outcome in outcomes:
        if (error := outcome.exception()) and not isinstance(error, FileExistsError):
            raise error
    return taken


def _new_file_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _create(path: str, data: bytes, mode: int) -> None:
    with temp_file(os.path.dirname(path), data, mode) as temp_path:
        try:
            os.link(temp_path, path)  # unlike a rename, a link fails if the name is taken
        except FileExistsError:
            raise
        except OSError:  # this file system has no hard links: exFAT, some network drives
            _rename_to_new(temp_path, path)


def _rename_to_new(temp_path: str, path: str) -> None:
    """Rename to a name that is reserved first with an empty file. If a kill leaves the empty file, the journal removes it."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    try:
        os.replace(temp_path, path)
    except BaseException:
        remove_if_empty(path)
        raise


def remove_if_empty(path: str) -> None:
    """Remove what an interrupted `create` may leave where there are no hard links: an empty file."""
    with contextlib.suppress(OSError):
        if (status := os.lstat(path)).st_size == 0 and stat.S_ISREG(status.st_mode):
            os.unlink(path)


def swap(path: str, data: bytes, expected_digest: bytes) -> None:
    """Replace the file's bytes if their digest is still `expected_digest`. Raises Conflict if another program changed them.

    Mode, owner and extended attributes stay. Editors don't take vaultcrm's lock, so the file that was replaced
    is looked at once more: if an editor saved it after the last check, it is put back.
    """
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        raise Conflict(f"{path} is no longer a regular file.")
    folder = os.path.dirname(path)
    if status.st_nlink - _count_temp_links(folder, status) > 1:
        raise ExternalError(
            f"{path} has more than one hard link, and a safe edit would break the link.", "Replace it with a copy of its own first."
        )
    with temp_file(folder, data, stat.S_IMODE(status.st_mode), like=path, owner=(status.st_uid, status.st_gid)) as temp_path:
        _check_digest(path, path, expected_digest)
        _replace(temp_path, path, expected_digest)
    fsync_folder(folder)


def _count_temp_links(folder: str, status: os.stat_result) -> int:
    """The number of temporary files that are hard links to a file, because they could not be removed."""
    if status.st_nlink == 1:
        return 0
    with os.scandir(folder) as entries:
        temp_files = [entry for entry in entries if is_temp_name(entry.name)]
        return sum(os.path.samestat(entry.stat(follow_symlinks=False), status) for entry in temp_files)


def _replace(temp_path: str, path: str, expected_digest: bytes) -> None:
    """Rename the temporary file to `path`, and keep what it replaces until that is known to be what was expected."""
    with temp_name(os.path.dirname(path)) as kept:
        try:
            os.link(temp_path, kept)
            if not (is_exchanged := exchange(kept, path)):
                os.unlink(kept)
                os.link(path, kept)
        except OSError:  # neither hard links nor exchanges: exFAT, some network drives
            os.replace(temp_path, path)
            return
        # After an exchange the two names are one file, and a rename changes nothing; if they aren't, an editor has saved since.
        if not is_exchanged or _is_same_file(temp_path, path):
            os.replace(temp_path, path)
        try:
            _check_digest(kept, path, expected_digest)
        except BaseException:
            if not is_exchanged:
                os.replace(kept, path)
            elif exchange(kept, path) and not _is_same_file(kept, temp_path):
                exchange(kept, path)  # saved once more in the meantime: the newest stays
            raise


def remove(path: str, expected_digest: bytes) -> None:
    """Delete the file if its digest is still `expected_digest`. Raises Conflict otherwise."""
    _check_digest(path, path, expected_digest)
    folder = os.path.dirname(path)
    with temp_name(folder) as kept:
        os.rename(path, kept)
        try:
            _check_digest(kept, path, expected_digest)
        except BaseException:
            with contextlib.suppress(FileExistsError):  # saved under its name once more: the newest stays
                rename_to_free_name(kept, path)
            raise
    fsync_folder(folder)


def _check_digest(path: str, name: str, expected_digest: bytes) -> None:
    """Raises Conflict, about the file called `name`, unless the file at `path` has these bytes."""
    try:
        is_same = read(path).digest == expected_digest
    except Unreadable:  # replaced by something that is no note
        is_same = False
    if not is_same:
        raise Conflict(f"{name} was changed by another program in the meantime.")


def _is_same_file(first: str, second: str) -> bool:
    try:
        return os.path.samestat(os.lstat(first), os.lstat(second))
    except FileNotFoundError:
        return False


def make_folder(path: str) -> None:
    """Create a folder and those around it that are missing, and make their names durable."""
    make_folders([path])


def make_folders(paths: Iterable[str]) -> None:
    """Create folders as `make_folder` does. Each folder that gets new ones is waited for once."""
    parents: dict[str, None] = {}
    for path in paths:
        missing = []
        while not os.path.isdir(path):
            missing.append(path)
            path = os.path.dirname(path)
        for folder in reversed(missing):
            os.makedirs(folder, exist_ok=True)
            parents[os.path.dirname(folder)] = None
    for folder in parents:
        fsync_folder(folder)


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
