"""The log command: which --due belongs to which next step, where the text comes from, and what is printed."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fork_server import run_vaultcrm
from tests.support import make_vault
from vaultcrm.actions.log import NewInteraction
from vaultcrm.cli.commands.log import meeting_facts, new_facts
from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.main import cli
from vaultcrm.errors import VaultcrmError
from vaultcrm.model.records import Interaction

CLIENT = "---\ntype: client\n---\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(make_vault(tmp_path / "vault", {"clients/Acme/Acme.md": CLIENT, "vaultcrm.toml": ""}).root)


def log(root: Path, *words: str, stdin: str | None = None) -> tuple[int, str, str]:
    done = run_vaultcrm("--vault", str(root), "--today", "2026-11-16T09:30", "log", *words, stdin=stdin)
    return done.returncode, done.stdout, done.stderr


def dues(root: Path) -> dict[str, str]:
    """The due line of each follow-up note, by title."""
    notes = (root / "clients/Acme/follow-ups").glob("*.md")
    return {note.stem: next((line for line in note.read_text().splitlines() if line.startswith("due")), "") for note in notes}


def test_each_due_belongs_to_the_step_before_it(root: Path) -> None:
    words = ["acme", "x", "--next", "One", "--next", "Two", "--due", "fri", "--waiting", "Three", "--due", "24 nov", "--next", "Four"]
    assert log(root, *words)[0] == 0
    assert dues(root) == {"One": "", "Two": "due: 2026-11-20", "Three": "due: 2026-11-24", "Four": ""}
    assert "status: waiting" in (root / "clients/Acme/follow-ups/Three.md").read_text()
    assert "status: open" in (root / "clients/Acme/follow-ups/Four.md").read_text()


@pytest.mark.parametrize("words", [["--due", "fri"], ["--due", "fri", "--next", "One"], ["--next", "One", "--due", "fri", "--due", "mon"]])
def test_a_due_without_a_step_of_its_own_is_refused(root: Path, words: list[str]) -> None:
    code, out, err = log(root, "acme", "x", *words)
    assert (code, out) == (2, "")
    assert "Each --due belongs to the --next or --waiting before it." in err
    assert not (root / "clients/Acme/interactions").exists()


def test_a_step_without_words_is_refused(root: Path) -> None:
    assert log(root, "acme", "x", "--next", "…")[0] == 2
    assert not (root / "clients/Acme/interactions").exists()


def test_the_text_comes_from_standard_input(root: Path) -> None:
    code, out, _ = log(root, "acme", "-", "-c", "email", "--in", stdin="They want two options.\n\nBy Friday.\n")
    assert (code, out) == (0, "clients/Acme/interactions/2026-11-16 0930 They want two options.md\n")
    note = (root / out.strip()).read_text()
    assert "channel: email\ndirection: in\n" in note
    assert note.endswith("They want two options.\n\nBy Friday.\n")


@pytest.mark.parametrize(
    ("words", "stdin", "message"),
    [(["acme"], None, "There is nothing to log."), (["acme", "-"], " \n", "Standard input is empty, so there is nothing to log.")],
)
def test_nothing_to_log(root: Path, words: list[str], stdin: str | None, message: str) -> None:
    code, _, err = log(root, *words, stdin=stdin)
    assert code == 2
    assert message in err


@pytest.mark.parametrize("option", ["--summary", "--decision", "--feedback", "--preference", "--question", "--next"])
def test_an_option_with_words_is_enough(root: Path, option: str) -> None:
    assert log(root, "acme", option, "Two options")[0] == 0
    assert log(root, "acme", "-", option, "Two options", stdin="")[0] == 0


def test_what_was_logged_is_printed(root: Path) -> None:
    code, out, err = log(
        root, "acme", "Called", "--at", "yesterday 3pm", "--with", "Zed", "--waiting", "Sign", "--next", "Send", "--due", "fri"
    )
    assert code == 0
    assert out.splitlines() == [
        "clients/Acme/interactions/2026-11-15 1500 Called.md", "clients/Acme/follow-ups/Sign.md", "clients/Acme/follow-ups/Send.md",
    ]  # fmt: skip
    lines = err.splitlines()
    assert lines[0] == "Logged: conversation with Zed (Acme), Sun 2026-11-15 15:00"
    assert [line[6:] for line in lines[1:3]] == [" they owe: Sign, no due date", " you owe: Send, due Fri 2026-11-20"]
    assert lines[3] == 'No note for \'Zed\'; kept the name as text. Add one: vaultcrm person add "Acme" "Zed"'


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["acme", "x"], "Logged: conversation with Acme, Mon 2026-11-16 09:30"),
        (["acme", "x", "-c", "Phone", "--with", "Ann", "--with", "Bo"], "Logged: call with Ann and Bo (Acme), Mon 2026-11-16 09:30"),
        (
            ["acme", "-c", "MAIL", "--decision", "Fixed price"],
            "Logged: email with Acme, Mon 2026-11-16 09:30 · agreed: Fixed price (HANDLE)",
        ),
        (["--inbox", "Somebody", "rang"], "Logged: conversation in the inbox, Mon 2026-11-16 09:30"),
        (["Somebody rang about a logo"], "Logged: conversation in the inbox, Mon 2026-11-16 09:30"),
        (["-c", "zoom", "--inbox", "x", "--with", "Ann"], "Logged: meeting with Ann (in the inbox), Mon 2026-11-16 09:30"),
    ],
)
def test_the_first_line_says_what_was_understood(root: Path, words: list[str], expected: str) -> None:
    code, out, err = log(root, *words)
    assert (code, re.sub(r"\([0-9a-f]{4}\)", "(HANDLE)", err.splitlines()[0])) == (0, expected)
    assert out.startswith("clients/Acme/" if "Acme" in expected else "inbox/")


@pytest.mark.parametrize(
    ("words", "code"),
    [(["acme wants two options"], 3), (["nobody"], 3), (["no body", "x"], 3), (["two words"], 3), (["three words here"], 0)],
)
def test_only_a_sentence_that_names_no_client_goes_to_the_inbox(root: Path, words: list[str], code: int) -> None:
    assert log(root, *words, stdin="Rang")[0] == code
    assert (root / "inbox").exists() == (code == 0)


@pytest.mark.parametrize("words", [["-"], ["--inbox", "-"]])
def test_a_piped_text_without_a_client_goes_to_the_inbox(root: Path, words: list[str]) -> None:
    assert log(root, *words, stdin="Rang about a logo")[:2] == (0, "inbox/2026-11-16 0930 Rang about a logo.md\n")


def test_a_text_that_cannot_be_written_is_saved(root: Path, home: Path) -> None:
    (root / "clients/Acme/interactions").write_text("in the way")
    code, _, err = log(root, "acme", "-", stdin="Precious words\n")
    assert code == 6
    (saved,) = (home / "state/vaultcrm").glob("unsaved-*.md")
    assert saved.read_text() == "Precious words\n"
    assert f"Your text was saved to {saved}" in err


MEETING = "clients/Acme/interactions/2026-11-16 0800 Kick-off.md"
MEETING_TEXT = """\
---
type: interaction
date: 2026-11-16T08:00:00
end: 2026-11-16T09:00:00
channel: meeting
people:
  - Ann
