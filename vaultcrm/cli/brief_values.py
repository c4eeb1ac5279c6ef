"""The brief as plain texts and lists, which is all that its template gets to see."""

from datetime import date
from typing import TYPE_CHECKING

from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.formats import format_deadline, format_due, format_rhythm, short_handles
from vaultcrm.dates.humanize import humanize_days, humanize_duration
from vaultcrm.model.records import Decision, FollowUp, Interaction, Point, Project

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.brief import Brief
    from vaultcrm.rendering.templates import TemplateValue

_SHOWN = {"decisions": 5, "feedback": 2, "preferences": 4, "questions": 3, "talks": 3}  # what fits on a screen; the rest is counted


def template_values(context: CommandContext, brief: "Brief", everything: bool) -> "dict[str, TemplateValue]":
    """The values of the template brief.txt, by name; with `everything` no list is shortened."""
    today, client = context.crm.today, brief.summary.client
    lists: dict[str, list[TemplateValue]] = {
        "decisions": [_decision(decision) for decision in sorted(brief.decisions, key=lambda decision: decision.kind != "note")],
        "feedback": [_point(point) for point in brief.feedback],
        "preferences": [_point(point) for point in brief.preferences],
        "questions": [_point(point) for point in brief.questions],
        "talks": [_interaction(interaction) for interaction in brief.interactions],
    }
    shown: dict[str, TemplateValue] = {name: values if everything else values[: _SHOWN[name]] for name, values in lists.items()}
    left_out: dict[str, TemplateValue] = {
        name: 0 if everything else max(len(values) - _SHOWN[name], 0) for name, values in lists.items()
    }  # fmt: skip
    handles = short_handles(context, [*brief.owed_by_me, *brief.owed_by_them])
    silence, silence_style = _silence(brief)
    return {
        "name": client.name,
        "quoted": f'"{client.name}"' if " " in client.name else client.name,
        "status": client.status or "",
        "stage": client.stage or "",
        "day": f"{today:%a %Y-%m-%d}",
        "source": _source(client.path),
        "reach": _how_to_reach(context, brief),
        "silence": silence,
        "silence_mood": silence_style,
        "people": [
            {
                "name": person.name,
                "role": person.role or "",
                "email": ", ".join(person.email),
                "phone": ", ".join(person.phone),
                "source": _source(person.path),
            }
            for person in brief.people
        ],
        "projects": [_project(context, project) for project in brief.projects],
        "owed_by_me": [_follow_up(item, handles[item.id], today) for item in brief.owed_by_me],
        "owed_by_them": [_follow_up(item, handles[item.id], today) for item in brief.owed_by_them],
        "late": any(item.day and item.day < today for item in brief.owed_by_me),
        "planned": [_interaction(interaction) for interaction in brief.planned],
        **shown,
        "problems": [{"message": problem.message, "source": _source(problem.path, problem.line)} for problem in brief.problems],
        "missing": [*brief.missing()],
        "left_out": left_out,
    }


def _source(path: str, line: int = 1) -> "dict[str, TemplateValue]":
    return {"path": path, "line": line}


def _follow_up(item: FollowUp, handle: str, today: date) -> "dict[str, TemplateValue]":
    days = item.days(today)
    remarks = [
        item.priority if item.priority in ("highest", "high") else None,
        format_rhythm(item) if item.recurrence else None,
        "blocked" if item.is_blocked else None,
    ]
    remark = ", ".join(filter(None, remarks))
    return {
        "id": handle,
        "when": format_due(days),
        "text": f"{item.text} ({remark})" if remark else item.text,
        "mood": "red" if days is not None and days < 0 else "yellow" if days == 0 else "",
        "since": f"since {item.since}" if item.since else "",
        "source": _source(item.path, item.line),
    }


def _project(context: CommandContext, project: Project) -> "dict[str, TemplateValue]":
    deadline, style = format_deadline(context, project)
    standing = ", ".join(filter(None, (project.status, project.stage, deadline if project.deadline else "no deadline")))
    return {
        "name": project.name,
        "standing": standing,
        "worth": " ".join(filter(None, (project.value, project.currency))),
        "mood": style if style != "dim" else "",
        "source": _source(project.path),
    }


def _decision(decision: Decision) -> "dict[str, TemplateValue]":
    return {
        "day": str(decision.on or ""),
        "text": decision.text,
        "who": (decision.by or "") if decision.kind == "note" else "",
        "source": _source(decision.path, decision.line),
    }


def _point(point: Point) -> "dict[str, TemplateValue]":
    return {"day": str(point.on or ""), "text": point.text, "source": _source(point.path, point.line)}


def _interaction(interaction: Interaction) -> "dict[str, TemplateValue]":
    return {
        "day": f"{interaction.at:%Y-%m-%d}" if interaction.at else "no date",
        "channel": interaction.channel or "",
        "people": ", ".join(interaction.people),
        "summary": interaction.summary or interaction.title,
        "source": _source(interaction.path),
    }


def _how_to_reach(context: CommandContext, brief: "Brief") -> str:
    """The channel they prefer, an address where no person has one, the time there, and their language."""
    get = brief.summary.client.note.properties.get
    parts = []
    if channel := get("channel"):
        parts.append(f"by {channel}")
    for key in ("email", "phone") if not any(person.email or person.phone for person in brief.people) else ():
        value = get(key)
        parts += [value] if isinstance(value, str) else (value or [])[:1]
    zone = get("timezone")
    if isinstance(zone, str) and (time_there := _time_in(context, zone)):
        parts.append(time_there)
    if isinstance(language := get("language"), str):
        parts.append(language)
    return ", ".join(parts)


def _time_in(context: CommandContext, zone: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        return f"{context.now.astimezone(ZoneInfo(zone)):%H:%M} there ({zone})"
    except (ValueError, OSError, LookupError):
        return zone


def _silence(brief: "Brief") -> tuple[str, str]:
    """How long ago the last conversation was, against what is usual and what was agreed; and a style."""
    summary = brief.summary
    cadence, usual, silent = summary.client.cadence, summary.usual_days, summary.silent_days
    if silent is None:
        return "no conversation logged yet", "yellow"
    parts = [f"{humanize_days(-silent)}, on {summary.last_contact}"]
    if usual:
        parts.append(f"usually every {humanize_duration(usual)}" if usual > 1 else "usually every day")
    if cadence:
        parts.append(f"agreed {cadence.as_rhythm()}")
    return ", ".join(parts), "red" if summary.is_silent_too_long else ""
