"""Text for a terminal: harmless, measured, fitted into columns."""

from collections.abc import Sequence
from typing import NamedTuple

from vaultcrm.cli.terminal import truncate, width, wrap


class Column(NamedTuple):
    """How a column takes its room. Where there is too little, the one that `yields` most gives way first, down to `least`.

    What does not fit is cut, or goes on in the next line when it `wraps`. A column that may yield
    all of its room is left out rather than shown in scraps.
    """

    yields: int = 0  # 0: never
    least: int = 8
    right: bool = False
    wraps: bool = False


class Cell(NamedTuple):
    """A text and its style: click.style's keywords, as one word ("red", "dim", "bold")."""

    text: str
    style: str = ""


def fit_columns(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], room: int | None, gap: int = 2) -> list[list[list[Cell]]]:
    """Rows padded to one width a column and fitted into `room` columns of the terminal; None: as wide as need be.

    The last column is not padded. A column without any text takes no room at all. Each
    row is one line of cells, or several where it wraps.
    """
    taken = [[width(cell.text) for cell in row] for row in rows]
    widths = [max(column, default=0) for column in zip(*taken, strict=True)] or [0] * len(columns)
    if room is not None:
        excess = sum(widths) + gap * (sum(w > 0 for w in widths) - 1) - room
        for i in sorted((i for i, column in enumerate(columns) if column.yields and widths[i]), key=lambda i: -columns[i].yields):
            left = max(widths[i] - max(excess, 0), columns[i].least)
            if left < min(widths[i], _SCRAP) and not columns[i].least:
                left, excess = 0, excess - gap
            excess -= widths[i] - min(left, widths[i])
            widths[i] = min(left, widths[i])
    shown = [i for i, taking in enumerate(widths) if taking]
    wraps = room is not None and any(column.wraps for column in columns)
    return [_lines(columns, row, took, widths, shown, wraps) for row, took in zip(rows, taken, strict=True)]


_SCRAP = 12  # columns: less of an optional text tells nothing


def _lines(
    columns: Sequence[Column], row: Sequence[Cell], taken: Sequence[int], widths: Sequence[int], shown: Sequence[int], wraps: bool
) -> list[list[Cell]]:  # fmt: skip
    """A row as it is printed: one line, or more where a cell wraps."""
    long = next((i for i in shown if columns[i].wraps and taken[i] > widths[i]), None) if wraps else None
    if long is None:
        return [[_fitted(row[i], taken[i], widths[i], columns[i].right, i == shown[-1]) for i in shown]]
    parts = wrap(row[long].text, widths[long])
    first = [cell._replace(text=parts[0]) if i == long else cell for i, cell in enumerate(row)]
    rest = [[Cell(part if i == long else "", row[long].style) for i in range(len(row))] for part in parts[1:]]
    return [[_fitted(line[i], width(line[i].text), widths[i], columns[i].right, i == shown[-1]) for i in shown] for line in [first, *rest]]


def _fitted(cell: Cell, taken: int, columns: int, right: bool, last: bool) -> Cell:
    if taken == columns:
        return cell
    if taken > columns:
        text = truncate(cell.text, columns)
        return Cell(text + " " * (columns - width(text)), cell.style)
    space = " " * (columns - taken)
    return Cell(space + cell.text, cell.style) if right else cell if last else Cell(cell.text + space, cell.style)
