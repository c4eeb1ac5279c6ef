"""Random edits of two devices on the same notes, merged by git with our driver. Run by hand; prints figures.

    python -m tests.robustness.merging 1000 [seed] [hard]

A bare repository and two clones of it: notes are committed, each clone changes one to three things
in each of them, one pushes, the other merges. What ought to come out is worked out from the edits
themselves, by rules that are written here once more and know nothing of the program. With "hard"
all edits are of properties, where devices get in each other's way more often.

Exits with 1 when there is a fault: a note that cannot be read, a value or a line that is missing,
a conflict that is none, a conflict that does not keep both sides.
"""

import os
import random
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import yaml

Held = str | list[str]
DAY = date(2026, 11, 16)
AT_ONCE = 100  # notes in one merge

STATUSES = {
    "client": ["lead", "active", "paused", "past"],
    "follow-up": ["open", "waiting", "cancelled"],
    "interaction": ["open", "waiting"],
}
SCALARS = {
    "stage": ["contact", "discovery", "execution", "delivery"],
    "rate": ["80", "85", "90.5", "100"],
    "currency": ["EUR", "GBP", '"USD"'],
    "cadence": ["2 weeks", "3 weeks", "1 month"],
    "timezone": ["Europe/London", "Europe/Lisbon", "Asia/Tokyo"],
    "channel": ["call", "email", "meeting"],
    "priority": ["highest", "high", "low"],
    "project": ['"[[Website]]"', '"[[Journal]]"', "'[[Shop]]'"],
    "summary": ["Dana wants two options", '"Price: agreed"', "She will ring again", "'It''s done'"],
    "date": ["2026-11-02T14:30:00", "2026-11-03T09:00:00"],
    "due": [f"2026-12-{day:02}" for day in range(1, 29)],
    "language": ["de", '"no"', "en"],
    "website": ["https://a.example", "https://b.example"],
    "budget": ["5000", "7500"],
}
ITEMS = {
    "tags": ["design", "print", "web", "late", "vip"],
    "email": ["dana@acme.example", "lee@acme.example", "kim@acme.example"],
    "people": ['"[[Dana]]"', '"[[Lee]]"', '"[[Kim]]"'],
    "decisions": ["Two rounds are included", '"Price: 1,450 GBP"', "The journal comes first"],
}
KEYS = {
    "client": ["type", "status", "stage", "email", "rate", "currency", "cadence", "tags"],
    "follow-up": ["type", "status", "due", "priority", "project", "scheduled", "dateCreated", "tags"],
    "interaction": ["type", "date", "channel", "people", "project", "summary", "decisions", "tags"],
}
KINDS = ["set", "remove", "add", "item added", "item removed", "line added", "line changed"]
MORE = ["timezone", "language", "website", "budget"]


class Sheet(NamedTuple):
    """A note as its parts; values as YAML on one line. `remark` is a comment behind the key that it names."""

    pairs: dict[str, Held]
    body: tuple[str, ...]
    remark: tuple[str, str]
    newline: str

    def write(self) -> bytes:
        lines = ["---"]
        for key, value in self.pairs.items():
            behind = f"  # {self.remark[1]}" if key == self.remark[0] else ""
            if isinstance(value, list) and value:
                lines += [f"{key}:{behind}", *(f"  - {item}" for item in value)]
            else:
                lines.append(f"{key}: {value}{behind}")
        return "".join(line + self.newline for line in (*lines, "---", "", *self.body)).encode()


def sheet(chance: random.Random, kind: str, number: int) -> Sheet:
    """A note of eight properties and some lines."""
    pairs: dict[str, Held] = {}
    for key in KEYS[kind]:
        if key in ITEMS:
            pairs[key] = chance.sample(ITEMS[key], chance.randint(1, 2))
        else:
            pairs[key] = kind if key == "type" else chance.choice(STATUSES[kind] if key == "status" else SCALARS.get(key, ["2026-11-10"]))
    if kind == "follow-up":
        pairs["status"] = "open"
        pairs["due"] = str(DAY + timedelta(chance.randint(-9, 9)))
        if chance.random() < 0.5:
            pairs["recurrence"] = "FREQ=WEEKLY"
            del pairs["priority"]
    remark = (chance.choice([key for key in pairs if key not in ITEMS]), "as agreed")
    body = [text for i in range(chance.randint(2, 5)) for text in (f"Line {number}.{i} of the note.", "")]
    return Sheet(pairs, tuple(body[:-1]), remark, chance.choice(["\n", "\n", "\n", "\r\n"]))


