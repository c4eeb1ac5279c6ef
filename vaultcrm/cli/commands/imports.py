"""import: mails, chats, calendars and transcripts become interactions."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_client
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import NotFound, UsageError
from vaultcrm.plural import counted, listed
from vaultcrm.quoting import quoted

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.imports.import_run import Source
    from vaultcrm.actions.imports.report import ImportReport

IMAP = "imap"  # the source that is a mail server; a file of this name is ./imap
_MAX_INPUT = 64_000_000  # bytes of standard input


@click.command("import")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option(
    "--as",
    "kind",
    metavar="KIND",
    help="What the sources are: calendar, mail, slack, telegram, transcript or whatsapp  [default: found out]",
)
@click.option("--client", shell_complete=complete_client, help="File everything with this client.")
@click.option("--me", multiple=True, metavar="ADDRESS", help="Your own address, number or name there; kept in the settings; repeatable.")
@click.option("--by", type=click.Choice(["message", "thread-day"]), help="What of mail becomes one note  [default: message]")
@click.option("--bulk", is_flag=True, help="Take newsletters, lists and automatic mails, too.")
@click.option("--again", is_flag=True, help="Take what was imported before and isn't in the vault any more.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="How to read the dates of a chat of WhatsApp.")
@click.option("--dry-run", is_flag=True, help="Show what would happen, and write nothing.")
def import_(
    sources: tuple[str, ...], kind: str | None, client: str | None, me: tuple[str, ...], by: str | None, bulk: bool, again: bool,
    date_order: str | None, dry_run: bool,
) -> None:  # fmt: skip
    """Import mails (.eml, mbox, Maildir, Takeout), chats of WhatsApp, Slack and Telegram, transcripts (.vtt, .srt); and calendars (.ics).

    SOURCE is a file, a folder, a zip, or - for standard input. "imap" and names of accounts fetch mail from servers;
    without names, from all. What is known already isn't imported twice. A talk whose client isn't found goes to the
    inbox.

    \b
    Example:
      vaultcrm import ~/Downloads/takeout.mbox --me nora@example.com
      vaultcrm import "WhatsApp Chat with Dana.zip" --client acme --dry-run
      vaultcrm import imap
    """
    from vaultcrm.actions.imports.import_run import ImportOptions
    from vaultcrm.actions.imports.own_addresses import keep_own_addresses
    from vaultcrm.actions.imports.sources.import_all import import_all
    from vaultcrm.actions.imports.sources.mail_accounts import some_mail_accounts
    from vaultcrm.dates.timezone import local_zone
    from vaultcrm.importers.detect import check_kind

    context = current_context()
    is_imap = sources[0] == IMAP
    accounts = some_mail_accounts(sources[1:]) if is_imap else []
    found = [] if is_imap else [_source(name) for name in sources]
    options = ImportOptions(kind and check_kind(kind), client, me, by, bulk, again, date_order)
    if me and not dry_run and (added := keep_own_addresses(context.crm, me)):
        context.out.info(f"Kept in vaultcrm.toml as yours: {', '.join(added)}.")
    report = import_all(context.crm, found, accounts, options, local_zone(), dry_run, context.out.progress_bar)
    if context.wants_json:
        from vaultcrm.actions.as_json import import_json

        context.out.json(import_json(report))
    else:
        _print(context, report, dry_run)
    if report.is_interrupted:
        context.out.warn("Interrupted. Run the same command again to go on.", "yellow")
        click.get_current_context().exit(130)
    for failure in report.failures[:-1]:
        context.out.warn(f"{failure.message} {failure.hint}".strip(), "red")
    if report.failures:
        raise report.failures[-1]
    context.exit_unless(report.items or accounts)


def _source(name: str) -> "Source":
    from vaultcrm.actions.imports.import_run import Source

    if name == "-":
        data = sys.stdin.buffer.read(_MAX_INPUT + 1) if sys.stdin is not None else b""
        if not data.strip():
            raise UsageError("Standard input is empty.", "Pipe in what to import, or name a file.")
        if len(data) > _MAX_INPUT:
            raise UsageError(f"Standard input holds more than {_MAX_INPUT // 1_000_000} MB.", "Save it to a file and import that.")
        return Source(data, "standard input")
    path = Path(name).expanduser()
    if not path.exists():
        raise NotFound(f"There is no file {quoted(name)}.", "Give the path of a file, a folder or a zip.")
    return Source(path, path.resolve().name)


def _print(context: CommandContext, report: "ImportReport", is_dry_run: bool) -> None:
    out = context.out
    for notice in dict.fromkeys(report.notices):
        out.warn(notice, "yellow")
    if out.verbose:
        for item in report.items:
            reason = f" ({item.reason})" if item.reason else ""
            out.line(f"{item.outcome.replace('_', ' ')}: {item.path or item.source}{reason}")
    else:
        out.paths(report.notes)
    if not report.items:
        out.info("" if report.failures or report.is_interrupted else "Nothing new.")
        return
    parked = report.count("parked")
    verb = "Would import" if is_dry_run else "Imported"
    parts = [f"{verb} {_imported(report)}" + (f" and put {parked} into the inbox" if parked else "")]
    parts.append(f"in {counted(len(report.notes), 'note')}" if report.notes else "")
    rest = [
        f"{'would change' if is_dry_run else 'changed'} {counted(len(report.changed), 'note')}" if report.changed else "",
        f"{report.count('known')} known already" if report.count("known") else "",
        f"{report.count('left_out')} left out" if report.count("left_out") else "",
        f"{report.count('refused')} couldn't be read" if report.count("refused") else "",
    ]
    out.info(", ".join(filter(None, [" ".join(filter(None, parts)), *rest])) + ".")
    reasons = {item.reason: item for item in report.items if item.outcome in ("left_out", "refused") and item.reason}
    for reason, item in [*reasons.items()][:5] if not out.verbose else ():
        number = sum(other.reason == reason for other in report.items)
        out.info(f"  {number} {item.outcome.replace('_', ' ')}: {reason}")
    for item in report.items if not out.verbose else ():
        if item.outcome == "known" and item.thing == "meeting" and item.reason and item.path:
            out.info(f"  {title_of_path(item.path)}: {item.reason}")
    if parked and not is_dry_run:
        out.info('File a note of the inbox with: vaultcrm set NOTE client="[[CLIENT]]". See docs/importing.md for rules.')


def _imported(report: "ImportReport") -> str:
    """What was imported, by what it is: "41 contacts and 512 messages"."""
    things = Counter(item.thing for item in report.items if item.outcome == "created")
    read = [item.thing for item in report.items]
    return listed(counted(number, thing) for thing, number in things.items()) if things else counted(0, read[0] if read else "message")
