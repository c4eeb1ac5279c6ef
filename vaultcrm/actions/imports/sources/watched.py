"""The files and folders that `[import] watch` names in a vault's settings: which of them are new since they were imported."""

import glob
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from vaultcrm.actions.imports.import_run import Source
from vaultcrm.errors import InvalidInput
from vaultcrm.importers.detect import detect, is_calendar
from vaultcrm.importers.message import Refused
from vaultcrm.quoting import quoted
from vaultcrm.vault.import_progress import FileStamp

# What browsers and other programs call a file until it is complete
_INCOMPLETE = (".part", ".partial", ".crdownload", ".download", ".opdownload", ".tmp", ".temp", ".!ut")


class Watched(NamedTuple):
    """A file or folder that is there. `new_files` are those in it that are new or changed, with their stamps."""

    path: str
    new_files: dict[str, FileStamp]

    def source(self) -> Source | Refused:
        """It as a source of the kinds that it holds, or the reason why it can't be imported."""
        path = Path(self.path)
        try:
            return Source(path, path.name, tuple(detect(path, path.name)), frozenset(self.new_files))
        except InvalidInput as error:
            return Refused(path.name, error.message)
        except OSError as error:
            return Refused(path.name, f"It can't be read ({error.strerror}).")


def find_watched(root: str, patterns: Iterable[str], known: Mapping[str, FileStamp], today: date) -> tuple[list[Watched], list[str]]:
    """What patterns lead to, as far as something in it is new, and what is wrong with the patterns as sentences.

    A pattern that isn't absolute counts from the vault's root. `known` are the stamps of files that were imported.
    """
    found: dict[str, Watched] = {}
    notices = []
    for pattern in patterns:
        full = os.path.join(root, os.path.expanduser(pattern))
        paths = [os.path.realpath(path) for path in sorted(glob.glob(full, recursive=True))]
        if not paths and _is_missing(full):
            notices.append(f"There is no {quoted(pattern)} to import from.")
        for path in paths:
            if _is_within(path, root) or _is_within(root, path):
                notices.append(f"{quoted(pattern)} isn't imported from, because it leads into the vault itself.")
            elif path not in found and not is_incomplete(path):
                stamps = dict(_stamps(path, today))
                new_files = {name: stamp for name, stamp in stamps.items() if known.get(name) != stamp}
                found[path] = Watched(path, new_files)
    return [watched for watched in found.values() if watched.new_files], list(dict.fromkeys(notices))


def not_allowed(pattern: str) -> str:
    """What a person should know about a pattern that isn't imported from on this computer."""
    return f"{quoted(pattern)} isn't imported: it isn't allowed on this computer. To allow it, in a terminal: vaultcrm import --all"


def _is_missing(path: str) -> bool:
    """Whether a pattern without matches is worth a word: the folder that it looks in isn't there."""
    while glob.has_magic(path):
        path = os.path.dirname(path)
    return not os.path.isdir(path)


def is_incomplete(path: str) -> bool:
    """Whether a file is still being written by a browser, by its name or by that of the one beside it."""
    return _has_incomplete_name(path) or any(os.path.lexists(path + ending) for ending in (".part", ".crdownload"))


def _has_incomplete_name(path: str) -> bool:
    return path.lower().endswith((*_INCOMPLETE, "~"))


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _stamps(path: str, today: date) -> Iterator[tuple[str, FileStamp]]:
    """The stamps of a file, or of the files in a folder that may be complete."""
    if not os.path.isdir(path):
        yield from _stamp(path, today)
        return
    for folder, folders, names in os.walk(path):
        if {"cur", "new"} <= {*folders}:  # a Maildir, whose tmp holds what is being delivered
            folders[:] = [name for name in folders if name != "tmp"]
        for name in names:
            full = os.path.join(folder, name)
            if not _has_incomplete_name(name):
                yield from _stamp(full, today)


def _stamp(path: str, today: date) -> Iterator[tuple[str, FileStamp]]:
    try:
        status = os.lstat(path)
    except OSError:  # it is gone again
        return
    if stat.S_ISREG(status.st_mode):
        day = today.toordinal() if is_calendar(path) else 0
        yield path, (status.st_size, status.st_mtime_ns, status.st_ino, day)
