"""Import files, watched folders and mail accounts together, as one step for undo.

How far they were read is kept when their notes are on the disk.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from datetime import tzinfo
from pathlib import Path

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions, Source
from vaultcrm.actions.imports.import_sources import import_sources
from vaultcrm.actions.imports.ledger_days import ledger_files
from vaultcrm.actions.imports.report import ImportItem, ImportReport
from vaultcrm.actions.imports.sources.mail_accounts import MailAccount
from vaultcrm.actions.imports.sources.mail_fetch import FetchedMail, fetched_mail, positions_to_keep
from vaultcrm.actions.imports.sources.watched import Watched, find_watched, not_allowed
from vaultcrm.catalog.update import Progress
from vaultcrm.errors import VaultcrmError
from vaultcrm.importers.mail.spool import empty_spool
from vaultcrm.importers.message import Refused
from vaultcrm.vault.import_progress import ImportProgress, load_progress, save_progress


def import_all(
    crm: Crm,
    sources: Sequence[Source],
    accounts: Sequence[MailAccount],
    options: ImportOptions,
    zone: tzinfo,
    is_dry_run: bool = False,
    progress_of: Callable[[str], Progress | None] = lambda label: None,
    watched: Sequence[Watched] = (),
) -> ImportReport:
    """Import what is new in the sources, in what is watched, and on the servers of the accounts.

    Mail is fetched before the vault is locked. What a server gave before it failed is imported, and the error is in the
    report. `progress_of` gives something to call with what is done, for a label.
    """
    found = [item.source() for item in watched]
    items = [ImportItem(item.where, "refused", None, item.reason) for item in found if isinstance(item, Refused)]
    with ExitStack() as stack:
        fetched: list[FetchedMail] = []
        failures: list[VaultcrmError] = []
        if accounts:
            crm.refresh()
        progress = load_progress(crm.vault.root, ledger_files(crm)) if accounts else ImportProgress()
        try:
            for account in accounts:
                bar = progress_of(f"Fetching mail from {account.account.name}")
                try:
                    fetched.append(stack.enter_context(fetched_mail(crm, account, progress, options, bar)))
                except VaultcrmError as error:  # another import of it is running, or the disk is full
                    failures.append(error)
        except KeyboardInterrupt:
            return ImportReport([], [], [], [], is_interrupted=True)
        items += [item for mail in fetched for item in mail.items]
        is_complete = not failures and all(mail.error is None for mail in fetched)
        spools = [Source(Path(mail.folder), mail.account.account.name, ("mail",), is_up_to_date=is_complete) for mail in fetched]
        all_sources = [*sources, *(item for item in found if isinstance(item, Source)), *spools]
        own = tuple(address for account in accounts for address in account.own_addresses)
        options_for_all = options._replace(me=(*options.me, *own))
        report = import_sources(crm, all_sources, options_for_all, zone, is_dry_run, progress_of("Importing"))
        if not is_dry_run and not report.is_interrupted:
            _keep(crm, fetched, watched, options, report.unread)
    failures += [mail.error for mail in fetched if mail.error is not None]
    return report._replace(items=[*items, *report.items], failures=[*failures, *report.failures])


def allowed_patterns(crm: Crm, may_allow: bool) -> tuple[list[str], list[str]]:
    """The patterns in the settings that may be imported from on this computer, and sentences about the others.

    The first import allows them all. What comes to the settings later may have come with a sync, from somebody else: unless
    it `may_allow` them, which takes a person who sees what is read, such patterns aren't allowed.
    """
    patterns = crm.vault.settings.watch
    known = load_progress(crm.vault.root, ledger_files(crm)).allowed
    allowed = [pattern for pattern in patterns if may_allow or not known or pattern in known]
    return allowed, [not_allowed(pattern) for pattern in patterns if pattern not in allowed]


def import_watched(
    crm: Crm, patterns: Sequence[str], accounts: Sequence[MailAccount], options: ImportOptions, zone: tzinfo, is_dry_run: bool = False,
    progress_of: Callable[[str], Progress | None] = lambda label: None,
) -> ImportReport:  # fmt: skip
    """Import what is new in all that the settings name. From now on, `watch` may import from these patterns on this computer."""
    progress = load_progress(crm.vault.root, ledger_files(crm))
    is_all = options.again or options.with_bulk  # which takes things of files that have been read
    watched, notices = find_watched(crm.vault.root, patterns, {} if is_all else progress.stamps, crm.today)
    if not is_dry_run and not {*patterns} <= progress.allowed:
        save_progress(crm.vault.root, ledger_files(crm), ImportProgress(allowed=frozenset(patterns)))
    if not watched and not accounts:
        return ImportReport([], [], [], notices)
    report = import_all(crm, [], accounts, options, zone, is_dry_run, progress_of, watched)
    return report._replace(notices=[*notices, *report.notices])


def _keep(
    crm: Crm, fetched: Sequence[FetchedMail], watched: Sequence[Watched], options: ImportOptions, unread: Iterable[str]
) -> None:  # fmt: skip
    """Keep how far the sources were read, now that the notes are on the disk, and delete what waited to be imported.

    What the disk refused is read again by the next import.
    """
    read = [mail for mail in fetched if not any(path.startswith(mail.folder) for path in unread)]
    positions = {key: value for mail in read for key, value in positions_to_keep(mail, options).items()}
    left = {*unread}
    stamps = {path: stamp for item in watched if item.path not in left for path, stamp in item.new_files.items() if path not in left}
    if positions or stamps:
        with suppress(OSError):  # what can't be kept is read again, and known then
            save_progress(crm.vault.root, ledger_files(crm), ImportProgress(positions, stamps))
            for mail in read:
                empty_spool(mail.folder)
