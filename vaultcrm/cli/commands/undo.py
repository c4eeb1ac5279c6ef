"""undo: take back what the last command wrote, or redo it."""

import difflib
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.table import Cell, Column

if TYPE_CHECKING:  # the journal is loaded when it is asked for
    from vaultcrm.disk.moves import Move
    from vaultcrm.vault.journal_schema import JournalEntry, JournalWrite


@click.command()
@click.argument("number", metavar="[ID]", type=int, required=False)
@click.option("--list", "list_entries", is_flag=True, help="List what the last commands wrote.")
@click.option("--show", is_flag=True, help="Show what undo would change, as a diff.")
@click.option("--redo", is_flag=True, help="Redo what was undone last.")
def undo(number: int | None, list_entries: bool, show: bool, redo: bool) -> None:
    """Undo the last command that wrote: all of it, or nothing if a file has been changed since.

    With the ID of a command, which --list shows, undo that one.

    \b
    Example:
      vaultcrm undo --list
      vaultcrm undo
      vaultcrm undo 12
    """
    from vaultcrm.actions import undo as actions
    from vaultcrm.errors import UsageError

    context = current_context()
    if list_entries + show + redo > 1:
        raise UsageError("Use only one of --list, --show and --redo.")
    if list_entries and number is not None:
        raise UsageError("--list shows all commands. To see what one of them changed: vaultcrm undo ID --show")
    if list_entries:
        _print_entries(context, actions.history(context.root))
    elif show:
        _print_diff(context, *actions.change(context.root, number))
    else:
        _print_undone(context, (actions.redo if redo else actions.undo)(context.root, number, context.now), redo)


def _print_entries(context: CommandContext, entries: "list[JournalEntry]") -> None:
    if context.wants_json:
        context.out.json([_entry_json(entry) for entry in entries])
    elif entries:
        from vaultcrm.actions.undo import summary

        rows = [
            [
                Cell(str(entry.id), "dim"),
                Cell(entry.at.replace("T", " ")[:16], "dim"),
                Cell(summary(entry)),
                Cell("undone" if entry.state == "undone" else "", "yellow"),
            ]
            for entry in entries
        ]
        for line, entry in zip(context.out.rows([Column(right=True), Column(), Column(1, 20), Column()], rows), entries, strict=True):
            context.out.styled(line)
            for move in entry.moves:
                context.out.line(f"  {move.old} → {move.new}", "dim")
    else:
        context.out.info("No command has written anything yet.")
    context.exit_unless(entries)


def _print_diff(context: CommandContext, moves: "list[Move]", writes: "list[JournalWrite]") -> None:
    if context.wants_json:
        moved = [{"path": move.new, "now": None, "undone": None, "from": move.new, "to": move.old} for move in reversed(moves)]
        written = [
            {"path": write.path, "now": _text(write.after), "undone": _text(write.before), "from": None, "to": None} for write in writes
        ]
        context.out.json(moved + written)
        return
    for move in reversed(moves):
        context.out.line(f"{move.new} → {move.old}")
    for path, before, after in writes:
        now, undone = ((data or b"").decode("utf-8", "replace").splitlines() for data in (after, before))
        names = (f"now/{path}" if after is not None else "(no file)", f"undone/{path}" if before is not None else "(no file)")
        for line in difflib.unified_diff(now, undone, names[0], names[1], lineterm=""):
            context.out.line(line, "green" if line.startswith("+") else "red" if line.startswith("-") else "")


def _print_undone(context: CommandContext, entry: "JournalEntry", is_redo: bool) -> None:
    from vaultcrm.disk.moves import path_before

    context.commit_undo([*entry.paths, *(path for move in entry.moves for path in (move.old, move.new))])
    if context.wants_json:
        context.out.json(_entry_json(entry))
        return
    context.out.info(f"{'Redone' if is_redo else 'Undone'}: vaultcrm {entry.words}")
    for move in entry.moves if is_redo else reversed(entry.moves):
        context.out.line(f"{move.old} → {move.new}" if is_redo else f"{move.new} → {move.old}")
    for path in entry.paths:
        context.out.line(path if is_redo else path_before(path, entry.moves))


def _entry_json(entry: "JournalEntry") -> dict[str, object]:
    from vaultcrm.actions.undo import summary

    return {
        **entry._asdict(),
        "summary": summary(entry),
        "paths": list(entry.paths),
        "moves": [{"from": move.old, "to": move.new} for move in entry.moves],
    }


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "replace")
