"""due: what you owe and what clients owe you, most urgent first."""

from datetime import date
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_client
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.formats import follow_up_row, short_handles
from vaultcrm.cli.table import Column
from vaultcrm.plural import counted

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.due import Due


@click.command()
@click.option("--within", metavar="SPAN", default="7d", show_default=True, help="How far ahead to look.")
@click.option("--client", shell_complete=complete_client, help="Only this client's.")
@click.option("--waiting", is_flag=True, help="Only what clients owe you.")
@click.option("--all", "everything", is_flag=True, help="Include what is further ahead, hidden, or has no date.")
def due(within: str, client: str | None, waiting: bool, everything: bool) -> None:
    """List what you owe, and to whom: late, today, soon; and what clients owe you.

    Exits with 1 when nothing is due.

    \b
    Example:
      vaultcrm due
      vaultcrm due --within 2w --client acme
    """
    from vaultcrm.actions import due as actions

    context = current_context()
    days, span = _parse_within(within, context.crm.today)
    found = actions.due(context.crm, days, client, waiting, everything)
    if context.wants_json:
        from vaultcrm.actions.as_json import follow_up_json

        context.out.json([follow_up_json(item, context.crm.today) for item in found.all()])
    elif found.all():
        _print_groups(context, found, span, with_client=client is None)
    else:
        more = f" {_hidden(found)}" if found.hidden else ""
        context.out.info(f"Nothing is due within {span}.{more}")
    if found.unread:
        notes = counted(found.unread, "note")
        context.out.warn(f"{notes} can't be read, so something may be missing. See: vaultcrm check", "yellow")
    context.exit_unless(found.all())


def _parse_within(words: str, today: date) -> tuple[int, str]:
    """The number of days to look ahead, and the length of time in words."""
    if words == "7d":  # the default, without loading the parser
        return 7, "7 days"
    from vaultcrm.dates.duration import parse_duration

    duration = parse_duration(words)
    return duration.days_from(today), str(duration)


def _print_groups(context: CommandContext, found: "Due", span: str, with_client: bool) -> None:
    out = context.out
    groups = [
        ("Late", found.late, "red bold"),
        ("Today", found.today, "yellow bold"),
        (f"Within {span}", found.soon, "bold"),
        ("Later", found.later, "bold"),
        ("No date", found.undated, "bold"),
        ("They owe you", found.waiting, "cyan bold"),
    ]
    handles = short_handles(context, found.all())
    shown = [group for group in groups if group[1]]
    cells = [follow_up_row(context, item, handles[item.id], with_client) for _, items, _ in shown for item in items]
    columns = [Column(), Column(), Column(1, 24, wraps=True), Column(2, 17), Column(3, 0), Column()]
    rows = iter(out.rows(columns, cells, indent=2))  # all groups as one table, so that their columns line up
    blocks = []
    for title, items, style in shown:
        heading = out.style(title, style) + out.style(f"  {len(items)}", "dim")
        blocks.append("\n".join([heading, *(next(rows) for _ in items)]))
    out.styled("\n\n".join(blocks))
    if found.hidden:
        out.info(_hidden(found), "dim")


def _hidden(found: "Due") -> str:
    return f"{found.hidden} not shown, because further ahead, hidden or without a date: vaultcrm due --all"
