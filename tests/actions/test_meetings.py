"""Meetings of a calendar without notes: those that are over, and into which nobody has written anything."""

from datetime import date
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions.meetings import meetings_without_notes
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.page import split_page
from vaultcrm.model.calendar_text import is_without_notes
from vaultcrm.model.read_note import read_back

CALLOUT = "> [!calendar] Kick-off \\#1\n> Place: Room 4\n>\n> We talk about the price.\n"
MEETING = ("date: 2026-11-12T14:00:00", "end: 2026-11-12T15:00:00", "channel: meeting", 'summary: "Kick-off #1"', "source: ics:k1")


@pytest.mark.parametrize(
    ("properties", "body", "expected"),
    [
        ((), CALLOUT, True),
        ((), "\n" + CALLOUT.replace("\n", "\r\n"), True),
        ((), "", False),  # somebody has deleted it
        ((), "## Notes\n\n" + CALLOUT + "\n## Agreed\n- \n- [ ] \n---\n", True),  # a template's frame
        ((), CALLOUT + "\nDana wants two options.\n", False),
        ((), CALLOUT + "\n> [!decision] Fixed price\n", False),
        ((), CALLOUT + "\n- [ ] Send the quote\n", False),
        ((), CALLOUT.replace("Kick-off", "Workshop"), False),  # the summary is another one than the calendar's
        (("decisions:", "  - Fixed price"), CALLOUT, False),
        (("feedback: Good",), CALLOUT, False),
        (("next_step: Send the quote",), CALLOUT, False),
        (("tags: [sales]", 'project: "[[Website]]"'), CALLOUT, True),
    ],
)
def test_a_meeting_is_without_notes_until_somebody_writes_some(properties: tuple[str, ...], body: str, expected: bool) -> None:
    data = note("interaction", *MEETING, *properties, body=body).encode()
    assert is_without_notes(read_back("a.md", data).note, split_page(data).body) is expected


def test_those_that_are_over_are_found_by_client(tmp_path: Path) -> None:
    def meeting(*changes: tuple[str, str]) -> str:
        text = note("interaction", *MEETING, body=CALLOUT)
        for old, new in changes:
            text = text.replace(old, new)
        return text

    today = ("2026-11-12", "2026-11-16")
    folder = "clients/Acme/interactions"
    crm = crm_with(
        tmp_path / "v",
        {
            "clients/Acme/Acme.md": CLIENT,
            f"{folder}/1.md": meeting(),
            f"{folder}/2.md": meeting(today, ("T14", "T08"), ("T15", "T09")),
            f"{folder}/under way.md": meeting(today, ("T14", "T09"), ("T15", "T10")),
            f"{folder}/ahead.md": meeting(today),
            f"{folder}/cancelled.md": meeting(("channel", "status: cancelled\nchannel")),
            f"{folder}/by hand.md": meeting(("source: ics:k1\n", "")),
            f"{folder}/with notes.md": meeting(("price.\n", "price.\n\nWe agreed.\n")),
            "inbox/3.md": meeting(),
        },
    )
    crm.refresh()
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    assert [(talk.path, talk.client) for talk in meetings_without_notes(crm, first, last)] == [
        (f"{folder}/1.md", "Acme"),
        ("inbox/3.md", None),
        (f"{folder}/2.md", "Acme"),
    ]
    acme = ClientRef.at("clients/Acme/Acme.md")
    assert [talk.path for talk in meetings_without_notes(crm, date(2026, 11, 16), last, acme)] == [f"{folder}/2.md"]
    crm.catalog.close()
