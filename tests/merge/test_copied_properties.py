"""Properties copied from one page into another: whole texts."""

import pytest

from tests.merge.notes import note
from vaultcrm.errors import Refused
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import root_node
from vaultcrm.merge.properties import NO_VALUE, annotations, copy_property, list_items, meanings, merge_list_items


def page(*lines: str, newline: str = "\n") -> Page:
    return split_page(note(*lines).replace("\n", newline).encode())


def copied(ours: Page, key: str, theirs: Page) -> str:
    return copy_property(ours, key, theirs).join().decode()


def test_a_missing_property_is_added_at_the_end_as_it_is_written() -> None:
    theirs = page("a: 1", "email:  # work", "- a@x", "- b@x", "z: 1")
    assert copied(page("x: 1"), "email", theirs) == note("x: 1", "email:  # work", "- a@x", "- b@x")
    assert copied(page("x: 1", newline="\r\n"), "email", theirs) == note("x: 1", "email:  # work", "- a@x", "- b@x").replace("\n", "\r\n")


def test_a_short_value_is_exchanged_and_keeps_our_comment() -> None:
    assert copied(page("rate:   80  # net", "x: 1"), "rate", page("rate: '85'")) == note("rate:   '85'  # net", "x: 1")
    assert copied(page("rate: 80  # net"), "rate", page("rate: 85  # gross")) == note("rate: 85  # net")
    assert copied(page("tags: [a]  # ours"), "tags", page("tags: [b, c]")) == note("tags: [b, c]  # ours")


def test_a_value_with_a_comment_replaces_one_without() -> None:
    assert copied(page("rate:   80", "x: 1"), "rate", page("rate: 85  # gross")) == note("rate: 85  # gross", "x: 1")


def test_a_value_on_several_lines_is_replaced_with_its_lines() -> None:
    theirs = page("about: |", "  one", "", "  two", "z: 1")
    assert copied(page("about: x", "y: 1"), "about", theirs) == note("about: |", "  one", "", "  two", "y: 1")
    assert copied(page("email:", "  - a@x", "  - b@x", "y: 1"), "email", page("email: c@x")) == note("email: c@x", "y: 1")


def test_a_property_in_braces_is_copied_to_a_line_of_its_own() -> None:
    assert copied(page("x: 1"), "tags", page("{a: 1, tags: [p, q]}")) == note("x: 1", "tags: [p, q]")
    assert copied(page("{a: 1, b: 2}"), "b", page("b: 3")) == note("{a: 1, b: 3}")
    with pytest.raises(Refused, match="does not begin its line"):
        copy_property(page("{a: 1, b: 2}"), "b", page("b: |", "  text"))


def test_a_property_that_the_other_page_lacks_is_refused() -> None:
    with pytest.raises(Refused, match="There is no property 'b'"):
        copy_property(page("a: 1"), "b", page("a: 1"))


def merged_list(ours: Page, removed: set[int], theirs: Page, added: list[int]) -> str:
    return merge_list_items(ours, "k", removed, theirs, added).join().decode()


def test_items_are_removed_from_a_list_and_added_at_its_end() -> None:
    theirs = page("k:", "    - c  # third", "    - |", "      d", "      e")
    ours = page("k:", "  - a  # first", "  - b  # second", "x: 1")
    assert merged_list(ours, {0}, theirs, [0, 1]) == note("k:", "  - b  # second", "  - c  # third", "  - |", "    d", "    e", "x: 1")
    assert merged_list(ours, {0, 1}, theirs, [0]) == note("k:", "  - c  # third", "x: 1")
    assert merged_list(page("k:", "  - a", "  - b", "x: 1"), {0, 1}, theirs, []) == note("k: []", "x: 1")
    assert merged_list(page("k: [a, b]  # ours"), set(), theirs, [0]) == note("k: [a, b, c]  # ours")
    assert merged_list(page("k: [a, b]  # ours"), {1}, theirs, [0]) == note("k: [a, c]  # ours")
    assert merged_list(page("k: a"), set(), theirs, [0]) == note("k:", "  - a", "  - c")
    assert merged_list(page("k:", "x: 1"), set(), theirs, [0]) == note("k:", "  - c", "x: 1")
    assert merged_list(page("{k: a, x: 1}"), set(), theirs, [0]) == note("{k: [a, c], x: 1}")


def test_a_list_that_cannot_be_edited_safely_is_refused() -> None:
    with pytest.raises(Refused, match="may be a comment inside"):
        merge_list_items(page("k: [a, # why", "  b]"), "k", {0}, page("k: [c]"), [0])
    with pytest.raises(Refused, match="is not a list"):
        merge_list_items(page("k: {a: 1}"), "k", set(), page("k: [c]"), [0])
    with pytest.raises(Refused, match="is not a list"):
        merge_list_items(page("k: [a]"), "k", set(), page("k: [[c]]"), [0])
    with pytest.raises(Refused, match="one item per line"):
        merge_list_items(page("k:", "  - a", "  -", "    b"), "k", {1}, page("k: [c]"), [0])
    with pytest.raises(Refused, match="unreadable"):
        merge_list_items(page("k: [a]"), "k", set(), page("k:", "- |", "  two", "  lines"), [0])


def test_meanings_differ_only_if_the_values_do() -> None:
    same = [("a: x", 'a: "x"'), ("a: x", "a: |-\n  x"), ("a:", "a: null"), ("a: [x, 5]", "a:\n- 'x'\n- 5"), ("a: {b: 1}", "a:\n  b: 1")]
    for one, other in same:
        assert meanings(page(one)) == meanings(page(other)), (one, other)
    for one, other in [("a: 5", "a: '5'"), ("a: true", 'a: "true"'), ("a:", "a: ''"), ("a: x", "a: [x]"), ("a: [x, y]", "a: [y, x]")]:
        assert meanings(page(one)) != meanings(page(other)), (one, other)
    assert meanings(page("a:", "b: ~")) == {"a": NO_VALUE, "b": NO_VALUE}


def test_annotations_are_comments_anchors_and_tags() -> None:
    lines = (
        "# above",
        "a: &x 1  # one",
        "b: *x",
        "c: !!str 5",
        "d: 'no # comment'",
        "e: |  # block",
        "  text # text",
        "f: [p, # in",
        "  q]",
    )
    assert sorted(annotations(page(*lines)).elements()) == ["!!str", "# above", "# block", "# in", "# one", "&x"]
    assert annotations(page("a: 1  # same", "b: 1  # same"))["# same"] == 2


def items_of(*lines: str) -> list[str] | None:
    own = page(*lines)
    root = root_node(own)
    assert root is not None
    items = list_items(root.pairs[0][1], own.text)
    return None if items is None else [item.text for item in items]


def test_the_items_of_lists_and_of_single_values() -> None:
    assert items_of("k: [a, b]") == items_of("k:", "- a", "- b") == ["a", "b"]
    assert items_of("k: a") == ["a"]
    assert items_of("k: ''") == [""]
    assert items_of("k:") == items_of("k: ~") == []
    assert items_of("k: {a: 1}") == items_of("k: [[a]]") is None
