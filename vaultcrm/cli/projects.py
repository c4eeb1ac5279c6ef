"""project add, list, show."""

import click

from vaultcrm.cli.completion import complete_client, complete_project
from vaultcrm.cli.context import session
from vaultcrm.cli.formats import deadline, print_projects
from vaultcrm.cli.options import WHEN, client_argument, day, echo_day
from vaultcrm.cli.table import Cell, Column
from vaultcrm.model.records import Project
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
    from vaultcrm.actions.as_json import of_project, of_written

    on = session()
    properties = {
        "status": status, "stage": stage, "start": day(start), "deadline": day(deadline),
        "value": int(value) if value is not None and value == int(value) else value, "currency": currency, "tags": list(tags),
    }  # fmt: skip
    written = add.add_project(on.crm, client, " ".join(name), properties)
    assert isinstance(written.record, Project)
    if on.json:
        on.document(of_written(written, project=of_project(written.record)))
        return
    on.out(written.created[0])
    if written.record.deadline:
        on.say(f"deadline {echo_day(written.record.deadline)}")


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

    on = session()
    on.crm.refresh()
    home = lookup.client(on.crm, client) if client else None
    found = [p for p in clients.projects(on.crm, home) if (p.status == status if status else everything or p.is_running)]
    if on.json:
        from vaultcrm.actions.as_json import of_project

        on.document([of_project(one) for one in found])
    elif found:
        print_projects(on, found, with_client=home is None)
    else:
        on.say("There is no such project. With done and cancelled ones: vaultcrm project list --all")
    if not found:
        click.get_current_context().exit(1)


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
    from vaultcrm.actions.set_properties import shown
    from vaultcrm.model.convert import link_of
    from vaultcrm.normalize import fold

    on = session()
    on.crm.refresh()
    home = lookup.client(on.crm, client) if client else None
    note = lookup.belonging(on.crm, "project", " ".join(name), home)
    owner = on.crm.catalog.owner_of(note.path, link_of(note))
    one = next(p for p in clients.projects(on.crm, owner) if p.path == note.path)
    open_items = [item for item in on.crm.catalog.follow_ups(("open", "waiting"), owner) if fold(item.project or "") == fold(one.name)]
    decided = [d for d in on.crm.catalog.decisions(owner) if d.status == "in force" and fold(d.project or "") == fold(one.name)]
    if on.json:
        from vaultcrm.actions.as_json import of_decision, of_follow_up, of_project

        follow_ups = [of_follow_up(item, on.crm.today) for item in open_items]
        on.document(
            {**of_project(one), "properties": note.properties, "follow_ups": follow_ups, "decisions": list(map(of_decision, decided))}
        )
        return
    on.out(one.name, "bold")
    on.out(one.path, "dim")
    rows = [[Cell("client", "dim"), Cell(one.client or "none")]]
    told = {key: shown(value) for key, value in note.properties.items() if key not in ("type", "client") and value not in (None, [])}
    rows += [
        [Cell(key, "dim"), Cell(*deadline(on, one)) if key == "deadline" and one.deadline else Cell(text)] for key, text in told.items()
    ]
    on.table([Column(), Column(1, 20, wraps=True)], rows, indent=2)
    from vaultcrm.cli.formats import follow_up_lines

    if open_items:
        on.out("Open", "bold")
        follow_up_lines(on, open_items)
    if decided:
        on.out("Decisions in force", "bold")
        on.table(
            [Column(), Column(1, 20, wraps=True)],
            [[Cell(d.on.isoformat() if d.on else "", "dim"), Cell(d.text)] for d in decided],
            indent=2,
        )
