"""A file lock that ends with the process that holds it, on every system: the one that SQLite takes on its files."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator

from vaultcrm.errors import ExternalError, Locked


@contextlib.contextmanager
def hold_lock(path: str, timeout: float, message: str) -> Iterator[None]:
    """Hold the lock of a file that has no other purpose; anything in it is deleted.

    Raises Locked with the message when another process still holds the lock after `timeout`
    seconds, and ExternalError when the file can't be used.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_sqlite_lock(path, timeout))
        except (sqlite3.DatabaseError, OSError) as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise Locked(message, "Wait until it finishes, or stop it.") from error
            raise ExternalError(f"The lock {path} can't be used: {error}.", "Is the disk full, or the folder read-only?") from error
        yield


@contextlib.contextmanager
def _sqlite_lock(path: str, timeout: float) -> Iterator[None]:
    if os.path.exists(path):
        if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise PermissionError("it is read-only")  # SQLite would begin a transaction that excludes nobody
        if os.path.isfile(path) and os.path.getsize(path) > 0:
            os.truncate(path, 0)  # SQLite takes only an empty file or a database; emptying it keeps the locks of others
    with contextlib.closing(sqlite3.connect(path, timeout=timeout, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
