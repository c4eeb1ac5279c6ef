"""Tables of contacts as address books and CRMs export them."""

import pytest

from vaultcrm.errors import UsageError
from vaultcrm.importers.contacts.columns import Column, column_of
from vaultcrm.importers.contacts.contact_table import read_contact_table
from vaultcrm.importers.message import Contact, Notice, Refused

GOOGLE = """First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,Nickname,File As,Organization Name,Organization Title,\
Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Label,\
Phone 1 - Value,Address 1 - Label,Address 1 - Street,Address 1 - City,Address 1 - Country,Website 1 - Value
Dana,Q,Roe,,Dr.,Dee,,Acme,Head,Design,1980-03-22,"Likes tea
and walks",https://x/y.jpg,* myContacts ::: Clients,* Work,dana@acme.example ::: d@roe.example,dr@x.example,Mobile,\
+49 171 1 ::: 030 123,Work,1 Main St,Berlin,Germany,https://acme.example
"""
DANA = Contact(
    source="contact:2ea1992be2e57e8b0f85f818f3cc7477",
    name="Dana Q Roe",
    organisation="Acme",
    role="Head",
    emails=("dana@acme.example", "d@roe.example", "dr@x.example"),
    phones=("+49 171 1", "030 123"),
    urls=("https://acme.example",),
    addresses=("1 Main St, Berlin, Germany",),
    birthday="1980-03-22",
    note="Likes tea\nand walks",
    groups=("Clients",),
    nicknames=("Dee",),
)


def read(text: str, mapping: dict[str, str] | None = None) -> list[Contact | Refused | Notice]:
    return list(read_contact_table(text.encode(), "a.csv", mapping))


def contacts(text: str, encoding: str = "utf-8") -> list[Contact]:
    found = [one for one in read_contact_table(text.encode(encoding), "a.csv") if isinstance(one, Contact)]
    return [one._replace(source="") for one in found]


def test_a_table_of_google() -> None:
    assert read(GOOGLE) == [DANA, Notice("a.csv", "Columns that aren't used: Organization Department.")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_and_encodings_are_found_out(encoding: str, delimiter: str, end: str) -> None:
    rows = [["Vorname", "Nachname", "Firma", "E-Mail-Adresse"], ["Jürgen", "Groß", '"Groß, Klein; Co"', "j@gross.example"]]
    text = end.join(delimiter.join(row) for row in rows)
    assert contacts(text, encoding) == [Contact("", "Jürgen Groß", "Groß, Klein; Co", emails=("j@gross.example",))]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (  # Outlook in German, as Windows saves it
            "Anrede,Vorname,Nachname,Firma,Abteilung,Position,Straße geschäftlich,Ort geschäftlich,Ort privat,Telefon geschäftlich,"
            "Mobiltelefon,Kategorien\nHerr,Jürgen,Groß,Groß GmbH,IT,Chef,Hauptstr. 1,Köln,Bonn,0221 12,0171 55,Kunde;VIP\n",
            Contact(
                "",
                "Jürgen Groß",
                "Groß GmbH",
                "Chef",
                phones=("0221 12", "0171 55"),
                addresses=("Hauptstr. 1, Köln", "Bonn"),
                groups=("Kunde", "VIP"),
            ),
        ),
        (  # Outlook in English, where Title is Ms.
            "Title,First Name,Last Name,Company,Job Title,E-mail Address,E-mail 2 Address,Business Phone\n"
            "Ms.,Dana,Roe,Acme,Head,a@x.example,b@x.example,\n",
            Contact("", "Dana Roe", "Acme", "Head", ("a@x.example", "b@x.example")),
        ),
        (
            "Prénom;Nom;Société;Titre;Adresse de messagerie;Tél. mobile\nÉlodie;Durand;Café;PDG;e@cafe.example;06 12 34\n",
            Contact("", "Élodie Durand", "Café", "PDG", ("e@cafe.example",), ("06 12 34",)),
        ),
        (
            "Name,Position,Company\nDana Roe,Head,Acme\n",
            Contact("", "Dana Roe", "Acme", "Head"),
        ),
        (  # Monica
            "first_name,last_name,nickname,job,company\nDana,Roe,Dee,Head,Acme\n",
            Contact("", "Dana Roe", "Acme", "Head", nicknames=("Dee",)),
        ),
        (  # folk
            "First name,Last name,Job title,Companies,Emails,Phones,Groups\n"
            'Dana,Roe,Head,Acme,"a@x.example, b@x.example",123,"Leads, Press"\n',
            Contact("", "Dana Roe", "Acme", "Head", ("a@x.example", "b@x.example"), ("123",), groups=("Leads", "Press")),
        ),
        (  # HubSpot's companies
            "Company name,Company Domain Name,Phone Number,City\nAcme,acme.example,030 12,Berlin\n",
            Contact("", "Acme", "Acme", phones=("030 12",), urls=("acme.example",), addresses=("Berlin",), is_company=True),
        ),
        (  # LinkedIn
            'Notes:\n"When exporting, you may notice"\n\nFirst Name,Last Name,URL,Email Address,Company,Position\nDana,Roe,https://li/d,,Acme,Head\n',
            Contact("", "Dana Roe", "Acme", "Head", urls=("https://li/d",)),
        ),
        ("First Name,E-mail 1 - Value\nd@x.example,d@x.example\n", Contact("", "", emails=("d@x.example",))),
        ('Name,Phone,Notes\nDana,"=""0171 23""",=1+1\n', Contact("", "Dana", phones=("0171 23",), note="=1+1")),
        ("Name,Phone\nDana,'+49 171\n", Contact("", "Dana", phones=("+49 171",))),
        ("sep=;\nName;Phone\nDana;123\n", Contact("", "Dana", phones=("123",))),
        ("Name,Phone\nDana\u2028Roe,123\n", Contact("", "Dana Roe", phones=("123",))),
    ],
)
def test_tables(table: str, expected: Contact) -> None:
    assert contacts(table) == [expected]
    if "É" not in table and "\u2028" not in table:
        assert contacts(table, "cp1252") == [expected]


