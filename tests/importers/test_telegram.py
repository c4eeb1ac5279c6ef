"""Telegram's result.json: one chat or all, messages out."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vaultcrm.importers.chat.json_export import JsonScanner, parse_json
from vaultcrm.importers.chat.telegram import read_telegram
from vaultcrm.importers.message import Message, Notice, Party, Refused


def chat(*messages: object, **about: object) -> dict[str, object]:
    return {"name": "Dana", "type": "personal_chat", "id": 5, **about, "messages": list(messages)}


def read(value: object) -> list[Message | Refused | Notice]:
    return list(read_telegram(json.dumps(value).encode(), "result.json"))


def one(**message: object) -> Message:
    (found,) = read(chat({"id": 7, "type": "message", "date": "2026-11-03T14:30:00", "from": "Dana", "from_id": "user5", **message}))
    assert isinstance(found, Message)
    return found


HI = {
    "id": 7,
    "type": "message",
    "date": "2026-11-03T14:30:00",
    "date_unixtime": "1793716200",
    "from": "Dana",
    "from_id": "user5",
    "text": "Hi",
}
MESSAGE = Message(
    source="telegram:5:7",
    channel="chat",
    at=datetime(2026, 11, 3, 14, 30, tzinfo=UTC),
    sender=Party(name="Dana", account="telegram:user5"),
    recipients=(),
    subject="",
    text="Hi",
    conversation="Dana",
)


def test_one_chat_and_all_chats() -> None:
    assert read(chat(HI)) == [MESSAGE]
    everything = {
        "about": "x",
        "personal_information": {"name": "Ann"},
        "chats": {"about": "", "list": [chat(HI)]},
        "left_chats": {"list": [chat()]},
    }
    assert read(everything) == [MESSAGE]
    assert read(chat({"id": 1, "type": "service", "action": "create_group"}, HI)) == [
        MESSAGE,
        Notice("result.json", "Left out 1 line that Telegram wrote itself."),
    ]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"text": "Hi "}, "Hi"),
        (
            {"text": ["a ", {"type": "bold", "text": "b"}, {"type": "text_link", "text": " c\n", "href": "https://x.example"}, "d"]},
            "a b c (https://x.example)\nd",
        ),
        ({"text": "", "text_entities": [{"type": "plain", "text": "Hi"}]}, "Hi"),
        ({"text": "Hi", "forwarded_from": "Tom"}, "(forwarded from Tom) Hi"),
        ({"text": "", "photo": "(File not included. Change data exporting settings to download.)"}, "(photo)"),
        ({"text": "See", "file": "files/a.pdf", "media_type": "video_file", "file_name": "b.mp4"}, "(video file: b.mp4)\nSee"),
        ({"text": "", "file": "stickers/a.webp", "media_type": "sticker", "sticker_emoji": "👍"}, "(sticker: 👍)"),
        ({"text": "", "poll": {"question": "When?", "answers": [{"text": "Mon"}, {"text": "Tue"}]}}, "(poll: When? Mon, Tue)"),
        ({"text": "", "contact_information": {"first_name": "Tom", "phone_number": "+1"}}, "(contact: Tom +1)"),
        ({"text": "", "location_information": {"latitude": 1}}, "(location)"),
        ({"text": 3}, "3"),
        ({"text": {"a": 1}}, ""),
        ({"text": "\ud83d"}, "\ufffd"),
    ],
)
def test_texts(message: dict[str, object], text: str) -> None:
    assert one(**message).text == text


def test_a_message_without_a_time_zone_is_local() -> None:
    assert one(text="x").at == datetime(2026, 11, 3, 14, 30)
    assert one(text="x", date="soon").at is None
    assert one(text="x", date_unixtime="9" * 30).at == datetime(2026, 11, 3, 14, 30)


def test_replies_know_the_first_message_of_their_thread() -> None:
    found = read(chat(HI, {**HI, "id": 8, "reply_to_message_id": 7}, {**HI, "id": 9, "reply_to_message_id": 8}))
    assert [one.thread for one in found if isinstance(one, Message)] == ["", "telegram:5:7", "telegram:5:7"]


@pytest.mark.parametrize(
    ("kind", "bulk"),
    [("personal_chat", ""), ("private_supergroup", ""), ("public_channel", "a public channel"), ("bot_chat", "a chat with a bot")],
)
def test_who_nobody_talks_with_is_bulk(kind: str, bulk: str) -> None:
    (found,) = read(chat(HI, type=kind))
    assert isinstance(found, Message)
    assert found.bulk == bulk


def test_files_beside_the_export(tmp_path: Path) -> None:
    (tmp_path / "export/files").mkdir(parents=True)
    (tmp_path / "export/files/a.pdf").write_bytes(b"%PDF")
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "export/link").symlink_to(tmp_path / "secret")
    paths = ("files/a.pdf", "../secret", "/etc/passwd", "link", "files", "none")
    (tmp_path / "export/result.json").write_text(json.dumps(chat(*({**HI, "text": "", "file": path} for path in paths))))
    found = [one for one in read_telegram(tmp_path / "export", "x") if isinstance(one, Message)]
    assert [(file.name, file.media_type, file.size, file.read()) for one in found for file in one.attachments] == [
        ("a.pdf", "application/pdf", 4, b"%PDF")
    ]
    assert [one.text for one in found] == ["", "(file: secret)", "(file: passwd)", "(file: link)", "(file: files)", "(file: none)"]
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for name in ("result.json", "files/a.pdf"):
            archive.write(tmp_path / "export" / name, f"ChatExport/{name}")
    zipped = [one for one in read_telegram(tmp_path / "export.zip", "x") if isinstance(one, Message)]
    assert [one._replace(attachments=()) for one in zipped] == [one._replace(attachments=()) for one in found]
    assert [(file.name, file.read()) for one in zipped for file in one.attachments] == [("a.pdf", b"%PDF")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "It isn't Telegram's result.json."),
        (b"[1]", "It isn't Telegram's result.json."),
        (b"{}", "It contains no \"messages\": it isn't Telegram's result.json."),
        (b'{"messages": [', "It is cut off."),
        (b'{"messages": [' + b"[" * 500, "It is nested too deeply."),
        (b'{"a" 1}', "It has no : at byte 5."),
        (b"{a: 1}", "It isn't JSON at byte 1."),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, reason: str) -> None:
    assert reason in [one.reason for one in read_telegram(data, "a.json") if isinstance(one, Refused)]


def test_what_was_read_before_the_end_is_kept() -> None:
    data = json.dumps(chat(HI, HI)).encode()[:-30]
    assert list(read_telegram(data, "a.json")) == [MESSAGE, Refused("a.json", "It is cut off.")]
    assert read(chat({"sender_name": "Dana"}))[0] == Refused("result.json, Dana, message 1", "It isn't a message of Telegram.")
    assert read(chat(3, HI))[0] == Refused("result.json, Dana, message 1", "It isn't a message that can be read.")


def test_escapes_that_are_not_json_are_read() -> None:
    assert parse_json(rb'{"a": "\x1f\q\u00e4\n"}') == {"a": "\x1f\\q\xe4\n"}
    data = json.dumps(chat(HI)).replace('"Hi"', r'"H\x69 \d"').encode()
    assert [one.text for one in read_telegram(data, "a") if isinstance(one, Message)] == [r"Hi \d"]


def test_the_scanner_skips_what_is_not_read() -> None:
    scanner = JsonScanner(b'\xef\xbb\xbf {"a": {"b": [1, "}]"]}, "c" : [1, {"d": null}, "x"] , "e":-1.5e3}')
    keys = []
    elements = []
    for key in scanner.members():
        keys.append(key)
        if key == "c":
            elements = [scanner.value() for _ in scanner.elements()]
    assert (keys, elements, scanner.peek()) == (["a", "c", "e"], [b"1", b'{"d": null}', b'"x"'], b"")


def test_a_folder_of_exports(tmp_path: Path) -> None:
    for day, number in (("2026-11-03", 5), ("2026-11-04", 6)):
        (tmp_path / f"ChatExport_{day}").mkdir()
        (tmp_path / f"ChatExport_{day}/result.json").write_text(json.dumps(chat(HI, 3, id=number)))
    (tmp_path / "empty").mkdir()
    found = list(read_telegram(tmp_path, "Telegram Desktop"))
    assert [item.source if isinstance(item, Message) else item for item in found] == [
        "telegram:5:7",
        Refused("Telegram Desktop/ChatExport_2026-11-03, Dana, message 2", "It isn't a message that can be read."),
        "telegram:6:7",
        Refused("Telegram Desktop/ChatExport_2026-11-04, Dana, message 2", "It isn't a message that can be read."),
    ]
    assert list(read_telegram(tmp_path / "empty", "empty")) == [Refused("empty", "It contains no result.json.")]
