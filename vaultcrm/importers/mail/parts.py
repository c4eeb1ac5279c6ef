"""The parts of a mail: which of them are its text, and which are files that came with it."""

import re
from collections.abc import Iterator
from email.message import Message as MimePart
from typing import NamedTuple

from vaultcrm.disk.filenames import MAX_NAME_BYTES, file_name
from vaultcrm.importers.encoding import decode
from vaultcrm.importers.inert import MAX_CHARACTERS
from vaultcrm.importers.mail.headers import header_text
from vaultcrm.importers.message import Attachment

_MAX_DEPTH, _MAX_PARTS = 30, 1000
_MAX_NAME_CHARACTERS = 1000
_RAW_NAME = re.compile(r'name\s*=\s*"?([^";\r\n]+)', re.IGNORECASE)
# Bytes of a text that are decoded: four for each character that is kept
_MAX_TEXT_BYTES = 4 * MAX_CHARACTERS
_TEXT_TYPES = {"text/plain", "text/html", "text/enriched", "text/richtext"}
# Parts that say nothing to a person: signatures, reports for programs, mail for special displays
_SKIPPED = frozenset(
    (
        "application/pgp-signature application/pkcs7-signature application/x-pkcs7-signature text/rfc822-headers text/x-amp-html "
        "text/watch-html message/delivery-status message/external-body message/disposition-notification message/feedback-report"
    ).split()
)
_EXTENSIONS = {
    "text/plain": "txt", "text/html": "html", "text/calendar": "ics", "text/vcard": "vcf", "text/x-vcard": "vcf", "text/csv": "csv",
    "message/rfc822": "eml", "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/svg+xml": "svg",
    "image/heic": "heic", "image/webp": "webp", "application/zip": "zip", "audio/mpeg": "mp3", "video/mp4": "mp4",
}  # fmt: skip
# In a vault, a file with such a name would be a note, a view, or the mark of another vault
_LIVE_NAME = re.compile(r".*\.(?:md|markdown|base|canvas)|vaultcrm\.toml", re.IGNORECASE)


class Text(NamedTuple):
    """One part of a mail's text. Texts with the same `alternative` say the same; 0 means that there is no other."""

    is_html: bool
    text: str
    alternative: int = 0


class Contents(NamedTuple):
    """What a mail contains. `remark` says what of it isn't in the other two."""

    texts: list[Text]
    attachments: list[Attachment]
    remark: str = ""


def contents_of(message: MimePart) -> Contents:
    """The texts and files of a parsed mail, in order."""
    texts: list[Text] = []
    shown_files: list[Text] = []  # the text of a mail that has no other
    attachments: list[Attachment] = []
    remark = ""
    for count, (part, parent, alternative) in enumerate(_leaves(message)):
        if count == _MAX_PARTS:
            remark = f"Only its first {_MAX_PARTS} parts were read."
            break
        kind = part.get_content_type()
        if kind.startswith("multipart/"):  # without any part
            kind = "text/plain"
        if kind in ("application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime") and not remark:
            remark = "It is encrypted or sealed, so its text isn't readable." if not texts else ""
        disposition = _disposition(part)
        name = _name(part)
        if kind in _SKIPPED:
            continue
        if kind in _TEXT_TYPES and disposition != "attachment" and not name:
            texts.append(_text(part, kind, alternative))
        elif not _is_part_of_the_text(kind, parent, disposition):
            attachments.append(_attachment(part, kind, name, len(attachments) + 1))
            if kind in _TEXT_TYPES and disposition == "inline":
                shown_files.append(_text(part, kind, alternative))
    return Contents(texts or shown_files, attachments, remark)


def _leaves(message: MimePart) -> Iterator[tuple[MimePart, str, int]]:
    """The parts that aren't made of parts; an attached mail is one.

    Each comes with the type of the part that it is in, and with a number for the alternatives that it is one of, or 0.
    """
    stack = [(message, "", 0, 0)]
    count = 0
    while stack:
        part, parent, alternative, depth = stack.pop()
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_maintype() == "multipart":
            kind = part.get_content_type()
            if kind == "multipart/alternative":
                alternative = count = count + 1
            if depth < _MAX_DEPTH:
                stack += [(inner, kind, alternative, depth + 1) for inner in reversed(payload) if isinstance(inner, MimePart)]
        else:
            yield part, parent, alternative


def _disposition(part: MimePart) -> str:
    value = part.get("content-disposition")
    return str(value).partition(";")[0].strip().lower() if value else ""


def _is_part_of_the_text(kind: str, parent: str, disposition: str) -> bool:
    """Whether a part is shown within the text, like the logo in a signature, or is another form of the text."""
    if disposition == "attachment":
        return False
    if kind.startswith("image/"):
        return parent == "multipart/related"
    return parent == "multipart/alternative" and kind != "text/calendar" and kind.startswith("text/")


