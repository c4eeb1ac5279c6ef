"""The folder of notes: where it begins, what is in it, and the only way to write it."""

import contextlib
import errno
import fnmatch
import marshal
import os
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from vaultcrm import files, habits, moves, names
from vaultcrm.copies import placeholder_of
from vaultcrm.errors import Changed, NotFound, OutsideFailed, Refused, Unreadable, VaultcrmError
from vaultcrm.habits import Habits
from vaultcrm.settings import MARK, read_settings, template_folders

if TYPE_CHECKING:  # the journal is loaded when something is written
    from vaultcrm.journal import Journal

_NOTE = (".md", ".MD")
AWAY = (-1, -1, -1, -1)  # the stamp of a note that is not downloaded, and is not gone
# os.scandir and os.stat by descriptor spare the kernel the long path: 10,000 files in 57 ms instead of 67
_BY_DESCRIPTOR = os.scandir in os.supports_fd
_STAMP = attrgetter("st_mtime_ns", "st_ctime_ns", "st_size", "st_ino")  # as files.Stamp; asked one by one they take 10 ms more


class Folder(NamedTuple):
    """One folder as it was seen: its notes, by `names` and, in the same order, `stamps`; and the folders in it.

    `fingerprint` is equal for two looks at a folder in which nothing has changed.
    """

    path: str
    fingerprint: bytes
    names: list[str]
    stamps: list[tuple[int, int, int, int]]
    folders: list[str]
    fault: str = ""  # why the folder could not be read


