"""The settings of Obsidian's plugins, and the overrides in `vaultcrm.toml`."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support import make_vault, write_files
from vaultcrm.markdown.tasks.settings import TaskOverrides, TaskSettings
from vaultcrm.vault.plugin_settings import fingerprint, reader, task_settings, template_folders

TASKS = ".obsidian/plugins/obsidian-tasks-plugin/data.json"
TASK_NOTES = ".obsidian/plugins/tasknotes/data.json"
NO_OVERRIDES = TaskOverrides()


def write_json(root: Path, path: str, data: Any) -> None:  # Any: whatever JSON can hold
    write_files(root, {path: json.dumps(data)})


def test_without_plugins_the_defaults_apply(tmp_path: Path) -> None:
    assert task_settings(reader(str(tmp_path)), NO_OVERRIDES) == TaskSettings()


def test_every_setting_of_the_tasks_plugin_is_read(tmp_path: Path) -> None:
    data = {
        "globalFilter": "#task", "taskFormat": "dataview", "setDoneDate": False, "setCancelledDate": False, "setCreatedDate": True,
        "recurrenceOnNextLine": True, "removeScheduledDateOnRecurrence": True,
        "statusSettings": {
            "coreStatuses": [{"symbol": " ", "type": "TODO"}, {"symbol": "x", "type": "DONE"}],
            "customStatuses": [
                {"symbol": "/", "type": "IN_PROGRESS"}, {"symbol": "h", "type": "ON_HOLD"}, {"symbol": "?", "type": "NON_TASK"},
                {"symbol": "!"},
            ],
        },
    }  # fmt: skip
    write_json(tmp_path, TASKS, data)
    assert task_settings(reader(str(tmp_path)), NO_OVERRIDES) == TaskSettings(
        global_filter="#task",
        is_dataview=True,
        statuses=((" ", "todo"), ("x", "done"), ("/", "in progress"), ("h", "on hold"), ("?", "non-task"), ("!", "todo")),
        sets_done_date=False,
        sets_cancelled_date=False,
        sets_created_date=True,
        recurs_on_next_line=True,
        removes_scheduled_date=True,
    )


@pytest.mark.parametrize("data", [{}, [], None, 7, {"globalFilter": 7, "taskFormat": 1, "statusSettings": [], "setDoneDate": "no"}])
def test_settings_of_the_tasks_plugin_that_make_no_sense_have_their_defaults(data: Any, tmp_path: Path) -> None:
    write_json(tmp_path, TASKS, data)
    assert task_settings(reader(str(tmp_path)), NO_OVERRIDES) == TaskSettings()


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, b"\xff"])
def test_settings_that_cannot_be_read_have_their_defaults(text: str | bytes, tmp_path: Path) -> None:
    write_files(tmp_path, {TASKS: text, TASK_NOTES: text})
    assert task_settings(reader(str(tmp_path)), NO_OVERRIDES) == TaskSettings()


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([{"symbol": "a", "type": "DONE"}, {"symbol": "a", "type": "TODO"}], (("a", "todo"),)),
        ([{"symbol": "\t", "type": "DONE"}], (("\t", "done"),)),
        ([{"symbol": "ab", "type": "DONE"}, {"symbol": "", "type": "DONE"}, {"symbol": 1, "type": "DONE"}], TaskSettings().statuses),
        ([{"symbol": "\x07", "type": "DONE"}, {"symbol": "a", "type": "MAYBE"}, {"type": "DONE"}, "a"], TaskSettings().statuses),
    ],
)
def test_invalid_statuses_are_left_out_and_the_last_of_a_character_counts(
    statuses: list[Any], expected: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    write_json(tmp_path, TASKS, {"statusSettings": {"coreStatuses": statuses, "customStatuses": {}}})
    assert task_settings(reader(str(tmp_path)), NO_OVERRIDES).statuses == expected


@pytest.mark.parametrize(
    ("data", "task_note_property"),
    [
        ({}, ("tags", "task")),
        ({"taskTag": "#todo"}, ("tags", "todo")),
        ({"taskTag": 7}, ("tags", "task")),
        ({"taskIdentificationMethod": "tag", "taskTag": "todo", "taskPropertyName": "kind"}, ("tags", "todo")),
        ({"taskIdentificationMethod": "property", "taskPropertyName": "kind", "taskPropertyValue": "Task"}, ("kind", "Task")),
        ({"taskIdentificationMethod": "property", "taskPropertyName": "done", "taskPropertyValue": True}, ("done", "True")),
        ({"taskIdentificationMethod": "property", "taskPropertyName": "kind"}, ("kind", "")),
        ({"taskIdentificationMethod": "property", "taskPropertyName": ""}, None),
        ({"taskIdentificationMethod": "property", "taskPropertyName": 7}, None),
        ([], None),
    ],
)
def test_tasknotes_recognises_a_task_by_tag_or_property(data: Any, task_note_property: tuple[str, str] | None, tmp_path: Path) -> None:
    write_json(tmp_path, TASK_NOTES, data)
    assert task_settings(reader(str(tmp_path)), NO_OVERRIDES) == TaskSettings(task_note_property=task_note_property)


def test_the_overrides_of_the_vault_come_before_the_plugins_settings(tmp_path: Path) -> None:
    write_json(tmp_path, TASKS, {"globalFilter": "#task", "taskFormat": "dataview"})
    write_json(tmp_path, TASK_NOTES, {})
    assert task_settings(reader(str(tmp_path)), TaskOverrides("", False, (("/", "on hold"), ("!", "todo")))) == TaskSettings(
        statuses=((" ", "todo"), ("x", "done"), ("/", "on hold"), ("-", "cancelled"), ("!", "todo")), task_note_property=("tags", "task")
    )
    assert task_settings(reader(str(tmp_path)), TaskOverrides(is_dataview=False))[:2] == ("#task", False)
    assert task_settings(reader(str(tmp_path)), TaskOverrides(global_filter="#do"))[:2] == ("#do", True)


@pytest.mark.parametrize("path", [TASKS, TASK_NOTES])
def test_the_fingerprint_changes_when_a_plugins_settings_change(path: str, tmp_path: Path) -> None:
    root = str(tmp_path)
    seen = [fingerprint(root)]
    assert seen == ["- -"]
    write_files(tmp_path, {path: "{}"})
    seen.append(fingerprint(root))
    write_files(tmp_path, {path: "{ }"})
    seen.append(fingerprint(root))
    os.utime(tmp_path / path, ns=(1, 1))
    seen.append(fingerprint(root))
    (tmp_path / path).rename(tmp_path / "old")  # another file with the same time and size
    write_files(tmp_path, {path: "{ }"})
    os.utime(tmp_path / path, ns=(1, 1))
    seen.append(fingerprint(root))
    assert len(set(seen)) == 5
    assert fingerprint(root) == seen[-1]


def test_a_vault_reads_changed_settings_again(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": '[tasks]\nformat = "dataview"\n'})
    states = [vault.task_settings_state()]
    assert vault.task_settings == TaskSettings(is_dataview=True)
    assert vault.task_settings is vault.task_settings
    write_json(tmp_path / "vault", TASKS, {"globalFilter": "#task"})
    states.append(vault.task_settings_state())
    assert vault.task_settings == TaskSettings("#task", True)
    states.append(make_vault(tmp_path / "vault", {"vaultcrm.toml": ""}).task_settings_state())
    assert len(set(states)) == 3


def test_the_template_folders_are_those_of_vaultcrm_obsidian_and_templater(tmp_path: Path) -> None:
    assert template_folders(reader(str(tmp_path))) == {"templates"}
    write_json(tmp_path, ".obsidian/templates.json", {"folder": "Extras/Forms/"})
    write_json(tmp_path, ".obsidian/plugins/templater-obsidian/data.json", {"templates_folder": "/Snippets"})
    assert template_folders(reader(str(tmp_path))) == {"templates", "Extras/Forms", "Snippets"}
