"""timeline: what happened with a client, newest first."""

import click

from vaultcrm.cli.completion import complete_project
from vaultcrm.cli.context import current_context
from vaultcrm.cli.formats import source_cell
from vaultcrm.cli.options import WHEN, as_of_option, choice, client_argument, parse_when, use_vault_as_of
from vaultcrm.cli.table import Cell, Column
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.model.schema import CHANNELS

_KINDS = ("decision", "feedback", "preference", "question", "done", "project")
_STYLES = {"decision": "cyan", "feedback": "magenta", "preference": "magenta", "question": "yellow", "done": "green"}


@click.command()
@client_argument
@click.option("--since", type=WHEN, help="From this day on.")
@click.option("--only", multiple=True, type=choice((*CHANNELS, *_KINDS)), help="Only these; may be repeated.")
@click.option("--project", shell_complete=complete_project, help="Only what belongs to this project.")
@click.option("--limit", type=click.IntRange(1), help="No more than so many.")
@as_of_option
def timeline(
    client: str, since: str | None, only: tuple[str, ...], project: str | None, limit: int | None, as_of: str | None
) -> None:  # fmt: skip
    """All that happened with a client, newest first, and what is planned.

    Exits with 1 when there is nothing.

    \b
    Example:
      vaultcrm timeline acme --since "last month" --only call --only decision
    """
    from vaultcrm.actions import timeline as actions

    context, first_day = current_context(), parse_when(since, past=True)
    client = use_vault_as_of(as_of, client)
    events = actions.timeline(context.crm, client, first_day, only, project)[:limit]
    if context.wants_json:
        context.out.json(
            [
                {
                    "date": (event.at.isoformat() if event.has_time else event.at.date().isoformat()),
                    "kind": "talk" if event.kind == "conversation" else event.kind,  # the published value, which never changes
                    "text": event.text,
                    "project": event.project,
                    "planned": event.is_planned,
                    "source": {"path": event.path, "line": event.line},
                }
                for event in events
            ]
        )
    elif events:
        rows = [
            [
                Cell(f"{event.at:%Y-%m-%d %H:%M}" if event.has_time else f"{event.at:%Y-%m-%d}", "dim"),
                Cell(f"{event.kind}, planned", "cyan") if event.is_planned else Cell(event.kind, _STYLES.get(event.kind, "")),
                Cell(without_links(event.text)),
                source_cell(context.out, event.path, event.line),
            ]
            for event in events
        ]
        context.out.table([Column(), Column(), Column(1, 30, wraps=True), Column(2, 24)], rows)
    else:
        context.out.info("Nothing is written down about that.")
    context.exit_unless(events)
