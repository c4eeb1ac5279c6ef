"""Wildcards, and how many letters two words differ in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.search.fuzzy import edit_distance, glob_matcher, is_within_distance

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
