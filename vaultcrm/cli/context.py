"""What a command gets from the group: the vault, the time, and where to print."""

import os
import sys
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.output import Output
from vaultcrm.disk import user_dirs

if TYPE_CHECKING:  # `--help` needs no vault
    from collections.abc import Iterator

    from vaultcrm.actions.crm import Crm
    from vaultcrm.errors import Ambiguous


class CommandContext:
    """One run of the command line.

    `vault_option` is the vault named by --vault or the environment, `is_vault_given` whether --vault
    named it; `words` are the arguments as typed. `wants_json`: print one JSON document, and nothing else.
    """

    def __init__(
        self, out: Output, vault: str | None, is_vault_given: bool, now: datetime, wants_json: bool, words: Sequence[str]
    ) -> None:  # fmt: skip
        self.out = out
        self.vault_option = vault
        self.is_vault_given = is_vault_given
        self.now = now
        self.wants_json = wants_json
        self.words = words
        self._answers: dict[str, str] = {}
        self._warnings: list[str] = []  # printed at the end, even with --quiet
        self._crm: Crm | None = None
        self._present: Crm | None = None  # the vault as it is, if the command answers from another day
        self._default_root = ""  # the vault, if it is used because it is the user's default

    @property
    def root(self) -> str:
        """The folder of the vault. Raises NotFound."""
        from vaultcrm.actions.default_vault import choose_vault
        from vaultcrm.vault.settings import find_vault

        here = _current_folder()
        root = choose_vault(self.vault_option, here)
        self._default_root = root if self.vault_option is None and find_vault(here) is None else ""
        return root

    @property
    def has_vault(self) -> bool:
        """Whether there is a vault to use, or one is named that may be missing."""
        from vaultcrm.actions.default_vault import has_vault

        return has_vault(self.vault_option, _current_folder())

    @property
    def crm(self) -> "Crm":
        """The vault, opened when it is first asked for. Raises NotFound, InvalidInput for settings that can't be read."""
        if self._crm is None:
            from vaultcrm.actions.crm import Crm

            self._crm = Crm(self.root, self.now, self.words, self.out.progress_bar("Reading the vault"))
            if self.can_ask:
                self._crm.choose = self._ask
            if self._crm.vault.settings.autocommit:
                self._crm.after_writing = partial(self._commit, self._crm)
        return self._crm

    def another_crm(self, now: datetime) -> "Crm":
        """The same vault opened again, for another moment and another thread of a command that runs for long."""
        from vaultcrm.actions.crm import Crm

        crm = Crm(self.crm.vault.root, now, self.words)
        if crm.vault.settings.autocommit:
            crm.after_writing = partial(self._commit, crm)
        return crm

    @property
    def can_ask(self) -> bool:
        """Whether there is a person at a terminal who can answer a question."""
        return not self.wants_json and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    @property
    def is_past(self) -> bool:
        """Whether commands answer from the vault as it was on another day."""
        return self._present is not None

    def answer_from(self, crm: "Crm") -> None:
        """Answer from the vault as it was on another day, from now on."""
        if crm is not self.crm:
            self._present, self._crm, self.now = self.crm, crm, crm.now

    def _ask(self, error: "Ambiguous") -> str:
        """Which of several things is meant, asked once for each name."""
        if error.message not in self._answers:
            self.out.warn(error.message.partition(":")[0] + ":")
            for number, (_, label) in enumerate(error.choices, 1):
                self.out.warn(f"{number}. {label}")
            numbers = [str(number) for number in range(1, len(error.choices) + 1)]
            while (answer := click.prompt("Which one", err=True).strip(" .")) not in numbers:
                self.out.warn(f"Type a number from 1 to {numbers[-1]}, or press Ctrl-C.")
            self._answers[error.message] = error.choices[int(answer) - 1][0]
        return self._answers[error.message]

    def _commit(self, crm: "Crm", paths: Sequence[str]) -> None:
        """Commit what the command wrote. If that fails, what was written stays, and a warning says so."""
        from vaultcrm.actions.commit import autocommit
        from vaultcrm.errors import VaultcrmError

        try:
            autocommit(crm, paths)
        except VaultcrmError as error:
            self._warnings.append(f"Your change was saved but not committed: {error.with_hint}")

    def commit_undo(self, paths: Sequence[str]) -> None:
        """Commit what undo wrote, where `autocommit` is on. Undo also works in a vault whose settings can't be read."""
        from vaultcrm.errors import InvalidInput

        try:
            crm = self.crm
        except InvalidInput:
            return
        if crm.after_writing is not None:
            crm.after_writing(paths)

    def close(self) -> None:
        """Close the vault's cache and print the warnings."""
        journal = sys.modules.get("vaultcrm.vault.journal")  # loaded if something is written
        if self._default_root and journal is not None and journal.has_written:
            self.out.info(f"Written to your default vault {self._default_root}.")
        for crm in filter(None, (self._crm, self._present)):
            for notice in crm.notices:
                self.out.info(notice)
            if why := crm.catalog.why_in_memory:
                self.out.info(f"Without its cache, vaultcrm reads the whole vault each time. {why}", "yellow")
            crm.catalog.close()
            user_dirs.remove_temporary_dirs()
        for warning in self._warnings:
            self.out.warn(warning, "yellow")

    @cached_property
    def in_obsidian(self) -> bool:
        """Whether notes of this vault open in Obsidian."""
        from vaultcrm.obsidian.uri import has_opened

        return has_opened(self.crm.vault.root)

    def note_link(self, path: str, text: str) -> str:
        """Text that opens a note when it is clicked (OSC 8). Terminals that don't know it ignore it, except the two named here."""
        if self.out.is_colorless or not sys.stdout.isatty() or os.environ.get("TERM", "") in ("linux", "dumb", ""):
            return text
        from urllib.parse import quote

        from vaultcrm.obsidian.uri import note_uri

        full = self.crm.vault.path(path)
        target = note_uri(self.crm.vault.root, path) if self.in_obsidian else f"file://{quote(full)}"
        return f"\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\"

    @contextmanager
    def keep_text_on_error(self, text: str) -> "Iterator[None]":
        """Save a text that somebody typed or piped in when it can't be written into the vault, and say where."""
        try:
            yield
        except Exception:
            if text.strip():
                self.out.warn("Your text was saved to " + save_text(text))
            raise

    def exit_unless(self, ok: object) -> None:
        """End the command with exit code 1 unless `ok`: nothing was found, or problems were."""
        if not ok:
            click.get_current_context().exit(1)


def _current_folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:  # it has been deleted
        return os.sep


def save_text(text: str | bytes, name: str = "unsaved") -> str:
    """Write a text into the user's state folder, or else a temporary one; returns the path."""
    from vaultcrm.disk import files
    from vaultcrm.errors import ExternalError

    try:
        folder = user_dirs.make_private(user_dirs.user_dir("state"))
    except ExternalError:
        import tempfile  # late: only where there is no state folder

        folder = tempfile.mkdtemp(prefix="vaultcrm-")
    data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    for number in count(1):
        path = os.path.join(folder, f"{name}-{os.getpid()}-{number}.md")
        with suppress(FileExistsError):
            files.create(path, data)
            break
    return path


def current_context() -> CommandContext:
    """The context of the command that is running."""
    context = click.get_current_context().find_object(CommandContext)
    assert context is not None, "the group makes it before every command"
    return context
