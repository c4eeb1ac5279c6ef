"""Read the checkbox lines of a note as follow-ups, and report what the Tasks plugin would not understand in them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.markdown.tasks.line import MAX_TASKS, WAITING_TAG, Task, has_tag, without_tag
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.markdown.tasks.unread_signs import unread_signs
from vaultcrm.model.convert import body_day, body_project, to_choice
from vaultcrm.model.handles import handle
from vaultcrm.model.records import FollowUp, Note, Problem
from vaultcrm.model.schema import PRIORITIES
from vaultcrm.quoting import quoted

if TYPE_CHECKING:  # loaded for a line with a rule
    from vaultcrm.markdown.tasks.recurrence import TaskRule


def task_follow_ups(note: Note, tasks: Sequence[tuple[int, Task]], settings: TaskSettings) -> Iterator[FollowUp]:
    """The follow-ups on a note's checkbox lines; `tasks` are the lines, each with its number in the file.

    Lines with the same text are numbered to tell their handles apart. Completed occurrences of recurring
    tasks are numbered separately: completing one adds a line above it, which must not change the
    handles of the other lines.
    """
    counts: Counter[tuple[str, str]] = Counter()
    since, project = body_day(note), body_project(note)
    for line, task in tasks[:MAX_TASKS]:
        status = settings.type_of(task.symbol)
        if status == "non-task" or not (task.description or task.fields):  # an empty checkbox is not a task
            continue
        text = without_tag(task.description, settings.global_filter) if settings.global_filter.startswith("#") else task.description
        is_waiting = has_tag(text, WAITING_TAG)
        text = without_tag(text, WAITING_TAG) or note.title
        series = "again" if status == "done" and task.field("recurrence") else "task"
        counts[series, text] += 1
        rule_words = task.value("recurrence")
        rule = _parse_rule(rule_words) if rule_words else None
        yield FollowUp(
            id=handle(note.path, series, text, str(counts[series, text])),
            path=note.path,
            line=line,
            kind="task",
            text=text,
            status=status if status in ("done", "cancelled") else "waiting" if is_waiting else "open",
            due=task.day("due"),
            scheduled=max(filter(None, (task.day("scheduled"), task.day("start"))), default=None),
            priority=to_choice(task.value("priority"), PRIORITIES),
            recurrence=rule.rrule if rule else None,
            project=project,
            since=task.day("created") or since,
            completed=task.day("cancelled" if status == "cancelled" else "done"),
            key=task.value("id"),
            depends=task.depends,
            recurrence_anchor=("completion" if rule.when_done else "scheduled") if rule else None,
        )


def task_problems(note: Note, tasks: Sequence[tuple[int, Task]], settings: TaskSettings) -> Iterator[Problem]:
    """What the Tasks plugin does not understand on open lines, and would lose if it saved them."""
    if len(tasks) > MAX_TASKS:
        message = f"The note has more than {MAX_TASKS:,} checkbox lines. They are ignored from this one on."
        yield Problem(note.path, tasks[-1][0], "many-tasks", message)
    for line, task in tasks:
        if settings.type_of(task.symbol) in ("done", "cancelled", "non-task"):
            continue
        yield from (Problem(note.path, line, "unread-sign", message) for message in unread_signs(task))
        for field in task.fields:
            if field.kind in ("due", "scheduled", "start", "created") and parse_iso_day(field.value) is None:
                message = f'{quoted(field.value)} is not a date. The Tasks plugin would replace it with "Invalid date".'
                yield Problem(note.path, line, "bad-date", message)
        rule = task.value("recurrence")
        if rule is not None and _parse_rule(rule) is None:
            yield Problem(
                note.path, line, "bad-recurrence", f'The Tasks plugin doesn\'t know the rule {quoted(rule)}. Try "every 2 weeks".'
            )


def _parse_rule(text: str) -> "TaskRule | None":
    from vaultcrm.markdown.tasks.recurrence import parse_task_rule  # late: few checkbox lines recur

    return parse_task_rule(text)
