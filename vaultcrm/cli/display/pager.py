"""Show what is longer than the terminal in the user's pager, as Git does."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from vaultcrm.cli.output import Output
from vaultcrm.cli.terminal import width
from vaultcrm.quoting import quoted

# -F: end at once if it fits; -R: keep colours; -X: leave the text on the screen
_DEFAULT = ("less", "-FRX")


@contextmanager
def paged(out: Output) -> Iterator[None]:
    """Hold what the block prints to stdout, then print it: through the pager if it is longer than the terminal.

    $VAULTCRM_PAGER, else $PAGER names the pager; "cat" or nothing stands for none. Leaving the pager early is no error.
    """
    if not sys.stdout.isatty():
        yield
        return
    with out.held() as texts:
        yield
    text = "\n".join(texts)
    if out.height is None or _count_lines(text, out.columns) < out.height or not _show_in_pager(out, text):
        out.styled(text)


def _count_lines(text: str, columns: int | None) -> int:
    """The lines that a text takes on a terminal, which breaks those that are too long."""
    return sum(max(-(-width(click.unstyle(line)) // (columns or 80)), 1) for line in text.split("\n"))


def _show_in_pager(out: Output, text: str) -> bool:
    """Whether a pager has shown the text: False if the user wants none, or it can't be started."""
    command = pager_command()
    if not command:
        return False
    import signal  # late, like the next one: most output fits on the screen
    import subprocess

    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env={"LESS": "FRX", "LV": "-c", **os.environ})
    except (OSError, ValueError):
        if command != [*_DEFAULT]:
            out.warn(f"Your pager {quoted(command[0])} can't be started. Set VAULTCRM_PAGER to another one.", "yellow")
        return False
    assert process.stdin is not None
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the pager
    with suppress(OSError):  # the user has left it
        process.stdin.write(text.encode(sys.stdout.encoding, "replace") + b"\n")
    with suppress(OSError):
        process.stdin.close()
    process.wait()
    signal.signal(signal.SIGINT, before)
    return True


def pager_command() -> list[str]:
    """The pager's words; [] for none."""
    named = os.environ.get("VAULTCRM_PAGER", os.environ.get("PAGER"))
    if named is None:
        return [*_DEFAULT]
    import shlex  # late: few set one

    try:
        words = shlex.split(named)
    except ValueError:  # an open quote
        words = named.split()
    return [] if words in ([], ["cat"]) else words
