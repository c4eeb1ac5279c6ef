"""sync: the vault committed, merged and shared by git; and what git calls to merge a note."""

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.plural import counted


@click.command()
@click.option("--status", is_flag=True, help="Only say what would be committed, and how far you are from the remote as of the last time.")
@click.option("--no-push", is_flag=True, help="Commit and merge, but give nothing away; without a remote, commit only.")
@click.option("--message", "-m", help="What the commit says; else it is told from what has changed.")
def sync(status: bool, no_push: bool, message: str | None) -> None:
    """Commit everything, merge what others have pushed, and push.

    Notes are merged property by property. Where both sides have changed the same property, yours
    stays, and their whole note is kept beside it as "NAME (conflict DATE COMMIT).md"; then it exits
    with 1. Nothing is ever forced, and nothing is lost.

    \b
    Example:
      vaultcrm sync --status
      vaultcrm sync
    """
    from vaultcrm.errors import UsageError

    context = current_context()
    if status and (no_push or message):
        raise UsageError("With --status nothing is committed, so --no-push and --message mean nothing.")
    if message is not None and not message.strip():
        raise UsageError("The message is empty.", 'Like: -m "Week 47"')
    if status:
        _status(context)
    else:
        _sync(context, not no_push, message)


def _sync(context: CommandContext, push: bool, message: str | None) -> None:
    from vaultcrm.actions.sync import sync as sync_it

    done = sync_it(context.crm, message, push)
    if context.wants_json:
        from vaultcrm.actions.as_json import sync_json

        context.out.json(sync_json(done))
    else:
        for title, lines in (("Committed", done.committed), ("Received", done.received)):
            if lines:
                context.out.line(title, "bold")
                for line in lines:
                    context.out.line(f"  {line}")
        if done.conflicts:
            context.out.line("In conflict", "bold red")
            for conflict in done.conflicts:
                context.out.line(f"  {conflict.path}: {conflict.what}")
                for clash in conflict.clashes:
                    context.out.line(f"    {_clash(clash.key, clash.here, clash.there)}")
                if conflict.copy:
                    context.out.line(f"    theirs is in {conflict.copy}")
        if done.pushed:
            context.out.info(f"Pushed {counted(done.pushed, 'commit')} to {done.remote}.", "green")
        elif not done.committed and not done.received and not done.ahead and not done.behind:
            context.out.info("Everything is in sync." if done.remote else "Everything is committed.", "green")
        if any(conflict.copy for conflict in done.conflicts):
            context.out.info("Yours stands. Take over from their notes what you want: vaultcrm check --fix")
        elif any("conflict copy added" in line or "conflict copies added" in line for line in done.received):
            context.out.info("Conflict copies wait for you: vaultcrm check --fix", "yellow")
    context.exit_unless(not done.conflicts)


def _clash(key: str, here: str | None, there: str | None) -> str:
    if here is None and there is None:
        return f"{key}: changed on both sides"
    return f"{key}: {'removed' if here is None else here} here, {'removed' if there is None else there} there"


def _status(context: CommandContext) -> None:
    from vaultcrm.actions.sync_status import sync_status

    found = sync_status(context.crm)
    if context.wants_json:
        context.out.json(found._asdict())
        return
    context.out.line(
        f"On branch {found.branch or '(none)'}" + (f", shared with {found.remote}." if found.remote else ", shared with no remote.")
    )
    if found.to_commit:
        context.out.line("To commit", "bold")
        for line in found.to_commit:
            context.out.line(f"  {line}")
    else:
        context.out.line("Everything is committed.")
    if found.ahead:
        context.out.line(f"{counted(found.ahead, 'commit')} to push.")
    if found.behind:
        context.out.line(f"{counted(found.behind, 'commit')} to merge, as of the last fetch.")
    for path in found.copies:
        context.out.line(f"Waiting for you: {path}", "yellow")
    if found.unfinished:
        context.out.line(found.unfinished, "red")
        context.out.info(found.way)


# No option of its own, not even --help: an exit with 0 tells git that all is merged, and a file may be called "-h.md".
@click.command("merge-driver", hidden=True, add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("base")
@click.argument("ours")
@click.argument("theirs")
@click.argument("path")
@click.pass_context
def merge_driver(ctx: click.Context, base: str, ours: str, theirs: str, path: str) -> None:
    """Merge a file that both sides changed: git's %O %A %B %P. Exits with 0 when both sides are whole in it, else with 1.

    \b
    Example:
      git config merge.vaultcrm.driver "vaultcrm merge-driver %O %A %B %P"
    """
    from vaultcrm.errors import ExternalError
    from vaultcrm.git.client import merge_file
    from vaultcrm.merge.note import MergedNote, merge_notes

    context = current_context()
    try:
        texts = [_bytes(file) for file in (base, ours, theirs)]
        if path.lower().endswith(".md"):
            made = merge_notes(texts[0] or None, texts[1], texts[2])  # git gives an empty file where there is no base
        else:
            data, is_clean = merge_file(texts[1], texts[0], texts[2])
            made = MergedNote(data, (), is_clean)
        with open(ours, "wb") as file:
            file.write(made.data)
    except (OSError, ExternalError) as error:
        context.out.info(f"{path} cannot be merged: {error}")
        ctx.exit(1)
    if not made.is_clean:
        context.out.info(f"{path}: both changed {_both(made.keys, made.is_body_clean)}; yours stands.")
        ctx.exit(1)


def _both(keys: tuple[str, ...], is_body_clean: bool) -> str:
    names = [key or "the properties" for key in keys] + ([] if is_body_clean else ["the text"])
    return ", ".join(names)


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
