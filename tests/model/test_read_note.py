"""The records and the problems in the text of one note."""

from datetime import date

import pytest

from vaultcrm.model.handles import handle
from vaultcrm.model.read_note import NoteContents, excerpt, follow_up_status, read_note
from vaultcrm.model.records import Decision, FollowUp, Point


def reading(path: str, text: str) -> NoteContents:
    return read_note(path, text.encode())


# ------------------------------------------------------------------------------------ follow-ups


def test_a_follow_up_note_is_a_follow_up() -> None:
    text = """---
type: follow-up
status: waiting
due: 2026-11-09
scheduled: 2026-11-05
priority: High
recurrence: FREQ=WEEKLY
project: "[[Website redesign]]"
from: "[[2026-11-02 1430 Pricing call]]"
completedDate: 2026-11-08
---
"""
    path = "c/follow-ups/Send the quote.md"
    assert reading(path, text).follow_ups == (
        FollowUp(
            handle(path), path, 1, "note", "Send the quote", "waiting", date(2026, 11, 9), date(2026, 11, 5), "high", "FREQ=WEEKLY",
            "Website redesign", date(2026, 11, 2), date(2026, 11, 8),
        ),
    )  # fmt: skip


def test_a_follow_up_note_with_only_a_type_is_open_and_named_after_its_file() -> None:
    (follow_up,) = reading("Call Dana.md", "---\ntype: Follow-Up\n---\n").follow_ups
    assert (follow_up.text, follow_up.status, follow_up.due, follow_up.is_open, follow_up.days(date(2026, 11, 9))) == (
        "Call Dana",
        "open",
        None,
        True,
        None,
    )


def test_days_until_a_follow_up_is_due_are_negative_if_it_is_late() -> None:
    (follow_up,) = reading("x.md", "---\ntype: follow-up\ndue: 2026-11-09\n---\n").follow_ups
    assert [follow_up.days(date(2026, 11, day)) for day in (8, 9, 11)] == [1, 0, -2]


@pytest.mark.parametrize(
    ("written", "status"),
    [
        (None, "open"), ("", "open"), ("Done", "done"), ("completed", "done"), ("canceled", "cancelled"), ("dropped", "cancelled"),
        ("waiting", "waiting"), ("in-progress", "open"), ("todo", "open"), ("whatever", "open"),
    ],
)  # fmt: skip
def test_an_unknown_status_counts_as_open(written: str | None, status: str) -> None:
    assert follow_up_status(written) == status


@pytest.mark.parametrize(
    ("written", "priority"), [("normal", "medium"), ("urgent", "highest"), ("none", None), ("LOW", "low"), ("so so", None)]
)
def test_priorities_of_other_tools_are_understood(written: str, priority: str | None) -> None:
    (follow_up,) = reading("x.md", f"---\ntype: follow-up\npriority: {written}\n---\n").follow_ups
    assert follow_up.priority == priority


# ---------------------------------------------------------------------------------- interactions

TALK = """---
type: interaction
date: 2026-11-02T14:30:00
channel: call
people: ["[[Dana Roe]]", Priya]
project: "[[Website redesign]]"
decisions:
  - Fixed price
  - Two rounds
feedback: Likes the drafts
next_step: Send the quote
follow_up: 2026-11-09
---
"""


def test_an_interaction_contains_a_follow_up_decisions_and_feedback() -> None:
    path, day = "c/interactions/2026-11-02 1430 Pricing call.md", date(2026, 11, 2)
    found = reading(path, TALK)
    assert found.follow_ups == (
        FollowUp(
            handle(path, "next"),
            path,
            11,
            "interaction",
            "Send the quote",
            "open",
            date(2026, 11, 9),
            None,
            None,
            None,
            "Website redesign",
            day,
            None,
        ),
    )
    assert found.decisions == tuple(
        Decision(
            handle(path, "decision", text),
            path,
            7,
            text,
            day,
            "in force",
            None,
            "Dana Roe, Priya",
            "call",
            "Website redesign",
            (),
            "interaction",
        )
        for text in ("Fixed price", "Two rounds")
    )
    assert found.points == (Point(handle(path, "feedback", "Likes the drafts"), path, 10, "feedback", "Likes the drafts", day),)
    assert found.problems == ()


