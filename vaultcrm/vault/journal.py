"""What each command wrote and moved, and the bytes before it: kept outside the vault, so that it can be undone.

The journal is also where writers wait for each other: SQLite's own lock on a file beside it, which
the system frees when a process dies.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vaultcrm.disk import files, user_dirs, watch_lease
from vaultcrm.disk.lock import hold_lock
from vaultcrm.disk.moves import Move, count_applied, has_exact_name, path_before, repair_interrupted
from vaultcrm.errors import Conflict, ExternalError, NotFound, VaultcrmError
from vaultcrm.vault.journal_schema import VERSION, schema_statements
from vaultcrm.vault.revert import FileChanges, all_gone, read_bytes, redo_changes, remove_empty_folders, undo_changes

MAX_COMMANDS = 500  # commands that can be undone
LOCK_SECONDS = 30.0

_LAST_DONE = "SELECT id, at, words FROM commands WHERE state = 'done' ORDER BY id DESC LIMIT 1"
# what was undone last, unless something has been done since
_LAST_UNDONE = (
    "SELECT id, at, words FROM commands WHERE state = 'undone' "
    "AND id > coalesce((SELECT max(id) FROM commands WHERE state = 'done'), 0) ORDER BY turned DESC LIMIT 1"
)


class JournalWrite(NamedTuple):
    """One file's change: its bytes before and after; None where there is no file."""

    path: str
    before: bytes | None
    after: bytes | None


