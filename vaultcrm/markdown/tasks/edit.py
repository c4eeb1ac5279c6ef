"""Complete, cancel or reschedule a task by changing only what must change in its line.

When the Tasks plugin saves a line, it writes all of it in an order of its own, and loses what it does
not understand. Here the rest of the line stays as the user wrote it, and the plugin reads the result
as if it had made the change itself. Every result is read back before it is returned.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.errors import Refused
from vaultcrm.markdown.tasks.line import FIELD_KINDS, PRIORITIES, WAITING_TAG, Task, TaskField, has_tag, parse_task, without_tag
from vaultcrm.markdown.tasks.recurrence import TaskDates, next_dates, parse_task_rule, rule_after_moving
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.quoting import quoted

# the emoji of each field that can be added, and its name in the Dataview format
_SPELLINGS = {
    "done": ("✅ ", "completion"), "cancelled": ("❌ ", "cancelled"), "due": ("📅 ", "due"), "scheduled": ("⏳ ", "scheduled"),
    "start": ("🛫 ", "start"), "created": ("➕ ", "created"), "priority": ("", "priority"),
}  # fmt: skip
_PRIORITY_EMOJI = {priority: emoji for emoji, priority in PRIORITIES.items()}
_DATE_KINDS = ("start", "scheduled", "due")
_NOT_REPEATED = ("done", "cancelled", "created", "id", "depends")  # fields that the next occurrence doesn't have

_WAITING = rf"(?i)[ \t]+{WAITING_TAG}(?![^ \t!@#$%^&*(),.?\":{{}}|<>])"  # the tag with the spaces before it, and no longer tag

TextEdit = tuple[int, int, str]  # start, end, and the text that replaces these characters


class Completion(NamedTuple):
    """The lines that replace a completed one: the line itself and, if the task recurs, its next occurrence.

    Without a next occurrence, `lines` is empty for a task with 🏁 delete, `next_dates` is None, and
    `no_next_reason` says why if the task has a rule.
    """

    lines: list[str]
    next_dates: TaskDates | None = None
    no_next_reason: str = ""


def complete(task: Task, settings: TaskSettings, today: date) -> Completion:
    """The task done today. A recurring one gets its next line, as the plugin would create it. Raises Refused."""
    symbol = _closing_symbol(settings, "done")
    values = {"done": today.isoformat() if settings.sets_done_date else None, "cancelled": None}
    line = _apply_edits(task, [_set_symbol(task, symbol), *_set_fields(task, values, settings)], symbol, values)
    is_deleted = (task.value("on_completion") or "").lower() == "delete"
    done_lines = [] if is_deleted else [line]
    if task.value("recurrence") is None:
        return Completion(done_lines)
    dates, reason = _next_dates(task, settings, today)
    if dates is None:
        return Completion(done_lines, no_next_reason=reason)
    next_line = _next_line(task, dates, settings, today)
    return Completion([*done_lines, next_line] if settings.recurs_on_next_line else [next_line, *done_lines], dates)


def cancel(task: Task, settings: TaskSettings, today: date) -> str:
    """The line of the task cancelled today; cancelling never creates a next occurrence. Raises Refused."""
    symbol = _closing_symbol(settings, "cancelled")
    values = {"cancelled": today.isoformat() if settings.sets_cancelled_date else None, "done": None}
    return _apply_edits(task, [_set_symbol(task, symbol), *_set_fields(task, values, settings)], symbol, values)


def reschedule(task: Task, day: date, settings: TaskSettings) -> str:
    """The line of the task with another due date, and its rhythm in its rule if that would shift otherwise. Raises Refused.

    The scheduled and start dates keep their distance to it. A task that has these but no due date
    moves the later one instead.
    """
    due = task.day("due")
    others = [kind for kind in ("scheduled", "start") if task.field(kind)]
    moved = "due" if task.field("due") or not others else max(others, key=lambda kind: task.day(kind) or date.min)
    values: dict[str, str | None] = {moved: day.isoformat()}
    rule = parse_task_rule(task.value("recurrence") or "")
    if rule and (old := task.day(moved)) and (moved == "due" or len(others) == 1):
        text = rule_after_moving(rule, old, day)
        values |= {"recurrence": text} if text else {}
    try:
        for kind in others if due is not None else ():
            if (other := task.day(kind)) and due is not None:
                values[kind] = (other + (day - due)).isoformat()
    except OverflowError as error:
        raise Refused("Its scheduled or start date can't move that far.", "Change it in your editor.") from error
    return _apply_edits(task, _set_fields(task, values, settings), task.symbol, values)


def set_fields(task: Task, values: Mapping[str, str | None], settings: TaskSettings) -> str:
    """The line of the task with these values of its dates or its priority, and without the fields whose value is None. Raises Refused."""
    return _apply_edits(task, _set_fields(task, dict(values), settings), task.symbol, dict(values))


def reopen(task: Task, settings: TaskSettings, is_waiting: bool) -> str:
    """The line of the task open again, with the tag #waiting or without it. An open task keeps its symbol. Raises Refused."""
    is_open = settings.type_of(task.symbol) not in ("done", "cancelled")
    symbol = task.symbol if is_open else settings.symbol_for("todo")
    values: dict[str, str | None] = {"done": None, "cancelled": None}
    edits = [_set_symbol(task, symbol), *_set_fields(task, values, settings)]
    if is_waiting and not has_tag(task.description, WAITING_TAG):
        end = min((field.start for field in task.fields), default=task.end)
        end = len(task.line[:end].rstrip(" \t"))
        edits.append((end, end, f" {WAITING_TAG}"))
    elif not is_waiting:
        start = task.symbol_index + 2
        edits += [(start + tag.start(), start + tag.end(), "") for tag in re.finditer(_WAITING, task.line[start : task.end])]
    return _apply_edits(task, edits, symbol, values, WAITING_TAG)


