"""The settings of a vault: what `vaultcrm.toml` says, and which folders hold templates."""

import os
from typing import NamedTuple

from vaultcrm.disk import files
from vaultcrm.errors import NotUnderstood, OutsideFailed, Unreadable
from vaultcrm.markdown.tasks.settings import Wishes
from vaultcrm.vault.plugin_settings import wishes

MARK = "vaultcrm.toml"


class Settings(NamedTuple):
    """What `vaultcrm.toml` says."""

    ignore: tuple[str, ...] = ()
    date_order: str = ""
    languages: tuple[str, ...] = ("english",)
    searches: tuple[tuple[str, str], ...] = ()  # saved ones: name and query
    tasks: Wishes = Wishes()
    autocommit: bool = False  # whether each command commits what it wrote


def find(start: str) -> str | None:
    """The root of the vault around a folder: the nearest one with a `vaultcrm.toml`."""
    folder = os.path.realpath(start)
    while not os.path.isfile(os.path.join(folder, MARK)):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    return folder


def read_settings(path: str) -> Settings:
    """The settings of a vault; a vault without any has the defaults. Raises NotUnderstood."""
    try:
        text = files.read(path, follow=True).data
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise OutsideFailed(f"{path} cannot be read: {error.strerror}.") from error
    except Unreadable as error:
        raise NotUnderstood(f"{path} cannot be read. {error.message}", "Make it a file of text.") from error
    if not any(line.strip() and not line.lstrip().startswith(b"#") for line in text.splitlines()):
        return Settings()
    import tomllib  # late: most vaults have no settings, and every command starts here

    try:
        table = tomllib.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # of what it cannot read, and of what would be too much
        raise NotUnderstood(f"{path} is not TOML: {error}.", "Mend it in your editor.") from error
    ignore, order = table.get("ignore", []), table.get("date_order", "")
    if not isinstance(ignore, list) or not all(isinstance(pattern, str) for pattern in ignore):
        raise NotUnderstood(f"{path}: ignore must be a list of names.", 'Write it like: ignore = ["archive", "*.draft.md"]')
    if order not in ("", "dmy", "mdy"):
        raise NotUnderstood(f"{path}: date_order must be dmy or mdy.", 'Write it like: date_order = "dmy"')
    languages = table.get("languages", ["english"])
    if not isinstance(languages, list) or not all(isinstance(language, str) for language in languages):
        raise NotUnderstood(f"{path}: languages must be a list of names.", 'Write it like: languages = ["english", "german"]')
    git = table.get("git", {})
    if not isinstance(git, dict) or not isinstance(autocommit := git.get("autocommit", False), bool):
        raise NotUnderstood(f"{path}: autocommit must be true or false.", "Write: [git], and below it autocommit = true")
    searches, tasks = _searches(path, table.get("search", {})), wishes(path, table.get("tasks", {}))
    return Settings(tuple(ignore), order, tuple(languages), searches, tasks, autocommit)


def _searches(path: str, table: object) -> tuple[tuple[str, str], ...]:
    """The saved searches: `[search.unpaid]` with `query = "…"`."""
    known = table.items() if isinstance(table, dict) else ()
    found = tuple((name, saved["query"]) for name, saved in known if isinstance(saved, dict) and isinstance(saved.get("query"), str))
    if not isinstance(table, dict) or len(found) < len(known):
        raise NotUnderstood(f"{path}: a saved search has a name and a query.", 'Write: [search.unpaid], and below it query = "tag:invoice"')
    return found
