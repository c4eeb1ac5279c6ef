"""init."""

import os
import shlex
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import session
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

    The first vault becomes your default: commands use it outside of every vault. It is at home in
    Obsidian: views/ shows what is due and who owes it, templates/obsidian/ are forms for new notes.
    What is there already is never overwritten. With --git it is a git repository as well, which
    merges notes property by property: see vaultcrm sync.

    \b
    Example:
      vaultcrm init ~/clients --git
      vaultcrm init ~/clients --obsidian
    """
    from vaultcrm.actions import init
    from vaultcrm.errors import WrongUse

    on = session()
    if on.is_named:  # by --vault, not by the environment
        if folder != "." and os.path.realpath(os.path.expanduser(folder)) != os.path.realpath(os.path.expanduser(on.named or "")):
            raise WrongUse(f"Two folders are named, {on.named!r} and {folder!r}.", "Name the new vault once: vaultcrm init DIR")
        folder = on.named or folder
    made = init.init(folder, shlex.join(on.words), on.now.isoformat(timespec="seconds"), obsidian, git)
    is_new = SETTINGS_FILE in made.created
    if on.json:
        paths = {"created": made.created, "changed": made.changed}
        on.document({"vault": made.root, **paths, "default": made.is_default, "left": made.left, "git": made.commit if git else None})
        return
    on.out(made.root)
    for path in [] if is_new else made.created + made.changed:
        on.out(path)
    for sentence in made.left:
        on.say(sentence, "yellow")
    if made.is_default:
        on.say("It is now your default vault.")
    if git:
        on.say(f"Committed: {made.commit}" if made.commit else "It is a git repository, and knows how to merge notes.")
        on.say("Next: vaultcrm sync" if made.is_shared else "Share it: git remote add origin URL, then: vaultcrm sync")
    elif is_new:
        on.say('Next: vaultcrm client add "NAME"')
    elif not made.created and not made.changed:
        on.say("Nothing is missing; nothing was changed.")
