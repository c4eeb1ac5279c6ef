"""A text that somebody has copied out of another program: a note, or a mail if its head was copied along.

Such a head is what mail programs show, in their language: "Von: …", "Gesendet: …", "An: …", "Betreff: …".
"""

import re
from collections.abc import Iterator
from datetime import datetime, time
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from vaultcrm.importers.archive import files_of
from vaultcrm.importers.encoding import decode
from vaultcrm.importers.inert import MAX_CHARACTERS, visible
from vaultcrm.importers.mail.headers import addresses, sent_at
from vaultcrm.importers.mail.quote_phrases import PHRASES
from vaultcrm.importers.mail.reply_text import reply_text
from vaultcrm.importers.message import Message, Party, Refused, shortened
from vaultcrm.normalize import fold

_ENDINGS = (".txt", ".text", ".md")
_MOST_LINES = 12  # of a head
_LABEL = re.compile(r"[*_ \t]*([^\W\d_][\w ./'’-]{0,25}?)[*_ \t]*[:：][*_]*[ \t]*(.*)")
_FIELDS = {"sender": "from", "sent": "date", "to": "to", "subject": "subject"}
# Months by the beginnings of their names, without accents, in the languages of western Europe
_MONTHS = (
    "jan gen ene", "feb fev", "mar maer mrz maa", "apr avr abr", "may mai mei mag maj", "jun juin giu", "jul juil lug", "aug aou ago",
    "sep set", "oct okt ott out", "nov", "dec dez dic des",
)  # fmt: skip
_WORD_DATE = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s+(?:de\s+)?([a-z]{3,12})\.?,?\s+(?:de\s+)?(\d{4})")
_WORD_DATE_US = re.compile(r"([a-z]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_EASTERN_DATE = re.compile(r"(\d{4})[年년] *(\d{1,2})[月월] *(\d{1,2})[日일]")
_HAS_ZONE = re.compile(r"[+-]\d{4}\b|\b(?:GMT|UTC)\b")
_NUMBER_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_TIME = re.compile(r"(\d{1,2})[:.h](\d{2})(?![./\d]*\d{4})(?::\d{2})?\s*([ap])?\.?m?")


class _Head(NamedTuple):
    """The head of a copied mail: its fields ("from", "date", "to", "cc", "subject"), and the lines below it."""

    fields: dict[str, str]
    rest: list[str]


def read_text(source: Path | bytes, name: str, now: datetime, order: str = "") -> Iterator[Message | Refused]:
    """A text in bytes or a file, or each of those in a folder: a note to oneself at the time `now`, or a mail at its own.

    `order` says what 03/04/2026 in the head of a mail means, "dmy" or "mdy". Raises OSError if the file can't be read.
    """
    for where, data in files_of(source, name, _ENDINGS):
        yield data if isinstance(data, Refused) else _message_of(data, where, now, order)


def _message_of(data: bytes, where: str, now: datetime, order: str) -> Message | Refused:
    decoded = decode(data[: 4 * MAX_CHARACTERS])  # which holds more characters than are kept
    text = visible(decoded).strip()
    if not text or "\0" in decoded:
        return Refused(where, "It isn't text." if text else "It's empty.")
    words = re.sub(r"\s+", " ", text[:MAX_CHARACTERS])
    own = f"text:{sha256(words.encode('utf-8', 'replace')).hexdigest()[:32]}"
    head = _read_head(text)
    if head is None:
        return shortened(Message(own, "note", now, Party(), (), "", text), MAX_CHARACTERS)
    at = _read_date(head.fields.get("date", ""), order)
    said, cut_lines = reply_text("\n".join(head.rest).strip())
    message = Message(
        source=own,
        channel="email",
        at=at or now,
        sender=next(iter(_people(head.fields.get("from", ""))), Party()),
        recipients=_people("; ".join(filter(None, (head.fields.get("to"), head.fields.get("cc"))))),
        subject=head.fields.get("subject", ""),
        text=said,
        cut_lines=cut_lines,
        remark="" if at else "The date in its head couldn't be read.",
    )
    return shortened(message, MAX_CHARACTERS)


def has_copied_head(data: bytes) -> bool:
    """Whether a text begins with the head of a mail as a mail program shows it, and not with the header of a mail itself."""
    head = _read_head(decode(data[:20_000]).strip())
    return head is not None and not re.search(rb"^(?:message-id|received|mime-version)[ \t]*:", data[:20_000], re.IGNORECASE | re.MULTILINE)


def _read_head(text: str) -> _Head | None:
    """The head at the beginning of a text: who wrote it, and at least one other field."""
    lines = text.split("\n")
    fields: dict[str, str] = {}
    end = last = 0
    for number, line in enumerate(lines[:_MOST_LINES]):
        label = _LABEL.match(line[:2_000])
        field = _field(label[1]) if label else ""
        if field and label and field not in fields:
            fields[field] = label[2].strip()
            end, last = number + 1, number
        elif not line.strip():
            if len(fields) >= 2:
                break
        elif not fields or number > last + 1 or not line[:1].isspace():
            break
        else:  # a long list of recipients
            field = [*fields][-1]
            fields[field] += f" {line[:2_000].strip()}"
            end, last = number + 1, number
    is_head = "from" in fields and len(fields) >= 2 and ("subject" in fields or "date" in fields)
    return _Head(fields, lines[end:]) if is_head else None


def _field(label: str) -> str:
    """The field that a program calls so; "" for any other word."""
    return next((field for field, pattern in _labels().items() if pattern.fullmatch(label)), "")


@cache
def _labels() -> dict[str, re.Pattern[str]]:
    """What programs call the fields, in the languages of `quote_phrases`."""
    words = {field: [getattr(phrases, name) for phrases in PHRASES.values()] for name, field in _FIELDS.items()}
    words["cc"] = ["cc|kopie|copie à|copia|c\\. ?c\\."]
    return {field: re.compile("|".join(found), re.IGNORECASE) for field, found in words.items()}


def _people(text: str) -> tuple[Party, ...]:
    """People as a mail program shows them: "Dana Roe <dana@acme.example>; Bob", "Dana Roe [mailto:dana@acme.example]"."""
    text = re.sub(r"\[(?:mailto:)?([^\[\]\s]+@[^\[\]\s]+)\]|\((?:mailto:)?([^()\s]+@[^()\s]+)\)", r"<\1\2>", text)
    people: list[Party] = []
    for entry in text.split(";"):
        found = addresses(entry)
        people += found or ([Party(" ".join(entry.split()).strip("'\""))] if entry.strip() else [])
    return tuple(people)


def _read_date(text: str, order: str) -> datetime | None:
    """The local time that a mail program shows; None if it can't be read, or has two readings."""
    if _HAS_ZONE.search(text) and (at := sent_at(text)):
        return at
    folded = fold(text)
    day = _read_day(folded, order)
    clock = list(_TIME.finditer(_NUMBER_DATE.sub("", _ISO_DATE.sub("", folded))))
    if day is None:
        return None
    hour, minute = (int(clock[-1][1]), int(clock[-1][2])) if clock else (12, 0)
    if clock and clock[-1][3] and 1 <= hour <= 12:
        hour = hour % 12 + 12 * (clock[-1][3] == "p")
    try:
        return datetime.combine(day, time(hour, minute))
    except ValueError:
        return None


def _read_day(text: str, order: str) -> datetime | None:
    year = month = day = 0
    if found := _ISO_DATE.search(text) or _EASTERN_DATE.search(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _WORD_DATE.search(text):
        year, month, day = int(found[3]), _month(found[2]), int(found[1])
    elif found := _WORD_DATE_US.search(text):
        year, month, day = int(found[3]), _month(found[1]), int(found[2])
    elif found := _NUMBER_DATE.search(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        is_day_first = found[2] == "." or order == "dmy" or first > 12
        day, month = (first, second) if is_day_first else (second, first)
        if not is_day_first and order != "mdy" and second <= 12 and first != second:
            return None
    try:
        return datetime(year, month, day)
    except ValueError:
        return None


def _month(name: str) -> int:
    return next((number for number, starts in enumerate(_MONTHS, 1) if name.startswith(tuple(starts.split()))), 0)
