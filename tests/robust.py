"""What vaultcrm bears: kills, many hands at once, strangers' folders, and what means harm. Run by hand; prints figures.

    python tests/robust.py kills 300          kill -9 at random moments of writing commands
    python tests/robust.py hands 8 100        8 processes, each adding 100 items to one list
    python tests/robust.py reading FOLDER…    every reading command, over copies of folders
    python tests/robust.py hostile            notes, settings, templates and titles that mean harm

Exits with 1 when there is a fault; each is printed with the command that shows it.
"""

import contextlib
import hashlib
import json
import os
import random
import re
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

EXAMPLE = Path(__file__).resolve().parent.parent / "example-vault"
PROGRAM = str(Path(sys.executable).with_name("vaultcrm"))
NOW = "2026-11-16T09:30"
SECONDS = 3.0  # within which each command answers: two of them, and one to start on a busy machine
PATIENCE = 8.0  # then it is ended
MEGABYTES = 400  # of memory at most
HANDS = 2  # how many commands run at a time where they do not hinder each other
READING_CODES = (0, 1, 3, 4)

_SGR = re.compile(r"\x1b\[[0-9;]*m")
# C0 and C1 controls but the newline; what is no UTF-8; and what turns the direction of a text around
_CONTROLS = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\udc80-\udcff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")

# ------------------------------------------------------------------------------- running commands


