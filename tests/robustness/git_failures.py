"""Let the n-th call of Git during a sync fail, be killed, find the disk full, or be the last before a kill; nothing may be lost.

A program called git stands before the real one on the PATH and counts the calls. After each failure the vault
must be as it was before or as it is after the sync, or `sync --status` must say that something is unfinished.
Then both sides sync again, and every word that either side wrote must be in both clones.
"""

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.fork_server import run_vaultcrm
from tests.robustness.sync_world import git, read_tree, set_identity
from tests.support import write_files

# What happens at the n-th call, as lines of a shell script; $real is Git.
FAILURES = {
    "ends with 1": "exit 1",
    "ends with 128": "echo 'fatal: injected' >&2; exit 128",
    "is killed": "kill -9 $$",
    "is killed after its work": '"$real" "$@"; kill -9 $$',
    "fails after its work": '"$real" "$@"; exit 1',
    "may write no large file": 'trap \'\' XFSZ; ulimit -f 4; exec "$real" "$@"',
    "is the last before vaultcrm is killed": '"$real" "$@"; kill -9 $PPID; exit 1',
    "is never made, as vaultcrm is killed": "kill -9 $PPID; exit 1",
}
_WORD = re.compile(rb"w\d+x")
CLIENT = "---\ntype: client\nstatus: active\nrate: 60\nphone:\n  - w1x\n---\n\nFirst w2x.\n\nMiddle.\n\nLast.\n"
BIG = "".join(f"Line {number} of a long note.\n" for number in range(600))
BASE: dict[str, str | bytes] = {
    "clients/Acme/Acme.md": CLIENT, "clients/Acme/a.md": "one w3x\n\ntwo\n\nthree\n", "clients/Acme/gone.md": "to be deleted there\n",
    "clients/Acme/files/x.bin": b"\0" * 9000, "clients/Acme/both.md": "both\n", "clients/Acme/big.md": BIG, "inbox/Idea.md": "w4x\n",
}  # fmt: skip
OURS: dict[str, str | bytes] = {
    "clients/Acme/Acme.md": CLIENT.replace("60", "80").replace("First", "First w10x"),
    "clients/Acme/a.md": "one w3x w11x\n\ntwo\n\nthree\n", "clients/Acme/both.md": "both w12x\n", "clients/Acme/ours.md": "w13x\n",
    "inbox/Same.md": "w14x\n",
}  # fmt: skip
THEIRS: dict[str, str | bytes] = {
    "clients/Acme/Acme.md": CLIENT.replace("60", "85").replace("Last", "Last w20x"), "clients/Acme/a.md": "one w3x\n\ntwo\n\nthree w21x\n",
    "clients/Acme/both.md": "both w22x\n", "clients/Acme/theirs.md": "w23x\n" + BIG, "inbox/Same.md": "w24x\n",
    "clients/Acme/files/x.bin": b"\0" * 9000 + b"w25x", "clients/Acme/big.md": BIG + "w26x\n", "new/w27x.md": "w28x\n",
}  # fmt: skip
DELETED_THERE, RENAMED_THERE = "clients/Acme/gone.md", ("inbox/Idea.md", "clients/Acme/Idea.md")


class Sweep(NamedTuple):
    """How often each failure was tried, and what was wrong afterwards."""

    tries: Counter[str]
    faults: list[str]


class Trial(NamedTuple):
    """A vault with an origin and another clone that has already pushed, in folders of their own."""

    folder: Path

    @property
    def vault(self) -> Path:
        return self.folder / "a"

    @property
    def other(self) -> Path:
        return self.folder / "b"

    def sync(self, side: Path, path: str = "") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}" if path else os.environ["PATH"]}
        return run_vaultcrm("--today", "2026-11-16T09:30", "--vault", str(side), "sync", env=environment)

    def is_unfinished(self) -> bool:
        done = run_vaultcrm("--vault", str(self.vault), "sync", "--status", "--json")
        return done.returncode != 0 or '"unfinished": ""' not in done.stdout

    def remove_locks(self) -> None:
        """What the messages tell the user to do after Git was killed."""
        for folder in (self.vault / ".git", self.folder / "origin.git"):
            for lock in folder.rglob("*.lock"):
                lock.unlink()


@contextmanager
def template() -> Iterator[Trial]:
    """A trial that the others are copies of."""
    with tempfile.TemporaryDirectory(prefix="vaultcrm-git-failures-") as name:
        folder = Path(os.path.realpath(name))
        home = folder / "home"
        home.mkdir()
        set_identity(home)
        made = Trial(folder / "template")
        write_files(made.vault, BASE)
        assert run_vaultcrm("init", "-q", "--no-obsidian", "--git", str(made.vault)).returncode == 0
        git(made.folder, "init", "--quiet", "--bare", "origin.git")
        git(made.vault, "remote", "add", "origin", "../origin.git")
        assert made.sync(made.vault).returncode == 0
        git(made.folder, "clone", "--quiet", "origin.git", "b")
        git(made.other, "remote", "set-url", "origin", "../origin.git")
        write_files(made.other, THEIRS)
        (made.other / DELETED_THERE).unlink()
        (made.other / RENAMED_THERE[0]).rename(made.other / RENAMED_THERE[1])
        assert made.sync(made.other).returncode == 0
        write_files(made.vault, OURS)
        yield made


