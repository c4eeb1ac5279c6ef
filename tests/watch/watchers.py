"""Running watchers, and checks of what they have read, for the tests of watch."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.fork_server import run_vaultcrm
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.disk import watch_lease
from vaultcrm.disk.files import digest
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault
from vaultcrm.watch.watcher import Watcher

PATIENCE = 120.0  # seconds; anything that takes longer never ends, on any machine
NOTE = "---\ntype: follow-up\nstatus: open\ndue: 2026-11-{:02}\n---\nSend it.\n"
ACME = "---\ntype: client\naliases:\n  - Acme\n---\n"
FILES = {
    "vaultcrm.toml": "",
    "clients/Acme Studio/Acme Studio.md": ACME,
    **{f"a/{n}.md": NOTE.format(n) for n in range(1, 4)},
    **{f"b/{n}.md": NOTE.format(n) for n in range(5, 8)},
    "b/below/deep.md": "deep\n",
}


class Reports(list[str]):
    """The lines that a watcher has reported. `in` looks for a part of a line."""

    def report(self, line: str, is_trouble: bool) -> None:
        self.append(line)

    def __contains__(self, part: object) -> bool:
        return any(str(part) in line for line in self)


@contextlib.contextmanager
def watching(vault: Vault, period: float = 600.0) -> Iterator[tuple[Watcher, Reports]]:
    """A watcher in a thread, once it has read everything. With so long a period it learns only from events.

    Normally it also reads a note that has just changed once more after a few seconds; here that waits for the period, too.
    """
    reports = Reports()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("vaultcrm.watch.watcher.RACY_NS", period * 1e9)
        watcher = Watcher(vault.root, reports.report, datetime.now, period)
        thread = threading.Thread(target=watcher.run)
        thread.start()
        try:
            wait_until(lambda: is_up_to_date(vault) and watcher._last_complete)
            yield watcher, reports
        finally:
            watcher.stop()
            thread.join(PATIENCE)
            assert not thread.is_alive()


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds; fail after `PATIENCE` seconds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "the condition never became true"
        time.sleep(0.02)


def file_digests(vault: Vault) -> dict[str, bytes]:
    """The digest of each note on the disk, by path."""
    return {str(path.relative_to(vault.root)): digest(path.read_bytes()) for path in Path(vault.root).rglob("*.md")}


def known_digests(vault: Vault) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The digests in the catalogue and in the index, by path, without a refresh."""
    catalog = Catalog(vault.root)
    try:
        return dict(catalog.rows("SELECT path, digest FROM files")), Index(vault, catalog).documents()
    finally:
        catalog.close()


def is_up_to_date(vault: Vault) -> bool:
    """Whether catalogue and index hold exactly the notes on the disk."""
    return known_digests(vault) == (file_digests(vault), file_digests(vault))


def is_trusted(vault: Vault) -> bool:
    """Whether a command would rely on the watcher instead of scanning the vault."""
    return watch_lease.is_fresh(vault.root, Catalog(vault.root).file)


def run_command(vault: Vault, *words: str) -> subprocess.CompletedProcess[str]:
    return run_vaultcrm("--vault", vault.root, "--today", "2026-11-16", *words)


@contextlib.contextmanager
def watch_process(vault: Vault, *before: str) -> Iterator[subprocess.Popen[str]]:
    """A `vaultcrm watch` process, once it has read everything. `before` is the command that starts it, if any."""
    words = [*before, sys.executable, "-m", "vaultcrm", "--vault", vault.root, "watch"]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_until(lambda: process.poll() is not None or ((found := watch_lease.running_watcher(vault.root)) and found.last_complete))
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
