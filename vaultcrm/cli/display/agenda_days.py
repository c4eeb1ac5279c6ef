"""The days of an agenda as lines: meetings with what to know before each, and what is due below or beside them."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from vaultcrm.actions.agenda import AgendaDay, AgendaMeeting, ToKnow
from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.formats import due_style, follow_up_row, format_due
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import one_line, pad, sanitize, truncate, width
from vaultcrm.dates.humanize import humanize_days, short_day
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.model.handles import handle
from vaultcrm.model.records import FollowUp, Interaction

_BESIDE = 120  # columns from which on what is due stands beside the meetings
_NARROW = 48  # columns: less is too narrow for texts of several lines
_TIME = 13  # columns of the time of a meeting, with the space behind it
_LABELS = {"you_owe": "you owe", "they_owe": "they owe", "question": "question", "last_talk": "last talk"}
# How many lines to show of what to know before each meeting, and how many follow-ups, until it fits the terminal
_DETAIL = ((3, None), (3, 8), (2, 5), (1, 3), (0, 2))


class _Line(NamedTuple):
    """A line as it is printed, and the columns that it takes."""

    styled: str
    columns: int


def agenda_lines(context: CommandContext, days: Sequence[AgendaDay]) -> list[str]:
    """The lines of the days, as much of each as fits the terminal."""
    lines: list[str] = []
    for most_known, most_due in _DETAIL:
        lines = _Screen(context, days, most_known, most_due).lines()
        if context.out.height is None or len(lines) < context.out.height:
            break
    return lines


class _Screen:
    def __init__(self, context: CommandContext, days: Sequence[AgendaDay], most_known: int, most_due: int | None) -> None:
        self.context = context
        self.out = context.out
        self.days = days
        self.most_known = most_known
        self.most_due = most_due
        items = [item for day in days for item in day.due]
        known = [line.id for day in days for meeting in day.meetings for line in meeting.to_know]
        talks = [handle(meeting.talk.path) for day in days for meeting in day.meetings]
        self.handles = _handles(context, [*(item.id for item in items), *known, *talks])
        columns = self.out.columns
        self.is_beside = columns is not None and columns >= _BESIDE
        self.columns = columns * 11 // 20 if columns and self.is_beside else columns
        self.due_columns = columns - columns * 11 // 20 - 3 if columns and self.is_beside else columns

    def lines(self) -> list[str]:
        """All days, with an empty line between two."""
        lines: list[str] = []
        for day in self.days:
            lines += ["", *self._day(day)] if lines else self._day(day)
        return lines

    def _day(self, day: AgendaDay) -> list[str]:
        days = (day.day - self.context.crm.today).days
        near = f" · {humanize_days(days)}" if abs(days) < 2 else ""
        heading = self.out.style(f"{day.day:%A}, {day.day.day} {day.day:%B}{near}", "bold")
        meetings = [line for meeting in day.meetings for line in self._meeting(meeting, day.day)]
        is_beside = self.is_beside and bool(meetings)
        due = self._due(day.due, self.due_columns if is_beside else self.out.columns)
        if not is_beside:
            return [heading, *(line.styled for line in meetings), *([""] if meetings and due else []), *due]
        assert self.columns is not None
        meetings += [_Line("", 0)] * (len(due) - len(meetings))
        due = due + [""] * (len(meetings) - len(due))
        between = "   "
        return [
            heading,
            *(
                (left.styled + " " * (self.columns - left.columns) + between + right).rstrip()
                for left, right in zip(meetings, due, strict=True)
            ),
        ]

    def _meeting(self, meeting: AgendaMeeting, day: date) -> list[_Line]:
        talk, now = meeting.talk, self.context.crm.now
        is_over = talk.at is not None and (talk.end or talk.at) <= now
        is_on = talk.at is not None and talk.at <= now and talk.end is not None and now < talk.end and talk.at.time() != time()
        when, style = _time(talk, day), "green bold" if is_on else "dim" if is_over or talk.is_cancelled else "cyan"
        state = "cancelled" if talk.is_cancelled else "now" if is_on else "no notes yet" if meeting.lacks_notes else ""
        people = ", ".join(talk.people[:3]) + (f" and {len(talk.people) - 3} more" if len(talk.people) > 3 else "")
        more = " · ".join(filter(None, (state, talk.client or "no client", people)))
        title = one_line(without_links(talk.summary if talk.has_summary else talk.title))
        text_style = "dim" if talk.is_cancelled else "bold"
        lines = [self._line(Cell(when, style), Cell(title, text_style), more, handle(talk.path), talk.path)]
        if (where := " · ".join(filter(None, (meeting.place, meeting.link)))) and self.most_known > 1 and not is_over:
            lines.append(self._line(Cell(""), Cell(where, "dim"), "", "", ""))
        return lines + [self._to_know(line) for line in meeting.to_know[: self.most_known]]

    def _to_know(self, line: ToKnow) -> _Line:
        today = self.context.crm.today
        if line.kind in ("you_owe", "they_owe"):
            days = (line.day - today).days if line.day else None
            remark, style = format_due(days), due_style(days)
        else:
            remark, style = short_day(line.day, today) if line.day else "", ""
        label = pad(_LABELS[line.kind], 9)
        text = Cell(f"{remark}: {line.text}" if remark else line.text, style)
        said = one_line(without_links(text.text))
        return self._line(Cell(" " * (_TIME - 2)), text._replace(text=f"{label}  {said}"), "", line.id, line.path)

    def _line(self, lead: Cell, text: Cell, more: str, key: str, path: str) -> _Line:
        """The time, a text, what stands behind it, and at the right the handle."""
        mark = self.handles.get(key, "")
        said, rest = sanitize(text.text).rstrip(), one_line(more)  # a label keeps its spaces
        if self.columns is not None:
            space = max(self.columns - _TIME - (len(mark) + 2 if mark else 0), 8)
            said = truncate(said, space)
            rest = truncate(rest, space - width(said) - 2) if space - width(said) - 2 > 3 else ""
        shown = self.context.note_link(path, self.out.style(said, text.style)) if path else self.out.style(said, text.style)
        styled = self.out.style(pad(lead.text, _TIME - 2), lead.style) + "  " + shown + (f"  {rest}" if rest else "")
        taken = _TIME + width(said) + (2 + width(rest) if rest else 0)
        if not mark:
            return _Line(styled, taken)
        space = max((self.columns or 0) - taken - len(mark), 2)
        return _Line(styled + " " * space + self.out.style(mark, "dim"), taken + space + len(mark))

    def _due(self, items: Sequence[FollowUp], columns: int | None) -> list[str]:
        if not items:
            return []
        shown = items if self.most_due is None else items[: self.most_due]
        rows = [_without_project(follow_up_row(self.context, item, self.handles[item.id], with_client=True), item) for item in shown]
        wraps = self.most_due is None and (columns or 0) >= _NARROW
        table = [Column(), Column(), Column(1, 16, wraps=wraps), Column(2, 8), Column()]
        lines = [self.out.style("Due", "yellow bold") + self.out.style(f"  {len(items)}", "dim")]
        lines += "\n".join(self.out.rows(table, rows, indent=2, width=columns)).split("\n")
        if len(shown) < len(items):
            lines.append(self.out.style(f"  … and {len(items) - len(shown)} more: vaultcrm due", "dim"))
        return lines


def _without_project(row: list[Cell], item: FollowUp) -> list[Cell]:
    """The cells of a follow-up without its project, and with a remark on what they owe."""
    key, when, text, client, _, marks = row
    return [key, when, text._replace(text=f"they owe: {text.text}") if item.status == "waiting" else text, client, marks]


def _handles(context: CommandContext, ids: Sequence[str]) -> dict[str, str]:
    from vaultcrm.catalog.handle_queries import short_handles  # late: as in `formats`

    return short_handles(context.crm.catalog, list(ids))


def _time(talk: Interaction, day: date) -> str:
    """When a meeting takes place on a day: "14:00–15:00", "all day"; "until 15:00" for one that began before."""
    assert talk.at is not None
    midnight = datetime.combine(day, time())
    begins = talk.at if talk.at > midnight else None
    ends = talk.end if talk.end is not None and talk.end < datetime.combine(day, time.max) else None
    if begins is None:
        return f"until {ends:%H:%M}" if ends and ends > midnight else "all day"
    if talk.end is None or talk.end <= talk.at:
        return f"{begins:%H:%M}"
    return f"{begins:%H:%M}–{ends:%H:%M}" if ends else f"from {begins:%H:%M}"
