"""Arguments and options that several commands share: clients, notes, dates in words."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import click

from vaultcrm.cli.completion import complete_client, complete_note, complete_shown
from vaultcrm.cli.context import current_context
from vaultcrm.model.schema import CHANNELS

client_argument = click.argument("client", shell_complete=complete_client)
log_client_argument = click.argument("client", required=False, shell_complete=complete_client)
everything_option = click.option("--all", "everything", is_flag=True, help="Show all conversations and links, not just the latest.")
shown_argument = click.argument("note", nargs=-1, required=True, shell_complete=complete_shown)
note_argument = click.argument("note", shell_complete=complete_note)


class When(click.ParamType[str]):
    """A date in words, kept as text until the command runs: what 03/04 means depends on the vault's settings."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # Any: click's signature
        return str(value)


WHEN = When()


class Channel(click.Choice[str]):
    """A channel, by its name or as people say it: "mail", "phone", "Zoom"."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # Any: click's signature
        if str(value) not in CHANNELS and not (ctx and ctx.resilient_parsing):
            from vaultcrm.actions import lookup  # late: settings are read only for other names

            value = lookup.channel(current_context().crm, str(value))
        return super().convert(value, param, ctx)


CHANNEL = Channel(CHANNELS, case_sensitive=False)


def choice(values: Iterable[str]) -> click.Choice[str]:
    """One of several words, in any case."""
    return click.Choice(list(values), case_sensitive=False)


def parse_when(words: str | None, past: bool = False) -> date | None:
    """The date that words mean, with `past` the one before today; None for None. Raises InvalidInput."""
    if words is None:
        return None
    from vaultcrm.dates.parse import parse_day_and_time  # late: many commands take no date

    crm = current_context().crm
    day, time_of_day = parse_day_and_time(words, crm.today, crm.vault.settings.date_order, past)
    if time_of_day is not None:
        current_context().out.info(f"Only the day counts here, so {time_of_day:%H:%M} is left out.")
    return day


def parse_when_datetime(words: str | None) -> datetime | None:
    """The date and time, today or before, that words mean; None for None. Raises InvalidInput."""
    if words is None:
        return None
    from vaultcrm.dates.parse import parse_datetime  # late: as above

    crm = current_context().crm
    return parse_datetime(words, crm.now, crm.vault.settings.date_order)


as_of_option = click.option("--as-of", type=WHEN, metavar="DATE", help="As of the end of this day: from Git's history, else by dates.")


def use_vault_as_of(
    words: str | None, client: str = "", project: str = "", may_be_person: bool = False, for_decisions: bool = False
) -> str:  # fmt: skip
    """Let the command answer from the vault on the day that --as-of names; without it, from the vault as it is.

    Returns the client's name, or its path on that day. Answers may be about its `project`; `for_decisions`, about
    decisions only. `may_be_person`: a person's name gives that person. Says where the past is from. Raises InvalidInput, NotFound.
    """
    context, day = current_context(), parse_when(words, past=True)
    if day is None:
        return client
    from vaultcrm.actions.history.as_of import crm_at  # late: loads Git's module, and few ask for a day

    found = crm_at(context.crm, day, client, project, for_decisions)
    context.answer_from(found.crm)
    context.out.info(found.source)
    return (may_be_person and found.person) or found.client


def format_date(day: date | None) -> str:
    """A date as it was understood: "Fri 2026-11-27"; "no date" for None."""
    from vaultcrm.dates.humanize import format_day

    return format_day(day) if day else "no date"


def remark_if_ahead(moment: date | None) -> str:
    """A sentence for a day that lies ahead where the past is meant; "" for any other day."""
    from vaultcrm.dates.humanize import humanize_days

    day = moment.date() if isinstance(moment, datetime) else moment
    days = (day - current_context().crm.today).days if day else 0
    return f"That lies ahead: {humanize_days(days)}." if days > 0 else ""


def format_due_day(day: date) -> str:
    """A due date as it was understood, and how far away it is if it has passed or is months ahead: "Sun 2026-11-01, 15 days late"."""
    from vaultcrm.cli.formats import format_due

    days = (day - current_context().crm.today).days
    return format_date(day) + (f", {format_due(days)}" if days < 0 or days > 180 else "")
