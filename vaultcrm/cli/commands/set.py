"""set: change properties of a note."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_assignment
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.options import note_argument
from vaultcrm.cli.table import Cell, Column
from vaultcrm.markdown.values import as_text
from vaultcrm.model.records import Note
from vaultcrm.quoting import quoted

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.set_properties import Assignment
    from vaultcrm.catalog.handle_queries import Item


@click.command("set")
@note_argument
@click.argument("assignments", nargs=-1, metavar="KEY=VALUE…", shell_complete=complete_assignment)
@click.option("--remove", multiple=True, metavar="KEY", help="Remove a property; repeatable.")
def set_(note: str, assignments: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Set properties of a note with KEY=VALUE. Nothing else in the note changes.

    KEY+=VALUE adds an item to a list, KEY-=VALUE removes one.

    NOTE is a title, part of one, a handle or a path. The handle of a checkbox line, or of what an
    interaction says is next, sets the status, the due day and the like of that alone.

    \b
    Example:
      vaultcrm set acme status=active cadence="3 weeks" tags+=retainer
      vaultcrm set "website redesign" deadline="18 dec" --remove value
    """
    from vaultcrm.actions import lookup
    from vaultcrm.actions import set_properties as actions
    from vaultcrm.errors import UsageError
    from vaultcrm.model.validate import similar_key

    context = current_context()
    parsed = [actions.parse_assignment(text) for text in assignments] + [actions.Assignment(key, None) for key in remove]
    if not parsed:
        raise UsageError("Say what to set.", "For example: vaultcrm set acme status=active")
    _, item = lookup.place(context.crm, note)
    if item is not None and item.table == "follow_ups":
        _set_item(context, item, parsed)
        return
    result = actions.set_properties(context.crm, note, parsed)
    record = result.record
    for key in dict.fromkeys(assignment.key for assignment in parsed if assignment.value is not None):
        if meant := similar_key(record.type or "", key):
            context.out.warn(
                f"{quoted(key)} is now a property of your own. If you meant {quoted(meant)}, take it back with: vaultcrm undo", "yellow"
            )
    if context.wants_json:
        from vaultcrm.actions.as_json import write_json

        context.out.json(write_json(result, note={"path": record.path, "type": record.type, "properties": record.properties}))
        return
    context.out.line(record.path)
    if not result.changed:
        context.out.info("Already set; nothing was changed.")
        return
    keys = dict.fromkeys(assignment.key for assignment in parsed)
    rows = [[Cell(key, "dim"), Cell(_shown(record, key))] for key in keys]
    context.out.table([Column(), Column(1, 20)], rows, indent=2)


def _set_item(context: CommandContext, item: "Item", assignments: "list[Assignment]") -> None:
    """Set properties of a follow-up that is part of a note, and print it as it is now."""
    from vaultcrm.actions.as_json import follow_up_json, write_json
    from vaultcrm.actions.set_item import set_item

    result = set_item(context.crm, item, assignments)
    follow_up = result.record
    if context.wants_json:
        context.out.json(write_json(result, follow_up=follow_up_json(follow_up, context.crm.today)))
        return
    context.out.line(f"{follow_up.path}:{follow_up.line}")
    if not result.changed:
        context.out.info("Already set; nothing was changed.")
        return
    values = {"text": follow_up.text, "status": follow_up.status, "due": str(follow_up.due or ""), "priority": follow_up.priority or ""}
    context.out.table([Column(), Column(1, 20)], [[Cell(key, "dim"), Cell(value)] for key, value in values.items() if value], indent=2)


def _shown(note: Note, key: str) -> str:
    """The value of a property as it is now; a recurrence also in words."""
    from vaultcrm.actions.set_properties import format_value

    if key not in note.properties:
        return "(removed)"
    text = format_value(note.properties[key])
    if key != "recurrence" or note.type != "follow-up":
        return text
    from vaultcrm.dates.iso import parse_iso_day
    from vaultcrm.dates.recurrence import describe_rule

    return f"{text}  ({describe_rule(text, as_text(note.properties.get('recurrence_anchor')), parse_iso_day(note.properties.get('due')))})"
