"""Two versions of a note made into one: whole texts, one test for each rule; and the driver that git calls."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.robustness import merging
from vaultcrm.git.client import merge_file
from vaultcrm.merge.lines import merge_lines
from vaultcrm.merge.note import Merged, merge

CLIENT = """\
---
type: client
status: lead  # since May
rate: 80
email:
  - dana@acme.example
tags: [design, print]
---

Dana runs the studio.

She likes calls.
"""


def merged(base: str | None, ours: str, theirs: str) -> Merged:
    return merge(None if base is None else base.encode(), ours.encode(), theirs.encode())


def clean(base: str | None, ours: str, theirs: str) -> str:
    """The merged text; it must be clean."""
    made = merged(base, ours, theirs)
    assert made.is_clean, made
    return made.data.decode()


def note(*lines: str) -> str:
    return "".join(line + "\n" for line in ("---", *lines, "---"))


def test_what_one_side_changed_is_as_it_has_it() -> None:
    ours = CLIENT.replace("lead", "active")
    theirs = CLIENT.replace("rate: 80", 'rate: "085"').replace("She likes calls.", "She likes mails.")
    assert clean(CLIENT, ours, theirs) == """\
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


def test_when_one_side_changed_nothing_the_other_one_stands_as_it_is() -> None:
    other = "no front matter, \r\n mixed \n lines, and bytes \xff".encode("latin-1")
    assert merge(CLIENT.encode(), CLIENT.encode(), other) == Merged(other)
    assert merge(CLIENT.encode(), other, CLIENT.encode()) == Merged(other)
    assert merge(CLIENT.encode(), other, other) == Merged(other)


@pytest.mark.parametrize(
    "value",
    [
        "true", "5", '"05"', "2026-01-02", "2026-01-02T10:00:00", "'it''s'", "~", "", "1.50", "- item", "[a, 5, [b]]", "{a: 1, b: [2]}",
        '"[[Acme]]"', "[[Acme]]", "text  # with a comment", "|\n  two\n  lines", ">-\n  folded\n\n  text",
        "\n  - 5\n  - true\n  - a: 1\n    b: 2", "\n  deep:\n    - 1\n  and: more",
    ],
)  # fmt: skip
def test_a_value_is_carried_over_as_it_is_written(value: str) -> None:
    if value == "- item":
        value = "\n- item\n- another"
    line = f"new:{value}" if value.startswith("\n") else f"new: {value}"
    theirs = note("type: client", "rate: 80", *line.split("\n"))
    assert clean(note("type: client", "rate: 80"), note("type: client", "rate: 85"), theirs) == theirs.replace("80", "85")
    base = note("type: client", "new: x", "rate: 80")
    theirs = note("type: client", *line.split("\n"), "rate: 80")
    assert clean(base, base.replace("80", "85"), theirs) == theirs.replace("80", "85")


def test_a_key_that_one_side_removed_is_gone() -> None:
    ours, theirs = CLIENT.replace("lead", "active"), CLIENT.replace("rate: 80\n", "")
    wanted = CLIENT.replace("lead", "active").replace("rate: 80\n", "")
    assert clean(CLIENT, ours, theirs) == wanted
    assert clean(CLIENT, theirs, ours) == wanted


def test_keys_added_on_both_sides_are_both_there() -> None:
    ours, theirs = note("type: client", "currency: EUR"), note("type: client", "language: de", "currency: EUR")
    assert clean(note("type: client"), ours, theirs) == note("type: client", "currency: EUR", "language: de")


def test_a_value_that_both_changed_differently_is_a_conflict() -> None:
    ours, theirs = CLIENT.replace("80", "85"), CLIENT.replace("80", "90").replace("lead", "active")
    assert merged(CLIENT, ours, theirs) == Merged(ours.replace("lead", "active").encode(), ("rate",), True)


def test_a_text_is_not_a_number_but_quotes_alone_are_nothing() -> None:
    base, more = note("a: 4", "b: x", "c: y"), note("a: 5", "b: z", "c: y")
    assert merged(base, more, note('a: "5"', "b: x", "c: x")) == Merged(note("a: 5", "b: z", "c: x").encode(), ("a",))
    assert clean(base, more, note("a: 5", 'b: "z"', "c: x")) == note("a: 5", "b: z", "c: x")
    assert clean(base, more, note('"a": 4', "b: 'x'", "c: x")) == note("a: 5", "b: z", "c: x")


