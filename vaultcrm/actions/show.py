"""One note with all that belongs to it: what it says, what is open and agreed about it, the talks, the notes that link to it."""

from collections.abc import Mapping
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.clients import ClientSummary, client, people, projects, summaries
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.due import urgency
from vaultcrm.actions.name_matching import folded_names
from vaultcrm.actions.people import past_talks, talks_with
from vaultcrm.catalog.handle_queries import Item
from vaultcrm.catalog.link_queries import Backlink, backlinks
from vaultcrm.errors import Conflict, Unreadable
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.page import split_page
from vaultcrm.model.convert import to_person, to_project
from vaultcrm.model.records import UNREAD_CODES, Decision, FollowUp, Interaction, Note, Person, Point, Problem, Project
from vaultcrm.normalize import fold

_NEARBY = 2  # lines shown above and below the one that a handle names


class Line(NamedTuple):
    """One line of a file, numbered from 1."""

    number: int
    text: str


class Place(NamedTuple):
    """The line in a note that a handle names, the lines around it, and the record of what stands there."""

    item: Item
    record: FollowUp | Decision | Point
    line: int
    lines: list[Line]


class LinkHere(NamedTuple):
    """A line of another note that links to this one. `property` holds the link; for one in the body, `text` is its line."""

    path: str
    line: int
    property: str | None
    text: str


class NoteDetails(NamedTuple):
    """A note and what belongs to it.

    `body` is the text below the properties, from line `body_line` of the file; of a note that can't be read, it is all that
    is legible, and `problems` say why. `follow_ups` are open or waiting, most urgent first; `decisions` are in force if the note
    is a client, project or person. `talks` are those with the client or person or about the project, newest first.
    """

    note: Note
    client: ClientRef | None
    body: str
    body_line: int
    problems: list[Problem]
    place: Place | None
    follow_ups: list[FollowUp]
    decisions: list[Decision]
    links: list[LinkHere]
    is_readable: bool = True
    talks: list[Interaction] = []  # noqa: RUF012  # never changed: a named tuple's default
    people: list[Person] = []  # noqa: RUF012  # likewise
    projects: list[Project] = []  # noqa: RUF012  # likewise
    record: ClientSummary | Project | Person | FollowUp | Decision | None = None  # the note itself; None for any other note


def show(crm: Crm, name: str) -> NoteDetails:
    """The note that a path, a name or a handle means, with what belongs to it. Raises NotFound, Ambiguous."""
    path, item = lookup.place(crm, name)
    return note_details(crm, path, item)


def find_line(crm: Crm, name: str) -> tuple[str, int | None]:
    """The note that a path, a name or a handle means, and the line, from 1, on which what has the handle stands.

    Of a note that can't be read, the line with the first problem. None for a whole note.
    """
    path, item = lookup.place(crm, name)
    if item:
        return path, _line_with(_lines(_read_text(crm, path)), item)
    lines = [problem.line for problem in crm.catalog.problems() if problem.path == path and problem.code in UNREAD_CODES]
    return path, min(lines, default=None)


def show_client(crm: Crm, name: str) -> NoteDetails:
    crm.refresh()
    return note_details(crm, lookup.client(crm, name).path)


def show_of_type(crm: Crm, note_type: str, name: str, client_name: str | None = None) -> NoteDetails:
    """A project or person by name, alias or a unique part of one; of one client, or of all. Raises NotFound, Ambiguous."""
    crm.refresh()
    client_ref = lookup.client(crm, client_name) if client_name else None
    return note_details(crm, lookup.client_note(crm, note_type, name, client_ref).path)


def note_details(crm: Crm, path: str, item: Item | None = None) -> NoteDetails:
    """What belongs to the note at a path. The catalogue must be up to date."""
    problems = [problem for problem in crm.catalog.problems(path.rpartition("/")[0]) if problem.path == path]
    is_readable = not any(problem.code in UNREAD_CODES for problem in problems) and crm.catalog.note(path) is not None
    known = lookup.note_record(crm, path)
    body, body_line = _read_body(crm, path, is_readable)
    owner = crm.catalog.owner_of(path, crm.catalog.client_link(path))
    links = backlinks(crm.catalog, path)
    details = NoteDetails(
        note=known,
        client=owner,
        body=body,
        body_line=body_line,
        problems=problems,
        place=_place(crm, item) if item else None,
        follow_ups=[],
        decisions=[],
        links=_with_lines(crm, links),
        is_readable=is_readable,
    )
    if known.type == "client" and owner is not None and owner.path == path:
        return _of_client(crm, details, owner)
    naming = {link.path: link.type for link in links if link.key is not None}
    if known.type in ("project", "person"):
        return _of_person_or_project(crm, details, owner, set(naming))
    return _of_other(crm, details, owner, naming)


