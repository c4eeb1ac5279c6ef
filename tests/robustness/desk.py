"""A vault on a desk of its own: real commands run on it, watched from outside."""

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
SECONDS = 2.5  # of work within which each command answers, starting included; a busy machine takes longer by the clock
PATIENCE = 10.0  # seconds by the clock; then it is ended
MEGABYTES = 400  # of memory at most
HANDS = 2  # how many commands run at a time where they do not hinder each other
READING_CODES = (0, 1, 3, 4)

_SGR = re.compile(r"\x1b\[[0-9;]*m")
# C0 and C1 controls but the newline; what is no UTF-8; and what turns the direction of a text around
_CONTROLS = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\udc80-\udcff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")

ACME = "clients/Acme Studio"
GOOD = {
    "vaultcrm.toml": b"",
    f"{ACME}/Acme Studio.md": b"---\ntype: client\naliases:\n  - Acme\nstatus: active\n---\n\n## Preferences\n\n- Calls.\n",
    f"{ACME}/Dana Roe.md": b"---\ntype: person\nrole: Owner\n---\n",
    f"{ACME}/projects/Website.md": b"---\ntype: project\nstatus: active\n---\n",
    f"{ACME}/follow-ups/Send the quote.md": b"---\ntype: follow-up\nstatus: open\ndue: 2026-11-13\n---\n",
    f"{ACME}/decisions/Fixed price.md": b"---\ntype: decision\ndate: 2026-11-02\nstatus: in force\n---\n",
    f"{ACME}/interactions/2026-11-02 1430 Pricing.md": b"---\ntype: interaction\ndate: 2026-11-02T14:30:00\nchannel: call\n---\nTalk.\n",
}


def part(*words: str) -> list[str]:
    """A part of this program as a process of its own, which is to be started in ROOT."""
    return [sys.executable, "-m", "tests.robustness", *words]


