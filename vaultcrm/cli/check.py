"""init, check, stats, undo."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import current_context
from vaultcrm.cli.table import Cell, Column
from vaultcrm.plural import counted

if TYPE_CHECKING:  # the journal is loaded when it is asked for
    pass


@click.command()
@click.argument("client", required=False)
@click.option("--fix", is_flag=True, help="Offer to merge each conflict copy with its original, one at a time.")
@click.option("--yes", is_flag=True, help="With --fix: merge without asking what contradicts nothing.")
def check(client: str | None, fix: bool, yes: bool) -> None:
    """Every problem in the vault, or in a client's notes, with file and line.

    Exits with 1 when there are any.

    \b
    Example:
      vaultcrm check
      vaultcrm check --fix
    """
    from vaultcrm.actions import check, lookup
    from vaultcrm.errors import UsageError

    context = current_context()
    if yes and not fix:
        raise UsageError("--yes answers the questions of --fix.", "Like: vaultcrm check --fix --yes")
    below = lookup.client(context.crm, client).folder if client else None
    if fix:
        from vaultcrm.cli.check_fix import merge_copies

        merged, left = merge_copies(context, below, yes)
    found = check.problems(context.crm, below)
    if context.wants_json:
        from vaultcrm.actions.as_json import problem_json

        problems = [problem_json(one) for one in found]
        context.out.json({"merged": merged, "left": left, "problems": problems} if fix else problems)
    else:
        for one in found:
            context.out.styled(
                context.out.style(f"{_clean(one.path)}:{one.line}:", "bold")
                + f" {_clean(one.message)} "
                + context.out.style(f"[{one.code}]", "dim")
            )
        context.out.info(f"{counted(len(found), 'problem')}." if found else "No problems.", "yellow" if found else "green")
    context.exit_unless(not found)


def _clean(text: str) -> str:
    from vaultcrm.cli.terminal import one_line

    return one_line(text)


@click.command()
def stats() -> None:
    """How many notes, clients, follow-ups and problems there are.

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
            said = ", ".join(f"{number} {status}" for status, number in counts.follow_ups.items() if number)
            rows.append([Cell("follow-ups", "dim"), Cell(str(sum(counts.follow_ups.values()))), Cell(said, "dim")])
        else:
            rows.append([Cell(name, "dim"), Cell(str(count)), Cell("vaultcrm check" if name == "problems" and count else "", "dim")])
    context.out.table([Column(), Column(right=True), Column(1, 10)], rows)
