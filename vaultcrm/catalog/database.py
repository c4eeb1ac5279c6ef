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


class Database:
    """The cache of one vault. It can be deleted at any time: the next refresh fills it again."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.file = os.path.join(user_dirs.vault_dir("cache", root), f"catalog-{SCHEMA}.sqlite")
        self.refill: Callable[[], None] | None = None  # reads the whole vault again; set by `refresh`
        self._connection: sqlite3.Connection | None = None

    @property
    def connection(self) -> sqlite3.Connection:
        """The open connection. Raises Locked when another process holds the file, ExternalError when it can't be used."""
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        for attempt in range(2):
            connection = None
            try:
                connection = sqlite3.connect(self.file, timeout=_LOCK_TIMEOUT, isolation_level=None)
                if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
                    self._create_tables(connection)
                connection.execute("PRAGMA synchronous = NORMAL")
                return connection
            except sqlite3.OperationalError as error:
                if connection is not None:
                    connection.close()
                if "locked" in str(error):
                    raise Locked(
                        "Another vaultcrm is still reading this vault for the first time.", "Wait for it to finish, or stop it."
                    ) from error
                if attempt:
                    raise ExternalError(
                        f"The cache {self.file} cannot be used: {error}.", "Is the disk full, or the folder read-only?"
                    ) from error
            except sqlite3.DatabaseError:
                if connection is not None:
                    connection.close()
            self.delete()
        raise ExternalError(f"The cache {self.file} cannot be used.", "Delete it: vaultcrm builds it again from your notes.")

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
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(self.file + ending):
                os.unlink(self.file + ending)

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

        Unless it `waits`, it raises OperationalError when another process is writing.
        """
        self.connection.execute(f"PRAGMA busy_timeout = {1000 * _LOCK_TIMEOUT if waits else 0:.0f}")
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection.execute
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def rows(self, statement: str, *values: object) -> list[Any]:  # Any: whatever the columns hold
        """The rows of a query. If the cache is broken, it is rebuilt and the query runs once more."""
        try:
            return self.connection.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            if self.refill is None or not is_broken(error):
                raise
        self.delete()
        self.refill()
        return self.connection.execute(statement, values).fetchall()


def is_broken(error: sqlite3.DatabaseError) -> bool:
    """Whether an error means that the file is no valid catalogue, and not that it is locked or that the disk fails."""
    return not isinstance(error, sqlite3.OperationalError) or "no such" in str(error)
