"""summarise: talks without a summary, one at a time, with one key to take what is proposed."""

import sys
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_client
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import one_line, wrap
from vaultcrm.markdown.wikilinks import without_links
from vaultcrm.plural import counted, listed

if TYPE_CHECKING:  # each command loads what it needs
    from vaultcrm.actions.summaries.talks import Unsummarised
    from vaultcrm.model.records import Interaction

_HELP = [
    ("t", "take it (Enter does the same)"),
    ("w", "write another one"),
    ("s", "skip it: it stays without a summary"),
    ("o", "open it in your editor"),
    ("q", "quit"),
]


@click.command()
@click.argument("client", required=False, shell_complete=complete_client)
@click.option("--list", "only_list", is_flag=True, help="List them with what is proposed, and ask nothing.")
def summarise(client: str | None, only_list: bool) -> None:
    """Sum up the conversations that have no summary, newest first.

    The beginning of the text is proposed; a command of your own can propose something better. Nothing is written
    unless you take it, and each summary is a step of its own for undo. Where there is no terminal to ask in, the
    conversations are listed.

    Exits with 1 when every conversation has a summary.

    \b
    Example:
      vaultcrm summarise acme
      vaultcrm summarise --list
    """
    from vaultcrm.actions import lookup
    from vaultcrm.actions.summaries.talks import without_summary

    context = current_context()
    ref = lookup.client(context.crm, client) if client else None
    talks = without_summary(context.crm, ref)
    if context.wants_json:
        from vaultcrm.actions.summaries.as_json import unsummarised_json

        context.out.json([unsummarised_json(item) for item in talks])
    elif not talks:
        context.out.info(f"Every conversation{f' with {ref.name}' if ref else ''} has a summary.", "green")
    elif only_list or not context.can_ask or not sys.stdout.isatty():
        _list(context, talks, with_client=ref is None)
    else:
        _Walk(context, talks).run()
    context.exit_unless(talks)


def _list(context: CommandContext, talks: "list[Unsummarised]", with_client: bool) -> None:
    from vaultcrm.catalog.handle_queries import short_handles
    from vaultcrm.model.handles import handle

    handles = short_handles(context.crm.catalog, [handle(item.talk.path) for item in talks])
    rows = [
        [
            Cell(handles[handle(talk.path)], "dim"),
            Cell(f"{talk.at:%Y-%m-%d}" if talk.at else "no date"),
            Cell((talk.client or "") if with_client else ""),
            Cell(talk.title, "bold"),
            Cell(without_links(proposal), "dim"),
        ]
        for talk, proposal in talks
    ]
    context.out.table([Column(), Column(), Column(2, 12), Column(3, 16), Column(4, 0)], rows)


class _Walk:
    """One walk through the talks while it is going on. `command` is the user's own that proposes summaries, None without one."""

    def __init__(self, context: CommandContext, talks: "list[Unsummarised]") -> None:
        from vaultcrm.actions.summaries.own_command import summary_command

        self.context = context
        self.out = context.out
        self.talks = talks
        self.written = 0
        self.command = summary_command()

    def run(self) -> None:
        self._tell_about_command()
        for number, item in enumerate(self.talks, 1):
            if not self._ask_about(item, number):
                break
        left = len(self.talks) - self.written
        parts = [f"{counted(self.written, 'summary')} written"] if self.written else []
        parts.append(f"{counted(left, 'conversation')} left without one" if left else "every conversation has one now")
        undo = " Take back the last one with: vaultcrm undo" if self.written else ""
        self.out.info(f"{listed(parts).capitalize()}.{undo}", "" if left else "green")

    def _tell_about_command(self) -> None:
        """Say that texts leave the program, before they do; and that a command in the vault's settings doesn't count."""
        from vaultcrm.vault.settings import misplaced_settings

        for message in misplaced_settings(self.context.crm.vault.root, "summary"):
            self.out.warn(message, "yellow")
        if self.command:
            import shlex

            self.out.info(f"The text of each conversation is passed to your command: {shlex.join(self.command)}", "yellow")

    def _ask_about(self, item: "Unsummarised", number: int) -> bool:
        """Show a talk and do what the user wants with it. Returns whether to go on."""
        from vaultcrm.cli.text_input import ask_key
        from vaultcrm.errors import VaultcrmError

        talk = item.talk
        self._print_talk(talk, number)
        proposal = self._proposal(item)
        self._print_proposal(proposal)
        while True:
            choices, keys = ("[t]ake [w]rite", "twsoq?") if proposal else ("[w]rite", "wsoq?")
            key = ask_key(self.out, f"{choices} [s]kip [o]pen [q]uit [?]", keys, enter="t" if proposal else "")
            if key in ("q", ""):
                return False
            if key == "s":
                return True
            try:
                if (key == "t" and self._save(talk, proposal)) or (key == "w" and self._write(talk)) or (key == "o" and self._open(talk)):
                    return True
            except VaultcrmError as error:
                self.out.warn(error.with_hint, "yellow")
                return True
            if key == "?":
                self.out.table([Column(), Column()], [[Cell(name, "bold"), Cell(text)] for name, text in _HELP])

    def _print_talk(self, talk: "Interaction", number: int) -> None:
        title = self.out.style(one_line(talk.title), "bold")
        self.out.styled(f"\n{title}  {self.out.style(f'{number} of {len(self.talks)}', 'dim')}")
        with_whom = " with ".join(filter(None, (talk.channel or "talk", listed(talk.people) if talk.people else "")))
        when = f"{talk.at:%Y-%m-%d %H:%M}".removesuffix(" 00:00") if talk.at else "no date"
        self.out.line(" · ".join((when, talk.client or "", with_whom)), "dim")

    def _print_proposal(self, proposal: str) -> None:
        columns = self.out.columns
        for line in wrap(one_line(proposal) or "(It says nothing that could be proposed.)", columns - 2 if columns else None):
            self.out.line(f"  {line}", "" if proposal else "dim")

    def _proposal(self, item: "Unsummarised") -> str:
        """What the user's command proposes; without one, or if it fails, the beginning of the text."""
        from vaultcrm.actions.summaries.own_command import propose
        from vaultcrm.actions.summaries.talks import body_text, proposed_summary
        from vaultcrm.errors import ExternalError, Unreadable

        if self.command is None or not item.proposal:
            return item.proposal
        try:
            return proposed_summary(propose(self.command, body_text(self.context.crm, item.talk.path)))
        except ExternalError as error:
            self.out.warn(f"{error.message} {error.hint} Here is the beginning of the text.", "yellow")
        except (Unreadable, FileNotFoundError):  # it is changing; saving will tell
            pass
        return item.proposal

    def _save(self, talk: "Interaction", text: str) -> bool:
        from vaultcrm.actions.summaries.talks import save_summary

        save_summary(self.context.crm, talk.path, text)
        self.written += 1
        return True

    def _write(self, talk: "Interaction") -> bool:
        text = str(click.prompt("Summary, or Enter to go back", default="", show_default=False, err=True)).strip()
        return bool(text) and self._save(talk, text)

    def _open(self, talk: "Interaction") -> bool:
        """Open the note in the editor. Returns whether it has a summary after that."""
        from vaultcrm.actions.history.last_seen import own_edit
        from vaultcrm.actions.lookup import note_record
        from vaultcrm.cli.display.editor import open_in_editor

        crm = self.context.crm
        with own_edit(crm, talk.path):
            open_in_editor(crm.vault.path(talk.path), None)
        crm.invalidate_after_write()
        crm.refresh()
        has_summary = bool(note_record(crm, talk.path).properties.get("summary"))
        self.written += has_summary
        return has_summary
