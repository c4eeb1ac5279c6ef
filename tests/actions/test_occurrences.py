"""Recurring follow-ups over time: done, moved and moved forward, in the vault of somebody who is often late."""

from datetime import date, datetime, time
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, note
from tests.support import make_vault
from vaultcrm.actions import follow_ups
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.follow_ups import FollowUpChange
from vaultcrm.dates.recurrence import parse_rule
from vaultcrm.errors import Refused

PATH = "clients/Acme/x.md"


def crm_on(root: Path, today: str) -> Crm:
    crm = Crm(str(root), datetime.combine(date.fromisoformat(today), time(9)), ["test"])
    crm.refresh()
    return crm


def vault_with(tmp_path: Path, text: str) -> Path:
    return Path(make_vault(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, PATH: text}).root)


def done(root: Path, today: str, early: bool = False) -> FollowUpChange:
    crm = crm_on(root, today)
    (item,) = crm.catalog.follow_ups(("open",))
    return follow_ups.done(crm, [item.id], early).record[0]


def run(root: Path, steps: str) -> list[str]:
    """The due days after each step: "done 2026-11-23" on that day, or "snooze 2026-11-23" to that day."""
    days = []
    for step in steps.split(", "):
        verb, day = step.split()
        if verb == "done":
            done(root, day, early=True)
        else:
            crm = crm_on(root, "2026-01-01")
            follow_ups.snooze(crm, [item.id for item in crm.catalog.follow_ups(("open",))], date.fromisoformat(day))
        crm = crm_on(root, "2026-01-01")
        days.append(" ".join(str(item.due) for item in crm.catalog.follow_ups(("open",))))
    return days


FRIDAY = "2026-11-20"
RHYTHMS = [
    # one occurrence put off, in the same week, into the next one, beyond the next occurrence
    ("week", FRIDAY, "snooze 2026-11-23, done 2026-11-23", "2026-11-27"),
    ("week", FRIDAY, "snooze 2026-11-22, done 2026-11-22", "2026-11-27"),
    ("week", FRIDAY, "snooze 2026-11-30, done 2026-11-30", "2026-12-04"),
    ("week", FRIDAY, "snooze 2026-11-23, done 2026-11-25", "2026-11-27"),
    ("week", FRIDAY, "snooze 2026-11-23, snooze 2026-11-24, done 2026-11-24, done 2026-11-27", "2026-12-04"),
    ("2 weeks", FRIDAY, "snooze 2026-11-23, done 2026-11-23, done 2026-12-04", "2026-12-18"),
    ("2 weeks on mon and fri", FRIDAY, "snooze 2026-11-24, done 2026-11-24", "2026-11-30"),
    ("3 days", FRIDAY, "snooze 2026-11-22, done 2026-11-22", "2026-11-23"),
    ("weekday", FRIDAY, "snooze 2026-11-24, done 2026-11-24", "2026-11-25"),
    # moved forward: that occurrence is done, not the one before
    ("week", FRIDAY, "snooze 2026-11-18, done 2026-11-18", "2026-11-27"),
    ("week", FRIDAY, "snooze 2026-11-17, done 2026-11-18", "2026-11-27"),
    ("week", FRIDAY, "snooze 2026-11-23, snooze 2026-11-18, done 2026-11-18", "2026-11-27"),
    ("week", FRIDAY, "done 2026-11-20, snooze 2026-11-25, done 2026-11-25", "2026-12-04"),
    ("week", FRIDAY, "snooze 2026-11-23, done 2026-11-23, snooze 2026-11-25, done 2026-11-25", "2026-12-04"),
    ("2 weeks", FRIDAY, "snooze 2026-11-18, done 2026-11-18", "2026-12-04"),
    ("month", FRIDAY, "snooze 2026-11-18, done 2026-11-18", "2026-12-20"),
    # done before it is due
    ("week", FRIDAY, "done 2026-11-18, done 2026-11-19", "2026-12-04"), ("month on the 1st", "2026-12-01", "done 2026-11-18", "2027-01-01"),
    # short months
    ("month", "2027-01-31", "done 2027-01-31, done 2027-02-28, done 2027-03-31", "2027-04-30"),
    ("month", "2027-01-31", "snooze 2027-02-02, done 2027-02-02, done 2027-02-28", "2027-03-31"),
    ("month", "2027-01-31", "done 2027-01-31, snooze 2027-03-02, done 2027-03-02", "2027-03-31"),
    ("month on the 30th", "2027-01-30", "done 2027-01-30, done 2027-02-28", "2027-03-30"),
    ("2 months", "2026-12-31", "snooze 2027-01-04, done 2027-01-04, done 2027-02-28", "2027-04-30"),
    ("quarter", "2026-11-30", "done 2026-11-30, snooze 2027-03-01, done 2027-03-01", "2027-05-30"),
    ("year", "2028-02-29", "done 2028-02-29, snooze 2029-03-05, done 2029-03-05", "2030-02-28"),
    ("year", "2028-02-29", "done 2028-02-29, done 2029-02-28, done 2030-02-28, done 2031-02-28", "2032-02-29"),
    # when done
    ("3 months when done", "2026-11-30", "done 2026-11-30", "2027-02-28"),
    ("month when done", "2027-01-31", "done 2027-01-31", "2027-02-28"),
    ("month when done", "2027-01-29", "done 2027-01-31, done 2027-02-28", "2027-03-28"),
    ("year when done", "2028-02-29", "done 2028-02-29", "2029-02-28"),
    ("2 weeks when done", FRIDAY, "snooze 2026-11-23, done 2026-11-25", "2026-12-09"),
    ("2 weeks when done", FRIDAY, "done 2026-11-18", "2026-12-02"),
    ("week on friday when done", FRIDAY, "done 2026-11-25", "2026-11-27"),
    ("month when done", "2026-10-31", "done 2026-12-30", "2027-01-30"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "due", "steps", "next_due"), RHYTHMS)
