"""The body of a note merged line by line, and notes that cannot be merged property by property."""

import pytest

from tests.merge.notes import CLIENT, clean, merged, note
from vaultcrm.merge.note import MergedNote, merge_notes

# ----------------------------------------------------------------------------------------- the body


def test_a_body_is_merged_line_by_line() -> None:
    base = "one\n\ntwo\n\nthree\n\nfour\n"
    assert clean(base, base.replace("one", "ONE"), base.replace("four", "four\nfive")) == "ONE\n\ntwo\n\nthree\n\nfour\nfive\n"


def test_where_both_changed_the_same_lines_ours_stand_and_all_else_is_merged() -> None:
    base = note("rate: 80") + "one\n\ntwo\n\nthree\n"
    ours = base.replace("two", "2")
    theirs = base.replace("two", "zwei").replace("three", "drei").replace("80", "85")
    made = merged(base, ours, theirs)
    assert made == MergedNote((note("rate: 85") + "one\n\n2\n\ndrei\n").encode(), (), False)
    assert not made.is_clean


def test_a_last_line_without_an_end_is_no_other_line() -> None:
    base = note("a: 1") + "one\n\ntwo"
    assert clean(base, base.replace("one", "ONE"), base + "\n\nthree\n") == note("a: 1") + "ONE\n\ntwo\n\nthree\n"
    assert clean(base, base.replace("one", "ONE"), base.replace("a: 1", "a: 2")) == note("a: 2") + "ONE\n\ntwo"
    assert clean(base, base.replace("one", "ONE") + "\n", base + "\n\nthree") == note("a: 1") + "ONE\n\ntwo\n\nthree\n"
    assert clean(base + "\n", base, base + "\nthree\n") == note("a: 1") + "one\n\ntwo\nthree"


def test_a_body_below_a_closing_line_without_an_end_begins_on_its_own_line() -> None:
    base = "---\na: 1\n---"
    assert clean(base, "---\na: 2\n---", "---\na: 1\n---\nText.\n") == "---\na: 2\n---\nText.\n"


def test_line_endings_and_the_byte_order_mark_are_ours() -> None:
    ours = "\ufeff" + CLIENT.replace("lead", "active").replace("\n", "\r\n")
    theirs = (
        CLIENT.replace("- dana@acme.example", "- dana@acme.example\n  - lee@acme.example")
        .replace("calls.", "calls.\nAnd mails.")
        .replace("rate: 80", "rate: |\n  a\n  b")
    )
    wanted = theirs.replace("lead", "active")
    assert clean(CLIENT, ours, theirs) == "\ufeff" + wanted.replace("\n", "\r\n")


def test_other_line_endings_alone_are_no_change() -> None:
    ours, theirs = CLIENT.replace("calls", "mails"), CLIENT.replace("\n", "\r\n").replace("80", "85")
    assert clean(CLIENT, ours, theirs) == ours.replace("80", "85")
    assert clean(CLIENT, theirs, ours) == ours.replace("80", "85").replace("\n", "\r\n")


# ------------------------------------------------------------------------------ what cannot be read


@pytest.mark.parametrize(
    "odd",
    [
        "---\na: [1\n---\nText.\n", "---\na: 1\na: 2\n---\nText.\n", "---\na: 1\nText.\n", "+++\na = 1\n+++\nText.\n", '{"a": 1}\nText.\n',
        "Text.\n", "---\n- a\n---\nText.\n",
    ],
)  # fmt: skip
def test_what_cannot_be_merged_by_key_is_left_as_it_is_and_said(odd: str) -> None:
    base, other = note("a: 1") + "Text.\n", note("a: 5") + "Words.\n"
    assert merged(base, odd, other) == MergedNote(odd.encode(), ("",), False)
    assert merged(base, other, odd) == MergedNote(other.encode(), ("",), False)


def test_bytes_that_are_no_text_are_left_as_they_are_and_said() -> None:
    for odd in (b"---\na: 1\n---\n\xff\n", b"---\na: \xff\n---\n", b"\0\1\2", b"---\na: 1\n---\n\0\n"):
        assert merge_notes(note("a: 1").encode(), odd, note("a: 2").encode()) == MergedNote(odd, ("",), False)
        assert merge_notes(note("a: 1").encode(), note("a: 2").encode(), odd) == MergedNote(note("a: 2").encode(), ("",), False)


def test_what_is_left_alone_is_merged_line_by_line() -> None:
    base = "+++\na = 1\n+++\n\none\n\ntwo\n"
    assert clean(base, base.replace("one", "ONE"), base.replace("two", "TWO")) == "+++\na = 1\n+++\n\nONE\n\nTWO\n"
    broken = "---\na: [1\nb: 2\n---\n\none\n\ntwo\n"
    mended = broken.replace("[1", "1")
    assert clean(broken, mended, broken.replace("two", "TWO")) == mended.replace("two", "TWO")
    assert merged(broken, broken.replace("one", "ONE"), broken.replace("two", "TWO")).keys == ("",)


def test_front_matter_that_one_took_away_is_merged_line_by_line() -> None:
    base = note("a: 1") + "\none\n\ntwo\n"
    assert clean(base, "\none\n\ntwo\n", base.replace("two", "TWO")) == "\none\n\nTWO\n"


def test_a_merge_that_would_outgrow_what_can_be_read_is_none() -> None:
    ours, theirs = note("a: 1", f"b: {'x' * 40_000}"), note("a: 1", f"c: {'y' * 40_000}")
    made = merged(note("a: 1"), ours, theirs)
    assert made == MergedNote(ours.encode(), ("c",))


def test_properties_that_differ_in_hundreds_of_places_are_merged_line_by_line() -> None:
    keys = [f"key{i}: 1" for i in range(1000)]
    base, theirs = note("a: 1", "b: 1", *keys), note("a: 1", "b: 1", *keys).replace("key5", "other")
    assert clean(base, base.replace("a: 1", "a: 2"), theirs) == theirs.replace("a: 1", "a: 2")
    assert merged(base, base.replace("key501", "mine"), theirs) == MergedNote(base.replace("key501", "mine").encode(), ("",), False)
