"""The line of a file that shows best why it was found, with the words that were asked for marked."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from vaultcrm.search.fuzzy import glob_matcher, is_within_distance
from vaultcrm.search.query import And, Fuzzy, Or, Text, Tree, Wildcard
from vaultcrm.search.tokens import is_unsegmented, token_spans

WIDTH = 150  # characters: two lines of a terminal
WordMatcher = Callable[[str], bool]


class Snippet(NamedTuple):
    """A piece of one line. `line` counts from 1 within the file; `marks` are (start, end) in `text`."""

    line: int
    text: str
    marks: tuple[tuple[int, int], ...]


def word_matcher(tree: Tree, stemmers: Iterable[Callable[[str], str]]) -> WordMatcher:
    """Whether a word is one of those that a query asks for."""
    exact: set[str] = set()
    starts: list[str] = []
    others: list[WordMatcher] = []
    stemmed: list[str] = []
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case And(parts) | Or(parts):
                waiting += parts
            case Text(words, None, is_open, is_quoted):
                exact.update(words)
                starts += [word for word in words[-1:] if is_open and len(word) > 1] + [word for word in words if is_unsegmented(word)]
                if len(words) == 1 and not is_quoted:
                    stemmed += words
            case Wildcard(pattern, None):
                others.append(glob_matcher(pattern))
            case Fuzzy(word, distance, None):
                others.append(partial(is_within_distance, word, distance=distance))
            case _:
                pass  # what is forbidden, and what is asked of properties, is not looked for in the text
    roots = [(stem, {stem(word) for word in stemmed if len(word) > 2}) for stem in stemmers]
    known: dict[str, bool] = {}

    def is_asked(word: str) -> bool:
        if word not in known:
            known[word] = (
                word in exact
                or word.startswith(tuple(starts))
                or any(stem(word) in wanted for stem, wanted in roots if wanted)
                or any(fits(word) for fits in others)
            )
        return known[word]

    return is_asked


def make_snippet(text: str, body_line: int, is_asked: WordMatcher) -> Snippet:
    """The line with most of the words, in the body rather than in the properties; else the first line of the body.

    `body_line` is the number of the body's first line.
    """
    best = (0, 0)
    found: tuple[int, str, list[tuple[int, int]]] | None = None
    first: tuple[int, str] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        in_body, line = number >= body_line, " ".join(line.split())
        if not line or (not in_body and line.startswith(("---", "type:"))):
            continue
        if in_body and first is None and not line.startswith("#"):
            first = number, line
        marks = [(start, end, word) for word, start, end in token_spans(line) if is_asked(word)]
        rank = (2 * len({word for _, _, word in marks}) + (in_body and bool(marks)), min(len(marks), 9))
        if marks and rank > best:
            best, found = rank, (number, line, [(start, end) for start, end, _ in marks])
    if found is None:
        number, line = first or (1, "")
        found = number, line, []
    return _shorten(*found)


def _shorten(number: int, line: str, marks: list[tuple[int, int]]) -> Snippet:
    """At most so many characters of a line, those with the most marks, cut between words."""
    start, end = 0, len(line)
    if end > WIDTH:
        most = max(range(len(marks)), key=lambda i: sum(marks[i][0] <= one[0] < marks[i][0] + WIDTH - 40 for one in marks), default=None)
        start = max(0, min((marks[most][0] if most is not None else 0) - 40, len(line) - WIDTH))
        end = min(start + WIDTH, len(line))
        if start and (blank := line.find(" ", start, start + 40)) >= 0:
            start = blank + 1
        if end < len(line) and (blank := line.rfind(" ", end - 40, end)) >= 0:
            end = blank
    before = "…" * (start > 0)
    shift = len(before) - start
    text = before + line[start:end] + "…" * (end < len(line))
    kept = [(a + shift, b + shift) for a, b in marks if a >= start and b <= end]
    return Snippet(number, text, tuple(_joined(kept)))


def _joined(marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Marks that touch or overlap, as one."""
    found: list[tuple[int, int]] = []
    for start, end in marks:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
