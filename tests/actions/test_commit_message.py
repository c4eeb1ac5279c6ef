"""Changes described in the user's words."""

import pytest

from vaultcrm.actions.commit_message import (
    MAX_DETAILED,
    FileChange,
    describe,
    detect_renames,
    first_commit_line,
    message,
    owner_name,
    subject,
)
from vaultcrm.markdown.tasks.settings import TaskSettings

ACME = "clients/Acme/"


def note(kind: str, *properties: str, body: str = "") -> bytes:
    return "\n".join(["---", f"type: {kind}", *properties, "---", body, ""]).encode()


def description_of(path: str, before: bytes | None, after: bytes | None) -> str:
    found = describe([FileChange(ACME + path, before, after, "Acme")])
    return found[0].removeprefix("Acme: ") if found else ""


TALK = note("interaction", "channel: call", "date: 2026-11-16T09:30:00")
OPEN = note("follow-up", "status: open", "due: 2026-11-20")
WEEKLY = note("follow-up", "status: open", "due: 2026-11-20", "recurrence: FREQ=WEEKLY")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, TALK, "call logged"),
        (None, note("interaction", "channel: email"), "email logged"),
        (None, note("interaction", "channel: note"), "note logged"),
        (None, note("interaction"), "conversation logged"),
        (None, note("interaction", "channel: call", "next_step: Send it", "decisions:", "  - Fixed price", "  - Two rounds"),
         "call logged, follow-up added, 2 decisions agreed"),
        (TALK, TALK + b"More.\n", "call changed"),
        (TALK, None, "call deleted"),
        (note("interaction", "next_step: Ask"), note("interaction", "next_step: Ask", "follow_up_done: 2026-11-16"), "follow-up done"),
        (TALK, note("interaction", "channel: call", "decisions:", "  - Fixed price"), "decision agreed"),
        (None, OPEN, "follow-up added"),
        (OPEN, note("follow-up", "status: done", "due: 2026-11-20", "completedDate: 2026-11-16"), "follow-up done"),
        (OPEN, note("follow-up", "status: cancelled", "due: 2026-11-20"), "follow-up dropped"),
        (OPEN, note("follow-up", "status: open", "due: 2026-12-01"), "follow-up moved"),
        (OPEN, note("follow-up", "status: waiting", "due: 2026-11-20"), "follow-up changed"),
        (note("follow-up", "status: done"), OPEN, "follow-up reopened"),
        (OPEN, OPEN + b"A word more.\n", "follow-up changed"),
        (OPEN, None, "follow-up deleted"),
        (WEEKLY, note("follow-up", "status: open", "due: 2026-11-27", "recurrence: FREQ=WEEKLY", "complete_instances:", "  - 2026-11-20"),
         "follow-up done"),
        (WEEKLY, WEEKLY.replace(b"11-20", b"11-27"), "follow-up moved"),
        (note("follow-up", "due: 2026-11-20", "complete_instances: [2026-11-13]", body="- [ ] Call 📅 2026-11-20"),
         note("follow-up", "due: 2026-11-27", "complete_instances: [2026-11-13, 2026-11-20]", body="- [ ] Call 📅 2026-11-27"),
         "follow-up done, follow-up moved"),  # the checkbox line in the note was only moved
        (None, note("decision", "status: in force"), "decision agreed"),
        (note("interaction", "decisions:", "  - Fixed price"), note("interaction"), "decision deleted"),
        (note("decision", "status: superseded"), note("decision", "status: in force"), "decision changed"),
        (note("client", body="> [!decision] Yes"), note("client", body="One line more.\n\n> [!decision] Yes"), "client changed"),
        (note("decision", "status: in force"), note("decision", "status: superseded"), "decision superseded"),
        (note("decision", "topic: price"), note("decision", "topic: rounds"), "decision changed"),
        (None, note("client"), "client added"),
        (note("client"), note("client", "rate: 80"), "client changed"),
        (None, note("person"), "person added"),
        (None, note("project"), "project added"),
        (note("project", "status: active"), note("project", "status: active", "value: 3000"), "project changed"),
        (note("project", "status: active"), note("project", "status: done"), "project done"),
        (note("project", "status: done"), note("project", "status: cancelled"), "project cancelled"),
        (note("project", "status: done"), note("project", "status: done", "value: 3"), "project changed"),
        (note("client", body="- [ ] Send it"), note("client"), "follow-up deleted"),
        (note("client", body="- [x] Send it"), note("client", body="- [ ] Send it"), "follow-up reopened"),
        (note("client", body="- [ ] Send it"), note("client", body="- [-] Send it"), "follow-up dropped"),
        (note("Recipe"), note("Recipe", body="Salt."), "note changed"),
        (None, b"An idea.\n", "note added"),
        (b"An idea.\n", b"Two ideas.\n", "note changed"),
        (b"An idea.\n", None, "note deleted"),
        (b"---\na: [\n---\n", b"---\na: [b\n---\n", "note changed"),
        (note("client"), b"\xff\xfe", "note changed"),
        (note("client", body="- [ ] Send it"), note("client", body="- [x] Send it ✅ 2026-11-16"), "follow-up done"),
    ],
)  # fmt: skip
def test_what_happened_to_a_note(before: bytes | None, after: bytes | None, expected: str) -> None:
    assert description_of("note.md", before, after) == expected


def test_the_task_settings_decide_which_checkbox_lines_are_follow_ups() -> None:
    change = FileChange(ACME + "Acme.md", note("client", body="- [ ] Milk"), note("client", body="- [x] Milk"), "Acme")
    assert describe([change]) == ["Acme: follow-up done"]
    assert describe([change], TaskSettings(global_filter="#task")) == ["Acme: client changed"]


