"""What a mail says anew: its text without the quotes and signatures around it.

Nothing is certain here, so in doubt everything is kept: a quote in whose midst somebody answers, a message that is passed
on, lines with `>` that nobody is said to have written. What stands unquoted above the last quote is never cut, except
for signatures and for the line that introduces a quote.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from vaultcrm.importers.mail.quote_phrases import BELOW, FORWARDED, PHRASES

_QUOTE = re.compile(r"[ \t]{0,8}>")
_BAR_QUOTE = re.compile(r"\|(?:[ \t]|$)[^|]*$")
_NESTED_QUOTE = re.compile(r"[ \t]*>[ \t]?>")
_QUOTE_MARKS = re.compile(r"[ \t>|]*")
_WORD = re.compile(r"\w")
_SEPARATOR = re.compile(r"[\s>*]*[-_=]{3,}\s*$")
_LIST_FOOTER = re.compile(r"[_=-]{20,}\s*$")
_LIST_WORDS = re.compile(r"mailing list|listinfo|unsubscribe|https?://", re.IGNORECASE)
_MAX_INTRODUCTION, _MAX_INTRODUCTION_LINES, _MAX_BLANK_LINES = 400, 5, 6  # characters and lines of "On 2 Nov, Dana wrote:"
_MAX_SIGNATURE_LINES, _MAX_UNSURE_SIGNATURE_LINES = 20, 8  # below "-- ", and below "--"
_MAX_FOOTER_LINES, _MAX_HEADER_LINES = 12, 8
_MAX_GREETING = 40  # characters
_MAX_QUOTES = 100  # in which the name of an author is looked for


class _Patterns(NamedTuple):
    wrote: re.Pattern[str]
    wrote_only: re.Pattern[str]
    on: re.Pattern[str]
    original: re.Pattern[str]
    sender: re.Pattern[str]
    sent: re.Pattern[str]
    addressed: re.Pattern[str]
    sent_from: re.Pattern[str]
    below: re.Pattern[str]
    forwarded: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Compiled for the first mail."""

    def words(*fields: str) -> str:
        return "|".join(dict.fromkeys(word for phrases in PHRASES.values() for field in fields if (word := getattr(phrases, field))))

    def header(*fields: str) -> str:
        return rf"[ \t>*]*+(?:{words(*fields)})[ \t*]*+[:：]"

    not_in_word = r"(?<![^\W\d\u3040-\u9fff\uac00-\ud7af])"  # Chinese, Japanese and Korean have no spaces around a verb
    end = r"[ \t*]*[:：][ \t*_-]*$"
    patterns = (
        rf"{not_in_word}(?:{words('wrote')})(?!\w)[^\n]{{0,120}}{end}|<?[^\s<>]+@[^\s<>]+>[^\n:]{{0,60}}{end}",
        rf"[^\d\W][^\n:]{{1,50}}{not_in_word}(?:{words('wrote')}){end}",
        rf"[\W_]*(?:(?:{words('on')})\b[^\n]*\d|\d{{1,4}}[-./]\d{{1,2}}[-./]\d)",
        rf"[ \t>*]*[-_]{{2,}}[ \t]*(?:{words('original')})[ \t]*[-_]{{2,}}[ \t]*[:：]?[ \t]*$",
        header("sender"),
        header("sent"),
        header("to", "subject"),
        rf"[\s\W_]*(?:{words('sent_from')})\W*$",
        rf"\b(?:{BELOW})",
        rf"[ \t>*-]*(?:{FORWARDED})[ \t*:：-]*$",
    )
    return _Patterns(*(re.compile(pattern, re.IGNORECASE) for pattern in patterns))


def reply_text(text: str) -> tuple[str, int]:
    """The text that was written anew, and how many lines were cut, not counting empty ones. It is never empty if the text isn't."""
    lines = text.replace("\r\n", "\n").split("\n")
    quoted = _quoted_lines(lines)
    end = _end_above_repeated_message(lines, quoted)
    if end < 0:
        return text, 0
    has_author = any(quoted) and _has_author(lines, quoted)
    end = _end_above_tail(lines, quoted, end, has_author)
    kept = lines[:end]
    if has_author and (quote := _only_quote(lines, quoted, end)):
        kept = lines[: quote[0]] + lines[quote[1] : end]
    if not any(map(_WORD.search, kept)):
        return text, 0
    return "\n".join(kept).strip("\n"), sum(map(_has_text, lines)) - sum(map(_has_text, kept))


def _has_text(line: str) -> bool:
    return bool(line) and not line.isspace()


def _quoted_lines(lines: list[str]) -> list[bool]:
    """Whether each line is marked as a quote: with `>`, or with a bar like its neighbour, but not as in a table."""
    quoted = [">" in line and _QUOTE.match(line) is not None for line in lines]
    bars = [line.startswith("|") and _BAR_QUOTE.match(line) is not None for line in lines]
    for i in range(len(lines) - 1):
        if bars[i] and bars[i + 1]:
            quoted[i] = quoted[i + 1] = True
    return quoted


def _quotes(lines: list[str], quoted: list[bool], end: int) -> Iterator[tuple[int, int]]:
    """The start and end of each quote above the line `end`; empty lines within a quote belong to it."""
    start, after = -1, -1
    for i in range(end):
        if quoted[i]:
            start, after = (i if start < 0 else start), i + 1
        elif start >= 0 and _has_text(lines[i]):
            yield start, after
            start = -1
    if start >= 0:
        yield start, after


