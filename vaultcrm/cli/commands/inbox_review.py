"""inbox at a terminal: the notes in it one at a time, with one key for each thing to do."""

from collections.abc import Sequence
from typing import NamedTuple

import click

from vaultcrm.actions.history.last_seen import own_edit
from vaultcrm.actions.imports.import_settings import settings_now
from vaultcrm.actions.imports.routing import Router
from vaultcrm.actions.inbox.filing import Target, file_notes, new_client, person_of
from vaultcrm.actions.inbox.ignoring import ignore_senders
from vaultcrm.actions.inbox.parked import Parked, company_domain, from_same_sender, likely_clients, parked_notes, rule_keys
from vaultcrm.actions.undo import history, undo
from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.display.editor import open_in_editor
from vaultcrm.cli.display.inbox import filed_lines, ignored_lines, print_note, print_others
from vaultcrm.cli.display.picker import choose_client
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import one_line
from vaultcrm.cli.text_input import ask_key
from vaultcrm.errors import VaultcrmError
from vaultcrm.links.ownership import ClientRef
from vaultcrm.plural import counted, listed

_HELP = [
    ("1-9", "file it with the client that has this number"),
    ("f", "choose a client, and file it there"),
    ("c", "make a client of the sender, and file it there"),
    ("p", "make the sender a person at a client, and file it there"),
    ("s", "skip it: it stays in the inbox"),
    ("i", "ignore the sender, now and in later imports"),
    ("o", "open it in your editor"),
    ("u", "undo the last step of this review"),
    ("q", "quit"),
]


class _Step(NamedTuple):
    """A step that can be undone: its command in the journal, and how many notes it filed and removed."""

    command: int
    filed: int
    removed: int


class _Quit(Exception):
    """The user has had enough."""


def review(context: CommandContext) -> None:
    """Go through what is in the inbox now, newest first. `undo` takes back one step at a time."""
    _Review(context).run()


