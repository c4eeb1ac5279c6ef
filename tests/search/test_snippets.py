"""The line that shows why a note is found."""

from pathlib import Path

import pytest

from tests.search.searches import answer
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


def shown(root: Path, text: str | bytes, query: str) -> tuple[int, str, list[str]]:
    """The line, the text and the marked pieces of the one note that is found."""
    (hit,) = answer(make_vault(root, {"Note.md": text}), query).hits
    return hit.snippet.line, hit.snippet.text, [hit.snippet.text[start:end] for start, end in hit.snippet.marks]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_line_with_most_of_the_words_is_shown_with_the_words_marked(newline: str, tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + NOTE.replace("\n", newline).encode()
    line = "The Pricing, and pricing of Zoë's two options"
    for query, marks in {
        "pricing ": ["Pricing", "pricing"], "prices ": ["Pricing", "pricing"], "zoe pric": ["Pricing", "pricing", "Zoë"],
        "opt* ": ["options"], '"two options"': ["two options"], "option ": ["options"], "optoins~ ": ["options"],
        "pricing -draft zoe": ["Pricing", "pricing", "Zoë"],
    }.items():  # fmt: skip
        if query == '"two options"':
            assert shown(tmp_path / "vault", data, query)[2] in (["two options"], ["two", "options"])
        else:
            assert shown(tmp_path / "vault", data, query) == (9, line, marks), query
    assert shown(tmp_path / "vault", data, "heading ") == (5, "# A heading", ["heading"])
    assert shown(tmp_path / "vault", data, "type:interaction ") == (7, "First line", [])


def test_a_word_that_only_a_property_holds_is_shown_there(tmp_path: Path) -> None:
    assert shown(tmp_path / "vault", "---\nsummary: Our wálnut\n---\nBody\n", "walnut ") == (2, "summary: Our wálnut", ["wálnut"])
    assert shown(tmp_path / "vault", "---\ntags:\n  - walnut\n---\nBody\n", "walnut ") == (3, "- walnut", ["walnut"])
    assert shown(tmp_path / "vault", "東京都と大阪", "京都 ") == (1, "東京都と大阪", ["京都"])
    assert shown(tmp_path / "vault", "", "note ") == (1, "", [])


def test_of_a_long_line_the_piece_around_the_words_is_shown(tmp_path: Path) -> None:
    line, text, marks = shown(tmp_path / "vault", "first\n" + "before " * 300 + "walnut " + "after " * 300, "walnut ")
    assert (line, marks) == (2, ["walnut"])
    assert text.startswith("…before ") and text.endswith(" after…") and len(text) <= 202


@pytest.mark.parametrize("char", ["\f", "\v", "\u2028", "\x1c", "\x85"])
def test_lines_are_counted_as_editors_count_them(char: str, tmp_path: Path) -> None:
    assert shown(tmp_path / "vault", f"---\na: 1\n---\none{char}two\nwalnut\n", "walnut ")[::2] == (5, ["walnut"])
