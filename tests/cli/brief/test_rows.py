"""A brief as rows: who, what is owed, what was agreed and said."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.actions.vaults import NOW, crm_with, note
from vaultcrm.actions.brief.brief import brief, whole_body
from vaultcrm.cli.brief.rows import BriefRows
from vaultcrm.cli.brief.screen import Row, Section

ACME = {
    "clients/Acme/Acme.md": note(
        "client", "status: active", "stage: execution", "channel: call", "language: en", "rate: 1250", "currency: GBP", "cadence: 2 weeks",
        "phone: ['0117 1', '0117 2']", "timezone: Europe/Lisbon",
        body="Nine people.\n\n## Preferences\n\n- No calls on Fridays\n\n## Interactions\n\n![[Client.base]]\n",
    ),
    "clients/Acme/Dana Roe.md": note(
        "person", "role: Partner", "email: [d@a.example, x@a.example]", "phone: '1'", body="On leave until March.\n"
    ),
    "clients/Acme/Priya.md": note("person", "email: p@a.example"),
    "clients/Acme/Site.md": note("project", "status: active", "deadline: 2026-11-20", "value: 9600", "currency: GBP", body="A new site.\n"),
    "clients/Acme/a.md": note("follow-up", "status: open", "due: 2026-11-13", "priority: high", body="Two options.\n"),
    "clients/Acme/b.md": note("follow-up", "status: open", "due: 2026-11-18", "recurrence: FREQ=WEEKLY;BYDAY=WE"),
    "clients/Acme/c.md": note("follow-up", "status: open", "due: 2027-01-18"),
    "clients/Acme/d.md": note("follow-up", "status: open", "due: 2027-02-18"),
    "clients/Acme/e.md": note("follow-up", "status: open"),
    "clients/Acme/Captions.md": note("follow-up", "status: waiting", "due: 2026-11-18", "dateCreated: 2026-11-01"),
    "clients/Acme/Fixed price.md": note("decision", "date: 2026-11-02", body="Three milestones of [[Site]].\n"),
    "clients/Acme/2026-11-04 1430 Call.md": note(
        "interaction", "date: 2026-11-04T14:30:00", "channel: call", "people: ['[[Dana Roe]]', A, B]", "summary: All is well",
    ),
    "clients/Acme/2026-11-09 Captions come.md": note(
        "interaction", "date: 2026-11-09", "channel: email", "direction: in", body="See below.\n"
    ),
}  # fmt: skip


@pytest.fixture
def rows(tmp_path: Path) -> BriefRows:
    return BriefRows(brief(crm_with(tmp_path / "v", ACME), "acme"), NOW)


def section(rows: BriefRows, name: str) -> Section:
    return next(section for section in rows.sections() if section.name == name)


def cells(row: Row) -> list[str]:
    return [*(cell.text for cell in row.lead), row.text, row.more]


def test_the_head(rows: BriefRows) -> None:
    assert rows.standing() == ["active", "execution", "by call", "rate 1,250 GBP", "language en"]
    assert rows.day() == f"Mon 16 Nov, {NOW.astimezone():%H:%M} there" or rows.day().startswith("Mon 16 Nov, ")
    assert rows.silence() == ("Last talk 7 days ago, on 9 Nov: email (agreed every 2 weeks).", "")


def test_people_and_what_their_notes_say(rows: BriefRows) -> None:
    assert [cells(row) for row in section(rows, "people").rows] == [
        ["Dana Roe", "1", "d@a.example", "Partner", "On leave until March."],
        ["Priya", "", "p@a.example", "", ""],
        ["the office", "0117 1", "", "", ""],
    ]
    assert [cells(row) for row in section(rows, "mentions").rows] == [
        ["Also in talks: A (4 Nov), B (4 Nov)", 'Keep them: vaultcrm person add "Acme" "A"']
    ]
    assert section(rows, "projects").rows[0].text == "deadline 20 Nov, in 4 days · 9,600 GBP"


def test_what_is_owed(rows: BriefRows) -> None:
    mine = section(rows, "you_owe")
    assert [cells(row) for row in mine.rows] == [
        ["3 days late", "a !", "Two options."],
        ["in 2 days", "b (every week on Wednesday)", ""],
        ["no date", "e", ""],
    ]
    assert [row.must_stay for row in mine.rows] == [True, False, False]
    assert (mine.uncounted, mine.note, mine.style) == (2, "2 after 7 Dec, the first on 18 Jan 2027", "red")
    assert cells(section(rows, "they_owe").rows[0]) == ["in 2 days", "Captions", "they wrote since: 9 Nov, maybe answered"]


def test_what_was_agreed_and_said(rows: BriefRows) -> None:
    assert cells(section(rows, "agreed").rows[0]) == ["2 Nov", "Fixed price", "Three milestones of Site."]
    assert [cells(row) for row in section(rows, "talks").rows] == [
        ["9 Nov", "Captions come: See below.", "email"],
        ["4 Nov", "All is well", "call with Dana Roe, A and 1 other"],
    ]


def test_everything_has_whole_bodies_and_every_address(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", ACME)
    rows = BriefRows(brief(crm, "acme"), NOW, None, lambda path: whole_body(crm, path))
    assert [cells(row) for row in section(rows, "about").rows] == [["", "Nine people."]]
    assert cells(section(rows, "people").rows[0])[1:3] == ["1", "d@a.example, x@a.example"]
    assert [row.lead[0].text for row in section(rows, "you_owe").rows] == [
        "3 days late",
        "in 2 days",
        "in 9 weeks",
        "in 3 months",
        "no date",
    ]
    assert cells(section(rows, "talks").rows[0]) == ["9 Nov", "Captions come", "email\nSee below."]


def test_silence(tmp_path: Path) -> None:
    vault = {"clients/Acme/Acme.md": note("client", "cadence: 1 week")}
    assert BriefRows(brief(crm_with(tmp_path / "v", vault), "acme"), NOW).silence() == ("No conversation logged yet.", "yellow")
    vault["clients/Acme/2026-11-02 x.md"] = note("interaction", "date: 2026-11-02", "channel: call")
    late = BriefRows(brief(crm_with(tmp_path / "w", vault), "acme"), NOW)
    assert late.silence() == ("Silent too long. Last talk 14 days ago, on 2 Nov: call (agreed every week).", "red")


def test_another_year_is_named(tmp_path: Path) -> None:
    vault = {"clients/Acme/Acme.md": note("client"), "clients/Acme/x.md": note("decision", "date: 2025-12-31")}
    rows = BriefRows(brief(crm_with(tmp_path / "v", vault), "acme"), datetime(2026, 11, 16))
    assert section(rows, "agreed").rows[0].lead[0].text == "31 Dec 2025"
