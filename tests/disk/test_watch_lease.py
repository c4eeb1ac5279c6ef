"""The post of a watcher: one at a time, and believed only while it lives, hears, is clean, and knows of every write."""

import fcntl
import os
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
def post(root: str) -> Iterator[WatchLease]:
    """A post whose watcher is to be believed."""
    held = WatchLease(root)
    held.publish(state(root))
    held.set_clean(is_clean=True)
    yield held
    held.release()


def state(root: str) -> WatcherState:
    times = ("2026-11-16T09:00:00", "2026-11-16T09:30:00", time.monotonic())
    return WatcherState(os.getpid(), *times, watch_lease.write_count(root), True, "catalog.sqlite", watch_lease.folder_id(root))


def test_who_lives_hears_and_is_clean_is_believed(root: str, post: WatchLease) -> None:
    assert watch_lease.is_fresh(root, CATALOG)
    found = watch_lease.running_watcher(root)
    assert found is not None
    assert (found.pid, found.last_complete) == (os.getpid(), "2026-11-16T09:30:00")


def test_nobody_is_believed_where_nobody_watches(root: str) -> None:
    assert not watch_lease.is_fresh(root, CATALOG)
    assert watch_lease.running_watcher(root) is None


def test_there_is_one_post(root: str, post: WatchLease) -> None:
    with pytest.raises(Conflict, match="running"):
        WatchLease(root)
    assert watch_lease.is_fresh(root, CATALOG)


def test_a_post_that_was_left_can_be_taken(root: str) -> None:
    first = WatchLease(root)
    first.publish(state(root))
    first.set_clean(is_clean=True)
    first.release()
    assert watch_lease.running_watcher(root) is None
    second = WatchLease(root)
    assert not watch_lease.is_fresh(root, CATALOG)  # nothing of what the first one said is left
    second.release()


def test_who_only_asks_takes_no_post(root: str) -> None:
    WatchLease(root).release()
    with open(user_dirs.vault_dir("cache", root) + "/watch") as asked:
        fcntl.flock(asked, fcntl.LOCK_SH)
        release = threading.Timer(0.2, fcntl.flock, (asked, fcntl.LOCK_UN))
        release.start()
        WatchLease(root).release()
        release.join()


def test_a_dead_watcher_is_not_believed(root: str) -> None:
    """Its file stays, and says that all is well; its lock is gone."""
    script = (
        "import sys, time; from tests.disk.test_watch_lease import WatchLease, state; root = sys.argv[1]; lease = WatchLease(root);"
        "lease.publish(state(root)); lease.set_clean(is_clean=True); print('there', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, root], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"there\n"
        assert watch_lease.is_fresh(root, CATALOG)
        process.kill()
        process.wait()
    assert Path(user_dirs.vault_dir("cache", root), "watch").stat().st_size > 0
    assert not watch_lease.is_fresh(root, CATALOG)
    assert watch_lease.running_watcher(root) is None


def test_what_was_heard_and_not_read_yet_is_said(root: str, post: WatchLease) -> None:
    post.set_clean(is_clean=False)
    assert not watch_lease.is_fresh(root, CATALOG)
    post.set_clean(is_clean=True)
    assert watch_lease.is_fresh(root, CATALOG)


@pytest.mark.parametrize("seconds", [-3600.0, -10.0, 10.0])
def test_who_has_not_spoken_for_a_while_is_not_believed(root: str, post: WatchLease, seconds: float) -> None:
    """A watcher that hangs; and one whose clock is another machine's, or from before a restart."""
    post.publish(state(root)._replace(heartbeat=time.monotonic() + seconds))
    assert not watch_lease.is_fresh(root, CATALOG)
    assert watch_lease.running_watcher(root) is not None


def test_who_hears_nothing_is_not_believed(root: str, post: WatchLease) -> None:
    post.publish(state(root)._replace(gets_events=False))
    assert not watch_lease.is_fresh(root, CATALOG)


def test_who_fills_another_catalogue_is_not_believed(root: str, post: WatchLease) -> None:
    assert not watch_lease.is_fresh(root, "/somewhere/catalog-of-another-version.sqlite")


def test_who_does_not_know_of_a_write_is_not_believed(root: str, post: WatchLease) -> None:
    watch_lease.record_write(root)
    assert not watch_lease.is_fresh(root, CATALOG)
    post.publish(state(root))
    assert watch_lease.is_fresh(root, CATALOG)


def test_writes_are_not_counted_where_nobody_ever_watched(root: str) -> None:
    watch_lease.record_write(root)
    assert watch_lease.write_count(root) == 0
    assert os.listdir(user_dirs.vault_dir("cache", root)) == []


@pytest.mark.parametrize("text", [b"", b"c", b"c{}", b"c[1]", b"c" + b" " * 511, b'c{"pid": 1', b"\xff" * 512])
def test_a_state_that_cannot_be_read_is_none(root: str, post: WatchLease, text: bytes) -> None:
    path = Path(user_dirs.vault_dir("cache", root), "watch")
    path.write_bytes(text)
    assert not watch_lease.is_fresh(root, CATALOG)
    assert watch_lease.running_watcher(root) is None


def test_vaults_do_not_share_a_post(root: str, post: WatchLease, tmp_path: Path) -> None:
    other = str(tmp_path / "vault 2")
    assert not watch_lease.is_fresh(other, CATALOG)
    WatchLease(other).release()
