"""decide, decisions."""

import click

from vaultcrm.cli.completion import complete_client, complete_project
from vaultcrm.cli.context import current_context
from vaultcrm.cli.formats import source_cell
from vaultcrm.cli.options import WHEN, client_argument, parse_when_datetime
from vaultcrm.cli.table import Cell, Column
from vaultcrm.model.schema import CHANNELS

_STYLES = {"in force": "", "superseded": "dim", "withdrawn": "dim"}


@click.command()
@client_argument
@click.argument("text", nargs=-1, required=True)
@click.option("--supersedes", metavar="ID", help="The decision that it replaces: its handle, or words of it.")
@click.option("--topic", help='What it is about: "price", "revisions".')
@click.option("--by", help="Who agreed to it, on their side.")
@click.option("--via", type=click.Choice(CHANNELS), help="How it was agreed.")
@click.option("--project", shell_complete=complete_project, help="The project that it belongs to.")
@click.option("--at", type=WHEN, help="When it was agreed; else now.")
def decide(
    client: str,
    text: tuple[str, ...],
    supersedes: str | None,
    topic: str | None,
    by: str | None,
    via: str | None,
    project: str | None,
    at: str | None,
) -> None:
    """Write down what was agreed; what it replaces is marked as superseded.

    \b
    Example:
      vaultcrm decide acme "Two revision rounds are included" --topic revisions --by dana --via call
      vaultcrm decide acme "Fixed price, three milestones" --supersedes 4d1e
    """
    from vaultcrm.actions import decisions as actions
    from vaultcrm.actions.as_json import decision_json, write_json

    context = current_context()
    new = actions.NewDecision(" ".join(text), parse_when_datetime(at), topic, by, via, project, supersedes)
    written = actions.decide(context.crm, client, new)
    made = written.record
    if context.wants_json:
        context.out.json(write_json(written, decision=decision_json(made)))
        return
    for path in (*written.created, *written.changed):
        context.out.line(path)
    context.out.info(f"{made.id[:6]}  in force since {made.on}  ({made.client})" + ("; the one before is superseded" if supersedes else ""))


@click.command()
@click.argument("words", nargs=-1, metavar="[CLIENT] [WORDS]…", shell_complete=complete_client)
@click.option("--all", "everything", is_flag=True, help="Also what is superseded or withdrawn.")
def decisions(words: tuple[str, ...], everything: bool) -> None:
    """What was agreed and is in force, newest first; of one client, about some words.

    Exits with 1 when there is none.

    \b
    Example:
      vaultcrm decisions acme revisions
    """
    from vaultcrm.actions import decisions as actions
    from vaultcrm.actions import lookup
    from vaultcrm.errors import InvalidInput, NotFound

    context = current_context()
    client: str | None = words[0] if words else None
    rest = words[1:]
    if client is not None:
        try:
            lookup.client(context.crm, client)
        except NotFound:
            client, rest = None, words
        except InvalidInput:
            if len(words) == 1:
                client, rest = None, words
            else:
                raise
    found = actions.decisions(context.crm, client, rest, everything)
    if context.wants_json:
        from vaultcrm.actions.as_json import decision_json

        context.out.json([decision_json(one) for one in found])
    elif found:
        with_client, with_status = client is None, any(one.status != "in force" for one in found)
        rows = [
            [
                Cell(one.id[:4], "dim"),
                Cell(one.on.isoformat() if one.on else "no date", "dim"),
                Cell(one.text, _STYLES[one.status]),
                Cell((one.client or "no client") if with_client else ""),
                Cell(", ".join(filter(None, (one.by, one.via))), "dim"),
                Cell(one.status if with_status else "", "yellow" if one.status != "in force" else "green"),
                source_cell(context.out, one.path, one.line),
            ]
            for one in found
        ]
        context.out.table([Column(), Column(), Column(1, 30, wraps=True), Column(2, 12), Column(4, 0), Column(), Column(3, 24)], rows)
    else:
        about = " ".join(words)
        context.out.info(f"No decision in force is about {about!r}." if words else "No decision is in force.")
        context.out.info("With superseded and withdrawn ones: vaultcrm decisions --all" if not everything else "")
    context.exit_unless(found)