class Vault:
    """A vault on disk. Paths in and out are relative to `root`, with forward slashes."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self.settings = read_settings(os.path.join(self.root, MARK))
        self._skipped = template_folders(self.root)
        self._habits: tuple[str, Habits] | None = None

    def path(self, relative: str) -> str:
        """The absolute path; raises NotUnderstood for one that leads out of the vault."""
        return names.inside(self.root, relative)

    @property
    def habits(self) -> Habits:
        """How tasks are written here; read again when a plug-in's settings have changed."""
        stamp = habits.stamp(self.root)
        if self._habits is None or self._habits[0] != stamp:
            self._habits = stamp, habits.habits(self.root, self.settings.tasks)
        return self._habits[1]

    def habits_stamp(self) -> str:
        """Another text as soon as tasks may have to be read anew."""
        return f"{habits.stamp(self.root)} {self.settings.tasks}"

    # -------------------------------------------------------------------------------- reading

    def walk(self, top: str = "", deep: bool = True) -> Iterator[Folder]:
        """Every folder with notes or without, below `top`. A folder that is gone is not in it."""
        waiting = [top]
        while waiting:
            folder = self._look(waiting.pop())
            if folder is not None:
                yield folder
                if deep:
                    waiting += folder.folders

    def _look(self, relative: str) -> Folder | None:
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
                        if name.endswith(".icloud") and (note := placeholder_of(name)):
                            names.append(note)
                            stamps.append(AWAY)
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
                raise OutsideFailed(f"The vault {self.root} cannot be read: {error.strerror}.", "Is its disk mounted?") from error
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):  # gone, or something else by now
                return None
            return Folder(relative, b"", [], [], [], f"The folder cannot be read: {error.strerror}.")
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        if folders and not self._skipped.isdisjoint(folders):
            folders = [folder for folder in folders if folder not in self._skipped]
        if self.settings.ignore:
            folders = [folder for folder in folders if not self._is_ignored(folder)]
            kept = [i for i, name in enumerate(names) if not self._is_ignored(prefix + name)]
            names, stamps = [names[i] for i in kept], [stamps[i] for i in kept]
        # version 2 of marshal knows no references, so that equal lists always give equal bytes
        return Folder(relative, marshal.dumps((relative, names, stamps), 2), names, stamps, folders)

    def walked(self, folders: list[str]) -> list[str]:
        """Those of some folders to which a walk would come: not hidden or ignored, nor behind a symbolic link."""
        parents = {folder: os.path.join(self.root, folder.rpartition("/")[0]).rstrip("/") for folder in folders}
        linked = {parent for parent in set(parents.values()) if os.path.realpath(parent) != parent}
        return [folder for folder in folders if parents[folder] not in linked and not self.is_left_out(folder)]

    def is_left_out(self, path: str) -> bool:
        """Whether a note or a folder is hidden or ignored, or lies in one that is."""
        parts = path.split("/") if path else []
        return any(part.startswith(".") or self._is_ignored("/".join(parts[: i + 1])) for i, part in enumerate(parts))

    def _is_ignored(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        return path in self._skipped or any(
            fnmatch.fnmatch(path, p.rstrip("/")) or fnmatch.fnmatch(name, p.rstrip("/")) for p in self.settings.ignore
        )

    def listing(self) -> list[str]:
        """Every file that is not hidden, also those that are no notes, or ignored, or templates; links may lead there."""
        found = []
        for top, folders, names_ in os.walk(self.root):
            folders[:] = [name for name in folders if not name.startswith(".") and _is_text(name)]
            below = os.path.relpath(top, self.root).replace(os.sep, "/")
            prefix = "" if below == "." else below + "/"
            found += [prefix + name for name in names_ if not name.startswith(".") and _is_text(name)]
        return found

    def read(self, relative: str) -> files.Content:
        """The bytes of a file that `walk` gave. Raises Unreadable for what is no note, FileNotFoundError for what is gone."""
        try:
            return files.read(f"{self.root}/{relative}")
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Unreadable(f"It cannot be read: {error.strerror}.", code="unreadable") from error

    # -------------------------------------------------------------------------------- writing

    @contextlib.contextmanager
    def writing(self, words: str, at: str) -> Iterator["Writer"]:
        """Hold the vault for one command; what it writes can be undone together, under its `words`."""
        from vaultcrm.journal import Journal

        journal = Journal(self.root)
        with journal.command(words, at):
            yield Writer(self, journal)


class Writer:
    """Creates, edits, moves and removes files; there is no other way to write the vault.

    `created`, `changed` and `removed` are paths, `moved` the moves, which come before all else.
    """

    def __init__(self, vault: Vault, journal: "Journal") -> None:
        self.vault = vault
        self.journal = journal
        self.created: list[str] = []
        self.changed: list[str] = []
        self.removed: list[str] = []
        self.moved: list[moves.Move] = []

    @property
    def paths(self) -> list[str]:
        """Everything that is not as it was."""
        return [*self.created, *self.changed, *self.removed, *(path for one in self.moved for path in (one.old, one.new))]

    def create(self, folder: str, title: str, text: str) -> str:
        """A new note called `title`, or "title 2" where that is taken; gives its path. Never overwrites."""
        data = text.encode("utf-8")
        self._made(folder)
        taken = {name.lower() for name in os.listdir(self.vault.path(folder))}  # also on disks that know no case
        number = 1
        while True:
            name = f"{title}.md" if number == 1 else f"{title} {number}.md"
            number += 1
            if name.lower() in taken:
                continue
            path = f"{folder}/{name}" if folder else name
            if self._new(path, data):
                return path

    def create_file(self, path: str, data: bytes) -> bool:
        """A new file of any kind at just this path; False when there is one already."""
        self._made(path.rpartition("/")[0])
        return self._new(path, data)

    def _new(self, path: str, data: bytes) -> bool:
        try:
            with self.journal.keeping(path, None, data):
                files.create(self.vault.path(path), data)
        except FileExistsError:
            return False
        except OSError as error:
            raise _no_write(path, error) from error
        self.created.append(path)
        return True

    def edit(self, path: str, operation: Callable[[bytes], bytes]) -> bytes | None:
        """Apply an operation to a file as it is now; gives its new bytes, None when it changes nothing.

        When another program writes the file at the same time the operation is applied again to
        what that program wrote. Raises Refused or Unreadable, with path and line, and Changed.
        """
        full = self.vault.path(path)
        for _ in range(5):
            try:
                content = self.vault.read(path)
                files.must_be_text(content.data)
                new = operation(content.data)
            except FileNotFoundError as error:
                folder, slash, name = path.rpartition("/")
                if os.path.lexists(f"{self.vault.root}/{folder}{slash}.{name}.icloud"):
                    raise NotFound(f"{path} is not downloaded.", "Open its folder, and let iCloud download it; then try again.") from error
                raise NotFound(f"{path} is not there any more.") from error
            except Unreadable as error:
                raise Unreadable(
                    f"{path}:{error.line}: {error.message}", error.line, error.code, f"Mend it first: vaultcrm edit {path!r}"
                ) from error
            except Refused as error:
                raise Refused(f"{path} was not changed: {error.message}", error.hint) from error
            if new == content.data:
                return None
            try:
                with self.journal.keeping(path, content.data, new):
                    files.swap(full, new, content.digest)
            except Changed:
                continue
            except OSError as error:
                raise _no_write(path, error) from error
            self.changed += [path] * (path not in self.changed)
            return new
        raise Changed(f"{path} is being changed by another program all the time.", "Nothing was written. Try again.")

    def move(self, old: str, new: str) -> None:
        """Move a file, or a folder with all that is in it. Raises Changed when the new name is taken, NotFound when the old one is gone."""
        full_old, full_new = self.vault.path(old), self.vault.path(new)
        folder, made = new.rpartition("/")[0], ""
        while folder and not os.path.lexists(self.vault.path(folder)):
            folder, made = folder.rpartition("/")[0], folder
        one = moves.Move(old, new, made)
        try:
            if moves.is_taken(full_old, full_new):
                raise FileExistsError
            with self.journal.moving(one):
                os.makedirs(os.path.dirname(full_new), exist_ok=True)
                moves.move(full_old, full_new)
        except FileExistsError as error:
            raise Changed(f"{new} is there already.", "Choose another name.") from error
        except FileNotFoundError as error:
            raise NotFound(f"{old} is not there any more.") from error
        except OSError as error:
            raise OutsideFailed(
                f"{old} cannot be moved to {new}: {error.strerror}.", "Nothing was lost; mend that, then try again."
            ) from error
        self.moved.append(one)

    def remove(self, path: str, seen: bytes) -> None:
        """Delete a file whose bytes are still those that were `seen`; the journal keeps them. Raises Changed otherwise."""
        try:
            with self.journal.keeping(path, seen, None):
                files.remove(self.vault.path(path), files.digest_of(seen))
        except FileNotFoundError as error:
            raise NotFound(f"{path} is not there any more.") from error
        except Changed as error:
            raise Changed(f"{path} was changed by another program meanwhile.", "It was not deleted. Try again.") from error
        except OSError as error:
            raise _no_write(path, error) from error
        self.removed.append(path)

    def _made(self, folder: str) -> None:
        try:
            os.makedirs(self.vault.path(folder), exist_ok=True)
        except OSError as error:
            raise _no_write(folder, error) from error


def _no_write(path: str, error: OSError) -> VaultcrmError:
    return OutsideFailed(f"{path} cannot be written: {error.strerror}.", "Nothing was lost; mend that, then try again.")


def _is_text(name: str) -> bool:
    """Whether a file's name is UTF-8; no link can lead to another one."""
    return name.isascii() or not any("\ud800" <= char <= "\udfff" for char in name)


def _is_linked_folder(entry: os.DirEntry[str]) -> bool:
    """A symbolic link to a folder: not followed, and told as a problem. One in a circle leads nowhere."""
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:
        return False
