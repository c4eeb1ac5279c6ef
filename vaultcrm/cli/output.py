"""How a command prints: results to stdout, everything else to stderr, harmless whatever the notes hold."""

import codecs
import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from vaultcrm.cli.table import Cell, Column, fit_columns
from vaultcrm.cli.terminal import one_line, sanitize, wrap_message

if TYPE_CHECKING:  # `--help` needs no vault
    from vaultcrm.catalog.update import Progress

# What JSON allows and a terminal would obey: DEL, C1 controls, line separators, text directions, surrogates
_UNSAFE_IN_JSON = "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


class Output:
    """Prints what one command has to say.

    `color` is True, False, or None for colour only on a terminal; `quiet` drops `info` and progress bars;
    `verbose` prints the paths of written files on a terminal too.
    """

    def __init__(self, color: bool | None, quiet: bool, verbose: bool = False) -> None:
        self.color = _color_mode(color)
        self.quiet = quiet
        self.verbose = verbose
        self._held: list[str] | None = None

    @property
    def columns(self) -> int | None:
        """The width of the terminal; None when the output is piped, so that nothing is shortened."""
        if (wanted := os.environ.get("COLUMNS", "")).isdigit() and int(wanted) > 0:
            return int(wanted)
        try:
            return os.get_terminal_size(sys.stdout.fileno()).columns or None
        except OSError:
            return None

    @property
    def height(self) -> int | None:
        """The number of lines of the terminal; None when the output is piped."""
        try:
            return os.get_terminal_size(sys.stdout.fileno()).lines or None
        except OSError:
            return None

    @contextlib.contextmanager
    def held(self) -> Iterator[list[str]]:
        """Collect what the block prints to stdout, instead of printing it."""
        self._held = []
        try:
            yield self._held
        finally:
            self._held = None

    @cached_property
    def is_colorless(self) -> bool:
        """Whether no colour reaches the reader, so that none need be added."""
        return not self.color if self.color is not None else not sys.stdout.isatty()

    def style(self, text: str, style: str) -> str:
        """Sanitized text in a style: a colour, "bold", "dim", or several of them."""
        if not style or self.is_colorless:
            return text
        words = style.split()
        color = next((word for word in words if word not in ("bold", "dim")), None)
        return click.style(text, fg=color, bold="bold" in words or None, dim="dim" in words or None)

    # ---------------------------------------------------------------------------- stdout

    def line(self, text: str = "", style: str = "") -> None:
        """Print one line of the result, sanitized."""
        self._print(self.style(sanitize(text), style))

    def paths(self, paths: Iterable[str]) -> None:
        """Print the files that were written: for a program that reads them, or a person who asked with --verbose."""
        if self.verbose or not sys.stdout.isatty():
            for path in paths:
                self.line(path)

    def styled(self, text: str) -> None:
        """Print text that is sanitized and styled already."""
        self._print(text)

    def rows(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], indent: int = 0, width: int | None = None) -> list[str]:
        """A table fitted to the terminal, or to a `width`, one text a row; a row that wraps holds several lines."""
        width = width or self.columns
        cleaned = [[cell if (text := one_line(cell.text)) is cell.text else Cell(text, cell.style) for cell in row] for row in rows]
        fitted = fit_columns(columns, cleaned, width - indent if width else None)
        return ["\n".join([self._joined(line, indent) for line in row]) for row in fitted]

    def _joined(self, cells: Sequence[Cell], indent: int) -> str:
        if self.is_colorless:
            return (" " * indent + "  ".join([cell.text for cell in cells])).rstrip()
        return " " * indent + "  ".join([self.style(cell.text, cell.style) for cell in cells])

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], indent: int = 0) -> None:
        """Print a table."""
        self.styled("\n".join(self.rows(columns, rows, indent)))

    def json(self, value: object) -> None:
        """Print the one JSON document of `--json`."""
        import json
        import re

        # where the output isn't UTF-8, escapes keep every character
        text = json.dumps(value, ensure_ascii=not sys.stdout.encoding.lower().startswith("utf"), indent=2, default=str)
        self._print(re.sub(_UNSAFE_IN_JSON, lambda char: f"\\u{ord(char[0]):04x}", text))

    def _print(self, text: str, to_stderr: bool = False) -> None:
        if self._held is not None and not to_stderr:
            self._held.append(text)
            return
        encoding = (sys.stderr if to_stderr else sys.stdout).encoding
        if codecs.lookup(encoding).name == "ascii":  # Click would print UTF-8 there
            text = text.encode("ascii", "replace").decode()
        click.echo(text, err=to_stderr, color=self.color)

    # ---------------------------------------------------------------------------- stderr

    def info(self, text: str, style: str = "") -> None:
        """Print a message to the person, unless --quiet was given."""
        if not self.quiet and text:
            self.warn(text, style)

    def warn(self, text: str, style: str = "") -> None:
        """Print a message to the person, even with --quiet."""
        sys.stdout.flush()
        with contextlib.suppress(OSError):  # nobody reads it, but the command goes on
            self._print(self.style(wrap_message(one_line(text)), style), to_stderr=True)

    def progress_bar(self, label: str) -> "Progress | None":
        """A progress bar for what takes longer than a second; None where nobody would see it."""
        return ProgressBar(label) if sys.stderr.isatty() and not self.quiet else None


class ProgressBar:
    """Appears once an operation has taken a second; call it with how much is done, of how much."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._started: float | None = None
        self._bar: Any = None  # Any: click's progress bar has no public type

    def __call__(self, done: int, total: int) -> None:
        import time

        if self._started is None:
            self._started = time.monotonic()
        if self._bar is None and time.monotonic() - self._started > 1:
            self._bar = click.progressbar(length=total, label=self.label, file=sys.stderr)
        if self._bar is not None:
            self._bar.length = max(total, done)
            self._bar.update(done - self._bar.pos)
            if done >= total:
                self._bar.render_finish()


def _color_mode(option: bool | None) -> bool | None:
    """The option, else what NO_COLOR, FORCE_COLOR and TERM say; None for colour only on a terminal."""
    if option is not None:
        return option
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None
