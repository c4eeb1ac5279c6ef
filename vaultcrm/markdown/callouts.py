"""Callouts: `> [!decision] …` and the like in any body, as sentences with their lines."""

import re
from typing import NamedTuple

from vaultcrm.markdown.masking import mask

MAX_SENTENCES = 2000  # of one note; a stranger's note must not keep a command busy
KINDS = ("decision", "feedback", "preference", "question")
# what has been taken is not given back, so that no line takes long
_MARK = re.compile(r"((?:[ \t>]*+(?:[-*+]|\d{1,9}+[.)])[ \t]++)*+[ \t>]*>[ \t]*+)\[!([a-z]+)(?:\|[^\]]*)?\][+-]?(.*)", re.IGNORECASE)
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[.\][ \t]+)?(.*)")


class Callout(NamedTuple):
    """One sentence of a callout of one of KINDS; `line` is its number within the file."""

    kind: str
    text: str
    line: int


def find_callouts(body: str, first_line: int) -> list[Callout]:
    """What the callouts of a body say: the title; without one, or where it only repeats the kind, each item or the first paragraph.

    A second mark in the same quote begins another callout, as its writer meant it, though
    Obsidian shows it as text. No more than MAX_SENTENCES are given.
    """
    if "[!" not in body:
        return []
    found: list[Callout] = []
    lines = mask(body).split("\n")
    for number, line in enumerate(lines):
        marked = _MARK.match(line.rstrip("\r")) if "[!" in line else None
        kind = marked[2].lower() if marked else ""
        if marked is None or kind not in KINDS:
            continue
        title = marked[3].strip(" \t*_")
        if title and title.lower().rstrip(":s") != kind:
            found.append(Callout(kind, title, first_line + number))
        else:
            content = _content(lines, number + 1, marked[1].count(">"))
            found += [Callout(kind, text, first_line + number + 1 + below) for below, text in _sentences(content)]
        if len(found) >= MAX_SENTENCES:
            break
    return found[:MAX_SENTENCES]


def _content(lines: list[str], start: int, depth: int) -> list[str]:
    """The lines of a callout whose quote has some depth, from its second one on; what stands in a callout within it is left empty."""
    content: list[str] = []
    within = False
    for line in lines[start : start + MAX_SENTENCES]:
        text = _within(line, depth)
        marked = _MARK.match(line) if text is not None and "[!" in line else None
        if text is None or (marked and marked[1].count(">") <= depth):
            break
        within = text.startswith(">") and (within or marked is not None)
        content.append("" if within else text)
    return content


def _within(line: str, depth: int) -> str | None:
    """A line's text inside a quote of some depth; None when the quote has ended before it."""
    quoted = re.match(rf"(?:[ \t]*>){{{depth}}}[ \t]?", line)
    return line[quoted.end() :].rstrip() if quoted else None


def _sentences(content: list[str]) -> list[tuple[int, str]]:
    """The items of a list, or the first paragraph, each with the line on which it begins, counted from 0."""
    items = [(line, item[1].strip()) for line, text in enumerate(content) if (item := _ITEM.match(text)) and item[1].strip()]
    if items:
        return items
    paragraph: list[str] = []
    first = 0
    for line, text in enumerate(content):
        if text.strip():
            first = first if paragraph else line
            paragraph.append(text.strip())
        elif paragraph:
            break
    return [(first, " ".join(paragraph))] if paragraph else []