class Run(NamedTuple):
    """One command that has ended."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str
    seconds: float  # by the clock
    worked: float  # seconds of the processor
    megabytes: int

    @property
    def shown(self) -> str:
        """The command as bash takes it, shortened."""
        line = "vaultcrm " + " ".join(shlex.quote(word) if word.isprintable() else _escaped(word) for word in self.words)
        return line if len(line) < 200 else line[:199] + "…"


def _escaped(word: str) -> str:
    return "$'" + "".join(chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in os.fsencode(word)) + "'"


class Desk:
    """A folder with a vault in it, a home of its own, and a folder beside it that nobody may touch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.vault = folder / "vault"
        self.home = folder / "home"
        self.outside = folder / "outside"
        self.home.mkdir()
        put(self.outside, {"secret.md": b"---\ntype: client\n---\nNobody may read or write this.\n"})
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        self.env = kept | {
            "HOME": str(self.home), "PYTHONUTF8": "1", "VAULTCRM_VAULT": str(self.vault), "VAULTCRM_TODAY": NOW,
            **{f"XDG_{kind.upper()}_HOME": str(self.home / kind) for kind in ("cache", "state", "config")},
        }  # fmt: skip

    def run(self, *words: str) -> Run:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            begun = time.monotonic()
            process = subprocess.Popen([PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=self.env, cwd=self.folder)
            end = threading.Timer(PATIENCE, process.kill)
            end.start()
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - begun
            end.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            said = []
            for file in (out, err):
                file.seek(0)
                said.append(file.read().decode("utf-8", "surrogateescape"))
        # a child begins with the largest memory of its parent, which may be a test runner grown large: only what is more is its own
        own = usage.ru_maxrss if usage.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss else 0
        return Run(words, process.returncode, said[0], said[1], seconds, usage.ru_utime + usage.ru_stime, own // 1024)

    def answer(self, *words: str) -> list[dict[str, Any]]:  # Any: whatever JSON holds
        """The list that a command gives with --json; an empty one when it gives none."""
        with contextlib.suppress(ValueError):
            found = json.loads(self.run(*words, "--json").out)
            if isinstance(found, list):
                return found
        return []


@contextlib.contextmanager
def desk(vault: Path | None = None) -> Iterator[Desk]:
    """A desk in a temporary folder, with a copy of a vault or with a small good one."""
    with tempfile.TemporaryDirectory(prefix="vaultcrm-robust-", ignore_cleanup_errors=True) as name:
        made = Desk(Path(os.path.realpath(name)))
        if vault is None:
            put(made.vault, GOOD)
        else:
            shutil.copytree(vault, made.vault, symlinks=True)
            for path, status in _below(made.vault):  # of a read-only original nobody could delete the copy
                if not stat.S_ISLNK(status.st_mode):
                    os.chmod(path, stat.S_IMODE(status.st_mode) | stat.S_IWUSR)
        yield made


def put(root: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


# ------------------------------------------------------------------------------ looking at folders


def _below(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    for folder, folders, files in os.walk(root):
        yield folder, os.lstat(folder)
        for name in (*files, *(name for name in folders if os.path.islink(os.path.join(folder, name)))):
            yield os.path.join(folder, name), os.lstat(os.path.join(folder, name))


def texts(root: Path) -> dict[str, bytes]:
    """Every regular file below a folder with its bytes; what a command was just writing is left out."""
    return {
        os.path.relpath(path, root): Path(path).read_bytes()
        for path, status in _below(root)
        if stat.S_ISREG(status.st_mode) and not os.path.basename(path).startswith(".vaultcrm-")
    }


def temporary(root: Path) -> list[str]:
    """What a command was just writing."""
    return [path for path, _ in _below(root) if os.path.basename(path).startswith(".vaultcrm-")]


def looks(root: Path) -> dict[str, tuple[object, ...]]:
    """Every file and folder as it looks from outside, and a digest of what it holds."""
    found: dict[str, tuple[object, ...]] = {}
    for path, status in _below(root):
        digest = hashlib.blake2b(Path(path).read_bytes()).digest() if stat.S_ISREG(status.st_mode) else b""
        found[os.path.relpath(path, root)] = (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns, digest)
    return found


def differing(before: dict[str, Any], after: dict[str, Any]) -> list[str]:  # Any: what texts or looks tell
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def is_whole(data: bytes) -> bool:
    """Whether a note is complete: UTF-8, its properties good YAML for PyYAML, its last line ended."""
    try:
        opened, block, _ = data.decode("utf-8").split("---\n", 2)
        return opened == "" and isinstance(yaml.safe_load(block), dict) and data.endswith(b"\n")
    except (ValueError, yaml.YAMLError):
        return False


def faults_of(run: Run, codes: Sequence[int], seconds: float = SECONDS) -> list[str]:
    """What no command may do, whatever it is given."""
    found = []
    as_json = "--json" in run.words
    if run.code not in codes:
        said = (run.err.strip().splitlines() or [""])[0][:200]
        found.append(f"exit {run.code} instead of {' or '.join(map(str, codes))}: {said}")
    elif "Traceback" in run.err:
        found.append("a traceback")
    for stream, text in (("stdout", run.out), ("stderr", run.err)):
        left = _SGR.sub("", text) if "--color" in run.words else text
        for pattern in (_CONTROLS,) if as_json and stream == "stdout" else (_CONTROLS, _BIDI):
            if hit := pattern.search(left):
                found.append(f"{hit[0]!r} on {stream}: {left[max(0, hit.start() - 30) : hit.end() + 30]!r}")
    if as_json and run.code in (0, 1):
        try:
            json.loads(run.out)
        except ValueError as error:
            found.append(f"no JSON document on stdout: {error}")
    if run.worked > seconds or run.seconds >= PATIENCE:
        found.append(f"{run.worked:.1f} s of work, {run.seconds:.1f} s by the clock")
    if run.megabytes > MEGABYTES:
        found.append(f"{run.megabytes} MB of memory")
    return [f"{run.shown}: {fault}" for fault in found]
