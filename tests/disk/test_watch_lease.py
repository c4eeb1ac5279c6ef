"""The lease of the only watcher; its catalogue is fresh only while it is alive, gets events, is clean and has seen every write."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT
from vaultcrm.disk import user_dirs, watch_lease
from vaultcrm.disk.watch_lease import WatcherState, WatchLease
from vaultcrm.errors import Conflict

CATALOG = "/somewhere/catalog.sqlite"


@pytest.fixture
def root(tmp_path: Path) -> str:
    folder = tmp_path / "vault"
    folder.mkdir()
    return str(folder)


@pytest.fixture
def lease(root: str) -> Iterator[WatchLease]:
    """The lease of a healthy watcher."""
    lease = WatchLease(root)
    lease.publish(state(root))
    lease.set_clean(is_clean=True)
    yield lease
    lease.release()


def state(root: str) -> WatcherState:
    times = ("2026-11-16T09:00:00", "2026-11-16T09:30:00", time.monotonic())
    return WatcherState(os.getpid(), *times, watch_lease.write_count(root), True, "catalog.sqlite", watch_lease.folder_id(root))


def test_the_catalogue_of_a_healthy_watcher_is_fresh(root: str, lease: WatchLease) -> None:
    assert watch_lease.is_fresh(root, CATALOG)
    watcher = watch_lease.running_watcher(root)
    assert watcher is not None
    assert (watcher.pid, watcher.last_complete) == (os.getpid(), "2026-11-16T09:30:00")


def test_nothing_is_fresh_without_a_watcher(root: str) -> None:
    assert not watch_lease.is_fresh(root, CATALOG)
    assert watch_lease.running_watcher(root) is None


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="shows the state of a process")
def test_a_stopped_watcher_is_not_trusted(root: str, lease: WatchLease) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        lease.publish(state(root)._replace(pid=process.pid))
        assert watch_lease.is_fresh(root, CATALOG)
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        assert not watch_lease.is_fresh(root, CATALOG)
        process.send_signal(signal.SIGCONT)
        process.kill()


def test_there_is_only_one_lease(root: str, lease: WatchLease) -> None:
    with pytest.raises(Conflict, match="running"):
        WatchLease(root)
    assert watch_lease.is_fresh(root, CATALOG)


def test_a_released_lease_can_be_taken(root: str) -> None:
    first = WatchLease(root)
    first.publish(state(root))
    first.set_clean(is_clean=True)
    first.release()
    assert watch_lease.running_watcher(root) is None
    second = WatchLease(root)
    assert not watch_lease.is_fresh(root, CATALOG)  # nothing that the first watcher published remains
    second.release()


def test_a_command_that_checks_for_a_watcher_does_not_block_a_new_one(root: str) -> None:
    WatchLease(root).release()
    with open(user_dirs.vault_dir("cache", root) + "/watch") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        release = threading.Timer(0.2, fcntl.flock, (file, fcntl.LOCK_UN))
        release.start()
        WatchLease(root).release()
        release.join()


def test_the_catalogue_of_a_dead_watcher_is_not_fresh(root: str) -> None:
    """Its file stays and still says clean, but its lock is gone."""
    script = (
        "import sys, time; from tests.disk.test_watch_lease import WatchLease, state; root = sys.argv[1]; lease = WatchLease(root);"
        "lease.publish(state(root)); lease.set_clean(is_clean=True); print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, root], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"ready\n"
        assert watch_lease.is_fresh(root, CATALOG)
        process.kill()
        process.wait()
    assert Path(user_dirs.vault_dir("cache", root), "watch").stat().st_size > 0
    assert not watch_lease.is_fresh(root, CATALOG)
    assert watch_lease.running_watcher(root) is None
    lease = WatchLease(root)
    assert not watch_lease.is_fresh(root, CATALOG)  # a new watcher doesn't vouch for the old state
    lease.release()


def test_the_catalogue_is_not_fresh_while_a_change_is_unread(root: str, lease: WatchLease) -> None:
    lease.set_clean(is_clean=False)
    assert not watch_lease.is_fresh(root, CATALOG)
    lease.set_clean(is_clean=True)
    assert watch_lease.is_fresh(root, CATALOG)


@pytest.mark.parametrize("seconds", [-3600.0, -10.0, 10.0])
def test_a_watcher_without_a_recent_heartbeat_is_not_relied_on(root: str, lease: WatchLease, seconds: float) -> None:
    """The watcher hangs, or its clock is that of another machine or from before a restart."""
    lease.publish(state(root)._replace(heartbeat=time.monotonic() + seconds))
    assert not watch_lease.is_fresh(root, CATALOG)
    assert watch_lease.running_watcher(root) is not None


def test_a_watcher_that_gets_no_events_is_not_relied_on(root: str, lease: WatchLease) -> None:
    lease.publish(state(root)._replace(gets_events=False))
    assert not watch_lease.is_fresh(root, CATALOG)


def test_a_watcher_of_another_catalogue_is_not_relied_on(root: str, lease: WatchLease) -> None:
    assert not watch_lease.is_fresh(root, "/somewhere/catalog-of-another-version.sqlite")


def test_a_watcher_that_missed_a_write_is_not_relied_on(root: str, lease: WatchLease) -> None:
    watch_lease.record_write(root)
    assert not watch_lease.is_fresh(root, CATALOG)
    lease.publish(state(root))
    assert watch_lease.is_fresh(root, CATALOG)


def test_a_watcher_of_another_folder_at_the_same_path_is_not_relied_on(root: str, lease: WatchLease) -> None:
    os.rename(root, root + " moved")
    assert not watch_lease.is_fresh(root, CATALOG)
    lease.publish(state(root))  # the watcher has lost its folder, too
    assert not watch_lease.is_fresh(root, CATALOG)
    os.mkdir(root)
    assert not watch_lease.is_fresh(root, CATALOG)
    lease.publish(state(root))
    assert watch_lease.is_fresh(root, CATALOG)


def test_writes_are_not_recorded_where_no_watcher_ever_ran(root: str) -> None:
    watch_lease.record_write(root)
    assert watch_lease.write_count(root) == 0
    assert os.listdir(user_dirs.vault_dir("cache", root)) == []


@pytest.mark.parametrize("text", [b"", b"c", b"c{}", b"c[1]", b"c" + b" " * 511, b'c{"pid": 1', b"\xff" * 512])
def test_a_malformed_state_is_ignored(root: str, lease: WatchLease, text: bytes) -> None:
    path = Path(user_dirs.vault_dir("cache", root), "watch")
    path.write_bytes(text)
    assert not watch_lease.is_fresh(root, CATALOG)
    assert watch_lease.running_watcher(root) is None


def test_each_vault_has_its_own_lease(root: str, lease: WatchLease, tmp_path: Path) -> None:
    other = str(tmp_path / "vault 2")
    assert not watch_lease.is_fresh(other, CATALOG)
    WatchLease(other).release()
