"""A stranger's text: nothing in it is live afterwards, judged by vaultcrm and by another reader of Markdown, and its words stay."""

import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.support import bounded_work
from vaultcrm.importers.inert import MAX_CHARACTERS, inert, inert_id, inert_line
from vaultcrm.markdown.page import split_page
from vaultcrm.model.read_note import read_note
from vaultcrm.search.documents import make_document

SHOWN = {
    "- [ ] Pay 📅 2026-01-01": "- \\[ ] Pay 📅 2026-01-01",
    "> 1.\t[x] done": "> 1.\t\\[x] done",
    "> [!decision] We pay double": "> \\[!decision] We pay double",
    "[[Acme]] ![[Acme]] [[[x]]]": "\\[\\[Acme]] !\\[\\[Acme]] \\[\\[\\[x]]]",
    "#urgent (#a/b) C# and no. 5": "\\#urgent (\\#a/b) C# and no. 5",
    "# Preferences\n- none": "\\# Preferences\n- none",
    "---\ntype: client\n---\nHi": "\\---\ntype: client\n\\---\nHi",
    '{"type": "client"}': '\\{"type": "client"}',
    "Hi\n===\n- - -\n***": "Hi\n\\===\n- - \\-\n\\***",
    "<b>Hi</b> a < b <3 <!-- x --> <% tp %>": "&lt;b>Hi&lt;/b> a < b <3 &lt;!-- x --> &lt;% tp %>",
    "due:: today std::sort [a:: b]": "due:\\: today std:\\:sort \\[a:\\: b]",
    "Hi ^block-1\n^x a^2": "Hi \\^block-1\n\\^x a^2",
    "```dataviewjs\n`$= x`\n~~~": "\\`\\`\\`dataviewjs\n\\`\\$= x\\`\n\\~~~",
    "$500, not US$700; $$x$$": "$500, not US\\$700; $\\$x\\$\\$",
    "100%, %%hidden%%": "100%, %\\%hidden%\\%",
    "[ref]: https://x.example\n[^1]: note": "\\[ref]: https://x.example\n\\[^1]: note",
    "[our site](https://x.example/a_b#c) [mail](MAILTO:d@x.example)": "[our site](https://x.example/a_b#c) [mail](MAILTO:d@x.example)",
    "![pixel](https://x.example/p.gif)": "![pixel](https://x.example/p.gif)",
    "[run](javascript:alert(1)) [run]( https://x.example)": "\\[run](javascript:alert(1)) \\[run]( https://x.example)",
    "- [x](https://x.example) > [!decision](https://x.example)": "- \\[x](https://x.example) > \\[!decision](https://x.example)",
    "<https://x.example> <javascript:x> Dana <dana@x.example>": "<https://x.example> &lt;javascript:x> Dana <dana@x.example>",
    "file:///etc/passwd obsidian://open?x": "file:\\///etc/passwd obsidian:\\//open?x",
    "&#x202e; &lt;b&gt; AT&T": "\\&#x202e; &lt;b\\&gt; AT&T",
    "\\[[x]] \\\\[[y]] \\%% \\<b>": "\\[\\[x]] \\\\\\[\\[y]] \\%\\% &lt;b>",
    "<<<<<<< HEAD": "\\<\\<\\<\\<\\<\\<< HEAD",
    "a\r\nb\rc\u2028d\n\n\n\ne  \n": "a\nb\nc\nd\n\ne",
    "x\0y\x1b[2J\u202ez\u200b \u00a0.": "xy\\[2Jz  .",
    "👩‍💻 ❤️ نمی‌خواهم a\u200db": "👩‍💻 ❤️ نمی‌خواهم ab",
    "\ufeff\u034f\u200c\u3164Hi": "Hi",
    "1. one\n   * two\n> quoted\n\n| a | b |": "1. one\n   * two\n> quoted\n\n| a | b |",
}


@pytest.mark.parametrize("text", SHOWN)
def test_what_becomes_of_it(text: str) -> None:
    assert inert(text) == SHOWN[text]


