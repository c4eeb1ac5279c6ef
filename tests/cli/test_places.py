"""Where there is no place for vaultcrm's own files: answers come without a cache, and writes need a journal."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fork_server import run_vaultcrm
from tests.support import contents, make_vault

FILES = {
    "vaultcrm.toml": "",
    "clients/Acme/Acme.md": "---\ntype: client\n---\nhello\n",
    "clients/Acme/Quote.md": "---\ntype: follow-up\ndue: 2026-11-16\n---\n",
}
WHY = "The folder /dev/null/x/vaultcrm can't be created: Not a directory. "
HINT = "Make it writable, or set XDG_CACHE_HOME and XDG_STATE_HOME to folders that are."


def run(root: Path, environment: Mapping[str, str], *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return run_vaultcrm("--today", "2026-11-16", *words, cwd=root, env={**os.environ, **environment}, stdin=text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(make_vault(tmp_path / "v", FILES).root)


@pytest.mark.parametrize(
    ("words", "answer"), [(["due"], "Quote"), (["search", "hello"], "hello"), (["brief", "acme"], "Acme"), (["index"], "2 notes")]
)
def test_without_a_cache_folder_commands_answer_and_say_so_once(words: list[str], answer: str, root: Path) -> None:
    done = run(root, {"XDG_CACHE_HOME": "/dev/null/x"}, *words)
    assert (done.returncode, answer in done.stdout) == (0, True)
    assert done.stderr == f"Without its cache, vaultcrm reads the whole vault each time. {WHY}{HINT}\n"


def test_without_a_cache_folder_commands_write_and_undo(root: Path) -> None:
    before = contents(root)
    assert run(root, {"XDG_CACHE_HOME": "/dev/null/x"}, "log", "acme", "hi").returncode == 0
    assert len(contents(root)) > len(before)
    assert run(root, {"XDG_CACHE_HOME": "/dev/null/x"}, "undo").returncode == 0
    assert contents(root) == before


@pytest.mark.parametrize("words", [["log", "acme", "hi"], ["undo"], ["undo", "--list"]])
def test_without_a_state_folder_nothing_is_written(words: list[str], root: Path) -> None:
    before = contents(root)
    done = run(root, {"XDG_STATE_HOME": "/dev/null/x"}, *words)
    assert (done.returncode, done.stderr) == (6, f"Error: {WHY}\n{HINT}\n".replace(" \n", "\n"))
    assert contents(root) == before


def test_without_a_home_commands_answer_in_the_vault(root: Path) -> None:
    nowhere = {"HOME": "/dev/null", "XDG_CACHE_HOME": "", "XDG_STATE_HOME": "", "XDG_CONFIG_HOME": ""}
    done = run(root, nowhere, "due")
    assert (done.returncode, "Quote" in done.stdout) == (0, True)
    assert run(root.parent, nowhere, "due").returncode == 3


def test_a_text_is_kept_where_there_is_no_state_folder(root: Path, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    done = run(root, {"XDG_STATE_HOME": "/dev/null/x", "TMPDIR": str(tmp_path / "tmp")}, "log", "acme", "-", text="What Dana said")
    assert (done.returncode, "Dana said" in "".join(path.read_text() for path in (tmp_path / "tmp").rglob("*.md"))) == (6, True)


def test_the_default_vault_is_shown(root: Path, home: Path) -> None:
    assert (run(home, {}, "init", "--default").returncode, run(home, {}, "init", "--default").stdout) == (1, "")
    assert run(home, {}, "--json", "init", "--default").stdout == '{\n  "default": null\n}\n'
    assert run(home, {}, "init", str(root), "--default").returncode == 0
    done = run(root, {}, "init", "--default")  # also inside another folder or vault, where it changes nothing
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{root}\n", "")
    assert run(home, {}, "--json", "init", "--default").stdout == f'{{\n  "default": "{root}"\n}}\n'
    root.rename(root.parent / "moved")
    done = run(home, {}, "init", "--default")
    assert (done.returncode, done.stdout) == (0, f"{root}\n")
    assert done.stderr.startswith("This folder doesn't exist now.")
