"""completion: set up completion with Tab in the user's shell."""

import os
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.context import current_context
from vaultcrm.disk.user_dirs import base_dir

if TYPE_CHECKING:
    from click.shell_completion import ShellComplete

_VARIABLE = "_VAULTCRM_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.option("--install", is_flag=True, help="Save the script where the shell looks for it.")
def completion(shell: str, install: bool) -> None:
    """Print the script that completes vaultcrm's commands, names and handles with Tab.

    \b
    Example:
      eval "$(vaultcrm completion bash)"
      vaultcrm completion fish --install
    """
    from click.shell_completion import get_completion_class

    context = current_context()
    shell_class = get_completion_class(shell)
    assert shell_class is not None
    script = _script(shell_class)
    if not install:
        context.out.styled(script.strip("\n"))
        return
    path = _script_path(shell)
    _save(path, script)
    context.out.line(path)
    if shell == "zsh":
        context.out.info(f"If it isn't there yet, put this into ~/.zshrc, above compinit: fpath=({os.path.dirname(path)} $fpath)")
    context.out.info("It works in the next shell that you open.")


def _script(shell_class: "type[ShellComplete]") -> str:
    from vaultcrm.cli.main import cli

    return shell_class(cli, {}, "vaultcrm", _VARIABLE).source()


def _script_path(shell: str) -> str:
    """Where the shell looks for completions of the current user: bash-completion, fish, or a folder for zsh's fpath.

    Raises ExternalError where the user has no home.
    """
    data = base_dir("XDG_DATA_HOME", ".local/share")
    if shell == "bash":
        return f"{data}/bash-completion/completions/vaultcrm"
    if shell == "zsh":
        return f"{data}/zsh/site-functions/_vaultcrm"
    return f"{base_dir('XDG_CONFIG_HOME', '.config')}/fish/completions/vaultcrm.fish"


def _save(path: str, script: str) -> None:
    """Write the script, unless a file that isn't one of ours has that name."""
    from vaultcrm.errors import AlreadyExists, ExternalError

    try:
        if os.path.lexists(path):
            with open(path, encoding="utf-8", errors="replace") as existing:
                if _VARIABLE not in existing.read():
                    raise AlreadyExists(f"{path} already exists, and vaultcrm didn't make it.", "Move it away, then try again.")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
    except OSError as error:
        raise ExternalError(f"{path} can't be written: {error.strerror}.", "Print the script instead: leave out --install.") from error
