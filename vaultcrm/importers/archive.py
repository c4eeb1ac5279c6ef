"""Zip archives from strangers: members are read one at a time within limits, and never extracted."""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from vaultcrm.errors import InvalidInput
from vaultcrm.importers.message import Refused
from vaultcrm.plural import counted
from vaultcrm.quoting import quoted

MAX_MEMBERS = 100_000  # a Slack export has one per channel and day
MAX_MEMBER_BYTES = 64 * 2**20
MAX_TOTAL_BYTES = 2 * 2**30
# Chats and mailboxes shrink to a fifth or a tenth, repetitive JSON to a fiftieth; a bomb of zeros to a thousandth.
MAX_RATIO = 200
_SMALL = 2**20  # a small member may shrink as much as it likes
# What zipfile raises for a broken, encrypted or exotic member
UNPACKING_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    MemoryError,
)


class Member(NamedTuple):
    """A file in an archive. `name` is its path in there, with forward slashes; it never leads out of the archive's root."""

    name: str
    size: int


class Archive:
    """An open archive. `members` are its files by name; `refused` says which entries were left out, and why."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS:
            raise InvalidInput(f"The archive has {counted(len(infos), 'file')}; at most {MAX_MEMBERS:,} can be read.")
        self._archive = archive
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._bytes_read = 0
        self.refused: list[tuple[str, str]] = []
        for info in infos:
            if info.is_dir() or info.filename.startswith("__MACOSX/"):  # macOS puts its resource forks there
                continue
            if not is_safe_name(info.filename):
                self.refused.append((info.filename, "The name leads out of the archive."))
            else:
                self._infos.setdefault(info.filename, info)
        self.members = {name: Member(name, info.file_size) for name, info in self._infos.items()}

    def read(self, name: str, limit: int = MAX_MEMBER_BYTES) -> bytes:
        """The contents of a member. Raises InvalidInput when it is broken, encrypted, missing or larger than `limit`."""
        if name in self.members and self.members[name].size > limit:
            raise InvalidInput(f"{quoted(name)} in the archive has {self.members[name].size:,} bytes; at most {limit:,} can be read.")
        with self.stream(name) as stream:
            try:
                data = stream.read(limit + 1)  # the size in the directory may be a lie
            except UNPACKING_ERRORS as error:
                raise InvalidInput(f"{quoted(name)} in the archive can't be read: {describe(error)}") from error
        self._bytes_read += len(data)
        if len(data) > limit or self._bytes_read > MAX_TOTAL_BYTES:
            raise InvalidInput(f"{quoted(name)} in the archive unpacks to more than can be read.")
        return data

    def stream(self, name: str) -> IO[bytes]:
        """A member as a stream, for what is too large to hold; the caller limits what it reads. Raises InvalidInput."""
        if (info := self._infos.get(name)) is None:
            raise InvalidInput(f"The archive has no {quoted(name)}.")
        if info.file_size > _SMALL and info.file_size > info.compress_size * MAX_RATIO:
            raise InvalidInput(f"{quoted(name)} in the archive unpacks to more than {MAX_RATIO} times its size, as a zip bomb does.")
        try:
            return self._archive.open(info)
        except UNPACKING_ERRORS as error:
            raise InvalidInput(f"{quoted(name)} in the archive can't be read: {describe(error)}") from error


class Folder:
    """A folder as an archive that was unpacked. Links to elsewhere are left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.refused: list[tuple[str, str]] = []
        self.members: dict[str, Member] = {}
        for folder, folders, files in os.walk(path, onerror=self._refuse):
            folders.sort()
            for file in sorted(files):
                full = Path(folder, file)
                name = full.relative_to(path).as_posix()
                if len(self.members) >= MAX_MEMBERS:
                    raise InvalidInput(f"The folder has more than {MAX_MEMBERS:,} files.")
                try:
                    status = full.lstat()
                except OSError as error:
                    self._refuse(error)
                    continue
                if stat.S_ISREG(status.st_mode):
                    self.members[name] = Member(name, status.st_size)

    def _refuse(self, error: OSError) -> None:
        self.refused.append((str(error.filename), describe(error)))

    def read(self, name: str, limit: int = MAX_MEMBER_BYTES) -> bytes:
        """The contents of a file. Raises InvalidInput when it can't be read or is larger than `limit`."""
        if name not in self.members:
            raise InvalidInput(f"The folder has no {quoted(name)}.")
        try:
            with (self._path / name).open("rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            raise InvalidInput(f"{quoted(name)} can't be read: {describe(error)}") from error
        if len(data) > limit:
            raise InvalidInput(f"{quoted(name)} has more than {limit:,} bytes.")
        return data


@contextmanager
def open_folder_or_archive(path: Path) -> Iterator[Archive | Folder]:
    """The files of an export, zipped or not. Raises InvalidInput if it is neither."""
    if path.is_dir():
        yield Folder(path)
    else:
        with open_archive(path) as archive:
            yield archive


@contextmanager
def open_archive(path: str | Path | IO[bytes]) -> Iterator[Archive]:
    """The zip archive at a path. Raises InvalidInput if it isn't one."""
    try:
        archive = zipfile.ZipFile(path)
    except UNPACKING_ERRORS as error:
        name = path if isinstance(path, (str, Path)) else "The input"
        raise InvalidInput(f"{quoted(str(name))} isn't a zip archive that can be read: {describe(error)}") from error
    with archive:
        yield Archive(archive)


def files_of(
    source: Path | bytes, name: str, endings: tuple[str, ...], limit: int = MAX_MEMBER_BYTES
) -> Iterator[tuple[str, bytes | Refused]]:
    """The contents of a file, or of the files in a folder or archive whose names have one of the endings (in lower case).

    Each comes with its name for a person; one that can't be read, with the reason instead of its contents.
    """
    if isinstance(source, bytes):
        yield name, source if len(source) <= limit else Refused(name, f"It has more than {limit // 2**20} MB.")
    elif source.is_dir() or is_archive(source):
        with open_folder_or_archive(source) as files:
            yield from ((f"{name}/{member}", Refused(f"{name}/{member}", reason)) for member, reason in files.refused)
            for member in files.members:
                if member.lower().endswith(endings):
                    try:
                        yield f"{name}/{member}", files.read(member, limit)
                    except InvalidInput as error:
                        yield f"{name}/{member}", Refused(f"{name}/{member}", error.message)
    else:
        with source.open("rb") as file:
            data = file.read(limit + 1)
        yield name, data if len(data) <= limit else Refused(name, f"It has more than {limit // 2**20} MB.")


def is_archive(path: Path) -> bool:
    """Whether a file begins as a zip archive does."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def is_safe_name(name: str) -> bool:
    """Whether the name of a member stays below the archive's root on every system."""
    path = PurePosixPath(name)
    is_drive = re.match(r"[A-Za-z]:", name) is not None
    return not (not name or "\0" in name or "\\" in name or is_drive or path.is_absolute() or ".." in path.parts or len(name) > 1000)


def describe(error: BaseException) -> str:
    """What a library's exception says, as a sentence of one line."""
    text = " ".join(str(error).split())[:200] or type(error).__name__
    return text if text.endswith(".") else text + "."
