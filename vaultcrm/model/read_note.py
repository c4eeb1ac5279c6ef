"""From one page to records: what its properties, its checkbox lines and its callouts mean."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.disk.files import check_is_text
from vaultcrm.markdown.callouts import Callout, find_callouts
from vaultcrm.markdown.links import LinkRecord, link_records
from vaultcrm.markdown.masking import mask
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import key_lines, read_properties
from vaultcrm.markdown.tasks.line import MAX_TASKS, Task, find_tasks, has_tag, ignored_date, without_tag
from vaultcrm.markdown.tasks.recurrence import parse_task_rule as parse_rule
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.markdown.wikilinks import link_title
from vaultcrm.model.convert import allowed_choices, to_choice, to_interaction
from vaultcrm.model.handles import handle
from vaultcrm.model.records import Decision, FollowUp, Note, Point, Problem
from vaultcrm.model.schema import FOLLOW_UP_STATUSES, PRIORITIES, PROPERTIES
from vaultcrm.model.validate import PRIORITY_SYNONYMS, STATUS_SYNONYMS, property_problems


class NoteContents(NamedTuple):
    """All that one note says."""

    note: Note
    follow_ups: tuple[FollowUp, ...] = ()
    decisions: tuple[Decision, ...] = ()
    points: tuple[Point, ...] = ()
    problems: tuple[Problem, ...] = ()
    links: tuple[LinkRecord, ...] = ()  # only where they are asked for


_ITEM = re.compile(r"\s*[-*+]\s+(.*)")


def read_note(path: str, data: bytes, settings: TaskSettings | None = None) -> NoteContents:
    """All that a note's bytes say, its tasks by the vault's settings. Raises Unreadable, with the line in the file."""
    from vaultcrm.markdown import front_matter  # late: a command that reads back what it has just written does without

    check_is_text(data)
    page = split_page(data)
    values = front_matter.load_properties(page)
    return page_contents(path, page, values, settings or TaskSettings())._replace(links=link_records(page, values))


def read_back(path: str, data: bytes, settings: TaskSettings | None = None) -> NoteContents:
    """The records in a note that we have just written: without its links, and without loading python-frontmatter."""
    page = split_page(data)
    return page_contents(path, page, read_properties(page), settings or TaskSettings())


def page_contents(path: str, page: Page, values: dict[str, Value], settings: TaskSettings) -> NoteContents:
    """The records in a page. `path` is relative to the vault; `values` are the page's properties."""
    kind = as_text(values.get("type"))
    kind = kind.strip().lower() if kind else None
    body = page.body
    note = Note(path, kind, values, excerpt(body))
    problems = property_problems(note, page) if values else []
    found = NoteContents(note)
    if kind == "follow-up" or (kind is None and _is_task_note(values, settings)):
        found = NoteContents(note, follow_ups=(_follow_up(note),))
    elif kind == "decision":
        found = NoteContents(note, decisions=(_decision(note),))
    elif kind == "interaction":
        found = _read_interaction(note, page, problems)
    elif kind == "client":
        found = NoteContents(note, points=tuple(_preferences(note, page)))
    tasks = list(find_tasks(body, page.body_line, settings.global_filter))
    if "<<<<<<< " in body and ">>>>>>> " in body:
        line = page.body_line + body[: body.index("<<<<<<< ")].count("\n")
        problems.append(
            Problem(path, line, "conflict-marks", "It holds the marks of a conflict that nobody has ended; mend it in your editor.")
        )
    decisions, points = _callouts(note, find_callouts(body, page.body_line))
    # what is said twice in one note is said once
    return NoteContents(
        note,
        (*found.follow_ups, *(_tasks(note, tasks, settings) if tasks else ())),
        tuple({one.id: one for one in (*reversed(decisions), *reversed(found.decisions))}.values())[::-1],
        tuple({one.id: one for one in (*reversed(points), *reversed(found.points))}.values())[::-1],
        (*problems, *(_task_problems(note, tasks, settings) if tasks else ())),
    )


