"""vCards as phones and address books write them."""

import pytest

from vaultcrm.importers.contacts.contact import clean_birthday, clean_email, clean_phone
from vaultcrm.importers.contacts.vcard import read_vcards
from vaultcrm.importers.message import Contact, Refused


def read(text: str | bytes) -> list[Contact | Refused]:
    return list(read_vcards(text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode(), "a.vcf"))


def card(text: str) -> Contact:
    (contact,) = read(f"BEGIN:VCARD\nVERSION:3.0\n{text}\nEND:VCARD\n")
    assert isinstance(contact, Contact)
    return contact._replace(source="")


def test_a_card_of_version_3() -> None:
    assert read(
        """BEGIN:VCARD
VERSION:3.0
UID:477343c8
N:Roe;Dana;;Dr.;
FN:Dana Roe
NICKNAME:Dee,D
ORG:Acme\\, Inc.;Design
TITLE:Head of
  Design
item1.EMAIL;TYPE=INTERNET;type=pref:dana@acme.example
item1.X-ABLabel:Work
TEL;TYPE=CELL:+49 171 555 0199
ADR;TYPE=WORK:;;1 Main St\\nBack yard;Berlin;;10115;Germany
URL:https\\://acme.example
BDAY:1980-03-22
CATEGORIES:Clients,myContacts
NOTE:Likes tea\\; and\\nlong walks
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ
 SkZJRgABAQAAAQABAAD
END:VCARD
"""
    ) == [
        Contact(
            source="vcard:477343c8",
            name="Dana Roe",
            organisation="Acme, Inc.",
            role="Head of Design",
            emails=("dana@acme.example",),
            phones=("+49 171 555 0199",),
            urls=("https://acme.example",),
            addresses=("1 Main St Back yard, Berlin, 10115, Germany",),
            birthday="1980-03-22",
            note="Likes tea; and\nlong walks",
            groups=("Clients",),
            nicknames=("Dee", "D"),
        )
    ]


def test_a_card_of_version_2_1() -> None:
    assert read(
        """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Gro=C3=9F;J=C3=BCrgen;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BCrgen =
Gro=C3=9F
TEL;CELL;PREF:0171 555
TEL;WORK;VOICE:BusinessPhone
NOTE;ENCODING=QUOTED-PRINTABLE:One=0D=0A=
Two
PHOTO;JPEG;BASE64:
/9j/4AAQSkZJRgABAQAAAQABAAD
no: property

EMAIL;PREF;INTERNET:j@gross.example
END:VCARD
"""
    ) == [
        Contact(
            source="contact:85351530d67097f5f421ea9bb5fa6591",
            name="Jürgen Groß",
            emails=("j@gross.example",),
            phones=("0171 555",),
            note="One\nTwo",
        )
    ]


def test_a_card_of_version_4() -> None:
    contact = card(
        """VERSION:4.0
FN:Simon Perreault
TEL;VALUE=uri;TYPE="work,voice";PREF=1:tel:+1-418-656-9254;ext=102
EMAIL;TYPE=work:mailto:simon@viagenie.example
ADR;LABEL="Back: yard":;;2875 Laurier;Quebec;;;
BDAY:--0203"""
    )
    assert contact == Contact(
        source="",
        name="Simon Perreault",
        emails=("simon@viagenie.example",),
        phones=("+1-418-656-9254 ext. 102",),
        addresses=("2875 Laurier, Quebec",),
        birthday="--02-03",
    )


@pytest.mark.parametrize(
    ("text", "name", "is_company"),
    [
        ("FN:\nN:Roe;Dana;Q.;Ms.;Jr.", "Dana Q. Roe Jr.", False),
        ("FN:Roe\\, Dana", "Roe, Dana", False),
        ("N:Roe", "Roe", False),
        ("NICKNAME:Dee\nORG:Acme", "Dee", False),
        ("ORG:Acme;Design\nTEL:123", "Acme", True),
        ("FN:Acme\nORG:Acme\nX-ABShowAs:COMPANY", "Acme", True),
        ("KIND:org\nFN:Acme", "Acme", True),
        ("EMAIL:dana@acme.example", "", False),
        ("fn:Dana", "Dana", False),
        ("FN;X-P=\"a:b;c\":Dana", "Dana", False),
    ],
)  # fmt: skip
def test_the_name_of_a_card(text: str, name: str, is_company: bool) -> None:
    contact = card(text)
    assert (contact.name, contact.is_company) == (name, is_company)