summary: Kick-off
source: ics:k1
---

> [!calendar] Kick-off
"""


@pytest.mark.parametrize(
    ("words", "answer", "goes_into_it"),
    [
        (["acme", "They agree"], None, False),  # nobody is asked without a terminal
        (["acme", "They agree", "--meeting"], None, True),
        (["acme", "They agree", "--for", "Kick-off"], None, True),
        (["They agree", "--for", MEETING], None, True),
        (["acme", "They agree"], "y\n", True),
        (["acme", "They agree"], "\n", True),
        (["acme", "They agree"], "n\n", False),
        (["acme", "They agree", "--no-meeting"], "", False),
        (["acme", "They agree", "--at", "9:00"], "", False),
        (["acme", "They agree", "-c", "email"], "", False),
        (["They all agree"], "", False),  # for the inbox
    ],
)
def test_a_meeting_that_is_just_over_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], answer: str | None, goes_into_it: bool
) -> None:
    root = Path(make_vault(tmp_path / "v", {"vaultcrm.toml": "", "clients/Acme/Acme.md": CLIENT, MEETING: MEETING_TEXT}).root)
    monkeypatch.setattr(CommandContext, "can_ask", answer is not None)
    command = ["--vault", str(root), "--today", "2026-11-16T09:30", "log", *words]
    done = CliRunner().invoke(cli, command, input=answer, catch_exceptions=False)
    assert ("Is this about the meeting at 08:00 with Ann (Kick-off)?" in done.stderr) == bool(answer)
    assert (root / MEETING).read_text() == MEETING_TEXT + "\nThey agree\n" * goes_into_it
    assert len([path for path in root.rglob("*.md") if path.parent.name in ("interactions", "inbox")]) == (1 if goes_into_it else 2)
    if goes_into_it:
        assert "Logged: meeting with Ann (Acme), Mon 2026-11-16 08:00\n" in done.stderr
        assert MEETING in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["acme", "x", "--meeting", "--at", "9:00"], 2, "A meeting has its own time."),
        (["--meeting", "All of them agree"], 2, "Whose meeting is it?"),
        (["fox", "x", "--meeting"], 3, "No meeting of today or yesterday lacks notes."),
        (["fox", "x", "--for", MEETING], 2, "'2026-11-16 0800 Kick-off' is a meeting with Acme."),
    ],
)
def test_a_meeting_that_isnt_there_is_said(tmp_path: Path, words: list[str], code: int, message: str) -> None:
    files = {"vaultcrm.toml": "", "clients/Acme/Acme.md": CLIENT, "clients/Fox/Fox.md": CLIENT, MEETING: MEETING_TEXT}
    root = make_vault(tmp_path / "v", files).root
    error = CliRunner().invoke(cli, ["--vault", root, "--today", "2026-11-16T09:30", "log", *words]).exception
    assert isinstance(error, VaultcrmError)
    assert (error.exit_code, error.message) == (code, message)


def test_the_editor_shows_what_it_is_about() -> None:
    at = datetime(2026, 11, 16, 8)
    meeting = Interaction("Kick-off", MEETING, "Acme", at, "meeting", None, ("Ann", "Bo"), None, "Kick-off", ())
    expected = {"Client": "Acme", "Meeting": "Kick-off", "With": "Ann, Bo", "Project": "", "Date": "Mon 2026-11-16 08:00"}
    assert dict(meeting_facts(meeting)) == expected
    new = dict(new_facts("", NewInteraction(channel="call"), at))
    assert new == {"Client": "none; it goes to the inbox", "Channel": "call", "Date": "Mon 2026-11-16 08:00"}
