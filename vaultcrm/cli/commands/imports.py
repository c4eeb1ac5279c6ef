"""import: mails, chats, calendars and transcripts become interactions, contacts become clients and people."""

import sys
from collections import Counter
from collections.abc import Sequence
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
    from vaultcrm.actions.imports.report import ImportReport, Outcome
    from vaultcrm.actions.imports.sources.mail_accounts import MailAccount

IMAP = "imap"  # the source that is a mail server; a file of this name is ./imap
_WITH_SENDERS = ("mail:", "whatsapp:", "slack:", "telegram:")
_MAX_INPUT = 64_000_000  # bytes of standard input


@click.command("import")
@click.argument("sources", nargs=-1, metavar="[SOURCE…]")
@click.option("--all", "is_all", is_flag=True, help="Import from all mail accounts, and from what the settings watch.")
@click.option("--clipboard", is_flag=True, help="Import what is in the clipboard.")
@click.option(
    "--as",
    "kind",
    metavar="KIND",
    help="What the sources are: calendar, contacts, mail, slack, telegram, text, transcript, vcard or whatsapp  [default: found out]",
)
@click.option("--client", shell_complete=complete_client, help="File everything with this client.")
@click.option("--me", multiple=True, metavar="ADDRESS", help="Your own address, number or name there; kept in the settings; repeatable.")
@click.option("--by", type=click.Choice(["message", "thread-day"]), help="What of mail becomes one note  [default: message]")
@click.option("--bulk", is_flag=True, help="Take newsletters, lists and automatic mails, too.")
@click.option("--again", is_flag=True, help="Take what was imported before and isn't in the vault any more.")
@click.option("--keep-raw", is_flag=True, help="Keep each mail as a file, too, linked from its note.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="How to read the dates of a chat of WhatsApp.")
@click.option("--map", "columns", multiple=True, metavar="COLUMN=FIELD", help="What a column of a table of contacts is; repeatable.")
@click.option("--dry-run", is_flag=True, help="Show what would happen, and write nothing.")
def import_(
    sources: tuple[str, ...], is_all: bool, clipboard: bool, kind: str | None, client: str | None, me: tuple[str, ...], by: str | None,
    bulk: bool, again: bool, keep_raw: bool, date_order: str | None, columns: tuple[str, ...], dry_run: bool,
) -> None:  # fmt: skip
    """Import mails (.eml, mbox, Maildir, Takeout), chats of WhatsApp, Slack and Telegram, transcripts (.vtt, .srt),
    calendars (.ics) and contacts (.vcf, .csv).

    SOURCE is a file, a folder, a zip, or - for standard input. "imap" and names of accounts fetch mail from servers;
    without names, from all. What is known already isn't imported twice. Contacts become clients and people. A talk
    whose client isn't found goes to the inbox. Of other texts, - and --clipboard make a note.

    \b
    Example:
      vaultcrm import ~/Downloads/takeout.mbox --me nora@example.com
      vaultcrm import "WhatsApp Chat with Dana.zip" --client acme --dry-run
      vaultcrm import contacts.vcf calendar.ics
      vaultcrm import imap
    """
    from vaultcrm.actions.imports.import_run import ImportOptions
    from vaultcrm.actions.imports.import_settings import keep_own_addresses
    from vaultcrm.actions.imports.sources.import_all import import_all, import_watched
    from vaultcrm.dates.timezone import local_zone
    from vaultcrm.importers.contacts.columns import parse_mapping
    from vaultcrm.importers.detect import check_kind

    context = current_context()
    if is_all + clipboard + bool(sources) != 1:
        raise UsageError("Say what to import.", "Name files, folders or zips, or use one of --all and --clipboard.")
    kind = kind and check_kind(kind)
    found, accounts, patterns = _chosen(context, sources, is_all)
    me = me or _ask_own_names(context, found, kind, date_order)
    options = ImportOptions(kind, client, me, by, bulk, again, date_order, keep_raw, parse_mapping(columns))
    added = keep_own_addresses(context.crm, me) if me and not dry_run else []
    if added:
        context.out.info(f"Kept in vaultcrm.toml as yours: {', '.join(added)}.")
    if is_all:
        names = [*patterns, *(f"the mail account {account.account.name}" for account in accounts)]
        context.out.info(f"Importing from {listed(names) if names else 'nothing'}.")
        report = import_watched(context.crm, patterns, accounts, options, local_zone(), dry_run, context.out.progress_bar)
    else:
        report = import_all(context.crm, found, accounts, options, local_zone(), dry_run, context.out.progress_bar)
    if context.wants_json:
        from vaultcrm.actions.as_json import import_json

        context.out.json(import_json(report))
    else:
        _print(context, report, dry_run)
    if warning := _about_own_names(report, bool(added), bool(me or accounts or context.crm.vault.settings.me)):
        context.out.warn(warning, "yellow")
    if report.is_interrupted:
        context.out.warn("Interrupted. Run the same command again to go on.", "yellow")
        click.get_current_context().exit(130)
    for failure in report.failures[:-1]:
        context.out.warn(failure.with_hint, "red")
    if report.failures:
        raise report.failures[-1]
    context.exit_unless(report.items or accounts or is_all)


def _chosen(
    context: CommandContext, names: Sequence[str], is_all: bool
) -> "tuple[list[Source], list[MailAccount], Sequence[str]]":  # fmt: skip
    """The files, mail accounts and watched patterns that are meant. Nothing but options means the clipboard."""
    from vaultcrm.actions.imports.import_run import Source
    from vaultcrm.actions.imports.sources.import_all import allowed_patterns
    from vaultcrm.actions.imports.sources.mail_accounts import mail_accounts, some_mail_accounts
    from vaultcrm.cli.clipboard import read_clipboard

    if is_all:
        accounts = mail_accounts()
        patterns, notices = allowed_patterns(context.crm, context.can_ask)
        for notice in notices:
            context.out.warn(notice, "yellow")
        if not accounts and not patterns and not notices:
            hint = 'Name folders in vaultcrm.toml, below [import]: watch = ["~/Mail/clients"]. Or add a mail account.'
            raise NotFound("The settings name nothing to import from.", hint)
        return [], accounts, patterns
    if not names:
        return [Source(read_clipboard(_MAX_INPUT), "the clipboard")], [], ()
    if names[0] == IMAP:
        return [], some_mail_accounts(names[1:]), ()
    return [_source(name) for name in names], [], ()


def _ask_own_names(context: CommandContext, sources: "Sequence[Source]", kind: str | None, date_order: str | None) -> tuple[str, ...]:
    """The user's addresses and names in the sources, from a person at a terminal, where the vault doesn't know them."""
    if not context.can_ask:
        return ()
    from vaultcrm.actions.imports.own_names import find_own_names

    found = find_own_names(sources, kind, date_order, context.crm.vault.settings.me)
    if found is None:
        return ()
    if found.people:
        context.out.info(f"In the chat: {listed(found.people)}.")
    question = "Who are you there? Your addresses and names, separated by commas, or - for none"
    likely = ", ".join(found.likely)
    text = click.prompt(question, default=likely, show_default=bool(likely), err=True)
    return tuple(name for part in str(text).split(",") if (name := part.strip()) and name != "-")


def _about_own_names(report: "ImportReport", has_new: bool, has_any: bool) -> str:
    """What to do where talks were imported without knowing who the user is; "" if all is well."""
    talks = [item for item in report.items if item.source.startswith(_WITH_SENDERS)]
    outcomes = {item.outcome for item in talks}
    read_now = {item.source for item in talks if item.outcome != "known"}  # a mailbox may hold a mail twice
    if has_new and any(item.source not in read_now for item in talks):
        return "What was imported before stays as it is. To have it read again with that, undo its import and repeat it."
    if not has_any and not outcomes.isdisjoint(("created", "parked")):
        return "Nothing says which of it you wrote. Undo this import, and repeat it with --me and your address."
    return ""


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
            cut = f"{counted(item.cut_lines, 'line')} of quotes and signatures cut" if item.cut_lines and item.path else ""
            remarks = "; ".join(filter(None, (item.reason, cut)))
            out.line(f"{item.outcome.replace('_', ' ')}: {item.path or item.source}" + (f" ({remarks})" if remarks else ""))
    else:
        out.paths(report.notes)
    if not report.items:
        out.info("" if report.failures or report.is_interrupted else "Nothing new.")
        return
    out.info(summary(report, is_dry_run))
    reasons = {item.reason: item for item in report.items if item.reason and item.outcome != "parked" and not item.path}
    for reason, item in [*reasons.items()][:5] if not out.verbose else ():
        number = sum(other.reason == reason for other in report.items)
        out.info(f"  {number} {'unreadable' if item.outcome == 'refused' else item.outcome.replace('_', ' ')}: {_sentence(reason)}")
    for item in report.items if not out.verbose else ():
        if item.outcome == "known" and item.reason and item.path:
            out.info(f"  {title_of_path(item.path)}: {item.reason}")
    if report.count("parked") and not is_dry_run:
        out.info("Review the inbox with: vaultcrm inbox")
    if not is_dry_run and any(item.thing == "contact" and item.outcome == "created" for item in report.items):
        from vaultcrm.actions.inbox.parked import known_by_now

        if number := sum(map(len, known_by_now(context.crm).values())):
            notes = "1 note in the inbox has" if number == 1 else f"{number} notes in the inbox have"
            out.info(f"{notes} a client now. File what is known with: vaultcrm inbox sort")


def summary(report: "ImportReport", is_dry_run: bool = False) -> str:
    """What an import has done, in a sentence, and a second one if there aren't as many notes as messages."""
    created, parked = report.count("created"), report.count("parked")
    is_new = bool(created or parked or report.changed)
    imported, put, changed = ("would import", "would put", "would change") if is_dry_run else ("imported", "put", "changed")
    parts = [
        f"{imported} {_things(report, 'created')}" if created or (report.changed and not parked) else "",
        f"{put} {_things(report, 'parked')} into the inbox" if parked else "",
        f"{changed} {counted(len(report.changed), 'note')}" if report.changed else "",
        f"{report.count('known')} known already" if report.count("known") else "",
        f"{report.count('left_out')} left out" if report.count("left_out") else "",
        f"{report.count('refused')} couldn't be read" if report.count("refused") else "",
    ]
    text = ("" if is_new else "nothing new: ") + ", ".join(filter(None, parts)) + "."
    new = f" {counted(len(report.notes), 'new note')}." if len(report.notes) != created + parked else ""
    return text[0].upper() + text[1:] + new


def _sentence(reason: str) -> str:
    """A reason as a sentence of its own, such as *From a mailing list.*"""
    return reason[0].upper() + reason[1:] + ("" if reason.endswith(".") else ".")


def _things(report: "ImportReport", outcome: "Outcome") -> str:
    """Things with this outcome, by what they are: "41 contacts and 512 messages"."""
    things = Counter(item.thing for item in report.items if item.outcome == outcome)
    read = [item.thing for item in report.items]
    return listed(counted(number, thing) for thing, number in things.items()) if things else counted(0, read[0] if read else "message")
