"""New clients, people, projects and follow-ups."""

import os
from collections.abc import Mapping
from datetime import date
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.new_note import NoteLocation, create_note, note_location, title_property
from vaultcrm.disk.filenames import file_name, title_of_path
from vaultcrm.errors import AlreadyExists, InvalidInput, Unreadable
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.convert import to_client, to_person, to_project
from vaultcrm.model.read_note import NoteContents, read_type
from vaultcrm.model.records import Client, FollowUp, Person, Project
from vaultcrm.model.schema import TYPES
from vaultcrm.normalize import fold
from vaultcrm.quoting import quoted, shell_word
from vaultcrm.vault.writer import Writer

if TYPE_CHECKING:  # few follow-ups recur
    from vaultcrm.dates.recurrence import Recurrence


def add_client(crm: Crm, name: str, properties: Mapping[str, Writable], text: str = "") -> WriteResult[Client]:
    """Add a client: its folder and its note. Raises AlreadyExists when there is a client of that name, or a note in its place."""
    with crm.writing() as writer:
        contents = write_client(crm, writer, new_client_folder(crm, name, properties), name, properties, text)
    return WriteResult(writer.created, writer.changed, to_client(contents.note))


def new_client_folder(crm: Crm, name: str, properties: Mapping[str, Writable]) -> str:
    """Where a new client's folder will be. Raises as `add_client` does."""
    title = _title(name, "client")
    _check_client_is_new(crm, name, title, _with_alias(name, properties))
    folder = crm.vault.existing_path(f"clients/{title}")
    _check_place_is_free(crm, "client", folder, title)
    return folder


def write_client(
    crm: Crm, writer: Writer, folder: str, name: str, properties: Mapping[str, Writable], text: str = ""
) -> NoteContents:  # fmt: skip
    """Create the note of a new client as part of a command."""
    return create_note(crm, writer, "client", folder, file_name(name), _with_alias(name, properties), text)


def add_person(crm: Crm, client: str, name: str, properties: Mapping[str, Writable]) -> WriteResult[Person]:
    """Add a person to a client, in the client's folder. Raises AlreadyExists."""
    client_ref = lookup.client(crm, client)
    location = note_location(crm, client_ref)
    with crm.writing() as writer:
        check_person_is_new(crm, client_ref, location.folder, name)
        contents = write_person(crm, writer, location, name, properties)
    return WriteResult(writer.created, writer.changed, to_person(contents.note))


def check_person_is_new(crm: Crm, client_ref: ClientRef, folder: str, name: str) -> None:
    """Raises AlreadyExists if the client has a person of that name, or something else is in the new note's place."""
    title = _title(name, "person")
    _check_is_new(crm, "person", title, client_ref)
    _check_place_is_free(crm, "person", folder, title)


def write_person(crm: Crm, writer: Writer, location: NoteLocation, name: str, properties: Mapping[str, Writable]) -> NoteContents:
    """Create the note of a new person as part of a command."""
    return create_note(crm, writer, "person", location.folder, name, location.properties | _with_alias(name, properties))


def add_project(crm: Crm, client: str, name: str, properties: Mapping[str, Writable], text: str = "") -> WriteResult[Project]:
    """Add a project to a client. Raises AlreadyExists."""
    client_ref = lookup.client(crm, client)
    location, title = note_location(crm, client_ref, "projects"), _title(name, "project")
    with crm.writing() as writer:
        _check_is_new(crm, "project", title, client_ref)
        _check_place_is_free(crm, "project", location.folder, title)
        contents = create_note(crm, writer, "project", location.folder, name, location.properties | _with_alias(name, properties), text)
    return WriteResult(writer.created, writer.changed, to_project(contents.note, client_ref.name))


def _check_client_is_new(crm: Crm, name: str, title: str, properties: Mapping[str, Writable]) -> None:
    """Raises AlreadyExists when a client has the new one's name, file name or alias, or may have it as soon as its note can be read."""
    crm.refresh_names()
    aliases = properties.get("aliases")
    for spelling in (name, *map(str, aliases if isinstance(aliases, list) else ())):
        same = {fold(spelling), fold(file_name(spelling))}
        for path, names in crm.catalog.client_names().items():
            if not same.isdisjoint(names) or not same.isdisjoint(fold(file_name(other)) for other in names):
                raise AlreadyExists(
                    f"There is already a client called {quoted(spelling)}: {path}.",
                    f"See it with: vaultcrm client show {shell_word(title_of_path(path))}",
                )
    for path in crm.catalog.unread_notes():
        folder_name = path.rpartition("/")[0].rpartition("/")[2]
        if fold(title_of_path(path)) == fold(folder_name) == fold(title):
            check_is_unrelated(crm, "client", path)


