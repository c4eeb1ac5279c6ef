"""Whole commands against a minimal click program, in one run, as ratios: the machine's own speed drops out.

    python benchmarks/run.py [--notes 10000] [--rounds 11] [--vault FOLDER]

Each round runs every command once, one after the other; what counts is the median over the rounds.
Prints a table in Markdown, with the figure to reach.
"""

import argparse
import compileall
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from make_vault import make

import vaultcrm

MINIMAL = "import click\n@click.command()\ndef main(): click.echo('hello')\nmain()\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--vault", type=Path, help="a vault to copy, instead of making one")
    arguments = parser.parse_args()
    compileall.compile_dir(Path(vaultcrm.__file__).parent, quiet=1)  # as every installed package is
    with tempfile.TemporaryDirectory(prefix="vaultcrm-benchmark-") as name:
        folder = Path(name)
        vault = folder / "vault"
        if arguments.vault:
            shutil.copytree(arguments.vault, vault)
        else:
            make(vault, arguments.notes)
        table(folder, vault, arguments.rounds)


def table(folder: Path, vault: Path, rounds: int) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VAULTCRM", "PYTHON"))}
    environment |= {"HOME": str(folder), **{f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CACHE", "STATE", "CONFIG")}}
    minimal = folder / "minimal.py"
    minimal.write_text(MINIMAL)
    client = sorted((vault / "clients").iterdir())[7].name
    program = str(Path(sys.executable).parent / "vaultcrm")
    ours = [program, "--vault", str(vault), "--today", "2026-11-22"]

    def seconds(command: list[str], *codes: int) -> float:
        start = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        taken = time.perf_counter() - start
        if done.returncode not in (0, *codes):
            raise SystemExit(f"{command} ended with {done.returncode}: {done.stderr}")
        return taken

    settle = 3  # seconds: a file younger than the coarsest clock is read twice
    time.sleep(settle)
    first = seconds([*ours, "stats"])
    for _ in range(2):
        seconds([*ours, "stats"])
    ids = open_follow_ups(ours, environment)
    minimal_command = [sys.executable, str(minimal)]
    reading = {
        "`--help`": ([program, "--help"], 1.3),
        "`due`": ([*ours, "due"], 2.5),
        "`client list`": ([*ours, "client", "list"], 3.0),
        "`brief CLIENT`": ([*ours, "brief", client], 4.0),
    }
    writing = {
        "`log CLIENT TEXT`": ([*ours, "log", client, "A short call about the price"], 2.5),
        "`done ID`": ([*ours, "done"], 2.5),
    }
    notes = sum(1 for _ in vault.rglob("*.md"))
    print(f"{notes} notes, {rounds} rounds, Python {sys.version.split()[0]}, {os.cpu_count()} cores\n")
    print("| command | ms | × a minimal click program | to reach |\n|---|---|---|---|")
    for commands in (reading, writing):  # apart: what was just written is looked at again by whoever reads
        taken: dict[str, list[float]] = {"minimal": [], **{name: [] for name in commands}}
        for _ in range(rounds):
            taken["minimal"].append(seconds(minimal_command))
            for name, (command, _) in commands.items():
                taken[name].append(seconds([*command, ids.pop()] if name == "`done ID`" else command))
        base = statistics.median(taken["minimal"])
        for name, (_, bound) in commands.items():
            median = statistics.median(taken[name])
            print(f"| {name} | {median * 1000:.0f} | {median / base:.2f} | ≤ {bound} |")
    print(f"| first reading of all notes | {first * 1000:.0f} | | ≤ 6000 ms for 10,000 |")
    print(f"\nA minimal click program: {base * 1000:.0f} ms.")


def open_follow_ups(ours: list[str], environment: dict[str, str]) -> list[str]:
    """The handles of follow-ups that can be done."""
    import json

    said = subprocess.run([*ours, "due", "--all", "--json"], env=environment, capture_output=True, text=True, check=True).stdout
    return [item["id"] for item in json.loads(said)]


if __name__ == "__main__":
    main()
