"""What a file, folder or archive is."""

import zipfile
from pathlib import Path

import pytest

from vaultcrm.errors import InvalidInput, UsageError
from vaultcrm.importers.detect import IMPORTERS, check_kind, detect, kinds_of_names, read
from vaultcrm.importers.message import Contact


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"BEGIN:VCARD\r\nFN:Dana\r\nEND:VCARD", "-", "vcard"),
        ("\ufeffbegin:vcard\n".encode("utf-16"), "-", "vcard"),
        (b"\nBEGIN:VCALENDAR\n", "-", "calendar"),
        (b"WEBVTT\n\n", "-", "transcript"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nHi\n", "-", "transcript"),
        (b'{"name": "x", "type": "personal_chat", "messages": []}', "-", "telegram"),
        (b'{\n "about": "x",\n "chats": {}}', "-", "telegram"),
        (b"[07.03.26, 21:22:39] Chris: Hey", "-", "whatsapp"),
        ("\u200e[07.03.26, 21:22:39] Team: \u200eHi".encode(), "-", "whatsapp"),
        (b"From dana@acme.example Mon Nov  2 14:30:00 2026\nSubject: x\n", "-", "mail"),
        (b"From dana@acme.example Mon Nov  2 14:30:00 2026\nSubject: x\n", "a.eml", "mail"),
        (b"Received: from x\n by y\nFrom: dana@acme.example\n\nHi", "-", "mail"),
        (b"Content-Type: text/plain\nSubject: Offer\n\nHi", "-", "mail"),
        (b"First Name,Last Name,Email\nDana,Roe,d@x.example\n", "-", "contacts"),
        ("Prénom;Nom;Société\n".encode("cp1252"), "-", "contacts"),
        (b"a,b\n1,2\n", "a.csv", "contacts"),
        (b"\n", "a.ics", "calendar"),
        (b"junk", "a.VCF", "vcard"),
    ],
)
def test_files(data: bytes, name: str, kind: str, tmp_path: Path) -> None:
    assert detect(data, name) == [kind]
    (tmp_path / "file").write_bytes(data)
    assert detect(tmp_path / "file", name) == [kind]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\n", "-"), (b"Dear all,\n\nplease find: nothing\n", "-"), (b"[1] a footnote", "-"), (b'{"a": 1}', "-"),
        (b'{"messages": [{"sender_name": "Dana"}]}', "-"), (b"\0" * 100, "-"),
        (b"a,b", "a.txt"),
    ],
)  # fmt: skip
def test_what_is_unknown_is_asked_for(data: bytes, name: str) -> None:
    with pytest.raises(InvalidInput) as error:
        detect(data, name)
    assert error.value.message == f"I can't tell what '{name}' is."
    assert error.value.hint == f"Say what it is with --as: {', '.join(sorted(IMPORTERS)[:-1])} or whatsapp."


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"\xd0\xcf\x11\xe0 Outlook", "Save the mail as .eml"),
        (b"!BDN", "readpst"),
        (b"SQLite format 3\0", "a database"),
        (b"%PDF-1.7", "a PDF"),
    ],
)
def test_what_cannot_be_read_has_a_way_out(data: bytes, hint: str) -> None:
    with pytest.raises(InvalidInput) as error:
        detect(data, "a.msg")
    assert hint in error.value.hint


def test_an_empty_file_is_said_to_be_empty() -> None:
    with pytest.raises(InvalidInput, match="is empty"):
        detect(b"", "a.mbox")


@pytest.mark.parametrize("name", ["a.xlsx", "a.docx", "messages.html"])
def test_a_file_of_another_program_has_a_way_out(name: str) -> None:
    with pytest.raises(InvalidInput, match=f"'{name}' can't be read") as error:
        detect(b"PK\x03\x04", name)
    assert error.value.hint


@pytest.mark.parametrize(
    ("names", "kinds"),
    [
        (["_chat.txt", "00000001-PHOTO.jpg", "card.vcf"], {"whatsapp"}),
        (["WhatsApp Chat with Dana.txt", "Dana.vcf"], {"whatsapp"}),
        (["users.json", "channels.json", "general/2026-11-03.json"], {"slack"}),
        (["ChatExport_2026-11-03/result.json", "ChatExport_2026-11-03/contacts/a.vcf"], {"telegram"}),
        (["work/a.ics", "home/b.ics", ".color"], {"calendar"}),
        (["Takeout/Contacts/My Contacts.vcf", "Takeout/archive_browser.html"], {"vcard"}),
        (["Takeout/Mail/Inbox.mbox"], {"mail"}),
        (["a.ics", "b.vcf"], {"calendar", "vcard"}),
        (["users.json", "a.txt"], set()),
    ],
)
def test_folders_and_archives(names: list[str], kinds: set[str], tmp_path: Path) -> None:
    assert kinds_of_names(names) == kinds
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "x")
            (tmp_path / "folder" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "folder" / name).write_text("x")
    for source in (tmp_path / "a.zip", tmp_path / "folder"):
        if kinds:
            assert detect(source, source.name) == sorted(kinds, reverse=True)  # contacts ("vcard") come before calendars
        else:
            with pytest.raises(InvalidInput, match="that I know how to import"):
                detect(source, source.name)


def test_a_maildir(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    assert detect(tmp_path, "Mail") == ["mail"]


def test_every_kind_is_read_by_its_function() -> None:
    for kind, importer in IMPORTERS.items():
        assert check_kind(kind.upper()) == kind
        assert importer.what
    with pytest.raises(UsageError, match="'rss' is not a kind of source"):
        check_kind("rss")
    (contact,) = read("vcard", b"BEGIN:VCARD\nFN:Dana\nTEL:123\nEND:VCARD", "a.vcf", {"zone": None})
    assert isinstance(contact, Contact)
