"""Make each writing call of each writing command fail, find the disk full from there on, or be the last before a kill."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.fork_server import run_vaultcrm
from tests.robustness.sandbox import PARALLEL
from tests.support import contents, write_files
from vaultcrm.disk import user_dirs

MODES = ("eio", "full", "kill")
SOURCE = Path(__file__).with_name("disk_faults.c")
ACME = "clients/Acme"
VAULT = {
    "vaultcrm.toml": 'id = "0123456789abcdef"\n[import]\nme = ["me@nora.example"]\n',
    f"{ACME}/Acme.md": "---\ntype: client\nemail: dana@acme.example\n---\nSee [[Acme]].\n",
    f"{ACME}/follow-ups/Quote.md": "---\ntype: follow-up\nstatus: open\ndue: 2026-11-13\n---\n",
    f"{ACME}/Notes.md": "[[Acme]] and [[Quote]]\n\n- [ ] Call Dana 📅 2026-11-16\n",
    f"{ACME}/Tea.md": "one\ntwo\n",
    f"{ACME}/Tea (conflict 2026-11-16 ab12cd3).md": "one\ntwo\nthree\n",
    "inbox/Idea.md": "For [[Acme]].\n",
}
_MAIL = "From x Mon Nov 16 09:00:00 2026\nFrom: {0}\nTo: me@nora.example\nDate: Mon, 16 Nov 2026 0{1}:00:00 +0000\n" + (
    "Message-ID: <{1}@x>\nSubject: Matter {1}\n\nHello number {1}.\n\n"
)
MAILBOX = "".join(_MAIL.format(sender, hour) for hour, sender in enumerate(["dana@acme.example"] * 3 + ["bo@north.example"], 1))
COMMANDS = {
    "log": ["log", "acme", "They said yes", "--next", "Send it", "--due", "fri"],
    "done": ["done", "quote"],
    "set": ["set", "clients/Acme/Acme.md", "status=paused"],
    "rename": ["rename", "clients/Acme/Acme.md", "Blue"],
    "undo": ["undo"],
    "follow-up add": ["follow-up", "add", "acme", "Ring Dana", "--due", "fri"],
    "decide": ["decide", "acme", "Blue it is"],
    "client add": ["client", "add", "North"],
    "check --fix": ["check", "--fix", "--yes"],
    "import": ["import", "{folder}/mail.mbox"],
}
_NEXT = ["client", "add", "Next"]  # the next command that writes


class Sweep(NamedTuple):
    """The number of faults injected, by command, and what was wrong after them."""

    number: dict[str, int]
    faults: list[str]


class World(NamedTuple):
    """A vault and a home in one folder."""

    folder: Path

    @property
    def vault(self) -> Path:
        return self.folder / "v"

    def state_folder(self, vault: Path) -> Path:
        """The folder of a vault's journal in the home of this world."""
        return self.folder / "state" / "vaultcrm" / Path(user_dirs.vault_path("state", str(vault))).name

    def run(self, words: list[str], environment: Mapping[str, str] = {}, preload: str = "") -> subprocess.CompletedProcess[str]:
        home = {f"XDG_{kind.upper()}_HOME": str(self.folder / kind) for kind in ("cache", "state", "config")}
        command = ["--vault", str(self.vault), "--today", "2026-11-16T12:00", *(word.format(folder=self.folder) for word in words)]
        variables = {**os.environ, "HOME": str(self.folder), **home, **environment}
        return run_vaultcrm(*command, env=variables, stdin="y\n" * 9, preload=preload)

    def notes(self) -> dict[str, bytes]:
        return {path: data for path, data in contents(self.vault).items() if ".vaultcrm-" not in path}

    def recorded(self) -> set[bytes]:
        """Every version of a file that the journal has recorded: a command may write a file twice."""
        with contextlib.closing(sqlite3.connect(self.state_folder(self.vault) / "journal.sqlite")) as journal:
            return {data for row in journal.execute("SELECT before, after FROM writes") for data in row if data is not None}

    def temp_files(self) -> list[str]:
        return [path for path in contents(self.vault) if ".vaultcrm-" in path]