def edited(chance: random.Random, before: Sheet, hand: str, is_hard: bool = False) -> Sheet:
    """The note after one to three edits by one device; `is_hard`: of properties only."""
    pairs = {key: list(value) if isinstance(value, list) else value for key, value in before.pairs.items()}
    body = list(before.body)
    for step in range(chance.randint(1, 3)):
        kinds = ["set", "set", "remove", "item added"] if is_hard else KINDS
        if pairs.get("type") == "follow-up" and pairs.get("status") == "open" and "due" in pairs:
            kinds = [*kinds, "completed", "completed", "moved"]
        kind = chance.choice(kinds)
        own = f"by {hand}, {step}, {chance.randint(0, 99)}"
        scalars = [key for key, value in pairs.items() if isinstance(value, str) and key in (*SCALARS, "status", "scheduled")]
        lists = [key for key, value in pairs.items() if key in ITEMS and isinstance(value, list)]
        if kind == "set" and scalars:
            key = chance.choice(scalars)
            values = STATUSES[str(pairs["type"])] if key == "status" else SCALARS.get(key, SCALARS["due"])
            pairs[key] = chance.choice([value for value in values if value != pairs[key]])
        elif kind == "remove" and scalars:
            del pairs[chance.choice(scalars)]
        elif kind == "add":
            key = chance.choice(MORE)
            pairs[key] = chance.choice(SCALARS[key])
        elif kind in ("item added", "item removed") and lists:
            key = chance.choice(lists)
            items = list(pairs[key])
            if kind == "item removed" and items:
                items.remove(chance.choice(items))
            elif more := [item for item in ITEMS[key] if item not in items]:
                items.append(chance.choice(more))
            pairs[key] = items
        elif kind == "line added":
            body.insert(chance.randint(0, len(body)), f"A line {own}.")
        elif kind == "line changed":
            at = chance.choice([i for i, line in enumerate(body) if line])
            body[at] = f"Another line {own}."
        elif kind == "moved":
            pairs["due"] = str(date.fromisoformat(str(pairs["due"])) + timedelta(chance.randint(1, 5)))
        elif kind == "completed":
            _complete(chance, pairs)
    return before._replace(pairs=pairs, body=tuple(body))


def _complete(chance: random.Random, pairs: dict[str, Held]) -> None:
    today = DAY + timedelta(chance.choice([0, 0, 1, 8]))  # a device that is away completes on another day
    if "recurrence" not in pairs:
        pairs |= {"status": "done", "completedDate": str(today)}
        return
    due = following = date.fromisoformat(str(pairs["due"]))
    while following <= max(due, today):
        following += timedelta(7)
    kept = pairs.get("complete_instances", [])
    assert isinstance(kept, list)
    pairs |= {"complete_instances": [*kept, str(due)], "due": str(following)}
    if "scheduled" in pairs:
        pairs["scheduled"] = str(date.fromisoformat(str(pairs["scheduled"])) + (following - due))


# ------------------------------------------------------------------------------------- what ought to come out


def expected(base: Sheet, ours: Sheet, theirs: Sheet) -> tuple[dict[str, Held], set[str]]:
    """The properties of the merged note (lists in any order), and the keys on which nobody can decide."""
    wanted: dict[str, Held] = {}
    clash: set[str] = set()
    days = [set(side.pairs.get("complete_instances", ())) for side in (base, ours, theirs)]
    completed = [bool(days[1] - days[0]), bool(days[2] - days[0])]
    for key in {**ours.pairs, **theirs.pairs}:
        was, our, their = (side.pairs.get(key) for side in (base, ours, theirs))
        value: Held | None = our
        if our == was:
            value = their
        elif their not in (was, our):
            if our is None or their is None:
                clash.add(key)
                value = our or their
            elif isinstance(our, list) and isinstance(their, list):
                before = was or []
                value = [item for item in {**dict.fromkeys(our), **dict.fromkeys(their)}
                         if (item in our and item in their) or item not in before]  # fmt: skip
            elif key in ("due", "scheduled") and any(completed):
                winner = _winner(base, ours, theirs, completed)
                loser = theirs if winner is ours else ours
                if winner is None or (key == "scheduled" and not _went_along(base, loser)):
                    clash.add(key)
                else:
                    value = winner.pairs[key]
            elif key == "completedDate" and was is None and ours.pairs.get("status") == theirs.pairs.get("status"):
                value = min(str(our), str(their))
            else:
                clash.add(key)
        if value is not None:
            wanted[key] = value
    return wanted, clash


