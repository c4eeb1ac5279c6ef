"""The log command: which --due belongs to which next step, where the text comes from, and what is printed."""

import re
from pathlib import Path

import pytest

from tests.fork_server import run_vaultcrm
from tests.support import make_vault

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
