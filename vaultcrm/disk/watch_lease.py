"""What a running watcher says of itself, in one small file in the cache, and when a command may believe it.

A watcher holds a lock on the file for as long as it lives. The first byte says whether all that it
has heard of is in the catalogue; the rest is told once in a while. A command believes it only when
the lock is held, the watcher spoke a moment ago, it was clean, and no command of ours has written
since its last look. Otherwise the command looks for itself, as it does without any watcher.
"""

import contextlib
import os
import time
from typing import NamedTuple

from vaultcrm.disk import user_dirs
from vaultcrm.errors import ExternalError, Locked

try:
    import fcntl
except ImportError:  # Windows: commands look for themselves there
    fcntl = None  # type: ignore[assignment]  # no lock, no watcher to believe

HEARTBEAT_SECONDS = 2.0  # how often a watcher says that it lives
_STALE_SECONDS = 3 * HEARTBEAT_SECONDS
_CLEAN, _CHANGED = b"c", b"d"
_SIZE = 512


class WatcherState(NamedTuple):
    """`since` and `complete` are local times in ISO form; `beat` is the system's monotonic clock in seconds.

    `writes` is how many bytes the file of writes had when the last look began; `hears` is False for a
    watcher that gets no events and only looks now and then; `catalog` is the file that it fills;
    `place` says which folder it watches, since another one may take its name.
    """

    pid: int
    started_at: str
    last_complete: str
    heartbeat: float
    write_count: int
    gets_events: bool
    catalog: str
    folder_id: str


def _file(root: str, name: str) -> str:
    return os.path.join(user_dirs.vault_dir("cache", root), name)


def is_fresh(root: str, catalog: str) -> bool:
    """Whether a live and healthy watcher says that this catalogue is complete as of now."""
    found = _read(root)
    if found is None:
        return False
    is_clean, state = found
    return (
        is_clean
        and state.gets_events
        and state.catalog == os.path.basename(catalog)
        and 0 <= time.monotonic() - state.heartbeat < _STALE_SECONDS
        and state.write_count == write_count(root)
        and state.folder_id == folder_id(root) != ""
    )


def running_watcher(root: str) -> WatcherState | None:
    """What the watcher of a vault last said; None when none is running."""
    found = _read(root)
    return found[1] if found else None


def _read(root: str) -> tuple[bool, WatcherState] | None:
    if fcntl is None:
        return None
    try:
        descriptor = os.open(_file(root, "watch"), os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None  # nobody holds it: whoever wrote this is dead
    except BlockingIOError:
        text = os.pread(descriptor, _SIZE, 0)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    import json  # late: only beside a watcher

    try:
        return text[:1] == _CLEAN, WatcherState(**json.loads(text[1:]))
    except (ValueError, TypeError):  # read while it was written for the first time
        return None


def folder_id(root: str) -> str:
    """Which folder stands under a name; "" when none does."""
    try:
        found = os.stat(root)
    except OSError:
        return ""
    return f"{found.st_dev}:{found.st_ino}"


def write_count(root: str) -> int:
    """How often commands of ours have said that they write."""
    try:
        return os.stat(_file(root, "writes")).st_size
    except OSError:
        return 0


def record_write(root: str) -> None:
    """Say that this command writes, so that no watcher is believed that does not know of it."""
    if os.path.exists(_file(root, "watch")):
        with contextlib.suppress(OSError), open(_file(root, "writes"), "ab") as file:
            file.write(b".")


class WatchLease:
    """The one place of the watcher of a vault, held until it is left. Raises Changed when it is taken."""

    def __init__(self, root: str) -> None:
        if fcntl is None:
            raise ExternalError("This system has no file locks that a watcher could hold.", "Commands work without one.")
        self._descriptor = os.open(_file(root, "watch"), os.O_RDWR | os.O_CREAT, 0o600)
        for attempt in range(20):
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:  # also for the moment in which a command asks
                if attempt == 19:
                    os.close(self._descriptor)
                    raise Locked("A watcher is running for this vault already.", "See: vaultcrm watch --status") from None
                time.sleep(0.05)
        os.ftruncate(self._descriptor, 0)

    def publish(self, state: WatcherState) -> None:
        """Tell what is known; whether it is all that there is to know stands in the first byte."""
        import json  # late: as above

        os.pwrite(self._descriptor, json.dumps(state._asdict()).encode().ljust(_SIZE - 1), 1)

    def set_clean(self, is_clean: bool) -> None:
        """Say whether all that was heard of is in the catalogue."""
        os.pwrite(self._descriptor, _CLEAN if is_clean else _CHANGED, 0)

    def release(self) -> None:
        """Let go of the place."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
