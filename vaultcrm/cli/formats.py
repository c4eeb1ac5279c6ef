"""How records are shown in several commands: due days, handles, projects, follow-ups."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.table import Cell, Column
from vaultcrm.dates.humanize import humanize_days, humanize_duration
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.model.records import FollowUp, Project

if TYPE_CHECKING:  # each command loads what it needs
    pass

if TYPE_CHECKING:  # each command loads what it needs
    pass


STATUS_STYLES = {
    "active": "green",
    "lead": "cyan",
    "paused": "yellow",
    "past": "dim",
    "planned": "cyan",
    "on hold": "yellow",
    "done": "dim",
}


def format_ago(days: int | None) -> str:
    from vaultcrm.dates.humanize import humanize_days

    return "never" if days is None else humanize_days(-days)


def _row(context: CommandContext, item: FollowUp, handle: str, with_client: bool) -> list[Cell]:
    days = item.days(context.crm.today)
    style = "red" if days is not None and days < 0 else "yellow" if days == 0 else ""
    important = {"highest": "!!", "high": "!"}.get(item.priority or "")
    marks = " ".join(filter(None, (important, "↻" if item.recurrence else "", "⛔" if item.is_blocked else "")))
    client = (item.client or "no client") if with_client else ""
    return [
        Cell(handle, "dim"),
        Cell(format_due(days), style),
        Cell(without_links(item.text)),
        Cell(client),
        Cell(item.project or "", "dim"),
        Cell(marks, "magenta"),
    ]


def format_due(days: int | None) -> str:
    """How late or how soon, in few letters: "3 days late", "today", "in 2 days"."""
    if days is None:
        return "no day"
    return f"{humanize_duration(-days)} late" if days < 0 else humanize_days(days)


def short_handles(context: CommandContext, items: Iterable[FollowUp]) -> dict[str, str]:
    """Each follow-up's handle, as short as it is unique among all of them, and at least four digits."""
    from vaultcrm.catalog.handle_queries import follow_up_handles

    known = follow_up_handles(context.crm.catalog)
    short = {item.id: item.id[:4] for item in items}
    for digits in range(4, 12):
        seen = Counter([key[:digits] for key in known])
        crowded = [key for key, head in short.items() if len(head) == digits and seen[head] > 1]
        if not crowded:
            break
        short |= {key: key[: digits + 1] for key in crowded}
    return short


def follow_up_lines(context: CommandContext, items: Sequence[FollowUp]) -> None:
    """Follow-ups as they stand below a heading."""
    handles = short_handles(context, items)
    columns = [Column(), Column(), Column(1, 20, wraps=True), Column(), Column(2, 0), Column()]
    context.print_table(columns, [_row(context, item, handles[item.id], False) for item in items], indent=2)


def print_projects(context: CommandContext, projects: Sequence[Project], with_client: bool, indent: int = 0) -> None:
    """A table of projects with the days to their deadlines."""
    rows = [
        [
            Cell(one.name, "bold"),
            Cell((one.client or "no client") if with_client else ""),
            Cell(one.status or "", STATUS_STYLES.get(one.status or "", "")),
            Cell(one.stage or ""),
            Cell(*deadline(context, one)),
            Cell(" ".join(filter(None, (one.value, one.currency))), "dim"),
        ]
        for one in projects
    ]
    context.print_table([Column(1, 16), Column(2, 12), Column(), Column(4, 0), Column(), Column(3, 0, right=True)], rows, indent)


def deadline(context: CommandContext, one: Project) -> tuple[str, str]:
    """A project's deadline with its distance, and the style for it; of an ended project the day alone."""
    from vaultcrm.cli.formats import format_due

    if one.deadline is None:
        return ("no deadline", "dim") if one.is_running else ("", "")
    days = (one.deadline - context.crm.today).days
    if not one.is_running:
        return one.deadline.isoformat(), "dim"
    return f"{one.deadline} {format_due(days)}", "red" if days < 0 else "yellow" if days <= 7 else ""
