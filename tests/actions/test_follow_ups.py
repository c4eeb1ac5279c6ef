"""Follow-ups that are notes, or properties of an interaction, closed, moved and cancelled: whole notes before and after."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions import follow_ups
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.follow_ups import FollowUpChange
from vaultcrm.errors import Refused

PATH = "clients/Acme/x.md"


def crm_of(tmp_path: Path, text: str) -> Crm:
    crm = crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, PATH: text})
    crm.refresh()
    return crm


def text_of(crm: Crm) -> str:
    return (Path(crm.vault.root) / PATH).read_text()


def handle_of(crm: Crm) -> str:
    crm.refresh()
    (item,) = crm.catalog.follow_ups()
    return item.id


def done(crm: Crm) -> FollowUpChange:
    (change,) = follow_ups.done(crm, [handle_of(crm)]).record
    return change


def drop(crm: Crm) -> FollowUpChange:
    (change,) = follow_ups.drop(crm, [handle_of(crm)]).record
    return change


def snooze(crm: Crm) -> FollowUpChange:
    """Move the follow-up to a week from now."""
    (change,) = follow_ups.snooze(crm, [handle_of(crm)], date(2026, 11, 23)).record
    return change


CALL = note("interaction", "date: 2026-11-04", "next_step: Ask", "follow_up: 2026-11-09")
WEEKLY = ("status: open", "due: 2026-11-16", "recurrence: FREQ=WEEKLY")


@pytest.mark.parametrize(
    ("change", "before", "after", "outcome"),
    [
        (
            done,
            note("follow-up", "Due: 2026-11-16", "Status: Open", "completeddate:"),
            note("follow-up", "Due: 2026-11-16", "Status: done", "completeddate: 2026-11-16"),
            "done",
        ),
        (
            done,
            note("follow-up", "due: 2026-11-16"),
            note("follow-up", "due: 2026-11-16", "status: done", "completedDate: 2026-11-16"),
            "done",
        ),
        (
            done,
            CALL,
            note("interaction", "date: 2026-11-04", "next_step: Ask", "follow_up: 2026-11-09", "follow_up_done: 2026-11-16"),
            "done",
        ),
        (drop, note("follow-up", "status: open"), note("follow-up", "status: cancelled"), "dropped"),
        (
            drop,
            CALL,
            note("interaction", "date: 2026-11-04", "next_step: Ask", "follow_up: 2026-11-09", "follow_up_status: cancelled"),
            "dropped",
        ),
        (snooze, note("follow-up", "due: 2026-11-16"), note("follow-up", "due: 2026-11-23"), "moved"),
        (snooze, note("follow-up"), note("follow-up", "due: 2026-11-23"), "moved"),
        (snooze, CALL, CALL.replace("2026-11-09", "2026-11-23"), "moved"),
        (
            snooze,
            note("follow-up", "due: 2026-11-16", "scheduled: 2026-11-14"),
            note("follow-up", "due: 2026-11-23", "scheduled: 2026-11-21"),
            "moved",
        ),
        (snooze, note("follow-up", "scheduled: 2026-11-14T08:00:00"), note("follow-up", "scheduled: 2026-11-23T08:00:00"), "moved"),
        (snooze, note("follow-up", "due: 2026-11-23"), note("follow-up", "due: 2026-11-23"), "needed no change"),
    ],
)
def test_one_change(change: Callable[[Crm], FollowUpChange], before: str, after: str, outcome: str, tmp_path: Path) -> None:
    crm = crm_of(tmp_path, before)
    result = change(crm)
    assert (text_of(crm), result.outcome, result.follow_up.client) == (after, outcome, "Acme")


def test_a_recurring_follow_up_moves_to_its_next_date_and_counts_what_was_missed(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, note("follow-up", "status: open", "due: 2026-10-26", "scheduled: 2026-10-24", "recurrence: FREQ=WEEKLY"))
    change = done(crm)
    assert text_of(crm) == note(
        "follow-up", "status: open", "due: 2026-11-23", "scheduled: 2026-11-21", "recurrence: FREQ=WEEKLY",
        "complete_instances:", "  - 2026-10-26",
    )  # fmt: skip
    assert (change.outcome, change.next_due, change.missed, change.has_next) == ("done", date(2026, 11, 23), 3, True)
    assert change.follow_up.due == date(2026, 11, 23)


def test_no_more_than_a_hundred_missed_dates_are_counted(tmp_path: Path) -> None:
    assert done(crm_of(tmp_path, note("follow-up", "due: 2026-01-01", "recurrence: FREQ=DAILY"))).missed == 100


def test_nothing_is_missed_on_time_or_by_a_snooze(tmp_path: Path) -> None:
    assert done(crm_of(tmp_path / "a", note("follow-up", *WEEKLY))).missed == 0
    assert snooze(crm_of(tmp_path / "b", note("follow-up", "due: 2026-10-26", "recurrence: FREQ=WEEKLY"))).missed == 0


def test_a_rule_that_counts_from_completion(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, note("follow-up", "due: 2026-11-10", "recurrence: FREQ=WEEKLY", "recurrence_anchor: completion"))
    assert done(crm).next_due == date(2026, 11, 23)


def test_a_recurring_follow_up_that_is_only_scheduled(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, note("follow-up", "scheduled: 2026-11-16", "recurrence: FREQ=WEEKLY"))
    assert done(crm).next_due == date(2026, 11, 23)
    assert text_of(crm) == note("follow-up", "scheduled: 2026-11-23", "recurrence: FREQ=WEEKLY", "complete_instances:", "  - 2026-11-16")


def test_a_rule_without_a_next_date_is_done(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, note("follow-up", "status: open", "due: 2026-11-16", "recurrence: FREQ=WEEKLY;COUNT=1"))
    change = done(crm)
    assert (change.outcome, change.next_due, change.has_next, change.follow_up.status) == ("done", None, False, "done")
    assert text_of(crm) == note(
        "follow-up", "status: done", "due: 2026-11-16", "recurrence: FREQ=WEEKLY;COUNT=1", "complete_instances:", "  - 2026-11-16",
        "completedDate: 2026-11-16",
    )  # fmt: skip


def test_dates_that_were_completed_before_count_towards_the_end_of_a_rule(tmp_path: Path) -> None:
    rule = ("recurrence: FREQ=WEEKLY;COUNT=3", "complete_instances:", "  - 2026-11-09")
    assert done(crm_of(tmp_path / "a", note("follow-up", "due: 2026-11-16", *rule))).next_due == date(2026, 11, 23)
    crm = crm_of(tmp_path / "b", note("follow-up", "due: 2026-11-16", *rule, "  - 2026-11-02"))
    assert done(crm).next_due is None


@pytest.mark.parametrize(
    ("skipped", "next_due"),
    [("2026-11-23", date(2026, 11, 30)), ("2026-11-30, 2026-11-23", date(2026, 12, 7)), ("2026-11-30", date(2026, 11, 23))],
)
def test_skipped_dates_are_passed_over(skipped: str, next_due: date, tmp_path: Path) -> None:
    assert done(crm_of(tmp_path, note("follow-up", *WEEKLY, f"skipped_instances: [{skipped}]"))).next_due == next_due


def test_a_date_that_another_device_has_completed_is_not_recorded_twice(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, note("follow-up", *WEEKLY, "complete_instances: [2026-11-16]"))
    assert done(crm).next_due == date(2026, 11, 23)
    assert text_of(crm) == note("follow-up", "status: open", "due: 2026-11-23", *WEEKLY[2:], "complete_instances: [2026-11-16]")


def test_a_note_that_another_program_has_moved_on_is_not_completed_again(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, note("follow-up", *WEEKLY))
    (item,) = crm.catalog.follow_ups()
    moved_on = note("follow-up", "status: open", "due: 2026-11-23", *WEEKLY[2:], "complete_instances: [2026-11-16]")
    (Path(crm.vault.root) / PATH).write_text(moved_on)
    with crm.writing() as writer:
        change = follow_ups._change_one(writer, item, lambda *_: pytest.fail("edited"), lambda _: pytest.fail("edited"), "done")
    assert (change.outcome, text_of(crm)) == ("needed no change", moved_on)


def test_a_follow_up_that_another_program_has_removed_is_refused(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, CALL)
    (item,) = crm.catalog.follow_ups()
    (Path(crm.vault.root) / PATH).write_text(note("interaction", "date: 2026-11-04"))
    with (
        crm.writing() as writer,
        pytest.raises(Refused, match=r"^clients/Acme/x\.md was not changed: The follow-up isn't there any more\.$"),
    ):
        follow_ups._change_one(writer, item, lambda *_: pytest.fail("edited"), lambda _: pytest.fail("edited"), "done")


def test_a_hidden_date_that_cannot_be_moved_is_refused(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, note("follow-up", "due: 2026-11-16", "scheduled: 9999-12-31"))
    with pytest.raises(Refused) as raised:
        snooze(crm)
    assert raised.value.message == f"{PATH} was not changed: Its scheduled date, 9999-12-31, can't move that far."
    assert raised.value.hint == "Fix the property scheduled."


def test_closing_twice_is_fine_and_changing_what_is_closed_is_refused(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, note("follow-up", "status: done", "completedDate: 2026-11-09"))
    written = follow_ups.done(crm, [handle_of(crm)])
    assert (written.changed, written.record[0].outcome) == ([], "was already done (since 2026-11-09)")
    with pytest.raises(Refused, match=r"'x' is already done \(since 2026-11-09\)\.") as raised:
        drop(crm)
    assert raised.value.hint == f"Reopen it with: vaultcrm set {handle_of(crm)[:6]} status=open"
    with pytest.raises(Refused):
        snooze(crm)


def test_a_closed_step_of_an_interaction_says_how_to_reopen_it(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, CALL.replace("follow_up:", "follow_up_status: cancelled\nfollow_up:"))
    with pytest.raises(Refused, match=r"^'Ask' is already cancelled\.$") as raised:
        done(crm)
    assert raised.value.hint == f"Reopen it with: vaultcrm set {handle_of(crm)[:6]} status=open"


def test_all_are_changed_or_none(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, note("follow-up", "due: 2026-11-16", body="- [ ] a\n- [-] b\n"))
    items = {item.text: item.id for item in crm.catalog.follow_ups()}
    before = text_of(crm)
    with pytest.raises(Refused):
        follow_ups.done(crm, [items["a"], items["b"]])
    assert text_of(crm) == before
    written = follow_ups.done(crm, [items["a"], items["x"], items["a"]])
    assert [change.follow_up.text for change in written.record] == ["a", "x"]  # as they were asked for, each once
    assert text_of(crm) == note(
        "follow-up", "due: 2026-11-16", "status: done", "completedDate: 2026-11-16", body="- [x] a ✅ 2026-11-16\n- [-] b\n"
    )
