"""Whose message it is: by address, domain, number and name; and why it is nobody's."""

import pytest

from vaultcrm.importers.message import Party
from vaultcrm.importers.routing import Directory, Known, NoRoute, Route, is_freemail, route, same_phone

ACME, FOX = "clients/Acme/Acme.md", "clients/Fox/Fox.md"
DANA, BO = "clients/Acme/Dana Roe.md", "clients/Fox/Bo Li.md"
DIRECTORY = Directory(
    [
        Known(
            ACME,
            names=("Acme", "Acme Studio"),
            emails=("office@acme.example",),
            keys=("@acme-labs.example", "slack:U1", "help@desk.example"),
        ),
        Known(ACME, DANA, ("Dana Roe",), ("Dana@acme.example", "dana.roe@gmail.com"), ("+44 20 7946 0001",)),
        Known(FOX, names=("Fox",), emails=("hello@fox.example", "shared@agency.example"), phones=("030 1234567",)),
        Known(FOX, BO, ("Bo Li", "Bó"), ("bo@mail.fox.example", "nora@own.example")),
        Known(ACME, emails=("shared@agency.example",)),
    ],
    own=("me@own.example",),
)


@pytest.mark.parametrize(
    ("party", "found"),
    [
        (Party("whoever", "dana@acme.example"), Route(ACME, (DANA,), "address")),
        (Party(email="dana.roe@gmail.com"), Route(ACME, (DANA,), "address")),
        (Party("Dana Roe", "new@acme.example"), Route(ACME, (), "domain")),
        (Party(email="x@news.acme.example"), Route(ACME, (), "domain")),
        (Party(email="x@mail.fox.example"), Route(FOX, (), "domain")),
        (Party(email="x@sub.acme-labs.example"), Route(ACME, (), "rule")),
        (Party(email="help@desk.example"), Route(ACME, (), "rule")),
        (Party(account="slack:U1"), Route(ACME, (), "rule")),
        (Party(phone="(020) 7946-0001"), Route(ACME, (DANA,), "phone")),
        (Party(phone="+49 30 1234567"), Route(FOX, (), "phone")),
        (Party("DANA  ROE"), Route(ACME, (DANA,), "name")),
        (Party("bo"), Route(FOX, (BO,), "name")),
        (Party("Acme Studio"), Route(ACME, (), "name")),
        # nobody, or two
        (Party(email="x@gmail.com"), NoRoute("x@gmail.com isn't known.")),
        (Party(email="other@desk.example"), NoRoute("other@desk.example isn't known.")),
        (Party("Dana Roe", "evil@x.example"), NoRoute("evil@x.example isn't known, although the name 'Dana Roe' is.", (ACME,))),
        (Party(email="shared@agency.example"), NoRoute("Several clients have the address shared@agency.example.", (ACME, FOX))),
        (Party(email="x@agency.example"), NoRoute("Several clients have addresses at agency.example.", (ACME, FOX))),
        (Party(email="colleague@own.example"), NoRoute("colleague@own.example isn't known.")),
        (Party(email="x@example"), NoRoute("x@example isn't known.")),
        (Party(phone="12345"), NoRoute("12345 isn't known.")),
        (Party(), NoRoute("It doesn't say who it is from or for.")),
    ],
)
def test_one_person(party: Party, found: Route | NoRoute) -> None:
    assert DIRECTORY.find(party) == found


RULES = Directory(
    [
        Known(ACME, keys=("Sam@Field.example", "Pia Lind", "0170 1234567")),
        Known(FOX, keys=("@field.example", "@mail.acme.example")),
        Known(ACME, DANA, ("Dana Roe", "Pia Lind"), ("sam@field.example",)),
        Known(FOX, BO, ("Bo Li",), ("bo@acme.example", "kit@field.example")),
    ]
)


@pytest.mark.parametrize(
    ("party", "found"),
    [
        (Party(email="sam@field.example"), Route(ACME, (DANA,), "rule")),  # who is a person too
        (Party(email="kit@field.example"), Route(FOX, (BO,), "rule")),
        (Party("Dana Roe", "x@field.example"), Route(FOX, (), "rule")),
        (Party(email="x@new.mail.acme.example"), Route(FOX, (), "rule")),
        (Party("pia lind"), Route(ACME, (DANA,), "rule")),  # a chat shows no address
        (Party("Pia Lind", "x@y.example"), NoRoute("x@y.example isn't known, although the name 'Pia Lind' is.", (ACME,))),
        (Party(phone="+49 170 1234567"), Route(ACME, (), "rule")),
    ],
)
def test_a_rule_for_somebody_comes_before_one_for_a_domain_and_before_all_else(party: Party, found: Route | NoRoute) -> None:
    assert RULES.find(party) == found


@pytest.mark.parametrize(
    ("parties", "found"),
    [
        ([Party(email="dana@acme.example"), Party(email="x@gmail.com")], Route(ACME, (DANA,), "address")),
        ([Party(email="office@acme.example"), Party(email="dana@acme.example")], Route(ACME, (DANA,), "address")),
        ([Party(email="dana@acme.example"), Party(email="bo@fox.example")], NoRoute("It is for people of several clients.", (ACME, FOX))),
        (
            [Party(email="x@y.example"), Party("Bo Li", "z@y.example")],
            NoRoute("z@y.example isn't known, although the name 'Bo Li' is.", (FOX,)),
        ),
        ([], NoRoute("It doesn't say who it is from or for.")),
    ],
)
def test_several_people(parties: list[Party], found: Route | NoRoute) -> None:
    assert route(parties, DIRECTORY) == found


@pytest.mark.parametrize(
    "domain", ["gmail.com", "gmx.de", "gmx.net", "yahoo.co.uk", "hotmail.fr", "t-online.de", "web.de", "proton.me", "qq.com", "icloud.com"]
)
def test_a_provider_of_mail(domain: str) -> None:
    assert is_freemail(domain)


@pytest.mark.parametrize(
    "domain", ["acme.example", "mail.acme.com", "live.acme.com", "gmail.acme.com", "yahoo-inc.com", "web.agency", "", "com"]
)
def test_a_domain_of_a_company(domain: str) -> None:
    assert not is_freemail(domain)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+44 20 7946 0000", "020 7946 0000", True),
        ("+44 (0)20 7946 0000", "0044 20 79460000", True),
        ("tel:+1-555-123-4567;ext=102", "555.123.4567", True),
        ("+49 171 1234567", "+49 171 1234568", False),
        ("1234", "1234", False),
        ("call me", "call me", False),
        ("٠٣٠١٢٣٤٥٦٧", "0301234567", False),
    ],
)
def test_the_same_number(one: str, other: str, same: bool) -> None:
    assert same_phone(one, other) is same
