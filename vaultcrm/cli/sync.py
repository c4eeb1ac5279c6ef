"""merge-driver: what git calls to merge a note that two devices have changed."""

import click

from vaultcrm.cli.session import session


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
    from vaultcrm.errors import OutsideFailed
    from vaultcrm.git import merge_file
    from vaultcrm.merge import Merged, merge

    on = session()
    try:
        texts = [_bytes(file) for file in (base, ours, theirs)]
        if path.lower().endswith(".md"):
            made = merge(texts[0] or None, texts[1], texts[2])  # git gives an empty file where there is no base
        else:
            data, is_clean = merge_file(texts[1], texts[0], texts[2])
            made = Merged(data, (), is_clean)
        with open(ours, "wb") as file:
            file.write(made.data)
    except (OSError, OutsideFailed) as error:
        on.say(f"{path} cannot be merged: {error}")
        ctx.exit(1)
    if not made.is_clean:
        on.say(f"{path}: both changed {_both(made.keys, made.is_body_clean)}; yours stands.")
        ctx.exit(1)


def _both(keys: tuple[str, ...], is_body_clean: bool) -> str:
    names = [key or "the properties" for key in keys] + ([] if is_body_clean else ["the text"])
    return ", ".join(names)


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
