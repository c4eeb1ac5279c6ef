"""Random edits of two devices on the same notes, merged by git with our driver. Run by hand; prints figures.

    python -m tests.robustness.merging 1000 [seed] [hard]

A bare repository and two clones of it: notes are committed, each clone changes one to three things
in each of them, one pushes, the other merges. What ought to come out is worked out from the edits
themselves (`merge_rules.py`). With "hard" all edits are of properties, where devices get in each
other's way more often.

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
from pathlib import Path
from typing import NamedTuple

from tests.robustness.merge_rules import KEYS, Sheet, edited, expected, faults, properties, sheet

AT_ONCE = 100  # notes in one merge


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
