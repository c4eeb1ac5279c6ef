"""Keeps the catalogue and the search index warm: hears of changes, and lets `catch_up` look."""

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable
from datetime import datetime

from vaultcrm.catalog import index_queue
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.refresh import refresh
from vaultcrm.disk import watch_lease
from vaultcrm.disk.files import RACY_NS
from vaultcrm.errors import OutsideFailed, VaultcrmError
from vaultcrm.search.index import Index
from vaultcrm.vault.settings import SETTINGS_FILE
from vaultcrm.vault.vault import Vault
from vaultcrm.watch.events import Ears, silence_of

Tell = Callable[[str, bool], None]  # a line, and whether it is about trouble

QUIET = 0.3  # seconds without another hint, before it looks
LONGEST = 2.0  # seconds after the first hint, at most
PERIOD = 30.0  # seconds between two looks at everything, whatever was heard
POLL = 2.0  # seconds between two looks where nothing is heard; more where a look takes long
_SHOWN = 10  # notes that are named one by one


class Watcher:
    """Watches one vault until it is told to stop. `tell` gets one line for each thing that it did."""

    def __init__(self, root: str, tell: Tell, clock: Callable[[], datetime], period: float = PERIOD) -> None:
        self.root = os.path.realpath(root)
        self.tell = tell
        self.clock = clock
        self.period = period
        self.post = watch_lease.Post(self.root)
        self._had_mark = False
        self._catalog = os.path.basename(Catalog(self.root).file)
        self._since = self._complete = ""
        self._writes = 0
        self._ears: Ears | None = None
        self._place = ""
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()  # an Event would hang when one signal interrupts another
        self._lock = threading.RLock()
        self._folders: set[str] = set()  # where to look
        self._everywhere = False
        self._first = self._last = 0.0  # when the first and the last hint came, by the monotonic clock; 0 for none
        self._is_clean = False
        self._stopped = False
        self._deaf_until = 0.0  # when to try to listen again
        self._trouble = ""  # what was said last, and is not over

    # ---------------------------------------------------------------------------- from other threads

    def stop(self) -> None:
        self._stopped = True
        self._wake.put(None)

    def hint(self, folder: str | None = None) -> None:
        """Something has changed in a folder; without one, somewhere. May be called from any thread."""
        with self._lock:
            if self._is_clean:
                self.post.mark(is_clean=False)
                self._is_clean = False
            if folder is None:
                self._everywhere = True
            else:
                path = os.path.relpath(folder, self.root).replace(os.sep, "/")
                self._folders.add("" if path == "." else path)
            self._last = time.monotonic()
            self._first = self._first or self._last
        self._wake.put(None)

    # ---------------------------------------------------------------------------- the loop

    def run(self) -> None:
        """Watch until `stop`. What waiting can mend is said once, and waited for."""
        self._since = self.clock().isoformat(timespec="seconds")
        due = 0.0  # when to look at everything again, by the monotonic clock: nobody can set it back
        try:
            while not self._stopped:
                everywhere = time.monotonic() >= due or self._is_worn()
                if everywhere:
                    self._listen()
                began = time.monotonic()
                again = self._look(everywhere)
                took = time.monotonic() - began
                again = time.monotonic() + (again if self._ears is not None else max(again, 20 * took))
                due = again if everywhere else min(due, again)
                self._rest(due)
        finally:
            self._deafen()
            self.post.leave()

    def _rest(self, due: float) -> None:
        """Sleep until hints have gone quiet, or everything is due to be looked at."""
        while not self._stopped:
            self._beat()
            with self._lock:
                ready = min(self._last + QUIET, self._first + LONGEST, due) if self._first else due
            left = ready - time.monotonic()
            if left <= 0:
                return
            with contextlib.suppress(queue.Empty):
                self._wake.get(timeout=min(left, watch_lease.BEAT_SECONDS))
                while True:
                    self._wake.get_nowait()

    def _beat(self) -> None:
        now, hears = time.monotonic(), self._ears is not None
        self.post.say(watch_lease.State(os.getpid(), self._since, self._complete, now, self._writes, hears, self._catalog, self._place))

    # ---------------------------------------------------------------------------- hearing

    def _is_worn(self) -> bool:
        """Whether what is heard cannot be relied upon any more."""
        return self._ears is not None and (self._ears.is_worn or not self._ears.is_alive or self._place != watch_lease.place(self.root))

    def _listen(self) -> None:
        """Make sure that events are heard from now on; where none are to be had, say so once."""
        if self._ears is not None and not self._is_worn() and not self._ears.is_deaf:
            return
        if self._ears is None and time.monotonic() < self._deaf_until:
            return
        self._deafen()
        self._place = watch_lease.place(self.root)
        if not self._place:
            return
        why = silence_of(self.root)
        if why is None:
            try:
                self._ears = Ears(self.root, self.hint)
                why = "no watches are left (fs.inotify.max_user_watches)" if self._ears.is_deaf else None
            except OSError as error:
                why = error.strerror or "the system says no"
        if why is None:
            return
        self._deafen()
        if not self._deaf_until:
            self.tell(f"No events are to be had here ({why}): the vault is looked at every few seconds.", True)
        self._deaf_until = time.monotonic() + self.period

    def _deafen(self) -> None:
        if self._ears is not None:
            self._ears.close()
        self._ears = None

    # ---------------------------------------------------------------------------- looking

    def _look(self, everywhere: bool) -> float:
        """Let the catalogue catch up and the index follow; gives the seconds after which to look at everything again."""
        with self._lock:
            everywhere |= self._everywhere
            folders, self._folders, self._everywhere, self._first = self._folders, set(), False, 0.0
            writes = watch_lease.writes(self.root)
        catalog = Catalog(self.root)  # anew each time: another process may have thrown the old one away
        try:
            self._must_be_there()
            vault = Vault(self.root)
            refresh(vault, catalog, None if everywhere else sorted(folders))
            changes = index_queue.queued(catalog)
            Index(vault, catalog).follow()
            is_settled = catalog.is_settled
        except VaultcrmError as error:
            if error.message != self._trouble:
                self.tell(f"{error.message} {error.hint}".strip(), True)
            self._trouble = error.message
            with self._lock:
                self._everywhere = True
                self._is_clean = False
                self.post.mark(is_clean=False)
            return POLL
        finally:
            catalog.close()
        if self._trouble:
            self.tell("All is well again.", True)
        self._trouble = ""
        self._report(changes)
        with self._lock:
            self._writes = writes
            self._complete = self.clock().isoformat(timespec="seconds")
            if not self._first:
                self._beat()
                self.post.mark(is_clean=True)
                self._is_clean = True
        if not is_settled:
            return min(RACY_NS / 1e9 + 0.5, self.period if self._ears is not None else POLL)
        return self.period if self._ears is not None else POLL

    def _must_be_there(self) -> None:
        """A disk that was unmounted leaves an empty folder; its notes are not deleted."""
        has_mark = os.path.exists(os.path.join(self.root, SETTINGS_FILE))
        if self._had_mark and not has_mark:
            raise OutsideFailed(f"The vault {self.root} is away ({SETTINGS_FILE} is not there).", "It is waited for.")
        self._had_mark = has_mark

    def _report(self, changes: list[index_queue.QueuedNote]) -> None:
        for change in changes[:_SHOWN]:
            self.tell(f"{'read' if change.digest else 'gone'}  {change.path}", False)
        if len(changes) > _SHOWN:
            self.tell(f"and {len(changes) - _SHOWN} more notes", False)
