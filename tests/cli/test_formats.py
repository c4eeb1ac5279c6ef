"""Due dates, deadlines, handles and sources as several commands show them."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.support import make_vault
from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.formats import due_style, follow_up_row, format_ago, format_deadline, format_due, print_people, short_handles, source_cell
from vaultcrm.cli.output import Output
from vaultcrm.model.handles import handle
from vaultcrm.model.records import FollowUp, Person, Project

TODAY = datetime(2026, 11, 16, 9, 30)


def context_for(root: Path, words: Sequence[str] = ()) -> CommandContext:
    return CommandContext(Output(False, quiet=False), str(root), True, TODAY, wants_json=False, words=words)


def project(deadline: date | None, status: str = "active") -> Project:
    return Project("Website", "p.md", "Acme", status, None, None, deadline, None, None, (), "")


@pytest.mark.parametrize(
    ("days", "text", "style"),
    [
        (None, "no date", ""),
        (-3, "3 days late", "red"),
        (-1, "1 day late", "red"),
        (0, "today", "yellow"),
        (1, "tomorrow", ""),
        (9, "in 9 days", ""),
    ],
)
def test_how_late_or_how_soon(days: int | None, text: str, style: str) -> None:
    assert (format_due(days), due_style(days)) == (text, style)


def test_how_long_ago() -> None:
    assert [format_ago(days) for days in (None, 0, 1, 20)] == ["never", "today", "yesterday", "20 days ago"]


@pytest.mark.parametrize(
    ("deadline", "status", "shown"),
    [
        (None, "active", ("no deadline", "dim")), (None, "done", ("", "")),
        (date(2026, 11, 15), "active", ("2026-11-15 1 day late", "red")),
        (date(2026, 11, 16), "active", ("2026-11-16 today", "yellow")), (date(2026, 11, 23), "active", ("2026-11-23 in 7 days", "yellow")),
        (date(2026, 11, 24), "active", ("2026-11-24 in 8 days", "")), (date(2026, 11, 15), "cancelled", ("2026-11-15", "dim")),
    ],
)  # fmt: skip
def test_deadlines(tmp_path: Path, deadline: date | None, status: str, shown: tuple[str, str]) -> None:
    assert format_deadline(context_for(tmp_path), project(deadline, status)) == shown


def test_handles_are_as_short_as_they_are_unique_among_all_follow_ups(tmp_path: Path) -> None:
    paths = [f"{number}.md" for number in range(2_000)]
    by_prefix: dict[str, list[str]] = {}
    for path in paths:
        by_prefix.setdefault(handle(path)[:4], []).append(path)
    alike = next(found for found in by_prefix.values() if len(found) > 1)  # 2,000 handles of which two begin with the same four digits
    other = next(found[0] for found in by_prefix.values() if len(found) == 1)
    make_vault(tmp_path / "vault", dict.fromkeys([*alike, other], "---\ntype: follow-up\n---\n"))
    context = context_for(tmp_path / "vault")
    context.crm.refresh()
    items = context.crm.catalog.follow_ups()
    short = short_handles(context, [item for item in items if item.path in (alike[0], other)])
    assert short[handle(other)] == handle(other)[:4]
    first, second = handle(alike[0]), handle(alike[1])
    common = next(digits for digits in range(13) if first[:digits] != second[:digits]) - 1
    assert short[first] == first[: common + 1]  # the other one is not shown, and counts all the same
    context.close()


def test_the_row_of_a_follow_up(tmp_path: Path) -> None:
    item = FollowUp(
        "a1b2c3d4e5f6", "f.md", 1, "note", "Ask [[Dana Roe|Dana]]", "open", date(2026, 11, 15), None, "high", "FREQ=DAILY", "Website", None,
        None,        is_blocked=True,
    )  # fmt: skip
    cells = follow_up_row(context_for(tmp_path), item, "a1b2", with_client=True)
    assert [cell.text for cell in cells] == ["a1b2", "1 day late", "Ask Dana", "no client", "Website", "! ↻ ⛔"]
    assert [cell.style for cell in cells] == ["dim", "red", "", "", "dim", "magenta"]
    assert follow_up_row(context_for(tmp_path), item, "a1b2", with_client=False)[3].text == ""
    urgent = item._replace(priority="highest", recurrence=None, is_blocked=False, client="Acme")
    assert [cell.text for cell in follow_up_row(context_for(tmp_path), urgent, "a1b2", with_client=True)][3:] == ["Acme", "Website", "!!"]


@pytest.mark.parametrize(
    ("columns", "text"),
    [("", "clients/Acme/2026-11-02 1430 A very long title.md:7"), ("109", ""), ("110", "2026-11-02 1430 A very…:7")],
)
def test_the_source_is_whole_in_a_pipe_and_short_on_a_wide_terminal(monkeypatch: pytest.MonkeyPatch, columns: str, text: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    cell = source_cell(Output(False, quiet=False), "clients/Acme/2026-11-02 1430 A very long title.md", 7)
    assert (cell.text, cell.style) == (text, "dim")


def test_people_in_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = [Person("Dana Roe", "d.md", "Owner", ("d@x.example", "r@x.example"), ("+44 1",), ()), Person("Bo", "b.md", None, (), (), ())]
    print_people(context_for(tmp_path), people, indent=2)
    assert capsys.readouterr().out == "  Dana Roe  Owner  d@x.example, r@x.example  +44 1\n  Bo\n"
