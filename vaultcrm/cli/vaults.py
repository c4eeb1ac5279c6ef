"""init, check, stats, undo."""

import difflib
import shlex

import click

from vaultcrm.cli.session import session
from vaultcrm.cli.text import Cell, Column
from vaultcrm.settings import MARK


@click.command()
@click.argument("folder", metavar="[DIR]", default=".")
@click.option(
    "--obsidian/--no-obsidian", default=None, help="Add views, templates and types for Obsidian, also to a vault that is there; or none."
)
def init(folder: str, obsidian: bool | None) -> None:
    """Make a folder a vault; notes that are in it already stay as they are.

    The first vault becomes your default: commands use it outside of every vault. It is at home in
    Obsidian: views/ shows what is due and who owes it, templates/obsidian/ are forms for new notes.
    What is there already is never overwritten.

    \b
    Example:
      vaultcrm init ~/clients
      vaultcrm init ~/clients --obsidian
    """
    from vaultcrm.actions import vaults

    on = session()
    made = vaults.init(folder, shlex.join(on.words), on.now.isoformat(timespec="seconds"), obsidian)
    is_new = MARK in made.created
    if on.json:
        on.document({"vault": made.root, "created": made.created, "changed": made.changed, "default": made.is_default, "left": made.left})
        return
    on.out(made.root)
    for path in [] if is_new else made.created + made.changed:
        on.out(path)
    for sentence in made.left:
        on.say(sentence, "yellow")
    if made.is_default:
        on.say("It is now your default vault.")
    if is_new:
        on.say('Next: vaultcrm client add "NAME"')
    elif not made.created and not made.changed:
        on.say("Nothing is missing; nothing was changed.")


@click.command()
@click.argument("client", required=False)
def check(client: str | None) -> None:
    """Every problem in the vault, or in a client's notes, with file and line.

    Exits with 1 when there are any.

    \b
    Example:
      vaultcrm check
    """
    from vaultcrm.actions import checks, find

    on = session()
    below = find.client(on.crm, client).folder if client else None
    found = checks.problems(on.crm, below)
    if on.json:
        from vaultcrm.cli.shapes import of_problem

        on.document([of_problem(one) for one in found])
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
    from vaultcrm.actions import vaults
    from vaultcrm.errors import WrongUse

    on = session()
    if listing + show + redo > 1:
        raise WrongUse("Only one of --list, --show and --redo at a time.")
    if listing:
        entries = vaults.history(on.root)
        if on.json:
            on.document([{**entry._asdict(), "paths": list(entry.paths)} for entry in entries])
        elif entries:
            rows = [
                [
                    Cell(entry.at.replace("T", " ")[:16], "dim"),
                    Cell(entry.words),
                    Cell(f"{len(entry.paths)} file{'s' * (len(entry.paths) != 1)}", "dim"),
                    Cell("undone" if entry.state == "undone" else "", "yellow"),
                ]
                for entry in entries
            ]
            on.table([Column(), Column(1, 20), Column(), Column()], rows)
        else:
            on.say("No command has written anything yet.")
        if not entries:
            click.get_current_context().exit(1)
    elif show:
        last = vaults.last_change(on.root)
        if on.json:
            texts = [{"path": path, "now": _text(after), "undone": _text(before)} for path, before, after in last]
            on.document(texts)
            return
        for path, before, after in last:
            now, then = ((data or b"").decode("utf-8", "replace").splitlines() for data in (after, before))
            for line in difflib.unified_diff(
                now, then, f"now/{path}", f"undone/{path}" if before is not None else "(no file)", lineterm=""
            ):
                on.out(line, "green" if line.startswith("+") else "red" if line.startswith("-") else "")
    else:
        entry = vaults.redo(on.root) if redo else vaults.undo(on.root)
        if on.json:
            on.document({**entry._asdict(), "paths": list(entry.paths)})
            return
        on.say(f"{'Done again' if redo else 'Undone'}: vaultcrm {entry.words}")
        for path in entry.paths:
            on.out(path)
