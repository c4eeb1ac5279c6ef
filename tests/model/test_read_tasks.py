"""Checkbox lines as follow-ups, and the problems in them."""

from datetime import date

import pytest

from vaultcrm.markdown.tasks.line import MAX_TASKS, find_tasks
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.model.handles import handle
from vaultcrm.model.read_tasks import task_follow_ups, task_problems
from vaultcrm.model.records import FollowUp, Note, Problem

NOTE = Note("c/2026-11-02 1430 Call.md", "interaction", {"project": "[[Website redesign]]"}, "")


def follow_ups(text: str, settings: TaskSettings | None = None, note: Note = NOTE) -> list[FollowUp]:
    settings = settings or TaskSettings()
    return list(task_follow_ups(note, list(find_tasks(text, 1, settings.global_filter)), settings))


def problems(text: str, settings: TaskSettings | None = None) -> list[Problem]:
    settings = settings or TaskSettings()
    return list(task_problems(NOTE, list(find_tasks(text, 1, settings.global_filter)), settings))


def test_a_checkbox_line_is_a_follow_up_with_all_its_signs() -> None:
    line = "- [ ] Send the quote #waiting ⏫ 🔁 every week ➕ 2026-10-30 🛫 2026-11-04 ⏳ 2026-11-05 📅 2026-11-09 🆔 q1 ⛔ a,b"
    assert follow_ups(f"Text.\n{line}\n") == [
        FollowUp(
            id=handle(NOTE.path, "task", "Send the quote", "1"),
            path=NOTE.path,
            line=2,
            kind="task",
            text="Send the quote",
            status="waiting",
            due=date(2026, 11, 9),
            scheduled=date(2026, 11, 5),
            priority="high",
            recurrence="FREQ=WEEKLY",
            recurrence_anchor="scheduled",
            project="Website redesign",
            since=date(2026, 10, 30),
            completed=None,
            key="q1",
            depends=("a", "b"),
        )
    ]


@pytest.mark.parametrize(
    ("signs", "scheduled"),
    [
        ("⏳ 2026-11-05 🛫 2026-11-07", date(2026, 11, 7)),
        ("⏳ 2026-11-05", date(2026, 11, 5)),
        ("🛫 2026-11-07", date(2026, 11, 7)),
        ("", None),
        ("⏳ 2026-02-30", None),
    ],
)
def test_a_task_is_hidden_until_the_later_of_its_start_and_its_scheduled_day(signs: str, scheduled: date | None) -> None:
    (follow_up,) = follow_ups(f"- [ ] a {signs}\n")
    assert follow_up.scheduled == scheduled


@pytest.mark.parametrize(
    ("line", "status", "completed"),
    [
        ("- [ ] a", "open", None),
        ("- [/] a", "open", None),
        ("- [ ] a #waiting", "waiting", None),
        ("- [x] a #waiting ✅ 2026-11-03", "done", date(2026, 11, 3)),
        ("- [x] a ❌ 2026-11-03", "done", None),
        ("- [-] a ❌ 2026-11-04", "cancelled", date(2026, 11, 4)),
        ("- [-] a ✅ 2026-11-04", "cancelled", None),
    ],
)
def test_the_checkbox_and_its_date_close_a_task(line: str, status: str, completed: date | None) -> None:
    (follow_up,) = follow_ups(line + "\n")
    assert (follow_up.text, follow_up.status, follow_up.completed) == ("a", status, completed)


def test_an_empty_checkbox_is_not_a_task_and_one_with_only_signs_has_the_title_of_its_note() -> None:
    found = follow_ups("- [ ] \n- [ ] 📅 2026-11-09\n- [ ] #waiting\n")
    assert [(item.line, item.text, item.status) for item in found] == [
        (2, "2026-11-02 1430 Call", "open"),
        (3, "2026-11-02 1430 Call", "waiting"),
    ]


def test_a_status_that_is_not_a_task_is_left_out() -> None:
    settings = TaskSettings(statuses=((" ", "todo"), ("?", "non-task"), ("!", "done")))
    assert [(item.text, item.status) for item in follow_ups("- [?] a\n- [!] b\n- [x] c\n", settings)] == [("b", "done"), ("c", "open")]


