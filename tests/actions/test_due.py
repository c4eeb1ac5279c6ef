"""What is due: the groups, their order, and what is left out."""

from datetime import date
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.due import Due, due
from vaultcrm.disk import files
from vaultcrm.errors import Unreadable
from vaultcrm.vault.vault import Vault

FILES = {
    "late": ("open", "due: 2026-11-15"), "today": ("open", "due: 2026-11-16"), "tomorrow": ("open", "due: 2026-11-17"),
    "in a week": ("open", "due: 2026-11-23"), "in 8 days": ("open", "due: 2026-11-24"), "someday": ("open",),
    "hidden": ("open", "due: 2026-11-16", "scheduled: 2026-11-17"), "shown": ("open", "due: 2026-11-17", "scheduled: 2026-11-16"),
    "they owe": ("waiting", "due: 2026-11-10"), "they owe later": ("waiting", "due: 2026-11-24"), "they owe someday": ("waiting",),
    "they owe, hidden": ("waiting", "due: 2026-11-16", "scheduled: 2026-11-17"),
    "late, put off": ("open", "due: 2026-11-14", "scheduled: 2026-12-01"),
    "they owe, late, put off": ("waiting", "due: 2026-11-09", "scheduled: 2026-12-01"),
    "done": ("done", "due: 2026-11-16"), "dropped": ("cancelled", "due: 2026-11-16"),
}  # fmt: skip


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    notes = {f"clients/Acme/{name}.md": note("follow-up", f"status: {status}", *more) for name, (status, *more) in FILES.items()}
    fox = {"clients/Fox/Fox.md": CLIENT, "clients/Fox/fox.md": note("follow-up", "status: open", "due: 2026-11-14")}
    return crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, **notes, **fox})


def texts(groups: Due) -> dict[str, list[str]]:
    """The groups that hold something, with the texts of their follow-ups."""
    lists = {"late": groups.late, "today": groups.today, "soon": groups.soon, "waiting": groups.waiting}
    lists |= {"later": groups.later, "undated": groups.undated}
    return {name: [item.text for item in items] for name, items in lists.items() if items}


def test_what_is_due_within_a_week(crm: Crm) -> None:
    groups = due(crm)
    assert texts(groups) == {
        "late": ["fox", "late, put off", "late"], "today": ["today"], "soon": ["shown", "tomorrow", "in a week"],
        "waiting": ["they owe, late, put off", "they owe"],
    }  # fmt: skip
    assert groups.hidden == 6
    assert [item.text for item in groups.all()] == [
        "fox", "late, put off", "late", "today", "shown", "tomorrow", "in a week", "they owe, late, put off", "they owe",
    ]  # fmt: skip


def test_what_is_due_within_other_spans(crm: Crm) -> None:
    assert texts(due(crm, within=0)) == {
        "late": ["fox", "late, put off", "late"], "today": ["today"], "waiting": ["they owe, late, put off", "they owe"],
    }  # fmt: skip
    assert texts(due(crm, within=8, client="acme")) == {
        "late": ["late, put off", "late"], "today": ["today"], "soon": ["shown", "tomorrow", "in a week", "in 8 days"],
        "waiting": ["they owe, late, put off", "they owe", "they owe later"],
    }  # fmt: skip
    assert due(crm, within=10**7).hidden == 4  # beyond the calendar's end


def test_what_one_client_owes_is_shown_whenever_it_is_due(crm: Crm) -> None:
    groups = due(crm, client="acme", waiting_only=True)
    assert texts(groups) == {"waiting": ["they owe, late, put off", "they owe", "they owe, hidden", "they owe later", "they owe someday"]}
    assert groups.hidden == 0


def test_everything_is_shown(crm: Crm) -> None:
    groups = due(crm, client="acme", everything=True)
    assert texts(groups) == {
        "late": ["late, put off", "late"], "today": ["today"], "soon": ["shown", "tomorrow", "in a week"],
        "waiting": ["they owe, late, put off", "they owe", "they owe, hidden", "they owe later", "they owe someday"],
        "later": ["hidden", "in 8 days"],
        "undated": ["someday"],
    }  # fmt: skip
    assert groups.hidden == 0


