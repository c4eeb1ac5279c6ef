"""Mailboxes: mbox, Maildir, single mails, folders and zips of them; hostile ones; and the source stays as it is."""

import os
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.mail.mails import mail
from tests.support import file_states, write_files
from vaultcrm.errors import InvalidInput
from vaultcrm.importers.detect import IMPORTERS, read
from vaultcrm.importers.mail.mailbox import is_mail, is_mbox, read_mailbox, read_stream
from vaultcrm.importers.mail.raw_mail import RawMail
from vaultcrm.importers.mail.read_mail import MAX_MAIL
from vaultcrm.importers.message import Message, Refused

SEPARATOR = b"From dana@acme.example Mon Nov  2 09:15:00 2026\n"
ONE, TWO = mail("One", Message_ID="<1@x>"), mail("Two", Message_ID="<2@x>")


def stream(data: bytes) -> list[tuple[str, bytes]]:
    return [(mail.where, mail.data) for mail in read_stream(BytesIO(data), "Inbox")]


@pytest.mark.parametrize(
    ("data", "mails"),
    [
        (SEPARATOR + ONE + b"\n" + SEPARATOR + TWO + b"\n", [ONE, TWO]),
        ((SEPARATOR + ONE + b"\n" + SEPARATOR + TWO).replace(b"\n", b"\r\n"), [ONE.replace(b"\n", b"\r\n"), TWO.replace(b"\n", b"\r\n")]),
        (SEPARATOR + mail(">From a friend\n>>From b\n> From c"), [mail("From a friend\n>From b\n> From c")]),
        (SEPARATOR + mail("A text.\n\nFrom here on it is ours"), [mail("A text.\n\nFrom here on it is ours")]),  # not escaped
        (SEPARATOR + mail("A text.\nFrom x\nTo: y"), [mail("A text.\nFrom x\nTo: y")]),
        (SEPARATOR + ONE + b"\nFrom ", [ONE + b"\nFrom "]),
        (b"\n\n" + SEPARATOR + ONE, [ONE]),
        (SEPARATOR + SEPARATOR + ONE, [ONE]),
    ],
)
def test_an_mbox(data: bytes, mails: list[bytes]) -> None:
    assert stream(data) == [(f"Inbox, message {number}", mail) for number, mail in enumerate(mails, 1)]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("From dana@acme.example Mon Nov  2 09:15:00 2026", datetime(2026, 11, 2, 9, 15, tzinfo=UTC)),
        ("From dana@acme.example Mon Nov 02 09:15 2026", datetime(2026, 11, 2, 9, 15, tzinfo=UTC)),
        ("From 1234@xxx Mon Nov 02 09:15:00 +0000 2026", datetime(2026, 11, 2, 9, 15, tzinfo=UTC)),
        ("From Dana Roe, who wrote on Mon Nov 99 09:15:00 2026", None),
        ("From dana@acme.example", None),
    ],
)
def test_a_mail_without_a_date_has_that_of_its_mbox(line: str, at: datetime | None) -> None:
    dated = f"{line}\nDate: Tue, 3 Nov 2026 10:00:00 +0000\nFrom: a@b.example\n\nx\n"
    (first, second) = read("mail", f"{line}\nFrom: a@b.example\n\nx\n\n{dated}".encode(), "Inbox", {})
    assert (first.at, second.at) == (at, datetime(2026, 11, 3, 10, tzinfo=UTC))


def test_mails_of_an_mbox_without_a_header() -> None:
    assert stream(SEPARATOR + b"\nOne\n\n" + SEPARATOR + b"\nTwo\n\nFrom here on\n\nit rains\n") == [
        ("Inbox, message 1", b"\nOne\n"),
        ("Inbox, message 2", b"\nTwo\n\nFrom here on\n\nit rains\n"),
    ]


@pytest.mark.parametrize(
    ("data", "mails"),
    [
        (ONE, [ONE]),
        (b"%d\n" % len(ONE) + ONE + b"<?xml version=1?><plist/>", [ONE]),  # .emlx of Apple Mail
        (b"", [b""]),
    ],
)
def test_a_single_mail(data: bytes, mails: list[bytes]) -> None:
    assert stream(data) == [("Inbox", mail) for mail in mails]


