"""Wikilinks: `[[Target#Heading|shown]]` taken apart, and put together."""

import re
from typing import NamedTuple

# Compiled when first used: a catalogue that has nothing to read meets few links.
_WIKILINK = r"!?\[\[([^\[\]|#]*)(#[^\[\]|]*)?(?:\|([^\[\]]*))?\]\]"


class Wikilink(NamedTuple):
    """Where a link points: `target` is a title or a path without ending, `heading` begins with #."""

    target: str
    heading: str
    display: str

    @property
    def title(self) -> str:
        """The target's title: its path without folders and ending."""
        name = self.target.rpartition("/")[2]
        return name[:-3] if name.lower().endswith(".md") else name


def parse_wikilink(text: str) -> Wikilink | None:
    """The link that a property's text is, or None when it is ordinary text."""
    found = re.fullmatch(_WIKILINK, text.strip())
    if found is None or not (found[1].strip() or found[2]):
        return None
    return Wikilink(found[1].strip(), found[2] or "", (found[3] or "").strip())


def link_title(text: str | None) -> str | None:
    """What a reader calls the thing linked to; ordinary text is its own title."""
    if not text:
        return None
    link = parse_wikilink(text)
    return (link.title or text) if link else text


def without_links(text: str) -> str:
    """A text as one reads it aloud: its links as what they show, or the title they lead to."""
    if "[[" not in text:
        return text
    return re.sub(_WIKILINK, lambda found: found[3] or Wikilink(found[1].strip(), "", "").title or found[0], text)


def displayable(text: str) -> str:
    """A text as a link can show it: brackets and bars would end it."""
    return "".join(" " if char in "[]|" else char for char in text)


def make_wikilink(title: str, shown: str = "") -> str:
    """A link to a note by its title."""
    return f"[[{title}|{displayable(shown)}]]" if shown else f"[[{title}]]"
