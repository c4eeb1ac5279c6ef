"""log: one conversation in one line."""

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_person, complete_project
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.options import (
    CHANNEL,
    WHEN,
    format_due_day,
    log_client_argument,
    parse_when,
    parse_when_datetime,
    remark_if_ahead,
)
from vaultcrm.quoting import quoted, shell_word

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.add import NewFollowUp
    from vaultcrm.actions.crm import WriteResult
    from vaultcrm.actions.log import LogResult, NewInteraction


class OrderedOptionsCommand(click.Command):
    """A command that knows in which order its options were given: each --due belongs to the --next before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta["order"] = [param.name for param in order]
        return super().parse_args(ctx, args)


@click.command(cls=OrderedOptionsCommand)
@log_client_argument
@click.argument("text", nargs=-1)
@click.option("--channel", "-c", type=CHANNEL, help="How you talked.")
@click.option("--at", type=WHEN, help='When: "yesterday 3pm", "14:30"  [default: now]')
@click.option("--project", shell_complete=complete_project, help="Project that it was about.")
@click.option("--with", "people", shell_complete=complete_person, multiple=True, metavar="NAME", help="Who took part; repeatable.")
@click.option("--summary", help="What matters most, in one sentence.")
@click.option("--decision", "decisions", multiple=True, metavar="TEXT", help="What was agreed; repeatable.")
@click.option("--feedback", multiple=True, metavar="TEXT", help="What they said about the work; repeatable.")
@click.option("--preference", "preferences", multiple=True, metavar="TEXT", help="How they like to work; repeatable.")
@click.option("--question", "questions", multiple=True, metavar="TEXT", help="What is still open; repeatable.")
@click.option("--next", "next_steps", multiple=True, metavar="TEXT", help="What you will do: adds a follow-up; repeatable.")
@click.option("--waiting", multiple=True, metavar="TEXT", help="What they will do: adds a waiting follow-up; repeatable.")
@click.option("--due", "due_dates", type=WHEN, multiple=True, help="When the --next or --waiting before it is due.")
@click.option("--in", "direction", flag_value="in", help="They contacted you.")
@click.option("--out", "direction", flag_value="out", help="You contacted them.")
@click.option("--tag", "tags", multiple=True, help="Add a tag; repeatable.")
@click.option("--inbox", is_flag=True, help="Log without a client, in the inbox.")
@click.pass_context
def log(
    ctx: click.Context, /, client: str | None, text: tuple[str, ...], channel: str | None, at: str | None, project: str | None,
    people: tuple[str, ...], summary: str | None, decisions: tuple[str, ...], feedback: tuple[str, ...], preferences: tuple[str, ...],
    questions: tuple[str, ...], next_steps: tuple[str, ...], waiting: tuple[str, ...], due_dates: tuple[str, ...],
    direction: str | None, tags: tuple[str, ...], inbox: bool,
) -> None:  # fmt: skip
    """Log a conversation: from the arguments, from standard input with "-", or from your editor.

    Without a client it goes to the inbox.

    \b
    Example:
      vaultcrm log acme "Dana wants two options" --next "Send the quote" --due fri
      vaultcrm log acme -c call --at "yesterday 3pm" --with dana --summary "Price agreed" --decision "Fixed price"
      pbpaste | vaultcrm log acme - -c email --in
    """
    from vaultcrm.actions import log as actions

    context = current_context()
    client, words = _client_and_text(context, client, text, inbox)
    steps = _pair_with_due_dates(ctx.meta["order"], next_steps, waiting, due_dates)
    interaction = actions.NewInteraction(
        "", parse_when_datetime(at), channel, direction, project, people, summary, decisions, feedback, steps, tags, preferences, questions
    )  # fmt: skip
    with _conversation_text(context, words, client, interaction) as said:
        result = actions.log(context.crm, client, interaction._replace(text=said))
    _print_result(context, result)


def _client_and_text(context: CommandContext, client: str | None, text: tuple[str, ...], inbox: bool) -> tuple[str | None, str]:
    """The client's name, None for the inbox, and the text. Raises NotFound before the editor opens, so that nobody types for nothing.

    A single argument that reads like a sentence, and that doesn't begin with a client's name, is text for the inbox.
    """
    from vaultcrm.actions import lookup
    from vaultcrm.actions.name_matching import best_matches
    from vaultcrm.errors import NotFound

    if client is None or inbox or (client == "-" and not text):
        return None, " ".join([*([client] if client is not None else []), *text])
    try:
        lookup.client(context.crm, client)
    except NotFound as error:
        words = client.split()
        if text or len(words) < 3 or error.suggestions or best_matches(words[0], context.crm.catalog.client_names()):
            raise
        return None, client
    return client, " ".join(text)


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
                raise UsageError(f"{quoted(text)} has no words in it.", example)
            steps.append(NewFollowUp(text, waiting=name == "waiting"))
        elif name == "due_dates":
            if not steps or steps[-1].due:
                raise UsageError("Each --due belongs to the --next or --waiting before it.", example)
            steps[-1] = steps[-1]._replace(due=parse_when(next(values[name])))
    return steps


@contextlib.contextmanager
def _conversation_text(context: CommandContext, words: str, client: str | None, new: "NewInteraction") -> Iterator[str]:
    """What was said: the words, standard input for "-", or from the editor if the options say nothing either.

    A text that can't be logged is kept in a file. Raises UsageError when there is nothing to log.
    """
    from vaultcrm.errors import UsageError

    has_content = bool(new.summary or new.decisions or new.feedback or new.preferences or new.questions or new.next_steps)
    if words == "-":
        from vaultcrm.cli.text_input import read_stdin

        text = read_stdin(context)
        if not text.strip() and not has_content:
            raise UsageError("Standard input is empty, so there is nothing to log.")
        with context.keep_text_on_error(text):
            yield text
    elif words.strip() or has_content:
        yield words
    elif sys.stdin is None or not sys.stdin.isatty():
        example = 'Say it: vaultcrm log acme "Dana wants two options", or read standard input with "-".'
        raise UsageError("There is nothing to log.", example)
    else:
        from vaultcrm.cli.text_input import edited_text

        at = new.at or context.crm.now
        facts = (("Client", client or "none; it goes to the inbox"), ("Channel", new.channel or ""), ("Date", f"{at:%a %Y-%m-%d %H:%M}"))
        with edited_text(context, [(label, value) for label, value in facts if value]) as text:
            yield text


def _print_result(context: CommandContext, result: "WriteResult[LogResult]") -> None:
    logged = result.record
    if context.wants_json:
        from vaultcrm.actions.as_json import decision_json, follow_up_json, interaction_json, write_json

        follow_ups = [follow_up_json(item, context.crm.today) for item in logged.follow_ups]
        decisions = [decision_json(decision) for decision in logged.decisions]
        interaction = interaction_json(logged.interaction)
        context.out.json(write_json(result, interaction=interaction, decisions=decisions, follow_ups=follow_ups))
        return
    context.out.info(_sentence(logged))
    if note := remark_if_ahead(logged.interaction.at):
        context.out.info(f"{note} Until then it is planned, and doesn't count as contact.")
    context.out.paths(result.created)
    for item in logged.follow_ups:
        owner = "they owe" if item.status == "waiting" else "you owe"
        context.out.info(f"{item.id[:6]}  {owner}: {item.text}, {'due ' + format_due_day(item.due) if item.due else 'no due date'}")
    for name in logged.unknown_people:
        hint = (
            f". Add one: vaultcrm person add {shell_word(logged.interaction.client)} {shell_word(name)}"
            if logged.interaction.client
            else ""
        )
        context.out.info(f"No note for {quoted(name)}; kept the name as text{hint}")


def _sentence(logged: "LogResult") -> str:
    """What was understood: "Logged: call with Dana Roe (Acme Studio), Mon 2026-11-16 09:30 · agreed: Fixed price (3842)"."""
    from vaultcrm.markdown.wikilinks import without_links

    interaction = logged.interaction
    people = " and ".join(map(without_links, interaction.people))
    client = interaction.client or ("in the inbox" if people else "")
    who = f"{people} ({client})" if people else client
    talk = f"{interaction.channel or 'conversation'} {f'with {who}' if who else 'in the inbox'}"
    when = f"{interaction.at:%a %Y-%m-%d %H:%M}" if interaction.at else "no date"
    agreed = "".join(f" · agreed: {decision.text} ({decision.id[:4]})" for decision in logged.decisions)
    return f"Logged: {talk}, {when}{agreed}"
