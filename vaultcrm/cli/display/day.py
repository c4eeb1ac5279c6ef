"""The day on one screen, which `vaultcrm` alone prints, and the welcome where there is no vault."""

from collections.abc import Sequence
from typing import NamedTuple

from vaultcrm.actions.clients import format_rhythm
from vaultcrm.actions.day import Day, day
from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.display.due_groups import fit
from vaultcrm.cli.formats import follow_up_row, format_ago, short_handles
from vaultcrm.cli.table import Cell, Column
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.model.records import Interaction
from vaultcrm.plural import counted
from vaultcrm.quoting import shell_word

_WELCOME = """\
vaultcrm keeps your clients, conversations and promises in a folder of Markdown files.
There is no vault here yet.

  vaultcrm demo             Take a guided tour through an example vault
  vaultcrm init ~/clients   Make a vault of your own
  vaultcrm --help           List all commands"""


class _Section(NamedTuple):
    """A heading, the rows of a table below it, of `total` that there are, and the command that shows more."""

    title: str
    style: str
    rows: Sequence[Sequence[Cell]]
    total: int
    command: str
    columns: Sequence[Column]
    weight: int = 1


def print_day(context: CommandContext) -> None:
    """Print what matters today, at most a screen of it; outside of any vault, how to get one."""
    out = context.out
    if not context.wants_json and not context.has_vault:
        out.styled(_WELCOME)
        return
    limit = None if context.wants_json else out.height
    found = day(context.crm, limit)
    if context.wants_json:
        from vaultcrm.actions.as_json import day_json

        out.json(day_json(found, context.crm.today))
        return
    sections = [section for section in _sections(context, found) if section.rows]
    now = context.crm.now
    out.line(f"{now:%A}, {now.day} {now:%B %Y}", "bold")
    notices = _notices(found)
    room = limit - 3 - len(notices) if limit else None  # the day, a blank line and the prompt
    totals = [section.total for section in sections]
    shares = totals if room is None else fit(totals, [section.weight for section in sections], room, count_line=False)
    for section, share in zip(sections, shares, strict=True):
        _print_section(context, section, share)
    if not sections:
        out.line()
        out.line(_quiet_day(found))
    if notices:
        out.line()
    for notice in notices:
        out.line(notice, "yellow")


def _notices(found: Day) -> list[str]:
    unread = [f"{counted(found.unread, 'note')} can't be read: vaultcrm check"] if found.unread else []
    return [f"{counted(found.inbox, 'note')} in the inbox: vaultcrm inbox"] * bool(found.inbox) + unread


def _quiet_day(found: Day) -> str:
    if not found.has_clients:
        return 'There are no clients yet. Add one: vaultcrm client add "NAME". Or: vaultcrm import FILE'
    return "Nothing is due today, and nobody has been silent for too long. What comes next: vaultcrm due --within 2w"


def _print_section(context: CommandContext, section: _Section, share: int) -> None:
    out = context.out
    rows = section.rows[:share]
    count = str(section.total) if len(rows) == section.total else f"{len(rows)} of {section.total}"
    out.styled("\n" + out.style(section.title, section.style) + out.style(f"  {count}  {section.command}", "dim"))
    if rows:
        out.table(section.columns, rows, indent=2)


def _sections(context: CommandContext, found: Day) -> list[_Section]:
    owed = [*found.late, *found.today]
    follow_ups = [*owed, *found.waiting, *found.unanswered]
    handles = short_handles(context, follow_ups)
    rows = [follow_up_row(context, item, handles[item.id], with_client=True) for item in follow_ups]
    first, second = len(owed), len(owed) + len(found.waiting)
    is_narrow = context.out.columns is not None and context.out.columns < 60  # too narrow for texts and clients
    columns = [Column(), Column(), Column(1, 16), Column(2, 0 if is_narrow else 12), Column(3, 0), Column()]
    count = found.count_late + found.count_today
    talks = [_talk_row(talk) for talk in found.planned]
    silent = [
        [Cell(item.client.name, "bold"), Cell(format_ago(item.silent_days), "red"), Cell(format_rhythm(item), "dim")]
        for item in found.silent
    ]  # fmt: skip
    style = "red bold" if found.late else "yellow bold"
    rest = f" ({found.all_waiting} in all)" if found.all_waiting > found.count_waiting else ""
    return [
        _Section("Planned", "cyan bold", talks, len(talks), f"vaultcrm brief {_client_of(found.planned)}", _TALK_COLUMNS, 2),
        _Section("You owe", style, rows[:first], count, "vaultcrm due", columns, 3),
        _Section("They owe you", "cyan bold", rows[first:second], found.count_waiting, f"vaultcrm due --waiting{rest}", columns, 2),
        _Section("No answer yet", "yellow bold", rows[second:], len(found.unanswered), "vaultcrm due", columns),
        _Section("Silent too long", "bold", silent, len(silent), "vaultcrm stale", [Column(1, 12), Column(), Column(2, 0)]),
    ]


_TALK_COLUMNS = [Column(), Column(), Column(2, 12), Column(3, 0), Column(1, 16)]


def _client_of(planned: Sequence[Interaction]) -> str:
    """The client of the next talk that has one, for a command."""
    return next((shell_word(talk.client) for talk in planned if talk.client), "CLIENT")


def _talk_row(talk: Interaction) -> list[Cell]:
    time = f"{talk.at:%H:%M}" if talk.at and (talk.at.hour or talk.at.minute) else ""
    return [
        Cell(time, "cyan"),
        Cell(talk.channel or ""),
        Cell(talk.client or "no client", "bold"),
        Cell(", ".join(talk.people), "dim"),
        Cell(without_links(talk.summary or talk.title)),
    ]
