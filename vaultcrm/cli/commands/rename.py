"""rename: rename or move a note, and update the links to it."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.options import note_argument
from vaultcrm.plural import counted

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.rename import RenameResult


@click.command()
@note_argument
@click.argument("new")
@click.option("--no-alias", is_flag=True, help="Don't keep a client's old name among its aliases.")
@click.option("--dry-run", is_flag=True, help="Show what would change, but change nothing.")
def rename(note: str, new: str, no_alias: bool, dry_run: bool) -> None:
    """Rename or move a note, and update every link to it.

    NOTE is a title, part of one, a handle or a path. NEW is a title or, with a slash, a path in the
    vault; a path that ends in a slash keeps the title. A client's folder is renamed with the client.
    Undo takes back all of it.

    \b
    Example:
      vaultcrm rename "website redesign" "Website and journal"
      vaultcrm rename acme "Acme Architects"
      vaultcrm rename "bike workshop" "clients/Bike Workshop/"
    """
    from vaultcrm.actions import rename as actions

    context = current_context()
    result = actions.rename(context.crm, note, new, not no_alias, dry_run)
    if context.wants_json:
        context.out.json(_json(result, dry_run))
        return
    context.out.line(result.path)
    if not result.moved:
        context.out.info("It already has that name; nothing was changed.")
        return
    if dry_run:
        for old_path, new_path in result.moved:
            context.out.line(f"  {old_path} → {new_path}", "dim")
        for link in result.links:
            context.out.line(f"  {link.path}:{link.line}: {link.was} → {link.now}", "dim")
    _print_summary(context, result, dry_run)


def _print_summary(context: CommandContext, result: "RenameResult", dry_run: bool) -> None:
    if result.links:
        links, notes = counted(len(result.links), "link"), counted(len({link.path for link in result.links}), "note")
        context.out.info(f"{'Would update' if dry_run else 'Updated'} {links} in {notes}.")
    else:
        context.out.info("No links to update.")
    (old, new), *_ = result.moved
    old_folder, new_folder = old.rpartition("/")[0], new.rpartition("/")[0]
    if not old.endswith(".md") and old_folder != new_folder:  # a client's folder; who wanted another name only is surprised
        shown = f"{new_folder}/" if new_folder else "the vault's own folder"
        context.out.info(f"{'It would move' if dry_run else 'It moved'} to {shown}: a name with a slash is a path.")
    was, now = result.owners
    if was != now and was is not None:
        context.out.info(f"It belonged to {was} and now belongs to {now or 'no client'}. To take that back: vaultcrm undo", "yellow")
    for link in result.skipped_links:
        context.out.info(link.sentence, "yellow")


def _json(result: "RenameResult", dry_run: bool) -> dict[str, object]:
    return {
        "created": [],
        "changed": result.changed,
        "moved": [{"from": old, "to": new} for old, new in result.moved],
        "links": [link._asdict() for link in result.links],
        "left": [link._asdict() for link in result.skipped_links],
        "note": result.path,
        "dry_run": dry_run,
    }
