"""person add."""

import click

from vaultcrm.cli.context import current_context
from vaultcrm.cli.options import client_argument


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
