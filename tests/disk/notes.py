"""A note on a disk that may be full, for the tests of files."""

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path

OLD, NEW = b"old\r\n", b"new\n"


def temp_files(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.startswith(".vaultcrm-")]


@contextlib.contextmanager
def disk_full_at(size: int) -> Iterator[None]:
    """Make the system refuse to grow any file of this process beyond `size` bytes, as if the disk became full mid-write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
