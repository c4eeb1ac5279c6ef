"""The lines of a brief: columns, a text that is cut or wrapped, and at the right the handle to act on it."""

from collections.abc import Sequence
from typing import NamedTuple

from vaultcrm.cli.brief.screen import Row, Screen, Section
from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.table import Cell, Column, fit_columns
from vaultcrm.cli.terminal import one_line, pad, truncate, width, wrap

_SUBTEXT = 4  # columns: the indent of what stands below a row with long columns
_MOST_LINES = 3  # of one row, where a screen has lines to spare
_NARROW = 30  # columns: a text of several lines needs more
_MIN_TEXT = 16  # columns that a row's text gets, however long its columns are


class _TextLine(NamedTuple):
    """A line of a text from the column `indent`: plain to be measured, and styled to be printed."""

    indent: int
    plain: str
    styled: str


class BriefLayout:
    """Prints for a terminal `columns` wide. A row takes at most `most_lines`, or as many as it needs for None.

    `handles` are the shortened handles by ID; None to name the file and line of each row in their place.
    """

    def __init__(self, context: CommandContext, columns: int, most_lines: int | None, handles: dict[str, str] | None) -> None:
        self.context = context
        self.out = context.out
        self.columns = columns
        self.most_lines = most_lines
        self.spare = 0  # lines that rows may take beyond that
        self.handles = handles

    def title(self, name: str, parts: Sequence[str], day: str) -> str:
        """The client's name and standing on the left, the day on the right."""
        standing = " · ".join(one_line(part) for part in parts if part)
        name = truncate(one_line(name), self.columns)
        space = self.columns - width(name) - width(day) - 2
        standing = truncate(standing, space - 3) if space > 6 else ""
        left = self.out.style(name, "bold") + ("   " + standing if standing else "")
        taken = width(name) + (3 + width(standing) if standing else 0)
        if self.columns - taken - width(day) < 2:
            return left
        return left + " " * (self.columns - taken - width(day)) + self.out.style(day, "dim")

    def heading(self, text: str, style: str = "", count: str = "") -> str:
        """The heading of a section, with a count behind it."""
        return self.out.style(one_line(text), f"{style} bold".strip()) + (self.out.style(f"  {count}", "dim") if count else "")

    def sentence(self, text: str, style: str = "") -> str:
        """A text of its own: cut to one line where each row is one, else wrapped."""
        text = one_line(text)
        return self.out.style(truncate(text, self.columns) if self.most_lines == 1 else "\n".join(wrap(text, self.columns)), style)

    def line(self, label: str, parts: Sequence[str], source: dict[str, str | int] | str = "", style: str = "", handle: str = "") -> str:
        """One row of a template's own: a label, texts, and the handle."""
        source = source if isinstance(source, dict) else {}
        row = Row((Cell(label, style or "dim"),), " · ".join(filter(None, parts)), "", str(source.get("path", "")), 1, handle)
        return "\n".join(self.rows([row], (Column(1),)))

    def section(self, section: Section, screen: Screen) -> str:
        """A section's heading and as many of its rows as the screen has room for; "" if that is none."""
        number = screen.shown[section.name]
        if not number and not section.note:
            return ""
        if section.is_line:
            text = self.sentence(f"{section.heading}: {section.rows[0].text}")
            return self.out.style(section.heading, "bold") + text.removeprefix(section.heading)
        lines = self.rows(section.visible(number), section.columns)
        if section.heading:
            total = len(section.rows) + section.uncounted
            count = f"{number} of {total}" if 0 < number < total else str(total) if total > 1 else ""
            lines.insert(0, self.heading(section.heading, section.style, count))
        if section.note:
            lines.append("  " + self.out.style(truncate(one_line(section.note), self.columns - 2), "dim"))
        return "\n".join(lines)

    def rows(self, rows: Sequence[Row], columns: Sequence[Column]) -> list[str]:
        """Each row as one line, or as several if texts wrap."""
        if not rows:
            return []
        marks = [self._mark(row) for row in rows]
        mark_width = max(map(width, marks), default=0)
        space = self.columns - 2 - (mark_width + 2 if mark_width else 0)
        rows, columns = _without_wide_columns(rows, columns, space - _MIN_TEXT)
        cleaned = [[Cell(one_line(cell.text), cell.style) for cell in row.lead] for row in rows]
        least = sum(
            (column.least if column.yields else max(map(width, texts))) + 2 for column, texts in zip(columns, _texts(cleaned), strict=True)
        )
        leads = (
            [cells for (cells,) in fit_columns(columns, cleaned, max(space - _MIN_TEXT, space // 2, least) - 2)]
            if columns
            else [[] for _ in rows]
        )
        lead_width = max((sum(width(cell.text) + 2 for cell in cells) for cells in leads), default=0)
        text_space = max(space - lead_width, 1)
        return [
            self._row(row, lead, lead_width, pad(mark, mark_width, right=True), text_space)
            for row, lead, mark in zip(rows, leads, marks, strict=True)
        ]  # fmt: skip

    def _row(self, row: Row, lead: Sequence[Cell], lead_width: int, mark: str, space: int) -> str:
        """One row: its columns, its text in `space` columns, and at the end of its last line the mark.

        Where the columns leave little room, a text of several lines begins below them.
        """
        columns = "".join(self.out.style(cell.text, cell.style) + "  " for cell in lead)
        columns += " " * (lead_width - sum(width(cell.text) + 2 for cell in lead))
        is_below = self.most_lines != 1 and space < _NARROW and lead_width > 0 and bool(row.text or row.more)
        lines = self._text_lines(row, _SUBTEXT if is_below else lead_width, lead_width + space)
        printed = [" " * line.indent + line.styled for line in lines]
        if is_below:
            printed.insert(0, columns.rstrip())
        else:
            printed[0] = columns + lines[0].styled
        if mark:
            last = lines[-1]
            printed[-1] += " " * (lead_width + space - last.indent - width(last.plain) + 2) + self.out.style(mark, "dim")
        return "\n".join("  " + line.rstrip() for line in printed)

    def _text_lines(self, row: Row, indent: int, end: int) -> list[_TextLine]:
        """A row's text in as many lines as it may take, from the column `indent` to the column `end`."""
        text, more = one_line(row.text), one_line(row.more)
        whole = f"{text} · {more}" if text and more and self.most_lines else text or more
        lines = wrap(whole, end - indent) or [""]
        if self.most_lines and len(lines) > self.most_lines:
            most = min(max(self.most_lines, _MOST_LINES), self.most_lines + self.spare, len(lines))
            self.spare -= max(most - self.most_lines, 0)
            lines = [*lines[: most - 1], truncate(" ".join(lines[most - 1 :]), end - indent)]
        result, position = [], 0
        for line in lines:
            shown = line[: max(len(text) - position, 0)] if text else ""
            result.append(_TextLine(indent, line, self._link(row, shown) + self.out.style(line[len(shown) :], "dim")))
            position += len(line) + 1
        if not self.most_lines and text:
            below = _SUBTEXT if indent > 2 * _SUBTEXT else indent  # long columns would leave little room
            for part in filter(str.strip, row.more.split("\n")):
                result += [_TextLine(below, line, self.out.style(line, "dim")) for line in wrap(one_line(part), end - below)]
        return result

    def _link(self, row: Row, text: str) -> str:
        return self.context.note_link(row.path, text) if row.path and text else text

    def _mark(self, row: Row) -> str:
        """What names the row at the right: its handle, or its file and line."""
        if self.handles is not None:
            return self.handles.get(row.id, row.id)
        if not row.path:
            return ""
        source, most = one_line(f"{row.path}:{row.line}"), self.columns // 2
        return source if width(source) <= most else "…" + source[-(most - 1) :]


def _without_wide_columns(rows: Sequence[Row], columns: Sequence[Column], space: int) -> tuple[Sequence[Row], Sequence[Column]]:
    """The rows with their last column behind the text if it may be left out and has no room: half an address helps nobody."""
    if not columns or columns[-1].least or not columns[-1].yields:
        return rows, columns
    widths = (max((width(row.lead[i].text) + 2 for row in rows), default=0) for i in range(len(columns)))
    if sum(widths) <= space:
        return rows, columns
    shorter = [row._replace(lead=row.lead[:-1], more=" · ".join(filter(None, (row.lead[-1].text, row.more)))) for row in rows]
    return shorter, columns[:-1]


def _texts(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """The texts of each column."""
    return [[cell.text for cell in column] for column in zip(*rows, strict=True)]
