"""brief: one screen about a client; timeline: all that happened with them."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_project
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.options import WHEN, client_argument, parse_when
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import one_line, pad, sanitize, truncate, width, wrap
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.model.schema import CHANNELS

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.brief import Brief
    from vaultcrm.rendering.templates import TemplateValue

_KINDS = ("decision", "feedback", "preference", "question", "done", "project")
_STYLES = {"decision": "cyan", "feedback": "magenta", "preference": "magenta", "question": "yellow", "done": "green"}
_LEFT = 11  # columns for when or who: "3 days late"
_SEVERAL = {"decisions": 5, "feedback": 2, "preferences": 4, "questions": 3, "talks": 3}  # what fits on a screen; the rest is counted


@click.command()
@client_argument
@click.option("--all", "everything", is_flag=True, help="All decisions, feedback and talks, not just the last.")
def brief(client: str, everything: bool) -> None:
    """One screen about a client, before you call; every line says which file it is from.

    \b
    Example:
      vaultcrm brief acme
    """
    from vaultcrm.actions import brief as actions

    context = current_context()
    found = actions.brief(context.crm, client)
    if context.json:
        context.print_json(_shape(context, found))
        return
    from vaultcrm.rendering.fill import fill_template

    layout = _Layout(context, found.summary.client.folder)
    functions: dict[str, Callable[..., str]] = {"title": layout.title, "heading": layout.heading, "line": layout.line, "more": layout.more}
    context.print_styled(
        _inert(context, fill_template(context.crm.vault.root, "brief.txt", _values(context, found, everything), functions).rstrip("\n"))
    )


def _inert(context: CommandContext, text: str) -> str:
    """What a template printed, with colours as the only thing that a terminal would obey."""
    lines = (re.split(r"(\x1b\[[0-9;]{0,12}m)", line) for line in text.split("\n"))
    return "\n".join(
        "".join("" if i % 2 and context.is_colorless else part if i % 2 else sanitize(part) for i, part in enumerate(line))
        for line in lines
    )


def _shape(context: CommandContext, found: "Brief") -> dict[str, object]:
    from vaultcrm.actions import as_json

    return {
        "client": as_json.client_json(found.summary),
        "people": [as_json.person_json(one) for one in found.people],
        "projects": [as_json.project_json(one) for one in found.projects],
        "owed_by_me": [as_json.follow_up_json(one, context.crm.today) for one in found.owed_by_me],
        "owed_by_them": [as_json.follow_up_json(one, context.crm.today) for one in found.owed_by_them],
        "decisions": [as_json.decision_json(one) for one in found.decisions],
        "feedback": [as_json.point_json(one) for one in found.feedback],
        "preferences": [as_json.point_json(one) for one in found.preferences],
        "questions": [as_json.point_json(one) for one in found.questions],
        "talks": [as_json.interaction_json(one) for one in found.interactions],
        "problems": [as_json.problem_json(one) for one in found.problems],
        "missing": _missing(found),
    }


class _Layout:
    """What the template prints with: lines of three columns, the last one telling the file."""

    def __init__(self, context: CommandContext, folder: str) -> None:
        self.context = context
        self.folder = folder
        self.room = context.columns
        self.right = 0 if self.room is None else max(min(self.room // 4, 40), 18)

    def title(self, name: str, parts: list[str], day: str) -> str:
        left = " · ".join(one_line(part) for part in (name, *parts) if part)
        space = " " * max((self.room or 0) - width(left) - width(day), 2)
        head, _, tail = left.partition(" · ")
        return (
            self.context.style(head, "bold") + self.context.style(f" · {tail}" if tail else "", "") + space + self.context.style(day, "dim")
        )

    def heading(self, text: str, style: str = "") -> str:
        return self.context.style(one_line(text), f"{style} bold".strip())

    def line(self, left: str, parts: list[str], source: str, mood: str = "", handle: str = "") -> str:
        """When, what in as many lines as it takes, the handle to act on it, and the file that says so."""
        told = [one_line(without_links(part)) for part in parts if part]
        where = " ".join(filter(None, (handle, self.short(source, told[0] if told else "", len(handle) + 1 if handle else 0))))
        middle = None if self.room is None else max(self.room - 2 - _LEFT - 2 - (self.right + 2 if where else 0), 20)
        lines = wrap(" · ".join(told), middle)
        label = self.context.style(pad(truncate(one_line(left), _LEFT) if self.room else one_line(left), _LEFT), mood or "dim")
        first = f"  {label}  " + (f"{pad(lines[0], middle or 0)}  {self.context.style(where, 'dim')}" if where else lines[0])
        return "\n".join([first, *(" " * (4 + _LEFT) + line for line in lines[1:])])

    def more(self, number: int, command: str) -> str:
        """How many are left out, and how to see them."""
        return " " * (4 + _LEFT) + self.context.style(one_line(f"{number} more: {command}"), "dim")

    def short(self, source: str, text: str, taken: int = 0) -> str:
        """A path as it is told: within the client's folder, without the ending; the folder alone where the text is the title.

        Where that takes too much room the folder goes first, then the end of the name: an
        interaction is known by its date and time.
        """
        path, _, line = source.partition("\0")
        path = one_line(path.removeprefix(self.folder + "/").removesuffix(".md"))
        folder, slash, name = path.rpartition("/")
        tail = f":{line}" if line not in ("", "1") else ""
        if self.room is None:
            return path + tail
        if slash and text.startswith(name):
            return truncate(folder + slash, self.right - taken)
        whole, room = path + tail, self.right - taken
        return whole if width(whole) <= room else truncate(name, room - len(tail)) + tail


def _values(context: CommandContext, found: "Brief", everything: bool) -> "dict[str, TemplateValue]":
    """The brief as plain texts and lists, which is all that a template gets to see."""
    from vaultcrm.cli.formats import deadline, format_due, short_handles

    today, one = context.crm.today, found.summary.client
    most: dict[str, int | None] = {name: None if everything else number for name, number in _SEVERAL.items()}
    left_out: dict[str, TemplateValue] = {
        name: max(len(getattr(found, name)) - number, 0) if not everything else 0 for name, number in _SEVERAL.items()
    }
    source = one.path
    items = [*found.owed_by_me, *found.owed_by_them]
    handles = short_handles(context, items)
    owed: dict[str, list[TemplateValue]] = {"open": [], "waiting": []}
    for item in items:
        days = item.days(today)
        mood = "red" if days is not None and days < 0 else "yellow" if days == 0 else ""
        important = item.priority if item.priority in ("highest", "high") else ""
        extra = f" ({', '.join(filter(None, (important, _again(item.recurrence), 'blocked' if item.is_blocked else '')))})"
        owed[item.status].append({
            "id": handles[item.id], "when": format_due(days), "text": item.text + (extra if extra != " ()" else ""), "mood": mood,
            "since": f"since {item.since}" if item.since else "", "source": _at(item.path, item.line),
        })  # fmt: skip
    projects: list[TemplateValue] = []
    for work in found.projects:
        said, mood = deadline(context, work)
        standing = ", ".join(filter(None, (work.status, work.stage, said if work.deadline else "no deadline")))
        worth = " ".join(filter(None, (work.value, work.currency)))
        projects.append(
            {"name": work.name, "standing": standing, "worth": worth, "mood": mood if mood != "dim" else "", "source": work.path}
        )
    silence, silence_mood = _silence(found)
    return {
        "name": one.name, "quoted": f'"{one.name}"' if " " in one.name else one.name,
        "status": one.status or "", "stage": one.stage or "", "day": f"{today:%a %Y-%m-%d}", "source": source,
        "reach": _reach(context, found), "silence": silence, "silence_mood": silence_mood,
        "people": [
            {"name": p.name, "role": p.role or "", "email": ", ".join(p.email), "phone": ", ".join(p.phone), "source": p.path}
            for p in found.people
        ],
        "projects": projects,
        "owed_by_me": owed["open"], "owed_by_them": owed["waiting"], "late": any(i.due and i.due < today for i in found.owed_by_me),
        "decisions": [
            {"day": str(d.on or ""), "text": d.text, "who": (d.by or "") if d.kind == "note" else "", "source": _at(d.path, d.line)}
            for d in sorted(found.decisions, key=lambda d: d.kind != "note")[: most["decisions"]]
        ],
        "feedback": [{"day": str(p.on or ""), "text": p.text, "source": _at(p.path, p.line)} for p in found.feedback[: most["feedback"]]],
        "preferences": [{"text": p.text, "source": _at(p.path, p.line)} for p in found.preferences[: most["preferences"]]],
        "questions": [
            {"day": str(p.on or ""), "text": p.text, "source": _at(p.path, p.line)} for p in found.questions[: most["questions"]]
        ],
        "talks": [
            {
                "day": f"{t.at:%Y-%m-%d}" if t.at else "no date", "channel": t.channel or "", "people": ", ".join(t.people),
                "summary": t.summary or t.title, "source": t.path,
            }
            for t in found.interactions[: most["talks"]]
        ],
        "problems": [{"message": p.message, "source": _at(p.path, p.line)} for p in found.problems],
        "missing": [*_missing(found)], "left_out": left_out,
    }  # fmt: skip


def _at(path: str, line: int) -> str:
    return f"{path}\0{line}"


def _again(rule: str | None) -> str:
    from vaultcrm.dates.recurrence import describe_rule

    return describe_rule(rule) if rule else ""


def _reach(context: CommandContext, found: "Brief") -> str:
    """How they like to be reached, what time it is there, and what they speak."""
    get = found.summary.client.note.properties.get
    parts = []
    if channel := get("channel"):
        parts.append(f"by {channel}")
    for key in ("email", "phone") if not any(person.email or person.phone for person in found.people) else ():
        value = get(key)
        parts += [value] if isinstance(value, str) else (value or [])[:1]
    zone = get("timezone")
    if isinstance(zone, str) and (there := _time_in(context, zone)):
        parts.append(there)
    if isinstance(language := get("language"), str):
        parts.append(language)
    return ", ".join(parts)


def _time_in(context: CommandContext, zone: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        return f"{context.now.astimezone(ZoneInfo(zone)):%H:%M} there ({zone})"
    except (ValueError, OSError, LookupError):
        return zone


def _silence(found: "Brief") -> tuple[str, str]:
    """How long it has been silent, against what is agreed and what is usual."""
    from vaultcrm.dates.humanize import humanize_days, humanize_duration

    standing = found.summary
    cadence, usual, silent = standing.client.cadence_days, standing.usual_days, standing.silent_days
    if silent is None:
        return "no talk is written down", "yellow"
    parts = [f"last talk {humanize_days(-silent)}, on {standing.last_contact}"]
    if usual:
        parts.append(f"usually every {humanize_duration(usual)}" if usual > 1 else "usually every day")
    if cadence:
        parts.append(f"agreed every {humanize_duration(cadence)}")
    return ", ".join(parts), "red" if standing.is_silent_too_long else ""


def _missing(found: "Brief") -> list[str]:
    """What one would want to know before a call, and nobody wrote down."""
    get = found.summary.client.note.properties.get
    can_be_reached = get("email") or get("phone") or any(p.email or p.phone for p in found.people)
    wanted: dict[str, object] = {
        "who to talk to": found.people, "an e-mail address or phone number": can_be_reached,
        "a project": found.projects, "a next step": [*found.owed_by_me, *found.owed_by_them], "what was agreed": found.decisions,
        "how they like to work": found.preferences, "how often to be in touch": found.summary.client.cadence_days,
    }  # fmt: skip
    no_deadline = [f"the deadline of {project.name}" for project in found.projects if project.deadline is None]
    return [name for name, there in wanted.items() if not there] + no_deadline


@click.command()
@client_argument
@click.option("--since", type=WHEN, help="From this day on.")
@click.option("--only", multiple=True, type=click.Choice((*CHANNELS, *_KINDS)), help="Only these; may be repeated.")
@click.option("--project", shell_complete=complete_project, help="Only what belongs to this project.")
@click.option("--limit", type=click.IntRange(1), help="No more than so many.")
def timeline(client: str, since: str | None, only: tuple[str, ...], project: str | None, limit: int | None) -> None:
    """All that happened with a client, newest first.

    Exits with 1 when there is nothing.

    \b
    Example:
      vaultcrm timeline acme --since "last month" --only call --only decision
    """
    from vaultcrm.actions import brief as actions

    context = current_context()
    events = actions.timeline(context.crm, client, parse_when(since, past=True), only, project)[:limit]
    if context.json:
        context.print_json([{
            "date": (event.at.isoformat() if event.has_time else event.at.date().isoformat()), "kind": event.kind, "text": event.text,
            "project": event.project, "source": {"path": event.path, "line": event.line},
        } for event in events])  # fmt: skip
    elif events:
        rows = [
            [
                Cell(f"{event.at:%Y-%m-%d %H:%M}" if event.has_time else f"{event.at:%Y-%m-%d}", "dim"),
                Cell(event.kind, _STYLES.get(event.kind, "")), Cell(without_links(event.text)), context.source_cell(event.path, event.line),
            ]
            for event in events
        ]  # fmt: skip
        context.print_table([Column(), Column(), Column(1, 30, wraps=True), Column(2, 24)], rows)
    else:
        context.print_info("Nothing is written down about that.")
    if not events:
        click.get_current_context().exit(1)
