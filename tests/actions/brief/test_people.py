"""The people at a client: by a name, in order, and without a note."""

from datetime import date
from pathlib import Path

from tests.actions.vaults import CLIENT, TODAY, crm_with, note
from vaultcrm.actions.brief.brief import brief
from vaultcrm.actions.brief.people import Mention

VAULT = {
    "clients/Acme Studio/Acme Studio.md": CLIENT,
    "clients/Acme Studio/Ann.md": note("person"),
    "clients/Acme Studio/Dana Roe.md": note("person", "aliases: [DR]"),
    "clients/Acme Studio/Priya.md": note("person"),
    "clients/Acme Studio/2026-10-01 a.md": note("interaction", "date: 2026-10-01", "people: ['[[Priya]]', '[[Tom Hale]]']"),
    "clients/Acme Studio/2026-11-01 b.md": note("interaction", "date: 2026-11-01", "people: ['[[dr]]', '[[Tom Hale]]', Rosa]"),
    "clients/Dana & Sons/Dana & Sons.md": CLIENT,
    "clients/Dana & Sons/Sam.md": note("person"),
    "people/Nobody.md": note("person"),
}
ACME, SONS = "clients/Acme Studio/Acme Studio.md", "clients/Dana & Sons/Dana & Sons.md"


def test_people_come_by_the_last_talk_and_the_one_who_is_asked_for_first(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", VAULT)
    found = brief(crm, "acme")
    assert [person.name for person in found.people] == ["Dana Roe", "Priya", "Ann"]
    assert found.last_talks == {
        "clients/Acme Studio/Dana Roe.md": date(2026, 11, 1),
        "clients/Acme Studio/Priya.md": date(2026, 10, 1),
    }
    assert [person.name for person in brief(crm, "ann").people] == ["Ann", "Dana Roe", "Priya"]


def test_who_left_comes_last(tmp_path: Path) -> None:
    left = {**VAULT, "clients/Acme Studio/Dana Roe.md": note("person", "aliases: [DR]", f"until: {TODAY.replace(day=1)}")}
    assert [person.name for person in brief(crm_with(tmp_path / "v", left), "acme").people] == ["Priya", "Ann", "Dana Roe"]


def test_people_without_a_note_are_mentions(tmp_path: Path) -> None:
    assert brief(crm_with(tmp_path / "v", VAULT), "acme").mentions == [
        Mention("Tom Hale", date(2026, 11, 1), "clients/Acme Studio/2026-11-01 b.md"),
        Mention("Rosa", date(2026, 11, 1), "clients/Acme Studio/2026-11-01 b.md"),
    ]
