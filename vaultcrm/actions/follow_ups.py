"""Close, move and cancel follow-ups, however they are written: as notes, in interactions or as checkbox lines."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.dates.iso import parse_iso_datetime, parse_iso_day
from vaultcrm.dates.recurrence import next_date
from vaultcrm.errors import Refused
from vaultcrm.markdown.edit import append_item, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.tasks import edit
from vaultcrm.markdown.tasks.edit import Completion
from vaultcrm.markdown.tasks.line import Task, parse_task
from vaultcrm.markdown.tasks.recurrence import TaskDates
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.read_note import read_back
from vaultcrm.model.records import FollowUp
from vaultcrm.vault.writer import Writer

_MAX_MISSED = 100  # missed dates that are counted


class FollowUpChange(NamedTuple):
    """A follow-up after an edit, and the outcome in words.

    `has_next`: it recurs, possibly without a date; then `next_due` is None. `missed` counts the dates of
    the rule between the due date and `next_due`. `no_next_reason` says why a checkbox line with a rule
    has no next occurrence.
    """

    follow_up: FollowUp
    outcome: str
    next_due: date | None = None
    missed: int = 0
    no_next_reason: str = ""
    has_next: bool = False


class EditResult(NamedTuple):
    """A note's bytes after an edit of one follow-up in it. `is_line_removed`: its checkbox line asked to be deleted when done."""

    data: bytes
    next_due: date | None = None
    no_next_reason: str = ""
    has_next: bool = False
    is_line_removed: bool = False


# Edits a follow-up that is a note or part of an interaction. Returns the page and the next due date, if there is one.
NoteEdit = Callable[[Page, dict[str, Value], FollowUp], tuple[Page, date | None]]
# Edits a follow-up that is a checkbox line.
LineEdit = Callable[[Task], Completion]


def done(crm: Crm, handles: Sequence[str]) -> WriteResult[list[FollowUpChange]]:
    """Close follow-ups; recurring ones move to their next date."""

    def close(page: Page, values: dict[str, Value], item: FollowUp) -> tuple[Page, date | None]:
        if item.kind == "interaction":
            return _set_all(page, {"follow_up_done": crm.today}), None
        if item.recurrence and (next_day := _next_date(values, item, crm.today)):
            return _advance(page, values, item, next_day, crm.today), next_day
        if item.recurrence:
            page = append_item(page, "complete_instances", item.due or crm.today)
        return _set_all(page, {"status": "done", "completedDate": crm.today}), None

    def close_line(task: Task) -> Completion:
        return edit.complete(task, crm.vault.task_settings, crm.today)

    return _change_all(crm, handles, close, close_line, "done", ("done",))


def drop(crm: Crm, handles: Sequence[str]) -> WriteResult[list[FollowUpChange]]:
    """Cancel follow-ups. They stay in the vault with the status cancelled."""

    def cancel(page: Page, values: dict[str, Value], item: FollowUp) -> tuple[Page, date | None]:
        return _set_all(page, {"follow_up_status" if item.kind == "interaction" else "status": "cancelled"}), None

    def cancel_line(task: Task) -> Completion:
        return Completion([edit.cancel(task, crm.vault.task_settings, crm.today)])

    return _change_all(crm, handles, cancel, cancel_line, "dropped", ("cancelled",))


def snooze(crm: Crm, handles: Sequence[str], day: date) -> WriteResult[list[FollowUpChange]]:
    """Move follow-ups to another date; `scheduled`, the day until which one is hidden, moves by the same distance."""

    def move(page: Page, values: dict[str, Value], item: FollowUp) -> tuple[Page, date | None]:
        if item.kind == "interaction":
            return _set_all(page, {"follow_up": day}), day
        if item.due is None and item.scheduled is not None:
            return _set_all(page, {"scheduled": _keep_time(values, "scheduled", day)}), day
        return _reschedule(page, values, item, day), day

    def move_line(task: Task) -> Completion:
        return Completion([edit.reschedule(task, day, crm.vault.task_settings)], TaskDates(None, None, day))

    return _change_all(crm, handles, move, move_line, "moved", ())


