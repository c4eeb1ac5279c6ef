"""The history of a client: what is an event, and in which order."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.timeline import Event, timeline
from vaultcrm.cli.main import cli
from vaultcrm.model.handles import handle

FILES = {
    "clients/Acme/Acme.md": CLIENT,
    "clients/Acme/Site.md": note("project", "start: 2026-10-01"),
    "clients/Acme/Later.md": note("project", "start: 2026-12-01"),
    "clients/Acme/Undated.md": note("project"),
    "clients/Acme/2026-11-04 1430 Call.md": note(
        "interaction", "date: 2026-11-04T14:30:00", "channel: call", "summary: Two options", 'project: "[[Site]]"',
        "decisions:", "  - Blue", "  - Green",
        body="> [!feedback] Too loud\n\n> [!decision] Two rounds\n",
    ),
    "clients/Acme/2026-11-04 0900 Mail.md": note(
        "interaction", "date: 2026-11-04T09:00:00", "feedback: Fine", "summary: Mail", body="- [-] Ring ❌ 2026-11-07"
    ),
    "clients/Acme/2026-11-05 Coffee.md": note("interaction", "date: 2026-11-05", "decisions: [Made into a note]"),
    "clients/Acme/2026-11-16 Dinner.md": note("interaction", "date: 2026-11-16T18:00:00"),
    "clients/Acme/No date.md": note("interaction"),
    "clients/Acme/2026-11-30 Workshop.md": note("interaction", "date: 2026-11-30T09:00:00"),
    "clients/Acme/Fixed price.md": note("decision", "date: 2026-11-02", "status: superseded"),
    "clients/Acme/Price?.md": note("decision"),
    "clients/Acme/Invoice.md": note("follow-up", "status: done", "completedDate: 2026-11-10", 'project: "[[Site]]"'),
    "clients/Acme/Quote.md": note("follow-up", "status: done"),
    "clients/Acme/Dropped.md": note("follow-up", "status: cancelled", "completedDate: 2026-11-10"),
    "clients/Acme/Report.md": note(
        "follow-up", "due: 2026-11-20", "recurrence: FREQ=MONTHLY", "complete_instances: [2026-10-20, 2026-09-20]", 'project: "[[Site]]"'
    ),
    "clients/Acme/Weekly.md": note(
        "follow-up", "status: done", "recurrence: FREQ=WEEKLY;COUNT=1", "complete_instances: [2026-08-05]", "completedDate: 2026-08-06"
    ),
    "clients/Acme/Old site.md": note("project", "status: done", "start: 2026-05-01", "completedDate: 2026-06-02", "deadline: 2026-06-01"),
    "clients/Acme/Shop.md": note("project", "status: cancelled", "deadline: 2026-05-30"),
    "clients/Acme/Made into a note.md": note("decision", "date: 2026-11-05", "status: superseded"),
    "clients/Fox/Fox.md": CLIENT,
    "clients/Fox/Other.md": note("decision", "date: 2026-11-02"),
}  # fmt: skip
FOLDER = "clients/Acme"
CALL, MAIL, COFFEE = f"{FOLDER}/2026-11-04 1430 Call.md", f"{FOLDER}/2026-11-04 0900 Mail.md", f"{FOLDER}/2026-11-05 Coffee.md"
# day, time, kind, text, file and line, project
EVENTS = [
    ("2026-11-30", "09:00", "conversation", "Workshop", "2026-11-30 Workshop.md:1", None),
    ("2026-11-16", "18:00", "conversation", "Dinner", "2026-11-16 Dinner.md:1", None),  # later today
    ("2026-11-10", None, "done", "Invoice", "Invoice.md:1", "Site"),
    ("2026-11-10", None, "dropped", "Dropped", "Dropped.md:1", None),
    ("2026-11-07", None, "dropped", "Ring", "2026-11-04 0900 Mail.md:7", None),
    ("2026-11-05", None, "conversation", "Coffee", "2026-11-05 Coffee.md:1", None),
    ("2026-11-05", None, "decision", "Made into a note (superseded)", "Made into a note.md:1", None),
    ("2026-11-04", "14:30", "call", "Two options", "2026-11-04 1430 Call.md:1", "Site"),
    ("2026-11-04", None, "decision", "Blue", "2026-11-04 1430 Call.md:7", "Site"),
    ("2026-11-04", None, "decision", "Green", "2026-11-04 1430 Call.md:7", "Site"),
    ("2026-11-04", None, "decision", "Two rounds", "2026-11-04 1430 Call.md:13", "Site"),
    ("2026-11-04", None, "feedback", "Too loud", "2026-11-04 1430 Call.md:11", "Site"),
    ("2026-11-04", "09:00", "conversation", "Mail", "2026-11-04 0900 Mail.md:1", None),
    ("2026-11-04", None, "feedback", "Fine", "2026-11-04 0900 Mail.md:4", None),
    ("2026-11-02", None, "decision", "Fixed price (superseded)", "Fixed price.md:1", None),
    ("2026-10-20", None, "done", "Report", "Report.md:1", "Site"),
    ("2026-10-01", None, "project", "Site begins", "Site.md:1", "Site"),
    ("2026-09-20", None, "done", "Report", "Report.md:1", "Site"),
    ("2026-08-05", None, "done", "Weekly", "Weekly.md:1", None),
    ("2026-06-02", None, "project", "Old site is done", "Old site.md:1", "Old site"),
    ("2026-05-30", None, "project", "Shop is cancelled, by its deadline", "Shop.md:1", "Shop"),
    ("2026-05-01", None, "project", "Old site begins", "Old site.md:1", "Old site"),
]


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return crm_with(tmp_path / "v", FILES)


def rows(events: list[Event]) -> list[tuple[str, str | None, str, str, str, str | None]]:
    return [
        (
            str(event.at.date()),
            f"{event.at:%H:%M}" if event.has_time else None,
            event.kind,
            event.text,
            f"{event.path.removeprefix(FOLDER + '/')}:{event.line}",
            event.project,
        )
        for event in events
    ]


def test_everything_that_happened_newest_first_and_what_is_planned(crm: Crm) -> None:
    events = timeline(crm, "acme")
    assert rows(events) == EVENTS
    assert [event.text for event in events if event.is_planned] == ["Workshop"]
    assert all(lookup.place(crm, event.id)[0] == event.path for event in events)


def test_since_a_day(crm: Crm) -> None:
    assert rows(timeline(crm, "acme", since=date(2026, 11, 5))) == EVENTS[:7]


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        (("done", "call"), {"done", "call"}),
        (("talk",), {"call", "conversation"}),
        (("dropped", "feedback"), {"dropped", "feedback"}),
        (("decision", "project"), {"decision", "project"}),
    ],
)
def test_some_kinds_only(kinds: tuple[str, ...], shown: set[str], crm: Crm) -> None:
    assert rows(timeline(crm, "acme", kinds=kinds)) == [event for event in EVENTS if event[2] in shown]


def test_one_project_only(crm: Crm) -> None:
    assert rows(timeline(crm, "acme", project="site")) == [event for event in EVENTS if event[5] == "Site"]


def test_the_command_takes_days_of_the_past_and_prints_handles_on_a_terminal(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["--vault", crm.vault.root, "--today", "2026-11-16", "timeline", "acme"]
    monkeypatch.setenv("COLUMNS", "60")
    done = CliRunner().invoke(cli, [*command, "--since", "12d", "--only", "call", "--only", "dropped"], catch_exceptions=False)
    short = [event.id[:4] for event in timeline(crm, "acme", kinds=("dropped",))]
    assert done.stdout.splitlines() == [
        f"2026-11-10        dropped  Dropped      {short[0]}",
        f"2026-11-07        dropped  Ring         {short[1]}",
        f"2026-11-04 14:30  call     Two options  {handle(CALL)[:4]}",
    ]
    monkeypatch.delenv("COLUMNS")
    done = CliRunner().invoke(cli, [*command, "--since", "3d", "--only", "talk"], catch_exceptions=False)
    assert done.stdout.splitlines() == [
        f"2026-11-30 09:00  conversation, planned  Workshop  {FOLDER}/2026-11-30 Workshop.md:1",
        f"2026-11-16 18:00  conversation           Dinner    {FOLDER}/2026-11-16 Dinner.md:1",
    ]
