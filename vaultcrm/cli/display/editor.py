"""Open a file in the user's editor, at a line where the editor has a way to say so."""

import os
import shlex
import shutil

import click

from vaultcrm.errors import ExternalError

# How editors take a line, by the name of their program
_PLUS_LINE = frozenset(
    "vi vim nvim gvim mvim view vimx nano pico emacs emacsclient micro kak joe jed ne mg gedit gnome-text-editor bbedit "
    "sensible-editor".split()
)
_FILE_LINE = frozenset("subl sublime_text zed zeditor hx helix geany lapce".split())  # FILE:LINE
_GOTO = frozenset("code code-insiders codium vscodium cursor windsurf positron".split())  # --goto FILE:LINE
_LINE_OPTION = {"kate": "--line", "kwrite": "--line", "mate": "--line", "idea": "--line", "pycharm": "--line", "textadept": "--line"}


def open_in_editor(path: str, line: int | None, hint: str = "Set EDITOR to the program that you use.") -> None:
    """Open a file in $VISUAL or $EDITOR and wait until it closes. Raises ExternalError, with the hint, if the editor fails."""
    editor, file = editor_command(_chosen_editor(), path, line)
    try:
        click.edit(editor=editor, filename=file)
    except (click.ClickException, ValueError) as error:  # ValueError: an open quote in $EDITOR
        why = error.format_message() if isinstance(error, click.ClickException) else str(error)
        raise ExternalError(f"Your editor failed: {why}", hint) from error


def editor_command(editor: str, path: str, line: int | None) -> tuple[str, str]:
    """The editor's command line, and the name of the file as the editor takes it, with the line. Unknown editors get the file alone."""
    try:
        words = shlex.split(editor)
    except ValueError:
        return editor, path
    program = _program(words)
    if line is None or line < 2 or not program:
        return editor, path
    if program in _PLUS_LINE:
        return f"{editor} +{line}", path
    if program in _FILE_LINE:
        return editor, f"{path}:{line}"
    if program in _GOTO:
        return f"{editor} --goto", f"{path}:{line}"
    if option := _LINE_OPTION.get(program):
        return f"{editor} {option} {line}", path
    return editor, path


def _program(words: list[str]) -> str:
    """The name of the program that a command line starts, also behind `env NAME=VALUE`."""
    for word in words:
        name = os.path.basename(word.replace("\\", "/")).lower().removesuffix(".exe").removesuffix(".cmd")
        if name != "env" and "=" not in word:
            return name
    return ""


def _chosen_editor() -> str:
    """The user's editor; without one, the first that Click would take."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if named:
        return named
    if os.name == "nt":
        return "notepad"
    return next((editor for editor in ("sensible-editor", "vim", "nano") if shutil.which(editor)), "vi")
