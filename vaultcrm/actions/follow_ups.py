"""Close, move and cancel follow-ups, however they are written: as notes, in interactions or as checkbox lines."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.occurrences import NextOccurrence, next_occurrence, rule_after_moving
from vaultcrm.dates.humanize import format_day
from vaultcrm.dates.iso import move_to_day, parse_iso_day
from vaultcrm.errors import InvalidInput, Refused
from vaultcrm.markdown.edit import append_item, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.tasks import edit
from vaultcrm.markdown.tasks.edit import Completion
from vaultcrm.markdown.tasks.line import Task, parse_task
from vaultcrm.markdown.tasks.recurrence import TaskDates
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.markdown.yaml_nodes import Timestamp, Writable
from vaultcrm.model.convert import is_settled
from vaultcrm.model.read_note import read_back
from vaultcrm.model.records import FollowUp
from vaultcrm.quoting import quoted
from vaultcrm.vault.writer import Writer


class FollowUpChange(NamedTuple):
    """A follow-up after an edit, and the outcome in words.

    `has_next`: it recurs, possibly without a date; then `next_due` is None. `missed` counts the dates of
    the rule that have passed since the one that is done. `no_next_reason` says why what has a rule has
    no next occurrence.
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
    missed: int = 0


_IN_A_TALK = ("interaction", "unanswered")  # kinds of which the properties of an interaction tell the state
# Edits a follow-up that is a note or part of an interaction. Returns the page and the next date that it is due.
NoteEdit = Callable[[Page, dict[str, Value], FollowUp], tuple[Page, NextOccurrence]]
# Edits a follow-up that is a checkbox line.
LineEdit = Callable[[Task], Completion]


def done(crm: Crm, handles: Sequence[str], early: bool = False) -> WriteResult[list[FollowUpChange]]:
    """Close follow-ups; recurring ones move to their next date.

    Unless `early`, a recurring one whose date lies ahead is refused: it may have been done already today.
    """

    def close(page: Page, values: dict[str, Value], item: FollowUp) -> tuple[Page, NextOccurrence]:
        if item.kind in _IN_A_TALK:
            return _set_all(page, {"follow_up_done": crm.today}), NextOccurrence(None)
        following = _following(item, values, crm.today) if item.recurrence else NextOccurrence(None)
        if item.recurrence:
            page = _record_completion(page, values, item.day or crm.today)
        if following.day:
            return _move_to(page, values, item, following.day), following
        return _set_all(page, {"status": "done", "completedDate": crm.today}), following

    def close_line(task: Task) -> Completion:
        return edit.complete(task, crm.vault.task_settings, crm.today)

    def check_day(item: FollowUp) -> None:
        day = item.day
        if item.recurrence and not early and day and day > crm.today:
            raise Refused(
                f"{quoted(item.text)} recurs, and is next due on {format_day(day)}.",
                f"If that one is done already: vaultcrm done {item.id[:6]} --early",
            )

    return _change_all(crm, handles, close, close_line, "done", ("done",), check_day)


def drop(crm: Crm, handles: Sequence[str]) -> WriteResult[list[FollowUpChange]]:
    """Cancel follow-ups. They stay in the vault with the status cancelled."""

    def cancel(page: Page, values: dict[str, Value], item: FollowUp) -> tuple[Page, NextOccurrence]:
        return _set_all(page, {"follow_up_status" if item.kind in _IN_A_TALK else "status": "cancelled"}), NextOccurrence(None)

    def cancel_line(task: Task) -> Completion:
        return Completion([edit.cancel(task, crm.vault.task_settings, crm.today)])

    return _change_all(crm, handles, cancel, cancel_line, "dropped", ("cancelled",))


def snooze(crm: Crm, handles: Sequence[str], day: date) -> WriteResult[list[FollowUpChange]]:
    """Move follow-ups to another date; `scheduled`, the day until which one is hidden, moves by the same distance.

    A recurring one keeps its rhythm. A message that nobody has answered gets a follow-up of its own.
    """

    def move(page: Page, values: dict[str, Value], item: FollowUp) -> tuple[Page, NextOccurrence]:
        if item.kind == "interaction":
            return _set_all(page, {"follow_up": _keep_time(values, "follow_up", day)}), NextOccurrence(day)
        if item.kind == "unanswered":
            waiting: dict[str, Writable] = {"follow_up_status": "waiting"} if item.status == "waiting" else {}
            return _set_all(page, {"next_step": item.text, "follow_up": day, **waiting}), NextOccurrence(day)
        if (rule := rule_after_moving(item, values, day)) is not None:
            page = set_property(page, "recurrence", rule)
        return _move_to(page, values, item, day), NextOccurrence(day)

    def move_line(task: Task) -> Completion:
        return Completion([edit.reschedule(task, day, crm.vault.task_settings)], TaskDates(None, None, day))

    return _change_all(crm, handles, move, move_line, "moved", ())


