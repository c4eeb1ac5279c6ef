"""What each command wrote and moved, and the bytes before it: kept outside the vault, so that it can be undone.

The journal is also where writers wait for each other: SQLite's own lock on a file beside it, which
the system frees when a process dies.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from vaultcrm import files, names, places, watching
from vaultcrm.errors import Changed, NotFound, OutsideFailed, VaultcrmError
from vaultcrm.journal_tables import VERSION, statements
from vaultcrm.lock import held
from vaultcrm.moves import Move, before, lies, move, standing

KEPT = 500  # commands that can be undone
LOCK_SECONDS = 30.0

_LAST_DONE = "SELECT id, at, words FROM commands WHERE state = 'done' ORDER BY id DESC LIMIT 1"
# what was undone last, unless something has been done since
_LAST_UNDONE = (
    "SELECT id, at, words FROM commands WHERE state = 'undone' "
    "AND id > coalesce((SELECT max(id) FROM commands WHERE state = 'done'), 0) ORDER BY turned DESC LIMIT 1"
)


# For each path what should be there now, and what is wanted instead; None for no file
Steps = dict[str, tuple[bytes | None, bytes | None]]


class Write(NamedTuple):
    """One file's change: its bytes before and after; None where there is no file."""

    path: str
    before: bytes | None
    after: bytes | None


class Entry(NamedTuple):
    """One command's line in the journal."""

    id: int
    at: str
    words: str
    state: str
    paths: tuple[str, ...]
    moves: tuple[Move, ...] = ()


