"""A query's tree asked of the index: which notes, and how well each fits.

Scores are BM25F: a word counts by how often and where it stands (title, properties, body), against
the note's length and how rare it is. Each word asks for itself first, then for others of its stem,
then, where it may be unfinished, for longer ones; what is nearer weighs more, so that a stem never
hides an exact match. What a query may read is bounded: the rest of `a*` is left out, and said.
"""

import math
import re
from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice, pairwise, takewhile
from typing import Any as Anything

from vaultcrm.search.documents import folder_term, value_term, word_term
from vaultcrm.search.fuzzy import edit_distance, glob_matcher, is_within_distance
from vaultcrm.search.phrases import PhraseMatcher, frequency
from vaultcrm.search.query import And, Field, Fuzzy, Not, Or, PathSet, Text, Tree, ValueSet, Wild
from vaultcrm.search.tokens import is_unsegmented

Scores = dict[int, float]  # by document number
Weights = dict[int, float]

K1 = 1.2  # BM25's usual constant: how soon repetition stops to count
STEM_FACTOR, PREFIX_FACTOR, PAIR_FACTOR = 0.8, 0.5, 0.5
MAX_BOOSTED = 3_000  # notes that are looked at for words side by side
MAX_EXPANSIONS = 200  # that one word with a wildcard stands for: the most frequent ones
MAX_VOCABULARY = 60_000  # words of the vault that a wildcard is compared with
MAX_POSTINGS = 500_000  # that one query reads


