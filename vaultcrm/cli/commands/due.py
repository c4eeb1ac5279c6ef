"""due: what you owe and what clients owe you, most urgent first."""

from datetime import date
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_client
from vaultcrm.cli.context import current_context
from vaultcrm.cli.display.due_groups import DueGroup, print_groups
from vaultcrm.plural import counted
from vaultcrm.quoting import shell_word

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.due import Due


@click.command()
@click.argument("what", nargs=-1, shell_complete=complete_client)
@click.option("--within", metavar="SPAN", default="7d", show_default=True, help="How far ahead to look.")
@click.option("--client", shell_complete=complete_client, help="Only this client's.")
@click.option("--waiting", is_flag=True, help="Only what clients owe you.")
@click.option("--late", is_flag=True, help="Only what is late.")
@click.option("--all", "everything", is_flag=True, help="Include what is further ahead, hidden, or has no date, however much it is.")
def due(what: tuple[str, ...], within: str, client: str | None, waiting: bool, late: bool, everything: bool) -> None:
    """List what you owe, and to whom: late, today, soon; and what clients owe you.

    Messages that nobody has answered are listed as well.

    WHAT is a client, a day or a period, or both. On a terminal, what doesn't fit on the screen is counted.

    Exits with 1 when nothing is due.

    \b
    Example:
      vaultcrm due
      vaultcrm due acme
      vaultcrm due fri
      vaultcrm due --within 2w --late
    """
    from vaultcrm.actions import due as actions

    context = current_context()
    days, span = _parse_within(within, context.crm.today)
    period = None
    if what:
        from vaultcrm.actions.due_words import parse_due_words  # late: most type no words
        from vaultcrm.errors import UsageError

        named, period = parse_due_words(context.crm, what)
        if named and client:
            raise UsageError("Two clients are named.", f"Leave out --client, or {shell_word(named)}.")
        client = client or named
    limit = None if context.wants_json or everything else context.out.height
    found = actions.due(context.crm, days, client, waiting, everything, late, period, limit)
    when = f"within {span}" if period is None else _format_period(period)
    if context.wants_json:
        from vaultcrm.actions.as_json import follow_up_json

        context.out.json([follow_up_json(item, context.crm.today) for item in found.all()])
    elif found.all():
        hidden = _not_shown(found, period is not None, late)
        room = limit - 1 - bool(hidden) - bool(found.unread) if limit else None
        print_groups(context, _groups(found, when, period is not None, client), room, with_client=client is None)
        context.out.info(hidden, "dim")
    elif late:
        context.out.info("Nothing is late.")
    else:
        day = when if period is None else f"on {when}" if period[0] == period[1] else f"from {when}"
        context.out.info(f"Nothing is due {day}. {_not_shown(found, period is not None, late)}".strip())
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


def _format_period(period: tuple[date, date]) -> str:
    """A day as it was understood, "Fri 2026-11-20", or "Mon 2026-11-23 to Sun 2026-11-29"."""
    from vaultcrm.dates.humanize import format_day

    first, last = period
    return format_day(first) if first == last else f"{format_day(first)} to {format_day(last)}"


def _groups(found: "Due", when: str, is_period: bool, client: str | None) -> list[DueGroup]:
    """The groups that hold something, each with the command that lists all of it."""
    of_client = f" --client {shell_word(client)}" if client else ""
    totals = found.totals
    soon = when if is_period else when.capitalize()
    groups = [
        DueGroup("Late", "red bold", found.late, totals["late"], f"late: vaultcrm due --late --all{of_client}"),
        DueGroup("Today", "yellow bold", found.today, totals["today"], f"today: vaultcrm due today --all{of_client}"),
        DueGroup(soon, "bold", found.soon, totals["soon"], f"soon: vaultcrm due --all{of_client}"),
        DueGroup(
            "They wrote, no answer yet",
            "yellow bold",
            found.unanswered,
            len(found.unanswered),
            f"they wrote: vaultcrm due --all{of_client}",
        ),
        DueGroup("Later", "bold", found.later, totals["later"], ""),
        DueGroup("No date", "bold", found.undated, totals["undated"], ""),
        DueGroup("They owe you", "cyan bold", found.waiting, totals["waiting"], f"that they owe: vaultcrm due --waiting --all{of_client}"),
        DueGroup("You wrote, no answer yet", "cyan bold", found.awaited, len(found.awaited), f"you wrote: vaultcrm due --all{of_client}"),
    ]
    return [group for group in groups if group.items]


def _not_shown(found: "Due", is_period: bool, late: bool) -> str:
    if is_period:
        return f"{found.late_elsewhere} late: vaultcrm due --late" if found.late_elsewhere else ""
    if late or not found.hidden:
        return ""
    return f"{found.hidden} not shown, because further ahead, hidden or without a date: vaultcrm due --all"
