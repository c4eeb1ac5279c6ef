"""check: every problem in the vault, and merging conflict copies."""

import click

from vaultcrm.cli.context import current_context
from vaultcrm.cli.terminal import one_line
from vaultcrm.plural import counted


@click.command()
@click.argument("client", required=False)
@click.option("--fix", is_flag=True, help="Offer to merge each conflict copy into its original, one at a time.")
@click.option("--yes", is_flag=True, help="With --fix, merge without asking where nothing contradicts.")
def check(client: str | None, fix: bool, yes: bool) -> None:
    """List every problem in the vault, or in one client's notes, with file and line.

    Exits with 1 when there are any.

    \b
    Example:
      vaultcrm check
      vaultcrm check --fix
    """
    from vaultcrm.actions import check as actions
    from vaultcrm.actions import lookup
    from vaultcrm.errors import UsageError

    context = current_context()
    if yes and not fix:
        raise UsageError("--yes answers the questions that --fix asks.", "For example: vaultcrm check --fix --yes")
    folder = lookup.client(context.crm, client).folder if client else None
    merged: list[dict[str, str]] = []
    left: list[dict[str, str]] = []
    if fix:
        from vaultcrm.cli.commands.check_fix import merge_copies

        merged, left = merge_copies(context, folder, yes)
    problems = actions.problems(context.crm, folder)
    if context.wants_json:
        from vaultcrm.actions.as_json import problem_json

        listed = [problem_json(problem) for problem in problems]
        context.out.json({"merged": merged, "left": left, "problems": listed} if fix else listed)
    else:
        for problem in problems:
            place = context.out.style(f"{one_line(problem.path)}:{problem.line}:", "bold")
            context.out.styled(f"{place} {one_line(problem.message)} {context.out.style(f'[{problem.code}]', 'dim')}")
        context.out.info(f"{counted(len(problems), 'problem')}." if problems else "No problems.", "yellow" if problems else "green")
    context.exit_unless(not problems)
