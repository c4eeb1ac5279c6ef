"""Leave out a sender for good: a rule for later imports, and the sender's notes out of the inbox."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.imports.import_settings import SenderRule, keep_rule
from vaultcrm.actions.imports.routing import IGNORE
from vaultcrm.actions.inbox.parked import InboxResolver, Parked, files_of_notes, files_of_only, parked_notes
from vaultcrm.catalog.link_queries import backlinks, notes_that_may_link_to
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Unreadable
from vaultcrm.normalize import fold


class Ignored(NamedTuple):
    """What was done: the rules, the paths of the notes and files that were removed, and of notes that stay because others link to them."""

    rules: tuple[SenderRule, ...]
    removed: list[str]
    linked: list[str]


def ignore_senders(crm: Crm, senders: Sequence[str], notes: Sequence[Parked]) -> WriteResult[Ignored]:
    """Keep rules that leave out what some senders write, and remove these notes, with the files that only they link to.

    A note to which another one links stays: somebody has made use of it. `undo` brings everything back.
    """
    with crm.writing() as writer:
        waiting = {parked.path for parked in parked_notes(crm)}
        paths = [parked.path for parked in notes if parked.path in waiting]
        linked = [path for path in paths if any(link.path not in paths for link in backlinks(crm.catalog, path))]
        notes_to_remove = [path for path in paths if path not in linked]
        files = _files_to_remove(crm, notes_to_remove) if notes_to_remove else []
        rules = tuple(keep_rule(crm, writer, sender, IGNORE) for sender in dict.fromkeys(senders))
        for path in [*notes_to_remove, *files]:
            with suppress(FileNotFoundError, Unreadable):  # somebody was quicker, or it is larger than what undo could bring back
                writer.remove(path, crm.vault.read(path).data)
    return WriteResult(writer.created, writer.changed, Ignored(rules, writer.removed, linked))


def _files_to_remove(crm: Crm, notes: Sequence[str]) -> list[str]:
    """The files of the inbox to which these notes link, and no other note of the vault may."""
    files = files_of_only(files_of_notes(crm, InboxResolver.of(crm)), notes)
    return sorted(path for path in files if notes_that_may_link_to(crm.catalog, [fold(title_of_path(path))]) <= {*notes})
