"""A watcher whose vault goes away, whose events are lost, or who is interrupted."""

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
from tests.watch.watchers import FILES, PATIENCE, is_believed, is_right, known, program, run, there, until, watched
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.refresh import refresh
from vaultcrm.disk import watch_lease
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault
from vaultcrm.watch.events import EventListener


@pytest.mark.parametrize("is_unmounted", [True, False])
def test_a_vault_that_is_away_is_waited_for(vault: Vault, tmp_path: Path, is_unmounted: bool) -> None:
    """A disk that is unmounted leaves an empty folder, or none. Its notes stay known."""
    root = Path(vault.root)
    with watched(vault) as (watcher, said):
        until(lambda: is_believed(vault))
        before = known(vault)
        root.rename(tmp_path / "elsewhere")
        if is_unmounted:
            root.mkdir()
        watcher.hint()
        until(lambda: "is missing" in said)
        assert known(vault) == before
        assert not is_believed(vault)
        if is_unmounted:
            root.rmdir()
        (tmp_path / "elsewhere").rename(root)
        until(lambda: "Everything works again" in said)
        assert "gone" not in said
        write_files(root, {"a/1.md": "changed"})
        until(lambda: is_right(vault))


@pytest.mark.parametrize("there_now", ["another vault", "an empty folder", "nothing"])
def test_it_is_not_believed_about_what_took_the_place_of_the_vault(vault: Vault, tmp_path: Path, there_now: str) -> None:
    """Nobody tells it that the vault itself has moved; a command must notice."""
    root = Path(vault.root)
    if there_now == "another vault":
        make_vault(tmp_path / "another vault", FILES | {"a/1.md": "another"})
    elif there_now == "an empty folder":
        (tmp_path / there_now).mkdir()
    with watched(vault):
        until(lambda: is_believed(vault))
        root.rename(tmp_path / "elsewhere")
        if there_now != "nothing":
            (tmp_path / there_now).rename(root)
        assert not is_believed(vault)
        if there_now == "another vault":
            assert "another" in run(vault, "search", "another").stdout


def test_what_was_away_while_it_was_indexed_is_indexed_when_it_is_back(vault: Vault, tmp_path: Path) -> None:
    """The catalogue has read a note; the index finds it gone, or other bytes; then it is back as it was, and nothing has changed."""
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
    assert index.documents() == there(vault)
    catalog.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="its second thread is inotify's")
@pytest.mark.parametrize("thread", ["the one that tells", "the one that reads"])
def test_ears_that_have_died_are_replaced(vault: Vault, thread: str) -> None:
    died = threading.Event()

    def die(*_: Any) -> None:  # Any: whatever it is called with
        died.set()
        raise RuntimeError("a bug of watchdog's")

    with watched(vault):
        with pytest.MonkeyPatch.context() as patched:
            if thread == "the one that reads":
                from watchdog.observers.inotify import InotifyWatchGroup

                patched.setattr(InotifyWatchGroup, "on_event", die)
            else:
                patched.setattr(EventListener, "on_any_event", die)
            write_files(Path(vault.root), {"a/1.md": "changed"})
            until(died.is_set)
        until(lambda: is_right(vault))
        for number in range(3):
            until(lambda: is_believed(vault))
            write_files(Path(vault.root), {"a/1.md": f"changed {number}"})
            until(lambda: is_right(vault))


def test_lost_events_make_it_listen_anew(vault: Vault) -> None:
    """watchdog only tells its log that its queue has overflowed."""
    with watched(vault) as (watcher, _):
        before = watcher._listener
        assert before is not None
        logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
        until(lambda: watcher._listener is not None and watcher._listener is not before)
        write_files(Path(vault.root), {"b/below/deep.md": "changed"})
        until(lambda: is_right(vault))


def test_where_no_events_are_to_be_had_it_looks_and_is_not_believed(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaultcrm.watch.watcher.reason_for_no_events", lambda root: "a disk of type test")
    monkeypatch.setattr("vaultcrm.watch.watcher.POLL_SECONDS", 0.1)
    with watched(vault, period=0.1) as (_, said):
        for number in range(3):
            write_files(Path(vault.root), {"a/1.md": f"changed {number}"})
            until(lambda: is_right(vault) or is_believed(vault))
            assert not is_believed(vault)
        found = watch_lease.running_watcher(vault.root)
        assert found is not None
        assert not found.gets_events
        assert len([line for line in said if "a disk of type test" in line]) == 1


def test_it_says_that_watches_have_run_out_and_goes_on(vault: Vault) -> None:
    """In a namespace of its own, the system gives it fewer watches than there are folders."""
    unshare = ["unshare", "--user", "--map-root-user", "sh", "-c", 'echo 3 > /proc/sys/user/max_inotify_watches && exec "$@"', "sh"]
    if shutil.which("unshare") is None or subprocess.run([*unshare, "true"], capture_output=True).returncode:
        pytest.skip("no namespaces here")
    with program(vault, *unshare) as process:
        status = json.loads(run(vault, "watch", "--status", "--json").stdout)
        assert (status["running"], status["events"]) == (True, False)
        write_files(Path(vault.root), {"b/below/deep.md": "changed"})
        until(lambda: is_right(vault))
        assert not is_believed(vault)
        process.terminate()
        assert "no watches are left" in process.communicate(timeout=PATIENCE)[0]


def test_a_signal_may_interrupt_what_another_one_does(vault: Vault) -> None:
    """systemd sends SIGCONT right behind SIGTERM: wherever the second handler interrupts the first one, both come to an end."""
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
