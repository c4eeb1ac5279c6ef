"""Stemmers are found by a language's code, its English name or its own name."""

import pytest

from vaultcrm.errors import InvalidInput
from vaultcrm.search.stemming import language_code, stemmers


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("en", "en"), ("English", "en"), (" english ", "en"), ("deutsch", "de"), ("German", "de"), ("français", "fr"), ("Francais", "fr"),
        ("русский язык", "ru"), ("türkçe", "tr"), ("klingon", None), ("", None), ("ar", None), ("arabic", None), ("العربية", None),
    ],
)  # fmt: skip
def test_a_language_has_one_code_under_all_its_names(language: str, code: str | None) -> None:
    assert language_code(language) == code


def test_there_is_one_stemmer_for_each_different_language() -> None:
    english, german = stemmers(("english", "de", "en", "deutsch"))
    assert [english(word) for word in ("invoices", "invoiced", "rechnungen")] == ["invoic", "invoic", "rechnungen"]
    assert [german(word) for word in ("rechnung", "rechnungen")] == ["rechnung", "rechnung"]
    assert stemmers(()) == []


def test_an_unknown_language_is_an_error_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput) as error:
        stemmers(("english", "klingon"))
    assert error.value.message == "vaultcrm.toml: languages lists 'klingon', which search doesn't support."
    assert error.value.hint == (
        "Choose from: danish, dansk, deutsch, dutch, english, finnish, french, german, hungarian, italian, italiano, magyar,"
        " nederlands, norsk, norwegian, portuguese, romanian, russian, spanish, suomi, svenska, swedish, turkish."
    )
