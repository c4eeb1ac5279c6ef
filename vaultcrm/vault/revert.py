"""Undo and redo a command's moves and writes on disk: all of them, or none."""

import contextlib
import os
from collections.abc import Sequence

from vaultcrm.disk import filenames, files
from vaultcrm.disk.moves import Move, count_applied, has_exact_name, move, path_before, repair_interrupted
from vaultcrm.errors import Conflict, ExternalError, Unreadable, VaultcrmError

# For each path the bytes that the file should have now, and those to write instead; None means no file.
FileChanges = dict[str, tuple[bytes | None, bytes | None]]


def undo_changes(root: str, changes: FileChanges, moves: Sequence[Move], keep_half: bool = False) -> None:
    """Write the files as they were before a command, then revert its moves. All of it, or nothing.

    Raises Conflict if a file has changed since then, and ExternalError if the disk refuses. If the disk also refuses
    to go back, the error says so; the next undo finishes it. With `keep_half`, what can be undone stays undone.
    """
    applied = _count_applied(root, moves, forward=False)
    changes = {path_before(path, moves[applied:]): change for path, change in changes.items()}
    _check_unchanged(root, changes)
    try:
        _write_all(root, changes)
        _move_all(root, _reverted(moves[:applied]), back=True)
    except _Failed as failed:
        if not keep_half:
            _move_back(root, _reverted(moves[:applied]), back=True)
            _write_back(root, changes)
        is_back = _is_as_before(root, changes, moves, applied, forward=False)
        raise failed.as_error(is_back, "Part of it has been undone. Fix that, then run `vaultcrm undo` again.") from failed


def redo_changes(root: str, changes: FileChanges, moves: Sequence[Move]) -> None:
    """Apply a command's moves, then its writes, again. All of it, or nothing. Raises like `undo_changes`."""
    applied = _count_applied(root, moves, forward=True)
    earlier = {path_before(path, moves[applied:]): change for path, change in changes.items()}
    _check_unchanged(root, earlier)
    try:
        _move_all(root, moves[applied:])
        _write_all(root, changes, forward=True)
    except _Failed as failed:
        _write_back(root, changes, forward=True)
        _move_back(root, moves[applied:])
        is_back = _is_as_before(root, earlier, moves, applied, forward=True)
        raise failed.as_error(is_back, "Part of it has been redone. Fix that, then run `vaultcrm undo --redo` again.") from failed


class _Failed(Exception):
    """A write or a move failed; `path` is what could not be written or moved."""

    def __init__(self, path: str, cause: VaultcrmError | OSError, action: str) -> None:
        super().__init__(path)
        self.path = path
        self.cause = cause
        self.action = action

    def as_error(self, is_back: bool, half_done: str) -> VaultcrmError:
        """What to tell the person: `is_back` if everything is as it was, else `half_done` says what to do."""
        if isinstance(self.cause, FileExistsError) and is_back:
            return Conflict(f"{self.path} exists again, and would be overwritten.", "Nothing was changed. Move it away first.")
        if isinstance(self.cause, VaultcrmError) and is_back:
            return self.cause
        reason = self.cause.message if isinstance(self.cause, VaultcrmError) else f"{self.cause.strerror}."
        hint = "Nothing was changed. Fix that, then try again." if is_back else half_done
        return ExternalError(f"{self.path} can't be {self.action}: {reason}", hint)


def _reverted(moves: Sequence[Move]) -> list[Move]:
    return [Move(step.new, step.old, step.created_folder) for step in reversed(moves)]


def reversed_changes(changes: FileChanges) -> FileChanges:
    """The changes that lead back, in the order in which to make them."""
    return {path: (after, before) for path, (before, after) in reversed(changes.items())}


def _count_applied(root: str, moves: Sequence[Move], forward: bool) -> int:
    """The number of moves that are applied now. It is not always all or none: an earlier undo or redo may have been interrupted."""
    repair_interrupted(root, moves)
    applied = count_applied(root, moves, forward)
    if applied < len(moves) and not has_exact_name(os.path.join(root, moves[applied].old)):
        raise Conflict(f"{moves[-1].new} no longer exists.", "Nothing was changed. If you have moved it, move it back first.")
    return applied