def test_hubspot_numbers_its_contacts() -> None:
    contact, notice = read("Record ID,First Name,Email,Contact owner\n12,Dana,d@x.example,me\n")
    assert isinstance(contact, Contact)
    assert contact.source == "hubspot:12"
    assert notice == Notice("a.csv", "Columns that aren't used: Contact owner.")


def test_columns_are_mapped() -> None:
    table = "Kunde\tAnsprech\tPost\tNotes\nAcme\tDana\td@x.example\tprivate\n"
    (contact,) = read(table, {"kunde": "company", "Ansprech": "name", "Post": "email", "Notes": "ignore"})
    assert contact == Contact("contact:b58e4694f5efc793630d7cef453744e8", "Dana", "Acme", emails=("d@x.example",))
    with pytest.raises(UsageError) as error:
        read(table, {"Client": "company"})
    assert (error.value.message, error.value.hint) == (
        "The table has no column 'Client'.",
        "It has 'Kunde', 'Ansprech', 'Post' and 'Notes'.",
    )
    with pytest.raises(UsageError, match="'firm' is not a field of a contact"):
        read(table, {"Kunde": "firm"})


def test_what_cannot_be_read_is_refused() -> None:
    assert read("a,b\n1,2\n") == [Refused("a.csv", "No column has a name that I know: 'a' and 'b'.")]
    assert read("") == [Refused("a.csv", "No column has a name that I know: 'nothing'.")]
    assert read("Name,Email\n,nobody\n") == [Refused("a.csv, line 2", "It has no name, address or phone number.")]


def test_a_quotation_mark_that_is_not_closed_loses_no_later_row() -> None:
    rows = "".join(f"n{number}{' ' * 300},n{number}@x.example\n" for number in range(1_000))
    found = read(f'Name,Email\n"Dana,d@x.example\n{rows}')
    assert [one.reason for one in found if isinstance(one, Refused)] == ["field larger than field limit (131072)."]
    assert isinstance(found[-1], Contact)
    assert found[-1].name == "n999"


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("E-mail 2 - Value", Column("email")), ("E-MAIL_ADDRESS", Column("email")), ("Home Street 2", Column("address part", "home")),
        ("Address 2 - City", Column("address part", "2")), ("Address 2 - Formatted", Column("address", "2")),
        ("Code postal (bureau)", Column("address part", "bureau")), ("City of birth", None), ("Budget", None), ("", None), ("1", None),
    ],
)  # fmt: skip
def test_headings(heading: str, column: Column | None) -> None:
    assert column_of(heading) == column
