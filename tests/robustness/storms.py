"""Storms of changes beside a running watcher, and kills while there is much to index: the caches end up as a rebuild would make them.

The watcher of a storm is a process of its own that looks at everything each PERIOD seconds, so that
a hundred storms end within an hour; each tenth storm is watched by `vaultcrm watch` itself.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from tests import ROOT
from tests.robustness.desk import HANDS, PART, PROGRAM, Desk, desk, faults_of, put

PERIOD = 3.0
_SETTLED = 2.5  # seconds more, in which the last look ends
_OPERATIONS = 120
_FILES, _FOLDERS, _LARGE = 60, 15, 1_700  # the last: so many notes that a second process helps to index them
_TABLES = ("notes", "follow_ups", "decisions", "points", "problems")
_GIT = ("git", "-c", "user.name=Storm", "-c", "user.email=storm@example.org", "-c", "gc.auto=0")
Known = dict[str, Any]  # Any: rows of SQLite, as JSON gives them

_NOTES = (
    "---\ntype: follow-up\nstatus: open\ndue: 2026-12-{day:02}\n---\nSend {word} on time.\n",
    "---\ntype: interaction\ndate: 2026-11-{day:02}T10:00:00\nchannel: call\ndecisions:\n  - Agreed on {word}\n---\nTalked of {word}.\n",
    "---\ntype: decision\ndate: 2026-11-{day:02}\nstatus: in force\n---\n{word} is what we do.\n",
    "---\ntype: client\nstatus: {word}\naliases:\n  - {word}\n---\n\n## Preferences\n\n- Likes {word}.\n",
    "Only a text with {word} in it.\n",
    "---\ntype: follow-up\ndue: someday {word}\n---\n",
)


def note(chance: random.Random, word: str = "") -> bytes:
    """Some note; all of a kind and day are of one size."""
    word = word or f"word{chance.randrange(10_000, 99_999)}"
    return chance.choice(_NOTES).format(day=chance.randint(1, 28), word=word).encode()


# ------------------------------------------------------------------------------- what is known


def known(root: str, anew: bool) -> Known:
    """What catalogue and index hold, as they are or, `anew`, once they have read it all."""
    from vaultcrm.catalog.catalog import Catalog
    from vaultcrm.catalog.refresh import catch_up
    from vaultcrm.search.index import Index
    from vaultcrm.vault.vault import Vault

    vault, catalog = Vault(root), Catalog(os.path.realpath(root))
    index = Index(vault, catalog)
    if anew:
        catch_up(vault, catalog)
        index.follow()
    found = {table: sorted(map(list, catalog.rows(f"SELECT * FROM {table}")), key=repr) for table in _TABLES}
    found["files"] = sorted([path, digest.hex()] for path, digest in catalog.rows("SELECT path, digest FROM files"))
    found["index"] = sorted([path, digest.hex()] for path, digest in index.documents().items())
    found["pending"] = [] if anew else [[path, digest.hex()] for path, digest in catalog.rows("SELECT * FROM pending")]
    return found


def _known(on: Desk, anew: bool = False) -> Known:
    """The same, asked in a process of its own; `anew` with a cache of its own, too."""
    cache = on.home / "cache anew"
    shutil.rmtree(cache, ignore_errors=True)
    env = on.env | ({"XDG_CACHE_HOME": str(cache)} if anew else {})
    done = subprocess.run(_script("known", str(on.vault), "anew" if anew else ""), env=env, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        return {"error": [done.stderr.strip().splitlines()[-1:]]}
    found: Known = json.loads(done.stdout)
    return found


def _script(*words: str) -> list[str]:
    return [*PART, *words]


def differences(found: Known, wanted: Known) -> list[str]:
    """What is missing from what is known, and what should not be there."""
    told = []
    for table in sorted(found.keys() | wanted.keys()):
        has, wants = (list(map(repr, kept.get(table, []))) for kept in (found, wanted))
        for sign, rows in (("-", [row for row in wants if row not in has]), ("+", [row for row in has if row not in wants])):
            told += [f"{table} {sign} {row[:200]}" for row in rows[:5]]
        if len(has) != len(wants):
            told.append(f"{table}: {len(has)} rows instead of {len(wants)}")
    return told


# --------------------------------------------------------------------------------------- storms


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
                    _script("stir", str(on.vault), str(seed), str(hand), str(operations)), env=on.env, cwd=ROOT, stdout=subprocess.PIPE
                )
                for hand in range(2)
            ]
            done = sum((Counter(json.loads(hand.communicate()[0])) for hand in hands), Counter[str]())
            words = [f"last{seed}of{hand}" for hand in range(2)]
            at_once = [on.run("search", word, "--json") for word in words]
            late = sum("last of" not in run.out for run in at_once)
            time.sleep(period + _SETTLED)
            faults = differences(_known(on), wanted := _known(on, anew=True))
            if faults:
                time.sleep(period + _SETTLED)
                word = "lasting" if differences(_known(on), wanted) else "late"
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
    _git(on.vault, "init", "-q", "-b", "one")
    _git(on.vault, "add", "-A")
    _git(on.vault, "commit", "-qm", "one")
    _git(on.vault, "checkout", "-qb", "two")
    for path in sorted(on.vault.glob("f*/**/*.md")):
        match chance.randrange(4):
            case 0:
                path.write_bytes(note(chance))
            case 1:
                path.unlink()
    put(on.vault, {f"only two/h{n}/n.md": note(chance) for n in range(5)})
    _git(on.vault, "add", "-A")
    _git(on.vault, "commit", "-qm", "two")


def _git(vault: Path, *words: str) -> bool:
    return subprocess.run([*_GIT, *words], cwd=vault, capture_output=True).returncode == 0


class Watched(subprocess.Popen[bytes]):
    """A running watcher, and what it has said so far."""

    file: Path

    def said(self) -> bytes:
        return self.file.read_bytes()


@contextlib.contextmanager
def watcher(on: Desk, period: float | None) -> Iterator[Watched]:
    """A watcher of the desk's vault, once it has looked at everything; by the program where no period is given."""
    words = [PROGRAM, "watch"] if period is None else _script("watch", str(on.vault), str(period))
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


