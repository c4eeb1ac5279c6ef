"""demo: a guided tour through a copy of the example vault, on the example's own day."""

import os
import shlex
import shutil
import sys
import tempfile

import click

from vaultcrm.cli.context import CommandContext, current_context

DAY = "2026-11-16T09:30"
_QUOTE = "Send the two-option quote"

# What is explained before each command, and the command. {quote} is the handle of the follow-up _QUOTE.
TOUR = (
    (
        "It's Monday, 16 November 2026. You are Nora Vale, a designer in Bristol, back at your desk.\nWhat do you owe, and to whom?",
        "due",
    ),
    ("Acme Studio is about to call. You haven't talked for twelve days. Where do things stand?", "brief acme"),
    ('Dana says: "Surely another round of changes is included?" What was agreed?', "decisions acme revisions"),
    ("She wants plans above the photographs again. When did you talk about that?", "search plans before photographs -n 2"),
    (
        "The call is over. One line records it, with what was decided and what comes next.",
        'log acme -c call --with dana --summary "Dana takes option B for the journal" '
        '--decision "The journal is built as option B for 1,440 GBP" --next "Send the journal addendum" --due fri',
    ),
    ("You sent the late quote during the call.", "done {quote}"),
    ("Which clients have you neglected?", "stale"),
    ("Made a mistake? Undo reverses any command.", "undo"),
)


@click.command()
@click.option("--to", "folder", metavar="DIR", help="Where to put the copy  [default: a new temporary folder]")
@click.option("--pause/--no-pause", default=None, help="Wait for Enter between the steps  [default: in a terminal]")
def demo(folder: str | None, pause: bool | None) -> None:
    """Take a guided tour: a designer's Monday morning, in an example vault that you can keep.

    \b
    Example:
      vaultcrm demo
    """
    from vaultcrm.errors import AlreadyExists

    context = current_context()
    if folder is None:
        folder = os.path.join(tempfile.mkdtemp(prefix="vaultcrm-demo-"), "vault")
    if os.path.exists(folder):
        raise AlreadyExists(f"{folder} already exists.", "Choose a folder that doesn't exist yet.")
    shutil.copytree(example_vault(), folder)
    if pause is None:
        pause = sys.stdin.isatty() and sys.stdout.isatty()
    quote = _quote_handle(folder)
    for number, (explanation, command) in enumerate(TOUR, 1):
        _run_step(context, folder, f"{number}/{len(TOUR)}", explanation, command.format(quote=quote))
        if pause and number < len(TOUR):
            click.pause(context.out.style("  Press Enter to continue, Ctrl+C to quit.", "dim"), err=True)
            context.out.line()
    context.out.line("That is all. The vault is an ordinary folder of Markdown files. Look into it, or open it in Obsidian:", "bold")
    context.out.line(f"  {folder}")
    context.out.line("Try things in it on its own date, or start your own vault:", "bold")
    context.out.line(f"  vaultcrm --vault {shlex.quote(folder)} --today {DAY[:10]} timeline lume")
    context.out.line("  vaultcrm init ~/clients")


def example_vault() -> str:
    """The folder of the example vault: in the installed package, or beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    installed = os.path.join(package, "example-vault")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), "example-vault")


def _quote_handle(folder: str) -> str:
    from vaultcrm.actions.crm import Crm
    from vaultcrm.dates.iso import parse_iso_datetime

    crm = Crm(folder, parse_iso_datetime(DAY) or current_context().now)
    crm.refresh()
    return next(item.id[:4] for item in crm.catalog.follow_ups() if item.text == _QUOTE)


def _run_step(context: CommandContext, folder: str, count: str, explanation: str, command: str) -> None:
    """Explain a command, show it as one would type it, and run it."""
    from vaultcrm.cli.main import cli

    for line in explanation.splitlines():
        context.out.line(line, "cyan")
    context.out.styled(context.out.style(f"[{count}] ", "dim") + context.out.style(f"$ vaultcrm {command}", "bold"))
    color = [] if context.out.color is None else ["--color" if context.out.color else "--no-color"]
    cli.main([*color, "--vault", folder, "--today", DAY, *shlex.split(command)], standalone_mode=False)
    sys.stderr.flush()
    context.out.line()
