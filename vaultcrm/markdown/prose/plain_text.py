"""Inline Markdown as plain text: links as what they show, and no marks."""

import re

from vaultcrm.markdown.wikilinks import without_links

_MAY_HAVE_MARKS = re.compile(r"[*_`\[<~=\\&^]")
_EMBED = re.compile(r"!\[\[[^\[\]\n]{0,300}\]\]|!\[[^\[\]\n]{0,300}\]\([^()\n]{0,500}\)")
_LINK = re.compile(
    r"\[([^\[\]\n]{0,300})\](?:\([^()\n]{0,500}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)|\[[^\[\]\n]{0,100}\])|\[\^[^\[\]\n]{1,40}\]"
)
_TAG = re.compile(
    r"</?(?:a|b|br|code|div|em|font|hr|i|img|li|mark|p|s|small|span|strong|sub|sup|td|tr|u|ul)\b[^<>\n]{0,300}>", re.IGNORECASE
)
_ADDRESS = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,500})>")
# marks of two characters where they touch a word, and of one where they touch a word on one side only
_MARKS = re.compile(r"(?:\*\*|__|~~|==)(?=\S)|(?<=\S)(?:\*\*|__|~~|==)|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`+")
_BLOCK_ID = re.compile(r" \^[\w-]+$")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_PRIVATE = 0xE000  # characters that no text has stand for the escaped ones meanwhile
_ENTITIES = {"&nbsp;": " ", "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'"}


def plain_text(line: str) -> str:
    """A line of Markdown without its marks, as it is read: "**See** [[Offer|the offer]]" is "See the offer"."""
    if not _MAY_HAVE_MARKS.search(line):
        return line
    text = _ESCAPE.sub(lambda match: chr(_PRIVATE + ord(match[1])), line) if "\\" in line else line
    text = _EMBED.sub(" ", text) if "![" in text else text
    text = without_links(text)
    if "[" in text:
        text = _LINK.sub(lambda match: match[1] or "", text)
    if "<" in text:
        text = _ADDRESS.sub(r"\1", _TAG.sub(" ", text))
    text = _BLOCK_ID.sub("", _MARKS.sub("", text))
    if "\\" in line:
        text = "".join(chr(ord(char) - _PRIVATE) if _PRIVATE < ord(char) < _PRIVATE + 128 else char for char in text)
    if "&" in text:
        for entity, char in _ENTITIES.items():
            text = text.replace(entity, char)
    return " ".join(text.split())
