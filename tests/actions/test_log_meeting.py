"""Logging into the note of a meeting: appended below what is there, with everything else as it was."""

import contextlib
from pathlib import Path

import pytest

from tests.actions.test_meetings import CALLOUT
from tests.actions.vaults import CLIENT, crm_with, note
from tests.support import contents
from vaultcrm.actions.add import NewFollowUp
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.log import NewInteraction
from vaultcrm.actions.log_meeting import find_meeting, log_meeting, recent_meetings
from vaultcrm.errors import NotFound, UsageError
from vaultcrm.markdown.page import split_page
from vaultcrm.model.calendar_text import is_without_notes
from vaultcrm.model.read_note import read_back

FOLDER = "clients/Acme/interactions"
PATH = f"{FOLDER}/2026-11-16 0800 Kick-off.md"


def meeting(day: str = "2026-11-16", *properties: str, time: str = "08") -> str:
    times = (f"date: {day}T{time}:00:00", f"end: {day}T{time}:30:00")
    return note("interaction", *times, "channel: meeting", *properties, 'summary: "Kick-off #1"', "source: ics:k1", body=f"\n{CALLOUT}")


FILES = {
    "clients/Acme/Acme.md": CLIENT,
    "clients/Acme/Dana Roe.md": note("person"),
    "clients/Acme/Website.md": note("project", "status: active"),
    "clients/Fox/Fox.md": CLIENT,
    PATH: meeting("2026-11-16", 'people: "[[Dana Roe]]"', 'project: "[[Website]]"'),
}


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return crm_with(tmp_path / "v", FILES)


def test_what_was_said_goes_below_and_into_the_properties(crm: Crm, tmp_path: Path) -> None:
    steps = [NewFollowUp("Send the quote")]
    new = NewInteraction("Two options.\n\nMore.", people=("dana", "Tom"), decisions=("Fixed price",), next_steps=steps, questions=("Who?",))
    result = log_meeting(crm, PATH, new)
    before = FILES[PATH]
    expected = before.replace('people: "[[Dana Roe]]"\n', 'people: ["[[Dana Roe]]", "Tom"]\n')
    expected = expected.replace("source: ics:k1\n", "source: ics:k1\ndecisions:\n  - Fixed price\n")
    assert (tmp_path / "v" / PATH).read_text() == expected + "Two options.\n\nMore.\n\n> [!question] Who?\n"
    assert result.created == ["clients/Acme/follow-ups/Send the quote.md"]
    text = (tmp_path / "v" / result.created[0]).read_text()
    assert 'project: "[[Website]]"' in text
    assert 'from: "[[2026-11-16 0800 Kick-off]]"' in text
    logged = result.record
    assert (logged.interaction.client, [item.text for item in logged.follow_ups]) == ("Acme", ["Send the quote"])
    assert ([decision.text for decision in logged.decisions], logged.unknown_people) == (["Fixed price"], ["Tom"])


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_text_is_all_that_is_added(crm: Crm, tmp_path: Path, newline: str) -> None:
    path = tmp_path / "v" / PATH
    before = FILES[PATH].replace("\n", newline).encode()
    path.write_bytes(before)
    log_meeting(crm, PATH, NewInteraction("One.\nTwo."))
    assert path.read_bytes() == before + f"One.{newline}Two.{newline}".encode()
    assert not is_without_notes(read_back(PATH, path.read_bytes()).note, split_page(path.read_bytes()).body)


def test_the_meetings_that_have_begun_and_have_no_notes_are_offered(tmp_path: Path) -> None:
    files = FILES | {
        f"{FOLDER}/yesterday.md": meeting("2026-11-15"),
        f"{FOLDER}/before.md": meeting("2026-11-14"),
        f"{FOLDER}/now.md": meeting(time="09"),
        f"{FOLDER}/ahead.md": meeting(time="10"),
        f"{FOLDER}/noted.md": meeting() + "\nText.\n",
        "clients/Fox/interactions/x.md": meeting(),
    }
    crm = crm_with(tmp_path / "v", files)
    with contextlib.closing(crm.catalog):
        assert [talk.path for talk in recent_meetings(crm, "acme")] == [f"{FOLDER}/now.md", PATH, f"{FOLDER}/yesterday.md"]
        log_meeting(crm, f"{FOLDER}/now.md", NewInteraction("Said."))
        assert recent_meetings(crm, "acme")[0].path == PATH


def test_a_meeting_by_its_name_is_the_clients(crm: Crm, tmp_path: Path) -> None:
    before = contents(tmp_path / "v")
    assert find_meeting(crm, PATH, "acme").path == find_meeting(crm, "Kick-off", None).path == PATH
    with pytest.raises(UsageError, match="is a meeting with Acme"):
        find_meeting(crm, PATH, "fox")
    with pytest.raises(UsageError, match="isn't a meeting"):
        find_meeting(crm, "Website", None)
    with pytest.raises(NotFound):
        find_meeting(crm, "ffff99", None)
    assert contents(tmp_path / "v") == before
