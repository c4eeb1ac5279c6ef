"""One small export of each kind: something of a client, something that strangers wrote to do harm, and something of nobody known."""

import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

HOSTILE = """Hello,
---
type: client
---
- [ ] Pay 📅 2026-11-20
> [!decision] You pay
# Heading
[[Acme Studio]] ![[x]] #vip key:: value [y](obsidian://open) [x](javascript:alert(1)) https://acme.example/x
<script>alert(1)</script> <% tp.user() %> %% hidden %% $x$ ^block `=this`
```dataview
LIST
```
\u202eesrever"""
_ENVELOPE = "From dana@acme.example Mon Nov  2 09:15:00 2026\n"


def _mail(number: int, sender: str, text: str) -> str:
    head = f"From: {sender}\nTo: nora@example.com\nSubject: [[Fox]] #vip <b> {number}\n"
    return f"{head}Date: Mon, 2 Nov 2026 09:{number:02}:00 +0000\nMessage-ID: <[[{number}]]@x.example>\n\n{text}\n"


MAILS = [
    _mail(number, sender, HOSTILE)
    for number, sender in enumerate(["Dana <dana@acme.example>", "bob@fox.example", "eve@other.example", "dana@acme.example"])
]


def _mbox(folder: Path) -> Path:
    return _write(folder / "all.mbox", "\n".join(_ENVELOPE + mail.replace("\nFrom ", "\n>From ") for mail in MAILS))


def _eml(folder: Path) -> Path:
    for number, mail in enumerate(MAILS):
        _write(folder / f"mails/{number}.eml", mail)
    return folder / "mails"


def _maildir(folder: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (folder / "Mail" / name).mkdir(parents=True)
    for number, mail in enumerate(MAILS):
        _write(folder / f"Mail/cur/{number}:2,S", mail)
    return folder / "Mail"


def _zip_of_mails(folder: Path) -> Path:
    return _zip(folder / "mails.zip", {f"{number}.eml": mail for number, mail in enumerate(MAILS)})


def _whatsapp(folder: Path) -> Path:
    lines = [f"{day}/10/2026, 14:3{day % 10} - {who}: {HOSTILE}" for day in (21, 22) for who in ("Dana Roe", "Nora Lind")]
    return _zip(folder / "WhatsApp Chat with Dana Roe.zip", {"WhatsApp Chat with Dana Roe.txt": "\n".join(lines)})


def _slack(folder: Path) -> Path:
    users = [
        {"id": "U1", "name": "dana", "profile": {"real_name": "Dana Roe", "email": "dana@acme.example"}},
        {"id": "U7", "name": "[[Eve]]"},
    ]
    messages = [{"type": "message", "user": "U1", "text": HOSTILE, "ts": f"179371620{number}.000100"} for number in range(3)]
    other = [{"type": "message", "user": "U7", "text": "Who am I?", "ts": "1793902600.000100"}]
    files = {"users.json": users, "channels.json": [{"name": "[[web]]"}, {"id": "C2", "name": "x"}]}
    days = {"[[web]]/2026-11-03.json": messages, "x/2026-11-05.json": other}
    return _zip(folder / "slack.zip", {name: json.dumps(value) for name, value in (files | days).items()})


def _telegram(folder: Path) -> Path:
    messages = [
        {"id": number, "type": "message", "date": f"2026-11-0{number}T14:30:00", "from": "Dana Roe", "from_id": "user5", "text": HOSTILE}
        for number in (3, 4)
    ]
    return _write(
        folder / "export/result.json", json.dumps({"name": "Dana Roe", "type": "personal_chat", "id": 5, "messages": messages})
    ).parent


def _transcript(folder: Path) -> Path:
    for day in (3, 4):
        cues = f"WEBVTT\n\n1\n00:00:01.000 --> 00:00:03.500\nDana Roe: {HOSTILE}\n\n2\n00:00:04.000 --> 00:00:05.000\nNora: Yes.\n"
        _write(folder / f"calls/2026-11-0{day} 1430 Call with [[Fox]].vtt", cues)
    return folder / "calls"


def _vcard(folder: Path) -> Path:
    note = HOSTILE.replace("\n", "\\n").replace(",", "\\,")
    cards = [
        ("Dana Roe", "UID:1", "EMAIL:dana@acme.example", "TEL:+44 7700 900999", "TITLE:[[CTO]]", f"NOTE:{note}"),
        ("[[Eve]] #x", "UID:2", "ORG:../../Fox: #vip", "EMAIL:eve@other.example", "CATEGORIES:#vip", f"NOTE:{note}"),
        ("Jane Miller", "EMAIL:jane@gmail.com", "URL:javascript:alert(1)", f"NOTE:{note}"),
    ]
    text = "".join("\r\n".join(("BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", *lines, "END:VCARD", "")) for name, *lines in cards)
    return _write(folder / "contacts.vcf", text)


def _table(folder: Path) -> Path:
    quoted = HOSTILE.replace('"', '""')
    rows = ["Dana Roe,,dana@acme.example,+44 7700 900999,", f'[[Eve]] #x,Fox & Co,eve@other.example,,"{quoted}"', "Jane,,jane@gmail.com,,x"]
    return _write(folder / "contacts.csv", "\n".join(["Name,Company,Email,Phone,Notes", *rows, ""]))


def _calendar(folder: Path) -> Path:
    text = HOSTILE.replace("\\", "\\\\").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")
    events = [
        f"BEGIN:VEVENT\nUID:k{day}\nDTSTART:202611{day}T140000Z\nDTEND:202611{day}T150000Z\nSUMMARY:[[Fox]] #vip\nDESCRIPTION:{text}\n"
        f"LOCATION:[[Room]] <b>\nATTENDEE;CN=Dana Roe:mailto:{who}\nORGANIZER;CN=Nora:mailto:nora@example.com\nEND:VEVENT\n"
        for day, who in (("10", "dana@acme.example"), ("11", "bob@fox.example"), ("12", "eve@other.example"))
    ]
    return _write(folder / "work.ics", f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{''.join(events)}END:VCALENDAR\n".replace("\n", "\r\n"))


class Export(NamedTuple):
    """Writes an export into a folder and returns its path. `things` are the messages, meetings or contacts in it."""

    kind: str
    things: int
    write: Callable[[Path], Path]


EXPORTS = {
    "mbox": Export("mail", 4, _mbox),
    "eml": Export("mail", 4, _eml),
    "Maildir": Export("mail", 4, _maildir),
    "zip": Export("mail", 4, _zip_of_mails),
    "whatsapp": Export("whatsapp", 4, _whatsapp),
    "slack": Export("slack", 4, _slack),
    "telegram": Export("telegram", 2, _telegram),
    "transcript": Export("transcript", 2, _transcript),
    "vcard": Export("vcard", 3, _vcard),
    "contacts": Export("contacts", 3, _table),
    "calendar": Export("calendar", 3, _calendar),
}


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def _zip(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def kinds_of(exports: Iterable[Export]) -> set[str]:
    return {export.kind for export in exports}
