"""follow-up add, done, snooze, drop."""

import contextlib
from datetime import date
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_follow_up, complete_person, complete_project
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.formats import format_rhythm
from vaultcrm.cli.options import WHEN, choice, client_argument, format_date, format_due_day, parse_when
from vaultcrm.dates.humanize import humanize_duration
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.model.schema import PRIORITIES

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.crm import WriteResult
    from vaultcrm.actions.follow_ups import FollowUpChange

_ids_argument = click.argument("ids", nargs=-1, required=True, metavar="ID…", shell_complete=complete_follow_up)


@click.group("follow-up")
def follow_up() -> None:
    """Manage follow-ups: what happens next, who owes it, and when.

    \b
    Example:
      vaultcrm follow-up add acme "Send the quote" --due fri
    """


@follow_up.command("add")
@client_argument
@click.argument("text", nargs=-1, required=True)
@click.option("--due", type=WHEN, help="When it is due; with --waiting, when to chase it.")
@click.option("--waiting", is_flag=True, help="The client owes it.")
@click.option("--every", metavar="RULE", help='How often it repeats: "2 weeks", "month on the 15th", "3 months when done".')
@click.option("--priority", type=choice(PRIORITIES), help="How much it matters.")
@click.option("--scheduled", type=WHEN, help="Hide it until this day.")
@click.option("--project", shell_complete=complete_project, help="Project that it belongs to.")
@click.option("--person", shell_complete=complete_person, help="Who will do it, or who to ask.")
def follow_up_add(
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
    from vaultcrm.dates.recurrence import first_due, parse_rule

    context = current_context()
    due_date = parse_when(due)
    rule = parse_rule(every, due_date, context.crm.today, context.crm.vault.settings.date_order) if every else None
    if rule and due_date is None:
        due_date = first_due(rule.rule, context.crm.today)
    new = NewFollowUp(" ".join(text), due_date, waiting, priority, rule, parse_when(scheduled), project, person)
    result = add_follow_up(context.crm, client, new)
    item = result.record
    if context.wants_json:
        from vaultcrm.actions.as_json import follow_up_json, write_json

        context.out.json(write_json(result, follow_up=follow_up_json(item, context.crm.today)))
        return
    context.out.line(result.created[0])
    repeats = f", {format_rhythm(item)}" if item.recurrence else ""
    what = "hidden until" if item.due is None else "chase" if item.status == "waiting" else "due"
    when = f"{what} {format_due_day(item.day)}{repeats}" if item.day else "no due date"
    context.out.info(f"{item.id[:6]}  {when}  ({item.client})")
    if item.due and item.scheduled and item.scheduled > item.due:
        context.out.info(f"It's hidden until {format_date(item.scheduled)}, after the day it is due.", "yellow")


@click.command()
@_ids_argument
@click.option("--early", is_flag=True, help="Close recurring ones even if their date lies ahead.")
def done(ids: tuple[str, ...], early: bool) -> None:
    """Close follow-ups by their handles, or by words of them. Recurring ones move to their next date.

    \b
    Example:
      vaultcrm done 3f2a 91bc
      vaultcrm done "send mock"
    """
    from vaultcrm.actions import follow_ups

    context = current_context()
    _print_changes(context, follow_ups.done(context.crm, ids, early))


@click.command()
@_ids_argument
def drop(ids: tuple[str, ...]) -> None:
    """Cancel follow-ups. They stay in the vault, but are no longer due.

    \b
    Example:
      vaultcrm drop 3f2a
    """
    from vaultcrm.actions import follow_ups

    context = current_context()
    _print_changes(context, follow_ups.drop(context.crm, ids))


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID… WHEN", shell_complete=complete_follow_up)
def snooze(ids: tuple[str, ...]) -> None:
    """Move follow-ups to another date.

    \b
    Example:
      vaultcrm snooze 3f2a fri
      vaultcrm snooze 3f2a 91bc next week
    """
    from vaultcrm.actions import follow_ups
    from vaultcrm.errors import UsageError

    context = current_context()
    if len(ids) < 2:
        raise UsageError("Say until when.", "For example: vaultcrm snooze 3f2a fri")
    names, until = _names_and_date(ids)
    _print_changes(context, follow_ups.snooze(context.crm, names, until))


def _names_and_date(words: tuple[str, ...]) -> tuple[tuple[str, ...], date]:
    """What to move, and the date: as many of the last words as make one, so that `snooze 3f2a next week` needs no quotes."""
    from vaultcrm.errors import InvalidInput

    for start in range(1, len(words)):
        with contextlib.suppress(InvalidInput):
            day = parse_when(" ".join(words[start:]))
            assert day is not None
            return words[:start], day
    day = parse_when(words[-1])  # raises
    assert day is not None
    return words[:-1], day


def _print_changes(context: CommandContext, result: "WriteResult[list[FollowUpChange]]") -> None:
    if context.wants_json:
        from vaultcrm.actions.as_json import write_json

        context.out.json(write_json(result, follow_ups=[_change_json(context, change) for change in result.record]))
        return
    for change in result.record:
        text = f"{change.outcome}: {without_links(change.follow_up.text)}"
        if change.next_due:
            text += f"  → {format_date(change.next_due)}, {_distance((change.next_due - context.crm.today).days)}"
        elif change.has_next:
            text += "  → repeats, without a date"
        if change.outcome == "moved" and change.follow_up.recurrence:
            text += f", then {format_rhythm(change.follow_up)}"
        if change.missed:
            text += f"  ({change.missed} missed)"
        if change.no_next_reason:
            text += f"  (does not repeat: {change.no_next_reason})"
        context.out.line(text, "" if change.outcome.startswith(("was", "needed")) else "green")


def _distance(days: int) -> str:
    """How far away a day is: "in 1 day", "today", "3 days ago"."""
    if days == 0:
        return "today"
    return f"in {humanize_duration(days)}" if days > 0 else f"{humanize_duration(-days)} ago"


def _change_json(context: CommandContext, change: "FollowUpChange") -> dict[str, object]:
    from vaultcrm.actions.as_json import follow_up_json

    return {
        **follow_up_json(change.follow_up, context.crm.today),
        "what": change.outcome,
        "skipped": change.missed,
        "why_last": change.no_next_reason or None,
        "next_due": change.next_due.isoformat() if change.next_due else None,
        "comes_again": change.has_next,
    }
