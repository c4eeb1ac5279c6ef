"""The command line: its options, where each command is, and how errors end it."""

import contextlib
import gc
import os
import sys
from datetime import datetime, time
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

import click

from vaultcrm import __version__
from vaultcrm.cli.arguments import separate_texts, value_after
from vaultcrm.errors import InvalidInput, VaultcrmError
from vaultcrm.quoting import quoted

# Each command with its module and its line in the help. A module is imported only when its command runs.
COMMANDS = {
    "Every day": {
        "log": ("log", "Log a conversation in one line."),
        "due": ("due", "List what you owe, and to whom: late, today, soon."),
        "brief": ("brief", "Show one screen about a client, to read before you call."),
        "agenda": ("agenda", "List the meetings of a day, with what to know before each."),
        "done": ("follow_ups", "Close follow-ups; recurring ones move to their next date."),
        "snooze": ("follow_ups", "Move follow-ups to another date."),
        "drop": ("follow_ups", "Cancel follow-ups."),
    },
    "Clients and their work": {
        "client": ("clients", "Add, list and show clients."),
        "person": ("people", "Add, list and show people."),
        "project": ("projects", "Add, list and show projects."),
        "follow-up": ("follow_ups", "Add follow-ups."),
        "decide": ("decisions", "Record what was agreed."),
        "decisions": ("decisions", "List the decisions in force."),
        "timeline": ("timeline", "Show what happened with a client."),
        "import": ("imports", "Import mails, chats, calendars and transcripts."),
        "inbox": ("inbox", "Review what is waiting in the inbox."),
        "coverage": ("coverage", "Show what is missing: meetings, answers, promises, imports."),
        "summarise": ("summarise", "Sum up conversations that have no summary."),
        "stale": ("stale", "List clients you have neglected."),
        "search": ("search", "Find notes by their words and properties."),
    },
    "Notes and the vault": {
        "show": ("show", "Show a note, what belongs to it and what links to it."),
        "set": ("set", "Set properties of a note."),
        "rename": ("rename", "Rename or move a note, and update the links to it."),
        "edit": ("edit", "Open a note in your editor."),
        "open": ("open", "Open a note in Obsidian, or in your desktop's default program."),
        "check": ("check", "List every problem in the vault, with file and line."),
        "stats": ("stats", "Count notes, clients, follow-ups and problems."),
        "index": ("index", "Bring the search index up to date, or verify it."),
        "watch": ("watch", "Index changes at once, while you work."),
        "undo": ("undo", "Undo the last command that wrote."),
        "sync": ("sync", "Commit, merge and push the vault with Git."),
        "init": ("init", "Make a new vault."),
        "demo": ("demo", "Take a guided tour through an example vault."),
        "completion": ("completion", "Set up completion with Tab in your shell."),
    },
}
# Commands for other programs, left out of the help.
HIDDEN = {"merge-driver": "merge_driver"}
_SPELLINGS = {"summarize": "summarise"}
_FLAGS = ("--json", "--color", "--no-color", "-q", "--quiet", "-v", "--verbose")
_OPTIONS = ("--vault", "--today")


