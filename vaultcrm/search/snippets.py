"""The line of a file that shows best why it was found, with the matching words marked."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from vaultcrm.search.fuzzy import glob_matcher, is_within_distance
from vaultcrm.search.query import And, Fuzzy, Or, Text, Tree, Wildcard
from vaultcrm.search.tokens import is_unsegmented, joined_spans, token_spans

WIDTH = 150  # characters: two lines of a terminal
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
    known: dict[str, bool] = {}

    def is_match(word: str) -> bool:
        if word not in known:
            known[word] = (
                word in exact
                or word.startswith(tuple(prefixes))
                or any(stem(word) in stems for stem, stems in roots if stems)
                or any(matches(word) for matches in matchers)
            )
        return known[word]

    return is_match


def make_snippet(text: str, body_line: int, is_match: WordMatcher) -> Snippet:
    """The line with the most different matching words, preferably in the body; else the first line of the body that isn't a heading.

    `body_line` is the number of the body's first line, from 1.
    """
    best_rank = (0, 0)
    best: tuple[int, str, list[tuple[int, int]]] | None = None
    first: tuple[int, str] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        in_body, line = number >= body_line, " ".join(line.split())
        if not line or (not in_body and line.startswith(("---", "type:"))):
            continue
        if in_body and first is None and not line.startswith("#"):
            first = number, line
        marks = sorted((start, end, word) for word, start, end in (*token_spans(line), *joined_spans(line)) if is_match(word))
        rank = (2 * len({word for _, _, word in marks}) + (in_body and bool(marks)), min(len(marks), 9))
        if marks and rank > best_rank:
            best_rank, best = rank, (number, line, [(start, end) for start, end, _ in marks])
    if best is None:
        number, line = first or (1, "")
        best = number, line, []
    return _shorten(*best)


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
