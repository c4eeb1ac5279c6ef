"""Merges of follow-ups that both sides completed, moved or cancelled: whole texts, one test for each rule."""

from tests.merge.notes import clean_merge, merge, note
from vaultcrm.merge.note import MergedNote

WEEKLY = (
    "type: follow-up", "status: open", "due: 2026-11-02", "scheduled: 2026-10-31", "recurrence: FREQ=WEEKLY",
    "complete_instances:", "  - 2026-10-26",
)  # fmt: skip


def weekly(due: str, scheduled: str, *days: str) -> str:
    return note(*WEEKLY[:2], f"due: {due}", f"scheduled: {scheduled}", *WEEKLY[4:], *(f"  - {day}" for day in days))


def test_completed_on_both_sides_to_the_same_next_day() -> None:
    done = weekly("2026-11-09", "2026-11-07", "2026-11-02")
    assert clean_merge(note(*WEEKLY), done.replace("open", "waiting"), done) == done.replace("open", "waiting")


def test_completed_on_both_sides_moves_to_the_later_next_day_and_stays_one_follow_up() -> None:
    early = weekly("2026-11-09", "2026-11-07", "2026-11-02")
    late = weekly("2026-11-23", "2026-11-21", "2026-11-02")
    assert clean_merge(note(*WEEKLY), early, late) == late
    assert clean_merge(note(*WEEKLY), late, early) == late
    quoted = early.replace("  - 2026-11-02", '  - "2026-11-02"')
    assert clean_merge(note(*WEEKLY), quoted, late) == late.replace("  - 2026-11-02", '  - "2026-11-02"')


def test_completed_once_on_one_side_and_twice_on_the_other() -> None:
    once = weekly("2026-11-09", "2026-11-07", "2026-11-02")
    twice = weekly("2026-11-16", "2026-11-14", "2026-11-02", "2026-11-09")
    assert clean_merge(note(*WEEKLY), once, twice) == twice
    assert clean_merge(note(*WEEKLY), twice, once) == twice


def test_completed_on_one_side_and_moved_on_the_other_is_completed() -> None:
    done = weekly("2026-11-09", "2026-11-07", "2026-11-02")
    moved = weekly("2026-11-05", "2026-11-03")
    assert clean_merge(note(*WEEKLY), done, moved) == done
    assert clean_merge(note(*WEEKLY), moved, done) == done


def test_a_scheduled_date_that_somebody_chose_is_a_conflict() -> None:
    early, late = weekly("2026-11-09", "2026-11-08", "2026-11-02"), weekly("2026-11-16", "2026-11-14", "2026-11-02")
    assert merge(note(*WEEKLY), early, late) == MergedNote(early.replace("due: 2026-11-09", "due: 2026-11-16").encode(), ("scheduled",))
    other = weekly("2026-11-09", "2026-11-07", "2026-11-02")
    assert merge(note(*WEEKLY), early, other) == MergedNote(early.encode(), ("scheduled",))


def test_without_a_due_date_the_scheduled_date_decides() -> None:
    base = note("recurrence: FREQ=WEEKLY", "scheduled: 2026-11-02")
    early = note("recurrence: FREQ=WEEKLY", "scheduled: 2026-11-09", "complete_instances:", "  - 2026-11-02")
    late = early.replace("11-09", "11-16")
    assert clean_merge(base, early, late) == late
    assert clean_merge(base, late, early) == late


def test_moved_on_both_sides_to_different_days_is_a_conflict() -> None:
    ours, theirs = weekly("2026-11-05", "2026-10-31"), weekly("2026-11-06", "2026-10-31")
    assert merge(note(*WEEKLY), ours, theirs) == MergedNote(ours.encode(), ("due",))


def test_done_on_both_sides_was_done_on_the_earlier_day() -> None:
    base = note("type: follow-up", "due: 2026-11-02")
    early = note("type: follow-up", "due: 2026-11-02", "status: done", "completedDate: 2026-11-03")
    late = early.replace("11-03", "11-05").replace("due: 2026-11-02", "due: 2026-11-04")
    assert clean_merge(base, early, late) == early.replace("due: 2026-11-02", "due: 2026-11-04")
    assert clean_merge(base, late, early) == early.replace("due: 2026-11-02", "due: 2026-11-04")
    call = note("type: interaction", "next_step: ring", "follow_up_done: 2026-11-03")
    assert clean_merge(note("type: interaction", "next_step: ring"), call.replace("-03", "-05"), call) == call


def test_a_completion_date_that_both_sides_corrected_is_a_conflict() -> None:
    base = note("status: done", "completedDate: 2026-11-10", "dateCreated: 2026-11-09")
    ours, theirs = base.replace("11-10", "11-03"), base.replace("11-10", "11-05")
    assert merge(base, ours, theirs) == MergedNote(ours.encode(), ("completedDate",))
    assert merge(base, theirs, ours) == MergedNote(theirs.encode(), ("completedDate",))
    ours, theirs = base.replace("11-09", "11-01"), base.replace("11-09", "11-02")
    assert merge(base, ours, theirs) == MergedNote(ours.encode(), ("dateCreated",))


def test_done_on_one_side_and_cancelled_on_the_other_is_a_conflict() -> None:
    base = note("type: follow-up", "status: open", "priority: low")
    done = note("type: follow-up", "status: done", "priority: low", "completedDate: 2026-11-03")
    dropped = note("type: follow-up", "status: cancelled", "priority: high")
    assert merge(base, done, dropped) == MergedNote(done.replace("priority: low", "priority: high").encode(), ("status",))


def test_done_on_one_side_and_given_another_priority_on_the_other_is_both() -> None:
    base = note("type: follow-up", "status: open", "due: 2026-11-02", "priority: low")
    done = note("type: follow-up", "status: done", "due: 2026-11-02", "priority: low", "completedDate: 2026-11-03")
    urgent = base.replace("priority: low", "priority: high").replace("11-02", "11-05")
    assert clean_merge(base, done, urgent) == done.replace("priority: low", "priority: high").replace("11-02", "11-05")


def test_the_later_modification_date_is_kept() -> None:
    base = note("due: 2026-11-02", "dateModified: 2026-11-01T10:00:00.000+01:00")
    ours = note("due: 2026-11-03", "dateModified: 2026-11-02T10:00:00.000+01:00")
    theirs = note("due: 2026-11-02", "dateModified: 2026-11-02T11:00:00.000+01:00", "tags: [a]")
    assert clean_merge(base, ours, theirs) == note("due: 2026-11-03", "dateModified: 2026-11-02T11:00:00.000+01:00", "tags: [a]")
