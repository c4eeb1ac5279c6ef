"""undo."""

import difflib
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import Session, session
from vaultcrm.cli.table import Cell, Column

if TYPE_CHECKING:  # the journal is loaded when it is asked for
    from vaultcrm.disk.moves import Move
    from vaultcrm.vault.journal import Entry, Write


def _of_entry(entry: "Entry") -> dict[str, object]:
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
    from vaultcrm.errors import WrongUse

    on = session()
    if listing + show + redo > 1:
        raise WrongUse("Only one of --list, --show and --redo at a time.")
    if listing:
        _list(on, actions.history(on.root))
    elif show:
        _show(on, *actions.last_change(on.root))
    else:
        _tell(on, actions.redo(on.root) if redo else actions.undo(on.root), redo)


def _list(on: Session, entries: "list[Entry]") -> None:
    """The last commands that wrote."""
    if on.json:
        on.document([_of_entry(entry) for entry in entries])
    elif entries:
        rows = [
            [
                Cell(entry.at.replace("T", " ")[:16], "dim"),
                Cell(entry.words),
                Cell(f"{len(entry.paths)} file{'s' * (len(entry.paths) != 1)}" if entry.paths or not entry.moves else "", "dim"),
                Cell("undone" if entry.state == "undone" else "", "yellow"),
            ]
            for entry in entries
        ]
        for line, entry in zip(on.rows([Column(), Column(1, 20), Column(), Column()], rows), entries, strict=True):
            on.raw(line)
            for one in entry.moves:
                on.out(f"  {one.old} → {one.new}", "dim")
    else:
        on.say("No command has written anything yet.")
    if not entries:
        click.get_current_context().exit(1)


def _show(on: Session, moves: "list[Move]", writes: "list[Write]") -> None:
    """What would be taken back, as a diff."""
    if on.json:
        texts = [{"path": one.path, "now": _text(one.after), "undone": _text(one.before)} for one in writes]
        ways = [{"path": one.new, "now": None, "undone": None, "from": one.new, "to": one.old} for one in reversed(moves)]
        on.document(ways + texts)
        return
    for way in reversed(moves):
        on.out(f"{way.new} → {way.old}")
    for path, before, after in writes:
        now, then = ((data or b"").decode("utf-8", "replace").splitlines() for data in (after, before))
        names = (f"now/{path}" if after is not None else "(no file)", f"undone/{path}" if before is not None else "(no file)")
        for line in difflib.unified_diff(now, then, names[0], names[1], lineterm=""):
            on.out(line, "green" if line.startswith("+") else "red" if line.startswith("-") else "")


def _tell(on: Session, entry: "Entry", is_redo: bool) -> None:
    """What has been taken back, or done again."""
    from vaultcrm.disk.moves import before

    on.has_written([*entry.paths, *(path for one in entry.moves for path in (one.old, one.new))])
    if on.json:
        on.document(_of_entry(entry))
        return
    on.say(f"{'Done again' if is_redo else 'Undone'}: vaultcrm {entry.words}")
    for one in entry.moves if is_redo else reversed(entry.moves):
        on.out(f"{one.old} → {one.new}" if is_redo else f"{one.new} → {one.old}")
    for path in entry.paths:
        on.out(path if is_redo else before(path, entry.moves))
