"""A lock that ends with the process that holds it, on every system: the one that SQLite takes on its files."""

import contextlib
import sqlite3
from collections.abc import Iterator

from vaultcrm.errors import Locked


@contextlib.contextmanager
def hold_lock(path: str, timeout: float, message: str) -> Iterator[None]:
    """Hold the lock in a file that is there for nothing else.

    Raises Changed with the message when nobody lets go of it in so many seconds, sqlite3.DatabaseError when the file cannot be used.
    """
    with contextlib.closing(sqlite3.connect(path, timeout=timeout, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise Locked(message, "Wait for it, or end it.") from error
            raise
        yield
