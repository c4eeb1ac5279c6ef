"""How a vault writes its tasks: what `vaultcrm.toml` says, else what the plug-ins' own settings say.

Whoever uses the plug-in Tasks has told it already which tag marks a task and what `[!]` means; it
is not asked again. Every way in gives the defaults for what it cannot read.
"""

import contextlib
import os
from typing import Any

from vaultcrm.disk import files
from vaultcrm.errors import NotUnderstood, Unreadable
from vaultcrm.markdown.tasks.settings import TYPES, Habits, Wishes

_TASKS = ".obsidian/plugins/obsidian-tasks-plugin/data.json"
_TASK_NOTES = ".obsidian/plugins/tasknotes/data.json"


def wishes(path: str, table: Any) -> Wishes:  # Any: what TOML holds
    """The table `[tasks]`. Raises NotUnderstood for what it cannot mean."""
    if not isinstance(table, dict):
        raise NotUnderstood(f"{path}: tasks must be a table.", 'Write: [tasks], and below it filter = "#task"')
    filter_, form, statuses = table.get("filter"), table.get("format"), table.get("statuses", {})
    if filter_ is not None and not isinstance(filter_, str):
        raise NotUnderstood(f"{path}: the filter of tasks must be a text.", 'Write it like: filter = "#task"')
    if form not in (None, "emoji", "dataview"):
        raise NotUnderstood(f"{path}: the format of tasks must be emoji or dataview.", 'Write it like: format = "emoji"')
    if not isinstance(statuses, dict) or not all(len(symbol) == 1 and kind in TYPES for symbol, kind in statuses.items()):
        raise NotUnderstood(
            f"{path}: a status of tasks is one character and one of: {', '.join(TYPES)}.", 'Write it like: statuses = { "!" = "todo" }'
        )
    return Wishes(filter_, None if form is None else form == "dataview", tuple(statuses.items()))


def stamp(root: str) -> str:
    """Another text as soon as a plug-in's settings may be others."""
    return " ".join(_look(os.path.join(root, path)) for path in (_TASKS, _TASK_NOTES))


def _look(path: str) -> str:
    try:
        status = os.stat(path, follow_symlinks=False)
    except OSError:
        return "-"
    return f"{status.st_mtime_ns}:{status.st_size}:{status.st_ino}"


def habits(root: str, said: Wishes) -> Habits:
    """How tasks are read and written in a vault."""
    found = Habits()
    found = _of_task_notes(_json(os.path.join(root, _TASK_NOTES)), _of_tasks(_json(os.path.join(root, _TASKS)), found))
    return found._replace(
        filter=found.filter if said.filter is None else said.filter,
        is_dataview=found.is_dataview if said.is_dataview is None else said.is_dataview,
        statuses=tuple({**dict(found.statuses), **dict(said.statuses)}.items()),
    )


def _json(path: str) -> Any:  # Any: whatever somebody wrote there
    try:
        text = files.read(path).data
    except (OSError, Unreadable):
        return None
    import json  # late: only for vaults with these plug-ins

    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(text)
    return None


def _of_tasks(table: Any, found: Habits) -> Habits:  # Any: as above
    """The settings of the plug-in Tasks."""
    if not isinstance(table, dict):
        return found
    filter_ = table.get("globalFilter")
    return found._replace(
        filter=filter_ if isinstance(filter_, str) else found.filter,
        is_dataview=table.get("taskFormat") == "dataview",
        statuses=_statuses(table.get("statusSettings")) or found.statuses,
        keeps_done=table.get("setDoneDate") is not False,
        keeps_cancelled=table.get("setCancelledDate") is not False,
        keeps_created=table.get("setCreatedDate") is True,
        next_below=table.get("recurrenceOnNextLine") is True,
        drops_scheduled=table.get("removeScheduledDateOnRecurrence") is True,
    )


def _statuses(known: Any) -> tuple[tuple[str, str], ...]:  # Any: as above
    """The statuses of the plug-in by what stands in the box; what makes no sense is passed over."""
    lists = [known.get(name) for name in ("coreStatuses", "customStatuses")] if isinstance(known, dict) else []
    found = {}
    for one in (one for listed in lists if isinstance(listed, list) for one in listed if isinstance(one, dict)):
        symbol, kind = one.get("symbol"), str(one.get("type", "TODO")).lower().replace("_", " ").replace("non task", "non-task")
        if isinstance(symbol, str) and len(symbol) == 1 and (symbol.isprintable() or symbol == "\t") and kind in TYPES:
            found[symbol] = kind
    return tuple(found.items())


def _of_task_notes(table: Any, found: Habits) -> Habits:  # Any: as above
    """How the plug-in TaskNotes knows a note that is a task: by a tag, or by a property."""
    if not isinstance(table, dict):
        return found
    if table.get("taskIdentificationMethod") == "property":
        name, value = table.get("taskPropertyName"), table.get("taskPropertyValue")
        return found._replace(task_note=(name, str(value or ""))) if isinstance(name, str) and name else found
    tag = table.get("taskTag")
    return found._replace(task_note=("tags", tag.lstrip("#") if isinstance(tag, str) and tag else "task"))


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
