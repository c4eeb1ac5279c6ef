"""Files and folders moved to another name: never over anything, and known again when that was cut short."""

import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from unicodedata import normalize

from vaultcrm.disk.files import fsync_folder


class Move(NamedTuple):
    """Something moved within the vault. `made` is the topmost folder that had to be made for it, "" for none."""

    old: str
    new: str
    created_folder: str = ""

    def apply(self, path: str) -> str:
        """Where a path leads once this is moved."""
        return _replace_prefix(path, self.old, self.new)

    def revert(self, path: str) -> str:
        """Where a path led before."""
        return _replace_prefix(path, self.new, self.old)


def _replace_prefix(path: str, start: str, goal: str) -> str:
    return goal + path[len(start) :] if path == start or path.startswith(start + "/") else path


def move(old: str, new: str) -> None:
    """Give a file or a folder another name, whole or not at all. Raises FileExistsError rather than overwrite."""
    if is_taken(old, new):
        raise FileExistsError(f"{new} is there already.")
    if os.path.lexists(new) or os.path.isdir(old):
        os.rename(old, new)
    else:
        try:
            os.link(old, new, follow_symlinks=False)  # fails if the name is taken, as rename would not
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):  # no hard links here: exFAT, some network drives
            os.rename(old, new)
        else:
            os.unlink(old)
    for folder in {os.path.dirname(old), os.path.dirname(new)}:
        fsync_folder(folder)


def is_taken(old: str, new: str) -> bool:
    """Whether something else has the new name; "acme" may become "Acme" on a disk that takes both for one."""
    return os.path.lexists(new) and (has_exact_name(new) or not os.path.samefile(old, new))


def has_exact_name(path: str) -> bool:
    """Whether something has just this name; a disk that knows no case would say yes to others, too."""
    try:
        there = os.listdir(os.path.dirname(path))
    except OSError:
        return False
    name = os.path.basename(path)
    return name in there or (not name.isascii() and normalize("NFC", name) in (normalize("NFC", other) for other in there))


def count_applied(root: str, moves: Sequence[Move], forward: bool) -> int:
    """How many of a row of moves are made, the first ones. One that was cut in two is not.

    Where something lies under both names, somebody has put it there since: under the new one when
    the moves are to be made (`forward`), under the old one when they are to be taken back.
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
    """Take back moves that were cut in two, between the new name and the end of the old one."""
    for one in moves:
        old, new = os.path.join(root, one.old), os.path.join(root, one.new)
        if has_exact_name(old) and has_exact_name(new) and _is_interrupted(old, new):
            os.unlink(new)


def _is_interrupted(old: str, new: str) -> bool:
    return os.path.samefile(old, new) and not os.path.isdir(new)


def path_after(path: str, moves: Iterable[Move]) -> str:
    """Where a path leads once files have been moved."""
    for one in moves:
        path = one.apply(path)
    return path


def path_before(path: str, moves: Sequence[Move]) -> str:
    """Where a path led before some moves."""
    for one in reversed(moves):
        path = one.revert(path)
    return path
