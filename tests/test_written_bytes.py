"""What each writing command does to the whole vault: just these lines, and no other byte anywhere."""

import difflib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import ROOT
from tests.fork_server import run_vaultcrm

QUOTE = "clients/Acme Studio/follow-ups/Send the two-option quote.md"
CARE = "clients/Northlight Physio/follow-ups/Send the monthly care report.md"
ACME = "clients/Acme Studio/Acme Studio.md"
RING = "clients/Padaria Lume/interactions/2026-11-05 1340 Ines has the proposal.md"
ROUNDS = "clients/Acme Studio/decisions/Two revision rounds per page, then 60 GBP an hour.md"

# A command, the lines taken from and added to each file, and the files that are new.
CASES: list[tuple[list[str], dict[str, list[str]], list[str]]] = [
    (["done", "8f3f"], {QUOTE: ["-status: open", "+status: done", "+completedDate: 2026-11-16"]}, []),
    (["done", "994f", "--early"], {CARE: ["-due: 2026-11-20", "+due: 2026-12-20", "+  - 2026-11-20"]}, []),
    (["done", "dac7"], {RING: ["+follow_up_done: 2026-11-16"]}, []),
    (["snooze", "8f3f", "fri"], {QUOTE: ["-due: 2026-11-13", "+due: 2026-11-20"]}, []),
    (["snooze", "dac7", "+2w"], {RING: ["-follow_up: 2026-11-20", "+follow_up: 2026-11-30"]}, []),
    (["drop", "8f3f"], {QUOTE: ["-status: open", "+status: cancelled"]}, []),
    (["drop", "dac7"], {RING: ["+follow_up_status: cancelled"]}, []),
    (["set", "acme", "status=paused"], {ACME: ["-status: active", "+status: paused"]}, []),
    (["set", "acme", "tags+=retainer"], {ACME: ["+  - retainer"]}, []),
    (["set", "acme", "--remove", "rate"], {ACME: ["-rate: 60"]}, []),
    (["set", "acme", "mood=calm: very"], {ACME: ['+mood: "calm: very"']}, []),
    (
        ["decide", "acme", "Three rounds", "--supersedes", "3842"],
        {ROUNDS: ["-status: in force", "+status: superseded"]},
        ["clients/Acme Studio/decisions/Three rounds.md"],
    ),
    (
        ["log", "acme", "A call", "--next", "Write", "--due", "fri"],
        {},
        ["clients/Acme Studio/follow-ups/Write.md", "clients/Acme Studio/interactions/2026-11-16 0930 A call.md"],
    ),
    (["client", "add", "New"], {}, ["clients/New/New.md"]),
    (["person", "add", "acme", "Bo Lind"], {}, ["clients/Acme Studio/Bo Lind.md"]),
    (["project", "add", "acme", "Journal"], {}, ["clients/Acme Studio/projects/Journal.md"]),
    (["follow-up", "add", "acme", "Ring", "--due", "fri"], {}, ["clients/Acme Studio/follow-ups/Ring.md"]),
]  # fmt: skip


def everything(vault: Path) -> dict[str, bytes]:
    return {path.relative_to(vault).as_posix(): path.read_bytes() for path in vault.rglob("*") if path.is_file()}


def run(vault: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command whose home is beside the vault."""
    home = {f"XDG_{kind}_HOME": str(vault.parent / kind.lower()) for kind in ("CACHE", "STATE", "CONFIG")}
    return run_vaultcrm("--vault", str(vault), "--today", "2026-11-16T09:30", *words, env={**os.environ, **home})


@pytest.fixture(scope="module", params=["\n", pytest.param("\r\n", marks=pytest.mark.nightly)], ids=["LF", "CRLF"])
def example_with(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A vault for all commands, since each is undone, and its newline."""
    vault = Path(shutil.copytree(ROOT / "example-vault", tmp_path_factory.mktemp("bytes") / "vault"))
    if request.param == "\r\n":
        for path in vault.rglob("*.md"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return vault, request.param


@pytest.mark.parametrize(("words", "changed", "created"), CASES, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_a_command_changes_just_these_lines_and_undo_brings_back_every_byte(
    words: list[str], changed: dict[str, list[str]], created: list[str], example_with: tuple[Path, str]
) -> None:
    vault, newline = example_with
    before = everything(vault)
    done = run(vault, *words)
    assert done.returncode == 0, done.stderr
    after = everything(vault)
    assert sorted(after.keys() - before.keys()) == created
    assert before.keys() <= after.keys()
    assert {path: lines(before[path], after[path]) for path in before if before[path] != after[path]} == {
        path: [line + newline for line in expected] for path, expected in changed.items()
    }
    assert run(vault, "undo").returncode == 0
    assert everything(vault) == before


def lines(old: bytes, new: bytes) -> list[str]:
    """The lines taken away and added, each with its own ending."""
    found = difflib.ndiff(old.decode().splitlines(keepends=True), new.decode().splitlines(keepends=True))
    return [line[0] + line[2:] for line in found if line[0] in "+-"]


def test_two_devices_that_complete_the_same_day_make_no_twin(tmp_path: Path) -> None:
    """The second `done` was asked for on what the first had already moved on."""
    from vaultcrm.actions import follow_ups, lookup
    from vaultcrm.actions.crm import Crm
    from vaultcrm.dates.iso import parse_iso_datetime

    shutil.copytree(ROOT / "example-vault", tmp_path / "vault")
    at = parse_iso_datetime("2026-11-20T10:00:00")
    assert at is not None
    crm = Crm(str(tmp_path / "vault"), at)
    crm.refresh()
    stale = lookup.follow_up(crm, "994f")
    assert run(tmp_path / "vault", "done", "994f", "--early").returncode == 0
    with crm.writing() as writer:
        completed = pytest.fail
        change = follow_ups._change_one(writer, stale, lambda *_: completed("twice"), lambda _: completed("twice"), "done")
    assert change.outcome == "needed no change"
