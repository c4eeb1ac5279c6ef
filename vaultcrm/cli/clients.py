"""client add, list, show; person add; stale."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import Session, session
from vaultcrm.cli.formats import STATUS_STYLES, _ago
from vaultcrm.cli.options import client_argument
from vaultcrm.cli.table import Cell, Column
from vaultcrm.model.schema import CHANNELS, CLIENT_STATUSES, STAGES

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.clients import Standing


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
    from vaultcrm.actions.as_json import of_standing, of_written
    from vaultcrm.dates.parse import parse_span
    from vaultcrm.model.records import Client
    from vaultcrm.model.schema import PROPERTIES

    on = session()
    if cadence:
        parse_span(cadence)
    if timezone:
        _check_zone(timezone)
    values = {**given, "timezone": timezone, "cadence": cadence, "rate": int(rate) if rate is not None and rate == int(rate) else rate}
    ordered = {
        key: list(value) if isinstance(value, tuple) else value for key in PROPERTIES["client"] if (value := values.get(key)) is not None
    }
    written = add.add_client(on.crm, " ".join(name), ordered)  # type: ignore[arg-type]  # click gave texts, numbers and tuples of texts
    made = written.record
    assert isinstance(made, Client)
    if on.json:
        on.document(of_written(written, client=of_standing(clients.standings(on.crm, [made])[0])))
        return
    on.out(written.created[0])
    on.say(f'Next: vaultcrm log "{made.name}" "What you talked about"')


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo

    from vaultcrm.errors import NotUnderstood

    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise NotUnderstood(f"{name!r} is no time zone.", "Write it like Europe/Lisbon or America/New_York.") from error


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

    on = session()
    found = [
        standing
        for standing in clients.clients(on.crm)
        if status in (None, standing.client.status)
        and stage in (None, standing.client.stage)
        and (tag is None or fold(tag.removeprefix("#")) in map(fold, standing.client.tags))
    ]
    if sort == "silent":
        found.sort(key=lambda s: -(s.silent_days if s.silent_days is not None else 10**6))
    if sort == "due":
        found.sort(key=lambda s: s.next_due or date.max)
    if on.json:
        from vaultcrm.actions.as_json import of_standing

        on.document([of_standing(standing) for standing in found])
    elif found:
        headings = [Cell(text, "dim") for text in ("client", "status", "stage", "last talk", "next", "open", "waiting")]
        columns = [Column(1, 16), Column(), Column(2, 0), Column(), Column(), Column(right=True), Column(right=True)]
        on.table(columns, [headings, *(_standing_row(on, standing) for standing in found)])
    else:
        on.say("There is no such client." if status or stage or tag else 'There are no clients yet. Add one: vaultcrm client add "NAME"')
    if not found:
        click.get_current_context().exit(1)


def _standing_row(on: Session, standing: "Standing") -> list[Cell]:
    from vaultcrm.cli.formats import say_due

    one = standing.client
    is_stale = standing.is_silent_too_long and one.status in ("active", "lead")
    days = (standing.next_due - on.crm.today).days if standing.next_due else None
    return [
        Cell(one.name, "bold"),
        Cell(one.status or "", STATUS_STYLES.get(one.status or "", "")),
        Cell(one.stage or ""),
        Cell(_ago(standing.silent_days), "red" if is_stale else ""),
        Cell(say_due(days) if days is not None else "", "red" if days is not None and days < 0 else "yellow" if days == 0 else ""),
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
    from vaultcrm.actions.set_properties import shown

    on = session()
    on.crm.refresh()
    home = lookup.client(on.crm, client)
    standing = clients.standings(on.crm, [clients.client(on.crm, home.path)])[0]
    people, projects = clients.people(on.crm, home), clients.projects(on.crm, home)
    properties = standing.client.note.properties
    if on.json:
        from vaultcrm.actions.as_json import of_person, of_project, of_standing

        on.document(
            {
                **of_standing(standing),
                "properties": properties,
                "people": list(map(of_person, people)),
                "projects": list(map(of_project, projects)),
            }
        )
        return
    on.out(standing.client.name, "bold")
    on.out(home.path, "dim")
    rows = [[Cell(key, "dim"), Cell(shown(value))] for key, value in properties.items() if key != "type" and value not in (None, [])]
    rows.append([Cell("last talk", "dim"), Cell(_ago(standing.silent_days))])
    on.table([Column(), Column(1, 20, wraps=True)], rows, indent=2)
    if people:
        on.out("People", "bold")
        on.table(
            [Column(), Column(), Column(1, 10), Column(2, 0)], [_person_row(p.name, p.role, p.email, p.phone) for p in people], indent=2
        )
    if projects:
        from vaultcrm.cli.formats import print_projects

        on.out("Projects", "bold")
        print_projects(on, projects, with_client=False, indent=2)


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
    from vaultcrm.actions.as_json import of_person, of_written
    from vaultcrm.model.records import Person

    on = session()
    properties = {"role": role, **{key: list(lists[key]) for key in ("email", "phone", "aliases", "tags")}}
    written = add.add_person(on.crm, client, " ".join(name), properties)
    assert isinstance(written.record, Person)
    if on.json:
        on.document(of_written(written, person=of_person(written.record)))
    else:
        on.out(written.created[0])


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

    on = session()
    found = clients.stale(on.crm)[:limit]
    if on.json:
        from vaultcrm.actions.as_json import of_stale

        on.document([of_stale(item) for item in found])
    elif found:
        rows = [
            [Cell(i.standing.client.name, "bold"), Cell(_ago(i.standing.silent_days), "red"), Cell("; ".join(i.reasons))] for i in found
        ]
        on.table([Column(2, 14), Column(), Column(1, 20, wraps=True)], rows)
    else:
        on.say("Nobody is neglected.")
    if not found:
        click.get_current_context().exit(1)
