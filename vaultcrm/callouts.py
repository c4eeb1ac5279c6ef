"""Callouts: `> [!decision] …` and the like in any body, as sentences with their lines."""

import re
from typing import NamedTuple

from vaultcrm.body import masked

MAX_SENTENCES = 2000  # of one note; a stranger's note must not keep a command busy
KINDS = ("decision", "feedback", "preference", "question")
_MARK = re.compile(r"([ \t>]*>[ \t]*)\[!([a-z]+)(?:\|[^\]]*)?\][+-]?(.*)", re.IGNORECASE)
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[.\][ \t]+)?(.*)")


class Callout(NamedTuple):
    """One sentence of a callout of one of KINDS; `line` is its number within the file."""

    kind: str
    text: str
    line: int


def callouts_in(body: str, first_line: int) -> list[Callout]:
    """What the callouts of a body say: the title; without one, or where it only repeats the kind, each item or the first paragraph.

    A second mark in the same quote begins another callout, as its writer meant it, though
    Obsidian shows it as text. No more than MAX_SENTENCES are given.
    """
    if "[!" not in body:
        return []
    found: list[Callout] = []
    lines = masked(body).split("\n")
    number = 0
    while number < len(lines) and len(found) < MAX_SENTENCES:
        marked = _MARK.match(lines[number].rstrip("\r"))
        number += 1
        kind = marked[2].lower() if marked else ""
        if marked is None or kind not in KINDS:
            continue
        depth, at = marked[1].count(">"), number
        content = []
        while number < len(lines) and (text := _within(lines[number], depth)) is not None and not _MARK.match(lines[number]):
            if len(content) < MAX_SENTENCES:
                content.append(text)
            number += 1
        title = marked[3].strip()
        if title and title.lower().rstrip(":s") != kind:
            found.append(Callout(kind, title, first_line + at - 1))
        else:
            found += [Callout(kind, text, first_line + at + line) for line, text in _sentences(content)]
    return found[:MAX_SENTENCES]


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
