"""check --fix: conflict copies merged into their originals, one at a time."""

import difflib
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.terminal import one_line, wrap_message

if TYPE_CHECKING:  # loaded when there is something to fix
    from vaultcrm.actions.conflict_copies import MergeProposal

Outcome = dict[str, str]  # "copy", "original" and, when it was not merged, "why"
Answers = dict[tuple[str, str, str], str]  # for an original, a property and a copy's value: "o" or "c"


def merge_copies(context: CommandContext, folder: str | None, assume_yes: bool) -> tuple[list[Outcome], list[Outcome]]:
    """Offer to merge each conflict copy; returns those that were merged, and those that were not with the reason."""
    from vaultcrm.actions import conflict_copies
    from vaultcrm.errors import VaultcrmError

    merged: list[Outcome] = []
    left: list[Outcome] = []
    answers: Answers = {}
    for pair in conflict_copies.find_pairs(context.crm, folder):
        outcome = {"copy": pair.copy, "original": pair.original}
        try:
            if reason := _offer_merge(context, conflict_copies.propose_merge(context.crm, pair), assume_yes, answers):
                left.append({**outcome, "why": reason})
            else:
                merged.append(outcome)
        except VaultcrmError as error:
            context.out.info(f"{error.message} {error.hint}", "yellow")
            left.append({**outcome, "why": error.message})
    context.crm.invalidate()
    return merged, left


def _offer_merge(context: CommandContext, proposal: "MergeProposal", assume_yes: bool, answers: Answers) -> str:
    """Show a merge, ask, and make it. Returns why it was not made, "" when it was."""
    from vaultcrm.actions.conflict_copies import accept_merge

    _print_proposal(context, proposal)
    keys_from_copy: list[str] = []
    if assume_yes:
        if not proposal.is_safe:
            context.out.info(f"Not merged: {_why_unsure(proposal)}. Run it without --yes in a terminal to decide.", "yellow")
            return _why_unsure(proposal)
    elif not context.can_ask:
        context.out.info("Not merged: there is no terminal to ask in. Use --yes to merge where nothing contradicts.", "yellow")
        return "nobody was asked"
    else:
        for difference in proposal.differences:
            choice = (proposal.pair.original, difference.key, repr(difference.copy))
            question = f"{difference.key}: keep the original's (o), take the copy's (c), or leave the copy for now (l)?"
            answer = answers.get(choice) or _ask(question, "ocl")
            if answer == "l":
                return "not now"
            answers[choice] = answer
            keys_from_copy += [difference.key] * (answer == "c")
        if not proposal.differences and _ask("Merge it into the original and delete the copy?", "yn") == "n":
            return "not wanted"
    accept_merge(context.crm, proposal, keys_from_copy)
    context.out.info("Merged. To take it back: vaultcrm undo", "green")
    return ""


def _why_unsure(proposal: "MergeProposal") -> str:
    """Why a person has to decide."""
    if proposal.differences:
        return f"the two differ in {', '.join(difference.key for difference in proposal.differences)}"
    return "the two have different lines in the same place" if proposal.pair.is_certain else "it may be a note of its own"


def _print_proposal(context: CommandContext, proposal: "MergeProposal") -> None:
    from vaultcrm.actions.set_properties import format_value

    if context.wants_json:
        return
    out, pair = context.out, proposal.pair
    out.styled(out.style(one_line(pair.copy), "bold"))
    out.line(f"  {'is' if pair.is_certain else 'may be'} a copy of {pair.original}, made by {pair.program}.")
    for difference in proposal.differences:
        original, copy = format_value(difference.original), format_value(difference.copy)
        out.line(f"  {difference.key}: {original} in the original, {copy} in the copy", "yellow")
    before, after = (data.decode("utf-8", "replace").splitlines() for data in (proposal.original_data, proposal.merged_data))
    diff = list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
    for line in diff:
        out.line(f"  {line}", "green" if line.startswith("+") else "red" if line.startswith("-") else "dim")
    for text in proposal.duplicate_tasks:
        out.line(f"  This follow-up would then be there twice: {text}", "yellow")
    if not diff and not proposal.differences:
        out.line("  It adds nothing to the original.", "dim")


def _ask(question: str, choices: str) -> str:
    text = wrap_message(f"{question} [{'/'.join(choices)}]", room=3)  # for ": " and the answer
    return str(click.prompt(text, type=click.Choice(tuple(choices), case_sensitive=False), show_choices=False, err=True)).lower()