class Journal:
    """The journal of one vault. Every method may raise OutsideFailed when its file cannot be used."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.folder = places.of_vault("state", root)
        self._connection: sqlite3.Connection | None = None
        self._command: int | None = None

    @contextlib.contextmanager
    def command(self, words: str, at: str) -> Iterator[None]:
        """Hold the vault's lock while one command writes, and keep what it writes under its words."""
        with self._lock():
            self._sweep()
            number = self._run("INSERT INTO commands (at, words, state) VALUES (?, ?, 'open')", at, words).lastrowid or 0
            self._command = number
            try:
                yield
            except BaseException:
                self._take_back(number)
                raise
            finally:
                self._close(number)
                self._run("DELETE FROM commands WHERE id <= ?", number - KEPT)
                self._command = None

    def _take_back(self, number: int) -> None:
        """A command that fails leaves nothing half done. What cannot be taken back stays in the journal, for `undo`."""
        with contextlib.suppress(VaultcrmError, OSError):
            self._go_back(number)
            for table in ("writes", "moves"):
                self._run(f"DELETE FROM {table} WHERE command = ?", number)

    @contextlib.contextmanager
    def keeping(self, path: str, before: bytes | None, after: bytes | None) -> Iterator[None]:
        """Keep the bytes before a write, durably, then let it happen; forget it when it did not."""
        statement = "INSERT INTO writes (command, path, before, after) VALUES (?, ?, ?, ?)"
        kept = self._run(statement, self._command, path, before, after).lastrowid
        try:
            yield
        except BaseException:
            self._run("DELETE FROM writes WHERE id = ?", kept)
            raise

    @contextlib.contextmanager
    def moving(self, one: Move) -> Iterator[None]:
        """Keep that something is moved, as `keeping` does. A command moves first and writes then, under the new names."""
        assert not self._writes(self._command or 0), "what is written before a move could not be found again"
        self._run("INSERT INTO moves (command, old, new, made) VALUES (?, ?, ?, ?)", self._command, *one)
        try:
            yield
        except BaseException:
            self._forget_moves(self._command or 0, [one])
            raise

    def entries(self, limit: int = 20) -> list[Entry]:
        """The last commands that wrote, newest first."""
        self._settle()
        rows = self._run("SELECT id, at, words, state FROM commands ORDER BY id DESC LIMIT ?", limit).fetchall()
        return [
            Entry(row[0], row[1], row[2], row[3], tuple(write.path for write in self._writes(row[0])), tuple(self._moves(row[0])))
            for row in rows
        ]

    def undo(self) -> Entry:
        """Put back what the last command that is not undone found. All of it or, with Changed, nothing."""
        return self._turn("done", "undone", "There is nothing to undo.")

    def redo(self) -> Entry:
        """Do again what was undone last."""
        return self._turn("undone", "done", "There is nothing to do again.")

    def _turn(self, state: str, new_state: str, nothing: str) -> Entry:
        with self._lock():
            self._sweep()
            row = self._run(_LAST_DONE if state == "done" else _LAST_UNDONE).fetchone()
            if row is None:
                raise NotFound(nothing)
            (self._go_back if state == "done" else self._go_forth)(row[0])
            turned = "turned = (SELECT max(turned) + 1 FROM commands)"
            self._run(f"UPDATE commands SET state = ?, {turned} WHERE id = ?", new_state, row[0])
            return Entry(row[0], row[1], row[2], new_state, tuple(self._steps(row[0], state == "undone")), tuple(self._moves(row[0])))

    def _go_back(self, command: int) -> None:
        """What a command wrote is put back, then what it moved is moved back; all of it or nothing."""
        steps, moves = self._steps(command, forward=False), self._moves(command)
        made = self._standing(moves, forward=False)
        steps = {before(path, moves[made:]): step for path, step in steps.items()}
        self._check(steps)
        self._put_all(steps)
        try:
            self._move_all([Move(one.new, one.old, one.made) for one in reversed(moves[:made])], back=True)
        except VaultcrmError:
            self._put_all({path: (wanted, there) for path, (there, wanted) in reversed(steps.items())}, forward=True)
            raise

    def _go_forth(self, command: int) -> None:
        """What was taken back is moved, then written again; all of it or nothing."""
        steps, moves = self._steps(command, forward=True), self._moves(command)
        made = self._standing(moves, forward=True)
        self._check({before(path, moves[made:]): step for path, step in steps.items()})
        self._move_all(moves[made:])
        try:
            self._put_all(steps, forward=True)
        except VaultcrmError:
            self._move_all([Move(one.new, one.old, one.made) for one in reversed(moves[made:])], back=True)
            raise

    def _standing(self, moves: Sequence[Move], forward: bool) -> int:
        """How many moves are made; an undo or redo that was cut short may have left some."""
        made = standing(self.root, moves, forward)
        if made < len(moves) and not lies(os.path.join(self.root, moves[made].old)):
            raise Changed(f"{moves[-1].new} is not there any more.", "Nothing was taken back.")
        return made

    def _move_all(self, moves: Sequence[Move], back: bool = False) -> None:
        """All of the moves, or none. Moved back, the folders that were made go with them, once they are empty."""
        done: list[Move] = []
        try:
            for one in moves:
                self._move(one, back)
                done.append(one)
        except OSError as error:
            for made in reversed(done):
                self._move(Move(made.new, made.old, made.made), not back)
            if isinstance(error, FileExistsError):
                raise Changed(f"{one.new} is there again, and would be lost.", "Nothing was taken back. Move it away first.") from error
            raise OutsideFailed(f"{one.old} cannot be moved: {error.strerror}.", "Nothing was taken back.") from error

    def _move(self, one: Move, back: bool) -> None:
        old, new = names.inside(self.root, one.old), names.inside(self.root, one.new)
        os.makedirs(os.path.dirname(new), exist_ok=True)
        move(old, new)
        if back and one.made:
            self._remove_empty(os.path.dirname(old), os.path.join(self.root, one.made))

    def _steps(self, command: int, forward: bool) -> Steps:
        ends: Steps = {}
        for write in self._writes(command):
            first = ends[write.path][0] if write.path in ends else write.before
            ends[write.path] = (first, write.after)
        if forward:
            return ends
        return {path: (after, first) for path, (first, after) in reversed(ends.items())}

    def _check(self, steps: Steps) -> None:
        for path, expected in steps.items():
            if self._bytes(path) not in expected:
                raise Changed(
                    f"{path} has been changed since, and that change would be lost.",
                    "Nothing was taken back. `vaultcrm undo --show` prints the earlier text.",
                )

    def _put_all(self, steps: Steps, forward: bool = False) -> None:
        """All of the steps, or none: when one cannot be made, those before it are taken back."""
        made: list[str] = []
        try:
            for path, (there, wanted) in steps.items():
                self._put(path, there, wanted, forward)
                made.append(path)
        except (VaultcrmError, OSError) as error:
            for path in reversed(made):
                there, wanted = steps[path]
                self._put(path, wanted, there, not forward)
            if isinstance(error, OSError):
                raise OutsideFailed(f"{error.filename} cannot be written: {error.strerror}.", "Nothing was taken back.") from error
            raise

    def _put(self, path: str, there: bytes | None, wanted: bytes | None, forward: bool) -> None:
        full = names.inside(self.root, path)
        if self._bytes(path) != there:
            return  # an undo that was cut short has been here already
        if wanted is None and there is not None:
            files.remove(full, files.digest_of(there))
            if not forward:  # folders that a command made for its note go with it; a removal leaves its folder
                self._remove_empty(os.path.dirname(full))
        elif wanted is not None and there is None:
            os.makedirs(os.path.dirname(full), exist_ok=True)
            files.create(full, wanted)
        elif wanted is not None and there is not None:
            files.swap(full, wanted, files.digest_of(there))

    def _remove_empty(self, folder: str, top: str = "") -> None:
        """Remove a folder and those around it that are empty then, up to `top`."""
        while folder != self.root and folder.startswith(top or self.root + os.sep):
            try:
                os.rmdir(folder)
            except OSError:  # not empty
                return
            folder = os.path.dirname(folder)

    def _bytes(self, path: str) -> bytes | None:
        try:
            return files.read(names.inside(self.root, path)).data
        except FileNotFoundError:
            return None

    def _writes(self, command: int) -> list[Write]:
        return [Write(*row) for row in self._run("SELECT path, before, after FROM writes WHERE command = ? ORDER BY id", command)]

    def _moves(self, command: int) -> list[Move]:
        return [Move(*row) for row in self._run("SELECT old, new, made FROM moves WHERE command = ? ORDER BY id", command)]

    def last_change(self) -> tuple[list[Move], list[Write]]:
        """What `undo` would take back: moves and writes. Raises NotFound when there is nothing."""
        self._settle()
        row = self._run(_LAST_DONE).fetchone()
        if row is None:
            raise NotFound("There is nothing to undo.")
        return self._moves(row[0]), [Write(path, *step) for path, step in self._steps(row[0], forward=True).items()]

    def _sweep(self) -> None:
        """A command that is still open while we hold the lock was killed: remove its temporary files.

        So may have been the last undo or redo, which opens no command.
        """
        for row in (self._run(_LAST_DONE).fetchone(), self._run(_LAST_UNDONE).fetchone()):
            if row is not None:
                self._sweep_folders(row[0])
        for (command,) in self._run("SELECT id FROM commands WHERE state = 'open'").fetchall():
            self._sweep_folders(command)
            moves = self._moves(command)
            made = standing(self.root, moves, forward=False)
            for number, path, first in self._run(
                "SELECT id, path, before FROM writes WHERE command = ? ORDER BY id DESC", command
            ).fetchall():
                with contextlib.suppress(VaultcrmError, OSError):
                    if self._bytes(before(path, moves[made:])) == first:  # kept in the journal, and then not made
                        self._run("DELETE FROM writes WHERE id = ?", number)
            self._forget_moves(command, moves[made:])
            self._close(command)

    def _forget_moves(self, command: int, moves: Iterable[Move]) -> None:
        """Moves that were kept in the journal, and then not made; folders made for them go."""
        for one in moves:
            self._run("DELETE FROM moves WHERE command = ? AND old = ? AND new = ?", command, one.old, one.new)
            if one.made:
                self._remove_empty(os.path.join(self.root, os.path.dirname(one.new)), os.path.join(self.root, one.made))

    def _sweep_folders(self, command: int) -> None:
        paths = self._run("SELECT DISTINCT path FROM writes WHERE command = ?", command).fetchall()
        for folder in {os.path.dirname(os.path.join(self.root, path)) for (path,) in paths}:
            files.sweep(folder)

    def _settle(self) -> None:
        """Sweep before something is told, unless somebody is writing just now."""
        with contextlib.suppress(Changed), self._lock(0):
            self._sweep()

    def _close(self, command: int) -> None:
        """A command has ended; one that wrote nothing leaves no line."""
        wrote = self._run(
            "SELECT 1 FROM writes WHERE command = ? UNION ALL SELECT 1 FROM moves WHERE command = ?", command, command
        ).fetchone()
        self._run("UPDATE commands SET state = 'done' WHERE id = ?" if wrote else "DELETE FROM commands WHERE id = ?", command)

    @contextlib.contextmanager
    def _lock(self, seconds: float | None = None) -> Iterator[None]:
        """One writer at a time. Raises Changed when the vault stays locked for half a minute, or so many seconds."""
        with contextlib.ExitStack() as stack:
            try:
                wait = LOCK_SECONDS if seconds is None else seconds
                message = "Another vaultcrm is writing to this vault, and does not end."
                stack.enter_context(held(os.path.join(self.folder, "lock.sqlite"), wait, message))
            except sqlite3.DatabaseError as error:
                raise self._unusable(error) from error
            watching.tell_write(self.root)  # before and after: a watcher's look may begin in between
            stack.callback(watching.tell_write, self.root)
            yield

    def _run(self, statement: str, *values: object) -> sqlite3.Cursor:
        """One statement, committed and synced at once."""
        try:
            if self._connection is None:
                path = os.path.join(self.folder, "journal.sqlite")
                self._connection = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.execute("PRAGMA foreign_keys = ON")
                if self._connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:
                    _make_tables(self._connection)
            return self._connection.execute(statement, values)
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: sqlite3.DatabaseError) -> OutsideFailed:
        return OutsideFailed(f"The journal for `vaultcrm undo` cannot be used: {error}.", f"Nothing was written. It lies in {self.folder}.")


def _make_tables(connection: sqlite3.Connection) -> None:
    """The tables of a new journal, or of an older one, which keeps what it knows."""
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:  # another process may have been faster
        is_older = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'writes'").fetchone() is not None
        for statement in statements(is_older):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
