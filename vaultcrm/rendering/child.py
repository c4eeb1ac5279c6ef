"""Render a template in a child process, which can be ended whatever the template does.

A loop in Python ends with a signal. A comparison of two lists that are nested a hundred times runs in C for
years, and no signal handler of Python's gets its turn; nor would Ctrl-C.
"""

import contextlib
import marshal
import os
import select
import signal
import threading
import time
from collections.abc import Callable

from vaultcrm.errors import ExternalError, InvalidInput, NotFound, VaultcrmError

_GRACE_SECONDS = 0.3  # for the child to notice by itself that its time is up
_ERRORS = {error.__name__: error for error in (InvalidInput, NotFound, ExternalError)}


def can_fork() -> bool:
    """Whether a child process can be made: not on Windows, and not while other threads run."""
    return hasattr(os, "fork") and threading.active_count() == 1


def render_in_child(render: Callable[[], str], seconds: float, too_long: InvalidInput, died: InvalidInput) -> str:
    """The text that `render` returns, or the VaultcrmError that it raises.

    Raises `too_long` if it doesn't end in time, and `died` if its process ends without an answer.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            data = marshal.dumps(_answer(render))
            while data:
                data = data[os.write(writing, data) :]
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    try:
        answer = _read_until(reading, time.monotonic() + seconds + _GRACE_SECONDS)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if answer is None:
        raise too_long
    try:
        error_name, text, hint = marshal.loads(answer)
    except (EOFError, ValueError, TypeError):
        raise died from None
    if error_name:
        raise _ERRORS.get(error_name, InvalidInput)(text, hint)
    return str(text)


def _answer(render: Callable[[], str]) -> tuple[str, str, str]:
    """The name of the error's class or "", the text or the error's message, and its hint."""
    try:
        return "", render(), ""
    except VaultcrmError as error:
        return type(error).__name__, error.message, error.hint


def _read_until(descriptor: int, deadline: float) -> bytes | None:
    """Everything up to the end of the pipe; None if that doesn't come before the deadline."""
    parts: list[bytes] = []
    while (remaining := deadline - time.monotonic()) > 0:
        if select.select([descriptor], [], [], remaining)[0]:
            part = os.read(descriptor, 1 << 20)
            if not part:
                return b"".join(parts)
            parts.append(part)
    return None
