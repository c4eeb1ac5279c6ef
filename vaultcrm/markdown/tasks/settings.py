"""How a vault writes its tasks."""

from typing import NamedTuple

STATUS_TYPES = ("todo", "in progress", "on hold", "done", "cancelled", "non-task")


class TaskSettings(NamedTuple):
    """How a vault writes its tasks; the defaults are those of the plug-in.

    `statuses` gives what is in the box its type, one of TYPES; what is not in it is todo.
    """

    global_filter: str = ""  # only lines that hold this text are tasks
    is_dataview: bool = False  # what is written into a line without a sign
    statuses: tuple[tuple[str, str], ...] = ((" ", "todo"), ("x", "done"), ("/", "in progress"), ("-", "cancelled"))
    sets_done_date: bool = True  # whether a day is written when a task is done,
    sets_cancelled_date: bool = True  # when it is cancelled,
    sets_created_date: bool = False  # and when its next occurrence is made
    recurs_on_next_line: bool = False  # the next occurrence stands below the one that is done
    removes_scheduled_date: bool = False  # and has no scheduled day, if it has another one
    task_note_property: tuple[str, str] | None = None  # the property, and its value, by which TaskNotes knows its notes

    def type_of(self, symbol: str) -> str:
        return dict(self.statuses).get(symbol, "todo")

    def symbol_for(self, kind: str) -> str:
        """What stands in the box of a task of this type; the plug-in's own sign where the vault has that, too."""
        usual = {"done": "x", "cancelled": "-", "todo": " "}[kind]
        known = [symbol for symbol, type_ in self.statuses if type_ == kind]
        return usual if usual in known or not known else known[0]


class TaskOverrides(NamedTuple):
    """The table `[tasks]` of the settings; None where it says nothing."""

    global_filter: str | None = None
    is_dataview: bool | None = None
    statuses: tuple[tuple[str, str], ...] = ()