def test_without_a_due_date_a_follow_up_is_due_on_the_day_for_which_it_is_scheduled(tmp_path: Path) -> None:
    lines = [
        "ring ⏳ 2026-11-16",
        "write 🛫 2026-11-10",
        "send ⏳ 2026-11-12 🛫 2026-11-14",
        "wait ⏳ 2026-11-17",
        "visit 📅 2026-11-16 ⏳ 2026-11-17",
    ]
    files = {
        "clients/Acme/Acme.md": CLIENT + "".join(f"- [ ] {line}\n" for line in lines) + "- [ ] chase #waiting ⏳ 2026-11-13\n",
        "clients/Acme/note.md": note("follow-up", "scheduled: 2026-11-15"),
        "clients/Acme/later.md": note("follow-up", "scheduled: 2026-11-18"),
    }
    crm = crm_with(tmp_path / "v", files)
    groups = due(crm)
    assert texts(groups) == {"late": ["write", "send", "note"], "today": ["ring"], "waiting": ["chase"]}
    assert ([item.days(crm.today) for item in groups.late], groups.hidden) == ([-6, -2, -1], 3)
    assert texts(due(crm, everything=True)) == {**texts(groups), "later": ["visit", "wait", "later"]}


def test_on_one_day_the_more_important_comes_first(tmp_path: Path) -> None:
    priorities = ("lowest", "low", "medium", "high", "highest")
    files = {f"a/{name}.md": note("follow-up", "due: 2026-11-16", f"priority: {name}") for name in priorities}
    files |= {"a/a.md": note("follow-up", "due: 2026-11-16"), "a/z.md": note("follow-up", "due: 2026-11-16")}
    groups = due(crm_with(tmp_path / "v", files))
    assert [item.text for item in groups.today] == ["highest", "high", "a", "medium", "z", "low", "lowest"]
    assert groups.today[0].due == date(2026, 11, 16)


def test_notes_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    crm = crm_with(
        tmp_path / "v", {"clients/A/A.md": CLIENT, "clients/A/x.md": "---\n", "clients/B/B.md": CLIENT, "y.md": "\0", "z.md": "- [ ] Z"}
    )
    assert (due(crm).unread, due(crm, client="A").unread, due(crm, client="B").unread) == (2, 1, 0)


def test_a_note_that_another_program_keeps_changing_counts_as_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crm = crm_with(tmp_path / "v", {"a.md": note("follow-up", "due: 2026-11-16"), "b.md": "text\n"})
    (tmp_path / "v/b.md").write_text("other text\n")
    crm.invalidate()

    def read(vault: Vault, relative: str) -> files.Content:
        if relative == "b.md":
            raise Unreadable("Another program keeps changing it.", code="changing")
        return files.read(vault.path(relative))

    monkeypatch.setattr(Vault, "read", read)
    assert (due(crm).unread, [item.path for item in due(crm).today]) == (1, ["a.md"])


def test_only_what_is_late(crm: Crm) -> None:
    groups = due(crm, late_only=True)
    assert texts(groups) == {"late": ["fox", "late, put off", "late"], "waiting": ["they owe, late, put off", "they owe"]}
    assert texts(due(crm, late_only=True, everything=True)) == texts(groups)
    assert texts(due(crm, late_only=True, waiting_only=True)) == {"waiting": ["they owe, late, put off", "they owe"]}


@pytest.mark.parametrize(
    ("first", "last", "shown", "late_elsewhere"),
    [
        (16, 16, {"today": ["today"], "soon": ["hidden"], "waiting": ["they owe, hidden"]}, 5),  # hidden, but asked for by its day
        (17, 23, {"soon": ["shown", "tomorrow", "in a week"]}, 5),
        (9, 14, {"late": ["fox", "late, put off"], "waiting": ["they owe, late, put off", "they owe"]}, 1),
        (25, 30, {}, 5),
    ],
)
def test_what_is_due_in_a_period(first: int, last: int, shown: dict[str, list[str]], late_elsewhere: int, crm: Crm) -> None:
    groups = due(crm, period=(date(2026, 11, first), date(2026, 11, last)))
    assert (texts(groups), groups.hidden, groups.late_elsewhere) == (shown, 0, late_elsewhere)


def test_a_limit_keeps_the_most_urgent_and_all_totals(crm: Crm) -> None:
    groups = due(crm, limit=1)
    assert texts(groups) == {"late": ["fox"], "today": ["today"], "soon": ["shown"], "waiting": ["they owe, late, put off"]}
    assert groups.totals == {"late": 3, "today": 1, "soon": 3, "waiting": 2, "later": 0, "undated": 0}
    assert texts(due(crm, client="acme", limit=1))["late"] == ["late, put off"]
    assert due(crm, client="acme", limit=1).totals["late"] == 2
