"""The query language: what the user types becomes a tree. Any text is a valid query.

    pricing "two options" client:acme -draft (quote OR invoice) web* recieve~ date:2026-03..

All words must match. OR joins two alternatives and binds tighter than a space; `-` or NOT excludes;
`key:value` asks for a property. The last word may be a prefix. Anything that looks like syntax but
isn't is searched as a word.
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple, TypeAlias

from vaultcrm.normalize import fold
from vaultcrm.search.tokens import is_unsegmented, joined_words, number_spans, number_term, plain, query_tokens

MAX_TERMS = 32  # of one query; of a pasted page, the beginning counts
_MAX_DEPTH = 20  # of parentheses; nobody means more, and Python's stack is limited


class Text(NamedTuple):
    """Words side by side, in the whole note or in the property `key`.

    With `is_prefix`, the last one may be the beginning of a word. With `is_quoted`, other words of the same stem don't match.
    `joined` is the word that they make if they were joined by hyphens, or the term of the number that they are; it matches as well.
    """

    words: tuple[str, ...]
    key: str | None = None
    is_prefix: bool = False
    is_quoted: bool = False
    joined: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether these words match in any form and in any part of a note: neither quoted nor in a property."""
        return self.key is None and not self.is_quoted


class Wildcard(NamedTuple):
    """A word in which `*` stands for any letters and `?` for one."""

    pattern: str
    key: str | None = None


class Fuzzy(NamedTuple):
    """A word with a similar spelling: at most `distance` letters differ."""

    word: str
    distance: int
    key: str | None = None


class Field(NamedTuple):
    """A property asked for as `key:value`, before the value is resolved to a name, a date or words."""

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
    """Notes that the catalogue found: those in one of `folders`, and those in `paths`."""

    folders: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


class ValueSet(NamedTuple):
    """Notes whose property `key` has one of some whole values: days, months or years."""

    key: str
    values: tuple[str, ...]


Tree: TypeAlias = Text | Wildcard | Fuzzy | Field | Not | And | Or | PathSet | ValueSet
MATCH_NOTHING = Or(())
MATCH_EVERYTHING = And(())

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_LEXEME = re.compile(r"""[()]|-?(?:[^\s":()]+:)?"[^"]*(?:"|\Z)|[^\s()]+""")
_OPERATORS = ("OR", "|", "||", "AND", "&&", "NOT")
_TERM = re.compile(r'(-?)(?:([^\W\d][\w.-]*):)?("?)(.*)', re.DOTALL)


class _Lexeme(NamedTuple):
    text: str
    is_prefix: bool = False  # true of the last word


def parse_query(text: str, is_key: Callable[[str], bool]) -> Tree:
    """The tree of a query. `is_key` says whether a folded word before a colon is a property; `12:30` isn't one.

    A query without a word, such as "" or "()", is `MATCH_EVERYTHING`.
    """
    lexemes = [match[0] for match in islice(_LEXEME.finditer(_join_numbers(text.translate(_QUOTES))), 4 * MAX_TERMS)]
    word_numbers = [number for number, lexeme in enumerate(lexemes) if _is_word(lexeme, is_key)]
    tree = _Parser([_Lexeme(lexeme, number in word_numbers[-1:]) for number, lexeme in enumerate(lexemes)], is_key).parse_all()
    return (word_query(text) or MATCH_EVERYTHING) if tree == MATCH_EVERYTHING else tree  # an "OR" alone is a word


def _join_numbers(text: str) -> str:
    """The text with hyphens for the blanks and brackets in telephone numbers: "(077) 00-900-417" is no group of words."""
    for _, start, end in reversed(list(number_spans(text))):
        before = text[:start].rstrip("+(")
        number = text[start:end]
        if re.search(r"[\s()]", number) and (not before.endswith(":") or text[len(before)] in "+(0"):
            sign = "+" if "+" in text[len(before) : start] else ""
            text = before + sign + re.sub(r"[\s()]+-?", "-", number.replace("(0)", "")) + text[end:]
    return text


