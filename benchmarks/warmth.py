"""Measures how soon a changed note can be found while a watcher runs."""

import os
import statistics
import time
from functools import partial
from typing import Any

from measure import Sandbox

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault
from vaultcrm.watch.watcher import DEBOUNCE_SECONDS


def median_seconds_until_found(sandbox: Sandbox, rounds: int) -> float:
    """The median time from a change of a note until the index has its new word, without the time that the watcher debounces."""
    os.environ.update(sandbox.environment)
    vault = Vault(str(sandbox.vault))
    index = Index(vault, Catalog(vault.root))
    notes = sorted(sandbox.vault.rglob("interactions/*.md"))
    results = []
    for n in range(rounds):
        word = f"wordof{time.monotonic_ns()}"
        time.sleep(4)  # until the last change has settled and the watcher is idle
        with open(notes[n * 97 % len(notes)], "a", encoding="utf-8") as note:
            note.write(f"\n{word}\n")
        start = time.monotonic()
        while not index.query(partial(_has, ("words", word.encode()))):
            if time.monotonic() - start > 60:
                raise SystemExit("the watcher did not index a changed note within a minute")
            time.sleep(0.002)
        results.append(time.monotonic() - start - DEBOUNCE_SECONDS)
    return statistics.median(results)


def _has(term: tuple[str, bytes], reader: Any) -> bool:  # Any: Whoosh has no types
    return term in reader