class CommandGroup(click.Group):
    """The commands of the table. The group's options may also come after the command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for family in COMMANDS.values() for name in family]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        cmd_name = _SPELLINGS.get(cmd_name, cmd_name)
        module_name = HIDDEN.get(cmd_name) or next((family[cmd_name][0] for family in COMMANDS.values() if cmd_name in family), None)
        if module_name is None:
            return None
        module = import_module(f"vaultcrm.cli.commands.{module_name}")
        name = cmd_name.replace("-", "_")
        command = getattr(module, name, None) or getattr(module, f"{name}_")  # `set` and `open` are names of Python's
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            name, command, rest = super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches  # late: only for typing errors

            close = get_close_matches(args[0], self.list_commands(ctx), n=2)
            suggestion = f" Did you mean {' or '.join(map(quoted, close))}?" if close else ""
            raise click.UsageError(f"There is no command {quoted(args[0])}.{suggestion}", ctx) from error
        if ctx.resilient_parsing:  # the shell asks for a completion: of an option's missing value, Click would reject all arguments
            return name, command, rest[:-1] if rest and rest[-1].startswith("-") else rest
        return name, command, rest if command is None else separate_texts(command, ctx, rest)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        group_options, rest = _group_options_first(args)
        for arg in rest:
            # bytes that are not UTF-8; only the name of a folder, in --vault, may hold such
            if any("\ud800" <= char <= "\udfff" for char in arg):
                raise InvalidInput(f"{quoted(arg.encode('utf-8', 'backslashreplace').decode())} is not UTF-8 text.", "Type it again.")
        ctx.meta["words"] = rest
        return super().parse_args(ctx, group_options + rest)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, family in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name, help_line) for name, (_, help_line) in family.items()])


def _group_options_first(args: list[str]) -> tuple[list[str], list[str]]:
    """The group's options, wherever they were given, and the other arguments. Nothing after `--` is an option."""
    group_options, rest = [], []
    remaining = iter(args)
    for arg in remaining:
        if arg == "--":
            rest += [arg, *remaining]
        elif arg in _FLAGS or arg.startswith(tuple(f"{option}=" for option in _OPTIONS)):
            group_options.append(arg)
        elif arg in _OPTIONS:
            group_options += [arg, *value_after(arg, remaining)]
        else:
            rest.append(arg)
    return group_options, rest


_EPILOG = (
    "VAULTCRM_VAULT and VAULTCRM_TODAY in the environment stand for --vault and --today; NO_COLOR turns colour off. "
    "Your default vault is in ~/.config/vaultcrm/config.toml; vaultcrm init DIR --default sets it, and without DIR shows it."
)


