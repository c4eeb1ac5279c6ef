"""What matters on a day."""

from datetime import date
from pathlib import Path

from tests.actions.vaults import CLIENT, calls, crm_with, days_ago, note
from vaultcrm.actions.day import Day, day

FILES = {
    "clients/Acme/Acme.md": CLIENT,
    "clients/Quiet/Quiet.md": note("client", "status: active", "cadence: 2 weeks"),
    "clients/Gone/Gone.md": note("client", "status: past", "cadence: 2 weeks"),
    "clients/New/New.md": note("client", "status: lead"),  # nobody has talked to them yet
    **calls("Quiet", 20),
    **calls("Gone", 200),
    **calls("Acme", 3),
    "clients/Acme/2026-11-16 0800 Done.md": note("interaction", "date: 2026-11-16T08:00:00"),
    "clients/Acme/2026-11-16 1500 Later.md": note("interaction", "date: 2026-11-16T15:00:00"),
    "clients/Acme/2026-11-16 Some time.md": note("interaction", "date: 2026-11-16"),
    "clients/Acme/2026-11-17 Tomorrow.md": note("interaction", "date: 2026-11-17T09:00:00"),
    "late.md": note("follow-up", "due: 2026-11-10", "scheduled: 2026-12-01"),
    "later than late.md": note("follow-up", "due: 2026-11-11"),
    "today.md": note("follow-up", "due: 2026-11-16"),
    "tomorrow.md": note("follow-up", "due: 2026-11-17"),
    "they owe.md": note("follow-up", "status: waiting", "due: 2026-11-15"),
    "they owe tomorrow.md": note("follow-up", "status: waiting", "due: 2026-11-17"),
    "they owe some day.md": note("follow-up", "status: waiting"),
    "broken.md": "---\n",
}


def titles(found: Day) -> dict[str, list[str]]:
    return {
        "planned": [talk.title for talk in found.planned],
        "late": [item.text for item in found.late],
        "today": [item.text for item in found.today],
        "waiting": [item.text for item in found.waiting],
        "silent": [item.client.name for item in found.silent],
    }


def test_the_day(tmp_path: Path) -> None:
    found = day(crm_with(tmp_path / "v", FILES))
    assert titles(found) == {
        "planned": ["Some time", "Later"], "late": ["late", "later than late"], "today": ["today"], "waiting": ["they owe"],
        "silent": ["Quiet"],
    }  # fmt: skip
    assert (found.count_late, found.count_today, found.count_waiting, found.all_waiting, found.unread) == (2, 1, 1, 3, 1)
    assert found.silent[0].last_contact == days_ago(20) == date(2026, 10, 27)


def test_a_limit_and_how_many_there_are(tmp_path: Path) -> None:
    found = day(crm_with(tmp_path / "v", FILES), limit=1)
    assert (titles(found)["late"], found.count_late) == (["late"], 2)


def test_a_vault_without_clients(tmp_path: Path) -> None:
    found = day(crm_with(tmp_path / "v", {"a.md": "plain"}))
    assert (found.has_clients, found.planned, found.silent) == (False, [], [])
