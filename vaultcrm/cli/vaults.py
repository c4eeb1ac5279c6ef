"""init, check, stats, undo."""

import difflib
import os
import shlex
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.session import Session, session
from vaultcrm.cli.text import Cell, Column
from vaultcrm.settings import MARK

if TYPE_CHECKING:  # the journal is loaded when it is asked for
    from vaultcrm.journal import Entry, Write
    from vaultcrm.moves import Move


@click.command()
@click.argument("folder", metavar="[DIR]", default=".")
@click.option(
    "--obsidian/--no-obsidian", default=None, help="Add views, templates and types for Obsidian, also to a vault that is there; or none."
)
@click.option("--git", is_flag=True, help="Make it a git repository too, also a vault that is there.")
def init(folder: str, obsidian: bool | None, git: bool) -> None:
    """Make a folder a vault; notes that are in it already stay as they are.

    The first vault becomes your default: commands use it outside of every vault. It is at home in
    Obsidian: views/ shows what is due and who owes it, templates/obsidian/ are forms for new notes.
    What is there already is never overwritten. With --git it is a git repository as well, which
    merges notes property by property: see vaultcrm sync.

    \b
    Example:
      vaultcrm init ~/clients --git
      vaultcrm init ~/clients --obsidian
    """
    from vaultcrm.actions import vaults
    from vaultcrm.errors import WrongUse

    on = session()
    if on.is_named:  # by --vault, not by the environment
        if folder != "." and os.path.realpath(os.path.expanduser(folder)) != os.path.realpath(os.path.expanduser(on.named or "")):
            raise WrongUse(f"Two folders are named, {on.named!r} and {folder!r}.", "Name the new vault once: vaultcrm init DIR")
        folder = on.named or folder
    made = vaults.init(folder, shlex.join(on.words), on.now.isoformat(timespec="seconds"), obsidian, git)
    is_new = MARK in made.created
    if on.json:
        paths = {"created": made.created, "changed": made.changed}
        on.document({"vault": made.root, **paths, "default": made.is_default, "left": made.left, "git": made.commit if git else None})
        return
    on.out(made.root)
    for path in [] if is_new else made.created + made.changed:
        on.out(path)
    for sentence in made.left:
        on.say(sentence, "yellow")
    if made.is_default:
        on.say("It is now your default vault.")
    if git:
        on.say(f"Committed: {made.commit}" if made.commit else "It is a git repository, and knows how to merge notes.")
        on.say("Next: vaultcrm sync" if made.is_shared else "Share it: git remote add origin URL, then: vaultcrm sync")
    elif is_new:
        on.say('Next: vaultcrm client add "NAME"')
    elif not made.created and not made.changed:
        on.say("Nothing is missing; nothing was changed.")


@click.command()
@click.argument("client", required=False)
@click.option("--fix", is_flag=True, help="Offer to merge each conflict copy with its original, one at a time.")
@click.option("--yes", is_flag=True, help="With --fix: merge without asking what contradicts nothing.")
def check(client: str | None, fix: bool, yes: bool) -> None:
    """Every problem in the vault, or in a client's notes, with file and line.

    Exits with 1 when there are any.

    \b
    Example:
      vaultcrm check
      vaultcrm check --fix
    """
    from vaultcrm.actions import checks, find
    from vaultcrm.errors import WrongUse

    on = session()
    if yes and not fix:
        raise WrongUse("--yes answers the questions of --fix.", "Like: vaultcrm check --fix --yes")
    below = find.client(on.crm, client).folder if client else None
    if fix:
        from vaultcrm.cli.fixing import merge_copies

        merged, left = merge_copies(on, below, yes)
    found = checks.problems(on.crm, below)
    if on.json:
        from vaultcrm.cli.shapes import of_problem

        problems = [of_problem(one) for one in found]
        on.document({"merged": merged, "left": left, "problems": problems} if fix else problems)
    else:
        for one in found:
            on.raw(on.style(f"{_clean(one.path)}:{one.line}:", "bold") + f" {_clean(one.message)} " + on.style(f"[{one.code}]", "dim"))
        on.say(f"{len(found)} problem{'s' * (len(found) != 1)}." if found else "No problems.", "yellow" if found else "green")
    if found:
        click.get_current_context().exit(1)


def _clean(text: str) -> str:
    from vaultcrm.cli.text import one_line

    return one_line(text)


@click.command()
def stats() -> None:
    """How many notes, clients, follow-ups and problems there are.

    \b
    Example:
      vaultcrm stats --json
    """
    from vaultcrm.actions import checks

    on = session()
    counts = checks.stats(on.crm)
    if on.json:
        on.document(counts._asdict())
        return
    rows = []
    for name, count in counts._asdict().items():
        if name == "follow_ups":
            said = ", ".join(f"{number} {status}" for status, number in counts.follow_ups.items() if number)
            rows.append([Cell("follow-ups", "dim"), Cell(str(sum(counts.follow_ups.values()))), Cell(said, "dim")])
        else:
            rows.append([Cell(name, "dim"), Cell(str(count)), Cell("vaultcrm check" if name == "problems" and count else "", "dim")])
    on.table([Column(), Column(right=True), Column(1, 10)], rows)


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
    from vaultcrm.moves import before

    on.has_written([*entry.paths, *(path for one in entry.moves for path in (one.old, one.new))])
    if on.json:
        on.document(_of_entry(entry))
        return
    on.say(f"{'Done again' if is_redo else 'Undone'}: vaultcrm {entry.words}")
    for one in entry.moves if is_redo else reversed(entry.moves):
        on.out(f"{one.old} → {one.new}" if is_redo else f"{one.new} → {one.old}")
    for path in entry.paths:
        on.out(path if is_redo else before(path, entry.moves))
