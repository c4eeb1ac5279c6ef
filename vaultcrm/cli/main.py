"""The group of commands: its options, where each command is, and what becomes of errors."""

import gc
import os
import sys
from datetime import datetime, time
from importlib import import_module
from typing import NoReturn

import click

from vaultcrm import __version__
from vaultcrm.errors import InvalidInput, VaultcrmError

# A command's module is imported when it runs: `due` must not wait for what `demo` needs.
COMMANDS = {
    "Every day": {
        "log": ("log", "Write down a conversation in one line."),
        "due": ("follow_ups", "What you owe, and to whom: late, today, soon."),
        "brief": ("brief", "One screen about a client, before you call."),
        "done": ("follow_ups", "Close follow-ups; recurring ones go on."),
        "snooze": ("follow_ups", "Move follow-ups to another day."),
        "drop": ("follow_ups", "Cancel follow-ups."),
    },
    "Clients and their work": {
        "client": ("clients", "Add, list and show clients."),
        "person": ("clients", "Add people to a client."),
        "project": ("projects", "Add, list and show projects."),
        "follow-up": ("follow_ups", "Add follow-ups."),
        "decide": ("decisions", "Write down what was agreed."),
        "decisions": ("decisions", "What was agreed, and is in force."),
        "timeline": ("timeline", "All that happened with a client."),
        "stale": ("clients", "Clients whom you are neglecting."),
        "search": ("search", "Find notes by their words and properties."),
    },
    "Notes and the vault": {
        "set": ("note", "Set, extend or remove a property of a note."),
        "rename": ("rename", "Rename or move a note; links follow."),
        "edit": ("note", "Open a note in your editor."),
        "open": ("note", "Open a note in Obsidian, or with the desktop's program."),
        "check": ("check", "Every problem in the vault, with file and line."),
        "stats": ("check", "How many there are of everything."),
        "index": ("search", "Bring the search index up to date, or verify it."),
        "watch": ("watch", "Keep the search index warm while you work."),
        "undo": ("undo", "Take back what the last command wrote."),
        "sync": ("sync", "Commit, merge and share the vault by git."),
        "init": ("init", "Make a new vault."),
        "demo": ("demo", "A guided tour through an example vault."),
    },
}
# What programs call, and no person.
HIDDEN = {"merge-driver": "sync"}
_FLAGS = ("--json", "--color", "--no-color", "-q", "--quiet")
_OPTIONS = ("--vault", "--today")


class CommandGroup(click.Group):
    """The commands of the table; options of the group may stand behind the command, too."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for family in COMMANDS.values() for name in family]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        where = HIDDEN.get(cmd_name) or next((family[cmd_name][0] for family in COMMANDS.values() if cmd_name in family), None)
        if where is None:
            return None
        module = import_module(f"vaultcrm.cli.{where}")
        name = cmd_name.replace("-", "_")
        found = getattr(module, name, None) or getattr(module, f"{name}_")  # `set` and `open` are Python's own
        assert isinstance(found, click.Command)
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches  # late: only for typing errors

            near = get_close_matches(args[0], self.list_commands(ctx), n=2)
            raise click.UsageError(
                f"There is no command {args[0]!r}." + (f" Did you mean {' or '.join(map(repr, near))}?" if near else ""), ctx
            ) from error

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        front, rest = _group_options_first(args)
        for arg in rest:
            if any("\ud800" <= char <= "\udfff" for char in arg):  # bytes that are no text here; a folder's name may be such
                raise InvalidInput(f"{arg.encode('utf-8', 'backslashreplace').decode()!r} is not text in UTF-8.", "Type it again.")
        ctx.meta["words"] = rest
        return super().parse_args(ctx, front + rest)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, family in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name, help_) for name, (_, help_) in family.items()])


def _group_options_first(args: list[str]) -> tuple[list[str], list[str]]:
    """The group's options, wherever they stood, and the rest; `--` ends the search."""
    front, rest = [], []
    waiting = iter(args)
    for arg in waiting:
        if arg == "--":
            rest += [arg, *waiting]
        elif arg in _FLAGS or arg.startswith(tuple(f"{option}=" for option in _OPTIONS)):
            front.append(arg)
        elif arg in _OPTIONS:
            front += [arg, *(value for value in [next(waiting, None)] if value is not None)]
        else:
            rest.append(arg)
    return front, rest


