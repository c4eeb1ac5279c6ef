"""Follow-ups made, done, moved and dropped."""

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


class FollowUpChange(NamedTuple):
    """A follow-up after an edit, and what happened, in words.

    `skipped` counts days of the rule that were missed; `why_last` says why a line with a rule has no
    next one. What `comes_again` may do so without a day.
    """

    follow_up: FollowUp
    what: str
    next_due: date | None = None
    skipped: int = 0
    why_last: str = ""
    comes_again: bool = False


class EditResult(NamedTuple):
    """The bytes of a note after an edit of one follow-up in it, and the day on which it comes again."""

    data: bytes
    next_due: date | None = None
    why_last: str = ""
    comes_again: bool = False
    is_gone: bool = False  # the line, as it had asked for


# An edit of what a note or an interaction says of the follow-up, and of the checkbox line that it stands on.
NoteEdit = Callable[[Page, dict[str, Value], FollowUp], tuple[Page, date | None]]
LineEdit = Callable[[Task], Completion]


def done(crm: Crm, handles: Sequence[str]) -> WriteResult[list[FollowUpChange]]:
    """Close follow-ups; one that comes again goes on to its next day. The record is a list of Change."""

    def close(page: Page, values: dict[str, Value], item: FollowUp) -> tuple[Page, date | None]:
        if item.kind == "interaction":
            return _set_all(page, {"follow_up_done": crm.today}), None
        if item.recurrence and (following := _next_date(values, item, crm.today)):
            return _advance(page, values, item, following, crm.today), following
        if item.recurrence:
            page = append_item(page, "complete_instances", item.due or crm.today)
        return _set_all(page, {"status": "done", "completedDate": crm.today}), None

    def close_line(task: Task) -> Completion:
        return edit.complete(task, crm.vault.task_settings, crm.today)

    return _change_all(crm, handles, close, close_line, "done", ("done",))


def drop(crm: Crm, handles: Sequence[str]) -> WriteResult[list[FollowUpChange]]:
    """Cancel follow-ups: they will not be done, and stay in the vault as cancelled."""

    def cancel(page: Page, values: dict[str, Value], item: FollowUp) -> tuple[Page, date | None]:
        return _set_all(page, {"follow_up_status" if item.kind == "interaction" else "status": "cancelled"}), None

    def cancel_line(task: Task) -> Completion:
        return Completion([edit.cancel(task, crm.vault.task_settings, crm.today)])

    return _change_all(crm, handles, cancel, cancel_line, "dropped", ("cancelled",))


def snooze(crm: Crm, handles: Sequence[str], day: date) -> WriteResult[list[FollowUpChange]]:
    """Move follow-ups to another day; the day until which one is hidden moves by the same distance."""

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
    crm: Crm, handles: Sequence[str], in_note: NoteEdit, on_line: LineEdit, what: str, already: tuple[str, ...]
) -> WriteResult[list[FollowUpChange]]:
    chosen = {item.id: item for item in (lookup.follow_up(crm, handle) for handle in handles)}
    for item in chosen.values():
        if not item.is_open and item.status not in already:
            raise Refused(f"{item.text!r} is {_ended(item)}.", _how_to_reopen(item))
    changes: dict[str, FollowUpChange] = {}
    with crm.writing() as writer:
        # from the last line of a note to the first: a new line moves only what is below it
        for item in sorted(chosen.values(), key=lambda item: (item.path, -item.line)):
            if item.is_open:
                changes[item.id] = _change_one(writer, item, in_note, on_line, what)
            else:
                changes[item.id] = FollowUpChange(item, f"was {_ended(item)}")
    return WriteResult(writer.created, writer.changed, [changes[key] for key in chosen])


def _ended(item: FollowUp) -> str:
    return f"{item.status} already" + (f" since {item.completed}" if item.completed else "")


def _how_to_reopen(item: FollowUp) -> str:
    if item.kind == "task":
        return f"Open it again by a blank in its box: {item.path}:{item.line}"
    change = "status=open" if item.kind == "note" else "follow_up_status=open --remove follow_up_done"
    return f"Open it again with: vaultcrm set {item.id[:6]} {change}"


def _change_one(writer: Writer, item: FollowUp, in_note: NoteEdit, on_line: LineEdit, what: str) -> FollowUpChange:
    """Make one edit, on what the note says at that moment."""
    made = EditResult(b"")
    habits = writer.vault.task_settings

    def apply(data: bytes) -> bytes:
        nonlocal made
        now = next((found for found in read_back(item.path, data, habits).follow_ups if found.id == item.id), None)
        if now is None:
            raise Refused("The follow-up is not in it any more.")
        made = _edit_line(data, now, item, on_line) if item.kind == "task" else _edit_note(data, now, item, in_note)
        return made.data

    data = writer.edit(item.path, apply)
    if data is None:
        return FollowUpChange(item, "needed no change")
    after = next((found for found in read_back(item.path, data, habits).follow_ups if found.id == item.id), None)
    record = after or item._replace(status="done")
    if item.kind == "task":
        words = "done, and its line is gone as it had asked for" if made.is_gone else what
        record = item._replace(status="done") if made.is_gone else record
        return FollowUpChange(record._replace(client=item.client), words, made.next_due, 0, made.why_last, made.comes_again)
    skipped = _count_missed(item, made.next_due) if what == "done" else 0
    return FollowUpChange(record._replace(client=item.client), what, made.next_due, skipped, comes_again=made.next_due is not None)


