"""Text for a terminal: sanitized, measured in columns, truncated and wrapped."""

import os
import sys
import unicodedata

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")


def sanitize(text: str) -> str:
    """Text from a note on one line, with nothing in it that a terminal would obey; control characters become visible."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_sanitize_char, text))


def _sanitize_char(char: str) -> str:
    code = ord(char)
    if char in "\t\n\r\x0b\x0c\u2028\u2029":
        return " "
    if code < 32:
        return chr(0x2400 + code)  # Unicode's picture of the control character
    if code == 127:
        return "\u2421"
    if 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000 or char in _BIDI:
        return "\ufffd"
    return "" if unicodedata.category(char) == "Cf" and char not in _JOINERS else char


def one_line(text: str) -> str:
    """Sanitized text on one line, runs of white space as one space."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return sanitize(" ".join(text.split()))


def width(text: str) -> int:
    """The number of columns that sanitized text takes.

    wcwidth knows more about joined emoji, but takes as long to import as half of click.
    """
    if text.isascii():
        return len(text)
    columns, last = 0, 0
    for char in text:
        if char == "\ufe0f":  # shows the character before it as an emoji
            columns, last = columns + (last == 1), 2
        elif unicodedata.category(char) not in ("Mn", "Me", "Cf"):
            last = 2 if unicodedata.east_asian_width(char) in "WF" else 1
            columns += last
    return columns


def truncate(text: str, columns: int) -> str:
    """Text in at most this many columns, with an ellipsis where it was cut."""
    if width(text) <= columns:
        return text
    while text and width(text) > columns - 1:
        text = text[: -max(1, (width(text) - columns + 1) // 2)]
    return text.rstrip() + "…" if columns > 0 else ""


def pad(text: str, columns: int, right: bool = False) -> str:
    """Text filled up to this many columns with spaces after it, or before it when it is aligned `right`."""
    space = " " * max(columns - width(text), 0)
    return space + text if right else text + space


def wrap(text: str, columns: int | None) -> list[str]:
    """Text in lines of at most this many columns, broken between words; one line for None."""
    if columns is None or width(text) <= columns:
        return [text]
    lines, words, taken = list[str](), list[str](), -1  # `taken`: the columns of the words of the line so far
    for word in text.split():
        size = width(word)
        if words and taken + 1 + size > columns:
            lines.append(" ".join(words))
            words, taken = [], -1
        while size > columns:  # a long URL
            head = next(n for n in range(len(word), 0, -1) if width(word[:n]) <= max(columns, 2))
            lines.append(word[:head])
            word = word[head:]
            size = width(word)
        if word:
            words.append(word)
            taken += 1 + size
    return [*lines, " ".join(words)] if words else lines


def wrap_message(text: str, room: int = 0) -> str:
    """A message fitted to the terminal that shows stderr, broken between words, with room for so many columns at the end of a line.

    One that holds a command stays on one line, so that the command can be pasted.
    """
    try:
        columns = None if "vaultcrm " in text else os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError, AttributeError):  # no terminal
        columns = None
    return "\n".join(wrap(text, max(columns - room, 1) if columns else None))


def read_key(question: str) -> str:
    """Print a question to stderr, and return the key that is pressed after it; "" at the end of the input.

    What was typed before the question is dropped: it was meant for something else. A key that sends several
    characters, such as an arrow, gives all of them. Raises KeyboardInterrupt for Ctrl-C.
    """
    import termios  # late, like the next one: few commands ask for a key
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)  # which drops what was typed
        print(question, end="", file=sys.stderr, flush=True)
        typed = os.read(descriptor, 32).decode("utf-8", "replace")
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
    return "" if typed == "\x04" else typed