def _of_client(crm: Crm, details: NoteDetails, owner: ClientRef) -> NoteDetails:
    return details._replace(
        record=summaries(crm, [client(crm, owner.path)])[0],
        follow_ups=sorted(crm.catalog.follow_ups(("open", "waiting"), owner), key=urgency),
        decisions=[decision for decision in crm.catalog.decisions(owner) if decision.status == "in force"],
        people=people(crm, owner),
        projects=projects(crm, owner),
        talks=past_talks(crm, owner),
    )


def _of_person_or_project(crm: Crm, details: NoteDetails, owner: ClientRef | None, linking: set[str]) -> NoteDetails:
    """What names the project, or links to the person."""
    note = details.note
    names = set(folded_names(note))
    is_project = note.type == "project"

    def is_about(record: FollowUp | Decision) -> bool:
        names_it = is_project and fold(record.project or "") in names
        by_it = not is_project and isinstance(record, Decision) and not names.isdisjoint(_folded_people(record.by))
        return names_it or by_it or record.path == note.path or (record.kind == "note" and record.path in linking)

    talks = past_talks(crm, owner) if owner else []
    return details._replace(
        record=to_project(note, owner.name if owner else None) if is_project else to_person(note),
        follow_ups=sorted(filter(is_about, crm.catalog.follow_ups(("open", "waiting"), owner)), key=urgency),
        decisions=[decision for decision in crm.catalog.decisions(owner) if decision.status == "in force" and is_about(decision)],
        talks=[talk for talk in talks if fold(talk.project or "") in names] if is_project else talks_with(talks, note),
    )


def _folded_people(by: str | None) -> list[str]:
    return [fold(name) for name in (by or "").split(", ")]


def _of_other(crm: Crm, details: NoteDetails, owner: ClientRef | None, naming: Mapping[str, str | None]) -> NoteDetails:
    """What is written in the note, and the follow-ups and decisions whose notes name it in a property, such as `from`.

    `naming` are the notes that name it, each with its type.
    """
    path = details.note.path
    sources = [path, *(source for source, note_type in naming.items() if note_type == "follow-up")]
    items = [item for source in sources for item in crm.catalog.follow_ups(path=source)]
    decisions = [d for d in crm.catalog.decisions(owner) if d.path == path or (d.kind == "note" and d.path in naming)]
    records: list[FollowUp | Decision] = [*items, *decisions]
    own = [record for record in records if record.path == path and record.kind == "note"]
    return details._replace(
        record=own[0] if own else None,
        follow_ups=sorted((item for item in items if item.is_open and item not in own), key=urgency),
        decisions=[decision for decision in decisions if decision not in own],
    )


# ------------------------------------------------------------------------------------ texts


def _read_body(crm: Crm, path: str, is_readable: bool) -> tuple[str, int]:
    """The text below a note's properties and the line that it begins on; of a note that can't be read, all of it that is text."""
    data = _read_text(crm, path)
    page = split_page(data)
    if is_readable:
        return page.body_bytes.decode("utf-8", "replace"), page.body_line
    return data.decode("utf-8", "replace"), 1


def _read_text(crm: Crm, path: str) -> bytes:
    """The bytes of a note; b"" if they can't be read or aren't text."""
    try:
        data = crm.vault.read(path).data
    except (Unreadable, Conflict, FileNotFoundError):
        return b""
    return b"" if b"\0" in data else data


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")


def _place(crm: Crm, item: Item) -> Place:
    """The line of something inside a note. Of an item of a list of properties, the catalogue knows the line of the key only."""
    lines = _lines(_read_text(crm, item.path))
    number = _line_with(lines, item)
    around = range(max(number - _NEARBY, 1), min(number + _NEARBY, len(lines)) + 1)
    return Place(item, _record(crm, item), number, [Line(n, lines[n - 1]) for n in around])


def _record(crm: Crm, item: Item) -> FollowUp | Decision | Point:
    if item.table == "follow_ups":
        return next(record for record in crm.catalog.follow_ups(path=item.path) if record.id == item.id)
    owner = crm.catalog.owner_of_text(item.path, item.text)
    records = crm.catalog.decisions(owner, repeated=True) if item.table == "decisions" else crm.catalog.points(owner)
    return next(record for record in records if record.id == item.id)


def _line_with(lines: list[str], item: Item) -> int:
    if item.kind not in ("interaction", "property"):
        return item.line
    start = fold(item.text)[:40]
    for number in range(item.line, len(lines) + 1):
        if number > item.line and not lines[number - 1][:1].isspace() and not lines[number - 1].startswith("- "):
            break  # the next property
        if start in fold(lines[number - 1]):
            return number
    return item.line


def _with_lines(crm: Crm, links: list[Backlink]) -> list[LinkHere]:
    """The links with the lines of the bodies that hold them."""
    texts: dict[str, list[str]] = {}
    found = []
    for link in links:
        if link.key is None and link.path not in texts:
            texts[link.path] = _lines(_read_text(crm, link.path))
        lines = texts[link.path] if link.key is None else []
        found.append(LinkHere(link.path, link.line, link.key, lines[link.line - 1].strip() if link.line <= len(lines) else ""))
    return found
