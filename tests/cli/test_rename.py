"""What the command `rename` prints, as text and as JSON."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support import make_vault
from vaultcrm.cli.main import cli


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "vault"


def test_the_command_tells_what_it_did(root: Path) -> None:
    make_vault(root, {"Old.md": "", "a.md": "[[Old]]\n[[Old]]\n", "b.md": "[[Old]]\n"})

    def run(*words: str) -> tuple[str, str]:
        done = CliRunner().invoke(cli, ["--vault", str(root), "--today", "2026-11-16", *words], catch_exceptions=False)
        return done.stdout, done.stderr

    assert run("rename", "Old", "New", "--dry-run") == (
        "New.md\n  Old.md → New.md\n  a.md:1: [[Old]] → [[New]]\n  a.md:2: [[Old]] → [[New]]\n  b.md:1: [[Old]] → [[New]]\n",
        "Would update 3 links in 2 notes.\n",
    )
    assert run("rename", "Old", "New") == ("New.md\n", "Updated 3 links in 2 notes.\n")
    assert json.loads(run("--json", "rename", "New", "sub/")[0]) == {
        "created": [], "changed": [], "moved": [{"from": "New.md", "to": "sub/New.md"}], "links": [], "left": [], "note": "sub/New.md",
        "dry_run": False,
    }  # fmt: skip
    assert json.loads(run("--json", "undo", "--list")[0])[0]["moves"] == [{"from": "New.md", "to": "sub/New.md"}]
    assert json.loads(run("--json", "undo", "--show")[0]) == [
        {"path": "sub/New.md", "now": None, "undone": None, "from": "sub/New.md", "to": "New.md"}
    ]
