"""Reading commands over any folder: not a byte and not a time of it changes."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.robustness.desk import HANDS, PATIENCE, READING_CODES, SECONDS, Desk, Run, desk, differing, faults_of, looks, put


class Reading(NamedTuple):
    """What reading a folder by every reading command has shown."""

    name: str
    files: int
    commands: int
    first: float
    slowest: Run
    faults: list[str]


def reading_commands(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Every reading command, about all and about each name, plain, as JSON and in colour."""
    plain = [("due", "--all"), ("client", "list"), ("project", "list", "--all"), ("decisions", "--all"), ("stale",), ("check",), ("stats",)]
    for name in names:
        plain += [("client", "show", name), ("brief", name), ("timeline", name), ("decisions", name, "--all")]
        plain += [("check", name), ("due", "--all", "--client", name), ("project", "show", name)]
    plain += [("undo", "--list"), ("undo", "--show")]
    return [words + extra for words in plain for extra in ((), ("--json",), ("--color",))]


def reading(folder: Path, seconds: float = SECONDS) -> Reading:
    """Run every reading command over a copy of a folder; nothing in it may be different afterwards.

    Where there is no client the copy gets one at its root, so that all of its notes are somebody's.
    """
    with desk(folder) as on:
        first = on.run("client", "list", "--json")  # reads every note, and may take as long as there are many
        if first.code == 1:
            put(on.vault, {"Somebody.md": b"---\ntype: client\n---\n"})
        read = read_all(on, folder.name, seconds)
        return read._replace(first=first.worked, faults=faults_of(first, (0, 1), PATIENCE) + read.faults)


def read_all(on: Desk, name: str, seconds: float = SECONDS, most: int = 1) -> Reading:
    """As `reading`, at a desk; about so many clients at most, one project, and somebody whom nobody knows."""
    before = looks(on.vault)
    first = on.run("stats", "--json")
    faults = faults_of(first, READING_CODES, PATIENCE)
    names = [one["name"] for one in on.answer("client", "list")[-most:]]
    names += [one["name"] for one in on.answer("project", "list", "--all")[:1]]
    commands = reading_commands([*names, "nobody at all"])
    with ThreadPoolExecutor(HANDS) as pool:
        runs = list(pool.map(lambda words: on.run(*words), commands))
    for run in runs:
        faults += faults_of(run, READING_CODES, seconds)
    faults += [f"reading has changed {path!r}" for path in differing(before, looks(on.vault))]
    return Reading(name, len(before), len(runs) + 3, first.worked, max(runs, key=lambda run: run.worked), faults)
