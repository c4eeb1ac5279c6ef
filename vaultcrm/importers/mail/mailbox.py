"""Files and folders of mails as messages: single mails, mbox, Maildir, folders and zips of them.

They are read one mail at a time, however large the file is.
"""

import os
import re
from collections.abc import Callable, Container, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from vaultcrm.errors import InvalidInput
from vaultcrm.importers.archive import UNPACKING_ERRORS, describe, is_archive, open_archive
from vaultcrm.importers.inert import inert_line
from vaultcrm.importers.mail.headers import sent_at
from vaultcrm.importers.mail.raw_mail import RawMail, message_of
from vaultcrm.importers.mail.read_mail import MAX_MAIL
from vaultcrm.importers.mail.spool import is_spool, read_spool_file
from vaultcrm.importers.message import Message, Refused

_MAX_DEPTH = 20  # of folders
_BLOCK = 1 << 16
_HEAD = 1 << 12  # bytes that tell what a file is
# A mail begins with its header; an mbox, and each mail in it, with a line "From dana@acme.example Mon Nov  2 09:15:00 2026"
_HEADER_LINE = re.compile(rb"(?:[!-9;-~]{1,100}[ \t]*:|>From )")
_ENVELOPE = re.compile(
    rb"From [^\n]*?((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) +[A-Z][a-z]{2} +\d{1,2} +\d{1,2}:\d\d(?::\d\d)?) +(?:[A-Z]{3,5} +|[+-]\d{4} +)?(\d{4})"
)
_ESCAPED_FROM = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_SUFFIXES = (".eml", ".emlx", ".mbox", ".mbx")
_MAILDIR = ("cur", "new")  # "tmp" holds what is being delivered
_FLAGS = {"D": "\\Draft", "T": "\\Deleted"}  # of Maildir, as IMAP calls them


def read_mails(
    source: Path | bytes,
    name: str,
    wanted: Container[str] | None = None,
    on_read: Callable[[int], None] | None = None,
    keep_raw: bool = False,
    is_known: Callable[[str], bool] | None = None,
) -> Iterator[Message | Refused]:
    """The messages in a file, folder or zip, or in bytes; `name` is the source's. Each is read as `read_mail` says.

    Of a folder, only the files are read whose paths are `wanted`. With `keep_raw`, each mail is an attachment of its own
    message. Of mails whose `source` is known, only the header is read. `on_read` is called with the size of each mail in
    bytes.
    """
    for mail in read_mailbox(source, name, wanted):
        yield mail if isinstance(mail, Refused) else message_of(mail, keep_raw, is_known)
        if on_read is not None and isinstance(mail, RawMail):
            on_read(len(mail.data))


def read_mailbox(source: Path | bytes, name: str, wanted: Container[str] | None = None) -> Iterator[RawMail | Refused]:
    """The mails in a file or folder, in a stable order. Of a mail larger than MAX_MAIL only a bit more than that is given.

    Files in a folder that are no mails, or not `wanted`, are passed over. Raises OSError if the path itself can't be
    read, and InvalidInput for a broken zip.
    """
    if isinstance(source, bytes):
        yield from read_stream(BytesIO(source), name)
    elif source.is_dir():
        yield from _read_folder(str(source), "", 0, wanted)
    elif is_archive(source):
        yield from _read_zip(source, name)
    else:
        with source.open("rb") as file:
            yield from read_stream(file, name)


def read_stream(file: IO[bytes], where: str, labels: tuple[str, ...] = ()) -> Iterator[RawMail]:
    """The mails in an open file that is an mbox or one mail."""
    yield from _read_lines(_Lines(file), where, labels)


def _read_lines(lines: "_Lines", where: str, labels: tuple[str, ...]) -> Iterator[RawMail]:
    if is_mbox(lines.peek(_HEAD)):
        yield from _read_mbox(lines, where, labels)
        return
    data = lines.read(MAX_MAIL + 1)
    if length := re.match(rb"(\d{1,9})[ ]*\n", data):  # an .emlx of Apple Mail: the length of the mail, the mail, its flags
        data = data[length.end() : length.end() + int(length[1])]
    yield RawMail(where, data, labels)


def is_mbox(head: bytes) -> bool:
    """Whether a file is an mbox, by its first bytes."""
    return head.lstrip(b"\r\n").startswith(b"From ")


def is_mail(head: bytes) -> bool:
    """Whether a file is one mail, by its first 4 KiB: a header with at least one field that only mails have."""
    lines = re.sub(rb"\r?\n[ \t]+", b" ", head.lstrip(b"\r\n").removeprefix(b"\xef\xbb\xbf")).split(b"\n")
    names = [line.partition(b":")[0].strip().lower() for line in lines if _HEADER_LINE.match(line)]
    is_header = bool(lines) and _HEADER_LINE.match(lines[0]) is not None
    return is_header and bool({b"from", b"received", b"message-id", b"return-path", b"delivered-to", b"mime-version"} & {*names})


