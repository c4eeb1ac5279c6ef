"""Groups of follow-ups fitted into a terminal."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.test_formats import context_for
from vaultcrm.cli.display.due_groups import DueGroup, fit, print_groups
from vaultcrm.model.records import FollowUp

TODAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("totals", "weights", "room", "shares"),
    [
        ([3, 2], [3, 1], 8, [3, 2]),  # two headings and a blank line
        ([3, 2], [3, 1], 7, [3, 0]),
        ([400, 2], [3, 1], 23, [17, 2]),
        ([400, 1, 9, 200], [3, 3, 1, 2], 20, [5, 1, 1, 3]),
        ([400, 400], [1, 1], 1, [0, 0]),  # the headings count them
        ([5], [3], 6, [5]),
        ([5], [3], 5, [3]),
    ],
)
def test_how_many_rows_each_group_may_show(totals: list[int], weights: list[int], room: int, shares: list[int]) -> None:
    assert fit(totals, weights, room) == shares


def test_without_a_line_that_counts_the_rest_there_is_room_for_one_more() -> None:
    assert fit([400, 2, 60], [3, 1, 1], 12) == [6, 0, 0]
    assert fit([400, 2, 60], [3, 1, 1], 12, count_line=False) == [5, 1, 1]


@pytest.mark.parametrize("late", range(0, 60, 7))
@pytest.mark.parametrize("soon", range(0, 60, 7))
@pytest.mark.parametrize("room", [12, 22, 38])
def test_the_groups_never_take_more_lines_than_there_are(late: int, soon: int, room: int) -> None:
    totals = [total for total in (late, 1, soon, late + soon) if total]
    shares = fit(totals, [3, 1, 1, 2][: len(totals)], room)
    lines = sum(1 + share + (0 < share < total) for share, total in zip(shares, totals, strict=True)) + len(totals) - 1
    assert lines <= room


def follow_up(number: int, text: str) -> FollowUp:
    return FollowUp(
        f"{number:04x}00000000", f"{number}.md", 1, "note", text, "open", TODAY - timedelta(9), None, None, None, None, None, None
    )


def printed(groups: list[DueGroup], room: int | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    context = context_for(tmp_path)
    context.crm.refresh()
    print_groups(context, groups, room, with_client=True)
    return capsys.readouterr().out.splitlines()


def test_what_fits_is_wrapped_and_what_does_not_fit_is_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "60")
    items = [follow_up(n, "A promise with words that don't fit") for n in range(4)]
    group = DueGroup("Late", "", items, 4, "late: vaultcrm due --late --all")
    whole = printed([group], 9, tmp_path, capsys)
    assert whole[:3] == ["Late  4", "  0000  9 days late  A promise with words that     no client", "                     don't fit"]
    assert len(whole) == 9
    assert printed([group], None, tmp_path, capsys) == whole
    row = "  000{}  9 days late  A promise with words that d…  no client"
    assert printed([group], 8, tmp_path, capsys) == ["Late  4", *(row.format(n) for n in range(4))]
    cut = group._replace(items=items[:3], total=400)  # the others were not even read
    assert printed([cut], 4, tmp_path, capsys) == [
        "Late  400", row.format(0), row.format(1), "  … and 398 more late: vaultcrm due --late --all",
    ]  # fmt: skip
