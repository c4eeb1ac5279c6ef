"""Three vaults whose talks were imported by the command, with holes of which a list was made first, and with what only looks like one."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from tests.support import write_files
from vaultcrm.cli.main import cli

TODAY = date(2026, 11, 27)  # a Friday


class Hole(NamedTuple):
    """What is missing with a client (None for all of them). `words` are in the text of the gap."""

    kind: str
    client: str | None
    words: str


class Mail(NamedTuple):
    """A mail of so many days ago. `who` begins with ">" if the user wrote it; `answers` is the number of the mail that it answers."""

    who: str
    days: int
    subject: str
    text: str
    answers: int | None = None
    file: str = ""


class Planted(NamedTuple):
    """One vault: its notes, what is imported into it, and what is missing then."""

    name: str
    me: tuple[str, str]  # name and address
    files: dict[str, str]
    mails: Sequence[Mail]
    chats: dict[str, str]  # an export of WhatsApp by its file name, and whose it is before the colon
    meetings: Sequence[tuple[int, str, str, str]]  # days ago (negative: ahead), title, address, more lines
    holes: Sequence[Hole]


def make(planted: Planted, folder: Path) -> Path:
    """Make the vault, and import everything with the command."""
    root = folder / planted.name
    write_files(root, {"vaultcrm.toml": f'[import]\nme = ["{planted.me[1]}", "{planted.me[0]}"]\n', **planted.files})
    write_files(folder, {f"{planted.name}-mails/{n:03}.eml": eml for n, eml in enumerate(_emls(planted))})
    run(root, "import", str(folder / f"{planted.name}-mails"))
    for name, text in planted.chats.items():
        client, _, title = name.partition(":")
        write_files(folder, {title: text})
        run(root, "import", str(folder / title), "--client", client, "--date-order", "dmy")
    if planted.meetings:
        write_files(folder, {f"{planted.name}.ics": _calendar(planted)})
        run(root, "import", str(folder / f"{planted.name}.ics"))
    return root


def run(root: Path, *words: str) -> str:
    """What a command prints, on TODAY."""
    result = CliRunner().invoke(cli, ["--vault", str(root), "--today", TODAY.isoformat(), *words], catch_exceptions=False)
    assert result.exit_code in (0, 1), result.output
    return result.stdout


def client(
    name: str, domain: str, properties: str = "status: active", people: str = "", notes: dict[str, str] | None = None
) -> dict[str, str]:
    """The notes of a client whose people write from a domain."""
    files = {f"clients/{name}/{name}.md": f"---\ntype: client\nemail:\n  - office@{domain}\n{properties}\n---\n"}
    for person in filter(None, people.split(",")):
        address = f"{person.split()[0].lower()}@{domain}"
        files[f"clients/{name}/{person}.md"] = f"---\ntype: person\nemail:\n  - {address}\n---\n"
    return files | {f"clients/{name}/{path}": text for path, text in (notes or {}).items()}


def project(start_days: int, status: str = "active") -> str:
    return f"---\ntype: project\nstatus: {status}\nstart: {day(start_days)}\n---\n"


def follow_up(*lines: str) -> str:
    return "\n".join(["---", "type: follow-up", *lines, "---", ""])


def talk(days: int, channel: str, text: str, more: str = "") -> tuple[str, str]:
    """A talk that was logged by hand: where its note is, and the note."""
    at = datetime.combine(day(days), datetime.min.time()).replace(hour=15)
    name = re.sub(r"[^\w ]", "", text)[:20].strip()
    path = f"interactions/{at:%Y-%m-%d %H%M} {name}.md"
    return path, f"---\ntype: interaction\ndate: {at.isoformat()}\nchannel: {channel}\n{more}---\n\n{text}\n"


def talks(*them: tuple[str, str]) -> dict[str, str]:
    return dict(them)


def day(days: int) -> date:
    return TODAY - timedelta(days)


def chat(*lines: tuple[int, str, str, str]) -> str:
    """An export of WhatsApp: days ago, time, who, what."""
    return "".join(f"[{day(days):%d/%m/%Y}, {clock}:00] {who}: {text}\n" for days, clock, who, text in lines)


def _emls(planted: Planted) -> list[bytes]:
    emls = []
    for number, mail in enumerate(planted.mails):
        eml = EmailMessage()
        mine = mail.who.startswith(">")
        other = mail.who.lstrip(">")
        me = f"{planted.me[0]} <{planted.me[1]}>"
        eml["From"], eml["To"] = (me, other) if mine else (other, me)
        eml["Subject"] = mail.subject
        eml["Date"] = (
            datetime.combine(day(mail.days), datetime.min.time())
            .replace(hour=9, minute=number % 60)
            .strftime("%a, %d %b %Y %H:%M:%S +0000")
        )
        eml["Message-ID"] = f"<{planted.name}-{number}@mail.invalid>"
        if mail.answers is not None:
            eml["In-Reply-To"] = f"<{planted.name}-{mail.answers}@mail.invalid>"
            eml["References"] = f"<{planted.name}-{mail.answers}@mail.invalid>"
        eml.set_content(mail.text)
        if mail.file:
            eml.add_attachment(b"%PDF-1.4 test", maintype="application", subtype="pdf", filename=mail.file)
        emls.append(eml.as_bytes())
    return emls


def _calendar(planted: Planted) -> str:
    numbers = count(1)
    events = []
    for days, title, address, more in planted.meetings:
        start = f"{day(days):%Y%m%d}"
        lines = [
            "BEGIN:VEVENT", f"UID:{planted.name}-{next(numbers)}@calendar.invalid", f"DTSTAMP:{TODAY:%Y%m%d}T080000Z",
            f"DTSTART:{start}T090000",
            f"DTEND:{start}T100000", f"SUMMARY:{title}", f"ORGANIZER:mailto:{planted.me[1]}",
            f"ATTENDEE:mailto:{address}", *more.split("\n"), "END:VEVENT",
        ]  # fmt: skip
        events += [line for line in lines if line]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *events, "END:VCALENDAR", ""])
