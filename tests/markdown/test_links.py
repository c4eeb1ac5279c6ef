"""Links found in a page: each kind, in the body and in the properties, and the exact position of its target."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.errors import Unreadable
from vaultcrm.markdown import front_matter
from vaultcrm.markdown.destinations import decode_path
from vaultcrm.markdown.links import MAX_LINKS, LinkRecord, find_links, link_records, links_in_text
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties


def links_in(text: str) -> list[tuple[int, str, str, str]]:
    """Line, whole link, target as written, decoded target."""
    return [
        (link.line, text[link.start : link.end], text[link.target_start : link.target_end], link.target)
        for link in find_links(split_page(text.encode()))
    ]


BODY = """\
# A page

See [[Acme]], [[Acme#Terms|the terms]], [[clients/Acme/Acme.md#^b1]] and ![[sub/a b.png|200]].
[[#Here]] points here. [[ Acme ]] has spaces. \\[[Acme]] is no link.

| a | b |
| - | - |
| [[Acme\\|shown]] | ![[Acme\\|200]] |

[one](sub/Acme.md#h "title") [two](<a note.md>) ![three](a%20note.md 'x') [four](a(1).md)
[web](https://example.com/Acme.md) [mail](mailto:a@b.c) [here](#h) [[![img](in.png)](out.md)]
[none]( ) [escaped](a\\(1.md) [root](/docs/x.md) not](a.md)

[ref]: other.md "title"
[^1]: other.md
  [angle]: <other note.md>

`[[Code]]` and ``[a](code.md)``

```
[[Code]] [a](code.md)
```

%% [[Comment]] %% <!-- [[Comment]] -->
[[{{title}}]] [[<% tp.file.title %>]]
"""


def test_every_kind_of_link_in_a_body_is_found_with_its_position() -> None:
    assert links_in(BODY) == [
        (3, "[[Acme]]", "Acme", "Acme"),
        (3, "[[Acme#Terms|the terms]]", "Acme", "Acme"),
        (3, "[[clients/Acme/Acme.md#^b1]]", "clients/Acme/Acme.md", "clients/Acme/Acme.md"),
        (3, "![[sub/a b.png|200]]", "sub/a b.png", "sub/a b.png"),
        (4, "[[ Acme ]]", "Acme", "Acme"),
        (8, "[[Acme\\|shown]]", "Acme", "Acme"),
        (8, "![[Acme\\|200]]", "Acme", "Acme"),
        (10, '[one](sub/Acme.md#h "title")', "sub/Acme.md", "sub/Acme.md"),
        (10, "[two](<a note.md>)", "a note.md", "a note.md"),
        (10, "![three](a%20note.md 'x')", "a%20note.md", "a note.md"),
        (10, "[four](a(1).md)", "a(1).md", "a(1).md"),
        (11, "![img](in.png)", "in.png", "in.png"),
        (11, "[![img](in.png)](out.md)", "out.md", "out.md"),
        (12, "[escaped](a\\(1.md)", "a\\(1.md", "a(1.md"),
        (12, "[root](/docs/x.md)", "/docs/x.md", "/docs/x.md"),
        (14, '[ref]: other.md "title"', "other.md", "other.md"),
        (16, "[angle]: <other note.md>", "other note.md", "other note.md"),
    ]


PROPERTIES = """\
---
client: "[[Acme]]"
people:
  - "[[Dana Roe|Dana]]"
  - '[[Nora''s]]'
  - [[Plain]]
  - Jonas, see [[Jonas]]
flow: ["[[A]]", '[[B]]', text]
bare: [[C]]
said: "she \\"said\\" [[The \\"D\\" plan]]"
folded: "a [[two
  lines]] b"
escaped: "[[\\x41cme]]"
block: |
  one [[E]]
  two
deeper:
  key: "[[F]]"  # [[Comment]]
empty: "[[#Here]]"
web: "[x](y.md)"
---
[[Body]]
"""


def test_every_link_in_the_properties_is_found_with_its_position() -> None:
    page = split_page(PROPERTIES.encode())
    assert [
        (link.key, link.line, PROPERTIES[link.target_start : link.target_end] if link.target_start >= 0 else None, link.target)
        for link in find_links(page)
    ] == [
        ("client", 2, "Acme", "Acme"),
        ("people", 4, "Dana Roe", "Dana Roe"),
        ("people", 5, "Nora''s", "Nora's"),
        ("people", 6, "Plain", "Plain"),
        ("people", 7, "Jonas", "Jonas"),
        ("flow", 8, "A", "A"),
        ("flow", 8, "B", "B"),
        ("bare", 9, "C", "C"),
        ("said", 10, 'The \\"D\\" plan', 'The "D" plan'),
        ("folded", 11, None, "two lines"),
        ("escaped", 13, None, "Acme"),
        ("block", 15, "E", "E"),
        ("deeper", 18, "F", "F"),
        (None, 22, "Body", "Body"),
    ]


def test_link_records_are_the_same_links_with_the_same_lines() -> None:
    text = PROPERTIES.replace("  # [[Comment]]", "") + BODY
    page = split_page(text.encode())
    records = link_records(page, read_properties(page))
    assert [tuple(record) for record in records] == [(link.line, link.kind, link.key, link.target) for link in find_links(page)]


def test_bom_crlf_and_non_ascii_text_shift_no_position() -> None:
    text = '\ufeff---\r\nname: "Zoë 🎈 [[Ä]]"\r\n---\r\n🎈 [[Ö]]\r\n'
    assert links_in(text) == [(2, "[[Ä]]", "Ä", "Ä"), (4, "[[Ö]]", "Ö", "Ö")]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("[[A|quote [1]]]", ["A"]), ("[[A|quote [1]]", ["A"]), ("[[A|[b] c [d]]] [[E]]", ["A", "E"]), ("[see [[A|b]]]", ["A"]),
        ("[[A#Part [1]|b]]", ["A"]), ("[[A|b [[C]]", ["C"]), ("[[A|b\nc]]", []),
        ("[r]:B.md", ["B.md"]), ("[r]:\n  B.md", ["B.md"]), ("[r]: B.md\n'a title'", ["B.md"]), ("[r]:\r\nB.md\r\n", ["B.md"]),
        ("- [r]: B.md", ["B.md"]), ("> 1. [r]: B.md", ["B.md"]), ("> [r]:\n> B.md", ["B.md"]), ("[a\nb]: B.md", ["B.md"]),
        ("text\n[r]: B.md", []), ("> text\n[r]: B.md", []), ("- text\n  [r]: B.md", []), ("text\n\n[r]: B.md", ["B.md"]),
        ("text\n> [r]: B.md", ["B.md"]), ("text\n- [r]: B.md", ["B.md"]), ("# Head\n[r]: B.md", ["B.md"]), ("a\n---\n[r]: B.md", ["B.md"]),
        ("[r]: B.md\n[s]: C.md", ["B.md", "C.md"]), ("text\n[r]: B.md\n[s]: C.md", []), ("> [!note] Title\n> [r]: B.md", ["B.md"]),
        ("```\ncode\n```\n[r]: B.md", ["B.md"]), ("[r]: B.md more", []), ("[r]:\n\nB.md", []), ("[^1]: B.md", []),
        ("[x](\nB.md\n)", ["B.md"]), ("[x](B.md\n'a\ntitle')", ["B.md"]), ("[x](\n\nB.md)", []), ("[x](B.md 'a\n\nb')", []),
        ("[x](B.md?q=1#h)", ["B.md"]), ("[x](What?.md)", ["What?.md"]), ("[x](B%3F.md?q)", ["B?.md"]),
        ("[x](R&amp;D.md)", ["R&D.md"]), ("[x](<R&#38;D.md#h>)", ["R&D.md"]), ("[x](R&#x26;D&nothing;.md)", ["R&D&nothing;.md"]),
        ("[x](R\\&amp;D.md)", ["R&amp;D.md"]), ("[x](R&amp D.md)", []), ("[x](R&ampD.md)", ["R&ampD.md"]), ("[x](&#109;ailto:a@b.c)", []),
        ("[x](a\u00a0b.md)", ["a\u00a0b.md"]), ("[x](a(b(c)d)e.md)", ["a(b(c)d)e.md"]), ("[r]: [x](B.md)", ["[x](B.md)"]),
    ],
)  # fmt: skip
def test_links_are_read_as_obsidian_and_commonmark_read_them(text: str, targets: list[str]) -> None:
    assert [link.target for link in links_in_text(text)] == targets


@pytest.mark.parametrize("text", [b"---\na: [\n---\n[[A]]\n", b"---\na: '[[A]]\n---\n", b"---\na: 1\n"])
def test_unreadable_properties_raise(text: bytes) -> None:
    with pytest.raises(Unreadable):
        find_links(split_page(text))


def test_brackets_pair_up_within_a_paragraph_and_1000_characters() -> None:
    assert links_in("[a\n\nb](c.md)") == []
    link = f"[{'x' * 999}](a.md)"
    assert links_in(link) == [(1, link, "a.md", "a.md")]
    assert links_in(f"[{'x' * 1000}](a.md)") == []


def test_code_inside_a_target_makes_it_no_link() -> None:
    assert links_in("[[a `b` c]] [x](a`b`c.md)") == []


def test_placeholders_of_templates_are_not_links() -> None:
    page = split_page(b'---\na: "[[{{title}}]]"\nb: "[[<% tp.file.title %>]]"\n---\n[[{{title}}]] [x](<{{title}}.md>)\n')
    assert find_links(page) == []
    assert link_records(page, read_properties(page)) == ()


def test_after_20000_links_one_record_stands_for_the_rest() -> None:
    page = split_page(b"[[a]]\n" * (MAX_LINKS - 1))
    assert link_records(page, {})[-1] == LinkRecord(19_999, "wiki", None, "a")
    page = split_page(b"[[a]]\n" * (MAX_LINKS + 1))
    records = link_records(page, {})
    assert (len(records), records[-2:]) == (20_001, (LinkRecord(20_000, "wiki", None, "a"), LinkRecord(20_000, "more", None, "")))


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("a%20b.md", "a b.md"), ("gr%C3%B6%C3%9Fe.md", "größe.md"), ("100%.md", "100%.md"), ("%FF.md", "%FF.md"), ("a\\)b", "a)b"),
        ("%FF\\)b", "%FF)b"),
        ("%2528", "%28"),
    ],
)  # fmt: skip
def test_percent_encoding_and_backslash_escapes_are_decoded(raw: str, path: str) -> None:
    assert decode_path(raw) == path


@given(st.text(st.sampled_from("[]()<>!|#\\`%\n \"'ab./:-&ä"), max_size=80))
def test_positions_are_right_in_any_text(text: str) -> None:
    page = split_page(text.encode())
    if page.kind in ("none",):
        for link in find_links(page):
            assert text[link.start : link.end]
            assert link.start <= link.target_start < link.target_end <= link.end
            assert "\n" not in text[link.target_start : link.target_end]
            assert link.line == 1 + text.count("\n", 0, link.target_start)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000 + "](",
        "](a" * 8_000,
        "[[" * 20_000,
        "[a](" + "(" * 20_000,
        "[a](<" * 8_000,
        "![a](\\" * 8_000,
        "[a](b(" * 8_000,
        "[a](b '" * 8_000,
        "[a]:b '" * 8_000,
        "\n[a]: b c" * 8_000,
        "[[a|[" * 8_000,
        "[[a#[b" * 8_000,
        "[a](" + "(b" * 20_000,
    ],
)
def test_hostile_texts_are_read_fast(text: str) -> None:
    assert find_links(split_page(text.encode())) == []


def test_hostile_brackets_are_read_fast() -> None:
    page = split_page(("](a)" * 200_000 + "[x](y.md)").encode())
    assert [link.target for link in links_in_text(page.body)] == ["y.md"]


def test_many_escaped_links_in_yaml_are_read_fast() -> None:
    block = "a:\n" + "".join('  - "[[\\x61]]"\n' for _ in range(3000))
    page = split_page(f"---\n{block}---\n".encode())
    records = link_records(page, front_matter.load_properties(page))
    assert {(record.target, record.line) for record in records} == {("a", 2)}
