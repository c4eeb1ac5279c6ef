"""The only way to create, edit, move and remove the files of a vault, under its lock."""

import contextlib
import os
from collections.abc import Callable, Iterator

from vaultcrm.disk import files, moves
from vaultcrm.errors import AlreadyExists, Conflict, ExternalError, NotFound, Refused, Unreadable, VaultcrmError
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault


@contextlib.contextmanager
def writing(vault: Vault, words: str, at: str) -> Iterator["Writer"]:
    """Hold the vault's lock for one command; undo takes back all that it writes, under its `words`.

    `at` is the local time in ISO form. Raises Changed when another command holds the vault for half a minute.
    """
    journal = Journal(vault.root)
    with journal.command(words, at):
        yield Writer(vault, journal)


class Writer:
    """Creates, edits, moves and removes files; there is no other way to write the vault.

    `created`, `changed` and `removed` are paths, `moved` the moves, which come before all else.
    """

    def __init__(self, vault: Vault, journal: Journal) -> None:
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
        self._make_folder(folder)
        taken = {name.lower() for name in os.listdir(self.vault.path(folder))}  # also on disks that know no case
        number = 1
        while True:
            name = f"{title}.md" if number == 1 else f"{title} {number}.md"
            number += 1
            if name.lower() in taken:
                continue
            path = f"{folder}/{name}" if folder else name
            if self._create(path, data):
                return path

    def create_file(self, path: str, data: bytes) -> bool:
        """A new file of any kind at just this path; False when there is one already."""
        self._make_folder(path.rpartition("/")[0])
        return self._create(path, data)

    def _create(self, path: str, data: bytes) -> bool:
        try:
            with self.journal.recording_write(path, None, data):
                files.create(self.vault.path(path), data)
        except FileExistsError:
            return False
        except OSError as error:
            raise _write_failed(path, error) from error
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
                files.check_is_text(content.data)
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
                with self.journal.recording_write(path, content.data, new):
                    files.swap(full, new, content.digest)
            except Conflict:
                continue
            except OSError as error:
                raise _write_failed(path, error) from error
            self.changed += [path] * (path not in self.changed)
            return new
        raise Conflict(f"{path} is being changed by another program all the time.", "Nothing was written. Try again.")

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
            with self.journal.recording_move(one):
                os.makedirs(os.path.dirname(full_new), exist_ok=True)
                moves.move(full_old, full_new)
        except FileExistsError as error:
            raise AlreadyExists(f"{new} is there already.", "Choose another name.") from error
        except FileNotFoundError as error:
            raise NotFound(f"{old} is not there any more.") from error
        except OSError as error:
            raise ExternalError(
                f"{old} cannot be moved to {new}: {error.strerror}.", "Nothing was lost; mend that, then try again."
            ) from error
        self.moved.append(one)

    def remove(self, path: str, seen: bytes) -> None:
        """Delete a file whose bytes are still those that were `seen`; the journal keeps them. Raises Changed otherwise."""
        try:
            with self.journal.recording_write(path, seen, None):
                files.remove(self.vault.path(path), files.digest(seen))
        except FileNotFoundError as error:
            raise NotFound(f"{path} is not there any more.") from error
        except Conflict as error:
            raise Conflict(f"{path} was changed by another program meanwhile.", "It was not deleted. Try again.") from error
        except OSError as error:
            raise _write_failed(path, error) from error
        self.removed.append(path)

    def _make_folder(self, folder: str) -> None:
        try:
            os.makedirs(self.vault.path(folder), exist_ok=True)
        except OSError as error:
            raise _write_failed(folder, error) from error


def _write_failed(path: str, error: OSError) -> VaultcrmError:
    return ExternalError(f"{path} cannot be written: {error.strerror}.", "Nothing was lost; mend that, then try again.")
