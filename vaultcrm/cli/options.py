"""What several commands take: dates in words, names that complete themselves."""

from datetime import date, datetime
from typing import Any

import click

from vaultcrm.cli.completion import complete_client
from vaultcrm.cli.context import current_context


class Day(click.ParamType[str]):
    """A day in words; kept as text until the command runs, when the vault's settings are known."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # Any: click's signature
        return str(value)


WHEN = Day()


def parse_when(words: str | None, past: bool = False) -> date | None:
    """The day that somebody means. Raises NotUnderstood."""
    if words is None:
        return None
    from vaultcrm.dates.parse import parse_day  # late: many commands take no date

    crm = current_context().crm
    return parse_day(words, crm.today, crm.vault.settings.date_order, past)


def parse_when_datetime(words: str | None) -> datetime | None:
    """The moment that somebody means, today or before. Raises NotUnderstood."""
    if words is None:
        return None
    from vaultcrm.dates.parse import parse_datetime  # late: as above

    crm = current_context().crm
    return parse_datetime(words, crm.now, crm.vault.settings.date_order)


def format_date(found: date | None, words: str | None = None) -> str:
    """A day as it was understood, for a person: "Fri 2026-11-27"."""
    from vaultcrm.dates.humanize import format_day

    return format_day(found) if found else words or "no date"


client_argument = click.argument("client", shell_complete=complete_client)
