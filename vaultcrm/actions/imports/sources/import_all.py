"""Import files and mail accounts together, as one step for undo; how far they were read is kept when their notes are written."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import tzinfo
from pathlib import Path

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions, Source
from vaultcrm.actions.imports.import_sources import import_sources
from vaultcrm.actions.imports.ledger import ledger_files
from vaultcrm.actions.imports.report import ImportReport
from vaultcrm.actions.imports.sources.mail_accounts import MailAccount
from vaultcrm.actions.imports.sources.mail_fetch import FetchedMail, fetched_mail, positions_to_keep
from vaultcrm.catalog.update import Progress
from vaultcrm.importers.mail.spool import empty_spool
from vaultcrm.vault.import_progress import ImportProgress, load_progress, save_progress


def import_all(
    crm: Crm,
    sources: Sequence[Source],
    accounts: Sequence[MailAccount],
    options: ImportOptions,
    zone: tzinfo,
    is_dry_run: bool = False,
    progress_of: Callable[[str], Progress | None] = lambda label: None,
) -> ImportReport:
    """Import what is new in the sources and on the servers of the accounts.

    Mail is fetched before the vault is locked. What a server gave before it failed is imported, and the error is in the
    report. `progress_of` gives something to call with what is done, for a label.
    """
    with ExitStack() as stack:
        fetched: list[FetchedMail] = []
        if accounts:
            crm.refresh()
            progress = load_progress(crm.vault.root, ledger_files(crm))
        try:
            for account in accounts:
                bar = progress_of(f"Fetching mail from {account.account.name}")
                fetched.append(stack.enter_context(fetched_mail(crm, account, progress, options, bar)))
        except KeyboardInterrupt:
            return ImportReport([], [], [], [], is_interrupted=True)
        spools = [Source(Path(mail.folder), mail.account.account.name, ("mail",)) for mail in fetched]
        own = tuple(address for account in accounts for address in account.own_addresses)
        report = import_sources(
            crm, [*sources, *spools], options._replace(me=(*options.me, *own)), zone, is_dry_run, progress_of("Importing")
        )
        if not is_dry_run and not report.is_interrupted:
            _keep(crm, fetched, options)
    items = [item for mail in fetched for item in mail.items]
    return report._replace(items=[*items, *report.items], failures=[mail.error for mail in fetched if mail.error is not None])


def _keep(crm: Crm, fetched: Sequence[FetchedMail], options: ImportOptions) -> None:
    """Keep how far the servers were read, now that the notes are on the disk, and delete what waited to be imported."""
    if not fetched:
        return
    positions = {key: value for mail in fetched for key, value in positions_to_keep(mail, options).items()}
    with suppress(OSError):  # what can't be kept is fetched again, and known then
        save_progress(crm.vault.root, ledger_files(crm), ImportProgress(positions))
        for mail in fetched:
            empty_spool(mail.folder)
