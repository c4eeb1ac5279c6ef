"""The folder of notes: where it begins, what is in it, and the only way to write it."""

import errno
import fnmatch
import marshal
import os
from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from vaultcrm.disk import filenames, files
from vaultcrm.errors import ExternalError, Unreadable
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.vault import plugin_settings
from vaultcrm.vault.conflict_copies import icloud_placeholder
from vaultcrm.vault.plugin_settings import template_folders
from vaultcrm.vault.settings import SETTINGS_FILE, read_settings

if TYPE_CHECKING:  # the journal is loaded when something is written
    pass

_NOTE = (".md", ".MD")
NOT_DOWNLOADED = (-1, -1, -1, -1)  # the stamp of a note that is not downloaded, and is not gone
# os.scandir and os.stat by descriptor spare the kernel the long path: 10,000 files in 57 ms instead of 67
_BY_DESCRIPTOR = os.scandir in os.supports_fd
_STAMP = attrgetter("st_mtime_ns", "st_ctime_ns", "st_size", "st_ino")  # as files.Stamp; asked one by one they take 10 ms more


class FolderScan(NamedTuple):
    """One folder as it was seen: its notes, by `names` and, in the same order, `stamps`; and the folders in it.

    `fingerprint` is equal for two looks at a folder in which nothing has changed.
    """

    path: str
    fingerprint: bytes
    names: list[str]
    stamps: list[tuple[int, int, int, int]]
    folders: list[str]
    error: str = ""  # why the folder could not be read


class Vault:
    """A vault on disk. Paths in and out are relative to `root`, with forward slashes."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self.settings = read_settings(os.path.join(self.root, SETTINGS_FILE))
        self._template_folders = template_folders(self.root)
        self._task_settings: tuple[str, TaskSettings] | None = None

    def path(self, relative: str) -> str:
        """The absolute path; raises NotUnderstood for one that leads out of the vault."""
        return filenames.path_inside(self.root, relative)

    @property
    def task_settings(self) -> TaskSettings:
        """How tasks are written here; read again when a plug-in's settings have changed."""
        stamp = plugin_settings.fingerprint(self.root)
        if self._task_settings is None or self._task_settings[0] != stamp:
            self._task_settings = stamp, plugin_settings.task_settings(self.root, self.settings.task_overrides)
        return self._task_settings[1]

    def task_settings_state(self) -> str:
        """Another text as soon as tasks may have to be read anew."""
        return f"{plugin_settings.fingerprint(self.root)} {self.settings.task_overrides}"

    # -------------------------------------------------------------------------------- reading

    def walk(self, top: str = "", recursive: bool = True) -> Iterator[FolderScan]:
        """Every folder with notes or without, below `top`. A folder that is gone is not in it."""
        waiting = [top]
        while waiting:
            folder = self._scan_folder(waiting.pop())
            if folder is not None:
                yield folder
                if recursive:
                    waiting += folder.folders

    def _scan_folder(self, relative: str) -> FolderScan | None:
        """One folder's notes with their stamps. This loop is what a command with nothing to do spends its time in."""
        path = f"{self.root}/{relative}" if relative else self.root
        names: list[str] = []
        stamps: list[tuple[int, int, int, int]] = []
        folders: list[str] = []
        prefix = f"{relative}/" if relative else ""
        descriptor = -1
        try:
            if _BY_DESCRIPTOR:
                descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            with os.scandir(descriptor if _BY_DESCRIPTOR else path) as entries:
                for entry in entries:
                    name = entry.name
                    if name[0] == ".":
                        if name.endswith(".icloud") and (note := icloud_placeholder(name)):
                            names.append(note)
                            stamps.append(NOT_DOWNLOADED)
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(prefix + name)
                    elif name.endswith(_NOTE) or _is_linked_folder(entry):
                        try:
                            stamps.append(_STAMP(entry.stat(follow_symlinks=False)))
                        except FileNotFoundError:  # gone since it was listed
                            continue
                        names.append(name)
        except OSError as error:
            if not relative:
                raise ExternalError(f"The vault {self.root} cannot be read: {error.strerror}.", "Is its disk mounted?") from error
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):  # gone, or something else by now
                return None
            return FolderScan(relative, b"", [], [], [], f"The folder cannot be read: {error.strerror}.")
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        if folders and not self._template_folders.isdisjoint(folders):
            folders = [folder for folder in folders if folder not in self._template_folders]
        if self.settings.ignore:
            folders = [folder for folder in folders if not self._is_ignored(folder)]
            kept = [i for i, name in enumerate(names) if not self._is_ignored(prefix + name)]
            names, stamps = [names[i] for i in kept], [stamps[i] for i in kept]
        # version 2 of marshal knows no references, so that equal lists always give equal bytes
        return FolderScan(relative, marshal.dumps((relative, names, stamps), 2), names, stamps, folders)

    def reachable_folders(self, folders: list[str]) -> list[str]:
        """Those of some folders to which a walk would come: not hidden or ignored, nor behind a symbolic link."""
        parents = {folder: os.path.join(self.root, folder.rpartition("/")[0]).rstrip("/") for folder in folders}
        linked = {parent for parent in set(parents.values()) if os.path.realpath(parent) != parent}
        return [folder for folder in folders if parents[folder] not in linked and not self.is_excluded(folder)]

    def is_excluded(self, path: str) -> bool:
        """Whether a note or a folder is hidden or ignored, or lies in one that is."""
        parts = path.split("/") if path else []
        return any(part.startswith(".") or self._is_ignored("/".join(parts[: i + 1])) for i, part in enumerate(parts))

    def _is_ignored(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        return path in self._template_folders or any(
            fnmatch.fnmatch(path, p.rstrip("/")) or fnmatch.fnmatch(name, p.rstrip("/")) for p in self.settings.ignore
        )

    def list_files(self) -> list[str]:
        """Every file that is not hidden, also those that are no notes, or ignored, or templates; links may lead there."""
        found = []
        for top, folders, names_ in os.walk(self.root):
            folders[:] = [name for name in folders if not name.startswith(".") and _is_utf8(name)]
            below = os.path.relpath(top, self.root).replace(os.sep, "/")
            prefix = "" if below == "." else below + "/"
            found += [prefix + name for name in names_ if not name.startswith(".") and _is_utf8(name)]
        return found

    def read(self, relative: str) -> files.Content:
        """The bytes of a file that `walk` gave. Raises Unreadable for what is no note, FileNotFoundError for what is gone."""
        try:
            return files.read(f"{self.root}/{relative}")
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Unreadable(f"It cannot be read: {error.strerror}.", code="unreadable") from error


def _is_utf8(name: str) -> bool:
    """Whether a file's name is UTF-8; no link can lead to another one."""
    return name.isascii() or not any("\ud800" <= char <= "\udfff" for char in name)


def _is_linked_folder(entry: os.DirEntry[str]) -> bool:
    """A symbolic link to a folder: not followed, and told as a problem. One in a circle leads nowhere."""
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:
        return False
