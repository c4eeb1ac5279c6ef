"""check --fix: conflict copies merged with their originals, one at a time."""

import difflib
import sys
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.terminal import one_line

if TYPE_CHECKING:  # loaded when there is something to fix
    from vaultcrm.actions.conflict_copies import CopyPair, MergeProposal

Outcome = dict[str, str]


def merge_copies(context: CommandContext, below: str | None, says_yes: bool) -> tuple[list[Outcome], list[Outcome]]:
    """Offer the merge of each copy with its original; gives those merged, and those left, each with the reason."""
    from vaultcrm.actions import conflict_copies
    from vaultcrm.errors import VaultcrmError

    merged: list[Outcome] = []
    left: list[Outcome] = []
    for pair in conflict_copies.find_pairs(context.crm, below):
        told = {"copy": pair.copy, "original": pair.original}
        try:
            if why := _offer_merge(context, pair, conflict_copies.propose_merge(context.crm, pair), says_yes):
                left.append({**told, "why": why})
            else:
                merged.append(told)
        except VaultcrmError as error:
            context.out.info(f"{error.message} {error.hint}", "yellow")
            left.append({**told, "why": error.message})
    context.crm.invalidate()
    return merged, left


def _offer_merge(context: CommandContext, pair: "CopyPair", one: "MergeProposal", says_yes: bool) -> str:
    """Show what would be merged and ask; gives why it was left, "" when it was merged."""
    from vaultcrm.actions.conflict_copies import accept_merge

    _show(context, pair, one)
    can_ask = sys.stdin.isatty() and sys.stderr.isatty() and not context.wants_json
    taken: list[str] = []
    for differs in one.differences if can_ask and not says_yes else ():
        answer = _ask(f"{differs.key}: keep the original's (o), take the copy's (c), or leave the copy for now (l)?", "ocl")
        if answer == "l":
            return "not now"
        taken += [differs.key] * (answer == "c")
    if says_yes:
        if not one.is_sure:
            context.out.info(f"Left: {_why_not(one)}. Without --yes, in a terminal, you are asked.", "yellow")
            return _why_not(one)
    elif not can_ask:
        context.out.info("Left: nobody is there to ask. With --yes what contradicts nothing is merged.", "yellow")
        return "nobody was asked"
    elif _ask("Merge it into the original, and delete the copy?", "yn") == "n":
        return "not wanted"
    accept_merge(context.crm, one, taken)
    context.out.info("Merged. To take it back: vaultcrm undo", "green")
    return ""


def _why_not(one: "MergeProposal") -> str:
    """Why a merge needs a person."""
    if one.differences:
        return f"the two say different things of {', '.join(differs.key for differs in one.differences)}"
    return "the two have different lines in the same place" if one.pair.is_certain else "it may be a note of its own"


def _show(context: CommandContext, pair: "CopyPair", one: "MergeProposal") -> None:
    from vaultcrm.actions.set_properties import format_value

    if context.wants_json:
        return
    context.out.styled(context.out.style(one_line(pair.copy), "bold"))
    context.out.line(f"  {'is' if pair.is_certain else 'may be'} a copy of {pair.original}, as {pair.program} makes them.")
    for differs in one.differences:
        context.out.line(
            f"  {differs.key}: {format_value(differs.original)} in the original, {format_value(differs.copy)} in the copy", "yellow"
        )
    before, after = (data.decode("utf-8", "replace").splitlines() for data in (one.before, one.after))
    lines = list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
    for line in lines:
        context.out.line(f"  {line}", "green" if line.startswith("+") else "red" if line.startswith("-") else "dim")
    for text in one.duplicated:
        context.out.line(f"  Then this is to be done twice, look at it: {text}", "yellow")
    if not lines and not one.differences:
        context.out.line("  It says nothing that the original does not say.", "dim")


def _ask(question: str, choices: str) -> str:
    return str(click.prompt(question, type=click.Choice(tuple(choices), case_sensitive=False), err=True)).lower()
