"""Storms of changes beside a running watcher: the caches end up as a rebuild would make them.

The watcher of a storm is a process of its own that looks at everything each PERIOD seconds, so that
a hundred storms end within an hour; each tenth storm is watched by `vaultcrm watch` itself.
"""

import contextlib
import json
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tests import ROOT
from tests.robustness.caches import asked, differences
from tests.robustness.desk import HANDS, PROGRAM, Desk, desk, faults_of, part, put
from tests.robustness.stirring import git, note

PERIOD = 3.0
_SETTLED = 2.5  # seconds more, in which the last look ends
_OPERATIONS = 120
_FILES, _FOLDERS = 60, 15


class Storms(NamedTuple):
    """`late` are words that were not found just after they were written."""

    number: int
    equal: int
    done: Counter[str]
    late: int
    faults: list[str]


def storms(number: int, seed: int = 1) -> Storms:
    """Two hands change a small vault at random beside a watcher; when they have ended, it must know what a rebuild knows."""
    done: Counter[str] = Counter()
    faults: list[str] = []
    equal = late = 0

    def one(i: int) -> tuple[list[str], Counter[str], int]:
        return storm(seed * 1000 + i, by_program=i % 10 == 0)

    with ThreadPoolExecutor(HANDS) as pool:
        for i, (wrong, counted, missed) in enumerate(pool.map(one, range(1, number + 1)), 1):
            print(f"storm {i} (seed {seed * 1000 + i}):", "; ".join(wrong) or "equal", flush=True)
            faults += [f"storm {seed * 1000 + i}: {fault}" for fault in wrong]
            equal += not wrong
            late += missed
            done += counted
    return Storms(number, equal, done, late, faults)


def storm(seed: int, by_program: bool = False, operations: int = _OPERATIONS) -> tuple[list[str], Counter[str], int]:
    """One storm: its faults, what was done, and how many of the last words were not found at once."""
    period = 30 if by_program else PERIOD
    with desk() as on:
        _make(on, random.Random(seed))
        with watcher(on, None if by_program else period) as process:
            hands = [
                subprocess.Popen(
                    part("stir", str(on.vault), str(seed), str(hand), str(operations)), env=on.env, cwd=ROOT, stdout=subprocess.PIPE
                )
                for hand in range(2)
            ]
            done = sum((Counter(json.loads(hand.communicate()[0])) for hand in hands), Counter[str]())
            words = [f"last{seed}of{hand}" for hand in range(2)]
            at_once = [on.run("search", word, "--json") for word in words]
            late = sum("last of" not in run.out for run in at_once)
            time.sleep(period + _SETTLED)
            faults = differences(asked(on), wanted := asked(on, anew=True))
            if faults:
                time.sleep(period + _SETTLED)
                word = "lasting" if differences(asked(on), wanted) else "late"
                faults = [f"{word}: {fault}" for fault in faults]
            faults += [fault for run in at_once for fault in faults_of(run, (0, 1), 60)]
            faults += [f"{word} is not found" for word in words if len(on.answer("search", word)) != 1]
            if process.poll() is not None:
                faults.append(f"the watcher has ended with {process.returncode}")
        if b"Traceback" in (said := process.said()):
            faults.append(f"a traceback of the watcher: {said.decode()[-1500:]}")
    return faults, done, late


def _make(on: Desk, chance: random.Random) -> None:
    """A vault that is a git repository of two branches, between which notes and folders differ."""
    folders = [f"f{n}" if n < 10 else f"f{n % 10}/g{n}" for n in range(_FOLDERS)]
    put(on.vault, {f"{chance.choice(folders)}/n{n}.md": note(chance) for n in range(_FILES)})
    put(on.vault, {f"{folder}/home.md": note(chance) for folder in folders})
    git(on.vault, "init", "-q", "-b", "one")
    git(on.vault, "add", "-A")
    git(on.vault, "commit", "-qm", "one")
    git(on.vault, "checkout", "-qb", "two")
    for path in sorted(on.vault.glob("f*/**/*.md")):
        match chance.randrange(4):
            case 0:
                path.write_bytes(note(chance))
            case 1:
                path.unlink()
    put(on.vault, {f"only two/h{n}/n.md": note(chance) for n in range(5)})
    git(on.vault, "add", "-A")
    git(on.vault, "commit", "-qm", "two")


class Watched(subprocess.Popen[bytes]):
    """A running watcher, and what it has said so far."""

    file: Path

    def said(self) -> bytes:
        return self.file.read_bytes()


@contextlib.contextmanager
def watcher(on: Desk, period: float | None) -> Iterator[Watched]:
    """A watcher of the desk's vault, once it has looked at everything; by the program where no period is given."""
    words = [PROGRAM, "watch"] if period is None else part("watch", str(on.vault), str(period))
    with open(on.home / "watcher.txt", "wb") as err:
        process = Watched(words, env=on.env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=err, stderr=err)
    process.file = on.home / "watcher.txt"
    try:
        end = time.monotonic() + 60
        while b'"complete": "2' not in _post(on) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _post(on: Desk) -> bytes:
    return b"".join(path.read_bytes() for path in on.home.glob("cache/vaultcrm/*/watch"))


def watch(root: str, period: float) -> None:
    """The watcher with a period of its own, in a process of its own."""
    from vaultcrm.watch.watcher import Watcher

    def tell(line: str, is_trouble: bool) -> None:
        print(line, flush=True)

    found = Watcher(root, tell, datetime.now, period)
    signal.signal(signal.SIGTERM, lambda *_: found.stop())
    found.run()
