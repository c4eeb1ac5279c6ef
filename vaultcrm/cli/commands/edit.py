"""edit: open a note in the user's editor."""

import click

from vaultcrm.cli.context import current_context
from vaultcrm.cli.options import note_argument


@click.command()
@note_argument
def edit(note: str) -> None:
    """Open a note in your editor, then report what in it can't be read.

    Exits with 1 when there are problems.

    \b
    Example:
      vaultcrm edit acme
    """
    from vaultcrm.actions import lookup
    from vaultcrm.errors import ExternalError

    context = current_context()
    path, _ = lookup.place(context.crm, note)
    try:
        click.edit(filename=context.crm.vault.path(path))
    except click.ClickException as error:
        raise ExternalError(f"Your editor failed: {error.format_message()}", "Set EDITOR to the program that you use.") from error
    context.crm.invalidate_after_write()
    context.crm.refresh()
    problems = [problem for problem in context.crm.catalog.problems() if problem.path == path]
    if context.wants_json:
        from vaultcrm.actions.as_json import problem_json

        context.out.json({"path": path, "problems": [problem_json(problem) for problem in problems]})
    else:
        context.out.line(path)
        for problem in problems:
            context.out.info(f"{problem.path}:{problem.line}: {problem.message}", "yellow")
    context.exit_unless(not problems)
