"""What of a brief fits on one screen: which sections are cut, and by how much."""

from collections.abc import Sequence
from typing import NamedTuple

from vaultcrm.cli.table import Cell, Column


class Row(NamedTuple):
    """One line of a brief: the columns before the text, the text, and what is good to know as far as there's room.

    `id` is the handle of what the line is about, at `line` in the file `path`; empty for none. A row that `must_stay`
    is cut only where even such rows don't fit.
    """

    lead: tuple[Cell, ...]
    text: str
    more: str = ""
    path: str = ""
    line: int = 1
    id: str = ""
    must_stay: bool = False


class Section(NamedTuple):
    """Rows below a heading, or without one; `columns` describe what comes before the text. A screen usually shows `usual` rows.

    `uncounted` are rows that aren't listed at all because they're far ahead; `note` says so below the others.
    With `is_line`, the only row stands behind the heading. The last row is never left out if `keeps_last`.
    """

    name: str
    heading: str
    rows: Sequence[Row]
    columns: Sequence[Column] = ()
    style: str = ""
    usual: int = 100
    uncounted: int = 0
    note: str = ""
    is_line: bool = False
    keeps_last: bool = False

    def visible(self, number: int) -> Sequence[Row]:
        """So many of the rows."""
        if self.keeps_last and 0 < number < len(self.rows):
            return [*self.rows[: number - 1], self.rows[-1]]
        return self.rows[:number]

    def lines(self, shown: int) -> int:
        """The number of lines that so many of its rows take."""
        if self.is_line or not (shown or self.note):
            return shown
        return shown + bool(self.heading) + bool(self.note)


class Screen(NamedTuple):
    """How many rows of each section are shown, by its name; `is_airy`: with an empty line before each heading.

    `spare` are lines that are left for texts that are longer than a line.
    """

    shown: dict[str, int]
    is_airy: bool
    spare: int = 0


# What a screen gives up, first to last. Who owes what today, and how to reach them, comes after all of it.
_GIVEN_UP = (
    "feedback", "preferences", "missing", "about", "questions", "talks", "agreed", "problems", "since", "planned", "they_owe", "you_owe",
)  # fmt: skip
_LAST_RESORT = ("left", "mentions", "projects", "people", "they_owe", "you_owe")  # where even rows that must stay don't fit
_GROWING = ("agreed", "talks", "preferences", "questions", "feedback")  # what gets the lines that are to spare
_LEAST = 2  # rows of a section that must stay


def fit_screen(sections: Sequence[Section], height: int | None) -> Screen:
    """Which rows to show in at most `height` lines; without a height, what a screen usually shows and twice as much of lists."""
    by_name = {section.name: section for section in sections}
    if height is None:
        return Screen({section.name: min(len(section.rows), 2 * section.usual) for section in sections}, is_airy=True)
    shown = {section.name: min(len(section.rows), section.usual) for section in sections}

    def excess() -> int:
        return count_lines(sections, shown) - height

    for name, least in (*((name, 0) for name in _GIVEN_UP), *((name, _LEAST) for name in _LAST_RESORT)):
        if name in by_name:
            rows = by_name[name].rows
            kept = least or sum(row.must_stay for row in rows)
            while shown[name] > kept and excess() > 0:
                shown[name] -= 1
    headings = sum(1 for section in sections if section.heading and section.lines(shown[section.name]))
    headings += is_cut(sections, shown)  # what is left out stands apart as well
    is_airy = headings <= -excess()
    spare = -excess() - (headings if is_airy else 0)
    growing = [name for name in _GROWING if shown.get(name)]
    while spare > 0 and growing:
        for name in list(growing):
            if shown[name] == len(by_name[name].rows):
                growing.remove(name)
            elif spare > 0:
                shown[name] += 1
                spare -= 1
    return Screen(shown, is_airy, max(spare, 0))


def count_lines(sections: Sequence[Section], shown: dict[str, int]) -> int:
    """The number of lines that these rows take with their headings, and with the line that says what is left out."""
    return sum(section.lines(shown[section.name]) for section in sections) + is_cut(sections, shown)


def is_cut(sections: Sequence[Section], shown: dict[str, int]) -> bool:
    """Whether some rows are left out."""
    return any(shown[section.name] < len(section.rows) for section in sections)
