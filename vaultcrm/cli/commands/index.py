"""index: bring the search index up to date, rebuild it, or verify it."""

import click

from vaultcrm.cli.context import current_context
from vaultcrm.plural import counted


@click.command()
@click.option("--rebuild", is_flag=True, help="Delete the cache and the index, and build them again.")
@click.option("--verify", is_flag=True, help="Read every note again and compare it with the cache.")
def index(rebuild: bool, verify: bool) -> None:
    """Bring the search index up to date. Every search does this by itself.

    Exits with 1 when --verify finds a difference; it is corrected.

    \b
    Example:
      vaultcrm index --verify
    """
    from vaultcrm.actions import index as actions
    from vaultcrm.errors import UsageError

    context = current_context()
    if rebuild and verify:
        raise UsageError("Use either --rebuild or --verify.")
    result = actions.index(context.crm, rebuild, verify, context.out.progress_bar("Indexing the notes"))
    if context.wants_json:
        context.out.json(result._asdict())
    else:
        context.out.line(f"{counted(result.notes, 'note')} indexed, {result.indexed} of them now.")
        for path in result.differing:
            context.out.info(f"{path} was out of date in the cache; updated.", "yellow")
        if verify and not result.differing:
            context.out.info("The cache matches every note.", "green")
    context.exit_unless(not result.differing)
