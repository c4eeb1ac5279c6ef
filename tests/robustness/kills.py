"""Kill writing commands at any moment, and have many processes write one note: no note may be torn or lost."""

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
from tests.robustness.sandbox import (
    EXAMPLE,
    NOW,
    PARALLEL,
    PROGRAM,
    Sandbox,
    changed_paths,
    child_command,
    is_complete_note,
    read_files,
    run_faults,
    sandbox,
    temp_files,
)

VERBS = (
    "log", "done", "snooze", "drop", "set", "set +=", "decide", "follow-up add", "client add", "person add", "project add", "undo",
)  # fmt: skip


class Kills(NamedTuple):
    """The moments that the kills hit, and what was wrong afterwards."""

    number: int
    moments: Counter[str]
    faults: list[str]


def kills(number: int, seed: int = 1) -> Kills:
    """Kill writing commands at random moments; check the vault after each kill, then continue with it.

    The expected result comes from running the same command to its end on copies of the vault and
    its home. Half of the kills are spread over the whole run of the process, half over the first
    15 ms after it has started to write. Every sixth command finds neither a cache nor a journal.
    """
    moments: Counter[str] = Counter()
    faults: list[str] = []
    rng = random.Random(seed)
    with sandbox(EXAMPLE) as box:
        length = max(box.run(*_command_for(box, verb, 0)).seconds for verb in ("log", "client add"))
        for i in range(1, number + 1):
            verb = VERBS[i % len(VERBS)]
            if i % 6 == 5 and verb != "undo":
                shutil.rmtree(box.home)
                box.home.mkdir()
            words = _command_for(box, verb, i)
            before = read_files(box.vault)
            after = _result_if_not_killed(box, words)
            listed = _next_undo(box) if i % 3 == 0 else ("", [])
            _kill(box, words, length * 1.1 if i % 2 else None, rng)
            now = read_files(box.vault)
            is_half_written = temp_files(box.vault) or now not in (before, after)
            moments["while it wrote" if is_half_written else "before it wrote" if now == before else "after it wrote"] += 1
            wrong = _damaged_files(before, after, now) + _faults_after_kill(box, i, before, now, listed)
            faults += [f"kill {i}, vaultcrm {shlex.join(words)}: {fault}" for fault in wrong]
        original = read_files(EXAMPLE)
        faults += [
            f"{path} is not a complete note"
            for path, data in read_files(box.vault).items()
            if path not in original and not is_complete_note(data)
        ]
    return Kills(number, moments, faults)


def _command_for(box: Sandbox, verb: str, i: int) -> list[str]:
    """A writing command that changes something in the vault as it is."""

    def handle(*listing: str) -> str:
        found = box.json_list(*listing)
        return found[i % len(found)]["id"] if found else "0000"

    match verb:
        case "log":
            return ["log", "acme", f"Talk {i}: two options", "--next", f"Step {i}", "--due", "fri", "--next", f"Other step {i}"]
        case "done":
            return ["done", "--early", handle("due", "--all")]
        case "drop":
            return ["drop", handle("due", "--all")]
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


def _result_if_not_killed(box: Sandbox, words: Sequence[str]) -> dict[str, bytes]:
    """The vault as the command leaves it if it isn't killed: it runs on copies in the places of the vault and its home."""
    kept = {path: path.with_name(path.name + ".kept") for path in (box.vault, box.home)}
    for path, aside in kept.items():
        path.rename(aside)
        shutil.copytree(aside, path)
    box.run(*words)
    found = read_files(box.vault)
    for path, aside in kept.items():
        shutil.rmtree(path)
        aside.rename(path)
    return found


def _next_undo(box: Sandbox) -> tuple[str, list[str]]:
    """The command that `undo` would revert, and its paths, from `undo --list`."""
    found = [entry for entry in box.json_list("undo", "--list") if entry["state"] != "undone"]
    return (f"{found[0]['id']} {found[0]['words']}", found[0]["paths"]) if found else ("", [])


