"""The lines of a brief: columns, text that is cut or wrapped, and the handle at the end."""

from datetime import datetime
from pathlib import Path

import pytest

from vaultcrm.cli.brief.layout import BriefLayout
from vaultcrm.cli.brief.screen import Row, Screen, Section
from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.output import Output
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import width

PEOPLE = (Column(1), Column(), Column(2, 0))
DANA = Row(
    (Cell("Dana Roe"), Cell("+44 7700 900417"), Cell("dana@acme.example")), "Partner", "On leave until March", "c/Dana.md", 1, "a5e1bc"
)
LATE = Row((Cell("3 days late"),), "Send the quote", "Two options, one total each", "c/f/Quote.md", 7, "8f3fab")


def layout(tmp_path: Path, columns: int, most_lines: int | None = 1, sources: bool = False) -> BriefLayout:
    context = CommandContext(Output(False, quiet=False), str(tmp_path), True, datetime(2026, 11, 16), wants_json=False, words=())
    return BriefLayout(context, columns, most_lines, None if sources else {"a5e1bc": "a5e1", "8f3fab": "8f3f"})


def test_a_line_is_cut_before_its_handle(tmp_path: Path) -> None:
    assert layout(tmp_path, 60).rows([LATE], (Column(),)) == ["  3 days late  Send the quote · Two options, one tota…  8f3f"]
    assert layout(tmp_path, 80).rows([LATE], (Column(),)) == [
        "  3 days late  Send the quote · Two options, one total each                 8f3f"
    ]  # fmt: skip


def test_text_wraps_below_itself_and_the_handle_ends_the_last_line(tmp_path: Path) -> None:
    long = LATE._replace(more="Two options, one total each, and the price of the newsletter apart from both")
    assert layout(tmp_path, 60, 3).rows([long], (Column(),))[0].splitlines() == [
        "  3 days late  Send the quote · Two options, one total",
        "               each, and the price of the newsletter",
        "               apart from both                          8f3f",
    ]
    assert layout(tmp_path, 60, 2).rows([long], (Column(),))[0].splitlines() == [
        "  3 days late  Send the quote · Two options, one total",
        "               each, and the price of the newsletter…   8f3f",
    ]


def test_the_whole_text_has_lines_of_its_own(tmp_path: Path) -> None:
    row = LATE._replace(more="Two options.\nOne total each.")
    assert layout(tmp_path, 60, None).rows([row], (Column(),))[0].splitlines() == [
        "  3 days late  Send the quote",
        "      Two options.",
        "      One total each.                                   8f3f",
    ]


def test_an_address_is_whole_or_behind_the_text(tmp_path: Path) -> None:
    assert layout(tmp_path, 80).rows([DANA], PEOPLE) == ["  Dana Roe  +44 7700 900417  dana@acme.example  Partner · On leave until…   a5e1"]
    assert layout(tmp_path, 60).rows([DANA], PEOPLE) == ["  Dana Roe  +44 7700 900417  Partner · dana@acme.exam…  a5e1"]


@pytest.mark.parametrize("columns", range(40, 130))
def test_a_phone_number_is_always_whole_and_no_line_too_long(tmp_path: Path, columns: int) -> None:
    named = DANA._replace(lead=(Cell("Maximiliane von Hohenstein-Wallerstein"), *DANA.lead[1:]))
    lines = layout(tmp_path, columns).rows([DANA, named], PEOPLE)
    assert all("+44 7700 900417" in line and width(line) <= columns for line in lines)


def test_sources_stand_in_place_of_handles(tmp_path: Path) -> None:
    assert layout(tmp_path, 60, sources=True).rows([LATE], (Column(),)) == ["  3 days late  Send the quote · Two options…  c/f/Quote.md:7"]
    deep = LATE._replace(path="clients/Acme Studio/follow-ups/Send the two-option quote.md")
    assert layout(tmp_path, 60, sources=True).rows([deep], (Column(),))[0].endswith("  …end the two-option quote.md:7")


def test_a_heading_counts_what_is_shown(tmp_path: Path) -> None:
    section = Section("agreed", "Agreed", [LATE, LATE, LATE], (Column(),))
    heads = [layout(tmp_path, 60).section(section, Screen({"agreed": shown}, True)).split("\n")[0] for shown in (0, 2, 3)]
    assert heads == ["", "Agreed  2 of 3", "Agreed  3"]
    alone = section._replace(rows=[LATE])
    assert layout(tmp_path, 60).section(alone, Screen({"agreed": 1}, True)).split("\n")[0] == "Agreed"
    later = section._replace(rows=[], uncounted=1, note="1 after 7 Dec, on 15 Dec")
    assert layout(tmp_path, 60).section(later, Screen({"agreed": 0}, True)) == "Agreed\n  1 after 7 Dec, on 15 Dec"


def test_a_section_of_one_line_stands_behind_its_heading(tmp_path: Path) -> None:
    section = Section("missing", "Not written down", [Row((), "a next step and what was agreed")], is_line=True)
    assert layout(tmp_path, 40).section(section, Screen({"missing": 1}, True)) == "Not written down: a next step and what…"


def test_the_title_keeps_the_name_and_then_the_day(tmp_path: Path) -> None:
    day = "Mon 16 Nov"
    assert (
        layout(tmp_path, 50).title("Acme Studio", ["active", "", "execution"], day) == "Acme Studio   active · execution        Mon 16 Nov"
    )
    assert layout(tmp_path, 34).title("Acme Studio", ["active", "execution"], day) == "Acme Studio   active…   Mon 16 Nov"
    assert layout(tmp_path, 20).title("Acme Studio", ["active"], day) == "Acme Studio"


def test_a_row_of_a_template(tmp_path: Path) -> None:
    assert layout(tmp_path, 50).line("today", ["Call", "Dana"], {"path": "a.md", "line": 1}, handle="8f3f") == (
        "  today  Call · Dana                          8f3f"
    )  # fmt: skip


def test_longer_texts_get_the_lines_that_are_to_spare(tmp_path: Path) -> None:
    screen = layout(tmp_path, 40)
    screen.spare = 3
    lines = screen.rows([LATE, LATE, LATE], (Column(),))
    assert [len(line.splitlines()) for line in lines] == [3, 2, 1]
    assert screen.spare == 0 and "".join(lines).count("…") == 2


def test_a_text_of_several_lines_begins_below_long_columns(tmp_path: Path) -> None:
    assert layout(tmp_path, 60, 3).rows([DANA], PEOPLE)[0].splitlines() == [
        "  Dana Roe  +44 7700 900417",
        "      Partner · dana@acme.example · On leave until",
        "      March                                             a5e1",
    ]