class JournalEntry(NamedTuple):
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
        self.folder = user_dirs.vault_dir("state", root)
        self._connection: sqlite3.Connection | None = None
        self._command: int | None = None

    @contextlib.contextmanager
    def command(self, words: str, at: str) -> Iterator[None]:
        """Hold the vault's lock while one command writes, and keep what it writes under its words."""
        with self._lock():
            self._clean_up_interrupted()
            number = self._run("INSERT INTO commands (at, words, state) VALUES (?, ?, 'open')", at, words).lastrowid or 0
            self._command = number
            try:
                yield
            except BaseException:
                self._roll_back(number)
                raise
            finally:
                self._finish(number)
                self._run("DELETE FROM commands WHERE id <= ?", number - MAX_COMMANDS)
                self._command = None

    def _roll_back(self, number: int) -> None:
        """A command that fails leaves nothing half done. What cannot be taken back stays in the journal, for `undo`."""
        with contextlib.suppress(VaultcrmError, OSError):
            undo_changes(self.root, self._changes(number, forward=False), self._moves(number))
            for table in ("writes", "moves"):
                self._run(f"DELETE FROM {table} WHERE command = ?", number)

    @contextlib.contextmanager
    def recording_write(self, path: str, before: bytes | None, after: bytes | None) -> Iterator[None]:
        """Keep the bytes before a write, durably, then let it happen; forget it when it did not."""
        statement = "INSERT INTO writes (command, path, before, after) VALUES (?, ?, ?, ?)"
        kept = self._run(statement, self._command, path, before, after).lastrowid
        try:
            yield
        except BaseException as error:
            # an interrupt, or a disk that says no behind the rename: what was made has to be known, to be taken back
            if isinstance(error, (FileExistsError, FileNotFoundError, Conflict)) or not self._is_now(path, after):
                self._run("DELETE FROM writes WHERE id = ?", kept)
            raise

    @contextlib.contextmanager
    def recording_move(self, move: Move) -> Iterator[None]:
        """Keep that something is moved, as `keeping` does. A command moves first and writes then, under the new names."""
        assert not self._writes(self._command or 0), "what is written before a move could not be found again"
        self._run("INSERT INTO moves (command, old, new, made) VALUES (?, ?, ?, ?)", self._command, *move)
        try:
            yield
        except BaseException as error:
            if isinstance(error, FileExistsError) or not has_exact_name(os.path.join(self.root, move.new)):
                self._forget_moves(self._command or 0, [move])
            raise

    def _is_now(self, path: str, data: bytes | None) -> bool:
        """Whether a file holds these bytes, or (None) is not there; also where nobody can tell."""
        with contextlib.suppress(VaultcrmError, OSError):
            return read_bytes(self.root, path) == data
        return True

    def entries(self, limit: int = 20) -> list[JournalEntry]:
        """The last commands that wrote, newest first."""
        self._clean_up_unless_locked()
        rows = self._run("SELECT id, at, words, state FROM commands ORDER BY id DESC LIMIT ?", limit).fetchall()
        return [
            JournalEntry(row[0], row[1], row[2], row[3], tuple(write.path for write in self._writes(row[0])), tuple(self._moves(row[0])))
            for row in rows
        ]

    def undo(self) -> JournalEntry:
        """Put back what the last command that is not undone found. All of it or, with Changed, nothing."""
        return self._undo_or_redo("done", "undone", "There is nothing to undo.")

    def redo(self) -> JournalEntry:
        """Do again what was undone last."""
        return self._undo_or_redo("undone", "done", "There is nothing to do again.")

    def _undo_or_redo(self, state: str, new_state: str, nothing: str) -> JournalEntry:
        with self._lock():
            self._clean_up_interrupted()
            row = self._run(_LAST_DONE if state == "done" else _LAST_UNDONE).fetchone()
            if row is None:
                raise NotFound(nothing)
            is_redo = state == "undone"
            steps, moves = self._changes(row[0], is_redo), self._moves(row[0])
            if not is_redo and not moves and (gone := all_gone(self.root, steps)):
                self._run("DELETE FROM commands WHERE id = ?", row[0])  # nothing of it can be taken back any more
                raise Conflict(f"{gone} is not there any more: somebody has moved or deleted it.", f"`vaultcrm {row[2]}` stays as it is.")
            (redo_changes if is_redo else undo_changes)(self.root, steps, moves)
            turned = "turned = (SELECT max(turned) + 1 FROM commands)"
            self._run(f"UPDATE commands SET state = ?, {turned} WHERE id = ?", new_state, row[0])
            return JournalEntry(row[0], row[1], row[2], new_state, tuple(steps), tuple(moves))

    def _changes(self, command: int, forward: bool) -> FileChanges:
        ends: FileChanges = {}
        for write in self._writes(command):
            first = ends[write.path][0] if write.path in ends else write.before
            ends[write.path] = (first, write.after)
        if forward:
            return ends
        return {path: (after, first) for path, (first, after) in reversed(ends.items())}

    def _writes(self, command: int) -> list[JournalWrite]:
        return [JournalWrite(*row) for row in self._run("SELECT path, before, after FROM writes WHERE command = ? ORDER BY id", command)]

    def _moves(self, command: int) -> list[Move]:
        return [Move(*row) for row in self._run("SELECT old, new, made FROM moves WHERE command = ? ORDER BY id", command)]

    def last_change(self) -> tuple[list[Move], list[JournalWrite]]:
        """What `undo` would take back: moves and writes. Raises NotFound when there is nothing."""
        self._clean_up_unless_locked()
        row = self._run(_LAST_DONE).fetchone()
        if row is None:
            raise NotFound("There is nothing to undo.")
        return self._moves(row[0]), [JournalWrite(path, *step) for path, step in self._changes(row[0], forward=True).items()]

    def _clean_up_interrupted(self) -> None:
        """A command that is still open while we hold the lock was killed: remove its temporary files, end its half moves.

        So may have been the last undo or redo, which opens no command.
        """
        for row in (self._run(_LAST_DONE).fetchone(), self._run(_LAST_UNDONE).fetchone()):
            if row is not None:
                self._remove_temp_files(row[0])
        for (command,) in self._run("SELECT id FROM commands WHERE state = 'open'").fetchall():
            self._remove_temp_files(command)
            moves = self._moves(command)
            repair_interrupted(self.root, moves)
            made = count_applied(self.root, moves, forward=False)
            for number, path, first in self._run(
                "SELECT id, path, before FROM writes WHERE command = ? ORDER BY id DESC", command
            ).fetchall():
                with contextlib.suppress(VaultcrmError, OSError):
                    if read_bytes(self.root, path_before(path, moves[made:])) == first:  # kept in the journal, and then not made
                        self._run("DELETE FROM writes WHERE id = ?", number)
            self._forget_moves(command, moves[made:])
            self._finish(command)

    def _forget_moves(self, command: int, moves: Iterable[Move]) -> None:
        """Moves that were kept in the journal, and then not made; folders made for them go."""
        for one in moves:
            self._run("DELETE FROM moves WHERE command = ? AND old = ? AND new = ?", command, one.old, one.new)
            if one.created_folder:
                remove_empty_folders(self.root, os.path.dirname(one.new), one.created_folder)

    def _remove_temp_files(self, command: int) -> None:
        paths = self._run("SELECT DISTINCT path FROM writes WHERE command = ?", command).fetchall()
        for folder in {os.path.dirname(os.path.join(self.root, path)) for (path,) in paths}:
            files.remove_temp_files(folder)

    def _clean_up_unless_locked(self) -> None:
        """Know what was killed before something is told, unless somebody is writing just now. No note is written by that."""
        with contextlib.suppress(Conflict), self._lock(0):
            moving = "SELECT 1 FROM moves JOIN commands ON command = commands.id WHERE state = 'open'"
            if not self._run(moving).fetchone():  # a move that was cut short waits for the next writer
                self._clean_up_interrupted()

    def _finish(self, command: int) -> None:
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
                stack.enter_context(hold_lock(os.path.join(self.folder, "lock.sqlite"), wait, message))
            except sqlite3.DatabaseError as error:
                raise self._unusable(error) from error
            watch_lease.record_write(self.root)  # before and after: a watcher's look may begin in between
            stack.callback(watch_lease.record_write, self.root)
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

    def _unusable(self, error: sqlite3.DatabaseError) -> ExternalError:
        return ExternalError(f"The journal for `vaultcrm undo` cannot be used: {error}.", f"Nothing was written. It lies in {self.folder}.")


def _make_tables(connection: sqlite3.Connection) -> None:
    """The tables of a new journal, or of an older one, which keeps what it knows."""
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:  # another process may have been faster
        is_older = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'writes'").fetchone() is not None
        for statement in schema_statements(is_older):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
