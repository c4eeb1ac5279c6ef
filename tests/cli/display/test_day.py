"""The day on one screen, and the welcome outside of any vault."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.actions.vaults import CLIENT, calls, note
from tests.support import make_vault
from vaultcrm.cli.main import cli
from vaultcrm.errors import NotFound
from vaultcrm.model.handles import handle

FILES = {
    "clients/Acme/Acme.md": CLIENT,
    "clients/Fox/Fox.md": note("client", "status: active", "cadence: 1 week"),
    **calls("Fox", 9),
    "clients/Acme/2026-11-16 1500 Call.md": note("interaction", "date: 2026-11-16T15:00:00", "channel: call", "summary: Prices"),
    "clients/Acme/Quote.md": note("follow-up", "due: 2026-11-13", "priority: high"),
    "clients/Acme/Text.md": note("follow-up", "status: waiting", "due: 2026-11-15"),
    "clients/Acme/Photos.md": note("follow-up", "status: waiting", "due: 2026-11-25"),
    "broken.md": "---\n",
}
QUOTE, TEXT = (handle(f"clients/Acme/{name}.md")[:4] for name in ("Quote", "Text"))


def run(root: str, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--vault", root, "--today", "2026-11-16T09:30", *words], catch_exceptions=False)


def test_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    done = run(make_vault(tmp_path / "v", FILES).root)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "Monday, 16 November 2026",
        "",
        'Planned  1  vaultcrm brief "Acme"',
        "  15:00  call  Acme  Prices",
        "",
        "You owe  1  vaultcrm due",
        f"  {QUOTE}  3 days late  Quote  Acme  !",
        "",
        "They owe you  1  vaultcrm due --waiting (2 in all)",
        f"  {TEXT}  1 day late  Text  Acme",
        "",
        "Silent too long  1  vaultcrm stale",
        "  Fox  9 days ago  agreed: every week",
        "",
        "1 note can't be read: vaultcrm check",
    ]


def test_json_has_whole_lists(tmp_path: Path) -> None:
    found = json.loads(run(make_vault(tmp_path / "v", FILES).root, "--json").stdout)
    assert list(found) == ["date", "planned", "late", "today", "waiting", "unanswered", "silent", "unread", "inbox"]
    assert (found["date"], found["unread"], [item["text"] for item in found["late"]]) == ("2026-11-16", 1, ["Quote"])


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({}, 'There are no clients yet. Add one: vaultcrm client add "NAME". Or: vaultcrm import FILE'),
        ({"clients/Acme/Acme.md": CLIENT},
         "Nothing is due today, and nobody has been silent for too long. What comes next: vaultcrm due --within 2w"),
    ],
)  # fmt: skip
def test_a_quiet_day(files: dict[str, str], line: str, tmp_path: Path) -> None:
    assert run(make_vault(tmp_path / "v", files).root).stdout.splitlines() == ["Monday, 16 November 2026", "", line]


def test_outside_of_any_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, [])
    assert (done.exit_code, done.stdout.splitlines()[1]) == (0, "There is no vault here yet.")
    assert "vaultcrm init" in done.stdout
    assert "vaultcrm demo" in done.stdout
    failed = CliRunner().invoke(cli, ["--json"])
    assert isinstance(failed.exception, NotFound)
    assert failed.stdout == ""
