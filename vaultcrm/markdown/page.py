"""One Markdown file, split into front matter and body and joined again byte for byte."""

import re
from dataclasses import dataclass
from typing import Literal

from vaultcrm.errors import Unreadable

BOM = b"\xef\xbb\xbf"
_OPENING_LINE = re.compile(rb"---[ \t]*(?:\r\n|\n)")
_CLOSING_LINE = re.compile(rb"^---[ \t]*(?:\r\n|\n|\Z)", re.MULTILINE)
_TOML = re.compile(rb"\+\+\+[ \t]*\r?\n")
_JSON = re.compile(rb'\{\s*"')

FrontMatterKind = Literal["none", "yaml", "unclosed", "toml", "json", "other"]


@dataclass(frozen=True, slots=True)
class Page:
    """A file in three parts: `before + block + after` are its bytes.

    `before` is the BOM and the opening line, `block` the YAML, `after` the closing line and the body.
    Without YAML front matter, `before` is the BOM and `after` the rest of the file.
    """

    before: bytes
    block: bytes
    after: bytes
    kind: FrontMatterKind

    def join(self) -> bytes:
        return self.before + self.block + self.after

    @property
    def body_start(self) -> int:
        """The index in `after` at which the body starts: after the closing line."""
        closing = _CLOSING_LINE.match(self.after) if self.kind == "yaml" else None
        return closing.end() if closing else 0

    @property
    def body_bytes(self) -> bytes:
        """The bytes after the front matter."""
        return self.after[self.body_start :]

    @property
    def body(self) -> str:
        """The text after the front matter, with its own line endings."""
        return self.body_bytes.decode("utf-8")

    @property
    def body_line(self) -> int:
        """The line number in the file, from 1, at which the body starts."""
        return 1 + (self.before + self.block + self.after[: self.body_start]).count(b"\n")

    @property
    def newline(self) -> str:
        """The line ending of the front matter; without front matter, that of the first 4 KiB of the file."""
        return "\r\n" if b"\r\n" in (self.before if self.kind == "yaml" else self.after[:4096]) else "\n"

    @property
    def text(self) -> str:
        """The YAML as text. Raises Unreadable if it is not UTF-8."""
        try:
            return self.block.decode("utf-8")
        except UnicodeDecodeError as error:
            line = 2 + self.block[: error.start].count(b"\n")
            raise Unreadable("The properties are not UTF-8.", line, "encoding") from error


def split_page(data: bytes) -> Page:
    """Split a file. Never raises: `kind` says whether there is front matter that can be read."""
    start = len(BOM) if data.startswith(BOM) else 0
    if opening := _OPENING_LINE.match(data, start):
        closing = _CLOSING_LINE.search(data, opening.end())
        if closing is None:
            return Page(data[:start], b"", data[start:], "unclosed")
        return Page(data[: opening.end()], data[opening.end() : closing.start()], data[closing.start() :], "yaml")
    kind: FrontMatterKind = "none"
    if _TOML.match(data, start):
        kind = "toml"
    elif _JSON.match(data, start):
        kind = "json"
    elif data.startswith((b"---", b";;;"), start) and not data.startswith(b"----", start):
        kind = "other"  # "---toml", ";;;" and the like: front matter of other programs
    return Page(data[:start], b"", data[start:], kind)