def _is_word(lexeme: str, is_key: Callable[[str], bool]) -> bool:
    """Whether a lexeme is a bare word: not syntax, not quoted, not a property."""
    match = _TERM.fullmatch(lexeme)
    if match is None or lexeme in _OPERATORS or lexeme in "()":
        return False
    _, key, quote, rest = match.groups()
    if key and not rest:  # "due:" without a value, which is searched as a word
        return True
    return not quote and not (key and is_key(fold(key))) and bool(query_tokens(rest))


class _Parser:
    """Reads lexemes from left to right. An unmatched "(" ends with the query; an unmatched ")" is ignored."""

    def __init__(self, lexemes: list[_Lexeme], is_key: Callable[[str], bool]) -> None:
        self.lexemes = lexemes
        self.is_key = is_key
        self.position = 0
        self.terms = 0
        self.depth = 0

    def peek(self) -> str | None:
        """The text of the next lexeme; None at the end."""
        return self.lexemes[self.position].text if self.position < len(self.lexemes) else None

    def parse_all(self) -> Tree:
        """The parts up to the end, or up to the parenthesis that closes this group."""
        parts: list[Tree] = []
        is_after_or = False
        while (text := self.peek()) is not None:
            if text == ")":
                self.position += 1
                if self.depth:
                    break
            elif text in ("OR", "|", "||"):
                self.position += 1
                is_after_or = bool(parts)
            elif text in ("AND", "&&"):
                self.position += 1
            elif (part := self.parse_one()) is not None:
                if is_after_or:
                    left = parts.pop()
                    parts.append(Or((*left.parts, part) if isinstance(left, Or) else (left, part)))
                else:
                    parts.append(part)
                is_after_or = False
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def parse_one(self) -> Tree | None:
        """One term, negation or group; None if it has no words."""
        lexeme = self.lexemes[self.position]
        self.position += 1
        if lexeme.text == "(":
            return self._group()
        following = self.peek()
        if (lexeme.text == "NOT" and following not in (None, ")", "OR", "|", "AND")) or (lexeme.text == "-" and following == "("):
            part = self.parse_one()
            return Not(part) if part is not None else None
        return self._term(lexeme)

    def _group(self) -> Tree | None:
        if self.depth >= _MAX_DEPTH:
            return None
        self.depth += 1
        part = self.parse_all()
        self.depth -= 1
        return part if part != MATCH_EVERYTHING else None

    def _term(self, lexeme: _Lexeme) -> Tree | None:
        if self.terms >= MAX_TERMS:
            return None
        match = _TERM.fullmatch(lexeme.text)
        assert match is not None  # the last group matches anything
        minus, key, quote, rest = match.groups()
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
    """The tree of a word as it was typed, or of a phrase if it is quoted or has several tokens. None if it has no token."""
    if not is_quoted and (fuzzy := re.fullmatch(r"\W*(\w+)~([12]?)", text)) and len(words := query_tokens(fuzzy[1])) == 1:
        return Fuzzy(words[0], int(fuzzy[2] or (1 if len(words[0]) < 6 else 2)), key)
    words = query_tokens(text)
    if not words:
        return None
    if not is_quoted and (pattern := _wildcard_pattern(text)):
        # a script that is indexed as pairs of letters has no words for a star to complete, so the letters are a prefix
        return Text(tuple(words), key, is_prefix=True) if any(map(is_unsegmented, words)) else Wildcard(pattern, key)
    if numbers := list(number_spans(text)):
        joined = [number_term(text)] if len(numbers) == 1 and number_term(text) == numbers[0][0] else []
    else:
        joined = joined_words(text) if len(words) > 1 and not is_quoted else []
    return Text(tuple(words), key, is_prefix, is_quoted, joined[0] if len(joined) == 1 else "")


def _wildcard_pattern(text: str) -> str | None:
    """A word with wildcards; None if it has none. A question mark at its end is punctuation, and **bold** is markup."""
    if re.fullmatch(r"([*_]{2,}).*\1", text):
        return None
    word = plain(text).rstrip("?!.,;").strip("\"'")
    if "*" not in word and "?" not in word:
        return None
    pattern = re.sub(r"\*+", "*", word)
    return pattern if re.fullmatch(r"[\w*?]+", pattern) and pattern.strip("*?_") else None
