"""The JSON of each record: every key, and null for what is missing."""

from datetime import date, datetime
from pathlib import Path

from tests.actions.vaults import CLIENT, TODAY, crm_with, note
from vaultcrm.actions import as_json
from vaultcrm.actions.brief.brief import brief
from vaultcrm.actions.clients import ClientSummary, StaleClient
from vaultcrm.actions.crm import WriteResult
from vaultcrm.actions.search import Hit
from vaultcrm.actions.sync import SyncResult
from vaultcrm.actions.sync_status import LeftOut
from vaultcrm.dates.duration import Duration
from vaultcrm.merge.trees import FileConflict, PropertyConflict
from vaultcrm.model.records import Client, Decision, FollowUp, Interaction, Note, Person, Point, Problem, Project
from vaultcrm.search.snippets import Snippet

DAY = date(2026, 11, 9)
CLIENT_RECORD = Client("Acme", "a/Acme.md", "active", None, ("web",), ("AC",), Duration(2, "week"), Note("a/Acme.md", "client", {}, ""))
SUMMARY = ClientSummary(CLIENT_RECORD, DAY, 7, None, None, 2, 1)


def test_a_follow_up() -> None:
    item = FollowUp("id", "x.md", 3, "task", "Send", "waiting", DAY, None, "high", None, "Site", None, None, client="Acme", is_blocked=True)
    assert as_json.follow_up_json(item, TODAY) == {
        "id": "id", "text": "Send", "client": "Acme", "project": "Site", "due": "2026-11-09", "scheduled": None, "status": "waiting",
        "priority": "high", "recurrence": None, "recurrence_anchor": None, "since": None, "completed": None, "blocked": True,
        "source": {"kind": "task", "path": "x.md", "line": 3}, "days": -7,
    }  # fmt: skip


def test_a_client_and_why_it_is_stale() -> None:
    expected = {
        "name": "Acme", "path": "a/Acme.md", "status": "active", "stage": None, "tags": ["web"], "aliases": ["AC"],
        "last_contact": "2026-11-09", "silent_days": 7, "usual_days": None, "cadence_days": 14, "next_due": None, "open": 2, "waiting": 1,
    }  # fmt: skip
    assert as_json.client_json(SUMMARY) == expected
    assert as_json.stale_json(StaleClient(SUMMARY, ["no next step"])) == {**expected, "reasons": ["no next step"]}


def test_people_projects_and_interactions() -> None:
    assert as_json.person_json(Person("Dana", "d.md", None, ("a@b.example",), (), ("Didi",))) == {
        "name": "Dana", "path": "d.md", "role": None, "email": ["a@b.example"], "phone": [], "aliases": ["Didi"], "until": None,
    }  # fmt: skip
    project = Project("Site", "s.md", "Acme", "active", "delivery", DAY, None, "3000", "EUR", ("web",), "About it.")
    assert as_json.project_json(project) == {
        "name": "Site", "path": "s.md", "client": "Acme", "status": "active", "stage": "delivery", "start": "2026-11-09", "deadline": None,
        "value": "3000", "currency": "EUR", "valid_until": None, "tags": ["web"],
    }  # fmt: skip
    interaction = Interaction("Call", "c.md", "Acme", datetime(2026, 11, 9, 14, 30), "call", None, ("Dana",), None, "", ())
    expected = {
        "title": "Call", "path": "c.md", "client": "Acme", "date": "2026-11-09T14:30:00", "end": None, "cancelled": False,
        "channel": "call", "direction": None, "people": ["Dana"], "project": None, "summary": None, "tags": [],
    }  # fmt: skip
    assert as_json.interaction_json(interaction) == expected
    assert as_json.interaction_json(interaction._replace(at=None, summary="Two")) == {**expected, "date": None, "summary": "Two"}


def test_decisions_points_problems_and_hits() -> None:
    decision = Decision("id", "d.md", 4, "Fixed price", DAY, "in force", "Money", "Dana", "call", None, (), "callout", client="Acme")
    assert as_json.decision_json(decision) == {
        "id": "id", "text": "Fixed price", "client": "Acme", "project": None, "date": "2026-11-09", "status": "in force", "topic": "Money",
        "by": "Dana", "via": "call", "valid_until": None, "source": {"path": "d.md", "line": 4},
    }  # fmt: skip
    assert as_json.point_json(Point("id", "p.md", 5, "feedback", "Nice", None)) == {
        "id": "id", "kind": "feedback", "text": "Nice", "date": None, "source": {"path": "p.md", "line": 5},
    }  # fmt: skip
    assert as_json.problem_json(Problem("x.md", 2, "bad-date", "No.")) == {"path": "x.md", "line": 2, "code": "bad-date", "message": "No."}
    assert as_json.hit_json(Hit("x.md", None, "project", "x", DAY, 1.5, Snippet(7, "a line", ((0, 1),)))) == {
        "path": "x.md", "line": 7, "client": None, "type": "project", "title": "x", "date": "2026-11-09", "score": 1.5, "snippet": "a line",
        "status": None, "due": None, "missing": [], "corrected": None,
    }  # fmt: skip


def test_a_brief_has_every_section(tmp_path: Path) -> None:
    files = {"clients/Acme/Acme.md": CLIENT, "clients/Acme/2026-11-04 Call.md": note("interaction", "date: 2026-11-04")}
    document = as_json.brief_json(brief(crm_with(tmp_path / "v", files), "acme"), TODAY)
    assert list(document) == [
        "client", "people", "mentions", "projects", "owed_by_me", "owed_by_them", "decisions", "feedback", "preferences", "questions",
        "talks", "planned", "problems", "missing", "since", "trust",
    ]  # fmt: skip
    (interaction,) = document["talks"] if isinstance(document["talks"], list) else []
    assert interaction["title"] == "Call"


def test_a_sync_and_its_conflicts() -> None:
    conflict = FileConflict("x.md", "x (conflict).md", "changed on both sides", (PropertyConflict("rate", "80", None),))
    inner = LeftOut("inner", "a Git repository of its own")
    result = SyncResult("main", "origin", ["Acme: call logged"], [], 1, [conflict], 2, 3, (inner,), ("a.md",))
    assert as_json.sync_json(result) == {
        "branch": "main", "remote": "origin", "committed": ["Acme: call logged"], "received": [], "pushed": 1, "ahead": 2, "behind": 3,
        "conflicts": [
            {"path": "x.md", "copy": "x (conflict).md", "what": "changed on both sides",
             "clashes": [{"key": "rate", "here": "80", "there": None}]},
        ],
        "left_out": [{"path": "inner", "why": "a Git repository of its own"}],
        "without_client": ("a.md",),
    }  # fmt: skip


def test_what_a_command_wrote_with_its_record() -> None:
    result = WriteResult(["a.md"], ["b.md"], None)
    assert as_json.write_json(result, note={"path": "a.md"}) == {"created": ["a.md"], "changed": ["b.md"], "note": {"path": "a.md"}}
