"""Follow-ups inside notes, changed by their handles: what the line or the properties are afterwards, and what is refused."""

from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions import lookup
from vaultcrm.actions.rename import rename
from vaultcrm.actions.set_item import set_item
from vaultcrm.actions.set_properties import Assignment, parse_assignment, set_properties
from vaultcrm.errors import InvalidInput, Refused, UsageError, VaultcrmError
from vaultcrm.model.handles import handle
from vaultcrm.model.records import FollowUp

PATH = "clients/Acme/projects/Site.md"
CALL = "clients/Acme/2026-11-02 Call.md"


def changed_by(root: Path, path: str, text: str, key: str, *words: str) -> FollowUp:
    """The follow-up after `set` with these words; a word without "=" removes that property."""
    crm = crm_with(root, {path: text, "clients/Acme/Acme.md": CLIENT})
    _, item = lookup.place(crm, key)
    assert item is not None
    return set_item(crm, item, [parse_assignment(word) if "=" in word else Assignment(word, None) for word in words]).record


@pytest.mark.parametrize(
    ("line", "words", "expected"),
    [
        ("- [ ] Call", ["status=done"], "- [x] Call ✅ 2026-11-16"),
        ("- [ ] Call", ["status=Cancelled"], "- [-] Call ❌ 2026-11-16"),
        ("- [ ] Call", ["status=waiting"], "- [ ] Call #waiting"),
        ("- [ ] Call 📅 2026-11-20 ^b", ["status=waiting"], "- [ ] Call #waiting 📅 2026-11-20 ^b"),
        ("- [ ] Call #waiting", ["status=waiting"], "- [ ] Call #waiting"),
        ("- [ ] Call #waiting #a 📅 2026-11-20", ["status=open"], "- [ ] Call #a 📅 2026-11-20"),
        ("- [x] Call ✅ 2026-11-01", ["status=open"], "- [ ] Call"),
        ("- [-] Call ❌ 2026-11-01 📅 2026-11-20", ["status=waiting"], "- [ ] Call #waiting 📅 2026-11-20"),
        ("- [/] Call", ["status=open"], "- [/] Call"),
        ("- [x] Call ✅ 2026-11-01", ["status=done"], "- [x] Call ✅ 2026-11-01"),
        ("- [x] Call ✅ 2026-11-01", ["status=cancelled"], "- [-] Call ❌ 2026-11-16"),
        ("- [ ] Call", ["due=fri"], "- [ ] Call 📅 2026-11-20"),
        ("- [ ] Call 📅 2026-11-01 ⏳ 2026-10-31", ["due=2026-11-20"], "- [ ] Call 📅 2026-11-20 ⏳ 2026-10-31"),
        ("- [ ] Call 📅 2026-11-01", ["due"], "- [ ] Call"),
        ("- [ ] Call", ["scheduled=2026-11-20", "start=2026-11-19"], "- [ ] Call 🛫 2026-11-19 ⏳ 2026-11-20"),
        ("- [ ] Call", ["priority=High"], "- [ ] Call ⏫"),
        ("- [ ] Call 🔺 📅 2026-11-20", ["priority=low"], "- [ ] Call 🔽 📅 2026-11-20"),
        ("- [ ] Call 🔺", ["priority"], "- [ ] Call"),
        ("- [ ] Call  [due:: 2026-11-01]", ["priority=low"], "- [ ] Call  [due:: 2026-11-01]  [priority:: low]"),
        ("- [ ] Call  [priority:: high]", ["priority=low"], "- [ ] Call  [priority:: low]"),
        (
            "- [ ] Call 🔁 every week 📅 2026-11-01", ["due=2026-11-16", "status=done"],
            "- [ ] Call 🔁 every week 📅 2026-11-23\n- [x] Call 🔁 every week 📅 2026-11-16 ✅ 2026-11-16",
        ),
    ],
)  # fmt: skip
def test_a_checkbox_line(line: str, words: list[str], expected: str, tmp_path: Path) -> None:
    text = note("project", "status: active", body=f"Before\r\n  > {line}\r\nAfter")
    changed_by(tmp_path, PATH, text, handle(PATH, "task", "Call #a" if "#a" in line else "Call", "1"), *words)
    assert (tmp_path / PATH).read_bytes().decode() == text.replace(
        f"  > {line}\r\n", "".join(f"  > {one}\r\n" for one in expected.split("\n"))
    )


