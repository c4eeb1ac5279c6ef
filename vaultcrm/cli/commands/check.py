"""check: every problem in the vault, and merging conflict copies."""

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.terminal import one_line
from vaultcrm.plural import counted
from vaultcrm.quoting import shell_word


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
        if fix:
            notes = actions.dated_notes(context.crm, folder)
            context.out.json({"merged": merged, "left": left, "problems": listed, "dated_notes": notes})
        else:
            context.out.json(listed)
    else:
        for problem in problems:
            place = context.out.style(f"{one_line(problem.path)}:{problem.line}:", "bold")
            context.out.styled(f"{place} {one_line(problem.message)} {context.out.style(f'[{problem.code}]', 'dim')}")
        context.out.info(f"{counted(len(problems), 'problem')}." if problems else "No problems.", "yellow" if problems else "green")
        _print_hint(context, actions.dated_notes(context.crm, folder))
    context.exit_unless(not problems)


def _print_hint(context: CommandContext, paths: list[str]) -> None:
    """Say which notes count as conversations, although their type doesn't say so. That isn't a problem."""
    if not paths:
        return
    names = ", ".join(one_line(path) for path in paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
    verb = "count as conversations" if len(paths) > 1 else "counts as a conversation"
    context.out.info(f"{counted(len(paths), 'dated note')} without a type {verb}: {names}")
    context.out.info(f"To give one people, a channel or decisions: vaultcrm set {shell_word(paths[0])} type=interaction")
