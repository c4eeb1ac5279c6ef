"""Compare what other YAML readers read in our files: Node's `yaml` (as YAML 1.2 and 1.1) and `js-yaml`. Run by hand.

    python -m tests.robustness.yaml_readers [FOLDER…]

installs the two packages into a temporary folder and reads every note and every `.base` file of the
example vault, of a copy into which commands have written difficult values, and of the named folders.
Prints figures, and exits with 1 if a reader disagrees with vaultcrm.

Our values are texts, theirs have types. Two values agree if

- ours is None and theirs is null, or both are lists of equal length whose items agree (an empty item
  is "" in ours and null in theirs),
- theirs is the same text,
- theirs is a number or a boolean, our text has no quotes in the file, and String(theirs) is our text;
  or the numbers are equal, such as 1.10 and 1.1, which is counted separately as "written another way",
- theirs is a date, our text has no quotes in the file, and the date's ISO form starts with our text,
- theirs is a map where ours is the source text: Obsidian's properties have no maps, so their contents
  aren't compared, and they are counted separately.

A `.base` file is compared with what PyYAML reads. Each value is counted once for each reader.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import yaml

from tests import ROOT
from tests.markdown.front_matter_strategies import PLAIN
from vaultcrm.cli.main import cli
from vaultcrm.errors import Unreadable, VaultcrmError
from vaultcrm.markdown import front_matter
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import root_node
from vaultcrm.markdown.values import Value

SCRIPT = Path(__file__).with_suffix(".cjs")
NASTY_VALUES = [
    *PLAIN, "y", "on", "OFF", "1:2:3", "0o17", "0b1", "+1", "1.", ".inf", ".nan", "=", "<<", "@a", "`a", "%a", "&a", "*a", "!!str a", "? a",
    ": a", "a: b", "a #b", "#a", "- a", "-", "--- ", "...", "[a]", "{a: b}", "a,b", "'", '"', "''", "it's \"both\"", "\\n", "\\", "a\tb",
    "a\nb", "  a", "a  ", "é", "日本", "😀", "\u2028", "\u00a0a", "\ufeffa", "\u200da", "\u0085", "\x07bell", "2026-01-05 10:00", "0123",
    "1e3", "1E+3", "0.10", "12e03", "True", "NULL", "Null", "~a", "a~", "|", ">", "> a", "| a", "[[Acme Studio]]", "[[A|b]]", "x" * 200,
]  # fmt: skip


# ------------------------------------------------------------------------------- reading with Node


def can_read(packages: str = "") -> bool:
    """Whether Node is installed and finds the two packages, in the folder `packages` or by itself."""
    try:
        asked = ["node", "-e", "require('yaml'); require('js-yaml')"]
        return subprocess.run(asked, capture_output=True, env=_environment(packages), timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def read_with_node(paths: Iterable[Path], packages: str = "") -> dict[str, dict[str, Any]]:
    """What each reader reads in each file, in the form that `yaml_readers.cjs` prints."""
    asked = json.dumps({"paths": [str(path) for path in paths]})
    done = subprocess.run(
        ["node", str(SCRIPT)],
        input=asked,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env=_environment(packages),
        timeout=600,
    )
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def _environment(packages: str) -> dict[str, str]:
    return {**os.environ, **({"NODE_PATH": packages} if packages else {})}


# ------------------------------------------------------------------------------------ comparing


def differences(paths: list[Path], packages: str = "", counted: Counter[str] | None = None) -> list[str]:
    """A line for each difference between what the others and we read. Notes that we can't read are left out."""
    counted = Counter() if counted is None else counted
    ours: dict[str, tuple[dict[str, Value], dict[str, bool]] | object] = {}
    for path in paths:
        if path.suffix != ".md":
            ours[str(path)] = yaml.safe_load(path.read_text("utf-8"))
            continue
        try:
            ours[str(path)] = _ours(path)
        except Unreadable:
            counted["unreadable notes"] += 1
    found = []
    for name, readings in read_with_node([Path(name) for name in ours], packages).items():
        counted["files"] += 1
        for reader, reading in readings.items():
            if "error" in reading:
                found.append(f"{name}: {reader}: {reading['error']}")
                continue
            mine = ours[name]
            if isinstance(mine, tuple):
                values, bare = mine
                found += [f"{name}: {reader}: {fault}" for fault in _faults(values, bare, reading["value"], counted)]
            elif _untagged(reading["value"]) != mine:
                found.append(f"{name}: {reader}: not what PyYAML reads")
    return found