class Searcher:
    """Asks one reader. `left_out` names the words of which not all could be looked at."""

    def __init__(self, reader: Anything, stemmers: Iterable[Callable[[str], str]]) -> None:  # Whoosh has no types
        self.reader = reader
        self.leaves = list(reader.leaf_readers()) if reader.doc_count_all() else []  # of nothing Whoosh knows no leaves
        self.stemmers = list(stemmers)
        self.left_out: list[str] = []
        self._budget = MAX_POSTINGS
        self._count = reader.doc_count() or 1
        self._vocabularies: dict[str, list[str]] = {}
        self._beginnings: dict[tuple[str | None, str, int], list[str]] = {}

    # ---------------------------------------------------------------------------- the tree

    def search(self, tree: Tree) -> Scores:
        """The documents that a tree asks for, with their scores; 0 where nothing in it can be scored."""
        match tree:
            case And():
                return self._all(tree.parts)
            case Or():
                return _sum_scores(self.search(part) for part in tree.parts)
            case Not():
                return self._all((tree,))
            case Text():
                return self._phrase(tree) if len(tree.words) > 1 else self._word(tree)
            case Wild():
                return self._some(tree.key, self._matching(tree), tree.pattern, PREFIX_FACTOR)
            case Fuzzy():
                return self._some(tree.key, self._near(tree.key, tree.word, tree.distance), tree.word + "~", PREFIX_FACTOR)
            case ValueSet():
                return self._unscored(value_term(tree.key, value) for value in tree.values)
            case PathSet():
                return self._unscored(map(folder_term, tree.folders)) | self._unscored(tree.paths, "path")
            case Field():
                raise AssertionError("what a field means is resolved before")

    def most_of(self, parts: tuple[Tree, ...]) -> Scores:
        """The documents that have most of some words, and at least half of them."""
        found = [self.search(part) for part in parts]
        count: dict[int, int] = {}
        for scores in found:
            for number in scores:
                count[number] = count.get(number, 0) + 1
        most = max(count.values(), default=0)
        if most * 2 < len(parts):
            return {}
        return {number: score for number, score in _sum_scores(found).items() if count[number] == most}

    def _all(self, parts: tuple[Tree, ...]) -> Scores:
        wanted = [self.search(part) for part in parts if not isinstance(part, Not)]
        if wanted:
            wanted.sort(key=len)
            found = {number: sum(scores[number] for scores in wanted) for number in wanted[0] if all(number in one for one in wanted[1:])}
        else:
            found = {first + number: 0.0 for leaf, first in self.leaves for number in leaf.all_doc_ids()}
        for part in parts:
            if isinstance(part, Not):
                for number in self.search(part.part):
                    found.pop(number, None)
        self._boost_adjacent_words(parts, found)
        return found

    # ---------------------------------------------------------------------------- documents

    def path(self, number: int) -> str:
        return str(self.reader.stored_fields(number)["path"])

    def days(self, numbers: Iterable[int]) -> dict[int, int]:
        """The day of each document, as a proleptic ordinal; 0 for none."""
        found: dict[int, int] = {}
        wanted = sorted(numbers)
        for leaf, first in self.leaves:
            column, last = leaf.column_reader("day"), first + leaf.doc_count_all()
            found |= {number: column[number - first] for number in wanted if first <= number < last}
        return found

    # ---------------------------------------------------------------------------- words

    def _word(self, text: Text) -> Scores:
        word = text.words[0]
        if text.key is not None:
            longer = self._words_with_prefix(text.key, word) if text.is_prefix or is_unsegmented(word) else []
            return self._unscored({word_term(text.key, one) for one in (word, *longer)}, "properties")
        tiers = [({word}, 1.0)]
        if not text.is_quoted and self.stemmers:
            tiers.append((self._of_the_same_stem(word), STEM_FACTOR))
        if (text.is_prefix and (len(word) > 1 or not self.has_word(word))) or (is_unsegmented(word) and len(word) == 1):
            tiers.append((set(self._words_with_prefix(None, word)), PREFIX_FACTOR))
        return self._scored_by_tiers(tiers, word)

    def _scored_by_tiers(self, tiers: list[tuple[set[str], float]], said: str) -> Scores:
        """The best score of each document: of the nearest words alone, or together with those less near."""
        found: Scores = {}
        weights: Weights = {}
        seen: set[str] = set()
        for words, factor in tiers:
            fresh = words - seen
            seen |= words
            if fresh:
                for number, weight in self._postings("words", fresh, said).items():
                    weights[number] = weights.get(number, 0.0) + weight
                for number, score in self._bm25(weights).items():
                    if score * factor > found.get(number, 0.0):
                        found[number] = score * factor
        return found

    def _some(self, key: str | None, words: list[str], said: str, factor: float) -> Scores:
        if key is not None:
            return self._unscored([word_term(key, word) for word in words], "properties")
        return self._scored_by_tiers([(set(words), factor)], said)

    def _phrase(self, text: Text, among: Scores | None = None) -> Scores:
        """Documents in which the words stand side by side; the last one may be the beginning of a word.

        Asked of some documents only, `among`, other forms of the words count as well.
        """
        field = "words" if text.key is None else "properties"
        ways = [{word} if among is None else {word, *self._of_the_same_stem(word)} for word in text.words]
        if text.is_prefix or is_unsegmented(text.words[-1]):
            ways[-1].update(self._words_with_prefix(text.key, text.words[-1]))
        terms = [[word if text.key is None else word_term(text.key, word) for word in sorted(way)] for way in ways]
        weights: Weights = {}
        for leaf, first in self.leaves:
            places = PhraseMatcher(leaf, field, terms, first, among)
            weights |= {first + number: float(times) for number, times in places.documents()}
            self._budget -= places.read
        if text.key is not None:
            return dict.fromkeys(weights, 0.0)
        boost = math.sqrt(len(text.words))  # a phrase says more than one word
        return {number: score * boost for number, score in self._bm25(weights).items()}

    def _boost_adjacent_words(self, parts: tuple[Tree, ...], found: Scores) -> None:
        """Raise the scores of documents in which words that were asked for one after the other stand so, too."""
        words = [part for part in parts if isinstance(part, Text) and part.is_bare and len(part.words) == 1]
        if 1 < len(found) <= MAX_BOOSTED and self._budget > 0:
            for one, other in pairwise(words):
                for number, score in self._phrase(Text((*one.words, *other.words), None, other.is_prefix), found).items():
                    found[number] += score * PAIR_FACTOR

    def _bm25(self, weights: Weights) -> Scores:
        factor = math.log(1 + (self._count - len(weights) + 0.5) / (len(weights) + 0.5)) * (K1 + 1)
        return {number: factor * weight / (weight + K1) for number, weight in weights.items()}

    # ---------------------------------------------------------------------------- postings

    def _postings(self, field: str, words: Iterable[str], said: str) -> Weights:
        """How much some words weigh together in each document."""
        found: Weights = {}
        for leaf, first in self.leaves:
            terms = [(leaf.doc_frequency(field, term), term) for word in words if (field, term := word.encode()) in leaf]
            for count, term in sorted(terms, reverse=True):
                if self._budget < count and self._budget < MAX_POSTINGS:
                    self.left_out.append(said)
                    break
                self._budget -= count
                matcher = leaf.postings(field, term)
                while matcher.is_active():
                    number = first + matcher.id()
                    found[number] = found.get(number, 0.0) + matcher.weight()
                    matcher.next()
        return found

    def _unscored(self, terms: Iterable[str], field: str = "properties") -> Scores:
        found: Scores = {}
        encoded = [term.encode("utf-8", "replace") for term in terms]
        for leaf, first in self.leaves:
            for term in encoded:
                if (field, term) in leaf:
                    for number in leaf.postings(field, term).all_ids():
                        found[first + number] = 0.0
        return found

    # ---------------------------------------------------------------------------- vocabulary

    def has_key(self, key: str) -> bool:
        """Whether any note has a property of this name."""
        return any(True for leaf, _ in self.leaves for _ in islice(leaf.expand_prefix("properties", word_term(key, "")), 1))

    def has_word(self, word: str, key: str | None = None) -> bool:
        """Whether a word is in any note."""
        field, term = ("words", word) if key is None else ("properties", word_term(key, word))
        return any((field, term.encode()) in leaf for leaf, _ in self.leaves)

    def _words_with_prefix(self, key: str | None, start: str, most: int = MAX_EXPANSIONS) -> list[str]:
        """The words, in the whole note or in a property, that begin so: the most frequent ones; read once."""
        if (key, start, most) not in self._beginnings:
            self._beginnings[key, start, most] = self._most_frequent(key, start, most)
        return self._beginnings[key, start, most]

    def _frequency(self, field: str, word: str) -> int:
        return sum(frequency(leaf, field, word) for leaf, _ in self.leaves)

    def _most_frequent(self, key: str | None, start: str, most: int) -> list[str]:
        field, prefix = ("words", start) if key is None else ("properties", word_term(key, start))
        cut = 0 if key is None else len(prefix) - len(start)
        found = {
            term.decode("utf-8")[cut:] for leaf, _ in self.leaves for term in islice(leaf.expand_prefix(field, prefix), MAX_VOCABULARY)
        }
        if len(found) <= most:
            return sorted(found)
        frequencies = {word: self._frequency(field, prefix[:cut] + word) for word in found}
        return sorted(found, key=lambda word: (-frequencies[word], word))[:most]

    def _of_the_same_stem(self, word: str) -> set[str]:
        """The words of the vault that some language's stemmer brings down to the same stem."""
        found: set[str] = set()
        for stem in self.stemmers:
            root = stem(word)
            common = len([1 for one, other in takewhile(lambda pair: pair[0] == pair[1], zip(word, root, strict=False))])
            # "happi" is the root of "happy", "price" of "pricing": the last letter of a root may be another one in the word
            beginning = word[: max(min(common, len(root) - root.endswith(("e", "i", "y"))), 2)]
            if len(word) > 2:
                found |= {other for other in self._vocabulary(beginning) if stem(other) == root}
        return found

    def _vocabulary(self, beginning: str) -> list[str]:
        """All words that begin so, in alphabetical order; read once."""
        if beginning not in self._vocabularies:
            found = (islice(leaf.expand_prefix("words", beginning), MAX_VOCABULARY) for leaf, _ in self.leaves)
            words = {term.decode("utf-8") for terms in found for term in terms}
            self._vocabularies[beginning] = sorted(words)
        return self._vocabularies[beginning]

    def _matching(self, wild: Wild) -> list[str]:
        start = re.split(r"[*?]", wild.pattern, maxsplit=1)[0]
        if wild.pattern == start + "*":
            found = self._words_with_prefix(wild.key, start, MAX_EXPANSIONS + 1)
            if len(found) > MAX_EXPANSIONS:
                self.left_out.append(wild.pattern)
            return found[:MAX_EXPANSIONS]
        fits = glob_matcher(wild.pattern)
        words = self._vocabulary(start) if wild.key is None else self._words_with_prefix(wild.key, start, MAX_VOCABULARY)
        found = [word for word in words if fits(word)]
        if len(found) > MAX_EXPANSIONS:
            self.left_out.append(wild.pattern)
        return found[:MAX_EXPANSIONS]

    def _near(self, key: str | None, word: str, distance: int) -> list[str]:
        """The words within so many letters of one, that share its first letter; the word itself among them."""
        words = self._vocabulary(word[:1]) if key is None else self._words_with_prefix(key, word[:1], MAX_VOCABULARY)
        return [other for other in words if is_within_distance(word, other, distance)]

    def suggestions(self, word: str, key: str | None = None) -> list[str]:
        """What may have been meant by a word that is in no note, or in no such property: the nearest first, of these the most frequent."""
        near = self._near(key, word, 1 if len(word) < 5 else 2)
        field, term = ("words", str) if key is None else ("properties", partial(word_term, key))
        ranked = [(edit_distance(word, other, 2), -self._frequency(field, term(other)), other) for other in near if other != word]
        return [other for _, _, other in sorted(ranked)]


def _sum_scores(found: Iterable[Scores]) -> Scores:
    total: Scores = {}
    for scores in found:
        for number, score in scores.items():
            total[number] = total.get(number, 0.0) + score
    return total
