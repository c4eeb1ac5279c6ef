"""Every problem in the vault, and how many of everything there are."""

from collections.abc import Iterator
from typing import NamedTuple

from vaultcrm.actions.conflict_copies import copy_problems
from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.link_queries import all_links
from vaultcrm.disk.filenames import name_problem
from vaultcrm.links.resolver import LinkResolver, listed
from vaultcrm.model.convert import client_link
from vaultcrm.model.records import Problem
from vaultcrm.model.schema import FOLLOW_UP_STATUSES
from vaultcrm.normalize import fold
from vaultcrm.obsidian.install import type_problems

# A property that may name somebody or something without a note: then it is text, and no problem.
_WITHOUT_CLIENT = ("project", "interaction", "follow-up", "decision", "person")


class Stats(NamedTuple):
    """How many there are. `follow_ups` counts by status."""

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
    crm.refresh()
    count, types, statuses = crm.catalog.counts()
    return Stats(
        notes=count["notes"],
        clients=types.get("client", 0),
        people=types.get("person", 0),
        projects=types.get("project", 0),
        interactions=types.get("interaction", 0),
        decisions=types.get("decision", 0),
        follow_ups={status: statuses.get(status, 0) for status in FOLLOW_UP_STATUSES},
        points=count["points"],
        problems=len(problems(crm)),
    )


def problems(crm: Crm, below: str | None = None) -> list[Problem]:
    """What cannot be read or understood, by path and line: in one note each, and between notes; below a folder, "" for the root."""
    crm.refresh()
    found = crm.catalog.problems(below)
    for note in crm.catalog.notes(below=below):
        if fault := name_problem(note.path.rpartition("/")[2]):
            found.append(Problem(note.path, 1, "name", fault))
        link = client_link(note)
        is_lost = note.type in _WITHOUT_CLIENT and not note.path.startswith("inbox/")
        if is_lost and not link and crm.catalog.owner_of(note.path) is None:
            found.append(Problem(note.path, 1, "no-client", f'This {note.type} belongs to no client; give it client: "[[NAME]]".'))
    known = crm.link_resolver()
    found += _link_problems(crm, known, below)
    found += [problem for problem in _same_names(crm) if not below or problem.path.startswith(below + "/")]
    found += [*copy_problems(crm, known.paths, below), *(type_problems(crm.vault.root) if below is None else ())]
    return sorted(set(found))


def _link_problems(crm: Crm, known: LinkResolver, below: str | None) -> Iterator[Problem]:
    """Links that lead nowhere, or may lead to several notes."""
    for path, line, kind, key, target in all_links(crm.catalog):
        if below and not path.startswith(below + "/"):
            continue
        if kind == "more":
            yield Problem(path, line, "many-links", "This note has too many links; those behind this line are not looked at.")
            continue
        lead = known.resolve(kind, target, key, path)
        shown = f"[[{target}]]" if kind == "wiki" else f"The link {target}"
        note = known.notes.get(path)
        if key == "client" and note is not None and note.type in _WITHOUT_CLIENT:
            to = known.notes.get(lead.path or "")
            if to is None or to.type != "client":
                yield Problem(path, line, "broken-link", f"The client {shown} leads to no client.")
                continue
        if lead.path is None:
            if kind == "wiki" or not (target.startswith(("/", "www.")) or target.endswith("/")):  # which is a place on the web
                yield Problem(path, line, "broken-link", f"{shown} leads to no note or file.")
        elif not lead.is_certain:
            yield Problem(path, line, "ambiguous-link", f"{shown} can be {listed(lead.candidates)}.")


def _same_names(crm: Crm) -> list[Problem]:
    """Two clients that answer to the same name."""
    owners: dict[str, list[str]] = {}
    for path, names in crm.catalog.client_names().items():
        for name in dict.fromkeys(names):
            owners.setdefault(name, []).append(path)
    return [
        Problem(path, 1, "same-name", f"Another client answers to {name!r} too: {paths[0]}.")
        for name, paths in owners.items()
        for path in paths[1:]
        if fold(name)
    ]