def test_a_key_removed_on_one_side_and_changed_on_the_other_is_kept_and_named() -> None:
    without, other = CLIENT.replace("rate: 80\n", ""), CLIENT.replace("80", "85")
    assert merged(CLIENT, other, without) == Merged(other.encode(), ("rate",))
    made = merged(CLIENT, without, other)
    assert made == Merged(CLIENT.replace("rate: 80\n", "").replace("print]\n", "print]\nrate: 85\n").encode(), ("rate",))


def test_an_empty_property_is_one_without_a_value() -> None:
    assert clean(note("x: 1"), note("x: 2", "due:"), note("x: 1", "due: 2026-11-02")) == note("x: 2", "due: 2026-11-02")
    assert clean(note("x: 1", "due:"), note("x: 1", "due: 2026-11-02"), note("x: 2")) == note("x: 2", "due: 2026-11-02")
    assert clean(note("x: 1", "due: 5"), note("x: 1", "due:"), note("x: 2")) == note("x: 2", "due:")
    made = merged(note("x: 1", "due: 5"), note("x: 1", "due:"), note("x: 1", "due: 6"))
    assert made == Merged(note("x: 1", "due: 6").encode(), ("due",))


# ------------------------------------------------------------------------------------- lists


def test_lists_are_merged_item_by_item() -> None:
    base = note("email:", "  - a@x.example  # work", "  - b@x.example", "tags: [one, two, three]")
    ours = note("email:", "  - a@x.example  # work", "  - b@x.example", "  - c@x.example", "tags: [three, one, 'four, five']")
    theirs = note("email:", "    - a@x.example  # work", "    - 'd@x.example'", "tags:", "- one", "- two", "- three", '- "[[Acme]]"')
    assert clean(base, ours, theirs) == note(
        "email:", "  - a@x.example  # work", "  - c@x.example", "  - 'd@x.example'", "tags: [three, one, 'four, five', \"[[Acme]]\"]"
    )


def test_an_item_brings_the_comment_behind_it() -> None:
    ours, theirs = note("email:", "  - b@x"), note("email:", "- a@x", "- 'c@x' # at home", "- |", "  d", "- e")
    assert clean(note("email:", "  - a@x"), ours, theirs) == note("email:", "  - b@x", "  - 'c@x'  # at home", "  - |", "    d", "  - e")


def test_what_both_added_is_there_once() -> None:
    assert clean(note("tags: [a]"), note("tags: [a, b]"), note("tags: [b, a, c]")) == note("tags: [a, b, c]")


def test_an_item_that_stands_there_twice_is_counted() -> None:
    assert clean(note("tags: [a, b]"), note("tags: [a, a, b]"), note("tags: [a, b, c]")) == note("tags: [a, a, b, c]")
    assert clean(note("tags: [a]"), note("tags: [a, a]"), note("tags: []")) == note("tags: [a, a]")


def test_what_one_took_away_is_gone_and_a_list_can_become_empty() -> None:
    assert clean(note("tags: [a, b]", "x: 1"), note("tags: [b]", "x: 1"), note("tags: [a]", "x: 2")) == note("tags: []", "x: 2")
    assert clean(note("tags:", "  - a", "  - b"), note("tags:", "  - b"), note("tags:", "  - a")) == note("tags: []")


def test_a_text_against_a_list_is_a_list_of_one() -> None:
    assert clean(note("email: a@x"), note("email: a@x", "x: 1"), note("email: [a@x, b@x]")) == note("email: [a@x, b@x]", "x: 1")
    assert clean(note("email: a@x"), note("email: c@x"), note("email:", "  - a@x", "  - b@x")) == note("email:", "  - c@x", "  - b@x")
    assert clean(note("email: a@x"), note("email: b@x"), note("email: c@x")) == note("email:", "  - b@x", "  - c@x")
    assert clean(note("other: [a]"), note("other: [a, b]"), note("other: c")) == note("other: [b, c]")
    assert clean(note("tags:"), note("tags: [a]"), note("tags: b")) == note("tags: [a, b]")


def test_a_link_in_bare_brackets_is_no_list() -> None:
    made = merged(note("project: [[A]]"), note("project: [[B]]"), note("project: [[C]]"))
    assert made == Merged(note("project: [[B]]").encode(), ("project",))


