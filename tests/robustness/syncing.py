"""Two clones of one vault, synced in any order, at the same time, and killed. Run by hand; prints figures.

    python -m tests.robustness.syncing 500 [SEED]

After each world of 10 rounds both clones are synced until nothing moves, and judged (`sync_world.py`).
Exits with 1 when there is a fault; each is printed with the seed that shows it.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests.robustness.sync_world import World, identity
from vaultcrm.errors import VaultcrmError

ROUNDS = 10  # in one world


class Figures(NamedTuple):
    rounds: int
    done: Counter[str]
    faults: list[str]


def world(seed: int, rounds: int = ROUNDS) -> Figures:
    """One world from its beginning to its rest."""
    with tempfile.TemporaryDirectory(prefix="vaultcrm-sync-", ignore_cleanup_errors=True) as name:
        folder = Path(os.path.realpath(name))
        (folder / "home").mkdir()
        identity(folder / "home")
        made = World(folder, seed)
        try:
            for _ in range(rounds):
                made.round()
            made.come_to_rest()
            faults = made.faults()
        except (AssertionError, VaultcrmError, OSError) as error:
            faults = [f"{type(error).__name__}: {error}"]
        return Figures(rounds, made.done, [f"seed {seed}: {fault}" for fault in faults])


def main(rounds: str = "", seed: str = "1") -> int:
    if not rounds.isdigit():
        print(__doc__)
        return 2
    begun, done, faults = time.monotonic(), Counter[str](), list[str]()
    for i in range(-(-int(rounds) // ROUNDS)):
        figures = world(int(seed) + i)
        done += figures.done
        faults += figures.faults
        for fault in figures.faults:
            print("FAULT", fault.encode("unicode_escape").decode(), flush=True)
    print(f"{rounds} rounds:", ", ".join(f"{count} {name}" for name, count in done.most_common()))
    print(f"{len(faults)} faults, {time.monotonic() - begun:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
