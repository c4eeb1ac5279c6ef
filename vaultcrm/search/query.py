"""The language of search: what somebody types becomes a tree. Nothing that can be typed is an error.

    pricing "two options" client:acme -draft (quote OR invoice) web* recieve~ date:2026-03..

Words must all be there; OR stands between two and binds tighter than a blank; `-` or NOT forbids;
`key:value` asks for a property. The last word may be the beginning of one. What looks like syntax
and is none is a word.
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple, TypeAlias

from vaultcrm.normalize import fold
from vaultcrm.search.tokens import is_unsegmented, plain, query_tokens

MAX_TERMS = 32  # of one query; who pastes a page wants its beginning


class Text(NamedTuple):
    """Words side by side, in the whole note or in the property `key`.

    The last one may be only the beginning of a word when `is_open`. `is_quoted`: just these words, not others of their stem.
    """

    words: tuple[str, ...]
    key: str | None = None
    is_prefix: bool = False
    is_quoted: bool = False

    @property
    def is_bare(self) -> bool:
        """Neither quoted nor asked of a property: these words, in any form, anywhere."""
        return self.key is None and not self.is_quoted


class Wild(NamedTuple):
    """A word with `*` for any letters and `?` for one."""

    pattern: str
    key: str | None = None


class Fuzzy(NamedTuple):
    """A word spelled nearly so: within `distance` letters."""

    word: str
    distance: int
    key: str | None = None


class Field(NamedTuple):
    """What stands behind `key:`, before it is known what it means there: a name, a day, words."""

    key: str
    value: str
    is_quoted: bool = False


class Not(NamedTuple):
    part: "Tree"


class And(NamedTuple):
    parts: "tuple[Tree, ...]"


class Or(NamedTuple):
    parts: "tuple[Tree, ...]"


class PathSet(NamedTuple):
    """What the catalogue answered: notes that lie in one of `folders`, or are one of `paths`."""

    folders: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


class ValueSet(NamedTuple):
    """Notes whose property `key` has one of some whole values, such as days and months."""

    key: str
    values: tuple[str, ...]


Tree: TypeAlias = Text | Wild | Fuzzy | Field | Not | And | Or | PathSet | ValueSet
MATCH_NOTHING = Or(())
MATCH_EVERYTHING = And(())

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_LEXEME = re.compile(r"""[()]|-?(?:[^\s":()]+:)?"[^"]*(?:"|\Z)|[^\s()]+""")
_OPERATORS = ("OR", "|", "||", "AND", "&&", "NOT")
_TERM = re.compile(r'(-?)(?:([^\W\d][\w.-]*):)?("?)(.*)', re.DOTALL)


class _Lexeme(NamedTuple):
    text: str
    is_prefix: bool = False  # the last word: it may be the beginning of one


def parse_query(text: str, is_key: Callable[[str], bool]) -> Tree:
    """The tree of a query. `is_key` says which words before a colon are properties; `12:30` is none."""
    found = [one[0] for one in islice(_LEXEME.finditer(text.translate(_QUOTES)), 4 * MAX_TERMS)]
    words_ = [number for number, lexeme in enumerate(found) if _is_word(lexeme, is_key)]
    tree = _Parser([_Lexeme(lexeme, number in words_[-1:]) for number, lexeme in enumerate(found)], is_key).all()
    return (word_query(text) or MATCH_EVERYTHING) if tree == MATCH_EVERYTHING else tree  # "OR" alone is a word after all


def _is_word(lexeme: str, is_key: Callable[[str], bool]) -> bool:
    """Whether a lexeme is a bare word, neither syntax nor quoted nor a property."""
    found = _TERM.fullmatch(lexeme)
    if found is None or lexeme in _OPERATORS or lexeme in "()":
        return False
    _, key, quote, rest = found.groups()
    return not quote and not (key and rest and is_key(fold(key))) and bool(query_tokens(rest))


class _Parser:
    """Reads lexemes from left to right; a parenthesis without its other half is closed by the end, or left out."""

    def __init__(self, lexemes: list[_Lexeme], is_key: Callable[[str], bool]) -> None:
        self.lexemes = lexemes
        self.is_key = is_key
        self.at = 0
        self.terms = 0
        self.depth = 0

    def next(self) -> str | None:
        return self.lexemes[self.at].text if self.at < len(self.lexemes) else None

    def all(self) -> Tree:
        parts: list[Tree] = []
        either = False
        while (text := self.next()) is not None:
            if text == ")":
                self.at += 1
                if self.depth:
                    break
            elif text in ("OR", "|", "||"):
                self.at += 1
                either = bool(parts)
            elif text in ("AND", "&&"):
                self.at += 1
            elif (part := self.one()) is not None:
                if either:
                    before = parts.pop()
                    parts.append(Or((*before.parts, part) if isinstance(before, Or) else (before, part)))
                else:
                    parts.append(part)
                either = False
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one(self) -> Tree | None:
        lexeme = self.lexemes[self.at]
        self.at += 1
        if lexeme.text == "(":
            return self._group()
        following = self.next()
        if (lexeme.text == "NOT" and following not in (None, ")", "OR", "|", "AND")) or (lexeme.text == "-" and following == "("):
            part = self.one()
            return Not(part) if part is not None else None
        return self._term(lexeme)

    def _group(self) -> Tree | None:
        if self.depth >= 20:  # more is no thought of a person, and Python's stack is not for it
            return None
        self.depth += 1
        part = self.all()
        self.depth -= 1
        return part if part != MATCH_EVERYTHING else None

    def _term(self, lexeme: _Lexeme) -> Tree | None:
        if self.terms >= MAX_TERMS:
            return None
        found = _TERM.fullmatch(lexeme.text)
        assert found is not None  # the last group takes anything
        minus, key, quote, rest = found.groups()
        if minus and not key and not rest.strip('"'):
            return None
        if key is not None and (not rest.strip('"') or not self.is_key(fold(key))):
            key, rest = None, f"{key}:{rest}"
        if quote:
            rest = rest.removesuffix('"')
        part: Tree | None = (
            Field(fold(key), rest, bool(quote)) if key else word_query(rest, None, lexeme.is_prefix and not minus, bool(quote))
        )
        if part is not None:
            self.terms += 1
        return Not(part) if minus and part is not None else part


def word_query(text: str, key: str | None = None, is_prefix: bool = False, is_quoted: bool = False) -> Tree | None:
    """The tree of one word as it was typed, of a phrase where it is quoted or falls into several; None for no word."""
    if not is_quoted and (fuzzy := re.fullmatch(r"\W*(\w+)~([12]?)", text)) and len(found := query_tokens(fuzzy[1])) == 1:
        return Fuzzy(found[0], int(fuzzy[2] or (1 if len(found[0]) < 6 else 2)), key)
    found = query_tokens(text)
    if not found:
        return None
    if not is_quoted and (pattern := _pattern(text)):
        # what is indexed in pairs of letters has no words that a star could end; it is looked for as it begins
        return Text(tuple(found), key, is_prefix=True) if any(map(is_unsegmented, found)) else Wild(pattern, key)
    return Text(tuple(found), key, is_prefix, is_quoted)


def _pattern(text: str) -> str | None:
    """A word with wildcards. A question mark at its end is punctuation; stars around it are too many for one: **bold**."""
    if re.fullmatch(r"([*_]{2,}).*\1", text):
        return None
    stem = plain(text).rstrip("?!.,;").strip("\"'")
    if "*" not in stem and "?" not in stem:
        return None
    pattern = re.sub(r"\*+", "*", stem)
    return pattern if re.fullmatch(r"[\w*?]+", pattern) and pattern.strip("*?_") else None
