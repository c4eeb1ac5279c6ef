"""A watcher whose vault disappears, whose events are lost, or that is interrupted by signals."""

import json
import logging
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support import make_vault, write_files
from tests.watch.watchers import (
    FILES,
    PATIENCE,
    file_digests,
    is_trusted,
    is_up_to_date,
    known_digests,
    run_command,
    wait_until,
    watch_process,
    watching,
)
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.refresh import refresh
from vaultcrm.disk import watch_lease
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault
from vaultcrm.watch.events import EventListener


@pytest.mark.parametrize("is_unmounted", [True, False])
def test_it_waits_for_a_vault_that_has_disappeared(vault: Vault, tmp_path: Path, is_unmounted: bool) -> None:
    """An unmounted disk leaves an empty folder, or none. Its notes stay known."""
    root = Path(vault.root)
    with watching(vault) as (watcher, reports):
        wait_until(lambda: is_trusted(vault))
        before = known_digests(vault)
        root.rename(tmp_path / "elsewhere")
        if is_unmounted:
            root.mkdir()
        watcher.hint()
        wait_until(lambda: "is missing" in reports)
        assert known_digests(vault) == before
        assert not is_trusted(vault)
        if is_unmounted:
            root.rmdir()
        (tmp_path / "elsewhere").rename(root)
        wait_until(lambda: "Everything works again" in reports)
        assert "gone" not in reports
        write_files(root, {"a/1.md": "changed"})
        wait_until(lambda: is_up_to_date(vault))


@pytest.mark.parametrize("replacement", ["another vault", "an empty folder", "nothing"])
def test_it_is_not_trusted_after_something_else_has_taken_the_vault_s_path(vault: Vault, tmp_path: Path, replacement: str) -> None:
    """No event reports that the vault itself has moved, so a command must notice."""
    root = Path(vault.root)
    if replacement == "another vault":
        make_vault(tmp_path / "another vault", FILES | {"a/1.md": "another"})
    elif replacement == "an empty folder":
        (tmp_path / replacement).mkdir()
    with watching(vault):
        wait_until(lambda: is_trusted(vault))
        root.rename(tmp_path / "elsewhere")
        if replacement != "nothing":
            (tmp_path / replacement).rename(root)
        assert not is_trusted(vault)
        if replacement == "another vault":
            assert "another" in run_command(vault, "search", "another").stdout


def test_a_note_that_was_missing_during_indexing_is_indexed_when_it_is_back(vault: Vault, tmp_path: Path) -> None:
    """The catalogue has read a note, the index finds it missing or with other bytes, and then it is back as the catalogue knows it."""
    root = Path(vault.root)
    catalog = Catalog(vault.root)
    index = Index(vault, catalog)
    refresh(vault, catalog)
    (root / "a").rename(tmp_path / "a")
    (root / "b/5.md").rename(tmp_path / "5.md")
    write_files(root, {"b/5.md": "other bytes"})
    index.update()
    (tmp_path / "a").rename(root / "a")
    (tmp_path / "5.md").replace(root / "b/5.md")
    refresh(vault, catalog)
    index.update()
    assert index.documents() == file_digests(vault)
    catalog.close()


@pytest.mark.nightly
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="its second thread is inotify's")
@pytest.mark.parametrize("thread", ["dispatching", "reading"])
def test_a_listener_whose_thread_has_died_is_replaced(vault: Vault, thread: str) -> None:
    died = threading.Event()

    def die(*_: Any) -> None:  # Any: whatever it is called with
        died.set()
        raise RuntimeError("a bug in watchdog")

    with watching(vault):
        with pytest.MonkeyPatch.context() as patched:
            if thread == "reading":
                from watchdog.observers.inotify import InotifyWatchGroup

                patched.setattr(InotifyWatchGroup, "on_event", die)
            else:
                patched.setattr(EventListener, "on_any_event", die)
            write_files(Path(vault.root), {"a/1.md": "changed"})
            wait_until(died.is_set)
        wait_until(lambda: is_up_to_date(vault))
        for number in range(3):
            wait_until(lambda: is_trusted(vault))
            write_files(Path(vault.root), {"a/1.md": f"changed {number}"})
            wait_until(lambda: is_up_to_date(vault))


def test_lost_events_restart_the_listener(vault: Vault) -> None:
    """watchdog reports only in its log that its queue has overflowed."""
    with watching(vault) as (watcher, _):
        before = watcher._listener
        assert before is not None
        logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
        wait_until(lambda: watcher._listener is not None and watcher._listener is not before)
        write_files(Path(vault.root), {"b/below/deep.md": "changed"})
        wait_until(lambda: is_up_to_date(vault))


@pytest.mark.nightly
def test_without_events_it_polls_and_is_not_trusted(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaultcrm.watch.watcher.reason_for_no_events", lambda root: "a disk of type test")
    monkeypatch.setattr("vaultcrm.watch.watcher.POLL_SECONDS", 0.1)
    with watching(vault, period=0.1) as (_, reports):
        for number in range(3):
            write_files(Path(vault.root), {"a/1.md": f"changed {number}"})
            wait_until(lambda: is_up_to_date(vault) or is_trusted(vault))
            assert not is_trusted(vault)
        state = watch_lease.running_watcher(vault.root)
        assert state is not None
        assert not state.gets_events
        assert len([line for line in reports if "a disk of type test" in line]) == 1


def test_it_reports_that_the_watches_have_run_out_and_polls(vault: Vault) -> None:
    """In its own namespace, the system grants fewer watches than there are folders."""
    unshare = ["unshare", "--user", "--map-root-user", "sh", "-c", 'echo 3 > /proc/sys/user/max_inotify_watches && exec "$@"', "sh"]
    if shutil.which("unshare") is None or subprocess.run([*unshare, "true"], capture_output=True).returncode:
        pytest.skip("no namespaces here")
    with watch_process(vault, *unshare) as process:
        status = json.loads(run_command(vault, "watch", "--status", "--json").stdout)
        assert (status["running"], status["events"]) == (True, False)
        write_files(Path(vault.root), {"b/below/deep.md": "changed"})
        wait_until(lambda: is_up_to_date(vault))
        assert not is_trusted(vault)
        process.terminate()
        assert "no watches are left" in process.communicate(timeout=PATIENCE)[0]


def test_a_signal_handler_may_interrupt_another_one(vault: Vault) -> None:
    """systemd sends SIGCONT right after SIGTERM. Wherever the second handler interrupts the first one, both return."""
    script = """if True:
        import sys
        from datetime import datetime
        from vaultcrm.watch.watcher import Watcher
        watcher = Watcher(sys.argv[1], lambda *_: None, datetime.now)
        def interrupted(at):
            def called(frame, event, arg):
                nonlocal at
                at -= event == "call"
                if at == 0 and event == "call":
                    watcher.hint()
            sys.setprofile(called)
            watcher.stop()
            watcher.hint()
            sys.setprofile(None)
        for at in range(1, 50):
            interrupted(at)
    """
    subprocess.run([sys.executable, "-c", script, vault.root], check=True, timeout=PATIENCE)
