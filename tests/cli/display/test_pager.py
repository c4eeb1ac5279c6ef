"""The pager: a real terminal, a real program."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from tests.fork_server import program_folder, run_vaultcrm
from tests.support import make_vault
from vaultcrm.cli.display.pager import pager_command

LINES = 40


@pytest.mark.parametrize(
    ("environment", "command"),
    [
        ({}, ["less", "-FRX"]),
        ({"PAGER": "more"}, ["more"]),
        ({"PAGER": "more", "VAULTCRM_PAGER": "less -S"}, ["less", "-S"]),
        ({"PAGER": "more", "VAULTCRM_PAGER": ""}, []),
        ({"PAGER": "cat"}, []),
        ({"PAGER": " "}, []),
        ({"PAGER": "my 'pager"}, ["my", "'pager"]),
    ],
)
def test_the_pager_that_is_named(environment: dict[str, str], command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PAGER", "VAULTCRM_PAGER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert pager_command() == command


def on_terminal(root: str, pager: str, name: str) -> tuple[int, str]:
    """What `show` prints on a terminal of 24 lines, and its exit code."""
    master, slave = pty.openpty()
    command = [f"{program_folder()}/vaultcrm", "--vault", root, "--no-color", "show", name]
    environment = {**os.environ, "VAULTCRM_PAGER": pager, "LINES": "", "COLUMNS": ""}
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        output = b""
        try:
            while part := os.read(master, 65536):
                output += part
        except OSError:  # the other end is closed
            pass
    os.close(master)
    return process.returncode, output.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("pager", "name", "is_paged"),
    [("sed s/^/P:/", "long", True), ("sed s/^/P:/", "short", False), ("head -1", "long", True), ("no-such-pager", "long", False)],
)
def test_only_what_is_longer_than_the_terminal_is_paged(pager: str, name: str, is_paged: bool, tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", {"long.md": "text\n\n" * LINES, "short.md": "text"}).root
    code, output = on_terminal(root, pager, name)
    assert code == 0
    if pager == "head -1":  # which leaves early
        assert output == "long\n"
    elif is_paged:
        assert output.startswith("P:long\nP:long.md\nP:\nP:text\n")
        assert output.count("P:text\n") == LINES
    else:
        warning = "Your pager 'no-such-pager' can't be started. Set VAULTCRM_PAGER to another one.\n" if "no" in pager else ""
        text = "text\n\n" * (LINES - 1) if name == "long" else ""
        assert output == f"{warning}{name}\n{name}.md\n\n{text}text\n"


def test_a_pipe_is_never_paged(tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", {"long.md": "text\n\n" * LINES}).root
    done = run_vaultcrm("--vault", root, "show", "long", env={**os.environ, "PAGER": "false"})
    assert (done.returncode, done.stdout.count("text")) == (0, LINES)
