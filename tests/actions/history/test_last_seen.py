"""What is new since the user was last here, and what commands have written themselves."""

import json
import os
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.actions.history.states import ACME, BEFORE, FILES, replace
from tests.actions.vaults import note
from tests.support import make_vault, write_files
from vaultcrm.actions import lookup
from vaultcrm.actions.add import NewFollowUp, add_follow_up
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.decisions import NewDecision, decide
from vaultcrm.actions.follow_ups import done, snooze
from vaultcrm.actions.history.last_seen import look, own_edit
from vaultcrm.actions.init import init
from vaultcrm.actions.log import NewInteraction, log
from vaultcrm.actions.rename import rename
from vaultcrm.actions.undo import redo, undo

QUOTE, BUDGET, IDEAS = f"{ACME}/follow-ups/Send the quote.md", f"{ACME}/Budget.md", f"{ACME}/Ideas.md"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(days: float) -> datetime:
    return BEFORE + days * DAY


def crm_at(root: Path, now: datetime) -> Crm:
    return Crm(str(root), now, ["test"])


def seen(root: Path, now: datetime, client: str = "acme") -> tuple[datetime, list[tuple[str, str]]] | None:
    """What a look at the client says: since when, and what has changed."""
    crm = crm_at(root, now)
    crm.refresh()
    found = look(crm, lookup.client(crm, client))
    return (found.at, [(change.label, change.text) for change in found.changes]) if found else None


@pytest.fixture
def root(tmp_path: Path) -> Path:
    vault = tmp_path / "vault"
    init(str(vault), "init", BEFORE.isoformat(), for_obsidian=False, with_git=False)
    write_files(vault, FILES)
    return vault


def test_the_first_look_knows_nothing_and_the_next_one_what_is_new(root: Path) -> None:
    assert seen(root, at(0)) is None
    replace(root, BUDGET, "Ten", "Twelve")
    assert seen(root, at(2)) == (at(0), [("edited", "Budget")])
    assert seen(root, at(4)) == (at(2), [])


def test_a_look_within_half_an_hour_keeps_what_is_new(root: Path) -> None:
    seen(root, at(0))
    replace(root, BUDGET, "Ten", "Twelve")
    news = (at(0), [("edited", "Budget")])
    assert seen(root, at(2)) == news
    assert seen(root, at(2) + HOUR / 6) == news
    replace(root, IDEAS, "First", "Best")
    assert seen(root, at(2) + HOUR / 3) == (at(0), [("edited", "Budget"), ("edited", "Ideas")])
    assert seen(root, at(2) + HOUR) == (at(2) + HOUR / 3, [])  # what was shown in the visit isn't new


def test_what_becomes_late_first_comes_first(root: Path) -> None:
    seen(root, at(0))
    late = ["Send the quote", "Studio page text (they owe it)", "Draw the logo", "Weekly mail", "Monthly invoice"]
    assert seen(root, at(30)) == (at(0), [("now late", text) for text in late])


def test_a_look_at_a_day_ahead_loses_nothing(root: Path) -> None:
    seen(root, at(0))
    seen(root, at(1))
    replace(root, BUDGET, "Ten", "Twelve")
    seen(root, at(100))  # with --today
    assert seen(root, at(2)) == (at(1), [("edited", "Budget")])
    assert seen(root, at(3)) == (at(2), [])


def test_what_a_command_wrote_is_no_news_and_counts_as_having_been_here(root: Path) -> None:
    seen(root, at(0))
    log(
        crm_at(root, at(1)),
        "acme",
        NewInteraction("Dana called", channel="call", next_steps=[NewFollowUp("Send fonts", date(2026, 11, 9))]),
    )
    done(crm_at(root, at(1)), ["quote"])
    done(crm_at(root, at(1)), ["logo"])
    decide(crm_at(root, at(1)), "acme", NewDecision("Two hours", supersedes="training"))  # an item of a talk, whose note stays as it is
    assert seen(root, at(2)) == (at(1), [])
    assert seen(root, at(5)) == (at(2), [("now late", "Send fonts")])


