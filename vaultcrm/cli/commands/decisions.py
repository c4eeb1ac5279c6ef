"""decide, decisions: what was agreed with clients."""

import click

from vaultcrm.cli.completion import complete_client, complete_decision, complete_person, complete_project
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.formats import source_cell
from vaultcrm.cli.options import CHANNEL, WHEN, as_of_option, client_argument, parse_when_datetime, remark_if_ahead, use_vault_as_of
from vaultcrm.cli.table import Cell, Column
from vaultcrm.model.records import Decision
from vaultcrm.quoting import quoted

_TEXT_STYLES = {"in force": "", "superseded": "dim", "withdrawn": "dim"}


@click.command()
@client_argument
@click.argument("text", nargs=-1)
@click.option(
    "--withdraw", shell_complete=complete_decision, metavar="ID", help="Decision that no longer holds: its handle, or words of it."
)
@click.option(
    "--supersedes", shell_complete=complete_decision, metavar="ID", help="Decision that this one replaces: its handle, or words of it."
)
@click.option("--topic", help='Topic: "price", "revisions".')
@click.option("--by", shell_complete=complete_person, help="Who agreed to it, on their side.")
@click.option("--via", type=CHANNEL, help="How it was agreed.")
@click.option("--project", shell_complete=complete_project, help="Project that it belongs to.")
@click.option("--at", type=WHEN, help="When it was agreed  [default: now]")
@click.option("--yes", is_flag=True, help="Supersede a decision that another one has superseded, without asking.")
def decide(
    client: str, text: tuple[str, ...], withdraw: str | None, supersedes: str | None, topic: str | None, by: str | None, via: str | None,
    project: str | None, at: str | None, yes: bool,
) -> None:  # fmt: skip
    """Record what was agreed. A decision that it replaces is marked as superseded; --withdraw ends one without a new one.

    \b
    Example:
      vaultcrm decide acme "Two revision rounds are included" --topic revisions --by dana --via call
      vaultcrm decide acme "Fixed price, three milestones" --supersedes 4d1e
      vaultcrm decide acme --withdraw 4d1e
    """
    from vaultcrm.actions import decisions as actions
    from vaultcrm.actions.as_json import decision_json, write_json
    from vaultcrm.errors import UsageError

    context = current_context()
    if withdraw and (text or supersedes):
        raise UsageError("Withdraw a decision, or record a new one.", "A new one that replaces it: --supersedes instead of --withdraw.")
    if not text and not withdraw:
        raise UsageError("Say what was agreed.", 'For example: vaultcrm decide acme "Two revision rounds are included"')
    if withdraw:
        result = actions.withdraw(context.crm, client, withdraw)
    else:
        new = actions.NewDecision(" ".join(text), parse_when_datetime(at), topic, by, via, project, supersedes)
        try:
            result = actions.decide(context.crm, client, new, again=yes)
        except actions.AlreadySuperseded as error:
            if not (context.can_ask and click.confirm(f"{error.message} Record it all the same?", err=True)):
                raise
            result = actions.decide(context.crm, client, new, again=True)
    decision = result.record
    if context.wants_json:
        context.out.json(write_json(result, decision=decision_json(decision)))
        return
    context.out.paths((*result.created, *result.changed))
    if withdraw:
        context.out.info(f"{decision.id[:6]} withdrawn: {decision.text} ({decision.client})")
        return
    replaced = "; the previous one is superseded" if supersedes else ""
    context.out.info(f"{decision.id[:6]}  in force since {decision.on}  ({decision.client}){replaced}")
    context.out.info(remark_if_ahead(decision.on))


@click.command()
@click.argument("words", nargs=-1, metavar="[CLIENT] [WORDS]…", shell_complete=complete_client)
@click.option("--all", "everything", is_flag=True, help="Include superseded and withdrawn decisions.")
@as_of_option
def decisions(words: tuple[str, ...], everything: bool, as_of: str | None) -> None:
    """List the decisions in force, newest first: all, one client's, or those that contain some words.

    Exits with 1 when there are none.

    \b
    Example:
      vaultcrm decisions acme revisions
    """
    from vaultcrm.actions import decisions as actions

    context = current_context()
    client, rest = _client_and_words(context, words)
    client = use_vault_as_of(as_of, client or "", for_decisions=True) or None
    found = actions.decisions(context.crm, client, rest, everything)
    if context.wants_json:
        from vaultcrm.actions.as_json import decision_json

        context.out.json([decision_json(decision) for decision in found])
    elif found:
        _print_decisions(context, found, with_client=client is None)
    else:
        about = " ".join(words)
        context.out.info(f"No decision in force is about {quoted(about)}." if words else "No decisions are in force.")
        context.out.info("To include superseded and withdrawn ones: vaultcrm decisions --all" if not everything else "")
    context.exit_unless(found)


def _client_and_words(context: CommandContext, words: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """The first word as a client, if it is one, and the rest. Raises InvalidInput when it may be several clients."""
    from vaultcrm.actions import lookup
    from vaultcrm.errors import InvalidInput, NotFound

    if not words:
        return None, words
    try:
        lookup.client(context.crm, words[0])
    except NotFound:
        return None, words
    except InvalidInput:
        if len(words) > 1:
            raise
        return None, words
    return words[0], words[1:]


def _print_decisions(context: CommandContext, found: list[Decision], with_client: bool) -> None:
    with_status = any(decision.status != "in force" for decision in found)
    rows = [
        [
            Cell(decision.id[:4], "dim"),
            Cell(decision.on.isoformat() if decision.on else "no date", "dim"),
            Cell(decision.text, _TEXT_STYLES[decision.status]),
            Cell((decision.client or "no client") if with_client else ""),
            Cell(", ".join(filter(None, (decision.by, decision.via))), "dim"),
            Cell(decision.status if with_status else "", "yellow" if decision.status != "in force" else "green"),
            source_cell(context.out, decision.path, decision.line),
        ]
        for decision in found
    ]
    columns = [Column(), Column(), Column(1, 30, wraps=True), Column(2, 12), Column(4, 0), Column(), Column(3, 24)]
    context.out.table(columns, rows)