def test_attachments_settings_templates_and_copies() -> None:
    changes = [
        FileChange("clients/Acme/logo.png", None, b"1", "Acme"),
        FileChange("clients/Acme/brief.pdf", None, b"2", "Acme"),
        FileChange("clients/Acme/old.pdf", b"3", None, "Acme"),
        FileChange("clients/Acme/Acme (conflict 2026-11-16 ab12cd3).md", None, note("client"), "Acme", is_copy=True),
        FileChange("vaultcrm.toml", b"", b"# a", "Vault"),
        FileChange(".obsidian/app.json", b"", b"{}", "Vault"),
        FileChange("templates/client.md", None, b"a", "Vault"),
        FileChange("inbox/Idea.md", None, b"An idea.\n", "Inbox"),
    ]
    assert describe(changes) == [
        "Acme: 2 files added, file deleted, conflict copy added",
        "Inbox: note added",
        "Vault: template added, settings changed",
    ]


def test_a_message_has_a_subject_and_one_line_for_each_client() -> None:
    changes = [
        FileChange(ACME + "interactions/2026-11-16 0930 Call.md", None, TALK, "Acme"),
        FileChange(ACME + "follow-ups/A.md", OPEN, note("follow-up", "status: done"), "Acme"),
        FileChange(ACME + "follow-ups/B.md", OPEN, note("follow-up", "status: done"), "Acme"),
        FileChange("clients/Havelkorn/projects/Shop.md", note("project"), note("project", "value: 3"), "Havelkorn"),
    ]
    first = "Acme: call logged, 2 follow-ups done; Havelkorn: project changed"
    assert message(describe(changes)) == f"{first}\n\nAcme: call logged, 2 follow-ups done\nHavelkorn: project changed\n"
    assert message(describe(changes[:1])) == "Acme: call logged\n"
    assert message(describe(changes[:1]), "Received: ") == "Received: Acme: call logged\n"
    assert message([]) == "nothing new\n"


def test_a_subject_has_at_most_72_characters() -> None:
    lines = ["Acme Studio: call logged, 2 follow-ups done", "Havelkorn: project changed", "Lume: client added", "Northlight: client added"]
    assert subject(lines) == "Acme Studio: call logged, 2 follow-ups done; 3 more clients"
    assert subject(lines[1:]) == "Havelkorn: project changed; Lume: client added; Northlight: client added"
    assert subject([*lines[1:], "Zett: note added"]) == "Havelkorn: project changed; Lume: client added; 2 more clients"
    assert subject([*lines[:3], "Vault: settings changed"]) == "Acme Studio: call logged, 2 follow-ups done; 3 more"
    assert subject(["A" * 60 + ": call logged, follow-up added", lines[1]]) == "A" * 56 + "…; 1 more client"
    long = "Acme Studio: call logged, 2 follow-ups added, follow-up done, conflict copy added"
    assert subject([long, lines[1]]) == "Acme Studio: call logged, 2 follow-ups added, …; 1 more client"
    assert len(subject(["A" * 60 + ": call logged, follow-up added", lines[1]])) == 72


def test_a_deleted_and_a_new_file_with_the_same_bytes_are_one_rename() -> None:
    gone, new = FileChange(ACME + "Old.md", OPEN, None, "Acme"), FileChange(ACME + "New.md", None, OPEN, "Acme")
    assert describe(detect_renames([gone, new])) == ["Acme: follow-up renamed"]
    assert detect_renames([gone, new, new._replace(path="x.md")])[1:] == [new._replace(path="x.md")]
    assert describe(detect_renames([gone, new._replace(after=WEEKLY)])) == ["Acme: follow-up deleted, follow-up added"]


def test_a_renamed_file_that_was_changed_too_counts_as_changed() -> None:
    renamed = FileChange(ACME + "new.pdf", b"1", b"1", "Acme", old_path=ACME + "old.pdf")
    assert describe([renamed]) == ["Acme: file renamed"]
    assert describe([renamed._replace(after=b"2")]) == ["Acme: file changed"]
    note_change = FileChange(ACME + "new.md", OPEN, WEEKLY, "Acme", old_path=ACME + "old.md")
    assert describe([note_change]) == ["Acme: follow-up renamed, follow-up changed"]


def test_very_many_changes_are_only_counted() -> None:
    changes = [FileChange(f"{ACME}{i}.md", None, TALK, "Acme") for i in range(MAX_DETAILED + 1)]
    assert describe(changes) == [f"Acme: {MAX_DETAILED + 1} notes added"]
    assert describe(changes[1:]) == [f"Acme: {MAX_DETAILED} calls logged"]
    assert first_commit_line(changes) == f"Initial commit: {MAX_DETAILED + 1} notes"


def test_a_name_cannot_break_a_line_or_reach_the_terminal() -> None:
    assert describe([FileChange("a.md", None, b"", "Ac\nme\x1b]52;c;x\x07")]) == ["Ac me ]52;c;x: note added"]


def test_the_owner_of_a_change() -> None:
    assert owner_name("clients/Acme/x.md", "Acme Studio") == "Acme Studio"
    assert owner_name("clients/Gone/x.md", None) == "Gone"
    assert owner_name("inbox/x.md", None) == "Inbox"
    assert owner_name("clients/loose.md", None) == "Vault"
    assert owner_name("Start here.md", None) == "Vault"
