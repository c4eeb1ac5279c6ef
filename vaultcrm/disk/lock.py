"""A file lock that ends with the process that holds it, on every system: the one that SQLite takes on its files."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator

from vaultcrm.errors import Locked


@contextlib.contextmanager
def hold_lock(path: str, timeout: float, message: str) -> Iterator[None]:
    """Hold the lock of a file that has no other purpose.

    Raises Locked with the message when another process still holds the lock after `timeout`
    seconds, and sqlite3.DatabaseError when the file can't be used.
    """
    if os.path.exists(path):
        if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise sqlite3.OperationalError(f"{path} can't be written")  # SQLite would "lock" it without a lock
        if os.path.isfile(path) and os.path.getsize(path) > 0:
            os.truncate(path, 0)  # SQLite takes only an empty file or a database; emptying it keeps the locks of others
    with contextlib.closing(sqlite3.connect(path, timeout=timeout, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise Locked(message, "Wait until it finishes, or stop it.") from error
            raise
        yield