# ---------------------------------------------------------------------------------------- kills


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
            wrong += differences(_known(on), _known(on, anew=True))
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
    stirring = _script("stir", str(on.vault), str(i), "0", "60")
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
    found = _known(on)
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


# -------------------------------------------------------------------------------- a hand in it


def stir(root: Path, seed: int, hand: int, operations: int) -> Counter[str]:
    """One of the two hands of a storm; it changes the bytes of every second note only, so that all notes stay whole."""
    mine = Hand(root, random.Random(seed * 2 + hand), hand)
    done: Counter[str] = Counter()
    for _ in range(operations):
        operation = mine.chance.choices([*mine.operations], [*mine.operations.values()])[0]
        with contextlib.suppress(OSError, IndexError):  # the other hand was faster
            operation()
            done[operation.__name__] += 1
        if mine.chance.random() < 0.3:
            time.sleep(mine.chance.uniform(0, 0.1))
    mine.bring_back()
    (root / f"last of {hand}.md").write_bytes(f"The last word is last{seed}of{hand}.\n".encode())
    return done


class Hand:
    """What a storm is made of."""

    def __init__(self, root: Path, chance: random.Random, number: int) -> None:
        self.root, self.chance, self.number = root, chance, number
        self.outside = root.with_name(f"moved out {number}")
        self.outside.mkdir(exist_ok=True)
        self.made = 0
        self.operations: dict[Callable[[], None], int] = {
            self.create: 5, self.write: 5, self.replace: 5, self.delete: 4, self.hide: 4, self.swap: 2, self.rename: 2, self.move_note: 2,
            self.move_out: 2, self.move_in: 2, self.copy: 1,
        } | ({} if number else {self.checkout: 1})  # fmt: skip

    def folders(self) -> list[Path]:
        return [Path(top) for top, _, _ in os.walk(self.root) if top != str(self.root) and "/." not in top]

    def note(self) -> Path:
        found = [path for folder in self.folders() for path in folder.glob("*.md") if path.stem[-1:].isdigit()]
        return self.chance.choice([path for path in found if int(path.stem[-1]) % 2 == self.number])

    def name(self) -> str:
        self.made += 1
        return f"m{self.made}x{2 * self.chance.randrange(5) + self.number}"

    def create(self) -> None:
        (self.chance.choice(self.folders()) / f"{self.name()}.md").write_bytes(note(self.chance))

    def write(self) -> None:
        with open(self.note(), "rb+") as file:
            file.truncate()
            file.write(note(self.chance))

    def replace(self) -> None:
        path = self.note()
        aside = path.with_name(self.chance.choice((f".{path.name}.tmp", f"{path.name}~")))
        aside.write_bytes(note(self.chance))
        aside.replace(path)

    def delete(self) -> None:
        self.note().unlink()

    def hide(self) -> None:
        """Change a word, and neither size nor modification time."""
        path = self.note()
        status, data = path.stat(), path.read_bytes()
        with open(path, "rb+") as file:
            file.write(data.replace(b"word", self.chance.choice((b"fold", b"cord", b"lord"))))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def swap(self) -> None:
        one, other = self.chance.sample(self.folders(), 2)
        aside = one.with_name(f"aside {self.number}")
        one.rename(aside)
        try:
            other.rename(one)
            aside.rename(other)
        finally:
            if aside.exists():
                aside.rename(one)

    def rename(self) -> None:
        folder = self.chance.choice(self.folders())
        folder.rename(folder.with_name(self.name()))

    def move_note(self) -> None:
        path = self.note()
        path.rename(self.chance.choice(self.folders()) / path.name)

    def move_out(self) -> None:
        self.chance.choice(self.folders()).rename(self.outside / self.name())

    def move_in(self) -> None:
        folder = self.chance.choice(list(self.outside.iterdir()))
        folder.rename(self.chance.choice([self.root, *self.folders()]) / folder.name)

    def copy(self) -> None:
        shutil.copytree(self.chance.choice(self.folders()), self.root / self.name())

    def checkout(self) -> None:
        _git(self.root, "checkout", "-qf", self.chance.choice(("one", "two")))

    def bring_back(self) -> None:
        for folder in list(self.outside.iterdir())[::2]:
            folder.rename(self.root / folder.name)
