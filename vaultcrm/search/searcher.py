"""Answers a query tree from the index: which notes match, and how well.

Scores are BM25F: a word counts by how often and in which part of a note it stands (title, properties,
body), relative to the note's length and to how rare the word is. A word is looked up in tiers: first
itself, then other words of its stem, then, if it may be unfinished, longer words. Closer tiers weigh
more, so a stem never hides an exact match. What one query may read is bounded; words that were
not read completely, such as `a*` in a large vault, are reported.
"""

import math
import re
from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice, pairwise
from typing import Any

from vaultcrm.search.documents import folder_term, value_term, word_term
from vaultcrm.search.fuzzy import edit_distance, glob_matcher, is_within_distance
from vaultcrm.search.phrases import PhraseMatcher, frequency
from vaultcrm.search.query import And, Field, Fuzzy, Not, Or, PathSet, Text, Tree, ValueSet, Wildcard
from vaultcrm.search.tokens import is_unsegmented

Scores = dict[int, float]  # by document number
Weights = dict[int, float]  # by document number

K1 = 1.2  # BM25's usual constant: how soon repeating a word stops to raise the score
STEM_FACTOR, PREFIX_FACTOR, PAIR_FACTOR = 0.8, 0.5, 0.5
MAX_BOOSTED = 3_000  # matching notes, up to which adjacent words raise the score
MAX_EXPANSIONS = 200  # words that one prefix or wildcard stands for: the most frequent ones
MAX_VOCABULARY = 60_000  # words of a segment that a wildcard is compared with
MAX_POSTINGS = 500_000  # postings that one query reads


