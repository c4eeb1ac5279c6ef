"""The records and the problems in the text of one note."""

from datetime import date

import pytest

from vaultcrm.errors import Unreadable
from vaultcrm.markdown.callouts import MAX_SENTENCES
from vaultcrm.markdown.excerpt import excerpt
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.model.handles import handle
from vaultcrm.model.read_note import NoteContents, follow_up_status, read_back, read_note
from vaultcrm.model.records import Decision, FollowUp, Point, Problem


def read(path: str, text: str) -> NoteContents:
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
    assert read(path, text).follow_ups == (
        FollowUp(
            handle(path), path, 1, "note", "Send the quote", "waiting", date(2026, 11, 9), date(2026, 11, 5), "high", "FREQ=WEEKLY",
            "Website redesign", date(2026, 11, 2), date(2026, 11, 8), recurrence_anchor="scheduled",
        ),
    )  # fmt: skip


def test_a_follow_up_note_with_only_a_type_is_open_and_named_after_its_file() -> None:
    (follow_up,) = read("Call Dana.md", "---\ntype: Follow-Up\n---\n").follow_ups
    assert (follow_up.text, follow_up.status, follow_up.due, follow_up.is_open, follow_up.days(date(2026, 11, 9))) == (
        "Call Dana",
        "open",
        None,
        True,
        None,
    )


def test_days_until_a_follow_up_is_due_are_negative_if_it_is_late() -> None:
    (follow_up,) = read("x.md", "---\ntype: follow-up\ndue: 2026-11-09\n---\n").follow_ups
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
    (follow_up,) = read("x.md", f"---\ntype: follow-up\npriority: {written}\n---\n").follow_ups
    assert follow_up.priority == priority


# ---------------------------------------------------------------------------------- interactions

INTERACTION = """---
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
    contents = read(path, INTERACTION)
    assert contents.follow_ups == (
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
    assert contents.decisions == tuple(
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
    assert contents.points == (Point(handle(path, "feedback", "Likes the drafts"), path, 10, "feedback", "Likes the drafts", day),)
    assert contents.problems == ()


def test_a_follow_up_date_or_a_next_step_alone_makes_a_follow_up() -> None:
    (only_day,) = read("2026-11-02 Call.md", "---\ntype: interaction\nfollow_up: 2026-11-09\n---\n").follow_ups
    assert (only_day.text, only_day.due, only_day.line) == ("Follow up on Call", date(2026, 11, 9), 3)
    (only_step,) = read("2026-11-02 Call.md", "---\ntype: interaction\nnext_step: Ask again\n---\n").follow_ups
    assert (only_step.text, only_step.due, only_step.line) == ("Ask again", None, 3)
    assert read("2026-11-02 Call.md", "---\ntype: interaction\n---\n").follow_ups == ()


@pytest.mark.parametrize(
    ("line", "status", "completed"),
    [
        ("follow_up_done: 2026-11-10", "done", date(2026, 11, 10)),
        ("follow_up_done: yes", "done", None),
        ("follow_up_status: cancelled", "cancelled", None),
    ],
)
def test_the_follow_up_of_an_interaction_can_be_closed(line: str, status: str, completed: date | None) -> None:
    (follow_up,) = read("2026-11-02 Call.md", f"---\ntype: interaction\nnext_step: Ask\n{line}\n---\n").follow_ups
    assert (follow_up.status, follow_up.completed) == (status, completed)


def test_no_two_records_of_a_note_share_a_handle() -> None:
    contents = read("2026-11-02 Call.md", "---\ntype: interaction\nnext_step: Ask\ndecisions: [next]\n---\n")
    assert contents.follow_ups[0].id != contents.decisions[0].id


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
    assert read(path, text).decisions == (
        Decision(
            handle(path), path, 1, "Fixed price", date(2026, 11, 2), "withdrawn", "price", "Dana Roe", "email", "Website redesign",
            ("[[Work by the hour]]", "[[2026-07-28 1430 Call|60 an hour]]"),
        ),
    )  # fmt: skip
    assert read(path, "---\ntype: decision\nstatus: maybe\n---\n").decisions[0].status == "in force"


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
    points = read("c/Acme.md", text).points
    assert [(point.line, point.text, point.kind, point.on) for point in points] == [
        (9, "Tea, no coffee", "preference", None),
        (10, "calls **before** noon", "preference", None),
        (12, "short", "preference", None),
    ]
    assert [point.id for point in points] == [handle("c/Acme.md", "preference", point.text) for point in points]


def test_an_empty_item_is_no_preference_and_a_checkbox_is_not_part_of_one() -> None:
    text = "---\ntype: client\n---\n## PREFERENCES\n- [ ] Tea\n- [ ]\n-  [x] \n- \n-\n- Milk\n"
    assert [(point.line, point.text) for point in read("c/Acme.md", text).points] == [(5, "Tea"), (10, "Milk")]


def test_a_client_has_at_most_2000_preferences() -> None:
    text = "---\ntype: client\n---\n## Preferences\n" + "".join(f"- {number}\n" for number in range(MAX_SENTENCES + 1))
    points = read("c/Acme.md", text).points
    assert (len(points), points[-1].text) == (2000, "1999")


def test_an_excerpt_is_looked_for_at_the_start_of_a_body() -> None:
    assert excerpt("## Head\n" * 5_000 + "\nText\n") == "Text"
    assert excerpt("## Head\n" * 10_000 + "\nText\n") == ""
    assert excerpt("word " * 1_000_000).endswith("word…")


def test_only_line_feeds_count_for_the_line_of_a_preference() -> None:
    (point,) = read("c/Acme.md", "---\ntype: client\n---\na\u2028b\x0cc\n## Preferences\n- Tea\n").points
    assert point.line == 6


def test_repeated_sentences_are_one_record_in_the_last_place_with_the_first_line() -> None:
    text = """---
