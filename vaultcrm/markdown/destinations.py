"""Markdown links in a text, `[shown](path)` and `[label]: path`, as CommonMark reads them."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from vaultcrm.markdown.masking import is_in_spans

# Every repetition is bounded or possessive, so that a hostile text takes no longer than any other.
_MAX_LINK_TEXT = 1000  # characters between a link's square brackets
_PUNCTUATION = r"[!-/:-@\[-`{-~]"
_ESCAPE = rf"\\{_PUNCTUATION}?+"
_NEW_LINE = r"\r?\n[ \t>]*+(?![\r\n])"  # one line break, and the marks of a quote after it; never a blank line
_GAP = rf"[ \t]*+(?:{_NEW_LINE})?"
# a destination: in angle brackets, or without spaces and with balanced round brackets, two levels deep
_CHAR = rf"[^\x00-\x20\x7f()\\]|{_ESCAPE}"
_GROUP = rf"\((?:{_CHAR}|\((?:{_CHAR}){{0,1000}}+\)){{0,1000}}+\)"
_PATH = rf"<((?:[^<>\\\r\n]|{_ESCAPE}){{0,4000}}+)>|((?!<)(?:{_CHAR}|{_GROUP}){{1,4000}}+)"


def _title(opening: str, closing: str) -> str:
    return rf"{opening}(?:[^{opening}{closing}\\\r\n]|{_ESCAPE}|{_NEW_LINE}){{0,1000}}+{closing}"


_TITLES = "|".join((_title('"', '"'), _title("'", "'"), _title(r"\(", r"\)")))
_TITLE = rf"(?:(?:[ \t]++(?:{_NEW_LINE})?|{_NEW_LINE})(?:{_TITLES}))?"
# Both take milliseconds to compile, so they are compiled on first use: few notes have such links
_INLINE = rf"\]\({_GAP}(?:{_PATH}){_TITLE}{_GAP}\)"
_CONTAINERS = r"(?:[ \t>]*+(?:[-*+]|\d{1,9}+[.)])[ \t]++)*+[ \t>]*+"  # the marks of quotes and list items before a line's own text
_LABEL = rf"\[(?!\^)(?:[^\[\]\\\r\n]|{_ESCAPE}|{_NEW_LINE}){{1,999}}+\]"
_DEFINITION = rf"(?m)^({_CONTAINERS}){_LABEL}:{_GAP}(?:{_PATH}){_TITLE}[ \t]*+(?=\r?$)"
_LIST_MARKER = re.compile(r"[-*+]|\d[.)]")
# a line that is no paragraph, so that a definition may follow it: a heading, a rule or underline, a callout's title, a footnote
_NO_PARAGRAPH = re.compile(r"#{1,6}(?:\s|$)|(?:[-_*=]\s*+)++$|\[![a-zA-Z]+|\[\^[^\]]*\]:")
_BRACKETS = re.compile(r"\\.|[\[\]]|\n[ \t\r]*+\n")
_NOT_A_PATH = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:|//|#|\?|$")
_PATH_END = re.compile(r"(?:&#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6});|[^#])*+")
_QUERY = re.compile(r"(.*?\.\w{1,8})\?")
_DECODED = re.compile(rf"\\({_PUNCTUATION})|&(?:#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|[a-zA-Z][a-zA-Z0-9]{{1,31}});")


class Destination(NamedTuple):
    """A link that leads to a path: where it stands, and where its path does, which ends before "#" or "?"."""

    style: str  # "<" in angle brackets, "(" bare
    start: int
    end: int
    target_start: int
    target_end: int


def find_destinations(text: str, limit: int | None = None) -> Iterator[Destination]:
    """The links to paths in a text whose code and comments are masked; first the definitions, at most `limit`, then those in brackets."""
    definitions = list(islice(_definitions(text), limit)) if "]:" in text else []
    for definition in definitions:
        yield from _destination(definition, definition.end(1), 2)
    if "](" in text:
        link_starts = _link_starts(text)
        spans = [definition.span() for definition in definitions]
        for link in re.finditer(_INLINE, text):
            start = link_starts.get(link.start(), -1)
            if start >= 0 and not is_in_spans(spans, start):
                yield from _destination(link, start, 1)


def _destination(link: "re.Match[str]", start: int, group: int) -> Iterator[Destination]:
    """The destination in `group` or the one after it; nothing for URLs and for headings of the same note."""
    style = "<" if link[group] is not None else "("
    group += style == "("
    raw = link[group]
    if not _NOT_A_PATH.match(decode_path(raw)):
        end = _PATH_END.match(raw).end()  # type: ignore[union-attr]  # it matches the empty text too
        if query := _QUERY.match(raw, 0, end):  # "Who?" without an extension before it is a name
            end = query.end(1)
        yield Destination(style, start, link.end(), link.start(group), link.start(group) + end)


def _link_starts(text: str) -> dict[int, int]:
    """The start of the link, "[" or "![", for each "]" before a "("; brackets pair up within a paragraph."""
    starts: dict[int, int] = {}
    unclosed: list[int] = []
    for bracket in _BRACKETS.finditer(text):
        char, position = bracket[0], bracket.start()
        if char == "[":
            unclosed.append(position)
        elif char == "]":
            opening = unclosed.pop() if unclosed else -1
            if opening >= 0 and text[position + 1 : position + 2] == "(" and position - opening <= _MAX_LINK_TEXT:
                starts[position] = opening - (opening > 0 and text[opening - 1] == "!")
        elif char[0] == "\n":
            unclosed.clear()
    return starts


def _definitions(text: str) -> Iterator["re.Match[str]"]:
    """The definitions of links. One can't interrupt a paragraph: there it is part of the text."""
    last_end = -1
    for definition in re.finditer(_DEFINITION, text):
        if _starts_block(text, definition, last_end):
            last_end = definition.end()
            yield definition


def _starts_block(text: str, definition: "re.Match[str]", last_end: int) -> bool:
    """Whether no paragraph is open where a definition starts; `last_end` is the end of the definition before it."""
    start, containers = definition.start(), definition[1]
    if start == 0 or _LIST_MARKER.search(containers):
        return True
    line_start = text.rfind("\n", 0, start - 1) + 1
    line = text[line_start : start - 1].removesuffix("\r")
    line_containers = re.match(_CONTAINERS, line)
    assert line_containers is not None, "it matches the empty text too"
    content = line[line_containers.end() :]
    return (
        containers.count(">") > line_containers[0].count(">")
        or not content.strip()
        or line_start + len(line) == last_end
        or _NO_PARAGRAPH.match(content) is not None
    )


def decode_path(raw: str) -> str:
    """The path that a link destination means: escapes, HTML entities and percent-encoded bytes decoded."""
    text = _DECODED.sub(_decode, raw) if "\\" in raw or "&" in raw else raw
    if "%" not in text:
        return text
    data = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), text.encode("utf-8"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return text


def _decode(match: "re.Match[str]") -> str:
    if match[1]:
        return match[1]
    from html import entities, unescape  # late: few links contain an entity, and the table of names is large

    return unescape(match[0]) if match[0].startswith("&#") else entities.html5.get(match[0][1:], match[0])
