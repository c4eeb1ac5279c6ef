"""Inexact matching of words: wildcards, and spellings that differ in a letter or two."""

import re
from collections.abc import Callable
from fnmatch import translate


def glob_matcher(pattern: str) -> Callable[[str], bool]:
    """A function that says whether a word matches a pattern with `*` and `?`, in time that doesn't explode with many stars."""
    match = re.compile(translate(pattern)).match
    return lambda word: match(word) is not None


def is_within_distance(word: str, other: str, distance: int) -> bool:
    """Whether two words differ in at most `distance` letters, as `edit_distance` counts them."""
    return abs(len(word) - len(other)) <= distance and edit_distance(word, other, distance) <= distance


def edit_distance(word: str, other: str, limit: int) -> int:
    """How many letters to change, insert, delete or swap with the next one to turn one word into the other.

    This is the optimal string alignment distance. Beyond `limit` it is some number above `limit`.
    """
    row_before_last: list[int] = []
    last_row = list(range(len(other) + 1))
    for i, char in enumerate(word, 1):
        row = [i]
        for j, other_char in enumerate(other, 1):
            cost = min(last_row[j] + 1, row[j - 1] + 1, last_row[j - 1] + (char != other_char))
            if i > 1 and j > 1 and char == other[j - 2] and word[i - 2] == other_char:
                cost = min(cost, row_before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        row_before_last, last_row = last_row, row
    return last_row[-1]
