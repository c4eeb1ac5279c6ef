"""Text made harmless, measured and cut for a terminal."""

import fcntl
import os
import struct
import sys
import termios

import pytest

from vaultcrm.cli.terminal import one_line, pad, sanitize, truncate, width, wrap, wrap_message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"), ("Zoë", "Zoë"), ("a\tb\nc", "a b c"), ("\x1b[31m", "␛[31m"), ("\x00\x1f", "␀␟"), ("\x7f", "␡"),
        ("\x80\x9f", "\ufffd\ufffd"), ("\xa0", "\xa0"), ("a\u202eb", "a\ufffdb"), ("\ud800", "\ufffd"), ("a\u200bb", "ab"),
        ("\u200d\ufe0f", "\u200d\ufe0f"),
    ],
)  # fmt: skip
def test_nothing_is_left_that_a_terminal_would_obey(text: str, shown: str) -> None:
    assert sanitize(text) == shown


def test_one_line_folds_white_space() -> None:
    assert [one_line(text) for text in (" a  b ", "a", " a ", "a\n\nZoë")] == ["a b", "a", "a", "a Zoë"]


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("Zoë", 3), ("Zoe\u0308", 3), ("東京", 4), ("❤\ufe0f", 2), ("東\ufe0f", 2), ("a\u200db", 2)]
)
def test_the_width_of_text(text: str, columns: int) -> None:
    assert width(text) == columns


def test_truncated_text_ends_in_an_ellipsis_and_fits() -> None:
    assert [truncate("abcdef", columns) for columns in (7, 6, 5, 2, 1, 0)] == ["abcdef", "abcdef", "abcd…", "a…", "…", ""]
    assert truncate("ab cdef", 4) == "ab…"  # no space before the ellipsis
    assert truncate("東京都", 5) == "東京…"


def test_padding_fills_up_and_never_cuts() -> None:
    assert (pad("ab", 4), pad("ab", 4, right=True), pad("abc", 2)) == ("ab  ", "  ab", "abc")


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("a b c", None, ["a b c"]), ("a b c", 5, ["a b c"]), ("a b c", 4, ["a b", "c"]), ("a b c", 3, ["a b", "c"]),
        ("abcdef g", 4, ["abcd", "ef g"]), ("a bcdefg", 4, ["a", "bcde", "fg"]), ("東京都", 4, ["東京", "都"]),
        ("abcd efgh", 4, ["abcd", "efgh"]),
    ],
)  # fmt: skip
def test_wrapping_breaks_between_words(text: str, columns: int | None, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


def test_a_message_is_broken_between_words_unless_it_holds_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    message, hint = "The note can't be read as it is now.", "Fix it first: vaultcrm edit acme"
    assert wrap_message(message) == message  # no terminal
    controller, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 20, 0, 0))
    with os.fdopen(terminal, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        assert wrap_message(message) == "The note can't be\nread as it is now."
        assert wrap_message(hint) == hint
        monkeypatch.undo()
    os.close(controller)
