"""agenda: the meetings of some days, with what to know before each."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import current_context
from vaultcrm.dates.humanize import format_day

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.agenda import Agenda


@click.command()
@click.argument("when", nargs=-1)
def agenda(when: tuple[str, ...]) -> None:
    """List the meetings of a day, with what to know before each, and what is due.

    WHEN is a day or a period; "week" is the next seven days  [default: today]. Meetings come from your calendar
    (vaultcrm import) and from what you log ahead.

    Exits with 1 when there is nothing.

    \b
    Example:
      vaultcrm agenda
      vaultcrm agenda tomorrow
      vaultcrm agenda week
    """
    from vaultcrm.actions import agenda as actions

    context = current_context()
    first, last = actions.parse_agenda_days(" ".join(when), context.crm.today, context.crm.vault.settings.date_order)
    found = actions.agenda(context.crm, first, last)
    if context.wants_json:
        from vaultcrm.actions.as_json import agenda_json

        context.out.json(agenda_json(found, context.crm.today))
    else:
        if found.days:
            from vaultcrm.cli.display.agenda_days import agenda_lines
            from vaultcrm.cli.display.pager import paged

            with paged(context.out):
                context.out.styled("\n".join(agenda_lines(context, found.days)))
        if not found.has_meetings:
            context.out.info(_no_meetings(found))
    context.exit_unless(found.days)


def _no_meetings(found: "Agenda") -> str:
    days = format_day(found.first)
    sentence = f"No meeting on {days}." if found.first == found.last else f"No meeting from {days} to {format_day(found.last)}."
    talk = found.next
    if talk is None or talk.at is None:
        return f"{sentence} None is planned after that."
    at = f" {talk.at:%H:%M}" if talk.at.hour or talk.at.minute else ""
    who = f" ({talk.client})" if talk.client else ""
    return f"{sentence} The next one is on {format_day(talk.at.date())}{at}: {talk.summary if talk.has_summary else talk.title}{who}"
