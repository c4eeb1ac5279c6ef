"""Checkbox lines in the grammar of the plug-in Tasks. Each test says which of its ways it shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.markdown.tasks.line import FIELD_KINDS, Task, find_tasks, has_tag, parse_task, without_tag


def read(line: str) -> Task:
    task = parse_task(line)
    assert task is not None, line
    return task


def signs(line: str) -> dict[str, str]:
    task = read(line)
    return {kind: value for kind in FIELD_KINDS if (value := task.value(kind)) is not None}


@pytest.mark.parametrize(
    ("line", "symbol", "description"),
    [
        ("- [ ] Send", " ", "Send"),
        ("* [x] Send", "x", "Send"),
        ("+ [/] Send", "/", "Send"),
        ("12. [-] Send", "-", "Send"),
        ("3) [ ] Send", " ", "Send"),
        # several blanks, and none behind the box
        ("-   [ ]   Send", " ", "Send"),
        ("- [ ]Send", " ", "Send"),
        ("- [x](url)", "x", "(url)"),
        # blanks and quotes before it, in any mixture; white space as JavaScript has it
        ("> > - [ ] Send", " ", "Send"),
        ("\t >\u3000\ufeff- [ ] Send", " ", "Send"),
        # one character of any kind; a tab and a no-break space are statuses of their own
        ("- [🔥] Send", "🔥", "Send"),
        ("- [\t] Send", "\t", "Send"),
        ("- [\u00a0] Send", "\u00a0", "Send"),
        ("- [ ] 1. Send", " ", "1. Send"),
        ("- [ ] ", " ", ""),
        # blanks at the end, and a carriage return
        ("- [ ] Send  ", " ", "Send"),
        ("- [ ] Send\r", " ", "Send"),
        # a line separator ends the text
        ("- [ ] Send\u2028 more", " ", "Send"),
    ],
)
def test_a_line_with_a_box_is_a_task(line: str, symbol: str, description: str) -> None:
    task = read(line)
    assert (task.symbol, task.description) == (symbol, description)


@pytest.mark.parametrize(
    "line",
    [
        "a. [ ] x", "• [ ] x", "-[ ] x", "-\t[ ] x", "-\u00a0[ ] x", "- [] x", "- [  ] x", "- [✔️] x", "- [e\u0301] x", "١. [ ] x",
        "text - [ ] x", "\u0085- [ ] x", "\x1c- [ ] x", "[ ] x", "- x [ ]", "", "- [\n] x",
    ],
)  # fmt: skip
def test_a_line_without_one_is_none(line: str) -> None:
    assert parse_task(line) is None


DAY = "2026-11-09"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"- [ ] a 📅 {DAY}", {"due": DAY}),
        (
            "- [ ] a 🆔 k1 ⛔ k2,k3 🔺 🔁 every 2 weeks 🏁 delete ➕ 2026-01-01 🛫 2026-01-02 "
            "⏳ 2026-01-03 📅 2026-01-04 ❌ 2026-01-05 ✅ 2026-01-06",
            {
                "id": "k1", "depends": "k2,k3", "priority": "highest", "recurrence": "every 2 weeks", "on_completion": "delete",
                "created": "2026-01-01", "start": "2026-01-02", "scheduled": "2026-01-03", "due": "2026-01-04",
                "cancelled": "2026-01-05", "done": "2026-01-06",
            },
        ),
        # in any order; glued; several blanks
        (f"- [ ] offer📅{DAY}", {"due": DAY}),
        (f"- [ ] a ✅   {DAY} 🔽", {"done": DAY, "priority": "low"}),
        # one ordinary word or a full stop hides all that is to its left
        (f"- [ ] a 📅 {DAY}.", {}),
        (f"- [ ] a 📅 {DAY} then ⏫", {"priority": "high"}),
        # only ASCII blanks between emoji and value
        (f"- [ ] a 📅\u00a0{DAY}", {}),
        (f"- [ ] a 📅\t{DAY}", {}),
        # a variation selector, once; another one never
        (f"- [ ] a 📅\ufe0f {DAY} ⏫\ufe0f", {"due": DAY, "priority": "high"}),
        (f"- [ ] a 📅\ufe0f\ufe0f {DAY}", {}),
        (f"- [ ] a 📅\ufe0e {DAY}", {}),
        # the other signs of the same
        (f"- [ ] a 📆 {DAY} ⌛ {DAY}", {"due": DAY, "scheduled": DAY}),
        (f"- [ ] a 🗓 {DAY}", {"due": DAY}),
        # four, two, two ASCII digits
        ("- [ ] a 📅 2026-7-8", {}),
        ("- [ ] a 📅 ٢٠٢٦-٠٧-٠٨", {}),
        (f"- [ ] a 📅 {DAY} 10:00", {}),
        (f"- [ ] a 📅 [[{DAY}]]", {}),
        # a day that does not exist is a day to the plug-in
        ("- [ ] a 📅 2026-02-30", {"due": "2026-02-30"}),
        # of several the leftmost
        ("- [ ] a 📅 2026-01-01 📅 2026-02-02", {"due": "2026-01-01"}),
        ("- [ ] a ⏫ 🔽", {"priority": "high"}),
        ("- [ ] a 📅 2026-01-01 x 📅 2026-02-02", {"due": "2026-02-02"}),
        # a rule takes letters, digits, comma, blank and "!"
        ("- [ ] a 🔁 every week then bill", {"recurrence": "every week then bill"}),
        ("- [ ] a 🔁 every week (or so)", {}),
        ("- [ ] a 🔁every month on the 1st, 15th! 📅 2026-01-01", {"recurrence": "every month on the 1st, 15th!", "due": "2026-01-01"}),
        # ids, and lists of them
        ("- [ ] a 🆔 a-b_C9", {"id": "a-b_C9"}),
        ("- [ ] a ⛔ a , b", {"depends": "a , b"}),
        ("- [ ] a ⛔ a,,b", {}),
        ("- [ ] a ⛔ a,", {}),
        ("- [ ] a 🏁 archive", {"on_completion": "archive"}),
        # in brackets, code or quotes it is text
        (f"- [ ] a `📅 {DAY}`", {}),
        (f"- [ ] a 📅 {DAY} `code`", {}),
    ],
)  # fmt: skip
def test_signs_are_read_from_the_end_of_the_line(line: str, expected: dict[str, str]) -> None:
    assert signs(line) == expected
    assert signs(line + "  ") == expected
    assert signs(line + " ^block-1\r") == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"- [ ] a [due:: {DAY}]", {"due": DAY}),
        (f"- [ ] a (due::{DAY})  [priority:: high],", {"due": DAY, "priority": "high"}),
        (f"- [ ] a [ completion::  {DAY} ] [repeat:: every 2 weeks when done]", {"done": DAY, "recurrence": "every 2 weeks when done"}),
        ("- [ ] a [id:: k1] [dependsOn:: k2, k3] [onCompletion:: keep]", {"id": "k1", "depends": "k2, k3", "on_completion": "keep"}),
        (f"- [ ] a [start:: {DAY}] [scheduled:: {DAY}]", {"start": DAY, "scheduled": DAY}),
        (f"- [ ] a [created:: {DAY}] [cancelled:: {DAY}]", {"created": DAY, "cancelled": DAY}),
        # exact case, no blank before the colons, a matching pair, the last in the line
        (f"- [ ] a [Due:: {DAY}]", {}),
        ("- [ ] a [priority:: High]", {}),
        (f"- [ ] a [due :: {DAY}]", {}),
        (f"- [ ] a [due:: {DAY})", {}),
        (f"- [ ] a [due:: {DAY}] b", {}),
        # the form that the line ends in counts, the other one is text
        (f"- [ ] a 📅 {DAY} [priority:: high]", {"priority": "high"}),
        (f"- [ ] a [priority:: high] 📅 {DAY}", {"due": DAY}),
    ],
)  # fmt: skip
def test_signs_of_dataview_are_read_likewise(line: str, expected: dict[str, str]) -> None:
    assert signs(line) == expected


@pytest.mark.parametrize(
    ("line", "description", "expected"),
    [
        ("- [ ] Write 📅 2026-11-09 #a", "Write #a", {"due": DAY}),
        ("- [ ] Write #a 📅 2026-11-09 #b ⏫ #c", "Write #a #b #c", {"due": DAY, "priority": "high"}),
        ("- [ ] #a", "#a", {}),
        # anything but blanks and some punctuation belongs to a tag
        ("- [ ] a 📅 2026-11-09 #x;y'z[1]", "a #x;y'z[1]", {"due": DAY}),
        ("- [ ] a 📅 2026-11-09 #x\ty", "a #x\ty", {"due": DAY}),
        # two in one are none at the end
        ("- [ ] a 📅 2026-11-09 #x#y", "a 📅 2026-11-09 #x#y", {}),
        # the last word is no tag
        ("- [ ] a 📅 2026-11-09 b#x", "a 📅 2026-11-09 b#x", {}),
    ],
)
def test_tags_among_the_signs_belong_to_the_description(line: str, description: str, expected: dict[str, str]) -> None:
    assert read(line).description == description
    assert signs(line) == expected


def test_no_more_than_21_rounds_are_made() -> None:
    tags = [f"#t{number}" for number in range(21)]
    assert signs(f"- [ ] a 📅 {DAY} {' '.join(tags[:20])}") == {"due": DAY}
    assert signs(f"- [ ] a 📅 {DAY} {' '.join(tags)}") == {}


@pytest.mark.parametrize(
    ("line", "block_id", "expected"),
    [
        (f"- [ ] a 📅 {DAY} ^a-1", " ^a-1", {"due": DAY}),
        (f"- [ ] a 📅 {DAY} ^a_b", "", {}),
        (f"- [ ] a 📅 {DAY}\t^a", "", {}),
    ],
)
def test_a_block_id_stands_last(line: str, block_id: str, expected: dict[str, str]) -> None:
    assert read(line).block_id == block_id
    assert signs(line) == expected


def test_the_ids_that_a_task_waits_for() -> None:
    assert read("- [ ] a ⛔ k1 , k2,k3").depends == ("k1", "k2", "k3")
    assert read("- [ ] a").depends == ()


BODY = """\
- [ ] one #task
  - [ ] two, nested #task