def test_the_rhythm_that_was_agreed_stays(words: str, due: str, steps: str, next_due: str, tmp_path: Path) -> None:
    rule, anchor = parse_rule(words, date.fromisoformat(due), date.fromisoformat(due))
    root = vault_with(tmp_path, note("follow-up", f"due: {due}", f"recurrence: {rule}", f"recurrence_anchor: {anchor}"))
    assert run(root, steps)[-1] == next_due


@pytest.mark.parametrize(
    ("rule", "due", "steps", "next_due"),
    [
        ("FREQ=WEEKLY", FRIDAY, "snooze 2026-11-23, done 2026-11-23", "2026-11-27"),
        ("FREQ=WEEKLY;INTERVAL=2", FRIDAY, "snooze 2026-11-23, done 2026-11-23", "2026-12-04"),
        ("RRULE:FREQ=MONTHLY;INTERVAL=2", FRIDAY, "snooze 2026-12-01, done 2026-12-01", "2027-01-20"),
        ("FREQ=YEARLY", FRIDAY, "snooze 2026-12-01, done 2026-12-01", "2027-11-20"),
        ("DTSTART:20261106T090000Z;FREQ=WEEKLY;INTERVAL=2", FRIDAY, "snooze 2026-11-23, done 2026-11-23", "2026-12-04"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-31", "done 2027-01-31", "2027-03-31"),  # RFC 5545 leaves February out
        ("FREQ=MONTHLY", "2027-01-31", "snooze 2027-02-02, done 2027-02-02", "2027-03-31"),
    ],
)  # fmt: skip
def test_a_rule_that_was_written_by_hand_keeps_its_rhythm(rule: str, due: str, steps: str, next_due: str, tmp_path: Path) -> None:
    assert run(vault_with(tmp_path, note("follow-up", f"due: {due}", f'recurrence: "{rule}"')), steps)[-1] == next_due


@pytest.mark.parametrize(
    ("line", "steps", "after"),
    [
        ("🔁 every week 📅 2026-11-20", "snooze 2026-11-23", "🔁 every week on Friday 📅 2026-11-23"),
        ("🔁 every month 📅 2026-11-20", "snooze 2026-11-23", "🔁 every month on the 20th 📅 2026-11-23"),
        ("🔁 every year 📅 2026-11-20", "snooze 2026-11-23", "🔁 every November on the 20th 📅 2026-11-23"),
        ("🔁 every 2 weeks 📅 2026-11-20", "snooze 2026-11-22", "🔁 every 2 weeks on Friday 📅 2026-11-22"),
        ("🔁 every month 📅 2026-01-31", "snooze 2026-02-02", "🔁 every month on the last 📅 2026-02-02"),
        ("🔁 every week 📅 2026-11-20", "snooze 2026-12-01", "🔁 every week on Friday 📅 2026-12-01"),
        # the plugin has no words for it
        ("🔁 every 2 weeks 📅 2026-11-20", "snooze 2026-11-23", "🔁 every 2 weeks 📅 2026-11-23"),
        ("🔁 every 3 days 📅 2026-11-20", "snooze 2026-11-21", "🔁 every 3 days 📅 2026-11-21"),
        ("🔁 every week 📅 2026-11-20", "snooze 2026-11-18", "🔁 every week 📅 2026-11-18"),
        # nothing to keep
        ("🔁 every week on Friday 📅 2026-11-20", "snooze 2026-11-23", "🔁 every week on Friday 📅 2026-11-23"),
        ("🔁 every week when done 📅 2026-11-20", "snooze 2026-11-23", "🔁 every week when done 📅 2026-11-23"),
        ("🔁 every day 📅 2026-11-20", "snooze 2026-11-23", "🔁 every day 📅 2026-11-23"),
        ("🔁 every week 📅 2026-11-20", "snooze 2026-11-27", "🔁 every week 📅 2026-11-27"),
        ("🔁 every now and then 📅 2026-11-20", "snooze 2026-11-27", "🔁 every now and then 📅 2026-11-27"),
    ],
)
def test_a_checkbox_line_keeps_its_rhythm_in_words_of_the_plugin(line: str, steps: str, after: str, tmp_path: Path) -> None:
    root = vault_with(tmp_path, f"- [ ] Send {line} ^block\n")
    run(root, steps)
    assert (root / PATH).read_text() == f"- [ ] Send {after} ^block\n"


def test_a_checkbox_line_is_due_on_a_friday_again(tmp_path: Path) -> None:
    root = vault_with(tmp_path, "- [ ] Send 🔁 every week 📅 2026-11-20\n")
    assert run(root, "snooze 2026-11-23, done 2026-11-23, done 2026-11-27") == ["2026-11-23", "2026-11-27", "2026-12-04"]


@pytest.mark.parametrize(
    ("properties", "today", "missed"),
    [
        (["due: 2026-10-26", "recurrence: FREQ=WEEKLY"], "2026-11-16", 3),
        (["due: 2026-10-26", "recurrence: FREQ=WEEKLY", "skipped_instances: [2026-11-02, 2026-11-09, 2026-11-23]"], "2026-11-16", 1),
        (["due: 2026-11-16", "recurrence: FREQ=DAILY", "skipped_instances: [2026-11-17, 2026-11-18]"], "2026-11-16", 0),
        (["due: 2026-10-26", "recurrence: FREQ=DAILY", "recurrence_anchor: completion"], "2026-11-16", 0),
        (["due: 2026-11-18", "recurrence: FREQ=DAILY"], "2026-11-16", 0),
        (["due: 2026-11-18", "recurrence: FREQ=WEEKLY;BYDAY=FR", "complete_instances: [2026-11-13]"], "2026-11-18", 0),
    ],
)
def test_only_dates_that_have_passed_are_missed(properties: list[str], today: str, missed: int, tmp_path: Path) -> None:
    assert done(vault_with(tmp_path, note("follow-up", *properties)), today, early=True).missed == missed


@pytest.mark.parametrize("text", [note("follow-up", "due: 2026-11-20", "recurrence: FREQ=WEEKLY"), "- [ ] x 🔁 every week 📅 2026-11-20\n"])
def test_a_recurring_one_that_lies_ahead_is_closed_only_when_asked(text: str, tmp_path: Path) -> None:
    root = vault_with(tmp_path, text)
    with pytest.raises(Refused, match=r"^'x' recurs, and is next due on Fri 2026-11-20\.$") as raised:
        done(root, "2026-11-16")
    assert raised.value.hint.endswith(" --early")
    assert (root / PATH).read_text() == text
    assert done(root, "2026-11-16", early=True).next_due == date(2026, 11, 27)


def test_one_that_does_not_recur_may_be_done_early(tmp_path: Path) -> None:
    assert done(vault_with(tmp_path, note("follow-up", "due: 2026-11-20")), "2026-11-16").outcome == "done"


def test_a_rule_without_a_later_date_says_so(tmp_path: Path) -> None:
    for number, rule in enumerate(("FREQ=WEEKLY;COUNT=1", "FREQ=DAILY;UNTIL=20261116", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")):
        root = vault_with(tmp_path / str(number), note("follow-up", "due: 2026-11-16", f"recurrence: {rule}"))
        change = done(root, "2026-11-16")
        assert (change.follow_up.status, change.no_next_reason) == ("done", "its rule has no later date")


@pytest.mark.parametrize(
    ("due", "moved"),
    [
        ("2026-11-20T09:00:00Z", "2026-11-23T09:00:00Z"), ("2026-11-20T09:00:00+02:00", "2026-11-23T09:00:00+02:00"),
        ("2026-11-20T09:00", "2026-11-23T09:00"), ("2026-11-20T09:00:00.000Z", "2026-11-23T09:00:00.000Z"),
        ("2026-11-20 09:00:00 -0500", "2026-11-23 09:00:00 -0500"), ('"2026-11-20T09:00:00Z"', '"2026-11-23T09:00:00Z"'),
        ("2026-11-20", "2026-11-23"), ("'2026-11-20'", "'2026-11-23'"),
    ],
)  # fmt: skip
def test_the_time_and_its_zone_are_kept(due: str, moved: str, tmp_path: Path) -> None:
    properties = ["status: open", f"due: {due}", f"scheduled: {due}"]
    root = vault_with(tmp_path / "a", note("follow-up", *properties))
    run(root, "snooze 2026-11-23")
    assert (root / PATH).read_text() == note("follow-up", "status: open", f"due: {moved}", f"scheduled: {moved}")
    root = vault_with(tmp_path / "b", note("follow-up", *properties, "recurrence: FREQ=DAILY;INTERVAL=3"))
    run(root, "done 2026-11-20")
    assert (root / PATH).read_text().startswith(note("follow-up", "status: open", f"due: {moved}", f"scheduled: {moved}")[:-6])
    root = vault_with(tmp_path / "c", note("interaction", f"follow_up: {due}"))
    run(root, "snooze 2026-11-23")
    assert (root / PATH).read_text() == note("interaction", f"follow_up: {moved}")


@pytest.mark.parametrize(
    "rule", ['"RRULE:FREQ=WEEKLY\\nRRULE:FREQ=DAILY"', "FREQ=MONTHLY;BYDAY=53SU", "FREQ=YEARLY;BYMONTH=13", "every week"]
)
def test_a_rule_that_cannot_be_used_can_be_moved_and_says_how_to_close_it(rule: str, tmp_path: Path) -> None:
    root = vault_with(tmp_path, note("follow-up", "due: 2026-11-16", f"recurrence: {rule}"))
    assert run(root, "snooze 2026-11-13") == ["2026-11-13"]
    with pytest.raises(Refused, match="The rule of 'x' can't be used: ") as raised:
        done(root, "2026-11-16")
    assert raised.value.hint.endswith("status=done")
    assert (root / PATH).read_text() == note("follow-up", "due: 2026-11-13", f"recurrence: {rule}")
