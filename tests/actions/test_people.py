"""People and the last talk with each of them."""

from datetime import date
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions.people import list_people
from vaultcrm.errors import NotFound

FILES = {
    "clients/Fox/Fox.md": CLIENT,
    "clients/Fox/Al.md": note("person", "phone: 123"),
    "clients/Acme/Acme.md": CLIENT,
    "clients/Acme/Dana Roe.md": note("person", "role: Owner", "aliases: [Dana]"),
    "clients/Acme/Bo.md": note("person"),
    "clients/Acme/Cy.md": note("person"),
    "clients/Acme/a.md": note("interaction", "date: 2026-11-04T10:00:00", 'people: ["[[Bo]]", dana]'),
    "clients/Acme/b.md": note("interaction", "date: 2026-11-10", 'people: ["[[Dana Roe]]"]', "channel: note"),
    "clients/Acme/c.md": note("interaction", "date: 2026-12-10", 'people: ["[[Cy]]"]'),  # planned
    "Zoe.md": note("person"),
}
ACME = [("Dana Roe", "Acme", date(2026, 11, 10)), ("Bo", "Acme", date(2026, 11, 4)), ("Cy", "Acme", None)]


def test_people_by_client_and_the_last_talk(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", FILES)
    assert [(c.person.name, c.client, c.last_talk) for c in list_people(crm, "acme")] == ACME
    everybody = [(c.person.name, c.client, c.last_talk) for c in list_people(crm)]
    assert everybody == [*ACME, ("Al", "Fox", None), ("Zoe", None, None)]
    with pytest.raises(NotFound):
        list_people(crm, "nobody")
