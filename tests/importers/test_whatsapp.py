"""Exports of WhatsApp: whole files in, messages out."""

import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from vaultcrm.importers.chat.whatsapp import conversation_name, read_whatsapp
from vaultcrm.importers.message import Message, Notice, Party, Refused

NAME = "WhatsApp Chat with Dana.txt"


def read(text: str, name: str = NAME, order: str | None = None) -> list[Message | Refused | Notice]:
    return list(read_whatsapp(text.encode(), name, order))


def said(text: str, name: str = NAME) -> list[tuple[str, str]]:
    return [(one.sender.name or one.sender.phone, one.text) for one in read(text, name) if isinstance(one, Message)]


def test_a_chat_of_android() -> None:
    assert read(
        "20/01/26, 11:23 - Messages and calls are end-to-end encrypted.\n"
        "20/01/26, 11:24 - Dana: Two options,\nplease.\n\n"
        "20/01/26, 11:25 - Ann: Fine: tomorrow?\n"
    ) == [
        Message(
            source="whatsapp:09fb9ff32c5a:79b69ae08a282dbbb6457213",
            channel="chat",
            at=datetime(2026, 1, 20, 11, 24),
            sender=Party(name="Dana"),
            recipients=(),
            subject="",
            text="Two options,\nplease.",
            conversation="Dana",
        ),
        Message(
            source="whatsapp:09fb9ff32c5a:fbb6c370b5364a5849466dcb",
            channel="chat",
            at=datetime(2026, 1, 20, 11, 25),
            sender=Party(name="Ann"),
            recipients=(),
            subject="",
            text="Fine: tomorrow?",
            conversation="Dana",
        ),
        Notice(NAME, "Left out 1 line that WhatsApp wrote itself."),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dana: Hi", [("Dana", "Hi")]),
        ("~\u202fDana: Hi", [("Dana", "Hi")]),
        ("+49 171 555\u2011123: Hi", [("+49 171 555\u2011123", "Hi")]),
        ("Dana: ", [("Dana", "")]),
        ("Dana:\nHi", [("Dana", "Hi")]),
        ("Dana created group “Plan: B”", []),
        ('Dana changed the subject to "Plan: B"', []),
        ("Dana: \u200e<attached: 00000001-PHOTO.jpg>", [("Dana", "(00000001-PHOTO.jpg)")]),
        ("Dana: IMG-20260120-WA0014.jpg (file attached)\nThe draft", [("Dana", "The draft")]),
        ("Dana: IMG-20260120-WA0014.jpg (archivo adjunto)", [("Dana", "(IMG-20260120-WA0014.jpg)")]),
        ("Dana: <Media omitted>", [("Dana", "(Media omitted)")]),
        ("Dana: <Medien ausgeschlossen>", [("Dana", "(Medien ausgeschlossen)")]),
        ("Dana: \u200eimage omitted", [("Dana", "(image omitted)")]),
        ("Dana: image omitted", [("Dana", "image omitted")]),
        ("Dana: Hi \u200e<This message was edited>", [("Dana", "Hi")]),
        ("Dana: Hi <Diese Nachricht wurde bearbeitet>", [("Dana", "Hi")]),
        ("Dana: This message was deleted", []),
        ("Dana: \u200eMissed voice call", [("Dana", "Missed voice call")]),
        ("Dana: \u200eMessages and calls are end-to-end encrypted.", []),
        ("Dana: <b>bold</b>", [("Dana", "<b>bold</b>")]),
    ],
)
def test_messages(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(f"20/01/26, 11:24 - {text}\n") == expected
    assert said(f"\u200e[20/01/26, 11:24:00] {text}\n".replace("\n", "\r\n")) == expected


def test_a_line_in_another_style_is_part_of_a_message() -> None:
    assert said("[20/01/26, 11:24:00] Dana: See:\n20/01/26, 11:24 - Eve: I pay\n[21/01/26, 11:24:00] Ann: No\n") == [
        ("Dana", "See:\n20/01/26, 11:24 - Eve: I pay"),
        ("Ann", "No"),
    ]


def test_what_ios_says_in_the_name_of_a_group_is_left_out() -> None:
    chat = "[20/01/26, 11:24:00] Team: \u200eDana created this group\n[20/01/26, 11:25:00] Dana: Hi\n[20/01/26, 11:26:00] Ann: Ho\n"
    assert said(chat, "WhatsApp Chat - Team.zip") == [("Dana", "Hi"), ("Ann", "Ho")]
    chat = "[20/01/26, 11:24:00] Dana: \u200eMissed video call\n[20/01/26, 11:25:00] Dana: Hi\n"
    assert said(chat, "WhatsApp Chat - Dana.zip") == [("Dana", "Missed video call"), ("Dana", "Hi")]


def test_dates_that_can_be_read_in_two_ways_are_asked_for() -> None:
    chat = "03/02/26, 18:42 - Dana: Hi\n"
    assert read(chat) == [
        Refused(
            NAME,
            "Its dates can be read in more than one order: the first one as 3 February 2026 or 2 March 2026. "
            "Say --date-order dmy or --date-order mdy.",
        )
    ]
    (message,) = read(chat, order="mdy")
    assert isinstance(message, Message)
    assert message.at == datetime(2026, 3, 2, 18, 42)


def test_a_message_has_its_source_in_every_export() -> None:
    first = "20/01/26, 11:24 - Dana: ok\n20/01/26, 11:24 - Dana: ok\n20/01/26, 11:25 - Dana: \u200e<attached: 00000009-PHOTO.jpg>\n"
    later = "19/01/26, 9:00 - Dana: Hi\n" + first.replace("00000009", "00000010") + "21/01/26, 9:00 - Dana: Bye\n"
    sources = [[one.source for one in read(text, name) if isinstance(one, Message)] for text, name in ((first, NAME), (later, NAME))]
    assert len(set(sources[0])) == 3
    assert sources[1][1:4] == sources[0]
    downloaded_again = [one.source for one in read(first, "WhatsApp Chat with Dana (1).txt") if isinstance(one, Message)]
    assert downloaded_again == sources[0]


def test_media_come_out_of_the_archive(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat - Dana.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_chat.txt", "[20.01.26, 11:24:00] Dana: \u200e<attached: 00000001-PHOTO.jpg>\n[20.01.26, 11:24:01] Dana: x")
        archive.writestr("00000001-PHOTO.jpg", b"\xff\xd8\xff")
        archive.writestr("notes.txt", "20.01.26, 11:24 - Eve: no chat")
    photo, words = (one for one in read_whatsapp(path, path.name) if isinstance(one, Message))
    assert (photo.text, words.text, photo.conversation) == ("", "x", "Dana")
    (attachment,) = photo.attachments
    assert (attachment.name, attachment.media_type, attachment.size, attachment.read()) == (
        "00000001-PHOTO.jpg",
        "image/jpeg",
        3,
        b"\xff\xd8\xff",
    )
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert [one.source for one in read_whatsapp(tmp_path / "unpacked", path.name) if isinstance(one, Message)] == [
        photo.source,
        words.source,
    ]


def test_a_file_means_nothing_in_a_vault_and_may_be_gone_when_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat - Dana.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_chat.txt", "[20.01.26, 11:24:00] Dana: \u200e<attached: 00000001-Notes.md>")
        archive.writestr("00000001-Notes.md", b"- [ ] Pay Eve")
    (message,) = (one for one in read_whatsapp(path, path.name) if isinstance(one, Message))
    (attachment,) = message.attachments
    assert attachment.name == "00000001-Notes.md.txt"
    path.write_bytes(b"PK\x03\x04 no archive any more")
    with pytest.raises(OSError, match="isn't a zip archive"):
        attachment.read()


def test_a_message_that_is_too_long_is_shortened_and_says_so() -> None:
    (message,) = read("20/01/26, 11:24 - Dana: " + "x" * 100_001)
    assert isinstance(message, Message)
    assert (len(message.text), message.remark) == (100_000, "Its text is longer than 100,000 characters; the rest was left out.")


def test_an_export_that_is_full_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaultcrm.importers.chat.whatsapp._MOST_MESSAGES", 3)
    assert read("20/01/26, 11:24 - Dana: ok\n" * 3)[-1] == Notice(
        NAME, "It has 3 messages, about as many as WhatsApp exports: older ones may be missing.", is_cut=True
    )


@pytest.mark.parametrize("data", [b"", b"Dear all,\nhello", b"\x00\xff" * 100])
def test_what_is_no_chat_is_refused(data: bytes) -> None:
    (refused,) = read_whatsapp(data, "a.txt")
    assert refused == Refused("a.txt", "No line begins like a message of WhatsApp, such as [31/12/2026, 11:40:26] Dana: Hi.")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("WhatsApp Chat with Dana Roe.txt", "Dana Roe"), ("WhatsApp Chat - Dana.zip", "Dana"), ("WhatsApp-Chat mit Dana (2).txt", "Dana"),
        ("Chat de WhatsApp con Ana.txt", "Ana"), ("Discussion WhatsApp avec Éric.txt", "Éric"), ("acme.zip", "acme"), ("_chat.txt", ""),
        ("exports/WhatsApp Chat with A - B.txt", "A - B"), ("-", ""),
    ],
)  # fmt: skip
def test_the_name_of_a_conversation(file: str, name: str) -> None:
    assert conversation_name(file) == name
