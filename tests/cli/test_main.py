"""The options of the group, which may be given before or after the command."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support import make_vault
from vaultcrm.cli.main import _group_options_first, cli


@pytest.mark.parametrize(
    ("args", "group_options", "rest"),
    [
        (["due", "--json"], ["--json"], ["due"]),
        (["due", "-q", "--color", "--all"], ["-q", "--color"], ["due", "--all"]),
        (["due", "--vault", "x", "--today=fri"], ["--vault", "x", "--today=fri"], ["due"]),
        (["due", "--vault"], ["--vault"], ["due"]),
        (["due", "--vaults=x"], [], ["due", "--vaults=x"]),
        (["log", "acme", "--", "--json", "-q"], [], ["log", "acme", "--", "--json", "-q"]),
        (["log", "--json", "acme", "--", "--today", "x"], ["--json"], ["log", "acme", "--", "--today", "x"]),
        ([], [], []),
    ],
)
def test_group_options_come_first_except_after_two_dashes(args: list[str], group_options: list[str], rest: list[str]) -> None:
    assert _group_options_first(args) == (group_options, rest)


def test_after_two_dashes_an_option_is_text(tmp_path: Path) -> None:
    make_vault(tmp_path / "v", {"clients/Acme/Acme.md": "---\ntype: client\n---\n"})
    words = ["log", "acme", "--vault", str(tmp_path / "v"), "--today", "2026-11-16T09:30", "--json", "--", "--quiet", "please"]
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert json.loads(done.stdout)["created"] == ["clients/Acme/interactions/2026-11-16 0930 quiet please.md"]
    (path,) = (tmp_path / "v/clients/Acme/interactions").iterdir()
    assert path.read_text().endswith("---\n\n--quiet please\n")
