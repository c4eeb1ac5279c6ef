"""Columns fitted to the width of a terminal."""

from collections.abc import Sequence

from vaultcrm.cli.table import Cell, Column, fit_columns


def lines(columns: Sequence[Column], rows: Sequence[Sequence[str]], space: int | None) -> list[str]:
    """The table as text, with a bar where two cells meet."""
    fitted = fit_columns(columns, [[Cell(text) for text in row] for row in rows], space)
    return ["|".join(cell.text for cell in line) for row in fitted for line in row]


def test_columns_are_as_wide_as_their_widest_cell_and_the_last_is_not_padded() -> None:
    assert lines([Column(), Column(right=True), Column()], [("a", "1", "x"), ("bcd", "22", "yy")], None) == ["a  | 1|x", "bcd|22|yy"]


def test_a_column_without_text_is_left_out() -> None:
    assert lines([Column(), Column(), Column()], [("a", "", "b"), ("c", "", "d")], 80) == ["a|b", "c|d"]
    assert fit_columns([Column()], [], 80) == []


def test_the_column_that_yields_most_shrinks_first() -> None:
    row = ("a" * 20, "b" * 20)
    assert lines([Column(1, 8), Column(2, 8)], [row], 42) == ["a" * 20 + "|" + "b" * 20]  # with the gap of two, it just fits
    assert lines([Column(1, 8), Column(2, 8)], [row], 41) == ["a" * 20 + "|" + "b" * 18 + "…"]
    assert lines([Column(1, 8), Column(2, 8)], [row], 29) == ["a" * 18 + "…|" + "b" * 7 + "…"]
    assert lines([Column(1, 8), Column(2, 8)], [row], 10) == ["aaa…|bbb…"]  # in a very narrow terminal below the least
    assert lines([Column(), Column(2, 8)], [row], 30) == ["a" * 20 + "|" + "b" * 7 + "…"]  # one that never yields


def test_an_optional_column_is_left_out_rather_than_shown_in_scraps() -> None:
    row = ("a" * 20, "b" * 20)
    assert lines([Column(), Column(1, 0)], [row], 34) == ["a" * 20 + "|" + "b" * 11 + "…"]
    assert lines([Column(), Column(1, 0)], [row], 33) == ["a" * 20]
    assert lines([Column(), Column(1, 0)], [("a" * 20, "bbbbb")], 26) == ["a" * 20]  # short as it is, it would not fit whole


def test_a_cell_wraps_below_itself() -> None:
    columns = [Column(), Column(1, 4, wraps=True), Column()]
    # 14 columns less two gaps and two single characters leave 8
    assert lines(columns, [("1", "one two three", "x"), ("2", "four", "y")], 14) == ["1|one two |x", " |three   |", "2|four    |y"]
    assert lines(columns, [("1", "one two three", "x")], None) == ["1|one two three|x"]
