"""One mail, from its bytes to a Message: who wrote what to whom and when, and the files that came along."""

import re
from collections.abc import Callable
from email import policy
from email.message import Message as MimePart
from email.parser import BytesFeedParser
from hashlib import sha256

from vaultcrm.importers.inert import MAX_CHARACTERS, visible
from vaultcrm.importers.mail.bulk import bulk_reason
from vaultcrm.importers.mail.headers import addresses, header_text, message_ids, sent_at
from vaultcrm.importers.mail.html_text import html_text
from vaultcrm.importers.mail.parts import Text, contents_of
from vaultcrm.importers.mail.quote_phrases import FORWARD_PREFIX
from vaultcrm.importers.mail.reply_text import reply_text
from vaultcrm.importers.message import Message, Party, Refused, shortened

MAX_MAIL = 50_000_000  # bytes; parsing takes five times as much memory
TOO_LARGE = f"It is larger than {MAX_MAIL // 1_000_000} MB, so only its header was read."
_BLOCK = 1 << 16
_MAX_HEADER, _MAX_LINE = 256_000, 1_000_000  # bytes
# What takes the standard library's parser long: it compares each line with each boundary that is open, and it reads the
# parameters of a header one by one
_MAX_LINES, _MAX_PART_LINES, _MAX_NESTED, _MAX_COMPARISONS, _MAX_PARAMETERS = 800_000, 30_000, 100, 5_000_000, 5_000

