"""Where the words of a phrase stand in the documents of one segment of the index."""

from collections.abc import Container, Iterator
from typing import Any


class PhraseMatcher:
    """`terms` are the words of a phrase in their order, each with those that may stand for it. `read` counts what was read."""

    def __init__(
        self, leaf: Any, field: str, terms: list[list[str]], first: int, among: Container[int] | None
    ) -> None:  # Whoosh has no types
        self.read = 0
        found: dict[int, dict[int, list[int]]] = {}
        left: set[int] | None = None
        for i in sorted(range(len(terms)), key=lambda i: sum(frequency(leaf, field, term) for term in terms[i])):  # the rarest first
            found[i] = {}
            for term in terms[i]:
                if (field, term.encode()) not in leaf:
                    continue
                matcher = leaf.postings(field, term.encode())
                while matcher.is_active():
                    number = matcher.id()
                    if number in left if left is not None else among is None or first + number in among:
                        found[i].setdefault(number, []).extend(matcher.value_as("positions"))
                    self.read += 1
                    matcher.next()
            left = set(found[i])
        self._places = [found[i] for i in range(len(terms))]
        self._documents = left or set()

    def documents(self) -> Iterator[tuple[int, int]]:
        """The documents of the segment in which the phrase stands, and how often it does."""
        for number in sorted(self._documents):
            starts = set(self._places[0].get(number, ()))
            for shift, places in enumerate(self._places[1:], 1):
                starts &= {place - shift for place in places.get(number, ())}
            if starts:
                yield number, len(starts)


def frequency(leaf: Any, field: str, word: str) -> int:  # Any: Whoosh has no types
    """How many documents of a segment hold a word."""
    term = word.encode("utf-8")
    return int(leaf.doc_frequency(field, term)) if (field, term) in leaf else 0
