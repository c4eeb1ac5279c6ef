"""A note with what belongs to it, as `show`, `client show`, `project show` and `person show` print it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vaultcrm.actions.clients import ClientSummary
from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.display.markdown_text import plain_lines, render_body
from vaultcrm.cli.display.pager import paged
from vaultcrm.cli.formats import (
    due_style,
    format_ago,
    format_deadline,
    format_due,
    format_rhythm,
    print_follow_ups,
    print_people,
    print_projects,
    short_handles,
)
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import one_line, pad, sanitize, truncate, width
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.markdown.values import Value, as_text
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.model.records import Decision, FollowUp, Person, Project
from vaultcrm.model.schema import PROPERTIES
from vaultcrm.quoting import shell_word

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.show import LinkHere, NoteDetails, Place

_MOST_TALKS, _MOST_LINKS = 5, 10  # that are shown without --all


def print_note(context: CommandContext, details: "NoteDetails", everything: bool) -> None:
    """Print it, in the pager if it is longer than the terminal; or as JSON. With `everything`, print all talks and links."""
    if context.wants_json:
        from vaultcrm.actions.as_json import note_details_json

        context.out.json(note_details_json(details, context.crm.today))
        return
    with paged(context.out):
        _print_head(context, details)
        if details.place:
            _print_place(context, details.place)
        _print_properties(context, details)
        _print_problems(context, details)
        body = render_body(context.out, details.body) if details.is_readable else plain_lines(context.out, details.body)
        if body:
            context.out.styled("\n".join(["", *body]))
        _print_sections(context, details, everything)


def _heading(context: CommandContext, text: str, count: str = "") -> None:
    out = context.out
    out.styled("\n" + out.style(text, "bold") + (out.style(f"  {count}", "dim") if count else ""))


def _print_head(context: CommandContext, details: "NoteDetails") -> None:
    """The title, on the right the type and the client, below it the path."""
    out, note = context.out, details.note
    title = one_line(as_text(note.properties.get("title")) or note.title)
    client = details.client.name if details.client and details.client.path != note.path else ""
    right = one_line(" · ".join(filter(None, (note.type or "", client))))
    space = width(right) + 2 if out.columns is None else out.columns - width(title)
    if not right or space < width(right) + 2:
        out.line(title, "bold")
    else:
        out.styled(out.style(title, "bold") + out.style(pad(right, space, right=True), "dim"))
    if right and space < width(right) + 2:
        out.line(right, "dim")
    out.line(f"{note.path}:{details.place.line}" if details.place else note.path, "dim")


def _print_place(context: CommandContext, place: "Place") -> None:
    """What a handle names, and its line among those around it."""
    out, record = context.out, place.record
    if isinstance(record, FollowUp):
        print_follow_ups(context, [record])
    elif isinstance(record, Decision):
        _print_decisions(context, [record])
    for line in place.lines:
        is_it = line.number == place.line
        text = sanitize(line.text.expandtabs(4)).rstrip()
        number = out.style(f"{'>' if is_it else ' '} {line.number:>4}  ", "cyan bold" if is_it else "dim")
        out.styled(number + out.style(text, "bold" if is_it else "dim"))


def _print_properties(context: CommandContext, details: "NoteDetails") -> None:
    """The properties that have a value: those of the note's type in the order of the format, then the user's own."""
    note = details.note
    known = [key for key in PROPERTIES.get(note.type or "", {}) if key in note.properties]
    keys = dict.fromkeys([*known, *note.properties])
    left_out = {"type", "title"} | ({"client"} if details.client else set())
    if note.type == "interaction" and details.decisions:
        left_out.add("decisions")  # they have a section of their own
    rows = [[Cell(key, "dim"), cell] for key in keys if key not in left_out and (cell := _property_cell(context, details, key)).text]
    if isinstance(details.record, ClientSummary):
        rows.append([Cell("last contact", "dim"), Cell(format_ago(details.record.silent_days))])
    if isinstance(details.record, Person):
        days = (context.crm.today - details.talks[0].at.date()).days if details.talks and details.talks[0].at else None
        rows.append([Cell("last talk", "dim"), Cell(format_ago(days))])
    if rows:
        context.out.table([Column(), Column(1, 20, wraps=True)], rows, indent=2)


def _property_cell(context: CommandContext, details: "NoteDetails", key: str) -> Cell:
    """A property's value, and for a date that counts how far away it is."""
    record, value = details.record, details.note.properties[key]
    if isinstance(record, Project) and key == "deadline" and record.deadline:
        return Cell(*format_deadline(context, record))
    if isinstance(record, FollowUp) and key == "recurrence" and record.recurrence:
        return Cell(format_rhythm(record))
    if isinstance(record, FollowUp) and key == "due" and record.due and record.is_open:
        days = (record.due - context.crm.today).days
        return Cell(f"{record.due} {format_due(days)}", due_style(days))
    if isinstance(record, Decision) and key == "status":
        return Cell(record.status, "" if record.status == "in force" else "yellow")  # another decision may have replaced it
    return Cell(_format_value(value))