> - [ ] three, quoted #task
> [!todo] Call
> - [ ] four, in a callout #task
1. [ ] five #task
```
- [ ] in a fence #task
```
%%
- [ ] in a comment #task
%%
<!-- - [ ] in another #task -->
- [ ] six
"""


def test_tasks_stand_anywhere_but_in_code_and_comments() -> None:
    assert [(line, task.description) for line, task in find_tasks(BODY, 5, "#task")] == [
        (5, "one #task"),
        (6, "two, nested #task"),
        (7, "three, quoted #task"),
        (9, "four, in a callout #task"),
        (10, "five #task"),
    ]
    assert [line for line, _ in find_tasks(BODY.replace("\n", "\r\n"), 1)] == [1, 2, 3, 5, 6, 14]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Texts #waiting", "Texts"),
        ("#Waiting for texts", "for texts"),
        ("Texts #waiting, soon", "Texts , soon"),
        ("Texts #waiting/dana", "Texts #waiting/dana"),
        ("Texts #waitings", "Texts #waitings"),
        ("a#waiting", "a#waiting"),
    ],
)
def test_a_tag_is_taken_out_of_a_text(text: str, expected: str) -> None:
    assert without_tag(text, "#waiting") == expected
    assert has_tag(text, "#waiting") == (text != expected)


@given(st.text(st.sampled_from("ab -*[]x 📅✅🔁🆔⛔⏫2026-01#:,()^\t\u00a0\r\ufe0fdue"), max_size=40).map(lambda text: f"- [ ] {text}"))
def test_whatever_stands_in_a_line_every_sign_is_where_it_says(line: str) -> None:
    task = parse_task(line)
    if task is None:
        return
    assert task.end <= len(line)
    for sign in task.fields:
        assert sign.start <= sign.value_start <= sign.value_end <= sign.end <= task.end
        if sign.kind != "priority":
            assert line[sign.value_start : sign.value_end].strip(" ") == sign.value


@pytest.mark.parametrize("piece", ["🔁 ", "#a ", " ", "📅 2026-01-01 ", "[due:: ", "⛔ a,", "🔁" + " " * 50])
def test_a_long_hostile_line_is_read_in_a_blink(piece: str) -> None:
    line = "- [ ] " + piece * (100_000 // len(piece)) + "."
    assert read(line).fields == ()
