"""Tab completion in a real bash, through click's own script."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import ROOT
from tests.fork_server import program_folder, run_vaultcrm
from vaultcrm.cli.completion import _for_shell, _matching, _open_quote

BASH = shutil.which("bash")
SCRIPT = """
eval "$(_VAULTCRM_COMPLETE=bash_source vaultcrm)"
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _vaultcrm_completion vaultcrm
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(BASH is None, reason="no bash on this machine")
@pytest.mark.parametrize(
    ("words", "answers"),
    [
        (["vaultcrm", "br"], ["brief"]),
        (["vaultcrm", "brief", "ac"], [r"Acme\ Studio"]),
        (["vaultcrm", "brief", "PHYSIO"], [r"Northlight\ Physio"]),  # not the beginning, but the only one
        (["vaultcrm", "brief", "a"], [r"Acme\ Studio"]),  # Padaria contains it too
        (["vaultcrm", "brief", '"Acme S'], ["Acme Studio"]),
        (["vaultcrm", "brief", "'acme"], ["Acme Studio"]),
        (["vaultcrm", "log", "acme", "x", "--with", ""], [r"Dana\ Roe", r"Priya\ Menon"]),
        (["vaultcrm", "log", "acme", "x", "--project", ""], [r"Website\ redesign"]),
        (["vaultcrm", "decide", "lume", "x", "--supersedes", ""], ["2d8c5c", "ebd8da"]),
        (["vaultcrm", "set", "acme", "st"], ["stage=", "status="]),
        (["vaultcrm", "brief", r"Acme\ St"], [r"Acme\ Studio"]),
        (["vaultcrm", "done", "8f"], ["8f3f07"]),
        (["vaultcrm", "brief", "nobody"], [""]),
    ],
)
def test_bash_completes_commands_clients_and_handles(words: list[str], answers: list[str], example: dict[str, str]) -> None:
    environment = {**os.environ, **example, "PATH": f"{program_folder()}:{os.environ['PATH']}"}
    said = subprocess.run(["bash", "-c", SCRIPT, "bash", *words], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == answers


@pytest.mark.parametrize(
    ("line", "quote"),
    [
        ("", ""),
        ("vaultcrm brief Acme", ""),
        ('brief "Ac', '"'),
        ("brief 'Ac", "'"),
        ("brief \"it's", '"'),
        ('brief "Acme" x', ""),
        (r"brief \"Ac", ""),
    ],
)
def test_an_open_quote_is_found(line: str, quote: str) -> None:
    assert _open_quote(line) == quote


@pytest.mark.parametrize(
    ("line", "expected"),
    [("brief ", r"Ca\\$h\\ \\&\\ \\'Co\\'"), ('brief "', r"Ca\\$h & 'Co'"), ("brief '", r"Ca$h & '\\''Co'\\''")],
)  # fmt: skip
def test_a_name_is_quoted_for_bash(line: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each backslash is doubled, because click's script takes one away."""
    monkeypatch.setenv("_VAULTCRM_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    assert _for_shell("Ca$h & 'Co'") == expected


def test_several_names_that_only_contain_it_would_erase_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_VAULTCRM_COMPLETE", "zsh_complete")
    assert _matching("stu", ["Acme Studio", "Studio Blue"]) == ["Studio Blue"]
    assert _matching("dio", ["Acme Studio", "Studio Blue"]) == []
    assert _matching("blue", ["Acme Studio", "Studio Blue"]) == ["Studio Blue"]
    monkeypatch.setenv("_VAULTCRM_COMPLETE", "fish_complete")
    assert _matching("dio", ["Acme Studio", "Studio Blue"]) == ["Acme Studio", "Studio Blue"]


def completions(vault: Path, shell: str, *words: str) -> list[str]:
    environment = {
        **os.environ, "VAULTCRM_VAULT": str(vault), "VAULTCRM_TODAY": "2026-11-16", "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1), "_VAULTCRM_COMPLETE": f"{shell}_complete",
    }  # fmt: skip
    done = run_vaultcrm(env=environment)
    assert done.returncode == 0
    return done.stdout.splitlines()


def test_a_handle_is_described_and_a_new_client_is_known(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    shutil.copytree(ROOT / "example-vault", vault)
    assert completions(vault, "zsh", "vaultcrm", "brief", "Ac") == ["plain", "Acme Studio", "_"]  # nothing was read before
    assert run_vaultcrm("--vault", str(vault), "stats").returncode == 0
    assert completions(vault, "zsh", "vaultcrm", "done", "8f") == ["plain", "8f3f07", "Send the two-option quote, 3 days late"]
    (vault / "clients/Acorn").mkdir()
    (vault / "clients/Acorn/Acorn.md").write_text("---\ntype: client\n---\n")
    assert completions(vault, "zsh", "vaultcrm", "brief", "Ac") == ["plain", "Acme Studio", "_", "plain", "Acorn", "_"]


def completion(*words: str) -> subprocess.CompletedProcess[str]:
    return run_vaultcrm("completion", *words)


@pytest.mark.parametrize(
    ("shell", "path"),
    [
        ("bash", "data/bash-completion/completions/vaultcrm"),
        ("zsh", "data/zsh/site-functions/_vaultcrm"),
        ("fish", "config/fish/completions/vaultcrm.fish"),
    ],
)
def test_the_script_is_printed_or_installed(shell: str, path: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    printed = completion(shell)
    assert (printed.returncode, f"_VAULTCRM_COMPLETE={shell}_complete" in printed.stdout) == (0, True)
    for _ in range(2):  # its own file may be written again
        assert completion(shell, "--install").stdout == f"{home / path}\n"
    assert (home / path).read_text().strip() == printed.stdout.strip()


def test_a_file_of_somebody_else_is_not_replaced(home: Path) -> None:
    path = home / "config/fish/completions/vaultcrm.fish"
    path.parent.mkdir(parents=True)
    path.write_text("# mine\n")
    assert completion("fish", "--install").returncode == 5
    assert path.read_text() == "# mine\n"
