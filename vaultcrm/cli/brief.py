"""brief: one screen about a client; timeline: all that happened with them."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_project
from vaultcrm.cli.context import Session, session
from vaultcrm.cli.options import WHEN, client_argument, day
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import clean, cut, one_line, pad, width, wrap
from vaultcrm.markdown.wikilinks import unlinked
from vaultcrm.model.schema import CHANNELS

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.brief import Brief
    from vaultcrm.rendering.templates import Plain

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

    on = session()
    found = actions.brief(on.crm, client)
    if on.json:
        on.document(_shape(on, found))
        return
    from vaultcrm.rendering.fill import fill

    layout = _Layout(on, found.standing.client.folder)
    functions: dict[str, Callable[..., str]] = {"title": layout.title, "heading": layout.heading, "line": layout.line, "more": layout.more}
    on.raw(_inert(on, fill(on.crm.vault.root, "brief.txt", _values(on, found, everything), functions).rstrip("\n")))


def _inert(on: Session, text: str) -> str:
    """What a template printed, with colours as the only thing that a terminal would obey."""
    lines = (re.split(r"(\x1b\[[0-9;]{0,12}m)", line) for line in text.split("\n"))
    return "\n".join(
        "".join("" if i % 2 and on.is_plain else part if i % 2 else clean(part) for i, part in enumerate(line)) for line in lines
    )


def _shape(on: Session, found: "Brief") -> dict[str, object]:
    from vaultcrm.actions import as_json

    return {
        "client": as_json.of_standing(found.standing),
        "people": [as_json.of_person(one) for one in found.people],
        "projects": [as_json.of_project(one) for one in found.projects],
        "owed_by_me": [as_json.of_follow_up(one, on.crm.today) for one in found.owed_by_me],
        "owed_by_them": [as_json.of_follow_up(one, on.crm.today) for one in found.owed_by_them],
        "decisions": [as_json.of_decision(one) for one in found.decisions],
        "feedback": [as_json.of_point(one) for one in found.feedback],
        "preferences": [as_json.of_point(one) for one in found.preferences],
        "questions": [as_json.of_point(one) for one in found.questions],
        "talks": [as_json.of_interaction(one) for one in found.talks],
        "problems": [as_json.of_problem(one) for one in found.problems],
        "missing": _missing(found),
    }


class _Layout:
    """What the template prints with: lines of three columns, the last one telling the file."""

    def __init__(self, on: Session, folder: str) -> None:
        self.on = on
        self.folder = folder
        self.room = on.room
        self.right = 0 if self.room is None else max(min(self.room // 4, 40), 18)

    def title(self, name: str, parts: list[str], day: str) -> str:
        left = " · ".join(one_line(part) for part in (name, *parts) if part)
        space = " " * max((self.room or 0) - width(left) - width(day), 2)
        head, _, tail = left.partition(" · ")
        return self.on.style(head, "bold") + self.on.style(f" · {tail}" if tail else "", "") + space + self.on.style(day, "dim")

    def heading(self, text: str, style: str = "") -> str:
        return self.on.style(one_line(text), f"{style} bold".strip())

    def line(self, left: str, parts: list[str], source: str, mood: str = "", handle: str = "") -> str:
        """When, what in as many lines as it takes, the handle to act on it, and the file that says so."""
        told = [one_line(unlinked(part)) for part in parts if part]
        where = " ".join(filter(None, (handle, self.short(source, told[0] if told else "", len(handle) + 1 if handle else 0))))
        middle = None if self.room is None else max(self.room - 2 - _LEFT - 2 - (self.right + 2 if where else 0), 20)
        lines = wrap(" · ".join(told), middle)
        label = self.on.style(pad(cut(one_line(left), _LEFT) if self.room else one_line(left), _LEFT), mood or "dim")
        first = f"  {label}  " + (f"{pad(lines[0], middle or 0)}  {self.on.style(where, 'dim')}" if where else lines[0])
        return "\n".join([first, *(" " * (4 + _LEFT) + line for line in lines[1:])])

    def more(self, number: int, command: str) -> str:
        """How many are left out, and how to see them."""
        return " " * (4 + _LEFT) + self.on.style(one_line(f"{number} more: {command}"), "dim")

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
            return cut(folder + slash, self.right - taken)
        whole, room = path + tail, self.right - taken
        return whole if width(whole) <= room else cut(name, room - len(tail)) + tail


def _values(on: Session, found: "Brief", everything: bool) -> "dict[str, Plain]":
    """The brief as plain texts and lists, which is all that a template gets to see."""
    from vaultcrm.cli.formats import deadline, say_due, short_handles

    today, one = on.crm.today, found.standing.client
    most: dict[str, int | None] = {name: None if everything else number for name, number in _SEVERAL.items()}
    left_out: dict[str, Plain] = {
        name: max(len(getattr(found, name)) - number, 0) if not everything else 0 for name, number in _SEVERAL.items()
    }
    source = one.path
    items = [*found.owed_by_me, *found.owed_by_them]
    handles = short_handles(on, items)
    owed: dict[str, list[Plain]] = {"open": [], "waiting": []}
    for item in items:
        days = item.days(today)
        mood = "red" if days is not None and days < 0 else "yellow" if days == 0 else ""
        important = item.priority if item.priority in ("highest", "high") else ""
        extra = f" ({', '.join(filter(None, (important, _again(item.recurrence), 'blocked' if item.is_blocked else '')))})"
        owed[item.status].append({
            "id": handles[item.id], "when": say_due(days), "text": item.text + (extra if extra != " ()" else ""), "mood": mood,
            "since": f"since {item.since}" if item.since else "", "source": _at(item.path, item.line),
        })  # fmt: skip
    projects: list[Plain] = []
    for work in found.projects:
        said, mood = deadline(on, work)
        standing = ", ".join(filter(None, (work.status, work.stage, said if work.deadline else "no deadline")))
        worth = " ".join(filter(None, (work.value, work.currency)))
        projects.append(
            {"name": work.name, "standing": standing, "worth": worth, "mood": mood if mood != "dim" else "", "source": work.path}
        )
    silence, silence_mood = _silence(found)
    return {
        "name": one.name, "quoted": f'"{one.name}"' if " " in one.name else one.name,
        "status": one.status or "", "stage": one.stage or "", "day": f"{today:%a %Y-%m-%d}", "source": source,
        "reach": _reach(on, found), "silence": silence, "silence_mood": silence_mood,
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
            for t in found.talks[: most["talks"]]
        ],
        "problems": [{"message": p.message, "source": _at(p.path, p.line)} for p in found.problems],
        "missing": [*_missing(found)], "left_out": left_out,
    }  # fmt: skip


def _at(path: str, line: int) -> str:
    return f"{path}\0{line}"


def _again(rule: str | None) -> str:
    from vaultcrm.dates.recurrence import say_rule

    return say_rule(rule) if rule else ""


def _reach(on: Session, found: "Brief") -> str:
    """How they like to be reached, what time it is there, and what they speak."""
    get = found.standing.client.note.properties.get
    parts = []
    if channel := get("channel"):
        parts.append(f"by {channel}")
    for key in ("email", "phone") if not any(person.email or person.phone for person in found.people) else ():
        value = get(key)
        parts += [value] if isinstance(value, str) else (value or [])[:1]
    zone = get("timezone")
    if isinstance(zone, str) and (there := _time_in(on, zone)):
        parts.append(there)
    if isinstance(language := get("language"), str):
        parts.append(language)
    return ", ".join(parts)


def _time_in(on: Session, zone: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        return f"{on.now.astimezone(ZoneInfo(zone)):%H:%M} there ({zone})"
    except (ValueError, OSError, LookupError):
        return zone


def _silence(found: "Brief") -> tuple[str, str]:
    """How long it has been silent, against what is agreed and what is usual."""
    from vaultcrm.dates.humanize import say_days, say_span

    standing = found.standing
    cadence, usual, silent = standing.client.cadence_days, standing.usual_days, standing.silent_days
    if silent is None:
        return "no talk is written down", "yellow"
    parts = [f"last talk {say_days(-silent)}, on {standing.last_contact}"]
    if usual:
        parts.append(f"usually every {say_span(usual)}" if usual > 1 else "usually every day")
    if cadence:
        parts.append(f"agreed every {say_span(cadence)}")
    return ", ".join(parts), "red" if standing.is_silent_too_long else ""


def _missing(found: "Brief") -> list[str]:
    """What one would want to know before a call, and nobody wrote down."""
    get = found.standing.client.note.properties.get
    can_be_reached = get("email") or get("phone") or any(p.email or p.phone for p in found.people)
    wanted: dict[str, object] = {
        "who to talk to": found.people, "an e-mail address or phone number": can_be_reached,
        "a project": found.projects, "a next step": [*found.owed_by_me, *found.owed_by_them], "what was agreed": found.decisions,
        "how they like to work": found.preferences, "how often to be in touch": found.standing.client.cadence_days,
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

    on = session()
    events = actions.timeline(on.crm, client, day(since, past=True), only, project)[:limit]
    if on.json:
        on.document([{
            "date": (event.at.isoformat() if event.has_time else event.at.date().isoformat()), "kind": event.kind, "text": event.text,
            "project": event.project, "source": {"path": event.path, "line": event.line},
        } for event in events])  # fmt: skip
    elif events:
        rows = [
            [
                Cell(f"{event.at:%Y-%m-%d %H:%M}" if event.has_time else f"{event.at:%Y-%m-%d}", "dim"),
                Cell(event.kind, _STYLES.get(event.kind, "")), Cell(unlinked(event.text)), on.source(event.path, event.line),
            ]
            for event in events
        ]  # fmt: skip
        on.table([Column(), Column(), Column(1, 30, wraps=True), Column(2, 24)], rows)
    else:
        on.say("Nothing is written down about that.")
    if not events:
        click.get_current_context().exit(1)
