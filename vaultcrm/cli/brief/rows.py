"""A brief as sections of rows: who, what is owed, what was agreed and said."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from vaultcrm.actions.brief.answers import ReceivedFile
from vaultcrm.actions.clients import format_usual
from vaultcrm.cli.brief.screen import Row, Section
from vaultcrm.cli.brief.talk_groups import TalkGroup, group_talks, how_and_with_whom
from vaultcrm.cli.formats import due_style, format_due, format_rhythm
from vaultcrm.cli.table import Cell, Column
from vaultcrm.dates.humanize import humanize_days, short_day
from vaultcrm.markdown.values import as_list, as_text
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.model.handles import handle
from vaultcrm.model.records import Decision, FollowUp, Interaction, Person, Point, Project
from vaultcrm.normalize import fold
from vaultcrm.plural import listed
from vaultcrm.quoting import shell_word

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.brief.brief import Brief
    from vaultcrm.actions.history.last_seen import SinceSeen

_SOON = timedelta(21)  # what is owed later is counted, not listed
_DAY = Column(right=True)


class BriefRows:
    """The rows of one brief on one day.

    `since` is what has changed since an earlier day. `body`, when it is set, gives the whole body of a note
    in place of its excerpt.
    """

    def __init__(
        self, brief: "Brief", now: datetime, since: "SinceSeen | None" = None, body: Callable[[str], str] | None = None
    ) -> None:  # fmt: skip
        self.brief = brief
        self.since = since
        self.client = brief.summary.client
        self.now = now
        self.today = now.date()
        self.body = body
        self.is_whole = body is not None

    def sections(self) -> list[Section]:
        """All sections in the order in which they are shown."""
        brief = self.brief
        late = any(item.day and item.day < self.today for item in brief.owed_by_me)
        return [
            self._people(),
            Section("left", "", self._left()),
            Section("mentions", "", self._mentions()),
            Section("projects", "", [self._project(project) for project in brief.projects], (Column(1),)),
            Section("about", "", self._about()),
            self._since(),
            self._owed("you_owe", "You owe", brief.owed_by_me, "red" if late else ""),
            self._owed("they_owe", "They owe", brief.owed_by_them, "cyan"),
            self._talks("planned", "Planned", brief.planned, "cyan"),
            Section("agreed", "Agreed", [self._decision(decision) for decision in brief.decisions], (_DAY,), usual=5),
            Section("questions", "Open questions", self._points(brief.questions), (_DAY,), "yellow", usual=3),
            self._talks("talks", "Talks", brief.interactions, usual=4),
            Section("preferences", "They prefer", [row._replace(lead=()) for row in self._points(brief.preferences)], usual=4),
            Section("feedback", "Their feedback", self._points(brief.feedback), (_DAY,), usual=3),
            Section("problems", "Problems in their notes", self._problems(), style="yellow", usual=3),
            Section("missing", "Not written down", self._missing(), is_line=True),
        ]

    def standing(self) -> list[str]:
        """Status, stage, channel, language and rate, as far as they are written down."""
        get = self.client.note.properties.get
        channel, language, rate = as_text(get("channel")), as_text(get("language")), as_text(get("rate"))
        money = " ".join(filter(None, (_number(rate), as_text(get("currency"))))) if rate else ""
        return [
            text
            for text in (
                self.client.status,
                self.client.stage,
                f"by {channel}" if channel else "",
                f"rate {money}" if money else "",
                f"language {language}" if language else "",
            )
            if text
        ]

    def day(self, with_time: bool = True) -> str:
        """Today, and the time where the client is."""
        zone = as_text(self.client.note.properties.get("timezone"))
        return f"{self.now:%a} {self._short(self.today)}" + (f", {_time_in(self.now, zone)}" if zone and with_time else "")

    # ------------------------------------------------------------------------------- who

    def silence(self) -> tuple[str, str]:
        """The last conversation, against what is usual and what was agreed, and a style."""
        summary = self.brief.summary
        last = next((talk for talk in self.brief.interactions if talk.at and talk.at.date() == summary.last_contact), None)
        if last is None or summary.silent_days is None or summary.last_contact is None:
            return "No conversation logged yet.", "yellow"
        day = f"{humanize_days(-summary.silent_days)}, on {self._short(summary.last_contact)}"
        text = f"Last talk {day}: {how_and_with_whom(last)}{self._rhythm()}."
        return (f"Silent too long. {text}", "red") if summary.is_silent_too_long else (text, "")

    def _rhythm(self) -> str:
        usual, cadence = self.brief.summary.usual_days, self.client.cadence
        if usual and cadence and cadence.days == usual:
            return f" ({cadence.as_rhythm()}, as agreed)"
        parts = [format_usual(self.brief.summary)] if usual else []
        parts += [f"agreed {cadence.as_rhythm()}"] if cadence else []
        return f" ({', '.join(parts)})" if parts else ""

    def _people(self) -> Section:
        """The people, and then the client's own phone and mail."""
        rows = [self._person(person) for person in self.brief.people if not person.has_left(self.today)]
        get = self.client.note.properties.get
        emails, phones = as_list(get("email")), as_list(get("phone"))
        if emails or phones:
            name = "the office" if self.brief.people else self.client.name
            rows.append(self._reach(name, phones, emails, "", "", self.client.path))
        return Section("people", "", rows, (Column(1), Column(), Column(2, 0)), keeps_last=bool(emails or phones))

    def _person(self, person: Person) -> Row:
        return self._reach(person.name, person.phone, person.email, person.role or "", self._says(person.path), person.path)

    def _reach(self, name: str, phones: Sequence[str], emails: Sequence[str], role: str, says: str, path: str) -> Row:
        first = 99 if self.is_whole else 1
        phone, email = ", ".join(phones[:first]), ", ".join(emails[:first])
        cells = (Cell(name, "bold"), Cell(phone), Cell(email, "dim"))
        return Row(cells, role, says, path, 1, handle(path), must_stay=True)

    def _left(self) -> list[Row]:
        gone = [person for person in self.brief.people if person.has_left(self.today)]
        names = [f"{person.name} ({f'until {self._short(person.until)}' if person.until else person.role})" for person in gone]
        return [Row((), f"No longer there: {listed(names)}", "", gone[0].path, 1, handle(gone[0].path))] if gone else []

    def _mentions(self) -> list[Row]:
        mentions = self.brief.mentions if self.is_whole else self.brief.mentions[:3]
        if not mentions:
            return []
        names = [f"{mention.name} ({self._short(mention.day)})" if mention.day else mention.name for mention in mentions]
        others = len(self.brief.mentions) - len(mentions)
        text = f"Also in talks: {', '.join(names)}" + (f" and {others} more" if others else "")
        command = f"vaultcrm person add {shell_word(self.client.name)} {shell_word(mentions[0].name)}"
        return [Row((), text, f"Keep them: {command}", mentions[0].path, 1, handle(mentions[0].path))]

    def _project(self, project: Project) -> Row:
        parts = [project.status if project.status != "active" else "", project.stage if project.stage != self.client.stage else ""]
        style = ""
        if project.deadline:
            days = (project.deadline - self.today).days
            parts.append(f"deadline {self._short(project.deadline)}, {format_due(days)}")
            style = "red" if days < 0 else "yellow" if days <= 7 else ""
        if project.valid_until:
            parts.append(self._validity(project.valid_until))
        parts.append(" ".join(filter(None, (_number(project.value), project.currency))))
        text = " · ".join(filter(None, parts))
        return Row((Cell(project.name, f"{style} bold".strip()),), text, self._says(project.path), project.path, 1, handle(project.path))

    def _about(self) -> list[Row]:
        text = self._says(self.client.path)
        return [Row((), "", text, self.client.path, 1, handle(self.client.path))] if text else []

    # ---------------------------------------------------------------------- what has changed

    def _since(self) -> Section:
        changes = self.since.changes if self.since else []
        rows = [
            Row((Cell(change.label), self._date(change.day)), without_links(change.text), "", change.path, change.line, change.id)
            for change in changes
        ]
        when = "" if self.since is None or self.since.is_chosen else "you were here on "
        heading = f"Since {when}{self._short(self.since.at.date())}" if self.since else ""
        return Section("since", heading, rows, (Column(), _DAY), "magenta", usual=8)

    # ------------------------------------------------------------------------- what is owed

    def _owed(self, name: str, heading: str, items: Sequence[FollowUp], style: str) -> Section:
        """The section of one side's promises: those of the next weeks, then those without a day; the later ones are counted."""
        near = [item for item in items if item.day and item.day <= self.today + _SOON]
        far = [item for item in items if item.day and item.day > self.today + _SOON]
        undated = [item for item in items if not item.day]
        shown = [*near, *far, *undated] if self.is_whole else [*near, *undated]
        note = ""
        if far and not self.is_whole and far[0].day:
            first = "the first on" if len(far) > 1 else "on"
            note = f"{len(far)} after {self._short(self.today + _SOON)}, {first} {self._short(far[0].day)}"
        return Section(
            name, heading, [self._follow_up(item) for item in shown], (Column(),), style, uncounted=len(items) - len(shown), note=note
        )

    def _follow_up(self, item: FollowUp) -> Row:
        days = item.days(self.today)
        remarks = ", ".join(filter(None, (format_rhythm(item) if item.recurrence else "", "blocked" if item.is_blocked else "")))
        priority = {"highest": " !!", "high": " !"}.get(item.priority or "", "")
        text = without_links(item.text) + priority + (f" ({remarks})" if remarks else "")
        more = [self._answer(item), self._says(item.path) if item.kind == "note" else ""]
        when = humanize_days((item.since - self.today).days) if item.kind == "unanswered" and item.since else format_due(days)
        return Row(
            (Cell(when, due_style(days) or "dim"),), text, self._joined(more), item.path, item.line, item.id,
            must_stay=days is not None and days <= 0,
        )  # fmt: skip

    def _answer(self, item: FollowUp) -> str:
        talk = self.brief.answers.get(item.id)
        if isinstance(talk, ReceivedFile):
            return f"{talk.path.rpartition('/')[2]} came on {self._short(talk.day)}, maybe answered"
        if talk and talk.at:
            verb = "they wrote since" if talk.channel in ("email", "chat", "message") else "talked since"
            return f"{verb}: {self._short(talk.at.date())}, maybe answered"
        is_promise = item.since and item.status == "waiting" and item.kind != "unanswered"
        return f"since {self._short(item.since)}" if is_promise and item.since else ""

    # -------------------------------------------------------------------- what was said

    def _decision(self, decision: Decision) -> Row:
        says = self._says(decision.path) if decision.kind == "note" else ""
        validity = self._validity(decision.valid_until) if decision.valid_until else ""
        return Row(
            (self._date(decision.on),),
            without_links(decision.text),
            self._joined([validity, says]),
            decision.path,
            decision.line,
            decision.id,
        )

    def _points(self, points: Sequence[Point]) -> list[Row]:
        return [Row((self._date(point.on),), without_links(point.text), "", point.path, point.line, point.id) for point in points]

    def _talks(self, name: str, heading: str, talks: Sequence[Interaction], style: str = "", usual: int = 100) -> Section:
        """Talks by threads and series; where everything is shown, one by one."""
        groups = [TalkGroup((talk,)) for talk in talks] if self.is_whole else group_talks(talks, self.brief.excerpts)
        return Section(name, heading, [self._talk(group) for group in groups], (_DAY,), style, usual)

    def _talk(self, group: TalkGroup) -> Row:
        """A talk: its summary, else its title and what its body says; then how, and with whom."""
        talk = group.talk
        said = without_links(talk.summary) if talk.has_summary or not self.is_whole else ""
        if not talk.has_summary and not _is_said(talk.title, said) and not (said and talk.title in talk.people):
            said = f"{talk.title}: {said}" if said else talk.title
        says = self._says(talk.path) if talk.has_summary or self.is_whole else ""
        more = [group.with_whom(self.today), talk.title if self.is_whole and talk.has_summary else "", says]
        day = self._date(talk.at.date() if talk.at else None)
        return Row((day,), group.title(said), self._joined(more), talk.path, 1, handle(talk.path))

    def _problems(self) -> list[Row]:
        return [Row((), problem.message, problem.path, problem.path, problem.line) for problem in self.brief.problems]

    def _missing(self) -> list[Row]:
        missing = self.brief.missing()
        return [Row((), listed(missing))] if missing else []

    # ------------------------------------------------------------------------------ words

    def _short(self, day: date) -> str:
        return short_day(day, self.today)

    def _date(self, day: date | None) -> Cell:
        return Cell(self._short(day) if day else "", "dim")

    def _validity(self, day: date) -> str:
        days = (day - self.today).days
        return f"ran out on {self._short(day)}" if days < 0 else f"valid until {self._short(day)}, {humanize_days(days)}"

    def _says(self, path: str) -> str:
        if self.body is None:
            return without_links(self.brief.excerpts.get(path, ""))
        listed_below = {point.text for point in self.brief.preferences}
        return _readable_lines(self.body(path), listed_below)

    def _joined(self, parts: Sequence[str]) -> str:
        return ("\n" if self.is_whole else " · ").join(filter(None, parts))


