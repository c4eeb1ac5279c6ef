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
from vaultcrm.errors import ExternalError, VaultcrmError
from vaultcrm.search.index import Index
from vaultcrm.vault.settings import SETTINGS_FILE
from vaultcrm.vault.vault import Vault
from vaultcrm.watch.events import EventListener, reason_for_no_events

Report = Callable[[str, bool], None]  # a line, and whether it is about trouble

QUIET_SECONDS = 0.3  # seconds without another hint, before it looks
MAX_DELAY_SECONDS = 2.0  # seconds after the first hint, at most
FULL_REFRESH_SECONDS = 30.0  # seconds between two looks at everything, whatever was heard
POLL_SECONDS = 2.0  # seconds between two looks where nothing is heard; more where a look takes long
_SHOWN = 10  # notes that are named one by one


class Watcher:
    """Watches one vault until it is told to stop. `tell` gets one line for each thing that it did."""

    def __init__(self, root: str, tell: Report, clock: Callable[[], datetime], period: float = FULL_REFRESH_SECONDS) -> None:
        self.root = os.path.realpath(root)
        self.report = tell
        self.clock = clock
        self.period = period
        self.lease = watch_lease.WatchLease(self.root)
        self._had_settings_file = False
        self._catalog = os.path.basename(Catalog(self.root).file)
        self._since = self._complete = ""
        self._writes = 0
        self._listener: EventListener | None = None
        self._folder_id = ""
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()  # an Event would hang when one signal interrupts another
        self._lock = threading.RLock()
        self._folders: set[str] = set()  # where to look
        self._everywhere = False
        self._first = self._last = 0.0  # when the first and the last hint came, by the monotonic clock; 0 for none
        self._is_clean = False
        self._stopped = False
        self._retry_listening_at = 0.0  # when to try to listen again
        self._last_error = ""  # what was said last, and is not over

    # ---------------------------------------------------------------------------- from other threads

    def stop(self) -> None:
        self._stopped = True
        self._wake.put(None)

    def hint(self, folder: str | None = None) -> None:
        """Something has changed in a folder; without one, somewhere. May be called from any thread."""
        with self._lock:
            if self._is_clean:
                self.lease.set_clean(is_clean=False)
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
                everywhere = time.monotonic() >= due or self._needs_restart()
                if everywhere:
                    self._listen()
                began = time.monotonic()
                again = self._refresh(everywhere)
                took = time.monotonic() - began
                again = time.monotonic() + (again if self._listener is not None else max(again, 20 * took))
                due = again if everywhere else min(due, again)
                self._wait(due)
        finally:
            self._stop_listening()
            self.lease.release()

    def _wait(self, due: float) -> None:
        """Sleep until hints have gone quiet, or everything is due to be looked at."""
        while not self._stopped:
            self._send_heartbeat()
            with self._lock:
                ready = min(self._last + QUIET_SECONDS, self._first + MAX_DELAY_SECONDS, due) if self._first else due
            left = ready - time.monotonic()
            if left <= 0:
                return
            with contextlib.suppress(queue.Empty):
                self._wake.get(timeout=min(left, watch_lease.HEARTBEAT_SECONDS))
                while True:
                    self._wake.get_nowait()

    def _send_heartbeat(self) -> None:
        now, hears = time.monotonic(), self._listener is not None
        self.lease.publish(
            watch_lease.WatcherState(os.getpid(), self._since, self._complete, now, self._writes, hears, self._catalog, self._folder_id)
        )

    # ---------------------------------------------------------------------------- hearing

    def _needs_restart(self) -> bool:
        """Whether what is heard cannot be relied upon any more."""
        return self._listener is not None and (
            self._listener.needs_restart or not self._listener.is_alive or self._folder_id != watch_lease.folder_id(self.root)
        )

    def _listen(self) -> None:
        """Make sure that events are heard from now on; where none are to be had, say so once."""
        if self._listener is not None and not self._needs_restart() and not self._listener.has_too_few_watches:
            return
        if self._listener is None and time.monotonic() < self._retry_listening_at:
            return
        self._stop_listening()
        self._folder_id = watch_lease.folder_id(self.root)
        if not self._folder_id:
            return
        why = reason_for_no_events(self.root)
        if why is None:
            try:
                self._listener = EventListener(self.root, self.hint)
                why = "no watches are left (fs.inotify.max_user_watches)" if self._listener.has_too_few_watches else None
            except OSError as error:
                why = error.strerror or "the system says no"
        if why is None:
            return
        self._stop_listening()
        if not self._retry_listening_at:
            self.report(f"No events are to be had here ({why}): the vault is looked at every few seconds.", True)
        self._retry_listening_at = time.monotonic() + self.period

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
        self._listener = None

    # ---------------------------------------------------------------------------- looking

    def _refresh(self, everywhere: bool) -> float:
        """Let the catalogue catch up and the index follow; gives the seconds after which to look at everything again."""
        with self._lock:
            everywhere |= self._everywhere
            folders, self._folders, self._everywhere, self._first = self._folders, set(), False, 0.0
            writes = watch_lease.write_count(self.root)
        catalog = Catalog(self.root)  # anew each time: another process may have thrown the old one away
        try:
            self._check_vault_is_there()
            vault = Vault(self.root)
            refresh(vault, catalog, None if everywhere else sorted(folders))
            changes = index_queue.queued(catalog)
            Index(vault, catalog).update()
            is_settled = catalog.is_settled
        except VaultcrmError as error:
            if error.message != self._last_error:
                self.report(f"{error.message} {error.hint}".strip(), True)
            self._last_error = error.message
            with self._lock:
                self._everywhere = True
                self._is_clean = False
                self.lease.set_clean(is_clean=False)
            return POLL_SECONDS
        finally:
            catalog.close()
        if self._last_error:
            self.report("All is well again.", True)
        self._last_error = ""
        self._report_notes(changes)
        with self._lock:
            self._writes = writes
            self._complete = self.clock().isoformat(timespec="seconds")
            if not self._first:
                self._send_heartbeat()
                self.lease.set_clean(is_clean=True)
                self._is_clean = True
        if not is_settled:
            return min(RACY_NS / 1e9 + 0.5, self.period if self._listener is not None else POLL_SECONDS)
        return self.period if self._listener is not None else POLL_SECONDS

    def _check_vault_is_there(self) -> None:
        """A disk that was unmounted leaves an empty folder; its notes are not deleted."""
        has_mark = os.path.exists(os.path.join(self.root, SETTINGS_FILE))
        if self._had_settings_file and not has_mark:
            raise ExternalError(f"The vault {self.root} is away ({SETTINGS_FILE} is not there).", "It is waited for.")
        self._had_settings_file = has_mark

    def _report_notes(self, changes: list[index_queue.QueuedNote]) -> None:
        for change in changes[:_SHOWN]:
            self.report(f"{'read' if change.digest else 'gone'}  {change.path}", False)
        if len(changes) > _SHOWN:
            self.report(f"and {len(changes) - _SHOWN} more notes", False)
