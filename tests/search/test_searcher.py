"""Query trees on a real index: which notes match, in which order, and how much is read."""

import math
from pathlib import Path
from typing import Any

import pytest

from tests.search.indexes import index_for, update_index
from tests.search.searches import make_text_vault, ranked_titles
from tests.support import make_vault
from vaultcrm.search import searcher as searcher_module
from vaultcrm.search.query import MATCH_EVERYTHING, MATCH_NOTHING, And, Field, Fuzzy, Not, Or, PathSet, Text, Tree, ValueSet, Wildcard
from vaultcrm.search.searcher import Searcher
from vaultcrm.search.stemming import stemmers
from vaultcrm.vault.vault import Vault


def search(vault: Vault, tree: Tree, languages: tuple[str, ...] = ()) -> dict[str, float]:
    """The scores of the notes that match, by title."""
    update_index(vault)

    def question(reader: Any) -> dict[str, float]:  # Any: Whoosh has no types
        searcher = Searcher(reader, stemmers(languages))
        return {searcher.path(number).removesuffix(".md"): score for number, score in searcher.search(tree).items()}

    return index_for(vault).query(question)


def word(text: str) -> Text:
    return Text((text,))


# ------------------------------------------------------------------------------------- matching

NOTES = {
    "a.md": "---\nmood: sunny side\ndate: 2026-03-10\n---\nred pear",
    "c/b.md": "---\nmood: cloudy\ndate: 2026-04-01\n---\nred plum",
    "c/d/e.md": "blue pear pears",
}
A, B, E = "a", "c/b", "c/d/e"
TREES: list[tuple[Tree, set[str]]] = [
    (word("pear"), {A, E}), (Text(("pea",), is_prefix=True), {A, E}), (word("pea"), set()), (Text(("red", "pear")), {A}),
    (Text(("red", "p"), is_prefix=True), {A, B}), (Text(("red", "p")), set()),
    (And((word("red"), word("pear"))), {A}), (And((word("red"), Not(word("pear")))), {B}), (Not(word("red")), {E}),
    (Or((word("plum"), word("blue"))), {B, E}), (MATCH_NOTHING, set()), (MATCH_EVERYTHING, {A, B, E}),
    (And((Not(word("plum")), Not(word("blue")))), {A}), (Wildcard("p*s"), {E}), (Wildcard("p*"), {A, B, E}), (Wildcard("p???"), {A, B, E}),
    (Fuzzy("paer", 1), {A, E}), (Fuzzy("paer", 0), set()), (Fuzzy("aear", 2), set()),
    (Text(("sunny",), "mood"), {A}), (Text(("sunny", "side"), "mood"), {A}), (Text(("side", "sunny"), "mood"), set()),
    (Text(("sun",), "mood"), set()), (Text(("sun",), "mood", is_prefix=True), {A}), (Wildcard("*ny", "mood"), {A}),
    (Wildcard("cl*", "mood"), {B}), (Fuzzy("suny", 1, "mood"), {A}), (Text(("pear",), "mood"), set()),
    (ValueSet("date", ("2026-03", "2026-04-01")), {A, B}), (ValueSet("date", ("2025",)), set()),
    (PathSet(("c",)), {B, E}), (PathSet(("c/d",), ("a.md",)), {A, E}), (PathSet(("",)), {A, B, E}), (PathSet((), ("c",)), set()),
]  # fmt: skip


