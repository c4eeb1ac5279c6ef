"""Read a note: the records, points, links and problems in its properties and its body."""

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.disk.files import check_is_text
from vaultcrm.errors import Unreadable
from vaultcrm.markdown.callouts import MAX_SENTENCES, Callout, find_callouts
from vaultcrm.markdown.excerpt import excerpt
from vaultcrm.markdown.masking import mask
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import is_same_name, key_lines, read_properties
from vaultcrm.markdown.tasks.line import find_tasks
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.markdown.wikilinks import link_title
from vaultcrm.model.convert import (
    allowed_choices,
    body_day,
    body_project,
    contact_time,
    is_talk,
    talk_time,
    to_choice,
    to_interaction,
    without_date,
)
from vaultcrm.model.handles import handle
from vaultcrm.model.read_tasks import task_follow_ups, task_problems
from vaultcrm.model.records import Decision, FollowUp, Interaction, Note, Point, Problem, Turn
from vaultcrm.model.schema import FOLLOW_UP_STATUSES, PROPERTIES
from vaultcrm.model.validate import PRIORITY_SYNONYMS, STATUS_SYNONYMS, property_problems
from vaultcrm.normalize import fold

if TYPE_CHECKING:  # loaded by read_note only
    from vaultcrm.markdown.links import LinkRecord

_Record = TypeVar("_Record", Decision, Point)


