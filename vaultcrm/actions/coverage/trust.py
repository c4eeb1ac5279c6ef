"""How far a brief can be trusted: until when its sources are complete, and which meetings nobody wrote about."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from vaultcrm.actions.coverage.sources import KIND_BY_SOURCE, Source, chat_sources, ledger_days, shared_sources
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.meetings import meetings_without_notes
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.records import Client, Interaction
from vaultcrm.plural import counted

LOOKED_AT = timedelta(365)  # nobody remembers what was said earlier


class Trust(NamedTuple):
    """What is imported of a client, and until when; and the number of its meetings without a note."""

    sources: list[Source]
    meetings_without_note: int

    @property
    def is_doubtful(self) -> bool:
        """Whether something is known to be missing."""
        return self.meetings_without_note > 0 or any(source.is_old for source in self.sources)

    def words(self, today: date) -> str:
        """One line, such as "Mail to 20 Nov · WhatsApp to 3 Oct (7 weeks old)"; "" if all is well, or nothing was imported."""
        if not self.is_doubtful:
            return ""
        parts = [source.words(today) for source in self.sources]
        if self.meetings_without_note:
            parts.append(f"{counted(self.meetings_without_note, 'meeting')} without a note")
        return " · ".join(parts)


def trust(crm: Crm, client: Client, talks: Sequence[Interaction]) -> Trust:
    """How far what is known of a client can be trusted. `talks` are its talks; the catalogue must be up to date."""
    first = crm.today - LOOKED_AT
    days: dict[str, list[date]] = {}
    logged: set[date] = set()
    has_meetings = False
    for talk in talks:
        prefix = (talk.source or "").partition(":")[0]
        if talk.at is None or talk.at.date() < first:
            continue
        if kind := KIND_BY_SOURCE.get(prefix):
            days.setdefault(kind, []).append(talk.at.date())
            has_meetings |= kind == "calendar"
        elif talk.channel != "note":
            logged.add(talk.at.date())
    bare = meetings_without_notes(crm, first, crm.today, ClientRef.at(client.path)) if has_meetings else []
    last = {kind: max(those) for kind, those in days.items()}
    sources = shared_sources(ledger_days(crm), last, crm.today, first) + chat_sources(
        days, client.name, client.is_current, crm.today, first
    )
    return Trust(sources, sum(talk.at is not None and talk.at.date() not in logged for talk in bare))