@click.command(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--vault", metavar="DIR", envvar="VAULTCRM_VAULT", help="The vault; else the one around this folder, else your default.")
@click.option("--today", metavar="DATE", envvar="VAULTCRM_TODAY", help="Act as if it were this day.")
@click.option("--json", is_flag=True, help="Print one JSON document.")
@click.option("--color/--no-color", default=None, help="Colour or none; else as the terminal is.")
@click.option("-q", "--quiet", is_flag=True, help="Print results only.")
@click.version_option(__version__, "--version", message="vaultcrm %(version)s")
@click.pass_context
def cli(ctx: click.Context, vault: str | None, today: str | None, json: bool, color: bool | None, quiet: bool) -> None:
    """A CRM for freelancers that is a folder of Markdown files.

    \b
    Example:
      vaultcrm log acme "Dana wants two options" --next "send the quote" --due fri
      vaultcrm brief acme
    """
    from vaultcrm.cli.context import CommandContext  # late: `--help` opens no vault and prints no table
    from vaultcrm.cli.output import Output

    is_vault_given = ctx.get_parameter_source("vault") is click.core.ParameterSource.COMMANDLINE
    out = Output(color, quiet)
    ctx.obj = CommandContext(out, vault, is_vault_given, _now(today), json, ctx.meta["words"])
    ctx.color = out.color
    ctx.call_on_close(ctx.obj.close)


def clock() -> datetime:
    """The time now. Nobody else asks for it."""
    return datetime.now()


def _now(today: str | None) -> datetime:
    """The clock's time, or the day and time asked for; a day without a time is its noon."""
    if not today:
        return clock()
    from vaultcrm.dates.iso import parse_iso_datetime
    from vaultcrm.dates.parse import parse_day  # late: only with --today

    moment = parse_iso_datetime(today)
    if moment is None:
        return datetime.combine(parse_day(today, clock().date()), time(12))
    return moment if len(today) > 10 else datetime.combine(moment, time(12))


def main(args: list[str] | None = None) -> NoReturn:
    """The program: runs the command line and exits with its code."""
    gc.disable()  # a command lives for a blink, and what it makes is freed by counting
    try:
        code = cli.main(args=args, standalone_mode=False)
        sys.stdout.flush()
    except Exception as error:
        code = _report_error(error)
    except KeyboardInterrupt:
        click.echo(err=True)
        code = 130
    _exit_now(code if isinstance(code, int) else 0)


def _report_error(error: Exception) -> int:
    """Say what went wrong, in a sentence and a way out; gives the exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort):
        click.echo(err=True)
        return 130
    if isinstance(error, click.ClickException):
        _show_click_error(error)
        return error.exit_code
    if isinstance(error, BrokenPipeError):  # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if isinstance(error, VaultcrmError):
        _print_error(error.message, error.hint)
        return error.exit_code
    return _report_crash(error)


def _show_click_error(error: click.ClickException) -> None:
    """Click's own words, cleaned: they repeat what was typed."""
    from io import StringIO

    from vaultcrm.cli.terminal import sanitize

    words = StringIO()
    error.show(file=words)
    click.echo("\n".join(map(sanitize, words.getvalue().splitlines())), err=True)


def _print_error(message: str, hint: str = "") -> None:
    from vaultcrm.cli.terminal import one_line

    click.echo(f"{click.style('Error:', fg='red', bold=True)} {one_line(message)}", err=True)
    if hint:
        click.echo(f"{one_line(hint)}", err=True)


def _report_crash(error: Exception) -> int:
    """A bug of ours: keep a report that can be sent, without the user's texts."""
    import platform
    import traceback

    from vaultcrm.cli.context import save_text

    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    report = f"vaultcrm {__version__}, Python {platform.python_version()}, {platform.system()}\n{type(error).__name__}\n{frames}"
    try:
        where = f"A report without your texts is in {save_text(report, 'crash')}; please send it to the makers."
    except OSError:
        where = report
    _print_error(
        f"This is a bug in vaultcrm ({type(error).__name__}: {error}). A write that it had begun was taken back.",
        where,
    )
    return 70


def _exit_now(code: int) -> NoReturn:
    """End the process at once: the system frees its memory sooner than Python takes it to pieces, object by object."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # whoever read our output has had enough
        pass
    os._exit(code)
