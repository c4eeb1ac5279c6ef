"""Words that are like another one: by a pattern with `*` and `?`, or but for a letter or two."""

import re
from collections.abc import Callable
from fnmatch import translate


def glob_matcher(pattern: str) -> Callable[[str], bool]:
    """What tells whether a word fits a pattern with `*` and `?`, in time that does not explode with the stars."""
    match = re.compile(translate(pattern)).match
    return lambda word: match(word) is not None


def is_within_distance(one: str, other: str, distance: int) -> bool:
    """Whether at most so many letters make one word the other."""
    return abs(len(one) - len(other)) <= distance and edit_distance(one, other, distance) <= distance


def edit_distance(one: str, other: str, limit: int) -> int:
    """How many letters must be changed, added, left out or swapped to make one word the other; `limit` + 1 for more."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        row = [i]
        for j, there in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (char != there))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == there:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return last[-1]