def test_what_a_command_wrote_in_the_same_visit_does_not_move_the_day(root: Path) -> None:
    seen(root, at(0))
    replace(root, BUDGET, "Ten", "Twelve")
    seen(root, at(2))
    done(crm_at(root, at(2) + HOUR / 12), ["quote"])
    assert seen(root, at(2) + HOUR / 6) == (at(0), [("edited", "Budget")])


def test_what_becomes_late_is_told_though_a_command_wrote_it(root: Path) -> None:
    seen(root, at(0))
    snooze(crm_at(root, at(1)), ["quote"], date(2026, 11, 9))
    assert seen(root, at(2)) == (at(1), [])
    assert seen(root, at(6)) == (at(2), [("now late", "Send the quote")])


@pytest.mark.parametrize("first", ["by hand", "by command"])
def test_a_command_hides_nothing_that_others_wrote(root: Path, first: str) -> None:
    seen(root, at(0))
    if first == "by hand":
        replace(root, QUOTE, "2026-11-20", "2026-11-27")
    snooze(crm_at(root, at(1)), ["quote"], date(2026, 11, 30))
    if first == "by command":
        replace(root, QUOTE, "2026-11-30", "2026-11-27")
    due = "30 Nov" if first == "by hand" else "27 Nov"
    assert seen(root, at(2)) == (at(0), [("moved", f"Send the quote: due 20 Nov → {due}")])


def test_other_notes_are_told_beside_what_a_command_wrote(root: Path) -> None:
    seen(root, at(0))
    log(crm_at(root, at(1)), "acme", NewInteraction("Dana called", channel="call"))
    write_files(
        root, {f"{ACME}/interactions/2026-11-08 Mail.md": note("interaction", "channel: email", "direction: in", "summary: Owen asks")}
    )
    assert seen(root, at(2)) == (at(1), [("they wrote", "Owen asks")])


def test_undo_and_redo_are_no_news(root: Path) -> None:
    log(crm_at(root, at(-1)), "acme", NewInteraction("Dana called", channel="call"))
    seen(root, at(0))
    undo(str(root), at=at(1))
    assert seen(root, at(2)) == (at(1), [])
    redo(str(root), at=at(3))
    assert seen(root, at(4)) == (at(3), [])
    rename(crm_at(root, at(5)), "website", "Website redesign")
    assert seen(root, at(6)) == (at(5), [])
    undo(str(root), at=at(7))
    assert seen(root, at(8)) == (at(7), [])


def test_what_the_user_edits_in_an_editor_that_a_command_opened_is_no_news(root: Path) -> None:
    seen(root, at(0))
    with own_edit(crm_at(root, at(1)), BUDGET):
        replace(root, BUDGET, "Ten", "Twelve")
    with own_edit(crm_at(root, at(1)), IDEAS):
        pass
    assert seen(root, at(2)) == (at(1), [])
    with own_edit(crm_at(root, at(3)), BUDGET):
        (root / BUDGET).unlink()
    assert seen(root, at(4)) == (at(3), [])


def test_a_rename_by_a_command_is_no_news(root: Path) -> None:
    seen(root, at(0))
    rename(crm_at(root, at(1)), "acme", "Acme Studio")
    rename(crm_at(root, at(1)), "dana", "Dana Moe")
    rename(crm_at(root, at(1)), "website", "Website redesign")
    replace(root, "clients/Acme Studio/Budget.md", "Ten", "Twelve")
    assert seen(root, at(2), "Acme Studio") == (at(1), [("edited", "Budget")])
    assert seen(root, at(3), "Acme Studio") == (at(2), [])


def test_a_client_renamed_by_hand_is_recognised(root: Path) -> None:
    seen(root, at(0))
    (root / ACME).rename(root / "clients/Acme Studio")
    (root / "clients/Acme Studio/Acme.md").rename(root / "clients/Acme Studio/Acme Studio.md")
    assert seen(root, at(1), "Acme Studio") == (at(0), [("renamed", "Acme → Acme Studio")])
    assert seen(root, at(2), "Acme Studio") == (at(1), [])


