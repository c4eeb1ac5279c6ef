"""What a command has been given by the group: the vault, the time, and the way to print."""

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.output import ProgressBar, color_mode
from vaultcrm.cli.table import Cell, Column, fit_columns
from vaultcrm.cli.terminal import one_line, sanitize, truncate
from vaultcrm.disk.filenames import title_of_path

if TYPE_CHECKING:  # `--help` needs no vault
    from collections.abc import Iterator

    from vaultcrm.actions.crm import Crm
    from vaultcrm.catalog.update import Progress


_WIDE = 110  # columns from which on a table has room for the files


class CommandContext:
    """One run of the command line. Results go to stdout, all else to stderr."""

    def __init__(
        self, vault: str | None, now: datetime, json: bool, color: bool | None, quiet: bool, words: list[str], is_named: bool = False
    ) -> None:  # fmt: skip
        self.vault_option = vault
        self.is_vault_given = is_named  # on the command line
        self.now = now
        self.json = json
        self.color = color_mode(color)
        self.quiet = quiet
        self.words = words
        self.warnings: list[str] = []  # told at the end, also with -q
        self._crm: Crm | None = None

    @property
    def crm(self) -> "Crm":
        """The vault that is worked on, found when it is first asked for."""
        if self._crm is None:
            from vaultcrm.actions.crm import Crm

            self._crm = Crm(self.root, self.now, self.words, self.progress_bar("Reading the vault"))
            if self._crm.vault.settings.autocommit:
                self._crm.after_writing = self._commit
        return self._crm

    def _commit(self, paths: Sequence[str]) -> None:
        """Commit what the command has written. When that fails the write stands, and it is said."""
        from vaultcrm.actions.commit import autocommit
        from vaultcrm.errors import VaultcrmError

        try:
            autocommit(self.crm, paths)
        except VaultcrmError as error:
            self.warnings.append(f"This is written, and not committed: {error.message} {error.hint}".strip())

    def after_undo(self, paths: Sequence[str]) -> None:
        """Say what was written where no action has: by undo, which also works in a vault whose settings cannot be read."""
        from vaultcrm.errors import InvalidInput

        try:
            crm = self.crm
        except InvalidInput:
            return
        if crm.after_writing is not None:
            crm.after_writing(paths)

    def close(self) -> None:
        """Let go of the vault's cache; tell what went wrong by the way."""
        if self._crm is not None:
            self._crm.catalog.close()
        for warning in self.warnings:
            sys.stdout.flush()
            click.echo(self.style(one_line(warning), "yellow"), err=True, color=self.color if self.color is not None else None)

    @property
    def root(self) -> str:
        from vaultcrm.actions.default_vault import choose_vault

        try:
            here = os.getcwd()
        except FileNotFoundError:  # deleted under our feet
            here = os.sep
        return choose_vault(self.vault_option, here)

    # ---------------------------------------------------------------------------- printing

    @property
    def columns(self) -> int | None:
        """The terminal's columns; None when the output is piped, and nothing is to be shortened."""
        if (wanted := os.environ.get("COLUMNS", "")).isdigit() and int(wanted) > 0:
            return int(wanted)
        try:
            return os.get_terminal_size(sys.stdout.fileno()).columns or None
        except OSError:
            return None

    @cached_property
    def is_colorless(self) -> bool:
        """Whether no colour reaches the reader, so that none needs to be made."""
        return not self.color if self.color is not None else not sys.stdout.isatty()

    def style(self, text: str, style: str) -> str:
        """A clean text in a style: a colour, "bold", "dim", or several of them."""
        if not style or self.is_colorless:
            return text
        words = style.split()
        color = next((word for word in words if word not in ("bold", "dim")), None)
        return click.style(text, fg=color, bold="bold" in words or None, dim="dim" in words or None)

    def print_line(self, text: str = "", style: str = "") -> None:
        """A line of the result, cleaned."""
        click.echo(self.style(sanitize(text), style), color=self.color)

    def print_styled(self, text: str) -> None:
        """Lines that have been cleaned and styled already."""
        click.echo(text, color=self.color)

    def print_info(self, text: str, style: str = "") -> None:
        """A word to the person, on stderr; not with -q."""
        if not self.quiet and text:
            sys.stdout.flush()
            click.echo(self.style(one_line(text), style), err=True, color=self.color if self.color is not None else None)

    def format_rows(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], indent: int = 0) -> list[str]:
        """A table without rules, cleaned, styled and fitted to the terminal; a row that wraps is several lines in one text."""
        room = self.columns
        cleaned = [[cell if (text := one_line(cell.text)) is cell.text else Cell(text, cell.style) for cell in row] for row in rows]
        fitted = fit_columns(columns, cleaned, room - indent if room else None)
        return ["\n".join([self._line(line, indent) for line in row]) for row in fitted]

    def _line(self, cells: Sequence[Cell], indent: int) -> str:
        if self.is_colorless:
            return (" " * indent + "  ".join([cell.text for cell in cells])).rstrip()
        return " " * indent + "  ".join([self.style(cell.text, cell.style) for cell in cells])

    def print_table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], indent: int = 0) -> None:
        """Print a table."""
        self.print_styled("\n".join(self.format_rows(columns, rows, indent)))

    def print_json(self, value: object) -> None:
        """The one JSON document of `--json`."""
        import json
        import re

        text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
        # what a terminal would obey and JSON allows: DEL, C1, line separators, directions
        click.echo(
            re.sub("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)
        )

    def progress_bar(self, label: str) -> "Progress | None":
        """A bar on the terminal, when something takes longer than a second; None where nobody would see it."""
        return ProgressBar(label) if sys.stderr.isatty() and not self.quiet else None

    def source_cell(self, path: str, line: int) -> Cell:
        """The file and the line that something is from: whole for a pipe, its title where a terminal has room, else nothing."""
        if self.columns is None:
            return Cell(f"{path}:{line}", "dim")
        return Cell(f"{truncate(title_of_path(path), 24)}:{line}" if self.columns >= _WIDE else "", "dim")

    def link(self, path: str, text: str) -> str:
        """A text that opens a note, on terminals that know links (OSC 8); others pass over them, but for the two named here."""
        if self.is_colorless or not sys.stdout.isatty() or os.environ.get("TERM", "") in ("linux", "dumb", ""):
            return text
        from urllib.parse import quote

        from vaultcrm.obsidian.uri import note_uri

        full = self.crm.vault.path(path)
        target = note_uri(self.crm.vault.root, path) if self.in_obsidian else f"file://{quote(full)}"
        return f"\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\"

    @cached_property
    def in_obsidian(self) -> bool:
        """Whether notes of this vault are opened in Obsidian."""
        from vaultcrm.obsidian.uri import has_opened

        return has_opened(self.crm.vault.root)

    @contextmanager
    def keep_text_on_error(self, text: str) -> "Iterator[None]":
        """Keep what somebody has typed into an editor, when it cannot be written into the vault."""
        try:
            yield
        except Exception:
            if text.strip():
                self.print_info("Your text is kept in " + keep_text(text))
            raise


def keep_text(text: str, name: str = "unsaved") -> str:
    """Write a text where it is safe; gives the path."""
    from vaultcrm.disk import files, user_dirs

    folder = user_dirs.make_private(user_dirs.user_dir("state"))
    path = os.path.join(folder, f"{name}-{os.getpid()}-{len(os.listdir(folder))}.md")
    files.create(path, text.encode("utf-8", "replace"))
    return path


def current_context() -> CommandContext:
    """The session of the command that is running."""
    found = click.get_current_context().find_object(CommandContext)
    assert found is not None, "the group makes it before every command"
    return found