def _ours(path: Path) -> tuple[dict[str, Value], dict[str, bool]]:
    """The properties of a note, and which of them are written without quotes."""
    page = split_page(path.read_bytes())
    root = root_node(page)
    return front_matter.load_properties(page), {key.text: not value.style for key, value in (root.pairs if root else ())}


def _faults(ours: dict[str, Value], bare: dict[str, bool], reading: Any, counted: Counter[str]) -> list[str]:
    theirs = dict((reading or {"map": []})["map"])
    if theirs.keys() != ours.keys():
        return [f"the properties are {sorted(theirs)}, and ours {sorted(ours)}"]
    counted["values"] += len(ours)
    wrong = [key for key in ours if not is_same_value(ours[key], theirs[key], bare.get(key, True), counted)]
    return [f"{key} is {theirs[key]!r}, and ours {ours[key]!r}" for key in wrong]


def is_same_value(ours: Value, theirs: Any, is_bare: bool, counted: Counter[str]) -> bool:
    """Whether two values agree by the rules above."""
    if isinstance(ours, list):
        if not isinstance(theirs, list) or len(ours) != len(theirs):
            return False
        return all(is_same_value(mine, other, is_bare, counted) for mine, other in zip(ours, theirs, strict=True))
    if theirs is None:
        return not ours
    if isinstance(theirs, str):
        return ours == theirs
    if not isinstance(theirs, dict) or ours is None:
        return False
    kind, text = next(iter(theirs.items()))
    if kind == "map":
        counted["maps"] += 1
        return True
    if not is_bare:
        return False
    if kind == "date":
        return bool(text.startswith(ours))
    if kind == "number" and text != ours:
        counted["written another way"] += 1
        return _number(text) == _number(ours)
    return bool(text == ours)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _untagged(value: Any) -> Any:
    if isinstance(value, list):
        return [_untagged(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind, inner = next(iter(value.items()))
    if kind == "map":
        return {key: _untagged(item) for key, item in inner}
    return {"number": _number, "boolean": "true".__eq__}.get(kind, str)(inner)


# -------------------------------------------------------------------------------------- writing


def write_nasty(vault: Path, values: Iterable[str] = NASTY_VALUES) -> Counter[str]:
    """Have the commands write every value in every way that they offer; returns how many wrote, and how many refused."""
    done: Counter[str] = Counter()
    for number, value in enumerate(values):
        name = f"Firm {number}"
        for words in (
            ["client", "add", name, "--alias", value, "--tag", value, "--email", value, "--cadence", "2 weeks"],
            ["person", "add", name, f"Ann {number}", "--role", value],
            ["project", "add", name, f"Work {number} {value}", "--value", "1200"],
            ["log", name, "--summary", value, "--decision", value, "--feedback", value, "--next", value, "--due", "fri", "--with", value],
            ["follow-up", "add", name, value, "--due", "fri"],
            ["decide", name, value, "--topic", value],
            ["set", name, f"own={value}", f"list+={value}", f"tags+={value}", f"{value}=x", f"language={value}"],
            ["set", name, f"own={value}", f"list+={value}", f"tags+={value}", f"language={value}"],
            ["set", name, "own=2", "list+=second", f"list+={value}x"],
        ):
            try:
                cli.main(["-q", "--vault", str(vault), "--today", "2026-11-16T09:30", *words], standalone_mode=False)
                done["wrote"] += 1
            except (VaultcrmError, click.ClickException):
                done["refused"] += 1
    return done


def notes_and_views(folder: Path) -> list[Path]:
    """The notes and views in a folder, and Obsidian's templates: the braces in them are quoted, so they are valid YAML."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".md", ".base") and path.is_file())


# ------------------------------------------------------------------------------------- the program


def main(*folders: str) -> int:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        packages = str(place / "node_modules")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", "yaml", "js-yaml"], cwd=place, check=True)
        for kind in ("CACHE", "STATE", "CONFIG"):
            os.environ[f"XDG_{kind}_HOME"] = str(place / kind.lower())
        copy = place / "vault"
        shutil.copytree(ROOT / "example-vault", copy)
        with open(os.devnull, "w") as nowhere:
            sys.stdout, shown = nowhere, sys.stdout
            done = write_nasty(copy)
            sys.stdout = shown
        print(f"{len(NASTY_VALUES)} values: {done['wrote']} commands wrote, {done['refused']} refused")
        faults = []
        for told, folder in (
            ("the example vault", ROOT / "example-vault"),
            ("written by commands", copy),
            *((one, Path(one)) for one in folders),
        ):
            counted: Counter[str] = Counter()
            found = differences(notes_and_views(folder), packages, counted)
            print(f"{told}: {', '.join(f'{count} {what}' for what, count in counted.items())}; {len(found)} differences")
            faults += found
        for fault in faults:
            print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
