"""Set what a follow-up inside a note has: on its checkbox line, or in the properties of its interaction."""

from collections.abc import Mapping, Sequence
from datetime import date
from shlex import quote

from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.follow_ups import find_follow_up, replace_line
from vaultcrm.actions.set_properties import Assignment, parse_value
from vaultcrm.catalog.handle_queries import Item
from vaultcrm.errors import Refused, UsageError
from vaultcrm.markdown.edit import remove_property, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.tasks import edit
from vaultcrm.markdown.tasks.edit import Completion
from vaultcrm.markdown.tasks.line import Task, parse_task
from vaultcrm.markdown.values import Value
from vaultcrm.markdown.yaml_nodes import Timestamp, Writable
from vaultcrm.model.records import FollowUp, Note
from vaultcrm.quoting import quoted

_LINE_KEYS = ("status", "due", "scheduled", "start", "priority")
# What a follow-up that is part of an interaction has, by its own names and by those of a follow-up note
_NEXT_STEP_KEYS = {
    "text": "next_step", "title": "next_step", "next_step": "next_step", "due": "follow_up", "follow_up": "follow_up",
    "status": "follow_up_status", "follow_up_status": "follow_up_status", "follow_up_done": "follow_up_done",
}  # fmt: skip


def set_item(crm: Crm, item: Item, assignments: Sequence[Assignment]) -> WriteResult[FollowUp]:
    """Set properties of a follow-up that is part of a note, in one edit. The record is the follow-up after the edit.

    Raises UsageError for a property that it can't have, InvalidInput for a value that isn't valid, and
    Refused for a follow-up that isn't there any more.
    """
    keys = _LINE_KEYS if item.kind == "task" else tuple(_NEXT_STEP_KEYS)
    values: dict[str, Writable] = {}
    for assignment in assignments:
        if assignment.key not in keys:
            what = "A checkbox line" if item.kind == "task" else "A follow-up in an interaction"
            message = f"{what} has no property {quoted(assignment.key)}. It has: {', '.join(keys)}."
            raise UsageError(message, f"To change the whole note: vaultcrm set {quote(item.path)} KEY=VALUE")
        if assignment.appends:
            raise UsageError(f"The property {quoted(assignment.key)} takes one value.", f"Set it with {assignment.key}=VALUE.")
        values[assignment.key] = _parse(crm, item, assignment)
    task_settings = crm.vault.task_settings
    before: FollowUp | None = None

    def find(data: bytes) -> FollowUp | None:
        return find_follow_up(item.path, data, item.id, task_settings)

    def apply(data: bytes) -> bytes:
        nonlocal before
        before = find(data)
        if before is None:
            raise Refused("The follow-up isn't there any more.")
        if before.kind == "task":
            return replace_line(data, before.line, lambda task: _edit_task(crm, task, values)).data
        edited = _set_next_step(split_page(data), values, crm.today).join()
        if find(edited) is None:
            raise Refused("Nothing would be left of the follow-up.", f"Cancel it with: vaultcrm drop {item.id[:6]}")
        return edited

    with crm.writing() as writer:
        data = writer.edit(item.path, apply)
    assert before is not None, "the edit has found it"
    changed = (find(data) or before._replace(status="done")) if data is not None else before  # a line may ask to be deleted when done
    owner = crm.catalog.owner_of_text(item.path, item.text)
    return WriteResult(writer.created, writer.changed, changed._replace(client=owner.name if owner else None))


def _parse(crm: Crm, item: Item, assignment: Assignment) -> Writable:
    """The value, parsed like that of the same property of a follow-up note; None to remove it."""
    if assignment.value is None:
        return None
    key = _NEXT_STEP_KEYS.get(assignment.key, assignment.key)
    if key == "next_step":
        return assignment.value
    same = {"follow_up": "due", "follow_up_done": "completedDate", "follow_up_status": "status", "start": "due"}.get(key, key)
    return parse_value(crm, Note(item.path, "follow-up", {}, ""), Assignment(same, assignment.value))


def _edit_task(crm: Crm, task: Task, values: Mapping[str, Writable]) -> Completion:
    """The lines that replace a checkbox line. Done in this way, a recurring task gets its next occurrence as well."""
    task_settings = crm.vault.task_settings
    texts = {key: str(value)[:10] if isinstance(value, Timestamp) else value for key, value in values.items()}  # a line has no times
    fields = {key: None if value is None else str(value) for key, value in texts.items() if key != "status"}
    edited = parse_task(edit.set_fields(task, fields, task_settings))
    assert edited is not None, "the edit was read back"
    was, status = task_settings.type_of(task.symbol), values.get("status", "")
    if status in ("done", "cancelled") and was != status:
        done = status == "done"
        return edit.complete(edited, task_settings, crm.today) if done else Completion([edit.cancel(edited, task_settings, crm.today)])
    if status in ("open", "waiting", None):
        return Completion([edit.reopen(edited, task_settings, is_waiting=status == "waiting")])
    return Completion([edited.line])


def _set_next_step(page: Page, values: Mapping[str, Writable], today: date) -> Page:
    """The page of an interaction with other values for the follow-up in its properties."""
    present = read_properties(page)
    for key, value in values.items():
        name = _NEXT_STEP_KEYS[key]
        if name == "follow_up_status":
            page = _set_next_step_status(page, present, str(value or "open"), today)
        elif value is not None:
            page = set_property(page, name, value)
        elif name in present:
            page = remove_property(page, name)
    return page


def _set_next_step_status(page: Page, present: Mapping[str, Value], status: str, today: date) -> Page:
    """With a day in `follow_up_done` it is done, whatever its `follow_up_status`; without either it is open."""
    if status == "done":
        return page if present.get("follow_up_done") else set_property(page, "follow_up_done", today)
    if "follow_up_done" in present:
        page = remove_property(page, "follow_up_done")
    if status == "open" and "follow_up_status" not in present:
        return page
    return set_property(page, "follow_up_status", status)
