"""timeline: what happened with a client, newest first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_project
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.options import WHEN, as_of_option, choice, client_argument, parse_when, use_vault_as_of
from vaultcrm.cli.table import Cell, Column
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.model.schema import CHANNELS

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.timeline import Event

_KINDS = ("talk", "decision", "feedback", "preference", "question", "done", "dropped", "project")  # as in actions.timeline
_STYLES = {"decision": "cyan", "feedback": "magenta", "preference": "magenta", "question": "yellow", "done": "green", "dropped": "dim"}


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

    Conversations with what was agreed and said in them, follow-ups done and dropped, projects begun and ended.

    Exits with 1 when there is nothing.

    \b
    Example:
      vaultcrm timeline acme --since "last month" --only talk --only decision
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
                    "id": event.id,
                    "source": {"path": event.path, "line": event.line},
                }
                for event in events
            ]
        )
    elif events:
        _print_events(context, events)
    else:
        context.out.info("Nothing is written down about that.")
    context.exit_unless(events)


def _print_events(context: CommandContext, events: "Sequence[Event]") -> None:
    """The events with their handles; in a pipe, with their files and lines."""
    from vaultcrm.catalog.handle_queries import short_handles
    from vaultcrm.cli.display.pager import paged

    is_piped = context.out.columns is None
    handles = {} if is_piped else short_handles(context.crm.catalog, {event.id for event in events})
    rows = [
        [
            Cell(f"{event.at:%Y-%m-%d %H:%M}" if event.has_time else f"{event.at:%Y-%m-%d}", "dim"),
            Cell(f"{event.kind}, planned", "cyan") if event.is_planned else Cell(event.kind, _STYLES.get(event.kind, "")),
            Cell(without_links(event.text)),
            Cell(f"{event.path}:{event.line}" if is_piped else handles[event.id], "dim"),
        ]
        for event in events
    ]
    with paged(context.out):
        context.out.table([Column(), Column(), Column(1, 20, wraps=True), Column()], rows)