class Searcher:
    """Answers queries from one Whoosh reader. `left_out` lists the words whose postings or expansions were not all read."""

    def __init__(self, reader: Any, stemmers: Iterable[Callable[[str], str]]) -> None:  # Any: Whoosh has no types
        self.reader = reader
        # Each segment with the number of its first document; Whoosh's reader of an empty index has no columns.
        self.segments = list(reader.leaf_readers()) if reader.doc_count_all() else []
        self.stemmers = list(stemmers)
        self.left_out: list[str] = []
        self._budget = MAX_POSTINGS
        self._count = reader.doc_count() or 1
        self._vocabularies: dict[str, list[str]] = {}
        self._expansions: dict[tuple[str | None, str, int], list[str]] = {}

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
                return self._match_any(tree.key, self._expand_wildcard(tree), tree.pattern)
            case Fuzzy():
                return self._match_any(tree.key, self._similar_words(tree.key, tree.word, tree.distance), tree.word + "~")
            case ValueSet():
                return self._unscored(value_term(tree.key, value) for value in tree.values)
            case PathSet():
                return self._unscored(map(folder_term, tree.folders)) | self._unscored(tree.paths, "path")
            case Field():
                raise AssertionError("fields are resolved before the search")

    def _match_text(self, text: Text) -> Scores:
        if len(text.words) == 1:
            return self._match_word(text)
        scores = self._match_phrase(text)
        if text.joined:
            for number, score in self._match_word(Text((text.joined,), text.key, text.is_prefix)).items():
                scores[number] = max(score, scores.get(number, 0.0))
        return scores

    def match_most(self, parts: tuple[Tree, ...]) -> Scores:
        """The documents that match as many parts as any document does, if that is at least half of the parts."""
        results = [self.search(part) for part in parts]
        counts: dict[int, int] = {}
        for scores in results:
            for number in scores:
                counts[number] = counts.get(number, 0) + 1
        most = max(counts.values(), default=0)
        if most * 2 < len(parts):
            return {}
        return {number: score for number, score in _sum_scores(results).items() if counts[number] == most}

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
            longer = self._words_with_prefix(text.key, word) if text.is_prefix or is_unsegmented(word) else []
            return self._unscored({word_term(text.key, form) for form in (word, *longer)})
        tiers = [({word}, 1.0)]
        if not text.is_quoted and self.stemmers:
            tiers.append((self._words_with_same_stem(word), STEM_FACTOR))
        if (text.is_prefix and (len(word) > 1 or not self.has_word(word))) or (is_unsegmented(word) and len(word) == 1):
            tiers.append((set(self._words_with_prefix(None, word)), PREFIX_FACTOR))
        return self._score_tiers(tiers, word)

    def _score_tiers(self, tiers: list[tuple[set[str], float]], label: str) -> Scores:
        """Each document's best score: a tier counts together with the tiers before it, times its own factor."""
        best: Scores = {}
        weights: Weights = {}
        seen: set[str] = set()
        for words, factor in tiers:
            new_words = words - seen
            seen |= words
            if new_words:
                for number, weight in self._weights(new_words, label).items():
                    weights[number] = weights.get(number, 0.0) + weight
                for number, score in self._bm25(weights).items():
                    if score * factor > best.get(number, 0.0):
                        best[number] = score * factor
        return best

    def _match_any(self, key: str | None, words: list[str], label: str) -> Scores:
        """The documents with any of the words that a wildcard or a similar spelling stands for."""
        if key is not None:
            return self._unscored([word_term(key, word) for word in words])
        return self._score_tiers([(set(words), PREFIX_FACTOR)], label)

    def _match_phrase(self, text: Text, candidates: Scores | None = None) -> Scores:
        """The documents in which the words stand side by side; the last one may be a prefix.

        With `candidates` only those documents are considered, and other words of the same stems match too.
        """
        field = "words" if text.key is None else "properties"
        forms = [{word} if candidates is None else {word, *self._words_with_same_stem(word)} for word in text.words]
        if text.is_prefix or is_unsegmented(text.words[-1]):
            forms[-1].update(self._words_with_prefix(text.key, text.words[-1]))
        terms = [[word if text.key is None else word_term(text.key, word) for word in sorted(words)] for words in forms]
        weights: Weights = {}
        for segment, offset in self.segments:
            phrase = PhraseMatcher(segment, field, terms, offset, candidates)
            weights |= {offset + number: float(count) for number, count in phrase.documents()}
            self._budget -= phrase.postings_read
        if text.key is not None:
            return dict.fromkeys(weights, 0.0)
        boost = math.sqrt(len(text.words))  # a phrase says more than one word
        return {number: score * boost for number, score in self._bm25(weights).items()}

    def _boost_adjacent_words(self, parts: tuple[Tree, ...], scores: Scores) -> None:
        """Raise the scores of documents in which words that follow each other in the query also do so in the text."""
        words = [part for part in parts if isinstance(part, Text) and part.is_bare and len(part.words) == 1]
        if 1 < len(scores) <= MAX_BOOSTED and self._budget > 0:
            for first, second in pairwise(words):
                pair = Text((*first.words, *second.words), None, second.is_prefix)
                for number, score in self._match_phrase(pair, scores).items():
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

    # ---------------------------------------------------------------------------- vocabulary

    def has_key(self, key: str) -> bool:
        """Whether any note has a property of this name with a word in it."""
        return any(True for segment, _ in self.segments for _ in islice(segment.expand_prefix("properties", word_term(key, "")), 1))

    def has_word(self, word: str, key: str | None = None) -> bool:
        """Whether a word is in any note, or in a property of any note."""
        field, term = ("words", word) if key is None else ("properties", word_term(key, word))
        return any((field, term.encode()) in segment for segment, _ in self.segments)

    def _words_with_prefix(self, key: str | None, prefix: str, limit: int = MAX_EXPANSIONS) -> list[str]:
        """The words, in whole notes or in one property, that begin with a prefix: the most frequent ones. Cached."""
        if (key, prefix, limit) not in self._expansions:
            self._expansions[key, prefix, limit] = self._most_frequent(key, prefix, limit)
        return self._expansions[key, prefix, limit]

    def _frequency(self, field: str, term: str) -> int:
        return sum(frequency(segment, field, term) for segment, _ in self.segments)

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
        frequencies = {word: self._frequency(field, term[:key_length] + word) for word in words}
        return sorted(words, key=lambda word: (-frequencies[word], word))[:limit]

    def _words_with_same_stem(self, word: str) -> set[str]:
        """The words of the vault that the stemmer of some language reduces to the same stem."""
        words: set[str] = set()
        if len(word) <= 2:
            return words
        for stem in self.stemmers:
            root = stem(word)
            common = next((i for i, letter in enumerate(word) if not root.startswith(letter, i)), len(word))
            # "happi" is the stem of "happy", "price" that of "pricing": the last letter of a stem may differ in the word
            prefix = word[: max(min(common, len(root) - root.endswith(("e", "i", "y"))), 2)]
            words |= {other for other in self._vocabulary(prefix) if stem(other) == root}
        return words

    def _vocabulary(self, prefix: str) -> list[str]:
        """All words of the vault that begin with a prefix, in alphabetical order. Cached."""
        if prefix not in self._vocabularies:
            expansions = (islice(segment.expand_prefix("words", prefix), MAX_VOCABULARY) for segment, _ in self.segments)
            self._vocabularies[prefix] = sorted({term.decode("utf-8") for terms in expansions for term in terms})
        return self._vocabularies[prefix]

    def _expand_wildcard(self, wildcard: Wildcard) -> list[str]:
        """The words that match a pattern, at most `MAX_EXPANSIONS`; if there are more, the pattern is reported in `left_out`."""
        pattern, key = wildcard
        prefix = re.split(r"[*?]", pattern, maxsplit=1)[0]
        if pattern == prefix + "*":
            words = self._words_with_prefix(key, prefix, MAX_EXPANSIONS + 1)
        else:
            is_match = glob_matcher(pattern)
            vocabulary = self._vocabulary(prefix) if key is None else self._words_with_prefix(key, prefix, MAX_VOCABULARY)
            words = [word for word in vocabulary if is_match(word)]
        if len(words) > MAX_EXPANSIONS:
            self.left_out.append(pattern)
        return words[:MAX_EXPANSIONS]

    def _similar_words(self, key: str | None, word: str, distance: int) -> list[str]:
        """The words within an edit distance of a word that share its first letter; the word itself is one of them."""
        words = self._vocabulary(word[:1]) if key is None else self._words_with_prefix(key, word[:1], MAX_VOCABULARY)
        return [other for other in words if is_within_distance(word, other, distance)]

    def suggestions(self, word: str, key: str | None = None) -> list[str]:
        """The words that may be meant by one that no note, or no such property, has: the nearest first, then the most frequent.

        None for a number or a word of one or two letters: any other one would be as near.
        """
        if len(word) < 3 or any(char.isdigit() for char in word):
            return []
        similar = [other for other in self._similar_words(key, word, 1 if len(word) < 5 else 2) if other != word and len(other) > 2]
        field, term = ("words", str) if key is None else ("properties", partial(word_term, key))
        ranked = [(edit_distance(word, other, 2), -self._frequency(field, term(other)), other) for other in similar]
        return [other for _, _, other in sorted(ranked)]


def _sum_scores(results: Iterable[Scores]) -> Scores:
    total: Scores = {}
    for scores in results:
        for number, score in scores.items():
            total[number] = total.get(number, 0.0) + score
    return total
