"""Each change of a client is told in exactly one line, and nothing that didn't change is."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.actions.history.commits import commit, git
from tests.actions.history.states import ACME, AFTER, BEFORE, base, replace, state, told
from tests.actions.vaults import note
from tests.support import write_files
from vaultcrm.actions.add import NewFollowUp, add_follow_up, add_person, add_project
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.decisions import NewDecision, decide, withdraw
from vaultcrm.actions.follow_ups import done, drop, snooze
from vaultcrm.actions.history.changes import compare
from vaultcrm.actions.history.client_state import state_from_json, state_json
from vaultcrm.actions.log import NewInteraction, log
from vaultcrm.actions.rename import rename
from vaultcrm.actions.set_properties import parse_assignment, set_properties

QUOTE, IDEAS, CALL = f"{ACME}/follow-ups/Send the quote.md", f"{ACME}/Ideas.md", f"{ACME}/interactions/2026-11-02 1430 Pricing call.md"
PROJECT, CLIENT, DANA, INVOICE = (
    f"{ACME}/projects/Website.md",
    f"{ACME}/Acme.md",
    f"{ACME}/Dana Roe.md",
    f"{ACME}/follow-ups/Monthly invoice.md",
)
PAGE_TEXT, PRICE, BUDGET = f"{ACME}/follow-ups/Studio page text.md", f"{ACME}/decisions/Hourly price.md", f"{ACME}/Budget.md"
LOGO, WEEKLY = "- [ ] Draw the logo 📅 2026-11-27", "- [ ] Weekly mail 📅 2026-11-27 🔁 every week"
Script = Callable[[Path], object]


def by_command(action: Callable[[Crm], object]) -> Script:
    return lambda root: action(Crm(str(root), AFTER, ["test"]))


def by_hand(path: str, old: str, new: str) -> Script:
    return lambda root: replace(root, path, old, new)


def new_note(path: str, text: str) -> Script:
    return lambda root: write_files(root, {path: text})


def delete(path: str) -> Script:
    return lambda root: (root / path).unlink()


def move(old: str, new: str) -> Script:
    def script(root: Path) -> None:
        (root / new).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(root / old, root / new)

    return script


def both(*scripts: Script) -> Script:
    return lambda root: [script(root) for script in scripts]


def interaction(*properties: str) -> str:
    return note("interaction", "date: 2026-11-10T10:00:00", *properties)


TALK = f"{ACME}/interactions/2026-11-10 1000 Mail.md"

CHANGES: dict[str, tuple[Script, str, str]] = {
    # by commands
    "log": (by_command(lambda crm: log(crm, "acme", NewInteraction("Dana called back", channel="call"))), "talked", "Dana called back"),
    "log an email": (
        by_command(lambda crm: log(crm, "acme", NewInteraction("Owen asks for B", channel="email", direction="in"))),
        "they wrote",
        "Owen asks for B",
    ),
    "follow-up add": (
        by_command(lambda crm: add_follow_up(crm, "acme", NewFollowUp("Order fonts", date(2026, 11, 30)))),
        "you owe",
        "Order fonts, due 30 Nov",
    ),
    "follow-up add --waiting": (
        by_command(lambda crm: add_follow_up(crm, "acme", NewFollowUp("Their logo", date(2027, 1, 8), waiting=True))),
        "they owe",
        "Their logo, due 8 Jan 2027",
    ),
    "done": (by_command(lambda crm: done(crm, ["quote"])), "done", "Send the quote"),
    "done, recurring": (by_command(lambda crm: done(crm, ["invoice"], early=True)), "done", "Monthly invoice (next 1 Jan 2027)"),
    "done, recurring line": (by_command(lambda crm: done(crm, ["weekly"], early=True)), "done", "Weekly mail (next 4 Dec)"),
    "done, line": (by_command(lambda crm: done(crm, ["logo"])), "done", "Draw the logo"),
    "drop": (by_command(lambda crm: drop(crm, ["quote"])), "dropped", "Send the quote"),
    "snooze": (by_command(lambda crm: snooze(crm, ["quote"], date(2026, 12, 1))), "moved", "Send the quote: due 20 Nov → 1 Dec"),
    "snooze, recurring": (
        by_command(lambda crm: snooze(crm, ["invoice"], date(2026, 12, 2))),
        "moved",
        "Monthly invoice: due 1 Dec → 2 Dec",
    ),
    "decide": (by_command(lambda crm: decide(crm, "acme", NewDecision("Two rounds"))), "agreed", "Two rounds"),
    "decide --supersedes": (
        by_command(lambda crm: decide(crm, "acme", NewDecision("Fixed price", supersedes="hourly"))),
        "agreed",
        "Fixed price (instead of: Hourly price)",
    ),
    "decide --supersedes an item": (
        by_command(lambda crm: decide(crm, "acme", NewDecision("Two hours", supersedes="training"))),
        "agreed",
        "Two hours (instead of: Training is one hour)",
    ),
    "decide --withdraw": (by_command(lambda crm: withdraw(crm, "acme", "hourly")), "withdrawn", "Hourly price"),
    "person add": (by_command(lambda crm: add_person(crm, "acme", "Owen Park", {"role": "Editor"})), "new person", "Owen Park, Editor"),
    "project add": (
        by_command(lambda crm: add_project(crm, "acme", "Poster", {"deadline": date(2026, 12, 9)})),
        "new project",
        "Poster, deadline 9 Dec",
    ),
    "set a deadline": (
        by_command(lambda crm: set_properties(crm, "website", [parse_assignment("deadline=2026-12-18")])),
        "moved",
        "Website: deadline 4 Dec → 18 Dec",
    ),
    "rename a project": (by_command(lambda crm: rename(crm, "website", "Website redesign")), "renamed", "Website → Website redesign"),
    "rename a person": (by_command(lambda crm: rename(crm, "dana", "Dana Moe")), "renamed", "Dana Roe → Dana Moe"),
    "rename the client": (by_command(lambda crm: rename(crm, "acme", "Acme Studio")), "renamed", "Acme → Acme Studio"),
    # by hand
    "the price": (by_hand(PROJECT, "9600", "10400"), "changed", "Website: value 9600 GBP → 10400 GBP"),
    "the project's status": (by_hand(PROJECT, "status: active", "status: on hold"), "changed", "Website: status active → on hold"),
    "the client's stage": (by_hand(CLIENT, "discovery", "execution"), "changed", "stage discovery → execution"),
    "an own property": (by_hand(CLIENT, "rate: 60", "rate: 60\nbudget owner: Priya"), "changed", "budget owner none → Priya"),
    "a phone number": (by_hand(DANA, "900417", "900418"), "changed", "Dana Roe: phone 900417 → 900418"),
    "a body": (by_hand(DANA, "trains", "boats"), "edited", "Dana Roe"),
    "a person gone": (delete(DANA), "gone", "person: Dana Roe"),
    "a preference": (by_hand(CLIENT, "- Calls before noon", "- Calls before noon\n- No PDFs"), "preference", "No PDFs"),
    "a preference gone": (by_hand(CLIENT, "- Calls before noon", ""), "gone", "preference: Calls before noon"),
    "feedback": (by_hand(CALL, "  - Too blue", "  - Too blue\n  - Good type"), "feedback", "Good type"),
    "a question answered": (by_hand(IDEAS, "> [!question] Who pays the fonts?\n", ""), "gone", "question: Who pays the fonts?"),
    "an item of decisions": (
        by_hand(CALL, "  - Training is one hour", "  - Training is one hour\n  - No rush fee"),
        "agreed",
        "No rush fee",
    ),
    "a decision deleted": (delete(PRICE), "gone", "agreement: Hourly price"),
    "a decision over": (by_hand(PRICE, "in force", "superseded"), "replaced", "Hourly price"),
    "a decision in a callout": (by_hand(IDEAS, "> [!question]", "> [!decision] We use Inter\n\n> [!question]"), "agreed", "We use Inter"),
    "a task": (by_hand(IDEAS, "- [ ] Draw", "- [ ] Buy paper\n- [ ] Draw"), "you owe", "Buy paper"),
    "a late task": (by_hand(IDEAS, "- [ ] Draw", "- [ ] Buy paper 📅 2026-11-09\n- [ ] Draw"), "you owe", "Buy paper, late since 9 Nov"),
    "a task reworded": (by_hand(IDEAS, "Draw the logo", "Draw the new logo"), "changed", "Draw the logo → Draw the new logo"),
    "a task deleted": (by_hand(IDEAS, "- [ ] Draw the logo 📅 2026-11-27\n", ""), "gone", "follow-up: Draw the logo"),
    "a task that they owe": (by_hand(IDEAS, "Draw the logo", "Draw the logo #waiting"), "changed", "Draw the logo: now they owe it"),
    "a priority": (by_hand(QUOTE, "status: open", "status: open\npriority: high"), "changed", "Send the quote: priority none → high"),
    "reopened": (by_hand(PAGE_TEXT, "status: waiting", "status: open"), "changed", "Studio page text: now you owe it"),
    "a summary": (by_hand(CALL, "two options", "three options"), "edited", "Dana wants three options"),
    "a talk moved": (by_hand(CALL, "date: 2026-11-02T14", "date: 2026-11-03T14"), "moved", "Dana wants two options: 2 Nov → 3 Nov"),
    "a talk deleted": (delete(CALL), "gone", "talk: Dana wants two options, with 1 agreement and 1 comment"),
    "a talk typed": (
        new_note(TALK, interaction("channel: email", "direction: out", "summary: I sent the draft")),
        "you wrote",
        "I sent the draft",
    ),
    "a call from them": (new_note(TALK, interaction("channel: call", "direction: in", "summary: Nora asks")), "they called", "Nora asks"),
    "a chat": (new_note(TALK, interaction("channel: chat", "summary: About fonts")), "wrote", "About fonts"),
    "a note to oneself": (new_note(TALK, interaction("channel: note", "summary: Ask about fonts")), "noted", "Ask about fonts"),
    "a meeting planned": (
        new_note(f"{ACME}/interactions/2026-12-01 Kick-off.md", note("interaction", "date: 2026-12-01", "channel: meeting")),
        "planned",
        "Kick-off",
    ),
    "a note": (new_note(f"{ACME}/Press list.md", "Names\n"), "new note", "Press list"),
    "a note edited": (by_hand(BUDGET, "Ten", "Twelve"), "edited", "Budget"),
    "a note gone": (delete(BUDGET), "gone", "Budget"),
    "a note with tasks gone": (delete(IDEAS), "gone", "Ideas, with 2 follow-ups and 1 question"),
    "a note renamed": (move(BUDGET, f"{ACME}/Costs.md"), "renamed", "Budget → Costs"),
    "a line among tasks": (by_hand(IDEAS, "Second idea", "Second idea, better"), "edited", "Ideas"),
    "an old follow-up typed": (
        new_note(f"{ACME}/follow-ups/Old.md", note("follow-up", "status: done", "completedDate: 2026-11-08")),
        "done",
        "Old",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    script, label, text = CHANGES[name]
    old = base(tmp_path / "vault")
    script(tmp_path / "vault")
    assert told(old, state(tmp_path / "vault", AFTER, "clients/Acme" if name != "rename the client" else "Acme Studio")) == [(label, text)]


NO_NEWS: dict[str, Script] = {
    "nothing": lambda root: None,
    "white space": by_hand(IDEAS, "First idea\n\nSecond idea", "First  idea\n\n\n\nSecond idea  "),
    "the order of lines": by_hand(IDEAS, "First idea\n\nSecond idea", "Second idea\n\nFirst idea"),
    "the order of properties": by_hand(DANA, "role: Partner\nphone: 900417", "phone: 900417\nrole: Partner"),
    "quotes": by_hand(DANA, "role: Partner", 'role: "Partner"'),
    "CRLF": by_hand(DANA, "\n", "\r\n"),
    "a task in another note": both(
        by_hand(IDEAS, "- [ ] Draw the logo 📅 2026-11-27\n", ""),
        by_hand(BUDGET, "Ten thousand", "Ten thousand\n- [ ] Draw the logo 📅 2026-11-27"),
    ),
    "a task on another line": by_hand(
        IDEAS,
        f"{LOGO}\n{WEEKLY}",
        f"{WEEKLY}\n\n{LOGO}",
    ),
    "a note in another folder": move(IDEAS, f"{ACME}/notes/Ideas.md"),
    "a talk under another name": move(CALL, f"{ACME}/interactions/2026-11-02 Call.md"),
    "a follow-up in another folder": move(QUOTE, f"{ACME}/Send the quote.md"),
    "a closed follow-up deleted": both(by_hand(QUOTE, "status: open", "status: done"), delete(QUOTE)),
    "another client": new_note("clients/Other/Other note.md", "Text\n"),
}


@pytest.mark.parametrize("name", NO_NEWS)
def test_what_did_not_change_is_not_told(name: str, tmp_path: Path) -> None:
    root = tmp_path / "vault"
    old = base(root)
    if name == "a closed follow-up deleted":
        replace(root, QUOTE, "status: open", "status: done")
        old = state(root, BEFORE)
        (root / QUOTE).unlink()
    else:
        NO_NEWS[name](root)
    assert told(old, state(root, AFTER)) == []


def test_time_makes_follow_ups_late_and_offers_run_out(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    base(root)
    replace(root, QUOTE, "2026-11-20", "2026-11-12")
    replace(root, PAGE_TEXT, "2026-11-25", "2026-11-15")
    replace(root, PRICE, "status: in force", "status: in force\nvalid_until: 2026-11-10")
    replace(root, PROJECT, "status: active", "status: active\nvalid_until: 2026-11-16")  # today it still holds
    old = state(root, BEFORE)
    new = state(root, AFTER)
    assert told(old, new) == [
        ("now late", "Send the quote"),
        ("now late", "Studio page text (they owe it)"),
        ("ran out", "Hourly price"),
    ]
    # what was looked at later was late already
    assert [change.text for change in compare(old, new, {QUOTE: date(2026, 11, 13)})] == ["Studio page text (they owe it)", "Hourly price"]


MERGED = ("log an email", "done, recurring", "snooze", "decide --supersedes", "set a deadline", "rename a person", "a phone number",
          "a task", "a note gone", "a preference")  # fmt: skip


@pytest.mark.parametrize("name", MERGED)
def test_what_a_merge_brings_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    root, other = tmp_path / "vault", tmp_path / "other"
    old = base(root)
    git(root, "init", "--quiet", ".")
    commit(root, BEFORE)
    git(tmp_path, "clone", "--quiet", "vault", "other")
    script, label, text = CHANGES[name]
    script(other)
    commit(other, AFTER)
    write_files(root, {"clients/Other/Other note.md": "Text\n"})  # so that it isn't a fast-forward
    commit(root, AFTER)
    git(root, "pull", "--quiet", "--no-rebase", "--no-edit", str(other), "HEAD")
    assert told(old, state(root, AFTER)) == [(label, text)]


def test_several_changes_have_a_line_each_the_weightiest_first(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    old = base(root)
    for script in ("a talk typed", "done", "set a deadline", "a phone number", "a task"):
        CHANGES[script][0](root)
    assert told(old, state(root, AFTER)) == [
        ("you wrote", "I sent the draft"),
        ("moved", "Website: deadline 4 Dec → 18 Dec"),
        ("done", "Send the quote"),
        ("you owe", "Buy paper"),
        ("changed", "Dana Roe: phone 900417 → 900418"),
    ]


def test_a_state_survives_json(tmp_path: Path) -> None:
    old = base(tmp_path / "vault")
    assert state_from_json(state_json(old)) is not None
    import json

    assert state_from_json(json.loads(json.dumps(state_json(old)))) == old


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"version": 99},
        {"version": 1, "day": "x"},
        {"version": 1, "day": "2026-11-06", "items": [1], "notes": {}},
        {"version": 1, "day": "2026-11-06", "items": [], "notes": {"a": 1}},
        {"version": 1, "day": "2026-11-06", "items": [[1, 2, 3, "x", 5, 6, 7]], "notes": {}},
    ],
)
def test_what_is_no_state_counts_as_none(value: object) -> None:
    assert state_from_json(value) is None
