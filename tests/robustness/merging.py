"""Random edits of the same notes on two devices, merged by Git with vaultcrm's merge driver. Run by hand.

    python -m tests.robustness.merging 1000 [seed] [hard]

There are a bare repository and two clones. Notes are committed, each clone makes one to three edits
in each note, one clone pushes, and the other merges. The expected result is computed from the edits
themselves (`merge_rules.py`). With "hard", only properties are edited, which conflict more often.

Prints figures. Exits with 1 if there is a fault: a note that can't be read, a missing value or line,
a needless conflict, or a conflict that doesn't keep both sides.
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

from tests.robustness.merge_rules import KEYS, ModelNote, edit_randomly, expected, merge_faults, random_note, read_properties

BATCH = 100  # notes in one merge


class Tally(NamedTuple):
    """The outcomes of the merges, counted, with vaultcrm's driver (`ours`) and with Git alone (`plain`); a fault names its note."""

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
    """Two clones of a bare repository with one commit. In the second one, vaultcrm's merge driver is set up."""
    git(folder, "init", "-q", "--bare", "-b", "main", "origin")
    git(folder, "clone", "-q", "origin", "one")
    one, two = folder / "one", folder / "two"
    git(one, "checkout", "-q", "-b", "main")
    git(one, "commit", "-q", "--allow-empty", "-m", "begun")
    git(one, "push", "-q", "-u", "origin", "main")
    git(folder, "clone", "-q", "origin", "two")
    git(two, "config", "merge.vaultcrm.driver", f"{shlex.quote(sys.executable)} -m vaultcrm merge-driver %O %A %B %P")
    return one, two


def run_merges(number: int, seed: int = 1, properties_only: bool = False) -> Tally:
    """Merge `number` notes and check each result."""
    rng = random.Random(seed)
    tally = Tally(number, Counter(), Counter(), [])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        one, two = clones(Path(name))
        for start in range(0, number, BATCH):
            _round(one, two, rng, range(start, min(start + BATCH, number)), tally, properties_only)
            print(f"{min(start + BATCH, number)} of {number}", file=sys.stderr, flush=True)
    return tally


def _round(one: Path, two: Path, rng: random.Random, numbers: range, tally: Tally, is_hard: bool) -> None:
    notes: dict[str, tuple[ModelNote, ModelNote, ModelNote]] = {}
    for number in numbers:
        base = random_note(rng, rng.choice(list(KEYS)), number)
        ours, theirs = edit_randomly(rng, base, "one", is_hard), edit_randomly(rng, base, "two", is_hard)
        if ours != base and theirs != base:  # otherwise Git has nothing to merge
            notes[f"{number}.md"] = (base, theirs, ours)  # the second clone merges: its edits are ours
    for path, (base, *_) in notes.items():
        (one / path).write_bytes(base.to_bytes())
    _commit(one, "notes")
    git(one, "push", "-q")
    git(two, "pull", "-q", "--ff-only")
    for clone, i in ((one, 1), (two, 2)):
        for path, sides in notes.items():
            (clone / path).write_bytes(sides[i].to_bytes())
        _commit(clone, "edits")
    git(one, "push", "-q")
    git(two, "fetch", "-q")
    attributes = two / ".git/info/attributes"
    attributes.unlink(missing_ok=True)
    git(two, "merge", "-q", "--no-edit", "origin/main", codes=(0, 1))
    conflicts = _unmerged(two)
    for path in notes:
        is_readable = read_properties((two / path).read_bytes()) is not None
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


def _judge(clone: Path, path: str, sides: tuple[ModelNote, ModelNote, ModelNote], is_conflict: bool, tally: Tally) -> None:
    base, ours, theirs = sides
    data = (clone / path).read_bytes()
    found = [] if is_conflict else merge_faults(base, ours, theirs, data)
    _, conflicting_keys = expected(base, ours, theirs)
    if is_conflict:
        tally.ours["in conflict, by a property" if conflicting_keys else "in conflict, by the body alone"] += 1
        if not conflicting_keys and base.body in (ours.body, theirs.body):
            found.append("a needless conflict")
        if read_properties(data) is None or b"<<<<<<<" in data:
            found.append("it cannot be read")
        for stage, side in ((2, ours), (3, theirs)):
            if git(clone, "show", f":{stage}:{path}").encode() != side.to_bytes():
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
    started = time.monotonic()
    tally = run_merges(int(number), int(seed), how == "hard")
    total = sum(tally.ours.values())
    for name, counts in (("key by key", tally.ours), ("git alone", tally.plain)):
        print(f"{name}: " + ", ".join(f"{count} {what} ({count / total:.1%})" for what, count in sorted(counts.items())))
    print(f"{total} notes changed on both sides, {len(tally.faults)} faults, {time.monotonic() - started:.0f} s")
    for fault in tally.faults:
        print("FAULT", fault)
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
