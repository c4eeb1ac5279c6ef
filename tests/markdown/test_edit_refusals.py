"""Edits that are refused rather than guessed, and properties that cannot be read, each with its reason."""

from collections.abc import Callable

import pytest

from vaultcrm.errors import InvalidInput, Refused, Unreadable
from vaultcrm.markdown.edit import append_item, remove_property, replace_block, set_property
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import root_node
from vaultcrm.markdown.yaml_nodes import Writable

Attempt = Callable[[], object]


def refusal(block: str, key: str, value: Writable) -> str:
    """The message with which setting a property is refused."""
    with pytest.raises(Refused) as raised:
        set_property(split_page(f"---\n{block}---\nbody\n".encode()), key, value)
    return raised.value.message


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("a: &x old\nb: *x\n", "would make the properties unreadable"),
        ("a: &x [old]\nb: *x\n", "would make the properties unreadable"),
        ("a: &x\n  - old\nb: *x\n", "would make the properties unreadable"),
        ("a: 1\nb: 2\na: 3\n", "appears 2 times"),
        ("a: 1\n'a': 2\n\"a\": 3\n", "appears 3 times"),
        ("a:\n  # why\n  - old\n", "comment between the lines of the value"),
        ("a:\n  - old # why\n  - older\n", "comment between the lines of the value"),
        ("a:  # why\n  x: 1\n", "comment between the lines of the value"),
        ("a: [old, # why\n  older]\n", "may be a comment inside"),
        ("a: {x: 1, # why\n  z: 2}\n", "may be a comment inside"),
        ('a: 1\nb: "x\u2028z"\n', "unusual line breaks"),
        ("a: 1\nb: 'x\x85z'\n", "unusual line breaks"),
        ("a: 1\rb: 2\n", "unusual line breaks"),
        ("a: 1\n# \ufeff\n", "unusual line breaks"),
        ("{b: 1}\n", "are in braces"),
        ("{{title}}\n", "are in braces"),
        ("? b\n", "would read back differently"),
    ],
)
def test_setting_is_refused_if_other_bytes_would_change(block: str, reason: str) -> None:
    assert reason in refusal(block, "a", "new")


def test_a_duplicate_key_blocks_only_its_own_edit() -> None:
    page = set_property(split_page(b"---\na: 1\na: 2\nb: 3\n---\n"), "b", "4")
    assert page.join() == b'---\na: 1\na: 2\nb: "4"\n---\n'


