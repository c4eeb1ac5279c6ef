"""The line that shows why a note was found."""

from pathlib import Path

import pytest

from tests.search.searches import run_search
from tests.support import make_vault
from vaultcrm.search.query import parse_query
from vaultcrm.search.snippets import WIDTH, Snippet, make_snippet, word_matcher
from vaultcrm.search.stemming import stemmers

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
    assert snippet_of(tmp_path / "vault", data, "type:interaction ") == (3, "The pricing", [])


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


@pytest.mark.parametrize(
    "link", ['client: "[[Walnut]]"', "project: '[[Walnut|the walnut]]'", 'people:\n  - "[[Walnut]]"', 'people: ["[[A]]", "[[Walnut]]"]']
)
def test_a_link_in_the_properties_is_never_shown(link: str, tmp_path: Path) -> None:
    rest = "---\n\nDear Nora,\n\nThe *oak* has come.\n"
    line = link.count("\n") + 7
    assert snippet_of(tmp_path / "a", f"---\n{link}\n{rest}", "walnut ")[::2] == (line, [])
    assert snippet_of(tmp_path / "b", f'---\n{link}\nsummary: "Oak, not pine"\n{rest}', "walnut ") == (line - 4, "Oak, not pine", [])
    assert snippet_of(tmp_path / "c", f"---\n{link}\nrole: walnut\n{rest}", "walnut ") == (line - 4, "role: walnut", ["walnut"])


def test_a_property_whose_name_matches_is_shown_with_its_list(tmp_path: Path) -> None:
    data = "---\nphone:\n  - '0117 496 0142'\n  - 0117 496 0143\nrole: x\n---\n"
    assert snippet_of(tmp_path / "vault", data, "phone ") == (2, "phone: '0117 496 0142', 0117 496 0143", ["phone"])
    assert snippet_of(tmp_path / "vault", data, "+44 117 4960143 ") == (4, "- 0117 496 0143", ["0117 496 0143"])


# ------------------------------------------------------------------------------------- one text


def snippet(text: str, query: str, body_line: int = 1, languages: tuple[str, ...] = ()) -> Snippet:
    return make_snippet(text, body_line, word_matcher(parse_query(query, "mood".__eq__), stemmers(languages)))


def marked(snippet: Snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.marks]


def test_a_line_of_the_body_is_preferred_to_one_of_the_properties() -> None:
    text = "---\nsummary: pear\n---\nNo.\nA pear\n"
    assert snippet(text, "pear ", body_line=4) == Snippet(5, "A pear", ((2, 6),))
    assert snippet(text.replace("pear\n---", "pear and plum\n---"), "pear plum ", body_line=4).line == 2  # more words


def test_the_type_and_the_lines_around_the_properties_are_not_shown() -> None:
    text = "---\ntype: pear\nkind: pear\n---\n"
    assert snippet(text, "pear ", body_line=5) == Snippet(3, "kind: pear", ((6, 10),))


def test_different_words_count_more_than_repeated_ones_and_then_the_first_line_wins() -> None:
    assert snippet("pear pear pear\npear plum\nplum pear\n", "pear plum ").line == 2
    assert snippet("pear\npear pear\npear pear pear\n", "pear ").line == 3
    assert snippet("pear\npear\n", "pear ").line == 1
    assert snippet("pear " * 9 + "\n" + "pear " * 10, "pear ").line == 1  # more than nine make no difference


def test_without_a_match_the_first_line_that_is_no_heading_is_shown() -> None:
    assert snippet("---\na: 1\n---\n\n# Title\n  Some   text \nmore\n", "pear ", body_line=4) == Snippet(6, "Some text", ())
    assert snippet("# Title\n", "pear ") == Snippet(1, "", ())
    text = "---\nsummary: 'The plum:\"quoted\"'\n---\n# Title\nHi,\n**the** fig\n"
    is_pear = word_matcher(parse_query("pear ", str.isalpha), [])
    for says, line in (("The plum: quoted", 2), ("The fig", 6), ("What is nowhere", 5), ("", 5)):
        assert make_snippet(text, 4, is_pear, says) == Snippet(line, says or "Hi,", ())


def test_which_words_are_marked() -> None:
    text = "Pear pears pearl plum"
    assert marked(snippet(text, "pear")) == ["Pear", "pears", "pearl"]  # the last word may be a prefix
    assert marked(snippet(text, "pear plum")) == ["Pear", "plum"]
    assert marked(snippet(text, "pear plum", languages=("english",))) == ["Pear", "pears", "plum"]
    assert marked(snippet(text, '"pear" plum', languages=("english",))) == ["Pear", "plum"]
    assert marked(snippet(text, "pe*l plum")) == ["pearl", "plum"]
    assert marked(snippet(text, "paers~ plum")) == ["pears", "plum"]
    assert marked(snippet(text, "(pears OR pearl) -plum")) == ["pears", "pearl"]
    assert marked(snippet(text, "mood:pear plum")) == ["plum"]
    assert marked(snippet(text, "p")) == []  # every word has some letter
    assert marked(snippet("東京都", "東京")) == ["東京"]
    assert marked(snippet("第2回", "第 2 ")) == ["第2"]  # marks that touch are one


def test_a_long_line_is_cut_where_most_marks_are() -> None:
    words = ["filler"] * 100
    words[5], words[60], words[62], words[64] = "pear", "pear", "pear", "pear"
    shown = snippet(" ".join(words), "pear ")
    assert marked(shown) == ["pear", "pear", "pear"]
    assert (shown.text[0], shown.text[-1]) == ("…", "…")
    assert set(shown.text.strip("…").split(" ")) == {"filler", "pear"}  # cut between words
    assert 100 < len(shown.text) <= WIDTH + 2


def test_a_line_is_cut_only_if_it_is_too_long() -> None:
    exact = "pear " + "x" * (WIDTH - 5)
    assert snippet(exact, "pear ").text == exact
    assert snippet(exact + "y", "pear ").text == exact + "…"  # no space to cut at
    assert snippet("x" * 400, "pear ").text == "x" * WIDTH + "…"
