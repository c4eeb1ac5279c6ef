"""The brief of a client: what it holds, in which order, and what it reports as missing."""

from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, calls, crm_with, note
from vaultcrm.actions.brief.brief import brief
from vaultcrm.actions.clients import clients, interactions
from vaultcrm.errors import NotFound
from vaultcrm.links.ownership import ClientRef

ACME = {
    "clients/Acme/Acme.md": note("client", "cadence: 2 weeks", body="## Preferences\n- No calls on Fridays\n"),
    "clients/Acme/Dana.md": note("person", "email: dana@acme.example"),
    "clients/Acme/projects/Site.md": note("project", "status: active", "deadline: 2026-12-18"),
    "clients/Acme/projects/Old.md": note("project", "status: done"),
    "clients/Acme/a.md": note("follow-up", "status: open", "due: 2026-11-20"),
    "clients/Acme/b.md": note("follow-up", "status: open", "due: 2026-11-17"),
    "clients/Acme/c.md": note("follow-up", "status: waiting", "due: 2026-11-18"),
    "clients/Acme/d.md": note("follow-up", "status: done"),
    "clients/Acme/Fixed price.md": note("decision", "date: 2026-11-02T10:00:00"),
    "clients/Acme/Hourly.md": note("decision", "date: 2026-10-02T10:00:00", "status: superseded"),
    "clients/Acme/2026-11-04 1430 Call.md": note(
        "interaction", "date: 2026-11-04T14:30:00", "feedback:", "  - Nice", body="> [!question] Which logo?\n"
    ),
    "clients/Acme/2026-11-30 Workshop.md": note("interaction", "date: 2026-11-30T09:00:00"),
    "clients/Acme/2026-11-16 Later today.md": note("interaction", "date: 2026-11-16T18:00:00"),
    "clients/Acme/Undated.md": note("interaction"),
    "clients/Fox/Fox.md": CLIENT,
    "clients/Fox/e.md": note("follow-up", "status: open"),
}


def test_a_brief_holds_what_is_open_and_in_force(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", ACME)
    found = brief(crm, "acme")
    assert found.summary == clients(crm)[0]
    assert [person.name for person in found.people] == ["Dana"]
    assert [project.name for project in found.projects] == ["Site"]
    assert [item.text for item in found.owed_by_me] == ["b", "a"]
    assert [item.text for item in found.owed_by_them] == ["c"]
    assert [decision.text for decision in found.decisions] == ["Fixed price"]
    assert [point.text for point in found.feedback] == ["Nice"]
    assert [point.text for point in found.preferences] == ["No calls on Fridays"]
    assert [point.text for point in found.questions] == ["Which logo?"]
    assert [(problem.path, problem.code) for problem in found.problems] == [("clients/Acme/Undated.md", "no-date")]
    assert found.missing() == []


def test_planned_interactions_are_apart_and_undated_ones_come_last(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", ACME)
    assert [item.title for item in brief(crm, "acme").interactions] == ["Later today", "Call", "Undated"]
    assert [item.title for item in brief(crm, "acme").planned] == ["Workshop"]
    acme = ClientRef.at("clients/Acme/Acme.md")
    assert [item.title for item in interactions(crm, acme)] == ["Workshop", "Later today", "Call", "Undated"]


def test_what_is_missing_from_an_empty_client(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, "clients/Acme/Site.md": note("project")})
    assert brief(crm, "acme").missing() == [
        "who to talk to", "an email address or phone number", "a next step", "what was agreed", "how they like to work",
        "how often to be in touch", "the deadline of Site",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("client_property", "person_property", "is_missing"),
    [
        ("phone: '1'", "role: x", False), ("email: a@b.example", "role: x", False), ("rate: 1", "phone: '1'", False),
        ("rate: 1", "email: a@b.example", False), ("rate: 1", "role: x", True),
    ],
)  # fmt: skip
def test_a_client_can_be_reached_through_its_people(client_property: str, person_property: str, is_missing: bool, tmp_path: Path) -> None:
    files = {"clients/Acme/Acme.md": note("client", client_property), "clients/Acme/Dana.md": note("person", person_property)}
    found = brief(crm_with(tmp_path / "v", files), "acme").missing()
    assert ("an email address or phone number" in found) is is_missing


def test_a_step_that_the_client_owes_is_a_next_step(tmp_path: Path) -> None:
    files = {"clients/Acme/Acme.md": CLIENT, "clients/Acme/a.md": note("follow-up", "status: waiting")}
    assert "a next step" not in brief(crm_with(tmp_path / "v", files), "acme").missing()


def test_there_is_no_brief_of_an_unknown_client(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"No client is called 'Fax'\.") as raised:
        brief(crm_with(tmp_path / "v", ACME), "Fax")
    assert raised.value.hint == "Did you mean 'Fox'?"


def test_interactions_on_the_same_day_are_sorted_by_path(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, **calls("Acme", 3), **calls("Acme", 3, channel="email")})
    assert [item.channel for item in brief(crm, "acme").interactions] == ["email", "call"]