def test_items_that_are_maps_are_items() -> None:
    base = note("people:", "  - name: Dana", "    role: owner")
    ours = note("people:", "- name: Dana", "  role: owner", "- name: Lee")
    theirs = note("people:", "    - name: Dana", "      role: owner", "    - name: Kim", "      role: copy")
    assert clean(base, ours, theirs) == note("people:", "- name: Dana", "  role: owner", "- name: Lee", "- name: Kim", "  role: copy")


# ------------------------------------------------------------------------------------- follow-ups

WEEKLY = (
    "type: follow-up", "status: open", "due: 2026-11-02", "scheduled: 2026-10-31", "recurrence: FREQ=WEEKLY",
    "complete_instances:", "  - 2026-10-26",
)  # fmt: skip


def weekly(due: str, scheduled: str, *days: str) -> str:
    return note(*WEEKLY[:2], f"due: {due}", f"scheduled: {scheduled}", *WEEKLY[4:], *(f"  - {day}" for day in days))


def test_completed_on_both_on_the_same_day_is_the_same() -> None:
    done = weekly("2026-11-09", "2026-11-07", "2026-11-02")
    assert clean(note(*WEEKLY), done.replace("open", "waiting"), done) == done.replace("open", "waiting")


def test_completed_on_both_on_different_days_goes_on_to_the_later_one_and_makes_no_twin() -> None:
    early = weekly("2026-11-09", "2026-11-07", "2026-11-02")
    late = weekly("2026-11-23", "2026-11-21", "2026-11-02")
    assert clean(note(*WEEKLY), early, late) == late
    assert clean(note(*WEEKLY), late, early) == late
    quoted = early.replace("  - 2026-11-02", '  - "2026-11-02"')
    assert clean(note(*WEEKLY), quoted, late) == late.replace("  - 2026-11-02", '  - "2026-11-02"')


def test_completed_once_on_one_and_twice_on_the_other() -> None:
    once = weekly("2026-11-09", "2026-11-07", "2026-11-02")
    twice = weekly("2026-11-16", "2026-11-14", "2026-11-02", "2026-11-09")
    assert clean(note(*WEEKLY), once, twice) == twice
    assert clean(note(*WEEKLY), twice, once) == twice


def test_completed_on_one_and_moved_on_the_other_is_completed() -> None:
    done = weekly("2026-11-09", "2026-11-07", "2026-11-02")
    moved = weekly("2026-11-05", "2026-11-03")
    assert clean(note(*WEEKLY), done, moved) == done
    assert clean(note(*WEEKLY), moved, done) == done


def test_a_day_until_which_it_is_hidden_that_somebody_chose_is_not_lost() -> None:
    early, late = weekly("2026-11-09", "2026-11-08", "2026-11-02"), weekly("2026-11-16", "2026-11-14", "2026-11-02")
    assert merged(note(*WEEKLY), early, late) == Merged(early.replace("due: 2026-11-09", "due: 2026-11-16").encode(), ("scheduled",))
    other = weekly("2026-11-09", "2026-11-07", "2026-11-02")
    assert merged(note(*WEEKLY), early, other) == Merged(early.encode(), ("scheduled",))


def test_one_without_a_due_day_moves_by_the_day_until_which_it_is_hidden() -> None:
    base = note("recurrence: FREQ=WEEKLY", "scheduled: 2026-11-02")
    early = note("recurrence: FREQ=WEEKLY", "scheduled: 2026-11-09", "complete_instances:", "  - 2026-11-02")
    late = early.replace("11-09", "11-16")
    assert clean(base, early, late) == late
    assert clean(base, late, early) == late


def test_moved_on_both_to_different_days_is_a_conflict() -> None:
    ours, theirs = weekly("2026-11-05", "2026-10-31"), weekly("2026-11-06", "2026-10-31")
    assert merged(note(*WEEKLY), ours, theirs) == Merged(ours.encode(), ("due",))


def test_done_on_both_was_done_on_the_earlier_day() -> None:
    base = note("type: follow-up", "due: 2026-11-02")
    early = note("type: follow-up", "due: 2026-11-02", "status: done", "completedDate: 2026-11-03")
    late = early.replace("11-03", "11-05").replace("due: 2026-11-02", "due: 2026-11-04")
    assert clean(base, early, late) == early.replace("due: 2026-11-02", "due: 2026-11-04")
    assert clean(base, late, early) == early.replace("due: 2026-11-02", "due: 2026-11-04")
    call = note("type: interaction", "next_step: ring", "follow_up_done: 2026-11-03")
    assert clean(note("type: interaction", "next_step: ring"), call.replace("-03", "-05"), call) == call


