"""The vault as a folder: which notes and folders are in it, and reading them."""

import errno
import fnmatch
import marshal
import os
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from vaultcrm.disk import filenames, files
from vaultcrm.errors import Conflict, ExternalError, Unreadable
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.normalize import fold_case
from vaultcrm.vault import plugin_settings
from vaultcrm.vault.conflict_copies import icloud_placeholder
from vaultcrm.vault.plugin_settings import TEMPLATES_FOLDER, template_folders
from vaultcrm.vault.settings import SETTINGS_FILE, read_settings

NOTE_ENDINGS = (".md", ".MD")
NOT_DOWNLOADED = (-1, -1, -1, -1)  # the stamp of a note that exists in iCloud only
# With a descriptor, the kernel doesn't resolve the whole path for every file: 10,000 files take 57 ms instead of 67.
_BY_DESCRIPTOR = os.scandir in os.supports_fd
_STAMP = attrgetter("st_mtime_ns", "st_ctime_ns", "st_size", "st_ino")  # a files.Stamp; one by one they take 10 ms more


class FolderScan(NamedTuple):
    """One folder's contents: the `names` of its notes, their `stamps` in the same order, and the paths of its folders.

    Two scans of a folder in which nothing has changed have equal fingerprints.
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
        self._template_folders = template_folders(plugin_settings.reader(self.root))
        self._task_settings: tuple[str, TaskSettings] | None = None

    def path(self, relative: str) -> str:
        """The absolute path. Raises InvalidInput for a path that leads out of the vault."""
        return filenames.path_inside(self.root, relative)

    @property
    def task_settings(self) -> TaskSettings:
        """How this vault writes tasks. They are read again when the settings of a plugin have changed."""
        fingerprint = plugin_settings.fingerprint(self.root)
        if self._task_settings is None or self._task_settings[0] != fingerprint:
            self._task_settings = (
                fingerprint,
                plugin_settings.task_settings(plugin_settings.reader(self.root), self.settings.task_overrides),
            )
        return self._task_settings[1]

    def task_settings_state(self) -> str:
        """A text that changes whenever tasks may have to be read again."""
        return f"{plugin_settings.fingerprint(self.root)} {self.settings.task_overrides}"

    def walk(self, top: str = "", recursive: bool = True) -> Iterator[FolderScan]:
        """Scan `top` and every folder below it that is not hidden, ignored or for templates. One that has disappeared is left out.

        Raises ExternalError if the vault itself can't be read; for a folder below it, `error` says why.
        """
        pending = [top]
        while pending:
            folder = self._scan_folder(pending.pop())
            if folder is not None:
                yield folder
                if recursive:
                    pending += folder.folders

    def _scan_folder(self, relative: str) -> FolderScan | None:
        """Scan one folder; None if it has disappeared. A command that finds nothing changed spends its time in this loop."""
        path = f"{self.root}/{relative}" if relative else self.root
        names: list[str] = []
        stamps: list[tuple[int, int, int, int]] = []
        folders: list[str] = []
        prefix = f"{relative}/" if relative else ""
        descriptor = -1
        is_inner_vault = False
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
                    elif name.endswith(NOTE_ENDINGS) or _is_linked_folder(entry):
                        try:
                            stamps.append(_STAMP(entry.stat(follow_symlinks=False)))
                        except FileNotFoundError:  # deleted since it was listed
                            continue
                        names.append(name)
                    elif name == SETTINGS_FILE and relative:
                        is_inner_vault = True
        except OSError as error:
            if not relative:
                raise ExternalError(f"The vault {self.root} can't be read: {error.strerror}.", "Is its disk mounted?") from error
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):  # deleted, or no longer a folder
                return None
            return FolderScan(relative, b"", [], [], [], f"The folder can't be read: {error.strerror}.")
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        return self._without_excluded(relative, names, stamps, folders, is_inner_vault)

    def _without_excluded(
        self, relative: str, names: list[str], stamps: list[tuple[int, int, int, int]], folders: list[str], is_inner_vault: bool
    ) -> FolderScan:
        """A folder's contents without what isn't read: templates and what the settings ignore. Hidden files are left out already."""
        prefix = f"{relative}/" if relative else ""
        if folders and not self._template_folders.isdisjoint(folders):
            folders = [folder for folder in folders if folder not in self._template_folders]
        if is_inner_vault:
            folders = [folder for folder in folders if folder != prefix + TEMPLATES_FOLDER]
        if self.settings.ignore:
            folders = [folder for folder in folders if not self._is_ignored(folder)]
            kept = [i for i, name in enumerate(names) if not self._is_ignored(prefix + name)]
            names, stamps = [names[i] for i in kept], [stamps[i] for i in kept]
        # marshal's version 2 has no references to earlier objects, so equal lists always have equal bytes
        return FolderScan(relative, marshal.dumps((relative, names, stamps), 2), names, stamps, folders)

    def reachable_folders(self, folders: list[str]) -> list[str]:
        """Those of the folders that a walk would reach: not hidden or ignored, and not inside a symbolic link."""
        parents = {folder: os.path.join(self.root, folder.rpartition("/")[0]).rstrip("/") for folder in folders}
        linked = {parent for parent in set(parents.values()) if os.path.realpath(parent) != parent}
        return [folder for folder in folders if parents[folder] not in linked and not self.is_excluded(folder)]

    def is_excluded(self, path: str) -> bool:
        """Whether a note or a folder, or any folder around it, is hidden or ignored."""
        parts = path.split("/") if path else []
        return any(
            part.startswith(".") or self._is_ignored("/".join(parts[: i + 1])) or self._is_in_inner_vault(part, parts[:i])
            for i, part in enumerate(parts)
        )

    def _is_in_inner_vault(self, part: str, parents: list[str]) -> bool:
        """Whether a part of a path is the folder for the templates of another vault, which is inside this one."""
        return part == TEMPLATES_FOLDER and os.path.isfile(os.path.join(self.root, *parents, SETTINGS_FILE))

    def _is_ignored(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        return path in self._template_folders or any(
            fnmatch.fnmatch(path, pattern.rstrip("/")) or fnmatch.fnmatch(name, pattern.rstrip("/")) for pattern in self.settings.ignore
        )

    def list_files(self) -> list[str]:
        """Every file that is not hidden, since links may point to any: also templates, ignored notes and files that are not notes."""
        paths: list[str] = []
        pending = [""]
        while pending:  # os.walk would recurse, and a folder can be deeper than the stack
            prefix = pending.pop()
            try:
                with os.scandir(f"{self.root}/{prefix}") as entries:
                    for entry in entries:
                        if entry.name.startswith(".") or not _is_utf8(entry.name):
                            continue
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(f"{prefix}{entry.name}/")
                        elif not _is_linked_folder(entry):
                            paths.append(prefix + entry.name)
            except OSError:  # a folder that can't be read; `walk` reports it
                continue
        return paths

    def existing_path(self, relative: str) -> str:
        """The path as it is spelled on the disk: a part that is not there, but is in another case, is taken for the one that is.

        A disk of macOS or Windows would have only one of the two.
        """
        spelled = ""
        for part in relative.split("/"):
            try:
                names = os.listdir(f"{self.root}/{spelled}")
            except OSError:
                names = []
            same = [name for name in names if fold_case(name) == fold_case(part)]
            spelled += ("/" if spelled else "") + (part if part in same or not same else min(same))
        return spelled

    def read(self, relative: str) -> files.Content:
        """Read a file found by `walk`. Raises Unreadable if it can't be read as a note, FileNotFoundError if it is gone."""
        try:
            return files.read(f"{self.root}/{relative}")
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Unreadable(f"It can't be read: {error.strerror}.", code="unreadable") from error
        except Conflict as error:
            raise Unreadable("Another program keeps changing it.", code="changing") from error


def _is_utf8(name: str) -> bool:
    """Whether a file name is valid UTF-8. No link can point to a file whose name is not."""
    return name.isascii() or not any("\ud800" <= char <= "\udfff" for char in name)


def _is_linked_folder(entry: os.DirEntry[str]) -> bool:
    """Whether this is a symbolic link to a folder, which is reported and not followed. A link to itself is not."""
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:
        return False
