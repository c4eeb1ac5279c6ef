"""The settings of a vault: what `vaultcrm.toml` says, and which folders hold templates."""

import os
from typing import Any, NamedTuple

from vaultcrm.disk import files
from vaultcrm.errors import ExternalError, InvalidInput, Unreadable
from vaultcrm.markdown.tasks.settings import STATUS_TYPES, TaskOverrides

SETTINGS_FILE = "vaultcrm.toml"


class Settings(NamedTuple):
    """What `vaultcrm.toml` says."""

    ignore: tuple[str, ...] = ()
    date_order: str = ""
    languages: tuple[str, ...] = ("english",)
    saved_searches: tuple[tuple[str, str], ...] = ()  # saved ones: name and query
    task_overrides: TaskOverrides = TaskOverrides()
    autocommit: bool = False  # whether each command commits what it wrote


def find_vault(start: str) -> str | None:
    """The root of the vault around a folder: the nearest one with a `vaultcrm.toml`."""
    folder = os.path.realpath(start)
    while not os.path.isfile(os.path.join(folder, SETTINGS_FILE)):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    return folder


def read_settings(path: str) -> Settings:
    """The settings of a vault; a vault without any has the defaults. Raises NotUnderstood."""
    try:
        text = files.read(path, follow_symlinks=True).data
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise ExternalError(f"{path} cannot be read: {error.strerror}.") from error
    except Unreadable as error:
        raise InvalidInput(f"{path} cannot be read. {error.message}", "Make it a file of text.") from error
    if not any(line.strip() and not line.lstrip().startswith(b"#") for line in text.splitlines()):
        return Settings()
    import tomllib  # late: most vaults have no settings, and every command starts here

    try:
        table = tomllib.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # of what it cannot read, and of what would be too much
        raise InvalidInput(f"{path} is not TOML: {error}.", "Mend it in your editor.") from error
    ignore, order = table.get("ignore", []), table.get("date_order", "")
    if not isinstance(ignore, list) or not all(isinstance(pattern, str) for pattern in ignore):
        raise InvalidInput(f"{path}: ignore must be a list of names.", 'Write it like: ignore = ["archive", "*.draft.md"]')
    if order not in ("", "dmy", "mdy"):
        raise InvalidInput(f"{path}: date_order must be dmy or mdy.", 'Write it like: date_order = "dmy"')
    languages = table.get("languages", ["english"])
    if not isinstance(languages, list) or not all(isinstance(language, str) for language in languages):
        raise InvalidInput(f"{path}: languages must be a list of names.", 'Write it like: languages = ["english", "german"]')
    git = table.get("git", {})
    if not isinstance(git, dict) or not isinstance(autocommit := git.get("autocommit", False), bool):
        raise InvalidInput(f"{path}: autocommit must be true or false.", "Write: [git], and below it autocommit = true")
    searches, tasks = _saved_searches(path, table.get("search", {})), parse_task_overrides(path, table.get("tasks", {}))
    return Settings(tuple(ignore), order, tuple(languages), searches, tasks, autocommit)


def _saved_searches(path: str, table: object) -> tuple[tuple[str, str], ...]:
    """The saved searches: `[search.unpaid]` with `query = "…"`."""
    known = table.items() if isinstance(table, dict) else ()
    found = tuple((name, saved["query"]) for name, saved in known if isinstance(saved, dict) and isinstance(saved.get("query"), str))
    if not isinstance(table, dict) or len(found) < len(known):
        raise InvalidInput(f"{path}: a saved search has a name and a query.", 'Write: [search.unpaid], and below it query = "tag:invoice"')
    return found


def parse_task_overrides(path: str, table: Any) -> TaskOverrides:  # Any: what TOML holds
    """The table `[tasks]`. Raises NotUnderstood for what it cannot mean."""
    if not isinstance(table, dict):
        raise InvalidInput(f"{path}: tasks must be a table.", 'Write: [tasks], and below it filter = "#task"')
    filter_, form, statuses = table.get("filter"), table.get("format"), table.get("statuses", {})
    if filter_ is not None and not isinstance(filter_, str):
        raise InvalidInput(f"{path}: the filter of tasks must be a text.", 'Write it like: filter = "#task"')
    if form not in (None, "emoji", "dataview"):
        raise InvalidInput(f"{path}: the format of tasks must be emoji or dataview.", 'Write it like: format = "emoji"')
    if not isinstance(statuses, dict) or not all(len(symbol) == 1 and kind in STATUS_TYPES for symbol, kind in statuses.items()):
        raise InvalidInput(
            f"{path}: a status of tasks is one character and one of: {', '.join(STATUS_TYPES)}.",
            'Write it like: statuses = { "!" = "todo" }',
        )
    return TaskOverrides(filter_, None if form is None else form == "dataview", tuple(statuses.items()))