@pytest.mark.parametrize("value", ["a\ud800", ["fine", "\udfff"]])
def test_half_of_a_surrogate_pair_is_refused(value: Writable) -> None:
    assert "surrogate" in refusal("a: 1\n", "b", value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused(value: float) -> None:
    assert "not finite" in refusal("a: 1\n", "b", value)


def test_an_edit_that_would_exceed_the_bounds_is_refused() -> None:
    assert "larger than 64 KiB" in refusal("a: 1\n", "b", "x" * 65_536)
    assert "would make the properties unreadable" in refusal("a: 1\n", "k" * 2_000, "x")


def test_a_first_property_that_would_exceed_the_bounds_is_refused() -> None:
    with pytest.raises(InvalidInput, match="larger than 64 KiB"):
        set_property(split_page(b"body\n"), "a", "x" * 65_536)


@pytest.mark.parametrize(
    ("block", "is_expected", "reason"),
    [
        ("a: 2\n---\n", True, "would move the end of the front matter"),
        ("a: [\n", True, "would make the properties unreadable"),
        ("a: 2\n", False, "would change other properties"),
    ],
)
def test_a_block_is_refused_if_it_would_not_read_back_as_expected(block: str, is_expected: bool, reason: str) -> None:
    page = split_page(b"---\na: 1\n---\nbody\n")
    with pytest.raises(Refused, match=reason):
        replace_block(page, block, lambda root: is_expected)
    edited, root = replace_block(page, "a: 2\n", lambda root: root is not None and root.pairs[0][1].text == "2")
    assert (edited.join(), root) == (b"---\na: 2\n---\nbody\n", root_node(edited))


@pytest.mark.parametrize(
    "text",
    ["+++\na = 1\n+++\nbody\n", '{\n  "a": 1\n}\nbody\n', '---json\n{"a": 1}\n---\nbody\n', "---toml\na = 1\n---\n", ";;;\n{}\n;;;\n"],
)
def test_front_matter_that_is_not_yaml_is_left_alone(text: str) -> None:
    page = split_page(text.encode())
    attempts: list[Attempt] = [lambda: set_property(page, "a", "x"), lambda: remove_property(page, "a"), lambda: append_item(page, "a", "")]
    for attempt in attempts:
        with pytest.raises(Refused, match="not YAML"):
            attempt()


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("a: 1\na: 2\n", "appears 2 times"),
        ("{a: 1}\n", "are in braces"),
        ("? a\n: 1\n", "is not at the start of its line"),
        ("a: &x 1\nb: *x\n", "would make the properties unreadable"),
        ('a: 1\nb: "x\u2028z"\n', "unusual line breaks"),
    ],
)
def test_removing_is_refused_if_other_bytes_would_change(block: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        remove_property(split_page(f"---\n{block}---\n".encode()), "a")


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("a: text\n", "is not a list"),
        ("a: {x: 1}\n", "is not a list"),
        ("b: &x [1]\na: *x\n", "is not a list"),
        ("a: &x [1]\nb: *x\n", "would change other properties"),
        ("a: [1, # why\n  2]\n", "may be a comment inside"),
        ("a: &x\n  - 1\nb: *x\n", "does not have one item per line"),
        ("a: [1]\na: [2]\n", "appears 2 times"),
    ],
)
def test_appending_is_refused_if_other_bytes_would_change(block: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        append_item(split_page(f"---\n{block}---\n".encode()), "a", "new")


@pytest.mark.parametrize(
    ("text", "line", "code", "reason"),
    [
        (b"---\na: 1\n", 1, "front-matter", "never closed"),
        (b"---\n- a\n- b\n---\n", 2, "front-matter", "not a list of properties"),
        (b"---\njust words\n---\n", 2, "front-matter", "not a list of properties"),
        (b"---\n# c\n\n~\n---\n", 4, "front-matter", "not a list of properties"),
        (b"---\na: 1\nb: [x\nc: 2\n---\n", 4, "front-matter", "Not valid YAML"),
        (b"---\na: 1\n\tb: 2\n---\n", 3, "front-matter", "Not valid YAML"),
        (b"---\na: 1\n...\nb: 2\n---\n", 4, "front-matter", "YAML"),
        (b"---\na: 1\nb: *nobody\n---\n", 3, "front-matter", "no anchor before it"),
        (b"---\na: 1\nb: caf\xe9\n---\n", 3, "encoding", "not UTF-8"),
    ],
)
def test_unreadable_properties_report_reason_and_line(text: bytes, line: int, code: str, reason: str) -> None:
    page = split_page(text)
    attempts: list[Attempt] = [lambda: root_node(page), lambda: set_property(page, "a", "x"), lambda: remove_property(page, "a")]
    for attempt in attempts:
        with pytest.raises(Unreadable, match=reason) as raised:
            attempt()
        assert (raised.value.line, raised.value.code) == (line, code)


@pytest.mark.parametrize("block", ["a: &x one\nb: &x two\nc: *x\n", "a: &x [1]\nb: &x [2]\nc: *x\n"])
def test_a_redefined_anchor_is_not_removed_from_its_alias(block: str) -> None:
    page = split_page(f"---\n{block}---\n".encode())
    attempts: list[Attempt] = [lambda: set_property(page, "b", "new"), lambda: remove_property(page, "b")]
    for attempt in attempts:
        with pytest.raises((Refused, Unreadable)):  # c would silently get the value of a
            attempt()


@pytest.mark.parametrize("block", ["? a\n", "{a}\n"])
def test_a_key_without_a_colon_is_set_or_refused(block: str) -> None:
    page = split_page(f"---\n{block}---\n".encode())
    try:
        edited = set_property(page, "a", "new")
    except Refused:
        return
    assert edited.text in ("? a\n: new\n", "{a: new}\n")
