"""Import from watched files and folders while `watch` runs: what is new and complete, from where it is allowed on this computer."""

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import tzinfo

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions
from vaultcrm.actions.imports.ledger_days import ledger_files
from vaultcrm.actions.imports.report import ImportReport
from vaultcrm.actions.imports.sources.import_all import import_all
from vaultcrm.actions.imports.sources.watched import find_watched, not_allowed
from vaultcrm.errors import VaultcrmError
from vaultcrm.vault.import_progress import FileStamp, load_progress

SETTLE_SECONDS = 2.0  # a file that hasn't changed for so long is complete
LOOK_SECONDS = 5.0  # between two looks at the folders
_IDLE_SECONDS = 30.0  # between two looks at the settings, while they name no folder
_REST = 50  # rest this many times as long as a look took


class WatchImport:
    """Imports until it is stopped. `open_crm` opens the vault; `report` gets a line and whether it reports trouble.

    `on_import` gets the report of each import that has found something new.
    """

    def __init__(
        self, open_crm: Callable[[], Crm], zone: tzinfo, report: Callable[[str, bool], None], on_import: Callable[[ImportReport], None]
    ) -> None:
        self.open_crm = open_crm
        self.zone = zone
        self.report = report
        self.on_import = on_import
        self._stopped = threading.Event()
        self._seen: dict[str, dict[str, FileStamp]] = {}  # what was new at the last look
        self._tried: dict[str, dict[str, FileStamp]] = {}
        self._told: set[str] = set()

    def run(self) -> None:
        """Look at the folders again and again, until `stop` is called."""
        while not self._stopped.is_set():
            start = time.monotonic()
            delay = self.look()
            self._stopped.wait(max(delay, _REST * (time.monotonic() - start)) if delay > SETTLE_SECONDS else delay)

    def stop(self) -> None:
        """Make `run` return; an import that is under way ends after whole notes."""
        self._stopped.set()

    def look(self) -> float:
        """Import what is new and hasn't changed since the last look. Returns the seconds until the next look."""
        try:
            crm = self.open_crm()
            with contextlib.closing(crm.catalog):
                return self._look(crm)
        except (VaultcrmError, OSError) as error:
            text = error.with_hint if isinstance(error, VaultcrmError) else str(error)
            self._tell(f"Watched folders can't be imported: {text}")
            return _IDLE_SECONDS

    def _look(self, crm: Crm) -> float:
        patterns = crm.vault.settings.watch
        if not patterns:
            return _IDLE_SECONDS
        progress = load_progress(crm.vault.root, ledger_files(crm))
        for pattern in patterns:
            if pattern not in progress.allowed:
                self._tell(not_allowed(pattern))
        allowed = [pattern for pattern in patterns if pattern in progress.allowed]
        found, _ = find_watched(crm.vault.root, allowed, progress.seen, crm.today)  # what was undone doesn't come back by itself
        found = [watched for watched in found if self._tried.get(watched.path) != watched.new_files]
        ready = [watched for watched in found if self._seen.get(watched.path) == watched.new_files]
        self._seen = {watched.path: watched.new_files for watched in found}
        if ready:
            report = import_all(crm, [], [], ImportOptions(), self.zone, watched=ready, progress_of=lambda label: self._check_stopped)
            self._tried |= {watched.path: watched.new_files for watched in ready}  # what the disk refuses isn't told again and again
            if any(item.outcome != "known" for item in report.items):
                self.on_import(report)
        return SETTLE_SECONDS if len(ready) < len(found) else LOOK_SECONDS

    def _check_stopped(self, done: int, total: int) -> None:
        if self._stopped.is_set():
            raise KeyboardInterrupt

    def _tell(self, line: str) -> None:
        """Report trouble, once."""
        if line not in self._told:
            self._told.add(line)
            self.report(line, True)