def test_done_on_one_and_cancelled_on_the_other_is_a_conflict() -> None:
    base = note("type: follow-up", "status: open", "priority: low")
    done = note("type: follow-up", "status: done", "priority: low", "completedDate: 2026-11-03")
    dropped = note("type: follow-up", "status: cancelled", "priority: high")
    assert merged(base, done, dropped) == Merged(done.replace("priority: low", "priority: high").encode(), ("status",))


def test_done_on_one_and_more_urgent_on_the_other_is_both() -> None:
    base = note("type: follow-up", "status: open", "due: 2026-11-02", "priority: low")
    done = note("type: follow-up", "status: done", "due: 2026-11-02", "priority: low", "completedDate: 2026-11-03")
    urgent = base.replace("priority: low", "priority: high").replace("11-02", "11-05")
    assert clean(base, done, urgent) == done.replace("priority: low", "priority: high").replace("11-02", "11-05")


def test_the_stamp_of_the_last_change_is_the_later_one() -> None:
    base = note("due: 2026-11-02", "dateModified: 2026-11-01T10:00:00.000+01:00")
    ours = note("due: 2026-11-03", "dateModified: 2026-11-02T10:00:00.000+01:00")
    theirs = note("due: 2026-11-02", "dateModified: 2026-11-02T11:00:00.000+01:00", "tags: [a]")
    assert clean(base, ours, theirs) == note("due: 2026-11-03", "dateModified: 2026-11-02T11:00:00.000+01:00", "tags: [a]")


# ------------------------------------------------------------------------------------- the body


def test_a_body_is_merged_line_by_line() -> None:
    base = "one\n\ntwo\n\nthree\n\nfour\n"
    assert clean(base, base.replace("one", "ONE"), base.replace("four", "four\nfive")) == "ONE\n\ntwo\n\nthree\n\nfour\nfive\n"


def test_where_both_changed_the_same_lines_ours_stand_and_all_else_is_merged() -> None:
    base = note("rate: 80") + "one\n\ntwo\n\nthree\n"
    ours = base.replace("two", "2")
    theirs = base.replace("two", "zwei").replace("three", "drei").replace("80", "85")
    made = merged(base, ours, theirs)
    assert made == Merged((note("rate: 85") + "one\n\n2\n\ndrei\n").encode(), (), False)
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


# ------------------------------------------------------------------------------------- comments


def test_a_comment_that_they_added_comes_along() -> None:
    base = note("type: client", "rate: 80", "status: lead", "stage: contact")
    ours = base.replace("contact", "delivery")
    theirs = base.replace("type: client\n", "# who\ntype: client\n").replace("80", "85  # per hour")
    assert clean(base, ours, theirs) == note("# who", "type: client", "rate: 85  # per hour", "status: lead", "stage: delivery")


def test_a_comment_that_cannot_come_along_is_a_conflict() -> None:
    base = note("type: client", "rate: 80")
    made = merged(base, note("type: client", "rate: 85"), note("type: client", "rate: 80  # per hour"))
    assert made == Merged(note("type: client", "rate: 85").encode(), ("",))


def test_a_comment_of_ours_is_not_taken_away_with_a_key_of_theirs() -> None:
    base, ours = note("type: client", "rate: 80", "x: 1"), note("type: client", "rate: 80  # not yet agreed", "x: 2")
    assert merged(base, ours, note("type: client", "x: 1")) == Merged(ours.encode(), ("rate",))


def test_an_anchor_that_somebody_points_to_stays() -> None:
    base = note("a: &here [1]", "b: *here", "c: 1")
    made = merged(base, base.replace("c: 1", "c: 2"), base.replace("&here [1]", "5").replace("*here", "6"))
    assert made == Merged(note("a: &here [1]", "b: 6", "c: 2").encode(), ("a",))


# ------------------------------------------------------------------------------------- without a base


