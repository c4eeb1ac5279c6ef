"""How soon a changed note is found while a watcher runs."""

import os
import statistics
import time
from functools import partial
from typing import Any

from measure import Desk

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault
from vaultcrm.watch.watcher import DEBOUNCE_SECONDS


def seconds_until_found(desk: Desk, rounds: int) -> float:
    """The median time from a note's change until the index has its new word, less the time that the watcher waits for quiet."""
    os.environ.update(desk.environment)
    vault = Vault(str(desk.vault))
    index = Index(vault, Catalog(vault.root))
    notes = sorted(desk.vault.rglob("interactions/*.md"))
    taken = []
    for n in range(rounds):
        word = f"wordof{time.monotonic_ns()}"
        time.sleep(4)  # the last change has settled, and the watcher rests
        with open(notes[n * 97 % len(notes)], "a", encoding="utf-8") as note:
            note.write(f"\n{word}\n")
        start = time.monotonic()
        while not index.query(partial(_has, ("words", word.encode()))):
            if time.monotonic() - start > 60:
                raise SystemExit("a changed note was not found through the watcher within a minute")
            time.sleep(0.002)
        taken.append(time.monotonic() - start - DEBOUNCE_SECONDS)
    return statistics.median(taken)


def _has(term: tuple[str, bytes], reader: Any) -> bool:  # Any: Whoosh has no types
    return term in reader
