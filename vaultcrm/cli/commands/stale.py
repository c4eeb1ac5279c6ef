"""stale: clients that have been neglected."""

import click

from vaultcrm.cli.context import current_context
from vaultcrm.cli.formats import format_ago
from vaultcrm.cli.table import Cell, Column


@click.command()
@click.option("--limit", type=click.IntRange(1), help="Show at most N clients.")
def stale(limit: int | None) -> None:
    """List clients you haven't talked to for longer than agreed or usual, or without a next step; most neglected first.

    Exits with 1 when there are none.

    \b
    Example:
      vaultcrm stale
    """
    from vaultcrm.actions import clients

    context = current_context()
    found = clients.stale(context.crm)[:limit]
    if context.wants_json:
        from vaultcrm.actions.as_json import stale_json

        context.out.json([stale_json(item) for item in found])
    elif found:
        rows = [
            [Cell(item.summary.client.name, "bold"), Cell(format_ago(item.summary.silent_days), "red"), Cell("; ".join(item.reasons))]
            for item in found
        ]
        context.out.table([Column(2, 14), Column(), Column(1, 20, wraps=True)], rows)
    else:
        context.out.info("No client is neglected.")
    context.exit_unless(found)
