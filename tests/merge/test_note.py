"""Merges of a note's body, and of notes whose properties can't be merged one by one."""

import pytest

from tests.merge.notes import CLIENT, clean_merge, merge, note
from vaultcrm.merge.note import MergedNote, merge_notes

# ----------------------------------------------------------------------------------------- the body


def test_a_body_is_merged_line_by_line() -> None:
    base = "one\n\ntwo\n\nthree\n\nfour\n"
    assert clean_merge(base, base.replace("one", "ONE"), base.replace("four", "four\nfive")) == "ONE\n\ntwo\n\nthree\n\nfour\nfive\n"


def test_lines_that_both_sides_changed_stay_ours_and_the_rest_is_merged() -> None:
    base = note("rate: 80") + "one\n\ntwo\n\nthree\n"
    ours = base.replace("two", "2")
    theirs = base.replace("two", "zwei").replace("three", "drei").replace("80", "85")
    result = merge(base, ours, theirs)
    assert result == MergedNote((note("rate: 85") + "one\n\n2\n\ndrei\n").encode(), (), False)
    assert not result.is_clean


def test_a_missing_newline_at_the_end_is_not_a_changed_line() -> None:
    base = note("a: 1") + "one\n\ntwo"
    assert clean_merge(base, base.replace("one", "ONE"), base + "\n\nthree\n") == note("a: 1") + "ONE\n\ntwo\n\nthree\n"
    assert clean_merge(base, base.replace("one", "ONE"), base.replace("a: 1", "a: 2")) == note("a: 2") + "ONE\n\ntwo"
    assert clean_merge(base, base.replace("one", "ONE") + "\n", base + "\n\nthree") == note("a: 1") + "ONE\n\ntwo\n\nthree\n"
    assert clean_merge(base + "\n", base, base + "\nthree\n") == note("a: 1") + "one\n\ntwo\nthree"


def test_a_body_added_after_a_closing_line_without_a_newline_begins_on_its_own_line() -> None:
    base = "---\na: 1\n---"
    assert clean_merge(base, "---\na: 2\n---", "---\na: 1\n---\nText.\n") == "---\na: 2\n---\nText.\n"


def test_line_endings_and_the_byte_order_mark_are_ours() -> None:
    ours = "\ufeff" + CLIENT.replace("lead", "active").replace("\n", "\r\n")
    theirs = (
        CLIENT.replace("- dana@acme.example", "- dana@acme.example\n  - lee@acme.example")
        .replace("calls.", "calls.\nAnd mails.")
        .replace("rate: 80", "rate: |\n  a\n  b")
    )
    expected = theirs.replace("lead", "active")
    assert clean_merge(CLIENT, ours, theirs) == "\ufeff" + expected.replace("\n", "\r\n")


def test_different_line_endings_alone_are_not_a_change() -> None:
    ours, theirs = CLIENT.replace("calls", "mails"), CLIENT.replace("\n", "\r\n").replace("80", "85")
    assert clean_merge(CLIENT, ours, theirs) == ours.replace("80", "85")
    assert clean_merge(CLIENT, theirs, ours) == ours.replace("80", "85").replace("\n", "\r\n")


# ------------------------------------------------------------------------------ unreadable properties


@pytest.mark.parametrize(
    "odd",
    [
        "---\na: [1\n---\nText.\n", "---\na: 1\na: 2\n---\nText.\n", "---\na: 1\nText.\n", "+++\na = 1\n+++\nText.\n", '{"a": 1}\nText.\n',
        "Text.\n", "---\n- a\n---\nText.\n",
    ],
)  # fmt: skip
def test_a_note_that_cannot_be_merged_by_key_is_left_as_it_is_and_reported(odd: str) -> None:
    base, other = note("a: 1") + "Text.\n", note("a: 5") + "Words.\n"
    assert merge(base, odd, other) == MergedNote(odd.encode(), ("",), False)
    assert merge(base, other, odd) == MergedNote(other.encode(), ("",), False)


def test_bytes_that_are_not_text_are_left_as_they_are_and_reported() -> None:
    for odd in (b"---\na: 1\n---\n\xff\n", b"---\na: \xff\n---\n", b"\0\1\2", b"---\na: 1\n---\n\0\n"):
        assert merge_notes(note("a: 1").encode(), odd, note("a: 2").encode()) == MergedNote(odd, ("",), False)
        assert merge_notes(note("a: 1").encode(), note("a: 2").encode(), odd) == MergedNote(note("a: 2").encode(), ("",), False)


def test_a_note_that_cannot_be_merged_by_key_is_merged_line_by_line() -> None:
    base = "+++\na = 1\n+++\n\none\n\ntwo\n"
    assert clean_merge(base, base.replace("one", "ONE"), base.replace("two", "TWO")) == "+++\na = 1\n+++\n\nONE\n\nTWO\n"
    broken = "---\na: [1\nb: 2\n---\n\none\n\ntwo\n"
    mended = broken.replace("[1", "1")
    assert clean_merge(broken, mended, broken.replace("two", "TWO")) == mended.replace("two", "TWO")
    assert merge(broken, broken.replace("one", "ONE"), broken.replace("two", "TWO")).keys == ("",)


def test_front_matter_that_one_side_removed_is_merged_line_by_line() -> None:
    base = note("a: 1") + "\none\n\ntwo\n"
    assert clean_merge(base, "\none\n\ntwo\n", base.replace("two", "TWO")) == "\none\n\nTWO\n"


def test_front_matter_that_would_be_too_large_to_read_is_not_merged() -> None:
    ours, theirs = note("a: 1", f"b: {'x' * 40_000}"), note("a: 1", f"c: {'y' * 40_000}")
    assert merge(note("a: 1"), ours, theirs) == MergedNote(ours.encode(), ("c",))


def test_properties_that_differ_in_hundreds_of_places_are_merged_line_by_line() -> None:
    keys = [f"key{i}: 1" for i in range(1000)]
    base, theirs = note("a: 1", "b: 1", *keys), note("a: 1", "b: 1", *keys).replace("key5", "other")
    assert clean_merge(base, base.replace("a: 1", "a: 2"), theirs) == theirs.replace("a: 1", "a: 2")
    assert merge(base, base.replace("key501", "mine"), theirs) == MergedNote(base.replace("key501", "mine").encode(), ("",), False)
