"""Whole commands against a minimal click program and other tools, in one run, as ratios: the machine's speed drops out.

    python benchmarks/run.py [--notes 10000] [--rounds 11] [--vault FOLDER]

Each round runs every command once, one after the other; what counts is the median over the rounds.
Prints tables in Markdown, with the figures to reach.
"""

import argparse
import compileall
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from make_vault import make
from measure import Desk, medians
from peers import searches
from warmth import seconds_until_found

import vaultcrm

SETTLE = 3  # seconds: a file younger than the coarsest clock is read twice
# What to reach, as a multiple of a minimal click program: for 10,000 notes, and for 100,000.
TO_REACH = {
    "`--help`": (1.3, 1.3), "`due`": (2.5, 10.0), "`due`, a watcher running": (2.5, 3.0), "`client list`": (3.0, 12.0),
    "`brief CLIENT`": (4.0, 12.0), "`search WORD`": (5.0, None), "`search WORD`, a watcher running": (5.0, None),
    "`log CLIENT TEXT`": (2.5, 3.0), "`done ID`": (2.5, 3.0), "`follow-up add CLIENT TEXT`": (2.5, 3.0),
}  # fmt: skip
# All that a search imports, and nothing done with it
IMPORTS = (
    "import vaultcrm.cli.main, vaultcrm.cli.commands.search, vaultcrm.actions.as_json, vaultcrm.actions.search, vaultcrm.cli.context, json"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--vault", type=Path, help="a vault to copy, instead of making one")
    arguments = parser.parse_args()
    compileall.compile_dir(Path(vaultcrm.__file__).parent, quiet=1)  # as every installed package is
    with tempfile.TemporaryDirectory(prefix="vaultcrm-benchmark-") as name:
        vault = Path(name) / "vault"
        if arguments.vault:
            shutil.copytree(arguments.vault, vault)
        else:
            make(vault, arguments.notes)
        tables(Desk(Path(name), vault), arguments.rounds)


def tables(desk: Desk, rounds: int) -> None:
    notes = sum(1 for _ in desk.vault.rglob("*.md"))
    column = notes >= 50_000
    client = sorted(path.name for path in (desk.vault / "clients").iterdir() if path.is_dir())[7]
    word = usual_word(desk.vault)
    print(f"{notes} notes, {rounds} rounds, Python {sys.version.split()[0]}, {os.cpu_count()} cores\n", flush=True)

    time.sleep(SETTLE)
    ours = desk.ours
    first = desk.run([*ours, "stats"]).seconds
    two = desk.run([*ours, "index"])
    for _ in range(2):
        desk.run([*ours, "stats"])
    others, other_indexing = searches(desk, word)
    added = iter(range(10**6))
    ids = [item["id"] for item in json.loads(desk.run([*ours, "due", "--all", "--json"]).output)]
    reading = {
        "`--help`": [*desk.program, "--help"],
        "`due`": [*ours, "due"],
        "`client list`": [*ours, "client", "list"],
        "`brief CLIENT`": [*ours, "brief", client],
        "`search WORD`": [*ours, "search", word],
    }
    measured: dict[str, Callable[[], float]] = {"minimal": partial(seconds, desk, desk.minimal)}
    for name, command in {**reading, **others}.items():
        measured[name] = partial(seconds, desk, command)
    found = medians(rounds, measured)
    print("| command | ms | × a minimal click program | to reach |\n|---|---|---|---|")
    show(found, column, found["minimal"])

    writing: dict[str, Callable[[], float]] = {
        "minimal": partial(seconds, desk, desk.minimal),
        "`log CLIENT TEXT`": lambda: desk.run([*ours, "log", client, f"A short call about the price {next(added)}"]).seconds,
        "`done ID`": lambda: desk.run([*ours, "done", ids.pop()]).seconds,
        "`follow-up add CLIENT TEXT`": lambda: desk.run([*ours, "follow-up", "add", client, f"Send {next(added)}", "--due", "fri"]).seconds,
    }
    found = medians(rounds, writing)
    show(found, column, found["minimal"])

    desk.run([*ours, "index"])
    with subprocess.Popen([*ours, "--quiet", "watch"], env=desk.environment) as watcher:
        try:
            wait_for_watcher(desk)
            warm = {"`due`, a watcher running": [*ours, "due"], "`search WORD`, a watcher running": [*ours, "search", word]}
            measured = {"minimal": partial(seconds, desk, desk.minimal)}
            for name, command in warm.items():
                measured[name] = partial(seconds, desk, command)
            found = medians(rounds, measured)
            show(found, column, found["minimal"])
            visible = seconds_until_found(desk, min(rounds, 7))
        finally:
            watcher.terminate()
    memory = desk.megabytes([*ours, "search", word]) - desk.megabytes([sys.executable, "-c", IMPORTS])
    for folder in (desk.folder / "CACHE").rglob("search-*"):
        shutil.rmtree(folder)
    one = desk.run([sys.executable, "-c", ONE_PROCESS, *ours[1:], "index"])
    print("\n| | reached | to reach |\n|---|---|---|")
    print(f"| first reading of all notes | {first:.1f} s | ≤ 6 s for 10,000 |")
    print(f"| first index, two processes | {notes / two.seconds:.0f} notes/s | ≥ 700 |")
    print(f"| first index, one process | {notes / one.seconds:.0f} notes/s | ≥ 400 |")
    print(f"| memory of the first index, the larger of two processes | {two.megabytes:.0f} MB | ≤ 600 |")
    print(f"| memory of the first index, one process | {one.megabytes:.0f} MB | ≤ 600 |")
    print(f"| memory of `search` beyond Python and imports | {memory:.1f} MB | ≤ 20 |")
    print(f"| a changed note found through the watcher, after the quiet time | {visible * 1000:.0f} ms | ≤ 50 |")
    for name, taken in other_indexing.items():
        print(f"| first index, {name} | {notes / taken:.0f} notes/s | |")


def seconds(desk: Desk, command: list[str]) -> float:
    return desk.run(command).seconds


def show(found: dict[str, float], column: bool, base: float) -> None:
    for name, median in found.items():
        bound = TO_REACH.get(name, (None, None))[column]
        if name != "minimal":
            print(f"| {name} | {median * 1000:.0f} | {median / base:.2f} | {f'≤ {bound}' if bound else ''} |")
    print(f"| a minimal click program | {base * 1000:.0f} | 1 | |", flush=True)


# The index made by one process, whatever there is to do
ONE_PROCESS = "import vaultcrm.search.index as index; index.WORTH_TWO = 10**9; from vaultcrm.cli.main import main; main()"


def usual_word(vault: Path) -> str:
    """A word that about one note in twenty has."""
    paths = sorted(vault.rglob("*.md"))[::37]
    counts: Counter[str] = Counter(word for path in paths for word in set(re.findall(r"[a-z]{5,}", path.read_text("utf-8"))))
    return min(counts, key=lambda word: (abs(counts[word] - len(paths) / 20), word))


def wait_for_watcher(desk: Desk) -> None:
    for _ in range(600):
        done = desk.run([*desk.ours, "watch", "--status", "--json"], (0, 1))
        if json.loads(done.output)["complete"]:
            return
        time.sleep(0.5)
    raise SystemExit("the watcher does not come to an end with its first look")


if __name__ == "__main__":
    main()
