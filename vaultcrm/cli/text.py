"""Text for a terminal: harmless, measured, fitted into columns."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")


def clean(text: str) -> str:
    """A stranger's text on one line, with nothing in it that a terminal would obey: control characters are shown."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_harmless, text))


def _harmless(char: str) -> str:
    code = ord(char)
    if char in "\t\n\r\x0b\x0c\u2028\u2029":
        return " "
    if code < 32:
        return chr(0x2400 + code)  # the picture of the control character
    if code == 127:
        return "\u2421"
    if 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000 or char in _BIDI:
        return "\ufffd"
    return "" if unicodedata.category(char) == "Cf" and char not in _JOINERS else char


def width(text: str) -> int:
    """How many columns a clean text takes."""
    if text.isascii():
        return len(text)
    # (wcwidth knows more about joined emoji, and takes as long to import as half of click)
    columns, last = 0, 0
    for char in text:
        if char == "\ufe0f":  # shows the character before it as a picture
            columns, last = columns + (last == 1), 2
        elif unicodedata.category(char) not in ("Mn", "Me", "Cf"):
            last = 2 if unicodedata.east_asian_width(char) in "WF" else 1
            columns += last
    return columns


def cut(text: str, columns: int) -> str:
    """A text shortened to so many columns, with an ellipsis where something is left out."""
    if width(text) <= columns:
        return text
    while text and width(text) > columns - 1:
        text = text[: -max(1, (width(text) - columns + 1) // 2)]
    return text.rstrip() + "…" if columns > 0 else ""


def pad(text: str, columns: int, right: bool = False) -> str:
    space = " " * max(columns - width(text), 0)
    return space + text if right else text + space


def wrap(text: str, columns: int | None) -> list[str]:
    """A text in lines of so many columns, broken between words; None: one line."""
    if columns is None or width(text) <= columns:
        return [text]
    lines, line = [], ""
    for word in text.split():
        while width(word) > columns:  # a long address
            lines += [line] if line else []
            head = next(n for n in range(len(word), 0, -1) if width(word[:n]) <= max(columns, 2))
            lines.append(word[:head])
            line, word = "", word[head:]
        if line and width(line) + 1 + width(word) > columns:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".lstrip()
    return [*lines, line] if line else lines


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


def fit(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], room: int | None, gap: int = 2) -> list[list[list[Cell]]]:
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
        text = cut(cell.text, columns)
        return Cell(text + " " * (columns - width(text)), cell.style)
    space = " " * (columns - taken)
    return Cell(space + cell.text, cell.style) if right else cell if last else Cell(cell.text + space, cell.style)


def one_line(text: str) -> str:
    """A text on one line, blanks folded, and harmless."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return clean(" ".join(text.split()))
