"""The file watcher: waits for hints of changes, and refreshes the catalogue and the search index.

Events are only hints. Each one marks a folder for `refresh`, which compares it with the disk; once in
a while, and whenever events may have been lost, a full refresh compares every folder.
"""

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable
from datetime import datetime

from vaultcrm.catalog import index_queue
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.index_queue import QueuedNote
from vaultcrm.catalog.refresh import refresh
from vaultcrm.disk import watch_lease
from vaultcrm.disk.files import RACY_NS
from vaultcrm.disk.watch_lease import WatcherState
from vaultcrm.errors import ExternalError, VaultcrmError
from vaultcrm.search.index import Index
from vaultcrm.vault.settings import SETTINGS_FILE
from vaultcrm.vault.vault import Vault
from vaultcrm.watch.events import EventListener, reason_for_no_events

Report = Callable[[str, bool], None]  # a line, and whether it reports trouble

DEBOUNCE_SECONDS = 0.3  # without another hint, before a refresh
MAX_DEBOUNCE_SECONDS = 2.0  # after the first hint, however many follow
FULL_REFRESH_SECONDS = 30.0  # between two full refreshes while events arrive
POLL_SECONDS = 2.0  # between two full refreshes without events, or after a failure
_POLL_REST = 20  # without events, rest this many times as long as a refresh took
_MAX_REPORTED = 10  # notes that are reported one by one


