"""Kills while there is much to index: the caches end up as a rebuild would make them."""

import contextlib
import random
import shutil
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests import ROOT
from tests.robustness.caches import asked, differences
from tests.robustness.desk import HANDS, PROGRAM, Desk, desk, faults_of, part, put
from tests.robustness.stirring import note

_LARGE = 1_700  # so many notes that a second process helps to index them


class IndexKills(NamedTuple):
    """Where the kills have hit, and what was wrong afterwards."""

    number: int
    right: int
    moments: Counter[str]
    faults: list[str]


def index_kills(number: int, seed: int = 1) -> IndexKills:
    """Kill `vaultcrm index` and the watcher at random moments; then all opens by itself, and `index` makes it complete.

    Two desks at a time; each tenth kill hits while two processes index a large vault.
    """
    large = number // 10
    parts = [(number - large + 1) // 2, (number - large) // 2]
    with ThreadPoolExecutor(HANDS) as pool:
        done = list(pool.map(lambda part: _index_kills(part[1], seed * 10 + part[0], 350), enumerate(parts)))
    done.append(_index_kills(large, seed * 10 + 2, _LARGE))
    return IndexKills(
        number, sum(part.right for part in done), sum((part.moments for part in done), Counter()), [f for part in done for f in part.faults]
    )


def _index_kills(number: int, seed: int, notes: int) -> IndexKills:
    chance = random.Random(seed)
    moments: Counter[str] = Counter()
    faults: list[str] = []
    right = 0
    with desk() as on:
        names = [f"k{n % 20}/n{n}.md" for n in range(notes)]
        put(on.vault, {name: note(chance) for name in names})
        length = on.run("index").seconds if notes < _LARGE else 5.0
        for i in range(1, number + 1):
            put(on.vault, {name: note(chance) for name in names if chance.random() < 0.7 or notes == _LARGE})
            if chance.random() < 0.2:
                shutil.rmtree(on.home / "cache")
            moments[_index_kill(on, i, length, chance)] += 1
            put(on.vault, {"last.md": f"The last word is last{i}.\n".encode()})
            search, index = on.run("search", f"last{i}", "--json"), on.run("index")
            wrong = faults_of(search, (0,), 60) + faults_of(index, (0,), 60)
            if "last.md" not in search.out:
                wrong.append(f"last{i} is not found: {search.err}")
            wrong += differences(asked(on), asked(on, anew=True))
            print(f"kill {seed}.{i} of {notes} notes:", "; ".join(wrong) or "right", flush=True)
            right += not wrong
            faults += [f"kill {seed}.{i}: {fault}" for fault in wrong]
    return IndexKills(number, right, moments, faults)


def _index_kill(on: Desk, i: int, length: float, chance: random.Random) -> str:
    """Start `index`, or a watcher beside an editing hand, and kill it; gives where it was."""
    by_watcher = i % 2 == 0
    words = [PROGRAM, "watch" if by_watcher else "index"]
    quiet = _indexed(on)
    begun = time.monotonic()
    process = subprocess.Popen(words, env=on.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stirring = part("stir", str(on.vault), str(i), "0", "60")
    hand = subprocess.Popen(stirring, env=on.env, cwd=ROOT, stdout=subprocess.DEVNULL) if by_watcher else None
    if i % 4 > 1:  # once it is at the index
        while _indexed(on) == quiet and process.poll() is None and time.monotonic() < begun + 30:
            time.sleep(0.002)
    time.sleep(chance.uniform(0, length * 1.5))
    process.kill()
    process.wait()
    if hand is not None:
        hand.kill()
        hand.wait()
    found = asked(on)
    if "error" in found or not found["index"]:
        return "before there was an index"
    return "with changes left to index" if found["pending"] or _left(on) else "when all was indexed"


def _indexed(on: Desk) -> list[tuple[str, int]]:
    """The files of the index, each with its time."""
    found = []
    for path in on.home.glob("cache/vaultcrm/*/search-*/*"):
        with contextlib.suppress(FileNotFoundError):
            found.append((path.name, path.stat().st_mtime_ns))
    return sorted(found)


def _left(on: Desk) -> bool:
    """Whether there are segments without a commit."""
    tocs = list(on.home.glob("cache/vaultcrm/*/search-*/*.toc"))
    files = {path.name.partition(".")[0] for path in on.home.glob("cache/vaultcrm/*/search-*/MAIN_*") if "." in path.name}
    text = b"".join(path.read_bytes() for path in tocs)
    return any(name.removeprefix("MAIN_").encode() not in text for name in files)