@contextlib.contextmanager
def copied(world: World) -> Iterator[World]:
    """A copy of a world with its history. The state folder is named after the path of the vault."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve() / "w"
        shutil.copytree(world.folder, folder)
        copy = World(folder)
        copy.state_folder(world.vault).rename(copy.state_folder(copy.vault))
        (copy.state_folder(copy.vault) / "vault").unlink()
        yield copy


def sweep(every: int = 1, commands: tuple[str, ...] = tuple(COMMANDS), parallel: int = PARALLEL) -> Sweep:
    """Try every n-th writing call of the commands in each mode, so many at a time. Each thread starts servers of its own."""
    number: dict[str, int] = {}
    faults: list[str] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        library = compiled(Path(name))
        base = World(Path(name).resolve() / "w")
        write_files(base.vault, VAULT)
        write_files(base.folder, {"mail.mbox": MAILBOX})
        assert base.run(["due"]).returncode == 0
        assert base.run(["set", "clients/Acme/Notes.md", "tags+=new"]).returncode == 0
        with ThreadPoolExecutor(parallel) as pool:
            run = map if parallel == 1 else pool.map
            for command in commands:
                after, calls = _clean_run(base, command, library)
                jobs = [(command, mode, at) for mode in MODES for at in range(1, calls + 1, every)]
                number[command] = len(jobs)
                for found in run(partial(_try, base, after, library), jobs):
                    faults += found
    return Sweep(number, faults)


def compiled(folder: Path) -> str:
    """The path of the library that is preloaded, made in a folder."""
    library = str(folder / "disk_faults.so")
    subprocess.run(["gcc", "-shared", "-fPIC", "-w", "-o", library, str(SOURCE), "-ldl"], check=True)
    return library


def _environment(world: World) -> dict[str, str]:
    return {"FAULT_ROOTS": f"{world.vault}:{world.folder / 'state'}", "FAULT_LOG": str(world.folder / "calls")}


def _clean_run(base: World, command: str, library: str) -> tuple[dict[str, bytes], int]:
    """The notes after the command, and how many writing calls it makes."""
    with copied(base) as world:
        done = world.run(COMMANDS[command], _environment(world), library)
        assert done.returncode == 0, (command, done.stderr)
        return world.notes(), (world.folder / "calls").stat().st_size


def _try(base: World, after: dict[str, bytes], library: str, job: tuple[str, str, int]) -> list[str]:
    """What is wrong after one fault: a command, its mode, and the number of the call."""
    command, mode, at = job
    with copied(base) as world:
        before = world.notes()
        done = world.run(COMMANDS[command], {**_environment(world), "FAULT_AT": str(at), "FAULT_MODE": mode}, library)
        now = world.notes()
        faults = [*_false_words(done, before, now, after), *_torn(before, now, after, world.recorded())]
        if world.run(_NEXT).returncode != 0:
            faults.append("the next command fails")
        if left := world.temp_files():
            faults.append(f"temporary files are left: {left}")
        world.run(["undo"])
        target = after if command == "undo" else before
        for _ in range(2):
            if world.notes() != target:
                world.run(["undo"])
        if world.notes() != target:
            faults.append("undo doesn't lead back")
        return [f"{command}: {mode} at {at}: {fault} (exit {done.returncode}: {done.stderr.strip()[:200]!r})" for fault in faults]


def _false_words(
    done: subprocess.CompletedProcess[str], before: dict[str, bytes], now: dict[str, bytes], after: dict[str, bytes]
) -> Iterator[str]:
    if done.returncode == 70 or "Traceback" in done.stderr:
        yield "a crash"
    if done.returncode == 0 and now != after:
        yield "it ends with 0, and its work isn't done"
    if ("Nothing was written" in done.stderr or "Nothing was changed" in done.stderr) and now != before:
        yield "it says that nothing was written"
    if done.returncode not in (0, -9) and now != before and "undo" not in done.stderr:
        yield "it doesn't say that a part is written"


def _torn(before: dict[str, bytes], now: dict[str, bytes], after: dict[str, bytes], recorded: set[bytes]) -> Iterator[str]:
    """Files that are neither as before nor as a step of the command or its end has them, and files that are gone."""
    whole = {*before.values(), *after.values(), *recorded}
    for path, data in now.items():
        if data not in whole:
            yield f"torn: {path}"
    for path, data in before.items():
        if data not in now.values() and after.get(path) == data:
            yield f"lost: {path}"
