"""How a vault writes its tasks."""

from typing import NamedTuple

TYPES = ("todo", "in progress", "on hold", "done", "cancelled", "non-task")


class Habits(NamedTuple):
    """How a vault writes its tasks; the defaults are those of the plug-in.

    `statuses` gives what is in the box its type, one of TYPES; what is not in it is todo.
    """

    filter: str = ""  # only lines that hold this text are tasks
    is_dataview: bool = False  # what is written into a line without a sign
    statuses: tuple[tuple[str, str], ...] = ((" ", "todo"), ("x", "done"), ("/", "in progress"), ("-", "cancelled"))
    keeps_done: bool = True  # whether a day is written when a task is done,
    keeps_cancelled: bool = True  # when it is cancelled,
    keeps_created: bool = False  # and when its next occurrence is made
    next_below: bool = False  # the next occurrence stands below the one that is done
    drops_scheduled: bool = False  # and has no scheduled day, if it has another one
    task_note: tuple[str, str] | None = None  # the property, and its value, by which TaskNotes knows its notes

    def type_of(self, symbol: str) -> str:
        return dict(self.statuses).get(symbol, "todo")

    def symbol_for(self, kind: str) -> str:
        """What stands in the box of a task of this type; the plug-in's own sign where the vault has that, too."""
        usual = {"done": "x", "cancelled": "-", "todo": " "}[kind]
        known = [symbol for symbol, type_ in self.statuses if type_ == kind]
        return usual if usual in known or not known else known[0]


class Wishes(NamedTuple):
    """The table `[tasks]` of the settings; None where it says nothing."""

    filter: str | None = None
    is_dataview: bool | None = None
    statuses: tuple[tuple[str, str], ...] = ()