class NoteContents(NamedTuple):
    """Everything that one note contains."""

    note: Note
    follow_ups: tuple[FollowUp, ...] = ()
    decisions: tuple[Decision, ...] = ()
    points: tuple[Point, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_talk: bool = False  # a conversation, if it belongs to a client
    links: "tuple[LinkRecord, ...]" = ()  # filled in by read_note only, like the digest of the body
    body_digest: bytes = b""
    turn: Turn | None = None  # likewise


_ITEM = re.compile(r"\s*+[-*+]\s++(?:\[.\](?:\s++|$))?+(.+)")


def read_note(path: str, data: bytes, settings: TaskSettings | None = None) -> NoteContents:
    """Everything in a note's bytes; `settings` say how the vault writes tasks. Raises Unreadable, with the line in the file."""
    # late: a command that only reads back what it has just written needs none of them
    from vaultcrm.markdown import front_matter
    from vaultcrm.markdown.links import link_records
    from vaultcrm.model.body_digest import body_digest
    from vaultcrm.model.turns import to_turn

    check_is_text(data)
    page = split_page(data)
    values = front_matter.load_properties(page)
    body = page.body
    contents = _page_contents(path, page, values, settings or TaskSettings())
    at = talk_time(contents.note) if contents.is_talk else None
    turn = to_turn(contents.note, at, body) if at and contact_time(contents.note, at) else None
    return contents._replace(links=link_records(page, values), body_digest=body_digest(body), turn=turn)


def read_back(path: str, data: bytes, settings: TaskSettings | None = None) -> NoteContents:
    """The contents of a note that vaultcrm has just written, without its links and without loading python-frontmatter."""
    page = split_page(data)
    return _page_contents(path, page, read_properties(page), settings or TaskSettings())


def _page_contents(path: str, page: Page, values: dict[str, Value], settings: TaskSettings) -> NoteContents:
    """The records in a page. `path` is relative to the vault; `values` are the page's properties."""
    note_type = _type_of(values)
    body, first_line = page.body, page.body_line  # both are worked out each time
    note = Note(path, note_type, values, "")
    problems = property_problems(note, page) if values else []
    contents = NoteContents(note)
    if note_type == "follow-up" or (note_type is None and _is_task_note(values, settings)):
        contents = NoteContents(note, follow_ups=(_follow_up(note),))
    elif note_type == "decision":
        contents = NoteContents(note, decisions=(_decision(note),))
    elif note_type == "interaction":
        contents = _read_interaction(note, page, problems)
    elif note_type == "client":
        contents = NoteContents(note, points=tuple(_preferences(note, page)))
    tasks = list(find_tasks(body, first_line, settings.global_filter))
    if page.kind == "none" and body[:1].isspace() and _has_late_properties(body):
        message = "The properties aren't read, because the first line is empty. Delete the lines above the first ---."
        problems.append(Problem(path, first_line, "late-properties", message))
    if "<<<<<<< " in body and ">>>>>>> " in body:
        line = first_line + body[: body.index("<<<<<<< ")].count("\n")
        problems.append(
            Problem(path, line, "conflict-marks", "The note contains the marks of an unresolved Git conflict. Fix it in your editor.")
        )
    decisions, points = _callout_records(note, find_callouts(body, first_line))
    follow_ups = (*contents.follow_ups, *(task_follow_ups(note, tasks, settings) if tasks else ()))
    problems += [problem for item in follow_ups if (problem := _hidden_when_due(item))]
    return NoteContents(
        note._replace(excerpt=_excerpt(note, body, first_line, contents.points)),
        follow_ups,
        _without_repetitions([*contents.decisions, *decisions]),
        _without_repetitions([*contents.points, *points]),
        (*problems, *(task_problems(note, tasks, settings) if tasks else ())),
        is_talk(note) and (note.type == "interaction" or (bool(body.strip() or values.get("summary")) and not contents.follow_ups)),
    )


def _excerpt(note: Note, body: str, first_line: int, points: Sequence[Point]) -> str:
    """What the body says, without the preferences that are records of their own, and without a heading that repeats the title."""
    if note.type == "client" and points:
        lines = body.split("\n")
        for point in points:
            lines[point.line - first_line] = ""
        body = "\n".join(lines)
    text = excerpt(body)
    is_heading = 0 < len(text) <= len(note.title) and body.lstrip().startswith("#")
    return "" if is_heading and fold(text) in (fold(note.title), fold(without_date(note.title))) else text


def _has_late_properties(body: str) -> bool:
    """Whether what follows the empty lines at the start of a file would be properties without them."""
    try:
        return bool(read_properties(split_page(body.lstrip().encode("utf-8"))))
    except Unreadable:
        return False


def _type_of(values: dict[str, Value]) -> str | None:
    """The type that the properties state, in lower case. It may be one that the schema doesn't know."""
    note_type = as_text(values.get("type"))
    return note_type.strip().lower() if note_type else None


def read_type(data: bytes) -> str | None:
    """Only the type of a note, without loading python-frontmatter. Raises Unreadable, with the line in the file."""
    check_is_text(data)
    return _type_of(read_properties(split_page(data)))


def _hidden_when_due(item: FollowUp) -> Problem | None:
    if not item.is_open or item.due is None or item.scheduled is None or item.scheduled <= item.due:
        return None
    message = f"It is hidden until {item.scheduled}, after the day it is due ({item.due})."
    return Problem(item.path, item.line, "hidden-when-due", message)


def _without_repetitions(records: Sequence[_Record]) -> tuple[_Record, ...]:
    """One record for each handle, that is for each sentence: the first one, in the place of the last one."""
    return tuple({record.id: record for record in reversed(records)}.values())[::-1]


def _is_task_note(values: dict[str, Value], settings: TaskSettings) -> bool:
    """Whether the TaskNotes plugin takes a note with these properties for a task."""
    if settings.task_note_property is None:
        return False
    key, expected = settings.task_note_property
    items = [item.lower() for item in as_list(next((value for name, value in values.items() if is_same_name(name, key)), None))]
    if key == "tags":  # nested tags count, too
        return any(f"{tag.lstrip('#')}/".startswith(f"{expected.lower()}/") for tag in items)
    return expected.lower() in items if expected else bool(items)


def follow_up_status(value: Value) -> str:
    """A follow-up's status. An unknown one counts as open, so that no follow-up disappears."""
    text = (as_text(value) or "open").strip().lower()
    text = STATUS_SYNONYMS.get(text, text)
    return text if text in FOLLOW_UP_STATUSES else "open"


def _follow_up(note: Note) -> FollowUp:
    get = note.properties.get
    priority = (as_text(get("priority")) or "").strip().lower()
    return FollowUp(
        id=handle(note.path),
        path=note.path,
        line=1,
        kind="note",
        text=as_text(get("title")) or note.title,
        status=follow_up_status(get("status")),
        due=parse_iso_day(as_text(get("due"))),
        scheduled=parse_iso_day(as_text(get("scheduled"))),
        priority=PRIORITY_SYNONYMS.get(priority, to_choice(priority, allowed_choices(PROPERTIES["follow-up"]["priority"]))),
        recurrence=as_text(get("recurrence")),
        project=link_title(as_text(get("project"))),
        since=_since(note),
        completed=parse_iso_day(as_text(get("completedDate"))),
        recurrence_anchor=_recurrence_anchor(note),
    )


def _recurrence_anchor(note: Note) -> str | None:
    if not as_text(note.properties.get("recurrence")):
        return None
    anchors = allowed_choices(PROPERTIES["follow-up"]["recurrence_anchor"])
    return to_choice(note.properties.get("recurrence_anchor"), anchors) or "scheduled"


def _since(note: Note) -> date | None:
    """The day a follow-up was written down: its `dateCreated`, or the date in the name of the interaction it came from."""
    origin = link_title(as_text(note.properties.get("from"))) or ""
    return parse_iso_day(as_text(note.properties.get("dateCreated"))) or parse_iso_day(origin[:10])


def _decision(note: Note) -> Decision:
    get = note.properties.get
    table = PROPERTIES["decision"]
    return Decision(
        id=handle(note.path),
        path=note.path,
        line=1,
        text=as_text(get("title")) or note.title,
        on=parse_iso_day(as_text(get("date"))),
        status=to_choice(get("status"), allowed_choices(table["status"])) or "in force",
        topic=as_text(get("topic")),
        by=link_title(as_text(get("by"))),
        via=to_choice(get("via"), allowed_choices(table["via"])),
        project=link_title(as_text(get("project"))),
        supersedes=as_list(get("supersedes")),
        valid_until=parse_iso_day(as_text(get("valid_until"))),
        origin=link_title(as_text(get("from"))),
    )


def _read_interaction(note: Note, page: Page, problems: list[Problem]) -> NoteContents:
    """The follow-up, decisions and feedback in an interaction's properties. A missing date is added to `problems`."""
    interaction = to_interaction(note, None)
    day = interaction.at.date() if interaction.at else None
    if day is None and not any(problem.code == "bad-date" for problem in problems):
        problems.append(Problem(note.path, 1, "no-date", "This interaction has no date. Add one like 2026-11-02T14:30:00."))
    get = note.properties.get
    agreed, feedback = as_list(get("decisions")), as_list(get("feedback"))
    has_next_step = bool(as_text(get("follow_up")) or as_text(get("next_step")))
    lines = key_lines(page) if agreed or feedback or has_next_step else {}
    people = ", ".join(interaction.people) or None
    decisions = tuple(
        Decision(
            id=handle(note.path, "decision", text), path=note.path, line=lines["decisions"], text=text, on=day, status="in force",
            topic=None, by=people, via=interaction.channel, project=interaction.project, supersedes=(), kind="interaction",
        )
        for text in agreed
    )  # fmt: skip
    points = tuple(Point(handle(note.path, "feedback", text), note.path, lines["feedback"], "feedback", text, day) for text in feedback)
    return NoteContents(note, (_next_step(note, interaction, lines),) if has_next_step else (), decisions, points)


def _next_step(note: Note, interaction: Interaction, lines: dict[str, int]) -> FollowUp:
    """The follow-up in an interaction's properties; `lines` are the lines of the properties by key."""
    get = note.properties.get
    return FollowUp(
        id=handle(note.path, "next"),
        path=note.path,
        line=lines.get("next_step") or lines["follow_up"],
        kind="interaction",
        text=as_text(get("next_step")) or f"Follow up on {interaction.title}",
        status="done" if as_text(get("follow_up_done")) else follow_up_status(get("follow_up_status")),
        due=parse_iso_day(as_text(get("follow_up"))),
        scheduled=None,
        priority=None,
        recurrence=None,
        project=interaction.project,
        since=interaction.at.date() if interaction.at else None,
        completed=parse_iso_day(as_text(get("follow_up_done"))),
    )


def _preferences(note: Note, page: Page) -> list[Point]:
    """The list items under a client's heading "Preferences", each with its line; at most MAX_SENTENCES."""
    points: list[Point] = []
    if not re.search("preferences", page.body, re.IGNORECASE):
        return points
    level = 0
    for number, line in enumerate(mask(page.body).replace("\r\n", "\n").split("\n"), page.body_line):
        marks = len(line) - len(line.lstrip("#"))
        if 1 <= marks <= 6 and line[marks : marks + 1] in (" ", "\t"):
            if level and marks <= level:
                break
            level = level or (marks if line.strip("# \t").lower() == "preferences" else 0)
        elif level and (item := _ITEM.fullmatch(line)):
            text = item[1]
            points.append(Point(handle(note.path, "preference", text), note.path, number, "preference", text.strip(), None, "section"))
            if len(points) == MAX_SENTENCES:
                break
    return points


def _callout_records(note: Note, callouts: list[Callout]) -> tuple[list[Decision], list[Point]]:
    """The callouts of a body as decisions and points, dated like the note."""
    if not callouts:
        return [], []
    on, project = body_day(note), body_project(note)
    interaction = to_interaction(note, None) if note.type == "interaction" else None
    people, via = (", ".join(interaction.people) or None, interaction.channel) if interaction else (None, None)
    decisions = [
        Decision(
            id=handle(note.path, "decision", text), path=note.path, line=line, text=text, on=on, status=state or "in force",
            topic=None, by=people, via=via, project=project, supersedes=(), kind="callout",
        )
        for kind, text, line, _, state in callouts
        if kind == "decision"
    ]  # fmt: skip
    points = [
        Point(handle(note.path, kind, text), note.path, line, kind, text, on, "callout")
        for kind, text, line, _, state in callouts
        if kind != "decision" and not state
    ]
    return decisions, points
