"""How records look in several commands: due dates, handles, projects, follow-ups, sources."""

from collections.abc import Iterable, Sequence

from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.output import Output
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import truncate
from vaultcrm.dates.humanize import humanize_days, humanize_duration
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.model.records import Decision, FollowUp, Person, Project

_WIDE = 110  # columns from which on a table has room for file names

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
    """How many days ago, in words: "2 weeks ago"; "never" for None."""
    return "never" if days is None else humanize_days(-days)


def format_due(days: int | None) -> str:
    """How late or how soon: "3 days late", "today", "in 2 days"; "no date" for None."""
    if days is None:
        return "no date"
    return f"{humanize_duration(-days)} late" if days < 0 else humanize_days(days)


def due_style(days: int | None) -> str:
    """Red for what is late, yellow for what is due today."""
    return "red" if days is not None and days < 0 else "yellow" if days == 0 else ""


def format_deadline(context: CommandContext, project: Project) -> tuple[str, str]:
    """A project's deadline with the days to it, and a style; only the date when the project has ended."""
    if project.deadline is None:
        return ("no deadline", "dim") if project.is_running else ("", "")
    days = (project.deadline - context.crm.today).days
    if not project.is_running:
        return project.deadline.isoformat(), "dim"
    return f"{project.deadline} {format_due(days)}", "red" if days < 0 else "yellow" if days <= 7 else ""


def short_handles(context: CommandContext, items: Iterable[FollowUp | Decision]) -> dict[str, str]:
    """The handle of each record by its id, as short as it is unique in the vault."""
    from vaultcrm.catalog.handle_queries import short_handles  # late: not every command prints handles

    return short_handles(context.crm.catalog, [item.id for item in items])


def format_since(context: CommandContext, item: FollowUp) -> str:
    """Since when a message has no answer: "6 days ago"."""
    return format_ago((context.crm.today - item.since).days if item.since else None)


def follow_up_row(context: CommandContext, item: FollowUp, handle: str, with_client: bool) -> list[Cell]:
    """Handle, due date, text, client, project, and marks for priority, recurrence and what is blocked."""
    days = item.days(context.crm.today)
    priority = {"highest": "!!", "high": "!"}.get(item.priority or "")
    marks = " ".join(filter(None, (priority, "↻" if item.recurrence else "", "⛔" if item.is_blocked else "")))
    return [
        Cell(handle, "dim"),
        Cell(format_since(context, item) if item.kind == "unanswered" else format_due(days), due_style(days)),
        Cell(without_links(item.text)),
        Cell((item.client or "no client") if with_client else ""),
        Cell(item.project or "", "dim"),
        Cell(marks, "magenta"),
    ]


def format_rhythm(item: FollowUp) -> str:
    """How a recurring follow-up repeats: "every 2 weeks on Friday"."""
    from vaultcrm.dates.recurrence import describe_rule  # late: few follow-ups recur

    # a checkbox line without a day goes on from its day as the Tasks plugin does, not as RFC 5545 says
    return describe_rule(item.recurrence or "", item.recurrence_anchor, item.due if item.kind == "note" else None)


def print_follow_ups(context: CommandContext, items: Sequence[FollowUp]) -> None:
    """A table of one client's follow-ups, indented below a heading."""
    handles = short_handles(context, items)
    columns = [Column(), Column(), Column(1, 20, wraps=True), Column(), Column(2, 0), Column()]
    context.out.table(columns, [follow_up_row(context, item, handles[item.id], with_client=False) for item in items], indent=2)


def print_projects(context: CommandContext, projects: Sequence[Project], with_client: bool, indent: int = 0) -> None:
    """A table of projects with the days to their deadlines."""
    rows = [
        [
            Cell(project.name, "bold"),
            Cell((project.client or "no client") if with_client else ""),
            Cell(project.status or "", STATUS_STYLES.get(project.status or "", "")),
            Cell(project.stage or ""),
            Cell(*format_deadline(context, project)),
            Cell(" ".join(filter(None, (project.value, project.currency))), "dim"),
        ]
        for project in projects
    ]
    context.out.table([Column(1, 16), Column(2, 12), Column(), Column(4, 0), Column(), Column(3, 0, right=True)], rows, indent)


def source_cell(out: Output, path: str, line: int) -> Cell:
    """The file and line that something is from: whole when piped, the title on a wide terminal, else nothing."""
    if out.columns is None:
        return Cell(f"{path}:{line}", "dim")
    return Cell(f"{truncate(title_of_path(path), 24)}:{line}" if out.columns >= _WIDE else "", "dim")


def print_people(context: CommandContext, people: Sequence[Person], indent: int = 0) -> None:
    """A table of people with their addresses."""
    rows = [
        [Cell(person.name), Cell(person.role or "", "dim"), Cell(", ".join(person.email)), Cell(", ".join(person.phone))]
        for person in people
    ]  # fmt: skip
    context.out.table([Column(), Column(), Column(1, 10), Column(2, 0)], rows, indent)