def _kill(box: Sandbox, words: Sequence[str], delay: float | None, rng: random.Random) -> None:
    """Start a command and kill it within some seconds; with None, just after it has started to write."""
    state = box.home / "state"
    before_start = _last_write_time(state)
    process = subprocess.Popen(
        [PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=box.env, cwd=box.folder
    )
    if delay is None:
        while process.poll() is None and _last_write_time(state) == before_start:
            pass
        delay = 0.015
    time.sleep(rng.uniform(0, delay))
    process.kill()
    process.wait()


def _last_write_time(folder: Path) -> int:
    """The time at which anything below a folder was last written, in nanoseconds."""
    with contextlib.suppress(FileNotFoundError):
        return max((os.stat(os.path.join(top, name)).st_mtime_ns for top, _, names in os.walk(folder) for name in names), default=0)
    return -1


def _damaged_files(before: dict[str, bytes], after: dict[str, bytes], now: dict[str, bytes]) -> list[str]:
    """The files that are neither as before the command nor as after it, and those that are missing."""
    found = []
    for path in sorted(before.keys() | after.keys() | now.keys()):
        if now.get(path) not in (before.get(path), after.get(path)):
            found.append(f"torn: {path} ({len(now[path])} bytes)" if path in now else f"lost: {path}")
    return found + [f"not whole: {path}" for path, data in now.items() if before.get(path) != data and not is_complete_note(data)]


def _faults_after_kill(box: Sandbox, i: int, before: dict[str, bytes], now: dict[str, bytes], listed: tuple[str, list[str]]) -> list[str]:
    """The faults after a kill: `check` must work, and so must the next writing command (every third time undo), which cleans up."""
    faults = run_faults(box.run("check", "--json"), (0, 1))
    last, paths = _next_undo(box)
    if last and not paths:
        faults.append(f"`undo --list` begins with {last!r}, which wrote nothing")
    if i % 3 == 0 and last != listed[0] and paths:
        show = box.run("undo", "--show")
        faults += run_faults(show, (0,))
        faults += [f"`undo --show` does not show {path}, which `undo` takes back" for path in paths if f"now/{path}" not in show.out]
        run = box.run("undo")
        faults += run_faults(run, (0,))
        if run.code == 0 and (wrong := changed_paths(before, read_files(box.vault))):
            faults.append(f"undo did not restore {wrong}")
    else:
        run = box.run("set", "lume", f"tags+=after-{i}")
        faults += run_faults(run, (0,))
        faults += [f"{run.shown} has changed {path}" for path in changed_paths(now, read_files(box.vault)) if "Padaria Lume.md" not in path]
    for path in temp_files(box.vault):
        faults.append(f"{os.path.basename(path)} is still there after the next command")
        os.unlink(path)  # so that the fault is reported once
    return faults


def first_kills(syncs: int = 18) -> list[str]:
    """Kill the first writing command of a new home with strace, at each call of fdatasync; then continue.

    Random kills rarely hit the moment at which the journal is created.
    """

    def killed_at(number: int) -> list[str]:
        with sandbox(EXAMPLE) as box:
            box.run("due")  # creates the cache, but not the journal
            before = read_files(box.vault)
            strace = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"inject=fdatasync:signal=KILL:when={number}"]
            subprocess.run([*strace, PROGRAM, "set", "acme", "tags+=one"], env=box.env, cwd=box.folder, capture_output=True, check=False)
            faults = [
                f"{path} is torn" for path, data in read_files(box.vault).items() if data != before[path] and not is_complete_note(data)
            ]
            for words in (("set", "lume", "tags+=two"), ("undo",)):
                faults += run_faults(box.run(*words), (0,))
            return [f"after a kill at sync {number}: {fault}" for fault in faults + temp_files(box.vault)]

    with ThreadPoolExecutor(PARALLEL) as pool:
        return [fault for faults in pool.map(killed_at, range(1, syncs + 1)) for fault in faults]


# ---------------------------------------------------------------------------- concurrent writers

NOTE = "clients/Acme Studio/Acme Studio.md"


class ConcurrentWrites(NamedTuple):
    """How many items several processes added to one list, and how long it took."""

    items: int
    seconds: float
    faults: list[str]


def write_concurrently(writers: int, writes: int, as_programs: bool = False) -> ConcurrentWrites:
    """Several processes add items to one list of one note. At the end it must hold all of them, and nothing else may have changed.

    They run the command (`as_programs`), or call its action with a new Crm each time.
    """
    with sandbox(EXAMPLE) as box:
        old = (box.vault / NOTE).read_bytes()
        before = read_files(box.vault)
        started = time.monotonic()
        if as_programs:
            with ThreadPoolExecutor(writers) as pool:
                ended = list(
                    pool.map(lambda writer: [box.run("set", "acme", f"tags+=h{writer}-{i}") for i in range(writes)], range(writers))
                )
            faults = [fault for runs in ended for run in runs for fault in run_faults(run, (0,))]
        else:
            command = child_command("write", str(box.vault))
            processes = [
                subprocess.Popen([*command, str(writer), str(writes)], env=box.env, cwd=ROOT, stderr=subprocess.PIPE, text=True)
                for writer in range(writers)
            ]
            faults = [
                f"writer {writer}: {message.strip()}" for writer, process in enumerate(processes) if (message := process.communicate()[1])
            ]
        seconds = time.monotonic() - started
        new = (box.vault / NOTE).read_bytes()
        had, has = (yaml.safe_load(data.split(b"---\n")[1])["tags"] for data in (old, new))
        added = has[len(had) :]
        for writer in range(writers):
            if (mine := [item for item in added if item.startswith(f"h{writer}-")]) != [f"h{writer}-{i}" for i in range(writes)]:
                faults.append(f"writer {writer} added {writes} items, and {len(mine)} are there: {mine[:5]}…")
        if has[: len(had)] != had or new.replace("".join(f"  - {item}\n" for item in added).encode(), b"") != old:
            faults.append(f"{NOTE} differs in more than the items added")
        if (wrong := changed_paths(before, read_files(box.vault))) != [NOTE]:
            faults.append(f"the files changed are {wrong}")
        return ConcurrentWrites(len(added), seconds, faults)


def write_repeatedly(root: str, writer: str, times: int) -> None:
    """One of the writers, in a child process."""
    from vaultcrm.actions.crm import Crm
    from vaultcrm.actions.set_properties import parse_assignment, set_properties

    for i in range(times):
        words = [f"tags+=h{writer}-{i}"]
        set_properties(Crm(root, datetime.fromisoformat(NOW), words), "acme", [parse_assignment(words[0])])
