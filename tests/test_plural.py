"""Counted nouns, and lists of words."""

from vaultcrm.plural import counted, listed, plural


def test_one_is_singular_and_everything_else_plural() -> None:
    assert [counted(number, "note") for number in (0, 1, 2)] == ["0 notes", "1 note", "2 notes"]


def test_irregular_nouns() -> None:
    assert (plural("person"), counted(2, "person"), counted(1, "conflict copy")) == ("people", "2 people", "1 conflict copy")
    assert counted(3, "conflict copy") == "3 conflict copies"


def test_a_list_of_words() -> None:
    assert [listed(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
    assert listed(iter("abc"), "or") == "a, b or c"