def _introduction(lines: list[str], start: int) -> int:
    """The line on which the sentence "On 2 Nov 2026, Dana wrote:" above the line `start` begins; `start` if there is none."""
    patterns = _patterns()
    bottom = start
    while bottom > 0 and start - bottom < _MAX_BLANK_LINES and not _has_text(lines[bottom - 1]):
        bottom -= 1
    found, joined = start, ""
    for top in range(bottom - 1, max(bottom - 1 - _MAX_INTRODUCTION_LINES, -1), -1):
        if not _has_text(lines[top]) or len(lines[top]) + len(joined) > _MAX_INTRODUCTION:
            break
        joined = f"{lines[top].strip()} {joined}".strip()
        is_introduction = patterns.wrote.search(joined) and re.search(r"[\d@]", joined)
        if is_introduction and patterns.on.match(joined):
            return top
        if found == start and (is_introduction or patterns.wrote_only.match(joined)):
            found = top
    return found


def _has_author(lines: list[str], quoted: list[bool]) -> bool:
    """Whether any quote is somebody's: lines with `>` may also be the output of a program."""
    patterns = _patterns()
    for count, (start, end) in enumerate(_quotes(lines, quoted, len(lines))):
        if count == _MAX_QUOTES:
            break
        if _introduction(lines, start) < start:
            return True
        inner = [_QUOTE_MARKS.sub("", line, count=1) for line in lines[start : min(end, start + _MAX_INTRODUCTION_LINES)]]
        if any(patterns.sender.match(line) or patterns.addressed.match(line) for line in inner):
            return True
        if any(_introduction(inner, i) < i for i in range(1, len(inner) + 1)) or any(map(_NESTED_QUOTE.match, lines[start:end])):
            return True
    return False


def _end_above_repeated_message(lines: list[str], quoted: list[bool]) -> int:
    """The line at which a message without marks is repeated below its header, as Outlook does it.

    The number of lines if there is none, if nothing stands above it, or if there may be answers in it; -1 if a message
    is passed on.
    """
    patterns = _patterns()
    has_words = False
    for i, line in enumerate(lines):
        if quoted[i] or len(line) > _MAX_INTRODUCTION:
            has_words = has_words or not quoted[i]
            continue
        first = line.strip()[:1]
        if first in ("-", "_", "*") or line.rstrip().endswith((":", "：")):
            if patterns.forwarded.match(line):
                return -1
            is_start = patterns.original.match(line) is not None
        else:
            is_start = False
        if is_start or _is_header(lines, i):
            if not has_words or _is_answered(lines, quoted, i) or any(patterns.below.search(above) for above in lines[:i]):
                return len(lines)
            while i > 0 and (not _has_text(lines[i - 1]) or _SEPARATOR.match(lines[i - 1])):
                i -= 1
            return i
        has_words = has_words or _WORD.search(line) is not None
    return len(lines)


def _is_answered(lines: list[str], quoted: list[bool], start: int) -> bool:
    """Whether more stands between the quotes below a repeated header than what introduces them: answers, perhaps."""
    while start < len(lines) and not quoted[start] and _has_text(lines[start]):
        start += 1
    last = max((i for i in range(start, len(lines)) if quoted[i]), default=start)
    return sum(not quoted[i] and _has_text(lines[i]) for i in range(start, last)) > 2


def _is_header(lines: list[str], i: int) -> bool:
    """Whether a line begins a header that says who sent a message, when and to whom, in any order."""
    if ":" not in lines[i] and "：" not in lines[i]:
        return False
    kinds = (_patterns().sender, _patterns().sent, _patterns().addressed)
    if not any(kind.match(lines[i]) for kind in kinds):
        return False
    header = [line for line in lines[i : i + _MAX_HEADER_LINES] if len(line) <= 4 * _MAX_INTRODUCTION]
    return all(any(map(kind.match, header)) for kind in kinds)


def _end_above_tail(lines: list[str], quoted: list[bool], end: int, has_author: bool) -> int:
    """Where the text ends above everything that only follows it: quotes, signatures, the footer of a mailing list."""
    patterns = _patterns()
    while True:
        while end > 0 and not _has_text(lines[end - 1]):
            end -= 1
        if end == 0:
            return 0
        if has_author and quoted[end - 1]:
            while end > 0 and (quoted[end - 1] or not _has_text(lines[end - 1])):
                end -= 1
            end = _introduction(lines, end)
        elif len(lines[end - 1]) <= _MAX_INTRODUCTION and patterns.sent_from.match(lines[end - 1]):
            end -= 1
        elif (start := _start_of_footer(lines, quoted, end)) < end:
            end = start
        else:
            return end


def _start_of_footer(lines: list[str], quoted: list[bool], end: int) -> int:
    """Where a signature or a mailing list's footer begins that ends above `end`; `end` if there is none."""
    count = 0
    for i in range(end - 1, -1, -1):
        line = lines[i]
        if quoted[i] or count > _MAX_SIGNATURE_LINES:
            break
        if (
            line.startswith("--")
            and line.rstrip() == "--"
            and count <= (_MAX_SIGNATURE_LINES if line != "--" else _MAX_UNSURE_SIGNATURE_LINES)
        ):
            return i
        if count <= _MAX_FOOTER_LINES and _LIST_FOOTER.match(line) and any(map(_LIST_WORDS.search, lines[i + 1 : end])):
            return i
        count += _has_text(line)
    return end


def _only_quote(lines: list[str], quoted: list[bool], end: int) -> tuple[int, int] | None:
    """The start and end of the only quote of a text that answers below it, with nothing above it but a greeting."""
    quotes = _quotes(lines, quoted, end)
    first, second = next(quotes, None), next(quotes, None)
    if first is None or second is not None or first[1] >= end:
        return None
    start = _introduction(lines, first[0])
    above = [line for line in lines[:start] if _has_text(line)]
    is_greeting = len(above) <= 1 and all(len(line) <= _MAX_GREETING and not line.rstrip().endswith((":", "：")) for line in above)
    return (start, first[1]) if is_greeting else None
