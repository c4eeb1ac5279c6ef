"""Talks without a summary, what is proposed for them, and the user's own command that proposes."""

import sys
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, days_ago, note
from vaultcrm.actions.summaries.own_command import propose, summary_command
from vaultcrm.actions.summaries.talks import proposed_summary, save_summary, without_summary
from vaultcrm.actions.undo import undo
from vaultcrm.errors import ExternalError, InvalidInput, Refused
from vaultcrm.links.ownership import ClientRef


def talk(ago: int, *lines: str, body: str = "Dana wants two options. She decides on Friday.") -> str:
    return note("interaction", f"date: {days_ago(ago)}", "channel: call", *lines, body=body)


FILES = {
    "clients/Acme/Acme.md": CLIENT, "clients/Fox/Fox.md": CLIENT,
    "clients/Acme/old.md": talk(9), "clients/Acme/new.md": talk(2), "clients/Fox/fox.md": talk(5, "summary:"),
    "clients/Acme/summed up.md": talk(3, "summary: Two options"), "clients/Acme/planned.md": talk(-3),
    "clients/Acme/called off.md": talk(4, "status: cancelled"), "clients/Acme/empty.md": talk(30, body=""),
    "clients/Acme/2026-11-04 Call.md": "A call with Max about prices.\n", "clients/Acme/Plan.md": "No talk.\n", "inbox/parked.md": talk(1),
}  # fmt: skip


def test_talks_without_a_summary_are_found_newest_first(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", FILES)
    found = [(item.talk.path, item.talk.client, item.proposal) for item in without_summary(crm)]
    said = "Dana wants two options. She decides on Friday."
    assert found == [
        ("clients/Acme/new.md", "Acme", said), ("clients/Fox/fox.md", "Fox", said), ("clients/Acme/old.md", "Acme", said),
        ("clients/Acme/2026-11-04 Call.md", "Acme", "A call with Max about prices."), ("clients/Acme/empty.md", "Acme", ""),
    ]  # fmt: skip
    assert [item.talk.path for item in without_summary(crm, ClientRef.at("clients/Fox/Fox.md"))] == ["clients/Fox/fox.md"]


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("One. Two.", "One. Two."),
        ("Two\n lines [[a]] <% b %>", "Two lines [ [a]] < % b %>"),
        (f"{'a' * 150}. {'b' * 100}.", f"{'a' * 150}."),
        ("\x1b[31mRed\u202e", "[31mRed"),
        ("", ""),
    ],
)
def test_a_proposal_is_one_harmless_line(text: str, proposal: str) -> None:
    assert proposed_summary(text) == proposal


def test_a_summary_is_one_edit_and_one_step_for_undo(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", FILES)
    result = save_summary(crm, "clients/Acme/new.md", " Two\noptions: A or B ")
    assert (result.created, result.changed, result.record.properties["summary"]) == ([], ["clients/Acme/new.md"], "Two options: A or B")
    written = (tmp_path / "v/clients/Acme/new.md").read_text("utf-8")
    assert written == FILES["clients/Acme/new.md"].replace("channel: call\n", 'channel: call\nsummary: "Two options: A or B"\n')
    with pytest.raises(Refused, match="has a summary by now"):
        save_summary(crm, "clients/Acme/new.md", "Another")
    with pytest.raises(InvalidInput, match="needs some words"):
        save_summary(crm, "clients/Acme/old.md", " \n")
    undo(crm.vault.root)
    assert (tmp_path / "v/clients/Acme/new.md").read_text("utf-8") == FILES["clients/Acme/new.md"]


# ------------------------------------------------------------------ the user's own command


def python(program: str) -> list[str]:
    return [sys.executable, "-S", "-c", program]


def test_the_command_gets_the_text_and_its_first_line_counts() -> None:
    assert propose(python("import sys; print(); print(' ', sys.stdin.read().upper()); print('more')"), "zwei Äpfel") == "ZWEI ÄPFEL"
    assert propose(python("print('done')"), "x" * 1_000_000) == "done"  # without reading
    assert propose(python("import sys; print('a'); sys.stdout.write('b' * 100_000_000)"), "") == "a"  # stopped in the middle


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["/nowhere/command"], "No such file or directory"),
        (python("raise SystemExit(3)"), "it ended with code 3"),
        (python("print('no'); raise SystemExit(1)"), "it ended with code 1"),
        (python("print(' ')"), "it printed nothing"),
        (python("import time; time.sleep(99)"), "it took longer than 0.2 seconds"),
        # the first process ends, and another one keeps the output open
        (["/bin/sh", "-c", "sleep 99 & echo no"], "it took longer than 0.2 seconds"),
    ],
)
def test_a_command_that_fails_says_why(command: list[str], reason: str) -> None:
    with pytest.raises(ExternalError) as error:
        propose(command, "text", time_limit=0.2 if "0.2" in reason else 30)
    assert error.value.message == f"Your summary command failed: {reason}."


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", None),
        ("[summary]\ncommand = \"llm 'one sentence' -m x\"\n", ["llm", "one sentence", "-m", "x"]),
        ('[summary]\ncommand = ["llm", "a b"]\n', ["llm", "a b"]),
        ("[summary]\n", InvalidInput),
        ('[summary]\ncommand = "llm \'open"\n', InvalidInput),
        ("[summary]\ncommand = 3\n", InvalidInput),
        ('[summary]\ncommand = ""\n', InvalidInput),
        ('summary = "llm"\n', InvalidInput),
    ],
)
def test_only_the_users_own_settings_name_a_command(
    settings: str, expected: list[str] | type[InvalidInput] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "vaultcrm").mkdir()
    (tmp_path / "vaultcrm/config.toml").write_text(settings, "utf-8")
    if isinstance(expected, type):
        with pytest.raises(expected, match="must be a command"):
            summary_command()
    else:
        assert summary_command() == expected
