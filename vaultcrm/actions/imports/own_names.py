"""Who the user probably is in what is to be imported, to be asked once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from vaultcrm.actions.imports.import_run import Source
from vaultcrm.actions.imports.routing import comparable_keys
from vaultcrm.errors import VaultcrmError
from vaultcrm.importers.detect import TALK_KINDS, detect, read
from vaultcrm.importers.message import Message, Party
from vaultcrm.normalize import fold

_MESSAGES = 300  # of each source; a mailbox of years needn't be read for this
_PEOPLE = 5


class OwnNames(NamedTuple):
    """`likely` are the address that takes part in most mails, and the names in chats that go with it; `people` write in the chats."""

    likely: tuple[str, ...]
    people: tuple[str, ...]


def find_own_names(
    sources: Sequence[Source], named_kind: str | None = None, date_order: str | None = None, known: Sequence[str] = ()
) -> OwnNames | None:
    """Who the user may be; None if nothing tells of talks, or nothing else of the user than what is `known`.

    What can't be read is passed over.
    """
    mails = 0
    addresses: Counter[str] = Counter()
    names = {fold(address.partition("@")[0]) for address in known if "@" in address}
    shown: dict[str, set[str]] = {}
    people: dict[str, None] = {}
    kinds = [kind for kind in TALK_KINDS if kind != "mail" or not any("@" in name for name in known)]
    for source in sources:
        for message in _messages(source, named_kind, kinds, {"order": date_order} if date_order else {}):
            parties = (message.sender, *message.recipients)
            if message.channel != "email":
                people.update(dict.fromkeys(filter(None, map(_shown, parties))))
            elif not message.bulk:
                mails += 1
                addresses.update({party.email.lower() for party in parties if party.email})
                for party in parties:
                    shown.setdefault(party.email.lower(), set()).add(fold(party.name))
    is_known = not comparable_keys(known).isdisjoint(comparable_keys(people))
    if is_known or (known and len(people) < 2):  # else only the other one wrote
        people = {}
    if not mails and not people:
        return None
    (address, number), *_ = addresses.most_common(1) or [("", 0)]
    likely = [address] if number * 2 > mails > 1 else []
    for address in likely:
        names |= {address.partition("@")[0], *shown[address], *(name.partition(" ")[0] for name in shown[address])}
    return OwnNames((*likely, *(name for name in people if fold(name) in names)), tuple(people)[:_PEOPLE])


def _messages(source: Source, named_kind: str | None, wanted: Sequence[str], options: Mapping[str, object]) -> list[Message]:
    try:
        kinds = [named_kind] if named_kind else detect(source.data, source.name)
        found = (item for kind in kinds if kind in wanted for item in islice(read(kind, source.data, source.name, options), _MESSAGES))
        return [item for item in found if isinstance(item, Message)]
    except (VaultcrmError, OSError):
        return []


def _shown(party: Party) -> str:
    return party.name or party.phone or party.account
