"""New clients, people, projects and follow-ups."""

from collections.abc import Mapping
from datetime import date

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.new_note import create_note, note_location, title_property
from vaultcrm.disk.filenames import file_name
from vaultcrm.errors import AlreadyExists, InvalidInput
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.convert import to_client, to_person, to_project
from vaultcrm.model.records import Client, FollowUp, Person, Project
from vaultcrm.normalize import fold


def add_client(crm: Crm, name: str, properties: Mapping[str, Writable], text: str = "") -> WriteResult[Client]:
    """A new client: its folder and its note."""
    title = _title(name, "client")
    crm.refresh_clients()
    for path, known in crm.catalog.client_names().items():
        if fold(title) in known:
            raise AlreadyExists(f"There is a client {name!r} already: {path}.", f'See it with: vaultcrm client show "{name}"')
    with crm.writing() as writer:
        made = create_note(crm, writer, "client", f"clients/{title}", title, _with_alias(name, properties), text)
    return WriteResult(writer.created, writer.changed, to_client(made.note))


def add_person(crm: Crm, client_name: str, name: str, properties: Mapping[str, Writable]) -> WriteResult[Person]:
    """A new person at a client, in the client's folder."""
    client_ref = lookup.client(crm, client_name)
    _check_is_new(crm, "person", name, client_ref)
    folder, belongs = note_location(crm, client_ref)
    with crm.writing() as writer:
        made = create_note(crm, writer, "person", folder, name, {**belongs, **_with_alias(name, properties)})
    return WriteResult(writer.created, writer.changed, to_person(made.note))


def add_project(crm: Crm, client_name: str, name: str, properties: Mapping[str, Writable], text: str = "") -> WriteResult[Project]:
    """A new project of a client."""
    client_ref = lookup.client(crm, client_name)
    _check_is_new(crm, "project", name, client_ref)
    folder, belongs = note_location(crm, client_ref, "projects")
    with crm.writing() as writer:
        made = create_note(crm, writer, "project", folder, name, {**belongs, **_with_alias(name, properties)}, text)
    return WriteResult(writer.created, writer.changed, to_project(made.note, client_ref.name))


def _check_is_new(crm: Crm, kind: str, name: str, client_ref: ClientRef) -> None:
    """Raises Changed when a client has a person or project of that name, NotUnderstood for what is no name."""
    title = _title(name, kind)
    crm.refresh()
    for note in crm.catalog.belonging(kind, client_ref):
        if fold(note.title) == fold(title):
            raise AlreadyExists(
                f"{client_ref.name} has a {kind} {note.title!r} already: {note.path}.",
                f'Change it with: vaultcrm set "{note.title}" KEY=VALUE',
            )


def _with_alias(name: str, properties: Mapping[str, Writable]) -> dict[str, Writable]:
    """The properties, with the name as an alias where no file can be called so."""
    line = " ".join(name.split())
    there = properties.get("aliases")
    aliases = [*there] if isinstance(there, list) else []
    return dict(properties) if file_name(line) == line else {**properties, "aliases": [line, *aliases]}


def _title(name: str, what: str) -> str:
    if not any(char.isalnum() for char in name):
        raise InvalidInput(f"{name!r} is no name for a {what}.", "Give it a name with letters in it.")
    return file_name(name)


def follow_up_properties(
    crm: Crm, due: date | None, *, waiting: bool = False, priority: str | None = None, rule: tuple[str, str] | None = None,
    scheduled: date | None = None, project: str | None = None, person: str | None = None, origin: str | None = None,
) -> dict[str, Writable]:  # fmt: skip
    """The properties of a new follow-up; `rule` is an RRULE and its anchor."""
    return {
        "status": "waiting" if waiting else "open", "due": due, "scheduled": scheduled, "priority": priority,
        "recurrence": rule[0] if rule else None, "recurrence_anchor": rule[1] if rule else None,
        "project": project, "person": person, "from": origin, "dateCreated": crm.now.replace(microsecond=0, tzinfo=None),
    }  # fmt: skip


def add_follow_up(
    crm: Crm, client: str, text: str, due: date | None, *, waiting: bool = False, priority: str | None = None,
    rule: tuple[str, str] | None = None, scheduled: date | None = None, project: str | None = None, person: str | None = None,
) -> WriteResult[FollowUp]:  # fmt: skip
    """A new follow-up note; the record is the FollowUp."""
    if not any(char.isalnum() for char in text):
        raise InvalidInput(f"{text!r} says nothing that could be done.", "Say what is to be done.")
    if rule and due is None:
        raise InvalidInput("A follow-up that comes again needs a first day.", "Give it one with --due.")
    client_ref = lookup.client(crm, client)
    links = {kind: lookup.link(crm, kind, name, client_ref) for kind, name in (("project", project), ("person", person))}
    folder, belongs = note_location(crm, client_ref, "follow-ups")
    made = follow_up_properties(crm, due, waiting=waiting, priority=priority, rule=rule, scheduled=scheduled, **links)
    with crm.writing() as writer:
        item = create_note(crm, writer, "follow-up", folder, text, {**title_property(text), **belongs, **made}).follow_ups[0]
    return WriteResult(writer.created, writer.changed, item._replace(client=client_ref.name))
