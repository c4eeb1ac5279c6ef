"""brief: one screen about a client."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, time
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.options import WHEN, as_of_option, client_argument, parse_when, use_vault_as_of
from vaultcrm.cli.terminal import sanitize, truncate, wrap

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.brief.brief import Brief
    from vaultcrm.actions.coverage.trust import Trust
    from vaultcrm.actions.history.last_seen import SinceSeen
    from vaultcrm.cli.brief.screen import Row, Section
    from vaultcrm.rendering.templates import TemplateValue

_MAY_GROW = ("you_owe", "they_owe", "talks")  # whose texts get the lines that a screen has to spare
_PIPED_COLUMNS = 100
_PIPED_LINES = 3  # of one item
_EMPTY = "\x00"  # stands for a part without text, whose line is then left out
_PROMPT = 0.1  # of the terminal's height, for the command and the next prompt
_SEQUENCES = r"(\x1b\[[0-9;]{0,12}m|\x1b\]8;;(?:(?:file|obsidian)://[!-~]*)?\x1b\\)"  # colours and links


@click.command()
@client_argument
@click.option("--all", "everything", is_flag=True, help="Show everything, and whole texts.")
@click.option("--sources", is_flag=True, help="Show the file and line that each line comes from, not its handle.")
@click.option("--since", type=WHEN, metavar="DATE", help="Show what has changed since this day, not since you were last here.")
@as_of_option
def brief(client: str, everything: bool, sources: bool, since: str | None, as_of: str | None) -> None:
    """Show one screen about a client, to read before you call. CLIENT may be a person, who then comes first.

    Each line ends in the handle that show, edit and open take.

    \b
    Example:
      vaultcrm brief acme
      vaultcrm brief acme --since "2 weeks"
    """
    from vaultcrm.actions.brief import brief as actions
    from vaultcrm.actions.coverage.trust import trust
    from vaultcrm.cli.display.pager import paged
    from vaultcrm.errors import UsageError

    context = current_context()
    if since and as_of:
        raise UsageError("Use either --since or --as-of.", "What has changed between two days can't be shown yet.")
    name = use_vault_as_of(as_of, client, may_be_person=True)
    found = actions.brief(context.crm, name)
    changes = None if as_of else _changes(context, found, since)
    doubts = None if as_of else trust(context.crm, found.summary.client, found.interactions)
    if context.wants_json:
        from vaultcrm.actions.as_json import brief_json

        context.out.json(brief_json(found, context.crm.today, changes, doubts))
        return
    with paged(context.out) if everything else nullcontext():
        context.out.styled(_screen(context, found, changes, doubts, client, everything, sources))


def _changes(context: CommandContext, found: "Brief", since: str | None) -> "SinceSeen | None":
    """What has changed since a day, or without one since the user was last here."""
    from vaultcrm.links.ownership import ClientRef

    client, day = ClientRef.at(found.summary.client.path), parse_when(since, past=True)
    if day is None:
        from vaultcrm.actions.history.last_seen import look

        return look(context.crm, client)
    from vaultcrm.actions.history.as_of import changes_since
    from vaultcrm.actions.history.last_seen import SinceSeen

    changes, source = changes_since(context.crm, client, day)
    context.out.info(source if changes else f"Nothing has changed. {source}")
    return SinceSeen(datetime.combine(day, time()), changes, is_chosen=True)


def _screen(
    context: CommandContext, found: "Brief", since: "SinceSeen | None", doubts: "Trust | None", name: str, everything: bool, sources: bool
) -> str:  # fmt: skip
    """The brief as it is printed, by the built-in template or the vault's own."""
    from vaultcrm.actions.brief.brief import whole_body
    from vaultcrm.catalog.handle_queries import short_handles
    from vaultcrm.cli.brief.layout import BriefLayout
    from vaultcrm.cli.brief.rows import BriefRows
    from vaultcrm.cli.brief.screen import Screen, fit_screen
    from vaultcrm.rendering.fill import fill_template

    rows = BriefRows(found, context.now, since, partial(whole_body, context.crm) if everything else None)
    missing = wrap(doubts.words(context.crm.today), context.out.columns or _PIPED_COLUMNS) if doubts and doubts.is_doubtful else []
    sections = rows.sections()
    height = context.out.height
    contact, style = rows.silence()
    contact_lines = wrap(contact, context.out.columns or _PIPED_COLUMNS)
    if everything:
        screen = Screen({section.name: len(section.rows) for section in sections}, is_airy=True)
    else:
        screen = fit_screen(sections, None if height is None else round(height * (1 - _PROMPT)) - 1 - len(contact_lines) - len(missing))
    shown = [row for section in sections for row in section.visible(screen.shown[section.name])]
    handles = None if sources else short_handles(context.crm.catalog, [row.id for row in shown if row.id])
    layout = BriefLayout(context, context.out.columns or _PIPED_COLUMNS, None if everything else 1 if height else _PIPED_LINES, handles)
    layout.spare = screen.spare
    by_weight = sorted(sections, key=lambda section: section.name not in _MAY_GROW)
    parts = {section.name: layout.section(section, screen) for section in by_weight}
    parts["head"] = layout.title(rows.client.name, rows.standing(), rows.day(with_time=not context.is_past))
    parts["contact"] = context.out.style("\n".join(contact_lines), style)
    parts["trust"] = context.out.style("\n".join(missing), "yellow") if missing else ""
    left_out = _left_out(sections, screen.shown, name)  # holds a command, so it isn't wrapped
    parts["left_out"] = context.out.style(truncate(left_out, layout.columns) if height else left_out, "dim")
    apart = {"left_out", *(section.name for section in sections if section.heading)} if screen.is_airy else set()
    values: dict[str, TemplateValue] = {part: ("\n" * (part in apart) + text) if text else _EMPTY for part, text in parts.items()}
    values["rows"] = {section.name: [_row_values(row) for row in section.rows] for section in sections}
    functions: dict[str, Callable[..., str]] = {"title": layout.title, "heading": layout.heading, "line": layout.line}
    text = fill_template(context.crm.vault.root, "brief.txt", values, functions)
    return _sanitized(context, "\n".join(line for line in text.rstrip("\n").split("\n") if line != _EMPTY))


def _left_out(sections: "list[Section]", shown: dict[str, int], name: str) -> str:
    """What is left out where no heading counts it, and the command that shows everything; "" if nothing is left out."""
    from vaultcrm.cli.brief.screen import is_cut

    if not is_cut(sections, shown):
        return ""
    hidden = {
        section.name: len(section.rows) - shown[section.name] for section in sections if not (section.heading and shown[section.name])
    }
    counts = [f"{name.replace('_', ' ')} ({number})" for name, number in hidden.items() if number and name not in ("about", "missing")]
    return f"vaultcrm brief {quote(name)} --all shows the rest" + (f": {', '.join(counts)}" if counts else "")


def _row_values(row: "Row") -> "dict[str, TemplateValue]":
    source: dict[str, TemplateValue] = {"path": row.path, "line": row.line}
    return {"label": " ".join(cell.text for cell in row.lead), "text": row.text, "more": row.more, "id": row.id, "source": source}


def _sanitized(context: CommandContext, text: str) -> str:
    """What the template printed, with nothing but colours and links for a terminal to obey: a vault may have a template of its own."""
    lines = (re.split(_SEQUENCES, line) for line in text.split("\n"))
    return "\n".join(
        "".join("" if i % 2 and context.out.is_colorless else part if i % 2 else sanitize(part) for i, part in enumerate(line))
        for line in lines
    )