def test_each_tree_matches_its_notes(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", NOTES)
    assert [(tree, set(search(vault, tree))) for tree, _ in TREES] == TREES


def test_properties_paths_and_everything_score_zero(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", NOTES)
    for tree in (Text(("sunny",), "mood"), Text(("sunny", "side"), "mood"), ValueSet("date", ("2026",)), PathSet(("",)), MATCH_EVERYTHING):
        assert set(search(vault, tree).values()) == {0.0}, tree
    assert search(vault, And((word("pear"), PathSet(("c",)))))["c/d/e"] > 0


def test_a_field_must_be_resolved_before(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="resolved before the search"):
        search(make_vault(tmp_path / "vault", NOTES), Field("client", "acme"))


def test_an_empty_vault_has_no_matches_no_words_and_no_days(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {})
    update_index(vault)

    def question(reader: Any) -> tuple[object, ...]:  # Any: Whoosh has no types
        searcher = Searcher(reader, [])
        return (
            searcher.search(Not(word("a"))),
            searcher.vocabulary.has_word("a"),
            searcher.vocabulary.has_key("mood"),
            searcher.vocabulary.suggestions("a"),
            searcher.days([]),
        )

    assert index_for(vault).query(question) == ({}, False, False, [], {})


def test_the_days_of_documents(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", NOTES)
    update_index(vault)

    def days(reader: Any) -> dict[str, int]:  # Any: Whoosh has no types
        searcher = Searcher(reader, [])
        return {searcher.path(number): day for number, day in searcher.days(searcher.search(MATCH_EVERYTHING)).items()}

    assert index_for(vault).query(days) == {"a.md": 739685, "c/b.md": 739707, "c/d/e.md": 0}


# ------------------------------------------------------------------------------------- scores


def test_words_side_by_side_rank_above_words_apart(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="blue day whale", b="blue whale day", c="whale blue day")
    assert ranked_titles(vault, "blue whale ")[0] == "b"
    assert ranked_titles(vault, "whale blue ")[0] == "c"
    assert ranked_titles(make_text_vault(tmp_path / "two", a="blue day whale", b="blue whale day"), "blue whale ") == ["b", "a"]


def test_other_forms_of_the_words_count_as_side_by_side(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="invoices day paid", b="invoices paid day")
    scores = search(vault, And((word("invoice"), word("paid"))), ("english",))
    assert scores["b"] > scores["a"]


def test_a_word_in_the_title_outweighs_several_in_the_text(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="budget budget budget x", Budget="y y y y", c="z z z z z")
    assert ranked_titles(vault, "budget ") == ["Budget", "a"]


def test_short_words_are_stemmed_except_those_of_two_letters(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="One bid by us", b="One bids bye", c="One uses")
    assert set(search(vault, word("bid"), ("english",))) == {"a", "b"}
    assert set(search(vault, word("bids"), ("english",))) == {"a", "b"}
    assert set(search(vault, word("us"), ("english",))) == {"a"}


def test_other_forms_count_four_fifths_and_longer_words_half(tmp_path: Path) -> None:
    """A tier is scored with all words so far: the word itself in 1 of 5 notes, then with its other form in 2, then in 3."""
    vault = make_text_vault(tmp_path / "vault", a="invoice", b="invoicing", c="invoicexy", d="x", e="y")
    weight = 1 / (0.6 + 0.4 * 50 / 150)  # of one word in a note of 50 positions

    def score(notes: int) -> float:
        return math.log(1 + (5 - notes + 0.5) / (notes + 0.5)) * 2.2 * weight / (weight + 1.2)

    scores = search(vault, Text(("invoice",), is_prefix=True), ("english",))
    assert scores == pytest.approx({"a": score(1), "b": 0.8 * score(2), "c": 0.5 * score(3)})


def test_other_forms_never_lower_a_score(tmp_path: Path) -> None:
    """Together with its other form, the word scores 1.08 times as much; four fifths of that would be less than the word alone."""
    others = {f"n{n}": "x" for n in range(8)}
    vault = make_text_vault(tmp_path / "vault", a="invoice invoices invoices", b="invoices", **others)
    assert search(vault, word("invoice"), ("english",))["a"] == search(vault, word("invoice"))["a"]


def test_a_single_letter_is_a_prefix_only_if_it_is_no_word(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="plan b", c="boat")
    assert set(search(vault, Text(("p",), is_prefix=True))) == {"a"}
    assert set(search(vault, Text(("b",), is_prefix=True))) == {"a"}


def test_a_phrase_scores_by_how_often_and_in_how_few_notes_it_stands(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="red pear", b="red pear red pear", c="pear red", d="fig", e="fig")
    rarity = math.log(1 + (5 - 2 + 0.5) / (2 + 0.5)) * 2.2
    expected = {"a": rarity * 1 / (1 + 1.2) * math.sqrt(2), "b": rarity * 2 / (2 + 1.2) * math.sqrt(2)}
    assert search(vault, Text(("red", "pear"))) == pytest.approx(expected)


# ------------------------------------------------------------------------------------- bounds


@pytest.mark.parametrize(("limit", "expected", "left_out"), [(5, 10, ["p*"]), (12, 10, ["p*"]), (15, 15, []), (500, 15, [])])
def test_postings_are_read_up_to_a_limit(
    limit: int, expected: int, left_out: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The most frequent word is read first, and always."""
    texts = {**{f"pear{n}": "pear" for n in range(10)}, **{f"plum{n}": "plum" for n in range(5)}}
    vault = make_text_vault(tmp_path / "vault", **{f"n{n}": text for n, text in enumerate(texts.values())})
    update_index(vault)
    monkeypatch.setattr(searcher_module, "MAX_POSTINGS", limit)

    def question(reader: Any) -> tuple[int, list[str]]:  # Any: Whoosh has no types
        searcher = Searcher(reader, [])
        return len(searcher.search(Wildcard("p*"))), searcher.left_out

    assert index_for(vault).query(question) == (expected, left_out)


def test_a_phrase_counts_towards_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = make_text_vault(tmp_path / "vault", a="red pear plum", b="red pear plum")
    update_index(vault)
    monkeypatch.setattr(searcher_module, "MAX_POSTINGS", 5)

    def question(reader: Any) -> tuple[int, int, list[str]]:  # Any: Whoosh has no types
        searcher = Searcher(reader, [])
        return len(searcher.search(Text(("red", "pear")))), len(searcher.search(word("plum"))), searcher.left_out

    assert index_for(vault).query(question) == (2, 0, ["plum"])


def test_if_no_note_has_all_words_a_quarter_of_them_is_enough(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="red pear", b="red plum", c="fig")
    update_index(vault)

    def question(reader: Any) -> list[set[str]]:  # Any: Whoosh has no types
        searcher = Searcher(reader, [])
        queries = ("red pear kiwi", "red pear plum", "fig kiwi", "fig kiwi lime lemon plum")
        return [{searcher.path(number) for number in searcher.match_most(And(tuple(map(word, query.split())))).scores} for query in queries]

    assert index_for(vault).query(question) == [{"a.md", "b.md"}, {"a.md", "b.md"}, {"c.md"}, set()]
