"""The HTML of a mail as Markdown: the only place that imports html-to-markdown."""

import re
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from html_to_markdown import ConversionOptions

MAX_HTML = 1_000_000  # characters that are read
_MAX_GROWTH = 4  # a table of many columns and empty rows makes a thousand times as much Markdown
_HEADING = re.compile(r"^([> ]*)#{1,6} +(.*\S)", re.MULTILINE)
_HARD_BREAK = re.compile(r" {2,}$", re.MULTILINE)
# no text for a person in these
_HIDDEN = frozenset(("head", "style", "script", "title", "template", "noscript", "object"))
_BREAKS = frozenset(
    "address article blockquote br dd div dl dt fieldset h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul".split()
)


def html_text(html: str) -> str:
    """The text of the HTML as Markdown, with its links, lists, tables and quotes, without images and what is hidden.

    HTML that the library doesn't read as a whole gives its plain text. The result isn't inert.
    """
    from html_to_markdown import ConversionError, convert  # late: most mails have a plain text, and 22 MB are loaded

    html = html[:MAX_HTML].replace("\0", "")
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
        extract_metadata=False, skip_images=True, bullets="-", highlight_style="none", include_blockquote_citations=False
    )


def plain_text(html: str) -> str:
    """The text of HTML without any marks, in lines where its blocks end."""
    parser = _TextParser()
    parser.feed(html[:MAX_HTML])
    parser.close()
    lines = [" ".join(line.split()) for line in "".join(parser.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


class _TextParser(HTMLParser):
    """Collects the text outside of what is hidden."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _HIDDEN:
            self.hidden = self.hidden or tag
        elif tag == "body":
            self.hidden = ""  # a head that isn't closed hides no text
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.hidden:
            self.hidden = ""
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data.replace("\n", " "))
