"""What a command has been given by the group: the vault, the time, and the way to print."""

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.output import _Bar, _color
from vaultcrm.cli.table import Cell, Column, fit
from vaultcrm.cli.terminal import clean, cut, one_line
from vaultcrm.disk.filenames import title_of_path

if TYPE_CHECKING:  # `--help` needs no vault
    from collections.abc import Iterator

    from vaultcrm.actions.crm import Crm
    from vaultcrm.catalog.update import Progress


_WIDE = 110  # columns from which on a table has room for the files


class Session:
    """One run of the command line. Results go to stdout, all else to stderr."""

    def __init__(
        self, vault: str | None, now: datetime, json: bool, color: bool | None, quiet: bool, words: list[str], is_named: bool = False
    ) -> None:  # fmt: skip
        self.named = vault
        self.is_named = is_named  # on the command line
        self.now = now
        self.json = json
        self.color = _color(color)
        self.quiet = quiet
        self.words = words
        self.warnings: list[str] = []  # told at the end, also with -q
        self._crm: Crm | None = None

    @property
    def crm(self) -> "Crm":
        """The vault that is worked on, found when it is first asked for."""
        if self._crm is None:
            from vaultcrm.actions.crm import Crm

            self._crm = Crm(self.root, self.now, self.words, self.bar("Reading the vault"))
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

    def has_written(self, paths: Sequence[str]) -> None:
        """Say what was written where no action has: by undo, which also works in a vault whose settings cannot be read."""
        from vaultcrm.errors import NotUnderstood

        try:
            crm = self.crm
        except NotUnderstood:
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
        from vaultcrm.actions.default_vault import choose

        try:
            here = os.getcwd()
        except FileNotFoundError:  # deleted under our feet
            here = os.sep
        return choose(self.named, here)

    # ---------------------------------------------------------------------------- printing

    @property
    def room(self) -> int | None:
        """The terminal's columns; None when the output is piped, and nothing is to be shortened."""
        if (wanted := os.environ.get("COLUMNS", "")).isdigit() and int(wanted) > 0:
            return int(wanted)
        try:
            return os.get_terminal_size(sys.stdout.fileno()).columns or None
        except OSError:
            return None

    @cached_property
    def is_plain(self) -> bool:
        """Whether no colour reaches the reader, so that none needs to be made."""
        return not self.color if self.color is not None else not sys.stdout.isatty()

    def style(self, text: str, style: str) -> str:
        """A clean text in a style: a colour, "bold", "dim", or several of them."""
        if not style or self.is_plain:
            return text
        words = style.split()
        color = next((word for word in words if word not in ("bold", "dim")), None)
        return click.style(text, fg=color, bold="bold" in words or None, dim="dim" in words or None)

    def out(self, text: str = "", style: str = "") -> None:
        """A line of the result, cleaned."""
        click.echo(self.style(clean(text), style), color=self.color)

    def raw(self, text: str) -> None:
        """Lines that have been cleaned and styled already."""
        click.echo(text, color=self.color)

    def say(self, text: str, style: str = "") -> None:
        """A word to the person, on stderr; not with -q."""
        if not self.quiet and text:
            sys.stdout.flush()
            click.echo(self.style(one_line(text), style), err=True, color=self.color if self.color is not None else None)

    def rows(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], indent: int = 0) -> list[str]:
        """A table without rules, cleaned, styled and fitted to the terminal; a row that wraps is several lines in one text."""
        room = self.room
        cleaned = [[cell if (text := one_line(cell.text)) is cell.text else Cell(text, cell.style) for cell in row] for row in rows]
        fitted = fit(columns, cleaned, room - indent if room else None)
        return ["\n".join([self._line(line, indent) for line in row]) for row in fitted]

    def _line(self, cells: Sequence[Cell], indent: int) -> str:
        if self.is_plain:
            return (" " * indent + "  ".join([cell.text for cell in cells])).rstrip()
        return " " * indent + "  ".join([self.style(cell.text, cell.style) for cell in cells])

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], indent: int = 0) -> None:
        """Print a table."""
        self.raw("\n".join(self.rows(columns, rows, indent)))

    def document(self, value: object) -> None:
        """The one JSON document of `--json`."""
        import json
        import re

        text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
        # what a terminal would obey and JSON allows: DEL, C1, line separators, directions
        click.echo(
            re.sub("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)
        )

    def bar(self, label: str) -> "Progress | None":
        """A bar on the terminal, when something takes longer than a second; None where nobody would see it."""
        return _Bar(label) if sys.stderr.isatty() and not self.quiet else None

    def source(self, path: str, line: int) -> Cell:
        """The file and the line that something is from: whole for a pipe, its title where a terminal has room, else nothing."""
        if self.room is None:
            return Cell(f"{path}:{line}", "dim")
        return Cell(f"{cut(title_of_path(path), 24)}:{line}" if self.room >= _WIDE else "", "dim")

    def link(self, path: str, text: str) -> str:
        """A text that opens a note, on terminals that know links (OSC 8); others pass over them, but for the two named here."""
        if self.is_plain or not sys.stdout.isatty() or os.environ.get("TERM", "") in ("linux", "dumb", ""):
            return text
        from urllib.parse import quote

        from vaultcrm.obsidian.uri import uri

        full = self.crm.vault.path(path)
        target = uri(self.crm.vault.root, path) if self.in_obsidian else f"file://{quote(full)}"
        return f"\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\"

    @cached_property
    def in_obsidian(self) -> bool:
        """Whether notes of this vault are opened in Obsidian."""
        from vaultcrm.obsidian.uri import knows

        return knows(self.crm.vault.root)

    @contextmanager
    def catching_text(self, text: str) -> "Iterator[None]":
        """Keep what somebody has typed into an editor, when it cannot be written into the vault."""
        try:
            yield
        except Exception:
            if text.strip():
                self.say("Your text is kept in " + keep(text))
            raise


def keep(text: str, name: str = "unsaved") -> str:
    """Write a text where it is safe; gives the path."""
    from vaultcrm.disk import files, user_dirs

    folder = user_dirs.private(user_dirs.folder("state"))
    path = os.path.join(folder, f"{name}-{os.getpid()}-{len(os.listdir(folder))}.md")
    files.create(path, text.encode("utf-8", "replace"))
    return path


def session() -> Session:
    """The session of the command that is running."""
    found = click.get_current_context().find_object(Session)
    assert found is not None, "the group makes it before every command"
    return found
