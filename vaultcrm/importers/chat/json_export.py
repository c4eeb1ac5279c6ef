"""JSON of other programs: values within limits, escapes that aren't JSON, and large files without holding them.

What is read may have any shape: the functions that take it apart answer with nothing for what isn't there.
"""

import json
import re
from collections.abc import Iterator, Mapping
from mmap import mmap
from typing import TypeAlias

from vaultcrm.importers.encoding import without_surrogates

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_MAX_DEPTH = 200
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKET_OR_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]]', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,:{}\[\]\"]+")
_SPACE = re.compile(rb"\s*")
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.?))', re.DOTALL)


def parse_json(data: bytes) -> Json:
    """The value of a JSON text. Raises ValueError for what can't be read.

    Control characters in strings and escapes such as `\\x1f`, which Telegram writes, are read too.
    """
    text = data.decode("utf-8-sig", "replace")
    try:
        try:
            value: Json = json.loads(text, strict=False)
        except ValueError:
            value = json.loads(_ESCAPE.sub(_valid_escape, text), strict=False)
    except RecursionError as error:
        raise ValueError("It is nested too deeply.") from error
    return value


def _valid_escape(match: re.Match[str]) -> str:
    valid, code, other = match.groups()
    if valid:
        return match[0]
    return f"\\u00{code}" if code else f"\\\\{other}"


def text_of(value: Json, *path: str) -> str:
    """A text within an object, or a number as text; "" for anything else. It can be written as UTF-8."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return without_surrogates(value) if isinstance(value, str) else ""


def list_of(value: Json, *path: str) -> list[Json]:
    """A list within an object; an empty one for anything else."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


def objects_of(value: Json, *path: str) -> list[Mapping[str, Json]]:
    """The objects of a list within an object."""
    return [one for one in list_of(value, *path) if isinstance(one, dict)]


class JsonScanner:
    """Walks through a JSON text, so that a part of it can be read while the rest isn't held. Raises ValueError."""

    def __init__(self, data: "bytes | mmap") -> None:
        self._data = data
        self._position = 3 if data[:3] == b"\xef\xbb\xbf" else 0

    def peek(self) -> bytes:
        """The next character that is no space; b"" at the end."""
        space = _SPACE.match(self._data, self._position)
        self._position = space.end() if space else self._position
        return self._data[self._position : self._position + 1]

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here. The value of each is skipped unless the caller reads it."""
        self._expect(b"{")
        while self.peek() != b"}":
            if self.peek() == b",":
                self._position += 1
                continue
            token = self._match(_STRING)
            key = text_of(parse_json(token)) if b"\\" in token else token[1:-1].decode("utf-8", "replace")
            self._expect(b":")
            self.peek()
            start = self._position
            yield key
            if self._position == start:
                self.value()
        self._position += 1

    def elements(self) -> Iterator[None]:
        """Stops at each element of the list that begins here. An element is skipped unless the caller reads it."""
        self._expect(b"[")
        while self.peek() != b"]":
            if self.peek() == b",":
                self._position += 1
                continue
            start = self._position
            yield
            if self._position == start:
                self.value()
        self._position += 1

    def value(self) -> bytes:
        """The text of the value that begins here."""
        first = self.peek()
        start = self._position
        if first == b'"':
            return self._match(_STRING)
        if first not in (b"{", b"["):
            return self._match(_SCALAR)
        depth = 0
        for token in _BRACKET_OR_STRING.finditer(self._data, start):
            character = token[0][:1]
            if character != b'"':
                depth += 1 if character in b"{[" else -1
                if depth > _MAX_DEPTH:
                    raise ValueError("It is nested too deeply.")
                if depth == 0:
                    self._position = token.end()
                    return self._data[start : self._position]
        raise ValueError("It is cut off.")

    def _expect(self, character: bytes) -> None:
        if self.peek() != character:
            raise ValueError(f"It has no {character.decode()} at byte {self._position:,}." if self.peek() else "It is cut off.")
        self._position += 1

    def _match(self, pattern: re.Pattern[bytes]) -> bytes:
        found = pattern.match(self._data, self._position)
        if found is None:
            raise ValueError(f"It isn't JSON at byte {self._position:,}." if self.peek() not in (b"", b'"') else "It is cut off.")
        self._position = found.end()
        return found[0]
