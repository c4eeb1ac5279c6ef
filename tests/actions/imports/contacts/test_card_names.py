"""When two names are of the same person or organisation."""

import pytest

from vaultcrm.actions.imports.contacts.card_names import are_same_person, begin_alike, organisation_key, shown_name
from vaultcrm.importers.message import Contact


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Dana Roe", "dana  ROE", True),
        ("Dana", "Dana Roe", True),
        ("Roe, Dana", "Dana Roe", True),
        ("D. Roe", "Dana Roe", True),
        ("Dana M. Roe", "Dana Maria Roe", True),
        ("Dr. Dana Roe", "Dana Roe", True),
        ("Dana Roe-Smith", "Dana Roe", True),
        ("Zoë Größe", "Zoe Grosse", True),
        ("dana@acme.example", "Dana Roe", True),
        ("Dana Roe", "Tom Roe", False),
        ("Dana Roe", "Dana Smith", False),
        ("D. R.", "Dana Roe", False),  # initials alone say nothing
        ("D. Roe", "Tom Roe", False),
        ("Mr.", "Mr. Roe", False),
        ("", "Dana Roe", False),
        ("Ana", "Anabel Roe", False),
    ],
)
def test_the_same_person(one: str, other: str, expected: bool) -> None:
    assert are_same_person(one, other) is are_same_person(other, one) is expected


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Acme Ltd.", "acme"),
        ("ACME S.A.", "acme"),
        ("Müller & Söhne GmbH & Co. KG", "muller sohne"),
        ("O'Neil, Inc", "oneil"),
        ("The Company", "the company"),
        ("Ltd", "ltd"),
        ("***", "***"),
    ],
)
def test_an_organisation_without_its_legal_form(name: str, key: str) -> None:
    assert organisation_key(name) == key


def test_names_that_begin_alike() -> None:
    assert begin_alike("Acme Ltd", "acme studio")
    assert not begin_alike("Acme Ltd", "Fox")


@pytest.mark.parametrize(
    ("contact", "name"),
    [
        (Contact("1", "Dana Roe", emails=("d@x.example",)), "Dana Roe"),
        (Contact("1", "***", "Acme", emails=("d@x.example",)), "d@x.example"),
        (Contact("1", "", "Acme", phones=("12345",)), "12345"),
        (Contact("1", "", "Acme"), "Acme"),
        (Contact("1", "***"), ""),
    ],
)
def test_what_a_card_is_called(contact: Contact, name: str) -> None:
    assert shown_name(contact) == name
