"""Read the settings of Obsidian's plugins that matter to vaultcrm, so that nobody has to configure them twice.

From the Tasks plugin: which text marks a line as a task (`globalFilter`), the form of its fields
(`taskFormat`), what each character in a checkbox means (`statusSettings`), which dates are added
(`setCreatedDate`, `setDoneDate`, `setCancelledDate`), and where the next occurrence of a recurring
task goes and whether it keeps its scheduled date (`recurrenceOnNextLine`, `removeScheduledDateOnRecurrence`).
From the TaskNotes plugin: by which tag or property it recognises a note as a task
(`taskIdentificationMethod`, `taskTag`, `taskPropertyName`, `taskPropertyValue`).
From Obsidian's templates and the Templater plugin: the folder that holds templates.

A settings file that can't be read counts as missing.
"""

import contextlib
import os
from collections.abc import Callable
from typing import Any

from vaultcrm.disk import files
from vaultcrm.errors import Unreadable
from vaultcrm.markdown.tasks.settings import STATUS_TYPES, TaskOverrides, TaskSettings

_TASKS = ".obsidian/plugins/obsidian-tasks-plugin/data.json"
_TASK_NOTES = ".obsidian/plugins/tasknotes/data.json"
TEMPLATES_FOLDER = "templates"  # of every vault
_TEMPLATE_FOLDERS = ((".obsidian/templates.json", "folder"), (".obsidian/plugins/templater-obsidian/data.json", "templates_folder"))

FILES = (_TASKS, _TASK_NOTES, *(path for path, _ in _TEMPLATE_FOLDERS))  # with settings that are read here


def fingerprint(root: str) -> str:
    """A text that changes whenever the settings of the Tasks or TaskNotes plugin may have changed."""
    return " ".join(_file_state(os.path.join(root, path)) for path in (_TASKS, _TASK_NOTES))


def _file_state(path: str) -> str:
    try:
        status = os.stat(path, follow_symlinks=False)
    except OSError:
        return "-"
    return f"{status.st_mtime_ns}:{status.st_size}:{status.st_ino}"


# Reads a file of the vault, by its path: its bytes, or None if it can't be read.
ReadFile = Callable[[str], bytes | None]


def task_settings(read: ReadFile, overrides: TaskOverrides) -> TaskSettings:
    """How tasks are read and written in a vault: the plugins' settings, with the overrides of `vaultcrm.toml`."""
    settings = _with_tasks_plugin(TaskSettings(), _read_json(read, _TASKS))
    settings = _with_task_notes(settings, _read_json(read, _TASK_NOTES))
    return settings._replace(
        global_filter=settings.global_filter if overrides.global_filter is None else overrides.global_filter,
        is_dataview=settings.is_dataview if overrides.is_dataview is None else overrides.is_dataview,
        statuses=tuple({**dict(settings.statuses), **dict(overrides.statuses)}.items()),
    )


def template_folders(read: ReadFile) -> frozenset[str]:
    """The folders that hold templates: `templates`, and those that the settings of Obsidian and Templater name."""
    folders = {TEMPLATES_FOLDER}
    for path, key in _TEMPLATE_FOLDERS:
        data = _read_json(read, path)
        folder = data.get(key) if isinstance(data, dict) else None
        if isinstance(folder, str) and folder.strip("/"):
            folders.add(folder.strip("/"))
    return frozenset(folders)


def reader(root: str) -> ReadFile:
    """Reads files of the vault at `root`."""

    def read(path: str) -> bytes | None:
        try:
            return files.read(os.path.join(root, path)).data
        except (OSError, Unreadable):
            return None

    return read


def _read_json(read: ReadFile, path: str) -> Any:  # Any: the file may hold anything
    """What a JSON file holds; None if it can't be read."""
    text = read(path)
    if text is None:
        return None
    import json  # late: only for vaults with these settings

    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(text)
    return None


def _with_tasks_plugin(settings: TaskSettings, data: Any) -> TaskSettings:  # Any: as above
    """The settings, with those in the Tasks plugin's `data.json`."""
    if not isinstance(data, dict):
        return settings
    global_filter = data.get("globalFilter")
    return settings._replace(
        global_filter=global_filter if isinstance(global_filter, str) else settings.global_filter,
        is_dataview=data.get("taskFormat") == "dataview",
        statuses=_statuses(data.get("statusSettings")) or settings.statuses,
        sets_done_date=data.get("setDoneDate") is not False,
        sets_cancelled_date=data.get("setCancelledDate") is not False,
        sets_created_date=data.get("setCreatedDate") is True,
        recurs_on_next_line=data.get("recurrenceOnNextLine") is True,
        removes_scheduled_date=data.get("removeScheduledDateOnRecurrence") is True,
    )


def _statuses(data: Any) -> tuple[tuple[str, str], ...]:  # Any: as above
    """The plugin's statuses: the character in the checkbox, and its type. Invalid ones are left out."""
    lists = [data.get(name) for name in ("coreStatuses", "customStatuses")] if isinstance(data, dict) else []
    types = {}
    for status in (status for statuses in lists if isinstance(statuses, list) for status in statuses if isinstance(status, dict)):
        symbol = status.get("symbol")
        status_type = str(status.get("type", "TODO")).lower().replace("_", " ").replace("non task", "non-task")
        if isinstance(symbol, str) and len(symbol) == 1 and (symbol.isprintable() or symbol == "\t") and status_type in STATUS_TYPES:
            types[symbol] = status_type
    return tuple(types.items())


def _with_task_notes(settings: TaskSettings, data: Any) -> TaskSettings:  # Any: as above
    """The settings, with the tag or property by which TaskNotes recognises a note as a task."""
    if not isinstance(data, dict):
        return settings
    if data.get("taskIdentificationMethod") == "property":
        name, value = data.get("taskPropertyName"), data.get("taskPropertyValue")
        return settings._replace(task_note_property=(name, str(value or ""))) if isinstance(name, str) and name else settings
    tag = data.get("taskTag")
    return settings._replace(task_note_property=("tags", tag.lstrip("#") if isinstance(tag, str) and tag else "task"))
