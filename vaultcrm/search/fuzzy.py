"""Inexact matching of words: wildcards, similar spellings, and the words of an index that share a stem or a beginning."""

import re
from collections.abc import Callable, Iterable
from fnmatch import translate
from functools import partial
from itertools import islice
from typing import Any

from vaultcrm.search.documents import word_term
from vaultcrm.search.phrases import frequency as segment_frequency
from vaultcrm.search.query import Wildcard
from vaultcrm.search.tokens import NUMBER_MARK

MAX_EXPANSIONS = 200  # words that one prefix or wildcard stands for: the most frequent ones
MAX_VOCABULARY = 60_000  # words of a segment that a wildcard is compared with


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


class Vocabulary:
    """The words in the segments of an index, each with the number of its first document.

    `left_out` lists the wildcards that match more words than are looked up.
    """

    def __init__(self, segments: list[tuple[Any, int]], stemmers: Iterable[Callable[[str], str]]) -> None:  # Any: Whoosh has no types
        self.segments = segments
        self.stemmers = list(stemmers)
        self.left_out: list[str] = []
        self._vocabularies: dict[str, list[str]] = {}
        self._expansions: dict[tuple[str | None, str, int], list[str]] = {}

    def has_key(self, key: str) -> bool:
        """Whether any note has a property of this name with a word in it."""
        return any(True for segment, _ in self.segments for _ in islice(segment.expand_prefix("properties", word_term(key, "")), 1))

    def has_word(self, word: str, key: str | None = None) -> bool:
        """Whether a word is in any note, or in a property of any note."""
        field, term = ("words", word) if key is None else ("properties", word_term(key, word))
        return any((field, term.encode()) in segment for segment, _ in self.segments)

    def with_prefix(self, key: str | None, prefix: str, limit: int = MAX_EXPANSIONS) -> list[str]:
        """The words, in whole notes or in one property, that begin with a prefix: the most frequent ones. Cached."""
        if (key, prefix, limit) not in self._expansions:
            self._expansions[key, prefix, limit] = self._most_frequent(key, prefix, limit)
        return self._expansions[key, prefix, limit]

    def frequency(self, field: str, term: str) -> int:
        """The number of documents that contain a term."""
        return sum(segment_frequency(segment, field, term) for segment, _ in self.segments)

    def _most_frequent(self, key: str | None, prefix: str, limit: int) -> list[str]:
        field, term = ("words", prefix) if key is None else ("properties", word_term(key, prefix))
        key_length = 0 if key is None else len(term) - len(prefix)
        words = {
            found.decode("utf-8")[key_length:]
            for segment, _ in self.segments
            for found in islice(segment.expand_prefix(field, term), MAX_VOCABULARY)
        }
        if len(words) <= limit:
            return sorted(words)
        frequencies = {word: self.frequency(field, term[:key_length] + word) for word in words}
        return sorted(words, key=lambda word: (-frequencies[word], word))[:limit]

    def with_same_stem(self, word: str) -> set[str]:
        """The words of the vault that the stemmer of some language reduces to the same stem."""
        words: set[str] = set()
        if len(word) <= 2:
            return words
        for stem in self.stemmers:
            root = stem(word)
            common = next((i for i, letter in enumerate(word) if not root.startswith(letter, i)), len(word))
            # "happi" is the stem of "happy", "price" that of "pricing": the last letter of a stem may differ in the word
            prefix = word[: max(min(common, len(root) - root.endswith(("e", "i", "y"))), 2)]
            words |= {other for other in self._all_with_prefix(prefix) if stem(other) == root}
        return words

    def _all_with_prefix(self, prefix: str) -> list[str]:
        """All words of the vault that begin with a prefix, in alphabetical order. Cached."""
        if prefix not in self._vocabularies:
            expansions = (islice(segment.expand_prefix("words", prefix), MAX_VOCABULARY) for segment, _ in self.segments)
            words = {term.decode("utf-8") for terms in expansions for term in terms}
            self._vocabularies[prefix] = sorted(word for word in words if word[0] != NUMBER_MARK)
        return self._vocabularies[prefix]

    def matching(self, wildcard: Wildcard) -> list[str]:
        """The words that match a pattern, at most `MAX_EXPANSIONS`; if there are more, the pattern is reported in `left_out`."""
        pattern, key = wildcard
        prefix = re.split(r"[*?]", pattern, maxsplit=1)[0]
        if pattern == prefix + "*":
            words = self.with_prefix(key, prefix, MAX_EXPANSIONS + 1)
        else:
            is_match = glob_matcher(pattern)
            vocabulary = self._all_with_prefix(prefix) if key is None else self.with_prefix(key, prefix, MAX_VOCABULARY)
            words = [word for word in vocabulary if is_match(word)]
        if len(words) > MAX_EXPANSIONS:
            self.left_out.append(pattern)
        return words[:MAX_EXPANSIONS]

    def similar(self, key: str | None, word: str, distance: int) -> list[str]:
        """The words within an edit distance of a word that share its first letter; the word itself is one of them."""
        words = self._all_with_prefix(word[:1]) if key is None else self.with_prefix(key, word[:1], MAX_VOCABULARY)
        return [other for other in words if is_within_distance(word, other, distance)]

    def suggestions(self, word: str, key: str | None = None) -> list[str]:
        """The words that may be meant by one that no note, or no such property, has: the nearest first, then the most frequent.

        None for a number or a word of one or two letters: any other one would be as near.
        """
        if len(word) < 3 or any(char.isdigit() for char in word):
            return []
        similar = [other for other in self.similar(key, word, 1 if len(word) < 5 else 2) if other != word and len(other) > 2]
        field, term = ("words", str) if key is None else ("properties", partial(word_term, key))
        ranked = [(edit_distance(word, other, 2), -self.frequency(field, term(other)), other) for other in similar]
        return [other for _, _, other in sorted(ranked)]
