"""project add, project list, project show."""

import click

from vaultcrm.cli.completion import complete_client, complete_project
from vaultcrm.cli.context import current_context
from vaultcrm.cli.formats import print_projects
from vaultcrm.cli.options import WHEN, as_of_option, choice, client_argument, everything_option, format_date, parse_when, use_vault_as_of
from vaultcrm.model.schema import PROJECT_STATUSES, STAGES


@click.group("project")
def project() -> None:
    """Manage projects.

    \b
    Example:
      vaultcrm project add acme "Website redesign" --deadline "18 dec"
    """


@project.command("add")
@client_argument
@click.argument("name", nargs=-1, required=True)
@click.option("--status", type=choice(PROJECT_STATUSES), default="planned", show_default=True, help="Status of the project.")
@click.option("--stage", type=choice(STAGES), help="Stage of the work.")
@click.option("--start", type=WHEN, help="First day.")
@click.option("--deadline", type=WHEN, help="Day it has to be done by.")
@click.option("--value", type=float, help="What it is worth.")
@click.option("--currency", help="Currency of the value, like EUR.")
@click.option("--tag", "tags", multiple=True, help="Add a tag; repeatable.")
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
        "status": status,
        "stage": stage,
        "start": parse_when(start),
        "deadline": parse_when(deadline),
        "value": int(value) if value is not None and value == int(value) else value,
        "currency": currency,
        "tags": [*tags],
    }
    result = add.add_project(context.crm, client, " ".join(name), properties)
    if context.wants_json:
        context.out.json(write_json(result, project=project_json(result.record)))
        return
    context.out.line(result.created[0])
    if result.record.deadline:
        context.out.info(f"deadline {format_date(result.record.deadline)}")


@project.command("list")
@click.option("--client", shell_complete=complete_client, help="Only this client's.")
@click.option("--status", type=choice(PROJECT_STATUSES), help="Only projects with this status.")
@click.option("--all", "everything", is_flag=True, help="Include projects that are done or cancelled.")
def project_list(client: str | None, status: str | None, everything: bool) -> None:
    """List running projects, nearest deadline first.

    Exits with 1 when there are none.

    \b
    Example:
      vaultcrm project list --client acme --all
    """
    from vaultcrm.actions import clients, lookup

    context = current_context()
    context.crm.refresh()
    client_ref = lookup.client(context.crm, client) if client else None
    projects = [
        project
        for project in clients.projects(context.crm, client_ref)
        if (project.status == status if status else everything or project.is_running)
    ]
    if context.wants_json:
        from vaultcrm.actions.as_json import project_json

        context.out.json([project_json(project) for project in projects])
    elif projects:
        print_projects(context, projects, with_client=client_ref is None)
    else:
        context.out.info("No project matches. To include done and cancelled ones: vaultcrm project list --all")
    context.exit_unless(projects)


@project.command("show")
@click.argument("name", nargs=-1, required=True, shell_complete=complete_project)
@click.option("--client", shell_complete=complete_client, help="Whose project it is, when several clients have one of that name.")
@everything_option
@as_of_option
def project_show(name: tuple[str, ...], client: str | None, everything: bool, as_of: str | None) -> None:
    """Show a project: what its note says, what is open, what was agreed, the conversations about it.

    \b
    Example:
      vaultcrm project show website
    """
    from vaultcrm.actions import show
    from vaultcrm.cli.display.note import print_note

    context = current_context()
    client = use_vault_as_of(as_of, client or "", " ".join(name)) or None
    print_note(context, show.show_of_type(context.crm, "project", " ".join(name), client), everything)
