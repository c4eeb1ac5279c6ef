"""The occurrences of a recurring follow-up note: which one it stands for, the next one, and those that were missed."""

from datetime import date, timedelta
from typing import NamedTuple

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.dates.rrule import depends_on_start, is_rule, last_date, next_date, split_rule, with_days_of, with_start
from vaultcrm.markdown.values import Value, as_list
from vaultcrm.model.records import FollowUp

_MAX_MISSED = 100  # missed dates that are counted


class NextOccurrence(NamedTuple):
    """The next date of a follow-up, the number of dates before it that were missed, and why there is none if its rule has none."""

    day: date | None
    missed: int = 0
    no_next_reason: str = ""


def next_occurrence(item: FollowUp, values: dict[str, Value], today: date) -> NextOccurrence:
    """What comes after the occurrence that is done today. `values` are the properties of the note. Raises InvalidInput.

    A rule that counts from completion goes on from today. Any other one goes on with its first date after
    both the occurrence and today. The dates in between count as missed, unless they were left out on
    purpose: `skipped_instances`.
    """
    assert item.recurrence is not None
    done_count = len(as_list(values.get("complete_instances"))) + 1
    skipped = {parse_iso_day(day) for day in as_list(values.get("skipped_instances"))}
    if item.recurrence_anchor == "completion":
        return _found(_next_kept(with_days_of(item.recurrence, today), today, today, done_count, skipped))
    start = item.day or today
    occurrence = max(start, _planned_day(item.recurrence, start, values, skipped) or start)
    following = _next_kept(item.recurrence, start, max(occurrence, today), done_count, skipped)
    return _found(following, _count_missed(item.recurrence, start, occurrence, following, skipped))


def _found(day: date | None, missed: int = 0) -> NextOccurrence:
    return NextOccurrence(day, missed, "" if day else "its rule has no later date")


def _next_kept(rule: str, start: date, after: date, done_count: int, skipped: set[date | None]) -> date | None:
    """The first date of the rule after a day that isn't skipped."""
    day = next_date(rule, start, after, done_count)
    for _ in skipped:
        if day is not None and day in skipped:
            day = next_date(rule, start, day, done_count)
    return day


def _planned_day(rule: str, due: date, values: dict[str, Value], skipped: set[date | None]) -> date | None:
    """The date of the rule that is due on `due`, if it was moved there from a later day: the first one after the last that is done.

    None if that isn't known. So a weekly follow-up that is due on Friday, and done on the Wednesday that it
    was moved to, is next due on the Friday after.
    """
    completed = [day for day in map(parse_iso_day, as_list(values.get("complete_instances"))) if day is not None and day < due]
    _, own_start = split_rule(rule)
    last_done = max(completed, default=own_start - timedelta(1) if own_start else None)
    start = due if depends_on_start(rule) else last_done
    return _next_kept(rule, start, last_done, 0, skipped) if start and last_done else None


def _count_missed(rule: str, start: date, occurrence: date, following: date | None, skipped: set[date | None]) -> int:
    day, count = occurrence, 0
    while following and count < _MAX_MISSED:
        day = next_date(rule, start, day, 0) or following
        if day >= following:
            break
        count += day not in skipped
    return count


def rule_after_moving(item: FollowUp, values: dict[str, Value], day: date) -> str | None:
    """The rule to write when one occurrence is moved to `day`, so that the rhythm stays; None if it stays without a change.

    A rule whose days follow from the day that was due, or which would take a day moved forward for another
    occurrence, gets that day as its DTSTART. A rule that can't be used stays as it is.
    """
    due = item.day
    if item.recurrence is None or item.recurrence_anchor == "completion" or due is None or day == due or not is_rule(item.recurrence):
        return None
    is_moved_forward = day < due and split_rule(item.recurrence)[1] is None
    if not depends_on_start(item.recurrence) and not is_moved_forward:
        return None
    skipped = {parse_iso_day(kept) for kept in as_list(values.get("skipped_instances"))}
    planned = max(due, _planned_day(item.recurrence, due, values, skipped) or due)
    if planned == due and not depends_on_start(item.recurrence):  # it may have been put off before
        planned = last_date(item.recurrence, due) or due
    return with_start(item.recurrence, planned)