class _Lines:
    """A file read by line or block; a line longer than a block comes in pieces."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.waiting = b""

    def peek(self, size: int) -> bytes:
        self.waiting += self.file.read(size - len(self.waiting)) if len(self.waiting) < size else b""
        return self.waiting[:size]

    def read(self, size: int) -> bytes:
        data = self.waiting + self.file.read(max(size - len(self.waiting), 0))
        self.waiting = b""
        return data

    def __iter__(self) -> Iterator[bytes]:
        while line := self.waiting:
            end = line.find(b"\n") + 1
            if end:
                self.waiting = line[end:]
                yield line[:end]
            else:
                self.waiting = b""
                yield line + self.file.readline(_BLOCK)
        readline = self.file.readline
        while line := readline(_BLOCK):
            yield line


def _read_mbox(lines: _Lines, where: str, labels: tuple[str, ...]) -> Iterator[RawMail]:
    """The mails of an mbox, without the mark that it puts before a line of the text that begins with "From "."""
    kept: list[bytes] = []
    size = count = 0
    is_after_blank = True
    begin = separator = b""  # the line that began the mail; one that begins another if a header follows it
    for line in lines:
        if separator:
            if _HEADER_LINE.match(line) or (not line.strip() and _ENVELOPE.match(separator)):  # a mail may have no header
                if count:
                    yield _mail_of(kept, f"{where}, message {count}", labels, begin)
                count, size, begin = count + 1, 0, separator
                kept = []
            elif not line.startswith(b"From "):
                kept.append(separator)
            is_after_blank = line.startswith(b"From ")
            separator = b""
        if is_after_blank and line.startswith(b"From "):
            separator = line
        elif size <= MAX_MAIL:
            kept.append(line)
            size += len(line)
        is_after_blank = line in (b"\n", b"\r\n")
    if separator:  # the file ends in the middle of it
        kept.append(separator)
    if count or any(map(bytes.strip, kept)):
        yield _mail_of(kept, f"{where}, message {max(count, 1)}", labels, begin)


def _mail_of(lines: list[bytes], where: str, labels: tuple[str, ...], envelope: bytes) -> RawMail:
    if lines and lines[-1] in (b"\n", b"\r\n"):
        lines.pop()  # it belongs to the mbox
    data = b"".join(lines)
    text = _ESCAPED_FROM.sub(b"", data) if b"\n>" in data or data.startswith(b">") else data
    return RawMail(where, text, labels, at=_came_at(envelope))


def _came_at(envelope: bytes) -> datetime | None:
    """The time in the line that begins a mail, which is in UTC (RFC 4155)."""
    found = _ENVELOPE.match(envelope)
    at = sent_at(b" ".join(found.groups()).decode()) if found else None
    return at.replace(tzinfo=UTC) if at else None


def _read_folder(root: str, inner: str, depth: int, wanted: Container[str] | None) -> Iterator[RawMail | Refused]:
    """The mails in the folder `inner` of `root` and below it; its name is a label of theirs."""
    folder = os.path.join(root, inner) if inner else root
    label = _label(os.path.basename(inner))
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Refused(inner or root, f"The folder can't be read ({error.strerror}).")
        return
    folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    is_maildir = {*_MAILDIR} <= {*folders}
    for name in _MAILDIR if is_maildir else ():
        yield from _read_maildir(os.path.join(folder, name), os.path.join(inner, name), label, wanted)
    for entry in entries:
        is_chosen = not is_maildir and not entry.name.startswith(".") and (wanted is None or entry.path in wanted)
        if is_chosen and entry.is_file(follow_symlinks=False):
            yield from _read_file(entry.path, os.path.join(inner, entry.name), label)
    for name in folders:
        is_subfolder = name not in (*_MAILDIR, "tmp") if is_maildir else not name.startswith(".")
        if is_subfolder and depth < _MAX_DEPTH:
            yield from _read_folder(root, os.path.join(inner, name), depth + 1, wanted)


def _label(name: str) -> tuple[str, ...]:
    """A folder's or a file's name as a label, without what programs add to it: ".Sent", "Sent.mbox", "Sent.sbd"."""
    name = re.sub(r"\.(?:mbox|mbx|sbd|mbs)$", "", name.strip("."), flags=re.IGNORECASE)
    return (inert_line(name),) if name else ()


def _read_maildir(
    folder: str, where: str, labels: tuple[str, ...], wanted: Container[str] | None
) -> Iterator[RawMail | Refused]:  # fmt: skip
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if (wanted is None or entry.path in wanted) and not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
            flags = re.search("[:;!]2,([A-Za-z]*)$", entry.name)
            flagged = tuple(_FLAGS[flag] for flag in (flags[1] if flags else "") if flag in _FLAGS)
            yield from _read_file(entry.path, os.path.join(where, entry.name), (*labels, *flagged), is_surely_mail=True)


def _read_file(path: str, where: str, labels: tuple[str, ...], is_surely_mail: bool = False) -> Iterator[RawMail | Refused]:
    """The mails in a file of a folder; none if it doesn't look like one of mails."""
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
            if is_spool(head):
                yield from read_spool_file(path, where)
                return
            if not (is_surely_mail or path.lower().endswith(_SUFFIXES) or is_mbox(head) or is_mail(head)):
                return
            file.seek(0)
            own_label = _label(os.path.basename(path)) if is_mbox(head) else ()
            yield from read_stream(file, where, (*labels, *own_label))
    except OSError as error:
        yield Refused(where, f"The file can't be read ({error.strerror}).", path)


def _read_zip(path: Path, name: str) -> Iterator[RawMail | Refused]:
    """The mails in the files of a zip. Nothing is unpacked to the disk."""
    with open_archive(path) as archive:
        yield from (Refused(f"{name}/{inert_line(member)}", reason) for member, reason in archive.refused)
        for member in archive.members:
            folder, _, base = member.rpartition("/")
            where = f"{name}/{inert_line(member)}"
            try:
                with archive.stream(member) as file:
                    lines = _Lines(file)
                    head = lines.peek(_HEAD)
                    if not base.startswith(".") and (base.lower().endswith(_SUFFIXES) or is_mbox(head) or is_mail(head)):
                        labels = (*_label(folder.rpartition("/")[2]), *(_label(base) if is_mbox(head) else ()))
                        yield from _read_lines(lines, where, labels)
            except InvalidInput as error:
                yield Refused(where, error.message)
            except UNPACKING_ERRORS as error:
                yield Refused(where, f"It can't be unpacked: {describe(error)}")
