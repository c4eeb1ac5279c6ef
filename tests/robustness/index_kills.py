"""Kills while many notes are being indexed: afterwards the caches must equal a rebuild."""

import contextlib
import random
import shutil
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests import ROOT
from tests.robustness.caches import differences, dump_in_process
from tests.robustness.random_changes import random_note
from tests.robustness.sandbox import PARALLEL, PROGRAM, Sandbox, child_command, run_faults, sandbox, write_files

_LARGE = 1_700  # notes: enough for a second process to help with indexing


class IndexKills(NamedTuple):
    """The moments that the kills hit, and what was wrong afterwards."""

    number: int
    right: int
    moments: Counter[str]
    faults: list[str]


def index_kills(number: int, seed: int = 1) -> IndexKills:
    """Kill `vaultcrm index` and the watcher at random moments. The next search must work, and `index` must complete the index.

    Two sandboxes run at a time. Every tenth kill hits while two processes index a large vault.
    """
    large = number // 10
    parts = [(number - large + 1) // 2, (number - large) // 2]
    with ThreadPoolExecutor(PARALLEL) as pool:
        done = list(pool.map(lambda part: _index_kills(part[1], seed * 10 + part[0], 350), enumerate(parts)))
    done.append(_index_kills(large, seed * 10 + 2, _LARGE))
    return IndexKills(
        number, sum(part.right for part in done), sum((part.moments for part in done), Counter()), [f for part in done for f in part.faults]
    )


def _index_kills(number: int, seed: int, notes: int) -> IndexKills:
    rng = random.Random(seed)
    moments: Counter[str] = Counter()
    faults: list[str] = []
    right = 0
    with sandbox() as box:
        names = [f"k{n % 20}/n{n}.md" for n in range(notes)]
        write_files(box.vault, {name: random_note(rng) for name in names})
        length = box.run("index").seconds if notes < _LARGE else 5.0
        for i in range(1, number + 1):
            write_files(box.vault, {name: random_note(rng) for name in names if rng.random() < 0.7 or notes == _LARGE})
            if rng.random() < 0.2:
                shutil.rmtree(box.home / "cache")
            moments[_index_kill(box, i, length, rng)] += 1
            write_files(box.vault, {"last.md": f"The last word is last{i}.\n".encode()})
            search, index = box.run("search", f"last{i}", "--json"), box.run("index")
            wrong = run_faults(search, (0,), 60) + run_faults(index, (0,), 60)
            if "last.md" not in search.out:
                wrong.append(f"last{i} is not found: {search.err}")
            wrong += differences(dump_in_process(box), dump_in_process(box, is_rebuilt=True))
            print(f"kill {seed}.{i} of {notes} notes:", "; ".join(wrong) or "right", flush=True)
            right += not wrong
            faults += [f"kill {seed}.{i}: {fault}" for fault in wrong]
    return IndexKills(number, right, moments, faults)


def _index_kill(box: Sandbox, i: int, length: float, rng: random.Random) -> str:
    """Start `index`, or a watcher beside an editor, and kill it; returns the moment that the kill hit."""
    by_watcher = i % 2 == 0
    words = [PROGRAM, "watch" if by_watcher else "index"]
    before_start = _indexed(box)
    started = time.monotonic()
    process = subprocess.Popen(words, env=box.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    editor_command = child_command("change", str(box.vault), str(i), "0", "60")
    editor = subprocess.Popen(editor_command, env=box.env, cwd=ROOT, stdout=subprocess.DEVNULL) if by_watcher else None
    if i % 4 > 1:  # wait until it writes the index
        while _indexed(box) == before_start and process.poll() is None and time.monotonic() < started + 30:
            time.sleep(0.002)
    time.sleep(rng.uniform(0, length * 1.5))
    process.kill()
    process.wait()
    if editor is not None:
        editor.kill()
        editor.wait()
    found = dump_in_process(box)
    if "error" in found or not found["index"]:
        return "before there was an index"
    return "with changes left to index" if found["queued"] or _has_uncommitted_segments(box) else "when all was indexed"


def _indexed(box: Sandbox) -> list[tuple[str, int]]:
    """The files of the index, each with its modification time."""
    found = []
    for path in box.home.glob("cache/vaultcrm/*/search-*/*"):
        with contextlib.suppress(FileNotFoundError):
            found.append((path.name, path.stat().st_mtime_ns))
    return sorted(found)


def _has_uncommitted_segments(box: Sandbox) -> bool:
    """Whether the index folder holds segments that no commit names."""
    tocs = list(box.home.glob("cache/vaultcrm/*/search-*/*.toc"))
    files = {path.name.partition(".")[0] for path in box.home.glob("cache/vaultcrm/*/search-*/MAIN_*") if "." in path.name}
    text = b"".join(path.read_bytes() for path in tocs)
    return any(name.removeprefix("MAIN_").encode() not in text for name in files)
