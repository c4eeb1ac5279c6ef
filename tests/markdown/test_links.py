"""Links found in a page: each kind, in the body and in the properties, and where exactly its target stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.errors import Unreadable
from vaultcrm.markdown import front_matter
from vaultcrm.markdown.links import decode_path, find_links, link_records, links_in_text
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties


def found(text: str) -> list[tuple[int, str, str, str]]:
    """Line, whole link, target as it is written, target as it is meant."""
    return [
        (one.line, text[one.start : one.end], text[one.target_start : one.target_end], one.target)
        for one in find_links(split_page(text.encode()))
    ]


BODY = """\
# A page

See [[Acme]], [[Acme#Terms|the terms]], [[clients/Acme/Acme.md#^b1]] and ![[sub/a b.png|200]].
[[#Here]] points here. [[ Acme ]] has blanks. \\[[Acme]] is no link.

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


def test_every_kind_of_link_in_a_body_is_found_where_it_stands() -> None:
    assert found(BODY) == [
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
        (16, "  [angle]: <other note.md>", "other note.md", "other note.md"),
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


def test_every_link_in_the_properties_is_found_where_it_stands() -> None:
    page = split_page(PROPERTIES.encode())
    assert [
        (one.key, one.line, PROPERTIES[one.target_start : one.target_end] if one.target_start >= 0 else None, one.target)
        for one in find_links(page)
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


def test_the_catalogue_is_told_the_same_links_with_their_lines() -> None:
    text = PROPERTIES.replace("  # [[Comment]]", "") + BODY
    page = split_page(text.encode())
    told = link_records(page, read_properties(page))
    links = [(one.line, one.kind, one.key, one.target) for one in find_links(page)]
    assert [tuple(one) for one in told] == links


def test_a_byte_order_mark_line_ends_and_other_scripts_move_nothing() -> None:
    text = '\ufeff---\r\nname: "Zoë 🎈 [[Ä]]"\r\n---\r\n🎈 [[Ö]]\r\n'
    assert found(text) == [(2, "[[Ä]]", "Ä", "Ä"), (4, "[[Ö]]", "Ö", "Ö")]


def test_a_page_whose_properties_cannot_be_read_says_so() -> None:
    with pytest.raises(Unreadable):
        find_links(split_page(b"---\na: [\n---\n[[A]]\n"))


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("a%20b.md", "a b.md"), ("gr%C3%B6%C3%9Fe.md", "größe.md"), ("100%.md", "100%.md"), ("%FF.md", "%FF.md"), ("a\\)b", "a)b"),
        ("%2528", "%28"),
    ],
)  # fmt: skip
def test_percent_signs_and_backslashes_are_read_as_what_they_mean(raw: str, path: str) -> None:
    assert decode_path(raw) == path


@given(st.text(st.sampled_from("[]()<>!|#\\`%\n \"'ab./:-&ä"), max_size=80))
def test_no_text_is_too_strange(text: str) -> None:
    page = split_page(text.encode())
    if page.kind in ("none",):
        for one in find_links(page):
            assert text[one.start : one.end]
            assert one.start <= one.target_start < one.target_end <= one.end
            assert "\n" not in text[one.target_start : one.target_end]
            assert one.line == 1 + text.count("\n", 0, one.target_start)


@pytest.mark.parametrize(
    "text", ["[" * 20_000 + "](", "](a" * 8_000, "[[" * 20_000, "[a](" + "(" * 20_000, "[a](<" * 8_000, "![a](\\" * 8_000]
)
def test_hostile_texts_do_not_take_their_time(text: str) -> None:
    assert find_links(split_page(text.encode())) == []


def test_hostile_brackets_are_read_in_a_blink() -> None:
    page = split_page(("](a)" * 200_000 + "[x](y.md)").encode())
    assert [link.target for link in links_in_text(page.body)] == ["y.md"]


def test_links_that_the_yaml_spells_out_are_read_in_a_blink() -> None:
    block = "a:\n" + "".join('  - "[[\\x61]]"\n' for _ in range(3000))
    page = split_page(f"---\n{block}---\n".encode())
    found = link_records(page, front_matter.load_properties(page))
    assert {(one.target, one.line) for one in found} == {("a", 2)}