@click.command(
    cls=CommandGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.option("--vault", metavar="DIR", envvar="VAULTCRM_VAULT", help="Vault to use  [default: the enclosing one, then your default]")
@click.option("--today", metavar="DATE", envvar="VAULTCRM_TODAY", help="Act as if today were this date.")
@click.option("--json", is_flag=True, help="Print one JSON document.")
@click.option("--color/--no-color", default=None, help="Force colour on or off  [default: auto]")
@click.option("-q", "--quiet", is_flag=True, help="Print only results.")
@click.option("-v", "--verbose", is_flag=True, help="Print the paths of written notes on a terminal too.")
@click.version_option(__version__, "--version", message="vaultcrm %(version)s")
@click.pass_context
def cli(ctx: click.Context, vault: str | None, today: str | None, json: bool, color: bool | None, quiet: bool, verbose: bool) -> None:
    """A CRM for freelancers that is a folder of Markdown files.

    Without a command, show what matters today.

    \b
    Example:
      vaultcrm log acme "Dana wants two options" --next "send the quote" --due fri
      vaultcrm brief acme
    """
    from vaultcrm.cli.context import CommandContext  # late: `--help` opens no vault and prints no table
    from vaultcrm.cli.output import Output

    is_vault_given = ctx.get_parameter_source("vault") is click.core.ParameterSource.COMMANDLINE
    out = Output(color, quiet, verbose)
    ctx.obj = CommandContext(out, vault, is_vault_given, current_time(today), json, ctx.meta["words"])
    ctx.color = out.color
    ctx.call_on_close(ctx.obj.close)
    if ctx.invoked_subcommand is None and not ctx.resilient_parsing:
        from vaultcrm.cli.display.day import print_day

        print_day(ctx.obj)


def clock() -> datetime:
    """The time now. This is the only place that asks for it."""
    return datetime.now()


def current_time(today: str | None) -> datetime:
    """The time now, or the date and time given as `today`; noon for a date without a time."""
    if not today:
        return clock()
    from vaultcrm.dates.iso import parse_iso_datetime

    moment = parse_iso_datetime(today)
    if moment is None:
        from vaultcrm.dates.parse import parse_day  # late: few type it in words

        return datetime.combine(parse_day(today, clock().date()), time(12))
    return moment if len(today) > 10 else datetime.combine(moment, time(12))


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code."""
    gc.disable()  # a command runs for a fraction of a second, and reference counting frees what it makes
    _prepare_streams()
    try:
        code = cli.main(args=args, standalone_mode=False)
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        code = _report_error(error)
    except SystemExit:  # this is how Click ends when whoever reads our output has closed it
        code = 0
    _exit_now(code if isinstance(code, int) else 0)


def _prepare_streams() -> None:
    """Replace closed streams by the null device, and have characters replaced that the output's encoding doesn't know."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # started by a daemon or with `>&-`
            descriptor = os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is that of the closed stream
            os.set_inheritable(descriptor, True)
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _report_error(error: BaseException) -> int:
    """Print what went wrong and a way out; returns the exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, (click.Abort, KeyboardInterrupt)):
        _print_to_stderr("")
        return 130
    if isinstance(error, click.ClickException):
        _show_click_error(error)
        return error.exit_code
    if isinstance(error, VaultcrmError):
        _print_error(error.message, error.hint)
        return error.exit_code
    if isinstance(error, (OSError, MemoryError)):
        return _report_system_error(error)
    return _report_crash(error)


def _report_system_error(error: OSError | MemoryError) -> int:
    """Say that the system refused something, most likely to take our output."""
    if isinstance(error, BrokenPipeError):  # whoever read our output has closed it
        return 0
    if isinstance(error, MemoryError):
        _print_error("There isn't enough memory.", _what_was_written() or "Close other programs, then try again.")
    elif error.filename is not None:
        _print_error(f"{os.fsdecode(error.filename)} can't be used: {error.strerror}.", _what_was_written())
    else:
        subject = "The output can't be written" if _is_from_output(error) else "The system refused"
        _print_error(f"{subject}: {error.strerror or error}.", _what_was_written())
    return 6


def _is_from_output(error: BaseException) -> bool:
    """Whether the error was raised where text is printed: in Click's `echo`, or in our own last flush."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and frame.tb_frame.f_code in (click.echo.__code__, main.__code__)


def _what_was_written() -> str:
    """A hint if this command has already written to the vault, and will not take it back."""
    journal = sys.modules.get("vaultcrm.vault.journal")
    if journal is None or not journal.has_written:
        return ""
    return "What the command wrote to the vault is saved, so don't run it again. To take it back: vaultcrm undo"


def _show_click_error(error: click.ClickException) -> None:
    """Click's own message, sanitized because it repeats what was typed."""
    from io import StringIO

    from vaultcrm.cli.terminal import sanitize

    message = StringIO()
    error.show(file=message)
    _print_to_stderr("\n".join(map(sanitize, message.getvalue().splitlines())))
    if "unexpected extra argument" in error.message:
        _print_to_stderr("Put what has several words in quotes.")


def _print_error(message: str, hint: str = "") -> None:
    from vaultcrm.cli.terminal import one_line, wrap_message

    text = wrap_message(f"Error: {one_line(message)}")
    is_plain = "--no-color" in sys.argv or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    head = "Error:" if is_plain else click.style("Error:", fg="red", bold=True)
    _print_to_stderr(head + text.removeprefix("Error:"))
    if hint:
        _print_to_stderr(wrap_message(one_line(hint)))


def _print_to_stderr(text: str) -> None:
    with contextlib.suppress(OSError):  # the exit code tells those who have closed it
        click.echo(text, err=True)


def _report_crash(error: BaseException) -> int:
    """Save a report of a bug that can be sent: the stack, without the user's texts."""
    import platform
    import traceback

    from vaultcrm.cli.context import save_text

    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    report = f"vaultcrm {__version__}, Python {platform.python_version()}, {platform.system()}\n{type(error).__name__}\n{frames}"
    try:
        hint = f"Please send this report to the developers; it holds none of your texts: {save_text(report, 'crash')}"
    except Exception:  # whatever made the command fail may fail here again
        hint = report
    _print_error(f"You found a bug in vaultcrm ({type(error).__name__}: {error}). {_what_was_written() or 'Nothing was written.'}", hint)
    return 70


def _exit_now(code: int) -> NoReturn:
    """Exit without tearing down Python's objects one by one: the system frees the memory faster."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # whoever read our output has closed it
        pass
    os._exit(code)
