"""Create, edit, move and remove the files of a vault, under its lock. Nothing else writes to a vault, except undo and `sync`."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from vaultcrm.disk import files, moves
from vaultcrm.disk.filenames import numbered
from vaultcrm.errors import AlreadyExists, Conflict, ExternalError, InvalidInput, NotFound, Refused, Unreadable, VaultcrmError
from vaultcrm.quoting import shell_word
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.visits import NoteWrite

_FIX_AND_RETRY = "Nothing was written. Fix that, then try again."  # if something can't be taken back, the journal says so instead


@contextlib.contextmanager
def writing(vault: Vault, words: str, at: str) -> Iterator["Writer"]:
    """Hold the vault's lock for one command. `undo` undoes everything that it writes, and shows its `words`.

    `at` is the local time in ISO format. If the block raises, everything it has written is undone. Raises
    Locked if another command holds the lock for half a minute.
    """
    with contextlib.closing(Journal(vault.root)) as journal, journal.command(words, at):
        yield Writer(vault, journal)


class NewNote(NamedTuple):
    """A note to be created: its folder, its file name without the extension, and its text."""

    folder: str
    title: str
    text: str


class Writer:
    """Creates, edits, moves and removes files, and remembers which.

    `created`, `changed` and `removed` are paths relative to the vault. Moves have to come before everything else.
    """

    def __init__(self, vault: Vault, journal: Journal) -> None:
        self.vault = vault
        self.journal = journal
        self.created: list[str] = []
        self.changed: list[str] = []
        self.removed: list[str] = []
        self.moved: list[moves.Move] = []
        self.writes: list[NoteWrite] = []  # each one in turn, with its digests

    @property
    def paths(self) -> list[str]:
        """All paths that were written, including both paths of every move."""
        return [*self.created, *self.changed, *self.removed, *(path for move in self.moved for path in (move.old, move.new))]

    def free_name(self, folder: str, title: str) -> str:
        """The title, or "title 2" if a note in the folder is called `title`, and so on."""
        taken = self._names_in(folder)
        return next(name for name in numbered(title) if f"{name}.md".lower() not in taken)

    def _names_in(self, folder: str) -> set[str]:
        """The names in a folder in lower case, because some disks ignore case."""
        try:
            return {name.lower() for name in os.listdir(self.vault.path(folder))}
        except FileNotFoundError:
            return set()

    def create(self, folder: str, title: str, text: str) -> str:
        """Create a note called `title`, or "title 2" if that name is taken, and return its path. Never overwrites."""
        data = text.encode("utf-8")
        self._make_folder(folder)
        while True:
            path = f"{folder}/{self.free_name(folder, title)}.md".removeprefix("/")
            if self._create(path, data):
                return path

    def create_all(self, notes: Sequence[NewNote]) -> list[str]:
        """Create notes as `create` does, and return their paths. The disk and the journal are waited for once for all of them."""
        taken: dict[str, set[str]] = {}
        planned: dict[str, bytes] = {}
        paths = []
        self._make_folders([*dict.fromkeys(note.folder for note in notes)])
        for note in notes:
            if note.folder not in taken:
                taken[note.folder] = self._names_in(note.folder)
            name = next(name for name in numbered(note.title) if f"{name}.md".lower() not in taken[note.folder])
            taken[note.folder].add(f"{name}.md".lower())
            paths.append(f"{note.folder}/{name}.md".removeprefix("/"))
            planned[paths[-1]] = note.text.encode("utf-8")
            _check_is_readable(paths[-1], planned[paths[-1]])
        self.journal.record_creations([*planned.items()])
        full = {self.vault.path(path): path for path in planned}
        try:
            existing = files.create_all([*zip(full, planned.values(), strict=True)])
        except OSError as error:
            raise _write_failed(f"A note in {notes[0].folder}", error) from error
        lost = {full[path] for path in existing}  # another program took the name just now
        self.journal.forget(lost)
        for path in planned.keys() - lost:
            self.created.append(path)
            self.writes.append(NoteWrite(path, None, files.digest(planned[path])))
        return [self.create(note.folder, note.title, note.text) if path in lost else path for path, note in zip(paths, notes, strict=True)]

    def create_file(self, path: str, data: bytes) -> bool:
        """Create a file of any kind at exactly this path. Returns False if it exists already."""
        self._make_folder(path.rpartition("/")[0])
        return self._create(path, data)

    def has_bytes(self, path: str, data: bytes) -> bool:
        """Whether a file is there and holds exactly these bytes."""
        try:
            with open(self.vault.path(path), "rb") as file:
                return file.read(len(data) + 1) == data
        except OSError:
            return False

    def _create(self, path: str, data: bytes) -> bool:
        _check_is_readable(path, data)
        try:
            with self.journal.recording_write(path, None, data):
                files.create(self.vault.path(path), data)
        except FileExistsError:
            return False
        except OSError as error:
            raise _write_failed(path, error) from error
        self.created.append(path)
        self.writes.append(NoteWrite(path, None, files.digest(data)))
        return True

    def edit(self, path: str, operation: Callable[[bytes], bytes]) -> bytes | None:
        """Replace a file's bytes by what `operation` makes of them. Returns the new bytes, or None if nothing changes.

        If another program writes the file at the same time, the operation is applied again to what it
        wrote, up to five times; then Conflict is raised. Raises NotFound, and Refused or Unreadable with the
        path added to their message.
        """
        full = self.vault.path(path)
        for _ in range(5):
            try:
                content = self.vault.read(path)
                files.check_is_text(content.data)
                new = operation(content.data)
            except FileNotFoundError as error:
                folder, slash, name = path.rpartition("/")
                if os.path.lexists(f"{self.vault.root}/{folder}{slash}.{name}.icloud"):
                    raise NotFound(f"{path} is not downloaded.", "Open its folder and let iCloud download it, then try again.") from error
                raise NotFound(f"{path} no longer exists.") from error
            except Unreadable as error:
                if error.code == "changing":
                    continue
                raise Unreadable(
                    f"{path}:{error.line}: {error.message}", error.line, error.code, f"Fix it first: vaultcrm edit {shell_word(path)}"
                ) from error
            except Refused as error:
                raise Refused(f"{path} was not changed: {error.message}", error.hint) from error
            if new == content.data:
                return None
            _check_is_readable(path, new)
            try:
                with self.journal.recording_write(path, content.data, new):
                    files.swap(full, new, content.digest)
            except Conflict:
                continue
            except OSError as error:
                raise _write_failed(path, error) from error
            self.changed += [path] * (path not in self.changed)
            self.writes.append(NoteWrite(path, content.digest, files.digest(new)))
            return new
        raise Conflict(f"Another program keeps changing {path}.", "Nothing was written. Try again.")

    def move(self, old: str, new: str) -> None:
        """Move a file, or a folder with everything in it. Raises AlreadyExists if the new name is taken, NotFound if `old` is gone."""
        full_old, full_new = self.vault.path(old), self.vault.path(new)
        folder, created_folder = new.rpartition("/")[0], ""
        while folder and not os.path.lexists(self.vault.path(folder)):
            folder, created_folder = folder.rpartition("/")[0], folder
        move = moves.Move(old, new, created_folder)
        try:
            if moves.is_taken(full_old, full_new):
                raise FileExistsError
            with self.journal.recording_move(move):
                files.make_folder(os.path.dirname(full_new))
                moves.move(full_old, full_new)
        except FileExistsError as error:
            raise AlreadyExists(f"{new} already exists.", "Choose another name.") from error
        except FileNotFoundError as error:
            raise NotFound(f"{old} no longer exists.") from error
        except OSError as error:
            raise ExternalError(f"{old} can't be moved to {new}: {error.strerror}.", _FIX_AND_RETRY) from error
        self.moved.append(move)

    def remove(self, path: str, seen: bytes) -> None:
        """Delete a file if it still has the bytes that were `seen`; the journal keeps them. Raises Conflict if it has others."""
        try:
            with self.journal.recording_write(path, seen, None):
                files.remove(self.vault.path(path), files.digest(seen))
        except FileNotFoundError as error:
            raise NotFound(f"{path} no longer exists.") from error
        except Conflict as error:
            raise Conflict(f"{path} was changed by another program in the meantime.", "It was not deleted. Try again.") from error
        except OSError as error:
            raise _write_failed(path, error) from error
        self.removed.append(path)
        self.writes.append(NoteWrite(path, files.digest(seen), None))

    def _make_folder(self, folder: str) -> None:
        self._make_folders([folder])

    def _make_folders(self, folders: Sequence[str]) -> None:
        try:
            files.make_folders([self.vault.path(folder) for folder in folders])
        except OSError as error:
            raise _write_failed(folders[0], error) from error


def _check_is_readable(path: str, data: bytes) -> None:
    """Raises InvalidInput for a file that vaultcrm itself couldn't read again."""
    if len(data) > files.MAX_NOTE_BYTES:
        sizes = f"{len(data) // 1_000_000} MB; vaultcrm reads notes of up to {files.MAX_NOTE_BYTES // 1_000_000} MB"
        raise InvalidInput(f"{path} would be {sizes}.", "Shorten the text, or keep it in a file of its own and link to that.")
    if b"\0" in data and path.lower().endswith(".md"):
        raise InvalidInput(f"{path} would hold binary data.", "Remove the NUL characters from the text.")


def _write_failed(path: str, error: OSError) -> VaultcrmError:
    return ExternalError(f"{path} can't be written: {error.strerror}.", _FIX_AND_RETRY)
