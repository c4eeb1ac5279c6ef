"""What is in the clipboard, from the program that reads it on this system."""

import os
import shutil
import subprocess

from vaultcrm.cli.terminal import one_line
from vaultcrm.errors import ExternalError, UsageError

_TIMEOUT = 20.0  # seconds; the program whose text it is may be slow to hand it over
_POWERSHELL = "[Console]::OutputEncoding = [Text.Encoding]::UTF8; Get-Clipboard -Raw"
# In this order; the second is the environment variable that has to be set
_PROGRAMS = (
    (("wl-paste", "--no-newline"), "WAYLAND_DISPLAY"),
    (("xclip", "-selection", "clipboard", "-out"), "DISPLAY"),
    (("xsel", "--clipboard", "--output"), "DISPLAY"),
    (("pbpaste",), ""),
    (("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL), ""),
)


def read_clipboard(limit: int) -> bytes:
    """The text in the clipboard. Raises ExternalError if it can't be read, UsageError if it is empty or longer than `limit` bytes."""
    programs = [words for words, variable in _PROGRAMS if (not variable or os.environ.get(variable)) and shutil.which(words[0])]
    if not programs:
        hint = "Install wl-clipboard, xclip or xsel. Or pipe the text in: vaultcrm import -"
        raise ExternalError("No program is there that reads the clipboard.", hint)
    reason = ""
    for words in programs:
        try:
            done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT)
        except (OSError, subprocess.SubprocessError) as error:
            reason = reason or f"{words[0]}: {getattr(error, 'strerror', None) or 'it took too long'}."
            continue
        if done.returncode == 0:
            if not done.stdout.strip():
                raise UsageError("The clipboard is empty.", "Copy a text first.")
            if len(done.stdout) > limit:
                raise UsageError(f"The clipboard holds more than {limit // 1_000_000} MB.", "Save it to a file and import that.")
            return done.stdout
        said = one_line(done.stderr.decode("utf-8", "replace"))[:200].rstrip(".")
        reason = reason or f"{words[0]}: {said or f'it ended with code {done.returncode}'}."
    raise ExternalError(f"The clipboard can't be read. {reason}", "Is a text in it? You can also pipe it in: vaultcrm import -")