def test_a_mail_that_is_too_large_is_cut_and_the_next_one_is_read() -> None:
    large = SEPARATOR + ONE + b"x" * 99 * 10 + (b"y" * 99 + b"\n") * (MAX_MAIL // 100)
    first, second = stream(large + b"\n" + SEPARATOR + TWO)
    assert MAX_MAIL < len(first[1]) < MAX_MAIL + 100_000
    assert second[1] == TWO


@given(st.lists(st.sampled_from([b"From ", b"x", b"\n", b"\n\n", SEPARATOR, b"Subject: a\n", b">From ", b"\r\n", b"\0"]), max_size=12))
def test_no_byte_of_an_mbox_is_lost_but_its_separators(pieces: list[bytes]) -> None:
    data = SEPARATOR + b"".join(pieces)
    kept = b"".join(mail for _, mail in stream(data))
    assert (
        len(kept.replace(b"\n", b"").replace(b"\r", b""))
        >= len(data) - data.count(b"From ") * len(SEPARATOR) - data.count(b">From ") - data.count(b"\n") * 2
    )
    assert all(where.startswith("Inbox, message ") for where, _ in stream(data))


FOLDER: dict[str, str | bytes] = {
    "Inbox.mbox": SEPARATOR + ONE + b"\n" + SEPARATOR + TWO,
    "Drafts/a.eml": ONE,
    "Drafts/note.txt": "not a mail",
    "Drafts/picture.png": b"\x89PNG",
    "old/Archive": SEPARATOR + TWO,  # of Thunderbird
    "old/without an ending": TWO,
    "old/broken.eml": "rubbish",
    ".hidden/a.eml": ONE,
    "Maildir/cur/1:2,S": ONE,
    "Maildir/cur/2:2,DS": TWO,
    "Maildir/new/3": ONE,
    "Maildir/tmp/4": ONE,
    "Maildir/dovecot.index": b"\x01\x02",
    "Maildir/.Sent/cur/5:2,": TWO,
    "Maildir/.Sent/new/.keep": "",
}


def test_a_folder_of_everything(tmp_path: Path) -> None:
    write_files(tmp_path / "Mail", FOLDER)
    (tmp_path / "Mail/link.eml").symlink_to("old/broken.eml")
    os.mkfifo(tmp_path / "Mail/pipe.eml")
    before = file_states(tmp_path)
    found = [(mail.where, mail.labels) for mail in read_mailbox(tmp_path / "Mail", "Mail") if isinstance(mail, RawMail)]
    assert found == [
        ("Inbox.mbox, message 1", ("Inbox",)),
        ("Inbox.mbox, message 2", ("Inbox",)),
        ("Drafts/a.eml", ("Drafts",)),
        ("Maildir/cur/1:2,S", ("Maildir",)),
        ("Maildir/cur/2:2,DS", ("Maildir", "\\Draft")),
        ("Maildir/new/3", ("Maildir",)),
        ("Maildir/.Sent/cur/5:2,", ("Sent",)),
        ("old/Archive, message 1", ("old", "Archive")),
        ("old/broken.eml", ("old",)),
        ("old/without an ending", ("old",)),
    ]
    assert file_states(tmp_path) == before


def test_they_are_read_as_messages(tmp_path: Path) -> None:
    write_files(tmp_path / "Mail", FOLDER)
    messages = list(read("mail", tmp_path / "Mail", "Mail", {}))
    assert [mail.bulk for mail in messages if isinstance(mail, Message)] == ["", "", "a draft", "", "a draft", "", "", "", ""]
    assert [mail.where for mail in messages if isinstance(mail, Refused)] == ["old/broken.eml"]
    assert {"mail"} <= IMPORTERS.keys()


def test_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "takeout.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Takeout/Mail/Spam.mbox", SEPARATOR + ONE)
        archive.writestr("Takeout/archive_browser.html", "<html>")
        archive.writestr("Takeout/Mail/a.eml", TWO)
        archive.writestr("../../evil.eml", ONE)
        archive.writestr("bomb.mbox", SEPARATOR + ONE + b"\0" * 50_000_000)
    found = list(read_mailbox(tmp_path / "takeout.zip", "takeout.zip"))
    assert [(mail.where, mail.labels) for mail in found if isinstance(mail, RawMail)] == [
        ("takeout.zip/Takeout/Mail/Spam.mbox, message 1", ("Mail", "Spam")),
        ("takeout.zip/Takeout/Mail/a.eml", ("Mail",)),
    ]
    assert [mail.where for mail in found if isinstance(mail, Refused)] == ["takeout.zip/../../evil.eml", "takeout.zip/bomb.mbox"]
    assert sorted(os.listdir(tmp_path)) == ["home", "takeout.zip"]


def test_a_broken_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.eml", mail("word " * 10_000))
    data = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(data[: len(data) // 2])
    (tmp_path / "damaged.zip").write_bytes(data[:60] + bytes(40) + data[100:])
    with pytest.raises(InvalidInput):
        list(read_mailbox(tmp_path / "half.zip", "half.zip"))
    (refused,) = read_mailbox(tmp_path / "damaged.zip", "damaged.zip")
    assert isinstance(refused, Refused)


def test_a_file_that_cannot_be_read_is_named(unprivileged: Path) -> None:
    write_files(unprivileged, {"a.eml": ONE, "b.eml": TWO, "closed/c.eml": ONE})
    (unprivileged / "a.eml").chmod(0)
    (unprivileged / "closed").chmod(0)
    found = list(read_mailbox(unprivileged, "Mail"))
    assert [mail for mail in found if isinstance(mail, Refused)] == [
        Refused("a.eml", "The file can't be read (Permission denied).", str(unprivileged / "a.eml")),
        Refused("closed", "The folder can't be read (Permission denied)."),
    ]
    assert [mail.where for mail in found if isinstance(mail, RawMail)] == ["b.eml"]


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (ONE, True),
        (b"\n\n" + ONE, True),
        (b"Received: from a\n\tby b\nSubject: x", True),
        (b"From: a\n", True),
        (b"Subject: only this\n", False),
        (b"Dear: Nora\nFrom: here", True),
        (b"hello\nFrom: x", False),
        (b"", False),
    ],
)
def test_what_looks_like_a_mail(head: bytes, is_one: bool) -> None:
    assert is_mail(head) is is_one
    assert not is_mbox(head)
