"""Make each writing call of a sync fail, its own and those of Git, find the disk full from there on, or be the last before a kill.

After each fault the vault is as it was before or as it is after the sync, or `sync --status` says that something is
unfinished. Then both sides sync again, and every word that either side wrote must be in both clones.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.fork_server import run_vaultcrm
from tests.robustness import disk_faults
from tests.robustness.git_failures import Trial, copy_of, is_merged, losses, message_faults, template
from tests.robustness.sync_world import read_tree


class Sweep(NamedTuple):
    """How many faults were injected, and what was wrong after them."""

    number: int
    faults: list[str]


def sweep(mode: str, every: int = 1, first: int = 1) -> Sweep:
    """Try every n-th writing call of one sync, from the first one on, in one mode."""
    faults: list[str] = []
    with template() as made, tempfile.TemporaryDirectory() as name:
        library = disk_faults.compiled(Path(name))
        count = copy_of(made, "count")
        _sync(count, library, {})
        calls = (count.folder / "calls").stat().st_size
        shutil.rmtree(count.folder)
        tried = range(first, calls + 1, every)
        for at in tried:
            faults += [f"{mode} at call {at} of {calls}: {fault}" for fault in _try(made, library, mode, at)]
    return Sweep(len(tried), faults)


def _sync(trial: Trial, library: str, fault: dict[str, str]) -> tuple[int, str]:
    """Sync with a fault in the vault, its Git directory or the journal; the exit code and the messages."""
    state = os.environ.get("XDG_STATE_HOME", os.path.expanduser("~/.local/state"))
    variables = {"FAULT_ROOTS": f"{trial.vault}:{state}", "FAULT_LOG": str(trial.folder / "calls"), "LD_PRELOAD": library, **fault}
    words = ["--today", "2026-11-16T09:30", "--vault", str(trial.vault), "sync"]
    done = run_vaultcrm(*words, env={**os.environ, **variables}, preload=library)
    return done.returncode, done.stderr


def _try(made: Trial, library: str, mode: str, at: int) -> list[str]:
    """What is wrong after one fault."""
    trial = copy_of(made, "trial")
    try:
        before = read_tree(trial.vault)
        code, said = _sync(trial, library, {"FAULT_AT": str(at), "FAULT_MODE": mode})
        after = read_tree(trial.vault)
        faults = message_faults(code, said)
        if code == 0 and not is_merged(after):
            faults.append("it ends with 0, and the vault isn't merged")
        if after != before and not is_merged(after) and not trial.is_unfinished():
            faults.append(f"the vault is half merged, and nothing says so: {said.strip()[-300:]}")
        trial.remove_locks()
        for side in (trial.vault, trial.other, trial.vault):
            again = trial.sync(side)
            if again.returncode not in (0, 1):
                faults.append(f"the next sync in {side.name} ends with {again.returncode}: {again.stderr.strip()}")
        return faults + losses(trial)
    finally:
        shutil.rmtree(trial.folder)
