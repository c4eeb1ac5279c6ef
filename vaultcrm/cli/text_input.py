"""Text that somebody pipes in or types into their editor: decoded, checked, and kept when it can't become a note. Single keys."""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence

from vaultcrm.cli.context import CommandContext, save_text
from vaultcrm.cli.display.editor import open_in_editor
from vaultcrm.cli.output import Output
from vaultcrm.cli.terminal import one_line, read_key, wrap_message
from vaultcrm.errors import InvalidInput, UsageError

MAX_INPUT_BYTES = 64 * 1024 * 1024  # more isn't text that somebody wants in a note; a pipe may never end
_SCISSORS = "<!-- Write above this line. It and everything below it is left out."


def read_stdin(context: CommandContext) -> str:
    """The text piped in. If it isn't text, its bytes are kept in a file and InvalidInput is raised."""
    data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1) if sys.stdin else b""
    if len(data) > MAX_INPUT_BYTES:
        raise InvalidInput(f"Standard input is larger than {MAX_INPUT_BYTES // 1_000_000} MB.", "Nothing was written.")
    try:
        return _decoded(context, data, "Standard input")
    except InvalidInput:
        context.out.warn(f"It was saved to {save_text(data)}")
        raise


def _decoded(context: CommandContext, data: bytes, source: str) -> str:
    """The text of some bytes; an encoding other than UTF-8 is reported."""
    try:
        text, encoding = decode(data)
    except InvalidInput as error:
        raise InvalidInput(f"{source} {error.message}", "Nothing was written. Save it as UTF-8 text, then try again.") from error
    if encoding != "UTF-8":
        context.out.info(f"{source} is {encoding} text and was read as such.")
    return text


def decode(data: bytes) -> tuple[str, str]:
    """The text of some bytes, with line endings as "\\n" and without a byte order mark, and the name of its encoding.

    UTF-8, UTF-16 with a byte order mark, else Windows-1252. Raises InvalidInput for what is none of them.
    """
    has_utf16_mark = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    codecs = {"UTF-16": "utf-16"} if has_utf16_mark else {"UTF-8": "utf-8-sig", "Windows-1252": "cp1252"}
    for encoding, codec in codecs.items():
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        controls = {char for char in text if char < " "} - set("\t\n\r\f\x1b\b")
        if "\0" in controls or (controls and encoding == "Windows-1252"):
            raise InvalidInput("holds binary data, not text.")
        return text.replace("\r\n", "\n").replace("\r", "\n"), encoding
    raise InvalidInput("is neither UTF-8 nor Windows-1252 text.")


@contextlib.contextmanager
def edited_text(context: CommandContext, facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Open the editor on an empty text, with `facts` in a comment below it; yields what was typed.

    Until the block ends without an error, the text is in a file of the user's state folder, so that it outlasts a
    failing editor, a failing command and a kill. Raises UsageError if nothing was typed, ExternalError if the
    editor fails.
    """
    rows = "".join(f"{label + ':':<10} {value}\n" for label, value in facts)
    path = save_text(f"\n{_SCISSORS}\n{rows}-->\n", "draft")
    try:
        yield _typed_text(context, path)
    except BaseException:
        if _has_text(path):
            context.out.warn(f"Your text is in {path}")
        else:
            _remove(path)
        raise
    _remove(path)


def _typed_text(context: CommandContext, path: str) -> str:
    """What was typed into the draft above its comment, without blank lines around it."""
    open_in_editor(path, None, "Set EDITOR, or give the text as an argument.")
    if not _has_text(path):
        raise UsageError("You wrote nothing, so nothing was logged.")
    with open(path, "rb") as draft:
        text = _decoded(context, draft.read(), "Your text")
    above, comment, _ = text.rpartition(_SCISSORS)
    return (above if comment else text).strip("\n")


def _has_text(path: str) -> bool:
    try:
        with open(path, "rb") as draft:
            data = draft.read()
    except OSError:
        return False
    above, comment, _ = data.rpartition(_SCISSORS.encode())
    return bool((above if comment else data).strip())


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def ask_key(out: Output, question: str, keys: str, enter: str = "") -> str:
    """The key that the user presses: one of these, in lower case; `enter` for the Enter key, "" at the end of the input."""
    while True:
        sys.stdout.flush()
        typed = read_key(wrap_message(one_line(question), room=2) + " ")
        key = (enter if typed in ("\n", "\r") else typed.strip()).lower()
        out.warn(key if key.isprintable() else "")
        if not typed or (len(key) == 1 and key in keys):
            return key if typed else ""
        out.warn(f"Press one of these keys: {', '.join(keys)}", "yellow")
