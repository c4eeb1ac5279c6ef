"""Every problem in the vault, and counts of everything in it."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vaultcrm.actions.conflict_copies import copy_problems
from vaultcrm.actions.crm import Crm
from vaultcrm.catalog import activity
from vaultcrm.catalog.link_queries import all_links
from vaultcrm.disk.filenames import name_problem
from vaultcrm.errors import InvalidInput
from vaultcrm.links.resolver import LinkResolver, candidate_list
from vaultcrm.model.convert import client_link
from vaultcrm.model.records import Note, Problem
from vaultcrm.model.schema import FOLLOW_UP_STATUSES
from vaultcrm.normalize import fold
from vaultcrm.obsidian.install import find_type_problems
from vaultcrm.quoting import quoted
from vaultcrm.vault.settings import SETTINGS_FILE, Settings, setting_line, unknown_settings

# Notes of these types belong to a client.
_CLIENT_NOTE_TYPES = ("project", "interaction", "follow-up", "decision", "person")


class Stats(NamedTuple):
    """Counts. `follow_ups` holds a count for each status."""

    notes: int
    clients: int
    people: int
    projects: int
    interactions: int
    decisions: int
    follow_ups: dict[str, int]
    points: int
    problems: int


def stats(crm: Crm) -> Stats:
    """Counts of what is in the vault now."""
    crm.refresh()
    totals, types, statuses = crm.catalog.counts()
    return Stats(
        notes=totals["notes"],
        clients=types.get("client", 0),
        people=types.get("person", 0),
        projects=types.get("project", 0),
        interactions=types.get("interaction", 0),
        decisions=totals["decisions"],
        follow_ups={status: statuses.get(status, 0) for status in FOLLOW_UP_STATUSES},
        points=totals["points"],
        problems=len(problems(crm)),
    )


def dated_notes(crm: Crm, below: str | None = None) -> list[str]:
    """The paths of the notes that count as conversations without saying so in their type; with `below`, in that folder."""
    return [path for path in activity.dated_notes(crm.catalog) if not below or path.startswith(below + "/")]


def problems(crm: Crm, below: str | None = None) -> list[Problem]:
    """What can't be read or understood, within notes and between them, by path and line.

    With `below` only problems in that folder are returned; "" is the vault's root. None means the whole
    vault, and then Obsidian's property types are checked too.
    """
    crm.refresh()
    found = crm.catalog.problems(below)
    found += _note_problems(crm, below)
    found += _moved_notes(crm, below)
    resolver = crm.link_resolver()
    found += _link_problems(crm, resolver, below)
    found += [problem for problem in _shared_names(crm) if not below or problem.path.startswith(below + "/")]
    found += copy_problems(crm, resolver.paths, below)
    if below is None:
        found += find_type_problems(crm.vault.root)
        found += _settings_problems(crm)
    return sorted(set(found))


def _settings_problems(crm: Crm) -> Iterator[Problem]:
    """Settings that vaultcrm doesn't know, and languages that search doesn't. Other wrong values stop every command."""
    path = os.path.join(crm.vault.root, SETTINGS_FILE)
    for line, message in unknown_settings(path):
        yield Problem(SETTINGS_FILE, line, "unknown-setting", message)
    if crm.vault.settings.languages != Settings().languages:
        from vaultcrm.search.stemming import stemmers  # late: loads Whoosh, and few vaults name languages

        for language in crm.vault.settings.languages:
            try:
                stemmers((language,))
            except InvalidInput as error:
                yield Problem(SETTINGS_FILE, setting_line(path, "languages"), "bad-language", f"{error.message} {error.hint}")


def _note_problems(crm: Crm, below: str | None) -> Iterator[Problem]:
    """Notes with a file name that some system refuses, and notes outside the inbox that need a client and have none."""
    notes = crm.catalog.notes(below=below)
    for note in notes:
        if fault := name_problem(note.path.rpartition("/")[2]):
            yield Problem(note.path, 1, "name", fault)
    for note in notes_without_client(crm, notes):
        if not client_link(note):  # else the link is reported
            yield Problem(note.path, 1, "no-client", f'This {note.type} has no client. Add the property client: "[[NAME]]".')


def _moved_notes(crm: Crm, below: str | None) -> Iterator[Problem]:
    """Notes in one client's folder whose property `client` names another client.

    Checked only with the setting `client_links`: otherwise people set the property on purpose.
    """
    if not crm.vault.settings.client_links:
        return
    for path, owner in crm.catalog.explicit_owners():
        folder_owner = crm.catalog.owner_of(path)
        if owner and folder_owner and owner != folder_owner and (not below or path.startswith(below + "/")):
            message = f"This note is in the folder of {folder_owner.name}, but its property client says that it belongs to {owner.name}."
            yield Problem(path, 1, "other-client", message)


def notes_without_client(crm: Crm, notes: Iterable[Note]) -> Iterator[Note]:
    """Those of the notes that belong to a client by their type, and have none: no client's folder is above them, or their
    link leads to none.

    A note in the inbox needs no client until it names one.
    """
    linked = dict(crm.catalog.explicit_owners())
    for note in notes:
        owner = linked[note.path] if note.path in linked else crm.catalog.owner_of(note.path)
        if owner is None and note.type in _CLIENT_NOTE_TYPES and (note.path in linked or not note.path.startswith("inbox/")):
            yield note


def _link_problems(crm: Crm, resolver: LinkResolver, below: str | None) -> Iterator[Problem]:
    """Links that lead nowhere, and links that could mean several notes."""
    for path, line, kind, key, target in all_links(crm.catalog):
        if below and not path.startswith(below + "/"):
            continue
        if kind == "more":
            yield Problem(path, line, "many-links", "This note has too many links. Those after this line aren't checked.")
            continue
        resolution = resolver.resolve(kind, target, key, path)
        shown = f"[[{target}]]" if kind == "wiki" else target
        note = resolver.notes.get(path)
        if key == "client" and note is not None and note.type in _CLIENT_NOTE_TYPES:
            linked_note = resolver.notes.get(resolution.path or "")
            if linked_note is None or linked_note.type != "client":
                yield Problem(path, line, "broken-link", f"There is no client {shown}.")
                continue
        subject = shown if kind == "wiki" else f"The link {shown}"
        if resolution.path is None:
            is_web_path = target.endswith("/") or (target.startswith(("/", "www.")) and not target.lower().endswith(".md"))
            if kind == "wiki" or not is_web_path:
                yield Problem(path, line, "broken-link", f"{subject} leads to no note or file.")
        elif not resolution.is_certain:
            yield Problem(path, line, "ambiguous-link", f"{subject} could mean {candidate_list(resolution.candidates)}.")


def _shared_names(crm: Crm) -> list[Problem]:
    """Names and aliases that several clients share, reported on all of these clients except the first."""
    paths_by_name: dict[str, list[str]] = {}
    for path, names in crm.catalog.client_names().items():
        for name in dict.fromkeys(names):
            paths_by_name.setdefault(name, []).append(path)
    return [
        Problem(path, 1, "same-name", f"Another client is also called {quoted(name)}: {paths[0]}.")
        for name, paths in paths_by_name.items()
        for path in paths[1:]
        if fold(name)
    ]