_MESSAGE_ID = re.compile(rb"^message-id[ \t]*:\s*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
_HEADER_END = re.compile(rb"\r?\n\r?\n|\r\r")
_LONG_PARAMETERS = re.compile(
    rb"^content-(?:type|disposition)[ \t]*:(?:[^;\n]*(?:\n(?=[ \t]))?+[^;\n]*;){300}", re.IGNORECASE | re.MULTILINE
)
_NEEDED = frozenset((
    "from", "to", "cc", "subject", "date", "message-id", "received", "sender", "reply-to", "return-path", "mime-version", "content-type",
))  # fmt: skip
_FORWARDED = re.compile(FORWARD_PREFIX, re.IGNORECASE)
_SHORT_TEXT = 200  # characters; a shorter plain text may only say that there is HTML

_Headers = dict[str, list[str]]  # raw values by names in lower case


def read_mail(
    data: bytes, where: str = "", labels: tuple[str, ...] = (), is_known: Callable[[str], bool] | None = None
) -> Message | Refused:  # fmt: skip
    """The message in the bytes of a mail; `where` names it for a person, `labels` are those that its mailbox gives it.

    Of a mail that is too large, or built to keep a parser busy, only the header is read, and the remark says so. Of one
    whose `source` is known, only the header is read as well.
    """
    data = data.lstrip(b"\r\n")
    if is_known is not None and (own := _MESSAGE_ID.search(_header(data))) and is_known(f"mail:{own[1].decode('ascii', 'replace')}"):
        known = _without_text(_headers_of(_parse(_header(data))), data, labels)
        if is_known(known.source):
            return known
    remark = _why_only_the_header(data)
    mail = _parse(_header(data) if remark else data)
    headers = _headers_of(mail)
    if not headers.keys() & _NEEDED:
        return Refused(where, "It isn't a mail: it has none of the headers of one.")
    message = _without_text(headers, data, labels)
    return message._replace(remark=remark) if remark else _with_text(message, mail)


def _headers_of(mail: MimePart) -> _Headers:
    headers: _Headers = {}
    for name, value in mail.raw_items():
        headers.setdefault(name.lower(), []).append(value)
    return headers


def _parse(data: bytes) -> MimePart:
    """The mail as the standard library parses it. Fed in blocks, it takes half as much memory as in one piece."""
    parser: BytesFeedParser[MimePart] = BytesFeedParser(policy=policy.compat32)
    for start in range(0, len(data), _BLOCK):
        parser.feed(data[start : start + _BLOCK])
    return parser.close()


def _why_only_the_header(data: bytes) -> str:
    """Why the rest of a mail isn't parsed, as a sentence; "" if it is."""
    if len(data) > MAX_MAIL:
        return TOO_LARGE
    header_end = _HEADER_END.search(data, 0, _MAX_HEADER)
    if header_end is None and len(data) > _MAX_HEADER:
        return "Its header is longer than that of any mail, so only its beginning was read."
    if len(data) > _MAX_LINE and any(
        data.find(b"\n", start, start + _MAX_LINE) < 0 for start in range(0, len(data) - _MAX_LINE, _MAX_LINE)
    ):
        return "It has a line of a million characters, so only its header was read."
    nested, lines, part_lines = _count(data, b"boundary") + _count(data, b"message/rfc822"), data.count(b"\n"), data.count(b"\n--")
    is_costly = nested > _MAX_NESTED or lines > _MAX_LINES or (nested and part_lines > _MAX_PART_LINES) or nested * lines > _MAX_COMPARISONS
    if is_costly or (data.count(b";") > _MAX_PARAMETERS and _LONG_PARAMETERS.search(data)):
        return "It has more parts, or they are nested deeper, than those of any mail, so only its header was read."
    return ""


def _count(data: bytes, word: bytes) -> int:
    """How often a word in lower case is in the data in any case, without a second copy of the whole."""
    return sum(data[start : start + _BLOCK + len(word) - 1].lower().count(word) for start in range(0, len(data), _BLOCK))


def _header(data: bytes) -> bytes:
    end = _HEADER_END.search(data, 0, _MAX_HEADER)
    return data[: end.start() if end else _MAX_HEADER]


def _without_text(headers: _Headers, data: bytes, labels: tuple[str, ...]) -> Message:
    """All of a message that its header says."""

    def people(*names: str) -> tuple[Party, ...]:
        return addresses(", ".join(value for name in names for value in headers.get(name, ())))

    def ids(name: str) -> list[str]:
        return message_ids(" ".join(headers.get(name, ())))

    senders = people("from") or people("sender") or people("reply-to") or (Party(),)
    sender = next((person for person in senders if person.email), senders[0])  # a comma in a name without quotes makes two
    at = next((at for value in headers.get("date", ()) if (at := sent_at(value))), None)
    if at is None and (received := headers.get("received")):
        at = sent_at(received[0].rpartition(";")[2])
    own = ids("message-id")
    source = f"mail:{own[0]}" if own else f"mail:sha256-{_digest(headers, data)}"
    earlier = ids("references") or ids("in-reply-to")
    gmail_labels = [label.strip() for value in headers.get("x-gmail-labels", ()) for label in header_text(value).split(",")]
    labels = tuple(label for label in dict.fromkeys((*labels, *gmail_labels)) if label)
    return Message(
        source=source,
        channel="chat" if "Chat" in gmail_labels or "Chats" in gmail_labels else "email",
        at=at,
        sender=sender,
        recipients=people("to", "cc", "bcc"),
        subject=header_text(headers.get("subject", [""])[0]),
        text="",
        thread=f"mail:{earlier[0]}" if earlier else source,
        conversation=f"gmail:{header_text(headers['x-gm-thrid'][0])}" if "x-gm-thrid" in headers else "",
        labels=labels,
        bulk=bulk_reason(headers, sender.email, labels),
    )


def _digest(headers: _Headers, data: bytes) -> str:
    """What a mail without an ID is known by: it must not depend on line endings, on marks before "From" or on added headers."""
    named = [" ".join(" ".join(headers.get(name, ())).split()) for name in ("date", "from", "to", "subject")]
    end = _HEADER_END.search(data, 0, _MAX_HEADER)
    body = re.sub(rb"[\s>]+", b"", data[end.end() if end else len(data) :][:MAX_CHARACTERS])
    return sha256("\n".join(named).encode("utf-8", "surrogateescape") + b"\n" + body).hexdigest()[:32]


def _with_text(message: Message, mail: MimePart) -> Message:
    contents = contents_of(mail)
    groups: dict[int, list[Text]] = {}
    for count, part in enumerate(contents.texts):
        groups.setdefault(part.alternative or -count, []).append(part)
    whole = visible("\n\n".join(filter(str.strip, map(_best_text, groups.values()))))
    text, cut_lines = (whole, 0) if _FORWARDED.match(message.subject) else reply_text(whole)
    whole_text = message._replace(text=text.strip(), cut_lines=cut_lines, attachments=tuple(contents.attachments), remark=contents.remark)
    return shortened(whole_text, MAX_CHARACTERS)


def _best_text(alternatives: list[Text]) -> str:
    """The plain text, unless it is only a stand-in for the HTML."""
    plain = "\n\n".join(part.text for part in alternatives if not part.is_html)
    html = [part.text for part in alternatives if part.is_html]
    if not html or len(plain.strip()) >= _SHORT_TEXT:
        return plain
    converted = "\n\n".join(map(html_text, html))
    return converted if len(converted) > 3 * len(plain) + _SHORT_TEXT or not plain.strip() else plain