# Pieces of all that could be live, which Hypothesis puts together
PIECES = st.one_of(
    st.sampled_from(
        "- [ ] |* [x] |+ [-] |1. [/] |2) |> |>>|\t|    |\n|\r\n|\n\n|[[|]]|![[|[|]|](|)|https://x.example/|javascript:|data:|file://|obsidian://"
        "|mailto:|#|# |#tag|^|^id|---|---\n|+++\n|;;;|===|***|```|~~~|`|``|$|$$|%%|<!--|-->|<|>|<script>|</b>|<%|%>"
        "|&lt;|&#91;|&#x202e;|&amp;"
        "|::|:|due:: 2026-01-01|[due:: |📅 2026-01-01|🔁 every day"
        "|[!decision] |[!question]|\\|\\\\|\\[|\\`|\\%|\\<|{|{{x}}|word|w 1| |\0|\x1b|\u202e"
        "|\u200b|\u200d|\u2028|\ud800|\ufe0f|👍|é|[ref]: /x\n|<<<<<<< a\n|>>>>>>> b\n|=======\n|Preferences\n|a::b|(|//|http://x.example|]:|!".split(
            "|"
        )
    ),
    st.text(max_size=3),
)
TEXTS = st.lists(PIECES, max_size=25).map("".join)


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum() and char not in "\u115f\u1160\u3164\uffa0")


@given(TEXTS)
@example("[a](https://x.example/?a::b)")
@example("`\\`[[x]]`")
@example("> - > [!decision] x")
def test_nothing_of_it_is_live(text: str) -> None:
    result = inert(text)
    for body in (result, f"---\ntype: interaction\ndate: 2026-11-02T10:00:00\n---\n{result}\n"):
        data = body.encode()
        contents = read_note("clients/Acme/interactions/x.md", data)
        assert (contents.follow_ups, contents.decisions, contents.points, contents.problems, contents.links) == ((), (), (), (), ())
        assert "tags" not in make_document(contents.note, b"", split_page(data).body).properties
        assert "type" not in contents.note.properties or body != result
    for sign in ("%%", "::", "<!--", "<%", "```", "$$", "[[", "<<<<<<< ", "\0", "\r"):
        assert sign not in result
    assert not re.search(r"(?<!\\)(?:\\\\)*\[[!^]", result)
    for token in MarkdownIt("commonmark").parse(result):
        assert token.type not in ("heading_open", "hr", "fence", "html_block")
        for inline in token.children or ():
            assert inline.type not in ("html_inline", "code_inline", "image")
            if inline.type == "link_open":
                assert re.match("(https?://|mailto:|tel:)", str(inline.attrs["href"]), re.IGNORECASE)


@given(TEXTS)
def test_its_words_stay_and_twice_is_once(text: str) -> None:
    result = inert(text)
    assert inert(result) == result
    assert letters(result.replace("&lt;", "<")) == letters(text.replace("&lt;", "<"))


@given(TEXTS)
def test_a_property_is_one_line_without_a_link(text: str) -> None:
    line = inert_line(text)
    assert line == " ".join(line.split())
    assert "[[" not in line
    assert inert_line(line) == line


@pytest.mark.parametrize(
    ("text", "result"),
    [("C024BE91L", "C024BE91L"), ("[[web]]", "0c9547dcc4b6d4429d6d940febcb2b4c"), ("a\nb", "7e18f737311b2dc3b2f269dd78396b03"), ("", "")],
)
def test_an_id_is_a_property_as_it_is_or_its_digest(text: str, result: str) -> None:
    assert inert_id(text) == result


def test_a_long_property_is_cut() -> None:
    assert inert_line("word " * 100, 20) == "word word word word…"


@pytest.mark.parametrize(
    "piece", ["[", "](", "\\", "<", "`", "    ", "> ", "- ", "[a](https://x", "&amp", "#", "$", " \n", "\u200d", "-", "]", "%", "(#"]
)
def test_a_hostile_text_takes_no_longer_than_any_other(piece: str) -> None:
    with bounded_work():
        inert(piece * (400_000 // len(piece)))


def test_a_text_without_end_is_cut() -> None:
    assert inert("x" * (MAX_CHARACTERS + 5)) == "x" * MAX_CHARACTERS + " …"


def test_entities_are_shown_as_they_are_written() -> None:
    assert unescape(MarkdownIt().render(inert("&#x202e;"))) == "<p>&#x202e;</p>\n"
