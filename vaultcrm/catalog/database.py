"""The SQLite file of the catalogue: open it, create it, empty it, and delete it when it is broken."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from vaultcrm.catalog.schema import SCHEMA, TABLES
from vaultcrm.disk import user_dirs
from vaultcrm.errors import ExternalError, Locked

_LOCK_TIMEOUT = 60.0  # seconds
_IN_MEMORY = ":memory:"


class UnusableCache(ExternalError):
    """The disk refuses to store the cache: it is full, read-only or broken."""


class Database:
    """The cache of one vault. It can be deleted at any time: the next refresh fills it again.

    Where the disk has no place for it, it is kept in memory, and `why_in_memory` says why. `in_memory`: it isn't about
    the vault as it is now, and nobody keeps it.
    """

    def __init__(self, root: str, in_memory: bool = False) -> None:
        self.root = root
        self.why_in_memory = ""
        self.refill: Callable[[], None] | None = None  # reads the whole vault again; set by `refresh`
        self._connection: sqlite3.Connection | None = None
        try:
            self.file = _IN_MEMORY if in_memory else os.path.join(user_dirs.vault_dir("cache", root), f"catalog-{SCHEMA}.sqlite")
        except ExternalError as error:
            self.file, self.why_in_memory = _IN_MEMORY, f"{error.message} {error.hint}"

    @property
    def is_in_memory(self) -> bool:
        return self.file == _IN_MEMORY

    @property
    def connection(self) -> sqlite3.Connection:
        """The open connection. Raises Locked when another process holds the file."""
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        for _ in range(2):
            connection = None
            try:
                connection = sqlite3.connect(self.file, timeout=_LOCK_TIMEOUT, isolation_level=None)
                if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
                    self._create_tables(connection)
                connection.execute("PRAGMA synchronous = NORMAL")
                return connection
            except sqlite3.DatabaseError as error:
                if connection is not None:
                    connection.close()
                if "locked" in str(error):
                    raise Locked(
                        "Another vaultcrm is still reading this vault for the first time.", "Wait for it to finish, or stop it."
                    ) from error
                failure = error
            self.delete()
        self.move_to_memory(failure)
        return self._open()

    def move_to_memory(self, error: Exception) -> None:
        """Go on without the file, because the disk refuses. The next query finds empty tables."""
        self.close()
        self.invalidate()
        why = error.message if isinstance(error, UnusableCache) else f"The cache {self.file} can't be used: {error}."
        self.file, self.why_in_memory = _IN_MEMORY, why

    @staticmethod
    def _create_tables(connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:  # another process may have been faster
            for statement in TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
        # this doesn't wait for a lock; the process that holds it sets the same mode
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")

    def close(self) -> None:
        """Close the file. If it stayed open, the next process would have to read SQLite's write-ahead log again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def delete(self) -> None:
        """Delete the file; the next query creates it again."""
        self.close()
        self.invalidate()
        if self.is_in_memory:
            return
        try:
            for ending in ("", "-wal", "-shm"):
                user_dirs.delete_any(self.file + ending)
        except OSError as error:
            self.move_to_memory(error)

    def clear(self) -> None:
        """Empty all tables, even while other processes use them."""
        with self.transaction() as execute:
            for (table,) in execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                execute(f"DELETE FROM {table}")
        self.invalidate()

    def invalidate(self) -> None:
        """Drop values derived from the tables, because the tables have changed."""

    @contextlib.contextmanager
    def transaction(self, waits: bool = True) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """Change the tables in one transaction; yields the function that executes a statement.

        Unless it `waits`, it raises OperationalError when another process is writing. Raises UnusableCache.
        """
        with refusals_of_the_disk(self.file):
            self.connection.execute(f"PRAGMA busy_timeout = {1000 * _LOCK_TIMEOUT if waits else 0:.0f}")
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection.execute
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def rows(self, statement: str, *values: object) -> list[Any]:  # Any: whatever the columns hold
        """The rows of a query. If the cache is broken, it is rebuilt and the query runs once more. Raises UnusableCache."""
        try:
            with refusals_of_the_disk(self.file):
                return self.connection.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            if self.refill is None or not is_broken(error):
                raise
        self.delete()
        self.refill()
        return self.connection.execute(statement, values).fetchall()


@contextlib.contextmanager
def refusals_of_the_disk(file: str) -> Iterator[None]:
    """Turn SQLite's errors about the disk into UnusableCache. Locks, and damage that a rebuild mends, pass."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or is_broken(error):
            raise
        hint = "Make sure that the disk isn't full and the folder isn't read-only."
        raise UnusableCache(f"The cache {file} can't be used: {error}.", hint) from error


def is_broken(error: sqlite3.DatabaseError) -> bool:
    """Whether an error means that the file is no valid catalogue, and not that it is locked or that the disk fails."""
    return not isinstance(error, sqlite3.OperationalError) or "no such" in str(error)