def test_a_note_that_both_added_has_the_keys_and_items_of_both() -> None:
    ours, theirs = note("type: client", "tags: [a]", "x: 1") + "Text.\n", note("type: client", "tags: [b]", "y: 2") + "Text.\n\nMore.\n"
    assert clean(None, ours, theirs) == note("type: client", "tags: [a, b]", "x: 1", "y: 2") + "Text.\n\nMore.\n"
    assert clean(None, theirs, ours) == note("type: client", "tags: [b, a]", "y: 2", "x: 1") + "Text.\n\nMore.\n"
    assert merged(None, ours, theirs.replace("Text.", "Words.")) == Merged(
        (note("type: client", "tags: [a, b]", "x: 1", "y: 2") + "Text.\n").encode(), (), False
    )
    first = note("dateCreated: 2026-11-02T10:00:00")
    assert clean(None, first.replace("10:", "11:"), first) == first


# ------------------------------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize(
    "odd",
    [
        "---\na: [1\n---\nText.\n", "---\na: 1\na: 2\n---\nText.\n", "---\na: 1\nText.\n", "+++\na = 1\n+++\nText.\n", '{"a": 1}\nText.\n',
        "Text.\n", "---\n- a\n---\nText.\n",
    ],
)  # fmt: skip
def test_what_cannot_be_merged_by_key_is_left_as_it_is_and_said(odd: str) -> None:
    base, other = note("a: 1") + "Text.\n", note("a: 5") + "Words.\n"
    assert merged(base, odd, other) == Merged(odd.encode(), ("",), False)
    assert merged(base, other, odd) == Merged(other.encode(), ("",), False)


def test_bytes_that_are_no_text_are_left_as_they_are_and_said() -> None:
    for odd in (b"---\na: 1\n---\n\xff\n", b"---\na: \xff\n---\n", b"\0\1\2", b"---\na: 1\n---\n\0\n"):
        assert merge(note("a: 1").encode(), odd, note("a: 2").encode()) == Merged(odd, ("",), False)
        assert merge(note("a: 1").encode(), note("a: 2").encode(), odd) == Merged(note("a: 2").encode(), ("",), False)


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
    assert made == Merged(ours.encode(), ("c",))


def test_properties_that_differ_in_hundreds_of_places_are_merged_line_by_line() -> None:
    keys = [f"key{i}: 1" for i in range(1000)]
    base, theirs = note("a: 1", "b: 1", *keys), note("a: 1", "b: 1", *keys).replace("key5", "other")
    assert clean(base, base.replace("a: 1", "a: 2"), theirs) == theirs.replace("a: 1", "a: 2")
    assert merged(base, base.replace("key501", "mine"), theirs) == Merged(base.replace("key501", "mine").encode(), ("",), False)


def test_properties_in_braces_are_merged_where_nothing_is_to_be_added() -> None:
    base = note('{a: 1, b: "x, y", tags: [p]}')
    made = clean(base, base.replace("1", "2"), note('{a: 1, b: "z, y", tags: [p, q]}'))
    assert made == note('{a: 2, b: "z, y", tags: [p, q]}')
    more = note('{a: 1, b: "x, y", tags: [p], c: 1}')
    assert merged(base, base.replace("1", "2"), more) == Merged(base.replace("1", "2").encode(), ("c",))


# ------------------------------------------------------------------------------------- through clones


def test_edits_of_two_devices_are_merged_through_clones() -> None:
    tally = merging.merged(20, seed=7)
    assert tally.faults == []
    assert sum(tally.ours.values()) > 10
    assert tally.ours["clean"] > tally.plain["clean"]


def test_what_is_lost_would_be_seen() -> None:
    base = merging.Sheet({"type": "client", "rate": "80", "tags": ["a"]}, ("one", "two"), ("type", "as agreed"), "\n")
    ours = base._replace(pairs={**base.pairs, "rate": "85"}, body=("one", "two", "three"))
    theirs = base._replace(pairs={**base.pairs, "tags": ["a", "b"]})
    whole = ours._replace(pairs={**ours.pairs, "tags": ["a", "b"]}).write()
    assert merging.faults(base, ours, theirs, whole) == []
    for lost in (b"  - b\n", b"three\n", b"  # as agreed", b"rate: 85\n"):
        assert len(merging.faults(base, ours, theirs, whole.replace(lost, b""))) == 1
    assert merging.faults(base, ours, theirs, whole.replace(b"rate", b"tags")) == ["it cannot be read"]
    assert merging.faults(base, ours, theirs, whole.replace(b"\n", b"\r\n")) == ["line endings"]
    assert merging.faults(base, ours, base._replace(pairs={**base.pairs, "rate": "90"}), ours.write()) == ["both changed rate"]