def _change_all(
    crm: Crm, handles: Sequence[str], note_edit: NoteEdit, line_edit: LineEdit, outcome: str, accepted_statuses: tuple[str, ...]
) -> WriteResult[list[FollowUpChange]]:
    """Edit the follow-ups with these handles, all or none. A closed one is refused unless it already has an accepted status."""
    items = {item.id: item for item in (lookup.follow_up(crm, handle) for handle in handles)}
    for item in items.values():
        if not item.is_open and item.status not in accepted_statuses:
            raise Refused(f"{item.text!r} is {_already_closed(item)}.", _how_to_reopen(item))
    changes: dict[str, FollowUpChange] = {}
    with crm.writing() as writer:
        # from the last line of a note to the first, because an inserted line moves only those below it
        for item in sorted(items.values(), key=lambda item: (item.path, -item.line)):
            if item.is_open:
                changes[item.id] = _change_one(writer, item, note_edit, line_edit, outcome)
            else:
                changes[item.id] = FollowUpChange(item, f"was {_already_closed(item)}")
    return WriteResult(writer.created, writer.changed, [changes[key] for key in items])


def _already_closed(item: FollowUp) -> str:
    return f"already {item.status}" + (f" (since {item.completed})" if item.completed else "")


def _how_to_reopen(item: FollowUp) -> str:
    return f"Reopen it with: vaultcrm set {item.id[:6]} status=open"


def _change_one(writer: Writer, item: FollowUp, note_edit: NoteEdit, line_edit: LineEdit, outcome: str) -> FollowUpChange:
    """Edit one follow-up in its note as the note is now."""
    result = EditResult(b"")
    task_settings = writer.vault.task_settings

    def find(data: bytes) -> FollowUp | None:
        return next((found for found in read_back(item.path, data, task_settings).follow_ups if found.id == item.id), None)

    def apply(data: bytes) -> bytes:
        nonlocal result
        current = find(data)
        if current is None:
            raise Refused("The follow-up isn't there any more.")
        result = _edit_line(data, current, item, line_edit) if item.kind == "task" else _edit_note(data, current, item, note_edit)
        return result.data

    data = writer.edit(item.path, apply)
    if data is None:
        return FollowUpChange(item, "needed no change")
    changed = (find(data) or item._replace(status="done"))._replace(client=item.client)
    if item.kind == "task":
        if result.is_line_removed:
            changed = item._replace(status="done")
            outcome = "done, and its line was deleted, as it asks for"
        return FollowUpChange(changed, outcome, result.next_due, 0, result.no_next_reason, result.has_next)
    missed = _count_missed(item, result.next_due) if outcome == "done" else 0
    return FollowUpChange(changed, outcome, result.next_due, missed, has_next=result.next_due is not None)


# ----------------------------------------------------------------------------- checkbox lines


def _edit_line(data: bytes, current: FollowUp, item: FollowUp, line_edit: LineEdit) -> EditResult:
    """The note with one checkbox line changed: edited, deleted, or joined by a line for its next occurrence."""
    if current.due != item.due or not current.is_open:
        return EditResult(data)  # another program has completed it meanwhile
    return replace_line(data, current.line, line_edit)


