"""Callouts: `> [!decision] …` and the like in a note's body, as sentences with their lines."""

import re
from typing import NamedTuple

from vaultcrm.markdown.masking import mask

MAX_SENTENCES = 2000  # per note, so that a stranger's note can't keep a command busy
KINDS = ("decision", "feedback", "preference", "question")
CALENDAR = "calendar"  # the kind of the callout with what a calendar says of a meeting
# the quantifiers are possessive, so that no line takes long
_HEADER = re.compile(r"((?:[ \t>]*+(?:[-*+]|\d{1,9}+[.)])[ \t]++)*+[ \t>]*>[ \t]*+)\[!([a-z]+)((?:\|[^\]]*)?)\][+-]?(.*)", re.IGNORECASE)
OVER = ("superseded", "withdrawn")  # what a callout says of itself: > [!decision|superseded]
_OVER = re.compile(r"\b(?:superseded|withdrawn)\b", re.IGNORECASE)
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)(?:\[.\](?:[ \t]+|$))?(.*)")


class Callout(NamedTuple):
    """One sentence of a callout of one of KINDS; `line` is its line number in the file, `header_line` that of the callout.

    `state` is one of OVER, or "".
    """

    kind: str
    text: str
    line: int
    header_line: int
    state: str


def find_callouts(body: str, first_line: int) -> list[Callout]:
    """The sentences of the callouts in a body that starts at line `first_line`; at most MAX_SENTENCES.

    A callout's title is its sentence. Without a title, or if the title only repeats the kind, each
    item of its list is one, or else its first paragraph. A second header in the same quote starts
    another callout, although Obsidian shows it as text, because that is what its writer meant.
    """
    if "[!" not in body:
        return []
    callouts: list[Callout] = []
    lines = mask(body).split("\n")
    for number, line in enumerate(lines):
        header = _HEADER.match(line.rstrip("\r")) if "[!" in line else None
        kind = header[2].lower() if header else ""
        if header is None or kind not in KINDS:
            continue
        title, start = header[4].strip(" \t*_"), first_line + number
        over = _OVER.search(header[3])
        state = over[0].lower() if over else ""
        if title and title.lower().rstrip(":s") != kind:
            callouts.append(Callout(kind, title, start, start, state))
        else:
            content = _content(lines, number + 1, header[1].count(">"))
            callouts += [Callout(kind, text, start + 1 + offset, start, state) for offset, text in _sentences(content)]
        if len(callouts) >= MAX_SENTENCES:
            break
    return callouts[:MAX_SENTENCES]


def with_state(header: str, state: str) -> str:
    """The first line of a callout with a state of OVER beside its kind: "> [!decision|superseded] …". Other words there stay."""
    match = _HEADER.match(header)
    assert match is not None, "a callout begins with its header"
    words = _OVER.sub(state, match[3], count=1) if _OVER.search(match[3]) else f"{match[3]}|{state}"
    return header[: match.start(3)] + words + header[match.end(3) :]


def _content(lines: list[str], start: int, depth: int) -> list[str]:
    """The lines of a callout from `start`, its second one, in a quote of `depth` levels. Lines of a nested callout are left empty."""
    content: list[str] = []
    is_nested = False
    for line in lines[start : start + MAX_SENTENCES]:
        text = _unquoted(line, depth)
        header = _HEADER.match(line) if text is not None and "[!" in line else None
        if text is None or (header and header[1].count(">") <= depth):
            break
        is_nested = text.startswith(">") and (is_nested or header is not None)
        content.append("" if is_nested else text)
    return content


def _unquoted(line: str, depth: int) -> str | None:
    """A line without its first `depth` quote marks; None if it has fewer, and so ends the quote."""
    quote = re.match(rf"(?:[ \t]*>){{{depth}}}[ \t]?", line)
    return line[quote.end() :].rstrip() if quote else None


def _sentences(content: list[str]) -> list[tuple[int, str]]:
    """The items of a list, or the first paragraph, each with the index of its first line."""
    items = [(line, item[1].strip()) for line, text in enumerate(content) if (item := _ITEM.match(text))]
    if items:
        return [(line, text) for line, text in items if text]  # an empty item or checkbox says nothing
    paragraph: list[str] = []
    first = 0
    for line, text in enumerate(content):
        if text.strip():
            first = first if paragraph else line
            paragraph.append(text.strip())
        elif paragraph:
            break
    return [(first, " ".join(paragraph))] if paragraph else []
