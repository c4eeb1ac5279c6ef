"""What a command did taken back, or done again, on the disk: all of it or nothing."""

import os
from collections.abc import Sequence

from vaultcrm.disk import filenames, files
from vaultcrm.disk.moves import Move, before, end_halves, lies, move, standing
from vaultcrm.errors import Changed, OutsideFailed, VaultcrmError

# For each path what should be there now, and what is wanted instead; None for no file
Steps = dict[str, tuple[bytes | None, bytes | None]]


def go_back(root: str, steps: Steps, moves: Sequence[Move]) -> None:
    """What a command wrote is put back, then what it moved is moved back; all of it or nothing."""
    made = _standing(root, moves, forward=False)
    steps = {before(path, moves[made:]): step for path, step in steps.items()}
    _check(root, steps)
    _put_all(root, steps)
    try:
        _move_all(root, [Move(one.new, one.old, one.made) for one in reversed(moves[:made])], back=True)
    except VaultcrmError:
        _put_all(root, {path: (wanted, there) for path, (there, wanted) in reversed(steps.items())}, forward=True)
        raise


def go_forth(root: str, steps: Steps, moves: Sequence[Move]) -> None:
    """What was taken back is moved, then written again; all of it or nothing."""
    made = _standing(root, moves, forward=True)
    _check(root, {before(path, moves[made:]): step for path, step in steps.items()})
    _move_all(root, moves[made:])
    try:
        _put_all(root, steps, forward=True)
    except VaultcrmError:
        _move_all(root, [Move(one.new, one.old, one.made) for one in reversed(moves[made:])], back=True)
        raise


def _standing(root: str, moves: Sequence[Move], forward: bool) -> int:
    """How many moves are made; an undo or redo that was cut short may have left some."""
    end_halves(root, moves)
    made = standing(root, moves, forward)
    if made < len(moves) and not lies(os.path.join(root, moves[made].old)):
        raise Changed(f"{moves[-1].new} is not there any more.", "Nothing was taken back.")
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
            _move(root, Move(made.new, made.old, made.made), not back)
        if isinstance(error, VaultcrmError):
            raise
        if isinstance(error, FileExistsError):
            raise Changed(f"{one.new} is there again, and would be lost.", "Nothing was taken back. Move it away first.") from error
        raise OutsideFailed(f"{one.old} cannot be moved: {error.strerror}.", "Nothing was taken back.") from error


def _move(root: str, one: Move, back: bool) -> None:
    old, new = filenames.inside(root, one.old), filenames.inside(root, one.new)
    os.makedirs(os.path.dirname(new), exist_ok=True)
    move(old, new)
    if back and one.made:
        remove_empty(root, os.path.dirname(one.old), one.made)


def all_gone(root: str, steps: Steps) -> str:
    """The first of the files that a command had made, when none of them is there any more; empty otherwise."""
    is_made = bool(steps) and all(wanted is None for _, wanted in steps.values())
    return next(iter(steps)) if is_made and all(bytes_at(root, path) is None for path in steps) else ""


def _check(root: str, steps: Steps) -> None:
    for path, expected in steps.items():
        if bytes_at(root, path) not in expected:
            raise Changed(
                f"{path} has been changed since, and that change would be lost.",
                "Nothing was taken back. `vaultcrm undo --show` prints the earlier text.",
            )


def _put_all(root: str, steps: Steps, forward: bool = False) -> None:
    """All of the steps, or none: when one cannot be made, those before it are taken back."""
    made: list[str] = []
    try:
        for path, (there, wanted) in steps.items():
            _put(root, path, there, wanted, forward)
            made.append(path)
    except (VaultcrmError, OSError) as error:
        for path in reversed(made):
            there, wanted = steps[path]
            _put(root, path, wanted, there, not forward)
        if isinstance(error, OSError):
            raise OutsideFailed(f"{error.filename} cannot be written: {error.strerror}.", "Nothing was taken back.") from error
        raise


def _put(root: str, path: str, there: bytes | None, wanted: bytes | None, forward: bool) -> None:
    full = filenames.inside(root, path)
    if bytes_at(root, path) != there:
        return  # an undo that was cut short has been here already
    if wanted is None and there is not None:
        files.remove(full, files.digest_of(there))
        if not forward:  # folders that a command made for its note go with it; a removal leaves its folder
            remove_empty(root, os.path.dirname(path))
    elif wanted is not None and there is None:
        os.makedirs(os.path.dirname(full), exist_ok=True)
        files.create(full, wanted)
    elif wanted is not None and there is not None:
        files.swap(full, wanted, files.digest_of(there))


def remove_empty(root: str, folder: str, top: str = "") -> None:
    """Remove a folder and those around it that are empty then, up to `top`; never the vault itself."""
    while folder:
        try:
            os.rmdir(os.path.join(root, folder))
        except OSError:  # not empty
            return
        folder = "" if folder == top else os.path.dirname(folder)


def bytes_at(root: str, path: str) -> bytes | None:
    try:
        return files.read(filenames.inside(root, path)).data
    except FileNotFoundError:
        return None