def _edit_note(data: bytes, now: FollowUp, item: FollowUp, in_note: NoteEdit) -> EditResult:
    page = split_page(data)
    values = read_properties(page)
    if now.due != item.due and item.due in {parse_iso_day(kept) for kept in as_list(values.get("complete_instances"))}:
        return EditResult(data)  # somebody else has completed this very day, and must not be taken to have done the next one
    page, following = in_note(page, values, now)
    return EditResult(page.join(), following)


def _edit_line(data: bytes, now: FollowUp, item: FollowUp, on_line: LineEdit) -> EditResult:
    """The note with that one line changed: gone, or joined by its next occurrence."""
    if now.due != item.due or not now.is_open:
        return EditResult(data)  # as above
    text = data.decode("utf-8")
    mark = text[: text.startswith("\ufeff")]
    lines = text.removeprefix(mark).split("\n")
    there = lines[now.line - 1]
    task = parse_task(there)
    assert task is not None, "it has just been read"
    closed = on_line(task)
    new = list(closed.lines)
    if len(new) > 1 and now.line == len(lines) and not there.endswith("\r") and lines[0].endswith("\r"):
        new[0] += "\r"  # the last line had no ending to give to the one above it
    following = closed.next_dates
    following_due = (following.due or following.scheduled or following.start) if following else None
    made = "\n".join([*lines[: now.line - 1], *new, *lines[now.line :]])
    return EditResult((mark + made).encode(), following_due, closed.no_next_reason, following is not None, not closed.lines)


def _shifted(day: date, distance: timedelta) -> date:
    try:
        return day + distance
    except OverflowError as error:
        raise Refused(f"The day until which it is hidden, {day}, cannot be moved so far.", "Mend the property scheduled.") from error


def _set_all(page: Page, values: dict[str, Writable]) -> Page:
    for key, value in values.items():
        page = set_property(page, key, value)
    return page


def _next_date(values: dict[str, Value], item: FollowUp, today: date) -> date | None:
    """The next day of a rule, behind the day that was due and behind today: what was missed is not caught up."""
    start = item.due or item.scheduled or today
    if as_text(values.get("recurrence_anchor")) == "completion":
        start = today
    assert item.recurrence is not None
    skipped = {parse_iso_day(day) for day in as_list(values.get("skipped_instances"))}
    done = len(as_list(values.get("complete_instances"))) + 1
    following = next_date(item.recurrence, start, max(start, today), done)
    for _ in skipped:  # days that TaskNotes leaves out
        if following in skipped and following is not None:
            following = next_date(item.recurrence, start, following, done)
    return following


def _advance(page: Page, values: dict[str, Value], item: FollowUp, following: date, today: date) -> Page:
    """Keep the day that is done, and move on. A day kept already is a second device's, and is not kept twice."""
    day = item.due or item.scheduled or today
    if day not in {parse_iso_day(kept) for kept in as_list(values.get("complete_instances"))}:
        page = append_item(page, "complete_instances", day)
    if item.due is None:
        return _set_all(page, {"scheduled": _keep_time(values, "scheduled", following)})
    return _reschedule(page, values, item, following)


def _reschedule(page: Page, values: dict[str, Value], item: FollowUp, day: date) -> Page:
    """Due on another day; the day until which it is hidden moves by the same distance."""
    wanted: dict[str, Writable] = {"due": _keep_time(values, "due", day)}
    if item.due is not None and item.scheduled is not None:
        wanted["scheduled"] = _keep_time(values, "scheduled", _shifted(item.scheduled, day - item.due))
    return _set_all(page, wanted)


def _keep_time(values: dict[str, Value], key: str, day: date) -> date:
    """The day with the time that the property has: TaskNotes writes one, and it is not ours to drop."""
    there = as_text(values.get(key)) or ""
    moment = parse_iso_datetime(there) if len(there) > 10 else None
    return datetime.combine(day, moment.time()) if moment else day


def _count_missed(item: FollowUp, following: date | None) -> int:
    """How many days of the rule lay between the day that was due and the next one."""
    day, count = item.due, 0
    while item.recurrence and following and day and count < 100:
        day = next_date(item.recurrence, item.due or day, day, 0)
        if day is None or day >= following:
            break
        count += 1
    return count
