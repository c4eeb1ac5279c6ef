"""project add, list, show."""

import click

from vaultcrm.cli.completion import complete_client, complete_project
from vaultcrm.cli.context import current_context
from vaultcrm.cli.formats import format_deadline, print_projects
from vaultcrm.cli.options import WHEN, client_argument, format_date, parse_when
from vaultcrm.cli.table import Cell, Column
from vaultcrm.model.schema import PROJECT_STATUSES, STAGES


@click.group("project")
def project() -> None:
    """The work that the talks are about.

    \b
    Example:
      vaultcrm project add acme "Website redesign" --deadline "18 dec"
    """


@project.command("add")
@client_argument
@click.argument("name", nargs=-1, required=True)
@click.option("--status", type=click.Choice(PROJECT_STATUSES), default="planned", show_default=True, help="How it stands.")
@click.option("--stage", type=click.Choice(STAGES), help="How far it is.")
@click.option("--start", type=WHEN, help="The first day.")
@click.option("--deadline", type=WHEN, help="The day it is to be done by.")
@click.option("--value", type=float, help="What it is worth.")
@click.option("--currency", help="The currency, like EUR.")
@click.option("--tag", "tags", multiple=True, help="May be repeated.")
def project_add(
    client: str, name: tuple[str, ...], status: str, stage: str | None, start: str | None, deadline: str | None,
    value: float | None, currency: str | None, tags: tuple[str, ...],
) -> None:  # fmt: skip
    """Add a project to a client.

    \b
    Example:
      vaultcrm project add acme "Website redesign" --status active --deadline "18 dec" --value 9600 --currency GBP
    """
    from vaultcrm.actions import add
    from vaultcrm.actions.as_json import project_json, write_json

    context = current_context()
    properties = {
        "status": status, "stage": stage, "start": parse_when(start), "deadline": parse_when(deadline),
        "value": int(value) if value is not None and value == int(value) else value, "currency": currency, "tags": list(tags),
    }  # fmt: skip
    written = add.add_project(context.crm, client, " ".join(name), properties)
    if context.wants_json:
        context.out.json(write_json(written, project=project_json(written.record)))
        return
    context.out.line(written.created[0])
    if written.record.deadline:
        context.out.info(f"deadline {format_date(written.record.deadline)}")


@project.command("list")
@click.option("--client", shell_complete=complete_client, help="Of one client only.")
@click.option("--status", type=click.Choice(PROJECT_STATUSES), help="Only those.")
@click.option("--all", "everything", is_flag=True, help="Also those that are done or cancelled.")
def project_list(client: str | None, status: str | None, everything: bool) -> None:
    """List the running projects, the nearest deadline first.

    \b
    Example:
      vaultcrm project list --client acme --all
    """
    from vaultcrm.actions import clients, lookup

    context = current_context()
    context.crm.refresh()
    client_ref = lookup.client(context.crm, client) if client else None
    found = [p for p in clients.projects(context.crm, client_ref) if (p.status == status if status else everything or p.is_running)]
    if context.wants_json:
        from vaultcrm.actions.as_json import project_json

        context.out.json([project_json(one) for one in found])
    elif found:
        print_projects(context, found, with_client=client_ref is None)
    else:
        context.out.info("There is no such project. With done and cancelled ones: vaultcrm project list --all")
    context.exit_unless(found)


@project.command("show")
@click.argument("name", nargs=-1, required=True, shell_complete=complete_project)
@click.option("--client", shell_complete=complete_client, help="Whose project it is, when several have one of that name.")
def project_show(name: tuple[str, ...], client: str | None) -> None:
    """Show a project: what its note says, what is open, the last talks about it.

    \b
    Example:
      vaultcrm project show website
    """
    from vaultcrm.actions import clients, lookup
    from vaultcrm.actions.set_properties import format_value
    from vaultcrm.model.convert import client_link
    from vaultcrm.normalize import fold

    context = current_context()
    context.crm.refresh()
    client_ref = lookup.client(context.crm, client) if client else None
    note = lookup.client_note(context.crm, "project", " ".join(name), client_ref)
    owner = context.crm.catalog.owner_of(note.path, client_link(note))
    one = next(p for p in clients.projects(context.crm, owner) if p.path == note.path)
    open_items = [item for item in context.crm.catalog.follow_ups(("open", "waiting"), owner) if fold(item.project or "") == fold(one.name)]
    decided = [d for d in context.crm.catalog.decisions(owner) if d.status == "in force" and fold(d.project or "") == fold(one.name)]
    if context.wants_json:
        from vaultcrm.actions.as_json import decision_json, follow_up_json, project_json

        follow_ups = [follow_up_json(item, context.crm.today) for item in open_items]
        context.out.json(
            {**project_json(one), "properties": note.properties, "follow_ups": follow_ups, "decisions": list(map(decision_json, decided))}
        )
        return
    context.out.line(one.name, "bold")
    context.out.line(one.path, "dim")
    rows = [[Cell("client", "dim"), Cell(one.client or "none")]]
    told = {key: format_value(value) for key, value in note.properties.items() if key not in ("type", "client") and value not in (None, [])}
    rows += [
        [Cell(key, "dim"), Cell(*format_deadline(context, one)) if key == "deadline" and one.deadline else Cell(text)]
        for key, text in told.items()
    ]
    context.out.table([Column(), Column(1, 20, wraps=True)], rows, indent=2)
    from vaultcrm.cli.formats import print_follow_ups

    if open_items:
        context.out.line("Open", "bold")
        print_follow_ups(context, open_items)
    if decided:
        context.out.line("Decisions in force", "bold")
        context.out.table(
            [Column(), Column(1, 20, wraps=True)],
            [[Cell(d.on.isoformat() if d.on else "", "dim"), Cell(d.text)] for d in decided],
            indent=2,
        )
