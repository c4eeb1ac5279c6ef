"""Measures whole processes: how long they take, and how much memory they use at most."""

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
    """A finished process. `megabytes` is its largest resident set size."""

    seconds: float
    megabytes: float
    output: str


class Sandbox:
    """Runs commands with a home, a cache and a state in one folder, so that the user's own don't count."""

    def __init__(self, folder: Path, vault: Path) -> None:
        self.folder = folder
        self.vault = vault
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("VAULTCRM", "PYTHON"))}
        homes = {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CACHE", "STATE", "CONFIG")}
        self.environment = kept | {"HOME": str(folder)} | homes
        self.program = [str(Path(sys.executable).parent / "vaultcrm")]
        self.vaultcrm = [*self.program, "--vault", str(vault), "--today", "2026-11-22"]
        minimal = folder / "minimal.py"
        minimal.write_text(MINIMAL)
        self.minimal = [sys.executable, str(minimal)]

    def run(self, command: Sequence[str], codes: Sequence[int] = (0,)) -> Run:
        """Run a command to its end. Any exit code other than `codes` ends the benchmark, because a failure measures nothing."""
        start = time.perf_counter()
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            raise SystemExit(f"{list(command)} ended with {process.returncode}")
        return Run(seconds, usage.ru_maxrss / 1024, output.decode("utf-8", "replace"))

    def megabytes(self, command: Sequence[str]) -> float:
        """The largest resident set size of a command. It starts at that of the parent process, so the parent is a bare Python."""
        result = subprocess.run([sys.executable, "-I", "-S", "-c", _PARENT, *command], env=self.environment, capture_output=True, text=True)
        return int(result.stderr.split()[-1]) / 1024


_PARENT = """
import os, sys
null = os.open(os.devnull, os.O_WRONLY)
discard_output = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=discard_output)
print(os.wait4(child, 0)[2].ru_maxrss, file=sys.stderr)
"""


def medians(rounds: int, measurements: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The median of each measurement over several rounds. Each round takes every measurement once, one after the other."""
    results: dict[str, list[float]] = {name: [] for name in measurements}
    for _ in range(rounds):
        for name, measure in measurements.items():
            results[name].append(measure())
    return {name: statistics.median(values) for name, values in results.items()}