def _is_task_note(values: dict[str, Value], habits: TaskSettings) -> bool:
    """Whether the plug-in TaskNotes would take a note for a task."""
    if habits.task_note_property is None:
        return False
    key, wanted = habits.task_note_property
    there = [item.lower() for item in as_list(values.get(key))]
    if key == "tags":  # a tag below it counts, too
        return any(f"{tag.lstrip('#')}/".startswith(f"{wanted.lower()}/") for tag in there)
    return wanted.lower() in there if wanted else bool(there)


def excerpt(body: str, limit: int = 400) -> str:
    """The first paragraph that is no heading, on one line."""
    for paragraph in re.split(r"\n\s*\n", body.replace("\r\n", "\n")):
        if paragraph.lstrip().startswith("> [!"):  # a callout says something of its own
            continue
        lines = [line.strip() for line in paragraph.strip().splitlines() if not re.match(r"\s*(?:#|[-*+] \[.\] )", line)]
        if text := " ".join(lines).strip():
            return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
    return ""


def follow_up_status(value: Value) -> str:
    """A follow-up's status; what is not known counts as open, so that nothing vanishes."""
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
    )


def _since(note: Note) -> date | None:
    """The day a follow-up was written down: it says so, or the interaction it came out of has it in its name."""
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
    )


def _read_interaction(note: Note, page: Page, problems: list[Problem]) -> NoteContents:
    get = note.properties.get
    talk = to_interaction(note, None)
    day = talk.at.date() if talk.at else None
    if day is None and not any(problem.code == "bad-date" for problem in problems):
        problems.append(Problem(note.path, 1, "no-date", "This interaction has no date; give it one like 2026-11-02T14:30:00."))
    said, praise, has_next = (
        as_list(get("decisions")),
        as_list(get("feedback")),
        bool(as_text(get("follow_up")) or as_text(get("next_step"))),
    )
    lines = key_lines(page) if said or praise or has_next else {}
    follow_ups: tuple[FollowUp, ...] = ()
    if has_next:
        completed = parse_iso_day(as_text(get("follow_up_done")))
        follow_ups = (
            FollowUp(
                id=handle(note.path, "next"),
                path=note.path,
                line=lines.get("next_step") or lines["follow_up"],
                kind="interaction",
                text=as_text(get("next_step")) or f"Follow up on {talk.title}",
                status="done" if as_text(get("follow_up_done")) else follow_up_status(get("follow_up_status")),
                due=parse_iso_day(as_text(get("follow_up"))),
                scheduled=None,
                priority=None,
                recurrence=None,
                project=talk.project,
                since=day,
                completed=completed,
            ),
        )
    with_whom = ", ".join(talk.people) or None
    decisions = tuple(
        Decision(
            id=handle(note.path, "decision", text), path=note.path, line=lines["decisions"], text=text, on=day, status="in force",
            topic=None, by=with_whom, via=talk.channel, project=talk.project, supersedes=(), kind="interaction",
        )
        for text in said
    )  # fmt: skip
    points = tuple(Point(handle(note.path, "feedback", text), note.path, lines["feedback"], "feedback", text, day) for text in praise)
    return NoteContents(note, follow_ups, decisions, points)


def _preferences(note: Note, page: Page) -> list[Point]:
    """The items below a client's heading "Preferences", each with its line."""
    found: list[Point] = []
    level = 0
    for number, line in enumerate(mask(page.body).replace("\r\n", "\n").split("\n"), page.body_line):
        marks = len(line) - len(line.lstrip("#"))
        if 1 <= marks <= 6 and line[marks : marks + 1] in (" ", "\t"):
            if level and marks <= level:
                break
            level = level or (marks if line.strip("# \t").lower() == "preferences" else 0)
        elif level and (item := _ITEM.fullmatch(line)):
            found.append(Point(handle(note.path, "preference", item[1]), note.path, number, "preference", item[1].strip(), None, "section"))
    return found


# ------------------------------------------------------------------------------------- the body


