"""edit: open a note in the user's editor."""

import click

from vaultcrm.cli.context import current_context
from vaultcrm.cli.options import shown_argument


@click.command()
@shown_argument
def edit(note: tuple[str, ...]) -> None:
    """Open a note in your editor, then report what in it can't be read.

    With the handle of a line in a note, the editor opens at that line, if it is one that can.

    Exits with 1 when there are problems.

    \b
    Example:
      vaultcrm edit acme
    """
    from vaultcrm.actions.history.last_seen import own_edit
    from vaultcrm.actions.show import find_line
    from vaultcrm.cli.display.editor import open_in_editor

    context = current_context()
    path, line = find_line(context.crm, " ".join(note))
    with own_edit(context.crm, path):
        open_in_editor(context.crm.vault.path(path), line)
    context.crm.invalidate_after_write()
    context.crm.refresh()
    problems = [problem for problem in context.crm.catalog.problems() if problem.path == path]
    if context.wants_json:
        from vaultcrm.actions.as_json import problem_json

        context.out.json({"path": path, "line": line, "problems": [problem_json(problem) for problem in problems]})
    else:
        context.out.line(path)
        for problem in problems:
            context.out.info(f"{problem.path}:{problem.line}: {problem.message}", "yellow")
    context.exit_unless(not problems)
