"""Editors and the way in which each takes a line."""

import pytest

from vaultcrm.cli.display.editor import editor_command


@pytest.mark.parametrize(
    ("editor", "command", "file"),
    [
        ("vim", "vim +12", "a b.md"),
        ("/usr/bin/nvim -u none", "/usr/bin/nvim -u none +12", "a b.md"),
        ("nano", "nano +12", "a b.md"),
        ("emacsclient -t", "emacsclient -t +12", "a b.md"),
        ("env TERM=xterm micro", "env TERM=xterm micro +12", "a b.md"),
        ("kak", "kak +12", "a b.md"),
        ("code --wait", "code --wait --goto", "a b.md:12"),
        ("'/Applications/My Apps/cursor' -w", "'/Applications/My Apps/cursor' -w --goto", "a b.md:12"),
        ("subl -w", "subl -w", "a b.md:12"),
        ("hx", "hx", "a b.md:12"),
        ("zed --wait", "zed --wait", "a b.md:12"),
        ("kate -b", "kate -b --line 12", "a b.md"),
        ("C:/Tools/Code.exe", "C:/Tools/Code.exe --goto", "a b.md:12"),
        ("myeditor", "myeditor", "a b.md"),
        ("'open", "'open", "a b.md"),
        ("", "", "a b.md"),
    ],
)
def test_a_line_as_the_editor_takes_it(editor: str, command: str, file: str) -> None:
    assert editor_command(editor, "a b.md", 12) == (command, file)


@pytest.mark.parametrize("line", [None, 1])
def test_the_first_line_needs_no_telling(line: int | None) -> None:
    assert editor_command("vim", "a.md", line) == ("vim", "a.md")
