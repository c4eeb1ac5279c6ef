"""merge-driver: the command that Git calls to merge one file. People have no use for it."""

from typing import NoReturn

import click

from vaultcrm.cli.context import current_context


# No options, not even --help: exit code 0 tells Git that everything is merged, and a file may be called "-h.md".
@click.command("merge-driver", hidden=True, add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("base")
@click.argument("ours")
@click.argument("theirs")
@click.argument("path")
@click.pass_context
def merge_driver(ctx: click.Context, base: str, ours: str, theirs: str, path: str) -> None:
    """Merge a file that both sides changed: Git's %O %A %B %P, with the result in OURS.

    Exits with 0 when the merge is clean, else with 1.

    \b
    Example:
      git config merge.vaultcrm.driver "vaultcrm merge-driver %O %A %B %P"
    """
    from vaultcrm.errors import ExternalError
    from vaultcrm.git.client import merge_file
    from vaultcrm.merge.note import MergedNote, merge_notes

    def fail(message: str) -> NoReturn:
        current_context().out.info(message)
        ctx.exit(1)

    try:
        base_bytes, our_bytes, their_bytes = (_read(file) for file in (base, ours, theirs))
        if path.lower().endswith(".md"):
            merged = merge_notes(base_bytes or None, our_bytes, their_bytes)  # Git passes an empty file when there is no base
        else:
            data, is_clean = merge_file(our_bytes, base_bytes, their_bytes)
            merged = MergedNote(data, (), is_clean)
        with open(ours, "wb") as file:
            file.write(merged.data)
    except (OSError, ExternalError) as error:
        fail(f"{path} can't be merged: {error}")
    if not merged.is_clean:
        changed = [key or "the properties" for key in merged.keys] + ([] if merged.is_body_clean else ["the text"])
        fail(f"{path}: both sides changed {', '.join(changed)}; your version was kept.")


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
