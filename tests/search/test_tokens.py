"""Splitting text into words: in every script, different spellings of the same word are equal."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vaultcrm.search.tokens import (
    NUMBER_MARK,
    halves,
    is_same_number,
    joined_words,
    number_spans,
    number_term,
    query_tokens,
    replace_word,
    token_spans,
    tokens,
)

# Letters of many scripts, composed and combining accents, and punctuation
LETTERS = "aZ9éÉßłØıİçñÅœſΣσςΐйЙёשלוםقالनमस्तेไทยกำ東京都カがガー한국어を"
EVERYDAY = st.text(st.sampled_from(LETTERS + " _-'.&@/#\n\u00a0！。、“”…\u0301\u0308\u0327"), max_size=30)
SCRIPTS = st.one_of(EVERYDAY, st.text(max_size=30))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []), (" \n\t", []), ("-- ... !?", []), ("___", []), ("Invoices paid", ["invoices", "paid"]),
        # no stop words and no minimum length
        ("to be or not to be", ["to", "be", "or", "not", "to", "be"]), ("R&D", ["r", "d"]), ("plan B", ["plan", "b"]), ("W-2", ["w", "2"]),
        ("x@acme.com", ["x", "acme", "com"]), ("snake_case", ["snake", "case"]), ("it's", ["it", "s"]), ("v2.10", ["v2", "10"]),
        ("#tag/sub [[Link|shown]]", ["tag", "sub", "link", "shown"]), ("007 12:30", ["007", "12", "30"]),
        # accents and letters with strokes
        ("Zoë", ["zoe"]), ("Größe", ["grosse"]), ("GRÖSSE", ["grosse"]), ("Łódź", ["lodz"]), ("Øre", ["ore"]), ("Ærø", ["aero"]),
        ("naïve café", ["naive", "cafe"]), ("ﬁne", ["fine"]), ("ＦＵＬＬ１", ["full1"]), ("İstanbul", ["istanbul"]), ("ısı", ["isi"]),
        ("ΣΊΣΥΦΟΣ σίσυφος", ["σισυφοσ", "σισυφοσ"]), ("Ёлка", ["елка"]), ("שָׁלוֹם", ["שלום"]), ("مُحَمَّد", ["محمد"]), ("हिन्दी", ["हिन्दी"]),
        # scripts without spaces: bigrams and the last letter
        ("東京都", ["東京", "京都", "都"]), ("東", ["東"]), ("東京 都", ["東京", "京", "都"]), ("カタカナ", ["カタ", "タカ", "カナ", "ナ"]),
        ("がが", ["がが", "が"]), ("한국어", ["한국", "국어", "어"]), ("ไทย", ["ไท", "ทย", "ย"]), ("第2回", ["第", "2", "回"]),
        ("Plan東京B", ["plan", "東京", "京", "b"]),
    ],
)  # fmt: skip
def test_a_text_is_split_into_its_words(text: str, words: list[str]) -> None:
    assert tokens(text) == words


def test_a_query_has_only_the_bigrams_of_a_script_without_spaces() -> None:
    assert query_tokens("東京都") == ["東京", "京都"]
    assert query_tokens("東") == ["東"]
    assert query_tokens("한국어 in Ｔokyo") == ["한국", "국어", "in", "tokyo"]
    assert query_tokens("Größe W-2") == tokens("Größe W-2")


def test_parts_of_korean_syllables_and_japanese_sound_marks_are_not_accents() -> None:
    assert tokens("가각") != tokens("가가")
    assert tokens("ガ") != tokens("カ")
    assert tokens("ぱ") != tokens("は")
    assert tokens("й") == tokens("и")  # a Cyrillic breve is an accent


@given(SCRIPTS)
@example("Zoë 한국어 ガラス หมู่ ΐ ᾴ ǆ")
def test_composed_and_decomposed_letters_are_equal(text: str) -> None:
    assert tokens(unicodedata.normalize("NFC", text)) == tokens(unicodedata.normalize("NFD", text))


@given(SCRIPTS)
def test_words_are_lower_case_and_never_empty(text: str) -> None:
    for word in tokens(text):
        assert word
        assert word == word.lower()
        assert not any(char.isspace() or char == "_" for char in word)


@given(SCRIPTS)
def test_case_does_not_matter(text: str) -> None:
    assert tokens(text.casefold()) == tokens(text)


@given(st.lists(st.sampled_from(["acme", "Zoë", "東京都", "W-2", "Größe", "한국어", "ไทย", "x"]), max_size=8))
def test_words_between_spaces_are_split_independently(words: list[str]) -> None:
    assert tokens(" ".join(words)) == [token for word in words for token in tokens(word)]


@given(SCRIPTS)
def test_the_words_of_a_query_are_among_the_words_of_the_same_text(text: str) -> None:
    """So a piece of a note that is pasted as a query finds the note."""
    assert set(query_tokens(text)) <= set(tokens(text))


@given(EVERYDAY)
@example("Zoe\u0308 sagt: „Größe“ – 東京都!")
@example("a \u0308 b")
@example(unicodedata.normalize("NFD", "한국어"))
@example(unicodedata.normalize("NFD", "ガラス"))
@example("ｱｲｳ")
@example("½ ﷺ")
def test_spans_are_the_words_of_a_text_in_order(text: str) -> None:
    spans = list(token_spans(text))
    assert all(0 <= start < end <= len(text) for _, start, end in spans)
    assert [start for _, start, _ in spans] == sorted(start for _, start, _ in spans)
    assert all(word in tokens(text[start:end]) for word, start, end in spans)
    assert {word for word, _, _ in spans} == set(tokens(text))


def test_spans_include_combining_accents() -> None:
    assert list(token_spans("Zoe\u0308 & W-2")) == [("zoe", 0, 4), ("w", 7, 8), ("2", 9, 10)]
    assert list(token_spans("in 東京都!")) == [("in", 0, 2), ("東京", 3, 5), ("京都", 4, 6), ("都", 5, 6)]
    assert list(token_spans("第2回")) == [("第", 0, 1), ("2", 1, 2), ("回", 2, 3)]


@pytest.mark.parametrize(
    ("text", "word", "replacement", "expected"),
    [
        ("recieve money", "recieve", "receive", "receive money"), ("Recieve, recieve!", "recieve", "receive", "receive, receive!"),
        ("-recieve client:acme", "recieve", "receive", "-receive client:acme"), ("recieved", "recieve", "receive", "recieved"),
        ("Zoë zoe", "zoe", "zola", "zola zola"), ("nothing", "else", "x", "nothing"), ("", "a", "b", ""),
        ('"two optoins"', "optoins", "options", '"two options"'),
    ],
)  # fmt: skip
def test_every_occurrence_of_a_word_is_replaced(text: str, word: str, replacement: str, expected: str) -> None:
    assert replace_word(text, word, replacement) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sign-off by e‑mail", ["signoff", "email"]), ("plug‐in", ["plugin"]), ("state-of-the-art", ["stateoftheart"]),
        ("Zoë-Größe", ["zoegrosse"]),
        ("W-2, 2026-11-09, covid-19", []), ("a - b", []), ("--all", []), ("well-", []), ("nothing", []),
    ],
)  # fmt: skip
def test_words_joined_by_hyphens_are_one_word_as_well(text: str, words: list[str]) -> None:
    assert joined_words(text) == words


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("+44 7700 900417", ["447700900417"]), ("(077) 00-900-417", ["07700900417"]),
        ("07700/900417, 0117 496 0142", ["07700900417", "01174960142"]),
        ("+44 (0)7700\u00a0900\u2011417", ["447700900417"]), ("2026-031", ["2026031"]), ("call 1234567.", ["1234567"]),
        ("tel:+351-21-555-0147", ["351215550147"]), ("\u202a0117 4960142\u202c", ["01174960142"]),
        ("on 2026-11-04 at 1430", []), ("2026-11-04T14:30:00", []), ("2024 2025 2026", []), ("123456", []), ("v1.2.3.4.5.6.7", []),
        ("1.234.567,00", []), ("x1234567", []), ("1" * 30, []),
    ],
)  # fmt: skip
def test_long_numbers_are_found_in_any_grouping(text: str, numbers: list[str]) -> None:
    assert [term.removeprefix(NUMBER_MARK)[::-1] for term, _, _ in number_spans(text)] == numbers


@pytest.mark.parametrize(
    ("number", "other", "same"),
    [
        ("+44 7700 900417", "07700 900417", True), ("0044 7700 900417", "+447700900417", True), ("0900417", "07700 900417", True),
        ("07700 900417", "07700 900418", False), ("0117 4960142", "+44 20 4960142", False), ("900417", "07700900417", False),
    ],
)  # fmt: skip
def test_numbers_are_the_same_with_or_without_a_prefix(number: str, other: str, same: bool) -> None:
    assert is_same_number(number_term(number), number_term(other)) is same
    assert is_same_number(number_term(other), number_term(number)) is same


def test_a_word_may_be_written_as_two() -> None:
    assert list(halves("email")) == [("e", "mail"), ("em", "ail"), ("ema", "il")]
    assert [list(halves(word)) for word in ("mail", "w2w2w2", "x" * 65)] == [[], [], []]


def test_joined_words_are_no_longer_than_other_words() -> None:
    assert joined_words(f"{'a' * 40}-{'b' * 30} x-y") == ["xy"]


def test_invisible_characters_separate_no_words() -> None:
    assert tokens("Ge\u00adsamt\u200bkon\u2060zept") == ["gesamtkonzept"]
    assert list(token_spans("a Ge\u00adsamt b")) == [("a", 0, 1), ("gesamt", 2, 9), ("b", 10, 11)]
