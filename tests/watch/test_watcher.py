"""A running watcher: what changes is soon known, whatever happens to folders, events and processes; and it never writes the vault."""

import contextlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support import looks, make_vault, write_files
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.refresh import catch_up
from vaultcrm.disk import watch_lease
from vaultcrm.disk.files import digest_of
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault
from vaultcrm.watch.events import Ears
from vaultcrm.watch.watcher import Watcher

PATIENCE = 20.0  # seconds; what takes longer is a fault, on any machine
NOTE = "---\ntype: follow-up\nstatus: open\ndue: 2026-11-{:02}\n---\nSend it.\n"
ACME = "---\ntype: client\naliases:\n  - Acme\n---\n"
FILES = {
    "vaultcrm.toml": "",
    "clients/Acme Studio/Acme Studio.md": ACME,
    **{f"a/{n}.md": NOTE.format(n) for n in range(1, 4)},
    **{f"b/{n}.md": NOTE.format(n) for n in range(5, 8)},
    "b/below/deep.md": "deep\n",
}


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return make_vault(tmp_path / "vault", FILES)


class Said(list[str]):
    """What a watcher has told."""

    def tell(self, line: str, is_trouble: bool) -> None:
        self.append(line)

    def __contains__(self, words: object) -> bool:
        return any(str(words) in line for line in self)


@contextlib.contextmanager
def watched(vault: Vault, period: float = 600.0) -> Iterator[tuple[Watcher, Said]]:
    """A watcher in a thread, once it has read everything. With its long period it learns only what it hears.

    (It would look at notes that were changed just now once more, unasked; here it waits for that, too.)
    """
    said = Said()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("vaultcrm.watch.watcher.RACY_NS", period * 1e9)
        watcher = Watcher(vault.root, said.tell, datetime.now, period)
        thread = threading.Thread(target=watcher.run)
        thread.start()
        try:
            until(lambda: is_right(vault) and watcher._complete)
            yield watcher, said
        finally:
            watcher.stop()
            thread.join(PATIENCE)
            assert not thread.is_alive()


