"""Storms of random changes beside a running watcher: afterwards the caches must equal a rebuild.

The watcher of a storm is a child process that scans the whole vault every PERIOD seconds, so that a
hundred storms take less than an hour; for every tenth storm it is `vaultcrm watch` itself.
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
from tests.robustness.caches import differences, dump_in_process
from tests.robustness.random_changes import git, random_note
from tests.robustness.sandbox import PARALLEL, PROGRAM, Sandbox, child_command, run_faults, sandbox, write_files

PERIOD = 3.0
_SETTLED = 2.5  # further seconds, within which the last scan ends
_OPERATIONS = 120
_FILES, _FOLDERS = 60, 15


class Storms(NamedTuple):
    """`equal` counts the storms after which the caches equalled a rebuild, `late` the words not found right after they were written."""

    number: int
    equal: int
    done: Counter[str]
    late: int
    faults: list[str]


def storms(number: int, seed: int = 1) -> Storms:
    """Two editors change a small vault at random beside a watcher. Afterwards its caches must equal a rebuild."""
    done: Counter[str] = Counter()
    faults: list[str] = []
    equal = late = 0

    def one(i: int) -> tuple[list[str], Counter[str], int]:
        return storm(seed * 1000 + i, by_program=i % 10 == 0)

    with ThreadPoolExecutor(PARALLEL) as pool:
        for i, (wrong, counted, missed) in enumerate(pool.map(one, range(1, number + 1)), 1):
            print(f"storm {i} (seed {seed * 1000 + i}):", "; ".join(wrong) or "equal", flush=True)
            faults += [f"storm {seed * 1000 + i}: {fault}" for fault in wrong]
            equal += not wrong
            late += missed
            done += counted
    return Storms(number, equal, done, late, faults)


def storm(seed: int, by_program: bool = False, operations: int = _OPERATIONS) -> tuple[list[str], Counter[str], int]:
    """One storm: its faults, the number of changes by kind, and how many of the last words were not found at once."""
    period = 30 if by_program else PERIOD
    with sandbox() as box:
        _make(box, random.Random(seed))
        with watcher(box, None if by_program else period) as process:
            editors = [
                subprocess.Popen(
                    child_command("change", str(box.vault), str(seed), str(editor), str(operations)),
                    env=box.env,
                    cwd=ROOT,
                    stdout=subprocess.PIPE,
                )
                for editor in range(2)
            ]
            done = sum((Counter(json.loads(editor.communicate()[0])) for editor in editors), Counter[str]())
            words = [f"last{seed}of{editor}" for editor in range(2)]
            at_once = [box.run("search", word, "--json") for word in words]
            late = sum("last of" not in run.out for run in at_once)
            time.sleep(period + _SETTLED)
            faults = differences(dump_in_process(box), expected := dump_in_process(box, is_rebuilt=True))
            if faults:
                time.sleep(period + _SETTLED)
                word = "lasting" if differences(dump_in_process(box), expected) else "late"
                faults = [f"{word}: {fault}" for fault in faults]
            faults += [fault for run in at_once for fault in run_faults(run, (0, 1), 60)]
            faults += [f"{word} is not found" for word in words if len(box.json_list("search", word)) != 1]
            if process.poll() is not None:
                faults.append(f"the watcher has ended with {process.returncode}")
        if b"Traceback" in (said := process.output()):
            faults.append(f"a traceback of the watcher: {said.decode()[-1500:]}")
    return faults, done, late


def _make(box: Sandbox, rng: random.Random) -> None:
    """Make the vault a Git repository with two branches that differ in notes and folders."""
    folders = [f"f{n}" if n < 10 else f"f{n % 10}/g{n}" for n in range(_FOLDERS)]
    write_files(box.vault, {f"{rng.choice(folders)}/n{n}.md": random_note(rng) for n in range(_FILES)})
    write_files(box.vault, {f"{folder}/home.md": random_note(rng) for folder in folders})
    git(box.vault, "init", "-q", "-b", "one")
    git(box.vault, "add", "-A")
    git(box.vault, "commit", "-qm", "one")
    git(box.vault, "checkout", "-qb", "two")
    for path in sorted(box.vault.glob("f*/**/*.md")):
        match rng.randrange(4):
            case 0:
                path.write_bytes(random_note(rng))
            case 1:
                path.unlink()
    write_files(box.vault, {f"only two/h{n}/n.md": random_note(rng) for n in range(5)})
    git(box.vault, "add", "-A")
    git(box.vault, "commit", "-qm", "two")


class WatcherProcess(subprocess.Popen[bytes]):
    """A running watcher, and what it has printed so far."""

    file: Path

    def output(self) -> bytes:
        return self.file.read_bytes()


@contextlib.contextmanager
def watcher(box: Sandbox, period: float | None) -> Iterator[WatcherProcess]:
    """A watcher of the sandbox's vault that has scanned everything once; without a period it is `vaultcrm watch`."""
    words = [PROGRAM, "watch"] if period is None else child_command("watch", str(box.vault), str(period))
    with open(box.home / "watcher.txt", "wb") as err:
        process = WatcherProcess(words, env=box.env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=err, stderr=err)
    process.file = box.home / "watcher.txt"
    try:
        end = time.monotonic() + 60
        while b'"complete": "2' not in _lease(box) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _lease(box: Sandbox) -> bytes:
    return b"".join(path.read_bytes() for path in box.home.glob("cache/vaultcrm/*/watch"))


def watch(root: str, period: float) -> None:
    """Run the watcher with another period, in a child process."""
    from vaultcrm.watch.watcher import Watcher

    def tell(line: str, is_trouble: bool) -> None:
        print(line, flush=True)

    found = Watcher(root, tell, datetime.now, period)
    signal.signal(signal.SIGTERM, lambda *_: found.stop())
    found.run()
