"""Texts that were copied out of other programs: notes, and mails with the heads that mail programs show."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.importers.mail.mails import mail
from vaultcrm.importers.detect import detect_pasted, read
from vaultcrm.importers.message import Message, Party, Refused

NOW = datetime(2026, 11, 16, 9, 30)
AT = datetime(2026, 11, 2, 21, 15)
DANA, NORA = Party("Dana Roe", "dana@acme.example"), Party("Nora", "nora@x.example")


def read_one(text: str | bytes | Path, order: str = "") -> Message | Refused:
    data = text.encode() if isinstance(text, str) else text
    (message,) = read("text", data, "the clipboard", {"now": NOW, **({"order": order} if order else {})})
    assert isinstance(message, (Message, Refused))
    return message


@pytest.mark.parametrize(
    "head",
    [
        "From: Dana Roe <dana@acme.example>\nSent: Monday, November 2, 2026 9:15 PM\nTo: Nora <nora@x.example>\nSubject: Offer",
        "Von: Dana Roe [mailto:dana@acme.example]\nGesendet: Montag, 2. November 2026 21:15\nAn: Nora (nora@x.example)\nBetreff: Offer",
        "De : Dana Roe <dana@acme.example>\nEnvoyé : lundi 2 novembre 2026 21:15\nÀ : Nora <nora@x.example>\nObjet : Offer",
        "De: Dana Roe <dana@acme.example>\nEnviado el: lunes, 2 de noviembre de 2026 21:15\nPara: Nora <nora@x.example>\nAsunto: Offer",
        "Da: Dana Roe <dana@acme.example>\nInviato: lunedì 2 novembre 2026 21:15\nA: Nora <nora@x.example>\nOggetto: Offer",
        "*From:* Dana Roe <dana@acme.example>\n*Date:* Mon, 2 Nov 2026 at 21:15\n*Subject:* Offer\n*To:* Nora <nora@x.example>",
        "Subject: Offer\nFrom: Dana Roe <dana@acme.example>\nDate: 02.11.2026, 21:15\nTo: Nora <nora@x.example>",
        "差出人: Dana Roe <dana@acme.example>\n送信日時: 2026年11月2日 21:15\n宛先: Nora <nora@x.example>\n件名: Offer",
        "From: Dana Roe <dana@acme.example>\nDate: 2026-11-02 21:15\nTo:\n  Nora <nora@x.example>\nSubject: Offer",
    ],
)  # fmt: skip
def test_a_mail_with_the_head_that_a_program_shows(head: str) -> None:
    text = f"{head}\n\nHi\n"
    assert detect_pasted(text.encode(), "the clipboard") == ["text"]
    message = read_one(text)
    assert isinstance(message, Message)
    assert (message.channel, message.at, message.sender, message.recipients, message.subject, message.text, message.remark) == (
        "email", AT, DANA, (NORA,), "Offer", "Hi", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("date", "order", "at"),
    [
        ("03/02/2026, 9:15 PM", "", None),
        ("03/02/2026, 9:15 PM", "dmy", datetime(2026, 2, 3, 21, 15)),
        ("03/02/2026, 9:15 PM", "mdy", datetime(2026, 3, 2, 21, 15)),
        ("13/02/2026 09:15", "mdy", datetime(2026, 2, 13, 9, 15)),
        ("2/14/2026 09:15", "", datetime(2026, 2, 14, 9, 15)),
        ("Mon, 2 Nov 2026 21:15:00 +0000", "", "2026-11-02T21:15:00+00:00"),
        ("2 November 2026", "", datetime(2026, 11, 2, 12)),
        ("31 February 2026", "", None),
        ("last week", "", None),
    ],
)
def test_the_date_of_a_copied_mail(date: str, order: str, at: datetime | str | None) -> None:
    message = read_one(f"From: Dana\nDate: {date}\nSubject: s\n\nHi", order)
    assert isinstance(message, Message) and message.at is not None
    assert message.at == (datetime.fromisoformat(at) if isinstance(at, str) else at or NOW)
    assert message.remark == ("" if at else "The date in its head couldn't be read.")


@pytest.mark.parametrize(
    "text", ["Call Dana\nabout the quote", "From: a perspective\nof design, this is great.", "To do: x\nFrom: y", "- [ ] x"]
)
def test_any_other_text_is_a_note(text: str) -> None:
    assert detect_pasted(text.encode(), "the clipboard") == ["text"]
    message = read_one(text)
    assert isinstance(message, Message)
    assert (message.channel, message.at, message.sender, message.text) == ("note", NOW, Party(), text)


def test_the_same_text_is_the_same_thing() -> None:
    first, again, other = read_one("Call  Dana\r\n"), read_one("\ufeffCall Dana"), read_one("Call Bob")
    assert isinstance(first, Message) and isinstance(again, Message) and isinstance(other, Message)
    assert first.source == again.source != other.source


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (mail(), ["mail"]),
        (b"BEGIN:VCARD\nFN:Dana\nEND:VCARD\n", ["vcard"]),
        (b"02/11/2026, 14:30 - Dana: Hi\n", ["whatsapp"]),
        ("Grüße".encode("utf-16"), ["text"]),
    ],
)
def test_what_is_pasted_is_known_by_its_contents(data: bytes, kinds: list[str]) -> None:
    assert detect_pasted(data, "the clipboard") == kinds


@pytest.mark.parametrize(("data", "reason"), [(b" \n", "It's empty."), (b"a\0b", "It isn't text.")])
def test_what_is_no_text(data: bytes, reason: str) -> None:
    assert read_one(data) == Refused("the clipboard", reason)
