"""edit: the note in the editor, and what can't be read in it afterwards."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support import make_vault
from vaultcrm.cli.main import cli


@pytest.mark.parametrize(("text", "code", "problems"), [("Hello", 0, []), ("---\n", 1, ["front-matter"])])
def test_json_has_the_path_and_the_problems(
    text: str, code: int, problems: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_vault(tmp_path / "v", {"a.md": text}).root
    monkeypatch.setenv("EDITOR", "true")
    done = CliRunner().invoke(cli, ["--vault", root, "edit", "a.md", "--json"], catch_exceptions=False)
    found = json.loads(done.stdout)
    assert (done.exit_code, found["path"], [problem["code"] for problem in found["problems"]]) == (code, "a.md", problems)
