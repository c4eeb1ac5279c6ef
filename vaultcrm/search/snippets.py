"""The line of a file that shows best why it was found, with the matching words marked."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from itertools import takewhile
from typing import NamedTuple

from vaultcrm.markdown.wikilinks import WIKILINK
from vaultcrm.search.fuzzy import glob_matcher, is_within_distance
from vaultcrm.search.query import And, Fuzzy, Or, Text, Tree, Wildcard
from vaultcrm.search.tokens import NUMBER_MARK, is_same_number, is_unsegmented, joined_spans, number_spans, token_spans, tokens

WIDTH = 150  # characters: two lines of a terminal
_SAME_START = 20  # letters by which the line is found where an excerpt begins
_LEAD = 40  # characters shown before the first mark, and searched for a space to cut at
WordMatcher = Callable[[str], bool]


class Snippet(NamedTuple):
    """A piece of one line. `line` is its number in the file, from 1; `marks` are the (start, end) of matching words in `text`."""

    line: int
    text: str
    marks: tuple[tuple[int, int], ...]


def word_matcher(tree: Tree, stemmers: Iterable[Callable[[str], str]]) -> WordMatcher:
    """A function that says whether a word of a text matches some word of a query. Excluded words and properties don't count."""
    exact: set[str] = set()
    prefixes: list[str] = []
    matchers: list[WordMatcher] = []
    stemmed: list[str] = []
    pending = [tree]
    while pending:
        match pending.pop():
            case And(parts) | Or(parts):
                pending += parts
            case Text(words, None, is_prefix, is_quoted, joined):
                exact.update(words)
                exact.update([joined] if joined else [])
                matchers += [partial(is_same_number, joined)] if joined.startswith(NUMBER_MARK) else []
                prefixes += [word for word in words[-1:] if is_prefix and len(word) > 1] + [word for word in words if is_unsegmented(word)]
                if len(words) == 1 and not is_quoted:
                    stemmed += words
            case Wildcard(pattern, None):
                matchers.append(glob_matcher(pattern))
            case Fuzzy(word, distance, None):
                matchers.append(partial(is_within_distance, word, distance=distance))
            case _:
                pass
    roots = [(stem, {stem(word) for word in stemmed if len(word) > 2}) for stem in stemmers]
    first_letters = {word[0] for word in stemmed}  # no stemmer changes the first letter, and most words need no stem then
    known: dict[str, bool] = {}

    def is_match(word: str) -> bool:
        if word not in known:
            known[word] = (
                word in exact
                or word.startswith(tuple(prefixes))
                or (word[0] in first_letters and any(stem(word) in stems for stem, stems in roots if stems))
                or any(matches(word) for matches in matchers)
            )
        return known[word]

    return is_match


def make_snippet(text: str, body_line: int, is_match: WordMatcher, says: str = "") -> Snippet:
    """The line with the most different matching words, preferably in the body; else what the note `says`, its summary or an excerpt.

    `body_line` is the number of the body's first line, from 1. A link in the properties is never shown: it names another note.
    """
    best_rank = (0, 0)
    best: tuple[int, str, list[tuple[int, int]]] | None = None
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        in_body, line = number >= body_line, " ".join(line.split())
        if not in_body and line.endswith(":") and any(is_match(word) for word in tokens(line)):
            line = _with_items(line, lines[number : body_line - 1])
        if not line or (not in_body and (line.startswith(("---", "type:")) or _is_link(line))):
            continue
        spans = (*token_spans(line), *joined_spans(line), *number_spans(line))
        marks = sorted((start, end, word) for word, start, end in spans if is_match(word))
        rank = (2 * len({word for _, _, word in marks}) + (in_body and bool(marks)), min(len(marks), 9))
        if marks and rank > best_rank:
            best_rank, best = rank, (number, line, [(start, end) for start, end, _ in marks])
    return _shorten(*(best or (*_first_line(text, body_line, " ".join(says.split())), [])))


def _with_items(key: str, following: list[str]) -> str:
    """The name of a property with the items of its list, which stand on the lines below it."""
    items = takewhile(lambda item: item.startswith("- "), (" ".join(line.split()) for line in following))
    return f"{key} {', '.join(item[2:] for item in items)}".rstrip()


def _is_link(line: str) -> bool:
    """Whether a line of the properties holds nothing but links: `client: "[[Acme]]"`, `- "[[Dana Roe]]"`."""
    return "[[" in line and not any(map(str.isalnum, re.sub(WIKILINK, "", re.sub(r"^[^:\[\]\"']*:", "", line))))


def _first_line(text: str, body_line: int, says: str) -> tuple[int, str]:
    """What a note says, and the number of the line where that begins; without it, the first line of the body that isn't a heading."""
    lines = text.split("\n")
    start = _letters(says)[:_SAME_START]
    first = next((n for n, line in enumerate(lines, 1) if n >= body_line and line.strip() and not line.startswith("#")), 1)
    if not start:
        return first, " ".join(lines[first - 1].split()) if first >= body_line and not lines[first - 1].startswith("#") else ""
    return next((n for n, line in enumerate(lines, 1) if start in _letters(line)), first), says


def _letters(text: str) -> str:
    """A text without what quotes and mark-up add to it."""
    return "".join(filter(str.isalnum, text.casefold()))


def _shorten(number: int, line: str, marks: list[tuple[int, int]]) -> Snippet:
    """The `WIDTH` characters of a line with the most marks, cut between words, with an ellipsis where text is left out."""
    start, end = 0, len(line)
    if end > WIDTH:
        densest = max((start for start, _ in marks), key=lambda at: sum(at <= start < at + WIDTH - _LEAD for start, _ in marks), default=0)
        start = max(0, min(densest - _LEAD, len(line) - WIDTH))
        end = min(start + WIDTH, len(line))
        if start and (space := line.find(" ", start, start + _LEAD)) >= 0:
            start = space + 1
        if end < len(line) and (space := line.rfind(" ", end - _LEAD, end)) >= 0:
            end = space
    left_ellipsis = "…" * (start > 0)
    shift = len(left_ellipsis) - start
    shortened = left_ellipsis + line[start:end] + "…" * (end < len(line))
    visible = [(mark_start + shift, mark_end + shift) for mark_start, mark_end in marks if mark_start >= start and mark_end <= end]
    return Snippet(number, shortened, tuple(_merge_marks(visible)))


def _merge_marks(marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The marks in order, with those that touch or overlap as one."""
    merged: list[tuple[int, int]] = []
    for start, end in marks:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