class Watcher:
    """Watches one vault until it is stopped. `report` gets one line for each thing that happens.

    Raises Locked when another watcher runs for this vault, and ExternalError on systems without file locks.
    """

    def __init__(
        self, root: str, report: Report, clock: Callable[[], datetime], full_refresh_seconds: float = FULL_REFRESH_SECONDS
    ) -> None:
        self.root = os.path.realpath(root)
        self.report = report
        self.clock = clock
        self.full_refresh_seconds = full_refresh_seconds
        self.lease = watch_lease.WatchLease(self.root)
        self._stopped = False
        # What the lease publishes
        self._started_at = self._last_complete = ""
        self._write_count = 0
        self._folder_id = ""
        self._catalog_name = os.path.basename(Catalog(self.root).file)
        # Hints come from other threads and from signal handlers. A handler may interrupt `hint` in the same thread and
        # call it again: hence a reentrant lock, and a SimpleQueue to wake the loop, because Event.set would deadlock.
        self._lock = threading.RLock()
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._changed_folders: set[str] = set()
        self._may_have_changed_anywhere = False
        self._first_hint_at = self._last_hint_at = 0.0  # by the monotonic clock; no hint is pending while the first is 0
        self._is_clean = False  # whether the lease says that the catalogue is up to date
        # State of the loop, by the monotonic clock, which nobody can set back
        self._full_refresh_at = 0.0
        self._retry_listening_at = 0.0
        self._listener: EventListener | None = None  # None: no events, so the vault is polled
        self._had_settings_file = False
        self._last_error = ""  # reported, and not over yet

    # ---------------------------------------------------------------------------- called from other threads

    def stop(self) -> None:
        """Make `run` return after the refresh that is under way."""
        self._stopped = True
        self._wake.put(None)

    def hint(self, folder: str | None = None) -> None:
        """Something may have changed directly in a folder (an absolute path), or anywhere in the vault."""
        with self._lock:
            if self._is_clean:
                self.lease.set_clean(is_clean=False)
                self._is_clean = False
            if folder is None:
                self._may_have_changed_anywhere = True
            else:
                path = os.path.relpath(folder, self.root).replace(os.sep, "/")
                self._changed_folders.add("" if path == "." else path)
            self._last_hint_at = time.monotonic()
            self._first_hint_at = self._first_hint_at or self._last_hint_at
        self._wake.put(None)

    # ---------------------------------------------------------------------------- the loop

    def run(self) -> None:
        """Refresh whenever hints have settled or a full refresh is due, until `stop` is called.

        A failure that may pass, such as an unmounted disk, is reported once, and the refresh is retried.
        """
        self._started_at = self.clock().isoformat(timespec="seconds")
        try:
            while not self._stopped:
                is_full = time.monotonic() >= self._full_refresh_at or self._has_lost_events()
                if is_full:
                    self._ensure_listening()
                self._schedule_full_refresh(self._timed_refresh(is_full), after_full=is_full)
                self._debounce()
        finally:
            self._stop_listening()
            self.lease.release()

    def _timed_refresh(self, is_full: bool) -> float:
        """Refresh, and return the seconds until a full refresh is due; polling rests longer after a slow refresh."""
        start = time.monotonic()
        delay = self._refresh(is_full)
        return delay if self._listener is not None else max(delay, _POLL_REST * (time.monotonic() - start))

    def _schedule_full_refresh(self, delay: float, after_full: bool) -> None:
        """Have a full refresh after a delay; a refresh of some folders can only bring it forward."""
        due = time.monotonic() + delay
        self._full_refresh_at = due if after_full else min(self._full_refresh_at, due)

    def _debounce(self) -> None:
        """Sleep until no hint has come for a while, or a full refresh is due; send heartbeats meanwhile."""
        while not self._stopped:
            self._send_heartbeat()
            with self._lock:
                wake_at = self._full_refresh_at
                if self._first_hint_at:
                    wake_at = min(self._last_hint_at + DEBOUNCE_SECONDS, self._first_hint_at + MAX_DEBOUNCE_SECONDS, wake_at)
            remaining = wake_at - time.monotonic()
            if remaining <= 0:
                return
            with contextlib.suppress(queue.Empty):
                self._wake.get(timeout=min(remaining, watch_lease.HEARTBEAT_SECONDS))
                while True:  # one wake-up serves all hints so far
                    self._wake.get_nowait()

    def _send_heartbeat(self) -> None:
        self.lease.publish(
            WatcherState(
                pid=os.getpid(),
                started_at=self._started_at,
                last_complete=self._last_complete,
                heartbeat=time.monotonic(),
                write_count=self._write_count,
                gets_events=self._listener is not None,
                catalog=self._catalog_name,
                folder_id=self._folder_id,
            )
        )

    # ---------------------------------------------------------------------------- listening to events

    def _has_lost_events(self) -> bool:
        """Whether the listener may have missed events, or listens to a folder that is no longer the vault."""
        return self._listener is not None and (
            self._listener.needs_restart or not self._listener.is_alive or self._folder_id != watch_lease.folder_id(self.root)
        )

    def _ensure_listening(self) -> None:
        """Restart the listener if it is not in order; if it can't start, report that once and poll until the next try."""
        if self._listener is not None and not self._has_lost_events() and not self._listener.has_too_few_watches:
            return
        if self._listener is None and time.monotonic() < self._retry_listening_at:
            return
        self._stop_listening()
        self._folder_id = watch_lease.folder_id(self.root)
        if not self._folder_id:
            return
        reason = reason_for_no_events(self.root) or self._start_listening()
        if reason is None:
            return
        self._stop_listening()
        if not self._retry_listening_at:
            self.report(f"This vault gets no file events ({reason}), so it is scanned every few seconds.", True)
        self._retry_listening_at = time.monotonic() + self.full_refresh_seconds

    def _start_listening(self) -> str | None:
        """Start the listener; returns why it can't get all events, or None."""
        try:
            self._listener = EventListener(self.root, self.hint)
        except OSError as error:
            return error.strerror or "the system refused"
        return "no watches are left: raise fs.inotify.max_user_watches" if self._listener.has_too_few_watches else None

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
        self._listener = None

    # ---------------------------------------------------------------------------- refreshing

    def _refresh(self, is_full: bool) -> float:
        """Refresh all folders or those with hints, and publish the result; returns the seconds until a full refresh is due."""
        with self._lock:
            is_full |= self._may_have_changed_anywhere
            folders, self._changed_folders = self._changed_folders, set()
            self._may_have_changed_anywhere, self._first_hint_at = False, 0.0
            write_count = watch_lease.write_count(self.root)
        try:
            notes, is_settled = self._update(None if is_full else sorted(folders))
        except VaultcrmError as error:
            self._report_error(error)
            return POLL_SECONDS
        self._report_recovery()
        self._report_notes(notes)
        with self._lock:
            self._write_count = write_count
            self._last_complete = self.clock().isoformat(timespec="seconds")
            if not self._first_hint_at:
                self._send_heartbeat()
                self.lease.set_clean(is_clean=True)
                self._is_clean = True
        longest = self.full_refresh_seconds if self._listener is not None else POLL_SECONDS
        return longest if is_settled else min(RACY_NS / 1e9 + 0.5, longest)

    def _update(self, folders: list[str] | None) -> tuple[list[QueuedNote], bool]:
        """Update catalogue and index; returns the notes that were indexed, and whether all their stamps can be trusted."""
        catalog = Catalog(self.root)  # opened again each time: another process may have deleted the file
        try:
            self._check_vault_exists()
            vault = Vault(self.root)
            refresh(vault, catalog, folders)
            notes = index_queue.queued(catalog)
            Index(vault, catalog).update()
            return notes, catalog.is_settled
        finally:
            catalog.close()

    def _check_vault_exists(self) -> None:
        """Raise ExternalError if the vault has lost its settings file: the empty folder of an unmounted disk holds no deleted notes."""
        has_settings_file = os.path.exists(os.path.join(self.root, SETTINGS_FILE))
        if self._had_settings_file and not has_settings_file:
            raise ExternalError(f"The vault {self.root} is missing (it has no {SETTINGS_FILE}).", "Watching continues when it is back.")
        self._had_settings_file = has_settings_file

    # ---------------------------------------------------------------------------- reporting

    def _report_error(self, error: VaultcrmError) -> None:
        """Report an error unless it was the last one, and make the next refresh a full one."""
        if error.message != self._last_error:
            self.report(error.with_hint, True)
        self._last_error = error.message
        with self._lock:
            self._may_have_changed_anywhere = True
            self._is_clean = False
            self.lease.set_clean(is_clean=False)

    def _report_recovery(self) -> None:
        if self._last_error:
            self.report("Everything works again.", True)
        self._last_error = ""

    def _report_notes(self, notes: list[QueuedNote]) -> None:
        for note in notes[:_MAX_REPORTED]:
            self.report(f"{'read' if note.digest else 'gone'}  {note.path}", False)
        if len(notes) > _MAX_REPORTED:
            self.report(f"and {len(notes) - _MAX_REPORTED} more notes", False)
