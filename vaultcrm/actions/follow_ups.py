"""Follow-ups made, done, moved and dropped."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from vaultcrm.actions import find
from vaultcrm.actions.crm import Crm, Written
from vaultcrm.dates import day_in
from vaultcrm.errors import Refused
from vaultcrm.model import FollowUp, Value
from vaultcrm.page import Page, split
from vaultcrm.properties import Writable
from vaultcrm.reading import reread
from vaultcrm.records import items, words
from vaultcrm.recurrence import next_day
from vaultcrm.splice import append_item, properties_of, root_of, set_property
from vaultcrm.vault import Writer


class Change(NamedTuple):
    """A follow-up after an edit, and what happened, in words; `skipped` counts days of the rule that were missed."""

    follow_up: FollowUp
    what: str
    next_due: date | None = None
    skipped: int = 0


def done(crm: Crm, handles: Sequence[str]) -> Written:
    """Close follow-ups; one that comes again goes on to its next day. The record is a list of Change."""

    def close(page: Page, values: dict[str, Value], item: FollowUp) -> tuple[Page, date | None]:
        if item.kind == "interaction":
            return _set(page, {"follow_up_done": crm.today}), None
        if item.recurrence and (following := _following(values, item, crm.today)):
            return _move_on(page, values, item, following, crm.today), following
        if item.recurrence:
            page = append_item(page, "complete_instances", item.due or crm.today)
        return _set(page, {"status": "done", "completedDate": crm.today}), None

    return _change(crm, handles, close, "done", ("done",))


def drop(crm: Crm, handles: Sequence[str]) -> Written:
    """Cancel follow-ups: they will not be done, and stay in the vault as cancelled."""

    def cancel(page: Page, values: dict[str, Value], item: FollowUp) -> tuple[Page, date | None]:
        return _set(page, {"follow_up_status" if item.kind == "interaction" else "status": "cancelled"}), None

    return _change(crm, handles, cancel, "dropped", ("cancelled",))


def snooze(crm: Crm, handles: Sequence[str], day: date) -> Written:
    """Move follow-ups to another day; the day until which one is hidden moves by the same distance."""

    def move(page: Page, values: dict[str, Value], item: FollowUp) -> tuple[Page, date | None]:
        if item.kind == "interaction":
            return _set(page, {"follow_up": day}), day
        if item.due is None and item.scheduled is not None:
            return _set(page, {"scheduled": day}), day
        moved: dict[str, Writable] = {"due": day}
        if item.due is not None and item.scheduled is not None:
            moved["scheduled"] = _shifted(item.scheduled, day - item.due)
        return _set(page, moved), day

    return _change(crm, handles, move, "moved", ())


Edit = Callable[[Page, dict[str, Value], FollowUp], tuple[Page, date | None]]


def _change(crm: Crm, handles: Sequence[str], edit: Edit, what: str, already: tuple[str, ...]) -> Written:
    chosen = list({item.id: item for item in (find.follow_up(crm, handle) for handle in handles)}.values())
    for item in chosen:
        if not item.is_open and item.status not in already:
            raise Refused(f"{item.text!r} is {_ended(item)}.", f"Open it again with: vaultcrm set {item.id[:6]} status=open")
    with crm.writing() as writer:
        changes = [_changed(writer, item, edit, what) if item.is_open else Change(item, f"was {_ended(item)}") for item in chosen]
    return Written(writer.created, writer.changed, changes)


def _ended(item: FollowUp) -> str:
    return f"{item.status} already" + (f" since {item.completed}" if item.completed else "")


def _changed(writer: Writer, item: FollowUp, edit: Edit, what: str) -> Change:
    """Make one edit, on what the note says at that moment."""
    following: date | None = None

    def apply(data: bytes) -> bytes:
        nonlocal following
        page = split(data)
        values = properties_of(root_of(page), page.text)
        now = next((found for found in reread(item.path, data).follow_ups if found.id == item.id), None)
        if now is None:
            raise Refused("The follow-up is not in it any more.")
        if now.due != item.due and item.due in {day_in(kept) for kept in items(values.get("complete_instances"))}:
            return data  # somebody else has completed this very day, and must not be taken to have done the next one
        made, following = edit(page, values, now)
        return made.join()

    data = writer.edit(item.path, apply)
    if data is None:
        return Change(item, "needed no change")
    now = next(found for found in reread(item.path, data).follow_ups if found.id == item.id)
    return Change(now._replace(client=item.client), what, following, _missed(item, following) if what == "done" else 0)


def _shifted(day: date, distance: timedelta) -> date:
    try:
        return day + distance
    except OverflowError as error:
        raise Refused(f"The day until which it is hidden, {day}, cannot be moved so far.", "Mend the property scheduled.") from error


def _set(page: Page, values: dict[str, Writable]) -> Page:
    for key, value in values.items():
        page = set_property(page, key, value)
    return page


def _following(values: dict[str, Value], item: FollowUp, today: date) -> date | None:
    """The next day of a rule, behind the day that was due and behind today: what was missed is not caught up."""
    start = item.due or item.scheduled or today
    if words(values.get("recurrence_anchor")) == "completion":
        start = today
    assert item.recurrence is not None
    return next_day(item.recurrence, start, max(start, today), len(items(values.get("complete_instances"))) + 1)


def _move_on(page: Page, values: dict[str, Value], item: FollowUp, following: date, today: date) -> Page:
    """Keep the day that is done, and move on. A day kept already is a second device's, and is not kept twice."""
    day = item.due or item.scheduled or today
    if day not in {day_in(kept) for kept in items(values.get("complete_instances"))}:
        page = append_item(page, "complete_instances", day)
    if item.due is None:
        return _set(page, {"scheduled": following})
    moved: dict[str, Writable] = {"due": following}
    if item.scheduled is not None:
        moved["scheduled"] = _shifted(item.scheduled, following - item.due)
    return _set(page, moved)


def _missed(item: FollowUp, following: date | None) -> int:
    """How many days of the rule lay between the day that was due and the next one."""
    day, count = item.due, 0
    while item.recurrence and following and day and count < 100:
        day = next_day(item.recurrence, item.due or day, day, 0)
        if day is None or day >= following:
            break
        count += 1
    return count
