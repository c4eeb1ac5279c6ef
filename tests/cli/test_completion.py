"""Tab completion in a real bash, through click's own script."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT

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
        (["vaultcrm", "brief", "PHYSIO"], [r"Northlight\ Physio"]),
        (["vaultcrm", "brief", r"Acme\ St"], [r"Acme\ Studio"]),
        (["vaultcrm", "done", "8f"], ["8f3f07"]),
        (["vaultcrm", "brief", "nobody"], [""]),
    ],
)
def test_bash_completes_commands_clients_and_handles(words: list[str], answers: list[str], tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example-vault", tmp_path / "vault")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "VAULTCRM_VAULT": str(tmp_path / "vault")}
    subprocess.run([sys.executable, "-m", "vaultcrm", "stats"], env=environment, check=True, capture_output=True)
    said = subprocess.run(["bash", "-c", SCRIPT, "bash", *words], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == answers
