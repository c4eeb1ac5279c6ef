"""Chats that WhatsApp exports, as `.txt` or as a zip with media, from iOS and Android. Signal's old format is the same."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from vaultcrm.errors import InvalidInput
from vaultcrm.importers.archive import files_of, is_archive, open_folder_or_archive
from vaultcrm.importers.chat.media import Media
from vaultcrm.importers.chat.whatsapp_header import DateOrder, Header, parse_header, possible_orders
from vaultcrm.importers.chat.whatsapp_marks import (
    MARK,
    attached_file,
    is_about_encryption,
    is_deleted,
    omitted_media,
    without_edit_mark,
)  # fmt: skip
from vaultcrm.importers.encoding import decode
from vaultcrm.importers.message import Attachment, Message, Notice, Party, Refused, shortened
from vaultcrm.plural import counted, listed

MAX_TEXT_BYTES = 64 * 2**20
# An export has 40,000 messages at most, or 10,000 with media, and says nothing of the older ones. Some have a few less.
_MOST_MESSAGES, _MOST_WITH_MEDIA = 39_990, 9_990
_MAX_LINES = 500_000
# "WhatsApp Chat with Dana", "WhatsApp-Chat mit Dana", "Chat de WhatsApp con Dana", "WhatsApp Chat - Dana"
_FILE_NAME = re.compile(
    r"(?=.*WhatsApp).*?(?:\s-\s|\b(?:with|mit|con|avec|com|met|med|z|ze|s|со|с|cu|ile|kanssa)\s+)(?P<name>.+)", re.IGNORECASE
)
_MEDIA_DAY = re.compile(r"-(20\d\d)-?(\d\d)-?(\d\d)-", re.ASCII)  # in 00000001-PHOTO-2019-06-20-16-00-15.jpg, IMG-20250328-WA0014.jpg


class _Said(NamedTuple):
    """A message as it stands in the file. `sender` is None for a line of WhatsApp's own."""

    header: Header
    sender: str | None
    text: str


def read_whatsapp(source: Path | bytes, name: str, order: DateOrder | None = None) -> Iterator[Message | Refused | Notice]:
    """The messages of an export: a zip archive or its folder by its path, or a text by its path or as bytes.

    `order` says how the file's dates are to be read: "dmy", "mdy" or "ymd". It's needed only for a file whose dates
    all mean something in two orders; without it such a file is refused, with both readings.
    """
    if isinstance(source, bytes) or not (source.is_dir() or is_archive(source)):
        for _, data in files_of(source, name, (), MAX_TEXT_BYTES):
            if isinstance(data, Refused):
                yield data
            else:
                yield from _read_text(data, name, order, None)
        return
    with open_folder_or_archive(source) as files:
        yield from (Refused(f"{name}/{member}", reason) for member, reason in files.refused)
        texts = sorted(member for member in files.members if member.lower().endswith(".txt"))
        # a chat may have texts among its media
        chats = [member for member in texts if _base(member) == "_chat.txt" or "whatsapp" in _base(member).lower()] or texts
        if not chats:
            yield Refused(name, "It contains no text of a chat.")
        for member in chats:
            media = Media(source, files, member)
            title = name if _base(member) == "_chat.txt" else member
            try:
                data = files.read(member, MAX_TEXT_BYTES)
            except InvalidInput as error:
                yield Refused(f"{name}/{member}", error.message)
            else:
                yield from _read_text(data, title, order, media)


def _read_text(data: bytes, name: str, order: DateOrder | None, media: Media | None) -> Iterator[Message | Refused | Notice]:
    text = decode(data)
    if text.count("\n") > _MAX_LINES:
        yield Refused(name, f"It has more than {_MAX_LINES:,} lines.")
        return
    said = _split(text)
    if not said:
        yield Refused(name, "No line begins like a message of WhatsApp, such as [31/12/2026, 11:40:26] Dana: Hi.")
        return
    orders = [order] if order else possible_orders([one.header for one in said], list(_media_days(said)))
    if len(orders) > 1:
        moments = [moment for order in orders if (moment := said[0].header.moment(order))]
        dates = listed([f"{moment.day} {moment:%B %Y}" for moment in moments], "or")
        choices = listed([f"--date-order {order}" for order in orders], "or")
        yield Refused(name, f"Its dates can be read in more than one order: the first one as {dates}. Say {choices}.")
        return
    conversation = conversation_name(name) or listed(sorted({one.sender for one in said if one.sender})[:3] or ["WhatsApp"])
    is_group = _is_group(said, conversation)
    ordinals: Counter[str] = Counter()
    left_out = deleted = 0
    for one in said:
        if (moment := one.header.moment(orders[0])) is None:
            yield Refused(f"{name}, {'/'.join(map(str, one.header.date))}", "There is no such day.")
        elif one.sender is None or (is_group and one.sender == conversation) or is_about_encryption(one.text):
            left_out += 1
        elif is_deleted(one.text):
            deleted += 1
        else:
            text, key, attachments = _contents(one.text, media)
            sender = one.sender.lstrip(f"~ \u202f\u00a0{MARK}")  # "~ Dana": a name that its owner chose
            identity = f"{moment.isoformat()}\0{sender}\0{key}"
            ordinals[identity] += 1
            ordinal = str(ordinals[identity])
            message = f"whatsapp:{_digest(conversation)[:12]}:{_digest(identity + ordinal)[:24]}"
            yield shortened(Message(message, "chat", moment, _party(sender), (), "", text, "", conversation, attachments))
    yield from _notices(name, len(said), left_out, deleted, bool(media))


