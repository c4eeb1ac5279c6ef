"""Measures whole commands against a minimal Click program and other tools, as ratios that don't depend on the machine's speed.

    python benchmarks/run.py [--notes 10000] [--rounds 11] [--vault FOLDER]

Each round runs every command once, one after the other; the result is the median over the rounds.
Prints Markdown tables with the results and the targets.
"""

import argparse
import compileall
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from make_vault import make
from measure import Sandbox, medians
from peers import searches
from warmth import median_seconds_until_found

import vaultcrm

SETTLE_SECONDS = 3  # a file that was changed less than 2.5 seconds before it was read is read again
# Targets as multiples of a minimal Click program: for 10,000 notes, and for 100,000
TARGETS = {
    "`--help`": (1.3, 1.3), "`due`": (2.5, 10.0), "`due`, a watcher running": (2.5, 3.0), "`client list`": (3.0, 12.0),
    "`brief CLIENT`": (4.0, 12.0), "`coverage`": (6.0, None), "`search WORD`": (5.0, None), "`search WORD`, a watcher running": (5.0, None),
    "`log CLIENT TEXT`": (2.5, 3.0), "`done ID`": (2.5, 3.0), "`follow-up add CLIENT TEXT`": (2.5, 3.0),
}  # fmt: skip
# Everything that a search imports
IMPORTS = (
    "import vaultcrm.cli.main, vaultcrm.cli.commands.search, vaultcrm.actions.as_json, vaultcrm.actions.search, vaultcrm.cli.context, json"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--vault", type=Path, help="copy this vault instead of making one")
    arguments = parser.parse_args()
    compileall.compile_dir(Path(vaultcrm.__file__).parent, quiet=1)  # as the installer does
    with tempfile.TemporaryDirectory(prefix="vaultcrm-benchmark-") as name:
        vault = Path(name) / "vault"
        if arguments.vault:
            shutil.copytree(arguments.vault, vault)
        else:
            make(vault, arguments.notes)
        print_tables(Sandbox(Path(name), vault), arguments.rounds)


def print_tables(sandbox: Sandbox, rounds: int) -> None:
    notes = sum(1 for _ in sandbox.vault.rglob("*.md"))
    is_large = notes >= 50_000
    client = sorted(path.name for path in (sandbox.vault / "clients").iterdir() if path.is_dir())[7]
    word = common_word(sandbox.vault)
    base = sandbox.vaultcrm
    print(f"{notes} notes, {rounds} rounds, Python {sys.version.split()[0]}, {os.cpu_count()} cores\n", flush=True)

    time.sleep(SETTLE_SECONDS)
    first_read = sandbox.run([*base, "stats"]).seconds
    two_processes = sandbox.run([*base, "index"])
    for _ in range(2):
        sandbox.run([*base, "stats"])
    other_tools, other_indexing = searches(sandbox, word)
    reading = {
        "`--help`": [*sandbox.program, "--help"],
        "`due`": [*base, "due"],
        "`client list`": [*base, "client", "list"],
        "`brief CLIENT`": [*base, "brief", client],
        "`coverage`": [*base, "coverage"],
        "`search WORD`": [*base, "search", word],
    }
    sandbox.run([*base, "coverage"])  # reads the talks for their promises, once
    print("| command | ms | × a minimal Click program | target |\n|---|---|---|---|")
    print_rows(measure_commands(sandbox, rounds, {**reading, **other_tools}), is_large)
    print_rows(measure_writing(sandbox, rounds, client), is_large)

    sandbox.run([*base, "index"])
    with subprocess.Popen([*base, "--quiet", "watch"], env=sandbox.environment) as watcher:
        try:
            wait_for_watcher(sandbox)
            warm = {"`due`, a watcher running": [*base, "due"], "`search WORD`, a watcher running": [*base, "search", word]}
            print_rows(measure_commands(sandbox, rounds, warm), is_large)
            until_found = median_seconds_until_found(sandbox, min(rounds, 7))
        finally:
            watcher.terminate()
    memory = sandbox.megabytes([*base, "search", word]) - sandbox.megabytes([sys.executable, "-c", IMPORTS])
    for folder in (sandbox.folder / "CACHE").rglob("search-*"):
        shutil.rmtree(folder)
    one_process = sandbox.run([sys.executable, "-c", ONE_PROCESS, *base[1:], "index"])
    print("\n| | result | target |\n|---|---|---|")
    print(f"| first read of all notes | {first_read:.1f} s | ≤ 6 s for 10,000 |")
    print(f"| first index, two processes | {notes / two_processes.seconds:.0f} notes/s | ≥ 700 |")
    print(f"| first index, one process | {notes / one_process.seconds:.0f} notes/s | ≥ 400 |")
    print(f"| memory of the first index, the larger of two processes | {two_processes.megabytes:.0f} MB | ≤ 600 |")
    print(f"| memory of the first index, one process | {one_process.megabytes:.0f} MB | ≤ 600 |")
    print(f"| memory of `search` beyond Python and imports | {memory:.1f} MB | ≤ 20 |")
    print(f"| a changed note indexed by the watcher, after debouncing | {until_found * 1000:.0f} ms | ≤ 50 |")
    for name, indexing_seconds in other_indexing.items():
        print(f"| first index, {name} | {notes / indexing_seconds:.0f} notes/s | |")


def measure_commands(sandbox: Sandbox, rounds: int, commands: Mapping[str, list[str]]) -> dict[str, float]:
    """The median seconds of each command, and of the minimal program."""
    return medians(rounds, {name: partial(seconds, sandbox, command) for name, command in {"minimal": sandbox.minimal, **commands}.items()})


def measure_writing(sandbox: Sandbox, rounds: int, client: str) -> dict[str, float]:
    """The median seconds of commands that write, each time something else, and of the minimal program."""
    log, add = [*sandbox.vaultcrm, "log", client], [*sandbox.vaultcrm, "follow-up", "add", client, "--due", "fri"]
    ids = [item["id"] for item in json.loads(sandbox.run([*sandbox.vaultcrm, "due", "--all", "--json"]).output)]
    numbers = itertools.count()
    return medians(
        rounds,
        {
            "minimal": partial(seconds, sandbox, sandbox.minimal),
            "`log CLIENT TEXT`": lambda: seconds(sandbox, [*log, f"A short call about the price {next(numbers)}"]),
            "`done ID`": lambda: seconds(sandbox, [*sandbox.vaultcrm, "done", ids.pop()]),
            "`follow-up add CLIENT TEXT`": lambda: seconds(sandbox, [*add, f"Send {next(numbers)}"]),
        },
    )


def seconds(sandbox: Sandbox, command: list[str]) -> float:
    return sandbox.run(command).seconds


def print_rows(results: dict[str, float], is_large: bool) -> None:
    """A row for each command, and the minimal program that they are compared with as the last one."""
    minimal = results["minimal"]
    for name, median in results.items():
        target = TARGETS.get(name, (None, None))[is_large]
        if name != "minimal":
            print(f"| {name} | {median * 1000:.0f} | {median / minimal:.2f} | {f'≤ {target}' if target else ''} |")
    print(f"| a minimal Click program | {minimal * 1000:.0f} | 1 | |", flush=True)


# vaultcrm without a second indexing process, however long the queue is
ONE_PROCESS = (
    "from vaultcrm.search import index; assert index.PARALLEL_THRESHOLD; index.PARALLEL_THRESHOLD = 10**9;"
    "from vaultcrm.cli.main import main; main()"
)


def common_word(vault: Path) -> str:
    """A word that about one note in twenty has."""
    paths = sorted(vault.rglob("*.md"))[::37]
    counts: Counter[str] = Counter(word for path in paths for word in set(re.findall(r"\b[a-z]{5,}\b", path.read_text("utf-8"))))
    return min(counts, key=lambda word: (abs(counts[word] - len(paths) / 20), word))


def wait_for_watcher(sandbox: Sandbox) -> None:
    """Wait until the watcher has finished its first refresh."""
    for _ in range(600):
        status = sandbox.run([*sandbox.vaultcrm, "watch", "--status", "--json"], (0, 1))
        if json.loads(status.output)["complete"]:
            return
        time.sleep(0.5)
    raise SystemExit("the watcher did not finish its first refresh within five minutes")


if __name__ == "__main__":
    main()
