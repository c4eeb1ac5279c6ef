"""Writing commands killed at any moment, and many hands at one note: nothing torn, nothing lost."""

import contextlib
import os
import random
import shlex
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import yaml

from tests import ROOT
from tests.robustness.desk import EXAMPLE, HANDS, NOW, PROGRAM, Desk, desk, differing, faults_of, is_whole, part, temporary, texts

VERBS = (
    "log", "done", "snooze", "drop", "set", "set +=", "decide", "follow-up add", "client add", "person add", "project add", "undo",
)  # fmt: skip


class Kills(NamedTuple):
    """Where the kills have hit, and what was wrong afterwards."""

    number: int
    moments: Counter[str]
    faults: list[str]


def kills(number: int, seed: int = 1) -> Kills:
    """Kill writing commands at random moments; look at the vault after each, then go on in it.

    What the command would have left is known from a run of it to its end over copies of the vault
    and its home. Half of the kills are spread over the whole run of the process, half over the
    15 ms after it has begun to write. Each sixth command finds neither cache nor journal.
    """
    moments: Counter[str] = Counter()
    faults: list[str] = []
    chance = random.Random(seed)
    with desk(EXAMPLE) as on:
        length = max(on.run(*_writing(on, verb, 0)).seconds for verb in ("log", "client add"))
        for i in range(1, number + 1):
            verb = VERBS[i % len(VERBS)]
            if i % 6 == 5 and verb != "undo":
                shutil.rmtree(on.home)
                on.home.mkdir()
            words = _writing(on, verb, i)
            before = texts(on.vault)
            after = _finished(on, words)
            listed = _listed(on) if i % 3 == 0 else ("", [])
            _kill(on, words, length * 1.1 if i % 2 else None, chance)
            now = texts(on.vault)
            is_between = temporary(on.vault) or now not in (before, after)
            moments["between" if is_between else "before it wrote" if now == before else "when all was written"] += 1
            wrong = _damage(before, after, now) + _after_a_kill(on, i, before, now, listed)
            faults += [f"kill {i}, vaultcrm {shlex.join(words)}: {fault}" for fault in wrong]
        given = texts(EXAMPLE)
        faults += [f"{path} is no whole note" for path, data in texts(on.vault).items() if path not in given and not is_whole(data)]
    return Kills(number, moments, faults)


def _writing(on: Desk, verb: str, i: int) -> list[str]:
    """A writing command that has something to do in the vault as it is."""

    def handle(*listing: str) -> str:
        found = on.answer(*listing)
        return found[i % len(found)]["id"] if found else "0000"

    match verb:
        case "log":
            return ["log", "acme", f"Talk {i}: two options", "--next", f"Step {i}", "--due", "fri", "--next", f"Other step {i}"]
        case "done" | "drop":
            return [verb, handle("due", "--all")]
        case "snooze":
            return ["snooze", handle("due", "--all"), f"+{i + 1}d"]
        case "set":
            return ["set", "acme", f"rate={60 + i}"]
        case "set +=":
            return ["set", "acme", f"tags+=kill-{i}"]
        case "decide":
            return ["decide", "acme", f"Agreement {i}", "--supersedes", handle("decisions", "acme")]
        case "follow-up add":
            return ["follow-up", "add", "havelkorn", f"Send parcel {i}", "--due", "+2w", "--every", "month"]
        case "client add":
            return ["client", "add", f"Client {i}", "--alias", f"C{i}"]
        case "person add":
            return ["person", "add", "havelkorn", f"Person {i}", "--role", "Owner"]
        case "project add":
            return ["project", "add", "havelkorn", f"Project {i}", "--deadline", "18 dec"]
    return ["undo"]


def _finished(on: Desk, words: Sequence[str]) -> dict[str, bytes]:
    """The vault as the command leaves it when nobody kills it: run on copies that take the places of vault and home."""
    kept = {path: path.with_name(path.name + ".kept") for path in (on.vault, on.home)}
    for path, aside in kept.items():
        path.rename(aside)
        shutil.copytree(aside, path)
    on.run(*words)
    found = texts(on.vault)
    for path, aside in kept.items():
        shutil.rmtree(path)
        aside.rename(path)
    return found


def _listed(on: Desk) -> tuple[str, list[str]]:
    """What `undo` would take back, as `undo --list` has it: a command and its paths."""
    found = [entry for entry in on.answer("undo", "--list") if entry["state"] != "undone"]
    return (f"{found[0]['id']} {found[0]['words']}", found[0]["paths"]) if found else ("", [])


