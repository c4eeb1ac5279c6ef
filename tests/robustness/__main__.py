"""Programs that test what vaultcrm withstands: kills, concurrent writers, other people's folders, hostile files.

The nightly profile of the tests runs them with small numbers; by hand:

    python -m tests.robustness kills 300          kill -9 at random moments of writing commands
    python -m tests.robustness writers 8 100      8 processes, each adding 100 items to one list
    python -m tests.robustness reading FOLDER…    every reading command, on copies of folders
    python -m tests.robustness storms 100         changes of every kind beside a running watcher
    python -m tests.robustness index-kills 100    kill -9 at random moments of indexing
    python -m tests.robustness git-failures       every call of Git in a sync fails, or is the last before a kill
    python -m tests.robustness disk-faults 1      every n-th writing call fails, finds the disk full, or is the last before a kill
    python -m tests.robustness sync-disk-faults 1 the same for a sync, and for each n-th call of Git that writes
    python -m tests.robustness hostile            hostile notes, settings, templates, links and titles
    python -m tests.robustness imports FOLDER…    what the importers find in the files of folders
    python -m tests.robustness hostile-imports 1000    hostile exports of every format, that many of each
    python -m tests.robustness hostile-vaults 200      the same, imported into vaults; their notes read by others' readers

Each prints figures, and every fault with the command that shows it. Exits with 1 if there is a fault.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.robustness.caches import dump
from tests.robustness.disk_faults import MODES
from tests.robustness.disk_faults import sweep as sweep_disk_faults
from tests.robustness.git_failures import sweep
from tests.robustness.hostile_files import HOSTILE_FILES, check_alone, check_together
from tests.robustness.hostile_imports import FAMILIES, SECONDS, check_family
from tests.robustness.hostile_input import COMMANDS, TRAPS, check_commands, check_trap
from tests.robustness.hostile_vaults import check_imports
from tests.robustness.imports import survey
from tests.robustness.index_kills import index_kills
from tests.robustness.kills import first_kills, kills, write_concurrently, write_repeatedly
from tests.robustness.random_changes import change_randomly
from tests.robustness.reading import check_reading
from tests.robustness.sandbox import PARALLEL
from tests.robustness.storms import storms, watch
from tests.robustness.sync_disk_faults import sweep as sweep_sync_disk_faults


def run_kills(count: str, seed: str = "1") -> list[str]:
    killed = kills(int(count), seed=int(seed))
    print(f"{killed.number} kills:", ", ".join(f"{number} {moment}" for moment, number in killed.moments.items()))
    print(", ".join(f"{word} {sum(f': {word}: ' in fault for fault in killed.faults)}" for word in ("torn", "lost")))
    return killed.faults + (first_kills() if shutil.which("strace") else [])


def run_writers(writers: str, writes: str) -> list[str]:
    faults: list[str] = []
    for count, times, as_programs in ((8, 10, True), (int(writers), int(writes), False)):
        done = write_concurrently(count, times, as_programs)
        how = "programs" if as_programs else "processes"
        print(f"{count} {how} × {times}: {done.items} of {count * times} items in {done.seconds:.1f} s", flush=True)
        faults += done.faults
    return faults


def run_storms(count: str = "100", seed: str = "1") -> list[str]:
    result = storms(int(count), seed=int(seed))
    done = ", ".join(f"{number} {name}" for name, number in result.done.most_common())
    print(f"{result.equal} of {result.number} storms equal; {done}")
    print(f"{result.late} of {2 * result.number} last words were not found at once")
    return result.faults


def run_disk_faults(every: str = "1") -> list[str]:
    result = sweep_disk_faults(int(every))
    print(f"{sum(result.number.values())} faults:", ", ".join(f"{command} {number}" for command, number in result.number.items()))
    return result.faults


def run_sync_disk_faults(every: str = "1") -> list[str]:
    results = {mode: sweep_sync_disk_faults(mode, int(every)) for mode in MODES}
    print(", ".join(f"{mode}: {result.number} faults" for mode, result in results.items()))
    return [fault for result in results.values() for fault in result.faults]


def run_index_kills(count: str = "100", seed: str = "1") -> list[str]:
    killed = index_kills(int(count), seed=int(seed))
    moments = ", ".join(f"{number} {moment}" for moment, number in killed.moments.items())
    print(f"{killed.right} of {killed.number} kills right: {moments}")
    return killed.faults


def run_reading(*folders: str) -> list[str]:
    faults: list[str] = []
    for folder in folders:
        read = check_reading(Path(folder))
        print(
            f"{read.name}: {read.files} files and folders, {read.commands} commands; first {read.first_seconds:.2f} s, "
            f"slowest of the rest {read.slowest.cpu_seconds:.2f} s ({read.slowest.shown}); {len(read.faults)} faults",
            flush=True,
        )
        faults += [f"{read.name}: {fault}" for fault in read.faults]
    return faults


def run_imports(*folders: str) -> list[str]:
    """What is found is printed for each file; one that takes more than 2 seconds is a fault."""
    faults = []
    for folder in folders:
        for one in survey(Path(folder)):
            found = ", ".join(f"{number} {name}" for name, number in sorted(one.found.items()))
            print(f"{one.path.relative_to(folder)}: {one.kind or 'unknown'}: {found}")
            faults += [f"{one.path}: {one.seconds:.1f} s"] if one.seconds > SECONDS else []
    return faults


def run_hostile_imports(count: str = "1000") -> list[str]:
    return [fault for kind in FAMILIES for fault in check_family(kind, int(count))]


def run_hostile_vaults(count: str = "200", *kinds: str) -> list[str]:
    faults = []
    for kind in kinds or FAMILIES:
        found = check_imports(kind, int(count))
        print(f"{kind}: {count} inputs, {len(found)} faults", flush=True)
        faults += found
    return faults


def run_hostile() -> list[str]:
    """Everything hostile by itself, then all files that do no harm by themselves in one vault."""
    checks: dict[str, Callable[[], list[str]]] = {}
    for i in range(PARALLEL):
        checks[f"commands, part {i + 1}"] = lambda i=i: check_commands(i, PARALLEL)  # type: ignore[misc]  # a lambda's default has no type
    checks |= {name: lambda name=name: check_alone(name) for name in HOSTILE_FILES}  # type: ignore[misc]  # as above
    checks |= {name: lambda name=name: check_trap(name) for name in TRAPS}  # type: ignore[misc]  # as above
    with ThreadPoolExecutor(PARALLEL) as pool:
        found = dict(zip(checks, pool.map(lambda check: check(), checks.values()), strict=True))
    found["all together"] = check_together([name for name in HOSTILE_FILES if not found[name]])
    print(
        f"{len(HOSTILE_FILES)} files, {len(TRAPS)} traps, {len(COMMANDS)} commands; "
        f"{sum(map(bool, found.values()))} of {len(found)} checks found a fault"
    )
    return [f"{name}: {fault}" for name, faults in found.items() for fault in faults]


def run_git_failures(*only: str) -> list[str]:
    """All failures, or one of them, by its name in FAILURES."""
    return sweep(lambda line: print(line, flush=True), *only[:1]).faults


PROGRAMS: dict[str, Callable[..., list[str]]] = {
    "kills": run_kills,
    "writers": run_writers,
    "reading": run_reading,
    "storms": run_storms,
    "disk-faults": run_disk_faults,
    "sync-disk-faults": run_sync_disk_faults,
    "index-kills": run_index_kills,
    "git-failures": run_git_failures,
    "hostile": run_hostile,
    "imports": run_imports,
    "hostile-imports": run_hostile_imports,
    "hostile-vaults": run_hostile_vaults,
}
# What the programs start as child processes
_CHILDREN: dict[str, Callable[..., None]] = {
    "dump": lambda root, is_rebuilt: print(json.dumps(dump(root, bool(is_rebuilt)))),
    "change": lambda root, seed, number, count: print(json.dumps(change_randomly(Path(root), int(seed), int(number), int(count)))),
    "watch": lambda root, period: watch(root, float(period)),
    "write": lambda root, name, count: write_repeatedly(root, name, int(count)),
}


def main(action: str = "", *args: str) -> int:
    if action in _CHILDREN:
        _CHILDREN[action](*args)
        return 0
    if action not in PROGRAMS:
        print(__doc__)
        return 2
    started = time.monotonic()
    faults = PROGRAMS[action](*args)
    print(f"{len(faults)} faults, {time.monotonic() - started:.0f} s")
    for fault in faults:
        print("FAULT", fault.encode("unicode_escape").decode())
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
