"""log: one conversation in one line."""

import sys
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_project
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.options import WHEN, client_argument, format_date, parse_when, parse_when_datetime
from vaultcrm.model.schema import CHANNELS

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.add import NewFollowUp
    from vaultcrm.actions.crm import WriteResult
    from vaultcrm.actions.log import LogResult


class OrderedOptionsCommand(click.Command):
    """A command that knows in which order its options were given: each --due belongs to the --next before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta["order"] = [param.name for param in order]
        return super().parse_args(ctx, args)


@click.command(cls=OrderedOptionsCommand)
@client_argument
@click.argument("text", nargs=-1)
@click.option("--channel", "-c", type=click.Choice(CHANNELS), help="How you talked.")
@click.option("--at", type=WHEN, help='When: "yesterday 3pm", "14:30"  [default: now]')
@click.option("--project", shell_complete=complete_project, help="Project that it was about.")
@click.option("--with", "people", multiple=True, metavar="NAME", help="Who took part; repeatable.")
@click.option("--summary", help="What matters most, in one sentence.")
@click.option("--decision", "decisions", multiple=True, metavar="TEXT", help="What was agreed; repeatable.")
@click.option("--feedback", multiple=True, metavar="TEXT", help="What they said about the work; repeatable.")
@click.option("--next", "next_steps", multiple=True, metavar="TEXT", help="What you will do: adds a follow-up; repeatable.")
@click.option("--waiting", multiple=True, metavar="TEXT", help="What they will do: adds a waiting follow-up; repeatable.")
@click.option("--due", "due_dates", type=WHEN, multiple=True, help="When the --next or --waiting before it is due.")
@click.option("--in", "direction", flag_value="in", help="They contacted you.")
@click.option("--out", "direction", flag_value="out", help="You contacted them.")
@click.option("--tag", "tags", multiple=True, help="Add a tag; repeatable.")
@click.pass_context
def log(
    ctx: click.Context, /, client: str, text: tuple[str, ...], channel: str | None, at: str | None, project: str | None,
    people: tuple[str, ...], summary: str | None, decisions: tuple[str, ...], feedback: tuple[str, ...], next_steps: tuple[str, ...],
    waiting: tuple[str, ...], due_dates: tuple[str, ...], direction: str | None, tags: tuple[str, ...],
) -> None:  # fmt: skip
    """Log a conversation: from the arguments, from standard input with "-", or from your editor.

    \b
    Example:
      vaultcrm log acme "Dana wants two options" --next "Send the quote" --due fri
      vaultcrm log acme -c call --at "yesterday 3pm" --with dana --summary "Price agreed" --decision "Fixed price"
      pbpaste | vaultcrm log acme - -c email --in
    """
    from vaultcrm.actions import log as actions
    from vaultcrm.actions import lookup

    context = current_context()
    steps = _pair_with_due_dates(ctx.meta["order"], next_steps, waiting, due_dates)
    moment = parse_when_datetime(at)
    lookup.client(context.crm, client)  # before the editor opens, so that nobody types for nothing
    words, is_from_editor = _conversation_text(" ".join(text), bool(summary or decisions or feedback or steps))
    interaction = actions.NewInteraction(
        words, moment, channel, direction, project, people, summary, decisions, feedback, steps, tags
    )  # fmt: skip
    if is_from_editor or text == ("-",):
        with context.keep_text_on_error(words):
            result = actions.log(context.crm, client, interaction)
    else:
        result = actions.log(context.crm, client, interaction)
    _print_result(context, result, client, is_time_given=at is not None)


def _pair_with_due_dates(
    order: list[str | None], next_steps: tuple[str, ...], waiting: tuple[str, ...], due_dates: tuple[str, ...]
) -> "list[NewFollowUp]":
    """The next steps in the order given, each with the --due behind it and before the next step. Raises UsageError."""
    from vaultcrm.actions.add import NewFollowUp
    from vaultcrm.errors import UsageError

    values = {"next_steps": iter(next_steps), "waiting": iter(waiting), "due_dates": iter(due_dates)}
    example = 'For example: --next "Send the quote" --due fri'
    steps: list[NewFollowUp] = []
    for name in order:
        if name in ("next_steps", "waiting"):
            text = next(values[name])
            if not any(char.isalnum() for char in text):
                raise UsageError(f"{text!r} has no words in it.", example)
            steps.append(NewFollowUp(text, waiting=name == "waiting"))
        elif name == "due_dates":
            if not steps or steps[-1].due:
                raise UsageError("Each --due belongs to the --next or --waiting before it.", example)
            steps[-1] = steps[-1]._replace(due=parse_when(next(values[name])))
    return steps


def _conversation_text(words: str, has_content: bool) -> tuple[str, bool]:
    """What was said, and whether it was typed into an editor. "-" stands for standard input.

    The editor opens when there is no text and no `has_content` from options. Raises UsageError when
    there is nothing to log.
    """
    from vaultcrm.errors import UsageError

    if words == "-":
        words = sys.stdin.read()
        if not words.strip() and not has_content:
            raise UsageError("Standard input is empty, so there is nothing to log.")
        return words, False
    if words.strip() or has_content:
        return words, False
    return _text_from_editor(), True


def _text_from_editor() -> str:
    from vaultcrm.errors import ExternalError, UsageError

    if not sys.stdin.isatty():
        raise UsageError("There is nothing to log.", 'Say it: vaultcrm log acme "Dana wants two options", or read standard input with "-".')
    try:
        text = click.edit("", extension=".md")
    except click.ClickException as error:
        raise ExternalError(f"Your editor failed: {error.format_message()}", "Set EDITOR, or give the text as an argument.") from error
    if not text or not text.strip():
        raise UsageError("You wrote nothing, so nothing was logged.")
    return text


def _print_result(context: CommandContext, result: "WriteResult[LogResult]", client: str, is_time_given: bool) -> None:
    logged = result.record
    if context.wants_json:
        from vaultcrm.actions.as_json import follow_up_json, interaction_json, write_json

        follow_ups = [follow_up_json(item, context.crm.today) for item in logged.follow_ups]
        context.out.json(write_json(result, interaction=interaction_json(logged.interaction), follow_ups=follow_ups))
        return
    for path in result.created:
        context.out.line(path)
    if is_time_given and logged.interaction.at:
        context.out.info(f"at {logged.interaction.at:%a %Y-%m-%d %H:%M}")
    for item in logged.follow_ups:
        owner = "they owe" if item.status == "waiting" else "you owe"
        context.out.info(f"{item.id[:6]}  {owner}: {item.text}, {'due ' + format_date(item.due) if item.due else 'no due date'}")
    for name in logged.unknown_people:
        context.out.info(f"No note for {name!r}; kept the name as text. Add one: vaultcrm person add {client!r} {name!r}")