def test_a_value_folded_in_the_middle_of_a_character() -> None:
    data = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jürgen\r\nEND:VCARD\r\n".encode().replace(b"\xc3\xbc", b"\xc3\r\n \xbc")
    (contact,) = read(data)
    assert isinstance(contact, Contact)
    assert contact.name == "Jürgen"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_of_a_file_is_found_out(encoding: str) -> None:
    (contact,) = read("BEGIN:VCARD\nFN:Jürgen\nEND:VCARD\n".encode(encoding))
    assert isinstance(contact, Contact)
    assert contact.name == "Jürgen"


def test_an_agent_is_a_contact_of_its_own() -> None:
    inline = read("BEGIN:VCARD\nVERSION:2.1\nFN:Dana\nAGENT:\nBEGIN:VCARD\nFN:Tom\nEND:VCARD\nTEL:12345\nEND:VCARD\n")
    escaped = read("BEGIN:VCARD\nVERSION:3.0\nFN:Dana\nTEL:12345\nAGENT:BEGIN:VCARD\\nFN:Tom\\nEND:VCARD\\n\nEND:VCARD\n")
    for contacts in (inline, escaped):
        assert [(one.name, one.phones) for one in contacts if isinstance(one, Contact)] == [("Dana", ("12345",)), ("Tom", ())]


def test_what_cannot_be_a_contact_is_refused() -> None:
    assert read("BEGIN:VCARD\nNOTE:x\nEND:VCARD\nBEGIN:VCARD\nKIND:group\nFN:Team\nMEMBER:urn:uuid:1\nEND:VCARD\n") == [
        Refused("a.vcf, card 1", "It has no name, address or phone number."),
        Refused("a.vcf, card 2", "It's a group of other cards."),
    ]
    assert read("Dear all,\n") == [Refused("a.vcf", "It contains no vCard.")]


def test_a_card_that_is_cut_off_is_read() -> None:
    assert [one.name for one in read("BEGIN:VCARD\nFN:Dana\nBEGIN:VCARD\nFN:Tom\nEND:VCARD") if isinstance(one, Contact)] == ["Dana", "Tom"]


def test_a_contact_has_its_source_in_every_export() -> None:
    (first,), (second,) = (read(f"BEGIN:VCARD\nFN:Dana\n{lines}END:VCARD\n") for lines in ("TEL:123\nNOTE:a\n", "NOTE:b\nTEL:123\n"))
    assert isinstance(first, Contact)
    assert isinstance(second, Contact)
    assert first.source == second.source


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+49 (171) 555-0199", "+49 (171) 555-0199"),
        ("tel:+1-418;ext=7", "+1-418 ext. 7"),
        ("BusinessPhone", ""),
        ("12", ""),
        ("1" * 61, ""),
    ],
)
def test_phones(text: str, phone: str) -> None:
    assert clean_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" dana@acme.example ", "dana@acme.example"),
        ("Dana Roe <dana@acme.example>", "dana@acme.example"),
        ("/o=ExchangeLabs/ou=Exchange/cn=dana", ""),
        ("dana", ""),
        ("a@" + "b" * 300, ""),
    ],
)
def test_addresses(text: str, email: str) -> None:
    assert clean_email(text) == email


@pytest.mark.parametrize(
    ("text", "birthday"),
    [
        ("19800322", "1980-03-22"), ("1980-03-22T00:00:00Z", "1980-03-22"), ("--0203", "--02-03"), ("1604-02-29", "--02-29"),
        ("1980-02-31", ""), ("3/22/1980", ""), ("0.0.00", ""), ("", ""),
    ],
)  # fmt: skip
def test_birthdays(text: str, birthday: str) -> None:
    assert clean_birthday(text) == birthday
