"""sync: commit, merge and push the vault with Git."""

from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.plural import counted

if TYPE_CHECKING:  # each command loads what it needs
    from collections.abc import Sequence

    from vaultcrm.actions.sync import SyncResult
    from vaultcrm.actions.sync_status import LeftOut
    from vaultcrm.merge.trees import PropertyConflict

_MOST_LEFT_OUT = 10  # lines


@click.command()
@click.option("--status", is_flag=True, help="Show what would be committed, and how far you are from the remote as of the last fetch.")
@click.option("--no-push", is_flag=True, help="Commit and merge, but don't push; without a remote, only commit.")
@click.option("--message", "-m", help="Commit message  [default: what has changed]")
def sync(status: bool, no_push: bool, message: str | None) -> None:
    """Commit everything, merge what others have pushed, and push.

    Notes are merged property by property. Where both sides changed the same property, your version is
    kept, and their whole note is saved beside it as "NAME (conflict DATE COMMIT).md". Nothing is ever
    forced, and nothing is lost.

    Exits with 1 when there were conflicts, or when notes have lost their client.

    \b
    Example:
      vaultcrm sync --status
      vaultcrm sync
    """
    from vaultcrm.errors import UsageError

    context = current_context()
    if status and (no_push or message):
        raise UsageError("--status commits nothing, so it can't be combined with --no-push or --message.")
    if message is not None and not message.strip():
        raise UsageError("The message is empty.", 'For example: -m "Week 47"')
    if status:
        _print_status(context)
        return
    from vaultcrm.actions import sync as actions

    result = actions.sync(context.crm, message, push=not no_push)
    if context.wants_json:
        from vaultcrm.actions.as_json import sync_json

        context.out.json(sync_json(result))
    else:
        _print_result(context, result)
    context.exit_unless(not result.conflicts and not result.without_client)


def _print_result(context: CommandContext, result: "SyncResult") -> None:
    out = context.out
    for title, lines in (("Committed", result.committed), ("Received", result.received)):
        if lines:
            out.line(title, "bold")
            for line in lines:
                out.line(f"  {line}")
    if result.conflicts:
        out.line("Conflicts", "bold red")
        for conflict in result.conflicts:
            out.line(f"  {conflict.path}: {conflict.what}")
            for clash in conflict.clashes:
                out.line(f"    {_describe(clash)}")
            if conflict.copy:
                out.line(f"    their version: {conflict.copy}")
    if result.without_client:
        out.line("Without a client now", "bold red")
        for path in result.without_client:
            out.line(f"  {path}")
    _print_left_out(context, result.left_out)
    if result.pushed:
        out.info(f"Pushed {counted(result.pushed, 'commit')} to {result.remote}.", "green")
    elif not result.committed and not result.received and not result.ahead and not result.behind:
        out.info("Everything is in sync." if result.remote else "Everything is committed.", "green")
    if result.without_client:
        out.info('Their client was deleted, renamed or moved. Give each its client: vaultcrm set NOTE client="[[CLIENT]]"')
    if any(conflict.copy for conflict in result.conflicts):
        out.info("Your version was kept. Merge what you want from theirs with: vaultcrm check --fix")
    elif any("conflict copy added" in line or "conflict copies added" in line for line in result.received):
        out.info("There are conflict copies to merge: vaultcrm check --fix", "yellow")


def _describe(clash: "PropertyConflict") -> str:
    if clash.here is None and clash.there is None:
        return f"{clash.key}: changed on both sides"
    return f"{clash.key}: {'removed' if clash.here is None else clash.here} here, {'removed' if clash.there is None else clash.there} there"


def _print_status(context: CommandContext) -> None:
    from vaultcrm.actions.sync_status import sync_status

    status = sync_status(context.crm)
    if context.wants_json:
        from vaultcrm.actions.as_json import sync_status_json

        context.out.json(sync_status_json(status))
        return
    context.out.line(f"On branch {status.branch or '(none)'}, {f'remote {status.remote}' if status.remote else 'no remote'}.")
    if status.to_commit:
        context.out.line("To commit", "bold")
        for line in status.to_commit:
            context.out.line(f"  {line}")
    else:
        context.out.line("Everything is committed.")
    if status.ahead and status.remote:
        context.out.line(f"{counted(status.ahead, 'commit')} to push.")
    if status.behind:
        context.out.line(f"{counted(status.behind, 'commit')} to merge, as of the last fetch.")
    for path in status.copies:
        context.out.line(f"Conflict copy to merge: {path}", "yellow")
    _print_left_out(context, status.left_out)
    if status.unfinished:
        context.out.line(status.unfinished, "red")
        context.out.info(status.way)
    elif not status.remote:
        context.out.info("To share it: git remote add origin URL, then: vaultcrm sync")


def _print_left_out(context: CommandContext, notes: "Sequence[LeftOut]") -> None:
    if notes:
        context.out.line("Not in Git, so not synced", "bold yellow")
    for note in notes[:_MOST_LEFT_OUT]:
        context.out.line(f"  {note.path}: {note.why}")
    if len(notes) > _MOST_LEFT_OUT:
        context.out.line(f"  and {len(notes) - _MOST_LEFT_OUT} more")
