"""set, edit, open."""

import os
import sys

import click

from vaultcrm.cli.completion import complete_note
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.table import Cell, Column

_NOTE = click.argument("note", shell_complete=complete_note)


@click.command("set")
@_NOTE
@click.argument("assignments", nargs=-1, metavar="KEY=VALUE…")
@click.option("--remove", multiple=True, metavar="KEY", help="Take a property away; may be repeated.")
def set_(note: str, assignments: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Set properties of a note with KEY=VALUE, or add to a list with KEY+=VALUE; nothing else in it changes.

    NOTE is a title, a part of one, a handle or a path.

    \b
    Example:
      vaultcrm set acme status=active cadence="3 weeks" tags+=retainer
      vaultcrm set "website redesign" deadline="18 dec" --remove value
    """
    from vaultcrm.actions import set_properties
    from vaultcrm.errors import UsageError

    context = current_context()
    wanted = [set_properties.parse_assignment(text) for text in assignments] + [set_properties.Assignment(key, None) for key in remove]
    if not wanted:
        raise UsageError("Say what to set.", "Like: vaultcrm set acme status=active")
    written = set_properties.set_properties(context.crm, note, wanted)
    record = written.record
    if context.wants_json:
        from vaultcrm.actions.as_json import write_json

        context.out.json(write_json(written, note={"path": record.path, "type": record.type, "properties": record.properties}))
        return
    context.out.line(record.path)
    if not written.changed:
        context.out.info("It says so already; nothing was changed.")
        return
    rows = [
        [
            Cell(one.key, "dim"),
            Cell(set_properties.format_value(record.properties[one.key]) if one.key in record.properties else "(removed)"),
        ]
        for one in {one.key: one for one in wanted}.values()
    ]
    context.out.table([Column(), Column(1, 20)], rows, indent=2)


@click.command()
@_NOTE
def edit(note: str) -> None:
    """Open a note in your editor; afterwards tell what in it cannot be read.

    \b
    Example:
      vaultcrm edit acme
    """
    from vaultcrm.actions import lookup
    from vaultcrm.errors import ExternalError

    context = current_context()
    path = lookup.note(context.crm, note)
    full = context.crm.vault.path(path)
    try:
        click.edit(filename=full)
    except click.ClickException as error:
        raise ExternalError(f"Your editor did not work: {error.format_message()}", "Set EDITOR to the program that you use.") from error
    context.crm.invalidate_after_write()
    context.crm.refresh()
    found = [problem for problem in context.crm.catalog.problems() if problem.path == path]
    context.out.line(path)
    for problem in found:
        context.out.info(f"{problem.path}:{problem.line}: {problem.message}", "yellow")
    context.exit_unless(not found)


@click.command("open")
@_NOTE
@click.option("--uri", "only_uri", is_flag=True, help="Print the note's obsidian:// link, and open nothing.")
def open_(note: str, only_uri: bool) -> None:
    """Open a note: in Obsidian, where Obsidian knows the vault; else with the desktop's program.

    \b
    Example:
      vaultcrm open acme
      vaultcrm open acme --uri
    """
    from vaultcrm.actions import lookup
    from vaultcrm.obsidian.uri import note_uri

    context = current_context()
    path = lookup.note(context.crm, note)
    if not only_uri:
        launch(context, path)
    if context.wants_json:
        context.out.json({"path": path, "uri": note_uri(context.crm.vault.root, path)})
    else:
        context.out.line(note_uri(context.crm.vault.root, path) if only_uri else path)


def launch(context: CommandContext, path: str) -> None:
    """Open a note in Obsidian or with the desktop's program. Raises OutsideFailed where there is neither."""
    from vaultcrm.errors import ExternalError
    from vaultcrm.obsidian.uri import note_uri

    full = context.crm.vault.path(path)
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("BROWSER")
    ):
        raise ExternalError("There is no desktop here to open it with.", f"Use your editor: vaultcrm edit {path!r}. The file is {full}.")
    if context.in_obsidian and _can_open_obsidian() and click.launch(note_uri(context.crm.vault.root, path)) == 0:
        return
    if click.launch(full) != 0:
        raise ExternalError("The desktop could not open it.", f"The file is {full}.")


def _can_open_obsidian() -> bool:
    """Whether somebody on this desktop answers to obsidian:// links. Linux must be asked; it would fail unseen."""
    if not sys.platform.startswith("linux"):
        return True
    import subprocess

    asked = ["xdg-mime", "query", "default", "x-scheme-handler/obsidian"]
    try:
        return bool(subprocess.run(asked, capture_output=True, timeout=5, check=False).stdout.strip())
    except (OSError, subprocess.TimeoutExpired):
        return False