class _Review:
    """One review while it is going on: `paths` are the notes that were in the inbox when it began, `at` is the one on the screen."""

    def __init__(self, context: CommandContext) -> None:
        self.context = context
        self.out = context.out
        self.crm = context.crm
        self.waiting = parked_notes(self.crm)
        self.crm.progress = None  # a bar counts from when the vault was read first, and the user has been thinking since
        self.paths = [parked.path for parked in self.waiting]
        self.at = 0
        self.steps: list[_Step] = []

    def run(self) -> None:
        if not self.paths:
            self.out.info("The inbox is empty.", "green")
            self.context.exit_unless(self.paths)
        try:
            while self.at < len(self.paths):
                self._review_one()
        except _Quit:
            pass
        filed, removed = sum(step.filed for step in self.steps), sum(step.removed for step in self.steps)
        parts = [f"filed {counted(filed, 'note')}"] * bool(filed) + [f"removed {counted(removed, 'note')}"] * bool(removed)
        done = f"{listed(parts).capitalize()}. " if parts else ""
        left = counted(len(self.waiting), "note") if self.waiting else "Nothing"
        self.out.info(f"{done}{left} left in the inbox.", "" if self.waiting else "green")

    def _review_one(self) -> None:
        """Show one note and do what the user wants with it. It stays on the screen until it is dealt with or skipped."""
        parked = next((parked for parked in self.waiting if parked.path == self.paths[self.at]), None)
        if parked is None:  # it went along with another one
            self.at += 1
            return
        likely = self._likely_clients(parked)
        print_note(self.context, parked, f"{self.at + 1} of {len(self.paths)}", len(from_same_sender(parked, self.waiting)))
        if likely:
            self.out.line("Press " + listed([f"{number} for {client.name}" for number, client in enumerate(likely, 1)], "or"), "green")
        try:
            self._answer(parked, likely)
        except VaultcrmError as error:
            self.out.warn(error.with_hint, "yellow")
        self.waiting = parked_notes(self.crm)

    def _likely_clients(self, parked: Parked) -> Sequence[ClientRef]:
        return likely_clients(self._router(), parked)[:9]

    def _router(self) -> Router:
        settings = settings_now(self.crm)
        try:
            return Router(self.crm, settings.me, settings.senders)
        except VaultcrmError as error:  # a rule for a client that isn't there any more
            self.out.warn(error.with_hint, "yellow")
            return Router(self.crm, settings.me, ())

    def _answer(self, parked: Parked, likely: Sequence[ClientRef]) -> None:
        numbers = "123456789"[: len(likely)]
        question = "[f]ile [c]lient [p]erson [s]kip [i]gnore [o]pen [u]ndo [q]uit [?]"
        key = self._ask(question if self.steps else question.replace(" [u]ndo", ""), f"{numbers}fcpsiouq?")
        if key in numbers:
            self._file(parked, Target(likely[int(key) - 1]))
        elif key == "f":
            if client := choose_client(self.context, likely):
                self._file(parked, Target(client))
        elif key == "c":
            if name := self._ask_name("Name of the client", parked):
                self._file(parked, new_client(parked, name))
        elif key == "p":
            if client := choose_client(self.context, likely):
                self._file(parked, person_of(parked, client, self._ask_name("Name of the person", parked)))
        elif key == "s":
            self.at += 1
        elif key == "i":
            self._ignore(parked)
        elif key == "o":
            with own_edit(self.crm, parked.path):
                open_in_editor(self.crm.vault.path(parked.path), None)
            self.crm.invalidate_after_write()
        elif key == "u":
            self._undo()
        elif key == "q":
            raise _Quit
        else:
            self.out.table([Column(), Column()], [[Cell(key, "bold"), Cell(text)] for key, text in _HELP])

    # ---------------------------------------------------------------------------- filing

    def _file(self, parked: Parked, target: Target) -> None:
        """File a note, then offer what else there is of the sender, and a rule where an import wouldn't know what to do."""
        client = self._write([parked], target)
        self.waiting = parked_notes(self.crm)
        others = from_same_sender(parked, self.waiting)
        is_known = parked.sender is None or self._router().route([parked.sender.party]).client == client
        if others:
            self.out.line(f"{counted(len(others), 'more note')} from {parked.sender.name if parked.sender else 'there'} in the inbox:")
            print_others(self.context, others)
        if not is_known:
            self._offer_rule(parked, client, others)
        elif others and self._ask(f"File {'it' if len(others) == 1 else 'them'} with {client.name} too? [y]es [n]o", "yn") == "y":
            self._write(others, Target(client))

    def _offer_rule(self, parked: Parked, client: ClientRef, others: Sequence[Parked]) -> None:
        """Keep a rule about a sender, or everybody of their domain, and file what it applies to, if the user wants that."""
        (sender,) = rule_keys(self.crm, [parked])
        these = f", and {'this one' if len(others) == 1 else 'these'} now" if others else ""
        self.out.warn(f"File what is from {sender} with {client.name} from now on{these}?")
        key = self._ask_about_rule(parked, "[o]nly these" if others else "")
        if key == "y":
            self._write(others, Target(client), [sender])
        elif key == "o":
            self._write(others, Target(client))
        elif key == "d" and (all_of_domain := self._confirm_domain(parked, others)) is not None:
            self._write(all_of_domain, Target(client), rule_keys(self.crm, [parked], whole_domain=True))

    def _ask_about_rule(self, parked: Parked, other_choice: str) -> str:
        domain = company_domain(self.crm, parked.sender)
        choices = ["[y]es", f"[d] everybody @{domain}" if domain else "", other_choice, "[n]o"]
        keys = "y" + "d" * bool(domain) + other_choice[1:2] + "n"
        return self._ask(" ".join(filter(None, choices)), keys)

    def _confirm_domain(self, parked: Parked, shown: Sequence[Parked]) -> list[Parked] | None:
        """What a rule for the whole domain applies to; None if that is more than was shown, and the user doesn't want it."""
        everything = from_same_sender(parked, self.waiting, whole_domain=True)
        if len(everything) > len(shown):
            self.out.line(f"{counted(len(everything), 'note')} in the inbox:")
            print_others(self.context, everything)
            if self._ask("All of these? [y]es [n]o", "yn") == "n":
                return None
        return everything

    def _write(self, notes: Sequence[Parked], target: Target, senders: Sequence[str] = ()) -> ClientRef:
        result = file_notes(self.crm, notes, target, senders)
        filed = result.record
        self._remember_step(len(notes), 0)
        for path in result.created:
            self.out.info(f"Made {path}.", "green")
        for line in filed_lines(result):
            self.out.info(line, "green")
        for link in filed.skipped_links:
            self.out.info(link.sentence, "yellow")
        return filed.client

    # -------------------------------------------------------------------------- ignoring

    def _ignore(self, parked: Parked) -> None:
        (sender,) = rule_keys(self.crm, [parked])
        others = from_same_sender(parked, self.waiting)
        if others:
            print_others(self.context, others)
        notes = counted(1 + len(others), "note")
        self.out.warn(f"Leave out what is from {sender} from now on, and remove {notes} from the inbox?")
        key = self._ask_about_rule(parked, "[k]eep the note" + "s" * bool(others))
        to_remove = [parked, *others]
        if key == "d":
            all_of_domain = self._confirm_domain(parked, others)
            if all_of_domain is None:
                return
            to_remove = [parked, *all_of_domain]
        if key == "n":
            return
        senders = rule_keys(self.crm, [parked], whole_domain=key == "d")
        result = ignore_senders(self.crm, senders, [] if key == "k" else to_remove)
        self._remember_step(0, len([path for path in result.record.removed if path.endswith(".md")]))
        self.at += 1
        for line in ignored_lines(result.record):
            self.out.info(line, "green")

    # -------------------------------------------------------------------- steps and keys

    def _remember_step(self, filed: int, removed: int) -> None:
        command = history(self.crm.vault.root, 1)[0].id
        if not self.steps or command != self.steps[-1].command:  # a rule may have been there already
            self.steps.append(_Step(command, filed, removed))

    def _undo(self) -> None:
        if not self.steps:
            self.out.warn("There is nothing to undo in this review.", "yellow")
            return
        entry = undo(self.crm.vault.root, self.steps[-1].command, self.crm.now)
        self.steps.pop()
        self.crm.invalidate()
        before = {parked.path for parked in self.waiting}
        self.waiting = parked_notes(self.crm)
        returned = {parked.path for parked in self.waiting} - before
        self.at = next((number for number, path in enumerate(self.paths) if path in returned), self.at)
        self.context.commit_undo([*entry.paths, *(path for move in entry.moves for path in (move.old, move.new))])
        self.out.info("Undone.", "green")

    def _ask(self, question: str, keys: str) -> str:
        """The key that the user presses: one of these, in lower case. Raises _Quit at the end of the input."""
        key = ask_key(self.out, question, keys)
        if not key:
            raise _Quit
        return key

    def _ask_name(self, question: str, parked: Parked) -> str:
        name = one_line(parked.sender.party.name) if parked.sender else ""
        return str(click.prompt(question, default=name, show_default=bool(name), err=True)).strip()
