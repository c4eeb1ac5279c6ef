"""One project, with what is open and what was agreed about it."""

from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.clients import projects
from vaultcrm.actions.crm import Crm
from vaultcrm.markdown.values import Value
from vaultcrm.model.convert import client_link
from vaultcrm.model.records import Decision, FollowUp, Project
from vaultcrm.normalize import fold


class ProjectDetails(NamedTuple):
    """A project, the properties of its note, its open and waiting follow-ups, and the decisions in force."""

    project: Project
    properties: dict[str, Value]
    follow_ups: list[FollowUp]
    decisions: list[Decision]


def project_details(crm: Crm, name: str, client: str | None = None) -> ProjectDetails:
    """A project by name, alias or a unique part of one; of one client, or of all. Raises NotFound, InvalidInput."""
    crm.refresh()
    client_ref = lookup.client(crm, client) if client else None
    note = lookup.client_note(crm, "project", name, client_ref)
    owner = crm.catalog.owner_of(note.path, client_link(note))
    project = next(project for project in projects(crm, owner) if project.path == note.path)
    project_name = fold(project.name)
    follow_ups = [item for item in crm.catalog.follow_ups(("open", "waiting"), owner) if fold(item.project or "") == project_name]
    in_force = [decision for decision in crm.catalog.decisions(owner) if decision.status == "in force"]
    decisions = [decision for decision in in_force if fold(decision.project or "") == project_name]
    return ProjectDetails(project, note.properties, follow_ups, decisions)
