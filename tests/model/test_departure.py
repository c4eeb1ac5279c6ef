"""Roles that say that their person has left, and the property that does."""

from datetime import date

import pytest

from vaultcrm.model.convert import to_person
from vaultcrm.model.departure import says_left
from vaultcrm.model.records import Note

TODAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    "role",
    [
        "left in May", "Left", "bis März", "Einkauf, bis 31.3.2026", "former accountant", "Formerly sales", "Buchhaltung (ehemals)",
        "Ehemalige Leiterin",
        "until 2026-03-31", "until March 2026", "Director until 2025", "hasta junio 2026", "Ex-CFO", "CEO (retired)", "frühere Leitung",
        "Ancienne directrice", "jusqu'à mai 2026", "voormalig inkoper", "tot 1/6/2026", "no longer there",
    ],
)  # fmt: skip
def test_roles_of_those_who_have_left(role: str) -> None:
    assert says_left(role, TODAY)


@pytest.mark.parametrize(
    "role",
    [
        "Partner, decides", "until 2026-12-31", "until December 2026", "bis Ende 2026", "until 2026", "Left-hand man", "Left hand of Owen",
        "early riser",
        "executive", "Office, until spring", "party planner", "", "bis 40.40.2026",
    ],
)  # fmt: skip
def test_other_roles(role: str) -> None:
    assert not says_left(role, TODAY)


def test_the_last_day_decides_before_the_role() -> None:
    def person(**properties: str) -> bool:
        return to_person(Note("c/Dana.md", "person", {**properties}, "")).has_left(TODAY)

    assert person(until="2026-11-15")
    assert not person(until="2026-11-16", role="former partner")
    assert person(until="soon", role="left in May")
    assert not person()
