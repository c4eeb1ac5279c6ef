"""Telegram's export as JSON (`result.json`): one chat, or all of them."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TypeAlias

from vaultcrm.errors import InvalidInput
from vaultcrm.importers.archive import Folder, describe, is_archive, is_safe_name, open_archive
from vaultcrm.importers.chat.json_export import Json, JsonScanner, objects_of, parse_json, text_of
from vaultcrm.importers.chat.media import Media, make_attachment
from vaultcrm.importers.inert import inert_id
from vaultcrm.importers.message import Attachment, Message, Notice, Party, Refused, shortened
from vaultcrm.plural import counted

FindFile: TypeAlias = "Callable[[str, str], Attachment | None]"  # by its path in the export and its type, if that is known

_MAX_ARCHIVED = 256 * 2**20  # bytes of result.json in an archive, which is held as a whole
_MAX_MESSAGE = 4 * 2**20  # bytes of JSON; a message has 4,096 characters
# Chats in which nobody talks with the owner
_BULK = {
    "public_channel": "a public channel",
    "private_channel": "a channel",
    "bot_chat": "a chat with a bot",
}  # fmt: skip


def read_telegram(source: Path | bytes, name: str) -> Iterator[Message | Refused | Notice]:
    """The messages of `result.json`, by its path, that of a folder or of an archive that it's in, or as bytes.

    A folder or an archive may hold several exports. Media are found beside each.
    """
    if isinstance(source, bytes):
        yield from _read_json(source, name, lambda path, kind: None)
    elif source.is_dir():
        chats = [source / member for member in Folder(source).members if _is_chat(member)]
        if not chats:
            yield Refused(name, "It contains no result.json.")
        for file in chats:
            inner = file.parent.relative_to(source).as_posix()
            yield from _read_file(file, name if inner == "." else f"{name}/{inner}")
    elif not is_archive(source):
        yield from _read_file(source, name)
    else:
        with open_archive(source) as archive:
            yield from (Refused(f"{name}/{member}", reason) for member, reason in archive.refused)
            members = [member for member in archive.members if _is_chat(member)]
            if not members:
                yield Refused(name, "It contains no result.json.")
            for member in members:
                try:
                    text = archive.read(member, _MAX_ARCHIVED)
                except InvalidInput as error:
                    yield Refused(f"{name}/{member}", error.message)
                else:
                    yield from _read_json(text, name, Media(source, archive, member).find)


def _is_chat(name: str) -> bool:
    return name.rpartition("/")[2].lower() == "result.json"


def _read_file(path: Path, name: str) -> Iterator[Message | Refused | Notice]:
    with _mapped(path) as data:
        yield from _read_json(data, name, partial(_file_beside, path.parent))


def _read_json(data: bytes | mmap, name: str, find: FindFile) -> Iterator[Message | Refused | Notice]:
    scanner = JsonScanner(data)
    if scanner.peek() != b"{":
        yield Refused(name, "It isn't Telegram's result.json.")
        return
    chats = _Chats(scanner, name, find)
    try:
        yield from chats.read()
    except ValueError as error:
        yield Refused(name, describe(error))
    if not chats.found:
        yield Refused(name, "It contains no \"messages\": it isn't Telegram's result.json.")
    if chats.left_out:
        yield Notice(name, f"Left out {counted(chats.left_out, 'line')} that Telegram wrote itself.")


@contextmanager
def _mapped(path: Path) -> Iterator[bytes | mmap]:
    if not path.stat().st_size:
        yield b""
        return
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        yield data


class _Chats:
    """The chats of one file, read from front to back. `left_out` counts Telegram's own lines, `found` the chats."""

    def __init__(self, scanner: JsonScanner, name: str, find: FindFile) -> None:
        self._scanner = scanner
        self._name = name
        self._find = find
        self.left_out = 0
        self.found = 0

    def read(self) -> Iterator[Message | Refused]:
        """A single chat is the file's own object; all chats are in `chats` and `left_chats`."""
        about: dict[str, str] = {}
        for key in self._scanner.members():
            if key in ("chats", "left_chats") and self._scanner.peek() == b"{":
                for inner in self._scanner.members():
                    if inner == "list" and self._scanner.peek() == b"[":
                        for _ in self._scanner.elements():
                            if self._scanner.peek() == b"{":
                                yield from self._read_chat()
            else:
                yield from self._read_member(key, about)

    def _read_chat(self) -> Iterator[Message | Refused]:
        about: dict[str, str] = {}
        for key in self._scanner.members():
            yield from self._read_member(key, about)

    def _read_member(self, key: str, about: dict[str, str]) -> Iterator[Message | Refused]:
        """Takes one member of a chat's object: what it's called, or its messages."""
        if key in ("name", "type", "id") and self._scanner.peek() not in (b"{", b"["):
            about[key] = text_of(parse_json(self._scanner.value()))
        elif key == "messages" and self._scanner.peek() == b"[":
            self.found += 1
            yield from self._read_messages(about)

    def _read_messages(self, about: Mapping[str, str]) -> Iterator[Message | Refused]:
        roots: dict[str, str] = {}  # of each message, the first one of its thread
        for number, _ in enumerate(self._scanner.elements(), 1):
            where = f"{self._name}, {about.get('name') or 'chat'}, message {number}"
            raw = self._scanner.value()
            try:
                value = parse_json(raw) if len(raw) <= _MAX_MESSAGE else None
            except ValueError as error:
                yield Refused(where, describe(error))
                continue
            if not isinstance(value, dict):
                yield Refused(where, "It isn't a message that can be read.")
            elif text_of(value, "type") in ("service", "unsupported"):
                self.left_out += 1
            elif text_of(value, "type") != "message":
                yield Refused(where, "It isn't a message of Telegram.")
            else:
                yield shortened(self._message(value, about, roots))

    def _message(self, value: Mapping[str, Json], about: Mapping[str, str], roots: dict[str, str]) -> Message:
        message = dict(value)
        chat = inert_id(about.get("id") or about.get("name") or "chat")
        key = inert_id(text_of(message, "id")) or hashlib.sha256(repr(sorted(message.items())).encode()).hexdigest()[:16]
        replied = inert_id(text_of(message, "reply_to_message_id"))
        root = roots.setdefault(key, roots.get(replied, replied) if replied else key)
        media, attachments = self._media(message)
        said = _text_of(message)
        if forwarded := text_of(message, "forwarded_from"):
            said = f"(forwarded from {forwarded}) {said}".strip()
        return Message(
            source=f"telegram:{chat}:{key}",
            channel="chat",
            at=_moment_of(message),
            sender=Party(
                name=text_of(message, "from") or "Deleted account",
                account=f"telegram:{account}" if (account := text_of(message, "from_id")) else "",
            ),
            recipients=(),
            subject="",
            text="\n".join(part for part in (media, said) if part),
            thread=f"telegram:{chat}:{root}" if root != key else "",
            conversation=about.get("name") or ("Saved Messages" if about.get("type") == "saved_messages" else ""),
            attachments=attachments,
            bulk=_BULK.get(about.get("type", ""), ""),
        )

    def _media(self, message: dict[str, Json]) -> tuple[str, tuple[Attachment, ...]]:
        """What came with a message, in words unless it is a file that is there."""
        for key in ("file", "photo"):
            if path := text_of(message, key):
                kind = "photo" if key == "photo" else text_of(message, "media_type").replace("_", " ") or "file"
                if attachment := self._find(path, text_of(message, "mime_type")):
                    return "", (attachment,)
                title = text_of(message, "sticker_emoji") or text_of(message, "file_name") or ("" if path.startswith("(") else _base(path))
                return f"({kind}: {title})" if title else f"({kind})", ()
        if question := text_of(message, "poll", "question"):
            answers = ", ".join(text_of(dict(answer), "text") for answer in objects_of(message, "poll", "answers"))
            return f"(poll: {question} {answers})", ()
        if isinstance(message.get("contact_information"), dict):
            words = (text_of(message, "contact_information", key) for key in ("first_name", "last_name", "phone_number"))
            return f"(contact: {' '.join(word for word in words if word)})", ()
        return ("(location)", ()) if "location_information" in message else ("", ())


