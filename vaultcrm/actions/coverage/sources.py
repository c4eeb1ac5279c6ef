"""Until when each source is complete: mails and calendars as a whole, chats by client."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from vaultcrm.actions.coverage.gap import Gap
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.default_vault import user_settings
from vaultcrm.actions.imports.ledger_days import CUT, days_in, ledger_files, ledger_texts, merged_days
from vaultcrm.catalog.evidence.ledger_days import keep_days, kept_days
from vaultcrm.catalog.evidence.talks import chats_begun
from vaultcrm.dates.humanize import humanize_duration, short_day
from vaultcrm.links.ownership import ClientRef
from vaultcrm.quoting import shell_word

MIN_DAYS = 14  # what is younger is never old
_RHYTHMS = 3  # an import is old after so many times the usual distance between two days of a chat
_FEW = 4  # days of a chat that tell no rhythm
_DAYS_OF_FEW = 28
# How the sources of notes begin, with the kind that imports call them
KIND_BY_SOURCE = {"mail": "mail", "ics": "calendar", "whatsapp": "whatsapp", "slack": "slack", "telegram": "telegram"}
NAMES = {"mail": "Mail", "calendar": "Calendar", "whatsapp": "WhatsApp", "slack": "Slack", "telegram": "Telegram"}
_SHARED = ("mail", "calendar")  # sources that are the same for all clients
# What to give is the user's to know
_COMMANDS = {
    "mail": "vaultcrm import MAILBOX", "calendar": "vaultcrm import CALENDAR.ics", "whatsapp": "vaultcrm import CHAT.zip",
    "slack": "vaultcrm import EXPORT.zip", "telegram": "vaultcrm import result.json",
}  # fmt: skip


class Source(NamedTuple):
    """A kind of source ("mail", "whatsapp"), of one client or of all (None), and the last day that was imported of it."""

    kind: str
    client: str | None
    until: date
    days: int  # since then
    is_old: bool

    def __str__(self) -> str:
        return NAMES[self.kind]

    def words(self, today: date) -> str:
        """As a person would say it: "WhatsApp to 3 Oct (7 weeks old)"."""
        age = f" ({humanize_duration(self.days)} old)" if self.is_old else ""
        return f"{NAMES[self.kind]} to {short_day(self.until, today)}{age}"


def ledger_days(crm: Crm) -> dict[str, date]:
    """What imports have reached, by kind, and where exports were cut. Only what was imported since this was asked last is read again."""
    names = ledger_files(crm)
    if not names:
        return {}
    known = kept_days(crm.catalog)
    new = {name: days_in(text) for name, text in ledger_texts(crm, names - known.keys()).items()}
    if new:
        keep_days(crm.catalog, new)
    return merged_days((known | new).get(name, {}) for name in names)


def shared_sources(until: Mapping[str, date], last_talks: Mapping[str, date], today: date, first: date) -> list[Source]:
    """Mail and calendar. `until` is what imports have reached, by kind; `last_talks` the day of the last note, which says less.

    What ended before `first` isn't in use any more, and left out.
    """
    sources = []
    for kind in _SHARED:
        days = [day for day in (until.get(kind), last_talks.get(kind)) if day is not None]
        if days and (last := min(max(days), today)) >= first:
            age = (today - last).days
            sources.append(Source(kind, None, last, age, age > MIN_DAYS))
    return sources


def chat_sources(days_by_kind: Mapping[str, Iterable[date]], client: str, is_active: bool, today: date, first: date) -> list[Source]:
    """One client's chats. `days_by_kind` are the days on which there was a talk. What ended before `first` is left out.

    A chat that is quiet for longer than its rhythm allows hasn't been exported since, or has ended: both are good to know.
    """
    sources = []
    for kind, days in sorted(days_by_kind.items()):
        ordered = sorted(set(days))
        if kind in _SHARED or kind not in NAMES or not ordered or ordered[-1] < first:
            continue
        age = (today - ordered[-1]).days
        sources.append(Source(kind, client, ordered[-1], age, is_active and age > _most_days(ordered)))
    return sources


def _most_days(days: list[date]) -> int:
    """The age from which a chat with talks on these days is old."""
    gaps = sorted((later - earlier).days for earlier, later in pairwise(days))
    if len(gaps) < _FEW - 1:
        return _DAYS_OF_FEW
    return max(MIN_DAYS, _RHYTHMS * gaps[len(gaps) // 2])


def old_imports(crm: Crm, sources: Iterable[Source]) -> list[Gap]:
    """The sources that are old, as gaps."""
    return [
        Gap(
            "old-import",
            source.client,
            source.until,
            f"{NAMES[source.kind]} is known to {short_day(source.until, crm.today)}, {humanize_duration(source.days)} ago",
            None,
            _command(crm, source),
        )
        for source in sources
        if source.is_old
    ]


def _command(crm: Crm, source: Source) -> str:
    """How to import what is newer: by itself where the settings say from where, else from a file that the user names."""
    if crm.vault.settings.watch or (source.kind == "mail" and user_settings().get("imap")):
        return "vaultcrm import --all"
    return _COMMANDS[source.kind] + (f" --client {shell_word(source.client)}" if source.client and source.kind != "slack" else "")


def cut_exports(crm: Crm, days: Mapping[str, date], first: date) -> Iterator[tuple[ClientRef, Gap]]:
    """The chats of which an export held only the newest messages, with their clients. `days` are those of the ledger.

    It's mended by a chat with older talks, and nobody asks what was said before the day `first`.
    """
    for key, day in sorted(days.items()):
        conversation = key.removeprefix(CUT)
        if key == conversation or day <= first:
            continue
        for owner, begun in chats_begun(crm.catalog, conversation):
            kind = KIND_BY_SOURCE.get(conversation.partition(":")[0], "")
            if begun >= day and kind in NAMES:
                text = f"The export of {NAMES[kind]} begins on {short_day(day, crm.today)}: older messages may be missing"
                yield owner, Gap("cut-export", owner.name, day, text, None, f"{_COMMANDS[kind]} --client {shell_word(owner.name)}")