def test_the_record_is_the_follow_up_as_it_is_now(tmp_path: Path) -> None:
    text = note("project", body="- [ ] Call")
    changed = changed_by(tmp_path, PATH, text, handle(PATH, "task", "Call", "1"), "status=waiting", "due=fri")
    assert (changed.status, str(changed.due), changed.client, changed.line) == ("waiting", "2026-11-20", "Acme", 4)


def test_a_line_that_asks_to_be_deleted_when_it_is_done(tmp_path: Path) -> None:
    changed = changed_by(
        tmp_path, PATH, note("project", body="- [ ] Call 🏁 delete\nAfter"), handle(PATH, "task", "Call", "1"), "status=done"
    )
    assert (changed.text, changed.status) == ("Call", "done")
    assert (tmp_path / PATH).read_text() == note("project", body="After")


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        (["next_step: Ask"], ["due=fri"], ["next_step: Ask", "follow_up: 2026-11-20"]),
        (["next_step: Ask", "follow_up: 2026-11-01"], ["follow_up=fri"], ["next_step: Ask", "follow_up: 2026-11-20"]),
        (["next_step: Ask", "follow_up: 2026-11-01"], ["due"], ["next_step: Ask"]),
        (["next_step: Ask"], ["text=Ask Dana"], ["next_step: Ask Dana"]),
        (["next_step: Ask"], ["status=done"], ["next_step: Ask", "follow_up_done: 2026-11-16"]),
        (["next_step: Ask", "follow_up_done: 2026-11-01"], ["status=done"], ["next_step: Ask", "follow_up_done: 2026-11-01"]),
        (["next_step: Ask", "follow_up_done: 2026-11-01"], ["status=open"], ["next_step: Ask"]),
        (["next_step: Ask"], ["status=waiting"], ["next_step: Ask", "follow_up_status: waiting"]),
        (["next_step: Ask", "follow_up_done: 2026-11-01"], ["status=cancelled"], ["next_step: Ask", "follow_up_status: cancelled"]),
        (["next_step: Ask", "follow_up_status: waiting"], ["status=open"], ["next_step: Ask", "follow_up_status: open"]),
        (
            ["next_step: Ask", "follow_up_status: cancelled", "follow_up_done: 2026-11-01"], ["follow_up_status=open", "follow_up_done"],
            ["next_step: Ask", "follow_up_status: open"],
        ),
    ],
)  # fmt: skip
def test_a_follow_up_in_an_interaction(before: list[str], words: list[str], after: list[str], tmp_path: Path) -> None:
    changed_by(tmp_path, CALL, note("interaction", "channel: call", *before), handle(CALL, "next"), *words)
    assert (tmp_path / CALL).read_text() == note("interaction", "channel: call", *after)


@pytest.mark.parametrize(
    ("path", "key", "words", "error", "message"),
    [
        (PATH, handle(PATH, "task", "Call", "1"), ["stage=delivery"], UsageError, "A checkbox line has no property 'stage'."),
        (PATH, handle(PATH, "task", "Call", "1"), ["due+=fri"], UsageError, "The property 'due' takes one value."),
        (PATH, handle(PATH, "task", "Call", "1"), ["status=soon"], InvalidInput, "The status 'soon' is not one of: open"),
        (PATH, handle(PATH, "task", "Call", "1"), ["due=someday"], InvalidInput, "someday"),
        (CALL, handle(CALL, "next"), ["channel=call"], UsageError, "A follow-up in an interaction has no property 'channel'."),
        (CALL, handle(CALL, "next"), ["text"], Refused, "Nothing would be left of the follow-up."),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    path: str, key: str, words: list[str], error: type[VaultcrmError], message: str, tmp_path: Path
) -> None:
    text = note("project", body="- [ ] Call") if path == PATH else note("interaction", "next_step: Ask")
    with pytest.raises(error, match=message):
        changed_by(tmp_path, path, text, key, *words)
    assert (tmp_path / path).read_text() == text


def test_neither_set_nor_rename_takes_a_line_for_the_note_around_it(tmp_path: Path) -> None:
    crm = crm_with(tmp_path, {PATH: note("project", body="- [ ] Call")})
    key = handle(PATH, "task", "Call", "1")
    for attempt in (lambda: set_properties(crm, key, [Assignment("status", "done")]), lambda: rename(crm, key, "Another")):
        with pytest.raises(Refused, match="is a checkbox line"):
            attempt()
    assert (tmp_path / PATH).read_text() == note("project", body="- [ ] Call")