def copy_of(made: Trial, name: str) -> Trial:
    folder = made.folder.parent / name
    shutil.copytree(made.folder, folder, symlinks=True)
    return Trial(folder)


def stand_in(folder: Path, failure: str, is_it: str) -> str:
    """A folder with a program called git that fails when the shell test `is_it` holds; $n is the number of the call."""
    (folder / "bin").mkdir()
    program = folder / "bin/git"
    program.write_text(
        f'#!/bin/bash\nreal={shutil.which("git")}\n[ -n "$COUNTED" ] && exec "$real" "$@"\nexport COUNTED=1\n'
        f"echo >> '{folder}/calls'; n=$(wc -l < '{folder}/calls'); words=\" $* \"\n"
        f'if {is_it}; then {failure}; fi\nexec "$real" "$@"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(folder / "bin")


def try_failure(made: Trial, failure: str, is_it: str) -> list[str]:
    """One sync in which Git fails, and what is wrong afterwards."""
    trial = copy_of(made, "trial")
    try:
        before = read_tree(trial.vault)
        done = trial.sync(trial.vault, stand_in(trial.folder, FAILURES[failure], is_it))
        faults = message_faults(done.returncode, done.stderr)
        after = read_tree(trial.vault)
        if after != before and not is_merged(after) and not trial.is_unfinished():
            missing = b" ".join(sorted(ALL_WORDS - _words(after))).decode()
            faults.append(f"the vault is half merged, without {missing or 'a deletion'}, and nothing says so")
        trial.remove_locks()
        for side in (trial.vault, trial.other, trial.vault):
            again = trial.sync(side)
            if again.returncode not in (0, 1):
                faults.append(f"the next sync in {side.name} ends with {again.returncode}: {again.stderr.strip()}")
        return faults + losses(trial)
    finally:
        shutil.rmtree(trial.folder)


def message_faults(code: int, said: str) -> list[str]:
    """An exit code or a message that no sync may end with."""
    if code in (0, 1, 4, 5, 6, -9) and "Traceback" not in said:
        return []
    return [f"it ends with {code}: {said.strip()[-300:]}"]


def _words(files: dict[str, bytes]) -> set[bytes]:
    return set(_WORD.findall(b"\n".join([*files.values(), *map(os.fsencode, files)])))


ALL_WORDS = _words(
    {path: text if isinstance(text, bytes) else text.encode() for side in (BASE, OURS, THEIRS) for path, text in side.items()}
)


def is_merged(files: dict[str, bytes]) -> bool:
    """Whether every word of both sides is there, and what they deleted is gone."""
    return _words(files) >= ALL_WORDS and DELETED_THERE not in files and RENAMED_THERE[0] not in files


def losses(trial: Trial) -> list[str]:
    """What differs between the clones, is lost, or is left over."""
    here, there = read_tree(trial.vault), read_tree(trial.other)
    faults = [f"differs: {path}" for path in sorted(here.keys() | there.keys()) if here.get(path) != there.get(path)]
    faults += [f"lost: {word.decode()}" for word in sorted(ALL_WORDS - _words(here))]
    faults += [f"back again: {path}" for path in (DELETED_THERE, RENAMED_THERE[0]) if path in here]
    if here.get("clients/Acme/big.md") != (BIG + "w26x\n").encode():
        faults.append("big.md is torn")
    for side in (trial.vault, trial.other):
        faults += [f"{side.name}: not committed: {line}" for line in git(side, "status", "--porcelain").splitlines()]
        faults += [
            f"{side.name}: left: {name}" for name in ("vaultcrm-sync", "MERGE_HEAD", "index.lock") if (side / ".git" / name).exists()
        ]
    return faults


def sweep(tell: Callable[[str], None] = lambda _: None, only: str = "") -> Sweep:
    """Every failure at every call of one sync."""
    tries, faults = Counter[str](), list[str]()
    with template() as made:
        trial = copy_of(made, "count")
        trial.sync(trial.vault, stand_in(trial.folder, "true", "false"))
        calls = len((trial.folder / "calls").read_text().splitlines())
        shutil.rmtree(trial.folder)
        for failure in FAILURES:
            if only and failure != only:
                continue
            for number in range(1, calls + 1):
                found = try_failure(made, failure, f"[ $n = {number} ]")
                faults += [f"call {number} of {calls} {failure}: {fault}" for fault in found]
                tries[failure] += 1
            tell(f"{failure}: {calls} calls, {len(faults)} faults")
    return Sweep(tries, faults)
