"""A vault in a temporary folder with its own home: run real commands on it, and check what they do."""

import contextlib
import hashlib
import json
import os
import re
import resource
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests import ROOT

EXAMPLE = ROOT / "example-vault"
PROGRAM = str(Path(sys.executable).with_name("vaultcrm"))
NOW = "2026-11-16T09:30"
MAX_SECONDS = 5.0  # of processor time for each command, including its start: twice what the slowest needs on a slow, busy machine
FIRST_SECONDS = 10.0  # the same for the command that reads a vault first
TIMEOUT = 40.0  # seconds of wall-clock time, after which a command is killed: ample, because the machine may be busy
MAX_MEGABYTES = 400  # of memory
PARALLEL = 2  # how many independent commands run at a time
READING_CODES = (0, 1, 3, 4)

_SGR = re.compile(r"\x1b\[[0-9;]*m")
# C0 and C1 control characters except the newline, and bytes that aren't UTF-8
CONTROLS = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\udc80-\udcff]")
# characters that change the direction of text
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")

ACME = "clients/Acme Studio"
SMALL_VAULT = {
    "vaultcrm.toml": b"",
    f"{ACME}/Acme Studio.md": b"---\ntype: client\naliases:\n  - Acme\nstatus: active\n---\n\n## Preferences\n\n- Calls.\n",
    f"{ACME}/Dana Roe.md": b"---\ntype: person\nrole: Owner\n---\n",
    f"{ACME}/projects/Website.md": b"---\ntype: project\nstatus: active\n---\n",
    f"{ACME}/follow-ups/Send the quote.md": b"---\ntype: follow-up\nstatus: open\ndue: 2026-11-13\n---\n",
    f"{ACME}/decisions/Fixed price.md": b"---\ntype: decision\ndate: 2026-11-02\nstatus: in force\n---\n",
    f"{ACME}/interactions/2026-11-02 1430 Pricing.md": b"---\ntype: interaction\ndate: 2026-11-02T14:30:00\nchannel: call\n---\nTalk.\n",
}


def child_command(*words: str) -> list[str]:
    """The command that runs a part of this program in a child process. Its working directory must be ROOT."""
    return [sys.executable, "-m", "tests.robustness", *words]