def _check_is_new(crm: Crm, note_type: str, title: str, client_ref: ClientRef) -> None:
    """Raises AlreadyExists when the client has a person or project of that name."""
    crm.refresh_names()
    for note in crm.catalog.client_notes(note_type, client_ref):
        if fold(note.title) == fold(title):
            raise AlreadyExists(
                f"{client_ref.name} already has a {note_type} called {quoted(note.title)}: {note.path}.",
                f"Change it with: vaultcrm set {shell_word(note.title)} KEY=VALUE",
            )


def _check_place_is_free(crm: Crm, note_type: str, folder: str, title: str) -> None:
    """Raises AlreadyExists if the new note's file exists already and may be the same thing."""
    path = crm.vault.existing_path(f"{folder}/{title}.md" if folder else f"{title}.md")
    if os.path.lexists(crm.vault.path(path)):
        check_is_unrelated(crm, note_type, path)


def check_is_unrelated(crm: Crm, note_type: str, path: str) -> None:
    """Raises AlreadyExists, unless the note at `path` is clearly something else: a client's person may have the client's name."""
    try:
        found_type = read_type(crm.vault.read(path).data)
    except Unreadable as error:
        raise AlreadyExists(
            f"{path} is there already, and can't be read (line {error.line}): {error.message}", f"Fix it with: vaultcrm edit {quote(path)}"
        ) from error
    if note_type == "client" or found_type not in TYPES:
        raise AlreadyExists(
            f"{path} is there already, and it isn't a {note_type}.", f"To make it one: vaultcrm set {quote(path)} type={note_type}"
        )


def _with_alias(name: str, properties: Mapping[str, Writable]) -> dict[str, Writable]:
    """The properties, with the name as an alias when no file can have that name."""
    line = " ".join(name.split())
    existing = properties.get("aliases")
    aliases = [*existing] if isinstance(existing, list) else []
    return dict(properties) if file_name(line) == line else {**properties, "aliases": [line, *aliases]}


def _title(name: str, what: str) -> str:
    if not any(char.isalnum() for char in name):
        raise InvalidInput(f"{quoted(name)} can't be the name of a {what}.", "Give it a name with letters in it.")
    return file_name(name)


# --------------------------------------------------------------------------------- follow-ups


class NewFollowUp(NamedTuple):
    """A follow-up to add. `waiting`: the client owes it; project and person are names."""

    text: str
    due: date | None = None
    waiting: bool = False
    priority: str | None = None
    rule: "Recurrence | None" = None
    scheduled: date | None = None
    project: str | None = None
    person: str | None = None


def add_follow_up(crm: Crm, client: str, new: NewFollowUp) -> WriteResult[FollowUp]:
    """Add a follow-up note. Raises InvalidInput for a text without words, or a rule without a first date."""
    if not any(char.isalnum() for char in new.text):
        raise InvalidInput(f"{quoted(new.text)} has no words in it.", "Say what is to be done.")
    if new.rule and new.due is None:
        raise InvalidInput("A recurring follow-up needs a first date.", "Add one with --due.")
    client_ref = lookup.client(crm, client)
    project, person = lookup.link(crm, "project", new.project, client_ref), lookup.link(crm, "person", new.person, client_ref)
    location = note_location(crm, client_ref, "follow-ups")
    properties = title_property(new.text) | location.properties | follow_up_properties(crm, new, project, person)
    with crm.writing() as writer:
        item = create_note(crm, writer, "follow-up", location.folder, new.text, properties).follow_ups[0]
    return WriteResult(writer.created, writer.changed, item._replace(client=client_ref.name))


def follow_up_properties(
    crm: Crm, new: NewFollowUp, project: str | None = None, person: str | None = None, origin: str | None = None
) -> dict[str, Writable]:
    """The properties of a new follow-up; `project`, `person` and `origin` (the interaction it comes from) are links."""
    return {
        "status": "waiting" if new.waiting else "open",
        "due": new.due,
        "scheduled": new.scheduled,
        "priority": new.priority,
        "recurrence": new.rule.rule if new.rule else None,
        "recurrence_anchor": new.rule.anchor if new.rule else None,
        "project": project,
        "person": person,
        "from": origin,
        "dateCreated": crm.now.replace(microsecond=0, tzinfo=None),
    }
