"""Hostile exports: mutated files and bombs of every format that `vaultcrm.importers` reads.

Whatever a reader is given, it answers with values that can be written, or with a reason: within 2 seconds of
processor time and 512 MB.
"""

import io
import json
import os
import random
import resource
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.robustness import hostile_mails
from vaultcrm.errors import VaultcrmError
from vaultcrm.importers.detect import detect, detect_pasted, read
from vaultcrm.importers.message import Message
from vaultcrm.importers.talks import Talk, talks

SECONDS, MEGABYTES = 2.0, 512
_ZONE = ZoneInfo("Europe/Berlin")
_OPTIONS = {"zone": _ZONE, "first": date(2025, 1, 1), "last": date(2027, 12, 31), "now": datetime(2026, 11, 16)}
_MAX_BYTES = 400_000
_MOST_CHECKED = 200  # messages of an input that are looked at as notes
_CHATS = ("whatsapp", "slack", "telegram")


class Family(NamedTuple):
    """What the inputs of one format are made from: whole files, pieces that are put into them, and bombs.

    The bombs take seconds and 200 MB, so they are made by a function.
    """

    seeds: tuple[bytes, ...]
    pieces: tuple[bytes, ...]
    bombs: Callable[[], tuple[bytes, ...]]


def _calendar(body: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n".encode()


def _event(lines: str) -> str:
    return f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260301T090000\r\n{lines}END:VEVENT\r\n"


def _telegram(*messages: object) -> bytes:
    return json.dumps({"name": "Dana", "type": "personal_chat", "id": 5, "messages": messages}, ensure_ascii=False).encode()


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


_SLACK = {
    "type": "message",
    "user": "U1",
    "text": "Hi <@U1> <https://a.example|b> &amp;",
    "ts": "1793716200.000100",
    "thread_ts": "1793716200.000100",
}
_TELEGRAM = {"id": 7, "type": "message", "date": "2026-11-03T14:30:00", "from": "Dana", "text": ["a", {"type": "bold", "text": "b"}]}
_LINE = b"x" * 5_000_000
_LIVE = "- [ ] Pay 📅 2026-01-01\n> [!decision] You pay\n[[Acme]] #vip k:: v ^b\n---\n# a\n```x\n<b> <% x %> [y](obsidian://open) ![z](x)\n"
_LIVE_VALUE = _LIVE.replace("\n", "\\n")  # of a vCard or a calendar

FAMILIES = {
    "mail": Family(hostile_mails.SEEDS, hostile_mails.PIECES, hostile_mails.bombs),
    "vcard": Family(
        (
            b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Roe;Dana;;;\r\nFN:Dana Roe\r\nitem1.EMAIL;TYPE=WORK:d@x.example\r\nTEL:+49 171\r\n"
            b"ADR:;;1 Main St;Berlin;;1;\r\nNOTE:a\\nb\r\n c\r\nPHOTO;ENCODING=b:AAAA\r\n BBBB\r\nEND:VCARD\r\n",
            f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:[[Eve]] #x <b>\r\nORG:../Fox: #vip\r\nTITLE:[[CTO]]\r\nEMAIL:dana@acme.example\r\n"
            f"CATEGORIES:#vip,[[x]]\r\nURL:javascript:alert(1)\r\nADR:;;{_LIVE_VALUE};;;;\r\nNOTE:{_LIVE_VALUE}\r\nEND:VCARD\r\n".encode(),
            b"BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BC=\r\nrgen\r\nAGENT:\r\nBEGIN:VCARD\r\n"
            b"FN:Tom\r\nEND:VCARD\r\nEND:VCARD\r\n",
        ),
        (
            b"BEGIN:VCARD\r\n",
            b"END:VCARD\r\n",
            b"ENCODING=QUOTED-PRINTABLE",
            b"CHARSET=utf-7",
            b";" * 500,
            b":",
            b"=\r\n",
            b"\r\n ",
            b'"',
            b"\\n",
            b"AGENT:",
            b"item1." * 50,
            b"tel:+1;ext=",
        ),
        lambda: (
            b"BEGIN:VCARD\nFN:" + _LINE,
            b"BEGIN:VCARD\nEND:VCARD\n" * 50_000,
            b"BEGIN:VCARD\nFN:a\n" * 50_000,
            b"BEGIN:VCARD\n" + b"TEL:12345\n" * 100_000 + b"END:VCARD\n",
            b"BEGIN:VCARD\nFN" + b';X="a"' * 200_000 + b":x\nEND:VCARD\n",
            b"BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:" + b"=C3=91=\n" * 100_000 + b"END:VCARD\n",
            b"BEGIN:VCARD\n" + b"a." * 50_000,
            b"BEGIN:VCARD\nEMAIL:" + b"a" * 90_000 + b"\nEND:VCARD\n",
        ),
    ),
    "contacts": Family(
        (
            b'First Name,Last Name,E-mail 1 - Value,Phone 1 - Value,Notes\nDana,Roe,d@x.example ::: e@x.example,+49 1,"a\nb"\n',
            f'Name,Company,Email,Job Title,Notes\n[[Eve]] #x,../Fox: <b>,dana@acme.example,[[CTO]],"{_LIVE}"\n'.encode(),
            "Vorname;Nachname;Firma;Straße geschäftlich\nJürgen;Groß;x;y\n".encode("cp1252"),
        ),
        (
            b'"',
            b'"' * 501,
            b"," * 5_000,
            b";" * 5_000,
            b"\0" * 100,
            b"=cmd|x!A1",
            b"Name,Email\n",
            b"\r",
            b"a@" * 3_000,
            b"@" * 3_000,
            b" ::: " * 2_000,
        ),
        lambda: (
            b"Name,Email\n" + _LINE,
            b"Name,Email\n" + b'"' * 5_000_000,
            b"Name,Email" + b",x" * 2_000_000 + b"\n",
            b"Name,Email\n" + (b"a" * 100_000 + b"," + b"@" * 100_000 + b"\n") * 50,
            b"Name" + b",Home Street" * 50_000 + b"\na" + b",b" * 50_000,
        ),
    ),
    "calendar": Family(
        (
            _calendar(_event("DTEND:20260301T100000\r\nRRULE:FREQ=WEEKLY;COUNT=5\r\nEXDATE:20260308T090000\r\nSUMMARY:a\\, b\r\n")),
            _calendar(
                _event(
                    f"SUMMARY:[[Fox]] #vip <b>\r\nLOCATION:{_LIVE_VALUE}\r\nDESCRIPTION:{_LIVE_VALUE}\r\nURL:javascript:x\r\n"
                    "ATTENDEE;CN=[[x]] #y:mailto:dana@acme.example\r\n"
                )
            ),
            _calendar(_event('ATTENDEE;CN="Lee, Ann";PARTSTAT=ACCEPTED:mailto:a@x.example\r\nSUMMARY:a\r\n b\r\n') * 3),
            _calendar(
                "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
                "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
                "BEGIN:VEVENT\r\nUID:2\r\nDTSTART;TZID=Ours:20260301T090000\r\nEND:VEVENT\r\n"
            ),
        ),
        (
            b"BEGIN:VEVENT\r\n",
            b"END:VEVENT\r\n",
            b"RRULE:FREQ=SECONDLY\r\n",
            b"RRULE:FREQ=DAILY;INTERVAL=1\r\n",
            b"DTSTART:00010101T000000\r\n",
            b"DTSTART:99991231T235959Z\r\n",
            b"EXDATE:" + b"20260101T000000," * 500 + b"20260101\r\n",
            b"BEGIN:VTIMEZONE\r\nTZID:x\r\n",
            b"END:VTIMEZONE\r\n",
            b"TZID=x",
            b"TZID=" + b"x" * 3_000,
            b"DURATION:P99999D\r\n",
            b"\r\n ",
            b"BEGIN:X\r\n" * 300,
            b'ATTENDEE;CN="' + b"x" * 3_000,
            b";" * 3_000,
            b"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        ),
        lambda: (
            _calendar("BEGIN:X\r\n" * 100_000),
            _calendar(_event("RRULE:FREQ=DAILY\r\n") * 3_000),
            _calendar(_event("SUMMARY:" + "x" * 5_000_000)),
            _calendar("".join(_event("RRULE:FREQ=DAILY\r\n").replace("UID:1", f"UID:{number}") for number in range(1_000))),
            _calendar(_event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\n" * 200)),
            _calendar(
                "".join(_event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\n").replace("UID:1", f"UID:{number}") for number in range(1_000))
            ),
            _calendar(_event("RDATE:20260301T090000\r\n" * 10_000)),
            _calendar(_event("ATTENDEE;CN=x:mailto:a@b.c\r\n" * 10_000)),
            _calendar(
                "BEGIN:VTIMEZONE\r\nTZID:Evil\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000\r\nRRULE:FREQ=SECON\r\n DLY\r\n"
                "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
                + _event("").replace("DTSTART", "DTSTART;TZID=Evil")
            ),
            b"BEGIN:VCALENDAR" + b"\r" * 500_000,
        ),
    ),
    "whatsapp": Family(
        (
            b"20/01/26, 11:23 - Messages are end-to-end encrypted.\n20/01/26, 11:24 - Dana: Two\noptions\n"
            b"20/01/26, 11:25 - Ann: <Media omitted>\n",
            f"20/01/26, 11:24 - Dana Roe: {_LIVE}20/01/26, 11:25 - [[Eve]] #x: {_LIVE}".encode(),
            "\u200e[20.01.26, 11:24:00] ~\u202fDana: \u200e<attached: 00000001-PHOTO.jpg>\r\n[20.01.26, 11:25:00] Ann: Hi\r\n".encode(),
        ),
        (
            b"[31/12/2022, 11:40:26] ",
            b"1/1/20, 10:00 - ",
            "\u200e".encode() * 100,
            b"9" * 3_000,
            b"<attached: ",
            b" (file attached)",
            b": " * 500,
            "下午".encode(),
            b"[01/01/0000, 00:00:00] a: b\n",
            b"[",
            b"/" * 2_000,
        ),
        lambda: (
            b"[31/12/2022, 11:40:26] a: " + _LINE,
            b"[31/12/2022, 11:40:26] a: b\n" * 20_000,
            b"[31/12/2022, 11:40:26] a: b" + b"\n" * 490_000,
            b"[31/12/2022, 11:40:26] a: " + b"<" * 90_000,
            b"[31/12/2022, 11:40:26] a: " + b"<a: " * 30_000,
            b"[" * 1_000_000,
            b"1" * 1_000_000,
            b"\n[31/12/2022," * 50_000,
        ),
    ),
    "telegram": Family(
        (
            _telegram(_TELEGRAM, {**_TELEGRAM, "id": 8, "reply_to_message_id": 7}),
            _telegram({**_TELEGRAM, "from": "Dana Roe", "text": _LIVE}, {**_TELEGRAM, "id": 9, "from": "[[Eve]] #x", "text": [_LIVE]}),
            b'{"chats": {"list": [' + _telegram(_TELEGRAM) + b"]}}",
        ),
        (
            b"{" * 400,
            b"[" * 100_000,
            b'"' * 3,
            b"\\x1f",
            b"1e999",
            b"9" * 5_000,
            b'"date_unixtime": "999999999999999"',
            b'"messages": [',
            b"null",
            b"\\ud800",
            b'{"messages":' * 300,
        ),
        lambda: (
            b'{"messages": [' + b'{"type":' * 100_000,
            b'{"messages": ["' + _LINE + b'"]}',
            b'{"messages": [{"text":"' + b"\\u" * 1_000_000 + b'"}]}',
            b'{"messages": [' + b'{"type":"message","id":1,"text":"x"},' * 30_000 + b"]}",
            b'{"messages": [{"type":"message","text":[' + b'"a",' * 300_000 + b'""]}]}',
            b"{" + b'"a":1,' * 200_000 + b"}",
        ),
    ),
    "transcript": Family(
        (
            b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n<v Dana>Hi</v>\n\nNOTE x\n\n",
            f"WEBVTT\n\n00:01.000 --> 00:02.000\n[[Eve]] #x: {_LIVE}\n\n00:03.000 --> 00:04.000\n<v Dana Roe>{_LIVE}</v>\n".encode(),
            b"1\n00:00:01,000 --> 00:00:02,000\nDana: Hi\n\n2\n00:00:03,000 --> 00:00:04,000\n(Tom)\nx\n",
        ),
        (
            b"-->",
            b"00:00:01.000 --> 00:00:02.000\n",
            b"99999:99:99 --> 1:1\n",
            b"<v " * 1_000,
            b"<" * 3_000,
            b"&" * 2_000,
            b"NOTE\n",
            b"(" * 3_000,
        ),
        lambda: (
            b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v a>" * 1_000_000,
            b"WEBVTT\n\n" + b"x\n" * 1_000_000,
            b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\nDana: x\n\n" * 30_000,
            b"00:01.000 --> 00:02.000\n" + b"&#x41;" * 500_000,
        ),
    ),
    "text": Family(
        (
            b"From: Dana Roe <dana@acme.example>\nSent: Monday, November 2, 2026 9:15 PM\nTo: Nora; Bob\nSubject: Offer\n\nHi\n\n> old\n",
            b"Von: Dana [mailto:d@x]\nGesendet: 2. November 2026 09:15\nAn: Nora\nBetreff: Angebot\n\n- [ ] Hallo\n",
            b"Call Dana\n\n> [!decision] Yes\n[[Acme]] #vip\n",
        ),
        (
            b"From: ",
            b"To:\n " + b"[a@" * 3_000,
            b"Date: " + b"9" * 3_000,
            b"Date: 99/99/9999 99:99\n",
            b"* " * 3_000,
            b"Subject: [[x]]\n",
            b"---\ntype: client\n---\n",
        ),
        lambda: (
            b"From: x\nSubject: y\nTo:\n" + b" a@b;" * 500_000,
            b"From: x\nSubject: y\nTo:\n" + b" [a@b@" * 500_000,
            b"From: x\nDate: " + b"1 jan " * 500_000 + b"\nSubject: y\n",
            b"a " * 5_000_000,
            b"\n" * 10_000_000 + b"x",
            b"a" * 10_000_000,
        ),
    ),
    "archive": Family(
        (
            _zip({"_chat.txt": b"[20.01.26, 11:24:00] Dana: <attached: 1-PHOTO.jpg>\n", "1-PHOTO.jpg": b"jpg"}),
            _zip({"WhatsApp Chat with Dana.txt": b"20.01.26, 11:24 - Dana: Hi\n", "../../evil.md": b"x", "/abs.md": b"x"}),
            _zip({"a/result.json": _telegram(_TELEGRAM), "a/files/x": b"x"}),
            _zip({"users.json": b"[]", "channels.json": b"[]", "website/2026-11-03.json": json.dumps([_SLACK]).encode()}),
            _zip({"a.vcf": b"BEGIN:VCARD\nFN:Dana\nTEL:123\nEND:VCARD\n", "b.vcf": b"BEGIN:VCARD\nEND:VCARD\n"}),
            _zip({"a.ics": _calendar(_event("SUMMARY:a\r\n"))}),
        ),
        (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\xff" * 8, b"\0" * 8, b"../../../"),
        lambda: (
            _zip({"_chat.txt": bytes(12_000_000)}),
            _zip({"a/result.json": b'{"messages": [' + b" " * 12_000_000}),
            _zip({"users.json": b"[" * 12_000_000, "a/2026-11-03.json": b"[]"}),
            _zip({f"{number}.vcf": b"" for number in range(20_000)}),
            _zip({"a.ics": b"BEGIN:VCALENDAR" + b"\n" * 12_000_000}),
        ),
    ),
    "slack": Family(
        (
            json.dumps(
                [
                    _SLACK,
                    {**_SLACK, "text": _LIVE},
                    {**_SLACK, "text": "", "blocks": [{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}]},
                ]
            ).encode(),
        ),
        (
            b"{" * 400,
            b"[" * 100_000,
            b'"ts": "1e400"',
            b"9" * 5_000,
            b"\\ud800",
            b"<@" * 3_000,
            b"<http://x|" * 1_000,
            b"null",
            b'"text": {"a": []}',
        ),
        lambda: (
            b"[" * 1_000_000,
            b'[{"text":"' + _LINE + b'"}]',
            json.dumps([_SLACK] * 20_000).encode(),
            json.dumps([{**_SLACK, "text": "<@U1> " * 100_000}]).encode(),
            json.dumps([{**_SLACK, "text": "", "blocks": [{}] * 100_000}]).encode(),
        ),
    ),
}


def mutated(kind: str, number: int) -> bytes:
    """The input of a number: always the same one."""
    family = FAMILIES[kind]
    chance = random.Random(f"{kind} {number}")
    data = bytearray(chance.choice(family.seeds))
    for _ in range(chance.randint(1, 12)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.randrange(1, 200))
        change = chance.randrange(8)
        if change == 0 and data:
            data[start % len(data)] = chance.randrange(256)
        elif change == 1:
            del data[start:end]
        elif change == 2:
            data[start:start] = chance.choice(family.pieces)
        elif change == 3:
            data[start:start] = data[start:end] * chance.choice((2, 50, 500))
        elif change == 4:
            data[start:start] = bytes([chance.choice(b'\x00\x1b\x7f\xff\xc3\r\n\t "\\;:,=<>{}[]')]) * chance.choice((1, 3, 1_000, 20_000))
        elif change == 5 and chance.random() < 0.3:
            del data[start:]
        elif change == 6:
            data[start:start] = chance.choice(("\u202e", "\ufeff", "\u2028", "😀", "\u0661")).encode() * chance.choice((1, 100))
        elif change == 7:
            data[0:0] = chance.choice(family.seeds)
        del data[_MAX_BYTES:]
    return bytes(data)


def check(kind: str, data: bytes) -> str | None:
    """What is wrong with how one input was read; None if nothing is."""
    start = time.process_time()
    messages: list[Message] = []
    try:
        for value in _values(kind, data):
            repr(value).encode()  # half characters can't be written
            if len(messages) < _MOST_CHECKED and isinstance(value, (Message, Talk)):
                found = [value] if isinstance(value, Message) else [value.messages[0]._replace(text=value.text), *value.messages]
                messages += [_with_files_read(message) for message in found]
        with suppress(VaultcrmError):
            detect(data, "input")
        with suppress(VaultcrmError):
            detect_pasted(data, "input")
    except VaultcrmError:
        pass
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {str(error)[:200]} ({where.filename}, line {where.lineno})"
    seconds = time.process_time() - start
    try:
        for message in messages[:_MOST_CHECKED]:
            hostile_mails.check_message(message)
    except Exception as error:
        return f"live in a note: {type(error).__name__}: {str(error)[:200]}"
    return f"{seconds:.1f} s" if seconds > SECONDS else None


def _with_files_read(message: Message) -> Message:
    """The message after its files were read, while their archive is there; a broken one may only raise OSError."""
    for file in message.attachments:
        with suppress(OSError):
            file.read()
    return message._replace(attachments=tuple(file._replace(read=bytes) for file in message.attachments))


def _values(kind: str, data: bytes) -> Iterator[object]:
    if kind == "archive":
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "export.zip")
            path.write_bytes(data)
            for found in detect(path, path.name):
                yield from talks(read(found, path, path.name, _OPTIONS), _ZONE)
    elif kind == "slack":
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "export.zip")
            path.write_bytes(slack_export(data))
            yield from talks(read(kind, path, "input", _OPTIONS), _ZONE)
    else:
        values = read(kind, data, "input", _OPTIONS)
        yield from talks(values, _ZONE) if kind in _CHATS else values


def slack_export(data: bytes) -> bytes:
    """An export of Slack with these messages of a day; every third time, the list of its users is broken as well."""
    users = data if len(data) % 3 == 0 else b'[{"id": "U1", "name": "dana", "profile": {"email": "dana@acme.example"}}]'
    channels = b'[{"name": "[[web]] #x"}]' if len(data) % 2 else b'[{"id": "C1", "name": "[[web]] #x"}]'
    return _zip({"users.json": users, "channels.json": channels, "[[web]] #x/2026-11-03.json": data})


def check_family(kind: str, count: int) -> list[str]:
    """The faults of a format's bombs and of `count` mutated inputs, found in a process that may use 512 MB more than it has."""
    reader, writer = os.pipe()
    if (process := os.fork()) == 0:
        faults = ["The process ended."]
        try:
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            limit = pages * os.sysconf("SC_PAGE_SIZE") + MEGABYTES * 2**20
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            inputs = [*((f"bomb {number}", bomb) for number, bomb in enumerate(FAMILIES[kind].bombs()))]
            faults = [f"{kind}, {name}: {fault}" for name, data in inputs if (fault := check(kind, data))]
            faults += [f"{kind}, input {number}: {fault}" for number in range(count) if (fault := check(kind, mutated(kind, number)))]
        finally:
            with os.fdopen(writer, "w") as pipe:
                json.dump(faults, pipe)
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(process, 0)
    return list(json.loads(text or '["The process ended."]'))
