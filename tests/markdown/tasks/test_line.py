"""Checkbox lines in the grammar of the Tasks plugin. A comment says which of its rules a case shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.markdown.tasks.line import FIELD_KINDS, MAX_TASKS, Task, find_tasks, has_tag, parse_task, without_tag


def read(line: str) -> Task:
    task = parse_task(line)
    assert task is not None, line
    return task


def fields(line: str) -> dict[str, str]:
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
        # several spaces, and none after the box
        ("-   [ ]   Send", " ", "Send"),
        ("- [ ]Send", " ", "Send"),
        ("- [x](url)", "x", "(url)"),
        # white space and quote marks before it, in any mixture; white space as in JavaScript
        ("> > - [ ] Send", " ", "Send"),
        ("\t >\u3000\ufeff- [ ] Send", " ", "Send"),
        # any single character; a tab and a no-break space are statuses of their own
        ("- [🔥] Send", "🔥", "Send"),
        ("- [\t] Send", "\t", "Send"),
        ("- [\u00a0] Send", "\u00a0", "Send"),
        ("- [ ] 1. Send", " ", "1. Send"),
        ("- [ ] ", " ", ""),
        # trailing spaces, and a carriage return
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
def test_a_line_without_a_box_is_not_a_task(line: str) -> None:
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
        # in any order; without a space before; with several spaces
        (f"- [ ] offer📅{DAY}", {"due": DAY}),
        (f"- [ ] a ✅   {DAY} 🔽", {"done": DAY, "priority": "low"}),
        # one ordinary word or a full stop hides every field to its left
        (f"- [ ] a 📅 {DAY}.", {}),
        (f"- [ ] a 📅 {DAY} then ⏫", {"priority": "high"}),
        # only ASCII spaces between emoji and value
        (f"- [ ] a 📅\u00a0{DAY}", {}),
        (f"- [ ] a 📅\t{DAY}", {}),
        # one variation selector U+FE0F, and no other
        (f"- [ ] a 📅\ufe0f {DAY} ⏫\ufe0f", {"due": DAY, "priority": "high"}),
        (f"- [ ] a 📅\ufe0f\ufe0f {DAY}", {}),
        (f"- [ ] a 📅\ufe0e {DAY}", {}),
        # the other emojis of the same fields
        (f"- [ ] a 📆 {DAY} ⌛ {DAY}", {"due": DAY, "scheduled": DAY}),
        (f"- [ ] a 🗓 {DAY}", {"due": DAY}),
        # four, two, two ASCII digits
        ("- [ ] a 📅 2026-7-8", {}),
        ("- [ ] a 📅 ٢٠٢٦-٠٧-٠٨", {}),
        (f"- [ ] a 📅 {DAY} 10:00", {}),
        (f"- [ ] a 📅 [[{DAY}]]", {}),
        # a date that does not exist is a date for the plugin
        ("- [ ] a 📅 2026-02-30", {"due": "2026-02-30"}),
        # of several, the leftmost counts
        ("- [ ] a 📅 2026-01-01 📅 2026-02-02", {"due": "2026-01-01"}),
        ("- [ ] a ⏫ 🔽", {"priority": "high"}),
        ("- [ ] a 📅 2026-01-01 x 📅 2026-02-02", {"due": "2026-02-02"}),
        # a rule consists of letters, digits, commas, spaces and "!"
        ("- [ ] a 🔁 every week then bill", {"recurrence": "every week then bill"}),
        ("- [ ] a 🔁 every week (or so)", {}),
        ("- [ ] a 🔁every month on the 1st, 15th! 📅 2026-01-01", {"recurrence": "every month on the 1st, 15th!", "due": "2026-01-01"}),
        # ids, and lists of them
        ("- [ ] a 🆔 a-b_C9", {"id": "a-b_C9"}),
        ("- [ ] a ⛔ a , b", {"depends": "a , b"}),
        ("- [ ] a ⛔ a,,b", {}),
        ("- [ ] a ⛔ a,", {}),
        ("- [ ] a 🏁 archive", {"on_completion": "archive"}),
        # in code it is text
        (f"- [ ] a `📅 {DAY}`", {}),
        (f"- [ ] a 📅 {DAY} `code`", {}),
    ],
)  # fmt: skip
def test_fields_are_read_from_the_end_of_the_line(line: str, expected: dict[str, str]) -> None:
    assert fields(line) == expected
    assert fields(line + "  ") == expected
    assert fields(line + " ^block-1\r") == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"- [ ] a [due:: {DAY}]", {"due": DAY}),
        (f"- [ ] a (due::{DAY})  [priority:: high],", {"due": DAY, "priority": "high"}),
        (f"- [ ] a [ completion::  {DAY} ] [repeat:: every 2 weeks when done]", {"done": DAY, "recurrence": "every 2 weeks when done"}),
        ("- [ ] a [id:: k1] [dependsOn:: k2, k3] [onCompletion:: keep]", {"id": "k1", "depends": "k2, k3", "on_completion": "keep"}),
        (f"- [ ] a [start:: {DAY}] [scheduled:: {DAY}]", {"start": DAY, "scheduled": DAY}),
        (f"- [ ] a [created:: {DAY}] [cancelled:: {DAY}]", {"created": DAY, "cancelled": DAY}),
        # exact case, no space before the colons, matching brackets, at the end of the line
        (f"- [ ] a [Due:: {DAY}]", {}),
        ("- [ ] a [priority:: High]", {}),
        (f"- [ ] a [due :: {DAY}]", {}),
        (f"- [ ] a [due:: {DAY})", {}),
        (f"- [ ] a [due:: {DAY}] b", {}),
        # the format at the end of the line counts, the other one is text
        (f"- [ ] a 📅 {DAY} [priority:: high]", {"priority": "high"}),
        (f"- [ ] a [priority:: high] 📅 {DAY}", {"due": DAY}),
    ],
)  # fmt: skip
def test_dataview_fields_are_read_from_the_end_of_the_line(line: str, expected: dict[str, str]) -> None:
    assert fields(line) == expected


@pytest.mark.parametrize(
    ("line", "description", "expected"),
    [
        ("- [ ] Write 📅 2026-11-09 #a", "Write #a", {"due": DAY}),
        ("- [ ] Write #a 📅 2026-11-09 #b ⏫ #c", "Write #a #b #c", {"due": DAY, "priority": "high"}),
        ("- [ ] #a", "#a", {}),
        # anything except spaces and some punctuation belongs to a tag
        ("- [ ] a 📅 2026-11-09 #x;y'z[1]", "a #x;y'z[1]", {"due": DAY}),
        ("- [ ] a 📅 2026-11-09 #x\ty", "a #x\ty", {"due": DAY}),
        # two tags in one are not a tag at the end
        ("- [ ] a 📅 2026-11-09 #x#y", "a 📅 2026-11-09 #x#y", {}),
        # the last word is not a tag
        ("- [ ] a 📅 2026-11-09 b#x", "a 📅 2026-11-09 b#x", {}),
    ],
)
def test_tags_among_the_fields_belong_to_the_description(line: str, description: str, expected: dict[str, str]) -> None:
    assert read(line).description == description
    assert fields(line) == expected


def test_at_most_21_rounds_are_made() -> None:
    tags = [f"#t{number}" for number in range(21)]
    assert fields(f"- [ ] a 📅 {DAY} {' '.join(tags[:20])}") == {"due": DAY}
    assert fields(f"- [ ] a 📅 {DAY} {' '.join(tags)}") == {}


@pytest.mark.parametrize(
    ("line", "block_id", "expected"),
    [
        (f"- [ ] a 📅 {DAY} ^a-1", " ^a-1", {"due": DAY}),
        (f"- [ ] a 📅 {DAY} ^a_b", "", {}),
        (f"- [ ] a 📅 {DAY}\t^a", "", {}),
    ],
)
def test_a_block_id_comes_last(line: str, block_id: str, expected: dict[str, str]) -> None:
    assert read(line).block_id == block_id
    assert fields(line) == expected


def test_ids_of_dependencies() -> None:
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


def test_tasks_are_found_everywhere_except_in_code_and_comments() -> None:
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
def test_a_tag_is_removed_from_a_text(text: str, expected: str) -> None:
    assert without_tag(text, "#waiting") == expected
    assert has_tag(text, "#waiting") == (text != expected)


@given(st.text(st.sampled_from("ab -*[]x 📅✅🔁🆔⛔⏫2026-01#:,()^\t\u00a0\r\ufe0fdue"), max_size=40).map(lambda text: f"- [ ] {text}"))
def test_the_positions_of_fields_are_right_in_any_line(line: str) -> None:
    task = parse_task(line)
    if task is None:
        return
    assert task.end <= len(line)
    for field in task.fields:
        assert field.start <= field.value_start <= field.value_end <= field.end <= task.end
        if field.kind != "priority":
            assert line[field.value_start : field.value_end].strip(" ") == field.value


@pytest.mark.parametrize("piece", ["🔁 ", "#a ", " ", "📅 2026-01-01 ", "[due:: ", "⛔ a,", "🔁" + " " * 50])
def test_a_long_hostile_line_is_read_fast(piece: str) -> None:
    line = "- [ ] " + piece * (100_000 // len(piece)) + "."
    assert read(line).fields == ()


@pytest.mark.parametrize("line", ["- [1](address)", "- [x][ref]", "- [x]: address"])
def test_what_obsidian_takes_for_a_link_is_not_a_task(line: str) -> None:
    assert list(find_tasks(line, 1)) == []


def test_the_global_filter_must_be_after_the_box() -> None:
    assert list(find_tasks("- [ ] a", 1, "- [")) == []
    assert [line for line, _ in find_tasks("- [ ] a\n- [ ] b", 1, "b")] == [2]


def test_one_task_more_than_10000_is_found() -> None:
    assert [line for line, _ in find_tasks("- [ ] a\n" * (MAX_TASKS + 2), 1)] == [*range(1, 10_002)]


def test_a_text_without_the_tag_stays_as_it_is() -> None:
    assert without_tag(" Texts ", "#waiting") == " Texts "
    assert not has_tag(" Texts ", "#waiting")
