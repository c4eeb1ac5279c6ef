"""Evidence against notes: what talks, calendars, imports and projects tell that the vault doesn't hold."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.clients import ClientSummary, clients, format_rhythm
from vaultcrm.actions.coverage import promises, sources
from vaultcrm.actions.coverage.gap import KINDS, Gap, Kind
from vaultcrm.actions.coverage.sources import Source
from vaultcrm.actions.coverage.trust import LOOKED_AT
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.inbox.waiting import waiting_notes
from vaultcrm.actions.meetings import meetings_without_notes
from vaultcrm.actions.unanswered import unanswered
from vaultcrm.catalog.evidence import talks
from vaultcrm.dates.humanize import humanize_duration, short_day
from vaultcrm.errors import InvalidInput
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.wikilinks import link_title
from vaultcrm.model.convert import client_link, to_project
from vaultcrm.model.handles import handle
from vaultcrm.model.records import Project
from vaultcrm.normalize import fold
from vaultcrm.plural import counted
from vaultcrm.quoting import shell_word

_AHEAD = timedelta(60)  # days in which a planned talk ends a silence
_SILENT = 14  # days without a talk that say nothing yet, however often a client usually writes
_HANDLE = 8  # digits of a handle that tell notes apart
_QUIET = 21  # days without a talk after which a project is quiet, unless the client is usually in touch less often


class Coverage(NamedTuple):
    """What is missing since a day, the worst first, and until when each source is complete."""

    since: date
    sources: list[Source]
    gaps: list[Gap]

    def counts(self) -> dict[Kind, int]:
        """How many things of each kind are missing."""
        counts: Counter[Kind] = Counter()
        for gap in self.gaps:
            counts[gap.kind] += gap.number
        return {kind: counts[kind] for kind in KINDS}


def coverage(crm: Crm, client: str | None = None, since: date | None = None) -> Coverage:
    """What is missing in the vault, or of what is known about one client. It writes nothing.

    Raises NotFound, Ambiguous, and InvalidInput for a day ahead.
    """
    if since is not None and since > crm.today:
        raise InvalidInput(f"{since} lies ahead.", 'Give a day in the past, such as: --since "3 months ago"')
    crm.refresh()
    only = lookup.client(crm, client) if client else None
    return _Search(crm, only, since or crm.today - LOOKED_AT).run()


class _Search:
    """One search for what is missing."""

    def __init__(self, crm: Crm, only: ClientRef | None, since: date) -> None:
        self.crm = crm
        self.today = crm.today
        self.only = only
        self.since = since
        summaries = clients(crm)
        self.summaries = {item.client.path: item for item in summaries if only is None or item.client.path == only.path}
        self.talks = list(talks.count_talks(crm.catalog, since, crm.today))
        ahead = talks.count_talks(crm.catalog, crm.today + timedelta(1), crm.today + _AHEAD)
        self.ledger_days = sources.ledger_days(crm)
        self.spoken = promises.spoken(crm, since, only)
        self.meets_soon = {talk.client.path for talk in ahead}

    def run(self) -> Coverage:
        known = self._sources()
        gaps = [
            *sources.old_imports(self.crm, known),
            *self._unanswered(),
            *self._promises(),
            *self._meetings(),
            *self._projects(),
            *self._silences(),
            *self._cut_exports(),
            *self._inbox(),
            *self._summaries(),
        ]
        return Coverage(self.since, known, sorted(gaps, key=lambda gap: KINDS.index(gap.kind)))

    def _is_active(self, path: str) -> bool:
        summary = self.summaries.get(path)
        return summary is not None and summary.client.is_current

    def _may_be_silent(self, path: str) -> bool:
        """Whether silence of a client would be a gap: not if a talk is planned."""
        return self._is_active(path) and path not in self.meets_soon

    # ------------------------------------------------------------------------------- sources

    def _sources(self) -> list[Source]:
        last: dict[str, date] = {}
        chats: dict[ClientRef, dict[str, list[date]]] = {}
        for talk in self.talks:
            if kind := sources.KIND_BY_SOURCE.get(talk.source):
                last[kind] = max(talk.day, last.get(kind, talk.day))
                chats.setdefault(talk.client, {}).setdefault(kind, []).append(talk.day)
        found = sources.shared_sources(self.ledger_days, last, self.today, self.since)
        for owner, days in sorted(chats.items()):
            if owner.path in self.summaries:
                found += sources.chat_sources(days, owner.name, self._is_active(owner.path), self.today, self.since)
        return sorted(found, key=lambda source: (source.client is not None, -source.days if source.is_old else 0))

    # --------------------------------------------------------------------------------- talks

    def _unanswered(self) -> Iterator[Gap]:
        """The messages that wait for an answer. Without a question, a chat waits for none, and neither does
        a mail that promises something, or that answers another."""
        promising = {part.path for part in self.spoken if part.said.kind != "done"}
        for item in unanswered(self.crm, self.only):
            wants_answer, opens_thread, is_mail = talks.waits_for(self.crm.catalog, item.path)
            is_reply = item.direction == "out" and not opens_thread
            if not wants_answer and (item.path in promising or is_reply or not is_mail):
                continue
            person, waits, name = item.person or item.client, humanize_duration(item.days), item.id[:_HANDLE]
            if item.direction == "in":
                text = f"{person} has waited for an answer for {waits}: {item.subject}"
                yield Gap("they-wait", item.client, item.at, text, item.path, f"vaultcrm done {name}")
            else:
                text = f"{person} hasn't answered for {waits}: {item.subject}"
                yield Gap("you-wait", item.client, item.at, text, item.path, f"vaultcrm snooze {name} 1w")

    def _promises(self) -> Iterator[Gap]:
        for item in promises.open_promises(self.crm, self.spoken, self.since):
            said = item.text[:1].upper() + item.text[1:]
            what = said if item.is_mine else f"{item.speaker or item.client.name}: {item.text}"
            due = f" --due {item.due}" if item.due else ""
            command = f"vaultcrm follow-up add {shell_word(item.client.name)} {shell_word(what)}{due}" + (
                "" if item.is_mine else " --waiting"
            )
            who = "You" if item.is_mine else item.speaker or item.client.name
            yield Gap(
                "promise" if item.is_mine else "their-promise", item.client.name, item.day, f"{who}: “{item.text}”", item.path, command
            )

    def _meetings(self) -> Iterator[Gap]:
        """The meetings of which nobody wrote anything, the newest first: of those, most is still remembered.

        A talk that was logged on the same day is the note of the meeting.
        """
        logged = {(talk.client.name, talk.day) for talk in self.talks if talk.source in ("", "transcript")}
        for talk in reversed(meetings_without_notes(self.crm, self.since, self.today, self.only)):
            if talk.client and talk.at and (talk.client, talk.at.date()) not in logged:
                command = f"vaultcrm edit {handle(talk.path)[:_HANDLE]}"
                yield Gap("meeting", talk.client, talk.at.date(), talk.summary or talk.title, talk.path, command)

    def _summaries(self) -> Iterator[Gap]:
        counts: Counter[ClientRef] = Counter()
        for talk in self.talks:
            counts[talk.client] += talk.unsummarised if self._is_active(talk.client.path) else 0
        for owner, number in counts.most_common():
            if number:
                text = f"{counted(number, 'long talk')} without a summary"
                yield Gap("summary", owner.name, None, text, None, f"vaultcrm summarise {shell_word(owner.name)}", number)

    # ------------------------------------------------------------------- clients and projects

    def _silences(self) -> Iterator[Gap]:
        silent = [
            item
            for item in self.summaries.values()
            if item.is_silent_too_long and (item.silent_days or 0) > _SILENT and self._may_be_silent(item.client.path)
        ]
        for item in sorted(silent, key=lambda item: -(item.silent_days or 0)):
            text = f"No talk for {humanize_duration(item.silent_days or 0)} ({format_rhythm(item)})"
            yield Gap(
                "silence", item.client.name, item.last_contact, text, item.client.path, f"vaultcrm log {shell_word(item.client.name)}"
            )

    def _projects(self) -> Iterator[Gap]:
        """The projects without a talk. One that names no project counts for all, unless most of the client's talks name theirs."""
        last: dict[tuple[str, str], date] = {}
        linked: Counter[str] = Counter()
        total: Counter[str] = Counter()
        names = {link: fold(link_title(link) or "") for link in {talk.project for talk in self.talks}}
        for talk in self.talks:
            path, name = talk.client.path, names[talk.project]
            total[path] += talk.number
            linked[path] += talk.number if name else 0
            last[path, name] = max(talk.day, last.get((path, name), talk.day))
        found = []
        for note in self.crm.catalog.notes("project"):
            project = to_project(note, None)
            owner = self.crm.catalog.owner_of(note.path, client_link(note)) if _is_going_on(project, self.today) else None
            if owner is None or not self._may_be_silent(owner.path):
                continue
            days = [last.get((owner.path, fold(project.name))), project.start]
            if 2 * linked[owner.path] < total[owner.path] or not linked[owner.path]:
                days.append(last.get((owner.path, "")))
            since = max((day for day in days if day is not None), default=None)
            if since is not None and (self.today - since).days > max(_QUIET, _most_days(self.summaries[owner.path])):
                found.append((since, project, owner))
        for since, project, owner in sorted(found, key=lambda one: (one[0], one[1].path)):
            text = f"{project.name}: no talk for {humanize_duration((self.today - since).days)}, since {short_day(since, self.today)}"
            command = f"vaultcrm log {shell_word(owner.name)} --project {shell_word(project.name)}"
            yield Gap("project", owner.name, since, text, project.path, command)

    def _cut_exports(self) -> Iterator[Gap]:
        for owner, gap in sources.cut_exports(self.crm, self.ledger_days, self.since):
            if self._is_active(owner.path):
                yield gap

    def _inbox(self) -> Iterator[Gap]:
        number = len(waiting_notes(self.crm.catalog)) if self.only is None else 0
        if number:
            yield Gap("inbox", None, None, f"{counted(number, 'note')} in the inbox", None, "vaultcrm inbox", number)


def _is_going_on(project: Project, today: date) -> bool:
    return project.status in (None, "active") and (project.start is None or project.start <= today)


def _most_days(summary: ClientSummary) -> int:
    """How many days may pass between two talks of a client: as agreed, or twice as many as usual."""
    if summary.client.cadence:
        return summary.client.cadence.days
    return 2 * (summary.usual_days or 0)
