"""stats: counts of everything in the vault."""

import click

from vaultcrm.cli.context import current_context
from vaultcrm.cli.table import Cell, Column


@click.command()
def stats() -> None:
    """Count notes, clients, follow-ups and problems.

    \b
    Example:
      vaultcrm stats --json
    """
    from vaultcrm.actions import check

    context = current_context()
    counts = check.stats(context.crm)
    if context.wants_json:
        context.out.json(counts._asdict())
        return
    rows = []
    for name, count in counts._asdict().items():
        if name == "follow_ups":
            by_status = ", ".join(f"{number} {status}" for status, number in counts.follow_ups.items() if number)
            rows.append([Cell("follow-ups", "dim"), Cell(str(sum(counts.follow_ups.values()))), Cell(by_status, "dim")])
        else:
            rows.append([Cell(name, "dim"), Cell(str(count)), Cell("vaultcrm check" if name == "problems" and count else "", "dim")])
    context.out.table([Column(), Column(right=True), Column(1, 10)], rows)
