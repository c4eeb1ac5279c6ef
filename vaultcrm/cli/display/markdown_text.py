"""The body of a note as text for a terminal: wrapped, headings bold, wikilinks as the text that they show, code as it is."""

import re
from collections.abc import Iterator

from vaultcrm.cli.output import Output
from vaultcrm.cli.terminal import sanitize, width, wrap
from vaultcrm.markdown.masking import is_in_spans, mask, masked_spans
from vaultcrm.markdown.wikilinks import WIKILINK, without_links

MAX_COLUMNS = 100  # longer lines are hard to read
_MIN_COLUMNS = 12  # of text beside the marks of lists and quotes
_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_CALLOUT = re.compile(r"[ >]*>\s*\[![^\]]+\]")
# the marks that a line begins with: quotes, a list item, its checkbox
_MARKS = re.compile(r"[ >]*(?:(?:[-*+]|\d{1,9}[.)]) +(?:\[.\] +)?)?")
_TABLE_OR_RULE = re.compile(r"\s*(?:\||[-*_]{3,}\s*$)")


def render_body(out: Output, body: str) -> list[str]:
    """The lines of a body, sanitized, styled and fitted to the terminal, without blank lines at either end or two in a row."""
    lines: list[str] = []
    for line in _rendered(out, body.replace("\r\n", "\n")):
        if line or (lines and lines[-1]):
            lines.append(line)
    return lines[:-1] if lines and not lines[-1] else lines


def plain_lines(out: Output, text: str) -> list[str]:
    """The lines of a text that can't be read as a note, sanitized and wrapped."""
    columns = _columns(out)
    lines = (sanitize(line.expandtabs(4)).rstrip() for line in text.replace("\r\n", "\n").strip("\n").split("\n"))
    return [part for line in lines for part in wrap(line, columns)] if text.strip() else []


def _columns(out: Output) -> int | None:
    return None if out.columns is None else min(out.columns, MAX_COLUMNS)


def _rendered(out: Output, body: str) -> Iterator[str]:
    columns, spans, visible = _columns(out), masked_spans(body), mask(body, inline=True)
    position = 0
    for line in body.split("\n"):
        start, position = position, position + len(line) + 1
        if line and is_in_spans(spans, start + len(line) - len(line.lstrip(" \t>"))):  # code, or a comment
            yield out.style(sanitize(line.expandtabs(4)).rstrip(), "dim" if "%%" in line or "<!--" in line else "")
            continue
        text = sanitize(_with_links_shown(line, visible[start : start + len(line)]).expandtabs(4)).rstrip()
        if _TABLE_OR_RULE.match(text):
            yield text
        elif _HEADING.match(text):
            yield from (out.style(part, "bold") for part in wrap(text.strip(), columns))
        else:
            style = "bold" if _CALLOUT.match(text) else ""
            yield from (out.style(part, style) for part in _wrapped(text, columns))


def _with_links_shown(line: str, visible: str) -> str:
    """The line with each wikilink as the text that it shows; `visible` is the line with spaces in place of code."""
    if "[[" not in visible:
        return line
    parts, position = [], 0
    for link in re.finditer(WIKILINK, visible):
        parts += [line[position : link.start()], without_links(link[0])]
        position = link.end()
    return "".join([*parts, line[position:]])


def _wrapped(text: str, columns: int | None) -> list[str]:
    """A line broken between words; what follows a list item is indented below it, and each line of a quote keeps its marks."""
    if columns is None or width(text) <= columns:
        return [text]
    found = _MARKS.match(text)
    marks = found[0] if found else ""
    following = "".join(char if char == ">" else " " for char in marks)
    first, *rest = wrap(text[len(marks) :], max(columns - width(marks), _MIN_COLUMNS)) or [""]
    return [marks + first, *(following + part for part in rest)]
