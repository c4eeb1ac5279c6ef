"""The headers of a mail as values: texts in Unicode, addresses, times, IDs.

The standard library's own parsers of addresses and encoded words raise many kinds of errors on broken headers, differ
between versions of Python and take quadratic time. These read what they can, in linear time, and never raise.
"""

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from vaultcrm.importers.encoding import decode
from vaultcrm.importers.inert import visible
from vaultcrm.importers.message import Party

MAX_VALUE, MAX_ADDRESSES = 64_000, 1000  # characters of a header; addresses in it

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*+)\?=")
_BETWEEN_WORDS = re.compile(r"[ \t\r\n]*+")
# The tokens of an address list (RFC 5322): quoted text, the start or end of a comment, an address in brackets, separators, words
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"|([()])|<([^<>]*+)>|([,;:])|(\\.|[^\s"()<>,;:\\]++)|(\s++)|.', re.DOTALL)
# The lookbehind keeps a long text without an address from being searched from each of its characters.
_ATOM = r'[^\s@<>"(),;:\\]'
_ADDRESS = re.compile(rf'("[^"\r\n]{{1,200}}+"|(?<!{_ATOM}){_ATOM}{{1,200}}+)@{_ATOM}{{1,255}}+')
_ID = re.compile(r"<\s*([^<>\s]{1,250})\s*>")
_EARLIEST, _LATEST = 1971, 2200  # years


def header_text(raw: str) -> str:
    """A header's value as one line of Unicode text: unfolded, encoded words decoded (RFC 2047), invisible characters removed.

    `raw` is as the standard library gives it, with a surrogate for each byte that isn't ASCII.
    """
    text = _plain(raw[:MAX_VALUE])
    if "=?" not in text and text.isascii() and text.isprintable():
        return " ".join(text.split())
    if "=?" in text:
        text = _decode_words(text)
    return " ".join(visible(text).split())


def _plain(raw: str) -> str:
    """The value with its raw bytes decoded: they should be encoded words, but some programs write UTF-8 or Windows' charset."""
    if raw.isascii():
        return raw
    return decode(raw.encode("utf-8", "surrogateescape"))


def _decode_words(text: str) -> str:
    """The text with its encoded words decoded one by one; white space between two of them isn't part of it."""
    parts: list[str] = []
    position = 0
    charset, data = "", b""  # of the words so far: some programs break a word in the middle of a character
    for word in _ENCODED_WORD.finditer(text):
        between = text[position : word.start()]
        name = word[1].partition("*")[0].lower()  # the language after "*" means nothing here
        if data and name == charset and _BETWEEN_WORDS.fullmatch(between):
            data += _word_bytes(word)
        else:
            parts += [decode(data, charset), "" if position and _BETWEEN_WORDS.fullmatch(between) else between]
            charset, data = name, _word_bytes(word)
        position = word.end()
    return "".join([*parts, decode(data, charset), text[position:]])


def _word_bytes(word: re.Match[str]) -> bytes:
    content = word[3].encode("utf-8", "replace")
    if word[2] in "qQ":
        return a2b_qp(content, header=True)
    try:
        return a2b_base64(content + b"=" * (-len(content) % 4))
    except (Error, ValueError):
        return content


def addresses(raw: str) -> tuple[Party, ...]:
    """The people in a header like From or To, each once; groups are resolved. At most MAX_ADDRESSES.

    An address is in lower case. A name that is another address is left out: it only pretends.
    """
    found: dict[Party, None] = {}
    for name, address in _mailboxes(_plain(raw[:MAX_VALUE])):
        emails = [visible(match[0].lower()) for match in _ADDRESS.finditer(address if "@" in address else name)]
        shown = header_text(name or ("" if emails else address)).strip("\"' ")
        if "@" in shown:
            shown = ""
        for email in emails or [""]:
            if shown or email:
                found[Party(shown[:200], email)] = None
        if len(found) >= MAX_ADDRESSES:
            break
    return tuple(found)[:MAX_ADDRESSES]


def _mailboxes(text: str) -> Iterator[tuple[str, str]]:
    """The name and the address of each entry of a list, as they are written."""
    has_groups = ";" in text
    words: list[str] = []  # of the entry so far, outside brackets
    comments: list[str] = []
    angle: str | None = None
    depth = 0
    for token in _TOKEN.finditer(text):
        quoted, bracket, inner, separator, word, space = token.groups()
        if bracket:
            depth = max(depth + (1 if bracket == "(" else -1), 0)
        elif depth:
            comments.append(token[0])
        elif separator in (",", ";"):
            yield _entry(words, comments, angle)
            words, comments, angle = [], [], None
        elif separator == ":":
            if has_groups and angle is None and not any("@" in part for part in words):
                words = []  # the name of a group
            else:
                words.append(":")
        elif inner is not None:
            angle = inner if angle is None or "@" in inner else angle
        elif quoted is not None:
            words.append(re.sub(r"\\(.)", r"\1", quoted) if text[token.end() : token.end() + 1] != "@" else token[0])
        else:
            words.append(word or (" " if space else token[0]))
    yield _entry(words, comments, angle)


def _entry(words: list[str], comments: list[str], angle: str | None) -> tuple[str, str]:
    """An entry's name and address. A comment is the name of an address that has no other."""
    shown, comment = "".join(words).strip(), "".join(comments).strip()
    if angle is not None:
        angle = re.sub(r"\([^()]*+\)|\s", "", angle)
        return shown or comment, angle.rpartition(":")[2] if angle.startswith("@") else angle  # a route of the old days
    if "@" in shown:
        return comment, re.sub(r"\s*([.@])\s*", r"\1", shown)
    return shown, ""


def sent_at(raw: str) -> datetime | None:
    """The time in a header like Date, with its zone if it has one; None if it is no time of mail."""
    try:
        at = parsedate_to_datetime(" ".join(raw[:200].split()))
        if at.tzinfo is None and raw.rstrip().endswith("-0000"):  # in UTC, from a place that isn't known
            at = at.replace(tzinfo=UTC)
        at.astimezone(UTC) if at.tzinfo else at
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return at if _EARLIEST <= at.year <= _LATEST else None


def message_ids(raw: str) -> list[str]:
    """The IDs in a header like Message-ID or References, without their brackets; one that isn't in brackets counts if it is alone."""
    alone = raw.strip()
    is_alone = len(alone) <= 250 and "@" in alone and not re.search(r"[\s<>]", alone)
    ids = _ID.findall(raw[:MAX_VALUE]) or ([alone] if is_alone else [])
    return [item for item in ids if item.isprintable() and "[[" not in item]  # which would be a link in a note
