"""Undo and redo a command's moves and writes on disk: all of them, or none."""

import os
from collections.abc import Sequence

from vaultcrm.disk import filenames, files
from vaultcrm.disk.moves import Move, count_applied, has_exact_name, move, path_before, repair_interrupted
from vaultcrm.errors import Conflict, ExternalError, VaultcrmError

# For each path the bytes that the file should have now, and those to write instead; None means no file.
FileChanges = dict[str, tuple[bytes | None, bytes | None]]


def undo_changes(root: str, changes: FileChanges, moves: Sequence[Move]) -> None:
    """Write the files as they were before a command, then revert its moves. All of it, or nothing.

    Raises Conflict if a file has changed since then, and ExternalError if the disk refuses.
    """
    applied = _count_applied(root, moves, forward=False)
    changes = {path_before(path, moves[applied:]): change for path, change in changes.items()}
    _check_unchanged(root, changes)
    _write_all(root, changes)
    try:
        _move_all(root, _reverted(moves[:applied]), back=True)
    except VaultcrmError:
        _write_all(root, {path: (after, before) for path, (before, after) in reversed(changes.items())}, forward=True)
        raise


def redo_changes(root: str, changes: FileChanges, moves: Sequence[Move]) -> None:
    """Apply a command's moves, then its writes, again. All of it, or nothing. Raises like `undo_changes`."""
    applied = _count_applied(root, moves, forward=True)
    _check_unchanged(root, {path_before(path, moves[applied:]): change for path, change in changes.items()})
    _move_all(root, moves[applied:])
    try:
        _write_all(root, changes, forward=True)
    except VaultcrmError:
        _move_all(root, _reverted(moves[applied:]), back=True)
        raise


def _reverted(moves: Sequence[Move]) -> list[Move]:
    return [Move(step.new, step.old, step.created_folder) for step in reversed(moves)]


def _count_applied(root: str, moves: Sequence[Move], forward: bool) -> int:
    """The number of moves that are applied now. It is not always all or none: an earlier undo or redo may have been interrupted."""
    repair_interrupted(root, moves)
    applied = count_applied(root, moves, forward)
    if applied < len(moves) and not has_exact_name(os.path.join(root, moves[applied].old)):
        raise Conflict(f"{moves[-1].new} no longer exists.", "Nothing was changed. If you have moved it, move it back first.")
    return applied


def _move_all(root: str, moves: Sequence[Move], back: bool = False) -> None:
    """Apply all of the moves, or none. When moving `back`, also remove the folders created for them that are empty then."""
    done: list[Move] = []
    try:
        for step in moves:
            _move(root, step, back)
            done.append(step)
    except (VaultcrmError, OSError) as error:
        for reverse in _reverted(done):
            _move(root, reverse, not back)
        if isinstance(error, VaultcrmError):
            raise
        if isinstance(error, FileExistsError):
            raise Conflict(f"{step.new} exists again, and would be overwritten.", "Nothing was changed. Move it away first.") from error
        raise ExternalError(f"{step.old} can't be moved: {error.strerror}.", "Nothing was changed. Fix that, then try again.") from error


def _move(root: str, step: Move, back: bool) -> None:
    old, new = filenames.path_inside(root, step.old), filenames.path_inside(root, step.new)
    os.makedirs(os.path.dirname(new), exist_ok=True)
    move(old, new)
    if back and step.created_folder:
        remove_empty_folders(root, os.path.dirname(step.old), step.created_folder)


def are_all_gone(root: str, changes: FileChanges) -> bool:
    """Whether undoing would only remove files, and none of them exists any more."""
    only_removes = bool(changes) and all(after is None for _, after in changes.values())
    return only_removes and all(read_bytes(root, path) is None for path in changes)


def _check_unchanged(root: str, changes: FileChanges) -> None:
    """Raise Conflict if a file has neither the bytes it should have now nor those that are to be written."""
    for path, change in changes.items():
        if read_bytes(root, path) not in change:
            raise Conflict(
                f"{path} has been changed since, and that change would be lost.",
                "Nothing was changed. `vaultcrm undo --show` prints the earlier text.",
            )


def _write_all(root: str, changes: FileChanges, forward: bool = False) -> None:
    """Make all of the changes, or none: when one fails, those before it are reverted."""
    written: list[str] = []
    try:
        for path, (before, after) in changes.items():
            _write(root, path, before, after, forward)
            written.append(path)
    except (VaultcrmError, OSError) as error:
        for path in reversed(written):
            before, after = changes[path]
            _write(root, path, after, before, not forward)
        if isinstance(error, OSError):
            raise ExternalError(
                f"{error.filename} can't be written: {error.strerror}.", "Nothing was changed. Fix that, then try again."
            ) from error
        raise


def _write(root: str, path: str, before: bytes | None, after: bytes | None, forward: bool) -> None:
    full = filenames.path_inside(root, path)
    if read_bytes(root, path) != before:
        return  # an interrupted undo has already done it
    if after is None and before is not None:
        files.remove(full, files.digest(before))
        if not forward:  # undo also removes the folders that the command created; redoing a removal keeps the folder
            remove_empty_folders(root, os.path.dirname(path))
    elif after is not None and before is None:
        os.makedirs(os.path.dirname(full), exist_ok=True)
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
