"""Console transcripts: every block of `tests/stories/*.md`, the README and `docs/*.md` is run, and has to print what it shows.

A block begins with ```console. A line that begins with "$ " is a command for bash, which finds the
fork server's vaultcrm; one that does nothing but run vaultcrm needs no bash. What follows is all that
it prints, on both streams, and `[exit N]` if that isn't 0. Each file begins with a fresh copy of the
example vault on the example's own date. `pytest --accept` rewrites what differs, so that a change of
output shows in review.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import ROOT
from tests.fork_server import plain_words, program_folder, python_of_installed_command, run_vaultcrm

DOCUMENTATION = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if "```console" in path.read_text("utf-8")]
STORIES = [*sorted((ROOT / "tests/stories").glob("*.md")), *DOCUMENTATION]
BLOCK = re.compile(r"(```console\n)(.*?)(```)", re.DOTALL)


@pytest.mark.parametrize("story", STORIES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_transcript_shows_what_the_commands_print(story: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = story.read_text("utf-8")
    played = BLOCK.sub(lambda block: block[1] + play(block[2], tmp_path) + block[3], text)
    if request.config.getoption("--accept") and played != text:
        story.write_text(played, "utf-8")
    assert played == text


def play(block: str, folder: Path) -> str:
    """The block with what its commands print now."""
    lines = []
    for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
        lines += [f"$ {command}", *run(command, folder)]
    return "\n".join(lines) + "\n"


def run(command: str, folder: Path) -> list[str]:
    """One command's output in lines, run in a copy of the example vault."""
    vault = folder / "vault"
    if not vault.exists():
        shutil.copytree(ROOT / "example-vault", vault)
    environment = {
        **{name: value for name, value in os.environ.items() if name.startswith(("HOME", "XDG_"))},
        "PATH": f"{program_folder()}:{os.environ['PATH']}",
        "VAULTCRM_TODAY": "2026-11-16T09:30",
        "COLUMNS": "80",
        "LANG": "C.UTF-8",
        "TZ": "Europe/London",
    }
    words = plain_words(command)
    if words is not None:
        done = run_vaultcrm(*words, cwd=vault, env=environment, python=python_of_installed_command())
    else:
        line = ["bash", "-c", command]
        done = subprocess.run(line, cwd=vault, env=environment, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
    said = (done.stdout + done.stderr).replace(str(vault), "/home/nora/vault").replace(str(folder), "/home/nora")
    lines = [line.rstrip() for line in said.splitlines()]
    return [*lines, f"[exit {done.returncode}]"] if done.returncode else lines
