"""The one door to watchdog: file system events below a folder, as hints where something may have changed.

They are only hints. watchdog loses events when its queue overflows, when folders are moved, and when
the system runs out of watches, and it sends none on network drives. This module notices all of that.
"""

import contextlib
import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

if sys.platform.startswith("linux"):
    from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper

    # Otherwise it holds a "moved from" event, and all events after it, for half a second to pair it with its "moved to".
    InotifyMoveEventGrouper.delay = 0.0

OnChange = Callable[[str | None], None]  # the absolute path of a folder in which something changed; None: anywhere

_EVENTS = [
    DirCreatedEvent, DirDeletedEvent, DirMovedEvent, FileAttribEvent, FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent,
]  # fmt: skip
# File systems that accept watches but send no events for changes by other machines, by the beginning of their type
_REMOTE_FILE_SYSTEMS = ("9p", "drvfs", "cifs", "smb", "nfs", "fuse", "vboxsf", "prl_fs", "virtiofs", "afs", "ncp")


class EventListener(FileSystemEventHandler):
    """Listens to events below one folder until it is closed, and calls `on_change` from a thread of its own.

    `needs_restart` is set when a folder was moved or deleted, or an event was lost: from then on events may be missing.
    Raises OSError when the system refuses to watch the folder.
    """

    def __init__(self, root: str, on_change: OnChange) -> None:
        self.root = root
        self.on_change = on_change
        self.needs_restart = False
        self._previous_excepthook = threading.excepthook
        self._log_handler = _LogHandler(self)
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"watchdog\.")  # 20 kB each, on stderr
        logging.getLogger("watchdog").addHandler(self._log_handler)
        threading.excepthook = self._on_thread_death
        self._observer: Any = Observer()  # Any: its class depends on the system
        try:
            self._observer.schedule(self, root, recursive=True, event_filter=_EVENTS)
            self._observer.start()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop listening, and restore the thread hook that was there before."""
        # A listener is also closed because it is broken, and then stopping it can fail in any way: with RuntimeError if a
        # thread never started, with OSError if a watch is gone, or with a bug of watchdog's code for this system. It is
        # discarded all the same, and threads that are left end with the process.
        with contextlib.suppress(Exception):
            self._observer.stop()
            self._observer.join(5)
        logging.getLogger("watchdog").removeHandler(self._log_handler)
        threading.excepthook = self._previous_excepthook

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog. Passes on changes of notes, folders and settings, except below hidden folders."""
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        visible = [path for path in paths if not self._is_hidden(path)]
        if not visible:
            return
        if event.is_directory:
            # The watches of a moved folder keep reporting its old name, or nothing at all.
            self.needs_restart |= event.event_type in ("moved", "deleted")
            self.on_change(None)
            return
        for path in visible:
            if path.endswith((".md", ".MD")):
                self.on_change(os.path.dirname(path))
            elif path.endswith("vaultcrm.toml"):
                self.on_change(None)

    def _is_hidden(self, path: str) -> bool:
        return any(part.startswith(".") for part in path[len(self.root) :].split("/") if part)

    def _on_thread_death(self, args: threading.ExceptHookArgs) -> None:
        """An exception has ended a thread, most likely one of watchdog's, which nobody else would notice."""
        self.needs_restart = True
        self.on_change(None)

    @property
    def is_alive(self) -> bool:
        """Whether all threads of watchdog run."""
        return bool(self._observer.is_alive()) and all(emitter.is_alive() for emitter in self._observer.emitters)

    @property
    def has_too_few_watches(self) -> bool:
        """Whether fewer folders are watched than there are, because the system has run out of watches."""
        watched = _watch_count()
        return watched is not None and watched < len(_folders(self.root))


class _LogHandler(logging.Handler):
    """Notices what watchdog reports only in its log: that its queue has overflowed."""

    def __init__(self, listener: EventListener) -> None:
        super().__init__(logging.WARNING)
        self.listener = listener

    def emit(self, record: logging.LogRecord) -> None:
        self.listener.needs_restart = True
        self.listener.on_change(None)


def _watch_count() -> int | None:
    """The number of folders that this process watches, on Linux; None elsewhere."""
    if not os.path.isdir("/proc/self/fdinfo"):
        return None
    count = 0
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc/self/fdinfo"):
            with contextlib.suppress(OSError), open(f"/proc/self/fdinfo/{name}") as file:
                count += sum(line.startswith("inotify wd:") for line in file)
    return count


def _folders(root: str) -> list[str]:
    """Every folder that watchdog watches; it can't be told to skip hidden ones."""
    return [folder for folder, _, _ in os.walk(root)]


def reason_for_no_events(root: str) -> str | None:
    """Why a folder's file system sends no events, for a message; None if it probably sends them. See proc_pid_mountinfo(5)."""
    with contextlib.suppress(OSError), open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:
        return _reason_in(mounts, root)
    return None


def _reason_in(mounts: Iterable[str], root: str) -> str | None:
    """The same, among these lines of mountinfo."""
    mount_point = file_system = ""
    for line in mounts:
        mount, _, source = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), mount.split()[4])
        if (root + "/").startswith(point.rstrip("/") + "/") and len(point) >= len(mount_point):
            mount_point, file_system = point, source.split()[0]
    return f"a disk of type {file_system}" if file_system.startswith(_REMOTE_FILE_SYSTEMS) else None