class Run(NamedTuple):
    """One command that has ended."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str
    seconds: float
    megabytes: int

    @property
    def shown(self) -> str:
        line = "vaultcrm " + " ".join(shlex.quote(word) if word.isprintable() else f"${word!r}" for word in self.words)
        return line if len(line) < 200 else line[:199] + "…"


class Desk:
    """A folder with a vault in it, a home of its own, and a folder beside it that nobody may touch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.vault = folder / "vault"
        self.home = folder / "home"
        self.outside = folder / "outside"
        self.home.mkdir(exist_ok=True)
        put(self.outside, {"secret.md": b"---\ntype: client\n---\nNobody may read or write this.\n"})
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        self.env = kept | {
            "HOME": str(self.home), "PYTHONUTF8": "1", "VAULTCRM_VAULT": str(self.vault), "VAULTCRM_TODAY": NOW,
            **{f"XDG_{kind.upper()}_HOME": str(self.home / kind) for kind in ("cache", "state", "config")},
        }  # fmt: skip

    def run(self, *words: str) -> Run:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            begun = time.monotonic()
            process = subprocess.Popen([PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=self.env, cwd=self.folder)
            end = threading.Timer(PATIENCE, process.kill)
            end.start()
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - begun
            end.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            said = []
            for file in (out, err):
                file.seek(0)
                said.append(file.read().decode("utf-8", "surrogateescape"))
        return Run(words, process.returncode, said[0], said[1], seconds, usage.ru_maxrss // 1024)

    def answer(self, *words: str) -> list[dict[str, Any]]:  # Any: whatever JSON holds
        """The list that a command gives with --json; an empty one when it gives none."""
        with contextlib.suppress(ValueError):
            found = json.loads(self.run(*words, "--json").out)
            if isinstance(found, list):
                return found
        return []


@contextlib.contextmanager
def desk(vault: Path | None = None) -> Iterator[Desk]:
    """A desk in a temporary folder, with a copy of a vault or an empty one."""
    with tempfile.TemporaryDirectory(prefix="vaultcrm-robust-", ignore_cleanup_errors=True) as name:
        made = Desk(Path(os.path.realpath(name)))
        if vault is None:
            made.vault.mkdir()
        else:
            shutil.copytree(vault, made.vault, symlinks=True)
            for folder, _, files in os.walk(made.vault):  # a read-only original must not make a copy that nobody can delete
                for path in (folder, *(os.path.join(folder, file) for file in files)):
                    if not os.path.islink(path):
                        os.chmod(path, stat.S_IMODE(os.lstat(path).st_mode) | stat.S_IWUSR)
        yield made


def put(root: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


def faults_of(run: Run, codes: Sequence[int], seconds: float = SECONDS) -> list[str]:
    """What no command may do, whatever it is given."""
    found = []
    colored = "--color" in run.words
    as_json = "--json" in run.words
    if run.code not in codes:
        last = (run.err.strip().splitlines() or [""])[0][:200]
        found.append(f"exit {run.code} instead of {' or '.join(map(str, codes))}: {last}")
    if "Traceback" in run.err or "This is a bug" in run.err:
        found.append("a crash")
    for stream, text in (("stdout", run.out), ("stderr", run.err)):
        left = _SGR.sub("", text) if colored else text
        for pattern in (_CONTROLS,) if as_json and stream == "stdout" else (_CONTROLS, _BIDI):
            if hit := pattern.search(left):
                found.append(f"{hit[0]!r} on {stream}: {left[max(0, hit.start() - 30) : hit.end() + 30]!r}")
    if as_json and run.code in (0, 1):
        try:
            json.loads(run.out)
        except ValueError as error:
            found.append(f"no JSON document on stdout: {error}")
    if run.seconds > seconds:
        found.append(f"no answer for {run.seconds:.1f} s")
    if run.megabytes > MEGABYTES:
        found.append(f"{run.megabytes} MB of memory")
    return [f"{run.shown}: {fault}" for fault in found]


def texts(root: Path) -> dict[str, bytes]:
    """Every regular file below a folder with its bytes."""
    found = {}
    for folder, _, files in os.walk(root):
        for path in (os.path.join(folder, file) for file in files):
            if stat.S_ISREG(os.lstat(path).st_mode):
                found[os.path.relpath(path, root)] = Path(path).read_bytes()
    return found


def looks(root: Path) -> dict[str, tuple[object, ...]]:
    """Every file and folder as it looks from outside, and a digest of what it holds."""
    found: dict[str, tuple[object, ...]] = {}
    for folder, _, files in os.walk(root):
        for path in (folder, *(os.path.join(folder, file) for file in files)):
            status = os.lstat(path)
            digest = b""
            if stat.S_ISREG(status.st_mode):
                digest = hashlib.blake2b(Path(path).read_bytes()).digest()
            found[os.path.relpath(path, root)] = (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns, digest)
    return found


def differing(before: dict[str, tuple[object, ...]], after: dict[str, tuple[object, ...]]) -> list[str]:
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def is_whole(data: bytes) -> bool:
    """Whether a note is complete: UTF-8, its properties good YAML for PyYAML, its last line ended."""
    try:
        opened, block, _ = data.decode("utf-8").split("---\n", 2)
        return opened == "" and isinstance(yaml.safe_load(block), dict) and data.endswith(b"\n")
    except (ValueError, yaml.YAMLError):
        return False


def temporary(root: Path) -> list[str]:
    return [name for _, _, files in os.walk(root) for name in files if name.startswith(".vaultcrm-")]


# ---------------------------------------------------------------------------------------- kills

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

    What the command would have left is known from a run of it to its end over a copy of the vault
    and its home. Half of the kills are spread over the whole run of the process, half over the
    15 ms after it has begun to write. Each sixth command finds neither cache nor journal.
    """
    moments: Counter[str] = Counter()
    faults: list[str] = []
    chance = random.Random(seed)
    with desk(EXAMPLE) as on:
        lengths = {verb: max(on.run(*_writing(on, verb, 0)).seconds, 0.05) for verb in VERBS}
        for i in range(1, number + 1):
            verb = VERBS[i % len(VERBS)]
            if i % 6 == 5 and verb != "undo":
                shutil.rmtree(on.home)
                on.home.mkdir()
            words = _writing(on, verb, i)
            before = texts(on.vault)
            after = _finished(on, words)
            listed = _listed(on)
            _kill(on, words, lengths[verb] * 1.1 if i % 2 else None, chance)
            now = texts(on.vault)
            left = temporary(on.vault)
            notes = {path: data for path, data in now.items() if os.path.basename(path) not in left}
            moments["before it wrote" if notes == before and not left else "when all was written" if notes == after else "between"] += 1
            wrong = _damage(before, after, notes)
            wrong += _after_a_kill(on, i, before, notes, listed)
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
    return {path: data for path, data in found.items() if not os.path.basename(path).startswith(".vaultcrm-")}


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
        if now.get(path) in (before.get(path), after.get(path)):
            continue
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
        faults += [f"`undo --show` does not show {path}, which `undo` takes back" for path in paths if f"undone/{path}" not in show.out]
        run = on.run("undo")
        faults += faults_of(run, (0,))
        if run.code == 0 and (there := texts(on.vault)) != before:
            faults.append(f"undo did not bring back {sorted(p for p in before.keys() | there.keys() if before.get(p) != there.get(p))}")
    else:
        run = on.run("set", "lume", f"tags+=after-{i}")
        faults += faults_of(run, (0,))
        there = texts(on.vault)
        faults += [f"{path} was changed by: {run.shown}" for path in now if now[path] != there.get(path) and "Padaria Lume.md" not in path]
    return faults + [f"{name} is still there after the next command" for name in temporary(on.vault)]


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
        others = {path: data for path, data in texts(on.vault).items() if path != NOTE}
        begun = time.monotonic()
        if as_programs:
            with ThreadPoolExecutor(people) as pool:
                ended = list(pool.map(lambda hand: [on.run("set", "acme", f"tags+=h{hand}-{i}") for i in range(times)], range(people)))
            faults = [fault for runs in ended for run in runs for fault in faults_of(run, (0,), PATIENCE)]
        else:
            command = [sys.executable, __file__, "hand", str(on.vault)]
            processes = [
                subprocess.Popen([*command, str(hand), str(times)], env=on.env, stderr=subprocess.PIPE, text=True) for hand in range(people)
            ]
            faults = [f"hand {hand}: {said.strip()}" for hand, process in enumerate(processes) if (said := process.communicate()[1])]
        seconds = time.monotonic() - begun
        new = (on.vault / NOTE).read_bytes()
        had = yaml.safe_load(old.split(b"---\n")[1])["tags"]
        added = yaml.safe_load(new.split(b"---\n")[1])["tags"][len(had) :]
        if yaml.safe_load(new.split(b"---\n")[1])["tags"][: len(had)] != had:
            faults.append("the items that were there are not the first ones any more")
        for hand in range(people):
            if (mine := [item for item in added if item.startswith(f"h{hand}-")]) != [f"h{hand}-{i}" for i in range(times)]:
                faults.append(f"hand {hand} added {times} items, and {len(mine)} are there: {mine[:5]}…")
        rows = "".join(f"  - {item}\n" for item in added).encode()
        if new.replace(rows, b"") != old:
            faults.append(f"{NOTE} differs in more than its tags")
        if {path: data for path, data in texts(on.vault).items() if path != NOTE} != others:
            faults.append("other files were changed")
        return Hands(len(added), seconds, faults)


def _hand(root: str, hand: str, times: int) -> None:
    """One of many hands, in a process of its own."""
    from vaultcrm.actions.crm import Crm
    from vaultcrm.actions.notes import parse_assignment, set_properties

    for i in range(times):
        words = [f"tags+=h{hand}-{i}"]
        set_properties(Crm(root, datetime.fromisoformat(NOW), words), "acme", [parse_assignment(words[0])])


# -------------------------------------------------------------------------------------- reading


class Reading(NamedTuple):
    """What reading a folder by every reading command has shown."""

    folder: str
    files: int
    commands: int
    slowest: Run
    faults: list[str]


def reading_commands(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Every reading command, about all and about each name, plain, as JSON and in colour."""
    plain = [("due", "--all"), ("client", "list"), ("project", "list", "--all"), ("decisions", "--all"), ("stale",), ("check",), ("stats",)]
    for name in names:
        plain += [("client", "show", name), ("brief", name), ("timeline", name), ("decisions", name, "--all"), ("check", name)]
        plain += [("due", "--all", "--client", name), ("project", "show", name), ("project", "list", "--client", name)]
    plain += [("undo", "--list"), ("undo", "--show")]
    return [words + extra for words in plain for extra in ((), ("--json",), ("--color",))]


def reading(folder: Path, seconds: float = SECONDS) -> Reading:
    """Run every reading command over a copy of a folder; nothing in it may be different afterwards."""
    with desk(folder) as on:
        return read_all(on, folder.name, seconds)


def read_all(on: Desk, name: str, seconds: float = SECONDS, limit: int = 3) -> Reading:
    before = looks(on.vault)
    first = on.run("client", "list", "--json")  # reads every note, and may take as long as there are many
    faults = faults_of(first, READING_CODES, PATIENCE)
    names = [one["name"] for one in on.answer("client", "list")][:limit]
    projects = [one["name"] for one in on.answer("project", "list", "--all")][:1]
    commands = reading_commands([*names, *projects, "nobody at all"])
    with ThreadPoolExecutor(HANDS) as pool:
        runs = list(pool.map(lambda words: on.run(*words), commands))
    for run in runs:
        faults += faults_of(run, READING_CODES, seconds)
    faults += [f"reading has changed {path!r}" for path in differing(before, looks(on.vault))]
    return Reading(name, len(before), len(runs) + 3, max(runs, key=lambda run: run.seconds), faults)


# -------------------------------------------------------------------------------------- hostile

ESC = "\x1b]52;c;ZXZpbA==\x07"  # would put "evil" onto the clipboard
ACME = "clients/Acme Studio"
GOOD = {
    "vaultcrm.toml": b"",
    f"{ACME}/Acme Studio.md": b"---\ntype: client\naliases:\n  - Acme\nstatus: active\ncadence: 2 weeks\n---\n\n## Preferences\n\n- Calls.\n",
    f"{ACME}/Dana Roe.md": b"---\ntype: person\nrole: Owner\n---\n",
    f"{ACME}/projects/Website.md": b"---\ntype: project\nstatus: active\n---\n",
    f"{ACME}/follow-ups/Send the quote.md": b"---\ntype: follow-up\nstatus: open\ndue: 2026-11-13\n---\n",
    f"{ACME}/decisions/Fixed price.md": b"---\ntype: decision\ndate: 2026-11-02\nstatus: in force\n---\n",
    f"{ACME}/interactions/2026-11-02 1430 Pricing.md": b"---\ntype: interaction\ndate: 2026-11-02T14:30:00\nchannel: call\n---\nTalk.\n",
}


class Thing(NamedTuple):
    """Something hostile in a vault: bytes, or what makes it at its path; whether `check` has to tell of it."""

    path: str
    made: bytes | Callable[[Path], object]
    is_problem: bool = True


def _note(properties: str, body: str = "") -> bytes:
    return f"---\n{properties}\n---\n{body}".encode()


def _follow_up(properties: str) -> bytes:
    return _note(f"type: follow-up\nstatus: open\n{properties}")


def _socket(path: Path) -> None:
    with contextlib.chdir(path.parent):  # a socket's path may be no longer than 107 bytes
        socket.socket(socket.AF_UNIX).bind(path.name)


def _link(target: str, is_folder: bool = False) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target, is_folder)


_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)
_UGLY = r'"\e]52;c;ZXZpbA==\a \e[2J \x9b31m \x7f \u202egnp.exe \u2066 \0 \r\n\t \u2028"'  # as YAML writes it
_RAW = f"{ESC} \x1b[2J \x9b31m \x7f \u202egnp.exe \u2066 \r\t \u2028 evil"
_ESCAPES = "[[../../../outside/secret]]"

THINGS = {
    # front matter that hangs, kills or lies
    "nested 60,000 deep": Thing(f"{ACME}/x.md", _note("type: client\nx: " + "[" * 60_000)),
    "nested as a block": Thing(f"{ACME}/x.md", _note("\n".join(" " * i + "a:" for i in range(340)))),
    "dashes nested deep": Thing(f"{ACME}/x.md", _note("- " * 30_000 + "x")),
    "alias bomb": Thing(f"{ACME}/x.md", _note(_BOMB)),
    "recursion": Thing(f"{ACME}/x.md", _note("a: &a [*a]")),
    "merge recursion": Thing(f"{ACME}/x.md", _note("a: &a {<<: *a}")),
    "a million properties": Thing(f"{ACME}/x.md", _note("\n".join(f"k{i}: v" for i in range(1_000_000)))),
    "9,000 properties, each twice": Thing(f"{ACME}/x.md", _note("type: interaction\n" + "\n".join(f"ä{i % 4500}:" for i in range(9000)))),
    "every property wrong": Thing(f"{ACME}/x.md", _note(
        "type: follow-up\nstatus: x\ndue: x\nscheduled: x\npriority: x\nrecurrence: x\nrecurrence_anchor: x\ncomplete_instances: x\n"
        "completedDate: x\ndateCreated: x\nproject: '[[x'\nperson: '[[x'\nfrom: '[[x'\n" + "\n".join(f"ä{i}: ö" for i in range(5500)))),
    "a Python object": Thing(f"{ACME}/x.md", _note('x: !!python/object/apply:os.system ["touch ../outside/evil"]'), False),
    "unclosed": Thing(f"{ACME}/x.md", b"---\ntype: client\n"),
    "a list": Thing(f"{ACME}/x.md", _note("- type: client")),
    "two documents": Thing(f"{ACME}/x.md", _note("type: client\n--- {type: person}\n...")),
    "half a surrogate pair": Thing(f"{ACME}/x.md", _note(r'title: "\ud800"')),
    "raw control characters in a property": Thing(f"{ACME}/x.md", _note(f"type: client\nstatus: {ESC}")),
    # what is no text
    "binary": Thing(f"{ACME}/x.md", bytes(range(256)) * 64),
    "NUL": Thing(f"{ACME}/x.md", _note("type: client", "a\0b\n")),
    "UTF-16": Thing(f"{ACME}/x.md", "---\ntype: client\n---\n".encode("utf-16")),
    "Latin-1": Thing(f"{ACME}/x.md", "---\ntitle: Größe\n---\n".encode("latin-1")),
    # what is large, or takes long
    "50 MB": Thing(f"{ACME}/x.md", b"a line of text\n" * 3_500_000),
    "7 MB on one line": Thing(f"{ACME}/x.md", _note("type: interaction\ndate: 2026-11-01", "a" * 7_000_000), False),
    "7 MB of empty lines": Thing(f"{ACME}/x.md", _note("type: interaction\ndate: 2026-11-01", "\n \n" * 2_300_000), False),
    "7 MB of brackets": Thing(f"{ACME}/x.md", _note("type: interaction\ndate: 2026-11-01", "[[" * 3_500_000), False),
    "7 MB of tasks": Thing(f"{ACME}/x.md", _note("", "- [ ] x\n" * 800_000), False),
    "a heading with 100,000 blanks": Thing("clients/Slow/Slow.md", _note("type: client", "# a" + " " * 100_000 + "b\n"), False),
    "a heading with 100,000 marks": Thing("clients/Slow/Slow.md", _note("type: client", "# a" + " #" * 50_000 + "b\n"), False),
    # characters that a terminal would obey
    "ugly client": Thing("clients/Ugly/Ugly.md", _note(
        f"type: client\naliases: [{_UGLY}]\nchannel: {_UGLY}\nemail: {_UGLY}\ntimezone: {_UGLY}\nlanguage: {_UGLY}\nrate: {_UGLY}\n"
        f"tags: [{_UGLY}]\nstatus: {_UGLY}\ncadence: {_UGLY}\nx{_UGLY[1:5]}: 1", f"{_RAW}\n\n## Preferences\n\n- {_RAW}\n")),
    "ugly person": Thing(f"{ACME}/x.md", _note(f"type: person\nrole: {_UGLY}\nemail: {_UGLY}\nphone: [{_UGLY}]\naliases: {_UGLY}"), False),
    "ugly project": Thing(f"{ACME}/x.md", _note(f"type: project\nvalue: {_UGLY}\ncurrency: {_UGLY}\nstage: {_UGLY}", _RAW)),
    "ugly follow-up": Thing(f"{ACME}/x.md", _follow_up(
        f"title: {_UGLY}\ndue: 2026-11-12\nproject: {_UGLY}\nperson: {_UGLY}\nrecurrence: {_UGLY}")),
    "ugly decision": Thing(f"{ACME}/x.md", _note(f"type: decision\ntitle: {_UGLY}\nby: {_UGLY}\nvia: {_UGLY}\ntopic: {_UGLY}\ndate: 2026-11-12")),
    "ugly interaction": Thing(f"{ACME}/x.md", _note(
        f"type: interaction\ndate: 2026-11-12\nchannel: {_UGLY}\nsummary: {_UGLY}\npeople: [{_UGLY}]\nproject: {_UGLY}\ndecisions: [{_UGLY}]\n"
        f"feedback: {_UGLY}\nnext_step: {_UGLY}\nfollow_up: 2026-11-12")),
    "ugly body": Thing(f"{ACME}/x.md", _note("type: interaction\ndate: 2026-11-12", f"{_RAW}\n"), False),
    "ugly type": Thing(f"{ACME}/x.md", _note(f"type: {_UGLY}"), False),
    "ugly name": Thing(f"{ACME}/{ESC}.md", _note("type: person")),
    "ugly client's name": Thing(f"clients/{ESC} evil/{ESC} evil.md", _note("type: client")),
    "a newline in a name": Thing(f"{ACME}/a\nb.md", _note("type: person")),
    "a direction in a name": Thing(f"{ACME}/\u202egnp.md", _note("type: project")),
    "a name that is not UTF-8": Thing(os.fsdecode(ACME.encode() + b"/\xff\xfe.md"), _note("type: person")),
    "a folder's name that is not UTF-8": Thing(os.fsdecode(b"clients/\xff\xfe/x.md"), _note("type: client")),
    "an ugly folder's name": Thing(f"{ACME}/{ESC}/x.md", _note("type: follow-up\ntitle: x"), False),
    # names that mean something else
    "con": Thing("clients/con/con.md", _note("type: client")),
    "dots": Thing("clients/dots/dots.md", _note('type: client\naliases: ["..", "...", ".", "", "/"]'), False),
    "colon and slash": Thing(f"{ACME}/a:b\\c?.md", _note("type: person")),
    "255 bytes": Thing(f"{ACME}/{'x' * 252}.md", _note("type: person"), False),
    "links out: interaction": Thing(f"{ACME}/x.md", _note(
        f"type: interaction\ndate: 2026-11-12\nclient: '{_ESCAPES}'\nproject: '{_ESCAPES}'\npeople: ['{_ESCAPES}', '[[../Dana Roe]]']")),
    "links out: follow-up": Thing(f"{ACME}/x.md", _follow_up(f"client: '{_ESCAPES}'\nfrom: '{_ESCAPES}'\ndue: 2026-11-12")),
    "links out: decision": Thing(f"{ACME}/x.md", _note(f"type: decision\nsupersedes: '{_ESCAPES}'\nfrom: '[[/etc/passwd]]'")),
    "it supersedes itself": Thing(f"{ACME}/x.md", _note("type: decision\nsupersedes: '[[x]]'"), False),
    # days at the end of time, and rules without end
    "the last day": Thing(f"{ACME}/x.md", _follow_up("due: 9999-12-31\nscheduled: 0001-01-01\nrecurrence: FREQ=DAILY"), False),
    "the first day": Thing(f"{ACME}/x.md", _follow_up("due: 0001-01-01\nscheduled: 9999-12-31\nrecurrence: FREQ=DAILY"), False),
    "a talk at the end of time": Thing(f"{ACME}/x.md", _note("type: interaction\ndate: 0001-01-01T00:00:00\nnext_step: x"), False),
    "a rule that never comes": Thing(f"{ACME}/x.md", _follow_up("due: 2026-11-12\nrecurrence: FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), False),
    "a rule from the year 1": Thing(f"{ACME}/x.md", _follow_up("due: 2026-11-12\nrecurrence: DTSTART:00010101T000000;FREQ=DAILY"), False),
    "a rule by the second": Thing(f"{ACME}/x.md", _follow_up("due: 2026-11-12\nrecurrence: FREQ=SECONDLY")),
    # what is no file, or leads elsewhere
    "FIFO": Thing(f"{ACME}/x.md", os.mkfifo),
    "socket": Thing(f"{ACME}/x.md", _socket),
    "link to /etc/passwd": Thing(f"{ACME}/y.md", _link("/etc/passwd")),
    "link to a client outside": Thing("clients/Evil/Evil.md", _link("../../../outside/secret.md")),
    "linked folder": Thing(f"{ACME}/linked", _link("../../../outside", True)),
    "link to itself": Thing(f"{ACME}/x.md", _link("x.md")),
    "folder linked to itself": Thing(f"{ACME}/loop", _link("loop")),
    "two links in a circle": Thing(f"{ACME}/one", lambda path: (path.symlink_to("two"), path.with_name("two").symlink_to("one"))),
    "folder linked to its own folder": Thing(f"{ACME}/loop", _link(".", True)),
    "folder linked to the vault": Thing(f"{ACME}/loop", _link("../..", True)),
    "link to nothing": Thing(f"{ACME}/x.md", _link("nowhere.md")),
    "link to /dev/zero": Thing(f"{ACME}/x.md", _link("/dev/zero")),
    "a folder called x.md": Thing(f"{ACME}/x.md", Path.mkdir, False),
    # settings
    "settings nested deep": Thing("vaultcrm.toml", b"a = " + b"[" * 50_000, False),
    "settings that are a FIFO": Thing("vaultcrm.toml", os.mkfifo, False),
    "settings that are /dev/zero": Thing("vaultcrm.toml", _link("/dev/zero"), False),
    "patterns that backtrack": Thing("vaultcrm.toml", b'ignore = ["' + b"*a" * 200 + b'b", "[", "[!", "\\u001b"]', False),
    "Obsidian's settings nested deep": Thing(".obsidian/templates.json", b"[" * 100_000, False),
    "Obsidian's settings are a FIFO": Thing(".obsidian/templates.json", os.mkfifo, False),
}  # fmt: skip


def alone(name: str) -> list[str]:
    """One hostile thing in a vault with a good client: it is told of, today and tomorrow, and the good client is as ever."""
    thing = THINGS[name]
    with desk() as on:
        put(on.vault, GOOD)
        _put(on, thing)
        before, outside = looks(on.vault), looks(on.outside)
        is_setting = not thing.path.endswith((".md", "linked", "loop", "one"))
        codes = (0, 1, 4) if is_setting else (0, 1)
        shown = "".join(os.fsencode(thing.path).decode("utf-8", "replace"))
        checks, faults = [], []
        for words in (("check", "--json"), ("due", "--all", "--json"), ("brief", "acme", "--json"), ("brief", "acme"), ("check", "--json")):
            run = on.run(*words)
            faults += faults_of(run, codes)
            if run.code < 0:
                return faults  # it hangs, and will again
            if run.code in (0, 1) and words[0] == "check":
                checks.append({problem["path"] for problem in json.loads(run.out or "[]")})
            elif run.code in (0, 1) and words[-1] == "--json" and not _has_all_that_is_good(run):
                faults.append(f"{run.shown}: the good client's notes are missing")
        if thing.is_problem and not all(shown in paths for paths in checks):
            faults.append(f"check tells of {[sorted(paths) for paths in checks]}, and not each time of {shown!r}")
        if b"type: client" in (thing.made if isinstance(thing.made, bytes) else b"")[:100] and not thing.path.startswith(ACME):
            faults += [fault for words in (("brief",), ("client", "show")) for fault in faults_of(on.run(*words, shown), (0, 3, 4))]
        faults += [f"reading has changed {path!r}" for path in differing(before, looks(on.vault))]
        for item in on.answer("due", "--all"):
            if item["source"]["path"] == thing.path:
                for words in (("snooze", item["id"], "1 dec"), ("done", item["id"])):
                    faults += faults_of(on.run(*words), (0, 4))
        faults += [f"outside of the vault: {path!r}" for path in differing(outside, looks(on.outside))]
    return faults


def _put(on: Desk, thing: Thing) -> None:
    path = on.vault / thing.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if isinstance(thing.made, bytes):
        path.write_bytes(thing.made)
    else:
        thing.made(path)


def _has_all_that_is_good(run: Run) -> bool:
    """Whether an answer holds the good client's notes that belong into it."""
    wanted = {"due": ["follow-ups"], "brief": ["Acme Studio.md", "Dana Roe.md", "projects", "follow-ups", "decisions", "interactions"]}
    return all(path in run.out for path in GOOD if any(part in path for part in wanted[run.words[0]]))


class Template(NamedTuple):
    """A vault's own template, a command that uses it, and the exit codes that are right."""

    path: str
    made: bytes | Callable[[Path], object]
    words: tuple[str, ...]
    codes: tuple[int, ...] = (4,)


_LOG = ("log", "acme", "Dana wants two options")
_TALK = "---\n{{ properties }}\n---\n"
_LOOPS = "".join(f"{{% for {name} in range(1000) %}}" for name in "abcd")
_ENDS = "{% endfor %}" * 4

TEMPLATES = {
    "it loops for ever": Template("interaction.md", (_TALK + _LOOPS + _ENDS).encode(), _LOG),
    "it prints for ever": Template("interaction.md", (_TALK + _LOOPS + "evil" + _ENDS).encode(), _LOG),
    "it includes itself": Template("interaction.md", (_TALK + '{% include "interaction.md" %}').encode(), _LOG),
    "it calls itself": Template("interaction.md", (_TALK + "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}").encode(), _LOG),
    "a gigabyte by *": Template("interaction.md", (_TALK + '{{ "x" * 1000000000 }}').encode(), _LOG),
    "a gigabyte by %": Template("interaction.md", (_TALK + '{{ "%1000000000d" % 1 }}').encode(), _LOG),
    "a gigabyte by +": Template(
        "interaction.md", (_TALK + '{% set a = "0123456789" %}' + "{% set a = a + a %}" * 27 + "{{ a }}").encode(), _LOG
    ),
    "a gigabyte by ~": Template(
        "interaction.md", (_TALK + '{% set a = "0123456789" %}' + "{% set a = a ~ a %}" * 27 + "{{ a|length }}").encode(), _LOG
    ),
    "a gigabyte by replace": Template(
        "interaction.md", (_TALK + '{{ "xxxxxxxxxx"' + '|replace("x", "xxxxxxxxxx")' * 8 + "|length }}").encode(), _LOG
    ),
    "a gigabyte by join": Template(
        "interaction.md", (_TALK + "{% set a = range(1000)|join(range(1000)|join) %}{{ range(1000)|join(a)|length }}").encode(), _LOG
    ),
    "a power by round": Template("interaction.md", (_TALK + '{{ 1|round(30000000, "ceil") }}').encode(), _LOG),
    "25 loops in each other": Template("interaction.md", (_TALK + "{% for a in [1] %}" * 25 + "{% endfor %}" * 25).encode(), _LOG, (0, 4)),
    "300 lists in each other": Template("interaction.md", (_TALK + "{{ " + "[" * 300 + "]" * 300 + " }}").encode(), _LOG, (0, 4)),
    "10,000 lists in each other": Template("interaction.md", (_TALK + "{{ " + "[" * 10_000 + "]" * 10_000 + " }}").encode(), _LOG, (0, 4)),
    "a number of 5,000 digits": Template("interaction.md", (_TALK + "{{ " + "9" * 5000 + " }}").encode(), _LOG, (0, 4)),
    "out of the sandbox": Template("interaction.md", (_TALK + "{{ ''.__class__.__mro__[1].__subclasses__() }}").encode(), _LOG),
    "out by format": Template("interaction.md", (_TALK + '{{ "{0.__class__}".format(1) }}').encode(), _LOG),
    "a file of another": Template("interaction.md", (_TALK + '{% include "../../outside/secret.md" %}').encode(), _LOG, (3, 4)),
    "binary template": Template("interaction.md", bytes(range(256)), _LOG, (4, 6)),
    "no properties": Template("interaction.md", b"evil\n", _LOG),
    "a template that is a FIFO": Template("interaction.md", os.mkfifo, _LOG, (0, 4, 6)),
    "a template that is /dev/zero": Template("interaction.md", _link("/dev/zero"), _LOG, (0, 4, 6)),
    "a template that is a folder": Template("interaction.md", Path.mkdir, _LOG, (0, 4, 6)),
    "a template linked to outside": Template("interaction.md", _link("../../outside/secret.md"), _LOG, (0, 4)),
    "brief: control characters": Template("brief.txt", _RAW.encode(), ("brief", "acme"), (0,)),
    "brief: written escapes": Template("brief.txt", rb'{{ "\x1b]52;c;ZXZpbA==\x07 \x9b31m" }}', ("brief", "acme"), (0,)),
    "brief: a title as it is": Template("brief.txt", b"{{ talks[0].summary }}", ("brief", "acme"), (0,)),
    "brief: in colour": Template("brief.txt", _RAW.encode(), ("brief", "acme", "--color"), (0,)),
    "brief: loops for ever": Template("brief.txt", (_LOOPS + _ENDS).encode(), ("brief", "acme")),
    "brief: calls what it gets": Template(
        "brief.txt", b'{{ line("", ["x"|replace("x", "y")], "a", "blink_evil") }}', ("brief", "acme", "--color"), (0, 4)
    ),
}


def with_template(name: str) -> list[str]:
    """A vault with a hostile template: an answer in time, nothing half written, nothing told to the terminal."""
    template = TEMPLATES[name]
    with desk() as on:
        put(on.vault, GOOD | {f"{ACME}/interactions/2026-11-09 Ugly.md": _note(f"type: interaction\nsummary: {_UGLY}")})
        _put(on, Thing(f"templates/{template.path}", template.made))
        before, outside = texts(on.vault), looks(on.outside)
        run = on.run(*template.words)
        faults = faults_of(run, template.codes)
        after = texts(on.vault)
        if run.code and after != before:
            faults.append(f"{run.shown}: it failed, and changed {sorted(before.keys() ^ after.keys())}")
        faults += [f"{run.shown}: {path} is no whole note" for path in after.keys() - before.keys() if not is_whole(after[path])]
        if any(b"Nobody may read" in after[path] for path in after.keys() - before.keys()) or "Nobody may read" in run.out:
            faults.append(f"{run.shown}: a file outside of the vault was read")
        faults += [f"outside of the vault: {path!r}" for path in differing(outside, looks(on.outside))]
    return faults


_LONG, _WORDS, _BYTES = "x" * 10_000, "word " * 2_000, os.fsdecode(b"\xff\xfe evil")

# What somebody may type or paste, with the exit codes that are right: 0 it is written, 2 to 4 it is said why not.
TITLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    *((codes, ("client", "add", title)) for codes, title in (
        ("0", "../../evil"), ("0", f"{ESC}evil"), ("0", "con"), ("0", "\u202egnp.exe"), ("0", _LONG), ("0", _WORDS + "end"), ("0", "a\nb\r\nc"),
        ("0", "/etc/passwd"), ("0", "C:\\Windows"), ("0", ".hidden"), ("0", "[[x]]#^|"), ("0", "--- x"), ("4", ""), ("4", "."), ("4", ".."),
        ("4", "..."), ("4", "🎉"), ("4", "   "), ("04", _BYTES), ("0", "x: y # z"), ("0", "e\u0301" * 200), ("0", "{{ 7 * 7 }}"),
    )),
    *((codes, ("log", "acme", text)) for codes, text in (
        ("0", "\x1b[2J"), ("0", f"{ESC}{_RAW}"), ("0", "../../evil"), ("0", "con"), ("0", "🎉"), ("0", "..."), ("0", _LONG), ("0", _WORDS),
        ("02", ""), ("02", "   "), ("04", _BYTES), ("0", "---\ntype: client\n---\n"), ("0", "{{ 7 * 7 }}{% for x in y %}"), ("0", "a\0b"[:1]),
    )),
    *((codes, ("log", "acme", "x", option, text)) for option in ("--summary", "--with", "--decision", "--tag", "--next") for codes, text in (
        ("0", f"{ESC}evil"), ("0", _LONG), ("04", _BYTES), ("0" if option != "--next" else "2", "..."),
    )),
    ("024", ("log", "acme", "x", "--project", ESC)), ("2", ("log", "acme", "x", "--channel", ESC)), ("4", ("log", "acme", "x", "--at", ESC)),
    *((codes, ("follow-up", "add", "acme", text)) for codes, text in (
        ("0", "con"), ("0", "../../evil"), ("0", f"{ESC}evil"), ("0", _LONG), ("4", ""), ("4", "🎉"), ("4", "..."), ("04", _BYTES),
    )),
    ("4", ("follow-up", "add", "acme", "x", "--due", ESC)), ("4", ("follow-up", "add", "acme", "x", "--due", "1 jan", "--every", ESC)),
    *((codes, ("decide", "acme", text)) for codes, text in (("0", f"{ESC}evil"), ("0", _LONG), ("4", ""), ("4", "🎉"), ("04", _BYTES))),
    *((codes, (kind, "add", "acme", text)) for kind in ("person", "project") for codes, text in (
        ("0", f"{ESC}evil"), ("0", "../../evil"), ("0", "nul"), ("0", _LONG), ("4", ""), ("4", ".."), ("04", _BYTES),
    )),
    ("0", ("set", "acme", "x=../../y")), ("0", ("set", "acme", f"y={_RAW}")), ("0", ("set", "acme", f"z={_LONG}")), ("04", ("set", "acme", f"a={_BYTES}")),
    ("2", ("set", "acme", "x=")), ("2", ("set", "acme", "=x")), ("04", ("set", "acme", f"{ESC}=x")), ("4", ("set", "acme", "status=../../y")),
    ("04", ("set", "acme", "a\nb: c=x")), ("0", ("set", "acme", "b=a\nb: c")), ("0", ("set", "acme", "c=---")), ("04", ("set", "acme", "---=x")),
    ("4", ("set", "acme", "y=" + "x" * 70_000)), ("3", ("set", "../outside/secret.md", "x=1")), ("3", ("set", "/etc/passwd", "x=1")),
    ("3", ("set", _BYTES, "x=1")), ("3", ("set", ESC, "x=1")), ("23", ("set", "", "x=1")), ("3", ("set", "..", "x=1")),
    *((codes, (verb, *text, *(("fri",) if verb == "snooze" else ()))) for verb in ("done", "drop", "snooze") for codes, text in (
        ("3", (ESC,)), ("3", ("",)), ("3", ("..",)), ("3", (_BYTES,)), ("3", (_LONG,)), ("3", ("%",)),
    )),
    *((codes, (*words, text)) for words in (("brief",), ("client", "show"), ("timeline",), ("project", "show")) for codes, text in (
        ("3", ESC), ("3", ""), ("3", "../../outside/secret"), ("3", _BYTES), ("3", _LONG), ("3", "[[x]]"),
    )),
    ("1", ("decisions", ESC)), ("1", ("decisions", _BYTES)), ("4", ("--today", ESC, "due")), ("014", ("--today", "9999-12-31", "due")),
    ("014", ("--today", "0001-01-01", "due")), ("014", ("--today", "9999-12-31", "stale")), ("014", ("due", "--within", "9999y")),
    ("4", ("due", "--within", ESC)), ("3", ("--vault", ESC, "due")), ("3", ("--vault", _BYTES, "due")), ("2", (ESC,)), ("2", (_BYTES,)),
    ("2", ("due", f"--{ESC}")), ("2", ("brief", "acme", ESC)), ("2", ("client", ESC)), ("2", ("due", "--client")), ("2", ("undo", _BYTES)),
)  # fmt: skip


def typed() -> list[str]:
    """Titles given on the command line: legal names, whole notes, nothing outside; and undo takes every one back."""
    with desk() as on:
        put(on.vault, GOOD)
        before, outside = texts(on.vault), looks(on.folder)
        faults: list[str] = []
        wrote = 0
        for codes, words in TITLES:
            there = texts(on.vault)
            run = on.run(*words)
            faults += faults_of(run, [int(code) for code in codes])
            now = texts(on.vault)
            if now != there:
                wrote += 1
            if run.code and now != there:
                faults.append(f"{run.shown}: exit {run.code}, and yet it changed {sorted(p for p in now if now[p] != there.get(p))}")
            for path in (path for path in now if now[path] != there.get(path)):
                faults += [f"{run.shown}: {fault}" for fault in _wrong_with(path, now[path])]
        faults += faults_of(on.run("undo", "--list"), (0,)) + faults_of(on.run("undo", "--show", "--color"), (0,))
        faults += read_all(on, "typed", limit=40).faults
        for _ in range(wrote):
            faults += faults_of(on.run("undo"), (0,))
        if texts(on.vault) != before:
            faults.append(f"{wrote} times undo did not bring back the vault: {sorted(texts(on.vault).keys() ^ before.keys())[:5]}")
        mine = ("vault", "home")
        faults += [f"outside of the vault: {p!r}" for p in differing(outside, looks(on.folder)) if not p.startswith(mine) and p != "."]
    return faults


def _wrong_with(path: str, data: bytes) -> list[str]:
    """Why a note that was made should not be as it is."""
    found = [] if is_whole(data) else ["it is no whole note"]
    for part in path.split("/"):
        if (
            _CONTROLS.search(part)
            or _BIDI.search(part)
            or "\n" in part
            or re.search(r'[\\:*?"<>|#^\[\]]', part)
            or len(part.encode()) > 255
        ):
            found.append(f"the name {part!r} is not legal everywhere")
        if part.split(".")[0].lower() in ("con", "nul") or part != part.strip(" ") or part.startswith("."):
            found.append(f"Windows cannot keep the name {part!r}")
    return found


def together(names: Sequence[str]) -> list[str]:
    """All these hostile things in one vault, each in a folder of its own: every reading command answers."""
    with desk() as on:
        put(on.vault, GOOD)
        for i, name in enumerate(names):
            thing = THINGS[name]
            folder = thing.path.replace(f"{ACME}/", f"{ACME}/{i}/", 1) if thing.path.startswith(ACME) else thing.path
            if (on.vault / folder).parent.exists() and not thing.path.startswith(ACME):
                continue
            _put(on, thing._replace(path=folder))
        outside = looks(on.outside)
        faults = read_all(on, "hostile", limit=20).faults
        return faults + [f"outside of the vault: {path!r}" for path in differing(outside, looks(on.outside))]


def hostile() -> dict[str, list[str]]:
    """The faults by what was tried; things that are faulty alone are left out of the common vault."""
    with ThreadPoolExecutor(HANDS) as pool:
        found = dict(zip(THINGS, pool.map(alone, THINGS), strict=True))
        found |= {f"template: {name}": faults for name, faults in zip(TEMPLATES, pool.map(with_template, TEMPLATES), strict=True)}
    found["typed titles"] = typed()
    found["all together"] = together([name for name in THINGS if not found[name]])
    return found


# ------------------------------------------------------------------------------------ by hand


def main(action: str = "", *given: str) -> int:
    begun = time.monotonic()
    faults: list[str] = []
    if action == "kills":
        killed = kills(int(given[0]), seed=int(given[1]) if len(given) > 1 else 1)
        print(f"{killed.number} kills:", ", ".join(f"{count} {moment}" for moment, count in killed.moments.items()))
        torn, lost = (sum(f": {word}: " in fault for fault in killed.faults) for word in ("torn", "lost"))
        print(f"torn {torn}, lost {lost}")
        faults = killed.faults
    elif action == "hands":
        for people, times, as_programs in ((8, 10, True), (int(given[0]), int(given[1]), False)):
            done = hands(people, times, as_programs)
            how = "programs" if as_programs else "processes"
            print(f"{people} {how} × {times}: {done.items} of {people * times} items in {done.seconds:.1f} s")
            faults += done.faults
    elif action == "hand":
        _hand(given[0], given[1], int(given[2]))
        return 0
    elif action == "reading":
        for folder in given:
            read = reading(Path(folder))
            slow = f"slowest {read.slowest.seconds:.2f} s: {read.slowest.shown}"
            print(f"{read.folder}: {read.files} files and folders, {read.commands} commands, {slow}; faults {len(read.faults)}", flush=True)
            faults += [f"{read.folder}: {fault}" for fault in read.faults]
    elif action == "hostile":
        tried = hostile()
        faults = [f"{name}: {fault}" for name, found in tried.items() for fault in found]
        clean = sum(not found for found in tried.values())
        print(f"{len(tried)} hostile things ({len(TITLES)} typed lines are one of them): {clean} without fault")
    else:
        print(__doc__)
        return 2
    print(f"{len(faults)} faults, {time.monotonic() - begun:.0f} s")
    for fault in faults:
        print("FAULT", fault.encode("unicode_escape").decode())
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
