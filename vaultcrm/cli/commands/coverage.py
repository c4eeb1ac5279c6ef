"""coverage: what is missing in the vault, and the command that mends it."""

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_client
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.display.due_groups import fit
from vaultcrm.cli.options import WHEN, parse_when
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import one_line, width
from vaultcrm.dates.humanize import short_day

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.coverage.coverage import Coverage
    from vaultcrm.actions.coverage.gap import Gap, Kind

# Each kind of gap with its heading, its style, and how large a share of a screen it gets
_HEADINGS: "dict[Kind, tuple[str, str, int]]" = {
    "old-import": ("Nothing newer imported", "red", 2),
    "they-wait": ("They wait for your answer", "red", 3),
    "promise": ("You promised, and it isn't written down", "red", 3),
    "meeting": ("Meetings without a note", "yellow", 3),
    "you-wait": ("You wait for their answer", "cyan", 2),
    "their-promise": ("They promised, and it isn't written down", "cyan", 2),
    "project": ("Projects without a talk", "yellow", 2),
    "silence": ("Clients silent for longer than usual", "yellow", 2),
    "cut-export": ("Exports that were cut", "", 1),
    "inbox": ("Waiting in the inbox", "", 1),
    "summary": ("Talks without a summary", "", 1),
}
_INDENT = " " * 6  # of the command below a gap
_COLUMNS = [Column(right=True), Column(1, 12), Column(2, 20)]


@click.command()
@click.argument("client", required=False, shell_complete=complete_client)
@click.option("--since", type=WHEN, metavar="DATE", help="Look back to this day  [default: a year ago]")
@click.option("--all", "everything", is_flag=True, help="Show everything, not only what fits on the screen.")
@click.option("--check", is_flag=True, help="Exit with 1 when anything is missing.")
def coverage(client: str | None, since: str | None, everything: bool, check: bool) -> None:
    """Show what is missing, worst first, each with the command that mends it.

    What the vault tells about itself: imports that are old, mails without an answer, promises in talks that nobody wrote down, meetings
    without a note, silent projects and clients.

    \b
    Example:
      vaultcrm coverage
      vaultcrm coverage acme --since "3 months ago"
    """
    from vaultcrm.actions.coverage import coverage as actions
    from vaultcrm.cli.display.pager import paged

    context = current_context()
    found = actions.coverage(context.crm, client, parse_when(since, past=True))
    if context.wants_json:
        from vaultcrm.actions.as_json import coverage_json

        context.out.json(coverage_json(found, context.crm.today))
    elif everything:
        with paged(context.out):
            _print(context, found, None)
    else:
        _print(context, found, context.out.height)
    if not found.gaps and not context.wants_json:
        context.out.info("Nothing is missing, as far as the vault can tell.")
    context.exit_unless(not (check and found.gaps))


def _print(context: CommandContext, found: "Coverage", height: int | None) -> None:
    """Print the gaps by kind, each with its command; in `height` lines as many as fit, and how many there are."""
    out = context.out
    words = [source.words(context.crm.today) for source in found.sources if source.client is None]
    groups = [(kind, gaps) for kind in _HEADINGS if (gaps := [gap for gap in found.gaps if gap.kind == kind])]
    room = height - 1 - (2 if words else 0) if height else None  # without the prompt
    shown, is_airy = _fit(groups, out.columns, room)
    visible = [gap for (_, gaps), number in zip(groups, shown, strict=True) for gap in gaps[:number]]
    today = context.crm.today
    cells = [
        [Cell(short_day(gap.day, today) if gap.day else "", "dim"), _client_cell(gap), Cell(gap.text)] for gap in visible
    ]  # fmt: skip
    rows = iter(out.rows(_COLUMNS, cells, indent=2) if cells else [])  # as one table, so that the columns of all groups line up
    blocks = [out.style(" · ".join(words), "dim")] if words else []
    for (kind, gaps), number in zip(groups, shown, strict=True):
        title, style, _ = _HEADINGS[kind]
        count = f"{number} of {len(gaps)}" if 0 < number < len(gaps) else str(sum(gap.number for gap in gaps))
        lines = [out.style(title, f"{style} bold".strip()) + out.style(f"  {count}", "dim")]
        for gap in gaps[:number]:
            lines += [next(rows), _INDENT + out.style(one_line(gap.command), "dim")]
        blocks.append("\n".join(lines))
    if blocks:
        out.styled(("\n\n" if is_airy else "\n").join(blocks))
    if len(visible) < len(found.gaps):
        out.line("vaultcrm coverage --all shows the rest.", "dim")


def _fit(groups: "list[tuple[Kind, list[Gap]]]", columns: int | None, room: int | None) -> tuple[list[int], bool]:
    """How many gaps of each group fit into `room` lines, and whether there is room for a blank line between the groups.

    A command that is longer than a line goes on below it, where it can be copied as a whole.
    """
    lines = [[1 + (len(_INDENT) + width(gap.command) - 1) // (columns or 9_999) + 1 for gap in gaps] for _, gaps in groups]
    totals = [sum(those) for those in lines]
    if room is None or sum(totals) + 2 * len(groups) - 1 <= room:
        return [len(gaps) for _, gaps in groups], True
    if sum(totals) + len(groups) <= room:
        return [len(gaps) for _, gaps in groups], False
    # `fit` counts a blank line between groups, which are given up here, and the last line says how to see the rest
    shares = fit(totals, [_HEADINGS[kind][2] for kind, _ in groups], room + len(groups) - 2, count_line=False)
    return [bisect_right(list(accumulate(those)), share) for those, share in zip(lines, shares, strict=True)], False


def _client_cell(gap: "Gap") -> Cell:
    return Cell(gap.client, "bold") if gap.client else Cell("no client" if gap.kind == "inbox" else "all clients", "dim")
