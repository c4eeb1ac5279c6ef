"""The user's own command that proposes summaries: a text on its standard input, one line out.

It is named in the user's settings on this computer, never in a vault's: whoever opens a stranger's vault must not run
the stranger's command.
"""

import os
import select
import shlex
import signal
import subprocess
import tempfile
import time
from contextlib import suppress

from vaultcrm.actions.default_vault import settings_file, user_settings
from vaultcrm.errors import ExternalError, InvalidInput

TIME_LIMIT = 60.0  # seconds: a model on another computer takes some
_MOST_BYTES = 65_536  # of the output


def summary_command() -> list[str] | None:
    """The words of the command in the user's settings; None without one. Raises InvalidInput for what can't be a command."""
    section = user_settings().get("summary")
    if section is None:
        return None
    command = section.get("command") if isinstance(section, dict) else None
    try:
        words = shlex.split(command) if isinstance(command, str) else command
    except ValueError:  # a quote that isn't closed
        words = None
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word and "\0" not in word for word in words):
        raise InvalidInput(
            f"{settings_file()}: command in [summary] must be a command.", "Write it like: command = \"llm 'Sum it up in one sentence'\""
        )
    return words


def propose(command: list[str], text: str, time_limit: float = TIME_LIMIT) -> str:
    """The first line that the command prints for a text; it is run without a shell. Raises ExternalError if it fails."""
    with tempfile.TemporaryFile() as stdin:  # so that a command which reads only part of it can't stop us
        stdin.write(text.encode("utf-8", "replace"))
        stdin.seek(0)
        try:
            process = subprocess.Popen(
                command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
            )  # fmt: skip
        except OSError as error:
            raise _failure(error.strerror or "it can't be run") from error
    try:
        output, code = _read(process, time.monotonic() + time_limit)
    except TimeoutError as error:
        raise _failure(f"it took longer than {time_limit:g} seconds") from error
    finally:
        _end(process)
    line = next((line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()), "")
    if code != 0:
        raise _failure(f"it ended with code {code}")
    if not line:
        raise _failure("it printed nothing")
    return line


def _read(process: "subprocess.Popen[bytes]", deadline: float) -> tuple[bytes, int]:
    """What the process prints, up to _MOST_BYTES, and its exit code; 0 if it is stopped for printing more. Raises TimeoutError."""
    assert process.stdout is not None
    output = b""
    while len(output) < _MOST_BYTES:
        if not select.select([process.stdout], [], [], max(deadline - time.monotonic(), 0))[0]:
            raise TimeoutError
        part = os.read(process.stdout.fileno(), _MOST_BYTES)
        if not part:
            try:
                return output, process.wait(max(deadline - time.monotonic(), 0.01))
            except subprocess.TimeoutExpired as error:
                raise TimeoutError from error
        output += part
    return output, 0


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and all that it has started."""
    if process.stdout is not None:
        process.stdout.close()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _failure(reason: str) -> ExternalError:
    return ExternalError(f"Your summary command failed: {reason}.", "Run it in a terminal: it has to print one line.")
