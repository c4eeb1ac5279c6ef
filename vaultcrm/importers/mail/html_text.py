"""The HTML of a mail as Markdown: the only place that imports html-to-markdown."""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from html_to_markdown import ConversionOptions

MAX_HTML = 1_000_000  # characters that are read
_MAX_CELLS = 50_000  # of tables: each row is filled up to the longest one
_MAX_DEPTH = 150  # of elements; quotes in quotes take memory by the square of it
_MAX_GROWTH = 4  # times as much Markdown as HTML
_HEADING = re.compile(r"^([> ]*)#{1,6} +(.*\S)", re.MULTILINE)
_HARD_BREAK = re.compile(r" {2,}$", re.MULTILINE)
_CELL = re.compile(r"<t[dh]\b", re.IGNORECASE)
# What isn't text for a person, from its beginning to its end
_HIDDEN = (("<!--", "-->"), *((f"<{tag}", f"</{tag}>") for tag in ("script", "style", "title", "template", "noscript", "object")))
_BLOCK_TAG = re.compile(
    r"</?(?:address|blockquote|br|dd|div|dl|dt|fieldset|h[1-6]|hr|li|ol|p|pre|section|table|td|th|tr|ul)\b[^<>]*+>", re.IGNORECASE
)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*+>")


def html_text(html: str) -> str:
    """The text of the HTML as Markdown, with its links, lists, tables and quotes, without images and what is hidden.

    HTML that the library doesn't read as a whole gives its plain text. The result isn't inert.
    """
    from html_to_markdown import ConversionError, convert  # late: most mails have a plain text, and 22 MB are loaded

    html = html[:MAX_HTML].replace("\0", "")
    rows = html.lower().split("<tr")
    if len(rows) * max(len(_CELL.findall(row)) for row in rows) > _MAX_CELLS:
        return plain_text(html)
    try:
        result = convert(html, _options())
    except (ConversionError, ValueError, RuntimeError):
        return plain_text(html)
    text = result.content or ""
    if result.warnings or not text.strip() or len(text) > _MAX_GROWTH * len(html) + 1000:
        return plain_text(html)
    return _HARD_BREAK.sub("", _HEADING.sub(r"\1**\2**", text)).strip("\n")  # a stranger's heading would be one of the note's


@cache
def _options() -> "ConversionOptions":
    from html_to_markdown import ConversionOptions

    # With metadata, the text would begin with a block of properties.
    return ConversionOptions(
        extract_metadata=False,
        skip_images=True,
        bullets="-",
        highlight_style="none",
        include_blockquote_citations=False,
        max_depth=_MAX_DEPTH,
    )


def plain_text(html: str) -> str:
    """The text of HTML without any marks, in lines where its blocks end.

    Python's html.parser takes quadratic time for comments that aren't closed; this takes linear time for anything.
    """
    from html import unescape

    text = html[:MAX_HTML]
    for start, end in _HIDDEN:
        text = _without_hidden(text, start, end)
    text = unescape(_TAG.sub("", _BLOCK_TAG.sub("\n", " ".join(text.split()))))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in text.split("\n"))).strip("\n")


def _without_hidden(text: str, start: str, end: str) -> str:
    """The text without what begins with `start` and ends with `end`; what doesn't end stays."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter that is two in lower case
        lower = text
    parts: list[str] = []
    position = 0
    while (first := lower.find(start, position)) >= 0 and (last := lower.find(end, first)) >= 0:
        parts.append(text[position:first])
        position = last + len(end)
    return "".join([*parts, text[position:]])