type: interaction
date: 2026-11-02
decisions: [Fixed price, Two rounds]
---
> [!decision] Three milestones

> [!decision] Fixed price

> [!feedback] Nice
"""
    contents = read("c/Call.md", text)
    assert [(item.text, item.line, item.kind) for item in contents.decisions] == [
        ("Two rounds", 4, "interaction"),
        ("Three milestones", 6, "callout"),
        ("Fixed price", 4, "interaction"),
    ]
    assert contents.points == (
        Point(handle("c/Call.md", "feedback", "Nice"), "c/Call.md", 10, "feedback", "Nice", date(2026, 11, 2), "callout"),
    )


def test_a_decision_in_a_callout_has_the_people_and_channel_of_its_interaction() -> None:
    text = "---\ntype: interaction\ndate: 2026-11-02\nchannel: email\npeople: [Dana, Priya]\nproject: '[[Web]]'\n---\n> [!decision] Yes\n"
    (decision,) = read("c/Call.md", text).decisions
    assert decision == Decision(
        handle("c/Call.md", "decision", "Yes"), "c/Call.md", 8, "Yes", date(2026, 11, 2), "in force", None, "Dana, Priya", "email",
        "Web", (), "callout",
    )  # fmt: skip
    (plain,) = read("c/Web.md", "---\ntype: project\npeople: [Dana]\n---\n> [!decision] Yes\n").decisions
    assert (plain.by, plain.via, plain.project, plain.on) == (None, None, "Web", None)


def test_each_kind_of_callout_is_read() -> None:
    text = "> [!feedback] a\n\n> [!preference] b\n\n> [!question] c\n\n> [!decision] d\n\n> [!note] e\n"
    contents = read("x.md", text)
    assert [(point.kind, point.text, point.form) for point in contents.points] == [
        ("feedback", "a", "callout"),
        ("preference", "b", "callout"),
        ("question", "c", "callout"),
    ]
    assert [decision.text for decision in contents.decisions] == ["d"]


@pytest.mark.parametrize(("data", "code"), [(b"a\x00b", "binary"), (b"caf\xe9", "encoding")])
def test_a_file_that_is_not_text_is_unreadable(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_note("x.md", data)
    assert error.value.code == code


@pytest.mark.parametrize(("status", "is_open"), [("open", True), ("waiting", True), ("done", False), ("cancelled", False)])
def test_a_follow_up_is_open_until_it_is_done_or_cancelled(status: str, is_open: bool) -> None:
    (follow_up,) = read("x.md", f"---\ntype: follow-up\nstatus: {status}\n---\n").follow_ups
    assert (follow_up.status, follow_up.is_open) == (status, is_open)


def test_the_marks_of_a_conflict_are_a_problem_on_the_line_of_the_first() -> None:
    conflict = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"
    message = "The note contains the marks of an unresolved Git conflict. Fix it in your editor."
    assert read("a.md", f"---\ntitle: x\n---\ntext\n{conflict}").problems == (Problem("a.md", 5, "conflict-marks", message),)
    assert read("a.md", conflict.replace(">>>>>>> ", "")).problems == ()
    assert read("a.md", conflict.replace("<<<<<<< ", "")).problems == ()


@pytest.mark.parametrize(
    ("task_note_property", "properties", "is_task"),
    [
        (None, "tags: [task]", False),
        (("tags", "task"), "tags: [a, Task]", True),
        (("tags", "task"), "tags: '#task/home'", True),
        (("tags", "task"), "tags: [tasks]", False),
        (("tags", "task"), "title: task", False),
        (("kind", "Task"), "kind: task", True),
        (("kind", "Task"), "kind: task/home", False),
        (("kind", ""), "kind: anything", True),
        (("kind", ""), "title: x", False),
    ],
)
def test_a_note_that_tasknotes_takes_for_a_task_is_a_follow_up(
    task_note_property: tuple[str, str] | None, properties: str, is_task: bool
) -> None:
    settings = TaskSettings(task_note_property=task_note_property)
    for note_type, expected in (("", is_task), ("type: client\n", False)):
        contents = read_note("a.md", f"---\n{note_type}{properties}\n---\n".encode(), settings)
        assert bool(contents.follow_ups) == expected


def test_reading_back_a_written_note_gives_the_same_without_its_links() -> None:
    data = INTERACTION.encode() + b"- [ ] a [[Plan]]\n"
    contents = read_note("c/2026-11-02 Call.md", data)
    assert [link.target for link in contents.links] == ["Dana Roe", "Website redesign", "Plan"]
    assert read_back("c/2026-11-02 Call.md", data) == contents._replace(links=(), turn=None)


def test_a_plain_note_contains_no_records() -> None:
    for text in (
        "",
        "just text\n## Preferences\n- x\n",
        "---\ntype: recipe\ndue: 2026-11-09\n---\n",
        "---\ntitle: x\n---\n- [ ] \n```\n- [ ] x\n```\n",
        "+++\ntype = 'client'\n+++\n",
    ):
        contents = read("x.md", text)
        assert contents == NoteContents(contents.note, body_digest=contents.body_digest)


# -------------------------------------------------------------------------------------- excerpt


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("Dana Roe.md", "---\ntype: person\n---\n# Dana Roe\n\nOn leave until March.\n", "On leave until March."),
        ("Dana Roe.md", "---\ntype: person\n---\n# Dana Roe\n", ""),
        ("Dana Roe.md", "---\ntype: person\n---\n# Dana Roe, partner\n", "Dana Roe, partner"),
        ("2026-11-04 Pricing call.md", "# Pricing  CALL\n", ""),
        ("2026-11-04 Pricing call.md", "Pricing call\n", "Pricing call"),
        (
            "Acme.md",
            "---\ntype: client\n---\nA bakery.\n\n## Preferences\n\n- Calls\n- No mail\n\n## Notes\n\nPays late.\n",
            "A bakery. Pays late.",
        ),
        ("Acme.md", "---\ntype: client\n---\n## Preferences\r\n\r\n- Calls\r\n", ""),
        ("Plan.md", "## Preferences\n\n- Calls\n", "Calls"),
    ],
)
def test_an_excerpt_repeats_neither_the_title_nor_a_clients_preferences(path: str, text: str, said: str) -> None:
    assert read(path, text).note.excerpt == said


# -------------------------------------------------------------------------------------- problems


def test_an_interaction_without_any_date_is_a_problem() -> None:
    assert [problem.code for problem in read("Call.md", "---\ntype: interaction\n---\n").problems] == ["no-date"]
    assert [problem.code for problem in read("Call.md", "---\ntype: interaction\ndate: soon\n---\n").problems] == ["bad-date"]
    assert read("2026-11-02 Call.md", "---\ntype: interaction\n---\n").problems == ()


@pytest.mark.parametrize(
    ("text", "is_late"),
    [
        ("\n---\ntype: client\n---\n", True), ("\r\n \r\n---\r\ntype: client\r\n---\r\nHello", True), ("\ufeff\n---\na: b\n---", True),
        ("---\na: b\n---\n", False), ("\n---\n\nText.\n\n---\n", False), ("\n---\na: b\n", False), ("Hello\n---\na: b\n---\n", False),
    ],
)  # fmt: skip
def test_properties_below_an_empty_line_are_reported(text: str, is_late: bool) -> None:
    message = "The properties aren't read, because the first line is empty. Delete the lines above the first ---."
    assert read("x.md", text).problems == ((Problem("x.md", 1, "late-properties", message),) if is_late else ())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntype: follow-up\ndue: 2026-11-09\nscheduled: 2026-11-10\n---\n", 1), ("\n- [ ] a ⏳ 2026-11-10 📅 2026-11-09\n", 2),
        ("---\ntype: follow-up\nstatus: done\ndue: 2026-11-09\nscheduled: 2026-11-10\n---\n", None),
        ("---\ntype: follow-up\ndue: 2026-11-10\nscheduled: 2026-11-10\n---\n", None), ("- [ ] a ⏳ 2026-11-10\n", None),
    ],
)  # fmt: skip
def test_a_follow_up_that_is_hidden_when_it_is_due_is_a_problem(text: str, line: int | None) -> None:
    found = [(problem.line, problem.message) for problem in read("c/x.md", text).problems if problem.code == "hidden-when-due"]
    message = "It is hidden until 2026-11-10, after the day it is due (2026-11-09)."
    assert found == ([(line, message)] if line else [])


def test_a_note_with_two_rules_is_a_problem_and_still_a_follow_up() -> None:
    text = "---\ntype: follow-up\ndue: 2026-11-20\nrecurrence: |\n  RRULE:FREQ=WEEKLY;BYDAY=MO\n  RRULE:FREQ=MONTHLY;BYMONTHDAY=1\n---\n"
    contents = read("c/x.md", text)
    assert [(problem.code, problem.line) for problem in contents.problems] == [("bad-recurrence", 4)]
    assert [item.due for item in contents.follow_ups] == [date(2026, 11, 20)]