# ------------------------------------------------------------------------------------- lines, by git


def test_a_value_that_would_mean_something_else_among_braces_is_a_conflict() -> None:
    base, ours = note("{a: x, b: 1}"), note("{a: x, b: 2}")
    assert merged(base, ours, note("a: y, z", "b: 1")) == Merged(ours.encode(), ("a",))
    assert clean(base, ours, note("a: y z", "b: 1")) == note("{a: y z, b: 2}")


def test_git_merges_lines() -> None:
    assert merge_file(b"A\nb\nc\n", b"a\nb\nc\n", b"a\nb\nC\n") == (b"A\nb\nC\n", True)
    assert merge_file(b"A\n\nb\nc\n", b"a\n\nb\nc\n", b"x\n\nb\nC\n") == (b"A\n\nb\nC\n", False)


def test_git_is_not_led_astray_by_the_git_above_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "nonsense")
    assert merge_file(b"A\nb\nc\n", b"a\nb\nc\n", b"a\nb\nC\n") == (b"A\nb\nC\n", True)


def test_without_git_the_body_is_not_merged_and_that_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    base = note("a: 1") + "one\n\ntwo\n"
    made = merged(base, base.replace("one", "ONE"), base.replace("two", "TWO").replace("a: 1", "a: 2"))
    assert made == Merged((note("a: 2") + "ONE\n\ntwo\n").encode(), (), False)
    assert clean(base, base.replace("one", "ONE"), base.replace("a: 1", "a: 2")) == note("a: 2") + "ONE\n\ntwo\n"


def test_lines_of_both_kinds_are_left_as_they_are() -> None:
    assert merge_lines(b"a\r\nb\nc\n", b"A\r\nb\nc\n", b"a\r\nb\nc\nd\r\n") == (b"A\r\nb\nc\nd\r\n", True)


# ------------------------------------------------------------------------------------- the driver


def driver(folder: Path, base: bytes, ours: bytes, theirs: bytes, path: str) -> tuple[int, bytes, str]:
    """The exit code, what is in OURS then, and what is said."""
    for name, data in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-m", "vaultcrm", "merge-driver", "base", "ours", "theirs", path], cwd=folder, capture_output=True, check=False
    )
    assert done.stdout == b""
    return done.returncode, (folder / "ours").read_bytes(), done.stderr.decode()


def test_the_driver_merges_and_says_what_it_could_not(tmp_path: Path) -> None:
    base = (note("a: 1", "b: 1") + "one\n").encode()
    ours, theirs = base.replace(b"a: 1", b"a: 2"), base.replace(b"b: 1", b"b: 2")
    assert driver(tmp_path, base, ours, theirs, "-h.md") == (0, (note("a: 2", "b: 2") + "one\n").encode(), "")
    theirs = base.replace(b"a: 1", b"a: 3").replace(b"one", b"two")
    ours = ours.replace(b"one", b"three")
    assert driver(tmp_path, base, ours, theirs, "x.md") == (1, ours, "x.md: both changed a, the text; yours stands.\n")
    assert driver(tmp_path, b"", ours, ours.replace(b"b: 1", b"c: 1"), "x.md")[:2] == (0, ours.replace(b"b: 1", b"b: 1\nc: 1"))


def test_the_driver_leaves_ours_as_it_is_when_a_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "ours").write_bytes(b"ours")
    command = [sys.executable, "-m", "vaultcrm", "merge-driver", "base", "ours", "theirs", "x.md"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, (tmp_path / "ours").read_bytes()) == (1, b"ours")
    assert done.stderr.startswith(b"x.md cannot be merged: ")


def test_the_driver_merges_other_files_line_by_line(tmp_path: Path) -> None:
    base = b"---\na: 1\nb: 1\n---\n\none\n"
    assert driver(tmp_path, base, base.replace(b"a: 1", b"a: 2"), base.replace(b"one", b"two"), "x.txt")[:2] == (
        0,
        b"---\na: 2\nb: 1\n---\n\ntwo\n",
    )
    assert driver(tmp_path, base, base.replace(b"a: 1", b"a: 2"), base.replace(b"b: 1", b"b: 2"), "x.txt")[:2] == (
        1,
        base.replace(b"a: 1", b"a: 2"),
    )
    assert driver(tmp_path, b"\0", b"\0\1", b"\0\2", "x.png")[:2] == (1, b"\0\1")