def _readable_lines(body: str, skipped: Collection[str]) -> str:
    """The lines of a body without embedded views, list items that are `skipped`, and headings that nothing follows."""
    lines: list[str] = []
    heading = ""
    for line in filter(None, map(str.strip, body.splitlines())):
        if re.match("#+ ", line):
            heading = line.lstrip("# ") + ":"
        elif not line.startswith("![[") and re.sub("^[-*+] ", "", line) not in skipped:
            lines += [heading, without_links(line)] if heading else [without_links(line)]
            heading = ""
    return "\n".join(lines)


def _is_said(title: str, text: str) -> bool:
    """Whether a text has every longer word of a title, so that the title adds nothing."""
    words = {word for word in re.findall(r"\w+", fold(title)) if len(word) > 3}
    return bool(text) and words <= set(re.findall(r"\w+", fold(text)))


def _number(value: str | None) -> str:
    """A whole number with its thousands apart: "9,600"; any other text as it is."""
    return f"{int(value):,}" if value and value.isdecimal() and len(value) < 16 else value or ""


def _time_in(now: datetime, zone: str) -> str:
    from zoneinfo import ZoneInfo  # late: few clients have a time zone

    try:
        return f"{now.astimezone(ZoneInfo(zone)):%H:%M} there"
    except (ValueError, OSError, LookupError):
        return zone
