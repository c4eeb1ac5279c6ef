"""Wildcards, how many letters two words differ in, and the words of an index."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.search.indexes import index_for, update_index
from tests.search.searches import make_text_vault
from tests.search.test_searcher import NOTES
from tests.support import make_vault
from vaultcrm.search.fuzzy import Vocabulary, edit_distance, glob_matcher, is_within_distance
from vaultcrm.search.query import Wildcard

WORDS = st.text("abc", max_size=6)


@pytest.mark.parametrize(
    ("word", "other", "distance"),
    [
        ("", "", 0), ("price", "price", 0), ("price", "prices", 1), ("price", "pice", 1), ("price", "prize", 1), ("", "ab", 2),
        ("recieve", "receive", 1), ("ab", "ba", 1), ("abcd", "badc", 2), ("kitten", "sitting", 3), ("ca", "abc", 3), ("ab", "cd", 2),
    ],
)  # fmt: skip
def test_a_change_an_insertion_a_deletion_or_a_swap_counts_as_one(word: str, other: str, distance: int) -> None:
    assert edit_distance(word, other, 9) == edit_distance(other, word, 9) == distance


@given(WORDS, WORDS, st.integers(0, 4))
def test_the_limit_changes_only_distances_above_it(word: str, other: str, limit: int) -> None:
    distance = edit_distance(word, other, 99)
    assert min(edit_distance(word, other, limit), limit + 1) == min(distance, limit + 1)
    assert is_within_distance(word, other, limit) == (distance <= limit)


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("web*", ["web", "website"], ["we", "cobweb"]), ("*web", ["web", "cobweb"], ["website"]), ("w?b", ["web"], ["wb", "weeb"]),
        ("w*b*e", ["wbe", "website"], ["websites"]), ("a.b*", ["a.b", "a.bc"], ["axb"]),
    ],
)  # fmt: skip
def test_a_star_is_any_letters_and_a_question_mark_one(pattern: str, matching: list[str], others: list[str]) -> None:
    is_match = glob_matcher(pattern)
    assert [word for word in [*matching, *others] if is_match(word)] == matching


def test_a_wildcard_stands_for_the_most_frequent_words(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a=" ".join(f"p{n:03}" for n in range(250)), b="p249 p248", c="p249")
    update_index(vault)

    def question(reader: Any) -> tuple[list[str], list[str], list[str]]:  # Any: Whoosh has no types
        vocabulary = Vocabulary(list(reader.leaf_readers()), [])
        words, longest = vocabulary.matching(Wildcard("p*")), vocabulary.matching(Wildcard("p*9"))
        return words, longest, vocabulary.left_out

    words, longest, left_out = index_for(vault).query(question)
    assert words == ["p249", "p248", *(f"p{n:03}" for n in range(198))]
    assert longest == [f"p{n:03}" for n in range(9, 250, 10)]
    assert left_out == ["p*"]


def test_words_keys_and_suggestions(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {**NOTES, "f.md": "pearl pearl", "g.md": "pearl", "h.md": "pearl"})
    update_index(vault)

    def question(reader: Any) -> None:  # Any: Whoosh has no types
        vocabulary = Vocabulary(list(reader.leaf_readers()), [])
        assert [vocabulary.has_word(text) for text in ("pear", "pea", "sunny")] == [True, False, True]
        assert [vocabulary.has_word(text, "mood") for text in ("sunny", "sun", "pear")] == [True, False, False]
        assert [vocabulary.has_key(key) for key in ("mood", "date", "moo", "nokey")] == [True, True, False, False]
        assert vocabulary.suggestions("peer") == ["pear"]
        assert vocabulary.suggestions("pearr") == ["pearl", "pear", "pears"]
        # two letters may differ from five on
        assert (vocabulary.suggestions("pxxr"), vocabulary.suggestions("pxxrl")) == ([], ["pearl"])
        assert vocabulary.suggestions("sunni", "mood") == ["sunny"]
        assert vocabulary.suggestions("sunni", "title") == []

    index_for(vault).query(question)
