"""Merges of the properties of a note: whole texts, one test for each rule."""

import pytest

from tests.merge.notes import CLIENT, clean_merge, merge, note
from vaultcrm.merge.note import MergedNote, merge_notes


def test_a_property_that_one_side_changed_is_taken_from_that_side() -> None:
    ours = CLIENT.replace("lead", "active")
    theirs = CLIENT.replace("rate: 80", 'rate: "085"').replace("She likes calls.", "She likes mails.")
    assert clean_merge(CLIENT, ours, theirs) == """\
---
type: client
status: active  # since May
rate: "085"
email:
  - dana@acme.example
tags: [design, print]
---

Dana runs the studio.

She likes mails.
"""  # fmt: skip


def test_if_one_side_changed_nothing_the_other_is_the_result() -> None:
    other = "no front matter, \r\n mixed \n lines, and bytes \xff".encode("latin-1")
    assert merge_notes(CLIENT.encode(), CLIENT.encode(), other) == MergedNote(other)
    assert merge_notes(CLIENT.encode(), other, CLIENT.encode()) == MergedNote(other)
    assert merge_notes(CLIENT.encode(), other, other) == MergedNote(other)


@pytest.mark.parametrize(
    "value",
    [
        "true", "5", '"05"', "2026-01-02", "2026-01-02T10:00:00", "'it''s'", "~", "", "1.50", "- item", "[a, 5, [b]]", "{a: 1, b: [2]}",
        '"[[Acme]]"', "[[Acme]]", "text  # with a comment", "|\n  two\n  lines", ">-\n  folded\n\n  text",
        "\n  - 5\n  - true\n  - a: 1\n    b: 2", "\n  deep:\n    - 1\n  and: more",
    ],
)  # fmt: skip
def test_a_value_is_copied_as_it_is_written(value: str) -> None:
    if value == "- item":
        value = "\n- item\n- another"
    line = f"new:{value}" if value.startswith("\n") else f"new: {value}"
    theirs = note("type: client", "rate: 80", *line.split("\n"))
    assert clean_merge(note("type: client", "rate: 80"), note("type: client", "rate: 85"), theirs) == theirs.replace("80", "85")
    base = note("type: client", "new: x", "rate: 80")
    theirs = note("type: client", *line.split("\n"), "rate: 80")
    assert clean_merge(base, base.replace("80", "85"), theirs) == theirs.replace("80", "85")


def test_a_key_that_one_side_removed_is_removed() -> None:
    ours, theirs = CLIENT.replace("lead", "active"), CLIENT.replace("rate: 80\n", "")
    expected = CLIENT.replace("lead", "active").replace("rate: 80\n", "")
    assert clean_merge(CLIENT, ours, theirs) == expected
    assert clean_merge(CLIENT, theirs, ours) == expected


def test_keys_that_each_side_added_are_both_kept() -> None:
    ours, theirs = note("type: client", "currency: EUR"), note("type: client", "language: de", "currency: EUR")
    assert clean_merge(note("type: client"), ours, theirs) == note("type: client", "currency: EUR", "language: de")


def test_a_value_that_both_sides_changed_differently_is_a_conflict() -> None:
    ours, theirs = CLIENT.replace("80", "85"), CLIENT.replace("80", "90").replace("lead", "active")
    assert merge(CLIENT, ours, theirs) == MergedNote(ours.replace("lead", "active").encode(), ("rate",), True)


def test_quotes_count_only_if_they_turn_a_number_into_text() -> None:
    base, more = note("a: 4", "b: x", "c: y"), note("a: 5", "b: z", "c: y")
    assert merge(base, more, note('a: "5"', "b: x", "c: x")) == MergedNote(note("a: 5", "b: z", "c: x").encode(), ("a",))
    assert clean_merge(base, more, note("a: 5", 'b: "z"', "c: x")) == note("a: 5", "b: z", "c: x")
    assert clean_merge(base, more, note('"a": 4', "b: 'x'", "c: x")) == note("a: 5", "b: z", "c: x")


