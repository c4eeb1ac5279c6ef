"""show: one note with all that belongs to it."""

import click

from vaultcrm.cli.context import current_context
from vaultcrm.cli.options import everything_option, shown_argument


@click.command()
@shown_argument
@everything_option
def show(note: tuple[str, ...], everything: bool) -> None:
    """Show a note: its properties, its text, what is open and agreed, and which notes link to it.

    NOTE is a name, a path, or the handle of anything that a list shows: a follow-up, a decision, a note. What is
    longer than the screen opens in your pager.

    \b
    Example:
      vaultcrm show 8f3f
      vaultcrm show website redesign
    """
    from vaultcrm.actions import show as actions
    from vaultcrm.cli.display.note import print_note

    context = current_context()
    print_note(context, actions.show(context.crm, " ".join(note)), everything)
