"""Run a command on a vault."""

import os
import subprocess
import sys
from pathlib import Path

AT = "2026-11-16T09:30:00"


def run(vault: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vaultcrm", "--vault", str(vault), "--today", AT, *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **environment}, timeout=60)
