"""What vaultcrm bears: kills, many hands at once, strangers' folders, and what means harm. Run by hand; prints figures.

    python -m tests.robustness kills 300          kill -9 at random moments of writing commands
    python -m tests.robustness hands 8 100        8 processes, each adding 100 items to one list
    python -m tests.robustness reading FOLDER…    every reading command, over copies of folders
    python -m tests.robustness storms 100         changes of every kind beside a running watcher
    python -m tests.robustness index-kills 100    kill -9 at random moments of indexing
    python -m tests.robustness hostile            notes, settings, templates, links and titles that mean harm

Exits with 1 when there is a fault; each is printed with the command that shows it.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.robustness.caches import known
from tests.robustness.desk import HANDS
from tests.robustness.hostile_files import THINGS, alone, together
from tests.robustness.hostile_input import TITLES, TRAPS, typed, with_trap
from tests.robustness.index_kills import index_kills
from tests.robustness.kills import _hand, first_kills, hands, kills
from tests.robustness.reading import reading
from tests.robustness.stirring import stir
from tests.robustness.storms import storms, watch


def hostile() -> dict[str, list[str]]:
    """The faults by what was tried; things that are faulty alone are left out of the common vault."""
    tried: dict[str, Callable[[], list[str]]] = {}
    for i in range(HANDS):
        tried[f"typed, part {i + 1}"] = lambda i=i: typed(i, HANDS)  # type: ignore[misc]  # a lambda's default has no type
    tried |= {name: lambda name=name: alone(name) for name in THINGS}  # type: ignore[misc]  # as above
    tried |= {name: lambda name=name: with_trap(name) for name in TRAPS}  # type: ignore[misc]  # as above
    with ThreadPoolExecutor(HANDS) as pool:
        found = dict(zip(tried, pool.map(lambda test: test(), tried.values()), strict=True))
    found["all together"] = together([name for name in THINGS if not found[name]])
    return found


# What storms start in processes of their own
_PARTS: dict[str, Callable[..., None]] = {
    "known": lambda root, anew: print(json.dumps(known(root, bool(anew)))),
    "stir": lambda root, seed, hand, number: print(json.dumps(stir(Path(root), int(seed), int(hand), int(number)))),
    "watch": lambda root, period: watch(root, float(period)),
}

# ------------------------------------------------------------------------------------ by hand


def main(action: str = "", *given: str) -> int:
    begun = time.monotonic()
    faults: list[str] = []
    if action == "kills":
        killed = kills(int(given[0]), seed=int(given[1]) if len(given) > 1 else 1)
        print(f"{killed.number} kills:", ", ".join(f"{count} {moment}" for moment, count in killed.moments.items()))
        print(", ".join(f"{word} {sum(f': {word}: ' in fault for fault in killed.faults)}" for word in ("torn", "lost")))
        faults = killed.faults
        if shutil.which("strace"):
            faults += first_kills()
    elif action == "hands":
        for people, times, as_programs in ((8, 10, True), (int(given[0]), int(given[1]), False)):
            done = hands(people, times, as_programs)
            how = "programs" if as_programs else "processes"
            print(f"{people} {how} × {times}: {done.items} of {people * times} items in {done.seconds:.1f} s", flush=True)
            faults += done.faults
    elif action == "hand":
        _hand(given[0], given[1], int(given[2]))
        return 0
    elif action == "storms":
        blown = storms(int(given[0]) if given else 100, seed=int(given[1]) if len(given) > 1 else 1)
        print(f"{blown.equal} of {blown.number} storms equal;", ", ".join(f"{count} {name}" for name, count in blown.done.most_common()))
        print(f"{blown.late} of {2 * blown.number} last words were not found at once")
        faults = blown.faults
    elif action == "index-kills":
        cut = index_kills(int(given[0]) if given else 100, seed=int(given[1]) if len(given) > 1 else 1)
        print(f"{cut.right} of {cut.number} kills right:", ", ".join(f"{count} {moment}" for moment, count in cut.moments.items()))
        faults = cut.faults
    elif action in _PARTS:
        _PARTS[action](*given)
        return 0
    elif action == "reading":
        for folder in given:
            read = reading(Path(folder))
            print(
                f"{read.name}: {read.files} files and folders, {read.commands} commands; first {read.first:.2f} s, "
                f"slowest then {read.slowest.worked:.2f} s ({read.slowest.shown}); {len(read.faults)} faults",
                flush=True,
            )
            faults += [f"{read.name}: {fault}" for fault in read.faults]
    elif action == "hostile":
        tried = hostile()
        faults = [f"{name}: {fault}" for name, found in tried.items() for fault in found]
        print(
            f"{len(THINGS)} things, {len(TRAPS)} traps, {len(TITLES)} typed lines; {sum(map(bool, tried.values()))} of {len(tried)} faulty"
        )
    else:
        print(__doc__)
        return 2
    print(f"{len(faults)} faults, {time.monotonic() - begun:.0f} s")
    for fault in faults:
        print("FAULT", fault.encode("unicode_escape").decode())
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