def _next_dates(task: Task, settings: TaskSettings, today: date) -> tuple[TaskDates | None, str]:
    """The dates of the next occurrence, or None and the reason."""
    text = task.value("recurrence") or ""
    rule = parse_task_rule(text)
    if rule is None:
        return None, f"{quoted(text)} is not a rule that the Tasks plugin understands"
    for kind in _DATE_KINDS:
        if (value := task.value(kind)) and parse_iso_day(value) is None:
            return None, f"{value} is not a date"
    try:
        dates = next_dates(rule, TaskDates(*(task.day(kind) for kind in _DATE_KINDS)), today, settings.removes_scheduled_date)
    except OverflowError:
        dates = None
    return dates, "" if dates else f"{quoted(text)} has no next date"


def _next_line(task: Task, dates: TaskDates, settings: TaskSettings, today: date) -> str:
    values: dict[str, str | None] = dict.fromkeys(_NOT_REPEATED)
    if settings.sets_created_date:
        values["created"] = today.isoformat()
    values |= {kind: day.isoformat() if (day := getattr(dates, kind)) else None for kind in _DATE_KINDS}
    symbol = settings.symbol_for("todo")
    edits = [_set_symbol(task, symbol), *_set_fields(task, values, settings)]
    if task.block_id:
        start = task.line.index(task.block_id, task.end)
        edits.append((task.end, start + len(task.block_id), ""))
    return _apply_edits(task, edits, symbol, values)


def _closing_symbol(settings: TaskSettings, status_type: str) -> str:
    """The symbol of a task that is "done" or "cancelled". Raises Refused if the vault has no status of that type."""
    symbol = settings.symbol_for(status_type)
    if settings.type_of(symbol) != status_type:
        raise Refused(
            f"The settings of the Tasks plugin have no status of the type {quoted(status_type)}.",
            f'Add one there, or in vaultcrm.toml under [tasks]: statuses = {{ "{symbol}" = "{status_type}" }}',
        )
    return symbol


def _set_symbol(task: Task, symbol: str) -> TextEdit:
    return task.symbol_index, task.symbol_index + 1, symbol


def _set_fields(task: Task, values: dict[str, str | None], settings: TaskSettings) -> list[TextEdit]:
    """The edits that give the line's fields these values, and remove the fields whose value is None."""
    edits: list[TextEdit] = []
    is_dataview = task.is_dataview if task.fields else settings.is_dataview
    for kind, value in values.items():
        field = task.field(kind)
        if value is None:
            edits += [_remove_field(task, field) for field in task.fields if field.kind == kind]
        elif field is not None:
            edits.append((field.value_start, field.value_end, value if is_dataview else _PRIORITY_EMOJI.get(value, value)))
        else:
            emoji, name = _SPELLINGS[kind]
            written = f"  [{name}:: {value}]" if is_dataview else f" {emoji}{_PRIORITY_EMOJI.get(value, value)}"
            edits.append((task.end, task.end, written))
    return edits


def _remove_field(task: Task, field: TaskField) -> TextEdit:
    """The edit that removes a field with the spaces before it, except for the space after the box."""
    start = field.start
    while task.line[start - 1] in " \t" and start - 1 > task.symbol_index + 2:
        start -= 1
    return start, field.end, ""


def _apply_edits(task: Task, edits: list[TextEdit], symbol: str, values: dict[str, str | None], tag: str = "") -> str:
    """The edited line, after reading it back to check that only `symbol`, `values` and whether it has `tag` changed. Raises Refused."""
    line, last = task.line, len(task.line)
    for start, end, text in sorted(edits, key=lambda edit: (edit[0], edit[1]), reverse=True):
        assert end <= last, "two edits of the same characters"
        line, last = line[:start] + text + line[end:], start
    edited = parse_task(line)
    if (
        edited is None
        or edited.symbol != symbol
        or _description(edited, tag) != _description(task, tag)
        or any(edited.value(kind) != values.get(kind, task.value(kind)) for kind in FIELD_KINDS)
    ):
        raise Refused("The line would not read back as intended.", "Change it in your editor.")
    return line


def _description(task: Task, tag: str) -> str:
    return without_tag(task.description, tag) if tag else task.description
