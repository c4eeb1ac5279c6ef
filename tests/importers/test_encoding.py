"""Bytes of exports as text."""

import pytest

from vaultcrm.importers.encoding import decode, known_charset, without_surrogates


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Größe".encode(), "", "Größe"),
        ("Größe".encode("utf-8-sig"), "", "Größe"),
        ("Größe".encode("utf-16"), "", "Größe"),
        ("Größe".encode("utf-16-le"), "", "Größe"),
        ("Größe".encode("utf-16-be"), "", "Größe"),
        ("Größe".encode("cp1252"), "", "Größe"),
        ("Größe".encode("latin-1"), "ISO-8859-1", "Größe"),
        ("Привет".encode("koi8-r"), "KOI8-R", "Привет"),
        ("Größe".encode(), "ascii", "Größe"),  # wrong about itself
        ("Größe, Länge, Höhe ".encode() + b"\xe4", "", "Größe, Länge, Höhe \ufffd"),  # UTF-8 that is cut off
        (b"Caf\xe9\x81", "", "Café\ufffd"),
        (rb"\x1b[31m", "unicode_escape", r"\x1b[31m"),
        (b"", "", ""),
    ],
)
def test_bytes_become_text(data: bytes, charset: str, text: str) -> None:
    assert decode(data, charset) == text


@pytest.mark.parametrize("name", ["unicode_escape", "raw_unicode_escape", "utf-7", "idna", "punycode", "rot13", "zlib", "", "x\0", "é"])
def test_a_charset_that_makes_characters_out_of_text_is_not_taken(name: str) -> None:
    assert known_charset(name) is None


def test_half_a_character_is_replaced() -> None:
    assert without_surrogates("a\ud83d") == "a\ufffd"
    assert without_surrogates("a😀") == "a😀"
