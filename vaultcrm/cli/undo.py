"""undo."""

import difflib
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.table import Cell, Column
from vaultcrm.plural import counted

if TYPE_CHECKING:  # the journal is loaded when it is asked for
    from vaultcrm.disk.moves import Move
    from vaultcrm.vault.journal import JournalEntry, JournalWrite


def _of_entry(entry: "JournalEntry") -> dict[str, object]:
    return {**entry._asdict(), "paths": list(entry.paths), "moves": [{"from": one.old, "to": one.new} for one in entry.moves]}


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "replace")


@click.command()
@click.option("--list", "listing", is_flag=True, help="Show what the last commands wrote.")
@click.option("--show", is_flag=True, help="Show what would be taken back, as a diff.")
@click.option("--redo", is_flag=True, help="Do again what was taken back last.")
def undo(listing: bool, show: bool, redo: bool) -> None:
    """Take back what the last command wrote: all of it, or nothing if somebody has changed it since.

    \b
    Example:
      vaultcrm undo --list
      vaultcrm undo
    """
    from vaultcrm.actions import undo as actions
    from vaultcrm.errors import UsageError

    context = current_context()
    if listing + show + redo > 1:
        raise UsageError("Only one of --list, --show and --redo at a time.")
    if listing:
        _list(context, actions.history(context.root))
    elif show:
        _show(context, *actions.last_change(context.root))
    else:
        _tell(context, actions.redo(context.root) if redo else actions.undo(context.root), redo)


def _list(context: CommandContext, entries: "list[JournalEntry]") -> None:
    """The last commands that wrote."""
    if context.wants_json:
        context.out.json([_of_entry(entry) for entry in entries])
    elif entries:
        rows = [
            [
                Cell(entry.at.replace("T", " ")[:16], "dim"),
                Cell(entry.words),
                Cell(counted(len(entry.paths), "file") if entry.paths or not entry.moves else "", "dim"),
                Cell("undone" if entry.state == "undone" else "", "yellow"),
            ]
            for entry in entries
        ]
        for line, entry in zip(context.out.rows([Column(), Column(1, 20), Column(), Column()], rows), entries, strict=True):
            context.out.styled(line)
            for one in entry.moves:
                context.out.line(f"  {one.old} → {one.new}", "dim")
    else:
        context.out.info("No command has written anything yet.")
    context.exit_unless(entries)


def _show(context: CommandContext, moves: "list[Move]", writes: "list[JournalWrite]") -> None:
    """What would be taken back, as a diff."""
    if context.wants_json:
        texts = [{"path": one.path, "now": _text(one.after), "undone": _text(one.before)} for one in writes]
        ways = [{"path": one.new, "now": None, "undone": None, "from": one.new, "to": one.old} for one in reversed(moves)]
        context.out.json(ways + texts)
        return
    for way in reversed(moves):
        context.out.line(f"{way.new} → {way.old}")
    for path, before, after in writes:
        now, then = ((data or b"").decode("utf-8", "replace").splitlines() for data in (after, before))
        names = (f"now/{path}" if after is not None else "(no file)", f"undone/{path}" if before is not None else "(no file)")
        for line in difflib.unified_diff(now, then, names[0], names[1], lineterm=""):
            context.out.line(line, "green" if line.startswith("+") else "red" if line.startswith("-") else "")


def _tell(context: CommandContext, entry: "JournalEntry", is_redo: bool) -> None:
    """What has been taken back, or done again."""
    from vaultcrm.disk.moves import path_before

    context.commit_undo([*entry.paths, *(path for one in entry.moves for path in (one.old, one.new))])
    if context.wants_json:
        context.out.json(_of_entry(entry))
        return
    context.out.info(f"{'Done again' if is_redo else 'Undone'}: vaultcrm {entry.words}")
    for one in entry.moves if is_redo else reversed(entry.moves):
        context.out.line(f"{one.old} → {one.new}" if is_redo else f"{one.new} → {one.old}")
    for path in entry.paths:
        context.out.line(path if is_redo else path_before(path, entry.moves))
