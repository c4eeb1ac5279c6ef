"""Run a command on a vault."""

import os
import subprocess
from pathlib import Path

from tests.fork_server import run_vaultcrm

AT = "2026-11-16T09:30:00"


def run(vault: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_vaultcrm("--vault", str(vault), "--today", AT, *words, env={**os.environ, **environment})
