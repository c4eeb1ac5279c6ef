"""Meetings that a calendar told of: those of some days, and those of which nobody has written down what was said."""

from datetime import date, datetime

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.activity import bare_meetings
from vaultcrm.errors import Unreadable
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.page import split_page
from vaultcrm.model.convert import client_link, to_interaction
from vaultcrm.model.records import Interaction


def meetings_without_notes(
    crm: Crm, first: date, last: date, client: ClientRef | None = None, only_over: bool = True
) -> list[Interaction]:  # fmt: skip
    """The meetings of a calendar from the day `first` to `last` that are over, and of which nobody has written anything down.

    Unless `only_over`, also those that have begun. By time, of one client or of all; those whose client isn't known have
    none. The catalogue must be up to date.
    """
    found = []
    for note in bare_meetings(crm.catalog, first, last):
        owner = crm.catalog.owner_of(note.path, client_link(note))
        talk = to_interaction(note, owner.name if owner else None)
        has_come = is_over(talk, crm.now) if only_over else talk.is_past(crm.now)
        if has_come and (client is None or (owner is not None and owner.path == client.path)):
            found.append(talk)
    return found


def is_over(talk: Interaction, now: datetime) -> bool:
    """Whether a meeting has ended, and took place."""
    return talk.is_past(now) and (talk.end is None or talk.end <= now)


def body_of(crm: Crm, path: str) -> str | None:
    """The body of a note as it is now; None if it can't be read."""
    try:
        return split_page(crm.vault.read(path).data).body
    except (FileNotFoundError, Unreadable, UnicodeDecodeError):
        return None
