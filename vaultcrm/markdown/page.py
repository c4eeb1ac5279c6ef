"""One Markdown file, split and joined byte for byte."""

import re
from dataclasses import dataclass
from typing import Literal

from vaultcrm.errors import Unreadable

BOM = b"\xef\xbb\xbf"
_OPEN = re.compile(rb"---[ \t]*(?:\r\n|\n)")
_CLOSE = re.compile(rb"^---[ \t]*(?:\r\n|\n|\Z)", re.MULTILINE)
_TOML = re.compile(rb"\+\+\+[ \t]*\r?\n")
_JSON = re.compile(rb'\{\s*"')

FrontMatterKind = Literal["none", "yaml", "unclosed", "toml", "json", "other"]


@dataclass(frozen=True, slots=True)
class Page:
    """`before + block + after` is the file.

    `before` holds the BOM and the opening line, `block` the YAML, `after` the closing line and the
    body. Without YAML front matter all of the file but a BOM is in `after`.
    """

    before: bytes
    block: bytes
    after: bytes
    kind: FrontMatterKind

    def join(self) -> bytes:
        return self.before + self.block + self.after

    @property
    def body_start(self) -> int:
        """Where in `after` the body begins: behind the closing line."""
        found = _CLOSE.match(self.after) if self.kind == "yaml" else None
        return found.end() if found else 0

    @property
    def body(self) -> str:
        """The text behind the front matter, with its own line endings."""
        return self.after[self.body_start :].decode("utf-8")

    @property
    def body_line(self) -> int:
        """The number, from 1, of the line on which the body begins."""
        return 1 + (self.before + self.block + self.after[: self.body_start]).count(b"\n")

    @property
    def newline(self) -> str:
        """The line ending of the front matter, or of the file where there is none."""
        return "\r\n" if b"\r\n" in (self.before if self.kind == "yaml" else self.after[:4096]) else "\n"

    @property
    def text(self) -> str:
        """The YAML as text. Raises Unreadable when it is not UTF-8."""
        try:
            return self.block.decode("utf-8")
        except UnicodeDecodeError as error:
            line = 2 + self.block[: error.start].count(b"\n")
            raise Unreadable("The properties are not UTF-8.", line, "encoding") from error


def split_page(data: bytes) -> Page:
    """Take a file apart; nothing is an error here, and joining gives the same bytes."""
    at = len(BOM) if data.startswith(BOM) else 0
    if opened := _OPEN.match(data, at):
        closed = _CLOSE.search(data, opened.end())
        if closed is None:
            return Page(data[:at], b"", data[at:], "unclosed")
        return Page(data[: opened.end()], data[opened.end() : closed.start()], data[closed.start() :], "yaml")
    kind: FrontMatterKind = "none"
    if _TOML.match(data, at):
        kind = "toml"
    elif _JSON.match(data, at):
        kind = "json"
    elif data.startswith((b"---", b";;;"), at) and not data.startswith(b"----", at):
        kind = "other"  # "---toml", ";;;" and the like: somebody's front matter, not ours
    return Page(data[:at], b"", data[at:], kind)