def _change_all(
    crm: Crm, handles: Sequence[str], note_edit: NoteEdit, line_edit: LineEdit, outcome: str, accepted_statuses: tuple[str, ...],
    check: Callable[[FollowUp], None] = lambda item: None,
) -> WriteResult[list[FollowUpChange]]:  # fmt: skip
    """Edit the follow-ups with these handles, all or none. A closed one is refused unless it already has an accepted status.

    `check` raises Refused for an open one that must not be changed.
    """
    items = {item.id: item for item in lookup.follow_ups(crm, handles)}
    for item in items.values():
        if not item.is_open and item.status not in accepted_statuses:
            raise Refused(f"{quoted(item.text)} is {_already_closed(item)}.", _how_to_reopen(item))
        if item.is_open:
            check(item)
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

    def apply(data: bytes) -> bytes:
        nonlocal result
        current = _find_message(item, data) if item.kind == "unanswered" else find_follow_up(item.path, data, item.id, task_settings)
        if current is None:
            raise Refused("The follow-up isn't there any more.")
        result = _edit_line(data, current, item, line_edit) if item.kind == "task" else _edit_note(data, current, item, note_edit)
        return result.data

    data = writer.edit(item.path, apply)
    if data is None:
        return FollowUpChange(item, "needed no change")
    found = _settled_message(item, data) if item.kind == "unanswered" else find_follow_up(item.path, data, item.id, task_settings)
    changed = (found or item._replace(status="done"))._replace(client=item.client)
    if result.is_line_removed:
        changed = item._replace(status="done")
        outcome = "done, and its line was deleted, as it asks for"
    return FollowUpChange(changed, outcome, result.next_due, result.missed, result.no_next_reason, result.has_next)


def find_follow_up(path: str, data: bytes, follow_up_id: str, task_settings: TaskSettings) -> FollowUp | None:
    """A follow-up by its whole handle in the bytes of its note; None if it isn't there any more."""
    return next((item for item in read_back(path, data, task_settings).follow_ups if item.id == follow_up_id), None)


def _find_message(item: FollowUp, data: bytes) -> FollowUp | None:
    """An unanswered message, unless its note has been given a follow-up in the meantime."""
    return None if is_settled(read_back(item.path, data).note) else item


def _settled_message(item: FollowUp, data: bytes) -> FollowUp:
    """What has become of an unanswered message: the follow-up that it has now, or itself, done or cancelled."""
    contents = read_back(item.path, data)
    completed = parse_iso_day(as_text(contents.note.properties.get("follow_up_done")))
    closed = item._replace(status="done" if completed else "cancelled", completed=completed)
    return next((step for step in contents.follow_ups if step.kind == "interaction"), closed)


# ----------------------------------------------------------------------------- checkbox lines


def _edit_line(data: bytes, current: FollowUp, item: FollowUp, line_edit: LineEdit) -> EditResult:
    """The note with one checkbox line changed: edited, deleted, or joined by a line for its next occurrence."""
    if current.day != item.day or not current.is_open:
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
    if current.day != item.day and item.day in {parse_iso_day(day) for day in as_list(values.get("complete_instances"))}:
        return EditResult(data)  # another program has completed this occurrence meanwhile; the next one isn't done
    page, following = note_edit(page, values, current)
    return EditResult(page.join(), following.day, following.no_next_reason, following.day is not None, missed=following.missed)


def _set_all(page: Page, values: dict[str, Writable]) -> Page:
    for key, value in values.items():
        page = set_property(page, key, value)
    return page


def _following(item: FollowUp, values: dict[str, Value], today: date) -> NextOccurrence:
    """What comes after the occurrence that is done. Raises Refused for a rule that can't be used, with two ways out."""
    try:
        return next_occurrence(item, values, today)
    except InvalidInput as error:
        raise Refused(
            f"The rule of {quoted(item.text)} can't be used: {error.message}",
            f'Set another: vaultcrm set {item.id[:6]} recurrence="2 weeks", or close it for good: vaultcrm set {item.id[:6]} status=done',
        ) from error


def _record_completion(page: Page, values: dict[str, Value], day: date) -> Page:
    """Record the day whose occurrence is done. A day that another device has recorded isn't added twice."""
    recorded = {parse_iso_day(kept) for kept in as_list(values.get("complete_instances"))}
    return page if day in recorded else append_item(page, "complete_instances", day)


def _move_to(page: Page, values: dict[str, Value], item: FollowUp, day: date) -> Page:
    """Set the due date, and move `scheduled` by the same distance; without a due date, set `scheduled`."""
    if item.due is None and item.scheduled is not None:
        return _set_all(page, {"scheduled": _keep_time(values, "scheduled", day)})
    changes: dict[str, Writable] = {"due": _keep_time(values, "due", day)}
    if item.due is not None and item.scheduled is not None:
        changes["scheduled"] = _keep_time(values, "scheduled", _shift(item.scheduled, day - item.due))
    return _set_all(page, changes)


def _shift(scheduled: date, distance: timedelta) -> date:
    try:
        return scheduled + distance
    except OverflowError as error:
        raise Refused(f"Its scheduled date, {scheduled}, can't move that far.", "Fix the property scheduled.") from error


def _keep_time(values: dict[str, Value], key: str, day: date) -> Writable:
    """The day with the time of day and the time zone that the property has. TaskNotes writes them, and they must not get lost."""
    return Timestamp(text) if len(text := move_to_day(as_text(values.get(key)), day)) > 10 else day