def test_the_tag_that_marks_tasks_is_not_part_of_their_text() -> None:
    text = "- [ ] a #task\n- [ ] b\n- [ ] c TODO\n"
    assert [item.text for item in follow_ups(text, TaskSettings(global_filter="#task"))] == ["a"]
    assert [item.text for item in follow_ups(text, TaskSettings(global_filter="TODO"))] == ["c TODO"]


def test_lines_with_the_same_text_are_numbered_and_completed_occurrences_separately() -> None:
    text = "- [ ] a 🔁 every day\n- [x] a 🔁 every day\n- [ ] a\n- [x] a\n- [ ] b\n"
    path = NOTE.path
    expected = [("task", "a", "1"), ("again", "a", "1"), ("task", "a", "2"), ("task", "a", "3"), ("task", "b", "1")]
    assert [item.id for item in follow_ups(text)] == [handle(path, *parts) for parts in expected]


def test_a_task_without_a_creation_date_dates_from_its_note_and_belongs_to_its_project() -> None:
    (undated,) = follow_ups("- [ ] a\n")
    assert (undated.since, undated.project) == (date(2026, 11, 2), "Website redesign")
    (in_project,) = follow_ups("- [ ] a\n", note=Note("c/Web.md", "project", {}, ""))
    assert (in_project.since, in_project.project) == (None, "Web")


def test_a_rule_and_a_priority_that_are_not_known_are_none() -> None:
    (follow_up,) = follow_ups("- [ ] a 🔁 fortnightly\n")
    assert (follow_up.recurrence, follow_up.priority, follow_up.text) == (None, None, "a")


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("- [ ] a 📅 2026-02-30", "bad-date", "'2026-02-30' is not a date. The Tasks plugin would replace it with \"Invalid date\"."),
        ("- [ ] a ⏳ 2026-02-30", "bad-date", "'2026-02-30' is not a date. The Tasks plugin would replace it with \"Invalid date\"."),
        ("- [ ] a 🛫 2026-02-30", "bad-date", "'2026-02-30' is not a date. The Tasks plugin would replace it with \"Invalid date\"."),
        ("- [ ] a ➕ 2026-02-30", "bad-date", "'2026-02-30' is not a date. The Tasks plugin would replace it with \"Invalid date\"."),
        ("- [ ] a 🔁 fortnightly", "bad-recurrence", "The Tasks plugin doesn't know the rule 'fortnightly'. Try \"every 2 weeks\"."),
        ("- [ ] a 📅 2026-11-09 soon", "unread-sign", "'📅 2026-11-09' is ignored: only tags and other signs may come after it."),
    ],
)
def test_what_the_tasks_plugin_would_lose_is_a_problem(line: str, code: str, message: str) -> None:
    assert problems(f"Text.\n{line}\n") == [Problem(NOTE.path, 2, code, message)]


@pytest.mark.parametrize(
    "line",
    [
        "- [x] a 📅 2026-02-30 🔁 fortnightly",
        "- [-] a 📅 2026-02-30",
        "- [ ] a ✅ 2026-02-30",
        "- [ ] a ❌ 2026-02-30",
        "- [ ] a 📅 2026-11-09 #tag",
        "- [ ] a 🔁 every 2 weeks 📅 2026-11-09",
    ],
)
def test_a_closed_line_and_a_completion_date_are_no_problem(line: str) -> None:
    assert problems(line + "\n") == []


def test_a_line_that_is_not_a_task_is_no_problem() -> None:
    assert problems("- [?] a 📅 2026-02-30\n", TaskSettings(statuses=((" ", "todo"), ("?", "non-task")))) == []


def test_lines_beyond_the_limit_are_ignored_and_reported() -> None:
    text = "".join(f"- [ ] {n}\n" for n in range(MAX_TASKS + 2))
    assert [item.text for item in follow_ups(text)][-1] == str(MAX_TASKS - 1)
    assert problems(text) == [
        Problem(NOTE.path, 10_001, "many-tasks", "The note has more than 10,000 checkbox lines. They are ignored from this one on.")
    ]
    assert problems("".join(f"- [ ] {n}\n" for n in range(MAX_TASKS))) == []
