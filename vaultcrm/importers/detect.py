"""What a file, folder or archive is, by its contents; and which module reads it."""

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from vaultcrm.errors import InvalidInput, UsageError
from vaultcrm.importers.archive import is_archive, open_folder_or_archive
from vaultcrm.importers.chat.whatsapp_header import parse_header
from vaultcrm.importers.contacts.columns import MOST_COLUMNS, columns_of
from vaultcrm.importers.encoding import decode
from vaultcrm.importers.pasted_text import has_copied_head
from vaultcrm.plural import listed
from vaultcrm.quoting import quoted

_MOST_SNIFFED = 100  # files of a folder that are looked into
_IN_MAILDIR = re.compile("(?:^|/)(?:cur|new)/[^/]+$")
HEAD_BYTES = 64 * 2**10  # of a file, enough to know it by


class Importer(NamedTuple):
    """How a kind of source is read. `options` are the keyword arguments that its function takes, after source and name."""

    what: str
    module: str
    function: str
    options: tuple[str, ...] = ()


IMPORTERS = {
    "calendar": Importer("a calendar (.ics)", "vaultcrm.importers.calendar.meetings", "read_calendar", ("zone", "first", "last")),
    "contacts": Importer("a table of contacts (.csv)", "vaultcrm.importers.contacts.contact_table", "read_contact_table", ("mapping",)),
    "mail": Importer(
        "mails (.eml, mbox, Maildir)", "vaultcrm.importers.mail.mailbox", "read_mails", ("wanted", "on_read", "keep_raw", "is_known")
    ),
    "slack": Importer("a Slack export", "vaultcrm.importers.chat.slack", "read_slack"),
    "telegram": Importer("a Telegram export", "vaultcrm.importers.chat.telegram", "read_telegram"),
    "text": Importer("a text", "vaultcrm.importers.pasted_text", "read_text", ("now", "order")),
    "transcript": Importer("a transcript (.vtt, .srt)", "vaultcrm.importers.chat.transcript", "read_transcript", ("day",)),
    "vcard": Importer("vCards (.vcf)", "vaultcrm.importers.contacts.vcard", "read_vcards"),
    "whatsapp": Importer("a WhatsApp chat", "vaultcrm.importers.chat.whatsapp", "read_whatsapp", ("order",)),
}
# In the order in which an import reads them: contacts first, since they tell whose the rest is
CONTACT_KINDS = ("vcard", "contacts")
MEETING_KINDS = ("calendar",)
TALK_KINDS = ("mail", "slack", "telegram", "text", "transcript", "whatsapp")
# Kinds by the endings of names, for folders and archives, and for files of which the contents don't tell
_ENDINGS = {
    ".vcf": "vcard", ".vcard": "vcard", ".ics": "calendar", ".ical": "calendar", ".icalendar": "calendar", ".csv": "contacts",
    ".tsv": "contacts", ".vtt": "transcript", ".srt": "transcript", ".eml": "mail", ".emlx": "mail",
    ".mbox": "mail", ".mbx": "mail",
}  # fmt: skip
# Files that people have and that can't be read, with what to do instead
_UNREADABLE = {
    b"\xd0\xcf\x11\xe0": "It's an Outlook or old Office file. Save the mail as .eml, or the table as .csv.",
    b"!BDN": "It's an Outlook mailbox (.pst). Export it to an mbox file first, for example with readpst.",
    b"SQLite format 3": "It's a database. Let the program that it belongs to export it.",
    b"%PDF": "It's a PDF. Export the original instead.",
    b"\x1f\x8b": "It's compressed with gzip. Unpack it first.",
    b"7z\xbc\xaf": "It's a 7z archive. Unpack it first.",
    b"Rar!": "It's a RAR archive. Unpack it first.",
}
_UNREADABLE_ENDINGS = {
    ".xlsx": "It's an Excel workbook. Save the table as CSV.",
    ".docx": "It's a document of Word. Save it as text.",
    ".html": "It's a web page. If it's an export of Telegram, export again with the format JSON.",
    ".htm": "It's a web page.",
}
_MAIL_HEADER = re.compile(
    rb"(?:From|To|Subject|Date|Message-ID|Received|Return-Path|Delivered-To|MIME-Version|Content-[\w-]+|X-[\w-]+):", re.IGNORECASE
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # which no text has
_CUE = re.compile(r"^[ \t]*(?:\d{1,3}:)?\d{1,2}:\d\d(?:[.,]\d{1,3})?[ \t]*-->", re.MULTILINE)


def read(kind: str, source: Path | bytes, name: str, options: Mapping[str, object]) -> Iterator[Any]:  # Any: each importer's own values
    """What an importer gives for a source. It gets those of the options that it takes."""
    importer = IMPORTERS[kind]
    function: Callable[..., Iterator[Any]] = getattr(importlib.import_module(importer.module), importer.function)
    return function(source, name, **{key: options[key] for key in importer.options if key in options})


def check_kind(kind: str) -> str:
    """The kind that `--as` names. Raises UsageError for one that doesn't exist."""
    if kind.lower() not in IMPORTERS:
        raise UsageError(f"{quoted(kind)} is not a kind of source.", _choices())
    return kind.lower()


def detect(source: Path | bytes, name: str) -> list[str]:
    """The kinds of things in a file or folder by its path, or in bytes: keys of IMPORTERS. `name` is the file's.

    Only folders and archives hold several. Raises InvalidInput, with the kinds to choose from, if there are none.
    """
    if isinstance(source, Path) and source.is_dir():
        return _detect_names(source, name)
    if hint := _UNREADABLE_ENDINGS.get(Path(name).suffix.lower()):
        raise InvalidInput(f"{quoted(name)} can't be read.", hint)
    if isinstance(source, bytes):
        head = source[:HEAD_BYTES]
    else:
        with source.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if is_archive(source):
            return _detect_names(source, name)
    if not head:
        raise InvalidInput(f"{quoted(name)} is empty.", "If it is still being downloaded, wait until it's there.")
    for magic, hint in _UNREADABLE.items():
        if head.startswith(magic):
            raise InvalidInput(f"{quoted(name)} can't be read.", hint)
    ending = _ENDINGS.get(Path(name).suffix.lower())
    if kind := _kind_of_text(head) or ending:
        return [kind]
    raise InvalidInput(f"I can't tell what {quoted(name)} is.", _choices())


def detect_pasted(data: bytes, name: str) -> list[str]:
    """The kind of what was piped or pasted in, as of a file, or "text" for any other text. Raises InvalidInput as `detect` does."""
    if has_copied_head(data):
        return ["text"]
    head = data[:HEAD_BYTES]
    if any(map(data.startswith, _UNREADABLE)) or (_CONTROL.search(head) and not data.startswith((b"\xff\xfe", b"\xfe\xff"))):
        return detect(data, name)
    return [_kind_of_text(head) or "text"]


def _kind_of_text(head: bytes) -> str | None:
    if head.startswith(b"From ") and re.match(rb"From [^\n]{0,300}\d\d:\d\d", head):
        return "mail"
    text = decode(head)
    start = text[:2_000].lstrip("\ufeff \t\r\n")
    if start[:11].upper() == "BEGIN:VCARD":
        return "vcard"
    if start[:15].upper() == "BEGIN:VCALENDAR":
        return "calendar"
    if start.startswith("WEBVTT") or _CUE.search(text[:10_000]):
        return "transcript"
    if start[:1] == "{" and re.search(r'"(chats|messages)"\s*:', text) and re.search(r'"type"\s*:|"chats"', text):
        return "telegram"
    lines = text.splitlines()
    if any((header := parse_header(line)) and header.rest for line in lines[:5]):
        return "whatsapp"
    if _is_mail(head):
        return "mail"
    return "contacts" if _is_table(lines) else None


def _is_mail(head: bytes) -> bool:
    """Whether a file begins with two header lines of a mail."""
    lines = [line for line in head.lstrip(b"\r\n").splitlines()[:60] if line[:1] not in (b" ", b"\t")]
    names = 0
    for line in lines:
        if not re.match(rb"[!-9;-~]+:", line):
            break
        names += _MAIL_HEADER.match(line) is not None
    return names >= 2


def _is_table(lines: list[str]) -> bool:
    for line in lines[:20]:
        for delimiter in ",;\t":
            headings = [heading.strip(' "') for heading in line.split(delimiter, MOST_COLUMNS)]
            known = [column for column in columns_of(headings) if column and column.field != "ignore"]
            if len(known) >= 2 and len(known) * 4 >= len(headings):
                return True
    return False


def _detect_names(source: Path, name: str) -> list[str]:
    """The kinds of things in a folder or archive, by the names of what's in it."""
    if source.is_dir() and (source / "cur").is_dir() and (source / "new").is_dir():
        return ["mail"]
    with open_folder_or_archive(source) as files:
        kinds = kinds_of_names(files.members)
        if not kinds and source.is_dir() and any(_is_mail_file(source / name) for name in [*files.members][:_MOST_SNIFFED]):
            return ["mail"]
    if kinds:
        return sorted(kinds, key=[*CONTACT_KINDS, *MEETING_KINDS, *TALK_KINDS].index)
    raise InvalidInput(f"There is nothing in {quoted(name)} that I know how to import.", _choices())


def _is_mail_file(path: Path) -> bool:
    """Whether a file without an ending holds mails, as those of Thunderbird do."""
    if path.suffix:
        return False
    try:
        with path.open("rb") as file:
            return _kind_of_text(file.read(HEAD_BYTES)) == "mail"
    except OSError:
        return False


def is_calendar(name: str) -> bool:
    """Whether a file is a calendar, by the ending of its name."""
    return _ENDINGS.get(name[name.rfind(".") :].lower()) == "calendar"


def kinds_of_names(names: Iterable[str]) -> set[str]:
    """The kinds of export that files with these names make up. A chat's media aren't looked at."""
    bases = {name.rpartition("/")[2].lower(): name for name in names}
    if bases.keys() & {"users.json", "org_users.json"} and any(re.fullmatch(r"\d{4}-\d\d-\d\d\.json", base) for base in bases):
        return {"slack"}
    if "result.json" in bases:
        return {"telegram"}
    if "_chat.txt" in bases or any("whatsapp" in base and base.endswith(".txt") for base in bases):
        return {"whatsapp"}
    kinds = {kind for base in bases if (kind := _ENDINGS.get(Path(base).suffix))}
    return kinds | {"mail"} if any(_IN_MAILDIR.search(name) for name in bases.values()) else kinds


def _choices() -> str:
    return f"Say what it is with --as: {listed(sorted(IMPORTERS), 'or')}."
