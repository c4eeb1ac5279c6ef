"""inbox: what is parked there, filed with a client or left out for good; at a terminal, one note at a time."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_parked
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.options import client_argument

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.crm import WriteResult
    from vaultcrm.actions.inbox.filing import Filed
    from vaultcrm.actions.inbox.parked import Parked

notes_argument = click.argument("notes", nargs=-1, required=True, metavar="NOTE…", shell_complete=complete_parked)
note_argument = click.argument("note", metavar="NOTE", shell_complete=complete_parked)
domain_option = click.option("--domain", is_flag=True, help="The same for everybody with an address of the sender's domain.")


@click.group(invoke_without_command=True)
@click.pass_context
def inbox(ctx: click.Context) -> None:
    """Review what is waiting in the inbox, one note at a time, with one key each.

    Imported talks whose client isn't known are there, and what was logged without a client. Where there is no
    terminal to ask in, the notes are listed.

    \b
    Example:
      vaultcrm inbox
      vaultcrm inbox file 3f2a acme --sender
    """
    if ctx.invoked_subcommand is None:
        context = current_context()
        if context.can_ask and sys.stdout.isatty():
            from vaultcrm.cli.commands.inbox_review import review

            review(context)
        else:
            _list(context)


@inbox.command("list")
def inbox_list() -> None:
    """List what is waiting in the inbox, newest first: the handle, the day, who wrote, what about, and why it is there.

    Exits with 1 when nothing is.

    \b
    Example:
      vaultcrm inbox list --json
    """
    _list(current_context())


@inbox.command("file")
@notes_argument
@client_argument
@click.option("--sender", is_flag=True, help="File all that the sender has in the inbox, and keep the rule for later imports.")
@domain_option
def inbox_file(notes: tuple[str, ...], client: str, sender: bool, domain: bool) -> None:
    """File notes of the inbox with a client: they move to the client's folder, with their attachments and follow-ups.

    NOTE is a handle, a path, a title or a part of one. The rule that --sender or --domain keeps is in vaultcrm.toml.

    \b
    Example:
      vaultcrm inbox file 3f2a acme
      vaultcrm inbox file "a new website" acme --sender
    """
    from vaultcrm.actions import lookup
    from vaultcrm.actions.inbox import filing, parked

    context = current_context()
    chosen = _find(context, notes)
    target = filing.Target(lookup.client(context.crm, client))
    keys = parked.rule_keys(context.crm, chosen, domain) if sender or domain else []
    if keys:
        chosen = parked.with_followers(context.crm, chosen, domain)
    _print_filed(context, filing.file_notes(context.crm, chosen, target, keys))


@inbox.command("sort")
def inbox_sort() -> None:
    """File every note of the inbox whose client is known by now, as after an import of contacts.

    Each is filed where an import would file it now; the others stay. Each client is a step of its own for undo. Exits
    with 1 when there is nothing to file.

    \b
    Example:
      vaultcrm inbox sort
    """
    from vaultcrm.actions.inbox.as_json import filed_json
    from vaultcrm.actions.inbox.filing import Target, file_notes
    from vaultcrm.actions.inbox.parked import known_by_now

    context = current_context()
    results = [file_notes(context.crm, notes, Target(client)) for client, notes in known_by_now(context.crm).items()]
    if context.wants_json:
        context.out.json([filed_json(result) for result in results])
    for result in results if not context.wants_json else ():
        _print_filed(context, result)
    if not results:
        context.out.info("Nobody in the inbox is known by now. Review it with: vaultcrm inbox")
    context.exit_unless(results)


@inbox.command("client")
@note_argument
@click.argument("name", nargs=-1)
@click.option("--sender", is_flag=True, help="File all that the sender has in the inbox.")
def inbox_client(note: str, name: tuple[str, ...], sender: bool) -> None:
    """Make a client of who wrote a note in the inbox, and file the note there.

    Without NAME, the client gets the sender's name. With another name, the sender becomes a person of the client.
    Later talks are known by the address.

    \b
    Example:
      vaultcrm inbox client 3f2a "Harbour Books"
    """
    from vaultcrm.actions.inbox import filing, parked

    context = current_context()
    (chosen,) = _find(context, [note])
    target = filing.new_client(chosen, " ".join(name))
    _print_filed(context, filing.file_notes(context.crm, parked.with_followers(context.crm, [chosen]) if sender else [chosen], target))


@inbox.command("person")
@note_argument
@client_argument
@click.argument("name", nargs=-1)
@click.option("--sender", is_flag=True, help="File all that the sender has in the inbox.")
def inbox_person(note: str, client: str, name: tuple[str, ...], sender: bool) -> None:
    """Make a person at a client of who wrote a note in the inbox, and file the note with the client.

    Without NAME, the person gets the sender's name. Somebody who is there already gets the new address. Later
    talks are known by it.

    \b
    Example:
      vaultcrm inbox person 3f2a acme "Dana Roe"
    """
    from vaultcrm.actions import lookup
    from vaultcrm.actions.inbox import filing, parked

    context = current_context()
    (chosen,) = _find(context, [note])
    target = filing.person_of(chosen, lookup.client(context.crm, client), " ".join(name))
    _print_filed(context, filing.file_notes(context.crm, parked.with_followers(context.crm, [chosen]) if sender else [chosen], target))


@inbox.command("ignore")
@notes_argument
@domain_option
@click.option("--keep", is_flag=True, help="Leave the sender's notes in the inbox.")
def inbox_ignore(notes: tuple[str, ...], domain: bool, keep: bool) -> None:
    """Leave out what the sender of a note writes, now and in later imports.

    The sender's notes are removed from the inbox, and the rule is kept in vaultcrm.toml. Undo takes back both.

    \b
    Example:
      vaultcrm inbox ignore 3f2a
    """
    from vaultcrm.actions.inbox import ignoring, parked

    context = current_context()
    chosen = _find(context, notes)
    keys = parked.rule_keys(context.crm, chosen, domain)
    result = ignoring.ignore_senders(context.crm, keys, [] if keep else parked.with_followers(context.crm, chosen, domain))
    if context.wants_json:
        from vaultcrm.actions.inbox.as_json import ignored_json

        context.out.json(ignored_json(result))
        return
    from vaultcrm.cli.display.inbox import ignored_lines

    context.out.paths(result.record.removed)
    for line in ignored_lines(result.record):
        context.out.info(line)


def _list(context: CommandContext) -> None:
    from vaultcrm.actions.inbox.parked import parked_notes

    listed = parked_notes(context.crm)
    if context.wants_json:
        from vaultcrm.actions.inbox.as_json import parked_json

        context.out.json([parked_json(parked) for parked in listed])
    elif listed:
        from vaultcrm.cli.display.inbox import print_parked

        print_parked(context, listed)
    else:
        context.out.info("The inbox is empty.", "green")
    context.exit_unless(listed)


def _find(context: CommandContext, names: Sequence[str]) -> "list[Parked]":
    from vaultcrm.actions.inbox.parked import find_parked

    return [*{parked.path: parked for parked in (find_parked(context.crm, name) for name in names)}.values()]


def _print_filed(context: CommandContext, result: "WriteResult[Filed]") -> None:
    if context.wants_json:
        from vaultcrm.actions.inbox.as_json import filed_json

        context.out.json(filed_json(result))
        return
    from vaultcrm.cli.display.inbox import filed_lines

    context.out.paths(dict.fromkeys([*result.record.notes, *(path for path in result.created if path != "vaultcrm.toml")]))
    for line in filed_lines(result):
        context.out.info(line)
    for link in result.record.skipped_links:
        context.out.info(link.sentence, "yellow")