def _is_group(said: list[_Said], conversation: str) -> bool:
    """Whether a chat is one of several people, of which iOS gives the group's name as the sender of its own remarks."""
    own = [one.text for one in said if one.sender == conversation]
    is_remark = all(text.startswith(MARK) and not omitted_media(text) and not attached_file(text) for text in own)
    return is_remark and len({one.sender for one in said if one.sender not in (None, conversation)}) > 1


def _notices(name: str, messages: int, left_out: int, deleted: int, has_media: bool) -> Iterator[Notice]:
    if left_out:
        yield Notice(name, f"Left out {counted(left_out, 'line')} that WhatsApp wrote itself.")
    if deleted:
        yield Notice(name, f"Left out {counted(deleted, 'message')} that had been deleted.")
    if messages >= (_MOST_WITH_MEDIA if has_media else _MOST_MESSAGES):
        yield Notice(name, f"It has {messages:,} messages, about as many as WhatsApp exports: older ones may be missing.", is_cut=True)


def _split(text: str) -> list[_Said]:
    """The messages of a file. Only lines in the style of the first header begin one: others are quoted in a message."""
    said: list[tuple[Header, list[str]]] = []
    style = None
    for line in text.replace("\r\n", "\n").split("\n"):
        header = parse_header(line) if line else None
        if header and (style is None or header.style == style):
            style = header.style
            said.append((header, [header.rest]))
        elif said:
            said[-1][1].append(line)
    return [_said(header, "\n".join(lines).rstrip()) for header, lines in said]


def _said(header: Header, text: str) -> _Said:
    sender, colon, rest = text.partition(": ")
    if not colon or "\n" in sender:
        sender, colon, rest = text.partition(":\n")
        if not colon and text.endswith(":"):
            sender, colon, rest = text[:-1], ":", ""
    # A name is one line, and has no quotation marks as in: Dana changed the subject to "Plan: B"
    if not colon or "\n" in sender or len(sender) > 80 or re.search(r"[\"“”„«»]", sender):
        return _Said(header, None, text)
    return _Said(header, sender.strip(f"{MARK}\u200f\u202a\u202c "), rest)


def _contents(text: str, media: Media | None) -> tuple[str, str, tuple[Attachment, ...]]:
    """The words of a message, what identifies it among those of its moment, and the file that came with it.

    The same file has another number in another export, or isn't in it, so its name identifies nothing.
    """
    text = without_edit_mark(text)
    if file := attached_file(text):
        name, words = file
        attachment = media.find(name) if media else None
        return words or ("" if attachment else f"({name})"), f"\1{words}", (attachment,) if attachment else ()
    if omitted := omitted_media(text):
        return omitted[1] or f"({omitted[0]})", f"\1{omitted[1]}", ()
    text = text.strip(MARK).strip("\n")
    return text, text, ()


def _media_days(said: list[_Said]) -> Iterator[tuple[Header, date]]:
    """The days in the names of files, which WhatsApp names when they are sent."""
    for one in said:
        if (file := attached_file(one.text)) and (found := _MEDIA_DAY.search(file[0])):
            try:
                yield one.header, date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue


def conversation_name(file_name: str) -> str:
    """The name of a chat by the name of its export; "" if that doesn't tell."""
    stem = re.sub(r"\.(txt|zip)$", "", _base(file_name.replace("\\", "/")), flags=re.IGNORECASE)
    stem = re.sub(r"\s?\(\d+\)$", "", stem.strip(MARK))  # a second download
    found = _FILE_NAME.match(stem)
    name = found["name"] if found else stem
    return "" if name.lower() in ("_chat", "chat", "-") else name.strip()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _party(sender: str) -> Party:
    return Party(phone=sender) if re.fullmatch(r"\+?[\d\s()\-\u2011]{6,}", sender) else Party(name=sender)
