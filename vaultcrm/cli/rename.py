"""rename."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_note
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.plural import counted

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
    if context.wants_json:
        context.out.json(_document(done, dry_run))
        return
    context.out.line(done.path)
    if not done.moved:
        context.out.info("It already has that name; nothing was changed.")
        return
    if dry_run:
        for old, goal in done.moved:
            context.out.line(f"  {old} → {goal}", "dim")
        for one in done.links:
            context.out.line(f"  {one.path}:{one.line}: {one.was} → {one.now}", "dim")
    _print_summary(context, done, dry_run)


def _print_summary(context: CommandContext, result: "RenameResult", dry_run: bool) -> None:
    if result.links:
        links, notes = counted(len(result.links), "link"), counted(len({link.path for link in result.links}), "note")
        context.out.info(f"{'Would update' if dry_run else 'Updated'} {links} in {notes}.")
    else:
        context.out.info("No links to update.")
    was, now = result.owners
    if was != now and was is not None and result.moved[0][0] == result.moved[-1][0]:
        context.out.info(f"It belonged to {was} and now belongs to {now or 'no client'}. To take that back: vaultcrm undo", "yellow")
    for link in result.left:
        context.out.info(f"{link.path}:{link.line}: {link.link} was not changed: {link.why}.", "yellow")


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
