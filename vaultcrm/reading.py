"""From one page to records: what its properties mean, and what in them cannot be understood."""

import re
from datetime import date
from typing import NamedTuple

from vaultcrm.dates import day_in, moment_in
from vaultcrm.errors import NotUnderstood
from vaultcrm.link_spans import Mention
from vaultcrm.links import parse as parse_link
from vaultcrm.links import title_of
from vaultcrm.model import FOLLOW_UP_STATUSES, PROPERTIES, TYPES, Decision, FollowUp, Kind, Note, Point, Problem, Value
from vaultcrm.page import Page, split
from vaultcrm.records import choices, handle, interaction_of, items, one_of, words
from vaultcrm.recurrence import check_rule
from vaultcrm.splice import keys_given_twice, lines_of, properties_of, root_of
from vaultcrm.when import parse_span


class Reading(NamedTuple):
    """All that one note says."""

    note: Note
    follow_ups: tuple[FollowUp, ...] = ()
    decisions: tuple[Decision, ...] = ()
    points: tuple[Point, ...] = ()
    problems: tuple[Problem, ...] = ()
    links: tuple[Mention, ...] = ()  # only where they are asked for


# What other tools write for the same thing: TaskNotes and the Tasks plug-in, and American spelling.
_SAME_STATUS = {
    "todo": "open", "to do": "open", "in-progress": "open", "in progress": "open", "none": "open",
    "completed": "done", "complete": "done", "canceled": "cancelled", "dropped": "cancelled",
}  # fmt: skip
_SAME_PRIORITY = {"normal": "medium", "none": None, "urgent": "highest"}
_ITEM = re.compile(r"\s*[-*+]\s+(.*)")


def reread(path: str, data: bytes) -> Reading:
    """What a note says that we have just written, without asking the disk."""
    page = split(data)
    return read_note(path, page, properties_of(root_of(page), page.text))


def read_note(path: str, page: Page, values: dict[str, Value]) -> Reading:
    """The records in a page. `path` is relative to the vault; `values` are the page's properties."""
    kind = words(values.get("type"))
    kind = kind.strip().lower() if kind else None
    note = Note(path, kind, values, excerpt(page.body))
    problems = _problems(note, page) if values else []
    if kind == "follow-up":
        return Reading(note, follow_ups=(_follow_up(note),), problems=tuple(problems))
    if kind == "decision":
        return Reading(note, decisions=(_decision(note),), problems=tuple(problems))
    if kind == "interaction":
        return _read_interaction(note, page, problems)
    if kind == "client":
        return Reading(note, points=tuple(_preferences(note, page)), problems=tuple(problems))
    return Reading(note, problems=tuple(problems))


def excerpt(body: str, limit: int = 400) -> str:
    """The first paragraph that is no heading, on one line."""
    for paragraph in re.split(r"\n\s*\n", body.replace("\r\n", "\n")):
        lines = [line.strip() for line in paragraph.strip().splitlines() if not line.lstrip().startswith("#")]
        if text := " ".join(lines).strip():
            return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
    return ""


def status_of(value: Value) -> str:
    """A follow-up's status; what is not known counts as open, so that nothing vanishes."""
    text = (words(value) or "open").strip().lower()
    text = _SAME_STATUS.get(text, text)
    return text if text in FOLLOW_UP_STATUSES else "open"


def _follow_up(note: Note) -> FollowUp:
    get = note.properties.get
    priority = (words(get("priority")) or "").strip().lower()
    return FollowUp(
        id=handle(note.path),
        path=note.path,
        line=1,
        kind="note",
        text=words(get("title")) or note.title,
        status=status_of(get("status")),
        due=day_in(words(get("due"))),
        scheduled=day_in(words(get("scheduled"))),
        priority=_SAME_PRIORITY.get(priority, one_of(priority, choices(PROPERTIES["follow-up"]["priority"]))),
        recurrence=words(get("recurrence")),
        project=title_of(words(get("project"))),
        since=_since(note),
        completed=day_in(words(get("completedDate"))),
    )


def _since(note: Note) -> date | None:
    """The day a follow-up was written down: it says so, or the interaction it came out of has it in its name."""
    origin = title_of(words(note.properties.get("from"))) or ""
    return day_in(words(note.properties.get("dateCreated"))) or day_in(origin[:10])


def _decision(note: Note) -> Decision:
    get = note.properties.get
    table = PROPERTIES["decision"]
    return Decision(
        id=handle(note.path),
        path=note.path,
        line=1,
        text=words(get("title")) or note.title,
        on=day_in(words(get("date"))),
        status=one_of(get("status"), choices(table["status"])) or "in force",
        topic=words(get("topic")),
        by=title_of(words(get("by"))),
        via=one_of(get("via"), choices(table["via"])),
        project=title_of(words(get("project"))),
        supersedes=items(get("supersedes")),
    )


