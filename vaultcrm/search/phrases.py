"""Phrases: the documents of one segment of the index in which words stand side by side."""

from collections.abc import Container, Iterator
from typing import Any


class PhraseMatcher:
    """Reads the postings of a phrase in one segment.

    `terms` holds, for each word of the phrase in order, the terms that may stand in its place. With
    `candidates` (document numbers within the whole index) only those documents are considered; `offset`
    is the number of the segment's first document. `postings_read` counts the postings read.
    """

    def __init__(
        self, segment: Any, field: str, terms: list[list[str]], offset: int, candidates: Container[int] | None
    ) -> None:  # Any: Whoosh has no types
        self.postings_read = 0
        positions: list[dict[int, list[int]]] = [{} for _ in terms]
        remaining: set[int] | None = None  # documents that have all words read so far
        rarest_first = sorted(range(len(terms)), key=lambda i: sum(frequency(segment, field, term) for term in terms[i]))
        for i in rarest_first:
            for term in terms[i]:
                if (field, term.encode()) not in segment:
                    continue
                matcher = segment.postings(field, term.encode())
                while matcher.is_active():
                    number = matcher.id()
                    if number in remaining if remaining is not None else candidates is None or offset + number in candidates:
                        positions[i].setdefault(number, []).extend(matcher.value_as("positions"))
                    self.postings_read += 1
                    matcher.next()
            remaining = set(positions[i])
        self._positions = positions
        self._documents = remaining or set()

    def documents(self) -> Iterator[tuple[int, int]]:
        """The documents that contain the phrase, by their numbers in the segment, and how often each contains it."""
        for number in sorted(self._documents):
            starts = set(self._positions[0].get(number, ()))
            for shift, positions in enumerate(self._positions[1:], 1):
                starts &= {position - shift for position in positions.get(number, ())}
            if starts:
                yield number, len(starts)


def frequency(segment: Any, field: str, term: str) -> int:  # Any: Whoosh has no types
    """The number of documents of a segment that contain a term."""
    encoded = term.encode("utf-8")
    return int(segment.doc_frequency(field, encoded)) if (field, encoded) in segment else 0
