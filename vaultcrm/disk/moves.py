"""Moves of files and folders within the vault: they never overwrite, and an interrupted one can be recognized."""

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from unicodedata import normalize

from vaultcrm.disk.files import fsync_folder
from vaultcrm.disk.renames import rename_to_free_name


class Move(NamedTuple):
    """A file or folder moved from `old` to `new`, both relative to the vault.

    `created_folder` is the topmost folder that had to be created for it, or "".
    """

    old: str
    new: str
    created_folder: str = ""

    def apply(self, path: str) -> str:
        """The path after this move."""
        return _replace_prefix(path, self.old, self.new)

    def revert(self, path: str) -> str:
        """The path before this move."""
        return _replace_prefix(path, self.new, self.old)


def _replace_prefix(path: str, old: str, new: str) -> str:
    return new + path[len(old) :] if path == old or path.startswith(old + "/") else path


def move(old: str, new: str) -> None:
    """Rename a file or folder atomically. Raises FileExistsError if the new name is taken; never overwrites."""
    if is_taken(old, new):
        raise FileExistsError(f"{new} already exists.")
    if os.path.lexists(new):  # the same name in another case
        os.rename(old, new)
    else:
        rename_to_free_name(old, new)
    for folder in {os.path.dirname(old), os.path.dirname(new)}:
        fsync_folder(folder)


def is_taken(old: str, new: str) -> bool:
    """Whether something other than `old` has the new name. On a case-insensitive disk, "acme" can still become "Acme"."""
    return os.path.lexists(new) and (has_exact_name(new) or not os.path.samefile(old, new))


def has_exact_name(path: str) -> bool:
    """Whether the folder lists exactly this name. A case-insensitive disk also finds a file by other spellings."""
    try:
        names = os.listdir(os.path.dirname(path))
    except OSError:
        return False
    name = os.path.basename(path)
    return name in names or (not name.isascii() and normalize("NFC", name) in (normalize("NFC", other) for other in names))


def count_applied(root: str, moves: Sequence[Move], forward: bool) -> int:
    """The number of leading moves that are already applied. An interrupted move doesn't count.

    If both names exist, another program has created one of them since: the new one when the moves
    are being applied (`forward`), the old one when they are being reverted.
    """
    for number in range(len(moves), 0, -1):
        old, new = (os.path.join(root, path) for path in moves[number - 1][:2])
        if not has_exact_name(new):
            continue
        if has_exact_name(old) and (forward or _is_interrupted(old, new)):
            continue
        return number
    return 0


def repair_interrupted(root: str, moves: Sequence[Move]) -> None:
    """Revert moves that were interrupted after the new name was linked and before the old one was removed."""
    for step in moves:
        old, new = os.path.join(root, step.old), os.path.join(root, step.new)
        if has_exact_name(old) and has_exact_name(new) and _is_interrupted(old, new):
            os.unlink(new)


def _is_interrupted(old: str, new: str) -> bool:
    """Whether both names are hard links to one file. A symbolic link from one to the other is somebody else's."""
    linked = os.lstat(new)
    return not stat.S_ISDIR(linked.st_mode) and os.path.samestat(os.lstat(old), linked)


def path_after(path: str, moves: Iterable[Move]) -> str:
    """The path after all of the moves."""
    for step in moves:
        path = step.apply(path)
    return path


def path_mapper(moves: Sequence[Move]) -> Callable[[str], str]:
    """`path_after` as a function of the path alone, for many paths: its time doesn't depend on the number of moves."""
    numbers: dict[str, list[int]] = {}
    for number, step in enumerate(moves):
        numbers.setdefault(step.old, []).append(number)

    def new_path(path: str) -> str:
        done = 0
        while True:
            above = [path, *(path[:at] for at, char in enumerate(path) if char == "/")]
            following = [number for old in above for number in numbers.get(old, ()) if number >= done]
            if not following:
                return path
            path, done = moves[min(following)].apply(path), min(following) + 1

    return new_path


def path_before(path: str, moves: Sequence[Move]) -> str:
    """The path before all of the moves."""
    for step in reversed(moves):
        path = step.revert(path)
    return path
