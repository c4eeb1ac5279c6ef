"""The history of a client: what is an event, and in which order."""

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.timeline import Event, timeline

FILES = {
    "clients/Acme/Acme.md": CLIENT,
    "clients/Acme/Site.md": note("project", "start: 2026-10-01"),
    "clients/Acme/Later.md": note("project", "start: 2026-12-01"),
    "clients/Acme/Undated.md": note("project"),
    "clients/Acme/2026-11-04 1430 Call.md": note(
        "interaction", "date: 2026-11-04T14:30:00", "channel: call", "summary: Two options", 'project: "[[Site]]"',
        "decisions:", "  - Blue",
        body="> [!feedback] Too loud\n\n> [!decision] Two rounds\n",
    ),
    "clients/Acme/2026-11-05 Coffee.md": note("interaction", "date: 2026-11-05"),
    "clients/Acme/2026-11-16 Dinner.md": note("interaction", "date: 2026-11-16T18:00:00"),
    "clients/Acme/No date.md": note("interaction"),
    "clients/Acme/2026-11-30 Workshop.md": note("interaction", "date: 2026-11-30T09:00:00"),
    "clients/Acme/Fixed price.md": note("decision", "date: 2026-11-02", "status: superseded"),
    "clients/Acme/Price?.md": note("decision"),
    "clients/Acme/Invoice.md": note("follow-up", "status: done", "completedDate: 2026-11-10", 'project: "[[Site]]"'),
    "clients/Acme/Quote.md": note("follow-up", "status: done"),
    "clients/Acme/Dropped.md": note("follow-up", "status: cancelled", "completedDate: 2026-11-10"),
    "clients/Fox/Fox.md": CLIENT,
    "clients/Fox/Other.md": note("decision", "date: 2026-11-02"),
}  # fmt: skip
CALL, COFFEE = "clients/Acme/2026-11-04 1430 Call.md", "clients/Acme/2026-11-05 Coffee.md"
EVENTS = [
    Event(datetime(2026, 11, 30, 9), "conversation", "Workshop", "clients/Acme/2026-11-30 Workshop.md", 1, None, True, is_planned=True),
    Event(datetime(2026, 11, 16, 18), "conversation", "Dinner", "clients/Acme/2026-11-16 Dinner.md", 1, None, True),  # later today
    Event(datetime(2026, 11, 10), "done", "Invoice", "clients/Acme/Invoice.md", 1, "Site", False),
    Event(datetime(2026, 11, 5), "conversation", "Coffee", COFFEE, 1, None, False),
    Event(datetime(2026, 11, 4, 14, 30), "call", "Two options", CALL, 1, "Site", True),
    Event(datetime(2026, 11, 4), "decision", "Two rounds", CALL, 12, "Site", False),
    Event(datetime(2026, 11, 4), "feedback", "Too loud", CALL, 10, None, False),
    Event(datetime(2026, 11, 2), "decision", "Fixed price (superseded)", "clients/Acme/Fixed price.md", 1, None, False),
    Event(datetime(2026, 10, 1), "project", "Site begins", "clients/Acme/Site.md", 1, "Site", False),
]


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return crm_with(tmp_path / "v", FILES)


def test_everything_that_happened_newest_first_and_what_is_planned(crm: Crm) -> None:
    assert timeline(crm, "acme") == EVENTS


def test_since_a_day(crm: Crm) -> None:
    assert timeline(crm, "acme", since=date(2026, 11, 5)) == EVENTS[:4]


def test_some_kinds_only(crm: Crm) -> None:
    assert timeline(crm, "acme", kinds=("done", "call")) == [EVENTS[2], EVENTS[4]]


def test_one_project_only(crm: Crm) -> None:
    assert timeline(crm, "acme", project="site") == [event for event in EVENTS if event.project == "Site"]
