"""The state that a running watcher publishes in a small cache file, and the check whether a command can rely on it.

A watcher holds a lock on the file for as long as it runs. The first byte says whether the catalogue
contains every change that the watcher knows of; the rest of the file is updated with each heartbeat.
A command relies on the watcher only if the lock is held, the last heartbeat is recent, the first byte
says clean, and no vaultcrm command has written since the watcher's last scan. Otherwise the command
scans the vault itself, as it does without a watcher.
"""

import contextlib
import os
import time
from typing import NamedTuple

from vaultcrm.disk import user_dirs
from vaultcrm.errors import ExternalError, Locked

try:
    import fcntl
except ImportError:  # Windows, where each command scans the vault itself
    fcntl = None  # type: ignore[assignment]  # no locks, so no watcher to rely on

HEARTBEAT_SECONDS = 2.0  # how often a watcher shows that it is alive
_STALE_SECONDS = 3 * HEARTBEAT_SECONDS
_CLEAN, _CHANGED = b"c", b"d"
_STATE_SIZE = 512


class WatcherState(NamedTuple):
    """What a watcher publishes about itself.

    `started_at` and `last_complete` are local times in ISO form; `heartbeat` is the system's
    monotonic clock in seconds. `write_count` is the number of writes that were recorded when the
    last scan began. `gets_events` is False for a watcher that only scans from time to time.
    `catalog` is the name of the file that it keeps up to date. `folder_id` identifies the watched
    folder, because another folder can take its path.
    """

    pid: int
    started_at: str
    last_complete: str
    heartbeat: float
    write_count: int
    gets_events: bool
    catalog: str
    folder_id: str


def _cache_file(root: str, name: str) -> str:
    return os.path.join(user_dirs.vault_dir("cache", root), name)


def is_fresh(root: str, catalog: str) -> bool:
    """Whether a live and healthy watcher vouches that this catalogue file is up to date right now."""
    result = _read(root)
    if result is None:
        return False
    is_clean, state = result
    return (
        is_clean
        and state.gets_events
        and state.catalog == os.path.basename(catalog)
        and 0 <= time.monotonic() - state.heartbeat < _STALE_SECONDS
        and state.write_count == write_count(root)
        and state.folder_id == folder_id(root) != ""
        and not _is_stopped(state.pid)
    )


def running_watcher(root: str) -> WatcherState | None:
    """The state that the vault's watcher last published; None if no watcher is running."""
    result = _read(root)
    return result[1] if result else None


def _read(root: str) -> tuple[bool, WatcherState] | None:
    """Whether the running watcher is clean, and its state; None if no watcher is running."""
    if fcntl is None:
        return None
    try:
        descriptor = os.open(_cache_file(root, "watch"), os.O_RDONLY)
    except (OSError, ExternalError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None  # no one holds the lock: the watcher that wrote the file is dead
    except BlockingIOError:
        text = os.pread(descriptor, _STATE_SIZE, 0)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    import json  # late: only needed while a watcher runs

    try:
        return text[:1] == _CLEAN, WatcherState(**json.loads(text[1:]))
    except (ValueError, TypeError):  # read while the watcher was writing it for the first time
        return None


def _is_stopped(pid: int) -> bool:
    """Whether a process has been stopped (Ctrl-Z, SIGSTOP), on Linux. Its last heartbeat may still be recent. See proc_pid_stat(5)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] in (b"T", b"t")
    except (OSError, IndexError):
        return False


def folder_id(root: str) -> str:
    """The device and inode of the folder at a path; "" if there is none."""
    try:
        status = os.stat(root)
    except OSError:
        return ""
    return f"{status.st_dev}:{status.st_ino}"


def write_count(root: str) -> int:
    """The number of writes that vaultcrm commands have recorded, see `record_write`."""
    try:
        return os.stat(_cache_file(root, "writes")).st_size
    except (OSError, ExternalError):
        return 0


def record_write(root: str) -> None:
    """Record that this command writes, so that no command relies on a watcher that hasn't seen the write."""
    with contextlib.suppress(OSError, ExternalError):
        if os.path.exists(_cache_file(root, "watch")):
            with open(_cache_file(root, "writes"), "ab") as file:
                file.write(b".")


class WatchLease:
    """The lock that makes a process the vault's only watcher, held until `release`.

    Raises Locked if another watcher holds it, and ExternalError where there are no file locks.
    """

    def __init__(self, root: str) -> None:
        if fcntl is None:
            raise ExternalError("The watcher needs file locks, which this system doesn't have.", "Commands work without a watcher.")
        self._descriptor = os.open(_cache_file(root, "watch"), os.O_RDWR | os.O_CREAT, 0o600)
        for attempt in range(20):
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:  # also while a command briefly holds the lock to check for a watcher
                if attempt == 19:
                    os.close(self._descriptor)
                    raise Locked("A watcher is already running for this vault.", "See: vaultcrm watch --status") from None
                time.sleep(0.05)
        os.ftruncate(self._descriptor, 0)

    def publish(self, state: WatcherState) -> None:
        """Write the state after the first byte, which `set_clean` writes."""
        import json  # late: only needed while a watcher runs

        os.pwrite(self._descriptor, json.dumps(state._asdict()).encode().ljust(_STATE_SIZE - 1), 1)

    def set_clean(self, is_clean: bool) -> None:
        """Write whether the catalogue contains every change that the watcher knows of."""
        os.pwrite(self._descriptor, _CLEAN if is_clean else _CHANGED, 0)

    def release(self) -> None:
        """Empty the file and release the lock."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