def test_a_key_removed_on_one_side_and_changed_on_the_other_is_kept_and_reported() -> None:
    without, other = CLIENT.replace("rate: 80\n", ""), CLIENT.replace("80", "85")
    assert merge(CLIENT, other, without) == MergedNote(other.encode(), ("rate",))
    result = merge(CLIENT, without, other)
    assert result == MergedNote(CLIENT.replace("rate: 80\n", "").replace("print]\n", "print]\nrate: 85\n").encode(), ("rate",))


def test_an_empty_property_counts_as_missing() -> None:
    assert clean_merge(note("x: 1"), note("x: 2", "due:"), note("x: 1", "due: 2026-11-02")) == note("x: 2", "due: 2026-11-02")
    assert clean_merge(note("x: 1", "due:"), note("x: 1", "due: 2026-11-02"), note("x: 2")) == note("x: 2", "due: 2026-11-02")
    assert clean_merge(note("x: 1", "due: 5"), note("x: 1", "due:"), note("x: 2")) == note("x: 2", "due:")
    result = merge(note("x: 1", "due: 5"), note("x: 1", "due:"), note("x: 1", "due: 6"))
    assert result == MergedNote(note("x: 1", "due: 6").encode(), ("due",))


# -------------------------------------------------------------------------------------------- lists


def test_lists_are_merged_item_by_item() -> None:
    base = note("email:", "  - a@x.example  # work", "  - b@x.example", "tags: [one, two, three]")
    ours = note("email:", "  - a@x.example  # work", "  - b@x.example", "  - c@x.example", "tags: [three, one, 'four, five']")
    theirs = note("email:", "    - a@x.example  # work", "    - 'd@x.example'", "tags:", "- one", "- two", "- three", '- "[[Acme]]"')
    assert clean_merge(base, ours, theirs) == note(
        "email:", "  - a@x.example  # work", "  - c@x.example", "  - 'd@x.example'", "tags: [three, one, 'four, five', \"[[Acme]]\"]"
    )


def test_an_item_is_copied_with_the_comment_after_it() -> None:
    ours, theirs = note("email:", "  - b@x"), note("email:", "- a@x", "- 'c@x' # at home", "- |", "  d", "- e")
    assert clean_merge(note("email:", "  - a@x"), ours, theirs) == note(
        "email:", "  - b@x", "  - 'c@x'  # at home", "  - |", "    d", "  - e"
    )


def test_an_item_that_both_sides_added_is_added_once() -> None:
    assert clean_merge(note("tags: [a]"), note("tags: [a, b]"), note("tags: [b, a, c]")) == note("tags: [a, b, c]")


def test_an_item_can_occur_twice() -> None:
    assert clean_merge(note("tags: [a, b]"), note("tags: [a, a, b]"), note("tags: [a, b, c]")) == note("tags: [a, a, b, c]")
    assert clean_merge(note("tags: [a]"), note("tags: [a, a]"), note("tags: []")) == note("tags: [a, a]")


def test_items_that_one_side_removed_are_removed_and_a_list_can_become_empty() -> None:
    assert clean_merge(note("tags: [a, b]", "x: 1"), note("tags: [b]", "x: 1"), note("tags: [a]", "x: 2")) == note("tags: []", "x: 2")
    assert clean_merge(note("tags:", "  - a", "  - b"), note("tags:", "  - b"), note("tags:", "  - a")) == note("tags: []")


def test_a_text_merged_with_a_list_counts_as_a_list_of_one() -> None:
    assert clean_merge(note("email: a@x"), note("email: a@x", "x: 1"), note("email: [a@x, b@x]")) == note("email: [a@x, b@x]", "x: 1")
    assert clean_merge(note("email: a@x"), note("email: c@x"), note("email:", "  - a@x", "  - b@x")) == note("email:", "  - c@x", "  - b@x")
    assert clean_merge(note("email: a@x"), note("email: b@x"), note("email: c@x")) == note("email:", "  - b@x", "  - c@x")
    assert clean_merge(note("other: [a]"), note("other: [a, b]"), note("other: c")) == note("other: [b, c]")
    assert clean_merge(note("tags:"), note("tags: [a]"), note("tags: b")) == note("tags: [a, b]")


