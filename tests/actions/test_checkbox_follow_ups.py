"""Follow-ups that are checkbox lines: whole notes before and after a command."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support import contents, make_vault
from vaultcrm.actions import follow_ups, undo
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.follow_ups import FollowUpChange
from vaultcrm.errors import InvalidInput, Refused
from vaultcrm.markdown.tasks.line import MAX_TASKS
from vaultcrm.model.records import FollowUp

AT = datetime(2026, 11, 16, 9, 30)
CLIENT = "---\ntype: client\n---\n"


def crm_of(tmp_path: Path, body: str | bytes, **more: str) -> Crm:
    vault = make_vault(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, "clients/Acme/Plan.md": body, **more})
    crm = Crm(vault.root, AT)
    crm.refresh()
    return crm


def changes(written: WriteResult[list[FollowUpChange]]) -> list[FollowUpChange]:
    record = written.record
    assert isinstance(record, list)
    return record


def items(crm: Crm) -> dict[str, FollowUp]:
    crm.refresh()
    return {item.text: item for item in crm.catalog.follow_ups()}


def done_early(crm: Crm, handles: list[str]) -> WriteResult[list[FollowUpChange]]:
    return follow_ups.done(crm, handles, early=True)


def body_of(crm: Crm) -> bytes:
    return (Path(crm.vault.root) / "clients/Acme/Plan.md").read_bytes()


def test_a_checkbox_line_has_every_field_of_a_follow_up(tmp_path: Path) -> None:
    line = "- [ ] Send #waiting #task 🆔 k ⏫ 🔁 every 2 weeks ➕ 2026-01-01 🛫 2026-01-03 ⏳ 2026-01-02 📅 2026-11-20"
    crm = crm_of(tmp_path, f"---\nproject: '[[Site]]'\n---\n\n{line}\n")
    (item,) = items(crm).values()
    assert item._replace(id="") == FollowUp(
        id="", path="clients/Acme/Plan.md", line=5, kind="task", text="Send #task", status="waiting", due=date(2026, 11, 20),
        scheduled=date(2026, 1, 3), priority="high", recurrence="FREQ=WEEKLY;INTERVAL=2", project="Site", since=date(2026, 1, 1),
        completed=None, key="k", depends=(), recurrence_anchor="scheduled", client="Acme", is_blocked=False,
    )  # fmt: skip


def test_client_project_and_start_come_from_the_note(tmp_path: Path) -> None:
    talk = "---\ntype: interaction\ndate: 2026-11-04T14:30:00\nproject: '[[Site]]'\n---\n- [ ] a\n"
    project = "---\ntype: project\n---\n- [ ] b\n"
    crm = crm_of(tmp_path, "- [ ] c\n", **{"clients/Acme/2026-11-04 1430 Call.md": talk, "clients/Acme/Site.md": project})
    found = items(crm)
    assert {text: (item.client, item.project, item.since) for text, item in found.items()} == {
        "a": ("Acme", "Site", date(2026, 11, 4)),
        "b": ("Acme", "Site", None),
        "c": ("Acme", None, None),
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"# Plan\r\n\r\n- [ ] Send\r\n  - [ ] more\r\n", b"# Plan\r\n\r\n- [x] Send \xe2\x9c\x85 2026-11-16\r\n  - [ ] more\r\n"),
        (b"\xef\xbb\xbf- [ ] Send", b"\xef\xbb\xbf- [x] Send \xe2\x9c\x85 2026-11-16"),
        (b"a\n\n> [!todo] x\n> - [ ] Send  \n", b"a\n\n> [!todo] x\n> - [x] Send \xe2\x9c\x85 2026-11-16  \n"),
        (b"---\na: 1  # c\n---\n1) [ ] Send", b"---\na: 1  # c\n---\n1) [x] Send \xe2\x9c\x85 2026-11-16"),
        ("- [ ] Send 🔁 every day".encode(), "- [ ] Send 🔁 every day\n- [x] Send 🔁 every day ✅ 2026-11-16".encode()),
        ("a\r\n- [ ] Send 🔁 every day".encode(), "a\r\n- [ ] Send 🔁 every day\r\n- [x] Send 🔁 every day ✅ 2026-11-16".encode()),
        ("a\r\n- [ ] Send 🔁 every day\r".encode(), "a\r\n- [ ] Send 🔁 every day\r\n- [x] Send 🔁 every day ✅ 2026-11-16\r".encode()),
        ("a\n- [ ] Send 🔁 every day".encode(), "a\n- [ ] Send 🔁 every day\n- [x] Send 🔁 every day ✅ 2026-11-16".encode()),
        ("a\n- [ ] Send 🏁 delete\nb\n".encode(), b"a\nb\n"),
    ],
)
def test_done_changes_one_line_and_undo_restores_the_note(before: bytes, after: bytes, tmp_path: Path) -> None:
    crm = crm_of(tmp_path, before)
    everything = contents(Path(crm.vault.root))
    item = items(crm)["Send"]
    written = follow_ups.done(crm, [item.id])
    assert body_of(crm) == after
    assert written.changed == ["clients/Acme/Plan.md"]
    undo.undo(crm.vault.root)
    assert contents(Path(crm.vault.root)) == everything


def test_lines_with_the_same_text_are_separate_follow_ups(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "- [ ] Ring 🔁 every day 📅 2026-11-15\n- [ ] Ring 🔁 every week 📅 2026-11-16\n- [x] Ring\n")
    found = [item for item in crm.catalog.follow_ups() if item.is_open]
    assert len({item.id for item in found}) == 2
    follow_ups.done(crm, [item.id for item in found])
    assert body_of(crm).decode() == (
        "- [ ] Ring 🔁 every day 📅 2026-11-16\n"
        "- [x] Ring 🔁 every day 📅 2026-11-15 ✅ 2026-11-16\n"
        "- [ ] Ring 🔁 every week 📅 2026-11-23\n"
        "- [x] Ring 🔁 every week 📅 2026-11-16 ✅ 2026-11-16\n"
        "- [x] Ring\n"
    )


def test_a_recurring_line_keeps_its_handle(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "- [ ] Ring 🔁 every week 📅 2026-11-09\n")
    first = items(crm)["Ring"]
    (change,) = changes(follow_ups.done(crm, [first.id]))
    assert (change.outcome, change.next_due, change.follow_up.id) == ("done", date(2026, 11, 16), first.id)
    crm.refresh()
    open_ones = crm.catalog.follow_ups(("open",))
    assert [(item.id, item.due) for item in open_ones] == [(first.id, date(2026, 11, 16))]


def test_a_line_that_another_program_has_completed_is_not_completed_again(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "- [ ] Ring 🔁 every week 📅 2026-11-09\n")
    stale = items(crm)["Ring"]
    follow_ups.done(crm, [stale.id])
    after = body_of(crm)

    def twice(*_: object) -> NoReturn:
        raise AssertionError("it was completed already")

    with crm.writing() as writer:
        change = follow_ups._change_one(writer, stale, twice, twice, "done")
    assert (change.outcome, body_of(crm)) == ("needed no change", after)


def test_a_line_that_another_program_has_checked_needs_no_change(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "- [ ] Ring 📅 2026-11-09\n")
    stale = items(crm)["Ring"]
    checked = "- [x] Ring 📅 2026-11-09 ✅ 2026-11-10\n"
    (Path(crm.vault.root) / "clients/Acme/Plan.md").write_text(checked)
    (change,) = changes(follow_ups.done(crm, [stale.id]))
    assert (change.outcome, body_of(crm).decode()) == ("needed no change", checked)


def test_several_lines_with_the_same_text_that_ask_to_be_deleted(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "".join(f"- [ ] Ring 📅 2026-11-{day} 🏁 delete\n" for day in (15, 16, 17)))
    first, second, _ = (item.id for item in crm.catalog.follow_ups())
    done = changes(follow_ups.done(crm, [first, second]))
    assert [(change.outcome, change.follow_up.status) for change in done] == [
        ("done, and its line was deleted, as it asks for", "done")
    ] * 2
    assert body_of(crm).decode() == "- [ ] Ring 📅 2026-11-17 🏁 delete\n"


def test_a_closed_line_is_refused_with_a_hint_how_to_reopen_it(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "a\n- [-] Send ❌ 2026-11-01\n- [x] Sent ✅ 2026-11-02\n")
    with pytest.raises(Refused, match=r"'Send' is already cancelled \(since 2026-11-01\)") as error:
        follow_ups.done(crm, [items(crm)["Send"].id])
    assert error.value.hint == f"Reopen it with: vaultcrm set {items(crm)['Send'].id[:6]} status=open"
    (change,) = changes(follow_ups.done(crm, [items(crm)["Sent"].id]))
    assert change.outcome == "was already done (since 2026-11-02)"


def test_a_line_that_depends_on_an_open_one_is_blocked(tmp_path: Path) -> None:
    more = {"b.md": "- [ ] Write 🆔 w\n- [x] Ask 🆔 a\n"}
    crm = crm_of(tmp_path, "- [ ] Send ⛔ w\n- [ ] Ring ⛔ a,gone\n- [x] Old ⛔ w\n", **more)
    assert {text: item.is_blocked for text, item in items(crm).items()} == {
        "Send": True, "Ring": False, "Old": False, "Write": False, "Ask": False,
    }  # fmt: skip
    follow_ups.done(crm, [items(crm)["Write"].id])
    assert not items(crm)["Send"].is_blocked


def test_what_the_tasks_plugin_would_lose_is_a_problem_while_the_task_is_open(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "- [ ] a 📅 2026-02-30\n- [ ] b 🔁 fortnightly\n- [x] c 📅 2026-02-30 🔁 never\n")
    assert [(problem.line, problem.code, problem.message) for problem in crm.catalog.problems()] == [
        (1, "bad-date", "'2026-02-30' is not a date. The Tasks plugin would replace it with \"Invalid date\"."),
        (2, "bad-recurrence", "The Tasks plugin doesn't know the rule 'fortnightly'. Try \"every 2 weeks\"."),
    ]


PLUGIN = ".obsidian/plugins/obsidian-tasks-plugin/data.json"
SETTINGS = {
    "globalFilter": "#task",
    "taskFormat": "dataview",
    "setDoneDate": False,
    "recurrenceOnNextLine": True,
    "statusSettings": {
        "coreStatuses": [{"symbol": " ", "type": "TODO"}, {"symbol": "x", "type": "DONE"}],
        "customStatuses": [{"symbol": "!", "type": "DONE"}, {"symbol": "~", "type": "NON_TASK"}, {"symbol": "-", "type": "CANCELLED"}],
    },
}


def test_the_settings_of_the_tasks_plugin_are_used(tmp_path: Path) -> None:
    body = "- [ ] Send #task [repeat:: every day] [due:: 2026-11-16]\n- [ ] private\n- [!] Sent #task\n- [~] x #task\n"
    crm = crm_of(tmp_path, body, **{PLUGIN: json.dumps(SETTINGS)})
    assert {text: item.status for text, item in items(crm).items()} == {"Send": "open", "Sent": "done"}
    follow_ups.done(crm, [items(crm)["Send"].id])
    assert body_of(crm).decode().splitlines()[:2] == [
        "- [x] Send #task [repeat:: every day] [due:: 2026-11-16]",
        "- [ ] Send #task [repeat:: every day] [due:: 2026-11-17]",
    ]


def test_the_vaults_settings_override_the_plugins(tmp_path: Path) -> None:
    toml = '[tasks]\nfilter = ""\nformat = "emoji"\nstatuses = { "!" = "cancelled" }\n'
    crm = crm_of(tmp_path, "- [ ] Send\n- [!] Sent\n", **{PLUGIN: json.dumps(SETTINGS), "vaultcrm.toml": toml})
    assert {text: item.status for text, item in items(crm).items()} == {"Send": "open", "Sent": "cancelled"}
    assert not crm.vault.task_settings.is_dataview


@pytest.mark.parametrize(
    "settings", ["", "{", "[]", '{"statusSettings": 7}', '{"statusSettings": {"coreStatuses": [1]}}', '{"globalFilter": 1}']
)
def test_invalid_settings_of_the_plugin_are_ignored(settings: str, tmp_path: Path) -> None:
    assert items(crm_of(tmp_path, "- [ ] Send 1\n", **{PLUGIN: settings}))["Send 1"].is_open


def test_changed_settings_apply_and_unreadable_notes_keep_their_follow_ups(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "- [ ] Send #task\n- [ ] private\n", **{"b.md": "- [ ] b #task\n"})
    root = Path(crm.vault.root)
    assert items(crm).keys() == {"Send #task", "private", "b #task"}
    (root / "b.md").write_bytes(b"\xff\xfe")
    crm.invalidate()
    crm.refresh()
    (root / PLUGIN).parent.mkdir(parents=True)
    (root / PLUGIN).write_text(json.dumps({"globalFilter": "#task"}))
    crm.invalidate()
    assert items(crm).keys() == {"Send", "b #task"}


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("tasks = 1\n", "tasks must be a table"),
        ("[tasks]\nfilter = 1\n", r"filter in \[tasks\] must be text"),
        ('[tasks]\nformat = "org"\n', r"format in \[tasks\] must be emoji or dataview"),
        ('[tasks]\nstatuses = { "!!" = "done" }\n', r"statuses in \[tasks\] must map a character to one of: todo"),
        ('[tasks]\nstatuses = { "!" = "maybe" }\n', r"statuses in \[tasks\] must map a character to one of: todo"),
    ],
)
def test_invalid_settings_of_the_vault_are_refused(toml: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=message):
        make_vault(tmp_path / "v", {"vaultcrm.toml": toml})


BY_PROPERTY = {"taskIdentificationMethod": "property", "taskPropertyName": "kind", "taskPropertyValue": "Task"}


@pytest.mark.parametrize(
    ("settings", "note", "is_task"),
    [
        ({}, "---\ntags:\n  - task\nstatus: in-progress\ndue: 2026-11-20\n---\n", True),
        ({}, "---\ntags: [x, task/work]\n---\n", True),
        ({"taskTag": "todo"}, "---\ntags: [task]\n---\n", False),
        ({"taskTag": "#todo"}, "---\ntags: [todo]\n---\n", True),
        (BY_PROPERTY, "---\nkind: task\n---\n", True),
        ({"taskIdentificationMethod": "property", "taskPropertyName": "isTask", "taskPropertyValue": ""}, "---\nisTask: true\n---\n", True),
        (
            {"taskIdentificationMethod": "property", "taskPropertyName": "kind", "taskPropertyValue": "Task"},
            "---\ntags: [task]\n---\n",
            False,
        ),
        # a type that vaultcrm knows decides
        ({}, "---\ntype: project\ntags: [task]\n---\n", False),
        (None, "---\ntags: [task]\n---\n", False),
    ],
)
def test_which_notes_of_tasknotes_are_follow_ups(settings: dict[str, str] | None, note: str, is_task: bool, tmp_path: Path) -> None:
    more = {} if settings is None else {".obsidian/plugins/tasknotes/data.json": json.dumps(settings)}
    found = items(crm_of(tmp_path, note, **more))
    assert list(found) == (["Plan"] if is_task else [])
    assert all(item.kind == "note" and item.is_open for item in found.values())


def note_after(tmp_path: Path, note: str, change: Callable[[Crm, list[str]], WriteResult[list[FollowUpChange]]]) -> str:
    crm = crm_of(tmp_path, note)
    change(crm, [items(crm)["Plan"].id])
    return body_of(crm).decode()


def test_a_time_of_day_written_by_tasknotes_is_kept(tmp_path: Path) -> None:
    note = "---\ntype: follow-up\ndue: 2026-11-20T17:00:00\nscheduled: 2026-11-18T09:30:00\nrecurrence: FREQ=WEEKLY\n---\n"
    moved = note.replace("2026-11-20T", "2026-11-25T").replace("2026-11-18T", "2026-11-23T").replace("FREQ", "DTSTART:20261120;FREQ")
    assert note_after(tmp_path / "a", note, lambda crm, ids: follow_ups.snooze(crm, ids, date(2026, 11, 25))) == moved
    done = note.replace("2026-11-20T", "2026-11-27T").replace("2026-11-18T", "2026-11-25T")
    done = done.replace("WEEKLY\n", "WEEKLY\ncomplete_instances:\n  - 2026-11-20\n")
    assert note_after(tmp_path / "b", note, done_early) == done


def test_dates_skipped_in_tasknotes_are_skipped(tmp_path: Path) -> None:
    note = "---\ntype: follow-up\ndue: 2026-11-20\nrecurrence: FREQ=WEEKLY\nskipped_instances: [2026-12-04, 2026-11-27]\n---\n"
    assert "due: 2026-12-11\n" in note_after(tmp_path, note, done_early)


def test_checkbox_lines_beyond_the_limit_are_a_problem_and_ignored(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "- [x] a\n" * MAX_TASKS + "- [ ] b\n- [ ] c\n")
    assert len(crm.catalog.follow_ups()) == MAX_TASKS
    (problem,) = crm.catalog.problems()
    message = "The note has more than 10,000 checkbox lines. They are ignored from this one on."
    assert (problem.line, problem.code, problem.message) == (MAX_TASKS + 1, "many-tasks", message)


def test_lines_with_the_same_text_keep_their_handles_when_one_is_done(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "- [ ] Same 🔁 every week 📅 2026-11-16\n- [ ] Same 🔁 every week 📅 2026-11-18\n- [ ] Same\n")
    first, second, third = (item.id for item in crm.catalog.follow_ups())
    follow_ups.done(crm, [first])
    follow_ups.done(crm, [second], early=True)
    follow_ups.done(crm, [third])
    assert body_of(crm).decode() == (
        "- [ ] Same 🔁 every week 📅 2026-11-23\n"
        "- [x] Same 🔁 every week 📅 2026-11-16 ✅ 2026-11-16\n"
        "- [ ] Same 🔁 every week 📅 2026-11-25\n"
        "- [x] Same 🔁 every week 📅 2026-11-18 ✅ 2026-11-16\n"
        "- [x] Same ✅ 2026-11-16\n"
    )


def test_a_byte_order_mark_is_kept_once(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "\ufeff- [ ] Bill 🔁 every week 📅 2026-11-16\n")
    follow_ups.done(crm, [items(crm)["Bill"].id])
    assert body_of(crm).decode() == ("\ufeff- [ ] Bill 🔁 every week 📅 2026-11-23\n- [x] Bill 🔁 every week 📅 2026-11-16 ✅ 2026-11-16\n")


def test_a_scheduled_date_that_cannot_be_moved_is_refused(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "- [ ] Someday ⏳ 9999-12-31 📅 2026-11-20\n")
    with pytest.raises(Refused, match="can't move that far"):
        follow_ups.snooze(crm, [items(crm)["Someday"].id], date(2026, 11, 27))


def test_drop_is_refused_without_a_cancelled_status(tmp_path: Path) -> None:
    settings = {"statusSettings": {"coreStatuses": [{"symbol": " ", "type": "TODO"}, {"symbol": "x", "type": "DONE"}]}}
    crm = crm_of(tmp_path, "- [ ] Send\n", **{PLUGIN: json.dumps(settings)})
    with pytest.raises(Refused, match="no status of the type 'cancelled'"):
        follow_ups.drop(crm, [items(crm)["Send"].id])


def test_one_invalid_setting_does_not_disable_the_others(tmp_path: Path) -> None:
    settings = {
        "globalFilter": "#task",
        "statusSettings": {"coreStatuses": None, "customStatuses": [{"type": "DONE"}, {"symbol": "\ud83d"}]},
    }
    crm = crm_of(tmp_path, "- [ ] a #task\n- [ ] b\n", **{PLUGIN: json.dumps(settings)})
    assert items(crm).keys() == {"a"}


def test_links_that_look_like_checkboxes_are_not_follow_ups(tmp_path: Path) -> None:
    assert items(crm_of(tmp_path, "- [1](http://x) a link\n- [x]: http://y\n- [x][y] z\n- [ ]glued\n")).keys() == {"glued"}


def test_a_date_that_the_plugin_would_not_read_is_a_problem(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, "- [ ] a 📅 2026-11-16.\n- [ ] b 📅 2026-11-16 see mail\n- [ ] c `📅 2026-11-16` d\n- [ ] e 📅 2026-11-16 #t\n")
    assert [(problem.line, problem.code) for problem in crm.catalog.problems()] == [(1, "unread-sign"), (2, "unread-sign")]


def test_a_decision_repeated_in_one_note_counts_once(tmp_path: Path) -> None:
    callouts = "".join(f"> [!decision] {text}\n\n" for text in ("We go", "We go", "Soon"))
    talk = f"---\ntype: interaction\ndate: 2026-11-04\ndecisions:\n  - We go\n---\n{callouts}"
    crm = crm_of(tmp_path, talk)
    assert sorted((decision.text, decision.kind) for decision in crm.catalog.decisions()) == [("Soon", "callout"), ("We go", "interaction")]
    note = crm.catalog.note("clients/Acme/Plan.md")
    assert note is not None
    assert note.excerpt == ""


def test_preferences_in_code_and_comments_do_not_count(tmp_path: Path) -> None:
    text = CLIENT + "## Preferences\n- a\n```\n- b\n```\n%%\n- c\n%%\n- d\n"
    crm = crm_of(tmp_path, "", **{"clients/Acme/Acme.md": text})
    assert [point.text for point in crm.catalog.points()] == ["a", "d"]
