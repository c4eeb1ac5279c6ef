"""client add, client list, client show."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.formats import STATUS_STYLES, due_style, format_ago, format_due
from vaultcrm.cli.options import CHANNEL, choice, client_argument, everything_option
from vaultcrm.cli.table import Cell, Column
from vaultcrm.model.schema import CLIENT_STATUSES, STAGES
from vaultcrm.quoting import shell_word

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.clients import ClientSummary


@click.group("client")
def client() -> None:
    """Manage clients.

    \b
    Example:
      vaultcrm client add "Acme Studio" --status lead --email dana@acme.example
    """


@client.command("add")
@click.argument("name", nargs=-1, required=True)
@click.option("--status", type=choice(CLIENT_STATUSES), default="lead", show_default=True, help="Where the relationship stands.")
@click.option("--stage", type=choice(STAGES), help="Stage of the work.")
@click.option("--alias", "aliases", multiple=True, help="Another name for them; repeatable.")
@click.option("--email", multiple=True, help="Email address; repeatable.")
@click.option("--phone", multiple=True, help="Phone number; repeatable.")
@click.option("--channel", type=CHANNEL, help="How they prefer to be reached.")
@click.option("--timezone", help="Their time zone, like Europe/Lisbon.")
@click.option("--language", help="Language that you speak with them.")
@click.option("--rate", type=float, help="Your rate for them.")
@click.option("--currency", help="Currency of the rate, like EUR.")
@click.option("--cadence", metavar="SPAN", help='Keep in touch at least this often: "3 weeks".')
@click.option("--tag", "tags", multiple=True, help="Add a tag; repeatable.")
def client_add(
    name: tuple[str, ...], status: str, stage: str | None, aliases: tuple[str, ...], email: tuple[str, ...], phone: tuple[str, ...],
    channel: str | None, timezone: str | None, language: str | None, rate: float | None, currency: str | None, cadence: str | None,
    tags: tuple[str, ...],
) -> None:  # fmt: skip
    """Add a client: a folder, and a note in it.

    \b
    Example:
      vaultcrm client add "Acme Studio" --status active --email dana@acme.example --cadence "3 weeks"
    """
    from vaultcrm.actions import add, clients
    from vaultcrm.actions.as_json import client_json, write_json
    from vaultcrm.dates.duration import parse_duration
    from vaultcrm.dates.timezone import check_timezone

    context = current_context()
    if cadence:
        parse_duration(cadence)
    if timezone:
        check_timezone(timezone)
    properties = {
        "aliases": [*aliases],
        "status": status,
        "stage": stage,
        "email": [*email],
        "phone": [*phone],
        "channel": channel,
        "timezone": timezone,
        "language": language,
        "rate": int(rate) if rate is not None and rate == int(rate) else rate,
        "currency": currency,
        "cadence": cadence,
        "tags": [*tags],
    }
    result = add.add_client(context.crm, " ".join(name), properties)
    if context.wants_json:
        context.out.json(write_json(result, client=client_json(clients.summaries(context.crm, [result.record])[0])))
        return
    context.out.line(result.created[0])
    context.out.info(f'Next: vaultcrm log {shell_word(result.record.name)} "What you talked about"')


@client.command("list")
@click.option("--status", type=choice(CLIENT_STATUSES), help="Only clients with this status.")
@click.option("--stage", type=choice(STAGES), help="Only clients at this stage.")
@click.option("--tag", help="Only clients with this tag.")
@click.option(
    "--sort", type=choice(("name", "silent", "due")), default="name", show_default=True, help="By name, longest silence, or next due."
)
def client_list(status: str | None, stage: str | None, tag: str | None, sort: str) -> None:
    """List clients, when you last talked, and what is open.

    Exits with 1 when there are none.

    \b
    Example:
      vaultcrm client list --status active --sort silent
    """
    from datetime import date

    from vaultcrm.actions import clients
    from vaultcrm.normalize import fold

    context = current_context()
    summaries = [
        summary
        for summary in clients.clients(context.crm)
        if status in (None, summary.client.status)
        and stage in (None, summary.client.stage)
        and (tag is None or fold(tag.removeprefix("#")) in map(fold, summary.client.tags))
    ]
    if sort == "silent":
        summaries.sort(key=lambda summary: -(summary.silent_days if summary.silent_days is not None else 10**6))
    if sort == "due":
        summaries.sort(key=lambda summary: summary.next_due or date.max)
    if context.wants_json:
        from vaultcrm.actions.as_json import client_json

        context.out.json([client_json(summary) for summary in summaries])
    elif summaries:
        headings = [Cell(text, "dim") for text in ("client", "status", "stage", "last contact", "next", "open", "waiting")]
        columns = [Column(1, 16), Column(), Column(2, 0), Column(), Column(), Column(right=True), Column(right=True)]
        context.out.table(columns, [headings, *(_summary_row(context, summary) for summary in summaries)])
    elif status or stage or tag:
        context.out.info("No client matches.")
    else:
        context.out.info('There are no clients yet. Add one: vaultcrm client add "NAME"')
    context.exit_unless(summaries)


def _summary_row(context: CommandContext, summary: "ClientSummary") -> list[Cell]:
    client = summary.client
    is_neglected = summary.is_silent_too_long and client.status in ("active", "lead")
    days = (summary.next_due - context.crm.today).days if summary.next_due else None
    return [
        Cell(client.name, "bold"),
        Cell(client.status or "", STATUS_STYLES.get(client.status or "", "")),
        Cell(client.stage or ""),
        Cell(format_ago(summary.silent_days), "red" if is_neglected else ""),
        Cell(format_due(days) if days is not None else "", due_style(days)),
        Cell(str(summary.open) if summary.open else "-", "" if summary.open else "dim"),
        Cell(str(summary.waiting) if summary.waiting else "-", "" if summary.waiting else "dim"),
    ]


@client.command("show")
@client_argument
@everything_option
def client_show(client: str, everything: bool) -> None:
    """Show a client: properties, text, people, projects, what is open, decisions in force, the last conversations.

    \b
    Example:
      vaultcrm client show acme
    """
    from vaultcrm.actions import show
    from vaultcrm.cli.display.note import print_note

    context = current_context()
    print_note(context, show.show_client(context.crm, client), everything)
