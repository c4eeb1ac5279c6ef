"""Tables without rules, fitted to the width of a terminal."""

from collections.abc import Sequence
from typing import NamedTuple

from vaultcrm.cli.terminal import truncate, width, wrap

_MIN_WIDTH = 4  # columns: of any text, even in a very narrow terminal
_MIN_OPTIONAL = 12  # columns: less than this of an optional text is of no use


class Column(NamedTuple):
    """How a column shrinks. Where space is short, the one with the highest `yields` shrinks first, down to `least`.

    Text that doesn't fit is truncated, or continues on the next line when the column `wraps`. A column
    whose `least` is 0 is left out rather than shown in scraps.
    """

    yields: int = 0  # 0: never
    least: int = 8
    right: bool = False
    wraps: bool = False


class Cell(NamedTuple):
    """Text and its style: a colour, "bold", "dim", or several of them."""

    text: str
    style: str = ""


def fit_columns(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], space: int | None, gap: int = 2) -> list[list[list[Cell]]]:
    """The rows padded to one width per column and fitted into `space` columns of the terminal; None for no limit.

    Each row is one line of cells, or several where it wraps. The last column is not padded, and a
    column without any text is left out.
    """
    text_widths = [[width(cell.text) for cell in row] for row in rows]
    widths = [max(column, default=0) for column in zip(*text_widths, strict=True)] or [0] * len(columns)
    if space is not None:
        _shrink(columns, widths, space, gap)
    shown = [i for i, column_width in enumerate(widths) if column_width]
    wraps = space is not None and any(column.wraps for column in columns)
    return [
        _row_lines(columns, row, row_widths, widths, shown, wraps) for row, row_widths in zip(rows, text_widths, strict=True)
    ]  # fmt: skip


def _shrink(columns: Sequence[Column], widths: list[int], space: int, gap: int) -> None:
    """Reduce the widths until they fit: first as the columns allow, then, in a very narrow terminal, the widest ones."""
    excess = sum(widths) + gap * (sum(column_width > 0 for column_width in widths) - 1) - space
    for i in sorted((i for i, column in enumerate(columns) if column.yields and widths[i]), key=lambda i: -columns[i].yields):
        remaining = max(widths[i] - max(excess, 0), columns[i].least)
        if remaining < min(widths[i], _MIN_OPTIONAL) and not columns[i].least:
            remaining, excess = 0, excess - gap
        excess -= widths[i] - min(remaining, widths[i])
        widths[i] = min(remaining, widths[i])
    while excess > 0 and (widest := max(widths)) > _MIN_WIDTH:
        widths[widths.index(widest)] -= 1
        excess -= 1


def _row_lines(
    columns: Sequence[Column], row: Sequence[Cell], text_widths: Sequence[int], widths: Sequence[int], shown: Sequence[int], wraps: bool
) -> list[list[Cell]]:  # fmt: skip
    """A row as it is printed: one line, or more where its first cell that is too long wraps."""
    long = next((i for i in shown if columns[i].wraps and text_widths[i] > widths[i]), None) if wraps else None
    if long is None:
        return [[_fit(row[i], text_widths[i], widths[i], columns[i].right, i == shown[-1]) for i in shown]]
    parts = wrap(row[long].text, widths[long])
    first = [cell._replace(text=parts[0]) if i == long else cell for i, cell in enumerate(row)]
    rest = [[Cell(part if i == long else "", row[long].style) for i in range(len(row))] for part in parts[1:]]
    return [[_fit(line[i], width(line[i].text), widths[i], columns[i].right, i == shown[-1]) for i in shown] for line in [first, *rest]]


def _fit(cell: Cell, text_width: int, column_width: int, right: bool, is_last: bool) -> Cell:
    if text_width == column_width:
        return cell
    if text_width > column_width:
        text = truncate(cell.text, column_width)
        return Cell(text + " " * (column_width - width(text)), cell.style)
    space = " " * (column_width - text_width)
    return Cell(space + cell.text, cell.style) if right else cell if is_last else Cell(cell.text + space, cell.style)
