"""Answers a query tree from the index: which notes match, and how well.

Scores are BM25F: a word counts by how often and in which part of a note it stands (title, properties,
body), relative to the note's length and to how rare the word is. A word is looked up in tiers: first
itself, then other words of its stem, then, if it may be unfinished, longer words. Closer tiers weigh
more, so a stem never hides an exact match. A note that lacks some of the words matches as well, the
worse the more it lacks. What one query may read is bounded; words that were not read completely,
such as `a*` in a large vault, are reported.
"""

import math
from collections.abc import Callable, Container, Iterable
from functools import partial
from heapq import nlargest
from itertools import pairwise
from typing import Any, NamedTuple

from vaultcrm.search.documents import folder_term, value_term, word_term
from vaultcrm.search.fuzzy import Vocabulary
from vaultcrm.search.phrases import PhraseMatcher
from vaultcrm.search.query import And, Field, Fuzzy, Not, Or, PathSet, Text, Tree, ValueSet, Wildcard
from vaultcrm.search.tokens import MAX_WORD, NUMBER_MARK, SAME_DIGITS, halves, is_same_number, is_unsegmented

Scores = dict[int, float]  # by document number
Weights = dict[int, float]  # by document number

K1 = 1.2  # BM25's usual constant: how soon repeating a word stops to raise the score
STEM_FACTOR, PREFIX_FACTOR, PAIR_FACTOR = 0.8, 0.5, 0.5
FUNCTION_WORD_FACTOR = 0.25  # how much "the" or "how" counts beside other words
MIN_COVERAGE = 0.5, 0.25  # the part of the words that a note must have beside others that have all, and if none has
MAX_FILLED = 1_000  # notes with all words, up to which others are looked for that lack some
MAX_BOOSTED = 1_000  # notes whose score adjacent words can raise: the best ones
MAX_PAIR_POSTINGS = 5_000  # postings of two words, up to which it is looked up where they stand side by side
MAX_HALVES = 200, 1_000  # notes with a word that may be written as two, and with the rarer half of it, up to which that is tried
MAX_POSTINGS = 500_000  # postings that one query reads


class Matches(NamedTuple):
    """The documents that match, with their scores, and the words that each of them lacks, if it lacks any."""

    scores: Scores
    missing: dict[int, tuple[str, ...]]


