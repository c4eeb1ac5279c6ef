"""The line that shows why a note was found."""

from pathlib import Path

import pytest

from tests.search.searches import run_search
from tests.support import make_vault

NOTE = """---
type: interaction
summary: The pricing
---
# A heading

First line

The  Pricing, and pricing of Zoë's two options
pricing
"""


def snippet_of(root: Path, text: str | bytes, query: str) -> tuple[int, str, list[str]]:
    """The line number, the text and the marked words of the snippet of the only hit."""
    (hit,) = run_search(make_vault(root, {"Note.md": text}), query).hits
    return hit.snippet.line, hit.snippet.text, [hit.snippet.text[start:end] for start, end in hit.snippet.marks]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_line_with_the_most_words_is_shown_and_the_words_are_marked(newline: str, tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + NOTE.replace("\n", newline).encode()
    line = "The Pricing, and pricing of Zoë's two options"
    for query, marks in {
        "pricing ": ["Pricing", "pricing"], "prices ": ["Pricing", "pricing"], "zoe pric": ["Pricing", "pricing", "Zoë"],
        "opt* ": ["options"], '"two options"': ["two options"], "option ": ["options"], "optoins~ ": ["options"],
        "pricing -draft zoe": ["Pricing", "pricing", "Zoë"],
    }.items():  # fmt: skip
        if query == '"two options"':
            assert snippet_of(tmp_path / "vault", data, query)[2] in (["two options"], ["two", "options"])
        else:
            assert snippet_of(tmp_path / "vault", data, query) == (9, line, marks), query
    assert snippet_of(tmp_path / "vault", data, "heading ") == (5, "# A heading", ["heading"])
    assert snippet_of(tmp_path / "vault", data, "type:interaction ") == (7, "First line", [])


def test_a_word_that_is_only_in_a_property_is_shown_there(tmp_path: Path) -> None:
    assert snippet_of(tmp_path / "vault", "---\nsummary: Our wálnut\n---\nBody\n", "walnut ") == (2, "summary: Our wálnut", ["wálnut"])
    assert snippet_of(tmp_path / "vault", "---\ntags:\n  - walnut\n---\nBody\n", "walnut ") == (3, "- walnut", ["walnut"])
    assert snippet_of(tmp_path / "vault", "東京都と大阪", "京都 ") == (1, "東京都と大阪", ["京都"])
    assert snippet_of(tmp_path / "vault", "", "note ") == (1, "", [])


def test_a_long_line_is_cut_around_the_words(tmp_path: Path) -> None:
    line, text, marks = snippet_of(tmp_path / "vault", "first\n" + "before " * 300 + "walnut " + "after " * 300, "walnut ")
    assert (line, marks) == (2, ["walnut"])
    assert text.startswith("…before ") and text.endswith(" after…") and len(text) <= 202


@pytest.mark.parametrize("char", ["\f", "\v", "\u2028", "\x1c", "\x85"])
def test_lines_are_counted_as_editors_count_them(char: str, tmp_path: Path) -> None:
    assert snippet_of(tmp_path / "vault", f"---\na: 1\n---\none{char}two\nwalnut\n", "walnut ")[::2] == (5, ["walnut"])
