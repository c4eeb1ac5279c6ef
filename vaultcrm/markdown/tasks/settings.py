"""How a vault writes its tasks."""

from typing import NamedTuple

STATUS_TYPES = ("todo", "in progress", "on hold", "done", "cancelled", "non-task")


class TaskSettings(NamedTuple):
    """How a vault writes its tasks; the defaults are those of the Tasks plugin.

    `statuses` maps the symbol in the box to a type, one of STATUS_TYPES; any other symbol is "todo".
    """

    global_filter: str = ""  # only lines that contain this text are tasks
    is_dataview: bool = False  # the form of a field added to a line without fields
    statuses: tuple[tuple[str, str], ...] = ((" ", "todo"), ("x", "done"), ("/", "in progress"), ("-", "cancelled"))
    sets_done_date: bool = True  # when a task is done
    sets_cancelled_date: bool = True  # when it is cancelled
    sets_created_date: bool = False  # when its next occurrence is created
    recurs_on_next_line: bool = False  # the next occurrence goes below the completed one, not above
    removes_scheduled_date: bool = False  # the next occurrence has no scheduled date if it has another date
    task_note_property: tuple[str, str] | None = None  # the property and its value that mark a note as a task for TaskNotes

    def type_of(self, symbol: str) -> str:
        return dict(self.statuses).get(symbol, "todo")

    def symbol_for(self, status_type: str) -> str:
        """The symbol for "done", "cancelled" or "todo": the plugin's default if the vault has it or none of that type, else its first."""
        default = {"done": "x", "cancelled": "-", "todo": " "}[status_type]
        symbols = [symbol for symbol, type_ in self.statuses if type_ == status_type]
        return default if default in symbols or not symbols else symbols[0]


class TaskOverrides(NamedTuple):
    """The `[tasks]` table of `vaultcrm.toml`; None for a setting that it leaves out."""

    global_filter: str | None = None
    is_dataview: bool | None = None
    statuses: tuple[tuple[str, str], ...] = ()