def test_a_follow_up_date_or_a_next_step_alone_makes_a_follow_up() -> None:
    (only_day,) = reading("2026-11-02 Call.md", "---\ntype: interaction\nfollow_up: 2026-11-09\n---\n").follow_ups
    assert (only_day.text, only_day.due, only_day.line) == ("Follow up on Call", date(2026, 11, 9), 3)
    (only_step,) = reading("2026-11-02 Call.md", "---\ntype: interaction\nnext_step: Ask again\n---\n").follow_ups
    assert (only_step.text, only_step.due, only_step.line) == ("Ask again", None, 3)
    assert reading("2026-11-02 Call.md", "---\ntype: interaction\n---\n").follow_ups == ()


@pytest.mark.parametrize(
    ("line", "status", "completed"),
    [
        ("follow_up_done: 2026-11-10", "done", date(2026, 11, 10)),
        ("follow_up_done: yes", "done", None),
        ("follow_up_status: cancelled", "cancelled", None),
    ],
)
def test_the_follow_up_of_an_interaction_can_be_closed(line: str, status: str, completed: date | None) -> None:
    (follow_up,) = reading("2026-11-02 Call.md", f"---\ntype: interaction\nnext_step: Ask\n{line}\n---\n").follow_ups
    assert (follow_up.status, follow_up.completed) == (status, completed)


def test_no_two_records_of_a_note_share_a_handle() -> None:
    found = reading("2026-11-02 Call.md", "---\ntype: interaction\nnext_step: Ask\ndecisions: [next]\n---\n")
    assert found.follow_ups[0].id != found.decisions[0].id


def test_a_decision_note_is_a_decision() -> None:
    text = """---
type: decision
date: 2026-11-02
status: withdrawn
topic: price
by: "[[Dana Roe]]"
via: email
project: "[[Website redesign]]"
supersedes: ["[[Work by the hour]]", "[[2026-07-28 1430 Call|60 an hour]]"]
---
"""
    path = "c/decisions/Fixed price.md"
    assert reading(path, text).decisions == (
        Decision(
            handle(path), path, 1, "Fixed price", date(2026, 11, 2), "withdrawn", "price", "Dana Roe", "email", "Website redesign",
            ("[[Work by the hour]]", "[[2026-07-28 1430 Call|60 an hour]]"),
        ),
    )  # fmt: skip
    assert reading(path, "---\ntype: decision\nstatus: maybe\n---\n").decisions[0].status == "in force"


# ----------------------------------------------------------------------------------- preferences


def test_the_list_items_under_the_heading_preferences_are_preferences() -> None:
    text = """---
type: client
---
# Acme
- not this

## Preferences

- Tea, no coffee
  * calls **before** noon
### Mail
+ short
text
## History
- nor this
"""
    found = reading("c/Acme.md", text).points
    assert [(point.line, point.text, point.kind, point.on) for point in found] == [
        (9, "Tea, no coffee", "preference", None),
        (10, "calls **before** noon", "preference", None),
        (12, "short", "preference", None),
    ]
    assert [point.id for point in found] == [handle("c/Acme.md", "preference", point.text) for point in found]


def test_only_line_feeds_count_for_the_line_of_a_preference() -> None:
    (point,) = reading("c/Acme.md", "---\ntype: client\n---\na\u2028b\x0cc\n## Preferences\n- Tea\n").points
    assert point.line == 6


def test_a_plain_note_contains_no_records() -> None:
    for text in (
        "",
        "just text\n## Preferences\n- x\n",
        "---\ntype: recipe\ndue: 2026-11-09\n---\n",
        "---\ntitle: x\n---\n- [ ] \n```\n- [ ] x\n```\n",
        "+++\ntype = 'client'\n+++\n",
    ):
        found = reading("x.md", text)
        assert found == NoteContents(found.note)


# -------------------------------------------------------------------------------------- excerpt


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("", ""),
        ("# Title\n\nFirst\nparagraph.\n\nSecond.\n", "First paragraph."),
        ("# Title\r\n\r\nFirst.\r\n", "First."),
        ("# Title\nright below\n", "right below"),
        ("\n\n  # Only\n## headings\n", ""),
        ("x" * 400, "x" * 400),
        ("x" * 401, "x" * 399 + "…"),
    ],
)
def test_the_excerpt_is_the_first_paragraph_on_one_line(body: str, text: str) -> None:
    assert excerpt(body) == text


# -------------------------------------------------------------------------------------- problems


def test_an_interaction_without_any_date_is_a_problem() -> None:
    assert [problem.code for problem in reading("Call.md", "---\ntype: interaction\n---\n").problems] == ["no-date"]
    assert [problem.code for problem in reading("Call.md", "---\ntype: interaction\ndate: soon\n---\n").problems] == ["bad-date"]
    assert reading("2026-11-02 Call.md", "---\ntype: interaction\n---\n").problems == ()
