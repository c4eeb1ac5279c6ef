"""Summaries of clients, who is out of touch, and the order of projects."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, calls, crm_with, days_ago, note
from vaultcrm.actions import clients
from vaultcrm.actions.clients import ClientSummary, StaleClient
from vaultcrm.dates.duration import Duration
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.records import Client, Note

MONTH = Duration(1, "month")


def summary(
    silent_days: int | None, usual_days: int | None = None, cadence: Duration | None = None, last: date = date(2026, 11, 2)
) -> ClientSummary:
    client = Client("Acme", "Acme.md", "active", None, (), (), cadence, Note("Acme.md", "client", {}, ""))
    return ClientSummary(client, last, silent_days, usual_days, None, 0, 0)


def test_a_summary_holds_contacts_and_open_follow_ups(tmp_path: Path) -> None:
    crm = crm_with(
        tmp_path / "v",
        {
            "clients/Acme/Acme.md": CLIENT, **calls("Acme", 40, 30, 10, 3),
            "clients/Acme/a.md": note("follow-up", "status: open", "due: 2026-11-20"),
            "clients/Acme/b.md": note("follow-up", "status: open", "due: 2026-11-18"),
            "clients/Acme/c.md": note("follow-up", "status: waiting", "due: 2026-11-19"),
            "clients/Acme/d.md": note("follow-up", "status: done", "due: 2026-11-01"),
        },
    )  # fmt: skip
    (acme,) = clients.clients(crm)
    assert acme == ClientSummary(
        client=clients.client(crm, "clients/Acme/Acme.md"), last_contact=days_ago(3), silent_days=3,
        usual_days=10,  # the median of 7, 10 and 20
        next_due=date(2026, 11, 18), open=2, waiting=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ago", "usual_days"), [((), None), ((5,), None), ((9, 5, 1), None), ((9, 5, 2, 1), 3), ((30, 20, 10, 5, 1), 10), ((3, 2, 1, 0), 1)]
)
def test_what_is_usual_is_known_from_four_contacts_on(ago: tuple[int, ...], usual_days: int | None, tmp_path: Path) -> None:
    (acme,) = clients.clients(crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, **calls("Acme", *ago)}))
    assert acme.usual_days == usual_days


@pytest.mark.parametrize(
    ("ago", "is_silent"),
    [
        (range(40, 29, -1), True),  # each day, and then nothing for a month
        ((80, 79, 78, 77, 50, 49, 48, 47, 23, 22, 21, 20), False),  # bursts, with a month between them
        ((80, 79, 78, 77, 50, 49, 48, 47, 43, 42, 41, 40), True),
        (range(39, 30, -1), True),  # too few to know what is rare
    ],
)
def test_a_silence_between_bursts_is_no_longer_than_usual(ago: Sequence[int], is_silent: bool, tmp_path: Path) -> None:
    (acme,) = clients.clients(crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, **calls("Acme", *ago)}))
    assert acme.is_silent_too_long is is_silent


@pytest.mark.parametrize(
    ("usual", "rare", "text"),
    [
        (10, None, "usually every 10 days"), (14, None, "usually every 2 weeks"), (1, 7, "usually every day"),
        (2, 12, "usually every 2 days, rarely over 12 days"), (14, 28, "usually every 2 weeks"),
    ],
)  # fmt: skip
def test_what_is_usual_in_words(usual: int, rare: int | None, text: str) -> None:
    assert clients.format_usual(summary(3, usual)._replace(rare_days=rare)) == text


def test_own_notes_and_future_interactions_are_no_contacts(tmp_path: Path) -> None:
    files = {
        "clients/Acme/Acme.md": CLIENT,
        **calls("Acme", 5, -2),
        **calls("Acme", 1, channel="note"),
        **calls("Acme", 8, channel="email"),
    }
    (acme,) = clients.clients(crm_with(tmp_path / "v", files))
    assert (acme.last_contact, acme.silent_days) == (days_ago(5), 5)


def test_the_next_due_date_is_the_earliest_of_all_folders_and_statuses(tmp_path: Path) -> None:
    dates = {"a/x": ("open", 20), "b/x": ("open", 18), "c/x": ("open", 19), "a/y": ("waiting", 17), "b/y": ("waiting", 21)}
    files = {
        f"clients/Acme/{path}.md": note("follow-up", f"status: {status}", f"due: 2026-11-{day}") for path, (status, day) in dates.items()
    }
    (acme,) = clients.clients(crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, **files}))
    assert (acme.next_due, acme.open, acme.waiting) == (date(2026, 11, 17), 3, 2)


def test_a_client_without_contacts_and_follow_ups(tmp_path: Path) -> None:
    (acme,) = clients.clients(crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT}))
    assert acme[1:] == (None, None, None, None, 0, 0, None)


def test_clients_are_sorted_by_name_and_each_has_its_own_counts(tmp_path: Path) -> None:
    files = {f"clients/{name}/{name}.md": CLIENT for name in ("Zett", "acme", "Émile", "Fox")}
    files |= calls("acme", 4) | calls("Fox", 2) | {"clients/Zett/a.md": note("follow-up", "status: open")}
    found = clients.clients(crm_with(tmp_path / "v", files))
    assert [(item.client.name, item.silent_days, item.open) for item in found] == [
        ("acme", 4, 0), ("Émile", None, 0), ("Fox", 2, 0), ("Zett", None, 1),
    ]  # fmt: skip


def test_a_summary_of_one_client_is_the_same_as_among_all(tmp_path: Path) -> None:
    files = {"clients/Acme/Acme.md": CLIENT, "clients/Fox/Fox.md": CLIENT, **calls("Acme", 9, 5, 2, 1), **calls("Fox", 7)}
    files |= {"inbox/x.md": note("follow-up", "status: open", "due: 2026-11-17", 'client: "[[Acme]]"')}
    crm = crm_with(tmp_path / "v", files)
    everyone = clients.clients(crm)
    assert [clients.summaries(crm, [item.client])[0] for item in everyone] == everyone
    assert everyone[0].next_due == date(2026, 11, 17)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (summary(14, cadence=Duration(2, "week")), False), (summary(15, cadence=Duration(2, "week")), True),
        (summary(15, usual_days=2, cadence=Duration(2, "week")), True), (summary(14, usual_days=2, cadence=Duration(2, "week")), False),
        (summary(20, usual_days=10), False), (summary(21, usual_days=10), True),
        (summary(7, usual_days=1), False), (summary(8, usual_days=1), True),  # at least a week
        (summary(8, usual_days=4), False), (summary(9, usual_days=4), True),
        (summary(28, cadence=MONTH, last=date(2027, 1, 31)), False), (summary(29, cadence=MONTH, last=date(2027, 1, 31)), True),
        (summary(31, cadence=MONTH, last=date(2027, 3, 1)), False), (summary(32, cadence=MONTH, last=date(2027, 3, 1)), True),
        (summary(400), False), (summary(None, usual_days=1), False), (summary(None, cadence=Duration(1, "day")), False),
    ],
)  # fmt: skip
def test_when_a_silence_is_too_long(item: ClientSummary, expected: bool) -> None:
    assert item.is_silent_too_long is expected


def test_stale_clients_with_their_reasons_the_longest_relative_silence_first(tmp_path: Path) -> None:
    files = {
        "clients/Aster/Aster.md": note("client", "status: active", "cadence: 2 weeks"), **calls("Aster", 20),
        "clients/Birch/Birch.md": note("client", "status: lead", "cadence: 2 weeks"), **calls("Birch", 60),
        "clients/Cedar/Cedar.md": note("client"),
        "clients/Dill/Dill.md": CLIENT, **calls("Dill", 44, 34, 32, 31),
        "clients/Elder/Elder.md": CLIENT, **calls("Elder", 90),
        "clients/Fern/Fern.md": note("client", "status: paused", "cadence: 2 weeks"), **calls("Fern", 90),
        "clients/Gorse/Gorse.md": note("client", "status: past"),
        "clients/Hazel/Hazel.md": CLIENT, **calls("Hazel", 1), "clients/Hazel/a.md": note("follow-up", "status: open"),
        "clients/Aster/a.md": note("follow-up", "status: waiting"), "clients/Birch/a.md": note("follow-up", "status: open"),
        "clients/Dill/a.md": note("follow-up", "status: done"),
        "clients/Iris/Iris.md": CLIENT, **calls("Iris", 90, -3),  # a meeting ahead is a next step
        "clients/Elder/off.md": note("interaction", "date: 2026-11-19", "status: cancelled"),
    }  # fmt: skip
    found = clients.stale(crm_with(tmp_path / "v", files))
    assert [(item.summary.client.name, item.reasons) for item in found] == [
        ("Cedar", ["no conversation logged yet", "no next step"]),  # counts as silent for ten years
        ("Dill", ["no contact for 31 days (usually every 2 days)", "no next step"]),
        ("Birch", ["no contact for 60 days (agreed: every 2 weeks)"]),
        ("Elder", ["no next step"]),  # 90 of 30 days
        ("Aster", ["no contact for 20 days (agreed: every 2 weeks)"]),
    ]


def test_clients_with_the_same_relative_silence_are_sorted_by_name(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {f"clients/{name}/{name}.md": CLIENT for name in ("B", "C", "A")})
    assert clients.stale(crm) == [StaleClient(item, ["no conversation logged yet", "no next step"]) for item in clients.clients(crm)]
    assert [item.summary.client.name for item in clients.stale(crm)] == ["A", "B", "C"]


def test_running_projects_come_first_by_deadline(tmp_path: Path) -> None:
    files = {
        "clients/Acme/Acme.md": CLIENT, "clients/Fox/Fox.md": CLIENT,
        "clients/Acme/Old.md": note("project", "status: done", "deadline: 2025-01-01"),
        "clients/Acme/Site.md": note("project", "status: active", "deadline: 2026-12-18"),
        "clients/Acme/Shop.md": note("project", "status: planned"),
        "clients/Acme/App.md": note("project"),
        "clients/Fox/Logo.md": note("project", "status: on hold", "deadline: 2026-12-01"),
        "Loose.md": note("project", "status: cancelled"),
    }  # fmt: skip
    crm = crm_with(tmp_path / "v", files)
    assert [(project.name, project.client) for project in clients.projects(crm)] == [
        ("Logo", "Fox"), ("Site", "Acme"), ("App", "Acme"), ("Shop", "Acme"), ("Old", "Acme"), ("Loose", None),
    ]  # fmt: skip
    acme = ClientRef.at("clients/Acme/Acme.md")
    assert [project.name for project in clients.projects(crm, acme)] == ["Site", "App", "Shop", "Old"]


def test_people_of_a_client(tmp_path: Path) -> None:
    files = {
        "clients/Acme/Acme.md": CLIENT, "clients/Acme/Dana Roe.md": note("person", "role: Owner", "email: dana@acme.example"),
        "People/Bea.md": note("person", 'client: "[[Acme]]"'), "People/Nobody.md": note("person"),
    }  # fmt: skip
    crm = crm_with(tmp_path / "v", files)
    crm.refresh()
    found = clients.people(crm, ClientRef.at("clients/Acme/Acme.md"))
    assert [(person.name, person.role, person.email) for person in found] == [
        ("Bea", None, ()),
        ("Dana Roe", "Owner", ("dana@acme.example",)),
    ]
