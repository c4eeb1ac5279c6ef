"""log: one conversation in one line."""

import contextlib
import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

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
    from vaultcrm.model.records import Interaction


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
@click.option(
    "--meeting/--no-meeting", default=None, help="Log into the note of the meeting that is just over, or a new one  [default: ask]"
)
@click.option("--for", "meeting_id", metavar="ID", help="Log into the note of this meeting, as agenda shows it.")
@click.pass_context
def log(
    ctx: click.Context, /, client: str | None, text: tuple[str, ...], channel: str | None, at: str | None, project: str | None,
    people: tuple[str, ...], summary: str | None, decisions: tuple[str, ...], feedback: tuple[str, ...], preferences: tuple[str, ...],
    questions: tuple[str, ...], next_steps: tuple[str, ...], waiting: tuple[str, ...], due_dates: tuple[str, ...],
    direction: str | None, tags: tuple[str, ...], inbox: bool, meeting: bool | None, meeting_id: str | None,
) -> None:  # fmt: skip
    """Log a conversation: from the arguments, from standard input with "-", or from your editor.

    CLIENT may be a person, who then took part. Without a client it goes to the inbox. At a terminal, a meeting
    of your calendar that is just over is offered: then the text goes into its note.

    \b
    Example:
      vaultcrm log acme "Dana wants two options" --next "Send the quote" --due fri
      vaultcrm log acme -c call --at "yesterday 3pm" --with dana --summary "Price agreed" --decision "Fixed price"
      pbpaste | vaultcrm log acme - -c email --in
    """
    from vaultcrm.actions import log as actions

    context = current_context()
    if meeting_id and not text:  # the meeting says whose it is
        whose, words = _Whose(), client or ""
    else:
        whose, words = _whose(context, client, text, inbox)
    steps = _pair_with_due_dates(ctx.meta["order"], next_steps, waiting, due_dates)
    people = (*whose.people, *people)
    interaction = actions.NewInteraction(
        "", parse_when_datetime(at), channel, direction, project, people, summary, decisions, feedback, steps, tags, preferences, questions
    )  # fmt: skip
    talk = _meeting(context, whose.client, interaction, meeting, meeting_id)
    with _conversation_text(context, words, whose.shown, interaction, talk) as said:
        if talk is not None:
            from vaultcrm.actions.log_meeting import log_meeting

            result = log_meeting(context.crm, talk.path, interaction._replace(text=said))
        else:
            result = actions.log(context.crm, whose.client, interaction._replace(text=said))
    _print_result(context, result)


def _meeting(
    context: CommandContext, client: str | None, new: "NewInteraction", wanted: bool | None, meeting_id: str | None
) -> "Interaction | None":
    """The meeting into whose note to log: the one that is named, or one that was just over if the user says so; None for a new note.

    Raises UsageError, and NotFound if there is no such meeting.
    """
    from vaultcrm.errors import NotFound, UsageError

    if meeting_id or wanted:
        from vaultcrm.actions.log_meeting import find_meeting, recent_meetings

        if new.at is not None:
            raise UsageError("A meeting has its own time.", "Leave out --at, or log a new conversation with --no-meeting.")
        if meeting_id:
            return find_meeting(context.crm, meeting_id, client)
        if client is None:
            raise UsageError("Whose meeting is it?", "Name the client, or the meeting: vaultcrm log --for ID")
        found = recent_meetings(context.crm, client)
        if not found:
            raise NotFound("No meeting of today or yesterday lacks notes.", "Name an earlier one with --for ID, which agenda shows.")
        return found[0]
    if client is None or wanted is False or new.at is not None or new.channel not in (None, "meeting", "call") or not context.can_ask:
        return None
    from vaultcrm.actions.log_meeting import recent_meetings

    return _ask(context, recent_meetings(context.crm, client))


def _ask(context: CommandContext, found: "list[Interaction]") -> "Interaction | None":
    """Which of the meetings is meant, if any."""
    if not found:
        return None
    labels = [_meeting_label(talk, context.crm.today) for talk in found]
    if len(found) == 1:
        return found[0] if click.confirm(f"Is this about {labels[0]}?", default=True, err=True) else None
    for number, label in enumerate(labels, 1):
        context.out.warn(f"{number}. {label}")
    number = click.prompt("Is this about one of them? 0 for none", type=click.IntRange(0, len(found)), default=1, err=True)
    return found[number - 1] if number else None


def _meeting_label(talk: "Interaction", today: date) -> str:
    """ "the meeting at 14:00 with Dana Roe (Kick-off)", "yesterday's meeting with Dana Roe (Workshop)"."""
    from vaultcrm.markdown.wikilinks import without_links
    from vaultcrm.plural import listed

    assert talk.at is not None
    which = "the" if talk.at.date() == today else "yesterday's"
    at = f" at {talk.at:%H:%M}" if talk.at.hour or talk.at.minute else ""
    who = f" with {listed(map(without_links, talk.people[:2]))}" if talk.people else ""
    return f"{which} meeting{at}{who} ({talk.summary})"


class _Whose(NamedTuple):
    """Whose conversation it is: the paths of the client's note (None for the inbox) and of a person's who was named, and both in words."""

    client: str | None = None
    people: tuple[str, ...] = ()
    shown: str = ""


def _whose(context: CommandContext, client: str | None, text: tuple[str, ...], inbox: bool) -> tuple[_Whose, str]:
    """Whose it is, and the text. Raises NotFound before the editor opens, so that nobody types for nothing.

    A single argument that reads like a sentence, and that doesn't begin with a client's name, is text for the inbox.
    """
    from vaultcrm.actions import lookup
    from vaultcrm.actions.name_matching import best_matches
    from vaultcrm.disk.filenames import title_of_path
    from vaultcrm.errors import NotFound

    if client is None or inbox or (client == "-" and not text):
        return _Whose(), " ".join([*([client] if client is not None else []), *text])
    try:
        owner, person = lookup.client_or_person(context.crm, client)
    except NotFound as error:
        words = client.split()
        if text or len(words) < 3 or error.suggestions or best_matches(words[0], context.crm.catalog.client_names()):
            raise
        return _Whose(), client
    shown = f"{title_of_path(person)} ({owner.name})" if person else owner.name
    return _Whose(owner.path, (person,) if person else (), shown), " ".join(text)


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
def _conversation_text(
    context: CommandContext, words: str, client: str, new: "NewInteraction", meeting: "Interaction | None"
) -> Iterator[str]:  # fmt: skip
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

        facts = meeting_facts(meeting) if meeting else new_facts(client, new, context.crm.now)
        with edited_text(context, [(label, value) for label, value in facts if value]) as text:
            yield text


def new_facts(client: str, new: "NewInteraction", now: datetime) -> list[tuple[str, str]]:
    """What the editor shows of a conversation that is typed there, some of it empty."""
    at = new.at or now
    return [("Client", client or "none; it goes to the inbox"), ("Channel", new.channel or ""), ("Date", f"{at:%a %Y-%m-%d %H:%M}")]


def meeting_facts(meeting: "Interaction") -> list[tuple[str, str]]:
    """The same of a meeting that was in the calendar."""
    at = f"{meeting.at:%a %Y-%m-%d %H:%M}" if meeting.at else ""
    people, project = ", ".join(meeting.people), meeting.project or ""
    return [("Client", meeting.client or ""), ("Meeting", meeting.summary), ("With", people), ("Project", project), ("Date", at)]


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
    context.out.paths(dict.fromkeys([logged.interaction.path, *result.created]))
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
