"""Phrases in one segment of a real index."""

from pathlib import Path
from typing import Any

import pytest

from tests.search.indexes import index_for, update_index
from tests.support import make_vault
from vaultcrm.search.phrases import PhraseMatcher, frequency
from vaultcrm.vault.vault import Vault

NOTES = {"a.md": "red pear, red pear", "b.md": "pear red", "c.md": "red apple pear", "d.md": "red pears"}


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = make_vault(tmp_path / "vault", NOTES)
    assert update_index(vault) == 4
    return vault


def matches(vault: Vault, terms: list[list[str]], candidates: set[str] | None = None, offset: int = 0) -> tuple[dict[str, int], int]:
    """How often each note contains a phrase, and the number of postings that were read."""

    def question(reader: Any) -> tuple[dict[str, int], int]:  # Any: Whoosh has no types
        paths = {number: reader.stored_fields(number)["path"] for number in reader.all_doc_ids()}
        numbers = None if candidates is None else {offset + number for number, path in paths.items() if path in candidates}
        phrase = PhraseMatcher(reader, "words", terms, offset, numbers)
        return {paths[number]: count for number, count in phrase.documents()}, phrase.postings_read

    return index_for(vault).query(question)


def test_the_words_must_follow_each_other(vault: Vault) -> None:
    assert matches(vault, [["red"], ["pear"]])[0] == {"a.md": 2}
    assert matches(vault, [["pear"], ["red"]])[0] == {"a.md": 1, "b.md": 1}
    assert matches(vault, [["red"], ["apple"], ["pear"]])[0] == {"c.md": 1}
    assert matches(vault, [["apple"], ["red"]])[0] == {}
    assert matches(vault, [["red"], ["unknown"]])[0] == {}


def test_any_of_several_terms_may_stand_in_a_word_s_place(vault: Vault) -> None:
    assert matches(vault, [["red"], ["pear", "pears", "unknown"]])[0] == {"a.md": 2, "d.md": 1}


def test_only_candidates_are_considered(vault: Vault) -> None:
    assert matches(vault, [["pear"], ["red"]], {"b.md", "c.md"})[0] == {"b.md": 1}
    assert matches(vault, [["pear"], ["red"]], {"b.md", "c.md"}, offset=100)[0] == {"b.md": 1}
    assert matches(vault, [["pear"], ["red"]], set())[0] == {}


def test_the_postings_of_all_terms_are_counted(vault: Vault) -> None:
    assert matches(vault, [["red"], ["apple"]])[1] == 4 + 1
    assert matches(vault, [["red"], ["unknown"]])[1] == 4


def test_frequency_counts_documents(vault: Vault) -> None:
    words = ("red", "pear", "pears", "unknown")
    assert index_for(vault).query(lambda reader: [frequency(reader, "words", word) for word in words]) == [4, 3, 1, 0]
