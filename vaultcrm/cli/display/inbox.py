"""The inbox on a terminal: the list, one note on a few lines, and what was done in sentences."""

from collections.abc import Sequence

from vaultcrm.actions.crm import WriteResult
from vaultcrm.actions.imports.import_settings import SenderRule
from vaultcrm.actions.imports.routing import IGNORE
from vaultcrm.actions.inbox.filing import Filed
from vaultcrm.actions.inbox.ignoring import Ignored
from vaultcrm.actions.inbox.parked import Parked
from vaultcrm.catalog.handle_queries import short_handles
from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import one_line, truncate, wrap
from vaultcrm.dates.humanize import format_day
from vaultcrm.normalize import fold
from vaultcrm.plural import counted

_WORDS = {"in": "from", "out": "to"}
_MOST_LINES = 4  # of a note's text
_MOST_ROWS = 8  # of other notes that a rule applies to
_COLUMNS = [Column(), Column(), Column(1, 12), Column(2, 20), Column(3, 0)]


def print_parked(context: CommandContext, listed: Sequence[Parked]) -> None:
    """A table: handle, day, who, subject, and why each is there."""
    handles = short_handles(context.crm.catalog, [parked.id for parked in listed])
    is_whole = context.out.columns is None or not any(parked.reason for parked in listed)
    rows = [[Cell(handles[parked.id], "dim"), *_row(parked, is_whole), Cell(parked.reason, "dim")] for parked in listed]
    context.out.table(_COLUMNS, rows)


def print_others(context: CommandContext, others: Sequence[Parked]) -> None:
    """What else a rule applies to: the first few, and how many more."""
    context.out.table(_COLUMNS[1:4], [_row(parked) for parked in others[:_MOST_ROWS]], indent=2)
    if len(others) > _MOST_ROWS:
        context.out.line(f"  … and {len(others) - _MOST_ROWS} more", "dim")


def _row(parked: Parked, whole: bool = False) -> list[Cell]:
    """Day, who, and what about. Unless the texts have to be `whole`, long ones leave room for the reason."""
    day = parked.talk.at.date().isoformat() if parked.talk.at else ""
    who, about = one_line(_who(parked)), one_line(_about(parked))
    return [Cell(day), Cell(who if whole else truncate(who, 28)), Cell(about if whole else truncate(about, 48), "bold")]


def _about(parked: Parked) -> str:
    """The subject; of a chat that is called after who wrote, how it begins."""
    is_name = parked.sender is not None and fold(parked.subject) == fold(parked.sender.name)
    return (parked.note.excerpt if is_name else "") or parked.subject


def _who(parked: Parked) -> str:
    name = parked.sender.name if parked.sender else ", ".join(parked.talk.people[:2])
    return f"to {name}" if name and parked.talk.direction == "out" else name


def print_note(context: CommandContext, parked: Parked, position: str, others: int) -> None:
    """One note on a few lines: when, how, who; the subject; how it begins; why it is in the inbox."""
    out = context.out
    talk = parked.talk
    day = f"{format_day(talk.at.date())} {talk.at:%H:%M}" if talk.at else "no date"
    who = f"{_WORDS.get(talk.direction or '', 'with')} {parked.sender.text}" if parked.sender else ""
    what = talk.channel or parked.note.type or "note"
    out.line()
    width = out.columns or 80
    head = truncate(one_line(f"{day}  {what} {who}"), width - len(position) - 2)
    out.styled(out.style(f"{position}  ", "dim") + out.style(head, "cyan"))
    out.line(truncate(one_line(parked.subject), width), "bold")
    text = wrap(one_line(parked.note.excerpt), width - 2) if parked.note.excerpt not in ("", parked.subject) else []
    for line in [*text[:_MOST_LINES], *(["…"] if len(text) > _MOST_LINES else [])]:
        out.line(f"  {line}")
    why = parked.reason + (f" {counted(others, 'more note')} from there in the inbox." if others else "")
    for line in wrap(one_line(why), width) if why else ():
        out.line(line, "dim")


def filed_lines(result: WriteResult[Filed]) -> list[str]:
    """What was filed, in sentences."""
    filed = result.record
    lines = [f"{filed.person} has the address now."] if filed.person in result.changed else []
    lines += [f"Filed {counted(len(filed.notes), 'note')} with {filed.client.name}."] if filed.notes else []
    return [*lines, *map(rule_line, filed.rules)]


def ignored_lines(ignored: Ignored) -> list[str]:
    """What was left out, in sentences."""
    notes = [path for path in ignored.removed if path.lower().endswith(".md")]
    removed = [f"Removed {counted(len(notes), 'note')} from the inbox. To take it back: vaultcrm undo"] if notes else []
    return [*map(rule_line, ignored.rules), *removed, *(f"{path} stays, because another note links to it." for path in ignored.linked)]


def rule_line(rule: SenderRule) -> str:
    """What a rule does from now on, as a sentence."""
    was = f" Before, it said {rule.was}." if rule.was and rule.was != rule.client else ""
    if rule.client == IGNORE:
        return f"From now on, {rule.sender} is left out (vaultcrm.toml).{was}"
    return f"From now on, {rule.sender} is filed with {rule.client} (vaultcrm.toml).{was}"
