"""init: make a folder a vault."""

import os
import shlex
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.quoting import quoted
from vaultcrm.vault.settings import SETTINGS_FILE, find_vault

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.init import InitResult


@click.command()
@click.argument("folder", metavar="[DIR]", required=False)
@click.option(
    "--obsidian/--no-obsidian", default=None, help="Add views, templates and property types for Obsidian, or don't  [default: new vaults]"
)
@click.option("--git", is_flag=True, help="Make the vault a Git repository that merges notes property by property.")
@click.option(
    "--default",
    "as_default",
    is_flag=True,
    help="Make it the vault to use outside of any other. Without DIR, show that one.",
)
def init(folder: str | None, obsidian: bool | None, git: bool, as_default: bool) -> None:
    """Make a folder a vault. Notes that are already in it stay as they are.

    Your first vault becomes your default: commands use it outside of any other vault. It works in
    Obsidian at once: views/ shows what is due and who owes it, templates/obsidian/ has forms for new
    notes. Nothing is overwritten. In an existing vault, --obsidian and --git add what is missing.

    \b
    Example:
      vaultcrm init ~/clients --git
      vaultcrm init ~/clients --obsidian
      vaultcrm init --default
    """
    from vaultcrm.actions import init as actions
    from vaultcrm.errors import UsageError

    context = current_context()
    if as_default and folder is None and not context.is_vault_given:
        _show_default(context)
        return
    if context.is_vault_given:
        named = context.vault_option or "."
        if folder is not None and _real_path(folder) != _real_path(named):
            raise UsageError(f"You named two folders, {quoted(named)} and {quoted(folder)}.", "Name the new vault once: vaultcrm init DIR")
        folder = named
    folder = folder or "."
    if (enclosing := find_vault(os.path.dirname(_real_path(folder)))) is not None:
        context.out.warn(f"This folder is inside the vault {enclosing}. Its notes will be part of both.", "yellow")
    result = actions.init(folder, shlex.join(context.words), context.now.isoformat(timespec="seconds"), obsidian, git, as_default)
    if context.wants_json:
        paths = {"created": result.created, "changed": result.changed}
        commit = result.commit_summary if git else None
        context.out.json({"vault": result.root, **paths, "default": result.is_default, "left": result.warnings, "git": commit})
    else:
        _print_result(context, result, git)


def _show_default(context: CommandContext) -> None:
    from vaultcrm.actions.default_vault import default_vault

    vault = default_vault()
    if context.wants_json:
        context.out.json({"default": vault})
    elif vault is None:
        context.out.info("You have no default vault. To choose one: vaultcrm init DIR --default")
    else:
        context.out.line(vault)
        if not os.path.isdir(vault):
            context.out.info("This folder doesn't exist now. Mount its disk, or choose another: vaultcrm init DIR --default", "yellow")
    context.exit_unless(vault is not None)


def _real_path(folder: str) -> str:
    return os.path.realpath(os.path.expanduser(folder))


def _print_result(context: CommandContext, result: "InitResult", git: bool) -> None:
    out = context.out
    is_new = SETTINGS_FILE in result.created
    out.line(result.root)
    for path in [] if is_new else result.created + result.changed:
        out.line(path)
    for message in result.warnings:
        out.info(message, "yellow")
    if result.is_default:
        out.info("This is now your default vault.")
    if git:
        out.info(f"Committed: {result.commit_summary}" if result.commit_summary else "It is a Git repository and knows how to merge notes.")
        out.info("Next: vaultcrm sync" if result.has_remote else "To share it: git remote add origin URL, then: vaultcrm sync")
    elif is_new:
        out.info('Next: vaultcrm client add "NAME", or import contacts and mails: vaultcrm import FILE')
    elif not result.created and not result.changed and not result.is_default:
        out.info("Nothing was missing, so nothing was changed.")
