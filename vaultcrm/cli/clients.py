"""client add, list, show; person add; stale."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.formats import STATUS_STYLES, format_ago
from vaultcrm.cli.options import client_argument
from vaultcrm.cli.table import Cell, Column
from vaultcrm.model.schema import CHANNELS, CLIENT_STATUSES, STAGES

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.clients import ClientSummary


@click.group("client")
def client() -> None:
    """Who they are, and how things stand.

    \b
    Example:
      vaultcrm client add "Acme Studio" --status lead --email dana@acme.example
    """


@client.command("add")
@click.argument("name", nargs=-1, required=True)
@click.option("--status", type=click.Choice(CLIENT_STATUSES), default="lead", show_default=True, help="How things stand.")
@click.option("--stage", type=click.Choice(STAGES), help="How far the work is.")
@click.option("--alias", "aliases", multiple=True, help="Another name; may be repeated.")
@click.option("--email", multiple=True, help="May be repeated.")
@click.option("--phone", multiple=True, help="May be repeated.")
@click.option("--channel", type=click.Choice(CHANNELS), help="How they like to be reached.")
@click.option("--timezone", help="Their time zone, like Europe/Lisbon.")
@click.option("--language", help="The language that you speak with them.")
@click.option("--rate", type=float, help="What an hour or a day costs them.")
@click.option("--currency", help="The currency, like EUR.")
@click.option("--cadence", metavar="SPAN", help='Be in touch at least this often: "3 weeks".')
@click.option("--tag", "tags", multiple=True, help="May be repeated.")
def client_add(name: tuple[str, ...], rate: float | None, timezone: str | None, cadence: str | None, **given: object) -> None:
    """Add a client: its folder and its note.

    \b
    Example:
      vaultcrm client add "Acme Studio" --status active --email dana@acme.example --cadence "3 weeks"
    """
    from vaultcrm.actions import add, clients
    from vaultcrm.actions.as_json import client_json, write_json
    from vaultcrm.dates.parse import parse_duration
    from vaultcrm.model.schema import PROPERTIES

    context = current_context()
    if cadence:
        parse_duration(cadence)
    if timezone:
        _check_zone(timezone)
    values = {**given, "timezone": timezone, "cadence": cadence, "rate": int(rate) if rate is not None and rate == int(rate) else rate}
    ordered = {
        key: list(value) if isinstance(value, tuple) else value for key in PROPERTIES["client"] if (value := values.get(key)) is not None
    }
    written = add.add_client(context.crm, " ".join(name), ordered)  # type: ignore[arg-type]  # click gave texts, numbers and tuples of texts
    made = written.record
    if context.wants_json:
        context.out.json(write_json(written, client=client_json(clients.summaries(context.crm, [made])[0])))
        return
    context.out.line(written.created[0])
    context.out.info(f'Next: vaultcrm log "{made.name}" "What you talked about"')


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo

    from vaultcrm.errors import InvalidInput

    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise InvalidInput(f"{name!r} is no time zone.", "Write it like Europe/Lisbon or America/New_York.") from error


@client.command("list")
@click.option("--status", type=click.Choice(CLIENT_STATUSES), help="Only those.")
@click.option("--stage", type=click.Choice(STAGES), help="Only those.")
@click.option("--tag", help="Only those with this tag.")
@click.option("--sort", type=click.Choice(("name", "silent", "due")), default="name", show_default=True, help="What comes first.")
def client_list(status: str | None, stage: str | None, tag: str | None, sort: str) -> None:
    """List clients, how long they have been silent, and what is open.

    \b
    Example:
      vaultcrm client list --status active --sort silent
    """
    from datetime import date

    from vaultcrm.actions import clients
    from vaultcrm.normalize import fold

    context = current_context()
    found = [
        standing
        for standing in clients.clients(context.crm)
        if status in (None, standing.client.status)
        and stage in (None, standing.client.stage)
        and (tag is None or fold(tag.removeprefix("#")) in map(fold, standing.client.tags))
    ]
    if sort == "silent":
        found.sort(key=lambda s: -(s.silent_days if s.silent_days is not None else 10**6))
    if sort == "due":
        found.sort(key=lambda s: s.next_due or date.max)
    if context.wants_json:
        from vaultcrm.actions.as_json import client_json

        context.out.json([client_json(standing) for standing in found])
    elif found:
        headings = [Cell(text, "dim") for text in ("client", "status", "stage", "last talk", "next", "open", "waiting")]
        columns = [Column(1, 16), Column(), Column(2, 0), Column(), Column(), Column(right=True), Column(right=True)]
        context.out.table(columns, [headings, *(_standing_row(context, standing) for standing in found)])
    else:
        context.out.info(
            "There is no such client." if status or stage or tag else 'There are no clients yet. Add one: vaultcrm client add "NAME"'
        )
    context.exit_unless(found)


def _standing_row(context: CommandContext, standing: "ClientSummary") -> list[Cell]:
    from vaultcrm.cli.formats import format_due

    one = standing.client
    is_stale = standing.is_silent_too_long and one.status in ("active", "lead")
    days = (standing.next_due - context.crm.today).days if standing.next_due else None
    return [
        Cell(one.name, "bold"),
        Cell(one.status or "", STATUS_STYLES.get(one.status or "", "")),
        Cell(one.stage or ""),
        Cell(format_ago(standing.silent_days), "red" if is_stale else ""),
        Cell(format_due(days) if days is not None else "", "red" if days is not None and days < 0 else "yellow" if days == 0 else ""),
        Cell(str(standing.open) if standing.open else "-", "" if standing.open else "dim"),
        Cell(str(standing.waiting) if standing.waiting else "-", "" if standing.waiting else "dim"),
    ]


@client.command("show")
@client_argument
def client_show(client: str) -> None:
    """Show all that the notes say about a client: properties, people, projects, files.

    \b
    Example:
      vaultcrm client show acme
    """
    from vaultcrm.actions import clients, lookup
    from vaultcrm.actions.set_properties import format_value

    context = current_context()
    context.crm.refresh()
    client_ref = lookup.client(context.crm, client)
    standing = clients.summaries(context.crm, [clients.client(context.crm, client_ref.path)])[0]
    people, projects = clients.people(context.crm, client_ref), clients.projects(context.crm, client_ref)
    properties = standing.client.note.properties
    if context.wants_json:
        from vaultcrm.actions.as_json import client_json, person_json, project_json

        context.out.json(
            {
                **client_json(standing),
                "properties": properties,
                "people": list(map(person_json, people)),
                "projects": list(map(project_json, projects)),
            }
        )
        return
    context.out.line(standing.client.name, "bold")
    context.out.line(client_ref.path, "dim")
    rows = [[Cell(key, "dim"), Cell(format_value(value))] for key, value in properties.items() if key != "type" and value not in (None, [])]
    rows.append([Cell("last talk", "dim"), Cell(format_ago(standing.silent_days))])
    context.out.table([Column(), Column(1, 20, wraps=True)], rows, indent=2)
    if people:
        context.out.line("People", "bold")
        context.out.table(
            [Column(), Column(), Column(1, 10), Column(2, 0)], [_person_row(p.name, p.role, p.email, p.phone) for p in people], indent=2
        )
    if projects:
        from vaultcrm.cli.formats import print_projects

        context.out.line("Projects", "bold")
        print_projects(context, projects, with_client=False, indent=2)


def _person_row(name: str, role: str | None, email: tuple[str, ...], phone: tuple[str, ...]) -> list[Cell]:
    return [Cell(name), Cell(role or "", "dim"), Cell(", ".join(email)), Cell(", ".join(phone))]


@click.group("person")
def person() -> None:
    """The people at a client.

    \b
    Example:
      vaultcrm person add acme "Dana Roe" --role Owner
    """


@person.command("add")
@client_argument
@click.argument("name", nargs=-1, required=True)
@click.option("--role", help="What they do there.")
@click.option("--email", multiple=True, help="May be repeated.")
@click.option("--phone", multiple=True, help="May be repeated.")
@click.option("--alias", "aliases", multiple=True, help="Another name; may be repeated.")
@click.option("--tag", "tags", multiple=True, help="May be repeated.")
def person_add(client: str, name: tuple[str, ...], role: str | None, **lists: tuple[str, ...]) -> None:
    """Add a person to a client.

    \b
    Example:
      vaultcrm person add acme "Dana Roe" --role Owner --email dana@acme.example
    """
    from vaultcrm.actions import add
    from vaultcrm.actions.as_json import person_json, write_json

    context = current_context()
    properties = {"role": role, **{key: list(lists[key]) for key in ("email", "phone", "aliases", "tags")}}
    written = add.add_person(context.crm, client, " ".join(name), properties)
    if context.wants_json:
        context.out.json(write_json(written, person=person_json(written.record)))
    else:
        context.out.line(written.created[0])


@click.command()
@click.option("--limit", type=click.IntRange(1), help="No more than so many.")
def stale(limit: int | None) -> None:
    """Clients silent for longer than agreed or usual, or without a next step; the most neglected first.

    Exits with 1 when there is none.

    \b
    Example:
      vaultcrm stale
    """
    from vaultcrm.actions import clients

    context = current_context()
    found = clients.stale(context.crm)[:limit]
    if context.wants_json:
        from vaultcrm.actions.as_json import stale_json

        context.out.json([stale_json(item) for item in found])
    elif found:
        rows = [
            [Cell(i.summary.client.name, "bold"), Cell(format_ago(i.summary.silent_days), "red"), Cell("; ".join(i.reasons))] for i in found
        ]
        context.out.table([Column(2, 14), Column(), Column(1, 20, wraps=True)], rows)
    else:
        context.out.info("Nobody is neglected.")
    context.exit_unless(found)
