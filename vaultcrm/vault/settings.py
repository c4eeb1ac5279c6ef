"""Read a vault's settings from `vaultcrm.toml`, and find the vault around a folder."""

import os
from typing import Any, NamedTuple

from vaultcrm.disk import files
from vaultcrm.errors import ExternalError, InvalidInput, Unreadable
from vaultcrm.markdown.tasks.settings import STATUS_TYPES, TaskOverrides

SETTINGS_FILE = "vaultcrm.toml"


class Settings(NamedTuple):
    """The settings in `vaultcrm.toml`, or their defaults."""

    ignore: tuple[str, ...] = ()  # names or paths, with wildcards
    date_order: str = ""  # "dmy", "mdy", or "" if a date like 03/04 is refused
    languages: tuple[str, ...] = ("english",)  # whose word forms search knows
    saved_searches: tuple[tuple[str, str], ...] = ()  # name and query of each
    task_overrides: TaskOverrides = TaskOverrides()
    autocommit: bool = False  # whether each command commits what it wrote


def find_vault(start: str) -> str | None:
    """The nearest folder with a `vaultcrm.toml`: `start` or one above it. None if there is none."""
    folder = os.path.realpath(start)
    while not os.path.isfile(os.path.join(folder, SETTINGS_FILE)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def read_settings(path: str) -> Settings:
    """The settings in a `vaultcrm.toml`; the defaults if there is no such file. Raises InvalidInput, ExternalError."""
    try:
        text = files.read(path, follow_symlinks=True).data
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise ExternalError(f"{path} can't be read: {error.strerror}.") from error
    except Unreadable as error:
        raise InvalidInput(f"{path} can't be read. {error.message}", "It has to be a regular text file.") from error
    if not any(line.strip() and not line.lstrip().startswith(b"#") for line in text.splitlines()):
        return Settings()
    import tomllib  # late: most vaults have no settings, and every command starts here

    try:
        table = tomllib.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # tomllib's errors, and those of Python's own limits
        raise InvalidInput(f"{path} is not valid TOML: {error}.", "Fix it in your editor.") from error
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
        raise InvalidInput(f"{path}: autocommit must be true or false.", "Write [git] and below it: autocommit = true")
    searches, tasks = _saved_searches(path, table.get("search", {})), parse_task_overrides(path, table.get("tasks", {}))
    return Settings(tuple(ignore), order, tuple(languages), searches, tasks, autocommit)


def _saved_searches(path: str, table: object) -> tuple[tuple[str, str], ...]:
    """The saved searches: `[search.unpaid]` with `query = "…"`."""
    items = table.items() if isinstance(table, dict) else ()
    searches = tuple((name, search["query"]) for name, search in items if isinstance(search, dict) and isinstance(search.get("query"), str))
    if not isinstance(table, dict) or len(searches) < len(items):
        raise InvalidInput(
            f"{path}: a saved search must have a name and a query.", 'Write [search.unpaid] and below it: query = "tag:invoice"'
        )
    return searches


def parse_task_overrides(path: str, table: Any) -> TaskOverrides:  # Any: what TOML holds
    """The table `[tasks]` of the settings file `path`. Raises InvalidInput for invalid values."""
    if not isinstance(table, dict):
        raise InvalidInput(f"{path}: tasks must be a table.", 'Write [tasks] and below it: filter = "#task"')
    global_filter, task_format, statuses = table.get("filter"), table.get("format"), table.get("statuses", {})
    if global_filter is not None and not isinstance(global_filter, str):
        raise InvalidInput(f"{path}: filter in [tasks] must be text.", 'Write it like: filter = "#task"')
    if task_format not in (None, "emoji", "dataview"):
        raise InvalidInput(f"{path}: format in [tasks] must be emoji or dataview.", 'Write it like: format = "emoji"')
    if not isinstance(statuses, dict) or not all(len(symbol) == 1 and type_ in STATUS_TYPES for symbol, type_ in statuses.items()):
        raise InvalidInput(
            f"{path}: statuses in [tasks] must map a character to one of: {', '.join(STATUS_TYPES)}.",
            'Write it like: statuses = { "!" = "todo" }',
        )
    return TaskOverrides(global_filter, None if task_format is None else task_format == "dataview", tuple(statuses.items()))