def _format_value(value: Value) -> str:
    text = without_links(", ".join(value) if isinstance(value, list) else value or "")
    return re.sub(r"^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2})?$", r"\1 \2", text, flags=re.ASCII)


def _print_problems(context: CommandContext, details: "NoteDetails") -> None:
    for problem in details.problems:
        context.out.line(f"{problem.path}:{problem.line}: {problem.message}", "yellow")


def _print_sections(context: CommandContext, details: "NoteDetails", everything: bool) -> None:
    if details.people:
        _heading(context, "People")
        print_people(context, details.people, indent=2)
    if details.projects:
        _heading(context, "Projects")
        print_projects(context, details.projects, with_client=False, indent=2)
    for title, status in (("You owe", "open"), ("They owe", "waiting")):
        if items := [item for item in details.follow_ups if item.status == status]:
            _heading(context, title, str(len(items)))
            print_follow_ups(context, items)
    if details.decisions:
        is_list = details.note.type in ("client", "project", "person")
        _heading(context, "Decisions in force" if is_list else "Decisions", str(len(details.decisions)))
        _print_decisions(context, details.decisions)
    if details.talks:
        _print_talks(context, details, everything)
    _print_links(context, details, everything)


def _print_decisions(context: CommandContext, decisions: Sequence[Decision]) -> None:
    handles = short_handles(context, decisions)
    rows = [
        [
            Cell(handles[decision.id], "dim"),
            Cell(str(decision.on or ""), "dim"),
            Cell(without_links(decision.text)),
            Cell("" if decision.status == "in force" else decision.status, "yellow"),
        ]
        for decision in decisions
    ]
    context.out.table([Column(), Column(), Column(1, 20, wraps=True), Column()], rows, indent=2)


def _print_talks(context: CommandContext, details: "NoteDetails", everything: bool) -> None:
    shown = details.talks if everything else details.talks[:_MOST_TALKS]
    _heading(context, "Last talks", _count(len(shown), len(details.talks)))
    rows = [
        [
            Cell(f"{talk.at:%Y-%m-%d}" if talk.at else "", "dim"),
            Cell(talk.channel or "", "dim"),
            Cell(", ".join(talk.people), "dim"),
            Cell(without_links(talk.summary or talk.title)),
        ]
        for talk in shown
    ]
    context.out.table([Column(), Column(), Column(2, 0), Column(1, 20, wraps=True)], rows, indent=2)
    _print_rest(context, len(shown), len(details.talks))


def _print_links(context: CommandContext, details: "NoteDetails", everything: bool) -> None:
    """The notes that link here, each with the line, and the text of that line or the property that holds the link."""
    listed = {item.path for item in details.follow_ups} | {decision.path for decision in details.decisions}
    if details.note.type in ("project", "person"):  # their talks have a section of their own
        listed |= {talk.path for talk in details.talks}
    links = [link for link in details.links if link.property is None or link.path not in listed]
    if not links:
        return
    shown = links if everything or context.out.columns is None else links[:_MOST_LINKS]
    _heading(context, "Linked from", _count(len(shown), len(links)))
    rows = [[Cell(_source(context, link)), Cell(link.property or without_links(link.text), "dim")] for link in shown]
    context.out.table([Column(1, 24), Column(2, 16)], rows, indent=2)
    _print_rest(context, len(shown), len(links))


def _source(context: CommandContext, link: "LinkHere") -> str:
    if context.out.columns is None:
        return f"{link.path}:{link.line}"
    return f"{truncate(title_of_path(link.path), max(context.out.columns // 2, 24))}:{link.line}"


def _count(shown: int, total: int) -> str:
    return str(total) if shown == total else f"{shown} of {total}"


def _print_rest(context: CommandContext, shown: int, total: int) -> None:
    """How to see what a section leaves out: the command that was typed, with --all."""
    if total > shown:
        context.out.line(f"  All of them: vaultcrm {' '.join(map(_typed, context.words))} --all", "dim")


def _typed(word: str) -> str:
    return word if all(char.isalnum() or char in "-_./" for char in word) else shell_word(word)