def test_a_wikilink_without_quotes_is_not_a_list() -> None:
    result = merge(note("project: [[A]]"), note("project: [[B]]"), note("project: [[C]]"))
    assert result == MergedNote(note("project: [[B]]").encode(), ("project",))


def test_items_can_be_maps() -> None:
    base = note("people:", "  - name: Dana", "    role: owner")
    ours = note("people:", "- name: Dana", "  role: owner", "- name: Lee")
    theirs = note("people:", "    - name: Dana", "      role: owner", "    - name: Kim", "      role: copy")
    assert clean_merge(base, ours, theirs) == note("people:", "- name: Dana", "  role: owner", "- name: Lee", "- name: Kim", "  role: copy")


# ----------------------------------------------------------------------------------------- comments


def test_a_comment_that_they_added_is_added() -> None:
    base = note("type: client", "rate: 80", "status: lead", "stage: contact")
    ours = base.replace("contact", "delivery")
    theirs = base.replace("type: client\n", "# who\ntype: client\n").replace("80", "85  # per hour")
    assert clean_merge(base, ours, theirs) == note("# who", "type: client", "rate: 85  # per hour", "status: lead", "stage: delivery")


def test_a_comment_of_theirs_that_cannot_be_added_is_a_conflict() -> None:
    base = note("type: client", "rate: 80")
    result = merge(base, note("type: client", "rate: 85"), note("type: client", "rate: 80  # per hour"))
    assert result == MergedNote(note("type: client", "rate: 85").encode(), ("",))


def test_a_key_that_they_removed_stays_if_we_added_a_comment_to_it() -> None:
    base, ours = note("type: client", "rate: 80", "x: 1"), note("type: client", "rate: 80  # not yet agreed", "x: 2")
    assert merge(base, ours, note("type: client", "x: 1")) == MergedNote(ours.encode(), ("rate",))


def test_an_anchor_that_has_an_alias_stays() -> None:
    base = note("a: &here [1]", "b: *here", "c: 1")
    result = merge(base, base.replace("c: 1", "c: 2"), base.replace("&here [1]", "5").replace("*here", "6"))
    assert result == MergedNote(note("a: &here [1]", "b: 6", "c: 2").encode(), ("a",))


# ----------------------------------------------------------------------------------- without a base


def test_a_note_that_both_sides_added_has_the_keys_and_items_of_both() -> None:
    ours, theirs = note("type: client", "tags: [a]", "x: 1") + "Text.\n", note("type: client", "tags: [b]", "y: 2") + "Text.\n\nMore.\n"
    assert clean_merge(None, ours, theirs) == note("type: client", "tags: [a, b]", "x: 1", "y: 2") + "Text.\n\nMore.\n"
    assert clean_merge(None, theirs, ours) == note("type: client", "tags: [b, a]", "y: 2", "x: 1") + "Text.\n\nMore.\n"
    assert merge(None, ours, theirs.replace("Text.", "Words.")) == MergedNote(
        (note("type: client", "tags: [a, b]", "x: 1", "y: 2") + "Text.\n").encode(), (), False
    )
    first = note("dateCreated: 2026-11-02T10:00:00")
    assert clean_merge(None, first.replace("10:", "11:"), first) == first


# ---------------------------------------------------------------------------------------- in braces


def test_properties_in_braces_are_merged_unless_one_is_to_be_added() -> None:
    base = note('{a: 1, b: "x, y", tags: [p]}')
    result = clean_merge(base, base.replace("1", "2"), note('{a: 1, b: "z, y", tags: [p, q]}'))
    assert result == note('{a: 2, b: "z, y", tags: [p, q]}')
    more = note('{a: 1, b: "x, y", tags: [p], c: 1}')
    assert merge(base, base.replace("1", "2"), more) == MergedNote(base.replace("1", "2").encode(), ("c",))


def test_a_value_that_would_mean_something_else_in_braces_is_a_conflict() -> None:
    base, ours = note("{a: x, b: 1}"), note("{a: x, b: 2}")
    assert merge(base, ours, note("a: y, z", "b: 1")) == MergedNote(ours.encode(), ("a",))
    assert clean_merge(base, ours, note("a: y z", "b: 1")) == note("{a: y z, b: 2}")