class Run(NamedTuple):
    """A command that has ended."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str
    seconds: float  # by the wall clock
    cpu_seconds: float
    megabytes: int

    @property
    def shown(self) -> str:
        """The command as it can be typed in Bash, shortened."""
        line = "vaultcrm " + " ".join(shlex.quote(word) if word.isprintable() else _escaped(word) for word in self.words)
        return line if len(line) < 200 else line[:199] + "…"


def _escaped(word: str) -> str:
    return "$'" + "".join(chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in os.fsencode(word)) + "'"


class Sandbox:
    """A vault, a home folder for its commands, and a folder outside the vault that no command may read or change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.vault = folder / "vault"
        self.home = folder / "home"
        self.outside = folder / "outside"
        self.home.mkdir()
        write_files(self.outside, {"secret.md": b"---\ntype: client\n---\nNobody may read or write this.\n"})
        inherited = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        self.env = inherited | {
            "HOME": str(self.home), "PYTHONUTF8": "1", "VAULTCRM_VAULT": str(self.vault), "VAULTCRM_TODAY": NOW,
            **{f"XDG_{kind.upper()}_HOME": str(self.home / kind) for kind in ("cache", "state", "config")},
        }  # fmt: skip

    def run(self, *words: str) -> Run:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            started = time.monotonic()
            process = subprocess.Popen([PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=self.env, cwd=self.folder)
            timer = threading.Timer(TIMEOUT, process.kill)
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - started
            timer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            outputs = []
            for file in (out, err):
                file.seek(0)
                outputs.append(file.read().decode("utf-8", "surrogateescape"))
        # a child's peak memory starts at that of its parent, which may be a large test runner: only a higher peak is its own
        memory = usage.ru_maxrss if usage.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss else 0
        return Run(words, process.returncode, outputs[0], outputs[1], seconds, usage.ru_utime + usage.ru_stime, memory // 1024)

    def json_list(self, *words: str) -> list[dict[str, Any]]:  # Any: whatever JSON holds
        """The list that a command prints with --json; an empty one if it prints anything else."""
        with contextlib.suppress(ValueError):
            document = json.loads(self.run(*words, "--json").out)
            if isinstance(document, list):
                return document
        return []


@contextlib.contextmanager
def sandbox(vault: Path | None = None) -> Iterator[Sandbox]:
    """A sandbox in a temporary folder, with a copy of a vault or with a small valid one."""
    with tempfile.TemporaryDirectory(prefix="vaultcrm-robust-", ignore_cleanup_errors=True) as name:
        box = Sandbox(Path(os.path.realpath(name)))
        if vault is None:
            write_files(box.vault, SMALL_VAULT)
        else:
            shutil.copytree(vault, box.vault, symlinks=True)
            for path, status in _entries_below(box.vault):  # a copy of a read-only folder could not be deleted
                if not stat.S_ISLNK(status.st_mode):
                    os.chmod(path, stat.S_IMODE(status.st_mode) | stat.S_IWUSR)
        yield box


def write_files(root: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


# ------------------------------------------------------------------------------ comparing folders


def _entries_below(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    for folder, folders, files in os.walk(root):
        yield folder, os.lstat(folder)
        for name in (*files, *(name for name in folders if os.path.islink(os.path.join(folder, name)))):
            yield os.path.join(folder, name), os.lstat(os.path.join(folder, name))


def read_files(root: Path) -> dict[str, bytes]:
    """Every regular file below a folder with its bytes, except for the temporary files of commands."""
    return {
        os.path.relpath(path, root): Path(path).read_bytes()
        for path, status in _entries_below(root)
        if stat.S_ISREG(status.st_mode) and not os.path.basename(path).startswith(".vaultcrm-")
    }


def temp_files(root: Path) -> list[str]:
    """The temporary files of commands."""
    return [path for path, _ in _entries_below(root) if os.path.basename(path).startswith(".vaultcrm-")]


def file_states(root: Path) -> dict[str, tuple[object, ...]]:
    """The mode, size and times of every file and folder, and a digest of a file's contents."""
    states: dict[str, tuple[object, ...]] = {}
    for path, status in _entries_below(root):
        digest = hashlib.blake2b(Path(path).read_bytes()).digest() if stat.S_ISREG(status.st_mode) else b""
        states[os.path.relpath(path, root)] = (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns, digest)
    return states


def changed_paths(before: dict[str, Any], after: dict[str, Any]) -> list[str]:  # Any: contents or states
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def is_complete_note(data: bytes) -> bool:
    """Whether a note is complete: valid UTF-8, properties that PyYAML reads, and a newline at the end."""
    try:
        before, block, _ = data.decode("utf-8").split("---\n", 2)
        return before == "" and isinstance(yaml.safe_load(block), dict) and data.endswith(b"\n")
    except (ValueError, yaml.YAMLError):
        return False


def run_faults(run: Run, codes: Sequence[int], max_seconds: float = MAX_SECONDS) -> list[str]:
    """What a command did that no command may do, whatever its input."""
    found = []
    as_json = "--json" in run.words
    if run.code not in codes:
        message = (run.err.strip().splitlines() or [""])[0][:200]
        found.append(f"exit {run.code} instead of {' or '.join(map(str, codes))}: {message}")
    elif "Traceback" in run.err:
        found.append("a traceback")
    for stream, text in (("stdout", run.out), ("stderr", run.err)):
        plain = _SGR.sub("", text) if "--color" in run.words else text
        for pattern in (CONTROLS,) if as_json and stream == "stdout" else (CONTROLS, BIDI):
            if match := pattern.search(plain):
                found.append(f"{match[0]!r} on {stream}: {plain[max(0, match.start() - 30) : match.end() + 30]!r}")
    if as_json and run.code in (0, 1):
        try:
            json.loads(run.out)
        except ValueError as error:
            found.append(f"no JSON document on stdout: {error}")
    if run.cpu_seconds > max_seconds or run.seconds >= TIMEOUT:
        found.append(f"{run.cpu_seconds:.1f} s of processor time, {run.seconds:.1f} s by the clock")
    if run.megabytes > MAX_MEGABYTES:
        found.append(f"{run.megabytes} MB of memory")
    return [f"{run.shown}: {fault}" for fault in found]