def replace_line(data: bytes, number: int, line_edit: LineEdit) -> EditResult:
    """The note with its checkbox line `number` (from 1 within the file) replaced by what `line_edit` makes of it."""
    text = data.decode("utf-8")
    byte_order_mark = text[: text.startswith("\ufeff")]
    lines = text.removeprefix(byte_order_mark).split("\n")
    line = lines[number - 1]
    task = parse_task(line)
    assert task is not None, "the same text was parsed to find the follow-up"
    completion = line_edit(task)
    new_lines = list(completion.lines)
    if len(new_lines) > 1 and number == len(lines) and not line.endswith("\r") and lines[0].endswith("\r"):
        new_lines[0] += "\r"  # a last line without an ending has none to pass on to the line inserted above it
    next_dates = completion.next_dates
    next_due = (next_dates.due or next_dates.scheduled or next_dates.start) if next_dates else None
    new_text = byte_order_mark + "\n".join([*lines[: number - 1], *new_lines, *lines[number:]])
    return EditResult(new_text.encode(), next_due, completion.no_next_reason, next_dates is not None, not completion.lines)


# ------------------------------------------------------------------- notes and interactions


def _edit_note(data: bytes, current: FollowUp, item: FollowUp, note_edit: NoteEdit) -> EditResult:
    page = split_page(data)
    values = read_properties(page)
    if current.due != item.due and item.due in {parse_iso_day(day) for day in as_list(values.get("complete_instances"))}:
        return EditResult(data)  # another program has completed this occurrence meanwhile; the next one isn't done
    page, next_day = note_edit(page, values, current)
    return EditResult(page.join(), next_day)


def _set_all(page: Page, values: dict[str, Writable]) -> Page:
    for key, value in values.items():
        page = set_property(page, key, value)
    return page


def _next_date(values: dict[str, Value], item: FollowUp, today: date) -> date | None:
    """The rule's first date after both the due date and today, so that missed dates are skipped; None if there is none."""
    start = item.due or item.scheduled or today
    if as_text(values.get("recurrence_anchor")) == "completion":
        start = today
    assert item.recurrence is not None
    skipped = {parse_iso_day(day) for day in as_list(values.get("skipped_instances"))}
    done_count = len(as_list(values.get("complete_instances"))) + 1
    next_day = next_date(item.recurrence, start, max(start, today), done_count)
    for _ in skipped:  # TaskNotes leaves out these dates
        if next_day in skipped and next_day is not None:
            next_day = next_date(item.recurrence, start, next_day, done_count)
    return next_day


def _advance(page: Page, values: dict[str, Value], item: FollowUp, next_day: date, today: date) -> Page:
    """Record the completed date and move on to the next one. A date that another device has recorded isn't added twice."""
    day = item.due or item.scheduled or today
    if day not in {parse_iso_day(kept) for kept in as_list(values.get("complete_instances"))}:
        page = append_item(page, "complete_instances", day)
    if item.due is None:
        return _set_all(page, {"scheduled": _keep_time(values, "scheduled", next_day)})
    return _reschedule(page, values, item, next_day)


def _reschedule(page: Page, values: dict[str, Value], item: FollowUp, day: date) -> Page:
    """Set the due date, and move `scheduled` by the same distance."""
    changes: dict[str, Writable] = {"due": _keep_time(values, "due", day)}
    if item.due is not None and item.scheduled is not None:
        changes["scheduled"] = _keep_time(values, "scheduled", _shift(item.scheduled, day - item.due))
    return _set_all(page, changes)


def _shift(scheduled: date, distance: timedelta) -> date:
    try:
        return scheduled + distance
    except OverflowError as error:
        raise Refused(f"Its scheduled date, {scheduled}, can't move that far.", "Fix the property scheduled.") from error


def _keep_time(values: dict[str, Value], key: str, day: date) -> date:
    """The day with the time of day that the property has. TaskNotes writes one, and it must not get lost."""
    value = as_text(values.get(key)) or ""
    moment = parse_iso_datetime(value) if len(value) > 10 else None
    return datetime.combine(day, moment.time()) if moment else day


def _count_missed(item: FollowUp, next_due: date | None) -> int:
    """The number of the rule's dates between the due date and the next one."""
    day, count = item.due, 0
    while item.recurrence and next_due and day and count < _MAX_MISSED:
        day = next_date(item.recurrence, item.due or day, day, 0)
        if day is None or day >= next_due:
            break
        count += 1
    return count
