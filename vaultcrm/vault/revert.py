"""What a command did taken back, or done again, on the disk: all of it or nothing."""

import os
from collections.abc import Sequence

from vaultcrm.disk import filenames, files
from vaultcrm.disk.moves import Move, count_applied, has_exact_name, move, path_before, repair_interrupted
from vaultcrm.errors import Conflict, ExternalError, VaultcrmError

# For each path what should be there now, and what is wanted instead; None for no file
FileChanges = dict[str, tuple[bytes | None, bytes | None]]


def undo_changes(root: str, steps: FileChanges, moves: Sequence[Move]) -> None:
    """What a command wrote is put back, then what it moved is moved back; all of it or nothing."""
    made = _count_applied(root, moves, forward=False)
    steps = {path_before(path, moves[made:]): step for path, step in steps.items()}
    _check_unchanged(root, steps)
    _write_all(root, steps)
    try:
        _move_all(root, [Move(one.new, one.old, one.created_folder) for one in reversed(moves[:made])], back=True)
    except VaultcrmError:
        _write_all(root, {path: (wanted, there) for path, (there, wanted) in reversed(steps.items())}, forward=True)
        raise


def redo_changes(root: str, steps: FileChanges, moves: Sequence[Move]) -> None:
    """What was taken back is moved, then written again; all of it or nothing."""
    made = _count_applied(root, moves, forward=True)
    _check_unchanged(root, {path_before(path, moves[made:]): step for path, step in steps.items()})
    _move_all(root, moves[made:])
    try:
        _write_all(root, steps, forward=True)
    except VaultcrmError:
        _move_all(root, [Move(one.new, one.old, one.created_folder) for one in reversed(moves[made:])], back=True)
        raise


def _count_applied(root: str, moves: Sequence[Move], forward: bool) -> int:
    """How many moves are made; an undo or redo that was cut short may have left some."""
    repair_interrupted(root, moves)
    made = count_applied(root, moves, forward)
    if made < len(moves) and not has_exact_name(os.path.join(root, moves[made].old)):
        raise Conflict(f"{moves[-1].new} is not there any more.", "Nothing was taken back.")
    return made


def _move_all(root: str, moves: Sequence[Move], back: bool = False) -> None:
    """All of the moves, or none. Moved back, the folders that were made go with them, once they are empty."""
    done: list[Move] = []
    try:
        for one in moves:
            _move(root, one, back)
            done.append(one)
    except (VaultcrmError, OSError) as error:
        for made in reversed(done):
            _move(root, Move(made.new, made.old, made.created_folder), not back)
        if isinstance(error, VaultcrmError):
            raise
        if isinstance(error, FileExistsError):
            raise Conflict(f"{one.new} is there again, and would be lost.", "Nothing was taken back. Move it away first.") from error
        raise ExternalError(f"{one.old} cannot be moved: {error.strerror}.", "Nothing was taken back.") from error


def _move(root: str, one: Move, back: bool) -> None:
    old, new = filenames.path_inside(root, one.old), filenames.path_inside(root, one.new)
    os.makedirs(os.path.dirname(new), exist_ok=True)
    move(old, new)
    if back and one.created_folder:
        remove_empty_folders(root, os.path.dirname(one.old), one.created_folder)


def all_gone(root: str, steps: FileChanges) -> str:
    """The first of the files that a command had made, when none of them is there any more; empty otherwise."""
    is_made = bool(steps) and all(wanted is None for _, wanted in steps.values())
    return next(iter(steps)) if is_made and all(read_bytes(root, path) is None for path in steps) else ""


def _check_unchanged(root: str, steps: FileChanges) -> None:
    for path, expected in steps.items():
        if read_bytes(root, path) not in expected:
            raise Conflict(
                f"{path} has been changed since, and that change would be lost.",
                "Nothing was taken back. `vaultcrm undo --show` prints the earlier text.",
            )


def _write_all(root: str, steps: FileChanges, forward: bool = False) -> None:
    """All of the steps, or none: when one cannot be made, those before it are taken back."""
    made: list[str] = []
    try:
        for path, (there, wanted) in steps.items():
            _write(root, path, there, wanted, forward)
            made.append(path)
    except (VaultcrmError, OSError) as error:
        for path in reversed(made):
            there, wanted = steps[path]
            _write(root, path, wanted, there, not forward)
        if isinstance(error, OSError):
            raise ExternalError(f"{error.filename} cannot be written: {error.strerror}.", "Nothing was taken back.") from error
        raise


def _write(root: str, path: str, there: bytes | None, wanted: bytes | None, forward: bool) -> None:
    full = filenames.path_inside(root, path)
    if read_bytes(root, path) != there:
        return  # an undo that was cut short has been here already
    if wanted is None and there is not None:
        files.remove(full, files.digest(there))
        if not forward:  # folders that a command made for its note go with it; a removal leaves its folder
            remove_empty_folders(root, os.path.dirname(path))
    elif wanted is not None and there is None:
        os.makedirs(os.path.dirname(full), exist_ok=True)
        files.create(full, wanted)
    elif wanted is not None and there is not None:
        files.swap(full, wanted, files.digest(there))


def remove_empty_folders(root: str, folder: str, top: str = "") -> None:
    """Remove a folder and those around it that are empty then, up to `top`; never the vault itself."""
    while folder:
        try:
            os.rmdir(os.path.join(root, folder))
        except OSError:  # not empty
            return
        folder = "" if folder == top else os.path.dirname(folder)


def read_bytes(root: str, path: str) -> bytes | None:
    try:
        return files.read(filenames.path_inside(root, path)).data
    except FileNotFoundError:
        return None
