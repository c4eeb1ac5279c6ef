"""Groups of follow-ups under headings, fitted into a number of lines."""

from collections.abc import Sequence
from typing import NamedTuple

from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.display.pager import paged
from vaultcrm.cli.formats import follow_up_row, short_handles
from vaultcrm.cli.table import Column
from vaultcrm.model.records import FollowUp

# Where space is short, how large a share of it each group gets; any other group gets 1
_WEIGHTS = {"Late": 3, "Today": 3, "They owe you": 2, "They wrote, no answer yet": 2}


class DueGroup(NamedTuple):
    """A heading with its style and its follow-ups, of `total` that there are; `more` says which command lists the others."""

    title: str
    style: str
    items: Sequence[FollowUp]
    total: int
    more: str


def print_groups(context: CommandContext, groups: Sequence[DueGroup], room: int | None, with_client: bool) -> None:
    """Print the groups in at most `room` lines: texts are cut at the end of the line first, then each group after some rows.

    Without a limit, all of it, in the pager if it is longer than the terminal.
    """
    wraps = room is None or all(group.total == len(group.items) for group in groups)
    if wraps and (room is None or sum(len(group.items) for group in groups) <= room):
        text = _text(context, groups, with_client, wraps=True)
        if room is None or text.count("\n") < room:
            with paged(context.out):
                context.out.styled(text)
            return
    assert room is not None
    shares = fit([group.total for group in groups], [_WEIGHTS.get(group.title, 1) for group in groups], room)
    cut = [group._replace(items=group.items[:share]) for group, share in zip(groups, shares, strict=True)]
    context.out.styled(_text(context, cut, with_client, wraps=False))


def fit(totals: Sequence[int], weights: Sequence[int], room: int, count_line: bool = True) -> list[int]:
    """How many rows each group may show, so that all groups take at most `room` lines, if that is enough for the headings.

    A group takes a line for its heading, one between it and the next, and with a `count_line` one that counts what is left
    out. One without a row has its heading only, which counts it.
    """
    space = room - 2 * len(totals) + 1
    if sum(totals) <= space:
        return [*totals]
    shares = [0] * len(totals)
    order = sorted(range(len(totals)), key=lambda i: totals[i] / weights[i])
    remaining = sum(weights)
    for i in order:
        share = space * weights[i] // remaining
        shares[i] = totals[i] if totals[i] <= share else max(share - count_line, 0)
        space -= shares[i] + (count_line and 0 < shares[i] < totals[i])
        remaining -= weights[i]
    return shares


def _text(context: CommandContext, groups: Sequence[DueGroup], with_client: bool, wraps: bool) -> str:
    out = context.out
    items = [item for group in groups for item in group.items]
    handles = short_handles(context, items)
    cells = [follow_up_row(context, item, handles[item.id], with_client) for item in items]
    columns = [Column(), Column(), Column(1, 24, wraps=wraps), Column(2, 17), Column(3, 0), Column()]
    rows = iter(out.rows(columns, cells, indent=2))  # all groups as one table, so that their columns line up
    blocks = []
    for title, style, shown, total, more in groups:
        lines = [out.style(title, style) + out.style(f"  {total}", "dim"), *(next(rows) for _ in shown)]
        if 0 < len(shown) < total:
            lines.append(out.style(f"  … and {total - len(shown)} more {more}", "dim"))
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
