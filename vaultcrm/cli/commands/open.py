"""open: show a note in Obsidian, or in the program that the desktop uses for it."""

import os
import subprocess
import sys

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.options import shown_argument
from vaultcrm.quoting import shell_word


@click.command("open")
@shown_argument
@click.option("--uri", "only_uri", is_flag=True, help="Print the note's obsidian:// link instead of opening it.")
def open_(note: tuple[str, ...], only_uri: bool) -> None:
    """Open a note in Obsidian if Obsidian knows the vault, else in your desktop's default program.

    \b
    Example:
      vaultcrm open acme
      vaultcrm open acme --uri
    """
    from vaultcrm.actions.show import find_line
    from vaultcrm.obsidian.uri import note_uri

    context = current_context()
    path, line = find_line(context.crm, " ".join(note))
    if not only_uri:
        launch(context, path)
    uri = note_uri(context.crm.vault.root, path)
    if context.wants_json:
        context.out.json({"path": path, "line": line, "uri": uri})
    else:
        context.out.line(uri if only_uri else path)


def launch(context: CommandContext, path: str) -> None:
    """Open a note in Obsidian or in the desktop's program. Raises ExternalError when there is neither."""
    from vaultcrm.errors import ExternalError
    from vaultcrm.obsidian.uri import note_uri

    full = context.crm.vault.path(path)
    has_desktop = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    if sys.platform.startswith("linux") and not has_desktop:
        raise ExternalError(
            "There is no desktop here to open it in.", f"Use your editor: vaultcrm edit {shell_word(path)}. The file is {full}."
        )
    if context.in_obsidian and _handles_obsidian_links() and click.launch(note_uri(context.crm.vault.root, path)) == 0:
        return
    if click.launch(full) != 0:
        raise ExternalError("Your desktop couldn't open it.", f"The file is {full}.")


def _handles_obsidian_links() -> bool:
    """Whether a program on this desktop opens obsidian:// links. Linux has to be asked: it would fail silently."""
    if not sys.platform.startswith("linux"):
        return True
    query = ["xdg-mime", "query", "default", "x-scheme-handler/obsidian"]
    try:
        return bool(subprocess.run(query, capture_output=True, timeout=5, check=False).stdout.strip())
    except (OSError, subprocess.TimeoutExpired):
        return False
