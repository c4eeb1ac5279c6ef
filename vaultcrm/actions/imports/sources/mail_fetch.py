"""Fetch what is new on a mail server into a spool outside the vault, from where it is imported."""

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions
from vaultcrm.actions.imports.ledger import Ledger, fingerprint
from vaultcrm.actions.imports.report import ImportItem
from vaultcrm.actions.imports.sources.mail_accounts import MailAccount
from vaultcrm.catalog.update import Progress
from vaultcrm.disk.lock import hold_lock
from vaultcrm.errors import ExternalError, VaultcrmError
from vaultcrm.importers.mail.imap import Position, fetch_mails
from vaultcrm.importers.mail.password import find_password
from vaultcrm.importers.mail.raw_mail import RawMail
from vaultcrm.importers.mail.spool import resume_spool, write_spool_file
from vaultcrm.importers.message import Refused
from vaultcrm.quoting import quoted
from vaultcrm.vault.import_progress import ImportProgress, spool_folder

_GROUP, _GROUP_BYTES = 50, 10_000_000  # mails that are written to the spool together
_LOCK_SECONDS = 0.5


class FetchedMail(NamedTuple):
    """The mails of an account that wait in a spool, the positions to go on from, and what became of the mails that don't wait there.

    `error` is what ended the fetching early.
    """

    account: MailAccount
    folder: str
    positions: dict[str, Position]
    items: list[ImportItem]
    error: VaultcrmError | None


@contextlib.contextmanager
def fetched_mail(
    crm: Crm, account: MailAccount, progress: ImportProgress, options: ImportOptions, on_progress: Progress | None = None
) -> Iterator[FetchedMail]:
    """Fetch what is new of an account, and hold its spool's lock while it is imported. The catalogue must be up to date.

    What was fetched before, and not imported, is in the spool as well. Raises Locked if another command uses it.
    """
    key = spool_key(account, options)
    try:
        folder = spool_folder(crm.vault.root, key)
    except OSError as error:
        raise ExternalError(f"Mail can't be fetched: {error.strerror}.", "Make your state folder writable.") from error
    message = f"The mail of {quoted(account.account.name)} is being imported by another command."
    with hold_lock(os.path.join(folder, "lock"), _LOCK_SECONDS, message):
        # a run that takes everything again has read nothing yet
        stored = {} if options.again else progress.positions.get(key, {})
        start = {name: Position(name, validity, uid) for name, (validity, uid) in stored.items()}
        yield _fetch(account, folder, start, _known_sources(crm, options), on_progress)


def spool_key(account: MailAccount, options: ImportOptions) -> str:
    """What an account's positions and its spool are kept under. A run that takes more mails has positions of its own."""
    mode = " again" if options.again else " bulk" if options.with_bulk else ""
    return f"{account.account.user}@{account.account.host}:{account.account.port}{mode}"


def positions_to_keep(fetched: FetchedMail, options: ImportOptions) -> dict[str, dict[str, tuple[int, int]]]:
    """The positions of an account whose mails have all been imported, by the keys that they hold for."""
    keys = [spool_key(fetched.account, options._replace(again=False, with_bulk=is_bulk)) for is_bulk in {False, options.with_bulk}]
    positions = {position.folder: (position.validity, position.last_uid) for position in fetched.positions.values()}
    return dict.fromkeys(keys, positions)


def _known_sources(crm: Crm, options: ImportOptions) -> Callable[[str], bool]:
    in_notes = {fingerprint(source) for source in crm.catalog.sources()}
    ledger = Ledger(crm)
    return lambda source: bool(source) and (fingerprint(source) in in_notes or (source in ledger and not options.again))


def _fetch(
    account: MailAccount, folder: str, start: dict[str, Position], is_known: Callable[[str], bool], on_progress: Progress | None
) -> FetchedMail:
    items: list[ImportItem] = []
    error: VaultcrmError | None = None
    group: list[RawMail] = []
    positions = resume_spool(folder, start)

    def write() -> None:
        if group:
            write_spool_file(folder, group, start, positions)
            group.clear()

    try:
        password = find_password(account.password_command, account.account.user, account.account.host)
        for count, (mail, position, left) in enumerate(fetch_mails(account.account, password, dict(positions), is_known), 1):
            if isinstance(mail, RawMail):
                group.append(mail)
            else:
                items.append(
                    ImportItem(mail.where, "refused", None, mail.reason) if isinstance(mail, Refused) else ImportItem(mail, "known", None)
                )
            positions[position.folder] = position
            if len(group) >= _GROUP or sum(len(other.data) for other in group) >= _GROUP_BYTES:
                write()
            if on_progress is not None:
                on_progress(count, count + left)
    except VaultcrmError as failure:
        error = failure
    finally:
        try:
            write()
        except OSError as failure:
            raise ExternalError(f"Mail can't be stored in {folder}: {failure.strerror}.", "Is the disk full?") from failure
    return FetchedMail(account, folder, positions, items, error)
