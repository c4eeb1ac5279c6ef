"""Text normalized for comparison."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.normalize import fold, fold_case


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Zoë  Größe", "zoe grosse"),
        ("ACME\tstudio ", "acme studio"),
        ("e\u0301clair", "eclair"),
        ("İstanbul", "istanbul"),
        ("ﬁn", "fin"),
        ("Ω", "ω"),
        ("Ａcme", "acme"),
        ("", ""),
        ("家族", "家族"),
    ],
)
def test_fold_removes_case_accents_and_repeated_whitespace(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Øre", "ore"), ("Łódź", "lodz"), ("Đorđe", "dorde"), ("Ħal", "hal"), ("Diyarbakır", "diyarbakir"), ("Ŧ", "t"),
        ("Ærø", "aero"), ("Œuvre", "oeuvre"), ("Þór", "thor"), ("Guðrún", "gudrun"),
    ],
)  # fmt: skip
def test_fold_replaces_letters_that_unicode_does_not_decompose(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("O’Brien", "o'brien"), ("L‘Atelier", "l'atelier"), ("Oʼahu ŉ", "o'ahu 'n"),
        ("“Blue” „Whale‟", '"blue" "whale"'),
        ("North – South", "north - south"), ("e‑mail‐2", "e-mail-2"), ("Gesamt\u00adkonzept", "gesamtkonzept"),
        ("\ufeffAc\u200bme", "acme"),
    ],
)  # fmt: skip
def test_fold_makes_quotes_and_hyphens_plain_and_leaves_out_what_is_invisible(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_fold_does_not_depend_on_the_unicode_form(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert fold(unicodedata.normalize(form, text)) == fold(text)
    assert fold(f"  {text}\n") == fold(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Acme Studio", "acme studio"),
        ("ZOË", "zoë"),
        ("ZOE\u0308", "zoë"),  # decomposed, as macOS may return it
        ("Straße", "strasse"),
        ("J\u030cohn", "\u01f0ohn"),  # only the lower-case letter has a composed form
        ("two  spaces ", "two  spaces "),
        ("ﬁn", "fin"),
    ],
)
def test_fold_case_removes_case_and_keeps_accents(text: str, folded: str) -> None:
    assert fold_case(text) == folded
