"""Real file system events as hints, and the signs that events are missing."""

import io
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.events import DirDeletedEvent, DirModifiedEvent, DirMovedEvent, FileModifiedEvent, FileMovedEvent, FileSystemEvent

from tests.support import write_files
from tests.watch.watchers import wait_until
from vaultcrm.watch import events
from vaultcrm.watch.events import EventListener, reason_for_no_events

Hints = list[str | None]


@pytest.fixture
def hints() -> Hints:
    return []


@pytest.fixture
def listener(tmp_path: Path, hints: Hints) -> Iterator[EventListener]:
    """A listener to a folder with the folders a, b/c and .hidden."""
    write_files(tmp_path / "vault", {"a/1.md": "", "b/c/2.md": "", ".hidden/3.md": ""})
    listener = EventListener(str(tmp_path / "vault"), hints.append)
    yield listener
    listener.close()


# ------------------------------------------------------------------------------------- real events


def test_a_changed_note_is_a_hint_at_its_folder(listener: EventListener, hints: Hints, tmp_path: Path) -> None:
    write_files(tmp_path / "vault", {"a/notes.txt": "", ".hidden/3.md": "changed", "b/c/2.md": "changed"})
    wait_until(lambda: hints)
    assert set(hints) == {str(tmp_path / "vault/b/c")}
    assert not listener.needs_restart


def test_a_deleted_and_a_new_note_are_hints(listener: EventListener, hints: Hints, tmp_path: Path) -> None:
    (tmp_path / "vault/a/1.md").unlink()
    wait_until(lambda: hints == [str(tmp_path / "vault/a")])
    (tmp_path / "new.md").write_text("written elsewhere")
    (tmp_path / "new.md").rename(tmp_path / "vault/b/new.md")
    wait_until(lambda: str(tmp_path / "vault/b") in hints)


def test_a_note_that_is_moved_away_is_a_hint_at_once(listener: EventListener, hints: Hints, tmp_path: Path) -> None:
    """watchdog would hold the event back for half a second."""
    if sys.platform.startswith("linux"):
        from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper

        assert InotifyMoveEventGrouper()._queue.delay == 0
    (tmp_path / "vault/a/1.md").rename(tmp_path / "1.md")
    wait_until(lambda: hints == [str(tmp_path / "vault/a")])


def test_a_moved_folder_is_a_hint_at_everything_and_needs_a_restart(listener: EventListener, hints: Hints, tmp_path: Path) -> None:
    (tmp_path / "vault/a").rename(tmp_path / "vault/d")
    wait_until(lambda: None in hints and listener.needs_restart)


