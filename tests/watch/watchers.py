"""Running watchers, and what they know of a vault, for the tests of watch."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.disk import watch_lease
from vaultcrm.disk.files import digest
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault
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
            until(lambda: is_right(vault) and watcher._last_complete)
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
    return {str(path.relative_to(vault.root)): digest(path.read_bytes()) for path in Path(vault.root).rglob("*.md")}


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
    return watch_lease.is_fresh(vault.root, Catalog(vault.root).file)


def run(vault: Vault, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vaultcrm", "--vault", vault.root, "--today", "2026-11-16", *words]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)


@contextlib.contextmanager
def program(vault: Vault, *before: str) -> Iterator[subprocess.Popen[str]]:
    """`vaultcrm watch` itself, once it has read everything."""
    words = [*before, sys.executable, "-m", "vaultcrm", "--vault", vault.root, "watch"]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        until(lambda: process.poll() is not None or ((found := watch_lease.running_watcher(vault.root)) and found.last_complete))
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
