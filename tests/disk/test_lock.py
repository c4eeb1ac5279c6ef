"""The lock on a file: one holder at a time, and free as soon as the holder ends."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from vaultcrm.disk.lock import hold_lock
from vaultcrm.errors import ExternalError, Locked


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "lock.sqlite")


def test_a_held_lock_is_refused_with_the_message(path: str) -> None:
    with hold_lock(path, 0, "The vault is busy."), pytest.raises(Locked) as raised, hold_lock(path, 0, "The vault is busy."):
        pass
    assert (raised.value.message, raised.value.hint) == ("The vault is busy.", "Wait until it finishes, or stop it.")


def test_the_lock_is_free_after_the_block_and_after_an_error(path: str) -> None:
    with hold_lock(path, 0, "Busy."):
        pass
    with pytest.raises(ZeroDivisionError), hold_lock(path, 0, "Busy."):
        _ = 1 // 0
    with hold_lock(path, 0, "Busy."):
        pass


def test_a_lock_is_waited_for(path: str) -> None:
    is_held = threading.Event()

    def hold_for_a_moment() -> None:
        with hold_lock(path, 0, "Busy."):
            is_held.set()
            time.sleep(0.3)

    holder = threading.Thread(target=hold_for_a_moment)
    holder.start()
    is_held.wait(10)
    with hold_lock(path, 30, "Busy."):
        pass
    holder.join()


def test_the_lock_of_a_killed_process_is_free(path: str) -> None:
    program = """if True:
        import sys
        from vaultcrm.disk.lock import hold_lock
        with hold_lock(sys.argv[1], 0, "Busy."):
            print("held", flush=True)
            sys.stdin.readline()
    """
    with subprocess.Popen([sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(Locked), hold_lock(path, 0, "Busy."):
            pass
        process.kill()
    with hold_lock(path, 0, "Busy."):
        pass


def test_anything_in_the_file_is_deleted(path: str) -> None:
    Path(path).write_bytes(b"not a database" * 100)
    with hold_lock(path, 0, "Busy."), pytest.raises(Locked), hold_lock(path, 0, "Busy."):
        pass
    assert Path(path).read_bytes() == b""


def test_a_file_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ExternalError, match="unable to open"), hold_lock(str(tmp_path / "missing/lock"), 0, "Busy."):
        pass


def test_a_file_that_cannot_be_written_is_not_taken_for_locked(unprivileged: Path) -> None:
    """SQLite would begin a transaction on it that excludes nobody."""
    path = unprivileged / "lock.sqlite"
    path.touch(mode=0o400)
    with pytest.raises(ExternalError, match="it is read-only"), hold_lock(str(path), 0, "Busy."):
        pass


@pytest.mark.skipif(not os.path.exists("/proc/version"), reason="a file that SQLite opens and can't lock")
def test_only_a_held_lock_is_reported_as_locked() -> None:
    with pytest.raises(ExternalError, match=r"read-only|unable to open"), hold_lock("/proc/version", 0, "Busy."):
        pass
