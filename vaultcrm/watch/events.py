"""The door to watchdog: what the file system says has happened below a folder, as hints where to look.

Hints are never believed: watchdog loses events when its queue overflows, when folders are moved
about, when the system has no watches left, and sends none on network drives. Here all of that is noticed.
"""

import contextlib
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable
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

    InotifyMoveEventGrouper.delay = 0.0  # it would hold what moved away, and all behind it, for half a second, to make pairs of it

OnChange = Callable[[str | None], None]  # a folder in which something changed, as an absolute path; None: anywhere

_EVENTS = [
    DirCreatedEvent, DirDeletedEvent, DirMovedEvent, FileAttribEvent, FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent,
]  # fmt: skip
# File systems that accept watches and send no events for what other machines do
_NO_EVENTS = ("9p", "drvfs", "cifs", "smb", "nfs", "fuse", "vboxsf", "prl_fs", "virtiofs", "afs", "ncp")


class EventListener(FileSystemEventHandler):
    """Listens below one folder until it is closed. `is_worn`: folders were moved about, or an event was lost; listen anew."""

    def __init__(self, root: str, heard: OnChange) -> None:
        self.root = root
        self.on_change = heard
        self.needs_restart = False
        self._before = threading.excepthook
        self._log = _LogHandler(self)
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"watchdog\.")  # 20 kB each, on stderr
        logger = logging.getLogger("watchdog")
        logger.addHandler(self._log)
        logger.propagate = False
        threading.excepthook = self._died
        self._observer: Any = Observer()  # Any: its class depends on the system
        try:
            self._observer.schedule(self, root, recursive=True, event_filter=_EVENTS)
            self._observer.start()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop listening. A broken observer may fail to stop; its threads end with the process."""
        with contextlib.suppress(Exception):
            self._observer.stop()
            self._observer.join(5)
        logging.getLogger("watchdog").removeHandler(self._log)
        threading.excepthook = self._before

    def on_any_event(self, event: FileSystemEvent) -> None:
        places = [os.fsdecode(place) for place in (event.src_path, event.dest_path) if place]
        seen = [place for place in places if not self._is_hidden(place)]
        if not seen:
            return
        if event.is_directory:
            # A moved folder's watches go on telling its old name, or nothing at all
            self.needs_restart |= event.event_type in ("moved", "deleted")
            self.on_change(None)
            return
        for place in seen:
            if place.endswith((".md", ".MD")):
                self.on_change(os.path.dirname(place))
            elif place.endswith("vaultcrm.toml"):
                self.on_change(None)

    def _is_hidden(self, place: str) -> bool:
        return any(part.startswith(".") for part in place[len(self.root) :].split("/") if part)

    def _died(self, found: threading.ExceptHookArgs) -> None:
        """A thread of watchdog's has died of an exception; nobody else would notice."""
        self.needs_restart = True
        self.on_change(None)

    @property
    def is_alive(self) -> bool:
        return bool(self._observer.is_alive()) and all(emitter.is_alive() for emitter in self._observer.emitters)

    @property
    def has_too_few_watches(self) -> bool:
        """Whether the system watches fewer folders than there are: it has run out of watches."""
        watched = _watches()
        return watched is not None and watched < sum(1 for _ in _folders(self.root))


class _LogHandler(logging.Handler):
    """What watchdog only writes into its log: its queue has overflowed."""

    def __init__(self, ears: EventListener) -> None:
        super().__init__(logging.WARNING)
        self.ears = ears

    def emit(self, record: logging.LogRecord) -> None:
        self.ears.needs_restart = True
        self.ears.on_change(None)


def _watches() -> int | None:
    """How many folders this process watches, as Linux counts them; None elsewhere."""
    count, known = 0, False
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc/self/fdinfo"):
            with contextlib.suppress(OSError), open(f"/proc/self/fdinfo/{name}") as file:
                lines = sum(line.startswith("inotify wd:") for line in file)
                count, known = count + lines, known or lines > 0
    return count if known or os.path.isdir("/proc/self/fdinfo") else None


def _folders(root: str) -> list[str]:
    """Every folder that is to be watched, hidden ones too: watchdog knows no exceptions."""
    return [folder for folder, _, _ in os.walk(root)]


def reason_for_no_events(root: str) -> str | None:
    """Why a folder's file system sends no events; None when it may."""
    found = ("", "")
    with contextlib.suppress(OSError), open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:
        for line in mounts:
            place, _, rest = line.partition(" - ")
            point = place.split()[4].encode().decode("unicode_escape", "replace")
            if (root + "/").startswith(point.rstrip("/") + "/") and len(point) >= len(found[0]):
                found = point, rest.split()[0]
    return f"a disk of type {found[1]}" if found[1].startswith(_NO_EVENTS) else None
