"""Parse and write wikilinks: `[[Target#Heading|display]]`."""

import re
from typing import NamedTuple

from vaultcrm.disk.filenames import title_of_path

# Text with single brackets in it, in pairs or not: of "[[Offer|quote [1]]]" the display is "quote [1]".
_TEXT = r"(?:[^\[\]\r\n]|\[[^\[\]\r\n]*+\](?!\](?!\]))|\[(?!\[)|\](?!\]))*+"
# Its groups are target, heading and display. Compiled on first use: a command that finds nothing new to read meets few links.
WIKILINK = rf"!?\[\[([^\[\]|#\r\n]*+)(#{_TEXT.replace('^', '^|')})?(?:\|({_TEXT}))?\]\]"


class Wikilink(NamedTuple):
    """A parsed wikilink: `target` is a title or a path, `heading` starts with #, `display` is the text that it shows."""

    target: str
    heading: str
    display: str

    @property
    def title(self) -> str:
        """The title of the target: its path without folders and without ".md"."""
        return title_of_path(self.target)


def parse_wikilink(text: str) -> Wikilink | None:
    """The wikilink that the whole text is, or None for any other text."""
    match = re.fullmatch(WIKILINK, text.strip())
    if match is None or not (match[1].strip() or match[2]):
        return None
    return Wikilink(match[1].strip(), match[2] or "", (match[3] or "").strip())


def link_title(text: str | None) -> str | None:
    """The title of the note that a text links to; the text itself if it is not a link."""
    if not text:
        return None
    link = parse_wikilink(text)
    return (link.title or text) if link else text


def without_links(text: str) -> str:
    """The text with each wikilink replaced by what it displays, or by its target's title."""
    if "[[" not in text:
        return text
    return re.sub(WIKILINK, lambda match: match[3] or Wikilink(match[1].strip(), "", "").title or match[0], text)


def link_targets(text: str) -> list[str]:
    """The targets of the wikilinks in a text: titles or paths."""
    if "[[" not in text:
        return []
    return [target for match in re.finditer(WIKILINK, text) if (target := match[1].strip())]


def displayable(text: str) -> str:
    """The text as a link can display it, with spaces for brackets, bars and line breaks, which would end the link."""
    return "".join(" " if char in "[]|\r\n" else char for char in text)


def make_wikilink(title: str, display: str = "") -> str:
    """A link to a note by its title, shown as `display`."""
    return f"[[{title}|{displayable(display)}]]" if display else f"[[{title}]]"
