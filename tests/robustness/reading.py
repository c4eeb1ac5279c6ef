"""Run every reading command on any folder: no byte and no time in it may change."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.robustness.sandbox import (
    FIRST_SECONDS,
    MAX_SECONDS,
    PARALLEL,
    READING_CODES,
    Run,
    Sandbox,
    changed_paths,
    file_states,
    run_faults,
    sandbox,
    write_files,
)


class ReadingResult(NamedTuple):
    """What running every reading command on a folder has shown."""

    name: str
    files: int
    commands: int
    first_seconds: float
    slowest: Run
    faults: list[str]


def reading_commands(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Every reading command, for all clients and for each name, plain, as JSON and in colour."""
    plain = [("due", "--all"), ("client", "list"), ("project", "list", "--all"), ("decisions", "--all"), ("stale",), ("check",), ("stats",)]
    for name in names:
        plain += [("client", "show", name), ("brief", name), ("timeline", name), ("decisions", name, "--all")]
        plain += [("check", name), ("due", "--all", "--client", name), ("project", "show", name)]
    plain += [("undo", "--list"), ("undo", "--show")]
    return [words + extra for words in plain for extra in ((), ("--json",), ("--color",))]


def check_reading(folder: Path, seconds: float = MAX_SECONDS) -> ReadingResult:
    """Run every reading command on a copy of a folder; nothing in it may have changed afterwards.

    If the folder has no client, the copy gets one in its root, which then owns all notes.
    """
    with sandbox(folder) as box:
        first = box.run("client", "list", "--json")  # reads every note, so it may take longer
        if first.code == 1:
            write_files(box.vault, {"Somebody.md": b"---\ntype: client\n---\n"})
        read = read_all(box, folder.name, seconds)
        return read._replace(first_seconds=first.cpu_seconds, faults=run_faults(first, (0, 1), FIRST_SECONDS) + read.faults)


def read_all(box: Sandbox, name: str, seconds: float = MAX_SECONDS, max_clients: int = 1) -> ReadingResult:
    """`check_reading` for a sandbox: for up to `max_clients` clients, one project, and a name that doesn't exist."""
    before = file_states(box.vault)
    first = box.run("stats", "--json")
    faults = run_faults(first, READING_CODES, FIRST_SECONDS)
    names = [one["name"] for one in box.json_list("client", "list")[-max_clients:]]
    names += [one["name"] for one in box.json_list("project", "list", "--all")[:1]]
    commands = reading_commands([*names, "nobody at all"])
    with ThreadPoolExecutor(PARALLEL) as pool:
        runs = list(pool.map(lambda words: box.run(*words), commands))
    for run in runs:
        faults += run_faults(run, READING_CODES, seconds)
    faults += [f"reading changed {path!r}" for path in changed_paths(before, file_states(box.vault))]
    return ReadingResult(name, len(before), len(runs) + 3, first.cpu_seconds, max(runs, key=lambda run: run.cpu_seconds), faults)