class Searcher:
    """Answers queries from one Whoosh reader. `left_out` lists the words whose postings or expansions were not all read.

    `function_words` are words such as "the" and "how", which say little about a note.
    """

    def __init__(
        self, reader: Any, stemmers: Iterable[Callable[[str], str]], function_words: Container[str] = ()
    ) -> None:  # Any: Whoosh has no types
        self.reader = reader
        self.function_words = function_words
        # Each segment with the number of its first document; Whoosh's reader of an empty index has no columns.
        self.segments = list(reader.leaf_readers()) if reader.doc_count_all() else []
        self.vocabulary = Vocabulary(self.segments, stemmers)
        self.left_out = self.vocabulary.left_out
        self._budget = MAX_POSTINGS
        self._count = reader.doc_count() or 1

    # ---------------------------------------------------------------------------- the tree

    def search(self, tree: Tree) -> Scores:
        """The documents that match a tree, with their scores; 0 if nothing in the tree can be scored."""
        match tree:
            case And():
                return self._match_all(tree.parts)
            case Or():
                return _sum_scores(self.search(part) for part in tree.parts)
            case Not():
                return self._match_all((tree,))
            case Text():
                return self._match_text(tree)
            case Wildcard():
                return self._match_any(tree.key, self.vocabulary.matching(tree), tree.pattern)
            case Fuzzy():
                return self._match_any(tree.key, self.vocabulary.similar(tree.key, tree.word, tree.distance), tree.word + "~")
            case ValueSet():
                return self._unscored(value_term(tree.key, value) for value in tree.values)
            case PathSet():
                return self._unscored(map(folder_term, tree.folders)) | self._unscored(tree.paths, "path")
            case Field():
                raise AssertionError("fields are resolved before the search")

    def _match_text(self, text: Text) -> Scores:
        scores = self._match_word(text) if len(text.words) == 1 else self._match_phrase(text)
        if text.joined.startswith(NUMBER_MARK):
            _raise_to(scores, self._match_number(text.joined, text.key))
        elif text.joined:
            _raise_to(scores, self._match_word(Text((text.joined,), text.key, text.is_prefix)))
        return scores

    def _match_number(self, number: str, key: str | None) -> Scores:
        """The documents with a number, however it is grouped, with or without the prefix of its country."""
        terms = [
            term for term in self.vocabulary.with_prefix(key, number[: len(NUMBER_MARK) + SAME_DIGITS]) if is_same_number(term, number)
        ]
        return self._score_tiers([(set(terms), 1.0)], number) if key is None else self._unscored(word_term(key, term) for term in terms)

    def match_most(self, tree: Tree) -> Matches:
        """The documents that match a tree, and those that lack some of its bare words but have at least half of them.

        If none has all words, a quarter is enough. A score is multiplied by the part of the words that the document has:
        so a note with three rare words of four may rank above one with all four. Everything in the tree but its bare
        words is required.
        """
        parts = tree.parts if isinstance(tree, And) else ()
        words = [part for part in parts if isinstance(part, Text) and part.is_bare]
        if len(words) < 2:
            return Matches(self.search(tree), {})
        others = tuple(part for part in parts if part not in words)
        required = self.search(And(others)) if others else None
        scores: Scores = {}
        found: dict[int, int] = {}  # for each document, the bits of the words that it has
        results = [self.search(word) for word in words]
        self._match_joined_pairs(words, results)
        whole = (number for number in min(results, key=len) if all(number in result for result in results))
        with_all = {number: 0.0 if required is None else required[number] for number in whole if required is None or number in required}
        if len(with_all) > MAX_FILLED:
            required = with_all
        for bit, (word, result) in enumerate(zip(words, results, strict=True)):
            factor = FUNCTION_WORD_FACTOR if self._is_function_word(word) else 1.0
            for number, score in result.items():
                if required is None or number in required:
                    scores[number] = scores.get(number, 0.0 if required is None else required[number]) + score * factor
                    found[number] = found.get(number, 0) | 1 << bit
        coverage = {bits: self._coverage(words, bits) for bits in set(found.values())}
        has_all = (1 << len(words)) - 1
        lowest = MIN_COVERAGE[has_all not in coverage]
        scores = {number: score for number, score in scores.items() if coverage[found[number]] >= lowest}
        self._boost_adjacent_words(tuple(words), scores)
        lacking = {bits: self._missing_words(words, bits) for bits in coverage if bits != has_all}
        missing = {number: lacking[found[number]] for number in scores if found[number] != has_all}
        return Matches({number: score * coverage[found[number]] for number, score in scores.items()}, missing)

    def _match_joined_pairs(self, words: list[Text], results: list[Scores]) -> None:
        """Let a word that is written as one match two that follow each other in the query: "followup" for "follow up"."""
        for position, (first, second) in enumerate(pairwise(words)):
            joined = "".join((*first.words, *second.words))
            if len(first.words) == len(second.words) == 1 and joined.isalpha() and 4 < len(joined) <= MAX_WORD:
                forms = {joined, *self.vocabulary.with_same_stem(joined)}
                forms.update(self.vocabulary.with_prefix(None, joined) if second.is_prefix else ())
                scores = self._score_tiers([(forms, 1.0)], joined)
                for result in results[position : position + 2]:
                    _raise_to(result, {number: score / 2 for number, score in scores.items()})

    def _is_function_word(self, text: Text) -> bool:
        return len(text.words) == 1 and text.words[0] in self.function_words

    def _coverage(self, words: list[Text], bits: int) -> float:
        """The part of the words that a document has, 0 to 1. A function word counts a quarter of another one."""
        factors = [FUNCTION_WORD_FACTOR if self._is_function_word(word) else 1.0 for word in words]
        return sum(factor for bit, factor in enumerate(factors) if bits >> bit & 1) / sum(factors)

    def _missing_words(self, words: list[Text], bits: int) -> tuple[str, ...]:
        """The words that a document lacks, without function words: nobody cares that a note lacks a "the"."""
        missing = [word for bit, word in enumerate(words) if not bits >> bit & 1 and not self._is_function_word(word)]
        return tuple(("-" if word.joined.isalpha() else " ").join(word.words) for word in missing)

    def _match_all(self, parts: tuple[Tree, ...]) -> Scores:
        required = [self.search(part) for part in parts if not isinstance(part, Not)]
        if required:
            required.sort(key=len)
            fewest, *others = required
            scores = {number: sum(result[number] for result in required) for number in fewest if all(number in other for other in others)}
        else:
            scores = {offset + number: 0.0 for segment, offset in self.segments for number in segment.all_doc_ids()}
        for part in parts:
            if isinstance(part, Not):
                for number in self.search(part.part):
                    scores.pop(number, None)
        self._boost_adjacent_words(parts, scores)
        return scores

    # ---------------------------------------------------------------------------- documents

    def path(self, number: int) -> str:
        """The path of a document's note."""
        return str(self.reader.stored_fields(number)["path"])

    def days(self, numbers: Iterable[int]) -> dict[int, int]:
        """The day of each document, as a proleptic Gregorian ordinal; 0 for none."""
        days: dict[int, int] = {}
        ordered = sorted(numbers)
        for segment, offset in self.segments:
            column, end = segment.column_reader("day"), offset + segment.doc_count_all()
            days |= {number: column[number - offset] for number in ordered if offset <= number < end}
        return days

    # ---------------------------------------------------------------------------- words

    def _match_word(self, text: Text) -> Scores:
        word = text.words[0]
        if text.key is not None:
            longer = self.vocabulary.with_prefix(text.key, word) if text.is_prefix or is_unsegmented(word) else []
            return self._unscored({word_term(text.key, form) for form in (word, *longer)})
        tiers = [({word}, 1.0)]
        if not text.is_quoted and self.vocabulary.stemmers:
            tiers.append((self.vocabulary.with_same_stem(word), STEM_FACTOR))
        if (text.is_prefix and (len(word) > 1 or not self.vocabulary.has_word(word))) or (is_unsegmented(word) and len(word) == 1):
            tiers.append((set(self.vocabulary.with_prefix(None, word)), PREFIX_FACTOR))
        return self._score_tiers(tiers, word, {} if text.is_quoted else self._weights_of_halves(word))

    def _weights_of_halves(self, word: str) -> Weights:
        """The documents in which a word is written as two: "follow up" for "followup"."""
        weights: Weights = {}
        frequency = partial(self.vocabulary.frequency, "words")
        for pair in halves(word) if frequency(word) <= MAX_HALVES[0] else ():
            if 0 < min(map(frequency, pair)) <= MAX_HALVES[1]:
                for number, count in self._phrase_counts(Text(pair), None).items():
                    weights[number] = weights.get(number, 0.0) + count
        return weights

    def _score_tiers(self, tiers: list[tuple[set[str], float]], label: str, other_weights: Weights | None = None) -> Scores:
        """Each document's best score: a tier counts together with the tiers before it, times its own factor.

        `other_weights` are those of a last tier that is no list of words, and counts like the words of one stem.
        """
        best: Scores = {}
        weights: Weights = {}
        seen: set[str] = set()
        for words, factor in tiers:
            new_words = words - seen
            seen |= words
            if new_words:
                _add_to(weights, self._weights(new_words, label))
                _raise_to(best, {number: score * factor for number, score in self._bm25(weights).items()})
        if other_weights:
            _add_to(weights, other_weights)
            _raise_to(best, {number: score * STEM_FACTOR for number, score in self._bm25(weights).items()})
        return best

    def _match_any(self, key: str | None, words: list[str], label: str) -> Scores:
        """The documents with any of the words that a wildcard or a similar spelling stands for."""
        if key is not None:
            return self._unscored([word_term(key, word) for word in words])
        return self._score_tiers([(set(words), PREFIX_FACTOR)], label)

    def _match_phrase(self, text: Text, candidates: Container[int] | None = None) -> Scores:
        """The documents in which the words stand side by side; the last one may be a prefix.

        With `candidates` only those documents are considered, and other words of the same stems match too.
        """
        weights = self._phrase_counts(text, candidates)
        if text.key is not None:
            return dict.fromkeys(weights, 0.0)
        boost = math.sqrt(len(text.words))  # a phrase says more than one word
        return {number: score * boost for number, score in self._bm25(weights).items()}

    def _phrase_counts(self, text: Text, candidates: Container[int] | None) -> Weights:
        """How often a phrase stands in each document."""
        field = "words" if text.key is None else "properties"
        forms = [{word} if candidates is None else {word, *self.vocabulary.with_same_stem(word)} for word in text.words]
        if text.is_prefix or is_unsegmented(text.words[-1]):
            forms[-1].update(self.vocabulary.with_prefix(text.key, text.words[-1]))
        terms = [[word if text.key is None else word_term(text.key, word) for word in sorted(words)] for words in forms]
        weights: Weights = {}
        for segment, offset in self.segments:
            phrase = PhraseMatcher(segment, field, terms, offset, candidates)
            weights |= {offset + number: float(count) for number, count in phrase.documents()}
            self._budget -= phrase.postings_read
        return weights

    def _boost_adjacent_words(self, parts: tuple[Tree, ...], scores: Scores) -> None:
        """Raise the scores of documents in which words that follow each other in the query also do so in the text."""
        words = [part for part in parts if isinstance(part, Text) and part.is_bare and len(part.words) == 1]
        if len(words) > 1 < len(scores) and self._budget > 0:
            best: Container[int] = set(nlargest(MAX_BOOSTED, scores, key=scores.__getitem__)) if len(scores) > MAX_BOOSTED else scores
            for first, second in pairwise(words):
                if sum(self.vocabulary.frequency("words", word) for word in (*first.words, *second.words)) > MAX_PAIR_POSTINGS:
                    continue
                pair = Text((*first.words, *second.words), None, second.is_prefix)
                for number, score in self._match_phrase(pair, best).items():
                    scores[number] += score * PAIR_FACTOR

    def _bm25(self, weights: Weights) -> Scores:
        factor = math.log(1 + (self._count - len(weights) + 0.5) / (len(weights) + 0.5)) * (K1 + 1)
        return {number: factor * weight / (weight + K1) for number, weight in weights.items()}

    # ---------------------------------------------------------------------------- postings

    def _weights(self, words: Iterable[str], label: str) -> Weights:
        """The summed weight of some words in each document. When the budget runs out, `label` is reported in `left_out`."""
        weights: Weights = {}
        for segment, offset in self.segments:
            terms = [(segment.doc_frequency("words", term), term) for word in words if ("words", term := word.encode()) in segment]
            for count, term in sorted(terms, reverse=True):
                if self._budget < count and self._budget < MAX_POSTINGS:
                    self.left_out.append(label)
                    break
                self._budget -= count
                matcher = segment.postings("words", term)
                while matcher.is_active():
                    number = offset + matcher.id()
                    weights[number] = weights.get(number, 0.0) + matcher.weight()
                    matcher.next()
        return weights

    def _unscored(self, terms: Iterable[str], field: str = "properties") -> Scores:
        """The documents with any of some terms, all with a score of 0."""
        scores: Scores = {}
        encoded = [term.encode("utf-8", "replace") for term in terms]
        for segment, offset in self.segments:
            for term in encoded:
                if (field, term) in segment:
                    for number in segment.postings(field, term).all_ids():
                        scores[offset + number] = 0.0
        return scores


def _raise_to(scores: Scores, others: Scores) -> None:
    """Raise each score to the other one of the same document, if that is higher."""
    for number, score in others.items():
        if score >= scores.get(number, 0.0):
            scores[number] = score


def _add_to(weights: Weights, others: Weights) -> None:
    for number, weight in others.items():
        weights[number] = weights.get(number, 0.0) + weight


def _sum_scores(results: Iterable[Scores]) -> Scores:
    total: Scores = {}
    for scores in results:
        _add_to(total, scores)
    return total
