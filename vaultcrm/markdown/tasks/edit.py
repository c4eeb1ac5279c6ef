"""A checkbox line done, cancelled, moved: only what must change in it, and read back before it is believed.

The plug-in Tasks writes a line anew when it is saved, in an order of its own, and loses what it
does not understand. Here the line stays as somebody wrote it; the plug-in then reads it as if it
had done the same.
"""

from datetime import date
from typing import NamedTuple

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.errors import Refused
from vaultcrm.markdown.tasks.line import FIELD_KINDS, Task, TaskField, parse_task
from vaultcrm.markdown.tasks.recurrence import TaskDates, next_dates
from vaultcrm.markdown.tasks.recurrence import parse_task_rule as parse_rule
from vaultcrm.markdown.tasks.settings import TaskSettings

# kind: as it is written, in emoji and in Dataview's form
_WRITTEN = {"done": ("✅", "completion"), "cancelled": ("❌", "cancelled"), "due": ("📅", "due"), "created": ("➕", "created")}
_DAYS = ("start", "scheduled", "due")
_NOT_REPEATED = ("done", "cancelled", "created", "id", "depends")  # what the next occurrence does not take with it

TextEdit = tuple[int, int, str]  # which characters, from and to, become what


class Completion(NamedTuple):
    """What stands in a line's place once it is done: the line, above it the next occurrence if there is one.

    `lines` is empty for a line that asked to go (🏁 delete). `why_last` says why a line with a rule
    has no next one.
    """

    lines: list[str]
    next_dates: TaskDates | None = None
    no_next_reason: str = ""


def complete(task: Task, habits: TaskSettings, today: date) -> Completion:
    """The task done today. A recurring one gets its next line as the plug-in would give it. Raises Refused."""
    symbol = _symbol(habits, "done")
    wanted = {"done": today.isoformat() if habits.sets_done_date else None, "cancelled": None}
    line = _apply_edits(task, [_set_symbol(task, symbol), *_set_fields(task, wanted, habits)], symbol, wanted)
    goes = (task.value("on_completion") or "").lower() == "delete"
    kept = [] if goes else [line]
    if task.value("recurrence") is None:
        return Completion(kept)
    following, why = _next_dates(task, habits, today)
    if following is None:
        return Completion(kept, no_next_reason=why)
    ahead = _next_line(task, following, habits, today)
    return Completion([*kept, ahead] if habits.recurs_on_next_line else [ahead, *kept], following)


def cancel(task: Task, habits: TaskSettings, today: date) -> str:
    """The line of the task cancelled today; cancelling never makes a next one."""
    symbol = _symbol(habits, "cancelled")
    wanted = {"cancelled": today.isoformat() if habits.sets_cancelled_date else None, "done": None}
    return _apply_edits(task, [_set_symbol(task, symbol), *_set_fields(task, wanted, habits)], symbol, wanted)


def reschedule(task: Task, day: date, habits: TaskSettings) -> str:
    """The line of the task with another due day; where it has none, with another day until which it is hidden.

    Of a task that is due the days until which it is hidden move by the same distance.
    """
    there = task.day("due")
    hiding = [kind for kind in ("scheduled", "start") if task.field(kind)]
    kind = "due" if task.field("due") or not hiding else max(hiding, key=lambda kind: task.day(kind) or date.min)
    wanted: dict[str, str | None] = {kind: day.isoformat()}
    try:
        for other in hiding if there is not None else ():
            if (at := task.day(other)) and there is not None:
                wanted[other] = (at + (day - there)).isoformat()
    except OverflowError as error:
        raise Refused("The day until which it is hidden cannot be moved so far.", "Change it in your editor.") from error
    return _apply_edits(task, _set_fields(task, wanted, habits), task.symbol, wanted)


def _next_dates(task: Task, habits: TaskSettings, today: date) -> tuple[TaskDates | None, str]:
    """The days of the next occurrence; without one the reason."""
    text = task.value("recurrence") or ""
    rule = parse_rule(text)
    if rule is None:
        return None, f"{text!r} is no rule that Tasks knows"
    for kind in _DAYS:
        if (value := task.value(kind)) and parse_iso_day(value) is None:
            return None, f"{value} is no day"
    try:
        following = next_dates(rule, TaskDates(*(task.day(kind) for kind in _DAYS)), today, habits.removes_scheduled_date)
    except OverflowError:
        following = None
    return following, "" if following else f"{text!r} has no next day"


def _next_line(task: Task, days: TaskDates, habits: TaskSettings, today: date) -> str:
    wanted: dict[str, str | None] = dict.fromkeys(_NOT_REPEATED)
    if habits.sets_created_date:
        wanted["created"] = today.isoformat()
    wanted |= {kind: day.isoformat() if (day := getattr(days, kind)) else None for kind in _DAYS}
    symbol = habits.symbol_for("todo")
    changes = [_set_symbol(task, symbol), *_set_fields(task, wanted, habits)]
    if task.block_id:
        at = task.line.index(task.block_id, task.end)
        changes.append((task.end, at + len(task.block_id), ""))
    return _apply_edits(task, changes, symbol, wanted)


def _symbol(habits: TaskSettings, kind: str) -> str:
    """What stands in the box of a task that is done, or cancelled. Raises Refused where the vault has no such status."""
    symbol = habits.symbol_for(kind)
    if habits.type_of(symbol) != kind:
        raise Refused(
            f"The settings of the plug-in Tasks know no status for what is {kind}.",
            f'Add one there, or in vaultcrm.toml: [tasks], and below it statuses = {{ "{symbol}" = "{kind}" }}',
        )
    return symbol


def _set_symbol(task: Task, symbol: str) -> TextEdit:
    return task.symbol_index, task.symbol_index + 1, symbol


def _set_fields(task: Task, wanted: dict[str, str | None], habits: TaskSettings) -> list[TextEdit]:
    """The changes that give the line these signs, and take away those that are None."""
    changes: list[TextEdit] = []
    is_dataview = task.is_dataview if task.fields else habits.is_dataview
    for kind, value in wanted.items():
        sign = task.field(kind)
        if value is None:
            changes += [_remove_field(task, one) for one in task.fields if one.kind == kind]
        elif sign is not None:
            changes.append((sign.value_start, sign.value_end, value))
        else:
            emoji, name = _WRITTEN[kind]
            changes.append((task.end, task.end, f"  [{name}:: {value}]" if is_dataview else f" {emoji} {value}"))
    return changes


def _remove_field(task: Task, sign: TaskField) -> TextEdit:
    """A sign taken away with the blanks before it; the blank behind the box stays."""
    start = sign.start
    while task.line[start - 1] in " \t" and start - 1 > task.symbol_index + 2:
        start -= 1
    return start, sign.end, ""


def _apply_edits(task: Task, changes: list[TextEdit], symbol: str, wanted: dict[str, str | None]) -> str:
    """The line with its changes, once reading it back has shown that nothing else has changed. Raises Refused."""
    line, last = task.line, len(task.line)
    for start, end, text in sorted(changes, key=lambda change: (change[0], change[1]), reverse=True):
        assert end <= last, "two changes of the same characters"
        line, last = line[:start] + text + line[end:], start
    new = parse_task(line)
    if (
        new is None
        or new.symbol != symbol
        or new.description != task.description
        or any(new.value(kind) != wanted.get(kind, task.value(kind)) for kind in FIELD_KINDS)
    ):
        raise Refused("The line would not read back as it was meant.", "Change it in your editor.")
    return line
