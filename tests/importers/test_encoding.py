"""Bytes of exports as text."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.importers.encoding import _CHARSETS, decode, known_charset, without_surrogates


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
        (b"\x93x\x94", "ISO-8859-1", "“x”"),  # what browsers make of it
        (b"\xc4\xe3\xba\xc3", "gb2312", "你好"),
        (b"caf\xe9", "utf-8", "café"),
        ("é".encode() * 20 + b"\xc3", "utf-8", "é" * 20 + "\ufffd"),
        (b"+AGE-", "utf-7", "+AGE-"),
        (b"x", "hex", "x"),
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


def test_the_charsets_are_named_as_python_names_them() -> None:
    assert {codecs.lookup(name).name for name in _CHARSETS} == _CHARSETS


@given(st.binary(max_size=50), st.sampled_from(sorted(_CHARSETS)))
def test_whatever_comes_out_can_be_written(data: bytes, charset: str) -> None:
    decode(data, charset).encode()