def _winner(base: Sheet, ours: Sheet, theirs: Sheet, completed: list[bool]) -> Sheet | None:
    """Whose days of a recurring follow-up count: of two that completed it the one that went further, else the one that did."""
    if completed != [True, True]:
        return ours if completed[0] else theirs
    ends = [side.pairs.get("due", side.pairs.get("scheduled")) for side in (ours, theirs)]
    if None in ends or ends[0] == ends[1]:
        return None
    return ours if str(ends[0]) > str(ends[1]) else theirs


def _went_along(base: Sheet, side: Sheet) -> bool:
    """Whether it is hidden as long before it is due as it was."""
    pairs = [(each.pairs.get("due"), each.pairs.get("scheduled")) for each in (base, side)]
    if pairs[0][0] is None and pairs[1][0] is None:
        return True
    if any(day is None for pair in pairs for day in pair):
        return False
    before, after = (date.fromisoformat(str(due)) - date.fromisoformat(str(hidden)) for due, hidden in pairs)
    return before == after


def faults(base: Sheet, ours: Sheet, theirs: Sheet, data: bytes) -> list[str]:
    """What is wrong with a note that was merged without a conflict."""
    wanted, clash = expected(base, ours, theirs)
    found = [f"both changed {key}" for key in clash]
    read = properties(data)
    if read is None:
        return ["it cannot be read"]
    for key in {**wanted, **read}:
        want = _read(wanted[key]) if key in wanted else None
        if isinstance(want, list) and isinstance(read.get(key), list):
            same = sorted(want) == sorted(read[key])
        else:
            same = (want or None) == (read.get(key) or None)
        if not same:
            found.append(f"{key} is {read.get(key)!r}, not {want!r}")
    lines = Counter(line for line in body_of(data) if line)
    if lines != _lines(base, ours, theirs):
        found.append(f"lines {lines - _lines(base, ours, theirs)} too many, {_lines(base, ours, theirs) - lines} lost")
    key, remark = base.remark
    if all(side.pairs.get(key) is not None for side in (ours, theirs)) and f"# {remark}".encode() not in data:
        found.append("the comment is lost")
    if (b"\r\n" in data) != (base.newline == "\r\n") or (base.newline == "\r\n" and data.count(b"\n") != data.count(b"\r\n")):
        found.append("line endings")
    return found


def _lines(base: Sheet, ours: Sheet, theirs: Sheet) -> Counter[str]:
    sides = [set(filter(None, side.body)) for side in (base, ours, theirs)]
    return Counter((sides[1] & sides[2]) | ((sides[1] | sides[2]) - sides[0]))


def properties(data: bytes) -> dict[str, Held] | None:
    """The properties as another reader sees them, as texts; None where it cannot, or where a key stands twice."""
    parts = data.decode().replace("\r\n", "\n").split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        return None
    try:
        root = yaml.compose(parts[1], yaml.SafeLoader)
        keys = [key.value for key, _ in root.value] if root else []
        found = yaml.load(parts[1], yaml.BaseLoader) or {}
    except yaml.YAMLError:
        return None
    return found if len(keys) == len(set(keys)) else None


def body_of(data: bytes) -> list[str]:
    return data.decode().replace("\r\n", "\n").split("---\n", 2)[2].splitlines()


def _read(value: Held) -> Held:
    found: Held = yaml.load(value, yaml.BaseLoader) if isinstance(value, str) else [yaml.load(item, yaml.BaseLoader) for item in value]
    return found


# ------------------------------------------------------------------------------------- through git


class Tally(NamedTuple):
    """How the merges went: counts by what came of them, with our driver and by git alone; `faults` name the note."""

    number: int
    ours: Counter[str]
    plain: Counter[str]
    faults: list[str]


