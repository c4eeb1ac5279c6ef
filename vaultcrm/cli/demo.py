"""demo: a guided tour over a copy of the example vault, at the example's own day."""

import os
import shlex
import shutil
import sys
import tempfile

import click

from vaultcrm.cli.context import CommandContext, current_context

DAY = "2026-11-16T09:30"
_QUOTE = "Send the two-option quote"

# What is told before each command. The last word of `done` is looked up: handles depend on paths alone.
TOUR = (
    ("It is Monday, 16 November 2026. You are Nora Vale, a designer in Bristol, back at your desk.\nWhat do you owe, and to whom?", "due"),
    ("Acme Studio is about to ring. You have not talked for twelve days. Where do things stand?", "brief acme"),
    ('Dana says: "Surely another round of changes is included?" What was agreed?', "decisions acme revisions"),
    ("She wants plans above the photographs again. You talked about that; when was it?", "search plans before photographs -n 2"),
    (
        "The call is over. One line keeps it, with what was decided and what comes next.",
        'log acme -c call --with dana --summary "Dana takes option B for the journal" '
        '--decision "The journal is built as option B for 1,450 GBP" --next "Send the journal addendum" --due fri',
    ),
    ("The quote that was late went out during the call.", "done {quote}"),
    ("And whom are you neglecting?", "stale"),
    ("A slip of the hand? Every write can be taken back.", "undo"),
)


@click.command()
@click.option("--to", "folder", metavar="DIR", help="Where to put the copy; else a new temporary folder.")
@click.option("--pause/--no-pause", default=None, help="Wait for Enter between the steps; else as the terminal is.")
def demo(folder: str | None, pause: bool | None) -> None:
    """A guided tour: a designer's Monday morning, in an example vault that you may keep.

    \b
    Example:
      vaultcrm demo
    """
    from vaultcrm.errors import AlreadyExists

    context = current_context()
    if folder is None:
        folder = os.path.join(tempfile.mkdtemp(prefix="vaultcrm-demo-"), "vault")
    if os.path.exists(folder):
        raise AlreadyExists(f"{folder} is there already.", "Choose a folder that is not there yet.")
    shutil.copytree(example_vault(), folder)
    if pause is None:
        pause = sys.stdin.isatty() and sys.stdout.isatty()
    values = {"quote": _handle(folder)}
    for number, (told, command) in enumerate(TOUR, 1):
        _step(context, folder, f"{number}/{len(TOUR)}", told, command.format(**values))
        if pause and number < len(TOUR):
            click.pause(context.out.style("  Enter goes on, Ctrl+C ends the tour.", "dim"), err=True)
            context.out.line()
    context.out.line("That is all. The vault is an ordinary folder of Markdown files; look into it, or open it in Obsidian:", "bold")
    context.out.line(f"  {folder}")
    context.out.line("Try things in it with its own date, or begin your own:", "bold")
    context.out.line(f"  vaultcrm --vault {shlex.quote(folder)} --today {DAY[:10]} timeline lume")
    context.out.line("  vaultcrm init ~/clients")


def example_vault() -> str:
    """The example vault's folder: in the installed package, or beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = os.path.join(package, "example-vault")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), "example-vault")


def _handle(folder: str) -> str:
    from vaultcrm.actions.crm import Crm
    from vaultcrm.dates.iso import parse_iso_datetime

    crm = Crm(folder, parse_iso_datetime(DAY) or current_context().now)
    crm.refresh()
    return next(item.id[:4] for item in crm.catalog.follow_ups() if item.text == _QUOTE)


def _step(context: CommandContext, folder: str, count: str, told: str, command: str) -> None:
    """Tell, show the command as one would type it, and run it."""
    from vaultcrm.cli.main import cli

    for line in told.splitlines():
        context.out.line(line, "cyan")
    context.out.styled(context.out.style(f"[{count}] ", "dim") + context.out.style(f"$ vaultcrm {command}", "bold"))
    color = [] if context.out.color is None else ["--color" if context.out.color else "--no-color"]
    cli.main([*color, "--vault", folder, "--today", DAY, *shlex.split(command)], standalone_mode=False)
    sys.stderr.flush()
    context.out.line()
