"""Let the user choose a client: with fzf where it is installed, else from a numbered list or by a part of a name."""

import os
import shutil
from collections.abc import Sequence

import click

from vaultcrm.actions import lookup
from vaultcrm.actions.clients import ClientSummary, clients
from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.terminal import one_line
from vaultcrm.errors import NotFound, VaultcrmError
from vaultcrm.links.ownership import ClientRef

_MOST = 9  # clients in the numbered list
_NO_FZF = object()


def choose_client(context: CommandContext, likely: Sequence[ClientRef] = ()) -> ClientRef | None:
    """The client that the user chooses, None for none. The `likely` ones are listed first, then those last talked to."""
    summaries = {summary.client.path: summary for summary in clients(context.crm)}
    if not summaries:
        raise NotFound("There are no clients yet.", 'Press c to make one, or add one with: vaultcrm client add "NAME"')
    first = [client.path for client in likely if client.path in summaries]
    rest = sorted(summaries.values(), key=lambda summary: str(summary.last_contact or ""), reverse=True)
    paths = [*dict.fromkeys([*first, *(summary.client.path for summary in rest)])]
    chosen = _from_fzf([summaries[path] for path in paths])
    if chosen is _NO_FZF:
        return _from_list(context, [summaries[path] for path in paths])
    return ClientRef.at(str(chosen)) if chosen else None


def _from_fzf(summaries: Sequence[ClientSummary]) -> object:
    """The path of the client chosen in fzf, None if the user has left it, _NO_FZF where it can't be used."""
    program = shutil.which("fzf")
    if program is None or os.environ.get("TERM", "dumb") == "dumb":
        return _NO_FZF
    import subprocess  # late: few commands choose

    lines = [f"{number}\t{_label(summary)}" for number, summary in enumerate(summaries)]
    command = [program, "--delimiter=\t", "--with-nth=2..", "--prompt=Client: ", "--height=40%", "--layout=reverse", "--no-multi"]
    try:
        done = subprocess.run(command, input="\n".join(lines).encode(), stdout=subprocess.PIPE, check=False)
    except OSError:
        return _NO_FZF
    number = done.stdout.decode("utf-8", "replace").partition("\t")[0]
    if done.returncode == 0 and number.isdecimal() and int(number) < len(summaries):
        return summaries[int(number)].client.path
    return None if done.returncode in (1, 130) else _NO_FZF  # no match, left; anything else is a fault


def _label(summary: ClientSummary) -> str:
    aliases = f"  ({', '.join(summary.client.aliases)})" if summary.client.aliases else ""
    return one_line(summary.client.name + aliases)


def _from_list(context: CommandContext, summaries: Sequence[ClientSummary]) -> ClientRef | None:
    out = context.out
    shown = summaries[:_MOST]
    for number, summary in enumerate(shown, 1):
        out.warn(f"{number}. {_label(summary)}")
    if len(summaries) > len(shown):
        out.warn(f"… and {len(summaries) - len(shown)} more", "dim")
    while answer := _prompt("Client (a number or a part of the name; Enter to go back)"):
        if answer.isdecimal() and 1 <= int(answer) <= len(shown):
            return ClientRef.at(shown[int(answer) - 1].client.path)
        try:
            return lookup.client(context.crm, answer)
        except VaultcrmError as error:
            out.warn(error.with_hint, "yellow")
    return None


def _prompt(question: str) -> str:
    return str(click.prompt(question, default="", show_default=False, err=True)).strip()
