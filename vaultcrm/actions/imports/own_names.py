"""Who the user probably is in what is to be imported, to be asked once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from vaultcrm.actions.imports.import_run import Source
from vaultcrm.errors import VaultcrmError
from vaultcrm.importers.detect import TALK_KINDS, detect, read
from vaultcrm.importers.message import Message, Party

_MESSAGES = 300  # of each source; a mailbox of years needn't be read for this
_PEOPLE = 5


class OwnNames(NamedTuple):
    """`likely` is the address that takes part in most mails, "" if none does; `people` are those who write in the chats."""

    likely: str
    people: tuple[str, ...]


def find_own_names(sources: Sequence[Source], named_kind: str | None = None, date_order: str | None = None) -> OwnNames | None:
    """Who the user may be; None if nothing in the sources tells of talks. What can't be read is passed over."""
    mails = 0
    addresses: Counter[str] = Counter()
    people: dict[str, None] = {}
    for source in sources:
        for message in _messages(source, named_kind, {"order": date_order} if date_order else {}):
            parties = (message.sender, *message.recipients)
            if message.channel == "email":
                mails += not message.bulk
                addresses.update({party.email.lower() for party in parties if party.email} if not message.bulk else ())
            else:
                people.update(dict.fromkeys(filter(None, map(_shown, parties))))
    if not mails and not people:
        return None
    (likely, number), *_ = addresses.most_common(1) or [("", 0)]
    return OwnNames(likely if number * 2 > mails > 1 else "", tuple(people)[:_PEOPLE])


def _messages(source: Source, named_kind: str | None, options: Mapping[str, object]) -> list[Message]:
    try:
        kinds = [named_kind] if named_kind else detect(source.data, source.name)
        found = (item for kind in kinds if kind in TALK_KINDS for item in islice(read(kind, source.data, source.name, options), _MESSAGES))
        return [item for item in found if isinstance(item, Message)]
    except (VaultcrmError, OSError):
        return []


def _shown(party: Party) -> str:
    return party.name or party.phone or party.account
