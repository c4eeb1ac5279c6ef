"""Which rows of a brief fit on a screen, and what is given up first."""

import pytest

from vaultcrm.cli.brief.screen import Row, Screen, Section, count_lines, fit_screen

NAMES = ("people", "you_owe", "they_owe", "agreed", "talks", "preferences", "feedback")


def sections(must_stay: int = 1, rows: int = 4) -> list[Section]:
    """Sections of `rows` rows each; people have no heading, and of what is owed the first rows must stay."""
    made = []
    for name in NAMES:
        all_rows = [Row((), f"{name} {i}", must_stay="owe" in name and i < must_stay) for i in range(rows)]
        made.append(Section(name, "" if name == "people" else name, all_rows))
    return made


def given_up(screen: Screen, all_sections: list[Section]) -> list[str]:
    return [section.name for section in all_sections if screen.shown[section.name] < len(section.rows)]


def test_everything_is_shown_where_there_is_room() -> None:
    for height in (40, None):
        assert fit_screen(sections(), height) == Screen(dict.fromkeys(NAMES, 4), is_airy=True)


def test_empty_lines_are_given_up_first() -> None:
    whole = 7 * 4 + 6
    assert fit_screen(sections(), whole + 6).is_airy
    assert fit_screen(sections(), whole + 5) == Screen(dict.fromkeys(NAMES, 4), is_airy=False, spare=5)


@pytest.mark.parametrize(
    ("height", "names"),
    [
        (33, ["feedback"]),
        (29, ["preferences", "feedback"]),
        (24, ["talks", "preferences", "feedback"]),
        (19, ["agreed", "talks", "preferences", "feedback"]),
        (14, ["they_owe", "agreed", "talks", "preferences", "feedback"]),
        (11, ["you_owe", "they_owe", "agreed", "talks", "preferences", "feedback"]),
        (8, ["people", "you_owe", "they_owe", "agreed", "talks", "preferences", "feedback"]),
    ],
)
def test_lines_are_given_up_in_order(height: int, names: list[str]) -> None:
    everything = sections()
    screen = fit_screen(everything, height)
    assert given_up(screen, everything) == names
    assert count_lines(everything, screen.shown) <= height


def test_what_must_stay_stays_before_anything_else_is_shown() -> None:
    everything = sections(must_stay=3)
    screen = fit_screen(everything, 14)
    assert (screen.shown["you_owe"], screen.shown["they_owe"], screen.shown["people"]) == (4, 3, 4)


def test_no_client_is_longer_than_the_screen() -> None:
    for rows in (0, 1, 5, 300):
        for height in range(9, 60):
            everything = sections(must_stay=rows, rows=rows)
            assert count_lines(everything, fit_screen(everything, height).shown) <= height


def test_spare_lines_show_more_of_the_lists() -> None:
    talks = Section("talks", "Talks", [Row((), str(i)) for i in range(300)], usual=4)
    agreed = Section("agreed", "Agreed", [Row((), str(i)) for i in range(20)], usual=5)
    screen = fit_screen([agreed, talks], 36)
    assert screen.shown == {"agreed": 16, "talks": 14} and screen.is_airy
    assert count_lines([agreed, talks], screen.shown) + 3 == 36
    assert fit_screen([agreed, talks], None).shown == {"agreed": 10, "talks": 8}


def test_the_lines_of_a_section_count_its_heading_and_its_note() -> None:
    assert Section("a", "A", [Row((), "x")]).lines(1) == 2
    assert Section("a", "A", [], note="3 after 7 Dec").lines(0) == 2
    assert Section("a", "", [Row((), "x")]).lines(1) == 1
    assert Section("a", "A", [Row((), "x")], is_line=True).lines(1) == 1
    assert Section("a", "A", [Row((), "x")]).lines(0) == 0


def test_the_last_row_can_be_kept() -> None:
    rows = [Row((), name) for name in ("Dana", "Priya", "the office")]
    section = Section("people", "", rows, keeps_last=True)
    assert [[row.text for row in section.visible(number)] for number in range(4)] == [
        [], ["the office"], ["Dana", "the office"], ["Dana", "Priya", "the office"],
    ]  # fmt: skip
    assert section._replace(keeps_last=False).visible(2) == rows[:2]