def test_all_folders_are_watched_until_it_is_closed(listener: EventListener) -> None:
    assert listener.is_alive
    assert not listener.has_too_few_watches
    listener.close()
    assert not listener.is_alive


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux counts its watches")
def test_fewer_watches_than_folders_are_too_few(listener: EventListener, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = events._folders(listener.root)
    assert len(folders) == 5
    monkeypatch.setattr(events, "_watch_count", lambda: 5)
    assert not listener.has_too_few_watches
    monkeypatch.setattr(events, "_watch_count", lambda: 4)
    assert listener.has_too_few_watches


def test_closing_restores_the_hook_and_the_log(tmp_path: Path) -> None:
    hook, handlers = threading.excepthook, list(logging.getLogger("watchdog").handlers)
    listener = EventListener(str(tmp_path), lambda folder: None)
    assert (threading.excepthook == hook, logging.getLogger("watchdog").handlers == handlers) == (False, False)
    listener.close()
    assert (threading.excepthook, logging.getLogger("watchdog").handlers) == (hook, handlers)


def test_a_listener_that_cannot_start_leaves_nothing_behind(tmp_path: Path) -> None:
    hook, handlers = threading.excepthook, list(logging.getLogger("watchdog").handlers)
    with pytest.raises(OSError):
        EventListener(str(tmp_path / "missing"), lambda folder: None)
    assert (threading.excepthook, logging.getLogger("watchdog").handlers) == (hook, handlers)


# ------------------------------------------------------------------------------------- what an event means


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (FileModifiedEvent("/v/a/1.md"), ["/v/a"]), (FileModifiedEvent("/v/1.MD"), ["/v"]), (FileModifiedEvent("/v/a/1.txt"), []),
        (FileModifiedEvent("/v/vaultcrm.toml"), [None]), (FileModifiedEvent("/v/.obsidian/x.md"), []), (FileModifiedEvent("/v/.a.md"), []),
        (FileMovedEvent("/v/a/1.md", "/v/b/1.md"), ["/v/a", "/v/b"]), (FileMovedEvent("/v/.1.tmp", "/v/b/1.md"), ["/v/b"]),
        (FileMovedEvent("/v/a/1.md", "/v/.trash/1.md"), ["/v/a"]), (FileMovedEvent("/v/.a/1.md", "/v/.trash/1.md"), []),
        (DirModifiedEvent("/v/a"), [None]), (DirModifiedEvent("/v/.git"), []),
    ],
)  # fmt: skip
def test_each_event_is_a_hint_where_to_look(
    event: FileSystemEvent, expected: Hints, listener: EventListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints: Hints = []
    monkeypatch.setattr(listener, "root", "/v")
    monkeypatch.setattr(listener, "on_change", hints.append)
    listener.on_any_event(event)
    assert (hints, listener.needs_restart) == (expected, False)


@pytest.mark.parametrize(
    ("event", "needs_restart"),
    [
        (DirMovedEvent("/v/a", "/v/b"), True), (DirDeletedEvent("/v/a"), True), (DirModifiedEvent("/v/a"), False),
        (DirMovedEvent("/v/.a", "/v/.b"), False), (FileMovedEvent("/v/a.md", "/v/b.md"), False),
    ],
)  # fmt: skip
def test_moved_and_deleted_folders_need_a_restart(
    event: FileSystemEvent, needs_restart: bool, listener: EventListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "root", "/v")
    listener.on_any_event(event)
    assert listener.needs_restart is needs_restart
    listener.on_any_event(DirModifiedEvent("/v/c"))
    assert listener.needs_restart is needs_restart


@pytest.mark.parametrize(("level", "needs_restart"), [(logging.WARNING, True), (logging.INFO, False)])
def test_a_warning_of_watchdog_needs_a_restart(level: int, needs_restart: bool, listener: EventListener, hints: Hints) -> None:
    logging.getLogger("watchdog.observers.inotify_c").log(level, "Inotify queue overflowed")
    assert (listener.needs_restart, hints) == (needs_restart, [None] * needs_restart)


def test_a_thread_that_dies_needs_a_restart(listener: EventListener, hints: Hints) -> None:
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    assert (listener.needs_restart, hints) == (True, [None])


# ------------------------------------------------------------------------------------- file systems without events

MOUNTS = r"""21 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
35 21 0:30 / /mnt rw - tmpfs tmpfs rw
36 35 0:31 / /mnt/office rw,relatime - cifs //server/share rw
37 36 0:32 / /mnt/office/local rw - ext4 /dev/sdb1 rw
38 35 0:33 / /mnt/two\040words rw - nfs4 server:/x rw
39 35 0:34 / /mnt/phone rw - fuse.sshfs phone:/ rw
40 39 0:35 / /mnt/phone rw - ext4 /dev/sdc1 rw
41 35 0:36 / /mnt/Büro\040Süd rw - cifs //server/süd rw
"""


@pytest.mark.parametrize(
    ("root", "reason"),
    [
        ("/home/me/vault", None), ("/mnt/vault", None), ("/mnt/office", "a disk of type cifs"),
        ("/mnt/office/vault", "a disk of type cifs"),
        ("/mnt/officers", None), ("/mnt/office/local/vault", None), ("/mnt/two words/vault", "a disk of type nfs4"), ("/mnt/phone/v", None),
        ("/mnt/Büro Süd/v", "a disk of type cifs"), ("/mnt/Büro/v", None),
    ],
)  # fmt: skip
def test_network_and_shared_disks_send_no_events(root: str, reason: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The innermost mount counts, and of two at the same place the later one."""
    monkeypatch.setattr(events, "open", lambda *_, **__: io.StringIO(MOUNTS), raising=False)
    assert reason_for_no_events(root) == reason


def test_without_a_list_of_mounts_events_are_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(events, "open", fail, raising=False)
    assert reason_for_no_events("/home/me/vault") is None
