"""What several commands take: dates in words, names that complete themselves."""

import os
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click

from vaultcrm.cli.context import session


class Day(click.ParamType[str]):
    """A day in words; kept as text until the command runs, when the vault's settings are known."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # Any: click's signature
        return str(value)


WHEN = Day()


def day(words: str | None, past: bool = False) -> date | None:
    """The day that somebody means. Raises NotUnderstood."""
    if words is None:
        return None
    from vaultcrm.dates.parse import parse_day  # late: many commands take no date

    crm = session().crm
    return parse_day(words, crm.today, crm.vault.settings.date_order, past)


def moment(words: str | None) -> datetime | None:
    """The moment that somebody means, today or before. Raises NotUnderstood."""
    if words is None:
        return None
    from vaultcrm.dates.parse import parse_moment  # late: as above

    crm = session().crm
    return parse_moment(words, crm.now, crm.vault.settings.date_order)


def echo_day(found: date | None, words: str | None = None) -> str:
    """A day as it was understood, for a person: "Fri 2026-11-27"."""
    from vaultcrm.dates.humanize import say_day

    return say_day(found) if found else words or "no date"


def _names(statement: str) -> Callable[[click.Context, click.Parameter, str], list[Any]]:  # Any: click's own items, loaded late
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        from vaultcrm.actions.crm import Crm
        from vaultcrm.actions.default_vault import choose
        from vaultcrm.errors import VaultcrmError
        from vaultcrm.normalize import fold

        try:
            crm = Crm(choose(ctx.find_root().params.get("vault"), "."), datetime.min)
            found = crm.catalog.rows(statement)  # as last known: a completion must not wait for the disk
        except VaultcrmError:
            return []
        names = sorted({row[0] for row in found})
        return [CompletionItem(_for_shell(name)) for name in names if fold(incomplete) in fold(name)]

    return complete


def _for_shell(name: str) -> str:
    """A name as the shell puts it on the line: zsh and fish quote it themselves, bash does not.

    Two backslashes, because click's script for bash reads the answers with a `read` that takes one away.
    """
    if os.environ.get("_VAULTCRM_COMPLETE") != "bash_complete":
        return name
    return "".join(char if char.isalnum() or char in "._-/@+," else f"\\\\{char}" for char in name)


_TITLE = (
    "substr(replace(path, rtrim(path, replace(path, '/', '')), ''), 1, length(replace(path, rtrim(path, replace(path, '/', '')), '')) - 3)"
)
complete_client = _names(f"SELECT {_TITLE} FROM notes WHERE type = 'client'")
complete_project = _names(f"SELECT {_TITLE} FROM notes WHERE type = 'project'")
complete_note = _names(f"SELECT {_TITLE} FROM notes WHERE type IN ('client', 'project', 'person')")
complete_follow_up = _names("SELECT substr(id, 1, 6) FROM follow_ups WHERE status IN ('open', 'waiting')")


def complete_search(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:  # Any: click's own items, loaded late
    """The saved searches; what else somebody looks for nobody knows."""
    from click.shell_completion import CompletionItem

    from vaultcrm.actions.default_vault import choose
    from vaultcrm.errors import VaultcrmError
    from vaultcrm.vault.vault import Vault

    try:
        searches = Vault(choose(ctx.find_root().params.get("vault"), ".")).settings.searches
    except VaultcrmError:
        return []
    return [CompletionItem(_for_shell(name), help=query) for name, query in searches if name.startswith(incomplete)]


client_argument = click.argument("client", shell_complete=complete_client)