def _text(part: MimePart, kind: str, alternative: int) -> Text:
    text = decode(_decoded(part, _MAX_TEXT_BYTES), _parameter(part, "charset")).replace("\r\n", "\n").replace("\r", "\n")
    if kind == "text/plain" and _parameter(part, "format").lower() == "flowed":
        text = unflow(text, deletes_spaces=_parameter(part, "delsp").lower() == "yes")
    return Text(kind != "text/plain", text, alternative)


def _parameter(part: MimePart, name: str) -> str:
    try:
        value = part.get_param(name)
    except (LookupError, ValueError, TypeError):  # charsets and numbers of RFC 2231 that don't exist
        return ""
    return value[2] if isinstance(value, tuple) else value or ""


def _decoded(part: MimePart, limit: int | None = None) -> bytes:
    """A part's bytes without their transfer encoding; at most about `limit` of them. What can't be decoded stays as it is."""
    payload = part.get_payload()
    if isinstance(payload, list):  # an attached mail
        try:
            return b"\n".join(inner.as_bytes() for inner in payload if isinstance(inner, MimePart))
        except (LookupError, ValueError, TypeError, RecursionError, AttributeError):
            return b""
    if limit is not None and isinstance(payload, str) and len(payload) > 2 * limit:
        part.set_payload(payload[: 2 * limit])
    try:
        data = part.get_payload(decode=True)
    except (LookupError, ValueError, TypeError, AssertionError):
        data = None
    if not isinstance(data, bytes):
        data = str(payload).encode("utf-8", "surrogateescape")
    return data if limit is None else data[:limit]


def _name(part: MimePart) -> str:
    """The name that the sender gave a part, decoded; "" if it has none."""
    try:
        name = part.get_filename("")
    except (LookupError, ValueError, TypeError):
        name = ""
    if "\ufffd" in name:  # raw bytes, which the library has replaced
        headers = (value for header, value in part.raw_items() if header.lower() in ("content-disposition", "content-type"))
        name = next((match[1] for value in headers if (match := _RAW_NAME.search(value[:_MAX_NAME_CHARACTERS]))), name)
    if not name and "://" not in (location := str(part.get("content-location", ""))):
        name = location
    return header_text(name[:_MAX_NAME_CHARACTERS])


def _attachment(part: MimePart, kind: str, name: str, number: int) -> Attachment:
    if kind == "message/rfc822" and not name:
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        subject = header_text(str(inner.get("subject", ""))) if isinstance(inner, MimePart) else ""
        name = f"{subject[:80] or 'message'}.eml"
    return Attachment(attachment_name(name, kind, number), kind, _size(part), lambda: _decoded(part))


def _size(part: MimePart) -> int:
    payload = part.get_payload()
    if isinstance(payload, str) and str(part.get("content-transfer-encoding", "")).strip().lower() == "base64":
        length = len(payload) - sum(payload.count(char) for char in "\r\n \t")
        return max(length * 3 // 4 - payload[-4:].count("="), 0)
    return len(_decoded(part))


def attachment_name(name: str, media_type: str, number: int = 1) -> str:
    """A file name for an attachment that is legal everywhere, keeps its extension, and means nothing in a vault.

    It is the last part of what the sender wrote, or "attachment 2.pdf" if that leaves nothing.
    """
    extension = _EXTENSIONS.get(media_type, "")
    fallback = f"attachment {number}" + (f".{extension}" if extension else "")
    safe = file_name(re.split(r"[\\/]", name)[-1], fallback)
    if re.search(r"\.\w{1,10}$", name) and not re.search(r"\.\w{1,10}$", safe):  # it was cut off
        end = name[name.rfind(".") :]
        safe = file_name(safe.encode()[: MAX_NAME_BYTES - len(end.encode())].decode("utf-8", "ignore"), "attachment") + end
    elif extension and "." not in safe:
        safe = f"{safe[:100]}.{extension}"
    return f"{safe}.txt" if _LIVE_NAME.fullmatch(safe) else safe


def unflow(text: str, deletes_spaces: bool) -> str:
    """The text with its flowed lines joined (RFC 3676)."""
    lines: list[str] = []
    depth, is_open = 0, False
    for raw in text.split("\n"):
        content = raw.lstrip(">")
        marks = len(raw) - len(content)
        content = content.removeprefix(" ")
        if is_open and marks == depth and content.rstrip() != "--":
            lines[-1] += content
        else:
            lines.append(f"{'>' * marks} {content}" if marks else content)
        is_open = content.endswith(" ") and content != "-- "
        if is_open and deletes_spaces:
            lines[-1] = lines[-1][:-1]
        depth = marks
    return "\n".join(lines)