def _read_interaction(note: Note, page: Page, problems: list[Problem]) -> Reading:
    get = note.properties.get
    talk = interaction_of(note, None)
    day = talk.at.date() if talk.at else None
    if day is None and not any(problem.code == "bad-date" for problem in problems):
        problems.append(Problem(note.path, 1, "no-date", "This interaction has no date; give it one like 2026-11-02T14:30:00."))
    said, praise, has_next = items(get("decisions")), items(get("feedback")), bool(words(get("follow_up")) or words(get("next_step")))
    lines = lines_of(page) if said or praise or has_next else {}
    follow_ups: tuple[FollowUp, ...] = ()
    if has_next:
        completed = day_in(words(get("follow_up_done")))
        follow_ups = (
            FollowUp(
                id=handle(note.path, "next"),
                path=note.path,
                line=lines.get("next_step") or lines["follow_up"],
                kind="interaction",
                text=words(get("next_step")) or f"Follow up on {talk.title}",
                status="done" if words(get("follow_up_done")) else status_of(get("follow_up_status")),
                due=day_in(words(get("follow_up"))),
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
    return Reading(note, follow_ups, decisions, points, tuple(problems))


def _preferences(note: Note, page: Page) -> list[Point]:
    """The items below a client's heading "Preferences", each with its line."""
    found: list[Point] = []
    level = 0
    for number, line in enumerate(page.body.replace("\r\n", "\n").split("\n"), page.body_line):
        marks = len(line) - len(line.lstrip("#"))
        if 1 <= marks <= 6 and line[marks : marks + 1] in (" ", "\t"):
            if level and marks <= level:
                break
            level = level or (marks if line.strip("# \t").lower() == "preferences" else 0)
        elif level and (item := _ITEM.fullmatch(line)):
            found.append(Point(handle(note.path, "preference", item[1]), note.path, number, "preference", item[1].strip(), None))
    return found


# ------------------------------------------------------------------------------------- problems


def _problems(note: Note, page: Page) -> list[Problem]:
    """What in the properties is not what their table says. Only the keys that vaultcrm knows are judged."""
    found = [
        Problem(
            note.path, line, "duplicate-key", f"The property {key!r} is given twice; the last one counts here, and Obsidian reads none."
        )
        for key, line in (keys_given_twice(page) if _may_repeat(page) else {}).items()
    ]
    table = PROPERTIES.get(note.type or "", {})
    known = {key: value for key, value in note.properties.items() if value is not None and value != "" and key in table}
    faults = {key: fault for key, value in known.items() if (fault := fault_in(note.type or "", key, value))}
    lines = lines_of(page) if faults else {}
    found += [Problem(note.path, lines.get(key, 1), *fault) for key, fault in faults.items()]
    meant = (note.type or "").replace("_", "-").replace(" ", "-")
    if note.type != meant and meant in TYPES:
        found.append(Problem(note.path, lines_of(page)["type"], "bad-type", f"The type {note.type!r} is written {meant!r}."))
    return found


def _may_repeat(page: Page) -> bool:
    """A cheap look whether a key could stand twice, so that most notes are composed only once."""
    keys = [key.strip(b"\"' ") for key in re.findall(rb"^([^\s:#\-][^:\n]*):", page.block, re.MULTILINE)]
    return len(set(keys)) != len(keys)


def fault_in(kind: str, key: str, value: Value) -> tuple[str, str] | None:
    """Why a value cannot be the property `key` of a note of type `kind`: a problem's code and sentence."""
    wanted = PROPERTIES[kind][key]
    if wanted in ("list", "links"):
        return None
    if wanted == "days":
        wrong = next((item for item in items(value) if day_in(item) is None), None)
        return ("bad-date", f"{wrong!r} in {key!r} is not a day like 2026-11-09.") if wrong else None
    if isinstance(value, list):
        return None if wanted == "link" else ("bad-list", f"The property {key!r} takes one value, and has a list.")
    return None if value is None else _fault_in_text(kind, key, value, wanted)


def _fault_in_text(kind: str, key: str, text: str, wanted: Kind) -> tuple[str, str] | None:
    if isinstance(wanted, tuple):
        known = text.strip().lower()
        elsewhere = {"status": set(_SAME_STATUS), "priority": set(_SAME_PRIORITY)}.get(key, set()) if kind == "follow-up" else set()
        if known in wanted or known in elsewhere:
            return None
        return "bad-choice", f"The {key} {text!r} is none of: {', '.join(wanted)}."
    if (wanted == "date" and day_in(text) is None) or (wanted == "moment" and moment_in(text) is None):
        return "bad-date", f"{text!r} in {key!r} is not a date like 2026-11-09."
    if wanted == "number" and not re.fullmatch(r"[-+]?\d+(\.\d+)?", text.strip(), re.ASCII):
        return "bad-number", f"{text!r} in {key!r} is not a number."
    if wanted == "link" and "[[" in text and parse_link(text) is None:
        return "bad-link", f"{text!r} in {key!r} is not a link like [[Title]]."
    try:
        if wanted == "span":
            parse_span(text)
        elif wanted == "rule":
            check_rule(text)
    except NotUnderstood as error:
        return "bad-recurrence" if wanted == "rule" else "bad-span", error.message
    return None