def test_clients_are_kept_apart(root: Path) -> None:
    seen(root, at(0))
    assert seen(root, at(1), "other") is None
    log(crm_at(root, at(2)), "other", NewInteraction("Hello", channel="call"))
    assert seen(root, at(3)) == (at(0), [])
    assert seen(root, at(3), "other") == (at(2), [])


def test_it_survives_a_move_of_the_vault_and_a_copy_begins_anew(root: Path, tmp_path: Path) -> None:
    seen(root, at(0))
    shutil.copytree(root, tmp_path / "copy")
    assert seen(tmp_path / "copy", at(1)) is None
    root.rename(tmp_path / "moved")
    replace(tmp_path / "moved", BUDGET, "Ten", "Twelve")
    assert seen(tmp_path / "moved", at(2)) == (at(0), [("edited", "Budget")])


def test_a_clock_that_was_wrong_does_not_stop_it(root: Path) -> None:
    seen(root, at(1000))
    assert seen(root, at(0)) is None
    assert seen(root, at(0) - HOUR) is None  # less than a day: another time zone
    assert seen(root, at(2)) == (at(0), [])


def kept_files(home: Path) -> list[Path]:
    return sorted(home.rglob("seen/*.json"))


@pytest.mark.parametrize("garbage", [b"", b"{", b'"x"\n{}\n', b"[" * 100_000, b"\xff\n\xff\n", b'"clients/Acme/Acme.md"\n{"began": 1}\n'])
def test_a_file_that_makes_no_sense_counts_as_none(root: Path, home: Path, garbage: bytes) -> None:
    seen(root, at(0))
    (file,) = kept_files(home)
    file.write_bytes(garbage)
    assert seen(root, at(1)) is None
    assert seen(root, at(2)) == (at(1), [])


def test_a_log_of_writes_that_makes_no_sense_is_left_out(root: Path, home: Path) -> None:
    seen(root, at(0))
    done(crm_at(root, at(1)), ["quote"])
    (log_file,) = home.rglob("seen/writes.jsonl")
    log_file.write_bytes(b'{\n[1]\n["x", [], []]\n' + log_file.read_bytes() + b"[\n")
    assert seen(root, at(2)) == (at(1), [])
    log_file.unlink()
    log_file.symlink_to("/dev/zero")
    assert seen(root, at(3)) == (at(2), [])


def test_the_log_of_writes_does_not_grow_for_ever(root: Path, home: Path) -> None:
    add_follow_up(crm_at(root, at(0)), "acme", NewFollowUp("One"))
    (log_file,) = home.rglob("seen/writes.jsonl")
    log_file.write_bytes(log_file.read_bytes() * 5000)
    add_follow_up(crm_at(root, at(1)), "acme", NewFollowUp("Two"))
    assert log_file.stat().st_size < 400_000
    assert json.loads(log_file.read_bytes().splitlines()[-1])[2][0][0] == f"{ACME}/follow-ups/Two.md"


def test_without_a_state_folder_nothing_is_known_and_nothing_fails(unprivileged: Path) -> None:
    root = unprivileged / "vault"
    make_vault(root, FILES)
    seen(root, at(0))
    state = unprivileged / "state"
    for folder, _, _ in [*os.walk(state)]:
        os.chmod(folder, 0o500)
    replace(root, BUDGET, "Ten", "Twelve")
    seen(root, at(1))
    for folder, _, _ in [*os.walk(state)]:
        os.chmod(folder, 0o700)
    shutil.rmtree(state)
    state.write_text("a file in its place")
    assert seen(root, at(1)) is None
    add_follow_up_fails_without_a_journal = pytest.raises(Exception, match="can't be created")
    with add_follow_up_fails_without_a_journal:
        add_follow_up(crm_at(root, at(1)), "acme", NewFollowUp("One"))


def test_a_look_writes_nothing_into_the_vault(root: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in [root, *root.rglob("*")]}
    seen(root, at(0))
    seen(root, at(1))
    assert {path: path.stat().st_mtime_ns for path in [root, *root.rglob("*")]} == before
