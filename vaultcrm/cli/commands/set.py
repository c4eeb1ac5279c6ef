"""set: change properties of a note."""

import click

from vaultcrm.cli.context import current_context
from vaultcrm.cli.options import note_argument
from vaultcrm.cli.table import Cell, Column


@click.command("set")
@note_argument
@click.argument("assignments", nargs=-1, metavar="KEY=VALUE…")
@click.option("--remove", multiple=True, metavar="KEY", help="Remove a property; repeatable.")
def set_(note: str, assignments: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Set properties of a note with KEY=VALUE, or add to a list with KEY+=VALUE. Nothing else in the note changes.

    NOTE is a title, part of one, a handle or a path.

    \b
    Example:
      vaultcrm set acme status=active cadence="3 weeks" tags+=retainer
      vaultcrm set "website redesign" deadline="18 dec" --remove value
    """
    from vaultcrm.actions import set_properties as actions
    from vaultcrm.errors import UsageError

    context = current_context()
    parsed = [actions.parse_assignment(text) for text in assignments] + [actions.Assignment(key, None) for key in remove]
    if not parsed:
        raise UsageError("Say what to set.", "For example: vaultcrm set acme status=active")
    result = actions.set_properties(context.crm, note, parsed)
    record = result.record
    if context.wants_json:
        from vaultcrm.actions.as_json import write_json

        context.out.json(write_json(result, note={"path": record.path, "type": record.type, "properties": record.properties}))
        return
    context.out.line(record.path)
    if not result.changed:
        context.out.info("Already set; nothing was changed.")
        return
    keys, properties = dict.fromkeys(assignment.key for assignment in parsed), record.properties
    rows = [[Cell(key, "dim"), Cell(actions.format_value(properties[key]) if key in properties else "(removed)")] for key in keys]
    context.out.table([Column(), Column(1, 20)], rows, indent=2)
