"""How a command prints: lines, tables, JSON, progress."""

import os
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:  # `--help` needs no vault
    pass


class ProgressBar:
    def __init__(self, label: str) -> None:
        self.label = label
        self._began: float | None = None
        self._bar: Any = None  # Any: click's progress bar has no public type

    def __call__(self, done: int, total: int) -> None:
        import time

        if self._began is None:
            self._began = time.monotonic()
        if self._bar is None and time.monotonic() - self._began > 1:
            self._bar = click.progressbar(length=total, label=self.label, file=sys.stderr)
        if self._bar is not None:
            self._bar.length = max(total, done)
            self._bar.update(done - self._bar.pos)
            if done >= total:
                self._bar.render_finish()


def color_mode(wanted: bool | None) -> bool | None:
    """Whether to colour: the option, else NO_COLOR and FORCE_COLOR when set and not empty; None: as the terminal is."""
    if wanted is not None:
        return wanted
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None
