"""Exports of Slack: a zip or a folder in, messages out."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vaultcrm.importers.chat.json_export import Json
from vaultcrm.importers.chat.slack import read_slack
from vaultcrm.importers.chat.slack_text import plain_text, text_of_blocks
from vaultcrm.importers.message import Message, Notice, Party, Refused

USERS = [
    {"id": "U1", "name": "dana", "profile": {"real_name": "Dana Roe", "email": "dana@acme.example", "phone": "+49 171"}},
    {"id": "U2", "name": "me", "real_name": "Ann Lee", "profile": {}},
    {"id": "U9", "name": "tracker", "is_bot": True, "profile": {"real_name": "Tracker"}},
]
DANA = Party(name="Dana Roe", email="dana@acme.example", phone="+49 171", account="slack:U1")
ANN = Party(name="Ann Lee", account="slack:U2")


def export(path: Path, files: dict[str, object]) -> Path:
    for name, value in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return path


def read(tmp_path: Path, *messages: object, **files: object) -> list[Message | Refused | Notice]:
    lists: dict[str, object] = {"users.json": USERS, "channels.json": [{"id": "C1", "name": "website"}]}
    return list(read_slack(export(tmp_path, {**lists, **files, "website/2026-11-03.json": list(messages)}), "acme"))


def test_a_channel_with_a_thread(tmp_path: Path) -> None:
    assert read(
        tmp_path,
        {"type": "message", "user": "U2", "text": "Fine", "ts": "1793716300.000200", "thread_ts": "1793716200.000100"},
        {"type": "message", "user": "U1", "text": "Two options, <@U2>?", "ts": "1793716200.000100", "thread_ts": "1793716200.000100"},
        {"type": "message", "subtype": "channel_join", "user": "U2", "text": "<@U2> has joined", "ts": "1793716100.000100"},
    ) == [
        Message(
            source="slack:C1:1793716200.000100",
            channel="chat",
            at=datetime(2026, 11, 3, 14, 30, tzinfo=UTC),
            sender=DANA,
            recipients=(),
            subject="",
            text="Two options, @Ann Lee?",
            conversation="#website",
        ),
        Message(
            source="slack:C1:1793716300.000200",
            channel="chat",
            at=datetime(2026, 11, 3, 14, 31, 40, tzinfo=UTC),
            sender=ANN,
            recipients=(),
            subject="",
            text="Fine",
            thread="slack:C1:1793716200.000100",
            conversation="#website",
        ),
        Notice("acme", "Left out 1 line that Slack wrote itself."),
    ]


def one(tmp_path: Path, **message: object) -> Message:
    (found,) = read(tmp_path, {"type": "message", "ts": "1793716200.000100", **message})
    assert isinstance(found, Message)
    return found


def test_a_message_without_a_text_has_blocks_or_attachments(tmp_path: Path) -> None:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Hi "}, {"type": "user", "user_id": "U1"}]}
    assert one(tmp_path, user="U2", text="", blocks=[{"type": "rich_text", "elements": [section]}]).text == "Hi @Dana Roe"
    bot = one(
        tmp_path,
        subtype="bot_message",
        bot_id="B1",
        username="CI",
        text="",
        attachments=[{"fallback": "x", "pretext": "Built", "text": "ok"}],
    )
    assert (bot.text, bot.sender, bot.bulk) == ("Built\nok", Party(name="CI", account="slack:B1"), "a bot")


@pytest.mark.parametrize(
    ("message", "sender", "bulk"),
    [
        ({"user": "U1"}, DANA, ""),
        ({"user": "U9", "bot_id": "B9"}, Party(name="Tracker", account="slack:U9"), "a bot"),
        ({"user": "U1", "bot_id": "B9"}, DANA, ""),  # a person who posts by a program
        ({"user": "U7", "user_profile": {"real_name": "Guest"}}, Party(name="Guest", account="slack:U7"), ""),
        ({}, Party(name="Unknown"), ""),
    ],
)
def test_who_wrote_a_message(tmp_path: Path, message: dict[str, object], sender: Party, bulk: str) -> None:
    found = one(tmp_path, text="x", **message)
    assert (found.sender, found.bulk) == (sender, bulk)


def test_files_are_named(tmp_path: Path) -> None:
    assert (
        one(tmp_path, user="U1", text="See", files=[{"name": "a.pdf", "title": "Draft"}, {"name": "b.pdf"}]).text
        == "See\n(file: Draft)\n(file: b.pdf)"
    )


def test_direct_messages_are_named_by_the_people(tmp_path: Path) -> None:
    files = {
        "users.json": USERS,
        "dms.json": [{"id": "D1", "members": ["U2", "U1"]}],
        "mpims.json": [{"id": "G1", "name": "mpdm-a--b-1", "members": ["U2", "U1", "U9"]}],
        "D1/2026-11-03.json": [{"type": "message", "user": "U1", "text": "a", "ts": "1793716200.1"}],
        "mpdm-a--b-1/2026-11-03.json": [{"type": "message", "user": "U1", "text": "b", "ts": "1793716200.1"}],
        "unlisted/2026-11-03.json": [{"type": "message", "user": "U1", "text": "c", "ts": "1793716200.1"}],
    }
    found = [message for message in read_slack(export(tmp_path, files), "acme") if isinstance(message, Message)]
    assert [(message.conversation, message.source) for message in found] == [
        ("Ann Lee, Dana Roe", "slack:D1:1793716200.1"),
        ("Ann Lee, Dana Roe, Tracker", "slack:G1:1793716200.1"),
        ("unlisted", "slack:unlisted:1793716200.1"),
    ]


def test_a_zip_is_read_like_its_folder(tmp_path: Path) -> None:
    folder = export(
        tmp_path / "a", {"users.json": USERS, "website/2026-11-03.json": [{"type": "message", "user": "U1", "text": "a", "ts": "1.1"}]}
    )
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in sorted(folder.rglob("*.json")):
            archive.write(file, f"Acme Slack export/{file.relative_to(folder).as_posix()}")
    assert list(read_slack(tmp_path / "a.zip", "acme")) == list(read_slack(folder, "acme")) != []


def test_what_cannot_be_read_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        7,
        {"type": "message", "user": "U1", "text": "no time", "ts": "soon"},
        {"type": "message", "user": ["U1"], "text": {"a": 1}, "ts": "1793716200.000100", "files": "x", "blocks": 3, "edited": None},
        **{"website/2026-11-04.json": "{not json", "website/2026-11-05.json": {"a": 1}, "dms.json": "[" * 100_000},
    )
    assert [one for one in found if not isinstance(one, Message)] == [
        Refused("acme, dms.json", "It is nested too deeply."),
        Refused("acme, website/2026-11-03.json, message 1", "It isn't a message that can be read."),
        Refused("acme, website/2026-11-03.json, message 2", "It has no time."),
        Refused("acme, website/2026-11-04.json", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."),
        Refused("acme, website/2026-11-05.json", "It isn't a list of messages."),
    ]
    assert [message.text for message in found if isinstance(message, Message)] == [""]
    (tmp_path / "empty").mkdir()
    assert list(read_slack(tmp_path / "empty", "acme")) == [
        Refused("acme", "It contains none of Slack's lists, such as channels.json or users.json.")
    ]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<@U1> and <@U8|bob> and <@U8>", "@Dana and @bob and @U8"),
        ("<#C1|general> <#C1> <#C2>", "#general #website #C2"),
        ("<!here> <!subteam^S1|@design> <!date^1700000000^{date}|14 Nov>", "@here @design 14 Nov"),
        ("<https://a.example/x|the draft>", "the draft (https://a.example/x)"),
        ("<https://a.example/x> <http://a.example|a.example>", "https://a.example/x a.example"),
        ("<mailto:d@x.example|d@x.example>", "d@x.example"),
        ("a &lt;b&gt; &amp; <c", "a <b> & <c"),
        ("&lt;script&gt;", "<script>"),
    ],
)
def test_markup(markup: str, text: str) -> None:
    assert plain_text(markup, {"U1": "Dana"}, {"C1": "website"}) == text


def test_blocks() -> None:
    items: list[Json] = [{"type": "rich_text_section", "elements": [{"type": "text", "text": word}]} for word in ("one", "two")]
    assert (
        text_of_blocks(
            [
                {"type": "header", "text": {"type": "plain_text", "text": "Title"}},
                {"type": "section", "text": {"type": "mrkdwn", "text": "Body"}, "fields": [{"type": "mrkdwn", "text": "Field"}]},
                {"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": items}]},
                {"type": "link", "url": "https://a.example"},
                {"type": "divider"},
                "junk",
            ]
        )
        == "Title\nBody\nField\none\ntwo\n<https://a.example>"
    )
