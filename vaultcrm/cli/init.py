"""init."""

import os
import shlex
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import current_context
from vaultcrm.vault.settings import SETTINGS_FILE

if TYPE_CHECKING:  # the journal is loaded when it is asked for
    pass


@click.command()
@click.argument("folder", metavar="[DIR]", default=".")
@click.option(
    "--obsidian/--no-obsidian", default=None, help="Add views, templates and types for Obsidian, also to a vault that is there; or none."
)
@click.option("--git", is_flag=True, help="Make it a git repository too, also a vault that is there.")
def init(folder: str, obsidian: bool | None, git: bool) -> None:
    """Make a folder a vault; notes that are in it already stay as they are.

    The first vault becomes your default: commands use it outside of every vault. It is at client_ref in
    Obsidian: views/ shows what is due and who owes it, templates/obsidian/ are forms for new notes.
    What is there already is never overwritten. With --git it is a git repository as well, which
    merges notes property by property: see vaultcrm sync.

    \b
    Example:
      vaultcrm init ~/clients --git
      vaultcrm init ~/clients --obsidian
    """
    from vaultcrm.actions import init
    from vaultcrm.errors import UsageError

    context = current_context()
    if context.is_vault_given:  # by --vault, not by the environment
        if folder != "." and os.path.realpath(os.path.expanduser(folder)) != os.path.realpath(
            os.path.expanduser(context.vault_option or "")
        ):
            raise UsageError(
                f"Two folders are named, {context.vault_option!r} and {folder!r}.", "Name the new vault once: vaultcrm init DIR"
            )
        folder = context.vault_option or folder
    made = init.init(folder, shlex.join(context.words), context.now.isoformat(timespec="seconds"), obsidian, git)
    is_new = SETTINGS_FILE in made.created
    if context.wants_json:
        paths = {"created": made.created, "changed": made.changed}
        context.out.json({"vault": made.root, **paths, "default": made.is_default, "left": made.left, "git": made.commit if git else None})
        return
    context.out.line(made.root)
    for path in [] if is_new else made.created + made.changed:
        context.out.line(path)
    for sentence in made.left:
        context.out.info(sentence, "yellow")
    if made.is_default:
        context.out.info("It is now your default vault.")
    if git:
        context.out.info(f"Committed: {made.commit}" if made.commit else "It is a git repository, and knows how to merge notes.")
        context.out.info("Next: vaultcrm sync" if made.is_shared else "Share it: git remote add origin URL, then: vaultcrm sync")
    elif is_new:
        context.out.info('Next: vaultcrm client add "NAME"')
    elif not made.created and not made.changed:
        context.out.info("Nothing is missing; nothing was changed.")
