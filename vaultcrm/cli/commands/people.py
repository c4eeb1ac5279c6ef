"""person add, person list, person show."""

import click

from vaultcrm.cli.completion import complete_client, complete_person
from vaultcrm.cli.context import current_context
from vaultcrm.cli.formats import format_ago
from vaultcrm.cli.options import client_argument, everything_option
from vaultcrm.cli.table import Cell, Column


@click.group("person")
def person() -> None:
    """Manage the people at a client.

    \b
    Example:
      vaultcrm person add acme "Dana Roe" --role Owner
    """


@person.command("add")
@client_argument
@click.argument("name", nargs=-1, required=True)
@click.option("--role", help="What they do there.")
@click.option("--email", multiple=True, help="Email address; repeatable.")
@click.option("--phone", multiple=True, help="Phone number; repeatable.")
@click.option("--alias", "aliases", multiple=True, help="Another name for them; repeatable.")
@click.option("--tag", "tags", multiple=True, help="Add a tag; repeatable.")
def person_add(
    client: str, name: tuple[str, ...], role: str | None, email: tuple[str, ...], phone: tuple[str, ...], aliases: tuple[str, ...],
    tags: tuple[str, ...],
) -> None:  # fmt: skip
    """Add a person to a client.

    \b
    Example:
      vaultcrm person add acme "Dana Roe" --role Owner --email dana@acme.example
    """
    from vaultcrm.actions import add
    from vaultcrm.actions.as_json import person_json, write_json

    context = current_context()
    properties = {"role": role, "email": [*email], "phone": [*phone], "aliases": [*aliases], "tags": [*tags]}
    result = add.add_person(context.crm, client, " ".join(name), properties)
    if context.wants_json:
        context.out.json(write_json(result, person=person_json(result.record)))
    else:
        context.out.line(result.created[0])


@person.command("list")
@click.argument("client", required=False, shell_complete=complete_client)
def person_list(client: str | None) -> None:
    """List people with their phone numbers and email addresses: those of one client, or all.

    Exits with 1 when there are none.

    \b
    Example:
      vaultcrm person list acme
    """
    from vaultcrm.actions.people import list_people

    context = current_context()
    contacts = list_people(context.crm, client)
    if context.wants_json:
        from vaultcrm.actions.as_json import contact_json

        context.out.json([contact_json(contact) for contact in contacts])
    elif contacts:
        rows = [
            [
                Cell(contact.person.name, "bold"),
                Cell(contact.client or "no client" if client is None else ""),
                Cell(contact.person.role or "", "dim"),
                Cell(", ".join(contact.person.phone)),
                Cell(", ".join(contact.person.email)),
                Cell(format_ago((context.crm.today - contact.last_talk).days) if contact.last_talk else "", "dim"),
            ]
            for contact in contacts
        ]
        context.out.table([Column(1, 12), Column(3, 0), Column(5, 0), Column(), Column(2, 0), Column(4, 0)], rows)
    else:
        context.out.info("Nobody is written down yet. Add a person: vaultcrm person add CLIENT NAME")
    context.exit_unless(contacts)


@person.command("show")
@click.argument("name", nargs=-1, required=True, shell_complete=complete_person)
@click.option("--client", shell_complete=complete_client, help="Whose person it is, when several clients have one of that name.")
@everything_option
def person_show(name: tuple[str, ...], client: str | None, everything: bool) -> None:
    """Show a person: how to reach them, what you know, what is open, what was agreed with them, your conversations.

    \b
    Example:
      vaultcrm person show dana
    """
    from vaultcrm.actions import show
    from vaultcrm.cli.display.note import print_note

    context = current_context()
    print_note(context, show.show_of_type(context.crm, "person", " ".join(name), client), everything)