def _callouts(note: Note, callouts: list[Callout]) -> tuple[list[Decision], list[Point]]:
    """What the callouts in a body say, on the day that the note is about."""
    if not callouts:
        return [], []
    on, project = _day_of_body(note), _project_of_body(note)
    talk = to_interaction(note, None) if note.type == "interaction" else None
    with_whom, via = (", ".join(talk.people) or None, talk.channel) if talk else (None, None)
    decisions = [
        Decision(
            id=handle(note.path, "decision", text), path=note.path, line=line, text=text, on=on, status="in force",
            topic=None, by=with_whom, via=via, project=project, supersedes=(), kind="callout",
        )
        for kind, text, line in callouts
        if kind == "decision"
    ]  # fmt: skip
    points = [
        Point(handle(note.path, kind, text), note.path, line, kind, text, on, "callout")
        for kind, text, line in callouts
        if kind != "decision"
    ]
    return decisions, points


def _day_of_body(note: Note) -> date | None:
    """The day on which a body was written, as far as the note says: its date, or the one that its name begins with."""
    return parse_iso_day(as_text(note.properties.get("date"))) or parse_iso_day(note.title[:10])


def _project_of_body(note: Note) -> str | None:
    return note.title if note.type == "project" else link_title(as_text(note.properties.get("project")))


def _tasks(note: Note, tasks: list[tuple[int, Task]], habits: TaskSettings) -> Iterator[FollowUp]:
    """The follow-ups that stand on checkbox lines.

    Lines that say the same are counted. Recurring ones that are done are counted apart, so that the
    line which comes above one does not shift the handles of the others.
    """
    seen: Counter[tuple[str, str]] = Counter()
    since, project = _day_of_body(note), _project_of_body(note)
    for line, task in tasks[:MAX_TASKS]:
        kind = habits.type_of(task.symbol)
        if kind == "non-task" or not (task.description or task.fields):  # an empty box says nothing
            continue
        text = without_tag(task.description, habits.global_filter) if habits.global_filter.startswith("#") else task.description
        is_waiting = has_tag(text, "#waiting")
        text = without_tag(text, "#waiting") or note.title
        series = "again" if kind == "done" and task.field("recurrence") else "task"
        seen[series, text] += 1
        words_of_rule = task.value("recurrence")
        rule = parse_rule(words_of_rule) if words_of_rule else None
        yield FollowUp(
            id=handle(note.path, series, text, str(seen[series, text])),
            path=note.path,
            line=line,
            kind="task",
            text=text,
            status=kind if kind in ("done", "cancelled") else "waiting" if is_waiting else "open",
            due=task.day("due"),
            scheduled=max(filter(None, (task.day("scheduled"), task.day("start"))), default=None),
            priority=to_choice(task.value("priority"), PRIORITIES),
            recurrence=rule.rrule if rule else None,
            project=project,
            since=task.day("created") or since,
            completed=task.day("cancelled" if kind == "cancelled" else "done"),
            key=task.value("id"),
            depends=task.depends,
        )


def _task_problems(note: Note, tasks: list[tuple[int, Task]], habits: TaskSettings) -> Iterator[Problem]:
    """What the plug-in Tasks would lose if it saved an open line, since it does not understand it."""
    if len(tasks) > MAX_TASKS:
        yield Problem(
            note.path, tasks[-1][0], "many-tasks", f"It has more than {MAX_TASKS:,} checkbox lines; from here on they are not read."
        )
    for line, task in tasks:
        if habits.type_of(task.symbol) in ("done", "cancelled", "non-task"):
            continue
        if unread := ignored_date(task):
            yield Problem(note.path, line, "unread-sign", f"{unread!r} is not read: only tags and other signs may stand behind it.")
        for sign in task.fields:
            if sign.kind in ("due", "scheduled", "start", "created") and parse_iso_day(sign.value) is None:
                yield Problem(
                    note.path, line, "bad-date", f'{sign.value!r} is no day; the plug-in Tasks would write "Invalid date" over it.'
                )
        rule = task.value("recurrence")
        if rule is not None and parse_rule(rule) is None:
            yield Problem(note.path, line, "bad-recurrence", f'{rule!r} is no rule that the plug-in Tasks knows; try "every 2 weeks".')