def _kill(on: Desk, words: Sequence[str], within: float | None, chance: random.Random) -> None:
    """Start a command, and kill it within so many seconds; None: just after it has begun to write."""
    state = on.home / "state"
    quiet = _touched(state)
    process = subprocess.Popen(
        [PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=on.env, cwd=on.folder
    )
    if within is None:
        while process.poll() is None and _touched(state) == quiet:
            pass
        within = 0.015
    time.sleep(chance.uniform(0, within))
    process.kill()
    process.wait()


def _touched(folder: Path) -> int:
    """When something below a folder was last written, in nanoseconds."""
    with contextlib.suppress(FileNotFoundError):
        return max((os.stat(os.path.join(top, name)).st_mtime_ns for top, _, names in os.walk(folder) for name in names), default=0)
    return -1


def _damage(before: dict[str, bytes], after: dict[str, bytes], now: dict[str, bytes]) -> list[str]:
    """Files that are neither as before nor as after; notes that are gone."""
    found = []
    for path in sorted(before.keys() | after.keys() | now.keys()):
        if now.get(path) not in (before.get(path), after.get(path)):
            found.append(f"torn: {path} ({len(now[path])} bytes)" if path in now else f"lost: {path}")
    return found + [f"not whole: {path}" for path, data in now.items() if before.get(path) != data and not is_whole(data)]


def _after_a_kill(on: Desk, i: int, before: dict[str, bytes], now: dict[str, bytes], listed: tuple[str, list[str]]) -> list[str]:
    """The reading commands work, and the next writing command works and clears up; every third time that is undo."""
    faults = faults_of(on.run("check", "--json"), (0, 1))
    last, paths = _listed(on)
    if last and not paths:
        faults.append(f"`undo --list` begins with {last!r}, which wrote nothing")
    if i % 3 == 0 and last != listed[0] and paths:
        show = on.run("undo", "--show")
        faults += faults_of(show, (0,))
        faults += [f"`undo --show` does not show {path}, which `undo` takes back" for path in paths if f"now/{path}" not in show.out]
        run = on.run("undo")
        faults += faults_of(run, (0,))
        if run.code == 0 and (wrong := differing(before, texts(on.vault))):
            faults.append(f"undo did not bring back {wrong}")
    else:
        run = on.run("set", "lume", f"tags+=after-{i}")
        faults += faults_of(run, (0,))
        faults += [f"{run.shown} has changed {path}" for path in differing(now, texts(on.vault)) if "Padaria Lume.md" not in path]
    for path in temporary(on.vault):
        faults.append(f"{os.path.basename(path)} is still there after the next command")
        os.unlink(path)  # one fault is told once
    return faults


def first_kills(syncs: int = 18) -> list[str]:
    """Kill the first writing command of a new home at each of its syncs to the disk, by strace; then go on.

    What random kills seldom hit: the moment at which the journal is made.
    """

    def killed_at(number: int) -> list[str]:
        with desk(EXAMPLE) as on:
            on.run("due")  # the cache is made, the journal is not
            before = texts(on.vault)
            strace = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"inject=fdatasync:signal=KILL:when={number}"]
            subprocess.run([*strace, PROGRAM, "set", "acme", "tags+=one"], env=on.env, cwd=on.folder, capture_output=True, check=False)
            faults = [f"{path} is torn" for path, data in texts(on.vault).items() if data != before[path] and not is_whole(data)]
            for words in (("set", "lume", "tags+=two"), ("undo",)):
                faults += faults_of(on.run(*words), (0,))
            return [f"after a kill at sync {number}: {fault}" for fault in faults + temporary(on.vault)]

    with ThreadPoolExecutor(HANDS) as pool:
        return [fault for faults in pool.map(killed_at, range(1, syncs + 1)) for fault in faults]


# ---------------------------------------------------------------------------------------- hands

NOTE = "clients/Acme Studio/Acme Studio.md"


class Hands(NamedTuple):
    """How many items many hands have added to one list, and how long it took."""

    items: int
    seconds: float
    faults: list[str]


def hands(people: int, times: int, as_programs: bool = False) -> Hands:
    """Several processes add items to one list of one note; at the end all are in it, and nothing else is different.

    They run the command line, or call its action with a new Crm each time.
    """
    with desk(EXAMPLE) as on:
        old = (on.vault / NOTE).read_bytes()
        before = texts(on.vault)
        begun = time.monotonic()
        if as_programs:
            with ThreadPoolExecutor(people) as pool:
                ended = list(pool.map(lambda hand: [on.run("set", "acme", f"tags+=h{hand}-{i}") for i in range(times)], range(people)))
            faults = [fault for runs in ended for run in runs for fault in faults_of(run, (0,))]
        else:
            command = part("hand", str(on.vault))
            processes = [
                subprocess.Popen([*command, str(hand), str(times)], env=on.env, cwd=ROOT, stderr=subprocess.PIPE, text=True)
                for hand in range(people)
            ]
            faults = [f"hand {hand}: {said.strip()}" for hand, process in enumerate(processes) if (said := process.communicate()[1])]
        seconds = time.monotonic() - begun
        new = (on.vault / NOTE).read_bytes()
        had, has = (yaml.safe_load(data.split(b"---\n")[1])["tags"] for data in (old, new))
        added = has[len(had) :]
        for hand in range(people):
            if (mine := [item for item in added if item.startswith(f"h{hand}-")]) != [f"h{hand}-{i}" for i in range(times)]:
                faults.append(f"hand {hand} added {times} items, and {len(mine)} are there: {mine[:5]}…")
        if has[: len(had)] != had or new.replace("".join(f"  - {item}\n" for item in added).encode(), b"") != old:
            faults.append(f"{NOTE} differs in more than the items added")
        if (wrong := differing(before, texts(on.vault))) != [NOTE]:
            faults.append(f"changed were {wrong}")
        return Hands(len(added), seconds, faults)


def _hand(root: str, hand: str, times: int) -> None:
    """One of many hands, in a process of its own."""
    from vaultcrm.actions.crm import Crm
    from vaultcrm.actions.set_properties import parse_assignment, set_properties

    for i in range(times):
        words = [f"tags+=h{hand}-{i}"]
        set_properties(Crm(root, datetime.fromisoformat(NOW), words), "acme", [parse_assignment(words[0])])