def _move_all(root: str, moves: Sequence[Move], back: bool = False) -> None:
    """Apply the moves. When moving `back`, also remove the folders created for them that are empty then. Raises _Failed."""
    for step in moves:
        try:
            _move(root, step, back)
        except (VaultcrmError, OSError) as error:
            raise _Failed(step.new if isinstance(error, FileExistsError) else step.old, error, "moved") from error


def _move_back(root: str, moves: Sequence[Move], back: bool = False) -> None:
    """Revert those of the moves that were made, as far as the disk allows."""
    with contextlib.suppress(VaultcrmError, OSError):
        repair_interrupted(root, moves)
        for reverse in _reverted(moves[: count_applied(root, moves, forward=True)]):
            _move(root, reverse, not back)


def _move(root: str, step: Move, back: bool) -> None:
    old, new = filenames.path_inside(root, step.old), filenames.path_inside(root, step.new)
    files.make_folder(os.path.dirname(new))
    move(old, new)
    if back and step.created_folder:
        remove_empty_folders(root, os.path.dirname(step.old), step.created_folder)


def are_all_gone(root: str, changes: FileChanges) -> bool:
    """Whether undoing would only remove files, and none of them exists any more."""
    only_removes = bool(changes) and all(after is None for _, after in changes.values())
    return only_removes and not any(os.path.lexists(filenames.path_inside(root, path)) for path in changes)


def _check_unchanged(root: str, changes: FileChanges) -> None:
    """Raise Conflict if a file has neither the bytes it should have now nor those that are to be written."""
    for path, change in changes.items():
        try:
            is_unchanged = read_bytes(root, path) in change
        except Unreadable:  # it has become a link, or too large
            is_unchanged = False
        if not is_unchanged:
            raise Conflict(
                f"{path} has been changed since, and that change would be lost.",
                "Nothing was changed. `vaultcrm undo --show` prints the earlier text.",
            )


def _write_all(root: str, changes: FileChanges, forward: bool = False) -> None:
    """Make the changes. Raises _Failed."""
    for path, (before, after) in changes.items():
        try:
            _write(root, path, before, after, forward)
        except (VaultcrmError, OSError) as error:
            raise _Failed(path, error, "written") from error


def _write_back(root: str, changes: FileChanges, forward: bool = False) -> None:
    """Revert those of the changes that were made, as far as the disk allows."""
    for path, (now, then) in reversed_changes(changes).items():
        with contextlib.suppress(VaultcrmError, OSError):
            _write(root, path, now, then, not forward)


def _is_as_before(root: str, changes: FileChanges, moves: Sequence[Move], applied: int, forward: bool) -> bool:
    """Whether so many moves are applied, and every file has the bytes that it had before the changes."""
    try:
        return count_applied(root, moves, forward) == applied and all(read_bytes(root, path) == now for path, (now, _) in changes.items())
    except (VaultcrmError, OSError):
        return False


def is_undone(root: str, changes: FileChanges, moves: Sequence[Move]) -> bool:
    """Whether everything is as it was before the command, so that `undo_changes` would change nothing."""
    earlier = {path_before(path, moves): (before, now) for path, (now, before) in changes.items()}
    return _is_as_before(root, earlier, moves, 0, forward=False)


def _write(root: str, path: str, before: bytes | None, after: bytes | None, forward: bool) -> None:
    full = filenames.path_inside(root, path)
    if read_bytes(root, path) != before:
        return  # an interrupted undo has already done it
    if after is None and before is not None:
        files.remove(full, files.digest(before))
        if not forward:  # undo also removes the folders that the command created; redoing a removal keeps the folder
            remove_empty_folders(root, os.path.dirname(path))
    elif after is not None and before is None:
        files.make_folder(os.path.dirname(full))
        files.create(full, after)
    elif after is not None and before is not None:
        files.swap(full, after, files.digest(before))


def remove_empty_folders(root: str, folder: str, top: str = "") -> None:
    """Remove a folder if it is empty, then the folders around it, up to and including `top`. The vault itself is never removed."""
    while folder:
        try:
            os.rmdir(os.path.join(root, folder))
        except OSError:  # not empty
            return
        folder = "" if folder == top else os.path.dirname(folder)


def read_bytes(root: str, path: str) -> bytes | None:
    """The bytes of a file in the vault; None if there is no file."""
    try:
        return files.read(filenames.path_inside(root, path)).data
    except FileNotFoundError:
        return None