def git(folder: Path, *args: str, codes: Sequence[int] = (0,)) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    for who in ("AUTHOR", "COMMITTER"):
        kept |= {f"GIT_{who}_NAME": "Nora", f"GIT_{who}_EMAIL": "nora@vale.example"}
    done = subprocess.run(
        ["git", "-c", "core.autocrlf=false", *args], cwd=folder, env={**kept, "LC_ALL": "C", "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode in codes, (args, done)
    return done.stdout.decode()


def clones(folder: Path) -> tuple[Path, Path]:
    """Two clones of a bare repository with a first commit; the second one has our driver."""
    git(folder, "init", "-q", "--bare", "-b", "main", "origin")
    git(folder, "clone", "-q", "origin", "one")
    one, two = folder / "one", folder / "two"
    git(one, "checkout", "-q", "-b", "main")
    git(one, "commit", "-q", "--allow-empty", "-m", "begun")
    git(one, "push", "-q", "-u", "origin", "main")
    git(folder, "clone", "-q", "origin", "two")
    git(two, "config", "merge.vaultcrm.driver", f"{shlex.quote(sys.executable)} -m vaultcrm merge-driver %O %A %B %P")
    return one, two


def merged(number: int, seed: int = 1, is_hard: bool = False) -> Tally:
    """Merge so many notes, and judge each."""
    chance = random.Random(seed)
    tally = Tally(number, Counter(), Counter(), [])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        one, two = clones(Path(name))
        for start in range(0, number, AT_ONCE):
            _round(one, two, chance, range(start, min(start + AT_ONCE, number)), tally, is_hard)
            print(f"{min(start + AT_ONCE, number)} of {number}", file=sys.stderr, flush=True)
    return tally


def _round(one: Path, two: Path, chance: random.Random, numbers: range, tally: Tally, is_hard: bool) -> None:
    notes: dict[str, tuple[Sheet, Sheet, Sheet]] = {}
    for number in numbers:
        base = sheet(chance, chance.choice(list(KEYS)), number)
        ours, theirs = edited(chance, base, "one", is_hard), edited(chance, base, "two", is_hard)
        if ours != base and theirs != base:  # else git has nothing to merge
            notes[f"{number}.md"] = (base, theirs, ours)  # the second clone merges: its edits are ours
    for path, (base, *_) in notes.items():
        (one / path).write_bytes(base.write())
    _commit(one, "notes")
    git(one, "push", "-q")
    git(two, "pull", "-q", "--ff-only")
    for clone, i in ((one, 1), (two, 2)):
        for path, sides in notes.items():
            (clone / path).write_bytes(sides[i].write())
        _commit(clone, "edits")
    git(one, "push", "-q")
    git(two, "fetch", "-q")
    attributes = two / ".git/info/attributes"
    attributes.unlink(missing_ok=True)
    git(two, "merge", "-q", "--no-edit", "origin/main", codes=(0, 1))
    conflicts = _unmerged(two)
    for path in notes:
        is_readable = properties((two / path).read_bytes()) is not None
        tally.plain[("in conflict" if path in conflicts else "clean") + ("" if is_readable else ", unreadable")] += 1
    git(two, "reset", "-q", "--hard", "HEAD" if conflicts else "HEAD~1")
    attributes.write_text("*.md merge=vaultcrm\n")
    git(two, "merge", "-q", "--no-edit", "origin/main", codes=(0, 1))
    conflicts = _unmerged(two)
    for path, (base, theirs, ours) in notes.items():
        _judge(two, path, (base, ours, theirs), path in conflicts, tally)
    git(two, "add", "-A")
    git(two, "commit", "-q", "--allow-empty", "-m", "merged")
    git(two, "push", "-q")
    git(one, "pull", "-q", "--ff-only")


def _judge(clone: Path, path: str, sides: tuple[Sheet, Sheet, Sheet], is_conflict: bool, tally: Tally) -> None:
    base, ours, theirs = sides
    data = (clone / path).read_bytes()
    found = [] if is_conflict else faults(base, ours, theirs, data)
    _, clash = expected(base, ours, theirs)
    if is_conflict:
        tally.ours["in conflict, by a property" if clash else "in conflict, by the body alone"] += 1
        if not clash and base.body in (ours.body, theirs.body):
            found.append("a conflict that is none")
        if properties(data) is None or b"<<<<<<<" in data:
            found.append("it cannot be read")
        for stage, side in ((2, ours), (3, theirs)):
            if git(clone, "show", f":{stage}:{path}").encode() != side.write():
                found.append(f"stage {stage} is not what was written")
    else:
        tally.ours["clean"] += 1
    tally.faults.extend(f"{path}: {fault}" for fault in found)


def _commit(clone: Path, message: str) -> None:
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", message)


def _unmerged(clone: Path) -> set[str]:
    return {row.partition("\t")[2] for row in git(clone, "ls-files", "-u", "-z").split("\0") if row}


def main(number: str = "1000", seed: str = "1", how: str = "") -> int:
    begun = time.monotonic()
    tally = merged(int(number), int(seed), how == "hard")
    total = sum(tally.ours.values())
    for name, counts in (("key by key", tally.ours), ("git alone", tally.plain)):
        print(f"{name}: " + ", ".join(f"{count} {what} ({count / total:.1%})" for what, count in sorted(counts.items())))
    print(f"{total} notes changed on both sides, {len(tally.faults)} faults, {time.monotonic() - begun:.0f} s")
    for fault in tally.faults:
        print("FAULT", fault)
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
