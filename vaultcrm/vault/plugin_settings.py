"""How a vault writes its tasks: what `vaultcrm.toml` says, else what the plug-ins' own settings say.

Whoever uses the plug-in Tasks has told it already which tag marks a task and what `[!]` means; it
is not asked again. Every way in gives the defaults for what it cannot read.
"""

import contextlib
import os
from typing import Any

from vaultcrm.disk import files
from vaultcrm.errors import Unreadable
from vaultcrm.markdown.tasks.settings import STATUS_TYPES, TaskOverrides, TaskSettings

_TASKS = ".obsidian/plugins/obsidian-tasks-plugin/data.json"
_TASK_NOTES = ".obsidian/plugins/tasknotes/data.json"


def fingerprint(root: str) -> str:
    """Another text as soon as a plug-in's settings may be others."""
    return " ".join(_file_state(os.path.join(root, path)) for path in (_TASKS, _TASK_NOTES))


def _file_state(path: str) -> str:
    try:
        status = os.stat(path, follow_symlinks=False)
    except OSError:
        return "-"
    return f"{status.st_mtime_ns}:{status.st_size}:{status.st_ino}"


def task_settings(root: str, overrides: TaskOverrides) -> TaskSettings:
    """How tasks are read and written in a vault."""
    found = TaskSettings()
    found = _with_task_notes_settings(
        _read_json(os.path.join(root, _TASK_NOTES)), _with_tasks_settings(_read_json(os.path.join(root, _TASKS)), found)
    )
    return found._replace(
        global_filter=found.global_filter if overrides.global_filter is None else overrides.global_filter,
        is_dataview=found.is_dataview if overrides.is_dataview is None else overrides.is_dataview,
        statuses=tuple({**dict(found.statuses), **dict(overrides.statuses)}.items()),
    )


def _read_json(path: str) -> Any:  # Any: whatever somebody wrote there
    try:
        text = files.read(path).data
    except (OSError, Unreadable):
        return None
    import json  # late: only for vaults with these plug-ins

    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(text)
    return None


def _with_tasks_settings(table: Any, found: TaskSettings) -> TaskSettings:  # Any: as above
    """The settings of the plug-in Tasks."""
    if not isinstance(table, dict):
        return found
    filter_ = table.get("globalFilter")
    return found._replace(
        global_filter=filter_ if isinstance(filter_, str) else found.global_filter,
        is_dataview=table.get("taskFormat") == "dataview",
        statuses=_statuses(table.get("statusSettings")) or found.statuses,
        sets_done_date=table.get("setDoneDate") is not False,
        sets_cancelled_date=table.get("setCancelledDate") is not False,
        sets_created_date=table.get("setCreatedDate") is True,
        recurs_on_next_line=table.get("recurrenceOnNextLine") is True,
        removes_scheduled_date=table.get("removeScheduledDateOnRecurrence") is True,
    )


def _statuses(known: Any) -> tuple[tuple[str, str], ...]:  # Any: as above
    """The statuses of the plug-in by what stands in the box; what makes no sense is passed over."""
    lists = [known.get(name) for name in ("coreStatuses", "customStatuses")] if isinstance(known, dict) else []
    found = {}
    for one in (one for listed in lists if isinstance(listed, list) for one in listed if isinstance(one, dict)):
        symbol, kind = one.get("symbol"), str(one.get("type", "TODO")).lower().replace("_", " ").replace("non task", "non-task")
        if isinstance(symbol, str) and len(symbol) == 1 and (symbol.isprintable() or symbol == "\t") and kind in STATUS_TYPES:
            found[symbol] = kind
    return tuple(found.items())


def _with_task_notes_settings(table: Any, found: TaskSettings) -> TaskSettings:  # Any: as above
    """How the plug-in TaskNotes knows a note that is a task: by a tag, or by a property."""
    if not isinstance(table, dict):
        return found
    if table.get("taskIdentificationMethod") == "property":
        name, value = table.get("taskPropertyName"), table.get("taskPropertyValue")
        return found._replace(task_note_property=(name, str(value or ""))) if isinstance(name, str) and name else found
    tag = table.get("taskTag")
    return found._replace(task_note_property=("tags", tag.lstrip("#") if isinstance(tag, str) and tag else "task"))


def template_folders(root: str) -> frozenset[str]:
    """The folders that hold templates: ours, and those that Obsidian's settings name."""
    found = {"templates"}
    for path, key in (("templates.json", "folder"), ("plugins/templater-obsidian/data.json", "templates_folder")):
        try:
            text = files.read(os.path.join(root, ".obsidian", path)).data
        except (OSError, Unreadable):
            continue
        import json  # late: only for vaults whose Obsidian has templates

        with contextlib.suppress(ValueError, AttributeError, RecursionError):
            folder = json.loads(text).get(key)
            if isinstance(folder, str) and folder.strip("/"):
                found.add(folder.strip("/"))
    return frozenset(found)