def _file_beside(folder: Path, path: str, kind: str) -> Attachment | None:
    """A file that a message names, if it is in the folder of the export, and not elsewhere by a link."""
    file = folder / path
    try:
        if not is_safe_name(path) or not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
            return None
        size = file.stat().st_size
    except (OSError, ValueError, RuntimeError):
        return None
    return make_attachment(path, kind, size, _reader(file, size))


def _reader(file: Path, size: int) -> Callable[[], bytes]:
    def read() -> bytes:
        with file.open("rb") as stream:
            return stream.read(size)

    return read


def _text_of(message: dict[str, Json]) -> str:
    """The text of a message: a string, or pieces of which some are formatted. Hidden links are written out."""
    pieces = message.get("text")
    if not pieces:
        pieces = message.get("text_entities")
    if not isinstance(pieces, list):
        return text_of(pieces).strip()
    words = []
    for piece in pieces:
        text = text_of(piece) or text_of(piece, "text")
        link = text_of(piece, "href")
        shown = text.rstrip()
        words.append(f"{shown} ({link}){text[len(shown) :]}" if link and link not in text else text)
    return "".join(words).strip()


def _moment_of(message: dict[str, Json]) -> datetime | None:
    """When a message was sent: in UTC if the export says so, else in the local time of the computer that made it."""
    try:
        if re.fullmatch(r"\d{1,11}", seconds := text_of(message, "date_unixtime")):
            return datetime.fromtimestamp(int(seconds), UTC)
        return datetime.fromisoformat(text_of(message, "date"))
    except (ValueError, OverflowError, OSError):
        return None


def _base(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
