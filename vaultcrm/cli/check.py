"""init, check, stats, undo."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import session
from vaultcrm.cli.table import Cell, Column

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
    from vaultcrm.errors import WrongUse

    on = session()
    if yes and not fix:
        raise WrongUse("--yes answers the questions of --fix.", "Like: vaultcrm check --fix --yes")
    below = lookup.client(on.crm, client).folder if client else None
    if fix:
        from vaultcrm.cli.check_fix import merge_copies

        merged, left = merge_copies(on, below, yes)
    found = check.problems(on.crm, below)
    if on.json:
        from vaultcrm.actions.as_json import of_problem

        problems = [of_problem(one) for one in found]
        on.document({"merged": merged, "left": left, "problems": problems} if fix else problems)
    else:
        for one in found:
            on.raw(on.style(f"{_clean(one.path)}:{one.line}:", "bold") + f" {_clean(one.message)} " + on.style(f"[{one.code}]", "dim"))
        on.say(f"{len(found)} problem{'s' * (len(found) != 1)}." if found else "No problems.", "yellow" if found else "green")
    if found:
        click.get_current_context().exit(1)


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

    on = session()
    counts = check.stats(on.crm)
    if on.json:
        on.document(counts._asdict())
        return
    rows = []
    for name, count in counts._asdict().items():
        if name == "follow_ups":
            said = ", ".join(f"{number} {status}" for status, number in counts.follow_ups.items() if number)
            rows.append([Cell("follow-ups", "dim"), Cell(str(sum(counts.follow_ups.values()))), Cell(said, "dim")])
        else:
            rows.append([Cell(name, "dim"), Cell(str(count)), Cell("vaultcrm check" if name == "problems" and count else "", "dim")])
    on.table([Column(), Column(right=True), Column(1, 10)], rows)
