"""A whole process measured: how long it takes, and how much memory it has at its largest."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

MINIMAL = "import click\n@click.command()\ndef main(): click.echo('hello')\nmain()\n"


class Run(NamedTuple):
    seconds: float
    megabytes: float
    output: str


class Desk:
    """Runs commands with a home, a cache and a state of their own, in one folder."""

    def __init__(self, folder: Path, vault: Path) -> None:
        self.folder = folder
        self.vault = vault
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("VAULTCRM", "PYTHON"))}
        homes = {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CACHE", "STATE", "CONFIG")}
        self.environment = kept | {"HOME": str(folder)} | homes
        self.program = [str(Path(sys.executable).parent / "vaultcrm")]
        self.ours = [*self.program, "--vault", str(vault), "--today", "2026-11-22"]
        minimal = folder / "minimal.py"
        minimal.write_text(MINIMAL)
        self.minimal = [sys.executable, str(minimal)]

    def run(self, command: Sequence[str], codes: Sequence[int] = (0,)) -> Run:
        """Run a command to its end. Any other exit code ends the benchmark: what failed was not measured."""
        start = time.perf_counter()
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            raise SystemExit(f"{list(command)} ended with {process.returncode}")
        return Run(taken, usage.ru_maxrss / 1024, output.decode("utf-8", "replace"))

    def megabytes(self, command: Sequence[str]) -> float:
        """The largest memory of a small command. A child begins with its parent's figure, so the parent is a bare Python."""
        done = subprocess.run([sys.executable, "-I", "-S", "-c", _PARENT, *command], env=self.environment, capture_output=True, text=True)
        return int(done.stderr.split()[-1]) / 1024


_PARENT = """
import os, sys
nothing = os.open(os.devnull, os.O_WRONLY)
to_nothing = [(os.POSIX_SPAWN_DUP2, nothing, 1), (os.POSIX_SPAWN_DUP2, nothing, 2)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=to_nothing)
print(os.wait4(child, 0)[2].ru_maxrss, file=sys.stderr)
"""


def medians(rounds: int, measured: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Each thing measured once a round, one after the other; the median of each over the rounds."""
    taken: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, measure in measured.items():
            taken[name].append(measure())
    return {name: statistics.median(values) for name, values in taken.items()}
