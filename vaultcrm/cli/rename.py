"""rename."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_note
from vaultcrm.cli.context import CommandContext, current_context

if TYPE_CHECKING:  # loaded when it runs
    from vaultcrm.actions.rename import RenameResult


@click.command()
@click.argument("note", shell_complete=complete_note)
@click.argument("new")
@click.option("--no-alias", is_flag=True, help="Do not keep a client's old name among its aliases.")
@click.option("--dry-run", is_flag=True, help="Show what would be changed, and change nothing.")
def rename(note: str, new: str, no_alias: bool, dry_run: bool) -> None:
    """Rename a note, or move it; every link in the vault that leads to it follows.

    NOTE is a title, a part of one, a handle or a path. NEW is a title, or with a slash a path in the
    vault; a slash at its end keeps the title. A client's folder goes with its client. `undo` takes
    all of it back.

    \b
    Example:
      vaultcrm rename "website redesign" "Website and journal"
      vaultcrm rename acme "Acme Architects"
      vaultcrm rename "bike workshop" "clients/Bike Workshop/"
    """
    from vaultcrm.actions import rename

    context = current_context()
    done = rename.rename(context.crm, note, new, not no_alias, dry_run)
    if context.json:
        context.print_json(_document(done, dry_run))
        return
    context.print_line(done.path)
    if not done.moved:
        context.print_info("It is called so already; nothing was changed.")
        return
    if dry_run:
        for old, goal in done.moved:
            context.print_line(f"  {old} → {goal}", "dim")
        for one in done.links:
            context.print_line(f"  {one.path}:{one.line}: {one.was} → {one.now}", "dim")
    _say(context, done, dry_run)


def _say(context: CommandContext, done: "RenameResult", dry_run: bool) -> None:
    links, notes = len(done.links), len({one.path for one in done.links})
    follow = "would follow" if dry_run else "follows" if links == 1 else "follow"
    context.print_info(
        f"{links} link{'s' * (links != 1)} in {notes} note{'s' * (notes != 1)} {follow}." if links else "No link has to follow."
    )
    was, now = done.owners
    if was != now and was is not None and done.moved[0][0] == done.moved[-1][0]:
        context.print_info(f"It belonged to {was}, and belongs to {now or 'nobody'} now. To take it back: vaultcrm undo", "yellow")
    for one in done.left:
        context.print_info(f"{one.path}:{one.line}: {one.link} was left as it is: {one.why}.", "yellow")


def _document(done: "RenameResult", dry_run: bool) -> dict[str, object]:
    return {
        "created": [],
        "changed": done.changed,
        "moved": [{"from": old, "to": new} for old, new in done.moved],
        "links": [one._asdict() for one in done.links],
        "left": [one._asdict() for one in done.left],
        "note": done.path,
        "dry_run": dry_run,
    }
