"""--as-of and --since: the past, by the command line."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.actions.history.commits import commit, git
from tests.actions.history.states import ACME, FILES, replace
from tests.support import write_files
from vaultcrm.cli.main import cli

TODAY = "2026-11-16T09:30"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A vault with one commit on 2 October and one on 12 November."""
    vault = tmp_path / "vault"
    write_files(vault, FILES)
    git(vault, "init", "--quiet", ".")
    commit(vault, datetime(2026, 10, 2, 9))
    replace(vault, f"{ACME}/projects/Website.md", "2026-12-04", "2026-12-18")
    (vault / f"{ACME}/decisions/Hourly price.md").rename(vault / f"{ACME}/decisions/Hourly.md")
    commit(vault, datetime(2026, 11, 12, 9))
    return vault


def run(root: Path, *words: str, now: str = TODAY) -> tuple[str, str, int]:
    """What a command prints on each stream, and its exit code."""
    environment = {"COLUMNS": "100", "VAULTCRM_TODAY": now}
    done = CliRunner().invoke(cli, ["--vault", str(root), *words], env=environment, catch_exceptions=True)
    message = str(done.exception) if done.exception and not isinstance(done.exception, SystemExit) else ""
    return done.stdout, done.stderr + message, done.exit_code


def document(root: Path, *words: str) -> Any:  # Any: JSON
    return json.loads(run(root, "--json", *words)[0])


def test_each_command_answers_from_the_day(root: Path) -> None:
    then = git(root, "rev-parse", "--short=7", "HEAD~1").strip()
    out, err, _ = run(root, "brief", "acme", "--as-of", "3 nov")
    assert err == f"As of 3 Nov 2026, from commit {then} (2 Oct).\n"
    assert "deadline 4 Dec, in 4 weeks" in out
    assert "Hourly price" in out
    assert document(root, "decisions", "acme", "--as-of", "3 nov")[-1]["source"]["path"] == f"{ACME}/decisions/Hourly price.md"
    assert [found["text"] for found in document(root, "decisions", "price", "--as-of", "3 nov")] == ["Hourly price"]
    for client in ((), ("--client", "acme")):
        assert document(root, "project", "show", "website", "--as-of", "2 weeks", *client)["deadline"] == "2026-12-04"
    assert [event["text"] for event in document(root, "timeline", "acme", "--as-of", "3 nov", "--only", "decision")][-1] == "Hourly price"
    assert document(root, "brief", "acme", "--as-of", "yesterday")["projects"][0]["deadline"] == "2026-12-18"


def test_a_person_comes_first_in_the_past_too(root: Path) -> None:
    assert document(root, "brief", "dana", "--as-of", "3 nov")["people"][0]["name"] == "Dana Roe"


def test_what_has_changed_since_a_day(root: Path) -> None:
    found = document(root, "brief", "acme", "--since", "3 nov")["since"]
    assert (found["at"], [change["text"] for change in found["changes"]]) == (
        "2026-11-03T00:00:00", ["Website: deadline 4 Dec → 18 Dec", "Hourly price → Hourly"],
    )  # fmt: skip
    out, err, _ = run(root, "brief", "acme", "--since", "3 nov")
    assert "Since 3 Nov" in out
    assert err.startswith("Compared with 3 Nov 2026, from commit")
    assert run(root, "brief", "acme", "--since", "3d")[1].startswith("Nothing has changed. Compared with 13 Nov 2026, from commit")


def test_looks_count_as_being_here_but_not_those_at_the_past(root: Path) -> None:
    assert document(root, "brief", "acme")["since"] is None
    run(root, "brief", "acme", "--as-of", "3 nov", now="2026-11-18T09:00")
    run(root, "brief", "acme", "--since", "3 nov", now="2026-11-18T10:00")
    replace(root, f"{ACME}/Budget.md", "Ten", "Twelve")
    assert "Since you were here on 16 Nov" in run(root, "brief", "acme", now="2026-11-18T12:00")[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("brief", "acme", "--as-of", "in 3 days"), "19 Nov 2026 lies ahead."),
        (("brief", "acme", "--as-of", "3d", "--since", "3d"), "Use either --since or --as-of."),
        (("brief", "acme", "--as-of", "sometime"), "sometime"),
        (("timeline", "nobody", "--as-of", "3d"), "No client is called 'nobody'."),
    ],
)
def test_what_makes_no_sense_is_refused(root: Path, words: tuple[str, ...], message: str) -> None:
    out, err, code = run(root, *words)
    assert (message in err, out, code != 0) == (True, "", True)