def until(condition: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def there(vault: Vault) -> dict[str, bytes]:
    return {str(path.relative_to(vault.root)): digest_of(path.read_bytes()) for path in Path(vault.root).rglob("*.md")}


def known(vault: Vault) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What catalogue and index hold; nobody looks at the vault for this."""
    catalog = Catalog(vault.root)
    try:
        return dict(catalog.rows("SELECT path, digest FROM files")), Index(vault, catalog).documents()
    finally:
        catalog.close()


def is_right(vault: Vault) -> bool:
    """Whether the notes, no others, and their last bytes are in both."""
    return known(vault) == (there(vault), there(vault))


def is_believed(vault: Vault) -> bool:
    return watch_lease.vouches(vault.root, Catalog(vault.root).file)


def run(vault: Vault, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vaultcrm", "--vault", vault.root, "--today", "2026-11-16", *words]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)


@contextlib.contextmanager
def program(vault: Vault, *before: str) -> Iterator[subprocess.Popen[str]]:
    """`vaultcrm watch` itself, once it has read everything."""
    words = [*before, sys.executable, "-m", "vaultcrm", "--vault", vault.root, "watch"]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        until(lambda: process.poll() is not None or ((found := watch_lease.status(vault.root)) and found.complete))
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


# --------------------------------------------------------------------------- what is heard of


def test_what_changes_in_notes_is_known_and_found(vault: Vault) -> None:
    root = Path(vault.root)
    with watched(vault) as (_, said):
        write_files(root, {"a/1.md": "changed", "a/new.md": "new", "new/folder/n.md": "below"})
        until(lambda: is_right(vault))
        (root / "a/2.md").unlink()
        (root / "a/3.md").rename(root / "b/3.md")
        (root / ".b~").write_text("by another name first")
        (root / ".b~").rename(root / "b/5.md")
        until(lambda: is_right(vault))
        until(lambda: "gone  a/2.md" in said and "read  b/5.md" in said)


def test_a_change_that_its_times_hide_is_known(vault: Vault) -> None:
    path = Path(vault.root, "a/1.md")
    with watched(vault):
        for number in range(3):
            status = path.stat()
            path.write_text(NOTE.format(20 + number))
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
            until(lambda: is_right(vault))


def test_what_happens_in_folders_that_have_moved_is_known(vault: Vault, tmp_path: Path) -> None:
    """Renamed, swapped, moved out and in: afterwards a note in each of them is changed."""
    root = Path(vault.root)

    def swap() -> None:
        (root / "a").rename(root / "aside")
        (root / "b").rename(root / "a")
        (root / "aside").rename(root / "b")

    write_files(tmp_path, {"outside/far/away.md": "away"})
    steps: list[Callable[[], object]] = [
        lambda: (root / "b/below").rename(root / "b/beyond"),
        swap,
        swap,
        lambda: (tmp_path / "outside").rename(root / "in"),
        lambda: (root / "a").rename(tmp_path / "a"),
        lambda: (tmp_path / "a").rename(root / "b/a"),
        lambda: shutil.rmtree(root / "in"),
        lambda: shutil.copytree(root / "b", root / "in"),
    ]
    with watched(vault):
        for number, step in enumerate(steps):
            step()
            until(lambda: is_right(vault))
            for path in root.rglob("*.md"):
                path.write_text(f"changed after step {number}")
            until(lambda: is_right(vault))


def test_settings_that_change_are_followed(vault: Vault) -> None:
    with watched(vault):
        Path(vault.root, "vaultcrm.toml").write_text('ignore = ["b"]\n')
        wanted = {path for path in FILES if path.endswith(".md") and not path.startswith("b/")}
        until(lambda: [set(found) for found in known(vault)] == [wanted, wanted])


def test_it_is_believed_again_after_each_look(vault: Vault) -> None:
    with watched(vault):
        write_files(Path(vault.root), {"a/1.md": "changed"})
        until(lambda: not is_believed(vault) or is_right(vault))
        until(lambda: is_believed(vault) and is_right(vault))
        watch_lease.tell_write(vault.root)
        assert not is_believed(vault)
        write_files(Path(vault.root), {"a/1.md": "changed again"})
        until(lambda: is_believed(vault) and is_right(vault))
    assert not is_believed(vault)


def test_it_writes_nothing_into_the_vault(vault: Vault) -> None:
    root = Path(vault.root)
    before = looks(root)
    with watched(vault, period=0.2) as (watcher, _):
        until(lambda: is_believed(vault))
        for _ in range(3):
            watcher.hint()
            until(lambda: is_believed(vault))
        assert looks(root) == before
        write_files(root, {"a/1.md": "changed"})
        before = looks(root)
        until(lambda: is_right(vault) and is_believed(vault))
    assert looks(root) == before


# ------------------------------------------------------------------ when something goes wrong


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
        until(lambda: "is away" in said)
        assert known(vault) == before
        assert not is_believed(vault)
        if is_unmounted:
            root.rmdir()
        (tmp_path / "elsewhere").rename(root)
        until(lambda: "All is well again" in said)
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
    catch_up(vault, catalog)
    (root / "a").rename(tmp_path / "a")
    (root / "b/5.md").rename(tmp_path / "5.md")
    write_files(root, {"b/5.md": "other bytes"})
    index.follow()
    (tmp_path / "a").rename(root / "a")
    (tmp_path / "5.md").replace(root / "b/5.md")
    catch_up(vault, catalog)
    index.follow()
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
                patched.setattr(Ears, "on_any_event", die)
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
        before = watcher._ears
        assert before is not None
        logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
        until(lambda: watcher._ears is not None and watcher._ears is not before)
        write_files(Path(vault.root), {"b/below/deep.md": "changed"})
        until(lambda: is_right(vault))


def test_where_no_events_are_to_be_had_it_looks_and_is_not_believed(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaultcrm.watch.silence_of", lambda root: "a disk of type test")
    monkeypatch.setattr("vaultcrm.watch.watcher.POLL", 0.1)
    with watched(vault, period=0.1) as (_, said):
        for number in range(3):
            write_files(Path(vault.root), {"a/1.md": f"changed {number}"})
            until(lambda: is_right(vault) or is_believed(vault))
            assert not is_believed(vault)
        found = watch_lease.status(vault.root)
        assert found is not None
        assert not found.hears
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


# ----------------------------------------------------------------------- beside other programs


def test_status_before_during_and_after(vault: Vault) -> None:
    keys = {"running", "pid", "since", "complete", "events"}
    nobody = dict.fromkeys(keys, None) | {"running": False}
    before = run(vault, "watch", "--status", "--json")
    assert (before.returncode, json.loads(before.stdout)) == (1, nobody)
    with program(vault) as process:
        during = run(vault, "watch", "--status", "--json")
        assert during.returncode == 0
        found = json.loads(during.stdout)
        assert found.keys() == keys
        assert (found["running"], found["pid"], found["events"]) == (True, process.pid, True)
        assert datetime.fromisoformat(found["since"]) <= datetime.fromisoformat(found["complete"]) <= datetime.now()
        assert str(process.pid) in run(vault, "watch", "--status").stdout
        second = run(vault, "watch")
        assert (second.returncode, second.stdout) == (5, "")
        assert "running for this vault already" in second.stderr
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=PATIENCE)[0]
        assert (process.returncode, "Stopped." in said) == (0, True), said
    after = run(vault, "watch", "--status", "--json")
    assert (after.returncode, json.loads(after.stdout)) == (1, nobody)
    with program(vault):  # the post was left
        assert run(vault, "watch", "--status").returncode == 0


def test_a_command_sees_what_the_one_before_it_wrote(vault: Vault) -> None:
    with program(vault):
        for number in range(20):
            if number % 2:
                until(lambda: is_believed(vault))
            step = f"Send parcel {number}"
            logged = run(vault, "log", "acme", f"Talk {number}", "--next", step, "--due", "tomorrow")
            assert logged.returncode == 0, logged.stderr
            assert step in run(vault, "due", "--all").stdout


def test_a_catalogue_thrown_away_beside_it_is_right_afterwards(vault: Vault) -> None:
    root = Path(vault.root)
    with program(vault) as process:
        for number in range(4):
            write_files(root, {f"a/new{number}.md": f"some word{number}"})
            assert run(vault, "index", "--rebuild").returncode == 0
            write_files(root, {f"a/{n}.md": f"word{number} again" for n in range(1, 4)})
            until(lambda: is_right(vault) and is_believed(vault))
            found = json.loads(run(vault, "search", f"word{number}", "--json").stdout)
            assert f"a/new{number}.md" in str(found)
        assert process.poll() is None


def test_a_deleted_cache_is_made_anew(vault: Vault) -> None:
    with watched(vault):
        shutil.rmtree(os.environ["XDG_CACHE_HOME"])
        write_files(Path(vault.root), {"a/1.md": "changed"})
        until(lambda: is_right(vault))
