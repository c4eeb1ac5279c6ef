"""The journal: what each command wrote and moved, and the bytes before that, kept outside the vault for undo.

Commands that write also wait for each other here: each one holds SQLite's lock on a file next to the
journal, which the system releases when its process dies.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from vaultcrm.disk import filenames, files, watch_lease
from vaultcrm.disk.lock import hold_lock
from vaultcrm.disk.moves import Move, count_applied, has_exact_name, path_before, repair_interrupted
from vaultcrm.disk.temp_files import remove_temp_files
from vaultcrm.errors import Conflict, ExternalError, NotFound, VaultcrmError
from vaultcrm.vault import revert
from vaultcrm.vault.journal_folder import journal_folder, remember_vault
from vaultcrm.vault.journal_schema import VERSION, JournalEntry, JournalWrite, schema_statements
from vaultcrm.vault.revert import FileChanges, are_all_gone, read_bytes, redo_changes, remove_empty_folders, reversed_changes, undo_changes

MAX_COMMANDS = 500  # commands that can be undone
LOCK_SECONDS = 30.0
has_written = False  # whether this process has written, undone or redone something that stays

_HALF_DONE = "Part of what the command wrote is still there. Fix that, then take it back with: vaultcrm undo"

_LAST_DONE = "SELECT id, at, words FROM commands WHERE state = 'done' ORDER BY id DESC LIMIT 1"
# the command that was undone last, unless another command has written since
_LAST_UNDONE = (
    "SELECT id, at, words FROM commands WHERE state = 'undone' AND turned >= 0 "
    "AND id > coalesce((SELECT max(id) FROM commands WHERE state = 'done'), 0) ORDER BY turned DESC LIMIT 1"
)


class Journal:
    """The journal of one vault. Every method may raise ExternalError if its file can't be used. Close it after use."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.folder = journal_folder(root)
        self._connection: sqlite3.Connection | None = None
        self._command: int | None = None
        self._has_recorded = False

    def close(self) -> None:
        """Close the connection to the journal's file. The next call opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            remember_vault(self.folder, self.root)

    @contextlib.contextmanager
    def command(self, words: str, at: str) -> Iterator[None]:
        """Hold the vault's lock while one command writes, and record what it writes under its `words`.

        If the command fails, everything that it wrote is undone; if that is not possible, the error says so. `at`
        is the local time in ISO format. Raises Locked if another command holds the lock for LOCK_SECONDS.
        """
        with self._lock():
            self._clean_up_interrupted()
            number = self._run("INSERT INTO commands (at, words, state) VALUES (?, ?, 'open')", at, words).lastrowid or 0
            self._command = number
            try:
                yield
            except BaseException as error:
                if not self._roll_back(number):
                    message = (
                        error.message if isinstance(error, VaultcrmError) else f"The command was interrupted ({type(error).__name__})."
                    )
                    raise ExternalError(message, _HALF_DONE) from error
                raise
            finally:
                self._command = None
            if self._has_recorded:
                _remember_write()
            # What the command wrote is recorded and durable. If this fails, the next command does it.
            with contextlib.suppress(ExternalError):
                self._finish(number)
                self._run("DELETE FROM commands WHERE id <= ?", number - MAX_COMMANDS)

    def _roll_back(self, number: int) -> bool:
        """Undo what a failed command wrote. Returns whether that succeeded.

        A command that leaves something, if only a temporary file, stays open: the next command cleans up after it.
        """
        is_undone = False
        with contextlib.suppress(VaultcrmError, OSError):
            changes, moves = self._changes(number, forward=False), self._moves(number)
            with contextlib.suppress(VaultcrmError, OSError):
                undo_changes(self.root, changes, moves, keep_half=True)
            if (is_undone := revert.is_undone(self.root, changes, moves)) and self._remove_temp_files(number):
                self._run("DELETE FROM commands WHERE id = ?", number)
        return is_undone

    @contextlib.contextmanager
    def recording_write(self, path: str, before: bytes | None, after: bytes | None) -> Iterator[None]:
        """Record a write durably, let the caller make it, and delete the record if that failed."""
        statement = "INSERT INTO writes (command, path, before, after) VALUES (?, ?, ?, ?)"
        number = self._run(statement, self._command, path, before, after).lastrowid
        try:
            yield
            self._has_recorded = True
        except FileExistsError:  # the caller tries another name, which must not leave a record of this one
            self._run("DELETE FROM writes WHERE id = ?", number)
            raise
        except BaseException as error:
            # An interrupt, or a disk error after the rename, may come when the write is already made: then it stays recorded.
            if isinstance(error, (FileNotFoundError, Conflict)) or not self._has_content(path, after):
                with contextlib.suppress(ExternalError):  # the record of a write that was not made does no harm
                    self._run("DELETE FROM writes WHERE id = ?", number)
            raise

    def record_creations(self, new_files: Sequence[tuple[str, bytes]]) -> None:
        """Record that files are about to be created, durably, and once for all of them. Those that aren't made after all: `forget`."""
        self._run("BEGIN")
        for path, data in new_files:
            self._run("INSERT INTO writes (command, path, before, after) VALUES (?, ?, NULL, ?)", self._command, path, data)
        self._run("COMMIT")
        self._has_recorded = True

    def forget(self, paths: Iterable[str]) -> None:
        """Delete the records of files that were not created."""
        for path in paths:
            self._run("DELETE FROM writes WHERE command = ? AND path = ? AND before IS NULL", self._command, path)

    @contextlib.contextmanager
    def recording_move(self, move: Move) -> Iterator[None]:
        """Record a move like a write. A command makes its moves first, and then writes under the new names."""
        assert not self._paths(self._command or 0), "a file written before a move would be recorded under its old name"
        self._run("INSERT INTO moves (command, old, new, made) VALUES (?, ?, ?, ?)", self._command, *move)
        try:
            yield
            self._has_recorded = True
        except BaseException as error:
            if isinstance(error, FileExistsError) or not has_exact_name(os.path.join(self.root, move.new)):
                with contextlib.suppress(ExternalError):
                    self._forget_moves(self._command or 0, [move])
            raise

    def _has_content(self, path: str, data: bytes | None) -> bool:
        """Whether a file has these bytes, or (None) does not exist. True if that can't be found out."""
        with contextlib.suppress(VaultcrmError, OSError):
            return read_bytes(self.root, path) == data
        return True

    def entries(self, limit: int = 20) -> list[JournalEntry]:
        """The last `limit` commands that wrote something, newest first."""
        self._clean_up_unless_locked()
        rows = self._run("SELECT id, at, words, state FROM commands ORDER BY id DESC LIMIT ?", limit).fetchall()
        return [
            JournalEntry(command, at, words, state, self._paths(command), tuple(self._moves(command))) for command, at, words, state in rows
        ]

    def undo(self, number: int | None = None) -> JournalEntry:
        """Undo a command, by default the last one that is not undone yet: all of it or, with Conflict, nothing.

        Raises NotFound if there is none.
        """
        return self._undo_or_redo("done", "undone", number)

    def redo(self, number: int | None = None) -> JournalEntry:
        """Redo a command, by default the one that was undone last unless another has written since. Raises like `undo`."""
        return self._undo_or_redo("undone", "done", number)

    def _find(self, state: str, number: int | None) -> tuple[int, str, str]:
        """The command to undo or redo: its ID, time and words. Raises NotFound."""
        if number is None:
            row = self._run(_LAST_DONE if state == "done" else _LAST_UNDONE).fetchone()
        else:
            row = self._run("SELECT id, at, words FROM commands WHERE state = ? AND id = ?", state, number).fetchone()
        if row is None:
            action = "undo" if state == "done" else "redo"
            if number is None:
                raise NotFound(f"There is nothing to {action}.")
            raise NotFound(f"There is no command {number} to {action}.", "See: vaultcrm undo --list")
        return int(row[0]), str(row[1]), str(row[2])

    def _undo_or_redo(self, state: str, new_state: str, number: int | None) -> JournalEntry:
        with self._lock():
            if self._is_vault_missing():
                raise Conflict(f"The vault {self.root} is empty.", "Nothing was changed. Is its disk mounted?")
            self._clean_up_interrupted()
            command, at, words = self._find(state, number)
            is_redo = state == "undone"
            changes, moves = self._changes(command, is_redo), self._moves(command)
            if not is_redo and not moves and are_all_gone(self.root, changes):
                # nothing is left to undo or redo: with turned = -1 it isn't the last one undone either
                self._run("UPDATE commands SET state = 'undone', turned = -1 WHERE id = ?", command)
                raise Conflict(
                    f"{next(iter(changes))} no longer exists: it has been moved or deleted.",
                    f"`vaultcrm {words}` can't be undone any more. Run `vaultcrm undo` again to undo the command before it.",
                )
            (redo_changes if is_redo else undo_changes)(self.root, changes, moves)
            _remember_write()
            turned = "turned = (SELECT max(turned) + 1 FROM commands)"  # which command was undone or redone last
            try:
                self._run(f"UPDATE commands SET state = ?, {turned} WHERE id = ?", new_state, command)
            except ExternalError as error:
                again = f"The files are {'redone' if is_redo else 'undone'}. Fix that, then run the same command again to record it."
                raise ExternalError(error.message, again) from error
            return JournalEntry(command, at, words, new_state, tuple(changes), tuple(moves))

    def _changes(self, command: int, forward: bool) -> FileChanges:
        """A command's writes, one per file: from the bytes before its first write to those after its last one, or back."""
        changes: FileChanges = {}
        for write in self._writes(command):
            before = changes[write.path][0] if write.path in changes else write.before
            changes[write.path] = (before, write.after)
        return changes if forward else reversed_changes(changes)

    def _paths(self, command: int) -> tuple[str, ...]:
        return tuple(path for (path,) in self._run("SELECT path FROM writes WHERE command = ? ORDER BY id", command))

    def _writes(self, command: int) -> list[JournalWrite]:
        return [JournalWrite(*row) for row in self._run("SELECT path, before, after FROM writes WHERE command = ? ORDER BY id", command)]

    def _moves(self, command: int) -> list[Move]:
        return [Move(*row) for row in self._run("SELECT old, new, made FROM moves WHERE command = ? ORDER BY id", command)]

    def change(self, number: int | None = None, state: str = "done") -> tuple[list[Move], list[JournalWrite]]:
        """The moves and the writes that `undo` would undo, or `redo` with the state "undone", one write per file. Raises NotFound."""
        self._clean_up_unless_locked()
        command = self._find(state, number)[0]
        return self._moves(command), [JournalWrite(path, *change) for path, change in self._changes(command, forward=True).items()]

    def _clean_up_interrupted(self) -> None:
        """Clean up after killed commands: those that are open while we hold the lock.

        Remove their temporary files, repair an interrupted move, and delete the records of moves and writes
        that were not made. The last undo or redo, which opens no command, may have been killed as well.
        """
        if self._is_vault_missing():  # then no file tells anything
            return
        for row in (self._run(_LAST_DONE).fetchone(), self._run(_LAST_UNDONE).fetchone()):
            if row is not None:
                self._remove_temp_files(row[0])
        for (command,) in self._run("SELECT id FROM commands WHERE state = 'open'").fetchall():
            self._remove_temp_files(command)
            moves = self._moves(command)
            repair_interrupted(self.root, moves)
            applied = count_applied(self.root, moves, forward=False)
            writes = self._run("SELECT id, path, before, after FROM writes WHERE command = ? ORDER BY id DESC", command).fetchall()
            for number, path, before, after in writes:
                with contextlib.suppress(VaultcrmError, OSError):
                    path = path_before(path, moves[applied:])
                    if before is None and after:  # where there are no hard links, a kill can leave an empty file
                        files.remove_if_empty(filenames.path_inside(self.root, path))
                    if read_bytes(self.root, path) == before:  # recorded, but not made
                        self._run("DELETE FROM writes WHERE id = ?", number)
            self._forget_moves(command, moves[applied:])
            self._finish(command)

    def _is_vault_missing(self) -> bool:
        """Whether the vault's folder is empty, as it is while its disk is not mounted."""
        try:
            return not os.listdir(self.root)
        except OSError:
            return True

    def _forget_moves(self, command: int, moves: Iterable[Move]) -> None:
        """Delete the records of moves that were not made, and the folders that were created for them."""
        for move in moves:
            self._run("DELETE FROM moves WHERE command = ? AND old = ? AND new = ?", command, move.old, move.new)
            if move.created_folder:
                remove_empty_folders(self.root, os.path.dirname(move.new), move.created_folder)

    def _remove_temp_files(self, command: int) -> bool:
        """Remove the temporary files of a command. Returns whether none is left."""
        paths = self._run("SELECT DISTINCT path FROM writes WHERE command = ?", command).fetchall()
        folders = {os.path.dirname(os.path.join(self.root, path)) for (path,) in paths}
        left = [folder for folder in folders if not remove_temp_files(folder)]
        return not left

    def _clean_up_unless_locked(self) -> None:
        """Clean up after killed commands before the journal is shown, unless a command is writing just now. Writes no note."""
        with contextlib.suppress(Conflict), self._lock(0):
            open_moves = "SELECT 1 FROM moves JOIN commands ON command = commands.id WHERE state = 'open'"
            if not self._run(open_moves).fetchone():  # an interrupted move waits for the next command that writes
                self._clean_up_interrupted()

    def _finish(self, command: int) -> None:
        """Mark a command as done, or delete it if it wrote nothing."""
        wrote = self._run(
            "SELECT 1 FROM writes WHERE command = ? UNION ALL SELECT 1 FROM moves WHERE command = ?", command, command
        ).fetchone()
        self._run("UPDATE commands SET state = 'done' WHERE id = ?" if wrote else "DELETE FROM commands WHERE id = ?", command)

    @contextlib.contextmanager
    def _lock(self, seconds: float | None = None) -> Iterator[None]:
        """Hold the vault's lock. Raises Locked if another process holds it for `seconds`, by default LOCK_SECONDS."""
        wait = LOCK_SECONDS if seconds is None else seconds
        message = "Another vaultcrm command is writing to this vault, and hasn't finished."
        with hold_lock(os.path.join(self.folder, "lock.sqlite"), wait, message):
            watch_lease.record_write(self.root)  # before and after the writes: a watcher may start to scan in between
            try:
                yield
            finally:
                watch_lease.record_write(self.root)

    def _run(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Run one statement, committed and synced at once."""
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
        hint = f"Nothing was written. If the journal is damaged, move {self.folder} away; a new one will be created."
        return ExternalError(f"The journal for `vaultcrm undo` can't be used: {error}.", hint)


def _remember_write() -> None:
    global has_written
    has_written = True


def _make_tables(connection: sqlite3.Connection) -> None:
    """Create the tables of a new journal, or convert those of an older one, which keeps its contents."""
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:  # unless another process was faster
        is_older = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'writes'").fetchone() is not None
        for statement in schema_statements(is_older):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
