"""log: one conversation in one line."""

import sys
from typing import Any

import click

from vaultcrm.cli.completion import complete_project
from vaultcrm.cli.context import session
from vaultcrm.cli.options import WHEN, client_argument, day, echo_day, moment
from vaultcrm.model.schema import CHANNELS


class InOrder(click.Command):
    """A command that knows in which order its options were given: each --due belongs to the --next before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        parser = self.make_parser(ctx)
        _, _, order = parser.parse_args(args=list(args))
        ctx.meta["order"] = [param.name for param in order]
        return super().parse_args(ctx, args)


@click.command(cls=InOrder)
@client_argument
@click.argument("text", nargs=-1)
@click.option("--channel", "-c", type=click.Choice(CHANNELS), help="How you talked.")
@click.option("--at", type=WHEN, help='When: "yesterday 3pm", "14:30"; else now.')
@click.option("--project", shell_complete=complete_project, help="The project that it was about.")
@click.option("--with", "people", multiple=True, metavar="NAME", help="Who took part; may be repeated.")
@click.option("--summary", help="What matters most, in one sentence.")
@click.option("--decision", "decisions", multiple=True, metavar="TEXT", help="What was agreed; may be repeated.")
@click.option("--feedback", multiple=True, metavar="TEXT", help="What they said about the work; may be repeated.")
@click.option("--next", "next_steps", multiple=True, metavar="TEXT", help="What you will do; makes a follow-up; may be repeated.")
@click.option("--waiting", multiple=True, metavar="TEXT", help="What they will do; makes a follow-up that waits; may be repeated.")
@click.option("--due", "dues", type=WHEN, multiple=True, help="When the --next or --waiting before it is due.")
@click.option("--in", "direction", flag_value="in", help="They wrote to you.")
@click.option("--out", "direction", flag_value="out", help="You wrote to them.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be repeated.")
@click.pass_context
def log(
    ctx: click.Context, /, client: str, text: tuple[str, ...], channel: str | None, at: str | None, direction: str | None, **given: Any
) -> None:
    """Write down a conversation: as words, from standard input with "-", or in your editor without any.

    \b
    Example:
      vaultcrm log acme "Dana wants two options" --next "Send the quote" --due fri
      vaultcrm log acme -c call --at "yesterday 3pm" --with dana --summary "Price agreed" --decision "Fixed price"
      pbpaste | vaultcrm log acme - -c email --in
    """
    from vaultcrm.actions import lookup
    from vaultcrm.actions.log import Logged, Talk
    from vaultcrm.actions.log import log as log_it
    from vaultcrm.errors import WrongUse

    on = session()
    steps = _next_steps(ctx.meta["order"], given)
    when = moment(at)
    lookup.client(on.crm, client)  # before the editor opens: nobody should type for nothing
    told = " ".join(text)
    is_typed = False
    if told == "-":
        told = sys.stdin.read()
        if not told.strip() and not (given["summary"] or given["decisions"] or given["feedback"] or steps):
            raise WrongUse("Standard input is empty, so there is nothing to write down.")
    elif not told.strip() and not (given["summary"] or given["decisions"] or given["feedback"] or steps):
        told, is_typed = _typed(), True
    talk = Talk(
        told,
        when,
        channel,
        direction,
        given["project"],
        given["people"],
        given["summary"],
        given["decisions"],
        given["feedback"],
        steps,
        given["tags"],
    )
    if is_typed or text == ("-",):
        with on.catching_text(told):
            written = log_it(on.crm, client, talk)
    else:
        written = log_it(on.crm, client, talk)
    logged = written.record
    assert isinstance(logged, Logged)
    if on.json:
        from vaultcrm.actions.as_json import of_follow_up, of_interaction, of_written

        follow_ups = [of_follow_up(item, on.crm.today) for item in logged.follow_ups]
        on.document(of_written(written, interaction=of_interaction(logged.interaction), follow_ups=follow_ups))
        return
    for path in written.created:
        on.out(path)
    if at and logged.interaction.at:
        on.say(f"at {logged.interaction.at:%a %Y-%m-%d %H:%M}")
    for item in logged.follow_ups:
        what = "they owe" if item.status == "waiting" else "you owe"
        on.say(f"{item.id[:6]}  {what}: {item.text}, {'due ' + echo_day(item.due) if item.due else 'without a day'}")
    for name in logged.strangers:
        on.say(f"There is no note for {name!r}; the name was kept as text. Add one: vaultcrm person add {client!r} {name!r}")


def _next_steps(order: list[str | None], given: dict[str, Any]) -> list[Any]:
    """Pair what comes next with its day: the --due behind it, before the next one."""
    from vaultcrm.actions.log import NextStep
    from vaultcrm.errors import WrongUse

    values = {name: iter(given.pop(name)) for name in ("next_steps", "waiting", "dues")}
    steps: list[NextStep] = []
    for name in order:
        if name in ("next_steps", "waiting"):
            text = next(values[name])
            if not any(char.isalnum() for char in text):
                raise WrongUse(f"{text!r} says nothing that could be done.", 'Like: --next "Send the quote" --due fri')
            steps.append(NextStep(text, None, name == "waiting"))
        elif name == "dues":
            if not steps or steps[-1].due:
                raise WrongUse("Each --due belongs to the --next or --waiting before it.", 'Like: --next "Send the quote" --due fri')
            steps[-1] = steps[-1]._replace(due=day(next(values[name])))
    return steps


def _typed() -> str:
    """A text from the person's editor. Raises WrongUse when there is none."""
    from vaultcrm.errors import OutsideFailed, WrongUse

    if not sys.stdin.isatty():
        raise WrongUse("There is nothing to write down.", 'Say it: vaultcrm log acme "Dana wants two options", or pipe it in with "-".')
    try:
        text = click.edit("", extension=".md")
    except click.ClickException as error:
        raise OutsideFailed(f"Your editor did not work: {error.format_message()}", "Set EDITOR, or give the text as words.") from error
    if not text or not text.strip():
        raise WrongUse("Nothing was written, so nothing was logged.")
    return text
