"""follow-up add, due, done, snooze, drop."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_client, complete_follow_up, complete_project
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.formats import follow_up_row, short_handles
from vaultcrm.cli.options import WHEN, client_argument, format_date, parse_when
from vaultcrm.cli.table import Column
from vaultcrm.dates.humanize import humanize_duration
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.model.schema import PRIORITIES

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.crm import WriteResult
    from vaultcrm.actions.due import Due
    from vaultcrm.actions.follow_ups import FollowUpChange

_IDS = click.argument("ids", nargs=-1, required=True, metavar="ID…", shell_complete=complete_follow_up)


@click.group("follow-up")
def follow_up() -> None:
    """What happens next, who owes it, and when.

    \b
    Example:
      vaultcrm follow-up add acme "Send the quote" --due fri
    """


@follow_up.command("add")
@client_argument
@click.argument("text", nargs=-1, required=True)
@click.option("--due", type=WHEN, help="The day it is due; for --waiting the day to chase.")
@click.option("--waiting", is_flag=True, help="The client owes it.")
@click.option("--every", metavar="RULE", help='How it comes again: "2 weeks", "month on the 15th", "3 months when done".')
@click.option("--priority", type=click.Choice(PRIORITIES), help="How much it matters.")
@click.option("--scheduled", type=WHEN, help="Hide it until this day.")
@click.option("--project", shell_complete=complete_project, help="The project that it belongs to.")
@click.option("--person", help="Who is to do it, or to be asked.")
def add(
    client: str, text: tuple[str, ...], due: str | None, waiting: bool, every: str | None, priority: str | None,
    scheduled: str | None, project: str | None, person: str | None,
) -> None:  # fmt: skip
    """Add a follow-up.

    \b
    Example:
      vaultcrm follow-up add acme "Send the care report" --due 1.12. --every month
      vaultcrm follow-up add acme "Get the texts from Dana" --waiting --due fri
    """
    from vaultcrm.actions.add import NewFollowUp, add_follow_up
    from vaultcrm.dates.recurrence import describe_rule, parse_rule

    context = current_context()
    due_date = parse_when(due)
    rule = parse_rule(every, due_date or context.crm.today) if every else None
    new = NewFollowUp(" ".join(text), due_date, waiting, priority, rule, parse_when(scheduled), project, person)
    result = add_follow_up(context.crm, client, new)
    item = result.record
    if context.wants_json:
        from vaultcrm.actions.as_json import follow_up_json, write_json

        context.out.json(write_json(result, follow_up=follow_up_json(item, context.crm.today)))
        return
    context.out.line(result.created[0])
    repeats = f", {describe_rule(item.recurrence)}" if item.recurrence else ""
    what = "chase" if item.status == "waiting" else "due"
    when = f"{what} {format_date(item.due)}{repeats}" if item.due else "no due date"
    context.out.info(f"{item.id[:6]}  {when}  ({item.client})")


@click.command()
@click.option("--within", metavar="SPAN", default="7d", show_default=True, help="How far ahead to look.")
@click.option("--client", shell_complete=complete_client, help="Of one client only.")
@click.option("--waiting", is_flag=True, help="Only what clients owe.")
@click.option("--all", "everything", is_flag=True, help="Also what is far ahead, hidden, or without a day.")
def due(within: str, client: str | None, waiting: bool, everything: bool) -> None:
    """What you owe, and to whom: late, today, soon; and what they owe you.

    Exits with 1 when there is nothing.

    \b
    Example:
      vaultcrm due
      vaultcrm due --within 2w --client acme
    """
    from vaultcrm.actions import due as listing

    context = current_context()
    groups = listing.due(context.crm, _days(within), client, waiting, everything)
    if context.wants_json:
        from vaultcrm.actions.as_json import follow_up_json

        context.out.json([follow_up_json(item, context.crm.today) for item in groups.all()])
    elif groups.all():
        _print_due(context, groups, client is None, within)
    else:
        context.out.info(
            f"Nothing is due within {within}."
            + (f" Further ahead or without a day: {groups.hidden} (vaultcrm due --all)." if groups.hidden else "")
        )
    context.exit_unless(groups.all())


def _days(within: str) -> int:
    from vaultcrm.dates.parse import parse_duration

    return 7 if within == "7d" else parse_duration(within)


def _print_due(context: CommandContext, groups: "Due", with_client: bool, within: str) -> None:
    sections = [
        ("Late", groups.late, "red bold"), ("Today", groups.today, "yellow bold"),
        (f"Within {humanize_duration(_days(within))}", groups.soon, "bold"), ("Later", groups.later, "bold"),
        ("Without a day", groups.undated, "bold"), ("They owe you", groups.waiting, "cyan bold"),
    ]  # fmt: skip
    handles = short_handles(context, groups.all())
    shown = [section for section in sections if section[1]]
    cells = [follow_up_row(context, item, handles[item.id], with_client) for _, items, _ in shown for item in items]
    columns = [Column(), Column(), Column(1, 24, wraps=True), Column(2, 17), Column(3, 0), Column()]
    lines = iter(context.out.rows(columns, cells, indent=2))
    blocks = []
    for title, items, style in shown:
        heading = context.out.style(title, style) + context.out.style(f"  {len(items)}", "dim")
        blocks.append("\n".join([heading, *(next(lines) for _ in items)]))
    context.out.styled("\n\n".join(blocks))
    if groups.hidden:
        context.out.info(f"{groups.hidden} more further ahead, hidden or without a day: vaultcrm due --all", "dim")


@click.command()
@_IDS
def done(ids: tuple[str, ...]) -> None:
    """Close follow-ups by their handles; one that comes again goes on to its next day.

    \b
    Example:
      vaultcrm done 3f2a 91bc
    """
    from vaultcrm.actions import follow_ups

    context = current_context()
    _report(context, follow_ups.done(context.crm, ids))


@click.command()
@_IDS
def drop(ids: tuple[str, ...]) -> None:
    """Cancel follow-ups: they stay in the vault, and are not due any more.

    \b
    Example:
      vaultcrm drop 3f2a
    """
    from vaultcrm.actions import follow_ups

    context = current_context()
    _report(context, follow_ups.drop(context.crm, ids))


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID… WHEN", shell_complete=complete_follow_up)
def snooze(ids: tuple[str, ...]) -> None:
    """Move follow-ups to another day.

    \b
    Example:
      vaultcrm snooze 3f2a fri
      vaultcrm snooze 3f2a 91bc "next week"
    """
    from vaultcrm.actions import follow_ups
    from vaultcrm.errors import InvalidInput, UsageError

    context = current_context()
    if len(ids) < 2:
        raise UsageError("Say until when.", "Like: vaultcrm snooze 3f2a fri")
    handles = list(ids[:-1])
    words = ids[-1]
    try:
        until = parse_when(words)
    except InvalidInput:
        # "snooze 3f2a next week" without quotes: the words behind the handles are one date
        while len(handles) > 1 and not _is_handle(handles[-1]):
            words = f"{handles.pop()} {words}"
        until = parse_when(words)
    assert until is not None
    _report(context, follow_ups.snooze(context.crm, handles, until))


def _is_handle(text: str) -> bool:
    return len(text) >= 4 and all(char in "0123456789abcdef" for char in text.lower())


def _report(context: CommandContext, written: "WriteResult[list[FollowUpChange]]") -> None:
    """What has become of each follow-up."""
    from vaultcrm.actions.as_json import write_json

    changes = written.record
    if context.wants_json:
        context.out.json(write_json(written, follow_ups=[_of_change(context, one) for one in changes]))
        return
    for change in changes:
        text = f"{change.what}: {without_links(change.follow_up.text)}"
        if change.next_due:
            ahead = (change.next_due - context.crm.today).days
            far = f", in {humanize_duration(ahead)}" if ahead > 0 else f", {humanize_duration(-ahead)} ago" if ahead < 0 else ", today"
            text += f"  → {format_date(change.next_due)}{far}"
        elif change.comes_again:
            text += "  → comes again, without a day"
        if change.skipped:
            text += f"  ({change.skipped} missed)"
        if change.why_last:
            text += f"  (does not come again: {change.why_last})"
        context.out.line(text, "" if change.what.startswith(("was", "needed")) else "green")


def _of_change(context: CommandContext, change: "FollowUpChange") -> dict[str, object]:
    from vaultcrm.actions.as_json import follow_up_json

    return {
        **follow_up_json(change.follow_up, context.crm.today),
        "what": change.what,
        "skipped": change.skipped,
        "why_last": change.why_last or None,
        "next_due": change.next_due.isoformat() if change.next_due else None,
        "comes_again": change.comes_again,
    }
