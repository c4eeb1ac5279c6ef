"""Sync two clones of one vault in any order, at the same time, and with kills. Run by hand.

    python -m tests.robustness.syncing 500 [SEED]

After each world of 10 rounds, both clones are synced until nothing changes any more, and checked
(`sync_world.py`). Prints figures, and each fault with the seed that shows it; exits with 1 if there is one.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests.robustness.sync_world import World, set_identity
from vaultcrm.errors import VaultcrmError

ROUNDS = 10  # in one world


class Figures(NamedTuple):
    rounds: int
    counts: Counter[str]
    faults: list[str]


def run_world(seed: int, rounds: int = ROUNDS) -> Figures:
    """One world: some rounds, syncs until nothing changes any more, and the check."""
    with tempfile.TemporaryDirectory(prefix="vaultcrm-sync-", ignore_cleanup_errors=True) as name:
        folder = Path(os.path.realpath(name))
        (folder / "home").mkdir()
        set_identity(folder / "home")
        made = World(folder, seed)
        try:
            for _ in range(rounds):
                made.round()
            made.sync_until_stable()
            faults = made.faults()
        except (AssertionError, VaultcrmError, OSError) as error:
            faults = [f"{type(error).__name__}: {error}"]
        return Figures(rounds, made.counts, [f"seed {seed}: {fault}" for fault in faults])


def main(rounds: str = "", seed: str = "1") -> int:
    if not rounds.isdigit():
        print(__doc__)
        return 2
    started, done, faults = time.monotonic(), Counter[str](), list[str]()
    for i in range(-(-int(rounds) // ROUNDS)):
        figures = run_world(int(seed) + i)
        done += figures.counts
        faults += figures.faults
        for fault in figures.faults:
            print("FAULT", fault.encode("unicode_escape").decode(), flush=True)
    print(f"{rounds} rounds:", ", ".join(f"{count} {name}" for name, count in done.most_common()))
    print(f"{len(faults)} faults, {time.monotonic() - started:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
