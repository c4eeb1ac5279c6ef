"""The lines of a brief: labels, wrapped text, and the file that each line is from."""

import pytest

from vaultcrm.cli.brief_layout import BriefLayout, Source
from vaultcrm.cli.output import Output

NO_SOURCE: Source = {}


def layout(monkeypatch: pytest.MonkeyPatch, columns: str) -> BriefLayout:
    monkeypatch.setenv("COLUMNS", columns)
    return BriefLayout(Output(color=False, quiet=False), "clients/Acme")


def test_text_wraps_below_itself_and_the_source_stands_on_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    line = layout(monkeypatch, "60").line(
        "2 days late", ["Send the quote", "in two options"], {"path": "clients/Acme/notes/Plan.md", "line": 7}, handle="ab12"
    )
    assert line.splitlines() == [
        "  2 days late  Send the quote · in two    ab12 notes/Plan:7",
        "               options",
    ]  # fmt: skip


def test_a_long_label_moves_its_own_line_and_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    assert layout(monkeypatch, "40").line("10 months late", ["Send the quote today"], NO_SOURCE).splitlines() == [
        "  10 months late  Send the quote today"
    ]
    assert layout(monkeypatch, "40").line("the quarter before last", ["x"], NO_SOURCE) == "  the quarter before…  x"
    assert layout(monkeypatch, "").line("the quarter before last", ["x"], NO_SOURCE) == "  the quarter before last  x"


@pytest.mark.parametrize(
    ("path", "line", "text", "expected"),
    [
        ("clients/Acme/Acme.md", 1, "", "Acme"),
        ("clients/Acme/Acme.md", 26, "", "Acme:26"),
        ("clients/Acme/follow-ups/Send the quote.md", 1, "Send the quote (high)", "follow-ups/"),  # the text repeats the title
        ("clients/Acme/interactions/2026-11-04 1430 Call.md", 9, "", "2026-11-04 1430 C…:9"),  # too long with its folder
        ("elsewhere/Plan.md", 1, "", "elsewhere/Plan"),
    ],
)
def test_the_source_is_as_short_as_the_column_needs(
    monkeypatch: pytest.MonkeyPatch, path: str, line: int, text: str, expected: str
) -> None:
    printed = layout(monkeypatch, "80").line("", [text or "x"], {"path": path, "line": line})
    assert printed.splitlines()[0].rsplit("  ", 1)[1] == expected
