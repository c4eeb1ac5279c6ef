"""The words of an index: by their beginning, by a pattern, by a similar spelling."""

from pathlib import Path
from typing import Any

from tests.search.indexes import index_for, update_index
from tests.search.searches import make_text_vault
from tests.search.test_searcher import NOTES
from tests.support import make_vault
from vaultcrm.search.query import Wildcard
from vaultcrm.search.vocabulary import Vocabulary


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
