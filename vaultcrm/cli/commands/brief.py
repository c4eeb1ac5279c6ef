"""brief: one screen about a client."""

import re
from collections.abc import Callable

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.options import client_argument
from vaultcrm.cli.terminal import sanitize


@click.command()
@client_argument
@click.option("--all", "everything", is_flag=True, help="Show all decisions, feedback and conversations, not just the latest.")
def brief(client: str, everything: bool) -> None:
    """Show one screen about a client, to read before you call. Each line names the file it is from.

    \b
    Example:
      vaultcrm brief acme
    """
    from vaultcrm.actions import brief as actions

    context = current_context()
    found = actions.brief(context.crm, client)
    if context.wants_json:
        from vaultcrm.actions.as_json import brief_json

        context.out.json(brief_json(found, context.crm.today))
        return
    from vaultcrm.cli.brief_layout import BriefLayout
    from vaultcrm.cli.brief_values import template_values
    from vaultcrm.rendering.fill import fill_template

    layout = BriefLayout(context.out, found.summary.client.folder)
    functions: dict[str, Callable[..., str]] = {"title": layout.title, "heading": layout.heading, "line": layout.line, "more": layout.more}
    text = fill_template(context.crm.vault.root, "brief.txt", template_values(context, found, everything), functions)
    context.out.styled(_sanitized(context, text.rstrip("\n")))


def _sanitized(context: CommandContext, text: str) -> str:
    """What the template printed, without anything but colours that a terminal would obey. The vault may have a template of its own."""
    lines = (re.split(r"(\x1b\[[0-9;]{0,12}m)", line) for line in text.split("\n"))
    return "\n".join(
        "".join("" if i % 2 and context.out.is_colorless else part if i % 2 else sanitize(part) for i, part in enumerate(line))
        for line in lines
    )
